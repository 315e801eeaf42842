package archtest

import (
	"slices"
	"sort"
	"strconv"
	"strings"
	"testing"
)

// TestImports holds the directions: what the table does not write is forbidden. Tests may build their world as they
// like; nobody imports a test.
func TestImports(t *testing.T) {
	used := map[string]bool{}
	for _, f := range goFiles(t) {
		d, ok := directionOf(f.dir)
		if !ok {
			t.Errorf("%s: %s has no row in the import table (internal/archtest/table_test.go); "+
				"write what it may import and why, there and in docs/ARCHITECTURE.md", f.name, f.dir)
			continue
		}
		used[d.from] = true
		if f.test {
			continue
		}
		for _, spec := range f.tree.Imports {
			target, _ := strconv.Unquote(spec.Path.Value)
			if why := refused(d, f.dir, target); why != "" {
				t.Errorf("%s: %s may not import %s: %s", f.at(spec.Pos()), f.dir, target, why)
			}
		}
	}
	if !used["cloud"] || !used["store"] {
		t.Error("the table matches no file: the rule would prove nothing")
	}
}

// TestImportTable tries the rule on imports that must fail and on some that must not.
func TestImportTable(t *testing.T) {
	for _, c := range []struct {
		dir, target string
		ok          bool
	}{
		{"internal/front/arm", module + "/internal/resource", true},
		{"internal/front/arm", module + "/internal/fault", true},
		{"internal/front/arm", module + "/internal/front/entra", false},
		{"internal/front/arm", module + "/internal/store", false},
		{"internal/front/imds", module + "/internal/store/pebble", false},
		{"internal/resource", module + "/internal/front/arm", false},
		{"internal/resource", module + "/internal/directory", false},
		{"internal/rbac", module + "/internal/store", false},
		{"internal/app", module + "/internal/store/pebble", true},
		{"internal/app", module + "/internal/cli", false},
		{"internal/app", module + "/internal/archtest", false},
		{"internal/sqldb/exec", module + "/internal/sqldb/row", true},
		{"cmd/alcedo", module + "/internal/app", false},
		{"cmd/alcedo", module + "/internal/cli", true},
		{".", module + "/internal/app", true},
		{"alcedotest", module, true},
		{"alcedotest", module + "/internal/app", false},
		{"internal/token", "github.com/go-jose/go-jose/v4/jwt", true},
		{"internal/front/imds", "github.com/go-jose/go-jose/v4", false},
		{"internal/resource", "github.com/cockroachdb/pebble/v2", false},
		{"internal/resource", "example.com/unknown", false},
		{"internal/resource", "net/http", true},
	} {
		d, ok := directionOf(c.dir)
		if !ok {
			t.Errorf("%s has no row", c.dir)
			continue
		}
		if why := refused(d, c.dir, c.target); (why == "") != c.ok {
			t.Errorf("%s -> %s: refused=%q, want allowed=%v", c.dir, c.target, why, c.ok)
		}
	}
	if _, ok := directionOf("internal/nosuch"); ok {
		t.Error("a package without a row was found in the table")
	}
}

// TestImportTableIsWhole asks that every row names its reason and each package once.
func TestImportTableIsWhole(t *testing.T) {
	var seen []string
	for _, d := range directions {
		if d.reason == "" {
			t.Errorf("%s: a direction without a reason", d.from)
		}
		if slices.Contains(seen, d.from) {
			t.Errorf("%s has two rows", d.from)
		}
		seen = append(seen, d.from)
	}
	for path, at := range homes {
		if len(at) == 0 {
			t.Errorf("%s has no home", path)
		}
	}
}

// directionOf finds the row of a folder.
func directionOf(dir string) (direction, bool) {
	name, inside := strings.CutPrefix(dir, "internal/")
	if !inside {
		name = "/" + dir
	}
	for _, d := range directions {
		if covers(d.from, name) {
			return d, true
		}
	}
	return direction{}, false
}

// covers reports whether a name of the table means the package: itself, or with "…" itself and what is below it.
func covers(pattern, name string) bool {
	stem, all := strings.CutSuffix(pattern, "…")
	if !all {
		return pattern == name
	}
	return stem == "" && !strings.HasPrefix(name, "/") || name == stem || strings.HasPrefix(name, stem+"/")
}

// refused says why the package in dir may not import target; "" where it may.
func refused(d direction, dir, target string) string {
	ours, internal := strings.CutPrefix(target, module+"/internal/")
	switch {
	case internal:
	case target == module:
		ours = "/."
	case strings.HasPrefix(target, module+"/"):
		ours = "/" + strings.TrimPrefix(target, module+"/")
	default:
		return foreign(d, target)
	}
	if ours == "cli" && dir != "cmd/alcedo" || ours == "archtest" {
		return d.reason
	}
	for _, allowed := range slices.Concat(d.to, everywhere) {
		if covers(allowed, ours) {
			return ""
		}
	}
	return d.reason
}

// foreign says why a package of somebody else may not be imported.
func foreign(d direction, target string) string {
	host, _, _ := strings.Cut(target, "/")
	if !strings.Contains(host, ".") {
		return "" // the standard library
	}
	paths := make([]string, 0, len(homes))
	for p := range homes {
		paths = append(paths, p)
	}
	sort.Strings(paths)
	for _, p := range paths {
		if target != p && !strings.HasPrefix(target, p+"/") {
			continue
		}
		for _, home := range homes[p] {
			if covers(home, d.from) {
				return ""
			}
		}
		return "the dependency's home is " + strings.Join(homes[p], ", ")
	}
	return "the dependency has no home in the table; say what it is for in docs/ARCHITECTURE.md first"
}
