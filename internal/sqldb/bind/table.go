package bind

import (
	"slices"
	"strings"

	"github.com/alcedo-cloud/alcedo/internal/sqldb/catalog"
	"github.com/alcedo-cloud/alcedo/internal/sqldb/plan"
	"github.com/alcedo-cloud/alcedo/internal/sqldb/value"
	"github.com/alcedo-cloud/alcedo/internal/tsql"
)

// table binds a name in FROM: a common table expression, a temporary table, a system view, or an object.
func (b *binder) table(s *scope, x *tsql.Table) (relation, error) {
	if x.SystemTime != nil {
		return nil, unsupported(x.At, "FOR SYSTEM_TIME")
	}
	if x.Sample != nil {
		return nil, unsupported(x.At, "TABLESAMPLE")
	}
	r, src, err := b.named(&x.Name)
	if err != nil {
		return nil, err
	}
	if g, ok := r.(*get); ok {
		if err := b.tableHints(g, x.Hints); err != nil {
			return nil, err
		}
	}
	if err := b.oneRow(r, x); err != nil {
		return nil, err
	}
	src.at = x.At
	if x.Alias.Name != "" {
		src.name, src.shown, src.schema = x.Alias.Name, x.Alias.Name, ""
	}
	s.add(src)
	return r, nil
}

// named finds what a name in FROM stands for, to read from it.
func (b *binder) named(n *tsql.ObjectName) (relation, *source, error) {
	if n.Schema.Name == "" && n.Database.Name == "" {
		if c := b.commons.find(n.Name.Name); c != nil {
			return b.commonTable(c, n)
		}
	}
	if t := b.temporaryNamed(n); t != nil {
		g := newGet(t)
		src := sourceOf(g, n.Name.Name)
		return g, src, nil
	}
	if r, src, ok := b.system(n); ok {
		return r, src, nil
	}
	o, err := b.object(n)
	if err != nil {
		return nil, nil, err
	}
	src := &source{name: n.Name.Name, shown: written(n)}
	if sch, ok := b.env.Catalog.SchemaByID(o.Head().SchemaID); ok {
		src.schema = sch.Name
	}
	var r relation
	switch o := o.(type) {
	case *catalog.Table:
		g := newGet(o)
		r = g
		src.access, src.ids = b.permitOn("SELECT", o), columnIDs(o.Columns)
	case *catalog.Module:
		if o.Kind != catalog.KindView {
			return nil, nil, invalidObject(n)
		}
		src.access, src.ids = b.permit("SELECT", o.ID), columnIDs(o.Columns)
		if r, err = b.view(n, o); err != nil {
			return nil, nil, err
		}
		src.view = o
	default:
		return nil, nil, invalidObject(n)
	}
	src.cols, src.rel = r.columns(), r
	if len(src.ids) != len(src.cols) {
		src.ids = nil
	}
	return r, src, nil
}

func columnIDs(cols []*catalog.Column) []int32 {
	out := make([]int32, len(cols))
	for i, c := range cols {
		out[i] = c.ID
	}
	return out
}

func invalidObject(n *tsql.ObjectName) error {
	return fail(n.At, 208, 16, 1, "Invalid object name '%s'.", written(n))
}

// elsewhere refuses names of other databases, as Azure SQL does.
func (b *binder) elsewhere(n *tsql.ObjectName) error {
	if n.Server.Name != "" || n.Database.Name != "" && !strings.EqualFold(n.Database.Name, b.env.Catalog.Name) &&
		!strings.EqualFold(n.Database.Name, "tempdb") {
		return fail(n.At, 40515, 15, 1, "Reference to database and/or server name in '%s' is not supported in this version of SQL Server.", written(n))
	}
	return nil
}

// object finds an object of the database; a synonym stands for its base.
func (b *binder) object(n *tsql.ObjectName) (catalog.Object, error) {
	if err := b.elsewhere(n); err != nil {
		return nil, err
	}
	if b.env.Catalog == nil {
		return nil, invalidObject(n)
	}
	if isGlobal(n.Name.Name) && b.env.Defining != 0 {
		return nil, fail(n.At, 4508, 16, 1, "Views or functions are not allowed on temporary tables. Table names that begin with '#' denote temporary tables.")
	}
	for range 8 {
		o := b.lookup(n)
		syn, ok := o.(*catalog.Synonym)
		if !ok {
			if o == nil {
				return nil, invalidObject(n)
			}
			return o, nil
		}
		base, err := tsql.ParseName(syn.Base)
		if err != nil {
			return nil, at(n.At, syntax(err))
		}
		base.At = n.At
		n = base
	}
	return nil, fail(n.At, 5313, 16, 1, "Synonym '%s' refers to an invalid object.", written(n))
}

func (b *binder) lookup(n *tsql.ObjectName) catalog.Object {
	if isGlobal(n.Name.Name) {
		o, _ := b.env.Catalog.Object(catalog.SchemaGlobal, n.Name.Name)
		return o
	}
	for _, id := range b.schemasOf(n.Schema.Name) {
		if o, ok := b.env.Catalog.Object(id, n.Name.Name); ok {
			return o
		}
	}
	return nil
}

