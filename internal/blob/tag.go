package blob

import (
	"context"
	"errors"

	"github.com/alcedo-cloud/alcedo/internal/blob/tags"
	"github.com/alcedo-cloud/alcedo/internal/fault"
	"github.com/alcedo-cloud/alcedo/internal/store"
)

// GetBlobTags reads the tags of a blob, a snapshot or a version. The conditions are those of
// x-ms-blob-if-…, x-ms-if-tags and the lease.
func (s *Service) GetBlobTags(ctx context.Context, a Access, t Target, c Conditions) (map[string]string, error) {
	g, err := s.permitBlob(ctx, a, OpGetBlobTags, t)
	if err != nil {
		return nil, err
	}
	var found map[string]string
	err = store.View(ctx, s.Store, func(r store.Reader) error {
		now := TicksOf(s.Clock.Now())
		_, b, err := readTarget(r, t, now)
		if err != nil {
			return err
		}
		if err := errors.Join(checkTagged(g.account), c.read(b.state())); err != nil {
			return err
		}
		if err := c.leaseForRead(b.Lease, now); err != nil {
			return err
		}
		found = b.Tags
		return nil
	})
	return found, fault.Wrap("blob.GetBlobTags", err)
}

// checkTagged checks what reading and writing tags have in common.
func checkTagged(account *Account) error {
	if account.HierarchicalNamespace {
		return refuse(fault.Conflict, "FeatureNotSupportedForHierarchicalNamespaceAccounts")
	}
	return nil
}

// SetBlobTags replaces the tags of a blob, a snapshot or a version. ETag and Last-Modified stay as they are.
func (s *Service) SetBlobTags(ctx context.Context, a Access, t Target, to map[string]string, c Conditions) error {
	if err := tags.Validate(to); err != nil {
		return err
	}
	g, err := s.permitTagged(ctx, a, OpSetBlobTags, t, to)
	if err != nil {
		return err
	}
	return s.change(ctx, g, t, func(m *mutation, b *Blob) error {
		if err := errors.Join(checkTagged(m.account), c.write(b.state())); err != nil {
			return err
		}
		if err := c.leaseForWrite(b.Lease, m.now); err != nil {
			return err
		}
		if b.Immutability != nil && b.Immutability.Until > m.now || b.LegalHold {
			return m.mayChange(b)
		}
		b.Tags = to
		return nil
	})
}
