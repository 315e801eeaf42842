package template

import (
	"slices"
	"strings"
)

// depend finds what each resource needs, from dependsOn and from the references in it, and puts all in order.
func (p *program) depend() error {
	for _, r := range p.resources {
		if r.Existing {
			continue
		}
		if err := p.explicit(r); err != nil {
			return err
		}
		r.implicit(r.raw, 0)
	}
	var out []*Resource
	state := map[*Resource]int{} // 1 while it is being placed, 2 once it is
	for _, r := range p.resources {
		if err := place(r, state, &out, 0); err != nil {
			return err
		}
	}
	p.resources = out
	return nil
}

func (p *program) explicit(r *Resource) error {
	v, ok := lookup(r.raw, "dependsOn")
	if !ok {
		return nil
	}
	v, err := r.frame.value(v)
	if err != nil {
		return err
	}
	list, ok := v.([]any)
	if !ok && v != nil {
		return invalid("The dependsOn of the template resource '%s' is of type '%s', not an array.", clip(r.Name), kindOf(v))
	}
	for _, each := range list {
		name, ok := each.(string)
		if !ok {
			return invalid("The dependsOn of the template resource '%s' has an element of type '%s'.", clip(r.Name), kindOf(each))
		}
		found := false
		for _, other := range p.resources {
			if other.is(name) {
				found = true
				r.need(other)
			}
		}
		if !found {
			return invalid("The resource '%s' is not defined in the template. Please see https://aka.ms/arm-syntax for usage details.", clip(name))
		}
	}
	return nil
}

func (r *Resource) need(other *Resource) {
	if other != r && !other.Existing && !slices.Contains(r.Needs, other) {
		r.Needs = append(r.Needs, other)
	}
}

// implicit looks for references to other resources of the template. In a nested template of its own scope there are none.
func (r *Resource) implicit(v any, depth int) {
	if depth > maxDepth {
		return
	}
	switch v := v.(type) {
	case string:
		if IsExpression(v) {
			if n, err := parse(v); err == nil {
				r.references(n)
			}
		}
	case []any:
		for _, each := range v {
			r.implicit(each, depth+1)
		}
	case map[string]any:
		for name, each := range v {
			if depth == 0 && strings.EqualFold(name, "resources") || depth == 1 && strings.EqualFold(name, "template") && r.inner() {
				continue
			}
			r.implicit(each, depth+1)
		}
	}
}

// references takes the first argument of reference and its like, where it can be computed by now.
func (r *Resource) references(n *node) {
	if name := strings.ToLower(n.text); n.kind == call && len(n.args) > 0 && (name == "reference" || name == "references" || strings.HasPrefix(name, "list")) {
		v, err := r.frame.eval(n.args[0], 0)
		text, ok := v.(string)
		for _, other := range r.frame.resources {
			if err == nil && ok && other.is(text) {
				r.need(other)
			}
		}
	}
	for _, arg := range n.args {
		r.references(arg)
	}
}

// place puts a resource behind those that it needs.
func place(r *Resource, state map[*Resource]int, out *[]*Resource, depth int) error {
	switch state[r] {
	case 1:
		return invalid("Circular dependency detected on resource: '%s'. Please see https://aka.ms/arm-syntax-resources for usage details.", clip(r.ID))
	case 2:
		return nil
	}
	state[r] = 1
	for _, other := range r.Needs {
		if err := place(other, state, out, depth+1); err != nil {
			return err
		}
	}
	state[r] = 2
	*out = append(*out, r)
	return nil
}
