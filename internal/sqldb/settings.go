package sqldb

import (
	"github.com/alcedo-cloud/alcedo/internal/sqldb/txn"
	"github.com/alcedo-cloud/alcedo/internal/sqldb/value"
)

// settings are what SET changes for a session. A procedure that changes one changes it for itself.
type settings struct {
	quotedIdentifier bool
	ansiNulls        bool
	ansiWarnings     bool
	ansiPadding      bool
	ansiNullDefault  bool
	// ansiNullDefaultOff is ANSI_NULL_DFLT_OFF, which turns the other one off.
	ansiNullDefaultOff bool
	arithAbort         bool
	arithIgnore        bool
	concatNull         bool
	noCount            bool
	xactAbort          bool
	implicit           bool // IMPLICIT_TRANSACTIONS
	cursorClose        bool
	numericRoundAbort  bool
	noExec, parseOnly  bool
	formatOnly         bool
	isolation          txn.Isolation
	lockTimeout        int64 // milliseconds; -1 waits for ever
	rowCount           int64 // 0 is no limit
	textSize           int64
	dateFirst          int
	dateOrder          value.DateOrder // DATEFORMAT
	language           string
	identityInsert     int32 // the table; 0 for none
	deadlockPriority   int
	contextInfo        []byte
}

// defaults are the settings after login: those of a client of today, as the ODBC bit of LOGIN7 asks for.
func defaults() settings {
	return settings{
		quotedIdentifier: true, ansiNulls: true, ansiWarnings: true, ansiPadding: true, ansiNullDefault: true,
		arithAbort: true, concatNull: true, isolation: txn.ReadCommitted, lockTimeout: -1, textSize: -1,
		dateFirst: 7, language: "us_english",
	}
}
