package bind

import (
	"github.com/alcedo-cloud/alcedo/internal/sqldb/catalog"
	"github.com/alcedo-cloud/alcedo/internal/sqldb/plan"
	"github.com/alcedo-cloud/alcedo/internal/sqldb/value"
)

// termKind is how a condition bounds a column.
type termKind uint8

const (
	termEqual termKind = iota
	termLow
	termHigh
	termIn
)

// term is a condition on one column that an index can answer.
type term struct {
	ordinal   int
	kind      termKind
	x         plan.Expr // of the column's type
	in        []plan.Expr
	inclusive bool
	cond      plan.Expr
	exact     bool // the condition says no more than the term
}

// terms are the conditions on a table that indexes can answer, and how many others there are.
type terms struct {
	list   []term
	others int
}

// terms finds what conditions say of single columns of g.
func (b *binder) terms(g *get, conds []plan.Expr) *terms {
	out := &terms{}
	own := setOf(g.cols)
	for _, c := range conds {
		if like, ok := c.(*plan.Like); ok {
			if both := b.likeTerms(g, like); both != nil {
				out.list = append(out.list, both...)
				continue
			}
		}
		t, ok := b.term(g, own, c)
		if ok {
			out.list = append(out.list, t)
		} else {
			out.others++
		}
	}
	return out
}

// equal is the equality on a column; nil for none.
func (t *terms) equal(ordinal int) *term {
	for i := range t.list {
		if t.list[i].kind == termEqual && t.list[i].ordinal == ordinal {
			return &t.list[i]
		}
	}
	return nil
}

func (t *terms) find(ordinal int, kind termKind) *term {
	for i := range t.list {
		if t.list[i].kind == kind && t.list[i].ordinal == ordinal {
			return &t.list[i]
		}
	}
	return nil
}

// equals is how many leading columns of an index's key have equalities.
func (t *terms) equals(table *catalog.Table, x *catalog.Index) int {
	if x.Filter != "" || x.Disabled {
		return 0
	}
	n := 0
	for _, k := range x.Keys {
		if t.equal(table.Ordinal(k.Column)) == nil {
			break
		}
		n++
	}
	return n
}

func (b *binder) term(g *get, own columnSet, c plan.Expr) (term, bool) {
	switch c := c.(type) {
	case *plan.Compare:
		if c.Distinct || c.Op == plan.NotEqual {
			return term{}, false
		}
		if t, ok := b.bound(g, own, c.Op, c.L, c.R, c); ok {
			return t, true
		}
		return b.bound(g, own, turned(c.Op), c.R, c.L, c)
	case *plan.In:
		return b.inTerm(g, own, c)
	case *plan.Or:
		return b.orTerm(g, own, c)
	}
	return term{}, false
}

// turned is the comparison with its sides changed.
func turned(op plan.CompareOp) plan.CompareOp {
	switch op {
	case plan.Less:
		return plan.Greater
	case plan.LessEqual:
		return plan.GreaterEqual
	case plan.Greater:
		return plan.Less
	case plan.GreaterEqual:
		return plan.LessEqual
	}
	return op
}

// bound reads "column op x".
func (b *binder) bound(g *get, own columnSet, op plan.CompareOp, l, r plan.Expr, c *plan.Compare) (term, bool) {
	if touches(r, own) || hasSubquery(r) && !uncorrelated(r) {
		return term{}, false
	}
	q, through := columnOf(l)
	if q == nil || q.c.base != g {
		return term{}, false
	}
	t := g.table.Columns[q.c.ordinal].Type
	if t.IsString() && b.collationOf(t) != c.Collation {
		return term{}, false
	}
	out := term{ordinal: q.c.ordinal, kind: termEqual, cond: c, inclusive: true}
	switch op {
	case plan.Less, plan.LessEqual:
		out.kind, out.inclusive = termHigh, op == plan.LessEqual
	case plan.Greater, plan.GreaterEqual:
		out.kind, out.inclusive = termLow, op == plan.GreaterEqual
	}
	return b.convertBound(out, t, r, through)
}

// uncorrelated reports whether the subqueries in an expression stand alone: they have one value for the statement.
func uncorrelated(e plan.Expr) bool { return len(freeOf(e)) == 0 }

// columnOf is the column that an expression shows, and whether a conversion stands around it.
func columnOf(e plan.Expr) (*ref, bool) {
	switch e := e.(type) {
	case *ref:
		return e, false
	case *plan.Convert:
		if q, ok := e.X.(*ref); ok && e.Implicit {
			return q, true
		}
	}
	return nil, false
}

