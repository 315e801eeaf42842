package sqldb

import (
	"context"
	"errors"

	"github.com/alcedo-cloud/alcedo/internal/sqldb/catalog"
	"github.com/alcedo-cloud/alcedo/internal/sqldb/txn"
	"github.com/alcedo-cloud/alcedo/internal/sqldb/value"
	"github.com/alcedo-cloud/alcedo/internal/tsql"
)

func (s *session) inTransaction() bool { return s.count > 0 }

func (s *session) options() txn.Options {
	o := txn.Options{Isolation: s.settings.isolation, Local: s.local, Session: s.id, Timeout: txn.Forever}
	if s.settings.lockTimeout >= 0 {
		o.Timeout = milliseconds(s.settings.lockTimeout)
	}
	return o
}

// within runs a statement: in the open transaction, or in one of its own that commits with it.
func (r *run) within(fn func(tx *txn.Tx) error) error {
	s := r.session
	if s.tx != nil {
		s.ran = true
		return fn(s.tx)
	}
	tx := s.service.engine.Begin(s.options())
	s.tx = tx // triggers and functions run in it
	err := fn(tx)
	s.tx = nil
	if err != nil {
		return errors.Join(err, tx.Rollback())
	}
	return tx.Commit(r.ctx)
}

// inStatement runs what reads and writes by itself, as definitions do; a program opens its statement itself.
func inStatement(tx *txn.Tx, fn func(tx *txn.Tx) error) error {
	if err := tx.BeginStatement(); err != nil {
		return err
	}
	err := fn(tx)
	if ended := tx.EndStatement(err); err == nil {
		err = ended
	}
	return err
}

// beginTransaction is BEGIN TRANSACTION: only the first one begins anything.
func (s *session) beginTransaction(out *answer) error {
	s.count++
	if s.count > 1 {
		return nil
	}
	s.tx = s.service.engine.Begin(s.options())
	s.tx.SetPriority(s.settings.deadlockPriority)
	s.descriptor = s.tx.Number()
	s.shown.Store(s.descriptor)
	s.saved, s.ran = nil, false
	return out.change(Change{Kind: ChangeBegin, Descriptor: s.descriptor})
}

// implicitly begins a transaction where SET IMPLICIT_TRANSACTIONS is on.
func (r *run) implicitly() error {
	if !r.session.settings.implicit || r.session.count > 0 {
		return nil
	}
	return r.session.beginTransaction(r.out)
}

// commitTransaction is COMMIT: only the last one commits.
func (s *session) commitTransaction(ctx context.Context, out *answer) error {
	if s.count == 0 {
		return value.Errorf(3902, 16, 1, "The COMMIT TRANSACTION request has no corresponding BEGIN TRANSACTION.")
	}
	if s.doomed {
		return doomedError()
	}
	if s.count > 1 {
		s.count--
		return nil
	}
	tx, descriptor := s.tx, s.descriptor
	err := tx.Commit(ctx)
	s.over()
	if err != nil {
		if sent := out.change(Change{Kind: ChangeRollback, Descriptor: descriptor}); sent != nil {
			return sent
		}
		return err
	}
	return out.change(Change{Kind: ChangeCommit, Descriptor: descriptor})
}

// mayWrite refuses to change anything in a transaction that can only be rolled back.
func (s *session) mayWrite() error {
	if s.doomed && s.tx != nil {
		return doomedError()
	}
	return nil
}

func doomedError() error {
	return value.Errorf(3930, 16, 1, "The current transaction cannot be committed and cannot support operations that write to the log file. Roll back the transaction.")
}

// over forgets the transaction that has ended.
func (s *session) over() {
	s.tx, s.count, s.descriptor, s.doomed, s.edit, s.saved, s.ran = nil, 0, 0, false, nil, nil, false
	s.shown.Store(0)
}

// abort is ROLLBACK of all.
func (s *session) abort(out *answer) error {
	if s.count == 0 {
		return nil
	}
	descriptor := s.descriptor
	if err := s.rollbackAll(); err != nil {
		return err
	}
	return out.change(Change{Kind: ChangeRollback, Descriptor: descriptor})
}

func (s *session) rollbackAll() error {
	tx := s.tx
	s.over()
	if tx == nil {
		return nil
	}
	return tx.Rollback()
}

