package function

import (
	"strings"

	"github.com/alcedo-cloud/alcedo/internal/sqldb/value"
)

// textFunctions look at strings and take parts of them.
func textFunctions() []Function {
	vc := value.Sized(value.VarChar, 8000)
	return []Function{
		{Name: "LEN", Min: 1, Max: 1, Result: lengthRule("len"), Eval: strict(length), Deterministic: true},
		{Name: "DATALENGTH", Min: 1, Max: 1, Result: lengthRule("datalength"), Eval: strict(dataLength), Deterministic: true},
		{Name: "SUBSTRING", Min: 2, Max: 3, Result: partRule("substring"), Eval: strict(substring), Deterministic: true},
		{Name: "LEFT", Min: 2, Max: 2, Result: partRule("left"), Eval: strict(left), Deterministic: true},
		{Name: "RIGHT", Min: 2, Max: 2, Result: partRule("right"), Eval: strict(right), Deterministic: true},
		{Name: "CHARINDEX", Min: 2, Max: 3, Result: wants("charindex", positionRule(1), vc, vc, integer), Eval: strict(charIndex), Deterministic: true},
		{Name: "PATINDEX", Min: 2, Max: 2, Result: wants("patindex", positionRule(1), vc, vc), Eval: strict(patIndex), Deterministic: true},
	}
}

func lengthRule(name string) resultRule {
	return func(args []value.Type) (value.Type, error) {
		t := args[0]
		if name == "len" {
			if t.ID == value.Text || t.ID == value.NText || t.ID == value.Image || t.ID == value.XML {
				return value.Type{}, badArgument(t, 1, name)
			}
		}
		if t.IsMax() {
			return bigint.WithNullable(t.Nullable), nil
		}
		return integer.WithNullable(t.Nullable || t.ID == value.Void), nil
	}
}

// units is the length of s as functions count characters under the argument's collation.
func (c *call) units(i int, s string) int {
	if c.types[i].IsString() && c.types[i].Collate().IsSupplementary() {
		return len(value.Runes(s))
	}
	return value.UTF16Len(s)
}

// slice takes characters of s, counted as units does.
func (c *call) slice(i int, s string, start, n int) string {
	if !c.types[i].IsString() || !c.types[i].Collate().IsSupplementary() || value.IsASCII(s) {
		return value.CutUTF16(s, start, n)
	}
	r := value.Runes(s)
	if start >= len(r) || n <= 0 {
		return ""
	}
	var b []byte
	for _, x := range r[start:min(len(r), start+n)] {
		b = value.AppendWTF8(b, x)
	}
	return string(b)
}

// length is LEN: without the blanks at the end.
func length(c *call) value.Value {
	if c.types[0].IsBinary() {
		return value.OfInt(int64(len(c.args[0].Text())))
	}
	return value.OfInt(int64(c.units(0, strings.TrimRight(c.text(0), " "))))
}

// dataLength is DATALENGTH: bytes, as stored.
func dataLength(c *call) value.Value {
	v, t := c.args[0], c.types[0]
	if t.ID == value.Variant {
		v, t = v.Variant()
	}
	switch {
	case t.ID == value.XML:
		return value.OfInt(int64(2 * value.UTF16Len(v.Text())))
	case t.IsUnicode():
		return value.OfInt(int64(2 * value.UTF16Len(v.Text())))
	case t.IsString():
		return value.OfInt(int64(t.Collate().EncodedLen(v.Text())))
	case t.IsBinary():
		return value.OfInt(int64(len(v.Text())))
	}
	return value.OfInt(int64(t.MaxLength()))
}

func partRule(name string) resultRule {
	return func(args []value.Type) (value.Type, error) {
		t := args[0]
		if t.IsBinary() && name == "substring" {
			length := t.Length
			if t.ID == value.Image {
				length = 8000
			}
			return value.Sized(value.VarBinary, length).WithNullable(anyNullable(args)), nil
		}
		if err := isText(t, 1, name); err != nil {
			return value.Type{}, err
		}
		if name == "substring" && !t.IsString() && t.ID != value.Void {
			return value.Type{}, badArgument(t, 1, name)
		}
		for i, p := range args[1:] {
			if !value.Implicit(p, bigint) || p.IsDateTime() {
				return value.Type{}, badArgument(p, i+2, name)
			}
		}
		length := room(t)
		if t.ID == value.Text || t.ID == value.NText {
			length = 8000
		}
		return stringOf(t.IsUnicode(), length).WithNullable(anyNullable(args)), nil
	}
}

func (c *call) bigInt(i int) int64 { return c.as(i, bigint).Int64() }

func substring(c *call) value.Value {
	start, n := c.bigInt(1), int64(1<<31)
	if c.has(2) {
		n = c.bigInt(2)
	}
	if c.err != nil {
		return value.Null()
	}
	if n < 0 {
		return c.fail(value.Errorf(537, 16, 3, "Invalid length parameter passed to the LEFT or SUBSTRING function."))
	}
	start--
	if start < 0 { // what lies before the string counts in its length
		n, start = max(0, n+start), 0
	}
	n, start = min(n, 1<<31), min(start, 1<<31)
	if c.types[0].IsBinary() {
		s := c.args[0].Text()
		start = min(start, int64(len(s)))
		return value.OfBytes(s[start:min(int64(len(s)), start+n)])
	}
	return value.OfString(c.slice(0, c.text(0), int(start), int(n)))
}

func left(c *call) value.Value {
	n := c.bigInt(1)
	if n < 0 {
		return c.fail(value.Errorf(537, 16, 2, "Invalid length parameter passed to the LEFT or SUBSTRING function."))
	}
	return value.OfString(c.slice(0, c.text(0), 0, int(min(n, 1<<31))))
}

func right(c *call) value.Value {
	n := c.bigInt(1)
	if n < 0 {
		return c.fail(value.Errorf(536, 16, 4, "Invalid length parameter passed to the RIGHT function."))
	}
	s := c.text(0)
	have := int64(c.units(0, s))
	n = min(n, have)
	return value.OfString(c.slice(0, s, int(have-n), int(n)))
}

// positionRule is int, or bigint where the argument that is searched is a max.
func positionRule(searched int) resultRule {
	return func(args []value.Type) (value.Type, error) {
		if args[searched].IsMax() {
			return bigint.WithNullable(anyNullable(args)), nil
		}
		return integer.WithNullable(anyNullable(args)), nil
	}
}

// searchCollation is that under which two strings are compared: an explicit one of either, or the default.
func (c *call) searchCollation(a, b int) value.Type {
	t := c.types[a]
	if t.Collation == nil {
		t = c.types[b]
	}
	return t
}

func charIndex(c *call) value.Value {
	sub, s, start := c.text(0), c.text(1), int64(1)
	if c.has(2) {
		start = c.bigInt(2)
	}
	from := len(s)
	if start < int64(len(s))+1 {
		from = len(c.slice(1, s, 0, int(max(0, start-1))))
	}
	at, _ := c.searchCollation(0, 1).Collate().Index(s, sub, from)
	if at < 0 {
		return value.OfInt(0)
	}
	return value.OfInt(int64(c.units(1, s[:at])) + 1)
}

func patIndex(c *call) value.Value {
	pattern, s := c.text(0), c.text(1)
	unicode := c.types[0].IsUnicode() || c.types[1].IsUnicode()
	at := c.searchCollation(0, 1).Collate().Like(pattern, 0, unicode).Index(s)
	if at < 0 {
		return value.OfInt(0)
	}
	return value.OfInt(int64(c.units(1, s[:at])) + 1)
}
