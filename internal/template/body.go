package template

import (
	"strings"
)

// inner reports whether a nested deployment computes its template itself, as Bicep's modules do.
func (r *Resource) inner() bool {
	if !strings.EqualFold(r.Type, deploymentType) {
		return false
	}
	properties, _ := lookup(r.raw, "properties")
	body, _ := properties.(map[string]any)
	options, _ := lookup(body, "expressionEvaluationOptions")
	chosen, _ := options.(map[string]any)
	scope, _ := chosen["scope"].(string)
	return strings.EqualFold(scope, "inner")
}

// Body is what is sent to deploy the resource. It asks for the state of others.
func (r *Resource) Body() (map[string]any, error) {
	f := *r.frame
	f.runtime = true
	out := map[string]any{}
	for _, name := range sortedKeys(r.raw) {
		switch strings.ToLower(name) {
		case "name", "type", "apiversion", "dependson", "condition", "copy", "scope", "comments", "resources", "existing", "metadata",
			"subscriptionid", "resourcegroup", "asserts", "import":
			continue
		}
		if strings.EqualFold(name, "properties") && strings.EqualFold(r.Type, deploymentType) {
			properties, err := r.nestedProperties(&f, r.raw[name])
			if err != nil {
				return nil, err
			}
			out[name] = properties
			continue
		}
		v, err := f.value(r.raw[name])
		if err != nil {
			return nil, err
		}
		if v != nil {
			out[name] = v
		}
	}
	return out, nil
}

// nestedProperties are those of a nested deployment. Its template stays as it is where it is computed inside, and is
// computed here otherwise: then no text in it may be taken for an expression again.
func (r *Resource) nestedProperties(f *frame, v any) (any, error) {
	properties, ok := v.(map[string]any)
	if !ok {
		return f.value(v)
	}
	out := make(map[string]any, len(properties))
	for _, name := range sortedKeys(properties) {
		if strings.EqualFold(name, "template") && r.inner() {
			out[name] = properties[name]
			continue
		}
		computed, err := f.value(properties[name])
		if err != nil {
			return nil, err
		}
		if strings.EqualFold(name, "template") {
			computed = escaped(computed)
		}
		out[name] = computed
	}
	return out, nil
}

// escaped keeps computed texts from being computed again.
func escaped(v any) any {
	switch v := v.(type) {
	case string:
		if strings.HasPrefix(v, "[") {
			return "[" + v
		}
	case []any:
		for i := range v {
			v[i] = escaped(v[i])
		}
	case map[string]any:
		for name := range v {
			v[name] = escaped(v[name])
		}
	}
	return v
}

// Outputs are the outputs of the template once it is deployed: {name: {type, value}}, secrets without their value.
func (p *Program) Outputs() (map[string]any, error) {
	f := *p.root
	f.runtime = true
	out := map[string]any{}
	for _, name := range sortedKeys(f.outputs) {
		body, ok := f.outputs[name].(map[string]any)
		if !ok {
			return nil, invalid("The template output '%s' is not an object.", clip(name))
		}
		if condition, ok := body["condition"]; ok {
			holds, err := f.value(condition)
			if err != nil {
				return nil, err
			}
			if holds != true {
				continue
			}
		}
		kind := kindDeclared(body, nil, 0)
		shown := map[string]any{"type": shownKind(kind)}
		v, err := f.output(body)
		if err != nil {
			return nil, err
		}
		if nullable, _ := body["nullable"].(bool); v == nil && nullable {
			continue
		}
		if !strings.HasPrefix(kind, "secure") {
			shown["value"] = v
		}
		out[name] = shown
	}
	return out, nil
}

func (f *frame) output(body map[string]any) (any, error) {
	if loop, ok := body["copy"].(map[string]any); ok {
		return f.loop(loop, 0)
	}
	return f.value(body["value"])
}
