package function

import (
	"math"

	"github.com/alcedo-cloud/alcedo/internal/sqldb/value"
)

// addFunctions move dates and measure between them.
func addFunctions() []Function {
	return []Function{
		{Name: "DATEADD", Min: 3, Max: 3, Result: sameDate("dateadd", 2, value.Of(value.DateTime)), Eval: strict(dateAdd), Deterministic: true},
		{Name: "DATEDIFF", Min: 3, Max: 3, Result: dateRule("datediff", 1, integer), Eval: strict(dateDiff("datediff", math.MaxInt32)), Deterministic: true},
		{Name: "DATEDIFF_BIG", Min: 3, Max: 3, Result: dateRule("datediff_big", 1, bigint), Eval: strict(dateDiff("datediff_big", math.MaxInt64)), Deterministic: true},
		{Name: "DATETRUNC", Min: 2, Max: 2, Result: sameDate("datetrunc", 1, value.Of(value.DateTime2)), Eval: strict(dateTrunc)},
		{Name: "DATE_BUCKET", Min: 3, Max: 4, Result: sameDate("date_bucket", 2, value.Of(value.DateTime2)), Eval: strict(dateBucket), Deterministic: true},
		{Name: "EOMONTH", Min: 1, Max: 2, Result: dateRule("eomonth", 0, value.Of(value.Date)), Eval: lenient(endOfMonth), Deterministic: true},
	}
}

// sameDate is the type of argument i; other for a string.
func sameDate(name string, i int, other value.Type) resultRule {
	return func(args []value.Type) (value.Type, error) {
		if _, err := dateRule(name, i, other)(args); err != nil {
			return value.Type{}, err
		}
		t := other
		if args[i].IsDateTime() {
			t = args[i]
		}
		return t.WithNullable(anyNullable(args)), nil
	}
}

// size is how long a part is in ticks; 0 for those of the calendar.
func (p part) size() int64 {
	switch p {
	case dayOfYear, day, weekday:
		return value.TicksPerDay
	case week, isoWeek:
		return 7 * value.TicksPerDay
	case hour:
		return value.TicksPerHour
	case minute:
		return value.TicksPerMinute
	case second:
		return value.TicksPerSecond
	case millisecond:
		return value.TicksPerMillisecond
	case microsecond:
		return 10
	}
	return 0
}

// months is how many months a part of the calendar has.
func (p part) months() int64 {
	switch p {
	case year:
		return 12
	case quarter:
		return 3
	case month:
		return 1
	}
	return 0
}

func dateAdd(c *call) value.Value {
	p := c.part("dateadd")
	if p == tzOffset || p == isoWeek {
		return c.fail(value.Errorf(9806, 16, 1, "The datepart %s is not supported by date function dateadd.", p))
	}
	n := c.bigInt(1)
	v, t := c.date(2)
	if !c.types[2].IsDateTime() {
		t = value.Of(value.DateTime)
		v = c.as(2, t)
	}
	if t.ID == value.Date && p >= hour || t.ID == value.Time && p < hour {
		c.unsupported(p, "dateadd", t)
	}
	if c.err != nil {
		return value.Null()
	}
	return c.added(v, t, p, n)
}

// added moves a date by n parts, within the limits of its type.
func (c *call) added(v value.Value, t value.Type, p part, n int64) value.Value {
	ticks := v.LocalTicks()
	switch {
	case p.months() != 0:
		if n > 200_000 || n < -200_000 {
			return c.past(t)
		}
		var ok bool
		if ticks, ok = addMonths(ticks, n*p.months()); !ok {
			return c.past(t)
		}
	case p == nanosecond:
		ticks += (n + int64(math.Copysign(50, float64(n)))) / 100
	default:
		if size := p.size(); n > math.MaxInt64/2/size || n < -math.MaxInt64/2/size {
			return c.past(t)
		}
		ticks += n * p.size()
	}
	return c.remade(v, t, ticks)
}

// past is message 517: a date would lie outside of what its type holds.
func (c *call) past(t value.Type) value.Value {
	return c.fail(value.Errorf(517, 16, 1, "Adding a value to a '%s' column caused an overflow.", t.Name()))
}

// addMonths keeps the day, or takes the last of a shorter month.
func addMonths(ticks, months int64) (int64, bool) {
	y, m, d := value.Civil(ticks / value.TicksPerDay)
	total := int64(y)*12 + int64(m) - 1 + months
	y, m = int(total/12), int(total%12)+1
	if total < 12 || y > 9999 {
		return 0, false
	}
	d = min(d, value.DaysIn(y, m))
	return value.Days(y, m, d)*value.TicksPerDay + ticks%value.TicksPerDay, true
}

const allTicks = 3652059 * value.TicksPerDay // 10000-01-01

