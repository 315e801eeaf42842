package bind

import (
	"slices"
	"strings"

	"github.com/alcedo-cloud/alcedo/internal/sqldb/catalog"
	"github.com/alcedo-cloud/alcedo/internal/sqldb/plan"
	"github.com/alcedo-cloud/alcedo/internal/sqldb/value"
	"github.com/alcedo-cloud/alcedo/internal/tsql"
)

// through is a table that is changed by another name: that of a view or a common table expression that shows its rows.
type through struct {
	rel  relation
	src  *source
	get  *get
	view *catalog.Module // nil for a common table expression
	name string
}

// through binds such a target; nil where x names a table itself.
func (b *binder) through(x tsql.TableSource) (*through, error) {
	t, ok := x.(*tsql.Table)
	if !ok || b.temporaryNamed(&t.Name) != nil {
		return nil, nil
	}
	out := &through{name: written(&t.Name)}
	if t.Name.Schema.Name != "" || b.commons.find(t.Name.Name.Name) == nil {
		o, err := b.object(&t.Name)
		if err != nil {
			return nil, err
		}
		if out.view, ok = o.(*catalog.Module); !ok || out.view.Kind != catalog.KindView {
			return nil, nil
		}
	}
	var err error
	if out.rel, out.src, err = b.named(&t.Name); err != nil {
		return nil, err
	}
	if out.src.access != nil {
		out.src.access.optional = true
	}
	out.get, err = updatable(t.At, out.rel, out.name)
	return out, err
}

// updatable is the one table whose rows a relation shows, each at most once, and makes it show all of its columns and
// where the rows are.
func updatable(span tsql.Span, r relation, name string) (*get, error) {
	g, err := oneBase(span, r, name)
	if err == nil {
		g.locate()
		pass(r, g)
	}
	return g, err
}

func oneBase(span tsql.Span, r relation, name string) (*get, error) {
	switch r := r.(type) {
	case *get:
		return r, nil
	case *filter:
		return oneBase(span, r.in, name)
	case *project:
		return oneBase(span, r.in, name)
	case *window:
		return oneBase(span, r.in, name)
	case *sorted:
		return oneBase(span, r.in, name)
	case *top:
		return oneBase(span, r.in, name)
	case *aggregate, *distinct:
		return nil, fail(span, 4403, 16, 1, "Cannot update the view or function '%s' because it contains aggregates, or a DISTINCT or GROUP BY clause, or PIVOT or UNPIVOT operator.", name)
	}
	return nil, fail(span, 4405, 16, 1, "View or function '%s' is not updatable because the modification affects multiple base tables.", name)
}

// locate makes the place of a row one of its columns.
func (g *get) locate() {
	if g.locator == nil {
		g.locator = &column{t: value.Sized(value.VarBinary, value.Max)}
	}
	g.lock = max(g.lock, plan.LockUpdate)
}

// pass lets a table's columns go through all projections above it, as they are.
func pass(r relation, g *get) {
	if p, ok := r.(*project); ok {
		for _, c := range append(g.cols[:len(g.cols):len(g.cols)], g.locator) {
			if !slices.Contains(p.cols, c) {
				p.list, p.cols = append(p.list, refTo(c)), append(p.cols, c)
			}
		}
	}
	r.inputs(func(in *relation) { pass(*in, g) })
}

// column finds a column that is given a value: one of the table's that is shown unchanged.
func (t *through) column(span tsql.Span, name string) (*catalog.Column, int, error) {
	for _, c := range t.src.cols {
		if !strings.EqualFold(c.name, name) {
			continue
		}
		if c.source == nil || c.source.Table != t.get.table {
			return nil, 0, fail(span, 4406, 16, 1, "Update or insert of view or function '%s' failed because it contains a derived or constant field.", t.name)
		}
		return c.source.Column, t.get.table.Ordinal(c.source.Column.ID), nil
	}
	return nil, 0, fail(span, 207, 16, 1, "Invalid column name '%s'.", name)
}

// permit notes what changing rows by the other name needs: the permission on the view, and on the table through it.
func (t *through) permit(b *binder, permission string) (view, table *access) {
	if t.view != nil {
		view = b.permit(permission, t.view.ID)
		owner := b.owner
		b.owner = b.env.Catalog.Owner(t.view)
		table = b.permitOn(permission, t.get.table)
		b.owner = owner
		return view, table
	}
	return nil, b.permitOn(permission, t.get.table)
}

// names are the ordinals of the view's columns, for INSERT without a list.
func (t *through) ordinals(span tsql.Span) ([]int, error) {
	var out []int
	for _, c := range t.src.cols {
		col, i, err := t.column(span, c.name)
		if err != nil {
			return nil, err
		}
		if col.Computed == nil && col.Identity == nil && col.Type.ID != value.RowVersion {
			out = append(out, i)
		}
	}
	return out, nil
}
