package query

import (
	"errors"
	"strings"
	"unicode/utf8"

	"github.com/alcedo-cloud/alcedo/internal/fault"
)

func unsupported(what string) error {
	return fault.New(fault.Unsupported, "query.Parse", "NotImplemented", what+" is not supported")
}

// node is a part of an expression.
type node interface {
	eval(r *record) (value, error)
}

type (
	constant struct{ value value }
	unary    struct {
		op string
		of node
	}
	infix struct {
		op          string
		left, right node
	}
	isNull struct{ of node }
	like   struct{ of, pattern node }
	in     struct {
		of    node
		items []node
	}
	castNode struct {
		of node
		to string
	}
	call struct {
		name string
		args []node
	}
)

// functions have the least and the greatest number of arguments.
var functions = map[string][2]int{
	"LOWER": {1, 1}, "UPPER": {1, 1}, "TRIM": {1, 1}, "CHAR_LENGTH": {1, 1}, "CHARACTER_LENGTH": {1, 1},
	"SUBSTRING": {2, 3}, "COALESCE": {1, 100}, "NULLIF": {2, 2},
}

// name is a column, or a path into a document.
type name []step

type step struct {
	text  string
	exact bool // it was quoted: case counts
	index int
	array bool
}

func (n name) last() string {
	if s := n[len(n)-1]; !s.array {
		return s.text
	}
	return ""
}

func (c constant) eval(*record) (value, error) { return c.value, nil }

func (n name) eval(r *record) (value, error) { return r.lookup(n), nil }

func (u unary) eval(r *record) (value, error) {
	v, err := u.of.eval(r)
	if err != nil || v.kind == missing {
		return v, err
	}
	if u.op == "-" {
		return arithmetic("-", intOf(0), v)
	}
	b, ok := v.asBool()
	if !ok {
		return value{}, errors.New("the operand of NOT is no truth value")
	}
	return boolOf(!b), nil
}

func (b infix) eval(r *record) (value, error) {
	x, err := b.left.eval(r)
	if err != nil {
		return value{}, err
	}
	if b.op == "AND" || b.op == "OR" {
		return b.logic(r, x)
	}
	y, err := b.right.eval(r)
	if err != nil {
		return value{}, err
	}
	switch b.op {
	case "+", "-", "*", "/", "%":
		return arithmetic(b.op, x, y)
	case "||":
		return textOf(x.String() + y.String()), nil
	}
	order, ok := compare(x, y)
	if !ok {
		return value{}, nil
	}
	switch b.op {
	case "=":
		return boolOf(order == 0), nil
	case "<>", "!=":
		return boolOf(order != 0), nil
	case "<":
		return boolOf(order < 0), nil
	case "<=":
		return boolOf(order <= 0), nil
	case ">":
		return boolOf(order > 0), nil
	}
	return boolOf(order >= 0), nil
}

// logic is SQL's of three values: what is missing is unknown.
func (b infix) logic(r *record, x value) (value, error) {
	decides := b.op == "OR"
	if t, ok := x.asBool(); ok && t == decides {
		return boolOf(decides), nil
	}
	y, err := b.right.eval(r)
	if err != nil {
		return value{}, err
	}
	if t, ok := y.asBool(); ok && t == decides {
		return boolOf(decides), nil
	}
	if _, ok := x.asBool(); !ok {
		return value{}, nil
	}
	if _, ok := y.asBool(); !ok {
		return value{}, nil
	}
	return boolOf(!decides), nil
}

func (n isNull) eval(r *record) (value, error) {
	v, err := n.of.eval(r)
	return boolOf(v.kind == missing), err
}

func (l like) eval(r *record) (value, error) {
	v, err := l.of.eval(r)
	if err != nil {
		return value{}, err
	}
	p, err := l.pattern.eval(r)
	if err != nil || v.kind == missing || p.kind == missing {
		return value{}, err
	}
	pattern := []rune(p.String())
	if len(pattern) > maxPattern {
		return value{}, errors.New("a pattern of LIKE is too long")
	}
	return boolOf(matchLike([]rune(v.String()), pattern)), nil
}

// matchLike matches % and _. It goes back to the last % only, so it takes at most length times length steps.
func matchLike(s, p []rune) bool {
	i, j, star, from := 0, 0, -1, 0
	for i < len(s) {
		switch {
		case j < len(p) && p[j] == '%':
			star, from = j, i
			j++
		case j < len(p) && (p[j] == '_' || p[j] == s[i]):
			i++
			j++
		case star >= 0:
			from++
			i, j = from, star+1
		default:
			return false
		}
	}
	for j < len(p) && p[j] == '%' {
		j++
	}
	return j == len(p)
}

func (n in) eval(r *record) (value, error) {
	v, err := n.of.eval(r)
	if err != nil || v.kind == missing {
		return value{}, err
	}
	for _, item := range n.items {
		x, err := item.eval(r)
		if err != nil {
			return value{}, err
		}
		if order, ok := compare(v, x); ok && order == 0 {
			return boolOf(true), nil
		}
	}
	return boolOf(false), nil
}

func (c castNode) eval(r *record) (value, error) {
	v, err := c.of.eval(r)
	if err != nil {
		return value{}, err
	}
	return cast(v, c.to)
}

func (c call) eval(r *record) (value, error) {
	args := make([]value, len(c.args))
	for i, a := range c.args {
		v, err := a.eval(r)
		if err != nil {
			return value{}, err
		}
		if c.name == "COALESCE" && v.kind != missing {
			return v, nil
		}
		args[i] = v
	}
	switch {
	case c.name == "COALESCE", args[0].kind == missing:
		return value{}, nil
	}
	s := args[0].String()
	switch c.name {
	case "LOWER":
		return textOf(strings.ToLower(s)), nil
	case "UPPER":
		return textOf(strings.ToUpper(s)), nil
	case "TRIM":
		return textOf(strings.TrimSpace(s)), nil
	case "CHAR_LENGTH", "CHARACTER_LENGTH":
		return intOf(int64(utf8.RuneCountInString(s))), nil
	case "NULLIF":
		if order, ok := compare(args[0], args[1]); ok && order == 0 {
			return value{}, nil
		}
		return args[0], nil
	}
	return substring([]rune(s), args[1:])
}

// substring is SUBSTRING(text, from[, length]), from 1.
func substring(s []rune, args []value) (value, error) {
	var bounds [2]int64
	bounds[1] = int64(len(s))
	for i, a := range args {
		n, ok := a.number()
		if !ok || n.kind != integer || i == 1 && n.int < 0 {
			return value{}, errors.New("an argument of SUBSTRING is no valid number")
		}
		bounds[i] = n.int
	}
	from := min(max(bounds[0]-1, 0), int64(len(s)))
	length := min(bounds[1], int64(len(s))-from)
	return textOf(string(s[from : from+length])), nil
}
