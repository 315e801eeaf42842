package blob

import (
	"net/http"

	"github.com/alcedo-cloud/alcedo/internal/blob"
	"github.com/alcedo-cloud/alcedo/internal/blob/query"
	"github.com/alcedo-cloud/alcedo/internal/clock"
	"github.com/alcedo-cloud/alcedo/internal/fault"
)

// maxQueryBody leaves room for the longest expression, each of its characters written as a reference.
const maxQueryBody = 6*query.MaxExpression + 16<<10

// queryBlob is Query Blob Contents. Its answer's length is not known before the last record has been looked at.
func (f *front) queryBlob(x *exchange) (*answer, error) {
	conditions, err := x.conditions()
	if err != nil {
		return nil, err
	}
	key, err := x.customerKey()
	if err != nil {
		return nil, err
	}
	root, err := readXML(x, "QueryRequest", maxQueryBody)
	if err != nil {
		return nil, err
	}
	request, err := parseQuery(root)
	if err != nil {
		return nil, err
	}
	request.Conditions, request.Key = conditions, key
	found, err := f.Service.QueryBlob(x.r.Context(), x.access, x.target, request)
	if err != nil {
		return nil, err
	}
	x.blobHeader(found.Blob)
	x.md5Header("x-ms-blob-content-md5", found.Blob.ContentMD5)
	send := func(w http.ResponseWriter) (int64, error) {
		return found.WriteTo(&pieces{ResponseWriter: w, more: &moreTime{w: w, timer: clock.System{}}})
	}
	return &answer{status: http.StatusOK, mime: "avro/binary", stream: &stream{
		length: unknownLength, send: send, close: func() { _ = found.Close() }, // all has been read or given up
	}}, nil
}

// parseQuery reads a request. Where it does not say how the answer is to be written, that is how the blob is. Source:
// "Query Blob Contents" of the REST reference.
func parseQuery(root *element) (r blob.QueryBlob, err error) {
	if t := root.value("QueryType"); t != "SQL" {
		return r, badNode("QueryType", t)
	}
	expression := root.child("Expression")
	if expression == nil {
		return r, missingNode("Expression")
	}
	r.Expression = string(expression.text)
	r.Input = query.Format{Quote: '"'}
	if in := root.child("InputSerialization"); in != nil {
		if r.Input, err = parseFormat(in); err != nil {
			return r, err
		}
	}
	r.Output = r.Input
	if out := root.child("OutputSerialization"); out != nil {
		r.Output, err = parseFormat(out)
	}
	return r, err
}

// parseFormat reads how records are written. Arrow and Parquet are not offered.
func parseFormat(serialization *element) (f query.Format, err error) {
	format := serialization.child("Format")
	if format == nil {
		return f, missingNode("Format")
	}
	switch kind := lower(format.value("Type")); kind {
	case "delimited":
		return parseDelimited(format.child("DelimitedTextConfiguration"))
	case "json":
		f.JSON = true
		return f, separator(format.child("JsonTextConfiguration"), "RecordSeparator", &f.RecordSeparator)
	case "arrow", "parquet":
		return f, refusal(fault.Unsupported, "NotImplemented")
	default:
		return f, badNode("Type", kind)
	}
}

func parseDelimited(e *element) (f query.Format, err error) {
	f.Quote = '"'
	if e == nil {
		return f, nil
	}
	if err := separator(e, "RecordSeparator", &f.RecordSeparator); err != nil {
		return f, err
	}
	if err := separator(e, "ColumnSeparator", &f.ColumnSeparator); err != nil {
		return f, err
	}
	if err := character(e, "FieldQuote", &f.Quote); err != nil {
		return f, err
	}
	if err := character(e, "EscapeChar", &f.Escape); err != nil {
		return f, err
	}
	switch has := lower(e.value("HasHeaders")); has {
	case "", "false":
	case "true":
		f.HasHeaders = true
	default:
		return f, badNode("HasHeaders", has)
	}
	return f, nil
}

// maxSeparator is how many bytes may part two columns or records.
const maxSeparator = 16

// separator reads a text in which white space counts.
func separator(e *element, name string, to *string) error {
	c := e.child(name)
	if c == nil {
		return nil
	}
	if *to = string(c.text); len(*to) > maxSeparator {
		return badNode(name, *to)
	}
	return nil
}

// character reads one character; an empty element is none.
func character(e *element, name string, to *byte) error {
	c := e.child(name)
	switch {
	case c == nil:
	case len(c.text) == 0:
		*to = 0
	case len(c.text) == 1 && c.text[0] < 0x80:
		*to = c.text[0]
	default:
		return badNode(name, string(c.text))
	}
	return nil
}
