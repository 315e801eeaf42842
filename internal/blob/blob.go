// Package blob is the service behind Azure Blob Storage's data plane: accounts as it obeys them, containers, blobs with
// their blocks, snapshots and versions, leases, conditions, and the one door that all of it lies behind. It must never
// know HTTP, XML, how a signature is checked (front/blob and blob/sas do), nor Resource Manager's documents.
package blob

import (
	"io"
	"sync/atomic"

	"github.com/alcedo-cloud/alcedo/internal/audit"
	"github.com/alcedo-cloud/alcedo/internal/clock"
	"github.com/alcedo-cloud/alcedo/internal/content"
	"github.com/alcedo-cloud/alcedo/internal/fault"
	"github.com/alcedo-cloud/alcedo/internal/store"
)

// Config is what a Service stands on. All of it but Fetch is required.
type Config struct {
	Store    store.Store
	Content  content.Store
	Door     audit.Door
	Clock    clock.Clock
	Rand     io.Reader // safe for concurrent use
	TenantID string    // GUID of the tenant that the accounts' subscriptions trust
	Fetch    Fetcher   // reads copy sources outside of this cloud; nil refuses them
}

// Service is the blob data plane. It is safe for concurrent use.
type Service struct {
	Config
	accounts *store.Mirror[*accounts]
	last     atomic.Uint64 // the last moment that tick gave
	pins     *pins
	copies   copies
}

// New returns the service. It reads nothing yet.
func New(c Config) (*Service, error) {
	if c.Store == nil || c.Content == nil || c.Door == nil || c.Clock == nil || c.Rand == nil {
		return nil, fault.New(fault.Internal, "blob.New", "", "a part of the configuration is missing")
	}
	s := &Service{Config: c, pins: newPins(c.Content)}
	s.accounts = store.NewMirror(c.Store, "blob accounts", loadAccounts)
	return s, nil
}
