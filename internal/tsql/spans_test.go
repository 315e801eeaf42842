package tsql

import (
	"reflect"
	"strings"
	"testing"
)

// checkSpans walks the whole tree: each node stands within the text, and its line is where it begins.
func checkSpans(t testing.TB, b *Batch) {
	t.Helper()
	seen := 0
	var walk func(v reflect.Value)
	walk = func(v reflect.Value) {
		switch v.Kind() {
		case reflect.Pointer, reflect.Interface:
			if !v.IsNil() {
				walk(v.Elem())
			}
		case reflect.Slice:
			for i := range v.Len() {
				walk(v.Index(i))
			}
		case reflect.Struct:
			if v.Type() == reflect.TypeFor[Span]() {
				s := v.Interface().(Span)
				if s == (Span{}) {
					return
				}
				seen++
				if s.Start < 0 || s.End < s.Start || int(s.End) > len(b.Text) {
					t.Errorf("a span of %q is %+v", b.Text, s)
					return
				}
				if line := int32(1 + strings.Count(b.Text[:s.Start], "\n")); s.Line != line {
					t.Errorf("span %+v of %q is in line %d", s, b.Text, line)
				}
				return
			}
			for i := range v.NumField() {
				walk(v.Field(i))
			}
		}
	}
	for _, s := range b.Statements {
		walk(reflect.ValueOf(s))
		if s.Span().End <= s.Span().Start {
			t.Errorf("statement %T of %q has span %+v", s, b.Text, s.Span())
		}
	}
	if len(b.Statements) > 0 && seen == 0 {
		t.Errorf("%q has no spans", b.Text)
	}
}
