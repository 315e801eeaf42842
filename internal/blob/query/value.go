package query

import (
	"encoding/json"
	"errors"
	"math"
	"strconv"
	"strings"
)

type kind uint8

const (
	missing kind = iota // no such column, or a JSON null
	boolean
	integer
	float
	text
	document // an object or array of JSON, as it was written
)

// value is one of SQL's.
type value struct {
	kind  kind
	truth bool
	int   int64
	float float64
	text  string
}

func boolOf(b bool) value     { return value{kind: boolean, truth: b} }
func textOf(s string) value   { return value{kind: text, text: s} }
func intOf(i int64) value     { return value{kind: integer, int: i} }
func floatOf(f float64) value { return value{kind: float, float: f} }

// String is the value as CSV has it.
func (v value) String() string {
	switch v.kind {
	case boolean:
		return strconv.FormatBool(v.truth)
	case integer:
		return strconv.FormatInt(v.int, 10)
	case float:
		return strconv.FormatFloat(v.float, 'g', -1, 64)
	case missing:
		return ""
	default:
		return v.text
	}
}

// json is the value as JSON has it.
func (v value) json() []byte {
	var out []byte
	var err error
	switch v.kind {
	case missing:
		return []byte("null")
	case document:
		return []byte(v.text)
	case text:
		out, err = json.Marshal(v.text)
	default:
		out = []byte(v.String())
		if v.kind == float && (math.IsInf(v.float, 0) || math.IsNaN(v.float)) {
			out, err = json.Marshal(v.String())
		}
	}
	if err != nil {
		return []byte("null")
	}
	return out
}

// number gives a value as a number; a text that is one counts, as columns of CSV have no other type.
func (v value) number() (value, bool) {
	switch v.kind {
	case integer, float:
		return v, true
	case text:
		trimmed := strings.TrimSpace(v.text)
		if i, err := strconv.ParseInt(trimmed, 10, 64); err == nil {
			return intOf(i), true
		}
		if f, err := strconv.ParseFloat(trimmed, 64); err == nil {
			return floatOf(f), true
		}
	}
	return value{}, false
}

func (v value) asFloat() float64 {
	if v.kind == integer {
		return float64(v.int)
	}
	return v.float
}

// compare orders two values; ok is false where they cannot be compared.
func compare(a, b value) (order int, ok bool) {
	switch {
	case a.kind == missing || b.kind == missing:
		return 0, false
	case a.kind == text && b.kind == text:
		return strings.Compare(a.text, b.text), true
	case a.kind == boolean || b.kind == boolean:
		x, okX := a.asBool()
		y, okY := b.asBool()
		if !okX || !okY {
			return 0, false
		}
		return b2i(x) - b2i(y), true
	}
	x, okX := a.number()
	y, okY := b.number()
	switch {
	case !okX || !okY:
		return 0, false
	case x.kind == integer && y.kind == integer:
		switch {
		case x.int < y.int:
			return -1, true
		case x.int > y.int:
			return 1, true
		}
		return 0, true
	}
	switch fx, fy := x.asFloat(), y.asFloat(); {
	case fx < fy:
		return -1, true
	case fx > fy:
		return 1, true
	case fx == fy:
		return 0, true
	}
	return 0, false // not a number
}

func b2i(b bool) int {
	if b {
		return 1
	}
	return 0
}

func (v value) asBool() (bool, bool) {
	switch {
	case v.kind == boolean:
		return v.truth, true
	case v.kind == text && strings.EqualFold(v.text, "true"):
		return true, true
	case v.kind == text && strings.EqualFold(v.text, "false"):
		return false, true
	}
	return false, false
}

// arithmetic works out +, -, *, / and %.
func arithmetic(op string, a, b value) (value, error) {
	if a.kind == missing || b.kind == missing {
		return value{}, nil
	}
	x, okX := a.number()
	y, okY := b.number()
	if !okX || !okY {
		return value{}, errors.New("an operand of " + op + " is no number")
	}
	if x.kind == integer && y.kind == integer {
		return integers(op, x.int, y.int)
	}
	fx, fy := x.asFloat(), y.asFloat()
	switch op {
	case "+":
		return floatOf(fx + fy), nil
	case "-":
		return floatOf(fx - fy), nil
	case "*":
		return floatOf(fx * fy), nil
	case "/":
		return floatOf(fx / fy), nil
	}
	return floatOf(math.Mod(fx, fy)), nil
}

func integers(op string, x, y int64) (value, error) {
	switch op {
	case "+":
		if s := x + y; (s > x) == (y > 0) {
			return intOf(s), nil
		}
	case "-":
		if s := x - y; (s < x) == (y > 0) {
			return intOf(s), nil
		}
	case "*":
		if x == 0 || y == 0 {
			return intOf(0), nil
		}
		if p := x * y; p/y == x && !(x == -1 && y == math.MinInt64) && !(y == -1 && x == math.MinInt64) {
			return intOf(p), nil
		}
	default:
		if y == 0 {
			return value{}, errors.New("division by zero")
		}
		if op == "/" && !(x == math.MinInt64 && y == -1) {
			return intOf(x / y), nil
		}
		if op == "%" {
			return intOf(x % max(y, -y)), nil
		}
	}
	return value{}, errors.New("the result of " + op + " is too large")
}

// cast converts a value to a type of SQL.
func cast(v value, to string) (value, error) {
	if v.kind == missing {
		return v, nil
	}
	switch to {
	case "STRING", "VARCHAR", "CHAR", "TEXT":
		return textOf(v.String()), nil
	case "BOOL", "BOOLEAN":
		if b, ok := v.asBool(); ok {
			return boolOf(b), nil
		}
	case "INT", "INTEGER", "BIGINT":
		switch n, ok := v.number(); {
		case !ok:
		case n.kind == integer:
			return n, nil
		case n.float >= -(1<<63) && n.float < 1<<63:
			return intOf(int64(n.float)), nil
		}
	default: // FLOAT, DOUBLE, DECIMAL, NUMERIC, REAL
		if n, ok := v.number(); ok {
			return floatOf(n.asFloat()), nil
		}
	}
	return value{}, errors.New(strconv.Quote(shorten(v.String())) + " is no " + to)
}

func shorten(s string) string {
	if len(s) > 60 {
		return s[:60]
	}
	return s
}
