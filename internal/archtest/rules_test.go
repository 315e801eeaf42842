package archtest

import (
	"fmt"
	"go/ast"
	"path"
	"strconv"
	"strings"
	"testing"
)

// The measures of style.md. "Longer than 80 lines:" with a reason in its comment excuses a function.
const (
	maxFileLines     = 500
	maxFunctionLines = 80
	maxMethods       = 12
	maxParameters    = 4
	excuse           = "Longer than 80 lines:"
)

// rule looks at one file and says what is wrong with it.
type rule func(f *file) []string

// TestHouseRules applies the rules that need one file at a time.
func TestHouseRules(t *testing.T) {
	rules := []rule{noInit, noClock, lengths, interfaces, constructors, names}
	for _, f := range goFiles(t) {
		for _, r := range rules {
			for _, wrong := range r(f) {
				t.Error(wrong)
			}
		}
	}
}

// TestHouseRulesCatch tries each rule on a sample that breaks it and on one that does not.
func TestHouseRulesCatch(t *testing.T) {
	long := "package x\nfunc f() {\n" + strings.Repeat("\t_ = 1\n", 90) + "}\n"
	excused := "package x\n// f is a table. Longer than 80 lines: one row each.\nfunc f() {\n" + strings.Repeat("\t_ = 1\n", 90) + "}\n"
	methods := "package x\ntype I interface {\n"
	for i := range maxMethods + 1 {
		methods += fmt.Sprintf("\tM%d()\n", i)
	}
	for _, c := range []struct {
		rule      rule
		name, src string
		bad       bool
	}{
		{noInit, "internal/x/x.go", "package x\nfunc init() {}\n", true},
		{noInit, "internal/x/x.go", "package x\ntype t int\nfunc (t) init() {}\n", false},
		{noClock, "internal/x/x.go", "package x\nimport \"time\"\nvar _ = time.Now()\n", true},
		{noClock, "internal/x/x.go", "package x\nimport when \"time\"\nvar _ = when.Since(when.Time{})\n", true},
		{noClock, "internal/x/x.go", "package x\nimport \"crypto/rand\"\nvar _ = rand.Reader\n", true},
		{noClock, "internal/x/x.go", "package x\nimport \"github.com/google/uuid\"\nvar _ = uuid.NewString()\n", true},
		{noClock, "internal/x/x.go", "package x\nimport \"github.com/google/uuid\"\nvar _, _ = uuid.NewRandomFromReader(nil)\n", false},
		{noClock, "internal/x/x_test.go", "package x\nimport \"time\"\nvar _ = time.Now()\n", false},
		{noClock, "internal/clock/clock.go", "package clock\nimport \"time\"\nvar _ = time.Now()\n", false},
		{noClock, "internal/x/x.go", "package x\nimport \"time\"\nvar _ = time.Second\n", false},
		{lengths, "internal/x/x.go", long, true},
		{lengths, "internal/x/x.go", excused, false},
		{lengths, "internal/x/x_test.go", long, false},
		{lengths, "internal/x/x_test.go", "package x\n" + strings.Repeat("\n", 501), true},
		{interfaces, "internal/x/x.go", methods + "}\n", true},
		{interfaces, "internal/x/x.go", "package x\ntype I interface { A(); B() }\n", false},
		{constructors, "internal/x/x.go", "package x\nfunc New(a, b, c, d, e int) int { return 0 }\n", true},
		{constructors, "internal/x/x.go", "package x\nfunc New(a, b, c, d int) int { return 0 }\n", false},
		{constructors, "internal/x/x.go", "package x\nfunc Newf(a, b, c, d, e int) int { return 0 }\n", false},
		{names, "internal/x/util.go", "package x\n", true},
		{names, "internal/helpers/x.go", "package helpers\n", true},
		{names, "internal/x/x.go", "package x\ntype TokenManager struct{}\n", true},
		{names, "internal/x/x.go", "package x\ntype ResourceManager struct{}\n", false},
	} {
		if wrong := c.rule(parse(t, c.name, []byte(c.src))); (len(wrong) > 0) != c.bad {
			t.Errorf("%s %q: found %v, want wrong=%v", c.name, firstLines(c.src), wrong, c.bad)
		}
	}
}

func firstLines(s string) string {
	if len(s) > 80 {
		return s[:80] + "…"
	}
	return s
}

// noInit: what runs before main cannot be injected, ordered or left out.
func noInit(f *file) (wrong []string) {
	for _, d := range f.tree.Decls {
		if fn, ok := d.(*ast.FuncDecl); ok && fn.Recv == nil && fn.Name.Name == "init" {
			wrong = append(wrong, f.at(fn.Pos())+": func init: make it a function that the composition root calls")
		}
	}
	return wrong
}

// Packages in which time and randomness come in; everywhere else they are injected.
func mayTellTime(dir string) bool {
	switch dir {
	case "internal/app", "internal/clock", "internal/cli", "internal/client", "cmd/alcedo", "bench", "alcedotest":
		return true
	}
	return false
}

