package blob

import (
	"context"
	"errors"
)

// SetMetadata is Set Blob Metadata, and Snapshot Blob, whose metadata are the snapshot's own where there are any.
type SetMetadata struct {
	Metadata        map[string]string
	Key             *CustomerKey
	EncryptionScope string
	Conditions      Conditions
}

// amend runs fn on a copy of the blob that is there, once the door, the conditions and the lease let it. fn saves it.
func (s *Service) amend(ctx context.Context, a Access, op Operation, t Target, c Conditions, fn func(*mutation, *Blob) error) (*Blob, error) {
	g, err := s.permitBlob(ctx, a, op, t)
	if err != nil {
		return nil, err
	}
	if t.Snapshot != 0 || t.VersionID != 0 {
		return nil, invalidQuery("snapshot", "write")
	}
	var next *Blob
	err = s.mutate(ctx, g, t, func(m *mutation) error {
		if err := m.exists(); err != nil {
			return err
		}
		if err := c.write(m.base.state()); err != nil {
			return err
		}
		if err := c.leaseForWrite(m.base.Lease, m.now); err != nil {
			return err
		}
		copied := *m.base
		next = &copied
		if err := fn(m, next); err != nil {
			return err
		}
		next.shown(m.account, m.now)
		next.Current = next.VersionID != 0
		return nil
	})
	if err != nil {
		return nil, err
	}
	return next, nil
}

// SetBlobMetadata replaces a blob's metadata. Where versioning is on, that makes a version.
func (s *Service) SetBlobMetadata(ctx context.Context, a Access, t Target, r SetMetadata) (*Blob, error) {
	if err := checkMetadata(r.Metadata); err != nil {
		return nil, err
	}
	var err error
	if r.EncryptionScope, err = a.scope(r.EncryptionScope); err != nil {
		return nil, err
	}
	return s.amend(ctx, a, OpSetBlobMetadata, t, r.Conditions, func(m *mutation, b *Blob) error {
		if err := errors.Join(b.opens(r.Key), m.sameScope(r.EncryptionScope)); err != nil {
			return err
		}
		b.Metadata = r.Metadata
		return m.rewrite(b)
	})
}

// SetBlobProperties replaces a blob's headers. Those that are not sent are cleared, as Azure does. It makes no version.
func (s *Service) SetBlobProperties(ctx context.Context, a Access, t Target, h HTTPHeaders, c Conditions) (*Blob, error) {
	if err := checkWritten(&Account{}, h, nil, ""); err != nil {
		return nil, err
	}
	return s.amend(ctx, a, OpSetBlobProperties, t, c, func(m *mutation, b *Blob) error {
		b.HTTPHeaders = h
		m.touch(b)
		return m.save(b)
	})
}
