package bind

import (
	"github.com/alcedo-cloud/alcedo/internal/sqldb/function"
	"github.com/alcedo-cloud/alcedo/internal/sqldb/plan"
	"github.com/alcedo-cloud/alcedo/internal/sqldb/value"
	"github.com/alcedo-cloud/alcedo/internal/tsql"
)

// fromParts makes a time of its parts. The last argument is the scale of the type, which must be known beforehand.
func (b *binder) fromParts(span tsql.Span, f *function.Function, args []plan.Expr) (plan.Expr, error) {
	e, err := b.called(span, f, args)
	if err != nil {
		return nil, err
	}
	t := e.Type()
	scale, ok := args[len(args)-1].(*plan.Const)
	if !ok || !scale.T.IsInteger() || scale.V.IsNull() {
		return nil, fail(span, 10760, 16, 1, "Scale argument is not valid. Valid expressions for data type %s scale argument are integer constants and integer constant expressions.", t.Name())
	}
	n := scale.V.Int64()
	if n < 0 || n > 7 {
		return nil, fail(span, 1002, 15, 1, "Line %d: Specified scale %d is invalid.", span.Line, n)
	}
	to := value.Scaled(t.ID, uint8(n)).WithNullable(t.Nullable)
	return b.fold(&plan.Convert{Typed: plan.Typed{T: to}, X: e, Style: value.NoStyle}), nil
}
