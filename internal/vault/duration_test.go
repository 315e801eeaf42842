package vault

import (
	"testing"
	"time"
)

func TestDurations(t *testing.T) {
	from := time.Date(2024, 1, 31, 0, 0, 0, 0, time.UTC)
	for text, want := range map[string]time.Time{
		"P90D":    from.AddDate(0, 0, 90),
		"P3M":     from.AddDate(0, 3, 0),
		"p1y10d":  from.AddDate(1, 0, 10),
		"PT48H":   from.Add(48 * time.Hour),
		"P1DT12H": from.Add(36 * time.Hour),
		"P2W":     from.AddDate(0, 0, 14),
	} {
		d, ok := parseDuration(text)
		if !ok || !d.after(from).Equal(want) {
			t.Errorf("%s: %v %v, want %v", text, d.after(from), ok, want)
		}
	}
	for _, bad := range []string{"", "P", "PT", "P1", "PD", "1D", "P1H", "PT1D", "P-1D", "P1D1Y", "P1D2D", "P1.5D", "P100000D", "P1DT", "90 days"} {
		if d, ok := parseDuration(bad); ok {
			t.Errorf("%q is %+v", bad, d)
		}
	}
}

// FuzzParseDuration: what is taken lies ahead, and within what a date can be.
func FuzzParseDuration(f *testing.F) {
	for _, s := range []string{"P90D", "P1Y10D", "PT48H", "P1DT12H30M5S", "P99999Y99999M99999W99999DT99999H"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		d, ok := parseDuration(text)
		if !ok {
			return
		}
		if d.years < 0 || d.months < 0 || d.days < 0 || d.clock < 0 {
			t.Fatalf("%q: %+v", text, d)
		}
		from := time.Unix(0, 0).UTC()
		if d.after(from).Before(from) || d.before(from).After(from) {
			t.Fatalf("%q goes the wrong way", text)
		}
	})
}
