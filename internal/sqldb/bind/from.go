package bind

import (
	"strings"

	"github.com/alcedo-cloud/alcedo/internal/sqldb/plan"
	"github.com/alcedo-cloud/alcedo/internal/sqldb/value"
	"github.com/alcedo-cloud/alcedo/internal/tsql"
)

// from binds FROM: the sources go into the scope, and their product is the relation. Without FROM it is one row.
func (b *binder) from(s *scope, list []tsql.TableSource) (relation, error) {
	if len(list) == 0 {
		return &values{rows: [][]plan.Expr{{}}}, nil
	}
	var out relation
	for _, x := range list {
		r, err := b.source(s, x)
		if err != nil {
			return nil, err
		}
		if out == nil {
			out = r
			continue
		}
		out = &join{kind: plan.InnerJoin, left: out, right: r}
	}
	return out, b.exposed(s)
}

// exposed refuses two sources of the same name.
func (b *binder) exposed(s *scope) error {
	if len(s.sources) > maxSources {
		return value.Errorf(106, 15, 1, "Too many table names in the query. The maximum allowable is %d.", maxSources)
	}
	seen := make(map[string]*source, len(s.sources))
	for _, src := range s.sources {
		if src.name == "" {
			continue
		}
		key := fold(src.schema) + "." + fold(src.name)
		have, twice := seen[key]
		if !twice {
			seen[key] = src
			continue
		}
		if src.schema == "" && have.schema == "" {
			return fail(src.at, 1011, 16, 1, "The correlation name '%s' is specified multiple times in a FROM clause.", src.name)
		}
		return fail(src.at, 1013, 16, 1, "The objects \"%s\" and \"%s\" in the FROM clause have the same exposed names. Use correlation names to distinguish them.", have.shown, src.shown)
	}
	return nil
}

// source binds one table source. Names in it see only the queries around this one, not its neighbours.
func (b *binder) source(s *scope, x tsql.TableSource) (relation, error) {
	if b.sources++; b.sources > 4*maxSources {
		return nil, fail(x.Span(), 106, 15, 1, "Too many table names in the query. The maximum allowable is %d.", maxSources)
	}
	switch x := x.(type) {
	case *tsql.Table:
		return b.table(s, x)
	case *tsql.TableVariable:
		return b.tableVariable(s, x)
	case *tsql.Derived:
		return b.derived(s, x)
	case *tsql.Join:
		return b.join(s, x)
	case *tsql.TableFunction:
		return b.tableFunction(s, x)
	case *tsql.Pivot:
		return b.pivot(s, x)
	case *tsql.Unpivot:
		return b.unpivot(s, x)
	case *tsql.ChangeTable:
		return nil, unsupported(x.At, "a statement with OUTPUT as a table")
	case *tsql.TableMethod:
		return b.tableMethod(s, x)
	case *tsql.Rowset:
		return nil, unsupported(x.At, x.Function)
	}
	return nil, unsupported(x.Span(), "this source")
}

// lateral is the scope of what stands right of APPLY: it sees the sources before it.
func lateral(s *scope, from int) *scope {
	return &scope{parent: s.parent, sources: s.sources[from:len(s.sources):len(s.sources)], clause: clauseFrom}
}

// outward is the scope of a source without APPLY.
func outward(s *scope) *scope {
	if s.apply {
		return s
	}
	return s.parent
}

func (b *binder) derived(s *scope, x *tsql.Derived) (relation, error) {
	q, err := b.query(outward(s), x.Query, queryNamed)
	if err != nil {
		return nil, err
	}
	if q.assign != nil {
		return nil, fail(x.At, 102, 15, 1, "Incorrect syntax near '='.")
	}
	if err := rename(x.At, q.rel.columns(), x.Columns, x.Alias.Name); err != nil {
		return nil, err
	}
	src := sourceOf(q.rel, x.Alias.Name)
	src.at = x.At
	s.add(src)
	return q.rel, nil
}

