package function

import "strings"

// customNumber writes a number by a pattern of 0, #, point, commas, percent and text; sections for positive, negative
// and zero stand between semicolons.
func customNumber(d decimalDigits, pattern string) string {
	list := sections(pattern)
	chosen := list[0]
	switch {
	case d.digits == "" && len(list) > 2:
		chosen = list[2]
	case d.negative && len(list) > 1 && list[1] != "":
		chosen = list[1]
		d.negative = false
	}
	p := parseNumberPattern(chosen)
	d.point += p.shift * b2i(d.digits != "")
	r := d.rounded(p.after)
	if r.digits == "" && len(list) > 2 && d.digits != "" {
		return customNumber(decimalDigits{}, pattern)
	}
	out := p.write(r)
	if r.negative {
		return "-" + out
	}
	return out
}

// sections parts a pattern at its semicolons, those in quotation marks apart.
func sections(pattern string) []string {
	var list []string
	start, quote := 0, byte(0)
	for i := 0; i < len(pattern); i++ {
		switch b := pattern[i]; {
		case b == '\\':
			i++
		case quote != 0:
			if b == quote {
				quote = 0
			}
		case b == '\'' || b == '"':
			quote = b
		case b == ';':
			list = append(list, pattern[start:i])
			start = i + 1
		}
	}
	return append(list, pattern[start:])
}

// numberPattern is one section. Its items are digits (0 or #), the point, or text.
type numberPattern struct {
	items         []patternItem
	before, after int  // digits in the pattern
	zerosBefore   int  // the digits before the point that are always written
	zerosAfter    int  // the same after it
	group         bool // thousands
	shift         int  // of the point: percent, per mille, commas before it
}

type patternItem struct {
	kind byte // '0' a digit, '.', or 't' text
	text string
}

func parseNumberPattern(s string) numberPattern {
	var p numberPattern
	seen := false // the point
	commas := 0
	text := func(t string) { p.items = append(p.items, patternItem{kind: 't', text: t}) }
	for i := 0; i < len(s); i++ {
		switch b := s[i]; b {
		case '0', '#':
			p.digit(b, seen)
			if commas > 0 {
				p.group, commas = true, 0
			}
		case '.':
			if !seen {
				p.shift -= 3 * commas
				seen, commas = true, 0
				p.items = append(p.items, patternItem{kind: '.'})
			}
		case ',':
			if p.before > 0 && !seen {
				commas++
			}
		case '%':
			p.shift += 2
			text("%")
		case '\\':
			if i++; i < len(s) {
				text(s[i : i+1])
			}
		case '\'', '"':
			end := strings.IndexByte(s[i+1:], b)
			if end < 0 {
				end = len(s) - i - 1
			}
			text(s[i+1 : i+1+end])
			i += end + 1
		default:
			text(s[i : i+1])
		}
	}
	p.shift -= 3 * commas
	return p
}

func (p *numberPattern) digit(b byte, seen bool) {
	p.items = append(p.items, patternItem{kind: '0'})
	if seen {
		if p.after++; b == '0' {
			p.zerosAfter = p.after
		}
		return
	}
	p.before++
	if b == '0' || p.zerosBefore > 0 {
		p.zerosBefore++
	}
}

// write fills the pattern with digits: those before the point from the right, what is too many at the first.
func (p *numberPattern) write(d decimalDigits) string {
	whole, fraction := d.parts(p.after)
	if whole == "0" {
		whole = ""
	}
	whole = strings.Repeat("0", max(0, p.zerosBefore-len(whole))) + whole
	for len(fraction) > p.zerosAfter && strings.HasSuffix(fraction, "0") {
		fraction = fraction[:len(fraction)-1]
	}
	var b strings.Builder
	slot, used, seen := 0, 0, false
	for _, it := range p.items {
		switch {
		case it.kind == 't':
			b.WriteString(it.text)
		case it.kind == '.':
			seen = true
			if p.before == 0 {
				b.WriteString(whole)
			}
			if fraction != "" {
				b.WriteByte('.')
			}
		case seen:
			if used < len(fraction) {
				b.WriteByte(fraction[used])
			}
			used++
		default:
			last := len(whole) - p.before + slot
			first := last
			if slot == 0 {
				first = 0
			}
			for at := max(first, 0); at <= last; at++ {
				p.put(&b, whole, at)
			}
			slot++
		}
	}
	return b.String()
}

func (p *numberPattern) put(b *strings.Builder, whole string, at int) {
	b.WriteByte(whole[at])
	if rest := len(whole) - at - 1; p.group && rest > 0 && rest%3 == 0 {
		b.WriteByte(',')
	}
}
