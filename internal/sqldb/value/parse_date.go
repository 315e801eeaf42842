package value

import "strings"

// reading is what a string says of date and time.
type reading struct {
	days             int64
	time             int64 // ticks since midnight
	offset           int16
	hasDate, hasTime bool
	hasOffset        bool
	digits           int // of the fraction of a second
}

// dateFault says why a string is no date: its form, or a month or an hour that there is not.
type dateFault uint8

const (
	dateFine dateFault = iota
	dateForm
	dateRange
)

// dateReader reads the forms that SQL Server takes under English: ISO 8601, with separators, with the name of the
// month, unseparated, and times of 24 or 12 hours in any of them.
type dateReader struct {
	s       string
	at      int
	order   string // of three numbers: "mdy", "dmy", "ymd"
	session bool   // the order is the session's, not a style's
	old     bool   // for datetime or smalldatetime
	iso     bool   // a T stands between date and time
	numbers []string
	month   int
	out     reading
	fault   dateFault
}

// readDate reads s for a type; style is CONVERT's and says in which order numbers stand, or that the session's holds.
func readDate(s string, style int, to ID) (reading, dateFault) {
	style, order := ordered(style)
	r := dateReader{s: strings.TrimSpace(s), order: "mdy", old: to == DateTime || to == SmallDateTime}
	switch style {
	case 3, 4, 5, 103, 104, 105, 13, 113, 130, 131:
		r.order = "dmy"
	case 2, 11, 102, 111, 12, 112, 20, 21, 25, 120, 121, 126, 127, 23:
		r.order = "ymd"
	case 1, 10, 22, 101, 110:
	default:
		r.order, r.session = order.String(), order != 0
	}
	var buf [4]string
	r.numbers = buf[:0]
	for r.at < len(r.s) && r.fault == dateFine {
		r.token()
	}
	if r.fault == dateFine {
		r.resolve()
	}
	return r.out, r.fault
}

func (r *dateReader) fail(f dateFault) {
	if r.fault == dateFine {
		r.fault = f
	}
}

// token reads the next number, word or sign.
func (r *dateReader) token() {
	switch b := r.s[r.at]; {
	case isDigit(b):
		r.number()
	case isLetter(b):
		r.word()
	case b == ' ' || b == ',' || b == '\t':
		r.at++
	case (b == '+' || b == '-') && r.out.hasTime && !r.out.hasOffset:
		r.zone()
	case b == '/' || b == '-' || b == '.':
		if len(r.numbers) == 0 && r.month == 0 || r.out.hasTime {
			r.fail(dateForm)
		}
		r.at++
	default:
		r.fail(dateForm)
	}
}

func isDigit(b byte) bool  { return b >= '0' && b <= '9' }
func isLetter(b byte) bool { return b|0x20 >= 'a' && b|0x20 <= 'z' }

func (r *dateReader) digits() string {
	start := r.at
	for r.at < len(r.s) && isDigit(r.s[r.at]) {
		r.at++
	}
	return r.s[start:r.at]
}

func (r *dateReader) letters() string {
	start := r.at
	for r.at < len(r.s) && isLetter(r.s[r.at]) {
		r.at++
	}
	return strings.ToLower(r.s[start:r.at])
}

func (r *dateReader) number() {
	n := r.digits()
	switch {
	case len(n) > 8:
		r.fail(dateForm)
	case r.peek() == ':' || r.halfFollows():
		r.clock(n)
	case len(r.numbers) == 3:
		r.fail(dateForm)
	default:
		r.numbers = append(r.numbers, n)
	}
}

func (r *dateReader) peek() byte {
	if r.at < len(r.s) {
		return r.s[r.at]
	}
	return 0
}

// halfFollows reports AM or PM after blanks.
func (r *dateReader) halfFollows() bool {
	rest := strings.ToLower(strings.TrimLeft(r.s[r.at:], " "))
	return strings.HasPrefix(rest, "am") || strings.HasPrefix(rest, "pm")
}

func (r *dateReader) word() {
	w := r.letters()
	switch {
	case w == "t" && len(r.numbers) > 0 && isDigit(r.peek()):
		r.iso = true
	case w == "z" && r.out.hasTime && !r.out.hasOffset:
		r.out.hasOffset = true
	case len(w) >= 3 && r.month == 0:
		for i, name := range monthNames {
			if low := strings.ToLower(name); w == low || w == low[:3] || w == "sept" && i == 8 {
				r.month = i + 1
				return
			}
		}
		r.fail(dateForm)
	default:
		r.fail(dateForm)
	}
}

// clock reads a time of which the hour has been read.
func (r *dateReader) clock(first string) {
	if r.out.hasTime {
		r.fail(dateForm)
		return
	}
	r.out.hasTime = true
	parts := [3]int{atoi(first), 0, 0}
	var fraction int64
	for i := 1; i < 3 && r.peek() == ':'; i++ {
		r.at++
		n := r.digits()
		if n == "" || len(n) > 2 {
			r.fail(dateForm)
			return
		}
		parts[i] = atoi(n)
	}
	if b := r.peek(); b == '.' || b == ':' {
		r.at++
		n := r.digits()
		r.out.digits = len(n)
		if n == "" && b == ':' || len(n) > 9 || b == ':' && len(n) > 3 {
			r.fail(dateForm)
			return
		}
		fraction = fractionTicks(n, b)
	}
	r.half(&parts)
	if len(first) > 2 || parts[0] > 23 || parts[1] > 59 || parts[2] > 59 {
		r.fail(dateRange)
	}
	r.out.time = int64(parts[0])*TicksPerHour + int64(parts[1])*TicksPerMinute + int64(parts[2])*TicksPerSecond + fraction
}

// fractionTicks reads what stands after the point of seconds, or the milliseconds after a colon.
func fractionTicks(n string, sep byte) int64 {
	if sep == ':' {
		return int64(atoi(n)) * TicksPerMillisecond
	}
	ticks := int64(0)
	for i := range 7 {
		ticks *= 10
		if i < len(n) {
			ticks += int64(n[i] - '0')
		}
	}
	return ticks
}

// half reads AM or PM and turns the hour.
func (r *dateReader) half(parts *[3]int) {
	if !r.halfFollows() {
		return
	}
	for r.peek() == ' ' {
		r.at++
	}
	w := r.letters()
	if w != "am" && w != "pm" {
		r.fail(dateForm)
		return
	}
	switch {
	case parts[0] > 12 && w == "am":
		r.fail(dateForm)
	case parts[0] == 12 && w == "am":
		parts[0] = 0
	case parts[0] < 12 && w == "pm":
		parts[0] += 12
	}
}

// zone reads +hh:mm.
func (r *dateReader) zone() {
	negative := r.s[r.at] == '-'
	r.at++
	h := r.digits()
	if len(h) == 0 || len(h) > 2 || r.peek() != ':' {
		r.fail(dateForm)
		return
	}
	r.at++
	m := r.digits()
	if len(m) != 2 {
		r.fail(dateForm)
		return
	}
	minutes := atoi(h)*60 + atoi(m)
	if minutes > 14*60 || atoi(m) > 59 {
		r.fail(dateRange)
	}
	if negative {
		minutes = -minutes
	}
	r.out.offset, r.out.hasOffset = int16(minutes), true
}

// atoi is for strings of at most nine digits.
func atoi(s string) int {
	n := 0
	for i := range len(s) {
		n = n*10 + int(s[i]-'0')
	}
	return n
}
