package bind

import (
	"github.com/alcedo-cloud/alcedo/internal/sqldb/catalog"
	"github.com/alcedo-cloud/alcedo/internal/sqldb/plan"
	"github.com/alcedo-cloud/alcedo/internal/tsql"
)

// setting is one column = value.
type setting struct {
	ordinal int
	x       plan.Expr
}

// finder finds a column that is given a value.
type finder = func(span tsql.Span, name string) (*catalog.Column, int, error)

func columnsOf(t *catalog.Table) finder {
	return func(span tsql.Span, name string) (*catalog.Column, int, error) { return setColumn(t, span, name) }
}

// find finds the columns that the change may set.
func (c *change) find() finder {
	if c.by != nil {
		return c.by.column
	}
	return columnsOf(c.get.table)
}

// permit notes the permission to change rows, on some columns (UPDATE) or the whole.
func (c *change) permit(permission string, columns []int32) {
	list := []*access{nil, nil}
	if c.by != nil {
		list[0], list[1] = c.by.permit(c.b, permission)
	} else {
		list[1] = c.b.permitOn(permission, c.get.table)
	}
	list[0].all()
	if columns == nil {
		list[1].all()
	}
	for _, id := range columns {
		list[1].column(id)
	}
}

// assignments binds SET. Variables get values over the row as it was.
func (b *binder) assignments(s *scope, t *catalog.Table, find finder, list []tsql.Assignment) ([]setting, []assigned, error) {
	var (
		sets    []setting
		assigns []assigned
	)
	seen := map[int]bool{}
	for i := range list {
		x := &list[i]
		e, err := b.setValue(s, find, x)
		if err != nil {
			return nil, nil, err
		}
		if x.Column != nil {
			c, ordinal, err := find(x.Column.At, x.Column.Name.Name)
			if err == nil {
				err = settable(x.At, c)
			}
			if err == nil && seen[ordinal] {
				err = fail(x.At, 264, 16, 1, "The column name '%s' is specified more than once in the SET clause or column list of an INSERT. A column cannot be assigned more than one value in the same clause. Modify the clause to make sure that a column is updated only once. If this statement updates or inserts columns into a view, column aliasing can conceal the duplication in your code.", c.Name)
			}
			if err == nil {
				e, err = b.assign(x.At, e, b.targetName(t, c), c.Type)
			}
			if err != nil {
				return nil, nil, err
			}
			seen[ordinal] = true
			sets = append(sets, setting{ordinal, e})
		}
		if x.Variable != "" {
			a, err := b.assignedTo(x, e)
			if err != nil {
				return nil, nil, err
			}
			assigns = append(assigns, a)
		}
	}
	return sets, assigns, nil
}

func (b *binder) assignedTo(x *tsql.Assignment, e plan.Expr) (assigned, error) {
	v, err := b.variable(&tsql.Variable{Node: x.Node, Name: x.Variable})
	if err != nil {
		return assigned{}, err
	}
	target, ok := v.(*plan.Variable)
	if !ok {
		return assigned{}, fail(x.At, 102, 15, 1, "Incorrect syntax near '%s'.", x.Variable)
	}
	e, err = b.coerce(x.At, e, target.T)
	return assigned{target.Index, target.T, e}, err
}

// setValue binds the right side of SET: DEFAULT, a value, or what op= makes of the old one.
func (b *binder) setValue(s *scope, find finder, x *tsql.Assignment) (plan.Expr, error) {
	if x.Method != nil {
		return b.mutated(s, x)
	}
	if _, ok := x.Value.(*tsql.Default); ok && x.Column != nil {
		c, _, err := find(x.At, x.Column.Name.Name)
		if err != nil {
			return nil, err
		}
		return b.columnDefault(c)
	}
	e, err := b.value(s, x.Value)
	if err != nil || x.Op == tsql.NoOperator {
		return e, err
	}
	var old plan.Expr
	if x.Column != nil {
		old, err = b.columnRef(s, x.Column)
	} else {
		old, err = b.variable(&tsql.Variable{Node: x.Node, Name: x.Variable})
	}
	if err != nil {
		return nil, err
	}
	return b.operate(x.At, x.Op, old, e)
}
