package archtest

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
)

const module = "github.com/alcedo-cloud/alcedo"

// root is the folder of go.mod, seen from this package.
const root = "../.."

// file is one parsed Go file of the root module.
type file struct {
	name  string // slash-separated, from the root
	dir   string // its folder, "." for the root
	test  bool
	lines int
	tree  *ast.File
	set   *token.FileSet
	code  []byte
}

// at is a position as people click on it.
func (f *file) at(p token.Pos) string {
	pos := f.set.Position(p)
	return f.name + ":" + strconv.Itoa(pos.Line)
}

// parse makes a file of source text, so that a rule can be tried on a sample as well.
func parse(t *testing.T, name string, code []byte) *file {
	t.Helper()
	set := token.NewFileSet()
	tree, err := parser.ParseFile(set, name, code, parser.ParseComments)
	if err != nil {
		t.Fatal(err)
	}
	return &file{
		name: name, dir: path.Dir(name), test: strings.HasSuffix(name, "_test.go"),
		lines: strings.Count(string(code), "\n"), tree: tree, set: set, code: code,
	}
}

// goFiles parses every Go file of the root module, for whatever system it is built.
func goFiles(t *testing.T) []*file {
	t.Helper()
	var files []*file
	for _, name := range tracked(t, ".go") {
		if inOtherModule(name) {
			continue
		}
		code, err := os.ReadFile(filepath.Join(root, filepath.FromSlash(name)))
		if err != nil {
			t.Fatal(err)
		}
		files = append(files, parse(t, name, code))
	}
	if len(files) < 20 {
		t.Fatalf("only %d Go files below %s: the rules would prove nothing", len(files), root)
	}
	return files
}

// inOtherModule reports whether a file belongs to e2e, which has a go.mod of its own and is allowed what users' code is.
func inOtherModule(name string) bool { return strings.HasPrefix(name, "e2e/") }

// tracked lists the files of the tree with one of the endings, leaving out what is built or downloaded.
func tracked(t *testing.T, endings ...string) []string {
	t.Helper()
	var names []string
	err := filepath.WalkDir(root, func(p string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() {
			switch d.Name() {
			case ".git", "node_modules", "bin", "dist":
				return filepath.SkipDir
			}
			return nil
		}
		rel, err := filepath.Rel(root, p)
		if err != nil {
			return err
		}
		for _, e := range endings {
			if strings.HasSuffix(p, e) {
				names = append(names, filepath.ToSlash(rel))
				break
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return names
}
