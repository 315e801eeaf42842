package sqldb

import (
	"context"
	"encoding/binary"
	"io"
	"strings"

	"github.com/alcedo-cloud/alcedo/internal/sqldb/catalog"
	"github.com/alcedo-cloud/alcedo/internal/sqldb/txn"
	"github.com/alcedo-cloud/alcedo/internal/sqldb/value"
	"github.com/alcedo-cloud/alcedo/internal/tsql"
)

// The server as its functions describe it: what Azure SQL Database says of itself.
const (
	serverVersion  = "12.0.2000.8"
	engineEdition  = 5
	editionName    = "SQL Azure"
	versionBanner  = "Microsoft SQL Azure (RTM) - 12.0.2000.8 \n\tMar  5 2025 15:12:44 \n\tCopyright (C) 2024 Microsoft Corporation\n"
	microsoftBuild = 12<<24 | 2000
)

// surroundings answer what functions and system views ask of a session.
type surroundings struct{ *run }

func (r *run) functions() surroundings { return surroundings{r} }

// Now is when the statement began.
func (e surroundings) Now() int64 {
	if e.now == 0 {
		e.now = ticksOf(e.session.service.now())
	}
	return e.now
}

// Random is the source of NEWID.
func (e surroundings) Random() io.Reader { return e.session.service.Rand }

// Database is the catalog that the statement sees.
func (e surroundings) Database() *catalog.Database { return e.session.view() }

// Visible reports whether the user may see that an object exists.
func (e surroundings) Visible(object int32) bool { return e.visible(object) }

// RowCount is the number of rows of a table.
func (e surroundings) RowCount(t *catalog.Table) (int64, error) {
	if e.session.tx == nil {
		return 0, nil
	}
	return e.session.tx.Rows(e.rows(t))
}

// Ask answers a function by its name.
func (e surroundings) Ask(name string, args []value.Value) (value.Value, error) {
	if v, ok := e.askSession(name, args); ok {
		return v, nil
	}
	if v, ok := e.askError(name); ok {
		return v, nil
	}
	if v, ok := e.askCatalog(name, args); ok {
		return v, nil
	}
	if v, ok := e.askSecurity(name, args); ok {
		return v, nil
	}
	if v, ok := e.askProperty(name, args); ok {
		return v, nil
	}
	return e.askCounter(name, args)
}

func number[T ~int | ~int32 | ~int64 | ~uint8](n T) (value.Value, bool) {
	return value.OfInt(int64(n)), true
}

func words(s string) (value.Value, bool) { return value.OfString(s), true }

func nothing() (value.Value, bool) { return value.Null(), true }

func (e surroundings) askSession(name string, args []value.Value) (value.Value, bool) {
	s := e.session
	switch name {
	case "@@ROWCOUNT", "ROWCOUNT_BIG":
		return number(s.affected)
	case "@@ERROR":
		return number(s.lastError)
	case "@@TRANCOUNT":
		return number(s.count)
	case "@@SPID":
		return number(s.id)
	case "@@IDENTITY":
		return s.lastIdentity, true
	case "SCOPE_IDENTITY":
		return e.scope.identity, true
	case "XACT_STATE":
		switch {
		case s.count == 0:
			return number(0)
		case s.doomed:
			return number(-1)
		}
		return number(1)
	case "@@NESTLEVEL", "TRIGGER_NESTLEVEL":
		return number(e.scope.depth)
	case "@@FETCH_STATUS":
		return number(s.fetchStatus)
	case "@@CURSOR_ROWS":
		return number(s.cursorRows)
	case "@@PROCID":
		if e.scope.module != nil {
			return number(e.scope.module.ID)
		}
		return number(0)
	case "@@DATEFIRST":
		return number(s.settings.dateFirst)
	case "DATEFORMAT": // of functions that read dates in texts; no function of the language
		return words(s.settings.dateOrder.String())
	case "@@LANGUAGE":
		return words(s.settings.language)
	case "@@LANGID", "@@PACKET_ERRORS", "@@TOTAL_ERRORS", "@@TOTAL_READ", "@@TOTAL_WRITE", "@@CPU_BUSY", "@@IDLE", "@@IO_BUSY", "@@PACK_RECEIVED", "@@PACK_SENT", "@@CONNECTIONS":
		return number(0)
	case "@@LOCK_TIMEOUT":
		return number(s.settings.lockTimeout)
	case "@@TEXTSIZE":
		return number(s.settings.textSize)
	case "@@MAX_CONNECTIONS":
		return number(32767)
	case "@@MAX_PRECISION":
		return number(38)
	case "@@OPTIONS":
		return number(s.settings.bits())
	case "GETANSINULL":
		return number(1)
	case "CONTEXT_INFO":
		if s.settings.contextInfo == nil {
			return nothing()
		}
		return value.OfByteSlice(s.settings.contextInfo), true
	case "CURRENT_TRANSACTION_ID":
		if s.tx != nil {
			return number(int64(s.tx.Number()))
		}
		return nothing()
	case "SESSION_CONTEXT":
		if len(args) == 0 || args[0].IsNull() {
			return nothing()
		}
		c, ok := s.context[fold(args[0].Text())]
		if !ok {
			return nothing()
		}
		return value.OfVariant(c.v, c.t), true
	}
	return e.askConnection(name, args)
}