// rename gives columns the names of a column list, and refuses what has none or the same twice.
func rename(span tsql.Span, cols []*column, names []tsql.Ident, table string) error {
	if len(names) > 0 {
		switch {
		case len(names) < len(cols):
			return fail(span, 8158, 16, 1, "'%s' has more columns than were specified in the column list.", table)
		case len(names) > len(cols):
			return fail(span, 8159, 16, 1, "'%s' has fewer columns than were specified in the column list.", table)
		}
		for i, n := range names {
			cols[i].name = n.Name
		}
	}
	seen := make(map[string]bool, len(cols))
	for i, c := range cols {
		if c.name == "" {
			return fail(span, 8155, 16, 2, "No column name was specified for column %d of '%s'.", i+1, table)
		}
		key := fold(c.name)
		if seen[key] {
			return fail(span, 8156, 16, 1, "The column '%s' was specified multiple times for '%s'.", c.name, table)
		}
		seen[key] = true
	}
	return nil
}

// join binds the joins and APPLY. RIGHT becomes LEFT with its sides changed.
func (b *binder) join(s *scope, x *tsql.Join) (relation, error) {
	if err := b.enter(x.At); err != nil {
		return nil, err
	}
	defer b.leave()
	start := len(s.sources)
	left, err := b.source(s, x.Left)
	if err != nil {
		return nil, err
	}
	inner := s
	applied := x.Kind == tsql.CrossApply || x.Kind == tsql.OuterApply
	if applied {
		inner = lateral(s, 0)
		inner.apply = true
	}
	middle := len(s.sources)
	right, err := b.source(inner, x.Right)
	if err != nil {
		return nil, err
	}
	if applied {
		s.sources = append(s.sources, inner.sources[middle:]...)
	}
	out := &join{left: left, right: right, hint: x.Hint}
	if x.On != nil {
		on := &scope{parent: s.parent, sources: s.sources[start:len(s.sources):len(s.sources)], clause: clauseOn}
		e, err := b.condition(on, x.On)
		if err != nil {
			return nil, err
		}
		out.on = conjuncts(e, nil)
	}
	switch x.Kind {
	case tsql.LeftJoin, tsql.OuterApply:
		out.kind = plan.LeftJoin
		nullable(right)
	case tsql.RightJoin:
		out.kind = plan.LeftJoin
		out.left, out.right = right, left
		nullable(left)
	case tsql.FullJoin:
		out.kind = plan.FullJoin
		nullable(left)
		nullable(right)
	default:
		out.kind = plan.InnerJoin
	}
	return out, nil
}

// nullable notes that rows of r may be missing.
func nullable(r relation) {
	for _, c := range r.columns() {
		c.t.Nullable = true
	}
}

func (b *binder) tableVariable(s *scope, x *tsql.TableVariable) (relation, error) {
	t := b.temporary(x.Name)
	if t == nil {
		return nil, fail(x.At, 1087, 15, 2, "Must declare the table variable \"%s\".", x.Name)
	}
	g := newGet(t)
	if err := b.tableHints(g, x.Hints); err != nil {
		return nil, err
	}
	src := sourceOf(g, x.Name)
	if x.Alias.Name != "" {
		src.name, src.shown = x.Alias.Name, x.Alias.Name
	}
	src.at = x.At
	s.add(src)
	return g, nil
}

// tableHints reads WITH (…): what changes locks counts, an index is obeyed, the rest only guides a planner.
func (b *binder) tableHints(g *get, list []tsql.Option) error {
	for _, h := range list {
		switch h.Name {
		case "UPDLOCK":
			g.lock = max(g.lock, plan.LockUpdate)
		case "XLOCK", "TABLOCKX":
			g.lock = max(g.lock, plan.LockExclusive)
		case "HOLDLOCK", "SERIALIZABLE", "REPEATABLEREAD":
			g.lock = plan.LockHold
		case "INDEX":
			if err := indexHint(g, h); err != nil {
				return err
			}
		}
	}
	return nil
}

func indexHint(g *get, h tsql.Option) error {
	names := []string{h.Word}
	if h.Word == "" {
		names = names[:0]
	}
	for _, o := range h.Options {
		names = append(names, o.Name, o.Word)
	}
	for _, n := range names {
		if n == "" {
			continue
		}
		for _, x := range g.table.Indexes {
			if strings.EqualFold(x.Name, n) {
				g.index = x.ID
				return nil
			}
		}
		return fail(h.At, 308, 16, 1, "Index '%s' on table '%s' (specified in the FROM clause) does not exist.", n, g.table.Name)
	}
	return nil
}