// isGlobal is of ## tables, which are in the catalog.
func isGlobal(name string) bool { return strings.HasPrefix(name, "##") }

// temporary is #t, @t or one of a trigger's tables.
func (b *binder) temporary(name string) *catalog.Table {
	if b.env.Table == nil || b.inside && strings.HasPrefix(name, "@") {
		return nil
	}
	return b.env.Table(name)
}

func (b *binder) temporaryNamed(n *tsql.ObjectName) *catalog.Table {
	name := n.Name.Name
	if strings.HasPrefix(name, "#") && !isGlobal(name) {
		return b.temporary(name)
	}
	if b.env.Pseudo != nil && !b.inside && n.Schema.Name == "" && (strings.EqualFold(name, "inserted") || strings.EqualFold(name, "deleted")) {
		return b.env.Pseudo(strings.ToLower(name))
	}
	return nil
}

// system finds a system view.
func (b *binder) system(n *tsql.ObjectName) (relation, *source, bool) {
	if b.env.Virtual == nil || n.Server.Name != "" {
		return nil, nil, false
	}
	schema := n.Schema.Name
	if schema == "" && !strings.HasPrefix(fold(n.Name.Name), "sys") {
		return nil, nil, false
	}
	if schema != "" && !strings.EqualFold(schema, "sys") && !strings.EqualFold(schema, "INFORMATION_SCHEMA") && !strings.EqualFold(schema, "dbo") {
		return nil, nil, false
	}
	in := schema
	if strings.EqualFold(n.Database.Name, "tempdb") {
		in = "tempdb." + schema
	}
	v, ok := b.env.Virtual(in, n.Name.Name)
	if !ok {
		return nil, nil, false
	}
	r := newVirtual(v, nil)
	src := sourceOf(r, n.Name.Name)
	src.shown, src.schema = written(n), schema
	return r, src, true
}

func newVirtual(v *plan.Virtual, args []plan.Expr) *virtual {
	r := &virtual{v: v, args: args, cols: make([]*column, len(v.Columns))}
	for i, c := range v.Columns {
		r.cols[i] = &column{name: c.Name, t: c.Type, label: labelImplicit}
	}
	return r
}

// view expands a view: its query is bound anew, as its owner sees it.
func (b *binder) view(n *tsql.ObjectName, m *catalog.Module) (relation, error) {
	parsed, err := tsql.Parse(m.Text, tsql.Options{QuotedIdentifier: m.QuotedIdentifier})
	if err != nil {
		return nil, at(n.At, syntax(err))
	}
	if len(parsed.Statements) != 1 {
		return nil, invalidObject(n)
	}
	v, ok := parsed.Statements[0].(*tsql.CreateView)
	if !ok {
		return nil, invalidObject(n)
	}
	q, err := b.within(n.At, m, nil, v.Query)
	if err != nil {
		return nil, broken(n, err)
	}
	cols := q.rel.columns()
	for i, c := range cols {
		switch {
		case i < len(v.Columns):
			c.name = v.Columns[i].Name
		case i < len(m.Columns) && c.name == "":
			c.name = m.Columns[i].Name
		}
	}
	rel := q.rel
	// What SELECT * meant when the view was made is what it has: columns that came later are not shown.
	if len(m.Columns) > 0 && len(cols) > len(m.Columns) {
		p := &project{in: q.rel}
		for _, c := range cols[:len(m.Columns)] {
			e := refTo(c)
			p.list, p.cols = append(p.list, e), append(p.cols, derive(c.name, e))
		}
		rel = p
	}
	if v.CheckOption && b.checked != nil {
		b.checked[rel] = true
	}
	return rel, nil
}

// broken adds message 4413 to what is wrong within a view.
func broken(n *tsql.ObjectName, err error) error {
	if e, ok := err.(*value.Error); ok && (e.Number == 208 || e.Number == 207) {
		return fail(n.At, 4413, 16, 1, "Could not use view or function '%s' because of binding errors.", written(n))
	}
	return at(n.At, err)
}

// within binds the query of a view or inline function in the surroundings of its own.
func (b *binder) within(span tsql.Span, m *catalog.Module, params map[string]plan.Expr, q *tsql.Query) (*bound, error) {
	if b.views >= maxViews {
		return nil, fail(span, 217, 16, 1, "Maximum stored procedure, function, trigger, or view nesting level exceeded (limit 32).")
	}
	if slices.Contains(b.around, m.ID) {
		return nil, fail(span, 4429, 16, 1, "View or function '%s' contains a self-reference. Views or functions cannot reference themselves directly or indirectly.", m.Name)
	}
	saved := *b
	env := *b.env
	env.DefaultSchema = m.SchemaID
	b.env, b.views, b.commons, b.params, b.inside = &env, b.views+1, nil, params, true
	b.owner, b.around = b.env.Catalog.Owner(m), append(b.around[:len(b.around):len(b.around)], m.ID)
	out, err := b.query(nil, q, queryNamed)
	b.around = saved.around
	b.env, b.views, b.commons, b.params, b.inside, b.owner = saved.env, saved.views, saved.commons, saved.params, saved.inside, saved.owner
	return out, err
}
