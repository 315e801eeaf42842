package vault

import (
	"net/http"

	"github.com/alcedo-cloud/alcedo/internal/httpx"
	"github.com/alcedo-cloud/alcedo/internal/vault"
)

// secretRoutes are the operations on secrets.
// Source: learn.microsoft.com/rest/api/keyvault/secrets.
func (f *front) secretRoutes() []route {
	return []route{
		row("GET", "secrets", f.listSecrets),
		row("GET", "secrets/{name}", f.getSecret),
		row("PUT", "secrets/{name}", f.setSecret),
		row("PATCH", "secrets/{name}", f.updateSecret),
		row("DELETE", "secrets/{name}", f.deleteSecret),
		row("POST", "secrets/restore", f.restoreSecret),
		row("POST", "secrets/{name}/backup", f.backupSecret),
		row("GET", "secrets/{name}/versions", f.listSecretVersions),
		row("GET", "secrets/{name}/{version}", f.getSecret),
		row("PATCH", "secrets/{name}/{version}", f.updateSecret),
		row("GET", "deletedsecrets", f.listDeletedSecrets),
		row("GET", "deletedsecrets/{name}", f.getDeletedSecret),
		row("DELETE", "deletedsecrets/{name}", f.purgeSecret),
		row("POST", "deletedsecrets/{name}/recover", f.recoverSecret),
	}
}

// secretBundle is a secret as answers have it. Items of lists have no version in their id.
type secretBundle struct {
	Value       *string           `json:"value,omitempty"`
	ContentType string            `json:"contentType,omitempty"`
	ID          string            `json:"id"`
	Managed     bool              `json:"managed,omitempty"`
	Attributes  attributes        `json:"attributes"`
	Tags        map[string]string `json:"tags,omitempty"`
	KeyID       string            `json:"kid,omitempty"`
	Previous    string            `json:"previousVersion,omitempty"`
	deletion
}

// secret shapes one version.
func (rq *request) secret(s *vault.Secret) secretBundle {
	b := secretBundle{
		ContentType: s.ContentType, ID: rq.base + "/secrets/" + s.Name + "/" + s.Version, Managed: s.Managed,
		Attributes: rq.attributes(s.Attributes, s.Recovery), Tags: s.Tags,
		deletion: rq.deletion("deletedsecrets", s.Name, s.Deleted),
	}
	if s.KeyVersion != "" {
		b.KeyID = rq.base + "/keys/" + s.Name + "/" + s.KeyVersion
	}
	if rq.version.converts() {
		b.Previous = s.Previous
	}
	return b
}

// withValue is secret with the value, for the answers to set and get.
func (rq *request) withValue(s *vault.Secret) secretBundle {
	b := rq.secret(s)
	b.Value = &s.Value
	return b
}

// secretItems shapes rows of a list of secrets.
func (rq *request) secretItems(rows []*vault.Secret) []secretBundle {
	out := make([]secretBundle, len(rows))
	for i, s := range rows {
		out[i] = rq.secret(s)
		out[i].ID, out[i].KeyID, out[i].Previous = rq.base+"/secrets/"+s.Name, "", ""
	}
	return out
}

func (f *front) getSecret(rq *request) (*httpx.Response, error) {
	s, err := f.Vaults.GetSecret(rq.ctx(), rq.access, rq.params["name"], rq.params["version"])
	if err != nil {
		return nil, err
	}
	if format, ok := httpx.Value(rq.URL.Query(), "outContentType"); ok && rq.version.converts() {
		if err := s.ConvertTo(format); err != nil {
			return nil, err
		}
	}
	return &httpx.Response{Body: rq.withValue(s)}, nil
}

func (f *front) setSecret(rq *request) (*httpx.Response, error) {
	var body struct {
		Value       *string           `json:"value"`
		ContentType *string           `json:"contentType"`
		Tags        map[string]string `json:"tags"`
		Attributes  newAttributes     `json:"attributes"`
	}
	if err := rq.decode(&body); err != nil {
		return nil, err
	}
	if body.Value == nil {
		return nil, badParameter("Property value is missing: a secret needs one.")
	}
	n := vault.NewSecret{
		Value: *body.Value, Tags: body.Tags, Enabled: body.Attributes.Enabled,
		NotBefore: seconds(body.Attributes.NotBefore), Expires: seconds(body.Attributes.Expires),
	}
	if body.ContentType != nil {
		n.ContentType = *body.ContentType
	}
	s, err := f.Vaults.SetSecret(rq.ctx(), rq.access, rq.params["name"], n)
	if err != nil {
		return nil, err
	}
	return &httpx.Response{Body: rq.withValue(s)}, nil
}