// convertBound makes the other side of a comparison a value of the column's type t, so that an index can be asked.
// Where the conversion may lose something the condition stays.
func (b *binder) convertBound(out term, t value.Type, r plan.Expr, through bool) (term, bool) {
	rt := r.Type()
	switch {
	case t.IsString() && rt.IsString(), t.IsBinary() && rt.IsBinary():
		// Keys are made of the text alone, whatever its length or code page.
		out.x, out.exact = r, !through
		return out, !through || t.IsString()
	case !through && (value.Same(rt, t) || rt.ID == value.Void):
		out.x, out.exact = r, true
		return out, true
	case !narrows(t, rt):
		return out, false
	}
	x := b.fold(&plan.Convert{Typed: plan.Typed{T: t.WithNullable(true)}, X: r, Try: true, Implicit: true})
	if c, ok := x.(*plan.Const); ok && c.V.IsNull() && out.kind != termEqual {
		return out, false // beyond what the column can hold: all rows or none, as the condition itself will say
	}
	if _, ok := x.(*plan.Const); !ok && out.kind != termEqual {
		if !t.IsInteger() || !rt.IsInteger() {
			return out, t.IsDateTime() && b.dateBound(&out, x)
		}
		x = b.clamped(t, r, out.kind)
	}
	out.x, out.inclusive = x, true
	// An integer beyond the column's type is NULL here, which equals nothing either.
	out.exact = out.kind == termEqual && t.IsInteger() && rt.IsInteger()
	return out, true
}

// dateBound takes a date or time that is rounded to the column's type: no overflow is possible.
func (b *binder) dateBound(out *term, x plan.Expr) bool {
	out.x, out.inclusive = x, true
	return true
}

// narrows reports whether a value of type from that equals one of type to converts to just that one, and whether the
// conversion keeps order.
func narrows(to, from value.Type) bool {
	switch {
	case to.IsInteger() && to.ID != value.Bit:
		return from.IsInteger() || from.ID == value.Decimal || from.IsMoney() || from.ID == value.Float && to.ID != value.BigInt
	case to.ID == value.Decimal:
		return from.ID == value.Decimal || from.IsInteger() || from.IsMoney()
	case to.IsMoney():
		return from.ID == value.Decimal || from.IsMoney() || from.IsInteger()
	case to.ID == value.Date || to.ID == value.SmallDateTime || to.ID == value.DateTime || to.ID == value.DateTime2:
		return from.ID == value.Date || from.ID == value.SmallDateTime || from.ID == value.DateTime || from.ID == value.DateTime2
	case to.ID == value.Time:
		return from.ID == value.Time
	case to.ID == value.DateTimeOffset:
		return from.ID == value.DateTimeOffset
	}
	return false
}

// clamped is an integer that may be too large for the column, as a bound that means the same.
func (b *binder) clamped(t value.Type, r plan.Expr, kind termKind) plan.Expr {
	least, most := integerRange(t.ID)
	big := value.Of(value.BigInt)
	wide := b.as(r, big)
	low := constant(value.OfInt(least), big.WithNullable(false))
	high := constant(value.OfInt(most), big.WithNullable(false))
	t.Nullable = true
	within := &plan.Convert{Typed: plan.Typed{T: t}, X: r, Try: true, Implicit: true}
	below := &plan.Compare{Typed: truth(), Op: plan.Less, L: wide, R: low}
	above := &plan.Compare{Typed: truth(), Op: plan.Greater, L: wide, R: high}
	out := &plan.Case{Typed: plan.Typed{T: t}, Else: within}
	if kind == termLow {
		out.When = []plan.When{{If: below, Then: constant(value.OfInt(least), t)}}
	} else {
		out.When = []plan.When{{If: above, Then: constant(value.OfInt(most), t)}}
	}
	return out
}

func integerRange(id value.ID) (least, most int64) {
	switch id {
	case value.TinyInt:
		return 0, 255
	case value.SmallInt:
		return -1 << 15, 1<<15 - 1
	case value.Int:
		return -1 << 31, 1<<31 - 1
	}
	return -1 << 63, 1<<63 - 1
}

func (b *binder) inTerm(g *get, own columnSet, c *plan.In) (term, bool) {
	if c.Negate {
		return term{}, false
	}
	out := term{kind: termIn, cond: c, exact: true}
	for _, x := range c.List {
		same := &plan.Compare{Typed: truth(), Op: plan.Equal, L: c.X, R: x, Collation: c.Collation}
		t, ok := b.bound(g, own, plan.Equal, c.X, x, same)
		if !ok {
			return term{}, false
		}
		out.ordinal, out.exact = t.ordinal, out.exact && t.exact
		out.in = append(out.in, t.x)
	}
	return out, len(out.in) > 0
}

// orTerm reads "a = x OR a = y" as a IN (x, y).
func (b *binder) orTerm(g *get, own columnSet, c *plan.Or) (term, bool) {
	l, ok := b.term(g, own, c.L)
	if !ok || l.kind != termEqual && l.kind != termIn {
		return term{}, false
	}
	r, ok := b.term(g, own, c.R)
	if !ok || r.kind != termEqual && r.kind != termIn || r.ordinal != l.ordinal {
		return term{}, false
	}
	out := term{ordinal: l.ordinal, kind: termIn, cond: c, exact: l.exact && r.exact}
	for _, t := range []term{l, r} {
		if t.kind == termEqual {
			out.in = append(out.in, t.x)
		}
		out.in = append(out.in, t.in...)
	}
	return out, true
}
