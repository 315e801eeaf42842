package sqldb

import (
	"github.com/alcedo-cloud/alcedo/internal/sqldb/catalog"
	"github.com/alcedo-cloud/alcedo/internal/sqldb/plan"
	"github.com/alcedo-cloud/alcedo/internal/sqldb/txn"
	"github.com/alcedo-cloud/alcedo/internal/sqldb/value"
	"github.com/alcedo-cloud/alcedo/internal/tsql"
)

// tableFunction makes the rows of a function of several statements a table of the plan. The plan is shared: whose
// session runs it is known when it is asked for its rows.
func tableFunction(m *catalog.Module) (*plan.Virtual, bool) {
	if m.Kind != catalog.KindTableFunction {
		return nil, false
	}
	columns := make([]plan.Column, len(m.Columns))
	for i, c := range m.Columns {
		columns[i] = plan.Column{Name: c.Name, Type: c.Type}
	}
	return &plan.Virtual{Name: m.Name, Columns: columns, Rows: func(env plan.VirtualEnvironment, args []value.Value, yield func([]value.Value) bool) error {
		asking, ok := env.(surroundings)
		if !ok {
			return value.Errorf(40510, 16, 1, "Statement 'SELECT' from the function '%s' is not supported here.", m.Name)
		}
		return asking.runTableFunction(m, args, yield)
	}}, true
}

// runTableFunction runs the body, and yields what is in its table at the end.
func (r *run) runTableFunction(m *catalog.Module, args []value.Value, yield func([]value.Value) bool) error {
	b, err := r.moduleBody(m)
	if err != nil {
		return err
	}
	made, ok := b.batch.Statements[0].(*tsql.CreateFunction)
	if !ok {
		return nil
	}
	all, err := tsql.Parse("SELECT * FROM "+made.Variable, tsql.Options{QuotedIdentifier: true})
	if err != nil {
		return err
	}
	silent, trying, affected := r.out.silent, r.trying, r.session.affected
	r.out.silent = true
	r.trying++ // an error of the function is the statement's
	number := r.session.lastError
	defer func() {
		r.out.silent, r.trying, r.session.affected, r.session.lastError = silent, trying, affected, number
	}()
	defer r.session.revertTo(len(r.session.acting))
	if err := r.actAsModule(m); err != nil {
		return err
	}
	return unraised(r.enter(&scope{batch: b.batch, compiled: b.compiled, layout: b.layout, module: m}, func(sc *scope) error {
		copy(sc.frame, args)
		if err := r.declareTable(made.Variable, made.Table); err != nil {
			return err
		}
		if _, err := r.list(b.statements); err != nil {
			return err
		}
		var local bool
		rows, err := compile(r.environment(&local), all.Statements[0])
		if err != nil {
			return err
		}
		r.out.silent = silent // the rows go on from here to where the statement wants them
		return r.within(func(tx *txn.Tx) error {
			_, err := rows.program.Run(r.execution(tx), func(row []value.Value) error {
				if !yield(row) {
					return errEnough
				}
				return nil
			})
			if err == errEnough {
				err = nil
			}
			return err
		})
	}))
}
