package arm

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"time"

	"github.com/alcedo-cloud/alcedo/internal/caller"
	"github.com/alcedo-cloud/alcedo/internal/cloud"
	"github.com/alcedo-cloud/alcedo/internal/fault"
	"github.com/alcedo-cloud/alcedo/internal/token"
)

// refused is what a client without a valid token is told: the body's code and message, and the description in the
// WWW-Authenticate header.
type refused struct {
	code, message, description string
}

func (r *refused) Error() string { return r.code + ": " + r.message }

// authenticate says whose the bearer token is.
func (f *front) authenticate(r *http.Request, x *exchange) (caller.Caller, error) {
	values := r.Header["Authorization"]
	if len(values) == 0 || strings.TrimSpace(values[0]) == "" {
		return caller.Caller{}, unauthenticated(&refused{
			"AuthenticationFailed", "Authentication failed. The 'Authorization' header is missing.",
			"The authentication failed because of missing 'Authorization' header.",
		})
	}
	scheme, raw, _ := strings.Cut(strings.TrimSpace(values[0]), " ")
	raw = strings.TrimSpace(raw)
	if len(values) > 1 || !strings.EqualFold(scheme, "Bearer") || raw == "" || strings.ContainsAny(raw, " ,") {
		const message = "Authentication failed. The 'Authorization' header is provided in an invalid format."
		return caller.Caller{}, unauthenticated(&refused{"AuthenticationFailed", message, message})
	}
	who, err := f.verify(r.Context(), raw)
	if err != nil {
		return caller.Caller{}, err
	}
	who.RequestID = x.correlation
	return who, nil
}

func unauthenticated(r *refused) error {
	return &fault.Error{Kind: fault.Unauthenticated, Op: "arm.authenticate", Reason: r.code, Message: r.message, Cause: r}
}

// verify asks the verifier and words its refusal.
func (f *front) verify(ctx context.Context, raw string) (caller.Caller, error) {
	who, err := f.Verifier.Verify(ctx, raw, cloud.ResourceManager)
	if err == nil && who.Kind == caller.Anonymous {
		err = fault.New(fault.Internal, "arm.verify", "", "") // a verified token always has a principal
	}
	if !fault.Is(err, fault.Unauthenticated) {
		return who, err
	}
	r := &refused{"InvalidAuthenticationToken", "The access token is invalid.", ""}
	var why *token.Refusal
	if errors.As(err, &why) {
		f.word(r, why)
	}
	if r.description == "" {
		r.description = r.message
	}
	return caller.Caller{}, unauthenticated(r)
}

// word chooses code and message for a refused token.
func (f *front) word(r *refused, why *token.Refusal) {
	switch why.Reason {
	case token.Expired:
		r.code = "ExpiredAuthenticationToken"
		r.message = "The access token expiry UTC time '" + stamp(why.Expires) + "' is earlier than current UTC time '" + stamp(why.Now) + "'."
	case token.Audience:
		r.code = "InvalidAuthenticationTokenAudience"
		r.message = "The access token has been obtained for wrong audience or resource '" + clip(why.Audience) +
			"'. It should exactly match with one of the allowed audiences '" +
			strings.Join(f.Cloud.Audiences(cloud.ResourceManager), "','") + "'."
	case token.Tenant:
		r.code = "InvalidAuthenticationTokenTenant"
		r.message = "The access token is from the wrong issuer '" + clip(why.Issuer) + "'. It must match the tenant '" +
			f.Cloud.IssuerV1(f.TenantID) + "' associated with this subscription. Please use the authority (URL) '" +
			f.authority() + "' to get the token. Note, if the subscription is transferred to another tenant there is no " +
			"impact to the services, but information about new tenant could take time to propagate (up to an hour). If you " +
			"just transferred your subscription and see this error message, please try back later."
	case token.NotYetValid:
		r.message = "The access token is not valid yet."
	case token.Subject:
		r.message = noPrincipal
	case token.Malformed:
		if why.Audience != "" && why.ObjectID == "" {
			r.message = noPrincipal
		}
	}
}

const noPrincipal = "The received access token is not valid: at least one of the claims 'puid' or 'altsecid' or 'oid' " +
	"should be present. If you are accessing as application please make sure service principal is properly created in the tenant."

// authority is the tenant's authority under the name that Resource Manager's refusals give it.
func (f *front) authority() string {
	return "https://" + prefer(f.Cloud, "login.windows.net", "login.chinacloudapi.cn") + "/" + f.TenantID
}

// challenge is the WWW-Authenticate header. Clients find the tenant of a subscription by it.
func (f *front) challenge(description string) string {
	return `Bearer authorization_uri="` + f.authority() + `", error="invalid_token", error_description="` +
		strings.NewReplacer(`"`, `'`, `\`, `/`).Replace(printable(description)) + `"`
}

// prefer is the first of names that the cloud's authority has, else its own name.
func prefer(c cloud.Cloud, names ...string) string {
	for _, name := range names {
		for _, alias := range c.LoginAliases {
			if alias == name {
				return name
			}
		}
	}
	return c.Login
}

// stamp is a time as Resource Manager's messages have it.
func stamp(t time.Time) string { return t.UTC().Format("1/2/2006 3:04:05 PM") }

// clip bounds what of an unverified token is repeated.
func clip(s string) string {
	const most = 512
	if len(s) > most {
		s = s[:most]
	}
	return printable(s)
}

// printable has a question mark for whatever a header must not have.
func printable(s string) string {
	return strings.Map(func(c rune) rune {
		if c < ' ' || c > '~' {
			return '?'
		}
		return c
	}, s)
}
