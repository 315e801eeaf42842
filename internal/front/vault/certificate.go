package vault

import (
	"crypto/sha1"
	"encoding/base64"
	"net/http"
	"strings"

	"github.com/alcedo-cloud/alcedo/internal/httpx"
	"github.com/alcedo-cloud/alcedo/internal/vault"
	"github.com/alcedo-cloud/alcedo/internal/vault/certificate"
)

// certificateRoutes are the operations on certificates. Contacts and issuers stand in the place of names.
// Source: learn.microsoft.com/rest/api/keyvault/certificates.
func (f *front) certificateRoutes() []route {
	return []route{
		row("GET", "certificates", f.listCertificates),
		row("GET", "certificates/contacts", f.getContacts),
		row("PUT", "certificates/contacts", f.setContacts),
		row("DELETE", "certificates/contacts", f.deleteContacts),
		row("GET", "certificates/issuers", f.listIssuers),
		row("GET", "certificates/issuers/{name}", f.getIssuer),
		row("PUT", "certificates/issuers/{name}", f.setIssuer),
		row("PATCH", "certificates/issuers/{name}", f.updateIssuer),
		row("DELETE", "certificates/issuers/{name}", f.deleteIssuer),
		row("POST", "certificates/restore", f.restoreCertificate),
		row("GET", "certificates/{name}", f.getCertificate),
		row("PATCH", "certificates/{name}", f.updateCertificate),
		row("DELETE", "certificates/{name}", f.deleteCertificate),
		row("POST", "certificates/{name}/create", f.createCertificate),
		row("POST", "certificates/{name}/import", f.importCertificate),
		row("POST", "certificates/{name}/backup", f.backupCertificate),
		row("GET", "certificates/{name}/versions", f.listCertificateVersions),
		row("GET", "certificates/{name}/policy", f.getPolicy),
		row("PATCH", "certificates/{name}/policy", f.updatePolicy),
		row("GET", "certificates/{name}/pending", f.getPending),
		row("PATCH", "certificates/{name}/pending", f.updatePending),
		row("DELETE", "certificates/{name}/pending", f.deletePending),
		row("POST", "certificates/{name}/pending/merge", f.mergeCertificate),
		row("GET", "certificates/{name}/{version}", f.getCertificate),
		row("PATCH", "certificates/{name}/{version}", f.updateCertificate),
		row("GET", "deletedcertificates", f.listDeletedCertificates),
		row("GET", "deletedcertificates/{name}", f.getDeletedCertificate),
		row("DELETE", "deletedcertificates/{name}", f.purgeCertificate),
		row("POST", "deletedcertificates/{name}/recover", f.recoverCertificate),
	}
}

// certificateBundle is a certificate as answers have it. A pending one has neither key, secret nor content.
type certificateBundle struct {
	ID         string              `json:"id"`
	KID        string              `json:"kid,omitempty"`
	SID        string              `json:"sid,omitempty"`
	Thumbprint string              `json:"x5t,omitempty"`
	CER        []byte              `json:"cer,omitempty"` // base64 of the usual alphabet
	Attributes attributes          `json:"attributes"`
	Tags       map[string]string   `json:"tags,omitempty"`
	Policy     *certificate.Policy `json:"policy,omitempty"`
	Pending    *reference          `json:"pending,omitempty"`
	Preserve   *bool               `json:"preserveCertOrder,omitempty"`
	deletion
}

type reference struct {
	ID string `json:"id"`
}

func (rq *request) certificateURL(name, rest string) string {
	u := rq.base + "/certificates/" + name
	if rest != "" {
		u += "/" + rest
	}
	return u
}

// thumbprint is x5t: the SHA-1 of the certificate. Source: RFC 7515 section 4.1.7.
func thumbprint(der []byte) string {
	if der == nil {
		return ""
	}
	sum := sha1.Sum(der)
	return base64.RawURLEncoding.EncodeToString(sum[:])
}

