package sqldb

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/alcedo-cloud/alcedo/internal/fault"
	"github.com/alcedo-cloud/alcedo/internal/sqldb/txn"
	"github.com/alcedo-cloud/alcedo/internal/store"
)

// Rows of tables and databases that are gone are deleted behind the scenes, some at a time: a table may be larger than
// one update of the store. What is to be deleted is written down in the update that makes it garbage, so that none is
// forgotten.

// sweepStep is how many keys one update deletes.
const sweepStep = 20_000

// garbage is a record of ranges of keys that nobody can reach any more.
type garbage struct{ Start, End []byte }

// discard notes ranges of keys for the sweeper.
func discard(tx store.Tx, ranges [][2][]byte) error {
	for _, each := range ranges {
		if err := putRecord(tx, store.Key("sql", "garbage", string(each[0])), garbage{each[0], each[1]}); err != nil {
			return err
		}
	}
	return nil
}

// discardWith notes them when a transaction commits.
func discardWith(tx *txn.Tx, ranges [][2][]byte) {
	tx.OnCommit(func(in store.Tx) error { return discard(in, ranges) })
}

// Sweep deletes rows that nobody can reach and dropped databases whose retention is over, and returns how many keys it
// has deleted.
func (s *Service) Sweep(ctx context.Context) (deleted int, err error) {
	if err := s.expire(ctx); err != nil {
		return 0, fault.Wrap("sqldb.Sweep", err)
	}
	for {
		n, more, err := s.sweepSome(ctx)
		deleted += n
		if err != nil || !more {
			return deleted, fault.Wrap("sqldb.Sweep", err)
		}
	}
}

func (s *Service) sweepSome(ctx context.Context) (deleted int, more bool, err error) {
	err = s.Store.Update(ctx, func(tx store.Tx) error {
		deleted, more = 0, false
		prefix := store.Prefix("sql", "garbage")
		for item, err := range tx.Scan(prefix, store.End(prefix)) {
			if err != nil {
				return err
			}
			var g garbage
			if err := json.Unmarshal(item.Value, &g); err != nil {
				return fmt.Errorf("%q: %w", item.Key, err)
			}
			for row, err := range tx.Scan(g.Start, g.End) {
				if err != nil {
					return err
				}
				if deleted == sweepStep {
					more = true
					return nil
				}
				if err := tx.Delete(row.Key); err != nil {
					return err
				}
				deleted++
			}
			if err := tx.Delete(item.Key); err != nil {
				return err
			}
		}
		return nil
	})
	return deleted, more, err
}

// expire removes the dropped databases whose retention is over.
func (s *Service) expire(ctx context.Context) error {
	return s.Store.Update(ctx, func(tx store.Tx) error {
		prefix := store.Prefix("sql", "dropped")
		for item, err := range tx.Scan(prefix, store.End(prefix)) {
			if err != nil {
				return err
			}
			d := new(Database)
			if err := json.Unmarshal(item.Value, d); err != nil {
				return fmt.Errorf("%q: %w", item.Key, err)
			}
			if s.now().Before(d.Deleted.Add(d.Settings.Retention)) {
				continue
			}
			if err := errors.Join(s.removeDatabase(tx, d.ID), tx.Delete(item.Key)); err != nil {
				return err
			}
			if err := s.servers.Change(tx, func(all *servers) {
				all.mu.Lock()
				defer all.mu.Unlock()
				delete(all.dropped[fold(d.Server)], d.ID)
			}); err != nil {
				return err
			}
		}
		return nil
	})
}

// copyRows copies all rows of a database. It is one update: a database larger than that is refused by the store.
func copyRows(tx store.Tx, from, to int32) error {
	source, target := txn.DatabaseRanges(from), txn.DatabaseRanges(to)
	for i, each := range source {
		for item, err := range tx.Scan(each[0], each[1]) {
			if err != nil {
				return err
			}
			key := append(append([]byte(nil), target[i][0]...), item.Key[len(each[0]):]...)
			if err := tx.Put(key, item.Value); err != nil {
				return err
			}
		}
	}
	return nil
}
