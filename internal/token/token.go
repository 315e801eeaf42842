// Package token is the signing and checking of Entra ID's JSON Web Tokens: claims, keys and their rotation, the key set
// that the tenant publishes, and the verifier that every service stands behind. It must never know how a caller proved
// who they are (package sts does), nor what they may do (rbac does).
package token

import (
	"context"
	"errors"
	"io"
	"sync"
	"time"

	"github.com/alcedo-cloud/alcedo/internal/clock"
	"github.com/alcedo-cloud/alcedo/internal/cloud"
	"github.com/alcedo-cloud/alcedo/internal/fault"
	"github.com/alcedo-cloud/alcedo/internal/store"
)

// MaxLifetime is the longest that a token may hold: a managed identity's are good for a day, one for a client that
// honours continuous access evaluation for up to 28 hours. A retired key stays published for as long.
const MaxLifetime = 28 * time.Hour

// MaxSize bounds the bytes of a token that is looked at. Entra's are below 8 KiB.
const MaxSize = 16 << 10

// Config is what a Service needs.
type Config struct {
	Store    store.Store
	Clock    clock.Clock
	Rand     io.Reader // of keys and of the identifiers in tokens
	Cloud    cloud.Cloud
	TenantID string // GUID
}

// Service signs the tenant's tokens. It is safe for concurrent use.
type Service struct {
	store  store.Store
	clock  clock.Clock
	cloud  cloud.Cloud
	tenant string
	keys   *store.Mirror[*ring]

	rand io.Reader

	genMu sync.Mutex    // serialises the making of keys
	first chan struct{} // closed when the attempt that Open began is over
}

// Open loads the tenant's keys. Where there is none it has one made and returns at once: whoever needs a key first
// waits for it, so that the rest of a first start goes on meanwhile.
func Open(ctx context.Context, c Config) (*Service, error) {
	if c.Store == nil || c.Clock == nil || c.Rand == nil || c.TenantID == "" {
		return nil, errors.New("token: Config needs Store, Clock, Rand and TenantID")
	}
	s := &Service{
		store: c.Store, clock: c.Clock, cloud: c.Cloud, tenant: c.TenantID, rand: &serialReader{r: c.Rand},
		keys: store.NewMirror(c.Store, "token", loadRing), first: make(chan struct{}),
	}
	state, err := s.keys.View(ctx)
	if err != nil {
		return nil, fault.Wrap("token.Open", err)
	}
	if state.current().signing != nil {
		close(s.first)
		return s, nil
	}
	go func() {
		defer close(s.first)
		// An error is not lost: the next to need a key tries again and gets it.
		_ = s.makeFirst(context.WithoutCancel(ctx))
	}()
	return s, nil
}

// TenantID is the tenant whose tokens these are.
func (s *Service) TenantID() string { return s.tenant }

// published is the current set of keys, with a key to sign with.
func (s *Service) published(ctx context.Context) (*keySet, error) {
	select {
	case <-s.first:
	default:
		if err := s.await(ctx); err != nil {
			return nil, err
		}
	}
	state, err := s.keys.View(ctx)
	if err != nil {
		return nil, err
	}
	if set := state.current(); set.signing != nil {
		return set, nil
	}
	if err := s.makeFirst(ctx); err != nil {
		return nil, err
	}
	if state, err = s.keys.View(ctx); err != nil {
		return nil, err
	}
	set := state.current()
	if set.signing == nil {
		return nil, errors.New("token: no key to sign with")
	}
	return set, nil
}

// await waits for the key that Open has begun to make.
func (s *Service) await(ctx context.Context) error {
	select {
	case <-s.first:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// serialReader lets goroutines read r one after another.
type serialReader struct {
	mu sync.Mutex
	r  io.Reader
}

func (s *serialReader) Read(b []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.r.Read(b)
}
