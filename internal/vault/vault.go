// Package vault is Key Vault's data plane: vaults and the secrets, keys and certificates in them, who may do what with
// them, their versions, soft deletion, backups, and the sealing of everything secret at rest. It must never know HTTP,
// tokens, URLs or Resource Manager's documents.
package vault

import (
	"context"
	"crypto/cipher"
	"errors"
	"io"
	"sync"

	"github.com/alcedo-cloud/alcedo/internal/audit"
	"github.com/alcedo-cloud/alcedo/internal/clock"
	"github.com/alcedo-cloud/alcedo/internal/fault"
	"github.com/alcedo-cloud/alcedo/internal/store"
	"github.com/alcedo-cloud/alcedo/internal/vault/rsabatch"
)

// Config is what a Service is made of. All of it is needed where nothing else is said.
type Config struct {
	Store store.Store
	Door  audit.Door
	// Recorder is told what access policies and network rules decided; nil tells nobody.
	Recorder audit.Recorder
	Clock    clock.Clock
	Rand     io.Reader // of vaults' keys, nonces, versions and key material
	Root     []byte    // the root key, RootSize bytes: it wraps the vaults' keys and seals backups
	// Groups lists the groups that a principal is in, directly or through others: access policies may name one.
	Groups func(ctx context.Context, objectID string) ([]string, error)
	// Signatures signs with RSA keys of 2048 bits; nil where the machine cannot: crypto/rsa does. Who made it closes it.
	Signatures *rsabatch.Pool
}

// Service is Key Vault. It is safe for concurrent use.
type Service struct {
	Config
	operations map[Operation]rights // never changed after New
	vaults     *store.Mirror[*vaults]
	wrap       cipher.AEAD // of vaults' keys
	backup     cipher.AEAD // of backups
	parsed     keyCache    // key material that was used lately
}

// New returns the service. It opens the vaults that the store has, and fails where they were sealed under another root
// key: better no Key Vault than one that answers nothing.
func New(c Config) (*Service, error) {
	if c.Store == nil || c.Door == nil || c.Clock == nil || c.Rand == nil || c.Groups == nil {
		return nil, errors.New("vault: Config needs Store, Door, Clock, Rand and Groups")
	}
	c.Rand = &serialReader{r: c.Rand}
	s := &Service{Config: c, operations: operations()}
	var err error
	if s.wrap, err = derived(c.Root, "alcedo vault key wrap"); err != nil {
		return nil, err
	}
	if s.backup, err = derived(c.Root, "alcedo vault backup"); err != nil {
		return nil, err
	}
	s.vaults = store.NewMirror(c.Store, "vaults", s.loadVaults)
	if _, err := s.vaults.View(context.Background()); err != nil {
		return nil, fault.Wrap("vault.New", err)
	}
	return s, nil
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
