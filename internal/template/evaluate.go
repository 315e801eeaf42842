package template

import (
	"maps"
	"sort"
	"strings"

	"github.com/alcedo-cloud/alcedo/internal/fault"
)

// Values are nil, bool, int64, float64, string, []any and map[string]any. Members of objects are found in any case.

// Context is what lies outside of a template.
type Context struct {
	TenantID, SubscriptionID, Group string // where it is deployed; Group is "" above a resource group

	Masked    bool                                                     // secrets are shown by asterisks: for who only asks what would be deployed
	Now       string                                                   // RFC 3339, of utcNow
	NewGUID   func() (string, error)                                   // of newGuid
	Describe  func(what string) (any, error)                           // subscription, resourceGroup, tenant, deployment, environment
	Reference func(id, apiVersion string, full bool) (any, error)      // the state of a resource
	List      func(name, id, apiVersion string, body any) (any, error) // listKeys and its like
	Secret    func(vaultID, name, version string) (string, error)      // of a parameter that refers to a vault
}

// frame is what the names in an expression mean.
type frame struct {
	*program
	copies   map[string]int64 // the present index of each loop; "" is the innermost
	locals   map[string]any   // of lambdas
	argument map[string]any   // parameters of a function that the template defines; nil outside of one
	runtime  bool             // reference and list may be asked
	defaults bool             // newGuid and utcNow may be asked
	nested   int              // how many lambdas are being applied
}

// invalid is a fault of the template's. Its message goes to who sent the template.
func invalid(format string, args ...any) error {
	return fault.Newf(fault.Invalid, "template", "InvalidTemplate", format, args...)
}

// value computes all expressions in a value of the template.
func (f *frame) value(v any) (any, error) { return f.walk(v, 0) }

func (f *frame) walk(v any, depth int) (any, error) {
	if depth > maxDepth {
		return nil, invalid("The template is nested deeper than '%d' levels.", maxDepth)
	}
	if err := f.charge(size(v)); err != nil {
		return nil, err
	}
	switch v := v.(type) {
	case string:
		return f.text(v)
	case []any:
		out := make([]any, len(v))
		for i, each := range v {
			got, err := f.walk(each, depth+1)
			if err != nil {
				return nil, err
			}
			out[i] = got
		}
		return out, nil
	case map[string]any:
		return f.object(v, depth)
	}
	return v, nil
}

// object computes an object, its loops over properties included.
func (f *frame) object(v map[string]any, depth int) (any, error) {
	out := make(map[string]any, len(v))
	for _, name := range sortedKeys(v) {
		if name == "copy" {
			if loops, ok := propertyLoops(v[name]); ok {
				if err := f.propertyCopies(loops, out, depth); err != nil {
					return nil, err
				}
				continue
			}
		}
		key, err := f.text(name)
		if err != nil {
			return nil, err
		}
		text, ok := key.(string)
		if !ok {
			return nil, invalid("The name of the property '%s' is not a text.", clip(name))
		}
		if out[text], err = f.walk(v[name], depth+1); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// text computes a text of the template: an expression, or itself.
func (f *frame) text(text string) (any, error) {
	if strings.HasPrefix(text, "[[") {
		return text[1:], nil
	}
	if !IsExpression(text) {
		return text, nil
	}
	n, err := parse(text)
	if err != nil {
		return nil, err
	}
	return f.eval(n, 0)
}

func (f *frame) eval(n *node, depth int) (any, error) {
	if depth > maxDepth {
		return nil, invalid("The template's functions are nested deeper than '%d' levels.", maxDepth)
	}
	switch n.kind {
	case literalText:
		return n.text, nil
	case literalNumber:
		return n.num, nil
	case call:
		return f.call(n, depth)
	case member:
		base, err := f.eval(n.args[0], depth+1)
		if err != nil {
			return nil, err
		}
		return property(base, n.text, n.safe)
	default:
		base, err := f.eval(n.args[0], depth+1)
		if err != nil {
			return nil, err
		}
		at, err := f.eval(n.args[1], depth+1)
		if err != nil {
			return nil, err
		}
		return element(base, at, n.safe)
	}
}

// property finds a member of an object in any case.
func property(base any, name string, safe bool) (any, error) {
	object, ok := base.(map[string]any)
	if !ok {
		if safe && base == nil {
			return nil, nil
		}
		return nil, invalid("The language expression property '%s' can't be evaluated: the value is of type '%s', not an object.", clip(name), kindOf(base))
	}
	if v, ok := lookup(object, name); ok {
		return v, nil
	}
	if safe {
		return nil, nil
	}
	return nil, invalid("The language expression property '%s' doesn't exist, available properties are '%s'.", clip(name),
		clip(strings.Join(sortedKeys(object), ", ")))
}

func element(base, at any, safe bool) (any, error) {
	if name, ok := at.(string); ok {
		return property(base, name, safe)
	}
	list, ok := base.([]any)
	i, whole := at.(int64)
	if safe && base == nil {
		return nil, nil
	}
	if !ok || !whole {
		return nil, invalid("The language expression index can't be evaluated: the value is of type '%s'.", kindOf(base))
	}
	if i < 0 || i >= int64(len(list)) {
		if safe {
			return nil, nil
		}
		return nil, invalid("The language expression property array index '%d' is out of bounds.", i)
	}
	return list[i], nil
}

// lookup finds a member: first as it is spelled, then in any case.
func lookup[V any](object map[string]V, name string) (V, bool) {
	if v, ok := object[name]; ok {
		return v, true
	}
	for _, key := range sortedKeys(object) {
		if strings.EqualFold(key, name) {
			return object[key], true
		}
	}
	var none V
	return none, false
}

func sortedKeys[V any](object map[string]V) []string {
	keys := make([]string, 0, len(object))
	for key := range object {
		keys = append(keys, key)
	}
	sort.Strings(keys)
	return keys
}

// with is the frame with one more local name.
func (f *frame) with(names []string, values []any) *frame {
	inner := *f
	inner.locals = maps.Clone(f.locals)
	if inner.locals == nil {
		inner.locals = map[string]any{}
	}
	for i, name := range names {
		inner.locals[strings.ToLower(name)] = values[i]
	}
	return &inner
}

// kindOf names the type of a value as messages do.
func kindOf(v any) string {
	switch v.(type) {
	case nil:
		return "Null"
	case bool:
		return "Boolean"
	case int64:
		return "Integer"
	case float64:
		return "Float"
	case string:
		return "String"
	case []any:
		return "Array"
	}
	return "Object"
}