// askConnection answers what the server and the login say of themselves.
func (e surroundings) askConnection(name string, args []value.Value) (value.Value, bool) {
	s := e.session
	switch name {
	case "SESSIONPROPERTY":
		return e.sessionProperty(args)
	case "UPDATE":
		column, _ := argText(args, 0)
		return truth(e.touches(column))
	case "NEWSEQUENTIALID":
		var id [16]byte
		if _, err := io.ReadFull(e.session.service.Rand, id[:]); err != nil {
			return nothing()
		}
		return value.OfGUID(id), true
	case "@@TIMETICKS":
		return number(31250)
	case "CURSOR_STATUS":
		return e.cursorStatus(args)
	case "@@REMSERVER", "COLUMNS_UPDATED", "INDEXKEY_PROPERTY", "DATABASEPROPERTY", "LOGINPROPERTY", "ASSEMBLYPROPERTY",
		"FULLTEXTSERVICEPROPERTY", "FULLTEXTCATALOGPROPERTY":
		return nothing()
	case "@@SERVERNAME":
		return words(s.serverName)
	case "@@SERVICENAME":
		return words("MSSQLSERVER")
	case "@@VERSION":
		return words(versionBanner)
	case "@@MICROSOFTVERSION":
		return number(int64(microsoftBuild))
	case "HOST_NAME":
		return words(s.login.Host)
	case "HOST_ID":
		return words(itoa(int(s.login.Process)))
	case "APP_NAME", "PROGRAM_NAME":
		return words(s.login.App)
	}
	return value.Value{}, false
}

// bits are @@OPTIONS.
func (s *settings) bits() int {
	bits := 0
	for i, on := range []bool{
		false, s.implicit, s.cursorClose, s.ansiWarnings, s.ansiPadding, s.ansiNulls, s.arithAbort, s.arithIgnore,
		s.quotedIdentifier, s.noCount, s.ansiNullDefault, s.ansiNullDefaultOff, s.concatNull, s.numericRoundAbort, s.xactAbort,
	} {
		if on {
			bits |= 1 << i
		}
	}
	return bits
}

// askError answers ERROR_MESSAGE and its kin: NULL outside of a CATCH.
func (e surroundings) askError(name string) (value.Value, bool) {
	if !strings.HasPrefix(name, "ERROR_") {
		return value.Value{}, false
	}
	var m *value.Error
	for s := e.scope; s != nil && m == nil; s = s.parent {
		if n := len(s.caught); n > 0 {
			m = s.caught[n-1]
		}
	}
	if m == nil {
		return nothing()
	}
	switch name {
	case "ERROR_NUMBER":
		return number(m.Number)
	case "ERROR_SEVERITY":
		return number(m.Class)
	case "ERROR_STATE":
		return number(m.State)
	case "ERROR_LINE":
		return number(m.Line)
	case "ERROR_PROCEDURE":
		if m.Procedure == "" {
			return nothing()
		}
		return words(m.Procedure)
	case "ERROR_MESSAGE":
		return words(m.Text)
	}
	return value.Value{}, false
}

