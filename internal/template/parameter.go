package template

import (
	"strings"
	"unicode/utf8"
)

// parameter is one that the template declares.
type parameter struct {
	name     string
	kind     string // string, securestring, int, bool, object, secureobject, array; lower-case
	fallback any    // as the template has it
	optional bool   // there is a fallback, or null is taken
	limits   map[string]any
}

func (p *parameter) secure() bool { return strings.HasPrefix(p.kind, "secure") }

// declare reads the parameters that the template has.
func (p *program) declare(t map[string]any) error {
	declared, err := objectOf(t, "parameters")
	if err != nil {
		return err
	}
	types, err := objectOf(t, "definitions")
	if err != nil {
		return err
	}
	p.declared = make(map[string]parameter, len(declared))
	for name, v := range declared {
		body, ok := v.(map[string]any)
		if !ok {
			return invalid("The template parameter '%s' is not an object.", clip(name))
		}
		one := parameter{name: name, limits: body}
		one.kind = kindDeclared(body, types, 0)
		switch one.kind {
		case "string", "securestring", "int", "bool", "object", "secureobject", "array":
		default:
			return invalid("The type property of the template parameter '%s' is not valid. The allowed values are 'Array, Bool, Int, Object, "+
				"SecureObject, SecureString, String'. Please see https://aka.ms/arm-create-parameter-file for usage details.", clip(name))
		}
		one.fallback, one.optional = lookup(body, "defaultValue")
		if nullable, _ := body["nullable"].(bool); nullable {
			one.optional = true
		}
		p.declared[name] = one
	}
	return nil
}

// kindDeclared is the type of a declaration, which may refer to one of the template's own.
func kindDeclared(body, types map[string]any, depth int) string {
	if text, ok := body["type"].(string); ok {
		return strings.ToLower(text)
	}
	reference, _ := body["$ref"].(string)
	name, ok := strings.CutPrefix(reference, "#/definitions/")
	if next, is := types[name].(map[string]any); ok && is && depth < maxDepth {
		return kindDeclared(next, types, depth+1)
	}
	return ""
}

// give takes what was sent: {name: {value}} or {name: {reference}}.
func (p *program) give(given any) error {
	sent, ok := given.(map[string]any)
	if given != nil && !ok {
		return invalid("The template parameters are not an object.")
	}
	p.given = make(map[string]any, len(sent))
	var unknown []string
	for _, name := range sortedKeys(sent) {
		if _, ok := lookup(p.declared, name); !ok {
			unknown = append(unknown, name)
			continue
		}
		body, ok := sent[name].(map[string]any)
		if !ok {
			return invalid("The template parameter '%s' has neither a value nor a reference.", clip(name))
		}
		v, hasValue := lookup(body, "value")
		reference, refers := lookup(body, "reference")
		if refers {
			var err error
			if v, err = p.secret(name, reference); err != nil {
				return err
			}
		}
		if hasValue && v != nil || refers {
			p.given[name] = v
		}
	}
	if len(unknown) > 0 {
		return invalid("The template parameters '%s' in the parameters file are not valid; they are not present in the original template and "+
			"can therefore not be provided at deployment time. The only supported parameters for this template are '%s'. Please see "+
			"https://aka.ms/arm-pass-parameter-values for usage details.", clip(strings.Join(unknown, ", ")),
			clip(strings.Join(sortedKeys(p.declared), ", ")))
	}
	return nil
}

// secret is the value of a parameter that refers to a vault: {keyVault: {id}, secretName, secretVersion}.
func (p *program) secret(name string, reference any) (any, error) {
	body, _ := reference.(map[string]any)
	vault, _ := lookup(body, "keyVault")
	at, _ := vault.(map[string]any)
	id, _ := at["id"].(string)
	secret, _ := body["secretName"].(string)
	version, _ := body["secretVersion"].(string)
	if id == "" || secret == "" || p.Secret == nil {
		return nil, invalid("The reference of the template parameter '%s' is not valid: it needs the id of a key vault and the name of a "+
			"secret.", clip(name))
	}
	return p.Secret(id, secret, version)
}

