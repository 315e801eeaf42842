package bind

import (
	"strings"

	"github.com/alcedo-cloud/alcedo/internal/sqldb/catalog"
	"github.com/alcedo-cloud/alcedo/internal/sqldb/function"
	"github.com/alcedo-cloud/alcedo/internal/sqldb/plan"
	"github.com/alcedo-cloud/alcedo/internal/sqldb/value"
	"github.com/alcedo-cloud/alcedo/internal/tsql"
)

// fold is a name as names are compared.
func fold(s string) string { return catalog.Fold(s) }

// call binds a function: one of the language's own forms, an aggregate, a window function, a built-in or a user's.
func (b *binder) call(s *scope, x *tsql.Call) (plan.Expr, error) {
	if x.Name.Schema.Name != "" {
		return b.userCall(s, x)
	}
	name := strings.ToUpper(x.Name.Name.Name)
	if x.Over != nil {
		return b.windowCall(s, x, name)
	}
	switch name {
	case "COALESCE", "NULLIF", "IIF", "ISNULL", "CHOOSE":
		defer b.amongOthers()()
	}
	switch name {
	case "COALESCE":
		return b.coalesce(s, x)
	case "NULLIF":
		return b.nullif(s, x)
	case "IIF":
		return b.iif(s, x)
	case "GROUPING", "GROUPING_ID":
		return b.groupingCall(s, x, name)
	case "ISNULL":
		return b.isNullCall(s, x)
	case "ISJSON":
		return b.isJSON(s, x)
	case "JSON_OBJECT", "JSON_ARRAY":
		return b.jsonCall(s, x, name)
	}
	if f, ok := function.LookupAggregate(name); ok {
		return b.aggregateCall(s, x, f)
	}
	if _, ok := rankingOf(name); ok {
		return nil, fail(x.At, 10753, 15, 1, "The function '%s' must have an OVER clause.", x.Name.Name.Name)
	}
	args, err := b.values(s, x.Args)
	if err != nil {
		return nil, err
	}
	e, err := b.function(x, name, args)
	if err != nil {
		return nil, err
	}
	return b.returning(x, e)
}

// function makes a call of a built-in function.
func (b *binder) function(x *tsql.Call, name string, args []plan.Expr) (plan.Expr, error) {
	f, ok := function.Lookup(name)
	if !ok {
		return nil, fail(x.At, 195, 15, 10, "'%s' is not a recognized built-in function name.", x.Name.Name.Name)
	}
	if len(args) < f.Min || f.Max >= 0 && len(args) > f.Max {
		return nil, countError(x.At, strings.ToLower(f.Name), f.Min, f.Max)
	}
	switch name {
	case "TIMEFROMPARTS", "DATETIME2FROMPARTS", "DATETIMEOFFSETFROMPARTS":
		return b.fromParts(x.At, f, args)
	}
	return b.called(x.At, f, args)
}

func countError(span tsql.Span, name string, least, most int) error {
	switch {
	case most < 0:
		return fail(span, 189, 15, 1, "The %s function requires %d to %d arguments.", name, least, 254)
	case least == most:
		return fail(span, 174, 15, 1, "The %s function requires %d argument(s).", name, least)
	}
	return fail(span, 189, 15, 1, "The %s function requires %d to %d arguments.", name, least, most)
}

func arguments(x *tsql.Call, n int) error {
	return countError(x.At, strings.ToLower(x.Name.Name.Name), n, n)
}

// called types a call by the function's own rule.
func (b *binder) called(span tsql.Span, f *function.Function, args []plan.Expr) (plan.Expr, error) {
	types := make([]value.Type, len(args))
	for i, a := range args {
		types[i] = a.Type()
	}
	t, err := f.Result(types)
	if err != nil {
		return nil, at(span, err)
	}
	if t.IsString() {
		c, err := b.agree(span, strings.ToLower(f.Name), args...)
		if err != nil {
			return nil, err
		}
		t.Collation = c
	}
	return b.fold(&plan.Call{Typed: plan.Typed{T: t}, Function: f, Args: args, Types: types}), nil
}

// apply calls a function that has syntax of its own.
func (b *binder) apply(s *scope, span tsql.Span, name string, args ...tsql.Expr) (plan.Expr, error) {
	list, err := b.values(s, args)
	if err != nil {
		return nil, err
	}
	f, ok := function.Lookup(name)
	if !ok {
		return nil, unsupported(span, name)
	}
	return b.called(span, f, list)
}

func (b *binder) trim(s *scope, x *tsql.Trim) (plan.Expr, error) {
	name := [...]string{"TRIM", "LTRIM", "RTRIM"}[x.Side]
	if x.Characters == nil {
		return b.apply(s, x.At, name, x.X)
	}
	return b.apply(s, x.At, name, x.X, x.Characters)
}

// isNullCall is ISNULL(a, b): b becomes what a is.
func (b *binder) isNullCall(s *scope, x *tsql.Call) (plan.Expr, error) {
	if len(x.Args) != 2 {
		return nil, arguments(x, 2)
	}
	list, err := b.values(s, x.Args)
	if err != nil {
		return nil, err
	}
	t := list[0].Type()
	if t.ID == value.Void {
		t = list[1].Type()
	}
	second, err := b.coerce(x.At, list[1], t)
	if err != nil {
		return nil, err
	}
	t.Nullable = list[0].Type().Nullable && list[1].Type().Nullable
	first := list[0]
	if first.Type().ID == value.Void {
		return second, nil
	}
	if f, ok := function.Lookup("ISNULL"); ok && !simple(first) {
		types := []value.Type{first.Type(), second.Type()}
		return &plan.Call{Typed: plan.Typed{T: t}, Function: f, Args: []plan.Expr{first, second}, Types: types}, nil
	}
	out := &plan.Case{Typed: plan.Typed{T: t}, Else: second}
	out.When = []plan.When{{If: &plan.IsNull{Typed: bit(), X: first, Negate: true}, Then: first}}
	return b.fold(out), nil
}

