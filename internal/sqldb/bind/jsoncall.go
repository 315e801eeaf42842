package bind

import (
	"slices"

	"github.com/alcedo-cloud/alcedo/internal/sqldb/function"
	"github.com/alcedo-cloud/alcedo/internal/sqldb/plan"
	"github.com/alcedo-cloud/alcedo/internal/sqldb/value"
	"github.com/alcedo-cloud/alcedo/internal/tsql"
)

// flat are arguments with the pairs key:value of JSON_OBJECT taken apart.
func flat(args []tsql.Expr) []tsql.Expr {
	out := make([]tsql.Expr, 0, len(args))
	for _, a := range args {
		if p, ok := a.(*tsql.Pair); ok {
			out = append(out, p.Key, p.Value)
			continue
		}
		out = append(out, a)
	}
	return out
}

// jsonCall binds JSON_OBJECT and JSON_ARRAY. An object keeps members that are NULL, an array leaves them out, unless the
// call says otherwise.
func (b *binder) jsonCall(s *scope, x *tsql.Call, name string) (plan.Expr, error) {
	f, ok := function.Lookup(name + " ON NULL")
	if !ok {
		return nil, unsupported(x.At, name)
	}
	if name == "JSON_OBJECT" {
		for _, a := range x.Args {
			if _, ok := a.(*tsql.Pair); !ok {
				return nil, fail(a.Span(), 102, 15, 1, "Incorrect syntax near ')'.")
			}
		}
	}
	list, err := b.values(s, flat(x.Args))
	if err != nil {
		return nil, err
	}
	keep := x.JSONNulls == tsql.Yes || x.JSONNulls == tsql.Unspecified && name == "JSON_OBJECT"
	args := append([]plan.Expr{constant(value.OfBool(keep), typed(value.Bit))}, list...)
	return b.called(x.At, f, args)
}

// returning is the type that a JSON function is asked to return.
func (b *binder) returning(x *tsql.Call, e plan.Expr) (plan.Expr, error) {
	if x.Wrapper {
		return nil, unsupported(x.At, "WITH ARRAY WRAPPER")
	}
	if x.Returning == nil {
		return e, nil
	}
	to, err := b.typeOf(x.Returning, 30)
	if err != nil {
		return nil, err
	}
	if !value.Explicit(e.Type(), to) {
		return nil, at(x.At, value.NotExplicit(e.Type(), to))
	}
	to.Nullable = e.Type().Nullable
	return b.fold(&plan.Convert{Typed: plan.Typed{T: to}, X: e, Style: value.NoStyle}), nil
}

// updated is UPDATE(column), the condition of a trigger.
// isJSON is ISJSON(text [, VALUE | ARRAY | OBJECT | SCALAR]), whose second argument is a word.
func (b *binder) isJSON(s *scope, x *tsql.Call) (plan.Expr, error) {
	if len(x.Args) != 2 {
		args, err := b.values(s, x.Args)
		if err != nil {
			return nil, err
		}
		return b.function(x, "ISJSON", args)
	}
	text, err := b.value(s, x.Args[0])
	if err != nil {
		return nil, err
	}
	c, ok := x.Args[1].(*tsql.Column)
	if !ok || c.Qualifier != nil || c.Name.Quoted || !slices.Contains([]string{"value", "array", "object", "scalar"}, fold(c.Name.Name)) {
		return nil, fail(x.Args[1].Span(), 102, 15, 1, "Incorrect syntax near '%s'.", near(x.Args[1]))
	}
	word := constant(value.OfString(c.Name.Name), value.Sized(value.VarChar, 6).WithNullable(false))
	return b.function(x, "ISJSON", []plan.Expr{text, word})
}

// regexpLike is REGEXP_LIKE, which is a condition and no value.
func (b *binder) regexpLike(s *scope, x *tsql.Call) (plan.Expr, error) {
	args, err := b.values(s, x.Args)
	if err != nil {
		return nil, err
	}
	e, err := b.function(x, "REGEXP_LIKE", args)
	if err != nil {
		return nil, err
	}
	return b.compared(x.At, plan.Equal, e, constant(value.OfBool(true), typed(value.Bit)), false)
}

func (b *binder) updated(x *tsql.Call) (plan.Expr, error) {
	f, ok := function.Lookup("UPDATE")
	if !ok || len(x.Args) != 1 {
		return nil, unsupported(x.At, x.Name.Name.Name)
	}
	c, ok := x.Args[0].(*tsql.Column)
	if !ok || c.Qualifier != nil {
		return nil, fail(x.At, 102, 15, 1, "Incorrect syntax near '%s'.", x.Name.Name.Name)
	}
	name := constant(value.OfString(c.Name.Name), value.Sized(value.NVarChar, 128).WithNullable(false))
	e, err := b.called(x.At, f, []plan.Expr{name})
	if err != nil {
		return nil, err
	}
	return b.compared(x.At, plan.Equal, e, constant(value.OfBool(true), typed(value.Bit)), false)
}
