package bind

import (
	"strings"

	"github.com/alcedo-cloud/alcedo/internal/sqldb/plan"
	"github.com/alcedo-cloud/alcedo/internal/sqldb/value"
	"github.com/alcedo-cloud/alcedo/internal/tsql"
)

// commons is a common table expression, and those before it. Each mention of one is bound anew.
type commons struct {
	before *commons
	x      *tsql.CommonTable
	// While its own query is being bound, step gives the rows of the last round and mentions counts them.
	binding  bool
	step     func() *working
	mentions int
}

// with puts common table expressions in sight.
func (b *binder) with(w *tsql.With) error {
	if w == nil {
		return nil
	}
	if len(w.Namespaces) > 0 {
		return unsupported(w.At, "WITH XMLNAMESPACES")
	}
	seen := map[string]bool{}
	for i := range w.Tables {
		x := &w.Tables[i]
		key := fold(x.Name.Name)
		if seen[key] {
			return fail(x.At, 239, 16, 1, "Duplicate common table expression name '%s' was specified.", x.Name.Name)
		}
		seen[key] = true
		b.commons = &commons{before: b.commons, x: x}
	}
	return nil
}

func (c *commons) find(name string) *commons {
	for ; c != nil; c = c.before {
		if strings.EqualFold(c.x.Name.Name, name) {
			return c
		}
	}
	return nil
}

// commonTable binds a mention of a common table expression.
func (b *binder) commonTable(c *commons, n *tsql.ObjectName) (relation, *source, error) {
	if c.binding {
		c.mentions++
		if c.step == nil {
			return nil, nil, fail(n.At, 246, 16, 1, "No anchor member was specified for recursive query \"%s\".", c.x.Name.Name)
		}
		w := c.step()
		return w, sourceOf(w, c.x.Name.Name), nil
	}
	if err := b.enter(n.At); err != nil {
		return nil, nil, err
	}
	defer b.leave()
	defer func(now *commons, touched map[*scope]bool, in bool) {
		b.commons, b.touched, b.inWindow = now, touched, in
	}(b.commons, b.touched, b.inWindow)
	b.touched, b.inWindow = nil, false
	own := &commons{before: c.before, x: c.x, binding: true}
	b.commons = own
	r, err := b.commonQuery(own)
	if err != nil {
		return nil, nil, err
	}
	if err := rename(c.x.At, r.columns(), c.x.Columns, c.x.Name.Name); err != nil {
		return nil, nil, err
	}
	return r, sourceOf(r, c.x.Name.Name), nil
}

// commonQuery binds the query of a common table expression. UNION ALL of members that mention it and members that do
// not is a recursion.
func (b *binder) commonQuery(c *commons) (relation, error) {
	q := c.x.Query
	members := unionAlls(q.Body, nil)
	if len(members) == 1 || len(q.OrderBy) > 0 || q.Offset != nil || q.For != nil {
		c.step = func() *working { return &working{} }
		out, err := b.query(nil, q, queryNamed)
		if c.mentions > 0 {
			return nil, fail(c.x.At, 252, 16, 1, "Recursive common table expression '%s' does not contain a top-level UNION ALL operator.", c.x.Name.Name)
		}
		if err != nil {
			return nil, err
		}
		return out.rel, nil
	}
	if err := b.with(q.With); err != nil {
		return nil, err
	}
	if err := b.hints(q.Hints); err != nil {
		return nil, err
	}
	return b.recursion(c, members)
}

// unionAlls takes UNION ALL apart.
func unionAlls(body tsql.QueryBody, out []tsql.QueryBody) []tsql.QueryBody {
	if s, ok := body.(*tsql.SetOperation); ok && s.Op == tsql.Union && s.All {
		return unionAlls(s.Right, unionAlls(s.Left, out))
	}
	return append(out, body)
}

