package tags

import (
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/alcedo-cloud/alcedo/internal/fault"
)

func TestValidate(t *testing.T) {
	eleven := map[string]string{}
	for i := range 11 {
		eleven[string(rune('a'+i))] = ""
	}
	for _, c := range []struct {
		name   string
		tags   map[string]string
		reason string
	}{
		{"none", nil, ""},
		{"all signs", map[string]string{"aZ09 +-./:=_": "aZ09 +-./:=_"}, ""},
		{"empty value", map[string]string{"k": ""}, ""},
		{"longest", map[string]string{strings.Repeat("k", 128): strings.Repeat("v", 256)}, ""},
		{"eleven", eleven, "TagsTooLarge"},
		{"long key", map[string]string{strings.Repeat("k", 129): ""}, "TagsTooLarge"},
		{"long value", map[string]string{"k": strings.Repeat("v", 257)}, "TagsTooLarge"},
		{"no key", map[string]string{"": "v"}, "EmptyTagName"},
		{"bad key", map[string]string{"k&": "v"}, "InvalidTag"},
		{"bad value", map[string]string{"k": "é"}, "InvalidTag"},
	} {
		if got := fault.ReasonOf(Validate(c.tags)); got != c.reason {
			t.Errorf("%s: reason %q, want %q", c.name, got, c.reason)
		}
	}
}

func TestHeader(t *testing.T) {
	in := map[string]string{"a b": "1+1=2", "k": "", "p/q": "x:y"}
	out, err := ParseHeader(Header(in))
	if err != nil || !maps.Equal(in, out) {
		t.Fatalf("%v, %v", out, err)
	}
	for header, reason := range map[string]string{
		"a":                                "InvalidTag",
		"a=%zz":                            "InvalidTag",
		"a=1&a=2":                          "DuplicateTagNames",
		"=1":                               "EmptyTagName",
		"a=%26":                            "InvalidTag",
		"a=1&b=2&":                         "InvalidTag",
		"a%3D=b%3D":                        "",
		strings.Repeat("a=1&", 11) + "a=1": "DuplicateTagNames",
	} {
		if _, err := ParseHeader(header); fault.ReasonOf(err) != reason {
			t.Errorf("%q: %v, want %q", header, err, reason)
		}
	}
}

func TestConditions(t *testing.T) {
	blob := map[string]string{"project": "kingfisher", "n": "5", "two words": "x"}
	for text, want := range map[string]bool{
		`project = 'kingfisher'`:                         true,
		`"project"='kingfisher'`:                         true,
		`"project"='Kingfisher'`:                         false,
		`"two words" = 'x'`:                              true,
		`project <> 'heron'`:                             true,
		`absent <> 'heron'`:                              false,
		`absent = ''`:                                    false,
		`n > '10'`:                                       true, // text, not numbers
		`n >= '5' AND n <= '5'`:                          true,
		`n > '5' OR n < '5'`:                             false,
		`n > '5' or project = 'kingfisher'`:              true,
		`n = '5' AND n = '6' OR project = 'kingfisher'`:  true,
		`n = '5' AND (n = '6' OR project = 'heron')`:     false,
		`NOT n = '6' AND NOT (absent = 'x')`:             true,
		`project='kingfisher'AND"n"='5'AND n<>'6'`:       true,
		"\tproject\n=\r'kingfisher' ":                    true,
		`(((project = 'kingfisher')))`:                   true,
		`n < '5' OR n < '4' OR n = '5'`:                  true,
		`NOT NOT n = '5'`:                                true,
		`n = '5' AND project > 'heron' AND n < '50000 '`: true,
	} {
		e, err := ParseCondition(text)
		if err != nil {
			t.Errorf("%s: %v", text, err)
		} else if got := e.Holds(blob); got != want {
			t.Errorf("%s: %v", text, got)
		}
	}
}

