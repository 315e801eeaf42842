package vault

import (
	"errors"
	"net/http"
	"strings"

	"github.com/alcedo-cloud/alcedo/internal/caller"
	"github.com/alcedo-cloud/alcedo/internal/cloud"
	"github.com/alcedo-cloud/alcedo/internal/fault"
	"github.com/alcedo-cloud/alcedo/internal/token"
)

// authenticate says whose the bearer token is.
func (f *front) authenticate(r *http.Request) (caller.Caller, error) {
	values := r.Header["Authorization"]
	scheme, raw := "", ""
	if len(values) > 0 {
		scheme, raw, _ = strings.Cut(strings.TrimSpace(values[0]), " ")
		raw = strings.TrimSpace(raw)
	}
	if len(values) != 1 || !strings.EqualFold(scheme, "Bearer") || raw == "" || strings.ContainsAny(raw, " ,") {
		return caller.Caller{}, unauthorized("AKV10000: Request is missing a Bearer or PoP token.")
	}
	who, err := f.Verifier.Verify(r.Context(), raw, cloud.KeyVault)
	if err == nil && who.Kind == caller.Anonymous {
		err = fault.New(fault.Internal, "front/vault", "", "") // a verified token always has a principal
	}
	if !fault.Is(err, fault.Unauthenticated) {
		return who, err
	}
	return caller.Caller{}, unauthorized(f.refusedText(err))
}

func unauthorized(message string) error {
	return fault.New(fault.Unauthenticated, "front/vault", "Unauthorized", message)
}

// refusedText words the refusal of a token.
func (f *front) refusedText(err error) string {
	var why *token.Refusal
	if !errors.As(err, &why) {
		return "Error validating token."
	}
	switch why.Reason {
	case token.Audience:
		return "AKV10022: Invalid audience. Expected " + f.resource() + ", found: " + clip(why.Audience) + "."
	case token.Tenant, token.Issuer:
		return "AKV10032: Invalid issuer. Expected one of " + f.Cloud.IssuerV1(f.TenantID) + ", found " + clip(why.Issuer) + "."
	case token.Expired:
		return "[TokenExpired] Error validating token: IDX10223: Lifetime validation failed. The token is expired."
	case token.NotYetValid:
		return "Error validating token: IDX10222: Lifetime validation failed. The token is not yet valid."
	case token.Signature:
		return "AKV10046: Unable to resolve the key used for signature validation."
	case token.Subject:
		return "Error validating token: the principal of the token does not exist in the tenant, or is disabled."
	}
	return "Error validating token: IDX12741: JWT must have three segments (JWS) or five segments (JWE)."
}

// resource is the audience that tokens for a vault have.
func (f *front) resource() string { return "https://" + f.Cloud.KeyVaultSuffix }

// challenge is the WWW-Authenticate header. Every client's parser is simple: pairs are separated by a comma and a space,
// values are quoted and have no equals sign, and the authorization is a host and a tenant without a slash at the end.
func (f *front) challenge(tenant string) string {
	return `Bearer authorization="` + f.Cloud.Authority(tenant) + `", resource="` + f.resource() + `"`
}

// clip bounds what of an unverified token is repeated, and takes what is not printable out.
func clip(s string) string {
	const most = 512
	if len(s) > most {
		s = s[:most]
	}
	return strings.Map(func(c rune) rune {
		if c < ' ' || c > '~' {
			return '?'
		}
		return c
	}, s)
}

// methodNotAllowed is a path that exists with another method.
func methodNotAllowed(r *http.Request) error {
	return fault.Newf(fault.Unsupported, "front/vault", "MethodNotAllowed",
		"The HTTP method %s is not supported by the resource.", clip(r.Method))
}
