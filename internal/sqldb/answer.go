package sqldb

import (
	"github.com/alcedo-cloud/alcedo/internal/sqldb/plan"
	"github.com/alcedo-cloud/alcedo/internal/sqldb/value"
)

// answer stands between the interpreter and a Sink. It holds the last Done back, since only when something follows is it
// known that more does; and it knows whether statements are those of a batch or within a procedure.
type answer struct {
	out     Sink
	session *session
	inside  int // depth of procedures: DONEINPROC instead of DONE
	pending Done
	held    bool
	silent  bool // nothing goes out: the statements of a trigger or function
	// capture, where set, gets the rows instead of the client: INSERT … EXEC.
	capture func(row []value.Value) error
	types   interface {
		next(columns []plan.Column) error
	} // gets the columns where capture gets the rows
}

func (a *answer) flush() error {
	if !a.held {
		return nil
	}
	a.held = false
	a.pending.More = true
	return a.out.Done(a.pending)
}

func (a *answer) columns(columns []plan.Column) error {
	if a.types != nil {
		if err := a.types.next(columns); err != nil {
			return err
		}
	}
	if a.capture != nil || a.silent {
		return nil
	}
	if err := a.flush(); err != nil {
		return err
	}
	return a.out.Columns(columns)
}

func (a *answer) row(row []value.Value) error {
	switch {
	case a.capture != nil:
		return a.capture(row)
	case a.silent:
		return nil
	}
	return a.out.Row(row)
}

func (a *answer) message(m *value.Error) error {
	if err := a.flush(); err != nil {
		return err
	}
	return a.out.Message(m)
}

func (a *answer) change(c Change) error {
	if err := a.flush(); err != nil {
		return err
	}
	return a.out.Change(c)
}

// done notes the end of a statement.
func (a *answer) done(d Done) error {
	if a.capture != nil || a.silent {
		return nil
	}
	if err := a.flush(); err != nil {
		return err
	}
	if a.inside > 0 {
		d.Kind = DoneInProcedure
	}
	d.InTransaction = a.session.count > 0
	a.pending, a.held = d, true
	return nil
}

// status is what a procedure that a batch called returned.
func (a *answer) status(code int32) error {
	if a.capture != nil || a.silent {
		return nil
	}
	if err := a.flush(); err != nil {
		return err
	}
	return a.out.Status(code)
}

// finish ends a batch: the last Done goes out as the last. One from within a procedure is none: clients read errors with
// the Done of the whole, and may stop at it.
func (a *answer) finish(failed, inTransaction bool) error {
	if a.held && a.pending.Kind == DoneInProcedure {
		if err := a.flush(); err != nil {
			return err
		}
		return a.out.Done(Done{Kind: DoneProcedure, Failed: failed, InTransaction: inTransaction})
	}
	if !a.held {
		return a.out.Done(Done{Failed: failed, InTransaction: inTransaction})
	}
	a.held = false
	if failed {
		a.pending.Failed = true
	}
	a.pending.InTransaction = inTransaction
	return a.out.Done(a.pending)
}
