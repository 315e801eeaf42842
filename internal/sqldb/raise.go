package sqldb

import (
	"context"
	"errors"
	"log/slog"

	"github.com/alcedo-cloud/alcedo/internal/fault"
	"github.com/alcedo-cloud/alcedo/internal/sqldb/value"
	"github.com/alcedo-cloud/alcedo/internal/tsql"
)

// raised is an error on its way out of the statements that it ends.
type raised struct {
	message   *value.Error
	before    *value.Error // told first, where a statement fails with two errors
	reach     reach
	scope     *scope // where it was raised
	reported  bool   // the client has been told
	doom      bool   // the transaction cannot be committed any more
	thrown    bool
	statement tsql.Statement
}

// terminates reports the statements whose undoing SQL Server announces: those that change rows.
func terminates(s tsql.Statement) bool {
	switch s.(type) {
	case *tsql.Insert, *tsql.Update, *tsql.Delete, *tsql.Merge:
		return true
	}
	return false
}

func (r *raised) Error() string { return r.message.Text }

// reach is how much an error ends, where no TRY catches it.
type reach uint8

const (
	endsStatement reach = iota
	endsScope           // the batch or module that it is in: what could not be bound
	endsBatch           // all that was asked, and the transaction
)

// reaches is the reach of an error's number; those that are not here end their statement only. That errors of
// conversion end the batch and names that are not found the scope is SQL Server's way.
func reaches(number int32) reach {
	switch number {
	case 102, 103, 105, 111, 113, 116, 134, 137, 145, 147, 156, 178, 205, 207, 208, 209, 213, 264, 317, 319, 402, 529, 4104, 8117, 8120, 8121, 8127, 8155, 8158, 8191, 10709:
		return endsScope
	case 235, 241, 242, 244, 245, 248, 281, 293, 295, 701, 1205, 3609, 3930, 3960, 3998, 8169, 8623, 8631, 9002:
		return endsBatch
	}
	return endsStatement
}

// failed says what an error of a statement does. nil goes on with the next statement; else the error is on its way.
func (r *run) failed(s tsql.Statement, err error) error {
	var on *raised
	if errors.As(err, &on) {
		return err // it has been here
	}
	var gone *sinkError
	if errors.As(err, &gone) || r.ctx.Err() != nil {
		return err
	}
	m := r.messageOf(s, err)
	out := &raised{message: m, reach: reaches(m.Number), scope: r.scope, statement: s}
	if then := follows(s, m, err); then != nil {
		out.before, out.message = m, then
	}
	r.session.lastError, r.session.affected = out.message.Number, 0
	if _, thrown := s.(*tsql.Throw); thrown {
		out.reach, out.thrown = endsBatch, true
	}
	out.doom = out.reach == endsBatch && !out.thrown
	if _, raise := s.(*tsql.RaiseError); !raise && r.session.settings.xactAbort && out.reach != endsScope {
		out.reach, out.doom = endsBatch, true
	}
	if m.Class >= 20 {
		out.reach = endsBatch
		defer r.session.end()
	}
	if r.catches(out) {
		return out
	}
	return r.report(out)
}

// catches reports whether a TRY around the statement will have the error.
func (r *run) catches(e *raised) bool {
	if e.message.Class >= 20 {
		return false
	}
	if e.reach == endsScope && e.scope == r.scope {
		return r.scope.trying > 0 // only those around the scope: what its own TRY is in could not be bound
	}
	if _, raise := e.statement.(*tsql.RaiseError); raise {
		return r.trying > r.fires
	}
	return r.trying > 0
}

// report tells the client, and rolls back what the error undoes.
func (r *run) report(e *raised) error {
	e.reported = true
	if e.before != nil {
		if err := r.out.message(e.before); err != nil {
			return err
		}
	}
	if err := r.out.message(e.message); err != nil {
		return err
	}
	if e.reach == endsStatement && terminates(e.statement) {
		m := value.Errorf(3621, 0, 0, "The statement has been terminated.").At(e.message.Line)
		if err := r.out.message(m); err != nil {
			return err
		}
	}
	if err := r.out.done(Done{Command: 0xC1, Failed: true}); err != nil {
		return err
	}
	if e.doom {
		if err := r.session.abort(r.out); err != nil {
			return err
		}
	}
	if e.reach == endsStatement {
		return nil
	}
	return e
}

// messageOf is the error as the client gets it, with its line and procedure.
func (r *run) messageOf(s tsql.Statement, err error) *value.Error {
	var (
		message *value.Error
		syntax  *tsql.Error
	)
	switch {
	case errors.As(err, &message):
		m := *message
		message = &m
	case errors.As(err, &syntax):
		message = &value.Error{Number: syntax.Number, Class: syntax.Class, State: syntax.State, Line: syntax.Line, Text: syntax.Text}
		if message.Class == 0 {
			message.Class = 15
		}
	default:
		r.session.service.Log.LogAttrs(context.WithoutCancel(r.ctx), slog.LevelError, "a statement failed", slog.Int("session", r.session.id), slog.Any("error", err))
		message = value.Errorf(40197, 17, 1, "The service has encountered an error processing your request. Please try again. Error code 596.")
		if fault.Is(err, fault.Unavailable) {
			message = value.Errorf(40544, 17, 1, "The database '%s' has reached its size quota. Partition or delete data, drop indexes, or consult the documentation for possible resolutions.", r.session.Database())
		}
	}
	if message.Line == 0 && s != nil {
		message.Line = s.Span().Line
	}
	if message.Procedure == "" {
		message.Procedure = r.scope.procedure()
	}
	return message
}

// catchable is the error that a CATCH of this scope handles.
func (r *run) catchable(err error) (*raised, bool) {
	var e *raised
	if !errors.As(err, &e) || e.reported || e.message.Class >= 20 {
		return nil, false
	}
	if e.reach == endsScope && e.scope == r.scope {
		return nil, false
	}
	return e, true
}

// sinkError is an error of the client's connection.
type sinkError struct{ err error }

func (e *sinkError) Error() string { return e.err.Error() }
func (e *sinkError) Unwrap() error { return e.err }
