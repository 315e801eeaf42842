package sqldb

import (
	"errors"

	"github.com/alcedo-cloud/alcedo/internal/sqldb/bind"
	"github.com/alcedo-cloud/alcedo/internal/sqldb/catalog"
	"github.com/alcedo-cloud/alcedo/internal/sqldb/exec"
	"github.com/alcedo-cloud/alcedo/internal/sqldb/plan"
	"github.com/alcedo-cloud/alcedo/internal/sqldb/txn"
	"github.com/alcedo-cloud/alcedo/internal/sqldb/value"
	"github.com/alcedo-cloud/alcedo/internal/tsql"
)

// environment is what a statement of the current scope is bound in. local is set when it meets what only this session
// has.
func (r *run) environment(local *bool) *bind.Environment {
	s := r.session
	env := &bind.Environment{
		Catalog: s.view(), DefaultSchema: r.defaultSchema(),
		QuotedIdentifier: s.settings.quotedIdentifier, ANSINullsOff: !s.settings.ansiNulls, DateOrder: s.settings.dateOrder,
		Virtual: virtual, Function: tableFunction,
		Table: func(name string) *catalog.Table {
			t := r.localTable(name)
			if t != nil {
				*local = true
			}
			return t
		},
		Rows: r.estimate,
		IdentityInsert: func(table int32) bool {
			return s.settings.identityInsert == table
		},
		Firing: func(m *catalog.Module) bool {
			is := r.firing(m)
			*local = *local || is
			return is
		},
		Pseudo: func(name string) *catalog.Table {
			t := r.scope.pseudo[fold(name)]
			if t != nil {
				*local = true
			}
			return t
		},
	}
	if r.scope != nil && r.scope.layout != nil {
		env.Variable = r.scope.layout.find
	}
	if r.scope != nil && r.scope.module != nil {
		env.Owner = r.chain()
	}
	return env
}

// localTable finds a table variable of the scope or a temporary table of the session.
func (r *run) localTable(name string) *catalog.Table {
	if r.scope != nil {
		if t := r.scope.tables[fold(name)]; t != nil {
			return t
		}
		if t := r.scope.borrowed[fold(name)]; t != nil {
			return t
		}
	}
	return r.session.temporary[fold(name)]
}

// program is the statement's program: what was bound before, while it holds.
func (r *run) program(st tsql.Statement) (*bound, error) {
	view, mode := r.session.view(), r.session.bindMode()
	if b := r.scope.local[st]; b != nil && b.catalog == view && b.mode == mode && b.version == r.session.version {
		return b, nil
	}
	c := r.scope.compiled
	if b := c.statement(st); b != nil && b.catalog == view && b.mode == mode {
		return b, nil
	}
	var local bool
	b, err := compile(r.environment(&local), st)
	if err != nil {
		return nil, err
	}
	b.mode = mode
	if local {
		b.local, b.version = true, r.session.version
		if r.scope.local == nil {
			r.scope.local = map[tsql.Statement]*bound{}
		}
		r.scope.local[st] = b
		return b, nil
	}
	c.keep(st, b)
	return b, nil
}

// evaluate computes an expression that sees no row, with its type.
func (r *run) evaluate(x tsql.Expr) (value.Value, value.Type, error) {
	if v, t, ok := r.quick(x); ok {
		return v, t, nil
	}
	b, err := r.expression(x)
	if err != nil {
		return value.Value{}, value.Type{}, err
	}
	if err := r.permit(b.needs); err != nil {
		return value.Value{}, value.Type{}, err
	}
	var v value.Value
	err = r.within(func(tx *txn.Tx) error {
		return inStatement(tx, func(tx *txn.Tx) (err error) {
			v, err = b.eval(r.execution(tx), nil)
			return err
		})
	})
	return v, b.t, err
}

