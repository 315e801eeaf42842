package bind

import (
	"github.com/alcedo-cloud/alcedo/internal/sqldb/plan"
	"github.com/alcedo-cloud/alcedo/internal/tsql"
)

// one binds a subquery of one column.
func (b *binder) one(s *scope, q *tsql.Query) (relation, *column, error) {
	out, err := b.query(s, q, queryInner)
	if err != nil {
		return nil, nil, err
	}
	cols := out.rel.columns()
	if len(cols) != 1 {
		return nil, nil, fail(q.At, 116, 16, 1, "Only one expression can be specified in the select list when the subquery is not introduced with EXISTS.")
	}
	return out.rel, cols[0], nil
}

func (b *binder) scalarSubquery(s *scope, x *tsql.Subquery) (plan.Expr, error) {
	r, c, err := b.one(s, x.Query)
	if err != nil {
		return nil, err
	}
	return &subquery{Typed: plan.Typed{T: shown(c.t).WithNullable(true)}, kind: plan.ScalarSubquery, rel: r, col: c}, nil
}

func (b *binder) exists(s *scope, x *tsql.Exists) (plan.Expr, error) {
	q, err := b.query(s, x.Query, queryExists)
	if err != nil {
		return nil, err
	}
	return &subquery{Typed: bit(), kind: plan.ExistsSubquery, rel: q.rel}, nil
}

// inQuery binds x [NOT] IN (SELECT …).
func (b *binder) inQuery(s *scope, x *tsql.In, v plan.Expr) (plan.Expr, error) {
	r, c, err := b.one(s, x.Query)
	if err != nil {
		return nil, err
	}
	out := &subquery{Typed: truth(), kind: plan.InSubquery, rel: r, col: c, negate: x.Not, op: plan.Equal}
	return out, b.comparedWith(x.At, out, v)
}

func (b *binder) quantified(s *scope, x *tsql.Quantified) (plan.Expr, error) {
	v, err := b.value(s, x.X)
	if err != nil {
		return nil, err
	}
	r, c, err := b.one(s, x.Query)
	if err != nil {
		return nil, err
	}
	out := &subquery{Typed: truth(), kind: plan.AnySubquery, rel: r, col: c, op: compareOp(x.Op)}
	if x.All {
		out.kind = plan.AllSubquery
	}
	return out, b.comparedWith(x.At, out, v)
}

// comparedWith makes a value and a subquery's column comparable.
func (b *binder) comparedWith(span tsql.Span, out *subquery, v plan.Expr) error {
	l, r, c, err := b.pair(span, opName(out.op), v, bare(out.rel, out.col))
	if err != nil {
		return err
	}
	out.x, out.collation = l, c
	if q, ok := r.(*ref); ok && q.c == out.col {
		return nil
	}
	p := &project{in: out.rel, list: []plan.Expr{r}, cols: []*column{derive("", r)}}
	out.rel, out.col = p, p.cols[0]
	return nil
}
