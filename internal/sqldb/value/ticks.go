package value

// Dates and times are counted in ticks of 100 ns, as time(7) and datetime2(7) do.
const (
	TicksPerMillisecond int64 = 10_000
	TicksPerSecond            = 1000 * TicksPerMillisecond
	TicksPerMinute            = 60 * TicksPerSecond
	TicksPerHour              = 60 * TicksPerMinute
	TicksPerDay               = 24 * TicksPerHour
)

// Days since 0001-01-01 of the ends of the types' ranges.
const (
	daysTo1753 = 639905 // datetime begins
	daysTo1900 = 693595 // the origin of datetime and smalldatetime
	daysTo2079 = 759131 // 2079-06-06, the last day of smalldatetime
	maxDays    = 3652058
	maxTicks   = (maxDays+1)*TicksPerDay - 1
)

// Civil is the date of a number of days since 0001-01-01.
func Civil(days int64) (year, month, day int) {
	// Count from 0000-03-01, so that the leap day is a year's last.
	z := days + 306
	era := z / 146097
	dayOfEra := z - era*146097
	yearOfEra := (dayOfEra - dayOfEra/1460 + dayOfEra/36524 - dayOfEra/146096) / 365
	dayOfYear := dayOfEra - (365*yearOfEra + yearOfEra/4 - yearOfEra/100)
	m := (5*dayOfYear + 2) / 153
	day = int(dayOfYear-(153*m+2)/5) + 1
	year = int(yearOfEra + era*400)
	if month = int(m) + 3; month > 12 {
		month -= 12
		year++
	}
	return year, month, day
}

// Days is the number of days from 0001-01-01 to a date of the calendar that must exist.
func Days(year, month, day int) int64 {
	y, m := int64(year), int64(month)
	if m <= 2 {
		y--
		m += 12
	}
	era := y / 400
	if y < 0 {
		era = (y - 399) / 400
	}
	yearOfEra := y - era*400
	dayOfYear := (153*(m-3)+2)/5 + int64(day) - 1
	return era*146097 + yearOfEra*365 + yearOfEra/4 - yearOfEra/100 + dayOfYear - 306
}

// DaysIn is the number of days of a month.
func DaysIn(year, month int) int {
	switch month {
	case 2:
		if year%4 == 0 && (year%100 != 0 || year%400 == 0) {
			return 29
		}
		return 28
	case 4, 6, 9, 11:
		return 30
	}
	return 31
}

// ValidDate reports whether the calendar of years 1 to 9999 has the date.
func ValidDate(year, month, day int) bool {
	return year >= 1 && year <= 9999 && month >= 1 && month <= 12 && day >= 1 && day <= DaysIn(year, month)
}

// Clock takes ticks since midnight apart; nano is in ticks.
func Clock(ticks int64) (hour, minute, second int, fraction int64) {
	return int(ticks / TicksPerHour), int(ticks / TicksPerMinute % 60), int(ticks / TicksPerSecond % 60), ticks % TicksPerSecond
}

// roundTo rounds ticks to that many digits of a second, halves away from zero; ticks are not negative.
func roundTo(ticks int64, scale uint8) int64 {
	if scale >= 7 {
		return ticks
	}
	unit := int64(1)
	for range 7 - scale {
		unit *= 10
	}
	return (ticks + unit/2) / unit * unit
}

// DateTimeUnits is a datetime as it is stored and sent: days since 1900-01-01 and 1/300 s since midnight.
func (v Value) DateTimeUnits() (days, units int64) {
	return v.lo/TicksPerDay - daysTo1900, (v.lo%TicksPerDay*3 + 50_000) / 100_000
}

// DateTimeOfUnits makes a datetime of days since 1900-01-01 and 1/300 s since midnight.
func DateTimeOfUnits(days, units int64) Value {
	return OfDateTime((days+daysTo1900)*TicksPerDay + (units*100_000+1)/3)
}

// roundToDateTime rounds ticks to 1/300 s.
func roundToDateTime(ticks int64) int64 {
	day, units := ticks/TicksPerDay, (ticks%TicksPerDay*3+50_000)/100_000
	return day*TicksPerDay + (units*100_000+1)/3
}

// roundToMinute rounds as smalldatetime does: 29.998 seconds down, 29.999 up.
func roundToMinute(ticks int64) int64 {
	return (roundToDateTime(ticks) + 30*TicksPerSecond) / TicksPerMinute * TicksPerMinute
}
