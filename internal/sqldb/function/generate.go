package function

import (
	"encoding/base64"
	"strconv"
	"strings"

	"github.com/alcedo-cloud/alcedo/internal/sqldb/value"
)

// Yield takes one row of a generator; false ends it. The row is used again for the next.
type Yield = func(row []value.Value) bool

// StringSplit gives the rows of STRING_SPLIT: value and ordinal, which the caller leaves out where it is not asked for.
// The separator is one character. NULL has no rows.
func StringSplit(s, separator value.Value, t value.Type, yield Yield) error {
	if s.IsNull() {
		return nil
	}
	by := separator.Text()
	if separator.IsNull() || value.UTF16Len(by) != 1 {
		return value.Errorf(214, 16, 11, "Procedure expects parameter 'separator' of type 'nchar(1)/nvarchar(1)'.")
	}
	row := make([]value.Value, 2)
	rest, collation := s.Text(), t.Collate()
	for n := int64(1); ; n++ {
		at, size := collation.Index(rest, by, 0)
		part := rest
		if at >= 0 {
			part = rest[:at]
		}
		row[0], row[1] = value.OfString(part), value.OfInt(n)
		if !yield(row) || at < 0 {
			return nil
		}
		rest = rest[at+size:]
	}
}

// GenerateSeries gives the rows of GENERATE_SERIES: value, from start to stop by step, which are of the type t. NULL
// among them has no rows; without a step it is 1, or -1 where stop is below start.
func GenerateSeries(start, stop, step value.Value, t value.Type, yield Yield) error {
	if start.IsNull() || stop.IsNull() {
		return nil
	}
	compare := value.Comparer(t)
	add, sum, err := value.Operator(value.OpAdd, t, t)
	if err != nil {
		return value.Errorf(5373, 16, 1, "All numerical input parameters should be of the same type.")
	}
	back := value.Converter(sum, t)
	one, err := value.Convert(value.OfInt(1), value.Of(value.Int), t, value.NoStyle)
	if err != nil {
		return err
	}
	negate, _, err := value.Negate(t)
	if err != nil {
		return err
	}
	if step.IsNull() {
		if step = one; compare(start, stop) > 0 {
			if step, err = negate(one); err != nil {
				return err
			}
		}
	}
	zero, err := value.Convert(value.OfInt(0), value.Of(value.Int), t, value.NoStyle)
	if err != nil {
		return err
	}
	direction := compare(step, zero)
	if direction == 0 {
		return value.Errorf(4199, 16, 1, "Argument value 0 is invalid for argument 3 of generate_series function.")
	}
	row := make([]value.Value, 1)
	for v := start; compare(v, stop)*direction <= 0; {
		row[0] = v
		if !yield(row) {
			return nil
		}
		next, err := add(v, step)
		if err == nil {
			next, err = back(next)
		}
		if err != nil {
			return nil // past what the type holds, and so past stop
		}
		v = next
	}
	return nil
}

// OpenJSON gives the rows of OPENJSON without a schema: key, value and type, of the object or array that a path leads
// to.
func OpenJSON(text, path value.Value, yield Yield) error {
	row := make([]value.Value, 3)
	return eachJSON(text, path, func(s, key string, p place) bool {
		row[0], row[2] = value.OfString(key), value.OfInt(int64(p.kind))
		row[1] = value.Null()
		if p.kind != jsonNull {
			row[1] = value.OfString(scalarText(s, p))
		}
		return yield(row)
	})
}

// JSONColumn is one column of OPENJSON's WITH.
type JSONColumn struct {
	Name string
	Type value.Type
	Path string // "" is the member of the column's name
	AsIs bool   // AS JSON: objects and arrays, and nothing else
}

