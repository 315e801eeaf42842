package blob

import (
	"errors"
	"net/http"
	"net/url"
	"strings"

	"github.com/alcedo-cloud/alcedo/internal/blob"
	"github.com/alcedo-cloud/alcedo/internal/caller"
	"github.com/alcedo-cloud/alcedo/internal/cloud"
	"github.com/alcedo-cloud/alcedo/internal/fault"
	"github.com/alcedo-cloud/alcedo/internal/token"
)

// withTokens is the first version that takes tokens. Source: "Authorize with Microsoft Entra ID" of the REST reference.
const withTokens = "2017-11-09"

// withChallenge is the first version that tells who is nobody how to become somebody.
const withChallenge = "2019-12-12"

// byToken checks a bearer token.
func (f *front) byToken(x *exchange, raw string) error {
	if x.version < withTokens {
		return unauthenticated("Authentication scheme Bearer is not supported in this version.")
	}
	if !x.access.HTTPS {
		return unauthenticated("Authentication scheme Bearer is not supported over HTTP.")
	}
	who, err := f.verify(x, raw)
	if err != nil {
		return err
	}
	x.access.By, x.access.Caller = blob.Bearer, who
	x.access.Caller.RequestID = x.id
	return nil
}

// verify says whose a token is, and that it is for this account.
func (f *front) verify(x *exchange, raw string) (caller.Caller, error) {
	ctx := x.r.Context()
	who, err := f.Verifier.Verify(ctx, raw, cloud.Storage)
	if err == nil {
		var claims token.Claims
		if claims, err = f.Verifier.Claims(ctx, raw); err == nil && !f.forAccount(claims.Audience, x.account.Name) {
			return caller.Caller{}, f.refuseToken(x, "Audience validation failed. Audience did not match.")
		}
	}
	if err == nil && who.Kind == caller.Anonymous {
		err = fault.New(fault.Internal, "front/blob", "", "") // a verified token always has a principal
	}
	if !fault.Is(err, fault.Unauthenticated) {
		return who, err
	}
	return caller.Caller{}, f.refuseToken(x, tokenDetail(err))
}

// forAccount reports whether an audience of storage is not another account's.
func (f *front) forAccount(audience, account string) bool {
	u, err := url.Parse(audience)
	if err != nil {
		return true
	}
	h, ok := f.Cloud.Host(u.Host)
	if !ok || h.Kind != cloud.HostBlob {
		// The clouds share one audience; an account's own may name a host of another cloud.
		label, rest, cut := strings.Cut(u.Host, ".")
		if !cut || !strings.HasPrefix(rest, "blob.") {
			return true
		}
		h.Account = label
	}
	return strings.EqualFold(h.Account, account)
}

// tokenDetail is the AuthenticationErrorDetail of a refused token.
func tokenDetail(err error) string {
	var why *token.Refusal
	if !errors.As(err, &why) {
		return "The token is malformed."
	}
	switch why.Reason {
	case token.Audience:
		return "Audience validation failed. Audience did not match."
	case token.Tenant, token.Issuer:
		return "Issuer validation failed. Issuer did not match."
	case token.Signature:
		return "Signature validation failed. Signature key not found."
	case token.Expired:
		return "Lifetime validation failed. The token is expired."
	case token.NotYetValid:
		return "Lifetime validation failed. The token is not yet valid."
	case token.Subject:
		return "The subject of the token does not exist or is disabled."
	default:
		return "The token is malformed."
	}
}

// refuseToken is 401 with a challenge, or 403 for a client that is older than challenges.
func (f *front) refuseToken(x *exchange, text string) error {
	elements := [][2]string{{"AuthenticationErrorDetail", text}}
	if x.version < withChallenge {
		return detailed(fault.Unauthenticated, "AuthenticationFailed", &detail{elements: elements})
	}
	return detailed(fault.Unauthenticated, "InvalidAuthenticationInfo", &detail{
		message: f.codes["NoAuthenticationInformation"].message, elements: elements,
		status: http.StatusUnauthorized, challenge: f.challenge(x),
	})
}

// challenge is the WWW-Authenticate header: clients find tenant and audience by it.
func (f *front) challenge(x *exchange) string {
	tenant := x.account.TenantID
	if tenant == "" {
		tenant = f.TenantID
	}
	return "Bearer authorization_uri=" + f.Cloud.Authority(tenant) + "/oauth2/authorize resource_id=https://storage.azure.com"
}

// unnamed refuses what nobody may do: a new client is asked who it is, an older one is told that there is nothing.
func (f *front) unnamed(x *exchange) error {
	if x.version >= withChallenge && x.in("X-Ms-Version") != "" {
		return detailed(fault.Unauthenticated, "NoAuthenticationInformation", &detail{challenge: f.challenge(x)})
	}
	if !x.account.AllowBlobPublicAccess && (x.r.Method == http.MethodGet || x.r.Method == http.MethodHead) {
		return refusal(fault.Conflict, "PublicAccessNotPermitted")
	}
	return refusal(fault.NotFound, "ResourceNotFound")
}
