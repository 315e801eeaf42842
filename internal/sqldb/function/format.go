package function

import (
	"strings"

	"github.com/alcedo-cloud/alcedo/internal/sqldb/value"
)

// formatFunctions write values by a pattern.
func formatFunctions() []Function {
	return []Function{
		{Name: "FORMAT", Min: 2, Max: 3, Result: formatRule, Eval: strict(format), Deterministic: true},
	}
}

func formatRule(args []value.Type) (value.Type, error) {
	if t := args[0]; !t.IsNumeric() && !t.IsDateTime() && t.ID != value.Void || t.ID == value.Bit {
		return value.Type{}, badArgument(t, 1, "format")
	}
	return long.WithNullable(true), nil
}

// format is FORMAT: the patterns of .NET, in the culture en-US. A pattern that means nothing gives NULL.
func format(c *call) value.Value {
	if c.has(2) {
		culture := strings.ToLower(c.text(2))
		if culture != "en-us" && culture != "en" && culture != "" && culture != "iv" {
			return c.fail(value.Errorf(9818, 16, 1, "The culture parameter '%s' provided in the function call is not supported.", c.text(2)))
		}
	}
	pattern, t := c.text(1), c.types[0]
	var out string
	var ok bool
	if t.IsDateTime() {
		out, ok = formatDate(c.moment(0, "format", noPart), pattern)
	} else {
		out, ok = c.formatNumber(pattern)
	}
	if !ok {
		return value.Null()
	}
	return cut(out, true, false)
}

// formatNumber takes the number in decimal digits, so that none is lost.
func (c *call) formatNumber(pattern string) (string, bool) {
	t := c.types[0]
	if t.IsFloat() {
		return formatDigits(digitsOfFloat(c.args[0].Float64()), pattern, kindFloat)
	}
	wide := value.AsDecimal(value.ForVariable(t))
	n, scale := c.as(0, wide).Decimal()
	kind := kindDecimal
	if t.IsInteger() {
		kind = kindInteger
	}
	return formatDigits(digitsOf(n, scale), pattern, kind)
}

// formatDate writes a date by a standard pattern of one letter or a custom one.
func formatDate(m moment, pattern string) (string, bool) {
	if m.t.ID == value.Time {
		return formatSpan(m, pattern)
	}
	if len(pattern) == 1 {
		custom, ok := standardDates[pattern[0]]
		if !ok {
			return "", false
		}
		if pattern == "u" || pattern == "R" || pattern == "r" || pattern == "U" {
			m.ticks -= int64(m.offset) * value.TicksPerMinute
		}
		pattern = custom
	}
	return customDate(m, strings.TrimPrefix(pattern, "%")), true
}

// standardDates are .NET's standard patterns in en-US.
var standardDates = map[byte]string{
	'd': "M/d/yyyy", 'D': "dddd, MMMM d, yyyy", 'f': "dddd, MMMM d, yyyy h:mm tt", 'F': "dddd, MMMM d, yyyy h:mm:ss tt",
	'g': "M/d/yyyy h:mm tt", 'G': "M/d/yyyy h:mm:ss tt", 'm': "MMMM d", 'M': "MMMM d", 'y': "MMMM yyyy", 'Y': "MMMM yyyy",
	'o': "yyyy-MM-ddTHH:mm:ss.fffffff", 'O': "yyyy-MM-ddTHH:mm:ss.fffffff", 'r': "ddd, dd MMM yyyy HH:mm:ss 'GMT'",
	'R': "ddd, dd MMM yyyy HH:mm:ss 'GMT'", 's': "yyyy-MM-ddTHH:mm:ss", 't': "h:mm tt", 'T': "h:mm:ss tt",
	'u': "yyyy-MM-dd HH:mm:ss'Z'", 'U': "dddd, MMMM d, yyyy h:mm:ss tt",
}

