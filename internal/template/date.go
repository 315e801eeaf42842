package template

import (
	"strconv"
	"strings"
	"time"
)

func dateFunctions() map[string]function {
	return map[string]function{
		"utcnow": {0, 1, func(f *frame, args []any) (any, error) {
			if !f.defaults {
				return nil, notHere("utcNow")
			}
			now, err := time.Parse(time.RFC3339, f.Now)
			if err != nil {
				return nil, err
			}
			layout := "yyyyMMddTHHmmssZ"
			if len(args) == 1 {
				text, ok := args[0].(string)
				if !ok {
					return nil, wrongType("utcNow", args[0])
				}
				layout = text
			}
			return formatTime(now, layout), nil
		}},
		"datetimeadd": {2, 3, dateTimeAdd},
		"datetimetoepoch": {1, 1, func(_ *frame, args []any) (any, error) {
			at, err := readTime("dateTimeToEpoch", args[0])
			return at.Unix(), err
		}},
		"datetimefromepoch": {1, 1, func(_ *frame, args []any) (any, error) {
			n, ok := args[0].(int64)
			if !ok {
				return nil, wrongType("dateTimeFromEpoch", args[0])
			}
			return time.Unix(n, 0).UTC().Format("2006-01-02T15:04:05Z"), nil
		}},
	}
}

func readTime(name string, v any) (time.Time, error) {
	text, ok := v.(string)
	if !ok {
		return time.Time{}, wrongType(name, v)
	}
	for _, layout := range []string{time.RFC3339Nano, "20060102T150405Z", "2006-01-02 15:04:05Z", "2006-01-02 15:04:05", "2006-01-02"} {
		if at, err := time.Parse(layout, text); err == nil {
			return at.UTC(), nil
		}
	}
	return time.Time{}, invalid("The value '%s' is no time that the template function '%s' can read.", clip(text), name)
}

// dateTimeAdd adds an ISO 8601 duration, which may be negative.
func dateTimeAdd(_ *frame, args []any) (any, error) {
	at, err := readTime("dateTimeAdd", args[0])
	if err != nil {
		return nil, err
	}
	text, ok := args[1].(string)
	if !ok {
		return nil, wrongType("dateTimeAdd", args[1])
	}
	if at, ok = addDuration(at, text); !ok {
		return nil, invalid("The value '%s' is no duration that the template function 'dateTimeAdd' can read.", clip(text))
	}
	if len(args) == 3 {
		layout, ok := args[2].(string)
		if !ok {
			return nil, wrongType("dateTimeAdd", args[2])
		}
		return formatTime(at, layout), nil
	}
	return at.Format("2006-01-02T15:04:05Z"), nil
}

func addDuration(at time.Time, text string) (time.Time, bool) {
	sign := 1
	if rest, ok := strings.CutPrefix(text, "-"); ok {
		sign, text = -1, rest
	}
	rest, ok := strings.CutPrefix(text, "P")
	if !ok || rest == "" {
		return at, false
	}
	inTime := false
	for rest != "" {
		if rest[0] == 'T' {
			inTime, rest = true, rest[1:]
			continue
		}
		end := strings.IndexFunc(rest, func(r rune) bool { return r < '0' || r > '9' })
		if end < 1 {
			return at, false
		}
		n, err := strconv.Atoi(rest[:end])
		if err != nil || n > 100_000_000 {
			return at, false
		}
		n *= sign
		unit := rest[end]
		rest = rest[end+1:]
		switch {
		case unit == 'Y' && !inTime:
			at = at.AddDate(n, 0, 0)
		case unit == 'M' && !inTime:
			at = at.AddDate(0, n, 0)
		case unit == 'W' && !inTime:
			at = at.AddDate(0, 0, 7*n)
		case unit == 'D' && !inTime:
			at = at.AddDate(0, 0, n)
		case unit == 'H' && inTime:
			at = at.Add(time.Duration(n) * time.Hour)
		case unit == 'M' && inTime:
			at = at.Add(time.Duration(n) * time.Minute)
		case unit == 'S' && inTime:
			at = at.Add(time.Duration(n) * time.Second)
		default:
			return at, false
		}
	}
	return at, true
}

// formatTime writes a time by the letters of .NET's format strings.
func formatTime(at time.Time, layout string) string {
	switch layout {
	case "d":
		layout = "M/d/yyyy"
	case "u":
		layout = "yyyy-MM-dd HH:mm:ssZ"
	case "s":
		layout = "yyyy-MM-ddTHH:mm:ss"
	case "o", "O":
		layout = "yyyy-MM-ddTHH:mm:ss.fffffffZ"
	case "R", "r":
		return at.Format("Mon, 02 Jan 2006 15:04:05 GMT")
	}
	letters := []struct{ net, golang string }{
		{"yyyy", "2006"},
		{"yy", "06"},
		{"MMMM", "January"},
		{"MMM", "Jan"},
		{"MM", "01"},
		{"M", "1"},
		{"dddd", "Monday"},
		{"ddd", "Mon"},
		{"dd", "02"},
		{"d", "2"},
		{"HH", "15"},
		{"H", "15"},
		{"hh", "03"},
		{"h", "3"},
		{"mm", "04"},
		{"m", "4"},
		{"ss", "05"},
		{"s", "5"},
		{"tt", "PM"},
	}
	var b strings.Builder
next:
	for layout != "" {
		if size := len(layout) - len(strings.TrimLeft(layout, "f")); size > 0 {
			b.WriteString(at.Format("." + strings.Repeat("0", min(size, 9)))[1:])
			layout = layout[size:]
			continue
		}
		for _, l := range letters {
			if rest, ok := strings.CutPrefix(layout, l.net); ok {
				b.WriteString(at.Format(l.golang))
				layout = rest
				continue next
			}
		}
		b.WriteByte(layout[0])
		layout = layout[1:]
	}
	return b.String()
}
