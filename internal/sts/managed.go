package sts

import (
	"context"
	"strings"
	"sync"
	"time"

	"github.com/alcedo-cloud/alcedo/internal/fault"
	"github.com/alcedo-cloud/alcedo/internal/token"
)

const (
	managedLife = 24 * time.Hour
	// backdate is how long before its issue a token is valid, so that services whose clocks lag accept it.
	backdate = 5 * time.Minute
	// maxManaged bounds the cache of managed identities' tokens: some 2 KiB each.
	maxManaged = 8192
)

// MIRequest asks for a token of a managed identity. The service that hosts the identity makes it, once it has settled
// which identity the connection may use; nothing in it is taken from the client but Resource and Bypass.
type MIRequest struct {
	ObjectID, AppID string // GUIDs of the identity's service principal
	ResourceID      string // xms_mirid: the identity's resource, or the machine's for a system-assigned one
	AzureResourceID string // xms_az_rid: the machine that asks; "" leaves the claim out
	Resource        string // the audience, as the client wrote it
	Bypass          bool   // do not serve a cached token
}

// MIToken is a token of a managed identity.
type MIToken struct {
	AccessToken                    string
	IssuedAt, NotBefore, ExpiresOn time.Time
	ClientID, Resource             string // the identity's application id; the audience as requested
}

// managedTokens are the tokens that are served again until half of their life is over.
type managedTokens struct {
	mu     sync.RWMutex
	tokens map[MIRequest]MIToken // by request, Bypass false
}

// ManagedIdentityToken returns a token of an identity, good for 24 hours: the cached one until half of its life is
// over. An audience that nothing answers to is a fault Invalid with the reason AADSTS500011, an identity that is gone
// or disabled one with the reason AADSTS700016.
func (s *Service) ManagedIdentityToken(ctx context.Context, m MIRequest) (MIToken, error) {
	const op = "sts.ManagedIdentityToken"
	active, err := s.directory.Active(ctx, m.ObjectID)
	if err != nil {
		return MIToken{}, fault.Wrap(op, err)
	}
	if !active {
		return MIToken{}, s.clientNotFound(m.AppID)
	}
	bypass := m.Bypass
	m.Bypass = false
	now := s.clock.Now()
	if !bypass {
		if t, ok := s.managed.get(m, now); ok {
			return t, nil
		}
	}
	t, err := s.mintManaged(ctx, m, now)
	if err != nil {
		return MIToken{}, fault.Wrap(op, err)
	}
	s.managed.put(m, t, now)
	return t, nil
}

func (s *Service) mintManaged(ctx context.Context, m MIRequest, now time.Time) (MIToken, error) {
	aud, err := s.audience(ctx, V1, asked{resource: m.Resource})
	if err != nil {
		return MIToken{}, err
	}
	t := MIToken{
		IssuedAt: now, NotBefore: now.Add(-backdate), ExpiresOn: now.Add(managedLife).Truncate(time.Second),
		ClientID: m.AppID, Resource: m.Resource,
	}
	claims := s.applicationClaims(aud, client{id: m.AppID, objectID: m.ObjectID, managed: m.ResourceID, proof: proofCertificate})
	claims.AzureResourceID = claimedResource(m.AzureResourceID)
	claims.IssuedAt, claims.NotBefore, claims.Expires = t.NotBefore.Unix(), t.NotBefore.Unix(), t.ExpiresOn.Unix()
	t.AccessToken, err = s.tokens.Mint(ctx, claims)
	return t, err
}

// applicationClaims are those of a token that an application gets for itself.
func (s *Service) applicationClaims(aud audience, c client) token.Claims {
	claims := token.Claims{
		Audience: aud.claim, Version: aud.version, IdentityProvider: s.cloud.IssuerV1(s.tenantID), IDType: "app",
		ObjectID: c.objectID, Subject: c.objectID, TenantID: s.tenantID, ManagedIdentity: claimedResource(c.managed),
	}
	setClient(&claims, c)
	return claims
}

// claimedResource is a resource id as the claims spell it: the segment resourcegroups in lower case.
func claimedResource(id string) string {
	return strings.Replace(id, "/resourceGroups/", "/resourcegroups/", 1)
}

func (m *managedTokens) get(r MIRequest, now time.Time) (MIToken, bool) {
	m.mu.RLock()
	defer m.mu.RUnlock()
	t, ok := m.tokens[r]
	return t, ok && now.Before(t.IssuedAt.Add(managedLife/2)) && !now.Before(t.NotBefore)
}

func (m *managedTokens) put(r MIRequest, t MIToken, now time.Time) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if _, ok := m.tokens[r]; !ok && len(m.tokens) >= maxManaged {
		m.evict(now)
	}
	m.tokens[r] = t
}

// evict makes room: what is stale goes, and where nothing is, any one does.
func (m *managedTokens) evict(now time.Time) {
	for r, t := range m.tokens {
		if !now.Before(t.IssuedAt.Add(managedLife / 2)) {
			delete(m.tokens, r)
		}
	}
	for r := range m.tokens {
		if len(m.tokens) < maxManaged {
			return
		}
		delete(m.tokens, r)
	}
}
