package collate

import (
	"math/rand/v2"
	"testing"
)

// slow matches by trying everything, as LIKE is defined.
func slow(p *Pattern, tokens []token, s string) bool {
	if len(tokens) == 0 {
		return s == "" || !p.unicode && trim(s) == ""
	}
	if tokens[0].kind == anyMany {
		for i := 0; ; {
			if slow(p, tokens[1:], s[i:]) {
				return true
			}
			if i == len(s) {
				return false
			}
			_, n := decode(s[i:])
			i += n
		}
	}
	if s == "" {
		return false
	}
	r, n := decode(s)
	return p.fits(&tokens[0], r) && slow(p, tokens[1:], s[n:])
}

// Match and Index find what trying everything finds.
func TestLikeAgainstTrying(t *testing.T) {
	r := rand.New(rand.NewPCG(11, 12))
	pick := func(list []string, most int) string {
		s := ""
		for range r.IntN(most) {
			s += list[r.IntN(len(list))]
		}
		return s
	}
	names := []string{DefaultName, "Latin1_General_CS_AS", "Latin1_General_CI_AI", "Latin1_General_BIN2"}
	for range 60000 {
		c := named(t, names[r.IntN(len(names))])
		s := pick([]string{"a", "b", "A", "é", " ", "%"}, 9)
		pattern := pick([]string{"a", "b", "B", "e", " ", "%", "%", "_", "[ab]", "[^a]", "[a-e]", "[%]"}, 7)
		p := c.Like(pattern, 0, r.IntN(2) == 0)
		if got, want := p.Match(s), slow(p, p.tokens, s); got != want {
			t.Fatalf("%s: %q LIKE %q (unicode %v) is %v, trying says %v", c.Name(), s, pattern, p.unicode, got, want)
		}
		want := -1
		if len(p.tokens) > 0 && p.tokens[0].kind == anyMany {
			for i := 0; i <= len(s) && want < 0; {
				if slow(p, p.tokens[1:], s[i:]) && (len(p.tokens) > 1 || i == 0) {
					want = i
				}
				if len(p.tokens) == 1 {
					want = 0
				}
				if i == len(s) {
					break
				}
				_, n := decode(s[i:])
				i += n
			}
		} else if slow(p, p.tokens, s) {
			want = 0
		}
		if got := p.Index(s); got != want {
			t.Fatalf("%s: PATINDEX(%q, %q) (unicode %v) is at %d, trying says %d", c.Name(), pattern, s, p.unicode, got, want)
		}
		if text, rest, whole := p.Prefix(); whole && !p.Match(text) || rest && !p.Match(text+"xyz") {
			t.Fatalf("%q: Prefix %q %v %v", pattern, text, rest, whole)
		}
	}
}
