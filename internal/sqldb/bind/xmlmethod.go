package bind

import (
	"errors"

	"github.com/alcedo-cloud/alcedo/internal/sqldb/function"
	"github.com/alcedo-cloud/alcedo/internal/sqldb/plan"
	"github.com/alcedo-cloud/alcedo/internal/sqldb/value"
	"github.com/alcedo-cloud/alcedo/internal/sqldb/xquery"
	"github.com/alcedo-cloud/alcedo/internal/tsql"
)

// The methods of xml take XQuery as a literal: it is read when the statement is bound.

// method is x.value(…), x.query(…) or x.exist(…).
func (b *binder) method(s *scope, x *tsql.Method) (plan.Expr, error) {
	var (
		f = &function.Function{Name: x.Name.Name, Min: 1, Max: 1, Deterministic: true}
		t value.Type
	)
	switch x.Name.Name {
	case "value":
		t = value.Sized(value.NVarChar, value.Max)
	case "query":
		t = value.Of(value.XML)
	case "exist":
		t = value.Of(value.Bit)
	default:
		return nil, unsupported(x.At, x.Name.Name)
	}
	doc, path, err := b.methodOf(s, x)
	if err != nil {
		return nil, err
	}
	f.Result = func([]value.Type) (value.Type, error) { return t.WithNullable(true), nil }
	f.Eval = func(_ function.Environment, args []value.Value, _ []value.Type) (value.Value, error) {
		if args[0].IsNull() {
			return value.Null(), nil
		}
		return evaluate(x.Name.Name, path, args[0].Text())
	}
	call, err := b.called(x.At, f, []plan.Expr{doc})
	if err != nil || x.Name.Name != "value" {
		return call, err
	}
	return b.valueAs(x, path, call)
}

func evaluate(method string, path *xquery.Path, doc string) (value.Value, error) {
	var (
		text string
		ok   bool
		err  error
	)
	switch method {
	case "exist":
		ok, err = path.Exists(doc)
		return value.OfBool(ok), xmlError(err)
	case "query":
		if text, ok, err = path.Query(doc); err == nil && !ok {
			return value.Null(), value.Errorf(2396, 16, 1, "XQuery [query()]: Attribute may not appear outside of an element")
		}
	default:
		if text, ok, err = path.Value(doc); !ok {
			return value.Null(), xmlError(err)
		}
	}
	if err != nil {
		return value.Null(), xmlError(err)
	}
	return value.OfString(text), nil
}

// valueAs is what value() makes of the text: of the type that its second argument names.
func (b *binder) valueAs(x *tsql.Method, path *xquery.Path, call plan.Expr) (plan.Expr, error) {
	if !path.Single() {
		return nil, fail(x.At, 2389, 16, 1, "XQuery [value()]: 'value()' requires a singleton (or empty sequence), found operand of type 'xdt:untypedAtomic *'")
	}
	text, err := methodText(x, 1)
	if err != nil {
		return nil, err
	}
	declared, err := tsql.ParseType(text)
	if err != nil {
		return nil, at(x.At, syntax(err))
	}
	to, err := b.typeOf(declared, 1)
	if err != nil {
		return nil, at(x.At, err)
	}
	switch to.ID {
	case value.XML, value.Text, value.NText, value.Image, value.Variant, value.RowVersion:
		return nil, fail(x.At, 9500, 16, 1, "The data type '%s' used in the VALUE method is invalid.", to.Name())
	}
	if to.IsString() && to.Collation == nil {
		to.Collation = call.Type().Collation
	}
	return b.fold(&plan.Convert{Typed: plan.Typed{T: to.WithNullable(true)}, X: call, Style: value.NoStyle}), nil
}

