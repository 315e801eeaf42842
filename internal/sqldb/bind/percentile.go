package bind

import (
	"strings"

	"github.com/alcedo-cloud/alcedo/internal/sqldb/plan"
	"github.com/alcedo-cloud/alcedo/internal/sqldb/value"
	"github.com/alcedo-cloud/alcedo/internal/tsql"
)

// percentileOver gives the window of PERCENTILE_CONT and PERCENTILE_DISC the order of their WITHIN GROUP. Another
// function's window is as it was.
func percentileOver(x *tsql.Call, name string, over *tsql.Over) (*tsql.Over, error) {
	lower := strings.ToLower(name)
	if name != "PERCENTILE_CONT" && name != "PERCENTILE_DISC" {
		if x.WithinGroup != nil && name != "STRING_AGG" {
			return nil, fail(x.At, 10757, 15, 9, "The function '%s' may not have a WITHIN GROUP clause.", lower)
		}
		return over, nil
	}
	switch {
	case len(x.WithinGroup) == 0:
		return nil, fail(x.At, 10754, 15, 1, "The function '%s' must have a WITHIN GROUP clause.", lower)
	case len(x.WithinGroup) > 1:
		return nil, fail(x.At, 10751, 15, 1, "The ORDER BY in WITHIN GROUP clause of '%s' function must have exactly one expression.", lower)
	case len(over.OrderBy) > 0:
		return nil, fail(x.At, 10758, 15, 1, "The function '%s' may not have ORDER BY in OVER clause.", lower)
	case over.Frame != nil:
		return nil, fail(x.At, 4106, 15, 1, "The function '%s' may not have a window frame.", lower)
	}
	out := *over
	out.OrderBy = x.WithinGroup
	return &out, nil
}

// percentile binds the call: a constant from 0 to 1, and what is ordered. PERCENTILE_CONT goes between two values, so
// that they are numbers.
func (b *binder) percentile(s *scope, x *tsql.Call, r ranking, at plan.Expr) (plan.WindowCall, error) {
	out := plan.WindowCall{Ranking: r.name}
	if !at.Type().IsNumeric() && at.Type().ID != value.Void {
		return out, fail(x.At, 8116, 16, 1, "Argument data type %s is invalid for argument 1 of %s function.", at.Type().Name(), strings.ToLower(r.name))
	}
	at, err := b.coerce(x.At, at, value.Of(value.Float))
	if err != nil {
		return out, err
	}
	of, err := b.value(s, x.WithinGroup[0].Expr)
	if err != nil {
		return out, err
	}
	out.T = of.Type().WithNullable(true)
	if r.name == "PERCENTILE_CONT" {
		if !of.Type().IsNumeric() {
			return out, fail(x.At, 402, 16, 1, "The data types %s and float are incompatible in the percentile_cont operator.", of.Type().Name())
		}
		out.T = value.Of(value.Float).WithNullable(true)
		if of, err = b.coerce(x.At, of, value.Of(value.Float)); err != nil {
			return out, err
		}
	}
	out.Args = []plan.Expr{at, of}
	return out, nil
}
