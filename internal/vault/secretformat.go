package vault

import (
	"github.com/alcedo-cloud/alcedo/internal/vault/certificate"
)

// ConvertTo changes the value to another format. Key Vault knows one conversion, of a certificate in PKCS #12 to PEM; the
// format that the value has already is no conversion. Anything else is a fault Invalid.
// Source: the parameter outContentType of learn.microsoft.com/rest/api/keyvault/secrets/get-secret.
func (s *Secret) ConvertTo(contentType string) error {
	if contentType == s.ContentType && (contentType == certificate.PEM || contentType == certificate.PKCS12) {
		return nil
	}
	if s.ContentType != certificate.PKCS12 || contentType != certificate.PEM {
		return bad("The secret cannot be converted to the content type '%.100s': only certificates in %s are, to %s.",
			contentType, certificate.PKCS12, certificate.PEM)
	}
	b, _, err := certificate.Read(certificate.PKCS12, s.Value, "")
	if err != nil {
		return bad("The value of the secret is not a certificate in PKCS #12.")
	}
	text, err := b.Write(nil, certificate.PEM)
	if err != nil {
		return err
	}
	s.Value, s.ContentType = text, certificate.PEM
	return nil
}