// methodOf binds what a method is called of, and reads its path.
func (b *binder) methodOf(s *scope, x *tsql.Method) (plan.Expr, *xquery.Path, error) {
	want := 1
	if x.Name.Name == "value" {
		want = 2
	}
	if x.Type != nil || x.Bare {
		return nil, nil, unsupported(x.At, x.Name.Name)
	}
	if len(x.Args) != want {
		return nil, nil, countError(x.At, x.Name.Name, want, want)
	}
	doc, err := b.nodeOr(s, x.X)
	if err != nil {
		return nil, nil, err
	}
	if doc.Type().ID != value.XML {
		return nil, nil, fail(x.At, 258, 15, 1, "Cannot call methods on %s.", doc.Type().Name())
	}
	text, err := methodText(x, 0)
	if err != nil {
		return nil, nil, err
	}
	path, err := xquery.Parse(text)
	var wrong *xquery.SyntaxError
	switch {
	case errors.As(err, &wrong):
		return nil, nil, fail(x.At, 2209, 16, 1, "XQuery [%s()]: Syntax error near '%s'", x.Name.Name, wrong.Near)
	case err != nil:
		return nil, nil, unsupported(x.At, "XQuery "+text)
	}
	return doc, path, nil
}

// nodeOr binds a value where a column of nodes() may stand.
func (b *binder) nodeOr(s *scope, x tsql.Expr) (plan.Expr, error) {
	c, ok := x.(*tsql.Column)
	if !ok {
		return b.value(s, x)
	}
	b.atNode = true
	defer func() { b.atNode = false }()
	return b.columnRef(s, c)
}

func methodText(x *tsql.Method, i int) (string, error) {
	l, ok := x.Args[i].(*tsql.Literal)
	if !ok || l.Kind != tsql.StringLiteral && l.Kind != tsql.NStringLiteral {
		return "", fail(x.At, 8172, 16, 1, "The argument %d of the XML data type method \"%s\" must be a string literal.", i+1, x.Name.Name)
	}
	return l.Text, nil
}

// tableMethod is x.nodes(…) AS t(c): a row for each node, with nothing but what methods of c say of it.
func (b *binder) tableMethod(s *scope, x *tsql.TableMethod) (relation, error) {
	if x.Method.Name.Name != "nodes" || len(x.Columns) != 1 {
		return nil, unsupported(x.At, x.Method.Name.Name)
	}
	from := outward(s)
	if from == nil {
		from = &scope{clause: clauseFrom}
	}
	doc, path, err := b.methodOf(from, x.Method)
	if err != nil {
		return nil, err
	}
	cols := []plan.Column{{Name: x.Columns[0].Name, Type: value.Of(value.XML)}}
	r := generated("nodes", cols, []plan.Expr{doc}, func(args []value.Value, yield function.Yield) error {
		if args[0].IsNull() {
			return nil
		}
		row := make([]value.Value, 1)
		return xmlError(path.Nodes(args[0].Text(), func(node string) bool {
			row[0] = value.OfString(node)
			return yield(row)
		}))
	})
	r.columns()[0].node = true
	src := sourceOf(r, x.Alias.Name)
	src.at = x.At
	s.add(src)
	return r, nil
}

// atNodeOnly refuses a column of nodes() where no method is called of it.
func (b *binder) atNodeOnly(span tsql.Span, c *column) error {
	if !c.node || b.atNode {
		return nil
	}
	return fail(span, 493, 16, 1, "The column '%s' that was returned from the nodes() method cannot be used directly. It can only be used with one of the four XML data type methods, "+
		"exist(), nodes(), query(), and value(), or in IS NULL and IS NOT NULL checks.", c.name)
}

// xmlError is what a client is told of a document that cannot be read.
func xmlError(err error) error {
	var (
		deep  *xquery.DepthError
		large *xquery.SizeError
	)
	switch {
	case err == nil:
		return nil
	case errors.As(err, &deep):
		return value.Errorf(6335, 16, 101, "XML datatype instance has too many levels of nested nodes. Maximum allowed depth is 128 levels.")
	case errors.As(err, &large):
		return value.Errorf(701, 17, 123, "There is insufficient system memory in resource pool 'default' to run this query.")
	}
	return value.Errorf(9400, 16, 1, "XML parsing: %s", err)
}
