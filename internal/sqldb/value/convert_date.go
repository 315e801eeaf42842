package value

import (
	"math"
	"strings"
)

func toDate(from, to Type, style int) Conversion {
	switch {
	case from.IsString():
		return func(v Value) (Value, error) { return dateOfString(v.text, from, to, style) }
	case from.IsDateTime():
		return func(v Value) (Value, error) { return dateOfDate(v, from, to) }
	case from.IsBinary():
		return func(v Value) (Value, error) { return dateOfBytes(v.text, from, to) }
	}
	number := toFloat(from, Of(Float))
	return func(v Value) (Value, error) {
		if v.kind == KindInteger {
			return dateOfDays(v.lo, 0, to)
		}
		f, err := number(v)
		if err != nil {
			return Value{}, err
		}
		days := math.Floor(f.Float64())
		if math.Abs(days) > 1e7 || math.IsNaN(days) {
			return Value{}, errExpression(to)
		}
		return dateOfDays(int64(days), int64(math.Round((f.Float64()-days)*float64(TicksPerDay))), to)
	}
}

// dateOfDays makes a datetime or smalldatetime of days since 1900.
func dateOfDays(days, ticks int64, to Type) (Value, error) {
	if days < -daysTo1900 || days > maxDays {
		return Value{}, errExpression(to)
	}
	t, ok := roundDate((days+daysTo1900)*TicksPerDay+ticks, to)
	if !ok {
		return Value{}, errExpression(to)
	}
	return OfDateTime(t), nil
}

// roundDate rounds ticks of a date and time to what smalldatetime, datetime or datetime2 holds; ok is false outside of
// its range.
func roundDate(ticks int64, to Type) (rounded int64, ok bool) {
	least, greatest := int64(0), maxTicks
	switch to.ID {
	case SmallDateTime:
		least, greatest = daysTo1900*TicksPerDay, (daysTo2079+1)*TicksPerDay-1
		ticks = roundToMinute(ticks)
	case DateTime:
		least = daysTo1753 * TicksPerDay
		ticks = roundToDateTime(ticks)
	default:
		ticks = roundTo(ticks, to.Scale)
	}
	return ticks, ticks >= least && ticks <= greatest
}

// dateOfDate converts between the types of dates and times.
func dateOfDate(v Value, from, to Type) (Value, error) {
	local := v.lo
	switch {
	case from.ID == DateTimeOffset:
		local = v.LocalTicks()
	case from.ID == Time && to.ID != Time:
		local += daysTo1900 * TicksPerDay
	}
	switch to.ID {
	case Date:
		return OfDate(local / TicksPerDay), nil
	case Time:
		return OfTime(roundClock(local%TicksPerDay, to.Scale)), nil
	case DateTimeOffset:
		utc, ok := roundDate(v.lo+local-v.LocalTicks(), to)
		if !ok {
			return Value{}, errDateRange(from, to)
		}
		return OfDateTimeOffset(utc, v.offset), nil
	}
	t, ok := roundDate(local, to)
	if !ok {
		return Value{}, errDateRange(from, to)
	}
	return OfDateTime(t), nil
}

// roundClock rounds a time; what would become midnight of the next day becomes midnight.
func roundClock(ticks int64, scale uint8) int64 { return roundTo(ticks, scale) % TicksPerDay }

func dateOfString(s string, from, to Type, style int) (Value, error) {
	r, fault := readDate(s, style, to.ID)
	if fault == dateFine {
		fault = r.fitsForm(to, strings.TrimSpace(s))
	}
	old := to.ID == DateTime || to.ID == SmallDateTime
	switch {
	case fault == dateRange && old:
		return Value{}, errDateRange(from, to)
	case fault != dateFine && to.ID == SmallDateTime:
		return Value{}, Errorf(295, 16, 3, "Conversion failed when converting character string to smalldatetime data type.")
	case fault != dateFine:
		return Value{}, errDateText()
	}
	ticks := r.days*TicksPerDay + r.time
	switch to.ID {
	case Date:
		return OfDate(r.days), nil
	case Time:
		return OfTime(roundClock(r.time, to.Scale)), nil
	case DateTimeOffset:
		utc, ok := roundDate(ticks, to)
		utc -= int64(r.offset) * TicksPerMinute
		if !ok || utc < 0 || utc > maxTicks {
			return Value{}, errDateText()
		}
		return OfDateTimeOffset(utc, r.offset), nil
	}
	t, ok := roundDate(ticks, to)
	if !ok && old {
		return Value{}, errDateRange(from, to)
	}
	if !ok {
		return Value{}, errDateText()
	}
	return OfDateTime(t), nil
}

// fitsForm knows what datetime and smalldatetime do not read: more than three digits of a second, and offsets but Z.
func (r reading) fitsForm(to Type, s string) dateFault {
	if to.ID != DateTime && to.ID != SmallDateTime {
		if r.digits > 7 {
			return dateForm
		}
		return dateFine
	}
	if r.digits > 3 || r.hasOffset && !strings.HasSuffix(strings.ToUpper(s), "Z") {
		return dateForm
	}
	return dateFine
}
