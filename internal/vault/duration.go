package vault

import (
	"strconv"
	"strings"
	"time"
)

// duration is an ISO 8601 duration: calendar parts as they were written, so that P1M is a month and P2Y two years.
type duration struct {
	years, months, days int
	clock               time.Duration
}

// maxDurationPart bounds each number: a policy is about the life of a key.
const maxDurationPart = 99999

// parseDuration reads durations such as P90D, P3M, P1Y10D and PT48H. ok is false for anything else.
func parseDuration(text string) (d duration, ok bool) {
	rest, found := strings.CutPrefix(strings.ToUpper(text), "P")
	if !found || rest == "" {
		return d, false
	}
	date, clock, timed := strings.Cut(rest, "T")
	if timed && clock == "" || date == "" && !timed {
		return d, false
	}
	if !durationParts(date, "YMWD", func(unit byte, n int) {
		switch unit {
		case 'Y':
			d.years = n
		case 'M':
			d.months = n
		case 'W':
			d.days += 7 * n
		case 'D':
			d.days += n
		}
	}) {
		return d, false
	}
	units := map[byte]time.Duration{'H': time.Hour, 'M': time.Minute, 'S': time.Second}
	return d, durationParts(clock, "HMS", func(unit byte, n int) { d.clock += time.Duration(n) * units[unit] })
}

// durationParts reads numbers with units, each at most once and in order.
func durationParts(text, units string, add func(byte, int)) bool {
	for text != "" {
		i := strings.IndexFunc(text, func(r rune) bool { return r < '0' || r > '9' })
		if i <= 0 {
			return false
		}
		n, err := strconv.Atoi(text[:i])
		at := strings.IndexByte(units, text[i])
		if err != nil || n > maxDurationPart || at < 0 {
			return false
		}
		add(text[i], n)
		units, text = units[at+1:], text[i+1:]
	}
	return true
}

// after is t and the duration.
func (d duration) after(t time.Time) time.Time {
	return t.AddDate(d.years, d.months, d.days).Add(d.clock)
}

// before is t less the duration.
func (d duration) before(t time.Time) time.Time {
	return t.AddDate(-d.years, -d.months, -d.days).Add(-d.clock)
}

// atLeast reports whether the duration has so many days, a year having 365 and a month 30.
func (d duration) atLeast(days int) bool { return d.length() >= time.Duration(days)*24*time.Hour }

func (d duration) length() time.Duration {
	return time.Duration(d.years*365+d.months*30+d.days)*24*time.Hour + d.clock
}
