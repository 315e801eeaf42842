package blob

import (
	"context"

	"github.com/alcedo-cloud/alcedo/internal/fault"
)

// change runs fn on the record of the blob, snapshot or version that a request names, and writes it back in its place.
// ETag and Last-Modified stay as they are unless fn changes them.
func (s *Service) change(ctx context.Context, g grant, t Target, fn func(*mutation, *Blob) error) error {
	return s.mutate(ctx, g, t, func(m *mutation) error {
		_, b, err := readTarget(m.tx, t, m.now)
		if err != nil {
			return err
		}
		key := keyBlob(m.container.instance, m.name)
		switch {
		case b.Snapshot != 0:
			key = keyHistory(m.container.instance, m.name, b.Snapshot, snapshotKind)
		case t.VersionID != 0 && !b.Current:
			key = keyHistory(m.container.instance, m.name, b.VersionID, versionKind)
		}
		if err := fn(m, b); err != nil {
			return err
		}
		return fault.Wrap("blob.change", m.tx.Put(key, b.encode()))
	})
}
