package blob

import (
	"context"
	"errors"
	"time"

	"github.com/alcedo-cloud/alcedo/internal/fault"
	"github.com/alcedo-cloud/alcedo/internal/store"
)

// DeleteSnapshots is x-ms-delete-snapshots.
type DeleteSnapshots string

// What becomes of a blob's snapshots. "" refuses to delete a blob that has some.
const (
	IncludeSnapshots DeleteSnapshots = "include"
	OnlySnapshots    DeleteSnapshots = "only"
)

// DeleteBlob is Delete Blob.
type DeleteBlob struct {
	Snapshots  DeleteSnapshots
	Permanent  bool // deletetype=permanent: a snapshot or version that was deleted softly
	Conditions Conditions

	// What must hold of the moment at which the tier was changed last; zero asks for nothing.
	TierModifiedSince, TierUnmodifiedSince time.Time
}

// tier evaluates the conditions on the moment of the tier.
func (r *DeleteBlob) tier(b *Blob) error {
	changed := max(b.TierChanged, b.Created).Seconds()
	if !r.TierModifiedSince.IsZero() && !changed.After(r.TierModifiedSince) ||
		!r.TierUnmodifiedSince.IsZero() && changed.After(r.TierUnmodifiedSince) {
		return refuse(fault.Precondition, "AccessTierChangeTimeConditionNotMet")
	}
	return nil
}

// DeleteBlob deletes a blob, its snapshots, one snapshot or one version. permanent says that nothing of it is kept:
// x-ms-delete-type-permanent.
func (s *Service) DeleteBlob(ctx context.Context, a Access, t Target, r DeleteBlob) (permanent bool, err error) {
	op := OpDeleteBlob
	switch {
	case r.Permanent:
		op = OpDeletePermanently
	case t.VersionID != 0:
		op = OpDeleteVersion
	}
	g, err := s.permitBlob(ctx, a, op, t)
	if err != nil {
		return false, err
	}
	historic := t.Snapshot != 0 || t.VersionID != 0
	switch {
	case r.Snapshots != "" && r.Snapshots != IncludeSnapshots && r.Snapshots != OnlySnapshots:
		return false, invalidHeader("x-ms-delete-snapshots", string(r.Snapshots))
	case historic && r.Snapshots != "":
		return false, refuse(fault.Invalid, "InvalidQueryParameterValue")
	case r.Permanent && !historic:
		return false, invalidQuery("deletetype", "permanent")
	}
	err = s.mutate(ctx, g, t, func(m *mutation) error {
		switch {
		case historic:
			permanent, err = m.deleteHistoric(t, r)
		default:
			permanent, err = m.deleteBase(r)
		}
		return err
	})
	return permanent, err
}

// deleteHistoric deletes a snapshot or a previous version.
func (m *mutation) deleteHistoric(t Target, r DeleteBlob) (permanent bool, err error) {
	at, kind := t.Snapshot, snapshotKind
	if t.VersionID != 0 {
		at, kind = t.VersionID, versionKind
		if m.base != nil && m.base.VersionID == at {
			return false, refuse(fault.Denied, "OperationNotAllowedOnRootBlob")
		}
	}
	b, err := readHistory(m.tx, m.container.instance, m.name, at, kind)
	if err != nil {
		return false, err
	}
	if b == nil || b.Deleted != 0 && (!r.Permanent || b.Purge <= m.now) {
		return false, refuse(fault.NotFound, "BlobNotFound")
	}
	if r.Permanent && (b.Deleted == 0 || !m.account.Properties.DeleteRetention.AllowPermanentDelete) {
		return false, refuse(fault.Conflict, "OperationNotAllowed")
	}
	if err := errors.Join(r.Conditions.write(b.state()), r.tier(b)); err != nil {
		return false, err
	}
	if err := m.mayChange(b); err != nil {
		return false, err
	}
	return m.removeHistoric(b, at, kind, r.Permanent)
}

// removeHistoric deletes what lies under h, softly where that is on.
func (m *mutation) removeHistoric(b *Blob, at Ticks, kind historyKind, forGood bool) (permanent bool, err error) {
	key := keyHistory(m.container.instance, m.name, at, kind)
	if m.account.Properties.DeleteRetention.Enabled && !forGood {
		m.softDelete(b)
		return false, m.tx.Put(key, b.encode())
	}
	if err := m.drop(b.Content, nil); err != nil {
		return false, err
	}
	return true, m.tx.Delete(key)
}

// deleteBase deletes the blob, or only its snapshots.
func (m *mutation) deleteBase(r DeleteBlob) (permanent bool, err error) {
	if err := m.exists(); err != nil {
		return false, err
	}
	if err := errors.Join(r.Conditions.write(m.base.state()), r.tier(m.base)); err != nil {
		return false, err
	}
	if err := r.Conditions.leaseForWrite(m.base.Lease, m.now); err != nil {
		return false, err
	}
	versioned := m.account.Properties.Versioning || m.base.VersionID != 0
	if r.Snapshots != OnlySnapshots {
		if err := m.mayReplace(); err != nil {
			return false, err
		}
	}
	if err := m.deleteSnapshots(r.Snapshots); err != nil {
		return false, err
	}
	if r.Snapshots == OnlySnapshots {
		return !m.account.Properties.DeleteRetention.Enabled, nil
	}
	if err := m.dropBlocks(); err != nil {
		return false, err
	}
	if err := m.tx.Delete(keyBlob(m.container.instance, m.name)); err != nil {
		return false, err
	}
	old := *m.base
	switch {
	case versioned:
		return false, m.keepVersion(&old, nil)
	case m.account.Properties.DeleteRetention.Enabled:
		m.softDelete(&old)
		return false, m.tx.Put(keyHistory(m.container.instance, m.name, m.now, deletedKind), old.encode())
	}
	return true, m.drop(old.Content, nil)
}

// deleteSnapshots deletes the blob's snapshots where how says so, and refuses where it says nothing and there are some.
func (m *mutation) deleteSnapshots(how DeleteSnapshots) error {
	prefix := prefixHistory(m.container.instance, m.name)
	for item, err := range m.tx.Scan(prefix, store.End(prefix)) {
		if err != nil {
			return err
		}
		at, kind, err := historyOf(item.Key)
		if err != nil {
			return err
		}
		if kind != snapshotKind {
			continue
		}
		b, err := decodeBlob(item.Value)
		if err != nil {
			return err
		}
		if b.Deleted != 0 {
			continue
		}
		if how == "" {
			return refuse(fault.Conflict, "SnapshotsPresent")
		}
		if err := m.mayChange(b); err != nil {
			return err
		}
		if _, err := m.removeHistoric(b, at, kind, false); err != nil {
			return err
		}
	}
	return nil
}
