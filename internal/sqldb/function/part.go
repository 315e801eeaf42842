package function

import (
	"strconv"
	"strings"

	"github.com/alcedo-cloud/alcedo/internal/sqldb/value"
)

// part is a datepart.
type part uint8

const (
	noPart part = iota
	year
	quarter
	month
	dayOfYear
	day
	week
	weekday
	hour
	minute
	second
	millisecond
	microsecond
	nanosecond
	tzOffset
	isoWeek
)

// partNames has the names and abbreviations; the first of each part is the one that messages have.
var partNames = map[string]part{
	"year": year, "yy": year, "yyyy": year, "quarter": quarter, "qq": quarter, "q": quarter,
	"month": month, "mm": month, "m": month, "dayofyear": dayOfYear, "dy": dayOfYear, "y": dayOfYear,
	"day": day, "dd": day, "d": day, "week": week, "wk": week, "ww": week, "weekday": weekday, "dw": weekday, "w": weekday,
	"hour": hour, "hh": hour, "minute": minute, "mi": minute, "n": minute, "second": second, "ss": second, "s": second,
	"millisecond": millisecond, "ms": millisecond, "microsecond": microsecond, "mcs": microsecond,
	"nanosecond": nanosecond, "ns": nanosecond, "tzoffset": tzOffset, "tz": tzOffset,
	"iso_week": isoWeek, "isowk": isoWeek, "isoww": isoWeek,
}

func (p part) String() string {
	return [...]string{
		"", "year", "quarter", "month", "dayofyear", "day", "week", "weekday", "hour", "minute", "second",
		"millisecond", "microsecond", "nanosecond", "tzoffset", "iso_week",
	}[p]
}

// partFunctions take a part of a date.
func partFunctions() []Function {
	of := func(name string, p part) Function {
		return Function{Name: name, Min: 1, Max: 1, Result: dateRule(name, 0, integer), Deterministic: true, Eval: strict(func(c *call) value.Value {
			m := c.moment(0, name, p)
			if c.err != nil {
				return value.Null()
			}
			return value.OfInt(m.get(p, 7))
		})}
	}
	return []Function{
		{Name: "DATEPART", Min: 2, Max: 2, Result: dateRule("datepart", 1, integer), Eval: strict(datePart)},
		{Name: "DATENAME", Min: 2, Max: 2, Result: dateRule("datename", 1, value.Sized(value.NVarChar, 30)), Eval: strict(dateName)},
		of("YEAR", year), of("MONTH", month), of("DAY", day),
		{Name: "ISDATE", Min: 1, Max: 1, Result: never(integer), Eval: lenient(isDate), Deterministic: true},
	}
}

// dateRule gives t, after a look at whether argument i is a date, or a string or a number that may be read as one.
func dateRule(name string, i int, t value.Type) resultRule {
	return func(args []value.Type) (value.Type, error) {
		a := args[i]
		if a.ID != value.Void && !a.IsDateTime() && !value.Implicit(a, value.Of(value.DateTime)) {
			return value.Type{}, badArgument(a, i+1, name)
		}
		return t.WithNullable(anyNullable(args)), nil
	}
}

// moment is a date and time taken apart.
type moment struct {
	ticks  int64 // since 0001-01-01, local
	offset int
	t      value.Type
}

// part reads the first argument.
func (c *call) part(name string) part {
	s := c.args[0].Text()
	p, ok := partNames[strings.ToLower(s)]
	if !ok {
		c.fail(value.Errorf(155, 15, 1, "'%s' is not a recognized %s option.", s, strings.ToLower(name)))
	}
	return p
}

// date gives an argument as a date of its own type; a string becomes a datetimeoffset where it has an offset, else a
// datetime2, and a number a datetime.
func (c *call) date(i int) (value.Value, value.Type) {
	v, t := c.args[i], c.types[i]
	switch {
	case t.IsDateTime():
		return v, t
	case t.IsString():
		t = value.Scaled(value.DateTimeOffset, 7)
		v = c.as(i, t)
		if v.Offset() == 0 {
			return value.OfDateTime(v.Ticks()), value.Scaled(value.DateTime2, 7)
		}
		return v, t
	}
	return c.as(i, value.Of(value.DateTime)), value.Of(value.DateTime)
}

// moment reads an argument of which the function wants the part p.
func (c *call) moment(i int, name string, p part) moment {
	v, t := c.date(i)
	m := moment{ticks: v.LocalTicks(), offset: v.Offset(), t: t}
	if t.ID == value.Time {
		if p != noPart && p < hour {
			c.unsupported(p, name, t)
		}
		m.ticks += value.Days(1900, 1, 1) * value.TicksPerDay
	}
	if t.ID == value.Date && p >= hour && p != isoWeek {
		c.unsupported(p, name, t)
	}
	if p == tzOffset && t.ID != value.DateTimeOffset && t.ID != value.DateTime2 {
		c.unsupported(p, name, t)
	}
	return m
}

