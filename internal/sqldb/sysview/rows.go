package sysview

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/alcedo-cloud/alcedo/internal/fault"
	"github.com/alcedo-cloud/alcedo/internal/sqldb/catalog"
	"github.com/alcedo-cloud/alcedo/internal/sqldb/plan"
	"github.com/alcedo-cloud/alcedo/internal/sqldb/value"
)

// rows is what a view's generator works with.
type rows struct {
	env     plan.VirtualEnvironment
	db      *catalog.Database
	args    []value.Value
	columns []plan.Column
	yield   func([]value.Value) bool
	row     []value.Value
	done    bool
	err     error
}

// generator makes a view's rows of what writes them.
func generator(columns []plan.Column, write func(*rows)) func(plan.VirtualEnvironment, []value.Value, func([]value.Value) bool) error {
	return func(env plan.VirtualEnvironment, args []value.Value, yield func([]value.Value) bool) error {
		r := &rows{env: env, db: env.Database(), args: args, columns: columns, yield: yield, row: make([]value.Value, len(columns))}
		write(r)
		return r.err
	}
}

// add gives one row. Where fewer values than columns come, the rest is NULL. It reports whether more are wanted.
func (r *rows) add(values ...any) bool {
	if r.done || r.err != nil {
		return false
	}
	if len(values) > len(r.row) {
		r.err = fault.Newf(fault.Internal, "sysview.rows", "", "a row of %d values for %d columns", len(values), len(r.row))
		return false
	}
	clear(r.row)
	for i, v := range values {
		r.row[i] = of(v, r.columns[i].Type)
	}
	if !r.yield(r.row) {
		r.done = true
	}
	return !r.done
}

// of makes a value of a Go one, nil being NULL.
func of(v any, t value.Type) value.Value {
	switch v := v.(type) {
	case nil:
		return value.Null()
	case value.Value:
		return v
	case bool:
		return value.OfBool(v)
	case int:
		return value.OfInt(int64(v))
	case int32:
		return value.OfInt(int64(v))
	case int64:
		return value.OfInt(v)
	case uint8:
		return value.OfInt(int64(v))
	case string:
		if t.ID == value.Char && len(v) < int(t.Length) {
			v += strings.Repeat(" ", int(t.Length)-len(v))
		}
		return value.OfString(v)
	case []byte:
		return value.OfByteSlice(v)
	case time.Time:
		return dateTime(v)
	case identifier:
		return value.OfInt(int64(v))
	}
	return value.OfString(fmt.Sprint(v))
}

// identifier is an id that is NULL where it is 0.
type identifier int32

func orNull(id int32) any {
	if id == 0 {
		return nil
	}
	return identifier(id)
}

func textOrNull(s string) any {
	if s == "" {
		return nil
	}
	return s
}

// secondsToUnix is from 0001-01-01 to 1970-01-01.
const secondsToUnix = 62135596800

// dateTime is a time as datetime, in UTC as Azure SQL Database has it.
func dateTime(t time.Time) value.Value {
	if t.IsZero() {
		return value.Null()
	}
	t = t.UTC()
	ticks := (t.Unix()+secondsToUnix)*1e7 + int64(t.Nanosecond())/100
	days, units := value.OfDateTime(ticks).DateTimeUnits()
	return value.DateTimeOfUnits(days, units)
}

// text is an argument as text, "" for NULL and for none.
func (r *rows) text(i int) (string, bool) {
	if i >= len(r.args) || r.args[i].IsNull() {
		return "", false
	}
	return r.args[i].Text(), true
}

// sees reports whether the user may know of an object. A constraint or a trigger is seen with its table.
func (r *rows) sees(h *catalog.Header) bool {
	if h.ParentID != 0 {
		return r.env.Visible(h.ParentID)
	}
	return r.env.Visible(h.ID)
}

// schemaName is the name of an object's schema.
func (r *rows) schemaName(id int32) string {
	if s, ok := r.db.SchemaByID(id); ok {
		return s.Name
	}
	return ""
}

// collation is the name of a string column's collation, NULL for other types.
func (r *rows) collation(t value.Type) any {
	if !t.IsString() {
		return nil
	}
	c := t.Collation
	if c == nil {
		c = r.db.Collation
	}
	if c == nil {
		return defaultCollation
	}
	return c.Name()
}

const defaultCollation = "SQL_Latin1_General_CP1_CI_AS"

// columnsOf reads a declaration of columns. It is written in this package, so a wrong one is a defect that the tests
// of the package find: each view is made there.
func columnsOf(declaration string) []plan.Column {
	var list []plan.Column
	for part := range strings.SplitSeq(declaration, ",") {
		words := strings.Fields(part)
		if len(words) < 2 {
			continue
		}
		name, args := words[1], []int(nil)
		if at := strings.IndexByte(name, '('); at >= 0 {
			inner := strings.TrimSuffix(name[at+1:], ")")
			name = name[:at]
			for a := range strings.SplitSeq(inner, ";") {
				n, err := strconv.Atoi(a)
				if err != nil { // max
					n = value.Max
				}
				args = append(args, n)
			}
		}
		t, err := value.TypeOf(name, 1, args...)
		if err != nil {
			continue
		}
		t.Nullable = len(words) > 2
		list = append(list, plan.Column{Name: words[0], Type: t})
	}
	return list
}

// insertAfter puts more columns behind one of a declaration.
func insertAfter(declaration, column, more string) string {
	before, after, _ := strings.Cut(declaration, column)
	return before + column + more + after
}

// fail ends the view with an error.
func (r *rows) fail(err error) {
	if r.err == nil {
		r.err = err
	}
}