// askCounter answers what counters in the store know: IDENT_CURRENT, NEXT VALUE FOR, @@DBTS.
func (e surroundings) askCounter(name string, args []value.Value) (value.Value, error) {
	switch name {
	case "IDENT_CURRENT", "IDENT_SEED", "IDENT_INCR":
		t := e.identityTable(args)
		if t == nil {
			return value.Null(), nil
		}
		c := t.Columns[t.IdentityColumn()]
		switch name {
		case "IDENT_SEED":
			return value.OfInt(c.Identity.Seed), nil
		case "IDENT_INCR":
			return value.OfInt(c.Identity.Increment), nil
		}
		n, given, err := e.session.service.engine.Last(e.ctx, e.identityCounter(t))
		if err == nil && !given {
			n = c.Identity.Seed
		}
		return value.OfInt(n), err
	case "NEXT VALUE FOR":
		return e.nextValue(int32(args[0].Int64()))
	case "APPLOCK_MODE", "APPLOCK_TEST":
		return e.askLock(name, args)
	case "@@DBTS", "MIN_ACTIVE_ROWVERSION":
		n, _, err := e.session.service.engine.Last(e.ctx, txn.Counter{Database: e.session.db.id, Kind: txn.RowVersions, Seed: 2001, Increment: 1})
		return value.OfByteSlice(binary.BigEndian.AppendUint64(nil, uint64(n))), err
	}
	return value.Null(), value.Errorf(195, 15, 10, "'%s' is not a recognized built-in function name.", name)
}

func (e surroundings) identityTable(args []value.Value) *catalog.Table {
	if len(args) == 0 || args[0].IsNull() {
		return nil
	}
	o, ok := e.named(args[0].Text())
	t, is := o.(*catalog.Table)
	if !ok || !is || t.IdentityColumn() < 0 || t.Guarded() && !e.visible(t.ID) {
		return nil
	}
	return t
}

func (r *run) identityCounter(t *catalog.Table) txn.Counter {
	c := t.Columns[t.IdentityColumn()].Identity
	return txn.Counter{Database: r.session.db.id, Object: t.ID, Kind: txn.Identity, Seed: c.Seed, Increment: c.Increment}
}

// reseed lets an identity begin anew.
func (r *run) reseed(tx *txn.Tx, t *catalog.Table) error {
	c := r.identityCounter(t)
	if t.Temporary {
		return r.session.service.engine.Reseed(r.ctx, c, c.Seed, false)
	}
	engine, ctx := r.session.service.engine, context.WithoutCancel(r.ctx)
	tx.AfterCommit(func() {
		if err := engine.Reseed(ctx, c, c.Seed, false); err != nil {
			r.session.service.Log.Error("an identity was not reseeded", "table", t.Name, "error", err)
		}
	})
	return nil
}

// sessionProperty is SESSIONPROPERTY: 1 for an option that is on, NULL for one that is none.
func (e surroundings) sessionProperty(args []value.Value) (value.Value, bool) {
	name, _ := argText(args, 0)
	flag, _ := e.session.settings.flags(strings.ToUpper(name))
	if flag == nil {
		return nothing()
	}
	return value.OfVariant(value.OfBool(*flag), value.Type{ID: value.Bit}), true
}

// cursorStatus is CURSOR_STATUS: 1 open, -1 closed, -3 not there.
func (e surroundings) cursorStatus(args []value.Value) (value.Value, bool) {
	name, _ := argText(args, 1)
	c := e.scope.cursors[fold(name)]
	if kind, _ := argText(args, 0); strings.EqualFold(kind, "global") {
		c = e.session.cursors[fold(name)]
	}
	switch {
	case c == nil:
		return number(-3)
	case c.open:
		return number(1)
	}
	return number(-1)
}

// touches is UPDATE(column) in a trigger: whether the statement that fired it names the column. An INSERT gives all.
func (e surroundings) touches(column string) bool {
	for s := e.scope; s != nil; s = s.parent {
		switch fired := s.fired.(type) {
		case *tsql.Insert:
			return true
		case *tsql.Update:
			return assigns(fired.Set, column)
		case *tsql.Merge:
			for _, c := range fired.Clauses {
				if c.Action == tsql.MergeInsert || assigns(c.Set, column) {
					return true
				}
			}
			return false
		}
	}
	return false
}

func assigns(set []tsql.Assignment, column string) bool {
	for _, a := range set {
		if a.Column != nil && strings.EqualFold(a.Column.Name.Name, column) {
			return true
		}
	}
	return false
}
