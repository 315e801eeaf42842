package resource

import (
	"strings"
	"testing"

	"github.com/alcedo-cloud/alcedo/internal/fault"
)

func allNames() []string {
	return []string{"name", "resourcetype", "location", "resourcegroup", "tagname", "tagvalue"}
}

func TestFilter(t *testing.T) {
	doc := &Document{
		Name: "Web's", Type: "Microsoft.Compute/virtualMachines", Location: "chinanorth",
		ID:   "/subscriptions/s/resourceGroups/Shop/providers/Microsoft.Compute/virtualMachines/x",
		Tags: map[string]string{"env": "prod", "team": "blue"},
	}
	for text, want := range map[string]bool{
		"": true,
		"resourceType eq 'microsoft.compute/VIRTUALMACHINES'": true,
		"resourceType eq 'Microsoft.Compute/disks'":           false,
		"resourceType ne 'Microsoft.Compute/disks'":           true,
		"name eq 'web''s'":                                        true,
		"location eq 'China North'":                               true,
		"resourceGroup eq 'shop'":                                 true,
		"resourceGroup eq 'other'":                                false,
		"tagName eq 'env' and tagValue eq 'prod'":                 true,
		"tagName eq 'env' and tagValue eq 'blue'":                 false, // of another tag
		"tagName eq 'team'":                                       true,
		"tagName eq 'absent'":                                     false,
		"substringof('eb', name)":                                 true,
		"substringof('xx', name)":                                 false,
		"substringof('xx', name) eq false":                        true,
		"startswith(tagName, 'en')":                               true,
		"startswith(name,'b')":                                    false,
		"endswith(name, '''s')":                                   true,
		"name eq 'a' or name eq 'web''s'":                         true,
		"name eq 'a' or name eq 'b' and location eq 'chinanorth'": false,
		"(name eq 'a' or name eq 'web''s') and location eq 'x'":   false,
		"not (name eq 'a')":                                       true,
		"not name eq 'web''s'":                                    false,
	} {
		f, err := parseFilter(text, allNames()...)
		if err != nil {
			t.Errorf("%s: %v", text, err)
			continue
		}
		if got := f.match(doc); got != want {
			t.Errorf("%s: %v, want %v", text, got, want)
		}
	}
}

func TestFilterRefuses(t *testing.T) {
	for _, text := range []string{
		"name", "name eq", "name eq 'a", "name eq a", "name gt 'a'", "color eq 'red'", "name eq 'a' and", "(name eq 'a'",
		"name eq 'a')", "and", "substringof(name, 'a')", "startswith('a', name)", "name eq 'a' name eq 'b'", "'a' eq name",
		strings.Repeat("(", 100) + "name eq 'a'" + strings.Repeat(")", 100),
		strings.Repeat("not ", 100) + "name eq 'a'",
		"name eq '" + strings.Repeat("a", maxFilter) + "'",
	} {
		_, err := parseFilter(text, allNames()...)
		if fault.ReasonOf(err) != "InvalidFilterInQueryString" {
			t.Errorf("%.60s: %v", text, err)
		}
	}
}

func FuzzFilter(f *testing.F) {
	for _, seed := range []string{
		"name eq 'a'", "not (tagName eq 'x' and tagValue eq '''') or startswith(name,'b')", "substringof('a', name) eq true", "((((", "''",
	} {
		f.Add(seed)
	}
	doc := &Document{Name: "a", Tags: map[string]string{"k": "v"}}
	f.Fuzz(func(t *testing.T, text string) {
		parsed, err := parseFilter(text, allNames()...)
		if err != nil {
			if fault.KindOf(err) != fault.Invalid {
				t.Fatal(err)
			}
			return
		}
		negated := &filter{op: "not", left: &filter{op: "not", left: parsed}}
		if parsed != nil && parsed.eval(doc, "", "") != negated.eval(doc, "", "") {
			t.Fatalf("%q: not not differs", text)
		}
		parsed.match(doc)
	})
}