func (rq *request) policy(name string, p *certificate.Policy) *certificate.Policy {
	if p == nil {
		return nil
	}
	shown := *p
	shown.ID = rq.certificateURL(name, "policy")
	return &shown
}

func (rq *request) certificateBundle(c *vault.Certificate) certificateBundle {
	b := certificateBundle{
		ID: rq.certificateURL(c.Name, c.Version), Thumbprint: thumbprint(c.DER), CER: c.DER,
		Attributes: rq.attributes(c.Attributes, c.Recovery), Tags: c.Tags, Policy: rq.policy(c.Name, c.Policy),
		deletion: rq.deletion("deletedcertificates", c.Name, c.Deleted), Preserve: rq.preserve(c.PreserveOrder),
	}
	if c.DER != nil {
		b.KID, b.SID = rq.kid(c.Name, c.Version), rq.base+"/secrets/"+c.Name+"/"+c.Version
	}
	if c.Pending {
		b.Pending = &reference{rq.certificateURL(c.Name, "pending")}
	}
	return b
}

// certificateItems shapes rows of a list. Only those of versions have a version in their id.
func (rq *request) certificateItems(rows []*vault.Certificate, versions bool) []certificateBundle {
	out := make([]certificateBundle, len(rows))
	for i, c := range rows {
		out[i] = certificateBundle{
			ID: rq.certificateURL(c.Name, ""), Thumbprint: thumbprint(c.DER), Attributes: rq.attributes(c.Attributes, c.Recovery),
			Tags: c.Tags, deletion: rq.deletion("deletedcertificates", c.Name, c.Deleted),
		}
		if versions {
			out[i].ID = rq.certificateURL(c.Name, c.Version)
		}
	}
	return out
}

func (rq *request) certificateAnswer(status int, c *vault.Certificate, err error) (*httpx.Response, error) {
	if err != nil {
		return nil, err
	}
	return &httpx.Response{Status: status, Body: rq.certificateBundle(c)}, nil
}

// newCertificate is what clients send for a version of a certificate. An empty section of a policy is one left out.
type newCertificate struct {
	Policy     *certificate.Policy `json:"policy"`
	Attributes newAttributes       `json:"attributes"`
	Tags       map[string]string   `json:"tags"`
	Preserve   bool                `json:"preserveCertOrder"`
}

// preserve says whether a chain keeps its order, in the versions that know of it.
func (rq *request) preserve(order bool) *bool {
	if !rq.version.orders() {
		return nil
	}
	return &order
}

func (n *newCertificate) value() vault.NewCertificate {
	return vault.NewCertificate{Policy: n.Policy, Enabled: n.Attributes.Enabled, Tags: n.Tags, PreserveOrder: n.Preserve}
}

func (f *front) createCertificate(rq *request) (*httpx.Response, error) {
	var body newCertificate
	if err := rq.decode(&body); err != nil {
		return nil, err
	}
	name := rq.params["name"]
	op, err := f.Vaults.CreateCertificate(rq.ctx(), rq.access, name, body.value())
	if err != nil {
		return nil, err
	}
	answer := rq.operation(name, op)
	answer.Status = http.StatusAccepted
	answer.Header["Location"] = []string{rq.certificateURL(name, "pending") + "?api-version=" + string(rq.version) + "&request_id=" + op.RequestID}
	return answer, nil
}

func (f *front) importCertificate(rq *request) (*httpx.Response, error) {
	var body struct {
		newCertificate
		Value    string `json:"value"`
		Password string `json:"pwd"`
	}
	if err := rq.decode(&body); err != nil {
		return nil, err
	}
	c, err := f.Vaults.ImportCertificate(rq.ctx(), rq.access, rq.params["name"],
		vault.NewImport{Value: body.Value, Password: body.Password, NewCertificate: body.value()})
	return rq.certificateAnswer(http.StatusOK, c, err)
}