func (c *call) unsupported(p part, name string, t value.Type) {
	c.fail(value.Errorf(9810, 16, 1, "The datepart %s is not supported by date function %s for data type %s.", p, strings.ToLower(name), t.Name()))
}

// get is the number of a part; first is the first day of the week, 1 for Monday to 7 for Sunday.
func (m moment) get(p part, first int64) int64 {
	y, mo, d := value.Civil(m.ticks / value.TicksPerDay)
	h, mi, s, fraction := value.Clock(m.ticks % value.TicksPerDay)
	switch p {
	case year:
		return int64(y)
	case quarter:
		return int64(mo+2) / 3
	case month:
		return int64(mo)
	case dayOfYear:
		return m.ticks/value.TicksPerDay - value.Days(y, 1, 1) + 1
	case day:
		return int64(d)
	case week:
		start := value.Days(y, 1, 1)
		return (m.ticks/value.TicksPerDay-start+weekdayOf(start, first)-1)/7 + 1
	case weekday:
		return weekdayOf(m.ticks/value.TicksPerDay, first)
	case hour:
		return int64(h)
	case minute:
		return int64(mi)
	case second:
		return int64(s)
	case tzOffset:
		return int64(m.offset)
	case isoWeek:
		return m.isoWeek()
	}
	return m.fraction(p, fraction)
}

// fraction is the part of a second; a datetime has three digits of it.
func (m moment) fraction(p part, ticks int64) int64 {
	if m.t.ID == value.DateTime {
		ms := (((ticks*3+50_000)/100_000)*10 + 1) / 3
		ns := (ticks*3 + 50_000) / 100_000 * 10_000_000 / 3
		switch p {
		case millisecond:
			return ms
		case microsecond:
			return ns / 1000
		}
		return ns
	}
	switch p {
	case millisecond:
		return ticks / 10_000
	case microsecond:
		return ticks / 10
	}
	return ticks * 100
}

// weekdayOf counts from 1, which the first day of the week has. 0001-01-01 was a Monday.
func weekdayOf(days, first int64) int64 { return (days+1-first+7)%7 + 1 }

// isoWeek is the week of ISO 8601: the one with the year's first Thursday is 1.
func (m moment) isoWeek() int64 {
	days := m.ticks / value.TicksPerDay
	thursday := days - days%7 + 3
	y, _, _ := value.Civil(thursday)
	return (thursday-value.Days(y, 1, 1))/7 + 1
}

// dateFirst is @@DATEFIRST.
func (c *call) dateFirst() int64 {
	v, err := c.env.Ask("@@DATEFIRST", nil)
	if err != nil {
		c.fail(err)
	}
	if v.IsNull() || v.Int64() < 1 || v.Int64() > 7 {
		return 7
	}
	return v.Int64()
}

func datePart(c *call) value.Value {
	p := c.part("datepart")
	m := c.moment(1, "datepart", p)
	if c.err != nil {
		return value.Null()
	}
	return value.OfInt(m.get(p, c.firstFor(p)))
}

func (c *call) firstFor(p part) int64 {
	if p == week || p == weekday {
		return c.dateFirst()
	}
	return 7
}

func dateName(c *call) value.Value {
	p := c.part("datename")
	m := c.moment(1, "datename", p)
	if c.err != nil {
		return value.Null()
	}
	switch p {
	case month:
		return value.OfString(value.MonthName(int(m.get(month, 7))))
	case weekday:
		return value.OfString(dayNames[m.ticks/value.TicksPerDay%7])
	case tzOffset:
		return value.OfString(offsetText(m.offset))
	}
	return value.OfString(strconv.FormatInt(m.get(p, c.firstFor(p)), 10))
}

// dayNames begin on Monday, as 0001-01-01 did.
var dayNames = [...]string{"Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"}

// offsetText is +hh:mm.
func offsetText(minutes int) string {
	sign := "+"
	if minutes < 0 {
		sign, minutes = "-", -minutes
	}
	return sign + two(minutes/60) + ":" + two(minutes%60)
}

func two(n int) string {
	s := strconv.Itoa(n)
	if len(s) < 2 {
		return "0" + s
	}
	return s
}

// isDate is 1 for a string that is a datetime, and for a datetime; a datetime2 is none.
func isDate(c *call) value.Value {
	t := c.types[0]
	if c.args[0].IsNull() || !t.IsString() && t.ID != value.DateTime && t.ID != value.SmallDateTime && t.ID != value.Int {
		return value.OfInt(0)
	}
	_, err := value.Convert(c.args[0], t, value.Of(value.DateTime), c.dateStyle())
	return value.OfBool(err == nil && t.ID != value.Int)
}