// noClock: a test must be able to set the time and the dice.
func noClock(f *file) (wrong []string) {
	if f.test || mayTellTime(f.dir) {
		return nil
	}
	forbidden := map[string][]string{
		"time":                   {"Now", "Since", "Until"},
		"github.com/google/uuid": {"New", "NewString", "NewRandom", "NewV6", "NewV7", "NewUUID"},
	}
	local := map[string]string{} // name in this file -> import path
	for _, spec := range f.tree.Imports {
		target, _ := strconv.Unquote(spec.Path.Value)
		if target == "crypto/rand" {
			wrong = append(wrong, f.at(spec.Pos())+": crypto/rand: take an io.Reader from the composition root")
		}
		name := path.Base(target)
		if spec.Name != nil {
			name = spec.Name.Name
		}
		local[name] = target
	}
	ast.Inspect(f.tree, func(n ast.Node) bool {
		sel, ok := n.(*ast.SelectorExpr)
		if !ok {
			return true
		}
		x, ok := sel.X.(*ast.Ident)
		if !ok || x.Obj != nil { // Obj: a variable that happens to be called like the package
			return true
		}
		for _, name := range forbidden[local[x.Name]] {
			if sel.Sel.Name == name {
				wrong = append(wrong, fmt.Sprintf("%s: %s.%s: take a clock.Clock or an io.Reader from the composition root", f.at(sel.Pos()), x.Name, name))
			}
		}
		return true
	})
	return wrong
}

// lengths: a file is one operation, a function one thought.
func lengths(f *file) (wrong []string) {
	if f.lines > maxFileLines {
		wrong = append(wrong, fmt.Sprintf("%s: %d lines, at most %d", f.name, f.lines, maxFileLines))
	}
	if f.test {
		return wrong
	}
	for _, d := range f.tree.Decls {
		fn, ok := d.(*ast.FuncDecl)
		if !ok || fn.Body == nil || strings.Contains(fn.Doc.Text(), excuse) {
			continue
		}
		n := f.set.Position(fn.End()).Line - f.set.Position(fn.Pos()).Line + 1
		if n > maxFunctionLines {
			wrong = append(wrong, fmt.Sprintf("%s: %s has %d lines, at most %d (or say %q and why)", f.at(fn.Pos()), fn.Name.Name, n, maxFunctionLines, excuse))
		}
	}
	return wrong
}

// interfaces: a contract is narrow enough to be implemented twice.
func interfaces(f *file) (wrong []string) {
	ast.Inspect(f.tree, func(n ast.Node) bool {
		if i, ok := n.(*ast.InterfaceType); ok && i.Methods.NumFields() > maxMethods {
			wrong = append(wrong, fmt.Sprintf("%s: an interface of %d methods, at most %d", f.at(i.Pos()), i.Methods.NumFields(), maxMethods))
		}
		return true
	})
	return wrong
}

// constructors: more than four parameters want a Config whose fields have names.
func constructors(f *file) (wrong []string) {
	for _, d := range f.tree.Decls {
		fn, ok := d.(*ast.FuncDecl)
		if !ok || f.test || fn.Recv != nil || !isConstructor(fn.Name.Name) {
			continue
		}
		if n := fn.Type.Params.NumFields(); n > maxParameters {
			wrong = append(wrong, fmt.Sprintf("%s: %s takes %d parameters, at most %d: use a Config", f.at(fn.Pos()), fn.Name.Name, n, maxParameters))
		}
	}
	return wrong
}

// isConstructor recognises New, NewX, Open and OpenX, and not Newf.
func isConstructor(name string) bool {
	for _, verb := range []string{"New", "Open"} {
		if rest, ok := strings.CutPrefix(name, verb); ok && (rest == "" || rest[0] >= 'A' && rest[0] <= 'Z') {
			return true
		}
	}
	return false
}

// names: a name that fits everything says nothing.
func names(f *file) (wrong []string) {
	vague := []string{"manager", "helper", "util", "utils", "common", "helpers", "impl", "base"}
	for _, v := range vague {
		if base := strings.TrimSuffix(strings.TrimSuffix(path.Base(f.name), ".go"), "_test"); base == v || path.Base(f.dir) == v {
			wrong = append(wrong, f.name+": name it after what is in it")
		}
	}
	ast.Inspect(f.tree, func(n ast.Node) bool {
		spec, ok := n.(*ast.TypeSpec)
		if !ok || strings.HasSuffix(spec.Name.Name, "ResourceManager") { // Azure's own term
			return true
		}
		for _, v := range []string{"Manager", "Helper", "Util", "Impl"} {
			if strings.HasSuffix(spec.Name.Name, v) {
				wrong = append(wrong, f.at(spec.Pos())+": type "+spec.Name.Name+": name it after what it is")
			}
		}
		return true
	})
	return wrong
}
