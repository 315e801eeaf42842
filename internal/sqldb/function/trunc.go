package function

import "github.com/alcedo-cloud/alcedo/internal/sqldb/value"

func dateTrunc(c *call) value.Value {
	p := c.part("datetrunc")
	v, t := c.date(1)
	if p == tzOffset || p == nanosecond || p == weekday {
		return c.fail(value.Errorf(9806, 16, 1, "The datepart %s is not supported by date function datetrunc.", p))
	}
	if t.ID == value.Date && p >= hour && p != isoWeek || t.ID == value.Time && p < hour {
		c.unsupported(p, "datetrunc", t)
	}
	if p == millisecond && fractionOf(t) < 3 || p == microsecond && fractionOf(t) < 6 {
		c.unsupported(p, "datetrunc", t)
	}
	if c.err != nil {
		return value.Null()
	}
	ticks := v.LocalTicks()
	y, m, _ := value.Civil(ticks / value.TicksPerDay)
	switch p {
	case year:
		ticks = value.Days(y, 1, 1) * value.TicksPerDay
	case quarter:
		ticks = value.Days(y, (m-1)/3*3+1, 1) * value.TicksPerDay
	case month:
		ticks = value.Days(y, m, 1) * value.TicksPerDay
	case week, isoWeek:
		first := int64(1)
		if p == week {
			first = c.dateFirst()
		}
		days := ticks / value.TicksPerDay
		if ticks = (days - weekdayOf(days, first) + 1) * value.TicksPerDay; ticks < 0 {
			return c.fail(value.Errorf(9837, 16, 3, "An invalid date value was encountered: The date value is less than the minimum date value allowed for the data type."))
		}
	default:
		ticks -= ticks % p.size()
	}
	return c.remade(v, t, ticks)
}

// fractionOf is how many digits of a second's fraction a type holds.
func fractionOf(t value.Type) uint8 {
	switch t.ID {
	case value.DateTime:
		return 3
	case value.SmallDateTime:
		return 0
	}
	return t.Scale
}
