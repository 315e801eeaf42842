package bind

import (
	"strings"

	"github.com/alcedo-cloud/alcedo/internal/sqldb/document"
	"github.com/alcedo-cloud/alcedo/internal/sqldb/function"
	"github.com/alcedo-cloud/alcedo/internal/sqldb/plan"
	"github.com/alcedo-cloud/alcedo/internal/sqldb/value"
	"github.com/alcedo-cloud/alcedo/internal/tsql"
)

// Names of the one column of a FOR clause.
const (
	jsonColumn = "JSON_F52E2B61-18A1-11d1-B105-00805F49916B"
	xmlColumn  = "XML_F52E2B61-18A1-11d1-B105-00805F49916B"
)

// forClause binds FOR JSON and FOR XML: all rows become one document, by an aggregate. No rows are no document.
func (b *binder) forClause(x *tsql.For, body tsql.QueryBody, q *bound) (*bound, error) {
	if q.assign != nil {
		return nil, fail(x.At, 6819, 16, 1, "The FOR %s clause is not allowed in a SELECT statement that assigns values to variables.", forName(x))
	}
	cols := q.rel.columns()
	list := make([]document.Column, len(cols))
	for i, c := range cols {
		list[i] = document.Column{Name: c.name, Type: shown(c.t), Raw: raw(q.rel, c)}
	}
	f, err := b.document(x, body, list)
	if err != nil {
		return nil, err
	}
	call := plan.AggregateCall{Function: f, T: value.Sized(value.NVarChar, value.Max)}
	for _, c := range cols {
		call.Args = append(call.Args, refTo(c))
	}
	name := jsonColumn
	if x.Kind == tsql.ForXML {
		name = xmlColumn
	}
	if typedXML(x) {
		name, call.T = "", value.Of(value.XML)
	}
	result := &column{name: name, t: call.T}
	agg := &aggregate{in: q.rel, calls: []plan.AggregateCall{call}, callCols: []*column{result}}
	kept := &filter{in: agg, conds: []plan.Expr{&plan.IsNull{Typed: bit(), X: refTo(result), Negate: true}}}
	shownAs := derive(name, refTo(result))
	shownAs.document = x.Kind != tsql.ForXML // what FOR XML gives is text without TYPE, and xml with it
	return &bound{rel: &project{in: kept, list: []plan.Expr{refTo(result)}, cols: []*column{shownAs}}}, nil
}

// typedXML reports whether FOR XML gives xml and not text.
func typedXML(x *tsql.For) bool {
	if x.Kind != tsql.ForXML {
		return false
	}
	for i := range x.Options {
		if x.Options[i].Name == "TYPE" {
			return true
		}
	}
	return false
}

func forName(x *tsql.For) string {
	if x.Kind == tsql.ForXML {
		return "XML"
	}
	return "JSON"
}

// document makes the aggregate of the mode and options.
func (b *binder) document(x *tsql.For, body tsql.QueryBody, cols []document.Column) (*function.Aggregate, error) {
	if x.Kind == tsql.ForXML {
		return b.xmlDocument(x, cols)
	}
	o := document.JSONOptions{}
	for i := range x.Options {
		opt := &x.Options[i]
		switch opt.Name {
		case "ROOT":
			o.Root = rootName(opt)
		case "INCLUDE_NULL_VALUES":
			o.IncludeNulls = true
		case "WITHOUT_ARRAY_WRAPPER":
			o.NoWrapper = true
		default:
			return nil, unsupported(opt.At, opt.Name)
		}
	}
	if o.Root != nil && o.NoWrapper {
		return nil, fail(x.At, 13620, 16, 1, "ROOT option and WITHOUT_ARRAY_WRAPPER option cannot be used together in FOR JSON. Remove one of these options.")
	}
	if x.Mode == "AUTO" {
		sel, ok := body.(*tsql.Select)
		switch {
		case !ok || len(sel.From) == 0:
			return nil, fail(x.At, 13600, 16, 1, "FOR JSON AUTO requires at least one table for generating JSON objects. Use FOR JSON PATH or add a FROM clause with a table name.")
		case len(sel.From) > 1 || !oneTable(sel.From[0]):
			return nil, unsupported(x.At, "FOR JSON AUTO of several tables")
		}
		o.Flat = true
	}
	for _, c := range cols {
		if c.Name == "" {
			return nil, fail(x.At, 13605, 16, 1, "Column expressions and data sources without names or aliases cannot be formatted as JSON text using FOR JSON clause. Add alias to the unnamed column or table.")
		}
	}
	f, err := document.JSON(cols, o)
	if err != nil {
		return nil, at(x.At, err)
	}
	return f, nil
}

// oneTable reports whether a source is one table.
func oneTable(x tsql.TableSource) bool {
	_, joined := x.(*tsql.Join)
	return !joined
}

func rootName(opt *tsql.Option) *string {
	name := "root"
	if lit, ok := opt.Value.(*tsql.Literal); ok {
		name = lit.Text
	}
	return &name
}

func (b *binder) xmlDocument(x *tsql.For, cols []document.Column) (*function.Aggregate, error) {
	o := document.XMLOptions{Row: "row", Path: x.Mode == "PATH", Elements: x.Mode == "PATH"}
	if x.Mode != "PATH" && x.Mode != "RAW" {
		return nil, unsupported(x.At, "FOR XML "+x.Mode)
	}
	if x.Element != nil {
		o.Row = *x.Element
	}
	for i := range x.Options {
		opt := &x.Options[i]
		switch opt.Name {
		case "ROOT":
			o.Root = rootName(opt)
		case "ELEMENTS":
			o.Elements, o.Nil = true, strings.EqualFold(opt.Word, "XSINIL")
		case "TYPE":
		default:
			return nil, unsupported(opt.At, opt.Name)
		}
	}
	if o.Row == "" && !o.Elements {
		return nil, fail(x.At, 6864, 16, 1, "Row tag omission (empty row tag name) cannot be used with attribute-centric FOR XML serialization.")
	}
	f, err := document.XML(cols, o)
	if err != nil {
		return nil, at(x.At, err)
	}
	return f, nil
}

// raw reports whether a column's text is a document already.
func raw(r relation, c *column) bool {
	if c.document {
		return true
	}
	switch r := r.(type) {
	case *project:
		for i, x := range r.cols {
			if x == c {
				return rawExpr(r.in, r.list[i])
			}
		}
	case *filter, *sorted, *top, *distinct:
		found := false
		r.inputs(func(in *relation) { found = found || raw(*in, c) })
		return found
	}
	return false
}

func rawExpr(in relation, e plan.Expr) bool {
	switch e := e.(type) {
	case *subquery:
		return e.col != nil && e.col.document
	case *ref:
		return raw(in, e.c)
	case *plan.Call:
		switch e.Function.Name {
		case "JSON_QUERY", "JSON_MODIFY", "JSON_OBJECT ON NULL", "JSON_ARRAY ON NULL":
			return true
		}
	}
	return false
}
