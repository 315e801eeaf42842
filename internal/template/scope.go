package template

import (
	"strings"
)

// scopeFunctions ask for what is around the template, and for what it says itself.
func scopeFunctions() map[string]function {
	around := func(what string) function {
		return function{0, 0, func(f *frame, _ []any) (any, error) {
			if f.argument != nil || f.Describe == nil {
				return nil, notHere(what)
			}
			return f.Describe(what)
		}}
	}
	return map[string]function{
		"subscription": around("subscription"), "resourcegroup": around("resourceGroup"), "tenant": around("tenant"),
		"deployment": around("deployment"), "environment": around("environment"),
		"parameters": {1, 1, func(f *frame, args []any) (any, error) { return f.named("parameter", args[0]) }},
		"variables":  {1, 1, func(f *frame, args []any) (any, error) { return f.named("variable", args[0]) }},
		"copyindex":  {0, 2, copyIndex},
		"reference":  {1, 3, reference},
		"references": {1, 2, references},
		"pickzones":  {3, 5, func(*frame, []any) (any, error) { return []any{}, nil }},
		"listkeys":   list("listKeys"), "listsecrets": list("listSecrets"), "list": list("list"), "listaccountsas": list("listAccountSas"),
		"listservicesas": list("listServiceSas"), "listcredentials": list("listCredentials"),
		"listconnectionstrings": list("listConnectionStrings"), "listvalue": list("listValue"),
	}
}

func notHere(name string) error {
	return invalid("The template function '%s' is not expected at this location. Please see https://aka.ms/arm-functions for usage details.", name)
}

// named is parameters or variables.
func (f *frame) named(kind string, v any) (any, error) {
	name, ok := v.(string)
	if !ok {
		return nil, wrongType(kind+"s", v)
	}
	if f.argument != nil {
		if v, ok := lookup(f.argument, name); ok && kind == "parameter" {
			return v, nil
		}
		return nil, notFound(kind, name)
	}
	if kind == "parameter" {
		return f.parameter(name)
	}
	return f.variable(name)
}

func notFound(kind, name string) error {
	return invalid("The template %s '%s' is not found. Please see https://aka.ms/arm-syntax-%ss for usage details.", kind, clip(name), kind)
}

// copyIndex is the present index of a loop, of the innermost where none is named, with an offset.
func copyIndex(f *frame, args []any) (any, error) {
	name, offset := "", int64(0)
	for i, arg := range args {
		switch v := arg.(type) {
		case string:
			if i > 0 {
				return nil, wrongType("copyIndex", arg)
			}
			name = strings.ToLower(v)
		case int64:
			offset = v
		default:
			return nil, wrongType("copyIndex", arg)
		}
	}
	i, ok := f.copies[name]
	if !ok {
		return nil, notHere("copyIndex")
	}
	return i + offset, nil
}

// reference is the state of a resource, which may be one that the template deploys, by its name.
func reference(f *frame, args []any) (any, error) {
	name, ok := args[0].(string)
	if !ok {
		return nil, wrongType("reference", args[0])
	}
	version, full := "", false
	for _, arg := range args[1:] {
		text, ok := arg.(string)
		if !ok {
			return nil, wrongType("reference", arg)
		}
		if strings.EqualFold(text, "Full") {
			full = true
		} else {
			version = text
		}
	}
	if !f.runtime || f.Reference == nil {
		return nil, notHere("reference")
	}
	id, own, err := f.target(name)
	if err != nil {
		return nil, err
	}
	if own != nil && version == "" {
		version = own.APIVersion
	}
	if version == "" {
		return nil, invalid("The template function 'reference' needs an api-version for the resource '%s', which the template does not deploy.", clip(id))
	}
	return f.Reference(id, version, full)
}

// references are the states of all resources of a loop, by its symbolic name.
func references(f *frame, args []any) (any, error) {
	name, ok := args[0].(string)
	if !ok {
		return nil, wrongType("references", args[0])
	}
	out := []any{}
	for _, r := range f.resources {
		if strings.EqualFold(r.Symbol, name) {
			v, err := reference(f, append([]any{r.ID, r.APIVersion}, args[1:]...))
			if err != nil {
				return nil, err
			}
			out = append(out, v)
		}
	}
	return out, nil
}

// target finds the resource that a name, an id or a symbolic name of the template means.
func (f *frame) target(name string) (id string, own *Resource, err error) {
	var found *Resource
	for _, r := range f.resources {
		if !r.is(name) {
			continue
		}
		if found != nil && !strings.EqualFold(found.ID, r.ID) && !strings.HasPrefix(name, "/") {
			return "", nil, invalid("The template resource '%s' is ambiguous: several resources of the template are meant by it.", clip(name))
		}
		found = r
	}
	if found != nil {
		return found.ID, found, nil
	}
	if strings.HasPrefix(name, "/") {
		return name, nil, nil
	}
	return "", nil, invalid("The template reference '%s' is not valid: could not find template resource or resource copy with this name. "+
		"Please see https://aka.ms/arm-function-reference for usage details.", clip(name))
}

// list asks a resource for its keys and their like.
func list(name string) function {
	return function{1, 3, func(f *frame, args []any) (any, error) {
		target, ok := args[0].(string)
		if !ok {
			return nil, wrongType(name, args[0])
		}
		if !f.runtime || f.List == nil {
			return nil, notHere(name)
		}
		id, own, err := f.target(target)
		if err != nil {
			return nil, err
		}
		version := ""
		if own != nil {
			version = own.APIVersion
		}
		var body any
		if len(args) > 1 {
			if version, ok = args[1].(string); !ok {
				return nil, wrongType(name, args[1])
			}
		}
		if len(args) == 3 {
			body = args[2]
		}
		if version == "" {
			return nil, invalid("The template function '%s' needs an api-version.", name)
		}
		return f.List(name, id, version, body)
	}}
}

// newGUID is a new GUID, for the defaults of parameters alone.
func (f *frame) newGUID() (any, error) {
	if !f.defaults || f.NewGUID == nil {
		return nil, notHere("newGuid")
	}
	return f.NewGUID()
}