// OpenJSONWith gives the rows of OPENJSON WITH: a row for each element of an array, or one of an object.
func OpenJSONWith(text, path value.Value, columns []JSONColumn, yield Yield) error {
	paths := make([]jsonPath, len(columns))
	to := make([]value.Conversion, len(columns))
	for i, column := range columns {
		var err error
		paths[i] = jsonPath{steps: []step{{key: column.Name, index: -1}}}
		if column.Path != "" {
			if paths[i], err = parsePath(column.Path); err != nil {
				return err
			}
		}
		to[i] = value.Converter(unlimited, column.Type)
	}
	row := make([]value.Value, len(columns))
	var failed error
	one := func(s string) bool {
		for i := range columns {
			if row[i], failed = columns[i].read(s, paths[i], to[i]); failed != nil {
				return false
			}
		}
		return yield(row)
	}
	s, p, ok, err := jsonAt(text, path)
	if err != nil || !ok {
		return err
	}
	if p.kind == jsonObject {
		one(s[p.from:p.to])
		return failed
	}
	err = eachJSON(text, path, func(s, _ string, p place) bool { return one(s[p.from:p.to]) })
	if failed != nil {
		return failed
	}
	return err
}

func (column JSONColumn) read(s string, path jsonPath, to value.Conversion) (value.Value, error) {
	p, ok, _ := find(s, path.steps)
	scalar := p.kind != jsonObject && p.kind != jsonArray
	switch {
	case !ok && path.strict:
		return value.Null(), value.Errorf(13608, 16, 5, "Property cannot be found on the specified JSON path.")
	case !ok || p.kind == jsonNull:
		return value.Null(), nil
	case column.AsIs != !scalar && path.strict && scalar:
		return value.Null(), value.Errorf(13624, 16, 1, "Object or array cannot be found in the specified JSON path.")
	case column.AsIs != !scalar && path.strict:
		return value.Null(), value.Errorf(13623, 16, 1, "Scalar value cannot be found in the specified JSON path.")
	case column.AsIs != !scalar:
		return value.Null(), nil
	}
	out := scalarText(s, p)
	if column.Type.IsBinary() { // binary is in base 64
		return jsonBinary(out, column.Type)
	}
	return to(value.OfString(out))
}

// jsonAt finds what OPENJSON goes through. ok is false where there are no rows.
func jsonAt(text, path value.Value) (s string, p place, ok bool, err error) {
	if text.IsNull() {
		return "", place{}, false, nil
	}
	s = text.Text()
	var steps jsonPath
	if !path.IsNull() {
		if steps, err = parsePath(path.Text()); err != nil {
			return "", place{}, false, err
		}
	}
	p, ok, bad := find(s, steps.steps)
	if _, all := checkJSON(s); all >= 0 {
		bad = all
	}
	switch {
	case bad >= 0:
		return "", place{}, false, notJSON(s, bad)
	case !ok && steps.strict:
		return "", place{}, false, value.Errorf(13608, 16, 5, "Property cannot be found on the specified JSON path.")
	case ok && p.kind != jsonObject && p.kind != jsonArray:
		if steps.strict || len(steps.steps) == 0 {
			return "", place{}, false, notJSON(s, p.from)
		}
		return "", place{}, false, nil
	}
	return s, p, ok, nil
}

// eachJSON visits the members of an object or the elements of an array.
func eachJSON(text, path value.Value, visit func(s, key string, p place) bool) error {
	s, p, ok, err := jsonAt(text, path)
	if err != nil || !ok {
		return err
	}
	j := jsonText{s: s, at: p.from, bad: -1}
	one := func(key string) bool {
		j.blank()
		in := place{from: j.at}
		in.kind = j.skip()
		in.to = j.at
		return j.bad < 0 && visit(s, key, in)
	}
	if p.kind == jsonArray {
		j.elements(func(i int) bool { return one(strconv.Itoa(i)) })
	} else {
		j.members(func(key string, _ int) bool { return one(key) })
	}
	return nil
}

// jsonBinary reads base 64.
func jsonBinary(s string, t value.Type) (value.Value, error) {
	b, err := base64.StdEncoding.DecodeString(strings.TrimSpace(s))
	if err != nil {
		return value.Null(), value.Errorf(13633, 16, 1, "The base64-encoded binary value is not valid.")
	}
	return value.Convert(value.OfByteSlice(b), value.Sized(value.VarBinary, value.Max), t, value.NoStyle)
}
