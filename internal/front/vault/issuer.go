package vault

import (
	"encoding/json"

	"github.com/alcedo-cloud/alcedo/internal/httpx"
	"github.com/alcedo-cloud/alcedo/internal/vault"
)

// issuerBundle is an issuer as answers have it: the password of its account never is.
type issuerBundle struct {
	ID          string            `json:"id"`
	Provider    string            `json:"provider"`
	Credentials *credentials      `json:"credentials,omitempty"`
	OrgDetails  json.RawMessage   `json:"org_details,omitempty"`
	Attributes  *issuerAttributes `json:"attributes,omitempty"`
}

type credentials struct {
	AccountID *string `json:"account_id,omitempty"`
	Password  *string `json:"pwd,omitempty"`
}

type issuerAttributes struct {
	Enabled bool  `json:"enabled"`
	Created int64 `json:"created"`
	Updated int64 `json:"updated"`
}

func (rq *request) issuer(i *vault.Issuer) issuerBundle {
	b := issuerBundle{
		ID: rq.certificateURL("issuers", i.Name), Provider: i.Provider, OrgDetails: i.OrgDetails,
		Attributes: &issuerAttributes{i.Enabled, i.Created, i.Updated},
	}
	if i.AccountID != "" {
		b.Credentials = &credentials{AccountID: &i.AccountID}
	}
	return b
}

func (rq *request) issuerAnswer(i *vault.Issuer, err error) (*httpx.Response, error) {
	if err != nil {
		return nil, err
	}
	return &httpx.Response{Body: rq.issuer(i)}, nil
}

func (rq *request) issuerPatch() (vault.IssuerPatch, error) {
	var body struct {
		Provider    *string         `json:"provider"`
		Credentials credentials     `json:"credentials"`
		OrgDetails  json.RawMessage `json:"org_details"`
		Attributes  newAttributes   `json:"attributes"`
	}
	if err := rq.decode(&body); err != nil {
		return vault.IssuerPatch{}, err
	}
	p := vault.IssuerPatch{
		Provider: body.Provider, AccountID: body.Credentials.AccountID, Password: body.Credentials.Password, Enabled: body.Attributes.Enabled,
	}
	if given(body.OrgDetails) {
		p.OrgDetails = body.OrgDetails
	}
	return p, nil
}

func (f *front) setIssuer(rq *request) (*httpx.Response, error) {
	p, err := rq.issuerPatch()
	if err != nil {
		return nil, err
	}
	return rq.issuerAnswer(f.Vaults.SetCertificateIssuer(rq.ctx(), rq.access, rq.params["name"], p))
}

func (f *front) updateIssuer(rq *request) (*httpx.Response, error) {
	p, err := rq.issuerPatch()
	if err != nil {
		return nil, err
	}
	return rq.issuerAnswer(f.Vaults.UpdateCertificateIssuer(rq.ctx(), rq.access, rq.params["name"], p))
}

func (f *front) getIssuer(rq *request) (*httpx.Response, error) {
	return rq.issuerAnswer(f.Vaults.GetCertificateIssuer(rq.ctx(), rq.access, rq.params["name"]))
}

func (f *front) deleteIssuer(rq *request) (*httpx.Response, error) {
	return rq.issuerAnswer(f.Vaults.DeleteCertificateIssuer(rq.ctx(), rq.access, rq.params["name"]))
}

func (f *front) listIssuers(rq *request) (*httpx.Response, error) {
	p, err := rq.page()
	if err != nil {
		return nil, err
	}
	rows, next, err := f.Vaults.ListCertificateIssuers(rq.ctx(), rq.access, p)
	if err != nil {
		return nil, err
	}
	type item struct {
		ID       string `json:"id"`
		Provider string `json:"provider"`
	}
	out := make([]item, len(rows))
	for i, row := range rows {
		out[i] = item{rq.certificateURL("issuers", row.Name), row.Provider}
	}
	return rq.paged(out, "/certificates/issuers", next, p), nil
}

// contacts are those of a vault as they travel.
type contacts struct {
	ID       string          `json:"id,omitempty"`
	Contacts []vault.Contact `json:"contacts"`
}

func (rq *request) contactsAnswer(all []vault.Contact, err error) (*httpx.Response, error) {
	if err != nil {
		return nil, err
	}
	return &httpx.Response{Body: contacts{rq.certificateURL("contacts", ""), all}}, nil
}

func (f *front) setContacts(rq *request) (*httpx.Response, error) {
	var body contacts
	if err := rq.decode(&body); err != nil {
		return nil, err
	}
	return rq.contactsAnswer(f.Vaults.SetCertificateContacts(rq.ctx(), rq.access, body.Contacts))
}

func (f *front) getContacts(rq *request) (*httpx.Response, error) {
	return rq.contactsAnswer(f.Vaults.GetCertificateContacts(rq.ctx(), rq.access))
}

func (f *front) deleteContacts(rq *request) (*httpx.Response, error) {
	return rq.contactsAnswer(f.Vaults.DeleteCertificateContacts(rq.ctx(), rq.access))
}
