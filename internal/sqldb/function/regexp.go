package function

import (
	"strings"

	"github.com/alcedo-cloud/alcedo/internal/sqldb/value"
)

// regexpFunctions are REGEXP_COUNT and its like. Their patterns are RE2's, which ask nothing of collations.
// Source: "Regular expressions functions" of Transact-SQL.
func regexpFunctions() []Function {
	return []Function{
		{Name: "REGEXP_LIKE", Min: 2, Max: 3, Result: patternRule("regexp_like", 2, 2, is(value.Of(value.Bit))), Eval: strict(regexpLike), Deterministic: true},
		{Name: "REGEXP_COUNT", Min: 2, Max: 4, Result: patternRule("regexp_count", 2, 3, is(integer)), Eval: strict(regexpCount), Deterministic: true},
		{Name: "REGEXP_INSTR", Min: 2, Max: 7, Result: patternRule("regexp_instr", 2, 5, is(integer)), Eval: regexpInstr, Deterministic: true},
		{Name: "REGEXP_SUBSTR", Min: 2, Max: 6, Result: patternRule("regexp_substr", 2, 4, regexpPart), Eval: strict(regexpSubstr), Deterministic: true},
		{Name: "REGEXP_REPLACE", Min: 2, Max: 6, Result: patternRule("regexp_replace", 3, 5, regexpWhole), Eval: strict(regexpReplace), Deterministic: true},
	}
}

// patternRule takes strings first and as flags, and whole numbers elsewhere.
func patternRule(name string, texts, flags int, rule resultRule) resultRule {
	return func(args []value.Type) (value.Type, error) {
		for i, t := range args {
			isText := t.IsString() && t.ID != value.Text && t.ID != value.NText
			switch {
			case t.ID == value.Void:
			case (i < texts || i == flags) && !isText, i >= texts && i != flags && !value.Implicit(t, bigint):
				return value.Type{}, badArgument(t, i+1, name)
			}
		}
		return rule(args)
	}
}

func regexpPart(args []value.Type) (value.Type, error) {
	return stringOf(args[0].IsUnicode(), room(args[0])).WithNullable(true), nil
}

func regexpWhole(args []value.Type) (value.Type, error) {
	length := int32(8000)
	if args[0].IsMax() {
		length = value.Max
	}
	return stringOf(args[0].IsUnicode(), length).WithNullable(anyNullable(args)), nil
}

// longestSearched is how many bytes of text a pattern is looked for in.
const longestSearched = 2 << 20

// search begins a search of the first argument: flags and start are places of arguments, which may be missing.
func (c *call) search(name string, start, flags int) (m *matcher, from int, ok bool) {
	s := c.text(0)
	if len(s) > longestSearched {
		c.fail(value.Errorf(7119, 16, 1, "Attempting to grow LOB beyond maximum allowed size of %d bytes.", longestSearched))
		return nil, 0, false
	}
	first := int64(1)
	if start > 0 {
		first = c.atLeast(name, "START", start, 1, 1)
	}
	f := ""
	if c.has(flags) {
		f = c.text(flags)
	}
	if c.err != nil {
		return nil, 0, false
	}
	m, err := newMatcher(s, c.text(1), f)
	if err != nil {
		c.fail(err)
		return nil, 0, false
	}
	if first > 1 && first > int64(c.units(0, s)) {
		return nil, 0, false
	}
	return m, len(c.slice(0, s, 0, int(first-1))), true
}

// atLeast is a number among the arguments, or what it is where it is missing.
func (c *call) atLeast(function, name string, i int, least, otherwise int64) int64 {
	if !c.has(i) {
		return otherwise
	}
	n := c.as(i, bigint).Int64()
	if c.err == nil && n < least {
		c.belowLeast(function, name, least, n)
	}
	return n
}

func (c *call) belowLeast(function, name string, least, n int64) {
	c.fail(value.Errorf(19301, 16, 1, "'%s' value should be greater than or equal to %d but '%d' is provided in '%s' function.", name, least, n, function))
}

func regexpLike(c *call) value.Value {
	m, from, ok := c.search("REGEXP_LIKE", 0, 2)
	return value.OfBool(ok && m.next(from) != nil)
}

func regexpCount(c *call) value.Value {
	m, from, ok := c.search("REGEXP_COUNT", 2, 3)
	n := int64(0)
	if ok {
		m.each(from, func([]int) bool { n++; return true })
	}
	return value.OfInt(n)
}

