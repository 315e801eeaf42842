package sts

import (
	"context"

	"github.com/alcedo-cloud/alcedo/internal/directory"
	"github.com/alcedo-cloud/alcedo/internal/fault"
)

// authenticate finds the client and has it prove itself, as far as the grant and its registration want.
func (s *Service) authenticate(ctx context.Context, r *TokenRequest, g grant) (client, error) {
	c, err := s.client(ctx, r)
	if err != nil {
		return client{}, err
	}
	secret, assertion := r.Form["client_secret"], r.Form["client_assertion"]
	switch {
	case secret != "" && assertion != "":
		// RFC 6749 2.3: one method a request.
		f := refuse(codeMalformedRequest, "Invalid request. Request is malformed or invalid.")
		f.Target = "client_assertion"
		return client{}, f
	case c.own && (secret != "" || assertion != ""):
		return client{}, refuseClient(codeClientIsPublic, "Client is public so neither 'client_assertion' nor 'client_secret' "+
			"should be presented.")
	case assertion != "":
		c.proof, err = proofCertificate, s.checkAssertion(ctx, r, c)
	case secret != "":
		c.proof, err = proofSecret, s.checkSecret(ctx, c, secret)
	case g.confidential && !g.delegated:
		err = refuseClient(codeCredentialRequired, "'client_assertion', 'client_secret' or 'request' is required for the "+
			"'client_credentials' grant type.")
	case g.confidential, !c.public:
		err = refuseClient(codeClientIsConfidential, "The request body must contain the following parameter: 'client_assertion' "+
			"or 'client_secret'.")
	default:
		c.proof = proofNone
	}
	return c, err
}

// checkSecret is the client's proof by a shared secret.
func (s *Service) checkSecret(ctx context.Context, c client, secret string) error {
	_, err := s.directory.VerifySecret(ctx, c.id, secret)
	switch {
	case err == nil:
		return nil
	case fault.ReasonOf(err) == directory.ExpiredSecret:
		return refuseClient(codeExpiredSecret, "The provided client secret keys for app '%s' are expired. Visit the Azure portal to "+
			"create new keys for your app: https://aka.ms/NewClientSecret, or consider using certificate credentials for added "+
			"security: https://aka.ms/certCreds.", c.id)
	case fault.ReasonOf(err) == directory.InvalidSecret:
		return refuseClient(codeWrongSecret, "Invalid client secret provided. Ensure the secret being sent in the request is the "+
			"client secret value, not the client secret ID, for a secret added to app '%s'.", c.id)
	default:
		return fault.Wrap("sts.checkSecret", err)
	}
}