// recursion binds the members one after the other: anchors, then those that mention the expression itself.
func (b *binder) recursion(c *commons, members []tsql.QueryBody) (relation, error) {
	b.nextID++
	out := &recursive{id: b.nextID, limit: b.maxRecursion}
	for _, m := range members {
		c.mentions = 0
		if out.anchor != nil {
			c.step = func() *working { return out.working(c) }
		}
		q, err := b.body(nil, m, queryInner)
		if err != nil {
			return nil, err
		}
		if c.mentions == 0 {
			if out.step != nil {
				return nil, fail(m.Span(), 247, 16, 1, "An anchor member was found in the recursive part of recursive query \"%s\".", c.x.Name.Name)
			}
			if err := b.anchor(m, out, q.rel); err != nil {
				return nil, err
			}
			continue
		}
		if c.mentions > 1 {
			return nil, fail(m.Span(), 253, 16, 1, "Recursive member of a common table expression '%s' has multiple recursive references.", c.x.Name.Name)
		}
		if err := b.step(c, m, out, q.rel); err != nil {
			return nil, err
		}
	}
	if out.step == nil {
		return out.anchor, nil
	}
	out.anchorCols, out.stepCols = out.anchor.columns(), out.step.columns()
	for _, a := range out.anchorCols {
		t := a.t
		t.Nullable = true
		out.cols = append(out.cols, &column{name: a.name, t: t, label: a.label})
	}
	return out, nil
}

// working is the last round's rows, named as the expression is.
func (r *recursive) working(c *commons) *working {
	w := &working{id: r.id}
	for i, a := range r.anchor.columns() {
		t := a.t
		t.Nullable = true
		col := &column{name: a.name, t: t, label: a.label}
		if i < len(c.x.Columns) {
			col.name = c.x.Columns[i].Name
		}
		w.cols = append(w.cols, col)
	}
	return w
}

func (b *binder) anchor(m tsql.QueryBody, out *recursive, r relation) error {
	if out.anchor == nil {
		out.anchor = r
		return nil
	}
	s, err := b.joinSets(m.Span(), unionAll, "UNION ALL", out.anchor, r)
	out.anchor = s
	return err
}

// step adds a recursive member. Its types must be those of the anchor.
func (b *binder) step(c *commons, m tsql.QueryBody, out *recursive, r relation) error {
	if err := recursable(c, m, r); err != nil {
		return err
	}
	anchor, cols := out.anchor.columns(), r.columns()
	if len(anchor) != len(cols) {
		return fail(m.Span(), 205, 16, 1, "All queries combined using a UNION, INTERSECT or EXCEPT operator must have an equal number of expressions in their target lists.")
	}
	for i, a := range anchor {
		have, want := plainType(cols[i].t), plainType(a.t)
		if have != want && !isNull(bare(r, cols[i])) {
			name := a.name
			if i < len(c.x.Columns) {
				name = c.x.Columns[i].Name
			}
			return fail(m.Span(), 240, 16, 1, "Types don't match between the anchor and the recursive part in column \"%s\" of recursive query \"%s\".", name, c.x.Name.Name)
		}
	}
	if out.step == nil {
		out.step = r
		return nil
	}
	s, err := b.joinSets(m.Span(), unionAll, "UNION ALL", out.step, r)
	out.step = s
	return err
}

// plainType is a type without what two that are the same may differ in.
func plainType(t value.Type) value.Type {
	t = value.ForVariable(t)
	t.Nullable, t.Collation = false, nil
	if t.ID == value.Decimal {
		t.Length = 0
	}
	return t
}

// recursable refuses what cannot stand between a recursive member and its mention.
func recursable(c *commons, m tsql.QueryBody, r relation) error {
	name := c.x.Name.Name
	var err error
	var look func(r relation)
	look = func(r relation) {
		if err != nil || !works(r) {
			return
		}
		switch r := r.(type) {
		case *distinct:
			err = fail(m.Span(), 460, 16, 1, "DISTINCT operator is not allowed in the recursive part of a recursive common table expression '%s'.", name)
		case *top:
			err = fail(m.Span(), 461, 16, 1, "The TOP or OFFSET operator is not allowed in the recursive part of a recursive common table expression '%s'.", name)
		case *aggregate:
			err = fail(m.Span(), 467, 16, 1, "GROUP BY, HAVING, or aggregate functions are not allowed in the recursive part of a recursive common table expression '%s'.", name)
		case *join:
			if r.kind == plan.FullJoin || r.kind == plan.LeftJoin && works(r.right) {
				err = fail(m.Span(), 462, 16, 1, "Outer join is not allowed in the recursive part of a recursive common table expression '%s'.", name)
			}
		}
		r.inputs(func(in *relation) { look(*in) })
	}
	if !works(r) {
		return fail(m.Span(), 465, 16, 1, "Recursive references are not allowed in subqueries.")
	}
	look(r)
	return err
}

// works reports whether r reads the last round's rows.
func works(r relation) bool {
	if _, ok := r.(*working); ok {
		return true
	}
	found := false
	r.inputs(func(in *relation) { found = found || works(*in) })
	return found
}
