package query

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"strconv"
	"strings"
)

// record is one record of the blob.
type record struct {
	start, end int64 // its bytes in the blob
	names      []string
	fields     []string // of CSV
	object     map[string]json.RawMessage
	order      []string // of JSON: the names as they came
}

// column is one value of the answer.
type column struct {
	name  string
	value value
}

// project works out the columns of a record.
func (q *Query) project(r *record) ([]column, error) {
	if !q.star {
		row := make([]column, len(q.columns))
		for i, c := range q.columns {
			v, err := c.expr.eval(r)
			if err != nil {
				return nil, err
			}
			row[i] = column{c.name, v}
		}
		return row, nil
	}
	if r.object != nil {
		row := make([]column, len(r.order))
		for i, key := range r.order {
			row[i] = column{key, jsonValue(r.object[key])}
		}
		return row, nil
	}
	row := make([]column, len(r.fields))
	for i, f := range r.fields {
		row[i].value = textOf(f)
		if i < len(r.names) {
			row[i].name = r.names[i]
		}
	}
	return row, nil
}

// readCSV gives one record after the other to take.
func readCSV(in io.Reader, f Format, take func(*record) error) error {
	c := &csvReader{in: bufio.NewReaderSize(in, 64<<10), format: f}
	var names []string
	for first := true; ; first = false {
		r, err := c.next()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		if first && f.HasHeaders {
			names = r.fields
			continue
		}
		r.names = names
		if err := take(r); err != nil {
			return err
		}
	}
}

type csvReader struct {
	in     *bufio.Reader
	format Format
	at     int64
}

// next reads a record: fields up to the record separator, which a quoted field may contain.
func (c *csvReader) next() (*record, error) {
	r := &record{start: c.at}
	var field []byte
	inQuotes, size := false, 0
	for {
		b, err := c.in.ReadByte()
		if err != nil {
			if !errors.Is(err, io.EOF) || size == 0 {
				return nil, err
			}
			if inQuotes {
				return nil, &Failure{Name: "ParseError", Description: "a quote does not end", Position: r.start}
			}
			return c.end(r, field), nil
		}
		c.at++
		if size++; size > maxRecord {
			return nil, &Failure{Name: "RecordTooLarge", Description: "a record is larger than 1 MiB", Position: r.start}
		}
		switch f := &c.format; {
		case f.Escape != 0 && f.Escape != f.Quote && b == f.Escape:
			if b, err = c.in.ReadByte(); err != nil {
				return nil, &Failure{Name: "ParseError", Description: "an escape character stands at the end", Position: c.at}
			}
			c.at++
			field = append(field, b)
		case f.Quote != 0 && b == f.Quote && (inQuotes || len(field) == 0):
			if next, err := c.in.Peek(1); inQuotes && err == nil && next[0] == f.Quote {
				field = append(field, b)
				if _, err := c.in.Discard(1); err != nil {
					return nil, err
				}
				c.at++
				continue
			}
			inQuotes = !inQuotes
		case !inQuotes && c.separates(b, f.RecordSeparator):
			return c.end(r, field), nil
		case !inQuotes && c.separates(b, f.ColumnSeparator):
			r.fields = append(r.fields, string(field))
			field = field[:0]
		default:
			field = append(field, b)
		}
	}
}

func (c *csvReader) end(r *record, field []byte) *record {
	if c.format.RecordSeparator == "\n" {
		field = bytes.TrimSuffix(field, []byte{'\r'})
	}
	r.fields = append(r.fields, string(field))
	r.end = c.at
	return r
}

// separates reports whether b begins a separator, and takes the rest of it.
func (c *csvReader) separates(b byte, separator string) bool {
	if b != separator[0] {
		return false
	}
	rest := separator[1:]
	if rest == "" {
		return true
	}
	next, err := c.in.Peek(len(rest))
	if err != nil || string(next) != rest {
		return false
	}
	n, _ := c.in.Discard(len(rest)) // what Peek has seen is there
	c.at += int64(n)
	return true
}

// readJSON gives one object after the other to take.
func readJSON(in io.Reader, f Format, take func(*record) error) error {
	b := bufio.NewReaderSize(in, 64<<10)
	separator := f.RecordSeparator[len(f.RecordSeparator)-1]
	var at int64
	for {
		var line []byte
		start := at
		for {
			part, err := b.ReadSlice(separator)
			line, at = append(line, part...), at+int64(len(part))
			if len(line) > maxRecord {
				return &Failure{Name: "RecordTooLarge", Description: "a record is larger than 1 MiB", Position: start}
			}
			if errors.Is(err, bufio.ErrBufferFull) {
				continue
			}
			if err != nil && !errors.Is(err, io.EOF) {
				return err
			}
			if err != nil && len(line) == 0 {
				return nil
			}
			if err != nil || bytes.HasSuffix(line, []byte(f.RecordSeparator)) {
				break
			}
		}
		line = bytes.TrimSpace(bytes.TrimSuffix(line, []byte(f.RecordSeparator)))
		if len(line) == 0 {
			continue
		}
		r := &record{start: start, end: at}
		if err := r.decode(line); err != nil {
			return &Failure{Name: "ParseError", Description: "a record is no JSON object", Position: start}
		}
		if err := take(r); err != nil {
			return err
		}
	}
}

// decode reads an object and the order of its members.
func (r *record) decode(line []byte) error {
	if err := json.Unmarshal(line, &r.object); err != nil {
		return err
	}
	if r.object == nil {
		return errors.New("null")
	}
	d := json.NewDecoder(bytes.NewReader(line))
	if _, err := d.Token(); err != nil {
		return err
	}
	seen := map[string]bool{}
	for d.More() {
		key, err := d.Token()
		if err != nil {
			return err
		}
		var skip json.RawMessage
		if err := d.Decode(&skip); err != nil {
			return err
		}
		if name, ok := key.(string); ok && !seen[name] {
			seen[name] = true
			r.order = append(r.order, name)
		}
	}
	return nil
}

// writer writes the rows of the answer.
type writer struct {
	format Format
	buf    bytes.Buffer
}

func (w *writer) row(row []column) {
	if w.format.JSON {
		w.buf.WriteByte('{')
		for i, c := range row {
			if i > 0 {
				w.buf.WriteByte(',')
			}
			name := c.name
			if name == "" {
				name = "_" + strconv.Itoa(i+1)
			}
			w.buf.Write(textOf(name).json())
			w.buf.WriteByte(':')
			w.buf.Write(c.value.json())
		}
		w.buf.WriteByte('}')
	} else {
		for i, c := range row {
			if i > 0 {
				w.buf.WriteString(w.format.ColumnSeparator)
			}
			w.field(c.value.String())
		}
	}
	w.buf.WriteString(w.format.RecordSeparator)
}

// field writes a field of CSV, in quotes where it needs them.
func (w *writer) field(s string) {
	f := &w.format
	quote := string(f.Quote)
	if f.Quote == 0 || !strings.Contains(s, f.ColumnSeparator) && !strings.Contains(s, f.RecordSeparator) && !strings.Contains(s, quote) {
		w.buf.WriteString(s)
		return
	}
	w.buf.WriteString(quote + strings.ReplaceAll(s, quote, quote+quote) + quote)
}
