package bind

import (
	"github.com/alcedo-cloud/alcedo/internal/sqldb/catalog"
	"github.com/alcedo-cloud/alcedo/internal/sqldb/plan"
	"github.com/alcedo-cloud/alcedo/internal/sqldb/value"
	"github.com/alcedo-cloud/alcedo/internal/tsql"
)

// merging is a MERGE while it is being bound.
type merging struct {
	b       *binder
	x       *tsql.Merge
	get     *get
	target  *source
	sources []*source
	rel     relation
	bit     *column   // whether there is a source row
	slots   []*column // of the joined rows
}

// mergeClause is a clause before its expressions are lowered.
type mergeClause struct {
	out  plan.MergeClause
	when plan.Expr
	list []setting
}

// mergeStatement binds MERGE.
func (b *binder) mergeStatement(x *tsql.Merge) (*plan.Statement, error) {
	if err := b.with(x.With); err != nil {
		return nil, err
	}
	if x.Top != nil {
		return nil, unsupported(x.Top.At, "TOP in MERGE")
	}
	m := &merging{b: b, x: x}
	if err := m.join(); err != nil {
		return nil, err
	}
	if err := m.order(); err != nil {
		return nil, err
	}
	clauses := make([]mergeClause, len(x.Clauses))
	for i := range x.Clauses {
		if err := m.clause(&x.Clauses[i], &clauses[i]); err != nil {
			return nil, err
		}
	}
	outs := &outputs{table: m.get.table, inserted: true, deleted: true, merge: m}
	bound, err := b.bindOutput(x.Output, outs)
	if err != nil {
		return nil, err
	}
	node := &plan.Merge{Table: m.get.table}
	if node.Source, err = m.lower(clauses, bound); err != nil {
		return nil, err
	}
	if node.Clauses, err = m.lowerClauses(clauses); err != nil {
		return nil, err
	}
	out := &plan.Statement{Kind: plan.MergeStatement, Node: node, Command: commandMerge}
	if err := b.finishChange(out, m.get.table, &node.Rules, &node.Output, bound, outs); err != nil {
		return nil, err
	}
	return out, outputsTriggered(x, m.get.table, node.Output, node.Rules, mergeEvents(x)...)
}

// mergeEvents are what the clauses do.
func mergeEvents(x *tsql.Merge) []string {
	var out []string
	for i := range x.Clauses {
		out = append(out, map[tsql.MergeAction]string{tsql.MergeUpdate: "UPDATE", tsql.MergeDelete: "DELETE", tsql.MergeInsert: "INSERT"}[x.Clauses[i].Action])
	}
	return out
}

// join binds the target, the source and ON. Which rows without partner are wanted depends on the clauses.
func (m *merging) join() error {
	b := m.b
	name, ok := m.x.Target.(*tsql.Table)
	t, err := b.target(m.x.Target)
	if err != nil {
		return err
	}
	m.get = newGet(t)
	m.get.locator = &column{t: value.Sized(value.VarBinary, value.Max)}
	m.get.lock = plan.LockUpdate
	m.target = sourceOf(m.get, t.Name)
	m.target.at = m.x.Target.Span()
	if ok {
		m.target.shown, m.target.schema = written(&name.Name), name.Name.Schema.Name
		if name.Alias.Name != "" {
			m.target.name, m.target.shown, m.target.schema = name.Alias.Name, name.Alias.Name, ""
		}
	}
	if v, ok := m.x.Target.(*tsql.TableVariable); ok && v.Alias.Name != "" {
		m.target.name, m.target.shown = v.Alias.Name, v.Alias.Name
	}
	if t.Guarded() {
		m.target.access, m.target.ids = b.permit("SELECT", t.ID), columnIDs(t.Columns)
		m.target.access.optional = true
	}
	s := &scope{clause: clauseFrom}
	using, err := b.source(s, m.x.Using)
	if err != nil {
		return err
	}
	m.sources = s.sources
	s.sources = append([]*source{m.target}, s.sources...)
	if err := b.exposed(s); err != nil {
		return err
	}
	s.clause = clauseOn
	on, err := b.condition(s, m.x.On)
	if err != nil {
		return err
	}
	m.bit = &column{t: value.Of(value.Bit)}
	marked := &project{in: using, list: []plan.Expr{constant(value.OfBool(true), typed(value.Bit))}, cols: []*column{m.bit}}
	for _, c := range using.columns() {
		// The column passes as it is, under its own identity.
		marked.list, marked.cols = append(marked.list, refTo(c)), append(marked.cols, c)
	}
	m.joinKind(marked, conjuncts(on, nil))
	return nil
}

func (m *merging) joinKind(using relation, on []plan.Expr) {
	var byTarget, bySource bool
	for _, c := range m.x.Clauses {
		byTarget = byTarget || c.Match == tsql.NotMatchedByTarget
		bySource = bySource || c.Match == tsql.NotMatchedBySource
	}
	j := &join{on: on, left: m.get, right: using}
	switch {
	case byTarget && bySource:
		j.kind = plan.FullJoin
		nullable(using)
	case byTarget:
		j.kind, j.left, j.right = plan.LeftJoin, using, m.get
	case bySource:
		j.kind = plan.LeftJoin
		nullable(using)
	default:
		j.kind = plan.InnerJoin
	}
	m.rel = j
}