func (f *front) updateSecret(rq *request) (*httpx.Response, error) {
	var body struct {
		ContentType *string            `json:"contentType"`
		Tags        *map[string]string `json:"tags"`
		Attributes  newAttributes      `json:"attributes"`
	}
	if err := rq.decode(&body); err != nil {
		return nil, err
	}
	s, err := f.Vaults.UpdateSecret(rq.ctx(), rq.access, rq.params["name"], rq.params["version"], vault.Patch{
		ContentType: body.ContentType, Tags: body.Tags,
		Enabled: body.Attributes.Enabled, NotBefore: body.Attributes.NotBefore, Expires: body.Attributes.Expires,
	})
	return rq.secretAnswer(s, err)
}

// secretAnswer answers a secret without its value.
func (rq *request) secretAnswer(s *vault.Secret, err error) (*httpx.Response, error) {
	if err != nil {
		return nil, err
	}
	return &httpx.Response{Body: rq.secret(s)}, nil
}

func (f *front) deleteSecret(rq *request) (*httpx.Response, error) {
	return rq.secretAnswer(f.Vaults.DeleteSecret(rq.ctx(), rq.access, rq.params["name"]))
}

func (f *front) getDeletedSecret(rq *request) (*httpx.Response, error) {
	return rq.secretAnswer(f.Vaults.GetDeletedSecret(rq.ctx(), rq.access, rq.params["name"]))
}

func (f *front) recoverSecret(rq *request) (*httpx.Response, error) {
	return rq.secretAnswer(f.Vaults.RecoverSecret(rq.ctx(), rq.access, rq.params["name"]))
}

func (f *front) purgeSecret(rq *request) (*httpx.Response, error) {
	if err := f.Vaults.PurgeSecret(rq.ctx(), rq.access, rq.params["name"]); err != nil {
		return nil, err
	}
	return &httpx.Response{Status: http.StatusNoContent}, nil
}

func (f *front) listSecrets(rq *request) (*httpx.Response, error) {
	p, err := rq.page()
	if err != nil {
		return nil, err
	}
	rows, next, err := f.Vaults.ListSecrets(rq.ctx(), rq.access, p)
	if err != nil {
		return nil, err
	}
	return rq.paged(rq.secretItems(rows), "/secrets", next, p), nil
}

func (f *front) listDeletedSecrets(rq *request) (*httpx.Response, error) {
	p, err := rq.page()
	if err != nil {
		return nil, err
	}
	rows, next, err := f.Vaults.ListDeletedSecrets(rq.ctx(), rq.access, p)
	if err != nil {
		return nil, err
	}
	return rq.paged(rq.secretItems(rows), "/deletedsecrets", next, p), nil
}

func (f *front) listSecretVersions(rq *request) (*httpx.Response, error) {
	p, err := rq.page()
	if err != nil {
		return nil, err
	}
	name := rq.params["name"]
	rows, next, err := f.Vaults.ListSecretVersions(rq.ctx(), rq.access, name, p)
	if err != nil {
		return nil, err
	}
	out := make([]secretBundle, len(rows))
	for i, s := range rows {
		out[i] = rq.secret(s)
		out[i].KeyID = ""
	}
	return rq.paged(out, "/secrets/"+name+"/versions", next, p), nil
}

// blob is a backup on its way out or in: unpadded base64 in the alphabet for URLs.
type blob struct {
	Value string `json:"value"`
}

func (f *front) backupSecret(rq *request) (*httpx.Response, error) {
	sealed, err := f.Vaults.BackupSecret(rq.ctx(), rq.access, rq.params["name"])
	if err != nil {
		return nil, err
	}
	return backedUp(sealed), nil
}

func (f *front) restoreSecret(rq *request) (*httpx.Response, error) {
	sealed, err := rq.backup()
	if err != nil {
		return nil, err
	}
	return rq.secretAnswer(f.Vaults.RestoreSecret(rq.ctx(), rq.access, sealed))
}
