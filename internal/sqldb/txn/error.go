package txn

import (
	"errors"

	"github.com/alcedo-cloud/alcedo/internal/sqldb/value"
)

// ErrStale says that a row that a statement has read was changed by a transaction that committed meanwhile. The
// statement is to be undone and run again: its locks are kept, and its next snapshot sees the change.
var ErrStale = errors.New("txn: a row has changed since it was read")

// ErrConflict is what ErrStale is in a snapshot transaction, which cannot be run again: message 3960.
var ErrConflict = errors.New("txn: a row has changed since the transaction began")

// ErrEnded is what a transaction answers that was committed or rolled back.
var ErrEnded = errors.New("txn: the transaction has ended")

// ErrClosed is what an engine answers once it is closed.
var ErrClosed = errors.New("txn: the engine is closed")

func errTimeout() error {
	return value.Errorf(1222, 16, 45, "Lock request time out period exceeded.")
}

func errVictim(session int) error {
	return value.Errorf(1205, 13, 51, "Transaction (Process ID %d) was deadlocked on lock resources with another process "+
		"and has been chosen as the deadlock victim. Rerun the transaction.", session)
}

func errLogFull() error {
	return value.Errorf(9002, 17, 4, "The transaction log for database 'user' is full due to 'ACTIVE_TRANSACTION'.")
}
