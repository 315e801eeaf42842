package vault

import (
	"strings"

	"github.com/alcedo-cloud/alcedo/internal/httpx"
	"github.com/alcedo-cloud/alcedo/internal/vault"
)

// includePending reads the parameter of that name.
func (rq *request) includePending() bool {
	text, _ := httpx.Value(rq.URL.Query(), "includePending")
	return strings.EqualFold(text, "true")
}

// certificatePage answers a page of certificates, and keeps includePending in the link to the next.
func (rq *request) certificatePage(rows []*vault.Certificate, path, next string, p vault.Page) *httpx.Response {
	resp := rq.paged(rq.certificateItems(rows, strings.HasSuffix(path, "/versions")), path, next, p)
	if l, ok := resp.Body.(list); ok && l.NextLink != nil && rq.includePending() {
		*l.NextLink += "&includePending=true"
	}
	return resp
}

func (f *front) listCertificates(rq *request) (*httpx.Response, error) {
	p, err := rq.page()
	if err != nil {
		return nil, err
	}
	rows, next, err := f.Vaults.ListCertificates(rq.ctx(), rq.access, p, rq.includePending())
	if err != nil {
		return nil, err
	}
	return rq.certificatePage(rows, "/certificates", next, p), nil
}

func (f *front) listDeletedCertificates(rq *request) (*httpx.Response, error) {
	p, err := rq.page()
	if err != nil {
		return nil, err
	}
	rows, next, err := f.Vaults.ListDeletedCertificates(rq.ctx(), rq.access, p, rq.includePending())
	if err != nil {
		return nil, err
	}
	return rq.certificatePage(rows, "/deletedcertificates", next, p), nil
}

func (f *front) listCertificateVersions(rq *request) (*httpx.Response, error) {
	p, err := rq.page()
	if err != nil {
		return nil, err
	}
	name := rq.params["name"]
	rows, next, err := f.Vaults.ListCertificateVersions(rq.ctx(), rq.access, name, p)
	if err != nil {
		return nil, err
	}
	return rq.certificatePage(rows, "/certificates/"+name+"/versions", next, p), nil
}
