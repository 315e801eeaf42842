package blob

import (
	"context"

	"github.com/alcedo-cloud/alcedo/internal/fault"
	"github.com/alcedo-cloud/alcedo/internal/store"
)

// UndeleteBlob restores a blob that was deleted softly, and its snapshots and versions that were. Where there is nothing
// to restore, a blob that is there is enough.
func (s *Service) UndeleteBlob(ctx context.Context, a Access, t Target) error {
	if err := checkWriteTarget(t); err != nil {
		return err
	}
	g, err := s.permitBlob(ctx, a, OpUndeleteBlob, t)
	if err != nil {
		return err
	}
	return s.mutate(ctx, g, t, func(m *mutation) error {
		restored := false
		prefix := prefixHistory(m.container.instance, m.name)
		for item, err := range m.tx.Scan(prefix, store.End(prefix)) {
			if err != nil {
				return err
			}
			did, err := m.restore(item)
			if err != nil {
				return err
			}
			restored = restored || did
		}
		if !restored {
			return m.exists()
		}
		return nil
	})
}

// restore brings one record back, if it was deleted softly and its time is not over.
func (m *mutation) restore(item store.Item) (bool, error) {
	_, kind, err := historyOf(item.Key)
	if err != nil {
		return false, err
	}
	b, err := decodeBlob(item.Value)
	if err != nil || b.Deleted == 0 || b.Purge <= m.now {
		return false, err
	}
	b.Deleted, b.Purge = 0, 0
	if kind != deletedKind {
		return true, m.tx.Put(item.Key, b.encode())
	}
	if m.base != nil {
		return false, refuse(fault.Conflict, "BlobAlreadyExists")
	}
	m.base = b
	if err := m.tx.Delete(item.Key); err != nil {
		return false, err
	}
	return true, m.save(b)
}
