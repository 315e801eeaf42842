package sqldb

import (
	"context"
	"net/netip"

	"github.com/alcedo-cloud/alcedo/internal/caller"
	"github.com/alcedo-cloud/alcedo/internal/sqldb/plan"
	"github.com/alcedo-cloud/alcedo/internal/sqldb/value"
)

// Login is what a client shows to open a session. With Caller a verified token was shown; without it User and
// Password count.
type Login struct {
	Server                       string // the first label of the host name
	Database                     string // empty for the principal's default, master
	Caller                       *caller.Caller
	Groups                       []string // object ids of the groups that the caller is in, where the front knows them
	User                         string
	Password                     string
	NewPassword                  string // a request to change it
	Client                       netip.Addr
	Host, App, Library, Language string
	Process                      uint32
	ReadOnly                     bool // ApplicationIntent
}

// Sessions is what the front of TDS calls; *Service is one.
type Sessions interface {
	// Login opens a session, or refuses with a *value.Error (18456, 4060, 40615, 40532 …) that the client is told.
	Login(ctx context.Context, l Login) (Session, error)
}

// Session is one connection's state in a database. It is for one request at a time; only Cancel of the request's
// context may come from elsewhere. A cancelled request answers with Done.Attention.
type Session interface {
	ID() int // @@SPID
	Database() string
	Language() string
	// Batch runs a batch of statements.
	Batch(ctx context.Context, text string, out Sink) error
	// Call runs a procedure by its name or by one of the numbers of MS-TDS 2.2.6.6.
	Call(ctx context.Context, c Call, out Sink) error
	// Transaction is a transaction manager request.
	Transaction(ctx context.Context, r TransactionRequest, out Sink) error
	// Bulk loads the rows that INSERT BULK announced. The columns are those of the stream.
	Bulk(ctx context.Context, rows BulkRows, out Sink) error
	// Reset gives the session the state that it had after login; keep leaves the transaction open.
	Reset(ctx context.Context, keep bool, out Sink) error
	// Descriptor is the open transaction's, 0 for none.
	Descriptor() uint64
	// Ended is closed when the server ends the session (KILL, its principal deleted, its database dropped).
	Ended() <-chan struct{}
	// Close rolls back what is open.
	Close() error
}

// Call is a request to run a procedure.
type Call struct {
	Procedure  string // empty where Number is set
	Number     uint16
	Arguments  []Argument
	Recompile  bool
	NoMetadata bool
}

// Argument is one argument of a call. Type is what the client declared.
type Argument struct {
	Name    string // with @, or empty
	Type    value.Type
	Value   value.Value
	Output  bool
	Default bool
	Table   *TableArgument
}

// TableArgument is a table-valued parameter.
type TableArgument struct {
	Schema, Type string
	Columns      []plan.Column
	Rows         [][]value.Value
}

// TransactionAction is what a transaction manager request asks.
type TransactionAction uint8

// The actions.
const (
	Begin TransactionAction = iota
	Commit
	Rollback
	Save
)

// TransactionRequest is a transaction manager request (MS-TDS 2.2.6.9). After Commit and Rollback another one may
// begin at once.
type TransactionRequest struct {
	Action    TransactionAction
	Name      string
	Isolation uint8 // 0 unchanged, 1 read uncommitted, 2 read committed, 3 repeatable read, 4 serializable, 5 snapshot
	BeginNext bool
}

// BulkRows are the rows of a bulk load as they arrive.
type BulkRows interface {
	Columns() []plan.Column
	// Next reads a row into dst, which has a slot for each column; io.EOF ends them.
	Next(dst []value.Value) error
}
