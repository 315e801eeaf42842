package vault

import (
	"net/http"

	"github.com/alcedo-cloud/alcedo/internal/httpx"
	"github.com/alcedo-cloud/alcedo/internal/vault"
	"github.com/alcedo-cloud/alcedo/internal/vault/certificate"
)

// certificateOperation is the making of a certificate as answers have it.
type certificateOperation struct {
	ID        string             `json:"id"`
	Issuer    certificate.Issuer `json:"issuer"`
	CSR       []byte             `json:"csr"` // base64 of the usual alphabet
	Cancelled bool               `json:"cancellation_requested"`
	Status    string             `json:"status"`
	Details   string             `json:"status_details,omitempty"`
	Target    string             `json:"target,omitempty"`
	RequestID string             `json:"request_id"`
	Preserve  *bool              `json:"preserveCertOrder,omitempty"`
}

// underWay is what Key Vault says while it waits. Source: recordings of @azure/keyvault-certificates.
const underWay = "Pending certificate created. Certificate request is in progress. This may take some time based on the issuer " +
	"provider. Please check again later."

// toBeMerged is what it says where it waits for its caller.
const toBeMerged = "Pending certificate created. Please Perform Merge to complete the request."

func (rq *request) operation(name string, op *vault.CertificateOperation) *httpx.Response {
	body := certificateOperation{
		ID: rq.certificateURL(name, "pending"), Issuer: op.Issuer, CSR: op.CSR, Cancelled: op.Cancelled, Status: op.Status,
		RequestID: op.RequestID, Preserve: rq.preserve(op.PreserveOrder),
	}
	header := http.Header{}
	switch op.Status {
	case vault.InProgress:
		body.Details = underWay
		if op.Issuer.Name == certificate.Unknown {
			body.Details = toBeMerged
		}
		header["Retry-After"] = []string{"10"}
	case vault.Completed:
		body.Target = rq.certificateURL(name, "")
	}
	return &httpx.Response{Header: header, Body: body}
}

func (f *front) getPending(rq *request) (*httpx.Response, error) {
	op, err := f.Vaults.GetCertificateOperation(rq.ctx(), rq.access, rq.params["name"])
	if err != nil {
		return nil, err
	}
	return rq.operation(rq.params["name"], op), nil
}

func (f *front) updatePending(rq *request) (*httpx.Response, error) {
	var body struct {
		Cancel *bool `json:"cancellation_requested"`
	}
	if err := rq.decode(&body); err != nil {
		return nil, err
	}
	if body.Cancel == nil {
		return nil, badParameter("Property cancellation_requested is required.\r\n")
	}
	op, err := f.Vaults.CancelCertificateOperation(rq.ctx(), rq.access, rq.params["name"], *body.Cancel)
	if err != nil {
		return nil, err
	}
	return rq.operation(rq.params["name"], op), nil
}

func (f *front) deletePending(rq *request) (*httpx.Response, error) {
	op, err := f.Vaults.DeleteCertificateOperation(rq.ctx(), rq.access, rq.params["name"])
	if err != nil {
		return nil, err
	}
	return rq.operation(rq.params["name"], op), nil
}

func (f *front) getPolicy(rq *request) (*httpx.Response, error) {
	p, err := f.Vaults.GetCertificatePolicy(rq.ctx(), rq.access, rq.params["name"])
	if err != nil {
		return nil, err
	}
	return &httpx.Response{Body: rq.policy(rq.params["name"], p)}, nil
}

func (f *front) updatePolicy(rq *request) (*httpx.Response, error) {
	var body certificate.Policy
	if err := rq.decode(&body); err != nil {
		return nil, err
	}
	p, err := f.Vaults.UpdateCertificatePolicy(rq.ctx(), rq.access, rq.params["name"], body)
	if err != nil {
		return nil, err
	}
	return &httpx.Response{Body: rq.policy(rq.params["name"], p)}, nil
}
