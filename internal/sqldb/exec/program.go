package exec

import (
	"errors"
	"slices"
	"sync/atomic"

	"github.com/alcedo-cloud/alcedo/internal/sqldb/plan"
	"github.com/alcedo-cloud/alcedo/internal/sqldb/txn"
	"github.com/alcedo-cloud/alcedo/internal/sqldb/value"
)

// patience is how often a statement is run again because of changes by others before it locks its tables whole.
const patience = 8

// Program is a compiled statement. It does not change as far as anybody can see, and any number of sessions may run it
// at one time.
type Program struct {
	statement *plan.Statement
	compiled  atomic.Pointer[compiled]
}

// compiled is a program for one database.
type compiled struct {
	database int32
	states   int
	tables   []*tableUse
	locks    bool
	rows     operator                                                    // of a query
	change   func(r *run, emit func(Row) error) (count int64, err error) // of INSERT and its like
	assign   []assignment
}

type assignment struct {
	variable int
	x        evaluator
}

// Compile makes a program of a plan. What a database has to do with it is settled by its first run there.
func Compile(s *plan.Statement) (*Program, error) {
	if s == nil || s.Node == nil {
		return nil, errors.New("exec.Compile: no plan")
	}
	return &Program{statement: s}, nil
}

func (p *Program) in(database int32) (*compiled, error) {
	if c := p.compiled.Load(); c != nil && c.database == database {
		return c, nil
	}
	out, err := compileStatement(database, p.statement)
	if err == nil {
		p.compiled.Store(out)
	}
	return out, err
}

func compileStatement(database int32, s *plan.Statement) (*compiled, error) {
	c := &compiler{database: database, working: map[int]int{}}
	out := &compiled{database: database}
	var err error
	switch n := s.Node.(type) {
	case *plan.Insert:
		out.change, err = c.insert(n)
	case *plan.Update:
		out.change, err = c.update(n)
	case *plan.Delete:
		out.change, err = c.delete(n)
	case *plan.Merge:
		out.change, err = c.merge(n)
	case *plan.Instead:
		out.change, err = c.instead(n)
	default:
		out.rows, err = c.node(n)
	}
	if err != nil {
		return nil, err
	}
	if out.assign, err = c.assignments(s.Assign); err != nil {
		return nil, err
	}
	out.states, out.tables, out.locks = c.states, c.tables, c.locks
	return out, nil
}

func (c *compiler) assignments(list []plan.Assignment) ([]assignment, error) {
	exprs := make([]plan.Expr, len(list))
	for i := range list {
		exprs[i] = list[i].X
	}
	compiled, err := c.row(exprs)
	if err != nil {
		return nil, err
	}
	out := make([]assignment, len(list))
	for i, x := range compiled {
		out[i] = assignment{list[i].Variable, x}
	}
	return out, nil
}

// Run runs the statement in c.Tx, as a statement of its own: where it fails, what it has written is undone. emit is
// given the rows that go to the client and must not keep them. The count is that of @@ROWCOUNT. Errors are
// *value.Error for what SQL Server has a message for, the context's where it ended, ErrStale, or faults.
func (p *Program) Run(c *Context, emit func([]value.Value) error) (int64, error) {
	code, err := p.in(c.Database)
	if err != nil {
		return 0, err
	}
	if err := c.Tx.BeginStatement(); err != nil {
		return 0, err
	}
	r := newRun(c, code.states)
	var count int64
	var frame []value.Value
	if len(code.assign) > 0 || code.change != nil {
		frame = slices.Clone(c.Frame)
	}
	for attempt := 1; ; attempt++ {
		count, err = code.attempt(r, emit, p.statement, attempt > patience)
		if closed := r.release(); err == nil {
			err = closed
		}
		if !errors.Is(err, txn.ErrStale) {
			break
		}
		if err = c.Tx.Restart(); err != nil {
			break
		}
		r.warnings = nil
		if frame != nil {
			copy(c.Frame, frame)
		}
	}
	if isNumber(err, 9002) {
		err = errLogFull(c) // the transaction does not know the database's name
	}
	if ended := c.Tx.EndStatement(err); err == nil {
		err = ended
	}
	if err != nil {
		return 0, err
	}
	r.tellWarnings()
	return count, nil
}