// save is SAVE TRANSACTION.
func (s *session) save(name string) error {
	if s.count == 0 {
		return value.Errorf(628, 16, 0, "Cannot issue SAVE TRANSACTION when there is no active transaction.")
	}
	s.tx.Savepoint(name)
	if s.saved == nil {
		s.saved = map[string]*catalog.Edit{}
	}
	s.saved[fold(name)] = s.edit
	return nil
}

// rollback is ROLLBACK [name]: the whole, or to a savepoint.
func (s *session) rollback(name string, out *answer) error {
	if s.count == 0 {
		return value.Errorf(3903, 16, 1, "The ROLLBACK TRANSACTION request has no corresponding BEGIN TRANSACTION.")
	}
	if name != "" && s.tx.RollbackTo(name) {
		s.edit = s.saved[fold(name)]
		s.version++
		return nil
	}
	return s.abort(out)
}

// transactionStatement runs the statements that begin and end transactions; ok is false for any other.
func (r *run) transactionStatement(st tsql.Statement) (ok bool, err error) {
	s := r.session
	switch st := st.(type) {
	case *tsql.BeginTransaction:
		if st.Distributed {
			return true, value.Errorf(40510, 16, 1, "Statement 'BEGIN DISTRIBUTED TRANSACTION' is not supported in this version of SQL Server.")
		}
		return true, s.beginTransaction(r.out)
	case *tsql.Commit:
		if r.out.capture != nil && s.count <= r.bottom {
			return true, value.Errorf(3916, 16, 0, "Cannot use the COMMIT statement within an INSERT-EXEC statement unless BEGIN TRANSACTION is used first.")
		}
		return true, s.commitTransaction(r.ctx, r.out)
	case *tsql.Rollback:
		name, err := r.transactionName(st.Name)
		if err != nil {
			return true, err
		}
		if r.out.capture != nil {
			return true, value.Errorf(3915, 16, 0, "Cannot use the ROLLBACK statement within an INSERT-EXEC statement.")
		}
		return true, s.rollback(name, r.out)
	case *tsql.SaveTransaction:
		name, err := r.transactionName(st.Name)
		if err != nil {
			return true, err
		}
		return true, s.save(name)
	}
	return false, nil
}

func (r *run) transactionName(n tsql.TransactionName) (string, error) {
	if n.Variable == "" {
		return n.Name, nil
	}
	place, _, ok := r.scope.layout.find(n.Variable)
	if !ok {
		return "", undeclared(n.Variable)
	}
	return r.scope.frame[place].Text(), nil
}

// Transaction answers a transaction manager request.
func (s *session) Transaction(ctx context.Context, q TransactionRequest, out Sink) error {
	return s.request(ctx, out, func(r *run) error {
		r.scope = &scope{}
		failed := false
		if err := s.manage(r, q); err != nil {
			m := r.messageOf(nil, err)
			m.Line = 1
			s.lastError, failed = m.Number, true
			if err := r.out.message(m); err != nil {
				return err
			}
		}
		return r.out.finish(failed, s.count > 0)
	})
}

func (s *session) manage(r *run, q TransactionRequest) error {
	if q.Isolation != 0 {
		if err := s.isolate(txn.Isolation(q.Isolation)); err != nil {
			return err
		}
	}
	var err error
	switch q.Action {
	case Begin:
		return s.beginTransaction(r.out)
	case Commit:
		err = s.commitTransaction(r.ctx, r.out)
	case Rollback:
		err = s.rollback(q.Name, r.out)
	case Save:
		return s.save(q.Name)
	}
	if err == nil && q.BeginNext {
		err = s.beginTransaction(r.out)
	}
	return err
}

// isolate is SET TRANSACTION ISOLATION LEVEL.
func (s *session) isolate(level txn.Isolation) error {
	if s.tx != nil && level == txn.Snapshot && s.tx.Isolation() != txn.Snapshot && s.ran {
		return value.Errorf(3951, 16, 1, "Transaction failed in database '%s' because the statement was run under snapshot isolation but the transaction did not start in snapshot isolation. "+
			"You cannot change the isolation level of the transaction to snapshot after the transaction has started unless the transaction was originally started under snapshot isolation level.", s.Database())
	}
	s.settings.isolation = level
	if s.tx != nil {
		s.tx.SetIsolation(level)
	}
	return nil
}
