package function

import (
	"strings"

	"github.com/alcedo-cloud/alcedo/internal/sqldb/value"
)

// jsonFunctions read and change JSON texts.
func jsonFunctions() []Function {
	return []Function{
		{Name: "ISJSON", Min: 1, Max: 2, Result: wants("isjson", is(integer), unlimited, name), Eval: strict(isJSON), Deterministic: true},
		{Name: "JSON_VALUE", Min: 2, Max: 2, Result: wants("json_value", maybe(long), unlimited, long), Eval: strict(jsonValue), Deterministic: true},
		{Name: "JSON_QUERY", Min: 1, Max: 2, Result: wants("json_query", maybe(value.JSONText()), unlimited, long), Eval: strict(jsonQuery), Deterministic: true},
		{Name: "JSON_MODIFY", Min: 3, Max: 3, Result: maybe(value.JSONText()), Eval: lenient(jsonModify), Deterministic: true},
		{Name: "JSON_OBJECT ON NULL", Min: 1, Max: -1, Result: never(value.JSONText()), Eval: lenient(jsonObjectOf), Deterministic: true},
		{Name: "JSON_ARRAY ON NULL", Min: 1, Max: -1, Result: never(value.JSONText()), Eval: lenient(jsonArrayOf), Deterministic: true},
		{Name: "JSON_PATH_EXISTS", Min: 2, Max: 2, Result: is(integer), Eval: strict(jsonPathExists), Deterministic: true},
	}
}

func notJSON(s string, bad int) error {
	found := "."
	if bad < len(s) {
		found = value.CutUTF16(s[bad:], 0, 1)
	}
	return value.Errorf(13609, 16, 4, "JSON text is not properly formatted. Unexpected character '%s' is found at position %d.", found, value.UTF16Len(s[:min(bad, len(s))]))
}

// isJSON is 1 for an object or an array; with a second argument, for what that names.
func isJSON(c *call) value.Value {
	kind, bad := checkJSON(c.text(0))
	want := ""
	if c.has(1) {
		want = strings.ToLower(c.text(1))
	}
	ok := false
	switch want {
	case "":
		ok = kind == jsonObject || kind == jsonArray
	case "value":
		ok = true
	case "object":
		ok = kind == jsonObject
	case "array":
		ok = kind == jsonArray
	case "scalar":
		ok = kind != jsonObject && kind != jsonArray
	}
	return value.OfBool(bad < 0 && ok)
}

// at finds what a path leads to. ok is false where that is nothing and the path is lax; where it is strict there is an
// error.
func (c *call) at(s, text string) (p place, path jsonPath, ok bool) {
	path, err := parsePath(text)
	if err != nil {
		c.fail(err)
		return p, path, false
	}
	p, ok, bad := find(s, path.steps)
	if bad >= 0 {
		c.fail(notJSON(s, bad))
		return p, path, false
	}
	if !ok && path.strict {
		c.fail(value.Errorf(13608, 16, 5, "Property cannot be found on the specified JSON path."))
	}
	return p, path, ok
}

// scalarText is a JSON value that is no object and no array, as text.
func scalarText(s string, p place) string {
	if p.kind == jsonString {
		return unquoted(s[p.from:p.to])
	}
	return s[p.from:p.to]
}

func jsonValue(c *call) value.Value {
	s := c.text(0)
	p, path, ok := c.at(s, c.text(1))
	switch {
	case !ok:
		return value.Null()
	case p.kind == jsonObject || p.kind == jsonArray:
		if path.strict {
			return c.fail(value.Errorf(13623, 16, 1, "Scalar value cannot be found in the specified JSON path."))
		}
		return value.Null()
	case p.kind == jsonNull:
		return value.Null()
	}
	out := scalarText(s, p)
	if value.UTF16Len(out) > 4000 {
		if path.strict {
			return c.fail(value.Errorf(13625, 16, 1, "String value in the specified JSON path would be truncated."))
		}
		return value.Null()
	}
	return value.OfString(out)
}

func jsonQuery(c *call) value.Value {
	s, text := c.text(0), "$"
	if c.has(1) {
		text = c.text(1)
	}
	p, path, ok := c.at(s, text)
	switch {
	case !ok:
		return value.Null()
	case p.kind != jsonObject && p.kind != jsonArray:
		if path.strict {
			return c.fail(value.Errorf(13624, 16, 1, "Object or array cannot be found in the specified JSON path."))
		}
		return value.Null()
	}
	return value.OfString(s[p.from:p.to])
}

