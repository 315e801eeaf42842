package sqldb

import (
	"github.com/alcedo-cloud/alcedo/internal/sqldb/plan"
	"github.com/alcedo-cloud/alcedo/internal/sqldb/txn"
	"github.com/alcedo-cloud/alcedo/internal/sqldb/value"
	"github.com/alcedo-cloud/alcedo/internal/tsql"
)

// isolationNames are the levels as DBCC USEROPTIONS names them. Databases of Azure SQL have READ_COMMITTED_SNAPSHOT on.
var isolationNames = map[txn.Isolation]string{
	txn.ReadUncommitted: "read uncommitted", txn.ReadCommitted: "read committed snapshot", txn.RepeatableRead: "repeatable read",
	txn.Serializable: "serializable", txn.Snapshot: "snapshot",
}

// userOptions is DBCC USEROPTIONS: the settings of the session that are in force.
func (r *run) userOptions(s *tsql.DBCC) error {
	set := &r.session.settings
	rows := [][2]string{
		{"textsize", itoa64(set.textSize)},
		{"language", set.language},
		{"dateformat", set.dateOrder.String()},
		{"datefirst", itoa(set.dateFirst)},
		{"lock_timeout", itoa64(set.lockTimeout)},
	}
	for _, o := range []struct {
		name string
		on   bool
	}{
		{"quoted_identifier", set.quotedIdentifier},
		{"nocount", set.noCount},
		{"arithabort", set.arithAbort},
		{"arithignore", set.arithIgnore},
		{"ansi_null_dflt_on", set.ansiNullDefault},
		{"ansi_null_dflt_off", set.ansiNullDefaultOff},
		{"cursor_close_on_commit", set.cursorClose},
		{"implicit_transactions", set.implicit},
		{"ansi_warnings", set.ansiWarnings},
		{"ansi_padding", set.ansiPadding},
		{"ansi_nulls", set.ansiNulls},
		{"concat_null_yields_null", set.concatNull},
		{"numeric_roundabort", set.numericRoundAbort},
		{"xact_abort", set.xactAbort},
	} {
		if o.on {
			rows = append(rows, [2]string{o.name, "SET"})
		}
	}
	rows = append(rows, [2]string{"isolation level", isolationNames[set.isolation]})
	text := value.Type{ID: value.NVarChar, Length: 128, Nullable: true, Collation: r.session.Collation()}
	if err := r.out.columns([]plan.Column{{Name: "Set Option", Type: text}, {Name: "Value", Type: text}}); err != nil {
		return err
	}
	for _, row := range rows {
		if err := r.out.row([]value.Value{value.OfString(row[0]), value.OfString(row[1])}); err != nil {
			return err
		}
	}
	if err := r.out.done(Done{Command: commandSelect, Count: int64(len(rows)), Counted: !set.noCount}); err != nil {
		return err
	}
	return r.dbccDone(s)
}
