package tds

import (
	"github.com/alcedo-cloud/alcedo/internal/sqldb/value"
	wire "github.com/alcedo-cloud/alcedo/internal/wire/tds"
)

// The ends of what the types of dates hold: days from 0001-01-01 to 9999-12-31, and of datetime from 1753-01-01, counted
// from 1900-01-01.
const (
	lastDay       = 3652058
	firstDateTime = -53690
	lastDateTime  = 2958463
	thirdsPerDay  = 24 * 60 * 60 * 300
	mostOffset    = 14 * 60
)

// timeOf is typeOf of dates and times.
func timeOf(info *wire.TypeInfo) (value.Type, decoder, bool) {
	t := value.Type{Nullable: true, Scale: info.Scale}
	switch info.ID {
	case wire.TypeDateTime4, wire.TypeDateTime, wire.TypeDateTimeN:
		if t.ID = value.DateTime; info.Size == 4 {
			t.ID = value.SmallDateTime
		}
		return t, decodeDateTime, true
	case wire.TypeDateN:
		t.ID = value.Date
		return t, func(b []byte) (value.Value, error) {
			days := wire.Days(b)
			return value.OfDate(int64(days)), possible(t.ID, days, 0)
		}, true
	case wire.TypeTimeN:
		t.ID = value.Time
		return t, func(b []byte) (value.Value, error) {
			ticks := wire.Ticks(b, t.Scale)
			return value.OfTime(ticks), possible(t.ID, 0, ticks)
		}, true
	case wire.TypeDateTime2N:
		t.ID = value.DateTime2
		return t, func(b []byte) (value.Value, error) {
			at := len(b) - 3
			ticks, days := wire.Ticks(b[:at], t.Scale), wire.Days(b[at:])
			return value.OfDateTime(int64(days)*value.TicksPerDay + ticks), possible(t.ID, days, ticks)
		}, true
	case wire.TypeDateTimeOffsetN:
		t.ID = value.DateTimeOffset
		return t, offsetDecoder(t.Scale), true
	}
	return t, nil, false
}

func decodeDateTime(b []byte) (value.Value, error) {
	days, thirds := wire.DateTime(b)
	if days < firstDateTime || days > lastDateTime || thirds < 0 || thirds >= thirdsPerDay {
		return value.Value{}, notInstance("datetime")
	}
	return value.DateTimeOfUnits(int64(days), int64(thirds)), nil
}

func offsetDecoder(scale uint8) decoder {
	return func(b []byte) (value.Value, error) {
		at := len(b) - 5
		ticks, days := wire.Ticks(b[:at], scale), wire.Days(b[at:])
		minutes := int16(wire.Signed(b[at+3:]))
		if minutes < -mostOffset || minutes > mostOffset {
			return value.Value{}, notInstance("datetimeoffset")
		}
		return value.OfDateTimeOffset(int64(days)*value.TicksPerDay+ticks, minutes), possible(value.DateTimeOffset, days, ticks)
	}
}

// possible refuses dates behind the calendar's end and times behind midnight.
func possible(of value.ID, days int32, ticks int64) error {
	if days > lastDay || ticks >= value.TicksPerDay {
		return notInstance(of.String())
	}
	return nil
}