func jsonPathExists(c *call) value.Value {
	s := c.text(0)
	path, err := parsePath(c.text(1))
	if err != nil {
		return c.fail(err)
	}
	_, ok, bad := find(s, path.steps)
	return value.OfBool(ok && bad < 0)
}

// jsonModify sets, adds, appends or, with NULL in lax mode, takes away what a path leads to.
func jsonModify(c *call) value.Value {
	if c.args[0].IsNull() || c.args[1].IsNull() {
		return value.Null()
	}
	s := c.text(0)
	path, err := parsePath(c.text(1))
	if err != nil {
		return c.fail(err)
	}
	if _, bad := checkJSON(s); bad >= 0 {
		return c.fail(notJSON(s, bad))
	}
	if len(path.steps) == 0 && !path.add {
		return c.fail(value.Errorf(13619, 16, 1, "Unsupported JSON path found in argument 2 of JSON_MODIFY."))
	}
	p, ok, _ := find(s, path.steps)
	remove := c.args[2].IsNull() && !path.strict && !path.add
	switch {
	case !ok && path.strict:
		return c.fail(value.Errorf(13608, 16, 5, "Property cannot be found on the specified JSON path."))
	case path.add && ok && p.kind == jsonArray:
		return value.OfString(s[:p.to-1] + comma(s[p.from+1:p.to-1]) + c.jsonNew() + s[p.to-1:])
	case path.add && ok && path.strict:
		return c.fail(value.Errorf(13621, 16, 1, "Array cannot be found in the specified JSON path."))
	case path.add && ok:
		return value.OfString(s)
	case ok && remove:
		return value.OfString(without(s, path.steps, p))
	case ok:
		return value.OfString(s[:p.from] + c.jsonNew() + s[p.to:])
	case remove:
		return value.OfString(s)
	}
	return value.OfString(c.inserted(s, path))
}

// jsonNew is the new value as JSON.
func (c *call) jsonNew() string {
	b, err := AppendJSON(nil, c.args[2], c.types[2])
	if err != nil {
		c.fail(err)
	}
	return string(b)
}

// comma is what stands before a new element.
func comma(before string) string {
	if strings.TrimSpace(before) == "" {
		return ""
	}
	return ","
}

// inserted adds a member to the object that the path's last step but one leads to; elsewhere nothing changes.
func (c *call) inserted(s string, path jsonPath) string {
	last := path.steps[len(path.steps)-1]
	p, ok, _ := find(s, path.steps[:len(path.steps)-1])
	inside := ""
	if ok {
		inside = s[p.from+1 : max(p.from+1, p.to-1)]
	}
	switch {
	case ok && p.kind == jsonObject && last.index < 0:
		text := c.jsonNew()
		if path.add {
			text = "[" + text + "]"
		}
		member := `"` + string(appendJSONText(nil, last.key)) + `":` + text
		return s[:p.to-1] + comma(inside) + member + s[p.to-1:]
	case ok && p.kind == jsonArray && last.index == elementsOf(s[p.from:p.to]):
		return s[:p.to-1] + comma(inside) + c.jsonNew() + s[p.to-1:]
	}
	return s
}

func elementsOf(s string) int {
	n := 0
	j := jsonText{s: s, bad: -1}
	j.elements(func(int) bool { n++; j.skip(); return j.bad < 0 })
	return n
}

// without takes a member away with its key and one comma; an element becomes null.
func without(s string, steps []step, p place) string {
	last := steps[len(steps)-1]
	if last.index >= 0 {
		return s[:p.from] + "null" + s[p.to:]
	}
	object, _, _ := find(s, steps[:len(steps)-1])
	start := p.from
	j := jsonText{s: s, at: object.from, bad: -1}
	j.members(func(_ string, at int) bool {
		if j.at == p.from {
			start = at
			return false
		}
		j.skip()
		return j.bad < 0
	})
	head, tail := strings.TrimRight(s[:start], " \t\r\n"), strings.TrimLeft(s[p.to:], " \t\r\n")
	if strings.HasSuffix(head, ",") {
		return head[:len(head)-1] + s[p.to:]
	}
	if rest, ok := strings.CutPrefix(tail, ","); ok {
		return s[:start] + strings.TrimLeft(rest, " \t\r\n")
	}
	return s[:start] + s[p.to:]
}
