package blob

import (
	"math/rand/v2"
	"slices"
	"sort"
	"strings"
	"testing"
)

// TestListAgainstModel: random names, prefixes, delimiters and page sizes, against a list made in the obvious way.
func TestListAgainstModel(t *testing.T) {
	random := rand.New(rand.NewPCG(7, 11))
	parts := []string{"a", "b", "/", "//", "ab", "\x01", "~", "é", "0", "\xf0\x9f\xa6\x9c"}
	word := func(n int) string {
		var s strings.Builder
		for range n {
			s.WriteString(parts[random.IntN(len(parts))])
		}
		return s.String()
	}
	w := newWorld(t, versioned)
	entries := map[string]int{} // versions of each name, the current one included
	for range 300 {
		name := word(1 + random.IntN(5))
		w.put(t, name, "x")
		entries[name]++
	}
	for range 400 {
		r := ListBlobs{MaxResults: random.IntN(8)}
		if random.IntN(2) == 0 {
			r.Prefix = word(random.IntN(3))
		}
		if random.IntN(2) == 0 {
			r.Delimiter = []string{"/", "//", "a", "é"}[random.IntN(4)]
		}
		r.Include.Versions = random.IntN(2) == 0
		if got, want := w.names(t, r), model(entries, r); !slices.Equal(got, want) {
			t.Fatalf("%+v:\n%q\nwant\n%q", r, got, want)
		}
	}
}

func model(entries map[string]int, r ListBlobs) (list []string) {
	var names []string
	for n := range entries {
		names = append(names, n)
	}
	sort.Strings(names)
	last := ""
	for _, n := range names {
		rest, ok := strings.CutPrefix(n, r.Prefix)
		if !ok {
			continue
		}
		if i := strings.Index(rest, r.Delimiter); r.Delimiter != "" && i >= 0 {
			if prefix := "+" + r.Prefix + rest[:i+len(r.Delimiter)]; prefix != last {
				list, last = append(list, prefix), prefix
			}
			continue
		}
		if r.Include.Versions {
			for range entries[n] - 1 {
				list = append(list, n+" version")
			}
		}
		list = append(list, n+" current")
	}
	return list
}