// simple reports whether an expression costs nothing to ask for twice.
func simple(e plan.Expr) bool {
	switch e := e.(type) {
	case *ref, *plan.Const, *plan.Variable:
		return true
	case *plan.Convert:
		return simple(e.X)
	}
	return false
}

// systemVariable is @@name.
func (b *binder) systemVariable(x *tsql.Variable) (plan.Expr, error) {
	f, ok := function.Lookup(strings.ToUpper(x.Name))
	if !ok {
		return nil, fail(x.At, 137, 15, 2, "Must declare the scalar variable \"%s\".", x.Name)
	}
	return b.called(x.At, f, nil)
}

func (b *binder) parseValue(s *scope, x *tsql.ParseValue) (plan.Expr, error) {
	to, err := b.typeOf(&x.Type, 30)
	if err != nil {
		return nil, err
	}
	e, err := b.value(s, x.X)
	if err != nil {
		return nil, err
	}
	if x.Culture != nil {
		c, err := b.value(s, x.Culture)
		if err != nil {
			return nil, err
		}
		name, ok := c.(*plan.Const)
		if !ok || !strings.EqualFold(name.V.Text(), "en-US") {
			return nil, unsupported(x.At, "PARSE … USING")
		}
	}
	if !e.Type().IsString() {
		return nil, fail(x.At, 8116, 16, 1, "Argument data type %s is invalid for argument 1 of parse function.", e.Type().Name())
	}
	to.Nullable = e.Type().Nullable || x.Try
	return b.fold(&plan.Convert{Typed: plan.Typed{T: to}, X: e, Style: value.NoStyle, Try: x.Try}), nil
}

// amongOthers begins an expression that computes only some of what it is given; the function ends it.
func (b *binder) amongOthers() func() {
	outer := b.choosing
	b.choosing = true
	return func() { b.choosing = outer }
}

func (b *binder) nextValue(s *scope, x *tsql.NextValue) (plan.Expr, error) {
	if b.choosing {
		return nil, fail(x.At, 11741, 15, 1, "NEXT VALUE FOR function cannot be used within CASE, CHOOSE, COALESCE, IIF, ISNULL and NULLIF.")
	}
	if s.clause == clauseWhere || s.clause == clauseGroup || s.clause == clauseHaving || s.clause == clauseOrder || s.clause == clauseOn {
		return nil, fail(x.At, 11720, 15, 1, "NEXT VALUE FOR function is not allowed in the TOP, OVER, OUTPUT, ON, WHERE, GROUP BY, HAVING, or ORDER BY clauses.")
	}
	o, err := b.object(&x.Sequence)
	if err != nil {
		return nil, err
	}
	seq, ok := o.(*catalog.Sequence)
	if !ok {
		return nil, fail(x.At, 11730, 16, 1, "Database name cannot be specified for the sequence object in default constraints.")
	}
	f, ok := function.Lookup("NEXT VALUE FOR")
	if !ok {
		return nil, unsupported(x.At, "NEXT VALUE FOR")
	}
	b.permit("UPDATE", seq.ID)
	id := constant(value.OfInt(int64(seq.ID)), typed(value.Int))
	types := []value.Type{id.T}
	return &plan.Call{Typed: plan.Typed{T: seq.Type.WithNullable(false)}, Function: f, Args: []plan.Expr{id}, Types: types}, nil
}

// userCall is schema.name(…): a scalar function of the user's.
func (b *binder) userCall(s *scope, x *tsql.Call) (plan.Expr, error) {
	args := x.Args
	o, err := b.object(&x.Name)
	m, ok := o.(*catalog.Module)
	if err != nil || !ok || m.Kind != catalog.KindScalarFunction {
		return nil, fail(x.At, 4121, 16, 1, "Cannot find either column \"%s\" or the user-defined function or aggregate \"%s\", or the name is ambiguous.", x.Name.Schema.Name, written(&x.Name))
	}
	list, err := b.arguments(s, x.At, m, args, written(&x.Name))
	if err != nil {
		return nil, err
	}
	b.permit("EXECUTE", m.ID)
	return &plan.UserCall{Typed: plan.Typed{T: m.Returns.WithNullable(true)}, Module: m, Args: list}, nil
}

// arguments binds those of a user's function, converted to its parameters; DEFAULT stands for the parameter's own.
func (b *binder) arguments(s *scope, span tsql.Span, m *catalog.Module, args []tsql.Expr, name string) ([]plan.Expr, error) {
	switch {
	case len(args) < len(m.Parameters):
		return nil, fail(span, 313, 16, 2, "An insufficient number of arguments were supplied for the procedure or function %s.", name)
	case len(args) > len(m.Parameters):
		return nil, fail(span, 8144, 16, 2, "Procedure or function %s has too many arguments specified.", name)
	}
	out := make([]plan.Expr, len(args))
	for i, p := range m.Parameters {
		var (
			e   plan.Expr
			err error
		)
		switch _, isDefault := args[i].(*tsql.Default); {
		case isDefault && p.Default == "":
			e = null()
		case isDefault:
			e, err = b.text(p.Default)
		default:
			e, err = b.value(s, args[i])
		}
		if err != nil {
			return nil, err
		}
		if out[i], err = b.coerce(span, e, p.Type.WithNullable(true)); err != nil {
			return nil, err
		}
	}
	return out, nil
}