func (f *front) mergeCertificate(rq *request) (*httpx.Response, error) {
	var body struct {
		newCertificate
		X5C []string `json:"x5c"`
	}
	if err := rq.decode(&body); err != nil {
		return nil, err
	}
	chain := make([][]byte, 0, min(len(body.X5C), 64))
	for _, text := range body.X5C {
		chain = append(chain, mergedDER(text))
	}
	n := body.value()
	n.Policy = nil
	c, err := f.Vaults.MergeCertificate(rq.ctx(), rq.access, rq.params["name"], chain, n)
	return rq.certificateAnswer(http.StatusCreated, c, err)
}

// mergedDER reads an item of x5c: DER in base64, or what clients make of PEM's text when they take it for bytes, base64 in
// base64. It is nil for anything else, which the service refuses. Source: recordings of @azure/keyvault-certificates.
func mergedDER(text string) []byte {
	const sequence = 0x30 // the tag that DER of a certificate begins with
	for range 2 {
		text = strings.TrimRight(strings.NewReplacer("-", "+", "_", "/", "\r", "", "\n", "").Replace(text), "=")
		der, err := base64.RawStdEncoding.DecodeString(text)
		if err != nil || len(der) == 0 {
			break
		}
		if der[0] == sequence {
			return der
		}
		text = string(der)
	}
	return nil
}

func (f *front) getCertificate(rq *request) (*httpx.Response, error) {
	c, err := f.Vaults.GetCertificate(rq.ctx(), rq.access, rq.params["name"], rq.params["version"])
	return rq.certificateAnswer(http.StatusOK, c, err)
}

func (f *front) updateCertificate(rq *request) (*httpx.Response, error) {
	var body struct {
		Policy     *certificate.Policy `json:"policy"`
		Attributes newAttributes       `json:"attributes"`
		Tags       *map[string]string  `json:"tags"`
	}
	if err := rq.decode(&body); err != nil {
		return nil, err
	}
	c, err := f.Vaults.UpdateCertificate(rq.ctx(), rq.access, rq.params["name"], rq.params["version"],
		vault.CertificatePatch{Enabled: body.Attributes.Enabled, Tags: body.Tags, Policy: body.Policy})
	return rq.certificateAnswer(http.StatusOK, c, err)
}

func (f *front) deleteCertificate(rq *request) (*httpx.Response, error) {
	c, err := f.Vaults.DeleteCertificate(rq.ctx(), rq.access, rq.params["name"])
	return rq.certificateAnswer(http.StatusOK, c, err)
}

func (f *front) getDeletedCertificate(rq *request) (*httpx.Response, error) {
	c, err := f.Vaults.GetDeletedCertificate(rq.ctx(), rq.access, rq.params["name"])
	return rq.certificateAnswer(http.StatusOK, c, err)
}

func (f *front) recoverCertificate(rq *request) (*httpx.Response, error) {
	c, err := f.Vaults.RecoverCertificate(rq.ctx(), rq.access, rq.params["name"])
	return rq.certificateAnswer(http.StatusOK, c, err)
}

func (f *front) purgeCertificate(rq *request) (*httpx.Response, error) {
	if err := f.Vaults.PurgeCertificate(rq.ctx(), rq.access, rq.params["name"]); err != nil {
		return nil, err
	}
	return &httpx.Response{Status: http.StatusNoContent}, nil
}

func (f *front) backupCertificate(rq *request) (*httpx.Response, error) {
	sealed, err := f.Vaults.BackupCertificate(rq.ctx(), rq.access, rq.params["name"])
	if err != nil {
		return nil, err
	}
	return backedUp(sealed), nil
}

func (f *front) restoreCertificate(rq *request) (*httpx.Response, error) {
	sealed, err := rq.backup()
	if err != nil {
		return nil, err
	}
	c, err := f.Vaults.RestoreCertificate(rq.ctx(), rq.access, sealed)
	return rq.certificateAnswer(http.StatusOK, c, err)
}
