package bind

import (
	"strings"

	"github.com/alcedo-cloud/alcedo/internal/sqldb/plan"
	"github.com/alcedo-cloud/alcedo/internal/sqldb/value"
	"github.com/alcedo-cloud/alcedo/internal/tsql"
)

// order binds ORDER BY of a query specification. An item is a position, the name of a column of the list, or an
// expression of the tables' columns.
func (l *selection) order(list []tsql.OrderItem) error {
	l.s.clause = clauseOrder
	for _, x := range list {
		e, err := l.orderItem(x)
		if err != nil {
			return err
		}
		if err := sortable(x.At, e); err != nil {
			return err
		}
		twice := false
		for _, k := range l.keys {
			twice = twice || equalExpr(k.X, e)
		}
		if !twice {
			l.keys = append(l.keys, plan.SortKey{X: e, Descending: x.Desc})
		}
	}
	return nil
}

func sortable(span tsql.Span, e plan.Expr) error {
	if t := e.Type(); !t.IsComparable() {
		if t.ID == value.XML {
			return fail(span, 305, 16, 1, "The XML data type cannot be compared or sorted, except when using the IS NULL operator.")
		}
		return fail(span, 306, 16, 2, "The text, ntext, and image data types cannot be compared or sorted, except when using IS NULL or LIKE operator.")
	}
	return nil
}

func (l *selection) orderItem(x tsql.OrderItem) (plan.Expr, error) {
	n, ok, err := ordinal(x.Expr, len(l.items))
	if err != nil {
		return nil, err
	}
	if ok {
		return l.items[n-1].x, nil
	}
	if c, isColumn := x.Expr.(*tsql.Column); isColumn && c.Qualifier == nil {
		if e, err := l.alias(c); e != nil || err != nil {
			return e, err
		}
	}
	return l.b.value(l.s, x.Expr)
}

// alias is the item of the select list that has the name; nil where there is none.
func (l *selection) alias(c *tsql.Column) (plan.Expr, error) {
	var found plan.Expr
	for _, it := range l.items {
		if it.name == "" || !strings.EqualFold(it.name, c.Name.Name) {
			continue
		}
		if found != nil && !equalExpr(found, it.x) {
			return nil, fail(c.At, 209, 16, 1, "Ambiguous column name '%s'.", c.Name.Name)
		}
		found = it.x
	}
	return found, nil
}