// remade makes a value of v's type of other ticks of local time.
func (c *call) remade(v value.Value, t value.Type, ticks int64) value.Value {
	if t.ID == value.Time {
		ticks = ((ticks % value.TicksPerDay) + value.TicksPerDay) % value.TicksPerDay
		return c.narrowed(value.OfTime(ticks), value.Scaled(value.Time, 7), t)
	}
	if ticks < 0 || ticks >= allTicks {
		return c.past(t)
	}
	switch t.ID {
	case value.Date:
		return value.OfDate(ticks / value.TicksPerDay)
	case value.DateTimeOffset:
		utc := ticks - int64(v.Offset())*value.TicksPerMinute
		if utc < 0 || utc >= allTicks {
			return c.past(t)
		}
		return c.narrowed(value.OfDateTimeOffset(utc, int16(v.Offset())), value.Scaled(value.DateTimeOffset, 7), t)
	}
	return c.narrowed(value.OfDateTime(ticks), value.Scaled(value.DateTime2, 7), t)
}

// narrowed rounds to what t holds.
func (c *call) narrowed(v value.Value, from, t value.Type) value.Value {
	out, err := value.Convert(v, from, t, value.NoStyle)
	if err != nil {
		return c.past(t)
	}
	return out
}

// dateDiff counts the boundaries of a part between two dates. Weeks begin on Sunday, whatever @@DATEFIRST says.
func dateDiff(name string, limit int64) func(c *call) value.Value {
	return func(c *call) value.Value {
		p := c.part(name)
		if p == tzOffset {
			return c.fail(value.Errorf(9806, 16, 1, "The datepart %s is not supported by date function %s.", p, name))
		}
		a, _ := c.date(1)
		b, _ := c.date(2)
		if c.err != nil {
			return value.Null()
		}
		n, ok := boundaries(p, c.instant(1, a), c.instant(2, b))
		if !ok || n > limit || n < -limit-1 {
			return c.fail(value.Errorf(535, 16, 0, "The %s function resulted in an overflow. The number of dateparts separating two date/time instances is too large. Try to use %s with a less precise datepart.", name, name))
		}
		return value.OfInt(n)
	}
}

// instant is a date in ticks; a time is one of 1900-01-01, as it is where it meets a date.
func (c *call) instant(i int, v value.Value) int64 {
	if c.types[i].ID == value.Time {
		return v.Ticks() + value.Days(1900, 1, 1)*value.TicksPerDay
	}
	return v.Ticks()
}

func boundaries(p part, a, b int64) (int64, bool) {
	switch p {
	case year, quarter, month:
		return monthIndex(b)/p.months() - monthIndex(a)/p.months(), true
	case week:
		return (b/value.TicksPerDay+1)/7 - (a/value.TicksPerDay+1)/7, true
	case isoWeek:
		return b/value.TicksPerDay/7 - a/value.TicksPerDay/7, true
	case nanosecond:
		d := b - a
		return d * 100, d < math.MaxInt64/100 && d > -math.MaxInt64/100
	}
	return b/p.size() - a/p.size(), true
}

func monthIndex(ticks int64) int64 {
	y, m, _ := value.Civil(ticks / value.TicksPerDay)
	return int64(y)*12 + int64(m) - 1
}

// dateBucket is DATE_BUCKET: the start of the bucket of n parts, counted from an origin, 1900-01-01 where none is given.
func dateBucket(c *call) value.Value {
	p, n := c.part("date_bucket"), c.bigInt(1)
	v, t := c.date(2)
	origin := value.Days(1900, 1, 1) * value.TicksPerDay
	if t.ID == value.Time {
		origin = 0
	}
	if c.has(3) {
		o, _ := c.date(3)
		origin = o.LocalTicks()
	}
	switch {
	case c.err != nil:
		return value.Null()
	case n <= 0:
		return c.fail(value.Errorf(9834, 16, 1, "Invalid bucket width value passed to date_bucket function. Only positive values are allowed."))
	case p.months() == 0 && p.size() == 0 || p == weekday || p == dayOfYear || p == isoWeek || p == microsecond:
		return c.fail(value.Errorf(9806, 16, 1, "The datepart %s is not supported by date function date_bucket.", p))
	}
	ticks := v.LocalTicks()
	if months := p.months(); months != 0 {
		if n > 200_000 {
			return c.past(t)
		}
		between := monthIndex(ticks) - monthIndex(origin)
		start, ok := addMonths(origin, floorTo(between, n*months))
		if ok && start > ticks {
			start, ok = addMonths(origin, floorTo(between, n*months)-n*months)
		}
		if !ok {
			return c.past(t)
		}
		return c.remade(v, t, start)
	}
	if n > allTicks/p.size() {
		return c.past(t)
	}
	return c.remade(v, t, origin+floorTo(ticks-origin, n*p.size()))
}

// floorTo rounds down to a multiple of by.
func floorTo(n, by int64) int64 {
	rest := n % by
	if rest < 0 {
		rest += by
	}
	return n - rest
}

func endOfMonth(c *call) value.Value {
	if c.args[0].IsNull() {
		return value.Null()
	}
	v, _ := c.date(0)
	n := int64(0)
	if c.has(1) && !c.args[1].IsNull() {
		n = c.int(1)
	}
	if c.err != nil {
		return value.Null()
	}
	y, m, _ := value.Civil(v.LocalTicks() / value.TicksPerDay)
	first, ok := addMonths(value.Days(y, m, 1)*value.TicksPerDay, n)
	if !ok {
		return c.past(value.Of(value.Date))
	}
	y, m, _ = value.Civil(first / value.TicksPerDay)
	return value.OfDate(value.Days(y, m, value.DaysIn(y, m)))
}
