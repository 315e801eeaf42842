package xquery

import (
	"errors"
	"strings"
	"testing"
)

const doc = `<?xml version="1.0"?><shop name="A"><item id="1"><n>x</n><p>2.50</p></item><item id="2"><n>y&amp;z</n><p>10</p></item><box><item id="3"/></box><!-- c -->tail</shop>`

// TestPaths: what paths give, of a document and of fragments.
func TestPaths(t *testing.T) {
	for _, c := range []struct{ doc, path, want string }{
		{doc, "/shop/item/n/text()", "x,y&z"},
		{doc, "(/shop/item/n)[2]", "y&z"},
		{doc, "/shop/item[2]/p", "10"},
		{doc, "/shop/item[last()]/@id", "2"},
		{doc, "/shop/item[position()=1]/@id", "1"},
		{doc, "//item/@id", "1,2,3"},
		{doc, "//item[1]/@id", "1,3"},
		{doc, "(//item)[1]/@id", "1"},
		{doc, "/shop//@id", "err"},
		{doc, `/shop/item[@id="2"]/n`, "y&z"},
		{doc, `/shop/item[@id!='2']/n`, "x"},
		{doc, `/shop/item[p>3]/@id`, "2"},
		{doc, `/shop/item[p<=2.5]/@id`, "1"},
		{doc, `/shop/item[n="none"]`, ""},
		{doc, `/shop/*[item]/item/@id`, "3"},
		{doc, `/shop/item[count(n)=1][2]/n`, "y&z"},
		{doc, "//n/../@id", "1,2"},
		{doc, "/shop/@*", "A"},
		{doc, "shop/item/n", "x,y&z"},
		{doc, "./shop/box/item/@id", "3"},
		{doc, "/SHOP", ""},
		{doc, "count(//item)", "3"},
		{doc, "data(/shop/item/@id)", "1,2"},
		{doc, "string(/shop/none)", ""},
		{"a<b/>c", ".", "ac"},
		{"a<b>d</b>c", "text()", "a,c"},
		{"<a/><a>2</a>", "/a[2]", "2"},
		{`<a xmlns="urn:x"><b>1</b></a>`, "/a/b", ""},
		{`<a xmlns="urn:x"><b>1</b></a>`, "/*:a/*:b", "1"},
		{`<p:a xmlns:p="urn:x"/>`, "/a", ""},
		{`<p:a xmlns:p="urn:x">1</p:a>`, "/*:a", "1"},
		{"<a><b><a>i</a></b><a>o</a></a>", "//a", "io,i,o"},
	} {
		p, err := Parse(c.path)
		if err != nil {
			if c.want != "err" {
				t.Errorf("%s: %v", c.path, err)
			}
			continue
		}
		var got []string
		if p.call == "" {
			err = p.Nodes(c.doc, func(s string) bool {
				self, _ := Parse(".")
				v, ok, err := self.Value(s)
				if err != nil || !ok {
					t.Errorf("%s: a node %q gives %v, %v", c.path, s, ok, err)
				}
				got = append(got, v)
				return true
			})
		} else if p.call == "data" {
			err = p.inner.Nodes(c.doc, func(s string) bool { v, _, _ := (&Path{}).Value(s); got = append(got, v); return true })
		} else {
			var v string
			v, _, err = p.Value(c.doc)
			got = append(got, v)
		}
		if s := strings.Join(got, ","); err != nil || s != c.want {
			t.Errorf("%s of %.30s: %q, %v, want %q", c.path, c.doc, s, err, c.want)
		}
	}
}

