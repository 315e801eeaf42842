package blob

import (
	"context"
	"errors"
	"time"

	"github.com/alcedo-cloud/alcedo/internal/content"
	"github.com/alcedo-cloud/alcedo/internal/fault"
	"github.com/alcedo-cloud/alcedo/internal/store"
)

// collectGrace is how old a file must be before it may be taken for an orphan: one that is still being written, or whose
// transaction is still under way, is referenced by nobody yet.
const collectGrace = time.Hour

// collect removes what nobody references: files, and rows of inline contents, manifests and layers. Files are listed
// before the records are read, and rows and references are read from one snapshot: a record can only come to hold what
// another record holds in the same transaction, so what nobody holds then, nobody will.
func (s *Service) collect(ctx context.Context, swept *Swept) error {
	old := s.Clock.Now().Add(-collectGrace)
	var candidates []content.ID
	for info, err := range s.Content.List(ctx) {
		if err != nil {
			return fault.Wrap("blob.Sweep", err)
		}
		if info.Modified.Before(old) {
			candidates = append(candidates, info.ID)
		}
	}
	var rows [][]byte
	var orphans []content.ID
	err := store.View(ctx, s.Store, func(r store.Reader) error {
		refs, err := refer(r)
		if err != nil {
			return err
		}
		for _, id := range candidates {
			if !refs.has(id) {
				orphans = append(orphans, id)
			}
		}
		rows, err = unheldRows(r, refs)
		return err
	})
	if err != nil {
		return fault.Wrap("blob.Sweep", err)
	}
	// Rows go first: a manifest without its pieces would be worse than pieces without a manifest.
	for len(rows) > 0 {
		batch := rows[:min(len(rows), sweepBatch)]
		err := s.Store.Update(ctx, func(tx store.Tx) error {
			var failed error
			for _, key := range batch {
				failed = errors.Join(failed, tx.Delete(key))
			}
			return failed
		})
		if err != nil {
			return fault.Wrap("blob.Sweep", err)
		}
		swept.Rows += len(batch)
		rows = rows[len(batch):]
	}
	s.pins.drop(orphans)
	swept.Contents += len(orphans)
	return nil
}

// maxUnheld bounds the rows that one sweep takes up; the next one finds the rest.
const maxUnheld = 200_000

// unheldRows lists the keys of rows whose ID nobody holds.
func unheldRows(r store.Reader, refs *references) (keys [][]byte, err error) {
	for _, table := range []string{"d", "m", "p", "pl"} {
		prefix := store.Prefix("blob", table)
		for item, err := range r.Scan(prefix, store.End(prefix)) {
			if err != nil {
				return nil, err
			}
			id, err := idOf(item.Key, len(prefix))
			if err != nil {
				return nil, err
			}
			if !refs.has(id) {
				if keys = append(keys, append([]byte(nil), item.Key...)); len(keys) == maxUnheld {
					return keys, nil
				}
			}
		}
	}
	return keys, nil
}
