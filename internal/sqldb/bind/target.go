package bind

import (
	"strings"

	"github.com/alcedo-cloud/alcedo/internal/sqldb/catalog"
	"github.com/alcedo-cloud/alcedo/internal/sqldb/plan"
	"github.com/alcedo-cloud/alcedo/internal/sqldb/value"
	"github.com/alcedo-cloud/alcedo/internal/tsql"
)

// target finds the table that a statement changes, by its name.
func (b *binder) target(x tsql.TableSource) (*catalog.Table, error) {
	switch x := x.(type) {
	case *tsql.TableVariable:
		if t := b.temporary(x.Name); t != nil {
			return t, nil
		}
		return nil, fail(x.At, 1087, 15, 2, "Must declare the table variable \"%s\".", x.Name)
	case *tsql.Table:
		if t := b.temporaryNamed(&x.Name); t != nil {
			return t, nil
		}
		o, err := b.object(&x.Name)
		if err != nil {
			return nil, err
		}
		switch o := o.(type) {
		case *catalog.Table:
			return o, nil
		case *catalog.Module:
			if o.Kind == catalog.KindView {
				return b.viewTarget(x, o)
			}
		}
		return nil, invalidObject(&x.Name)
	}
	return nil, unsupported(x.Span(), "this target")
}

// viewTarget refuses to change rows through a view: alcedo's views are for reading.
func (b *binder) viewTarget(x *tsql.Table, _ *catalog.Module) (*catalog.Table, error) {
	return nil, fail(x.At, 4406, 16, 1, "Update or insert of view or function '%s' failed because it contains a derived or constant field.", written(&x.Name))
}

// targetName is a column as message 2628 names it; who runs the plan puts the database before it.
func (b *binder) targetName(t *catalog.Table, c *catalog.Column) *plan.Target {
	schema := "dbo"
	if s, ok := b.env.Catalog.SchemaByID(t.SchemaID); ok && t.Guarded() {
		schema = s.Name
	}
	return &plan.Target{Table: schema + "." + t.Name, Column: c.Name}
}

// permitOn is permit for a table; temporary ones need nothing.
func (b *binder) permitOn(permission string, t *catalog.Table) *access {
	if !t.Guarded() {
		return nil
	}
	return b.permit(permission, t.ID)
}

// settable refuses columns that nobody gives values.
func settable(span tsql.Span, c *catalog.Column) error {
	switch {
	case c.Computed != nil:
		return fail(span, 271, 16, 1, "The column \"%s\" cannot be modified because it is either a computed column or is the result of a UNION operator.", c.Name)
	case c.Type.ID == value.RowVersion:
		return fail(span, 272, 16, 1, "Cannot update a timestamp column.")
	case c.Identity != nil:
		return fail(span, 8102, 16, 1, "Cannot update identity column '%s'.", c.Name)
	}
	return nil
}

// setColumn finds a column that SET or a column list names.
func setColumn(t *catalog.Table, span tsql.Span, name string) (*catalog.Column, int, error) {
	c, i := t.Column(name)
	if i < 0 && strings.EqualFold(name, "$identity") {
		if i = t.IdentityColumn(); i >= 0 {
			c = t.Columns[i]
		}
	}
	if i < 0 {
		return nil, 0, fail(span, 207, 16, 1, "Invalid column name '%s'.", name)
	}
	return c, i, nil
}