// quick is the value of a variable.
func (r *run) quick(x tsql.Expr) (value.Value, value.Type, bool) {
	v, ok := x.(*tsql.Variable)
	if !ok || r.scope.layout == nil {
		return value.Value{}, value.Type{}, false
	}
	place, t, ok := r.scope.layout.find(v.Name)
	if !ok || t.ID == value.Void {
		return value.Value{}, value.Type{}, false
	}
	return r.scope.frame[place], t, true
}

func (r *run) expression(x tsql.Expr) (*boundExpr, error) {
	view, mode := r.session.view(), r.session.bindMode()
	c := r.scope.compiled
	if c != nil {
		if b := c.expr(x); b != nil && b.catalog == view && b.mode == mode {
			return b, nil
		}
	}
	var local bool
	e, needs, err := bind.ExpressionNeeds(r.environment(&local), x)
	if err != nil {
		return nil, err
	}
	eval, err := exec.CompileExpr(e)
	if err != nil {
		return nil, err
	}
	b := &boundExpr{catalog: view, mode: mode, needs: needs, t: e.Type(), eval: eval}
	if !local && c != nil {
		c.keepExpr(x, b)
	}
	return b, nil
}

// query runs SELECT, INSERT, UPDATE, DELETE and MERGE.
func (r *run) query(st tsql.Statement) error {
	b, err := r.program(st)
	if err != nil {
		return err
	}
	if err := r.permitBound(b); err != nil {
		return err
	}
	if r.session.settings.noExec {
		return nil
	}
	if len(b.plan.Needs) > 0 { // it reads a table: IMPLICIT_TRANSACTIONS begins one, as for what writes
		if err := r.implicitly(); err != nil {
			return err
		}
	}
	if r.session.settings.formatOnly { // what the columns are, and no row
		if b.plan.Columns == nil {
			return nil
		}
		if err := r.out.columns(b.plan.Columns); err != nil {
			return err
		}
		return r.counted(b.plan, 0)
	}
	if b.plan.Kind != plan.Select {
		if err := r.session.mayWrite(); err != nil {
			return err
		}
	}
	p := b.plan
	announced := false
	emit := func(row []value.Value) error {
		if !announced {
			announced = true
			if err := r.out.columns(p.Columns); err != nil {
				return err
			}
		}
		return r.out.row(row)
	}
	var count int64
	err = r.within(func(tx *txn.Tx) (err error) {
		for {
			count, err = b.program.Run(r.execution(tx), emit)
			if !errors.Is(err, exec.ErrStale) || announced {
				return err
			}
			if b, err = r.program(st); err != nil { // the catalog has changed meanwhile
				return err
			}
			if err := r.permitBound(b); err != nil {
				return err
			}
			p = b.plan
		}
	})
	if err != nil {
		return err
	}
	if p.Columns != nil && !announced {
		if err := r.out.columns(p.Columns); err != nil {
			return err
		}
	}
	r.session.affected = count
	return r.counted(p, count)
}

// counted ends a statement that has a row count.
func (r *run) counted(p *plan.Statement, count int64) error {
	if r.session.settings.noCount && p.Columns == nil {
		return nil
	}
	return r.out.done(Done{Command: p.Command, Count: count, Counted: !r.session.settings.noCount && p.Assign == nil})
}

// execution is what a program runs with.
func (r *run) execution(tx *txn.Tx) *exec.Context {
	s := r.session
	env := r.functions()
	return &exec.Context{
		Context: r.ctx, Tx: tx, Database: s.db.id, Frame: r.scope.frame, Environment: env, Virtual: env,
		Session: env, DatabaseName: s.Database(), Memory: s.memory, Spill: s.service.Spill, RowLimit: s.settings.rowCount,
	}
}

// leastRows is what a plan assumes of a table, however few rows it has now: it is kept, and tables grow.
const leastRows = 1000

// estimate is how many rows a plan should expect of a table.
func (r *run) estimate(t *catalog.Table) int64 {
	if t.Temporary {
		return leastRows
	}
	n, err := r.session.service.engine.Rows(r.ctx, r.rows(t))
	if err != nil {
		return leastRows
	}
	return max(n, leastRows)
}
