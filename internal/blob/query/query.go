// Package query evaluates the SQL of Query Blob Contents over CSV and JSON lines, and writes results and their Avro
// framing. It is pure: it must never know where the bytes come from nor who may read them.
package query

import (
	"errors"
	"io"

	"github.com/alcedo-cloud/alcedo/internal/fault"
)

// Limits, which keep memory bounded whatever is asked.
const (
	MaxExpression = 256 << 10 // bytes, Azure's
	maxRecord     = 1 << 20   // bytes of a record, Azure's
	maxDepth      = 64        // of an expression
	maxPattern    = 512       // characters of a pattern of LIKE: matching takes its length times the text's
	flushAt       = 64 << 10  // bytes of results that go out at once
	progressAfter = 4 << 20   // bytes that are looked at without a word to the client, at most
)

// Format says how records are written.
type Format struct {
	JSON            bool   // one object a record; CSV otherwise
	RecordSeparator string // "" is a line feed
	ColumnSeparator string // of CSV; "" is a comma
	Quote           byte   // of CSV; 0 is none
	Escape          byte   // of CSV; 0 is none
	HasHeaders      bool   // of CSV: the first record has the columns' names
}

// Sink takes what a query gives.
type Sink interface {
	Records(data []byte) error
	Progress(scanned int64) error
	// Failure is an error in the data: at an offset, and fatal where the query ends by it.
	Failure(f Failure) error
	End() error
}

// Failure is what is wrong with a record.
type Failure struct {
	Fatal       bool
	Name        string // "InvalidTypeConversion"
	Description string
	Position    int64
}

// Run evaluates q over in. An error is one of reading or of the sink; what is wrong with the data goes to the sink.
func (q *Query) Run(in io.Reader, from, to Format, sink Sink) error {
	e := &execution{query: q, out: writer{format: to.defaults()}, sink: sink}
	var err error
	if from.JSON {
		err = readJSON(in, from.defaults(), e.take)
	} else {
		err = readCSV(in, from.defaults(), e.take)
	}
	var bad *Failure
	switch {
	case errors.Is(err, errEnough):
	case errors.As(err, &bad):
		bad.Fatal = true
		if err := errors.Join(e.flush(), sink.Failure(*bad)); err != nil {
			return err
		}
		return sink.End()
	case err != nil:
		return err
	}
	if err := e.finish(); err != nil {
		return err
	}
	if err := e.progress(); err != nil {
		return err
	}
	return sink.End()
}

// Error makes a failure an error on its way out of a reader.
func (f *Failure) Error() string { return f.Name + ": " + f.Description }

func (f Format) defaults() Format {
	if f.RecordSeparator == "" {
		f.RecordSeparator = "\n"
	}
	if f.ColumnSeparator == "" {
		f.ColumnSeparator = ","
	}
	return f
}

var errEnough = errors.New("query: the limit is reached")

// execution goes through the records once.
type execution struct {
	query   *Query
	out     writer
	sink    Sink
	kept    int64
	scanned int64
	told    int64 // scanned when the client was told of it last
	folds   []fold
}

// take looks at one record.
func (e *execution) take(r *record) error {
	e.scanned = r.end
	if e.scanned-e.told >= progressAfter {
		if err := e.progress(); err != nil {
			return err
		}
	}
	if e.query.limit >= 0 && e.kept >= e.query.limit {
		return errEnough
	}
	if e.query.where != nil {
		v, err := e.query.where.eval(r)
		if err != nil {
			return e.skip(r, err)
		}
		if v.kind != boolean || !v.truth {
			return nil
		}
	}
	if e.query.aggregates() {
		return e.fold(r)
	}
	row, err := e.query.project(r)
	if err != nil {
		return e.skip(r, err)
	}
	e.kept++
	e.out.row(row)
	if e.out.buf.Len() >= flushAt {
		return e.flush()
	}
	return nil
}

// skip reports a record that cannot be worked out, and goes on behind it.
func (e *execution) skip(r *record, err error) error {
	return e.sink.Failure(Failure{Name: "InvalidTypeConversion", Description: err.Error(), Position: r.start})
}

func (e *execution) flush() error {
	if e.out.buf.Len() == 0 {
		return nil
	}
	err := e.sink.Records(e.out.buf.Bytes())
	e.out.buf.Reset()
	if err != nil {
		return err
	}
	return e.progress()
}

func (e *execution) progress() error {
	e.told = e.scanned
	return e.sink.Progress(e.scanned)
}

func (e *execution) finish() error {
	if e.query.aggregates() {
		row := make([]column, len(e.query.columns))
		for i, c := range e.query.columns {
			var f fold
			if i < len(e.folds) {
				f = e.folds[i]
			}
			row[i] = column{c.name, f.result(c.aggregate)}
		}
		e.out.row(row)
	}
	return e.flush()
}

func invalid(format string, args ...any) error {
	return fault.Newf(fault.Invalid, "query.Parse", "InvalidInput", format, args...)
}