// customDate writes runs of letters as .NET does, and everything else as it stands.
func customDate(m moment, pattern string) string {
	var b strings.Builder
	for i := 0; i < len(pattern); {
		ch := pattern[i]
		n := 1
		for i+n < len(pattern) && pattern[i+n] == ch {
			n++
		}
		switch ch {
		case '\\':
			if i+1 < len(pattern) {
				b.WriteByte(pattern[i+1])
			}
			i += 2
			continue
		case '\'', '"':
			end := strings.IndexByte(pattern[i+1:], ch)
			if end < 0 {
				end = len(pattern) - i - 1
			}
			b.WriteString(pattern[i+1 : i+1+end])
			i += end + 2
			continue
		}
		if !m.field(&b, ch, n) {
			b.WriteString(pattern[i : i+n])
		}
		i += n
	}
	return b.String()
}

// field writes one run of a letter; false for what is no field.
func (m moment) field(b *strings.Builder, ch byte, n int) bool {
	number := func(v int64) { writePadded(b, v, min(n, 2)) }
	switch ch {
	case 'y':
		m.writeYear(b, n)
	case 'M':
		m.writeMonth(b, n)
	case 'd':
		m.writeDay(b, n)
	case 'H':
		number(m.get(hour, 7))
	case 'h':
		number((m.get(hour, 7)+11)%12 + 1)
	case 'm':
		number(m.get(minute, 7))
	case 's':
		number(m.get(second, 7))
	case 'f', 'F':
		m.writeFraction(b, ch, n)
	case 't':
		half := "AM"
		if m.get(hour, 7) >= 12 {
			half = "PM"
		}
		b.WriteString(half[:min(n, 2)])
	case 'z':
		m.writeZone(b, n)
	case 'K':
		if m.t.ID == value.DateTimeOffset {
			b.WriteString(offsetText(m.offset))
		}
	case 'g':
		b.WriteString("A.D.")
	default:
		return false
	}
	return true
}

func writePadded(b *strings.Builder, v int64, digits int) {
	s := value.Int128Of(v).String()
	for range digits - len(s) {
		b.WriteByte('0')
	}
	b.WriteString(s)
}

func (m moment) writeYear(b *strings.Builder, n int) {
	y := m.get(year, 7)
	if n <= 2 {
		y %= 100
	}
	writePadded(b, y, n)
}

func (m moment) writeMonth(b *strings.Builder, n int) {
	name := value.MonthName(int(m.get(month, 7)))
	switch {
	case n == 3:
		b.WriteString(name[:3])
	case n > 3:
		b.WriteString(name)
	default:
		writePadded(b, m.get(month, 7), n)
	}
}

func (m moment) writeDay(b *strings.Builder, n int) {
	name := dayNames[m.ticks/value.TicksPerDay%7]
	switch {
	case n == 3:
		b.WriteString(name[:3])
	case n > 3:
		b.WriteString(name)
	default:
		writePadded(b, m.get(day, 7), n)
	}
}

// writeFraction writes digits of a second; F leaves zeros at the end out.
func (m moment) writeFraction(b *strings.Builder, ch byte, n int) {
	n = min(n, 7)
	ns := m.get(nanosecond, 7)
	if m.t.ID == value.DateTime {
		ns = m.get(millisecond, 7) * 1_000_000
	}
	s := value.Int128Of(ns + 1_000_000_000).String()[1 : 1+n]
	if ch == 'F' {
		s = strings.TrimRight(s, "0")
	}
	b.WriteString(s)
}

func (m moment) writeZone(b *strings.Builder, n int) {
	s := offsetText(m.offset)
	switch n {
	case 1:
		s = s[:3]
		if s[1] == '0' {
			s = s[:1] + s[2:]
		}
	case 2:
		s = s[:3]
	}
	b.WriteString(s)
}

// formatSpan writes a time, which to .NET is a span: colons and points must be escaped, or the pattern means nothing.
func formatSpan(m moment, pattern string) (string, bool) {
	if pattern == "c" || pattern == "t" || pattern == "T" || pattern == "g" || pattern == "G" {
		return customDate(m, map[bool]string{true: "HH:mm:ss", false: "H:mm:ss"}[pattern != "g"]), true
	}
	for i := 0; i < len(pattern); i++ {
		switch pattern[i] {
		case '\\':
			i++
		case ':', '.', ' ', '-', '/':
			return "", false
		}
	}
	return customDate(m, strings.ReplaceAll(pattern, "h", "H")), true
}