// TestQuery: nodes come back as XML.
func TestQuery(t *testing.T) {
	for _, c := range []struct{ doc, path, want string }{
		{doc, "/shop/item[1]", `<item id="1"><n>x</n><p>2.50</p></item>`},
		{doc, "/shop/item/n", `<n>x</n><n>y&amp;z</n>`},
		{doc, "/shop/box", `<box><item id="3"/></box>`},
		{doc, "data(/shop/item/@id)", "1 2"},
		{`<a xmlns="urn:x" q="&quot;&lt;"><b>1</b></a>`, "/*/*", `<b xmlns="urn:x">1</b>`},
		{`<a q="&quot;&#10;"/>`, "/a", `<a q="&quot;&#x0A;"/>`},
		{"x<!--c--><?i t?>", "node()", "x<!--c--><?i t?>"},
	} {
		p, err := Parse(c.path)
		if err != nil {
			t.Fatal(err)
		}
		if got, ok, err := p.Query(c.doc); err != nil || !ok || got != c.want {
			t.Errorf("%s: %s, %v, %v, want %s", c.path, got, ok, err, c.want)
		}
	}
	p, _ := Parse("/a/@b")
	if _, ok, _ := p.Query(`<a b="1"/>`); ok {
		t.Error("an attribute stands alone")
	}
}

// TestParse: what is refused, and what gives one item at most.
func TestParse(t *testing.T) {
	for path, single := range map[string]bool{
		".": true, "/": true, "/a": false, "/a[1]": true, "(/a/b)[1]": true, "(/a/b)": false, "@x": true, "/a[1]/@x": true, "/a/@x": false,
		"//a[1]": false, "(//a)[last()]": true, "./text()[1]": true, "text()": false, "..": true, "(/a)[1]/b": false, `/a[@x="1"]`: false, "count(//a)": true,
		"((/a)[1])": true, "@*": false,
	} {
		p, err := Parse(path)
		if err != nil || p.Single() != single {
			t.Errorf("%s: %v, %v", path, single, err)
		}
	}
	for _, path := range []string{"", "/a[", "/a]", "/a/", "/a[1", `/a[b="x]`, "(/a", "//", "a b", "for $i in /a return $i", "/p:a", "/a[0]", "sum(/a)", "child::a", "1+1", strings.Repeat("(", 1000)} {
		if p, err := Parse(path); err == nil {
			t.Errorf("%s is read as %+v", path, p)
		}
	}
}

// TestBounds: a document that is too deep, or no XML, is an error.
func TestBounds(t *testing.T) {
	p, _ := Parse("//a")
	var deep *DepthError
	if _, err := p.Exists(strings.Repeat("<a>", 129)); !errors.As(err, &deep) {
		t.Error(err)
	}
	if ok, err := p.Exists(strings.Repeat("<a>", 128) + strings.Repeat("</a>", 128)); !ok || err != nil {
		t.Error(ok, err)
	}
	var large *SizeError
	if _, err := p.Exists(strings.Repeat("<a/>", maxNodes)); !errors.As(err, &large) {
		t.Error(err)
	}
	for _, bad := range []string{"<a", "</a>", "<a b=1/>", "&none;", "\x00", "\x00e", "\x00e<"} {
		if _, err := p.Exists(bad); err == nil && bad != "\x00e" {
			t.Errorf("%q is read", bad)
		}
	}
}

// FuzzPath: no path and no document makes an evaluation panic.
func FuzzPath(f *testing.F) {
	for _, path := range []string{"/shop/item[2]/p", "(//item)[1]/@id", `/shop/item[@id="2"][last()]/n`, "count(//n/../*:b)", "data(.)", "string(a)"} {
		f.Add(path, doc)
	}
	f.Fuzz(func(t *testing.T, path, doc string) {
		p, err := Parse(path)
		if err != nil {
			return
		}
		if _, _, err := p.Value(doc); err != nil {
			return
		}
		if _, _, err := p.Query(doc); err != nil {
			t.Error(err)
		}
		count := 0
		if err := p.Nodes(doc, func(s string) bool {
			if _, err := load(s); err != nil {
				t.Errorf("%q: %v", s, err)
			}
			count++
			return count < 1000
		}); err != nil {
			t.Error(err)
		}
	})
}
