package archtest

import (
	"go/ast"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// TestPackageComments: every package says in one comment what it is for and what it must never know.
func TestPackageComments(t *testing.T) {
	comments := map[string][]string{}
	names := map[string]string{}
	for _, f := range goFiles(t) {
		if f.test {
			continue
		}
		names[f.dir] = f.tree.Name.Name
		if f.tree.Doc != nil && f.tree.Doc.Text() != "" {
			comments[f.dir] = append(comments[f.dir], f.tree.Doc.Text())
		}
	}
	for dir, name := range names {
		want := "Package " + name + " "
		if name == "main" {
			want = "Command " + path.Base(dir) + " "
		}
		switch found := comments[dir]; {
		case len(found) == 0:
			t.Errorf("%s has no package comment: it begins %q", dir, want)
		case len(found) > 1:
			t.Errorf("%s has %d package comments: one file says it for all", dir, len(found))
		case !strings.HasPrefix(found[0], want):
			t.Errorf("%s: the package comment begins %q, want %q", dir, firstLines(found[0]), want)
		}
	}
}

var (
	entryLine = regexp.MustCompile(`^## (\d+)\. (.+)$`)
	testLine  = regexp.MustCompile("^Test: `(Test\\w+|[\\w./-]+\\.txtar)`$")
)

// divergence is one numbered entry of docs/divergences.md.
type divergence struct {
	number, title string
	tests         []string
	text          string
}

// parseDivergences reads entries: "## 3. Title", prose, and a line "Test: `TestName`" or "Test: `e2e/testdata/x.txtar`".
func parseDivergences(text string) (entries []divergence) {
	for line := range strings.Lines(text) {
		line = strings.TrimRight(line, "\r\n")
		if m := entryLine.FindStringSubmatch(line); m != nil {
			entries = append(entries, divergence{number: m[1], title: m[2]})
			continue
		}
		if len(entries) == 0 {
			continue
		}
		last := &entries[len(entries)-1]
		if m := testLine.FindStringSubmatch(line); m != nil {
			last.tests = append(last.tests, m[1])
			continue
		}
		last.text += strings.TrimSpace(line)
	}
	return entries
}

// TestDivergences: each documented difference from Azure has a number of its own, an explanation, and a test that exists.
func TestDivergences(t *testing.T) {
	text, err := os.ReadFile(filepath.Join(root, "docs", "divergences.md"))
	if err != nil {
		t.Fatal(err)
	}
	known := testNames(t)
	entries := parseDivergences(string(text))
	if len(entries) == 0 {
		t.Fatal("docs/divergences.md has no entry")
	}
	numbers := map[string]bool{}
	for _, e := range entries {
		if numbers[e.number] {
			t.Errorf("entry %s is there twice: a number is never given again", e.number)
		}
		numbers[e.number] = true
		if e.text == "" {
			t.Errorf("entry %s (%s) explains nothing", e.number, e.title)
		}
		if len(e.tests) == 0 {
			t.Errorf("entry %s (%s) names no test", e.number, e.title)
		}
		for _, name := range e.tests {
			if !known[name] {
				t.Errorf("entry %s (%s): there is no test %s", e.number, e.title, name)
			}
		}
	}
}

// TestDivergencesAreRead tries the reader on a sample.
func TestDivergencesAreRead(t *testing.T) {
	got := parseDivergences("# Top\n\nText.\n\n## 1. One\n\nWhy.\n\nTest: `TestA`\nTest: `e2e/testdata/b.txtar`\n\n## 2. Two\n")
	if len(got) != 2 || got[0].number != "1" || got[0].text != "Why." || len(got[0].tests) != 2 || len(got[1].tests) != 0 {
		t.Errorf("read %+v", got)
	}
}

// testNames has every test function of the tree, e2e included, and every testscript story by its path.
func testNames(t *testing.T) map[string]bool {
	known := map[string]bool{}
	for _, name := range tracked(t, "_test.go", ".txtar") {
		if strings.HasSuffix(name, ".txtar") {
			known[name] = true
			continue
		}
		code, err := os.ReadFile(filepath.Join(root, filepath.FromSlash(name)))
		if err != nil {
			t.Fatal(err)
		}
		for _, d := range parse(t, name, code).tree.Decls {
			if fn, ok := d.(*ast.FuncDecl); ok && strings.HasPrefix(fn.Name.Name, "Test") {
				known[fn.Name.Name] = true
			}
		}
	}
	return known
}

// TestDependenciesAreExplained: each direct dependency has its reason in docs/ARCHITECTURE.md and its home in the table.
func TestDependenciesAreExplained(t *testing.T) {
	mod, err := os.ReadFile(filepath.Join(root, "go.mod"))
	if err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(filepath.Join(root, "docs", "ARCHITECTURE.md"))
	if err != nil {
		t.Fatal(err)
	}
	direct := directDependencies(string(mod))
	if len(direct) < 5 {
		t.Fatalf("found only %v in go.mod", direct)
	}
	for _, d := range direct {
		if !strings.Contains(string(text), "`"+d+"`") {
			t.Errorf("docs/ARCHITECTURE.md does not say what %s is for", d)
		}
		if _, ok := homes[d]; !ok {
			t.Errorf("%s has no home in the import table", d)
		}
	}
}

// directDependencies reads the require and tool lines that are not marked as indirect.
func directDependencies(mod string) (paths []string) {
	block := ""
	for line := range strings.Lines(mod) {
		fields := strings.Fields(line)
		switch {
		case len(fields) == 2 && fields[1] == "(":
			block = fields[0]
		case len(fields) > 0 && fields[0] == ")":
			block = ""
		case len(fields) >= 2 && block == "require" && !strings.Contains(line, "// indirect"):
			paths = append(paths, fields[0])
		case len(fields) >= 3 && fields[0] == "require" && !strings.Contains(line, "// indirect"):
			paths = append(paths, fields[1])
		}
	}
	return paths
}

// TestLinks: a link from one document to a file of the tree leads there.
func TestLinks(t *testing.T) {
	link := regexp.MustCompile(`\]\(([^)#\s]+)(#[^)]*)?\)`)
	found := 0
	for _, name := range tracked(t, ".md") {
		text, err := os.ReadFile(filepath.Join(root, filepath.FromSlash(name)))
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range link.FindAllStringSubmatch(string(text), -1) {
			if strings.Contains(m[1], "://") || strings.HasPrefix(m[1], "mailto:") {
				continue
			}
			found++
			if _, err := os.Stat(filepath.Join(root, filepath.FromSlash(path.Join(path.Dir(name), m[1])))); err != nil {
				t.Errorf("%s: the link %s leads nowhere", name, m[1])
			}
		}
	}
	if found == 0 {
		t.Error("no link was found: the rule would prove nothing")
	}
}

// TestNoPlaceOfOneMachine: nothing in the tree says where somebody's checkout lies or which mirror fetched a package.
func TestNoPlaceOfOneMachine(t *testing.T) {
	// Written in parts, so that this file may stay in the tree.
	words := []string{
		"/wo" + "rk/main", "/wo" + "rk/shared", "/wo" + "rk/.lib", "/tmp" + "/plan", "/ro" + "ot/",
		"proxy.gol" + "ang.org", "sum.gol" + "ang.org", "registry.npm" + "js.org", "deb.deb" + "ian.org", "pypi." + "org",
	}
	for _, name := range tracked(t, ".go", ".md", ".json", ".txtar", ".txt", ".mod", "Makefile", "run", ".yml", ".npmrc", ".js", ".mjs", ".sh") {
		text, err := os.ReadFile(filepath.Join(root, filepath.FromSlash(name)))
		if err != nil {
			t.Fatal(err)
		}
		for _, w := range words {
			if i := strings.Index(string(text), w); i >= 0 {
				t.Errorf("%s:%d: %s has no place in the tree", name, 1+strings.Count(string(text[:i]), "\n"), w)
			}
		}
	}
}
