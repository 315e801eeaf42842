package bind

import (
	"strings"

	"github.com/alcedo-cloud/alcedo/internal/sqldb/function"
	"github.com/alcedo-cloud/alcedo/internal/sqldb/plan"
	"github.com/alcedo-cloud/alcedo/internal/sqldb/value"
	"github.com/alcedo-cloud/alcedo/internal/tsql"
)

// mutated is column.WRITE(expression, @offset, @length) of UPDATE: the new value of a column of a max type, a part of
// which is replaced.
func (b *binder) mutated(s *scope, x *tsql.Assignment) (plan.Expr, error) {
	m := x.Method
	f, ok := function.Lookup("COLUMN.WRITE")
	if !ok || !strings.EqualFold(m.Name.Name, "WRITE") {
		return nil, unsupported(x.At, m.Name.Name)
	}
	old, err := b.columnRef(s, x.Column)
	if err != nil {
		return nil, err
	}
	t := old.Type()
	if !t.IsString() && !t.IsBinary() || t.Length != value.Max {
		return nil, fail(x.At, 258, 15, 1, "Cannot call methods on %s.", t.Name())
	}
	if len(m.Args) != 3 {
		return nil, countError(x.At, "write", 3, 3)
	}
	args, err := b.values(s, m.Args)
	if err != nil {
		return nil, err
	}
	for i, to := range []value.Type{t, value.Of(value.BigInt), value.Of(value.BigInt)} {
		if args[i], err = b.coerce(x.At, args[i], to.WithNullable(true)); err != nil {
			return nil, err
		}
	}
	name := constant(value.OfString(x.Column.Name.Name), value.Sized(value.NVarChar, 128).WithNullable(false))
	list := append([]plan.Expr{old}, append(args, name)...)
	types := make([]value.Type, len(list))
	for i, a := range list {
		types[i] = a.Type()
	}
	return b.fold(&plan.Call{Typed: plan.Typed{T: t.WithNullable(true)}, Function: f, Args: list, Types: types}), nil
}
