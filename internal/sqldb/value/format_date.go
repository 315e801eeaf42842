package value

import "strconv"

var monthNames = [...]string{
	"January", "February", "March", "April", "May", "June",
	"July", "August", "September", "October", "November", "December",
}

// MonthName is the English name of month 1 to 12.
func MonthName(month int) string { return monthNames[month-1] }

// dateLayouts says how the styles of CONVERT write dates and times; those with two digits of the year are 100 less.
// y year, m month, d day (zeros before), n short name of the month, D day after blanks, T time, and below.
var dateLayouts = map[int]string{
	100: "n D y h", 101: "m/d/y", 102: "y.m.d", 103: "d/m/y", 104: "d.m.y", 105: "d-m-y", 106: "d n y", 107: "n d, y",
	108: "t", 109: "n D y H", 110: "m-d-y", 111: "y/m/d", 112: "ymd", 113: "d n y T", 114: "T",
	120: "y-m-d t", 121: "y-m-d f", 22: "m/d/Y p", 23: "y-m-d", 24: "t", 126: "y-m-dTi", 127: "y-m-dTi",
}

// layoutOf finds the layout of a style and whether it writes the century.
func layoutOf(style int) (layout string, century, ok bool) {
	switch style {
	case 0:
		style = 100
	case 8:
		style = 108
	case 9:
		style = 109
	case 13:
		style = 113
	case 14:
		style = 114
	case 20:
		style = 120
	case 21, 25:
		style = 121
	case 1, 2, 3, 4, 5, 6, 7, 10, 11, 12:
		return dateLayouts[style+100], false, true
	}
	layout, ok = dateLayouts[style]
	return layout, true, ok
}

// appendDate writes a date or time of type t in a style of CONVERT; ok is false for a style that there is not. The
// styles of the Hijri calendar, 130 and 131, are not there.
func appendDate(dst []byte, v Value, t Type, style int) (out []byte, ok bool) {
	layout, century, ok := layoutOf(style)
	if !ok {
		return dst, false
	}
	ticks := v.lo
	if t.ID == DateTimeOffset {
		ticks = v.LocalTicks()
	}
	if style == 127 && t.ID == DateTimeOffset {
		ticks = v.lo
	}
	w := dateWriter{dst: dst, t: t, century: century, time: ticks % TicksPerDay}
	if t.ID != Time {
		w.year, w.month, w.day = Civil(ticks / TicksPerDay)
	}
	hasTime, ends := false, len(layout)
	for i := 0; i < ends; i++ {
		switch layout[i] {
		case 't', 'f', 'h', 'H', 'p', 'i':
			hasTime = true
		case 'T':
			hasTime = hasTime || i == ends-1
		}
	}
	if t.ID == Time && !hasTime {
		return dst, false
	}
	layout = w.trimmed(layout, hasTime)
	for i := range len(layout) {
		w.write(layout[i], style)
	}
	if t.ID == DateTimeOffset {
		w.zone(v.offset, style, hasTime)
	} else if style == 127 && t.ID != Date && t.ID != Time && hasTime {
		w.dst = append(w.dst, 'Z')
	}
	return w.dst, true
}

type dateWriter struct {
	dst              []byte
	t                Type
	century          bool
	year, month, day int
	time             int64
}

// trimmed takes the part of a layout that the type has: the date of a date, the time of a time.
func (w *dateWriter) trimmed(layout string, hasTime bool) string {
	if !hasTime {
		return layout
	}
	last := layout[len(layout)-1:]
	switch w.t.ID {
	case Time:
		return last
	case Date:
		for len(layout) > 0 {
			switch layout[len(layout)-1] {
			case 'y', 'd', 'Y':
				return layout
			}
			layout = layout[:len(layout)-1]
		}
		return "y-m-d"
	}
	return layout
}

