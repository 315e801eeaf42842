package blob

import (
	"context"
	"errors"

	"github.com/alcedo-cloud/alcedo/internal/fault"
)

// SnapshotBlob makes a snapshot: the blob as it is, for reading. Metadata, where there are any, are the snapshot's instead
// of the blob's. Nothing is copied. Where versioning is on, the blob becomes a version, and a new one goes on. The result
// has Snapshot set, the ETag and Last-Modified of the snapshot, and the version that the blob is now.
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
	var version Ticks
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
		version, err = m.snapshotted()
		return err
	})
	if err != nil {
		return nil, err
	}
	snapshot.shown(g.account, snapshot.Snapshot).VersionID = version
	return snapshot, nil
}

// snapshotted saves the blob that a snapshot was taken of, and gives its version. ETag and Last-Modified stay: its
// content does.
func (m *mutation) snapshotted() (version Ticks, err error) {
	next := *m.base
	next.Content.Shared = true
	if m.account.Properties.Versioning {
		old := next
		if err := m.keepVersion(&old, &next); err != nil {
			return 0, err
		}
		next.VersionID, next.Immutability = m.now, nil // it is the last version's
		m.inherit(&next)
	} else if m.base.Content.Shared {
		return next.VersionID, nil
	}
	return next.VersionID, m.save(&next)
}
