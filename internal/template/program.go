package template

import (
	"errors"
	"strings"

	"github.com/alcedo-cloud/alcedo/internal/fault"
)

// Program is a template with its parameters, ready to be deployed.
type Program struct{ root *frame }

// program is what all frames of a template share.
type program struct {
	Context
	functions map[string]function
	defined   map[string]definedFunction
	declared  map[string]parameter
	given     map[string]any
	variables map[string]any // as the template has them
	known     map[string]any // values of parameters and variables, by kind and lower-case name
	open      map[string]bool
	outputs   map[string]any
	resources []*Resource
	symbolic  bool // resources have names of their own: language version 2
	work      int  // done so far
}

// definedFunction is a function of the template's own.
type definedFunction struct {
	Parameters []struct{ Name string }
	Output     struct{ Value any }
}

// Load checks a template and the parameters given for it, and finds the resources that it deploys. template and given are
// values of Decode. Faults are Invalid and say what is wrong with which.
// Source: learn.microsoft.com/azure/azure-resource-manager/templates/syntax.
func Load(template, given any, c Context) (*Program, error) {
	p := &program{
		Context: c, functions: functions(), defined: map[string]definedFunction{}, known: map[string]any{}, open: map[string]bool{},
	}
	if err := p.load(template, given); err != nil {
		return nil, validation(err)
	}
	root := &frame{program: p}
	if err := p.checkParameters(root); err != nil {
		return nil, validation(err)
	}
	if err := p.loadResources(root, template); err != nil {
		return nil, validation(err)
	}
	return &Program{root}, nil
}

// validation says of an error that it was found before anything was deployed.
func validation(err error) error {
	var f *fault.Error
	if !errors.As(err, &f) || f.Reason != "InvalidTemplate" {
		return err
	}
	return invalid("Deployment template validation failed: '%s'.", strings.TrimSuffix(f.Message, "."))
}

func (p *program) load(template, given any) error {
	t, ok := template.(map[string]any)
	if !ok {
		return invalid("The template is not an object.")
	}
	for _, required := range []string{"$schema", "contentVersion", "resources"} {
		if _, ok := lookup(t, required); !ok {
			return invalid("Required property '%s' not found in JSON. Path ''.", required)
		}
	}
	var err error
	if p.variables, err = objectOf(t, "variables"); err != nil {
		return err
	}
	if p.outputs, err = objectOf(t, "outputs"); err != nil {
		return err
	}
	if err := p.declare(t); err != nil {
		return err
	}
	if err := p.define(t); err != nil {
		return err
	}
	return p.give(given)
}

// objectOf is a section of the template, empty where there is none.
func objectOf(t map[string]any, name string) (map[string]any, error) {
	v, _ := lookup(t, name)
	if v == nil {
		return map[string]any{}, nil
	}
	object, ok := v.(map[string]any)
	if !ok {
		return nil, invalid("The template section '%s' is of type '%s', not an object.", name, kindOf(v))
	}
	return object, nil
}

// define takes the functions of the template's own: [{namespace, members: {name: {parameters, output}}}].
func (p *program) define(t map[string]any) error {
	v, _ := lookup(t, "functions")
	spaces, ok := v.([]any)
	if v != nil && !ok {
		return invalid("The template section 'functions' is of type '%s', not an array.", kindOf(v))
	}
	for _, each := range spaces {
		space, ok := each.(map[string]any)
		if !ok {
			return invalid("The template section 'functions' is not valid.")
		}
		name, _ := space["namespace"].(string)
		members, err := objectOf(space, "members")
		if err != nil {
			return err
		}
		for member, v := range members {
			body, ok := v.(map[string]any)
			if !ok || name == "" {
				return invalid("The template function '%s.%s' is not valid.", clip(name), clip(member))
			}
			var d definedFunction
			if list, ok := body["parameters"].([]any); ok {
				for _, one := range list {
					declared, _ := one.(map[string]any)
					text, _ := declared["name"].(string)
					d.Parameters = append(d.Parameters, struct{ Name string }{text})
				}
			}
			output, err := objectOf(body, "output")
			if err != nil {
				return err
			}
			d.Output.Value = output["value"]
			p.defined[strings.ToLower(name+"."+member)] = d
		}
	}
	return nil
}

// once computes a parameter or variable, and refuses one that needs itself.
func (p *program) once(kind, name string, do func() (any, error)) (any, error) {
	key := kind + "/" + strings.ToLower(name)
	if v, ok := p.known[key]; ok {
		return v, nil
	}
	if p.open[key] {
		return nil, invalid("Circular dependency detected on the template %s '%s'.", kind, clip(name))
	}
	p.open[key] = true
	defer delete(p.open, key)
	v, err := do()
	if err == nil {
		p.known[key] = v
	}
	return v, err
}

// variable computes a variable of the template.
func (p *program) variable(name string) (any, error) {
	raw, ok := lookup(p.variables, name)
	if ok && !strings.EqualFold(name, "copy") {
		return p.once("variable", name, func() (any, error) { return (&frame{program: p}).value(raw) })
	}
	loops, _ := propertyLoops(p.variables["copy"])
	for _, loop := range loops {
		if text, _ := loop["name"].(string); strings.EqualFold(text, name) {
			return p.once("variable", name, func() (any, error) { return (&frame{program: p}).loop(loop, 0) })
		}
	}
	return nil, notFound("variable", name)
}