// checkParameters holds all values to what the template says of them.
func (p *program) checkParameters(root *frame) error {
	for _, name := range sortedKeys(p.declared) {
		if _, err := root.parameter(name); err != nil {
			return err
		}
	}
	return nil
}

// parameter is the value of a parameter.
func (f *frame) parameter(name string) (any, error) {
	declared, ok := lookup(f.declared, name)
	if !ok {
		return nil, notFound("parameter", name)
	}
	return f.once("parameter", name, func() (any, error) {
		v, sent := lookup(f.given, name)
		if !sent {
			if !declared.optional {
				return nil, invalid("The value for the template parameter '%s' is not provided. Please see "+
					"https://aka.ms/arm-create-parameter-file for usage details.", clip(declared.name))
			}
			var err error
			if v, err = (&frame{program: f.program, defaults: true}).value(declared.fallback); err != nil || v == nil {
				return v, err
			}
		}
		err := declared.check(f, v)
		if f.Masked && declared.secure() {
			v = masked(v)
		}
		return v, err
	})
}

// masked stands for a secret.
func masked(v any) any {
	if _, ok := v.(map[string]any); ok {
		return map[string]any{}
	}
	return "*******"
}

// check holds a value to type, allowed values and limits.
func (p *parameter) check(f *frame, v any) error {
	want := map[string]string{
		"string": "String", "securestring": "String", "int": "Integer", "bool": "Boolean", "object": "Object", "secureobject": "Object", "array": "Array",
	}[p.kind]
	if got := kindOf(v); got != want {
		return invalid("Template parameter JToken type is not valid. Expected '%s'. Actual '%s'. Please see "+
			"https://aka.ms/arm-create-parameter-file for usage details.", want, got)
	}
	if allowed, ok := p.limits["allowedValues"].([]any); ok {
		if in, err := contains(f, []any{allowed, v}); err != nil || in == false && !within(f, v, allowed) {
			shown, err := join(nil, []any{allowed, ","})
			text, _ := shown.(string)
			value, _ := asText(v)
			if err != nil || p.secure() {
				text, value = "", ""
			}
			return invalid("The provided value '%s' for the template parameter '%s' is not valid. The value is not part of the allowed "+
				"value(s): '%s'.", clip(value), clip(p.name), clip(text))
		}
	}
	size := int64(0)
	low, high := "minLength", "maxLength"
	switch v := v.(type) {
	case string:
		size = int64(utf8.RuneCountInString(v))
	case []any:
		size = int64(len(v))
	case int64:
		size, low, high = v, "minValue", "maxValue"
	default:
		return nil
	}
	least, hasLeast := p.limits[low].(int64)
	most, hasMost := p.limits[high].(int64)
	if hasLeast && size < least || hasMost && size > most {
		return invalid("The provided value for the template parameter '%s' is not valid: '%d' is outside of what '%s' and '%s' allow. Please "+
			"see https://aka.ms/arm-create-parameter-file for usage details.", clip(p.name), size, low, high)
	}
	return nil
}

// within reports whether an array has allowed elements only.
func within(f *frame, v any, allowed []any) bool {
	list, ok := v.([]any)
	if !ok {
		return false
	}
	for _, each := range list {
		if in, err := contains(f, []any{allowed, each}); err != nil || in == false {
			return false
		}
	}
	return true
}

// Parameters are the values by which a template is deployed, as a deployment shows them: secrets without their value.
func (p *Program) Parameters() (map[string]any, error) {
	out := map[string]any{}
	for name, declared := range p.root.declared {
		v, err := p.root.parameter(name)
		if err != nil {
			return nil, err
		}
		shown := map[string]any{"type": shownKind(declared.kind)}
		if !declared.secure() {
			shown["value"] = v
		}
		out[name] = shown
	}
	return out, nil
}

// shownKind is a type as deployments show it.
func shownKind(kind string) string {
	for _, known := range []string{"String", "SecureString", "Int", "Bool", "Object", "SecureObject", "Array"} {
		if strings.EqualFold(known, kind) {
			return known
		}
	}
	return kind
}