func (w *dateWriter) write(b byte, style int) {
	switch b {
	case 'y':
		if w.century {
			w.dst = appendPadded(w.dst, int64(w.year), 4)
		} else {
			w.dst = appendPadded(w.dst, int64(w.year%100), 2)
		}
	case 'Y':
		w.dst = appendPadded(w.dst, int64(w.year%100), 2)
	case 'm':
		w.dst = appendPadded(w.dst, int64(w.month), 2)
	case 'd':
		w.dst = appendPadded(w.dst, int64(w.day), 2)
	case 'n':
		w.dst = append(w.dst, monthNames[w.month-1][:3]...)
	case 'D':
		w.blank(w.day)
	case 't':
		w.clock24()
	case 'f':
		w.clock24()
		w.fraction('.', false)
	case 'i':
		w.clock24()
		w.fraction('.', true)
	case 'T':
		if style == 126 || style == 127 {
			w.dst = append(w.dst, 'T')
			return
		}
		w.clock24()
		w.fraction(':', false)
	case 'h', 'H', 'p':
		w.clock12(b)
	default:
		w.dst = append(w.dst, b)
	}
}

func (w *dateWriter) blank(n int) {
	if n < 10 {
		w.dst = append(w.dst, ' ')
	}
	w.dst = strconv.AppendInt(w.dst, int64(n), 10)
}

func (w *dateWriter) clock24() {
	h, m, s, _ := Clock(w.time)
	w.dst = append(appendPadded(w.dst, int64(h), 2), ':')
	w.dst = append(appendPadded(w.dst, int64(m), 2), ':')
	w.dst = appendPadded(w.dst, int64(s), 2)
}

// clock12 writes hh:mmAM for 'h', with seconds and their fraction for 'H', and hh:mm:ss AM for 'p'.
func (w *dateWriter) clock12(b byte) {
	h, m, s, _ := Clock(w.time)
	half := "AM"
	if h >= 12 {
		half = "PM"
	}
	if h %= 12; h == 0 {
		h = 12
	}
	if w.t.ID == Time {
		w.dst = strconv.AppendInt(w.dst, int64(h), 10)
	} else {
		w.blank(h)
	}
	w.dst = appendPadded(append(w.dst, ':'), int64(m), 2)
	if b != 'h' {
		w.dst = appendPadded(append(w.dst, ':'), int64(s), 2)
	}
	if b == 'H' {
		sep := byte(':')
		if w.t.ID != DateTime && w.t.ID != SmallDateTime {
			sep = '.'
		}
		w.fraction(sep, false)
	}
	if b == 'p' {
		w.dst = append(w.dst, ' ')
	}
	w.dst = append(w.dst, half...)
}

// fraction writes the digits of a second that the type has: three of a datetime, its scale of the newer ones.
func (w *dateWriter) fraction(sep byte, leaveOut bool) {
	ticks := w.time % TicksPerSecond
	switch w.t.ID {
	case DateTime, SmallDateTime:
		if leaveOut && ticks == 0 {
			return
		}
		units := (ticks*3 + 50_000) / 100_000
		w.dst = appendPadded(append(w.dst, sep), (units*10+1)/3, 3)
	case Time, DateTime2, DateTimeOffset:
		if w.t.Scale == 0 || leaveOut && ticks == 0 {
			return
		}
		for range 7 - w.t.Scale {
			ticks /= 10
		}
		if sep == ':' {
			sep = '.'
		}
		w.dst = appendPadded(append(w.dst, sep), ticks, int(w.t.Scale))
	}
}

func (w *dateWriter) zone(offset int16, style int, hasTime bool) {
	if !hasTime {
		return
	}
	if style == 127 {
		w.dst = append(w.dst, 'Z')
		return
	}
	if style != 126 {
		w.dst = append(w.dst, ' ')
	}
	sign := byte('+')
	if offset < 0 {
		sign, offset = '-', -offset
	}
	w.dst = appendPadded(append(w.dst, sign), int64(offset/60), 2)
	w.dst = appendPadded(append(w.dst, ':'), int64(offset%60), 2)
}
