package function

import (
	"strings"

	"github.com/alcedo-cloud/alcedo/internal/sqldb/collate"
	"github.com/alcedo-cloud/alcedo/internal/sqldb/value"
)

// changeFunctions make another string of a string.
func changeFunctions() []Function {
	vc := value.Sized(value.VarChar, 8000)
	void := value.Type{}
	return []Function{
		{Name: "COLUMN.WRITE", Min: 5, Max: 5, Result: writtenRule, Eval: lenient(columnWrite), Deterministic: true},
		{Name: "UPPER", Min: 1, Max: 1, Result: textLike("upper"), Eval: strict(mapCase((*collate.Collation).Upper)), Deterministic: true},
		{Name: "LOWER", Min: 1, Max: 1, Result: textLike("lower"), Eval: strict(mapCase((*collate.Collation).Lower)), Deterministic: true},
		{Name: "LTRIM", Min: 1, Max: 2, Result: textLike("ltrim"), Eval: strict(trim(true, false)), Deterministic: true},
		{Name: "RTRIM", Min: 1, Max: 2, Result: textLike("rtrim"), Eval: strict(trim(false, true)), Deterministic: true},
		{Name: "TRIM", Min: 1, Max: 2, Result: textLike("trim"), Eval: strict(trim(true, true)), Deterministic: true},
		{Name: "REVERSE", Min: 1, Max: 1, Result: textLike("reverse"), Eval: strict(reverse), Deterministic: true},
		{Name: "REPLACE", Min: 3, Max: 3, Result: wants("replace", widest, vc, vc, vc), Eval: strict(replace), Deterministic: true},
		{Name: "TRANSLATE", Min: 3, Max: 3, Result: wants("translate", textLike("translate"), vc, vc, vc), Eval: strict(translate), Deterministic: true},
		{Name: "STUFF", Min: 4, Max: 4, Result: wants("stuff", stuffed, void, integer, integer, void), Eval: lenient(stuff), Deterministic: true},
		{Name: "REPLICATE", Min: 2, Max: 2, Result: wants("replicate", replicated, void, bigint), Eval: strict(replicate), Deterministic: true},
		{Name: "SPACE", Min: 1, Max: 1, Result: wants("space", maybe(vc), integer), Eval: strict(spaces), Deterministic: true},
		{Name: "QUOTENAME", Min: 1, Max: 2, Result: wants("quotename", maybe(value.Sized(value.NVarChar, 258)), vc, vc), Eval: strict(quoteName), Deterministic: true},
		{Name: "STRING_ESCAPE", Min: 2, Max: 2, Result: is(unlimited), Eval: strict(stringEscape), Deterministic: true},
	}
}

func mapCase(f func(*collate.Collation, string) string) func(c *call) value.Value {
	return func(c *call) value.Value { return value.OfString(f(c.types[0].Collate(), c.text(0))) }
}

// trim takes blanks away, or the characters of the second argument.
func trim(leading, trailing bool) func(c *call) value.Value {
	return func(c *call) value.Value {
		s, set := c.text(0), " "
		if c.has(1) {
			set = c.text(1)
		}
		collation := c.types[0].Collate()
		inSet := func(r rune) bool {
			if r == ' ' {
				return strings.ContainsRune(set, ' ')
			}
			at, _ := collation.Index(set, string(r), 0)
			return at >= 0
		}
		if leading {
			s = strings.TrimLeftFunc(s, inSet)
		}
		if trailing {
			s = strings.TrimRightFunc(s, inSet)
		}
		return value.OfString(s)
	}
}

func reverse(c *call) value.Value {
	s := c.text(0)
	b := make([]byte, 0, len(s))
	r := value.Runes(s)
	for i := len(r) - 1; i >= 0; i-- {
		b = value.AppendWTF8(b, r[i])
	}
	return value.OfString(string(b))
}

// widest is varchar(8000) or nvarchar(4000), or max where an argument is.
func widest(args []value.Type) (value.Type, error) {
	length := int32(8000)
	if large(args) {
		length = value.Max
	}
	return stringOf(unicodeIn(args), length).WithNullable(anyNullable(args)), nil
}

func replace(c *call) value.Value {
	s, old, with := c.text(0), c.text(1), c.text(2)
	isLarge := large(c.types)
	out, ok := c.searchCollation(0, 1).Collate().Replace(s, old, with, most)
	if !ok {
		c.grown(most + 1)
		return value.Null()
	}
	return cut(out, unicodeIn(c.types), isLarge)
}

