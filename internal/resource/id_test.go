package resource_test

import (
	"strings"
	"testing"

	"github.com/alcedo-cloud/alcedo/internal/resource"
)

func TestParseID(t *testing.T) {
	const r = "/subscriptions/s/resourceGroups/g"
	for _, test := range []struct {
		path, key, full, name, base, container string
	}{
		{"/", "/", "/", "", "/", "/"},
		{"/subscriptions/s", "/subscriptions/s", "/", "", "/subscriptions/s", "/"},
		{"//Subscriptions//S//", "/subscriptions/s", "/", "", "/Subscriptions/S", "/"},
		{r, "/subscriptions/s/resourcegroups/g", "/", "", r, "/subscriptions/s"},
		{r + "/providers/A.B/c/d", r + "/providers/a.b/c/d", "A.B/c", "d", r, r},
		{r + "/providers/A.B/c/d/e/f/", r + "/providers/a.b/c/d/e/f", "A.B/c/e", "f", r, r + "/providers/A.B/c/d"},
		{r + "/providers/A.B/c", r + "/providers/a.b/c", "A.B/c", "", r, r},
		{r + "/providers/A.B/c/d/e", r + "/providers/a.b/c/d/e", "A.B/c/e", "", r, r + "/providers/A.B/c/d"},
		{r + "/providers/A.B", r + "/providers/a.b", "A.B/", "", r, r},
		{
			r + "/providers/A.B/c/d/providers/X.Y/z/n", r + "/providers/a.b/c/d/providers/x.y/z/n", "X.Y/z", "n",
			r + "/providers/A.B/c/d", r + "/providers/A.B/c/d",
		},
		{"/providers/X.Y/z/n", "/providers/x.y/z/n", "X.Y/z", "n", "/", "/"},
		{"/subscriptions/s/providers/X.Y/z/n", "/subscriptions/s/providers/x.y/z/n", "X.Y/z", "n", "/subscriptions/s", "/subscriptions/s"},
		// The word providers as a name.
		{r + "/providers/A.B/c/providers", r + "/providers/a.b/c/providers", "A.B/c", "providers", r, r},
		{r + "/providers/A.B/c/providers/e/f", r + "/providers/a.b/c/providers/e/f", "A.B/c/e", "f", r, r + "/providers/A.B/c/providers"},
		{
			r + "/providers/A.B/c/providers/providers/X.Y/z/n", r + "/providers/a.b/c/providers/providers/x.y/z/n", "X.Y/z", "n",
			r + "/providers/A.B/c/providers", r + "/providers/A.B/c/providers",
		},
		{"/subscriptions/providers", "/subscriptions/providers", "/", "", "/subscriptions/providers", "/"},
	} {
		id, ok := resource.ParseID(test.path)
		if !ok {
			t.Errorf("ParseID(%q) failed", test.path)
			continue
		}
		got := []string{id.Key(), id.FullType(), id.Name(), id.Base().String(), id.Container().String()}
		want := []string{strings.ToLower(test.key), test.full, test.name, test.base, test.container}
		for i := range got {
			if got[i] != want[i] {
				t.Errorf("ParseID(%q): %q, want %q", test.path, got, want)
				break
			}
		}
	}
}

func TestParseIDRefuses(t *testing.T) {
	for _, path := range []string{
		"/foo", "/subscriptions", "/subscriptions/s/resourceGroups", "/subscriptions/s/foo/bar", "/providers",
		"/subscriptions/s/providers", "/subscriptions/s/resourceGroups/g/x/y", "/resourceGroups/g",
		"/subscriptions/./resourceGroups/g", "/subscriptions/s/resourceGroups/..", "/subscriptions/a\x00b", "/subscriptions/a\nb",
		"/subscriptions/a\xff", "/subscriptions/s/providers/A.B/c/d/providers", "/providers/A.B/c/d/providers/X.Y/providers/e/providers",
		"/ſubscriptions/s", "/" + strings.Repeat("a/", resource.MaxID),
	} {
		if id, ok := resource.ParseID(path); ok {
			t.Errorf("ParseID(%.40q) gave %+v", path, id)
		}
	}
}

// TestParseIDIsLinear would take hours with a parser that looks back.
func TestParseIDIsLinear(t *testing.T) {
	path := "/subscriptions/s" + strings.Repeat("/providers/a/b/c", 120)
	for range 10000 {
		if id, ok := resource.ParseID(path); !ok || id.Parent == nil {
			t.Fatal("a long chain of extensions is an id")
		}
	}
}

func TestChild(t *testing.T) {
	id, _ := resource.ParseID("/subscriptions/s/resourceGroups/g/providers/A.B/c/d")
	if got := id.Child("e", "f").String(); got != id.String()+"/e/f" {
		t.Error(got)
	}
	list := id.Child("e", "")
	if list.Name() != "" || list.Type() != "c/e" {
		t.Errorf("%+v", list)
	}
	if !id.Equal(list.Container()) {
		t.Error(list.Container())
	}
}

func FuzzParseID(f *testing.F) {
	for _, seed := range []string{
		"/subscriptions/s/resourceGroups/g/providers/A.B/c/d/e/f", "//providers/a/b/c/providers/d/e/f/", "/subscriptions//x/RESOURCEGROUPS/y",
		"/subscriptions/s/providers/providers/providers/providers", "/\x00", "/./..",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, path string) {
		id, ok := resource.ParseID(path)
		if !ok {
			return
		}
		again, ok := resource.ParseID(id.String())
		if !ok || again.String() != id.String() || again.Key() != id.Key() || again.FullType() != id.FullType() {
			t.Fatalf("%q: %q does not parse to itself", path, id)
		}
		if len(id.Names) > len(id.Types) || len(id.Types) > len(id.Names)+1 {
			t.Fatalf("%q: %d types, %d names", path, len(id.Types), len(id.Names))
		}
		if !id.Base().Contains(id.Scope()) || !id.Container().Scope().Contains(id.Scope()) {
			t.Fatalf("%q lies outside of its base %q or container %q", path, id.Base(), id.Container())
		}
	})
}
