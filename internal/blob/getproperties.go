package blob

import (
	"context"

	"github.com/alcedo-cloud/alcedo/internal/fault"
	"github.com/alcedo-cloud/alcedo/internal/store"
)

// GetBlobProperties gives a blob's, snapshot's or version's properties and metadata. A blob that is encrypted with a
// customer's key shows them to that key.
func (s *Service) GetBlobProperties(ctx context.Context, a Access, t Target, c Conditions, key *CustomerKey) (*Blob, error) {
	g, err := s.permitBlob(ctx, a, OpGetBlobProperties, t)
	if err != nil {
		return nil, err
	}
	now := TicksOf(s.Clock.Now())
	var b *Blob
	err = store.View(ctx, s.Store, func(r store.Reader) error {
		var err error
		if _, b, err = readTarget(r, t, now); err != nil {
			return err
		}
		if err := c.leaseForRead(b.Lease, now); err != nil {
			return err
		}
		if err := c.read(b.state()); err != nil {
			return err
		}
		return b.readable(g.account, key)
	})
	if err != nil {
		return nil, fault.Wrap("blob.GetBlobProperties", err)
	}
	return b.shown(g.account, now), nil
}