func TestRefusedConditions(t *testing.T) {
	for _, text := range []string{
		"", " ", "a", "a=", "a=b", "a='b", `"a='b'`, "'a'='b'", "a=='b'", "a='b' AND", "a='b' OR OR c='d'", "(a='b'", "a='b')",
		"a='b' c='d'", "@container='x'", "NOT", "a!='b'", "a='é'", `""='x'`, "a='b' && c='d'", "a ('b')", "\x00",
		strings.Repeat("(", 100) + "a='b'" + strings.Repeat(")", 100), strings.Repeat("NOT ", 100) + "a='b'",
		"a='" + strings.Repeat("b", MaxExpression) + "'", "a='b''c'",
	} {
		if _, err := ParseCondition(text); fault.ReasonOf(err) != "InvalidHeaderValue" || fault.KindOf(err) != fault.Invalid {
			t.Errorf("%.40q: %v", text, err)
		}
	}
}

func TestSearch(t *testing.T) {
	e, err := ParseSearch(`@container = 'pictures' AND "b" >= '2' AND a = '1' AND b < '3'`)
	if err != nil {
		t.Fatal(err)
	}
	if name, ok := e.Container(); name != "pictures" || !ok {
		t.Errorf("container %q, %v", name, ok)
	}
	if !slices.Equal(e.Keys(), []string{"a", "b"}) {
		t.Errorf("keys %v", e.Keys())
	}
	if !e.Holds(map[string]string{"a": "1", "b": "22"}) || e.Holds(map[string]string{"a": "1", "b": "3"}) {
		t.Error("the wrong blobs are found")
	}
	for _, text := range []string{
		"", "@container='x'", "a='1' OR b='2'", "a<>'1'", "NOT a='1'", "@container>'x' AND a='1'", "@name='x' AND a='1'",
		"@container='x' AND @container='y' AND a='1'", "@container=x AND a='1'", "'key 1'='v'",
	} {
		_, err := ParseSearch(text)
		if fault.ReasonOf(err) != "InvalidQueryParameterValue" || !strings.Contains(err.Error(), "character position") {
			t.Errorf("%q: %v", text, err)
		}
	}
	for text, want := range map[string]string{
		strings.Repeat("k", MaxKey+1) + "='1'":        "position 1: tag must be between 1 and 128 characters in length",
		"a='" + strings.Repeat("v", MaxValue+1) + "'": "position 3: tag value must be between 0 and 256 characters in length",
		"a='@'": "position 3: a character is not permitted in tag name or value",
		"a='1' AND b='1' AND c='1' AND d='1' AND e='1' AND f='1' AND g='1' AND h='1' AND i='1' AND j='1' AND k='1'": "Error parsing query: there can be at most 10 unique tags in a query",
	} {
		if _, err := ParseSearch(text); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%.40q: %v", text, err)
		}
	}
	if _, err = ParseSearch("a>'1' AND a<'3' AND b='1' AND c='1' AND d='1' AND e='1' AND f='1' AND g='1' AND h='1' AND i='1' AND j='1'"); err != nil {
		t.Errorf("ten tags: %v", err)
	}
	if e, err = ParseSearch("a='1'"); err != nil {
		t.Fatal(err)
	}
	if _, ok := e.Container(); ok {
		t.Error("confined to no container")
	}
}

// FuzzExpression wants no panic, that what is accepted by a search is accepted as a condition unless it has @container,
// and that an accepted expression gives the same answer twice.
func FuzzExpression(f *testing.F) {
	for _, s := range []string{`a='1' AND b>'2'`, `@container='c' AND "x y"<='z'`, `NOT (a='1' OR a<>'2')`, `((`, `'`} {
		f.Add(s, "a=1&b=3")
	}
	f.Fuzz(func(t *testing.T, text, header string) {
		have, err := ParseHeader(header)
		if err != nil {
			have = nil
		}
		c, conditionErr := ParseCondition(text)
		s, searchErr := ParseSearch(text)
		if searchErr == nil {
			if _, scoped := s.Container(); !scoped && conditionErr != nil {
				t.Fatalf("a search, but no condition: %q", text)
			}
			if conditionErr == nil && s.Holds(have) != c.Holds(have) {
				t.Fatalf("two answers: %q", text)
			}
		}
	})
}

// FuzzHeader wants what is accepted to be valid and to come back from its own form.
func FuzzHeader(f *testing.F) {
	f.Add("a=1&b=%20")
	f.Fuzz(func(t *testing.T, header string) {
		tags, err := ParseHeader(header)
		if err != nil {
			return
		}
		again, err := ParseHeader(Header(tags))
		if err != nil || !maps.Equal(tags, again) {
			t.Fatalf("%v, %v", again, err)
		}
	})
}
