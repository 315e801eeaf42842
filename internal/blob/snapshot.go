package blob

import (
	"context"
	"errors"

	"github.com/alcedo-cloud/alcedo/internal/fault"
)

// SnapshotBlob makes a snapshot: the blob as it is, for reading. Metadata, where there are any, are the snapshot's instead
// of the blob's. Nothing is copied. The result has Snapshot set, and the ETag and Last-Modified of the snapshot.
func (s *Service) SnapshotBlob(ctx context.Context, a Access, t Target, r SetMetadata) (*Blob, error) {
	g, err := s.permitBlob(ctx, a, OpSnapshotBlob, t)
	if err != nil {
		return nil, err
	}
	if t.Snapshot != 0 || t.VersionID != 0 {
		return nil, invalidQuery("snapshot", "write")
	}
	if err := checkMetadata(r.Metadata); err != nil {
		return nil, err
	}
	if r.EncryptionScope, err = a.scope(r.EncryptionScope); err != nil {
		return nil, err
	}
	var snapshot *Blob
	err = s.mutate(ctx, g, t, func(m *mutation) error {
		if err := m.exists(); err != nil {
			return err
		}
		if err := r.Conditions.write(m.base.state()); err != nil {
			return err
		}
		if err := r.Conditions.leaseForRead(m.base.Lease, m.now); err != nil {
			return err
		}
		if err := errors.Join(m.base.opens(r.Key), m.sameScope(r.EncryptionScope)); err != nil {
			return err
		}
		if m.base.Tier == "Archive" {
			return refuse(fault.Conflict, "BlobArchived")
		}
		copied := *m.base
		snapshot = &copied
		snapshot.Snapshot, snapshot.VersionID, snapshot.Lease = m.now, 0, Lease{}
		if len(r.Metadata) > 0 {
			snapshot.Metadata = r.Metadata
			m.touch(snapshot)
		}
		snapshot.Content.Shared = true
		if err := m.tx.Put(keyHistory(m.container.instance, m.name, m.now, snapshotKind), snapshot.encode()); err != nil {
			return err
		}
		if m.base.Content.Shared {
			return nil
		}
		m.base.Content.Shared = true
		return m.save(m.base)
	})
	if err != nil {
		return nil, err
	}
	return snapshot.shown(g.account, snapshot.Snapshot), nil
}
