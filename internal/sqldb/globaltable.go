package sqldb

import (
	"context"
	"errors"
	"time"

	"github.com/alcedo-cloud/alcedo/internal/sqldb/catalog"
	"github.com/alcedo-cloud/alcedo/internal/sqldb/txn"
	"github.com/alcedo-cloud/alcedo/internal/sqldb/value"
	"github.com/alcedo-cloud/alcedo/internal/store"
)

// Global temporary tables are tables of the database, in a schema that no name reaches but ##. So all sessions see the
// same rows under the same locks and versions. They end with the session that made them, or with the process.

// globalTable is a ## table that a session made, in the database that it was in.
type globalTable struct {
	db *database
	id int32
}

// owns has a ## table dropped when the session ends, once the transaction that makes it has committed.
func (r *run) owns(tx *txn.Tx, t *catalog.Table) {
	if !t.Global {
		return
	}
	s := r.session
	made := globalTable{s.db, t.ID}
	tx.AfterCommit(func() { s.globals = append(s.globals, made) })
}

// dropGlobals drops the session's ## tables. One that somebody uses is dropped when nobody does any more.
func (s *session) dropGlobals() {
	all := s.globals
	s.globals = nil
	for _, t := range all {
		if s.service.dropGlobal(t, 0) != nil {
			s.service.dropLater(t)
		}
	}
}

// dropLater waits for those who use a ## table. What is left when the service ends is forgotten when the database is
// opened again.
func (s *Service) dropLater(t globalTable) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.life.Err() != nil {
		return
	}
	s.drops.Go(func() {
		for {
			err := s.dropGlobal(t, txn.Forever)
			var told *value.Error
			switch {
			case err == nil || s.life.Err() != nil:
				return
			case errors.As(err, &told) && told.Number == 1205: // whoever needs the locks goes first
				continue
			}
			s.Log.Error("a global temporary table stays", "database", t.db.current().Name, "error", err)
			return
		}
	})
}

// dropGlobal drops one in a transaction of its own, which waits for locks no longer than the timeout.
func (s *Service) dropGlobal(made globalTable, timeout time.Duration) error {
	tx := s.engine.Begin(txn.Options{Timeout: timeout})
	tx.SetPriority(-10)
	if err := s.dropGlobalIn(tx, made); err != nil {
		return errors.Join(err, tx.Rollback())
	}
	return tx.Commit(s.life)
}

func (s *Service) dropGlobalIn(tx *txn.Tx, made globalTable) error {
	for {
		t, ok := made.db.current().Table(made.id)
		if !ok {
			return nil // somebody dropped it
		}
		rows := txn.Table{Database: made.db.id, ID: t.ID, Generation: t.Truncated}
		if _, err := tx.LockTable(s.life, rows, txn.SchemaModification); err != nil {
			return err
		}
		if _, err := tx.LockTable(s.life, txn.Table{Database: made.db.id}, txn.Exclusive); err != nil {
			return err
		}
		if now, ok := made.db.current().Table(made.id); ok && now.Truncated != t.Truncated {
			continue // it was truncated meanwhile: other rows are to be locked
		}
		e := made.db.current().Edit()
		e.DropObject(made.id)
		discardWith(tx, txn.TableRanges(made.db.id, made.id))
		tx.OnCommit(e.Write)
		tx.AfterCommit(func() {
			made.db.install(e.Database())
			s.engine.Forget(rows)
		})
		return nil
	}
}

// forgetGlobals drops the ## tables that a process has left in a database that nobody has opened since.
func (s *Service) forgetGlobals(ctx context.Context, id int32) (*catalog.Database, error) {
	var d *catalog.Database
	err := s.Store.Update(ctx, func(tx store.Tx) error {
		s.mu.Lock()
		open := s.open[id]
		s.mu.Unlock()
		if open != nil {
			d = open.current()
			return nil
		}
		loaded, err := catalog.Load(tx, id)
		if err != nil {
			return err
		}
		e := loaded.Edit()
		for t := range loaded.Tables() {
			if !t.Global {
				continue
			}
			if err := discard(tx, txn.TableRanges(id, t.ID)); err != nil {
				return err
			}
			e.DropObject(t.ID)
		}
		d = e.Database()
		return e.Write(tx)
	})
	return d, err
}

func hasGlobals(d *catalog.Database) bool {
	for t := range d.Tables() {
		if t.Global {
			return true
		}
	}
	return false
}
