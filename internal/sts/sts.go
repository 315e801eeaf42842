// Package sts is the security token service of Microsoft Entra ID: the grants of the token endpoint, each of which
// turns a credential into a signed token for one audience. It must never know HTTP's requests and answers (a front
// does), nor what a token will be allowed to do (rbac does).
package sts

import (
	"io"
	"net/http"
	"sync"

	"github.com/alcedo-cloud/alcedo/internal/clock"
	"github.com/alcedo-cloud/alcedo/internal/cloud"
	"github.com/alcedo-cloud/alcedo/internal/directory"
	"github.com/alcedo-cloud/alcedo/internal/store"
	"github.com/alcedo-cloud/alcedo/internal/token"
)

// Config is what a Service needs.
type Config struct {
	Store     store.Store // of sign-ins and codes
	Directory *directory.Service
	Tokens    *token.Service
	Clock     clock.Clock
	Rand      io.Reader
	Cloud     cloud.Cloud
	TenantID  string       // GUID
	HTTP      *http.Client // fetches the keys of foreign issuers; nil for one with the machine's roots
}

// Service issues tokens. It is safe for concurrent use.
type Service struct {
	store     store.Store
	directory *directory.Service
	tokens    *token.Service
	verifier  *token.Verifier
	clock     clock.Clock
	cloud     cloud.Cloud
	tenantID  string
	issuers   *issuers
	lockout   *lockout
	managed   managedTokens

	randMu sync.Mutex
	rand   io.Reader
}

// New returns the tenant's token service.
func New(c Config) *Service {
	client := c.HTTP
	if client == nil {
		client = &http.Client{Timeout: issuerTimeout}
	}
	return &Service{
		store: c.Store, directory: c.Directory, tokens: c.Tokens, verifier: token.NewVerifier(c.Tokens, c.Directory),
		clock: c.Clock, cloud: c.Cloud, tenantID: c.TenantID, rand: c.Rand,
		issuers: newIssuers(client, c.Clock), lockout: newLockout(c.Clock),
		managed: managedTokens{tokens: map[MIRequest]MIToken{}},
	}
}

// random reads n bytes.
func (s *Service) random(n int) ([]byte, error) {
	s.randMu.Lock()
	defer s.randMu.Unlock()
	b := make([]byte, n)
	_, err := io.ReadFull(s.rand, b)
	return b, err
}
