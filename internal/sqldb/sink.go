package sqldb

import (
	"github.com/alcedo-cloud/alcedo/internal/sqldb/plan"
	"github.com/alcedo-cloud/alcedo/internal/sqldb/value"
)

// Sink is where a request's answer goes, in the order in which a client reads it. An error that it returns ends the
// request: the client is gone.
type Sink interface {
	// Columns begins a result set.
	Columns(columns []plan.Column) error
	// Row is a row of it; it is only read during the call.
	Row(row []value.Value) error
	// Message is an error (class above 10) or information; it does not end the request.
	Message(m *value.Error) error
	// Done ends a statement, a procedure or the request.
	Done(d Done) error
	// Change tells the client of its surroundings.
	Change(c Change) error
	// Status is the return status of a procedure.
	Status(code int32) error
	// Output is an OUTPUT parameter's value after a procedure.
	Output(o Output) error
}

// DoneKind says which of the three tokens is meant.
type DoneKind uint8

// The tokens DONE, DONEINPROC and DONEPROC.
const (
	DoneStatement DoneKind = iota
	DoneInProcedure
	DoneProcedure
)

// Done is the end of something.
type Done struct {
	Kind          DoneKind
	Command       uint16 // as plan.Statement.Command
	Count         int64
	Counted       bool // Count is valid
	More          bool // more follows
	Failed        bool
	InTransaction bool
	Attention     bool // the request was cancelled
}

// ChangeKind is what an ENVCHANGE token is about, with its number.
type ChangeKind uint8

// The changes that a session makes known.
const (
	ChangeDatabase ChangeKind = 1
	ChangeLanguage ChangeKind = 2
	ChangeBegin    ChangeKind = 8
	ChangeCommit   ChangeKind = 9
	ChangeRollback ChangeKind = 10
	ChangeReset    ChangeKind = 18
)

// Change is a change of the session's surroundings. Descriptor is the transaction's for Begin, Commit and Rollback.
type Change struct {
	Kind       ChangeKind
	New, Old   string
	Descriptor uint64
}

// Output is a parameter that a procedure gives back.
type Output struct {
	Ordinal int
	Name    string
	Type    value.Type
	Value   value.Value
}
