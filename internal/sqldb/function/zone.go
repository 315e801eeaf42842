package function

import (
	"strings"
	"time"
	_ "time/tzdata" // AT TIME ZONE must answer where the machine has no zone files

	"github.com/alcedo-cloud/alcedo/internal/sqldb/value"
)

// zoneFunctions move dates between offsets from UTC.
func zoneFunctions() []Function {
	return []Function{
		{Name: "SWITCHOFFSET", Min: 2, Max: 2, Result: offsetRule("switchoffset"), Eval: strict(switchOffset), Deterministic: true},
		{Name: "TODATETIMEOFFSET", Min: 2, Max: 2, Result: offsetRule("todatetimeoffset"), Eval: strict(toOffset), Deterministic: true},
		{Name: "AT TIME ZONE", Min: 2, Max: 2, Result: offsetRule("AT TIME ZONE"), Eval: strict(atTimeZone), Deterministic: true},
	}
}

// offsetRule is a datetimeoffset of as many digits as the first argument has.
func offsetRule(name string) resultRule {
	return func(args []value.Type) (value.Type, error) {
		if _, err := dateRule(name, 0, args[0])(args[:1]); err != nil {
			return value.Type{}, err
		}
		scale := uint8(7)
		switch args[0].ID {
		case value.DateTime2, value.DateTimeOffset, value.Time:
			scale = args[0].Scale
		case value.DateTime:
			scale = 3
		case value.SmallDateTime, value.Date:
			scale = 0
		}
		return value.Scaled(value.DateTimeOffset, scale).WithNullable(anyNullable(args)), nil
	}
}

// offset reads +hh:mm, or minutes.
func (c *call) offset(i int, name string) int64 {
	if !c.types[i].IsString() {
		n := c.int(i)
		if n < -840 || n > 840 {
			c.badZone(name)
		}
		return n
	}
	s := c.text(i)
	if len(s) != 6 || s[0] != '+' && s[0] != '-' || s[3] != ':' {
		c.badZone(name)
		return 0
	}
	for _, at := range []int{1, 2, 4, 5} {
		if s[at] < '0' || s[at] > '9' {
			c.badZone(name)
			return 0
		}
	}
	n := int64(s[1]-'0')*600 + int64(s[2]-'0')*60 + int64(s[4]-'0')*10 + int64(s[5]-'0')
	if n > 840 || s[4] > '5' {
		c.badZone(name)
	}
	if s[0] == '-' {
		return -n
	}
	return n
}

func (c *call) badZone(name string) {
	c.fail(value.Errorf(9812, 16, 0, "The timezone provided to builtin function %s is invalid.", name))
}

// switchOffset keeps the instant.
func switchOffset(c *call) value.Value {
	v := c.as(0, value.Of(value.DateTimeOffset))
	return c.placed(v.Ticks(), c.offset(1, "switchoffset"))
}

// toOffset keeps what the clock shows.
func toOffset(c *call) value.Value {
	v := c.as(0, value.Of(value.DateTime2))
	minutes := c.offset(1, "todatetimeoffset")
	return c.placed(v.Ticks()-minutes*value.TicksPerMinute, minutes)
}

func (c *call) placed(utc, minutes int64) value.Value {
	local := utc + minutes*value.TicksPerMinute
	if c.err == nil && (utc < 0 || utc >= allTicks || local < 0 || local >= allTicks) {
		return c.past(value.Of(value.DateTimeOffset))
	}
	return value.OfDateTimeOffset(utc, int16(minutes))
}

// atTimeZone gives a local date the offset that it has in a zone, and a datetimeoffset the zone's clock.
func atTimeZone(c *call) value.Value {
	name := c.text(1)
	zone, ok := locationOf(name)
	if !ok {
		return c.fail(value.Errorf(9820, 16, 1, "The time zone parameter '%s' provided to AT TIME ZONE clause is invalid.", name))
	}
	v, t := c.date(0)
	if c.err != nil {
		return value.Null()
	}
	if t.ID == value.DateTimeOffset {
		_, seconds := instantOf(v.Ticks()).In(zone).Zone()
		return c.placed(v.Ticks(), int64(seconds/60))
	}
	return c.placed(localInstant(v.Ticks(), zone))
}

// localInstant is the instant of a clock's reading, in UTC, and the offset it is shown with. A reading that there is
// twice, when clocks go back, is the first; one that there is not, when they go forward, is moved on by what they skip.
func localInstant(local int64, zone *time.Location) (utc, minutes int64) {
	offset := func(at int64) int64 {
		_, seconds := instantOf(at).In(zone).Zone()
		return int64(seconds / 60)
	}
	before, after := offset(local-value.TicksPerDay), offset(local+value.TicksPerDay)
	early, late := local-before*value.TicksPerMinute, local-after*value.TicksPerMinute
	if now := offset(early); now == before || before == after {
		return local - now*value.TicksPerMinute, now
	}
	if offset(late) == after {
		return late, after
	}
	return early, after
}

// instantOf is ticks as a time.Time.
func instantOf(ticks int64) time.Time {
	return time.Unix(ticks/value.TicksPerSecond-62135596800, ticks%value.TicksPerSecond*100).UTC()
}

// locationOf finds a zone by Windows' name. The names of the IANA database are no names to SQL Server.
func locationOf(name string) (*time.Location, bool) {
	iana, ok := windowsZones[strings.ToLower(name)]
	if !ok {
		return nil, false
	}
	zone, err := time.LoadLocation(iana)
	return zone, err == nil
}
