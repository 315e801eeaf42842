package function

import (
	"math"
	"strconv"
	"strings"

	"github.com/alcedo-cloud/alcedo/internal/sqldb/value"
)

// buildFunctions make strings of several values.
func buildFunctions() []Function {
	return []Function{
		{Name: "CONCAT", Min: 2, Max: 254, Result: concatRule, Eval: lenient(concat), Deterministic: true},
		{Name: "CONCAT_WS", Min: 3, Max: 254, Result: concatRule, Eval: lenient(concatWS), Deterministic: true},
		{Name: "STR", Min: 1, Max: 3, Result: wants("str", maybe(value.Sized(value.VarChar, 8000)), double, integer, integer), Eval: strict(str), Deterministic: true},
		{Name: "SOUNDEX", Min: 1, Max: 1, Result: is(value.Sized(value.VarChar, 4)), Eval: strict(soundexOf), Deterministic: true},
		{Name: "DIFFERENCE", Min: 2, Max: 2, Result: is(integer), Eval: strict(difference), Deterministic: true},
		{Name: "PARSENAME", Min: 2, Max: 2, Result: maybe(value.Sized(value.NVarChar, 128)), Eval: strict(parseName), Deterministic: true},
	}
}

// concatRule is the sum of what the arguments take as strings.
func concatRule(args []value.Type) (value.Type, error) {
	length := int32(0)
	for _, t := range args {
		n := room(t)
		if n == value.Max {
			length = value.Max
			break
		}
		length = min(length+n, 8000)
	}
	return stringOf(unicodeIn(args), length).WithNullable(false), nil
}

// spelled is an argument as CONCAT writes it: nothing for NULL, and money, which does not convert by itself, too.
func (c *call) spelled(i int) string {
	if c.args[i].IsNull() {
		return ""
	}
	return c.text(i)
}

func concat(c *call) value.Value {
	var b strings.Builder
	for i := range c.args {
		b.WriteString(c.spelled(i))
		if !c.grown(int64(b.Len())) {
			return value.Null()
		}
	}
	return cut(b.String(), unicodeIn(c.types), large(c.types))
}

// concatWS puts the first argument between the others; NULLs among them do not count.
func concatWS(c *call) value.Value {
	var b strings.Builder
	separator, first := c.spelled(0), true
	for i := 1; i < len(c.args); i++ {
		if c.args[i].IsNull() {
			continue
		}
		if !first {
			b.WriteString(separator)
		}
		first = false
		b.WriteString(c.text(i))
		if !c.grown(int64(b.Len())) {
			return value.Null()
		}
	}
	return cut(b.String(), unicodeIn(c.types), large(c.types))
}

// str is STR: a number set right in a length of ten, without digits after the point where none are asked for.
func str(c *call) value.Value {
	f, length, decimals := c.float(0), int64(10), int64(0)
	if c.has(1) {
		length = c.int(1)
	}
	if c.has(2) {
		decimals = min(c.int(2), 16)
	}
	if length < 1 || length > 8000 || decimals < 0 || c.err != nil {
		return value.Null()
	}
	s := strconv.FormatFloat(roundHalfAway(f, int(decimals)), 'f', int(decimals), 64)
	if over := int64(len(s)) - length; over > 0 && decimals > 0 {
		keep := max(0, decimals-over) // digits after the point give way first
		s = strconv.FormatFloat(roundHalfAway(f, int(keep)), 'f', int(keep), 64)
	}
	if int64(len(s)) > length {
		return value.OfString(strings.Repeat("*", int(length)))
	}
	return value.OfString(strings.Repeat(" ", int(length)-len(s)) + s)
}

// roundHalfAway rounds to digits after the point (before it, where negative), halves away from zero.
func roundHalfAway(f float64, digits int) float64 {
	if math.IsInf(f, 0) || math.Abs(f) >= 1<<53 && digits >= 0 {
		return f
	}
	p := math.Pow10(digits)
	r := math.Round(f*p) / p
	if math.IsNaN(r) || math.IsInf(r, 0) {
		return f
	}
	return r
}

func soundexOf(c *call) value.Value { return value.OfString(soundex(c.text(0))) }

// soundex has the first letter and the classes of the three consonants that follow; H and W do not part two of a class.
func soundex(s string) string {
	const classes = "01230120022455012623010202"
	out := make([]byte, 0, 4)
	last := byte('0')
	for i := range len(s) {
		b := s[i] &^ 0x20
		if b < 'A' || b > 'Z' {
			if len(out) == 0 {
				return "0000"
			}
			break
		}
		class := classes[b-'A']
		switch {
		case len(out) == 0:
			out = append(out, b)
		case class != '0' && class != last:
			out = append(out, class)
		}
		if len(out) == 4 {
			return string(out)
		}
		if b != 'H' && b != 'W' || len(out) == 1 && i == 0 {
			last = class
		}
	}
	if len(out) == 0 {
		return "0000"
	}
	return string(out) + "000"[:4-len(out)]
}

func difference(c *call) value.Value {
	a, b := soundex(c.text(0)), soundex(c.text(1))
	n := int64(0)
	for i := range a {
		if a[i] == b[i] {
			n++
		}
	}
	return value.OfInt(n)
}

// parseName gives a part of a name of up to four, counted from the right.
func parseName(c *call) value.Value {
	parts, ok := nameParts(c.text(0))
	n := c.int(1)
	if !ok || n < 1 || n > 4 || int(n) > len(parts) {
		return value.Null()
	}
	part := parts[len(parts)-int(n)]
	if part == "" || value.UTF16Len(part) > 128 {
		return value.Null()
	}
	return value.OfString(part)
}

// nameParts takes a name apart at its points; parts may stand in brackets or in quotation marks.
func nameParts(s string) (parts []string, ok bool) {
	for {
		part, rest, more, ok := namePart(s)
		if !ok {
			return nil, false
		}
		parts = append(parts, part)
		if !more {
			return parts, len(parts) <= 4
		}
		s = rest
	}
}

func namePart(s string) (part, rest string, more, ok bool) {
	if s == "" || s[0] != '[' && s[0] != '"' {
		part, rest, more = strings.Cut(s, ".")
		return part, rest, more, true
	}
	end := s[0]
	if end == '[' {
		end = ']'
	}
	var b strings.Builder
	for i := 1; i < len(s); i++ {
		if s[i] != end {
			b.WriteByte(s[i])
			continue
		}
		if i+1 < len(s) && s[i+1] == end {
			b.WriteByte(end)
			i++
			continue
		}
		rest = s[i+1:]
		if rest == "" {
			return b.String(), "", false, true
		}
		return b.String(), rest[1:], true, rest[0] == '.'
	}
	return "", "", false, false
}
