package token

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"strings"
	"time"

	"github.com/go-jose/go-jose/v4"
	"github.com/go-jose/go-jose/v4/jwt"

	"github.com/alcedo-cloud/alcedo/internal/caller"
	"github.com/alcedo-cloud/alcedo/internal/cloud"
	"github.com/alcedo-cloud/alcedo/internal/fault"
)

// leeway is how far the clocks of services differ: Azure's accept a token that long before its nbf.
const leeway = 5 * time.Minute

// Subjects says whether a principal exists and is enabled.
type Subjects interface {
	Active(ctx context.Context, objectID string) (bool, error)
}

// Verifier checks the tokens of one tenant. It is safe for concurrent use.
type Verifier struct {
	service  *Service
	subjects Subjects
	cache    cache
}

// NewVerifier returns a verifier of s's tokens.
func NewVerifier(s *Service, subjects Subjects) *Verifier {
	return &Verifier{service: s, subjects: subjects}
}

// verified is what the checks of a token that do not change with time have yielded.
type verified struct {
	keys    *keySet // the keys at that time; another set voids the result
	service cloud.Service
	claims  Claims
	caller  caller.Caller
}

// Verify says who shows raw to service. The signature is checked once and remembered until the token expires or the
// keys change; whether the principal is still active is asked each time. Every refusal is a fault Unauthenticated whose
// cause is a *Refusal.
func (v *Verifier) Verify(ctx context.Context, raw string, service cloud.Service) (caller.Caller, error) {
	got, err := v.verified(ctx, raw)
	if err != nil {
		return caller.Caller{}, err
	}
	if got.service != service {
		return caller.Caller{}, refuse(Audience, got.claims, v.service.clock.Now(), "not for "+string(service))
	}
	active, err := v.subjects.Active(ctx, got.claims.ObjectID)
	if err != nil {
		return caller.Caller{}, fault.Wrap("token.Verify", err)
	}
	if !active {
		return caller.Caller{}, refuse(Subject, got.claims, v.service.clock.Now(), "principal is gone or disabled")
	}
	return got.caller, nil
}

// Claims checks raw in all but its audience and its subject, which are the caller's to judge: an assertion issued by
// this tenant, an id_token, an access token for an application.
func (v *Verifier) Claims(ctx context.Context, raw string) (Claims, error) {
	got, err := v.verified(ctx, raw)
	if err != nil {
		return Claims{}, err
	}
	return got.claims, nil
}

// verified takes the result from the cache, or makes it.
func (v *Verifier) verified(ctx context.Context, raw string) (*verified, error) {
	now := v.service.clock.Now()
	if len(raw) > MaxSize {
		return nil, refuse(Malformed, Claims{}, now, "too long")
	}
	set, err := v.service.published(ctx)
	if err != nil {
		return nil, fault.Wrap("token.Verify", err)
	}
	got := v.cache.get(raw)
	if got == nil || got.keys != set {
		if got, err = v.check(raw, set, now); err != nil {
			return nil, err
		}
		v.cache.put(raw, got, now)
	}
	if err := v.inTime(got.claims, now); err != nil {
		return nil, err
	}
	return got, nil
}

// check parses raw and checks what does not change while the keys stay.
func (v *Verifier) check(raw string, set *keySet, now time.Time) (*verified, error) {
	claimed, err := unverified(raw)
	if err != nil {
		return nil, refuse(Malformed, Claims{}, now, err.Error())
	}
	// In Azure all tenants share their keys, so that a token of another one fails for its issuer, not its signature.
	// Here each tenant has its own, and the claim decides which refusal is told. Nothing is granted by it.
	if claimed.TenantID != "" && !strings.EqualFold(claimed.TenantID, v.service.tenant) {
		return nil, refuse(Tenant, claimed, now, "token of tenant "+claimed.TenantID)
	}
	tok, err := jwt.ParseSigned(raw, []jose.SignatureAlgorithm{jose.RS256})
	if err != nil {
		return nil, refuse(Signature, claimed, now, err.Error())
	}
	k := set.byID[tok.Headers[0].KeyID]
	if k == nil || k.over(now) {
		return nil, refuse(Signature, claimed, now, "unknown kid")
	}
	var c Claims
	if err := tok.Claims(&k.private.PublicKey, &c); err != nil {
		return nil, refuse(Signature, claimed, now, err.Error())
	}
	if c.Issuer != v.service.cloud.IssuerV1(v.service.tenant) && c.Issuer != v.service.cloud.IssuerV2(v.service.tenant) {
		return nil, refuse(Issuer, c, now, "issuer "+c.Issuer)
	}
	if c.Audience == "" || c.ObjectID == "" || c.Expires == 0 {
		return nil, refuse(Malformed, c, now, "aud, oid or exp is missing")
	}
	got := &verified{keys: set, claims: c, caller: callerOf(c)}
	// An id_token names no client: it tells the client who signed in, and opens no service.
	if r, ok := v.service.cloud.Resource(c.Audience); ok && c.Client() != "" {
		got.service = r.Service
	}
	return got, nil
}

func (v *Verifier) inTime(c Claims, now time.Time) error {
	if unix := now.Unix(); unix >= c.Expires {
		return refuse(Expired, c, now, "")
	} else if unix+int64(leeway/time.Second) < c.NotBefore {
		return refuse(NotYetValid, c, now, "")
	}
	return nil
}

// unverified reads the claims of a compact token without checking it. They serve to word refusals only.
func unverified(raw string) (Claims, error) {
	parts := strings.Split(raw, ".")
	if len(parts) != 3 {
		return Claims{}, errors.New("not three parts")
	}
	for _, part := range parts[:2] {
		data, err := decodeSegment(part)
		if err != nil {
			return Claims{}, err
		}
		var object map[string]json.RawMessage
		if err := json.Unmarshal(data, &object); err != nil {
			return Claims{}, err
		}
	}
	payload, err := decodeSegment(parts[1])
	if err != nil {
		return Claims{}, err
	}
	var c Claims
	err = json.Unmarshal(payload, &c)
	return c, err
}

func callerOf(c Claims) caller.Caller {
	out := caller.Caller{
		Kind: caller.ServicePrincipal, TenantID: c.TenantID, ObjectID: c.ObjectID, AppID: c.Client(),
		Name: c.Username(), Issuer: c.Issuer, ResourceID: c.ManagedIdentity,
	}
	if c.Delegated() {
		out.Kind = caller.User
	} else if c.ManagedIdentity != "" {
		out.Kind = caller.ManagedIdentity
	}
	return out
}

func decodeSegment(s string) ([]byte, error) { return base64.RawURLEncoding.Strict().DecodeString(s) }
