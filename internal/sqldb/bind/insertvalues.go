package bind

import (
	"github.com/alcedo-cloud/alcedo/internal/sqldb/catalog"
	"github.com/alcedo-cloud/alcedo/internal/sqldb/plan"
	"github.com/alcedo-cloud/alcedo/internal/sqldb/value"
	"github.com/alcedo-cloud/alcedo/internal/tsql"
)

// valuesSource binds VALUES straight: no common type is needed, as each value becomes what its column is.
func (ins *insertion) valuesSource(rows [][]tsql.Expr) (plan.Node, error) {
	width := len(ins.ordinals)
	if err := ins.widths(rows, width); err != nil {
		return nil, err
	}
	kept := make([]int, 0, width) // places that are not DEFAULT in every row
	for i := range width {
		if !ins.allDefault(i) {
			kept = append(kept, i)
		}
	}
	out := &plan.Values{Rows: make([][]plan.Expr, len(rows)), Types: make([]value.Type, len(kept))}
	places := make([]place, len(kept))
	for n, i := range kept {
		c := ins.table.Columns[ins.ordinals[i]]
		out.Types[n], places[n] = c.Type, place{column: c, target: ins.b.targetName(ins.table, c)}
	}
	s := &scope{clause: clauseValues}
	cells := make([]plan.Expr, len(rows)*len(kept))
	for r, row := range rows {
		out.Rows[r], cells = cells[:len(kept):len(kept)], cells[len(kept):]
		for n, i := range kept {
			e, err := ins.cell(s, row[i], &places[n])
			if err != nil {
				return nil, err
			}
			out.Rows[r][n] = e
		}
	}
	ordinals := make([]int, len(kept))
	for n, i := range kept {
		ordinals[n] = ins.ordinals[i]
	}
	ins.ordinals = ordinals
	return out, nil
}

func (ins *insertion) widths(rows [][]tsql.Expr, width int) error {
	for _, r := range rows {
		switch {
		case len(r) != len(rows[0]):
			return fail(ins.x.At, 10709, 15, 1, "The number of columns for each row in a table value constructor must be the same.")
		case len(r) == width:
		case !ins.listed:
			if id := ins.table.IdentityColumn(); id >= 0 && len(r) == width+1 {
				return fail(ins.x.At, 8101, 16, 1, "An explicit value for the identity column in table '%s' can only be specified when a column list is used and IDENTITY_INSERT is ON.", ins.table.Name)
			}
			return fail(ins.x.At, 213, 16, 1, "Column name or number of supplied values does not match table definition.")
		case len(r) < width:
			return fail(ins.x.At, 109, 15, 1, "There are more columns in the INSERT statement than values specified in the VALUES clause. The number of values in the VALUES clause must match the number of columns specified in the INSERT statement.")
		default:
			return fail(ins.x.At, 110, 15, 1, "There are fewer columns in the INSERT statement than values specified in the VALUES clause. The number of values in the VALUES clause must match the number of columns specified in the INSERT statement.")
		}
	}
	return nil
}

// place is a column that rows of VALUES give values. The conversion of the last constant is kept for the next one,
// which most often has the same type.
type place struct {
	column  *catalog.Column
	target  *plan.Target
	from    value.Type
	convert value.Conversion
}

// constant converts a constant; false leaves it to the run, which knows how to complain.
func (p *place) constant(c *plan.Const) (plan.Expr, bool) {
	to := p.column.Type
	from := c.T
	if from.ID == value.Void || value.Same(from, to) {
		c.T = to.WithNullable(c.V.IsNull())
		return c, true
	}
	if p.convert == nil || from != p.from {
		if !value.Implicit(from, to) {
			return nil, false
		}
		p.from, p.convert = from, value.Assigner(from, to)
	}
	v, err := p.convert(c.V)
	if err != nil {
		return nil, false
	}
	c.V, c.T = v, to.WithNullable(v.IsNull())
	return c, true
}

func (ins *insertion) cell(s *scope, x tsql.Expr, p *place) (plan.Expr, error) {
	var (
		e   plan.Expr
		err error
	)
	switch x := x.(type) {
	case *tsql.Default:
		e, err = ins.b.columnDefault(p.column)
	case *tsql.Literal:
		if e, err = ins.b.literal(x, false); err == nil {
			// The constant is new: it can be changed.
			if c := e.(*plan.Const); !ins.b.readsDate(c.T, p.column.Type) {
				if out, ok := p.constant(c); ok {
					return out, nil
				}
			}
		}
	default:
		e, err = ins.b.value(s, x)
	}
	if err != nil {
		return nil, err
	}
	if e, err = ins.b.assign(x.Span(), e, p.target, p.column.Type); err != nil {
		return nil, err
	}
	if _, ok := e.(*plan.Const); ok {
		return e, nil
	}
	return ins.b.alone(e)
}

// columnDefault is what DEFAULT stands for.
func (b *binder) columnDefault(c *catalog.Column) (plan.Expr, error) {
	if c.Default == nil {
		return null(), nil
	}
	return b.text(c.Default.Text)
}

// alone lowers an expression that sees no row.
func (b *binder) alone(e plan.Expr) (plan.Expr, error) {
	b.optimizeIn(&e)
	markExpr(e)
	return b.lowerer().expr(e, nil)
}
