package bind

import (
	"strings"

	"github.com/alcedo-cloud/alcedo/internal/sqldb/plan"
	"github.com/alcedo-cloud/alcedo/internal/tsql"
)

func (l *selection) item(x *tsql.SelectItem) error {
	switch {
	case x.Star:
		return l.star(x)
	case x.Variable != "":
		return l.assignment(x)
	}
	if l.mode == queryExists {
		if _, ok := x.Expr.(*tsql.Literal); ok {
			l.items = append(l.items, item{x: null(), span: x.At, variable: -1})
			return nil
		}
	}
	e, err := l.b.value(l.s, x.Expr)
	if err != nil {
		return err
	}
	name := itemName(x)
	if r, ok := e.(*ref); ok && x.Alias.Name == "" && strings.HasPrefix(name, "$") {
		name = r.c.name // of the column that $IDENTITY or $ROWGUID stands for
	}
	l.items = append(l.items, item{x: e, name: name, span: x.At, variable: -1})
	return nil
}

// itemName is the name of a column: its alias, or that of the column it shows.
func itemName(x *tsql.SelectItem) string {
	if x.Alias.Name != "" {
		return x.Alias.Name
	}
	if c, ok := x.Expr.(*tsql.Column); ok {
		return c.Name.Name
	}
	return ""
}

func (l *selection) star(x *tsql.SelectItem) error {
	if l.mode == queryExists && x.Qualifier == nil {
		l.items = append(l.items, item{x: null(), span: x.At, variable: -1})
		return nil
	}
	sources := l.s.sources
	if x.Qualifier != nil {
		sources = nil
		for _, src := range l.s.sources {
			if src.matches(x.Qualifier) {
				sources = append(sources, src)
			}
		}
		if len(sources) == 0 {
			return fail(x.At, 107, 15, 1, "The column prefix '%s' does not match with a table name or alias name used in the query.", written(x.Qualifier))
		}
	}
	if len(sources) == 0 {
		return fail(x.At, 263, 16, 1, "Must specify table to select from.")
	}
	for _, src := range sources {
		for i := range src.cols {
			c := src.use(i)
			if err := l.b.atNodeOnly(x.At, c); err != nil {
				return err
			}
			l.items = append(l.items, item{x: refTo(c), name: c.name, span: x.At, variable: -1})
		}
	}
	return nil
}

// assignment is @v = x, or @v op= x.
func (l *selection) assignment(x *tsql.SelectItem) error {
	v, err := l.b.variable(&tsql.Variable{Node: x.Node, Name: x.Variable})
	if err != nil {
		return err
	}
	target, ok := v.(*plan.Variable)
	if !ok {
		return fail(x.At, 102, 15, 1, "Incorrect syntax near '%s'.", x.Variable)
	}
	e, err := l.b.value(l.s, x.Expr)
	if err != nil {
		return err
	}
	if x.Op != tsql.NoOperator {
		if e, err = l.b.operate(x.At, x.Op, v, e); err != nil {
			return err
		}
	}
	if e, err = l.b.coerce(x.At, e, target.T); err != nil {
		return err
	}
	l.items = append(l.items, item{x: e, span: x.At, variable: target.Index, t: target.T})
	return nil
}
