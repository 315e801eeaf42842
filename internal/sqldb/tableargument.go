package sqldb

import (
	"github.com/alcedo-cloud/alcedo/internal/sqldb/bind"
	"github.com/alcedo-cloud/alcedo/internal/sqldb/catalog"
	"github.com/alcedo-cloud/alcedo/internal/sqldb/exec"
	"github.com/alcedo-cloud/alcedo/internal/sqldb/txn"
	"github.com/alcedo-cloud/alcedo/internal/sqldb/value"
	"github.com/alcedo-cloud/alcedo/internal/tsql"
)

// tableParameter gives a table-valued parameter its rows: those that the client sent, or the table variable that a
// procedure was called with. It is read only, so that the latter can be shared.
func (r *run) tableParameter(sc *scope, p tsql.Parameter, a Argument, shared *catalog.Table) error {
	kind, ok := r.tableType(p.Type)
	if !ok {
		return value.Errorf(206, 16, 2, "Operand type clash: table is incompatible with %s", nameText(p.Type.Name))
	}
	if shared != nil {
		if sc.borrowed == nil {
			sc.borrowed = map[string]*catalog.Table{}
		}
		sc.borrowed[fold(p.Name)] = shared
		return nil
	}
	r.tableVariable(p.Name, kind.Table)
	if a.Table == nil || len(a.Table.Rows) == 0 {
		return nil
	}
	t := sc.tables[fold(p.Name)]
	if len(a.Table.Columns) != len(t.Columns) {
		return value.Errorf(500, 16, 1, "Trying to pass a table-valued parameter with %d column(s) where the corresponding user-defined table type requires %d column(s).", len(a.Table.Columns), len(t.Columns))
	}
	return r.fillTable(t, a.Table)
}

func (r *run) fillTable(t *catalog.Table, from *TableArgument) error {
	columns := make([]int, 0, len(t.Columns))
	converters := make([]value.Conversion, 0, len(t.Columns))
	for i, c := range t.Columns {
		if c.Identity != nil || c.Computed != nil {
			continue // the client sends such a column as its default
		}
		columns = append(columns, i)
		converters = append(converters, value.Assigner(from.Columns[i].Type, c.Type))
	}
	rows := make([][]value.Value, len(from.Rows))
	for i, sent := range from.Rows {
		row := make([]value.Value, len(columns))
		for j, at := range columns {
			v, err := converters[j](sent[at])
			if err != nil {
				return err
			}
			row[j] = v
		}
		rows[i] = row
	}
	var local bool
	rules, err := bind.Rules(r.environment(&local), t)
	if err != nil {
		return err
	}
	return r.within(func(tx *txn.Tx) error {
		return inStatement(tx, func(tx *txn.Tx) error {
			_, err := exec.Bulk(r.execution(tx), t, rules, columns, fromSlice(rows), exec.BulkOptions{Check: true, KeepNulls: true})
			return err
		})
	})
}

// tableArgument is the table variable that an argument of EXEC names; nil for any other.
func (r *run) tableArgument(x tsql.Expr) *catalog.Table {
	v, ok := x.(*tsql.Variable)
	if !ok {
		return nil
	}
	return r.localTable(v.Name)
}