// nth is the n-th match.
func (m *matcher) nth(from int, n int64) (found []int) {
	m.each(from, func(at []int) bool {
		if n--; n == 0 {
			found = at
		}
		return n > 0
	})
	return found
}

// group is where a group of a match lies, if it has one and it took part.
func group(found []int, n int64) (start, end int, ok bool) {
	if n >= int64(len(found)/2) || found[2*n] < 0 {
		return 0, 0, false
	}
	return found[2*n], found[2*n+1], true
}

// regexpInstr is REGEXP_INSTR(text, pattern, start, occurrence, return_option, flags, group). A return_option that is
// NULL is 0.
func regexpInstr(env Environment, args []value.Value, types []value.Type) (value.Value, error) {
	if len(args) > 4 && args[4].IsNull() {
		args, types = append([]value.Value(nil), args...), append([]value.Type(nil), types...)
		args[4], types[4] = value.OfInt(0), integer
	}
	return strict(func(c *call) value.Value {
		const name = "REGEXP_INSTR"
		occurrence := c.atLeast(name, "OCCURRENCE", 3, 1, 1)
		option := c.atLeast(name, "RETURN_OPTION", 4, 0, 0)
		if c.err == nil && option > 1 {
			c.belowLeast(name, "RETURN_OPTION", 0, option)
		}
		n := int64(0)
		if c.has(6) {
			if n = c.as(6, bigint).Int64(); c.err == nil && n < 0 {
				c.belowLeast(name, "GROUP", 1, n)
			}
		}
		m, from, ok := c.search(name, 2, 5)
		if !ok {
			return value.OfInt(0)
		}
		start, end, ok := group(m.nth(from, occurrence), n)
		if !ok {
			return value.OfInt(0)
		}
		if option == 1 {
			start = end
		}
		return value.OfInt(int64(c.units(0, m.s[:start])) + 1)
	})(env, args, types)
}

// regexpSubstr is REGEXP_SUBSTR(text, pattern, start, occurrence, flags, group).
func regexpSubstr(c *call) value.Value {
	const name = "REGEXP_SUBSTR"
	occurrence := c.atLeast(name, "OCCURRENCE", 3, 1, 1)
	n := c.atLeast(name, "GROUP", 5, 0, 0)
	m, from, ok := c.search(name, 2, 4)
	if !ok {
		return value.Null()
	}
	start, end, ok := group(m.nth(from, occurrence), n)
	if !ok {
		return value.Null()
	}
	return value.OfString(m.s[start:end])
}

// regexpReplace is REGEXP_REPLACE(text, pattern, replacement, start, occurrence, flags). An occurrence of 0 is all, and
// an empty pattern replaces nothing.
func regexpReplace(c *call) value.Value {
	const name = "REGEXP_REPLACE"
	with := ""
	if c.has(2) {
		with = c.text(2)
	}
	occurrence := c.atLeast(name, "OCCURRENCE", 4, 0, 0)
	m, from, ok := c.search(name, 3, 5)
	if !ok || c.text(1) == "" {
		return value.OfString(c.text(0))
	}
	var b strings.Builder
	last, count := 0, int64(0)
	m.each(from, func(at []int) bool {
		if count++; occurrence == 0 || count == occurrence {
			b.WriteString(m.s[last:at[0]])
			expand(&b, with, m.s, at)
			last = at[1]
		}
		return b.Len() <= most && (occurrence == 0 || count < occurrence)
	})
	if !c.grown(int64(b.Len())) {
		return value.Null()
	}
	b.WriteString(m.s[last:])
	return cut(b.String(), c.types[0].IsUnicode(), c.types[0].IsMax())
}

// expand writes a replacement: \1 to \9 are groups, \\ is a backslash, and everything else is itself.
func expand(b *strings.Builder, with, s string, found []int) {
	for i := 0; i < len(with); i++ {
		if with[i] != '\\' || i+1 == len(with) {
			b.WriteByte(with[i])
			continue
		}
		switch d := with[i+1]; {
		case d >= '1' && d <= '9':
			if start, end, ok := group(found, int64(d-'0')); ok {
				b.WriteString(s[start:end])
			}
			i++
		case d == '\\':
			b.WriteByte(d)
			i++
		default:
			b.WriteByte('\\')
		}
	}
}
