package function

import (
	"strings"

	"github.com/alcedo-cloud/alcedo/internal/sqldb/value"
)

// codeFunctions turn characters into their numbers and back.
func codeFunctions() []Function {
	return []Function{
		{Name: "CHAR", Min: 1, Max: 1, Result: wants("char", maybe(value.Sized(value.Char, 1)), integer), Eval: strict(char), Deterministic: true},
		{Name: "NCHAR", Min: 1, Max: 1, Result: wants("nchar", maybe(value.Sized(value.NChar, 1)), integer), Eval: strict(nchar), Deterministic: true},
		{Name: "ASCII", Min: 1, Max: 1, Result: maybe(integer), Eval: strict(ascii), Deterministic: true},
		{Name: "UNICODE", Min: 1, Max: 1, Result: maybe(integer), Eval: strict(unicode), Deterministic: true},
		{Name: "COLLATIONPROPERTY", Min: 2, Max: 2, Result: maybe(value.Of(value.Variant)), Eval: strict(collationProperty), Deterministic: true},
	}
}

func char(c *call) value.Value {
	n := c.int(0)
	if n < 0 || n > 255 {
		return value.Null()
	}
	return value.OfString(c.types[0].Collate().Decode(string([]byte{byte(n)})))
}

func nchar(c *call) value.Value {
	n := c.int(0)
	if n < 0 || n > 0xffff {
		return value.Null()
	}
	return value.OfString(string(value.AppendWTF8(nil, rune(n))))
}

// ascii is the first byte of the string in its code page.
func ascii(c *call) value.Value {
	s := c.text(0)
	if s == "" {
		return value.Null()
	}
	first := value.Runes(value.CutUTF16(s, 0, 2))[0]
	return value.OfInt(int64(c.types[0].Collate().Encode(nil, string(value.AppendWTF8(nil, first)))[0]))
}

// unicode is the first UTF-16 unit, or the first character where the collation has SC.
func unicode(c *call) value.Value {
	s := c.text(0)
	if s == "" {
		return value.Null()
	}
	if c.types[0].Collate().IsSupplementary() {
		return value.OfInt(int64(value.Runes(value.CutUTF16(s, 0, 2))[0]))
	}
	return value.OfInt(int64(value.UTF16(value.CutUTF16(s, 0, 1))[0]))
}

func collationProperty(c *call) value.Value {
	found, ok := lookupCollation(c.text(0))
	if !ok {
		return value.Null()
	}
	n := int64(0)
	switch strings.ToLower(c.text(1)) {
	case "codepage":
		n = int64(found.CodePage())
	case "lcid":
		n = int64(found.LCID())
	case "comparisonstyle":
		n = int64(found.ComparisonStyle())
	case "version":
		n = int64(found.Version())
	case "sortid":
		n = int64(found.SortID())
	case "name":
		return value.OfVariant(value.OfString(found.Name()), value.Sized(value.NVarChar, 128))
	default:
		return value.Null()
	}
	return value.OfVariant(value.OfInt(n), integer)
}