// order holds the clauses to MERGE's rules.
func (m *merging) order() error {
	always := map[tsql.MergeMatch]bool{}
	inserts := 0
	for _, c := range m.x.Clauses {
		if always[c.Match] {
			what := [...]string{"WHEN MATCHED", "WHEN NOT MATCHED", "WHEN NOT MATCHED BY SOURCE"}[c.Match]
			return fail(c.At, 5324, 15, 1, "In a MERGE statement, a '%s' clause with a search condition cannot appear after a '%s' clause with no search condition.", what, what)
		}
		always[c.Match] = c.And == nil
		if c.Match == tsql.NotMatchedByTarget {
			if inserts++; inserts > 1 {
				return fail(c.At, 10714, 15, 1, "An action of type 'INSERT' cannot appear more than once in a 'WHEN NOT MATCHED' clause of a MERGE statement.")
			}
		}
	}
	return nil
}

// clause binds WHEN … THEN. What a clause may name depends on which of the two rows there are.
func (m *merging) clause(x *tsql.MergeClause, out *mergeClause) error {
	b, t := m.b, m.get.table
	s := &scope{clause: clauseSet}
	if x.Match != tsql.NotMatchedByTarget {
		s.add(m.target)
	}
	if x.Match != tsql.NotMatchedBySource {
		s.sources = append(s.sources, m.sources...)
	}
	out.out.Matched, out.out.BySource = x.Match == tsql.Matched, x.Match == tsql.NotMatchedBySource
	var err error
	if x.And != nil {
		if out.when, err = b.condition(s, x.And); err != nil {
			return err
		}
	}
	switch x.Action {
	case tsql.MergeDelete:
		out.out.Delete = true
		b.permitOn("DELETE", t).all()
		return nil
	case tsql.MergeUpdate:
		var assigns []assigned
		if out.list, assigns, err = b.assignments(s, t, columnsOf(t), x.Set); err != nil {
			return err
		}
		if len(assigns) > 0 {
			return unsupported(x.At, "SET @variable in MERGE")
		}
		a := b.permitOn("UPDATE", t)
		for _, set := range out.list {
			a.column(t.Columns[set.ordinal].ID)
		}
		return nil
	}
	out.out.Inserts = true
	b.permitOn("INSERT", t).all()
	return m.insert(s, x, out)
}

// insert binds INSERT (columns) VALUES (…).
func (m *merging) insert(s *scope, x *tsql.MergeClause, out *mergeClause) error {
	b, t := m.b, m.get.table
	if x.DefaultValues {
		return nil
	}
	stmt := &tsql.Insert{Node: x.Node, Columns: x.Columns, Query: &tsql.Query{Node: x.Node, Body: &tsql.Values{Node: x.Node, Rows: [][]tsql.Expr{x.Values}}}}
	ins := &insertion{b: b, table: t, listed: len(x.Columns) > 0, x: stmt}
	ins.identity = b.env.IdentityInsert != nil && t.IdentityColumn() >= 0 && b.env.IdentityInsert(t.ID)
	if err := ins.columns(); err != nil {
		return err
	}
	if err := ins.widths([][]tsql.Expr{x.Values}, len(ins.ordinals)); err != nil {
		return err
	}
	for i, v := range x.Values {
		c := t.Columns[ins.ordinals[i]]
		e, err := m.insertValue(s, v, c)
		if err != nil {
			return err
		}
		if e == nil {
			continue
		}
		out.list = append(out.list, setting{ins.ordinals[i], e})
	}
	return nil
}

// insertValue binds one value; nil is DEFAULT, which the rules know.
func (m *merging) insertValue(s *scope, x tsql.Expr, c *catalog.Column) (plan.Expr, error) {
	if _, ok := x.(*tsql.Default); ok {
		return nil, nil
	}
	e, err := m.b.value(s, x)
	if err != nil {
		return nil, err
	}
	return m.b.assign(x.Span(), e, m.b.targetName(m.get.table, c), c.Type)
}

// lower makes the joined rows: the target's columns, its locator, the source's columns, and the bit.
func (m *merging) lower(clauses []mergeClause, bound *boundOutput) (plan.Node, error) {
	places := bound.places()
	for i := range clauses {
		if clauses[i].when != nil {
			places = append(places, &clauses[i].when)
		}
		for j := range clauses[i].list {
			places = append(places, &clauses[i].list[j].x)
		}
	}
	for _, p := range places {
		m.b.optimizeIn(p)
		markExpr(*p)
	}
	rel := optimize(m.b, m.rel)
	cols := append(m.get.cols[:len(m.get.cols):len(m.get.cols)], m.get.locator)
	for _, src := range m.sources {
		for _, c := range src.cols {
			if c.used {
				cols = append(cols, c)
			}
		}
	}
	m.slots = append(cols, m.bit)
	for _, c := range m.slots {
		c.used = true
	}
	mark(rel)
	return m.b.lowerer().exact(rel, m.slots)
}

func (m *merging) lowerClauses(clauses []mergeClause) ([]plan.MergeClause, error) {
	l := m.b.lowerer()
	out := make([]plan.MergeClause, len(clauses))
	for i, c := range clauses {
		out[i] = c.out
		if c.when != nil {
			e, err := l.expr(c.when, m.slots)
			if err != nil {
				return nil, err
			}
			out[i].If = e
		}
		for _, set := range c.list {
			e, err := l.expr(set.x, m.slots)
			if err != nil {
				return nil, err
			}
			if c.out.Inserts {
				out[i].Insert = append(out[i].Insert, plan.SetColumn{Ordinal: set.ordinal, X: e})
			} else {
				out[i].Set = append(out[i].Set, plan.SetColumn{Ordinal: set.ordinal, X: e})
			}
		}
	}
	return out, nil
}
