package token

import (
	"crypto/rand"
	"sync"
	"testing"

	"github.com/alcedo-cloud/alcedo/internal/cloud"
	"github.com/alcedo-cloud/alcedo/internal/store"
	"github.com/alcedo-cloud/alcedo/internal/store/storetest"
)

// shared is a store that other processes write to.
type shared struct{ store.Store }

func (shared) Shared() bool { return true }

// TestReplicasShareTheirKeys starts two services at once on an empty store.
func TestReplicasShareTheirKeys(t *testing.T) {
	w := newWorld(t)
	both := shared{storetest.Memory(t)}
	var services [2]*Service
	var group sync.WaitGroup
	for i := range services {
		group.Go(func() {
			s, err := Open(t.Context(), Config{Store: both, Clock: w.clock, Rand: rand.Reader, Cloud: w.cloud, TenantID: testTenant})
			if err != nil {
				t.Error(err)
				return
			}
			services[i] = s
			if _, err := s.Keys(t.Context()); err != nil {
				t.Error(err)
			}
		})
	}
	group.Wait()
	if t.Failed() {
		return
	}
	check := func(what string, keys int) {
		t.Helper()
		for i, s := range services {
			set, err := s.Keys(t.Context())
			if err != nil || len(set.Keys) != keys {
				t.Fatalf("%s: replica %d has %d keys, %v; want %d", what, i, len(set.Keys), err, keys)
			}
			raw, err := s.Mint(t.Context(), w.claims())
			if err != nil {
				t.Fatal(err)
			}
			if _, err := NewVerifier(services[1-i], w.gone).Verify(t.Context(), raw, cloud.ResourceManager); err != nil {
				t.Errorf("%s: replica %d refuses the other's token: %v", what, 1-i, err)
			}
		}
	}
	check("at first", 1)
	if err := services[0].Rotate(t.Context()); err != nil {
		t.Fatal(err)
	}
	check("after a rotation", 2)
}
