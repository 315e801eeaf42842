package function

import "github.com/alcedo-cloud/alcedo/internal/sqldb/value"

// partsFunctions make dates of their parts.
func partsFunctions() []Function {
	of := func(name string, n int, t value.Type, f func(c *call, t value.Type) value.Value) Function {
		return Function{Name: name, Min: n, Max: n, Result: maybe(t), Deterministic: true, Eval: strict(func(c *call) value.Value { return f(c, t) })}
	}
	return []Function{
		of("DATEFROMPARTS", 3, value.Of(value.Date), dateFromParts),
		of("TIMEFROMPARTS", 5, value.Of(value.Time), timeFromParts),
		of("SMALLDATETIMEFROMPARTS", 5, value.Of(value.SmallDateTime), dateTimeFromParts),
		of("DATETIMEFROMPARTS", 7, value.Of(value.DateTime), dateTimeFromParts),
		of("DATETIME2FROMPARTS", 8, value.Of(value.DateTime2), dateTimeFromParts),
		of("DATETIMEOFFSETFROMPARTS", 10, value.Of(value.DateTimeOffset), offsetFromParts),
	}
}

func (c *call) badParts(t value.Type) value.Value {
	return c.fail(value.Errorf(289, 16, 1, "Cannot construct data type %s, some of the arguments have values which are not valid.", t.Name()))
}

// days reads year, month and day.
func (c *call) days() (int64, bool) {
	y, m, d := c.int(0), c.int(1), c.int(2)
	if c.err != nil || y < 1 || y > 9999 || m < 1 || m > 12 || d < 1 || d > 31 || !value.ValidDate(int(y), int(m), int(d)) {
		return 0, false
	}
	return value.Days(int(y), int(m), int(d)), true
}

// clock reads hour, minute, second from argument i on, as far as there are that many of the three.
func (c *call) clock(i, n int) (int64, bool) {
	ticks := int64(0)
	for j, part := range []struct{ most, size int64 }{{23, value.TicksPerHour}, {59, value.TicksPerMinute}, {59, value.TicksPerSecond}}[:n] {
		v := c.int(i + j)
		if c.err != nil || v < 0 || v > part.most {
			return 0, false
		}
		ticks += v * part.size
	}
	return ticks, true
}

// fraction reads the fraction of a second and the number of its digits, at arguments i and p.
func (c *call) fraction(i, p int) (int64, bool) {
	f, digits := c.int(i), c.int(p)
	if c.err != nil || digits < 0 || digits > 7 || f < 0 {
		return 0, false
	}
	unit := value.TicksPerSecond
	for range digits {
		unit /= 10
	}
	return f * unit, f < value.TicksPerSecond/unit
}

func dateFromParts(c *call, t value.Type) value.Value {
	days, ok := c.days()
	if !ok {
		return c.badParts(t)
	}
	return value.OfDate(days)
}

func timeFromParts(c *call, t value.Type) value.Value {
	ticks, ok := c.clock(0, 3)
	f, fine := c.fraction(3, 4)
	if !ok || !fine {
		return c.badParts(t)
	}
	return value.OfTime(ticks + f)
}

// dateTimeFromParts serves smalldatetime, datetime (with milliseconds) and datetime2 (with a fraction and its digits).
func dateTimeFromParts(c *call, t value.Type) value.Value {
	days, ok := c.days()
	n := 3
	if t.ID == value.SmallDateTime {
		n = 2
	}
	ticks, fine := c.clock(3, n)
	f := int64(0)
	switch {
	case !ok || !fine:
		return c.badParts(t)
	case t.ID == value.DateTime:
		ms := c.int(6)
		if ms < 0 || ms > 999 {
			return c.badParts(t)
		}
		f = ms * value.TicksPerMillisecond
	case t.ID == value.DateTime2:
		if f, fine = c.fraction(6, 7); !fine {
			return c.badParts(t)
		}
	}
	v, err := value.Convert(value.OfDateTime(days*value.TicksPerDay+ticks+f), value.Of(value.DateTime2), t, value.NoStyle)
	if err != nil {
		return c.badParts(t)
	}
	return v
}

func offsetFromParts(c *call, t value.Type) value.Value {
	days, ok := c.days()
	ticks, fine := c.clock(3, 3)
	f, good := c.fraction(6, 9)
	h, m := c.int(7), c.int(8)
	if !ok || !fine || !good || h < -14 || h > 14 || m < -59 || m > 59 || h*m < 0 || max(h*60+m, -h*60-m) > 840 {
		return c.badParts(t)
	}
	local := days*value.TicksPerDay + ticks + f
	utc := local - (h*60+m)*value.TicksPerMinute
	if utc < 0 || utc >= allTicks {
		return c.badParts(t)
	}
	return value.OfDateTimeOffset(utc, int16(h*60+m))
}
