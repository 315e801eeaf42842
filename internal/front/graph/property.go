package graph

import (
	"bytes"
	"context"
	"encoding/json"
	"strings"
	"time"

	"github.com/alcedo-cloud/alcedo/internal/caller"
)

// kind is the type of a property's value.
type kind uint8

const (
	text      kind = iota // string
	flag                  // boolean
	texts                 // collection of strings
	moment                // date and time
	structure             // object or collection of objects, not for filters
)

// property is one of an entity type: how it is read from the directory's object and written to it.
type property struct {
	name   string
	kind   kind
	get    func(o any) any                        // text: string or nil; texts: []string; moment: time.Time
	set    func(o any, raw json.RawMessage) error // nil where clients cannot write it
	hidden bool                                   // shown only when selected
}

// entity is an entity type with its collection.
type entity struct {
	set      string // users
	typ      string // user, as in #microsoft.graph.user
	resource string // User, as in messages
	props    []*property
	byName   map[string]*property // in lower case

	list   func(ctx context.Context, c caller.Caller) ([]any, error)
	read   func(ctx context.Context, c caller.Caller, id string) (any, error)
	create func(ctx context.Context, c caller.Caller, body object) (any, error)
	update func(ctx context.Context, c caller.Caller, id string, body object) error
	remove func(ctx context.Context, c caller.Caller, id string) error
	id     func(o any) string
}

func (e *entity) index() {
	e.byName = make(map[string]*property, len(e.props))
	for _, p := range e.props {
		e.byName[strings.ToLower(p.name)] = p
	}
}

// property finds a property by name, in any case.
func (e *entity) property(name string) (*property, bool) {
	p, ok := e.byName[strings.ToLower(name)]
	return p, ok
}

// of makes a getter of a function of the object's own type.
func of[T any](get func(*T) any) func(any) any { return func(o any) any { return get(o.(*T)) } }

// into makes a setter that decodes a value before it sets it. null is the zero value.
func into[T, V any](e, name string, set func(*T, V) error) func(any, json.RawMessage) error {
	return func(o any, raw json.RawMessage) error {
		var v V
		if err := json.Unmarshal(raw, &v); err != nil {
			return badRequest("Request_BadRequest", "Invalid value specified for property '%s' of resource '%s'.", name, e)
		}
		return set(o.(*T), v)
	}
}

// keepable is the kept properties of an object.
type keepable func(o any) *map[string]json.RawMessage

// kept is a property that the directory keeps without giving it a meaning. missing is its value where nobody has set it.
func kept(resource, name string, k kind, missing any, in keepable) *property {
	p := &property{name: name, kind: k}
	p.get = func(o any) any {
		raw, ok := (*in(o))[name]
		if !ok {
			return missing
		}
		return p.decode(raw)
	}
	p.set = func(o any, raw json.RawMessage) error {
		if !p.accepts(raw) {
			return badRequest("Request_BadRequest", "Invalid value specified for property '%s' of resource '%s'.", name, resource)
		}
		m := in(o)
		if *m == nil {
			*m = make(map[string]json.RawMessage)
		}
		if string(raw) == "null" {
			delete(*m, name)
		} else {
			(*m)[name] = bytes.Clone(raw)
		}
		return nil
	}
	return p
}

// accepts reports whether raw is a value of the property's type, or null.
func (p *property) accepts(raw json.RawMessage) bool {
	var target any
	switch p.kind {
	case text:
		target = new(*string)
	case flag:
		target = new(*bool)
	case texts:
		target = new([]string)
	case moment:
		target = new(*time.Time)
	default:
		return len(raw) > 0 && (raw[0] == '{' || raw[0] == '[' || string(raw) == "null")
	}
	return json.Unmarshal(raw, target) == nil
}

func (p *property) decode(raw json.RawMessage) any {
	var err error
	switch p.kind {
	case text:
		var v string
		err = json.Unmarshal(raw, &v)
		if err == nil {
			return v
		}
	case flag:
		var v bool
		err = json.Unmarshal(raw, &v)
		if err == nil {
			return v
		}
	case texts:
		var v []string
		err = json.Unmarshal(raw, &v)
		if err == nil {
			return v
		}
	}
	return raw
}

// orNull is nil for "", which Graph shows as null.
func orNull(s string) any {
	if s == "" {
		return nil
	}
	return s
}

// field is a member of a JSON object whose order counts.
type field struct {
	name  string
	value any
}

// fields is a JSON object that keeps its order.
type fields []field

// MarshalJSON writes the fields in their order.
func (f fields) MarshalJSON() ([]byte, error) {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	b.WriteByte('{')
	for i, x := range f {
		if i > 0 {
			b.WriteByte(',')
		}
		if err := enc.Encode(x.name); err != nil {
			return nil, err
		}
		b.WriteByte(':')
		if err := enc.Encode(x.value); err != nil {
			return nil, err
		}
	}
	b.WriteByte('}')
	return b.Bytes(), nil
}

// render shows an object: the selected properties, or those that are shown when nobody selects.
func (e *entity) render(o any, selected []*property) fields {
	out := make(fields, 0, len(e.props)+1)
	if selected != nil {
		for _, p := range selected {
			out = append(out, p.show(o))
		}
		return out
	}
	for _, p := range e.props {
		if !p.hidden {
			out = append(out, p.show(o))
		}
	}
	return out
}

func (p *property) show(o any) field {
	v := p.get(o)
	if t, ok := v.(time.Time); ok {
		return field{p.name, t.UTC().Format("2006-01-02T15:04:05Z")}
	}
	if list, ok := v.([]string); ok && list == nil {
		return field{p.name, []string{}}
	}
	return field{p.name, v}
}