func translate(c *call) value.Value {
	from, to := value.Runes(c.text(1)), value.Runes(c.text(2))
	if len(from) != len(to) {
		return c.fail(value.Errorf(9828, 16, 1, "The second and third arguments of the TRANSLATE built-in function must contain an equal number of characters."))
	}
	collation := c.types[0].Collate()
	s := c.text(0)
	b := make([]byte, 0, len(s))
	for _, r := range value.Runes(s) {
		for i, f := range from {
			if f == r || collation.Equal(string(f), string(r)) && f != ' ' && r != ' ' {
				r = to[i]
				break
			}
		}
		b = value.AppendWTF8(b, r)
	}
	return value.OfString(string(b))
}

func stuffed(args []value.Type) (value.Type, error) {
	if err := isText(args[0], 1, "stuff"); err != nil {
		return value.Type{}, err
	}
	a, b := room(args[0]), room(args[3])
	length := a + b
	if a == value.Max || b == value.Max {
		length = value.Max
	}
	if args[0].IsBinary() {
		return value.Sized(value.VarBinary, min(length, 8000)), nil
	}
	return stringOf(args[0].IsUnicode() || args[3].IsUnicode(), length).WithNullable(true), nil
}

// stuff puts another string in the place of some characters; NULL there puts nothing.
func stuff(c *call) value.Value {
	for _, i := range []int{0, 1, 2} {
		if c.args[i].IsNull() {
			return value.Null()
		}
	}
	start, n, with := c.bigInt(1), c.bigInt(2), ""
	if !c.args[3].IsNull() {
		with = c.text(3)
	}
	if c.types[0].IsBinary() {
		s := c.args[0].Text()
		if start < 1 || start > int64(len(s)) || n < 0 {
			return value.Null()
		}
		end := min(int64(len(s)), start-1+min(n, int64(len(s))))
		return value.OfBytes(s[:start-1] + c.args[3].Text() + s[end:])
	}
	s := c.text(0)
	have := int64(c.units(0, s))
	if start < 1 || start > have || n < 0 {
		return value.Null()
	}
	n = min(n, have-start+1)
	head := c.slice(0, s, 0, int(start-1))
	tail := c.slice(0, s, int(start-1+n), int(have))
	return cut(head+with+tail, unicodeIn(c.types), large(c.types))
}

func replicated(args []value.Type) (value.Type, error) {
	if err := isText(args[0], 1, "replicate"); err != nil {
		return value.Type{}, err
	}
	length := int32(8000)
	if args[0].IsLarge() {
		length = value.Max
	}
	return stringOf(args[0].IsUnicode(), length).WithNullable(true), nil
}

func replicate(c *call) value.Value {
	s, n := c.text(0), c.bigInt(1)
	if n < 0 || c.err != nil {
		return value.Null()
	}
	if s == "" {
		return value.OfString("")
	}
	isLarge := c.types[0].IsLarge()
	if !isLarge {
		n = min(n, int64(8000/len(s))+1)
	}
	if n > most || !c.grown(n*int64(len(s))) {
		c.grown(most + 1)
		return value.Null()
	}
	return cut(strings.Repeat(s, int(n)), c.types[0].IsUnicode(), isLarge)
}

func spaces(c *call) value.Value {
	n := c.int(0)
	if n < 0 {
		return value.Null()
	}
	return value.OfString(strings.Repeat(" ", int(min(n, 8000))))
}

// quoteName gives NULL for a name that is too long, and for a quote that there is not.
func quoteName(c *call) value.Value {
	s, quote := c.text(0), "["
	if c.has(1) {
		quote = c.text(1)
	}
	if value.UTF16Len(s) > 128 || quote == "" {
		return value.Null()
	}
	first, last := quote[:1], quote[:1]
	switch first {
	case "[", "]":
		first, last = "[", "]"
	case "(", ")":
		first, last = "(", ")"
	case "<", ">":
		first, last = "<", ">"
	case "{", "}":
		first, last = "{", "}"
	case "'", "\"", "`":
	default:
		return value.Null()
	}
	return value.OfString(first + strings.ReplaceAll(s, last, last+last) + last)
}

func stringEscape(c *call) value.Value {
	if !strings.EqualFold(c.text(1), "json") {
		return c.fail(value.Errorf(13600, 16, 1, "Invalid type parameter '%s' was specified for STRING_ESCAPE.", c.text(1)))
	}
	return value.OfString(string(appendJSONText(nil, c.text(0))))
}
