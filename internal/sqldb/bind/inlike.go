package bind

import (
	"github.com/alcedo-cloud/alcedo/internal/sqldb/plan"
	"github.com/alcedo-cloud/alcedo/internal/sqldb/value"
	"github.com/alcedo-cloud/alcedo/internal/tsql"
)

func (b *binder) in(s *scope, x *tsql.In) (plan.Expr, error) {
	v, err := b.value(s, x.X)
	if err != nil {
		return nil, err
	}
	if x.Query != nil {
		return b.inQuery(s, x, v)
	}
	list := make([]plan.Expr, 1, len(x.List)+1)
	list[0] = v
	for _, item := range x.List {
		e, err := b.value(s, item)
		if err != nil {
			return nil, err
		}
		list = append(list, e)
	}
	if len(list) == 2 {
		op := plan.Equal
		if x.Not {
			op = plan.NotEqual
		}
		return b.compared(x.At, op, list[0], list[1], false)
	}
	t, err := b.common(x.At, "equal to", list)
	if err != nil {
		return nil, err
	}
	for i, e := range list {
		if !heldAlike(e.Type(), t) {
			if list[i], err = b.coerce(x.At, e, t); err != nil {
				return nil, err
			}
		}
	}
	return &plan.In{Typed: truth(), X: list[0], List: list[1:], Negate: x.Not, Collation: t.Collation}, nil
}

func (b *binder) like(s *scope, x *tsql.Like) (plan.Expr, error) {
	out := &plan.Like{Typed: truth(), Negate: x.Not}
	for _, part := range []struct {
		from tsql.Expr
		to   *plan.Expr
		n    int
	}{{x.X, &out.X, 1}, {x.Pattern, &out.Pattern, 2}, {x.Escape, &out.Escape, 3}} {
		if part.from == nil {
			continue
		}
		e, err := b.value(s, part.from)
		if err != nil {
			return nil, err
		}
		if t := e.Type(); !t.IsString() {
			if t.ID == value.XML || t.ID == value.Image || t.ID == value.Variant {
				return nil, fail(x.At, 8116, 16, 1, "Argument data type %s is invalid for argument %d of like function.", t.Name(), part.n)
			}
			if e, err = b.coerce(x.At, e, value.Sized(value.VarChar, maxBytes)); err != nil {
				return nil, err
			}
		}
		*part.to = e
	}
	c, err := b.agree(x.At, "like", out.X, out.Pattern)
	if err != nil {
		return nil, err
	}
	out.Collation = c
	return out, nil
}