// attempt runs the statement once. all locks the tables that it writes to, so that nobody can come between.
func (code *compiled) attempt(r *run, emit func(Row) error, s *plan.Statement, all bool) (int64, error) {
	if err := r.lockTables(code.tables, all); err != nil {
		return 0, err
	}
	if r.Session != nil && r.Session.CatalogVersion() != s.Catalog {
		return 0, ErrStale
	}
	if err := r.Err(); err != nil {
		return 0, err
	}
	if code.change != nil {
		return code.change(r, emit)
	}
	_, shared := r.rowLock()
	points := slices.ContainsFunc(code.tables, func(u *tableUse) bool { return u.reads && u.point })
	return code.query(r, emit, code.locks || shared && points)
}

// lockTables locks what must be locked before the first row is read.
func (r *run) lockTables(tables []*tableUse, all bool) error {
	_, holds := r.rowLock()
	for _, u := range tables {
		if holds && !u.reads && u.mode == txn.IntentExclusive && reads(tables, u.table) {
			continue // locked with what is read of it
		}
		mode := u.mode
		if u.reads && !u.point && holds {
			mode = sharedWith(mode, written(tables, u.table))
		}
		if all && (mode == txn.IntentExclusive || mode == txn.SharedIntentExclusive) {
			mode = txn.Exclusive
		}
		if _, err := r.Tx.LockTable(r, u.table, mode); err != nil {
			return err
		}
		changed, err := r.Tx.Redefined(u.table)
		if err != nil {
			return err
		}
		if changed {
			return errRedefined(r.Context)
		}
	}
	return nil
}

// sharedWith is a mode with which ranges stay as they are. Who also writes to the table asks for both at once: two who
// shared it first would then wait for each other.
func sharedWith(mode txn.Mode, writes bool) txn.Mode {
	if writes || mode == txn.IntentExclusive {
		return txn.SharedIntentExclusive
	}
	return txn.Shared
}

func reads(tables []*tableUse, t txn.Table) bool {
	return slices.ContainsFunc(tables, func(u *tableUse) bool { return u.table == t && u.reads && !u.point })
}

func written(tables []*tableUse, t txn.Table) bool {
	return slices.ContainsFunc(tables, func(u *tableUse) bool { return u.table == t && u.mode == txn.IntentExclusive })
}

// query runs a query. With hold, no row goes out before the last one is locked.
func (code *compiled) query(r *run, emit func(Row) error, hold bool) (int64, error) {
	var count int64
	var held []Row
	give := emit
	if len(code.assign) > 0 {
		give = func(row Row) error { return r.assign(code.assign, row) }
	}
	stopped := false
	err := code.rows(r, func(row Row) error {
		count++
		err := error(nil)
		if hold {
			row, err = r.keep(row)
			held = append(held, row)
		} else {
			err = give(row)
		}
		if err == nil && r.RowLimit > 0 && count >= r.RowLimit {
			stopped = true
			return errStop
		}
		return err
	})
	if stopped && err == errStop {
		err = nil
	}
	for _, row := range held {
		if err != nil {
			return 0, err
		}
		err = give(row)
	}
	return count, err
}

func (r *run) assign(list []assignment, row Row) error {
	for _, a := range list {
		v, err := a.x(r, row)
		if err != nil {
			return err
		}
		r.Frame[a.variable] = v
	}
	return nil
}

// Evaluator computes an expression outside of a query; row is what its slots of level 0 mean, nil where it has none.
type Evaluator func(c *Context, row []value.Value) (value.Value, error)

// CompileExpr makes an evaluator. Where the expression has subqueries, a statement of c.Tx must be open.
func CompileExpr(x plan.Expr) (Evaluator, error) {
	if x == nil {
		return nil, errors.New("exec.CompileExpr: no expression")
	}
	type code struct {
		database int32
		states   int
		tables   []*tableUse
		eval     evaluator
	}
	var known atomic.Pointer[code]
	return func(c *Context, row []value.Value) (v value.Value, err error) {
		k := known.Load()
		if k == nil || k.database != c.Database {
			compiler := &compiler{database: c.Database, working: map[int]int{}}
			eval, err := compiler.expr(x)
			if err != nil {
				return value.Null(), err
			}
			k = &code{c.Database, compiler.states, compiler.tables, eval}
			known.Store(k)
		}
		r := newRun(c, k.states)
		defer func() {
			if closed := r.release(); err == nil {
				err = closed
			}
		}()
		if err := r.lockTables(k.tables, false); err != nil {
			return value.Null(), err
		}
		return k.eval(r, row)
	}, nil
}
