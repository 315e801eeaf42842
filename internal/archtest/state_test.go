package archtest

import (
	"go/ast"
	"go/token"
	"strings"
	"testing"
)

// TestNoMutablePackageState: a package-level variable may be a table, an error, a compiled pattern or an embedded file.
// It may not change, since two clouds run side by side in one process.
func TestNoMutablePackageState(t *testing.T) {
	byDir := map[string][]*file{}
	for _, f := range goFiles(t) {
		if !f.test && f.dir != "bench" {
			byDir[f.dir] = append(byDir[f.dir], f)
		}
	}
	for _, files := range byDir {
		for _, wrong := range mutableState(files) {
			t.Error(wrong)
		}
	}
}

// TestMutableStateIsCaught tries the rule on both sorts of samples.
func TestMutableStateIsCaught(t *testing.T) {
	for _, c := range []struct {
		src string
		bad bool
	}{
		{"var n int", true},
		{"var n = 1\nfunc f() { n = 2 }", true},
		{"var n = 1\nfunc f() { n++ }", true},
		{"var m = map[string]int{}\nfunc f() { m[\"a\"] = 1 }", true},
		{"var m = map[string]int{\"a\": 1}\nfunc f() { delete(m, \"a\") }", true},
		{"var t = []int{1}\nfunc f() { t[0]++ }", true},
		{"var s = struct{ a int }{1}\nfunc f() { s.a = 2 }", true},
		{"var n = 1\nfunc f() *int { return &n }", true},
		{"import \"sync\"\nvar mu sync.Mutex", true},
		{"import \"sync/atomic\"\nvar n atomic.Int64", true},
		{"var t = make(map[string]int)", true},
		{"var t = new(int)", true},
		{"var t = []int{1, 2}\nfunc f() int { return t[0] }", false},
		{"var n = 1\nfunc f() { n := 2; n = 3; _ = n }", false},
		{"import \"errors\"\nvar errX = errors.New(\"x\")", false},
		{"import \"regexp\"\nvar re = regexp.MustCompile(\"x\")", false},
		{"import \"sync\"\nvar pool = sync.Pool{New: func() any { return nil }}", false},
		{"import \"sync\"\nvar table = sync.OnceValue(func() int { return 1 })", false},
		{"import _ \"embed\"\n//go:embed x.go\nvar text string", false},
		{"type i interface{}\nvar _ i = 1", false},
	} {
		f := parse(t, "internal/x/x.go", []byte("package x\n"+c.src+"\n"))
		if wrong := mutableState([]*file{f}); (len(wrong) > 0) != c.bad {
			t.Errorf("%q: found %v, want wrong=%v", c.src, wrong, c.bad)
		}
	}
}

// mutableState looks at all files of one package.
func mutableState(files []*file) (wrong []string) {
	vars := map[string]*ast.ValueSpec{}
	for _, f := range files {
		for _, d := range f.tree.Decls {
			gen, ok := d.(*ast.GenDecl)
			if !ok || gen.Tok != token.VAR {
				continue
			}
			for _, s := range gen.Specs {
				spec := s.(*ast.ValueSpec)
				for i, name := range spec.Names {
					vars[name.Name] = spec
					if why := emptyOrState(gen, spec, i); why != "" && name.Name != "_" {
						wrong = append(wrong, f.at(name.Pos())+": var "+name.Name+": "+why)
					}
				}
			}
		}
	}
	delete(vars, "_")
	for _, f := range files {
		wrong = append(wrong, writes(f, vars)...)
	}
	return wrong
}

// emptyOrState judges a declaration by itself.
func emptyOrState(gen *ast.GenDecl, spec *ast.ValueSpec, i int) string {
	if t := typeName(spec.Type); strings.HasPrefix(t, "sync.") && t != "sync.Pool" || strings.HasPrefix(t, "atomic.") {
		return "a lock or counter of the package is state: put it into a value that has an owner"
	}
	if strings.Contains(gen.Doc.Text()+spec.Doc.Text(), "go:embed") || embeds(gen, spec) {
		return ""
	}
	if len(spec.Values) == 0 {
		return "without a value it can only be set later, and so is state"
	}
	value := spec.Values[0]
	if i < len(spec.Values) {
		value = spec.Values[i]
	}
	if call, ok := value.(*ast.CallExpr); ok {
		if fun, ok := call.Fun.(*ast.Ident); ok && (fun.Name == "make" || fun.Name == "new") {
			return "an empty container can only be filled later, and so is state"
		}
	}
	return ""
}

// embeds reports whether a //go:embed line stands over the variable; doc.Text leaves directives out.
func embeds(gen *ast.GenDecl, spec *ast.ValueSpec) bool {
	for _, group := range []*ast.CommentGroup{gen.Doc, spec.Doc} {
		if group == nil {
			continue
		}
		for _, c := range group.List {
			if strings.HasPrefix(c.Text, "//go:embed ") {
				return true
			}
		}
	}
	return false
}

func typeName(e ast.Expr) string {
	if sel, ok := e.(*ast.SelectorExpr); ok {
		if x, ok := sel.X.(*ast.Ident); ok {
			return x.Name + "." + sel.Sel.Name
		}
	}
	return ""
}

// writes finds what changes one of the package's variables.
func writes(f *file, vars map[string]*ast.ValueSpec) (wrong []string) {
	report := func(e ast.Expr, what string) {
		if name := packageVariable(e, vars); name != nil {
			wrong = append(wrong, f.at(name.Pos())+": "+what+" var "+name.Name+": a package's variable must not change")
		}
	}
	ast.Inspect(f.tree, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.AssignStmt:
			if n.Tok != token.DEFINE {
				for _, left := range n.Lhs {
					report(left, "assigns to")
				}
			}
		case *ast.IncDecStmt:
			report(n.X, "counts in")
		case *ast.UnaryExpr:
			if n.Op == token.AND {
				report(n.X, "takes the address of")
			}
		case *ast.CallExpr:
			if fun, ok := n.Fun.(*ast.Ident); ok && (fun.Name == "delete" || fun.Name == "clear") && len(n.Args) > 0 {
				report(n.Args[0], fun.Name+"s in")
			}
		}
		return true
	})
	return wrong
}

// packageVariable gives the package's variable in which e lies, or nil.
func packageVariable(e ast.Expr, vars map[string]*ast.ValueSpec) *ast.Ident {
	for {
		switch x := e.(type) {
		case *ast.IndexExpr:
			e = x.X
		case *ast.SelectorExpr:
			e = x.X
		case *ast.StarExpr:
			e = x.X
		case *ast.ParenExpr:
			e = x.X
		case *ast.Ident:
			spec, ok := vars[x.Name]
			// An identifier without Obj is declared in another file of the package.
			if ok && (x.Obj == nil || x.Obj.Decl == spec) {
				return x
			}
			return nil
		default:
			return nil
		}
	}
}
