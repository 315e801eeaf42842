package template

import (
	"maps"
	"strings"
)

// function is one of the template language. most is -1 where any number of arguments may follow.
// Source: learn.microsoft.com/azure/azure-resource-manager/templates/template-functions.
type function struct {
	least, most int
	do          func(f *frame, args []any) (any, error)
}

// functions are all of them, by lower-case name. Those of control flow, which do not compute all their arguments, are in
// control.
func functions() map[string]function {
	all := map[string]function{}
	for _, some := range []map[string]function{
		textFunctions(), encodingFunctions(), collectionFunctions(), setFunctions(), numberFunctions(), logicFunctions(), dateFunctions(),
		scopeFunctions(), idFunctions(), networkFunctions(),
	} {
		maps.Copy(all, some)
	}
	return all
}

// call computes a call.
func (f *frame) call(n *node, depth int) (any, error) {
	name := strings.ToLower(n.text)
	if n.args == nil {
		return nil, invalid("The template function '%s' is not valid. Please see https://aka.ms/arm-functions for usage details.", clip(n.text))
	}
	if control := f.control(name); control != nil {
		return control(n, depth)
	}
	if strings.Contains(name, ".") {
		return f.callDefined(n, name, depth)
	}
	fn, ok := f.functions[name]
	if !ok {
		return nil, invalid("The template function '%s' is not valid. Please see https://aka.ms/arm-functions for usage details.", clip(n.text))
	}
	if len(n.args) < fn.least || fn.most >= 0 && len(n.args) > fn.most {
		return nil, arity(n.text, len(n.args))
	}
	args, err := f.arguments(n.args, depth)
	if err != nil {
		return nil, err
	}
	v, err := fn.do(f, args)
	if err != nil {
		return nil, err
	}
	return v, f.charge(size(v))
}

// maxWork bounds what one template computes, in nodes of the template, calls, and what they make.
const maxWork = 5_000_000

// charge counts work, and ends a template that computes too much.
func (p *program) charge(n int) error {
	if p.work += n + 1; p.work > maxWork {
		return invalid("The template computes too much.")
	}
	return nil
}

func size(v any) int {
	switch v := v.(type) {
	case string:
		return len(v) / 16
	case []any:
		return len(v)
	case map[string]any:
		return len(v)
	}
	return 0
}

func (f *frame) arguments(nodes []*node, depth int) ([]any, error) {
	args := make([]any, len(nodes))
	for i, n := range nodes {
		var err error
		if args[i], err = f.eval(n, depth+1); err != nil {
			return nil, err
		}
	}
	return args, nil
}

func arity(name string, got int) error {
	return invalid("Unable to evaluate template language function '%s': function does not take '%d' argument(s). Please see "+
		"https://aka.ms/arm-functions for usage details.", clip(name), got)
}

func wrongType(name string, v any) error {
	return invalid("The template language function '%s' was invoked with a parameter of type '%s', which it does not take. Please see "+
		"https://aka.ms/arm-functions for usage details.", name, kindOf(v))
}

// control gives the functions that compute their arguments themselves; nil for all others.
func (f *frame) control(name string) func(n *node, depth int) (any, error) {
	switch name {
	case "if":
		return f.ifFunction
	case "and", "or":
		return f.andOr
	case "coalesce":
		return f.coalesce
	case "tryget":
		return f.tryGet
	case "lambda":
		return func(n *node, _ int) (any, error) { return f.lambda(n) }
	}
	return nil
}

func (f *frame) ifFunction(n *node, depth int) (any, error) {
	if len(n.args) != 3 {
		return nil, arity("if", len(n.args))
	}
	v, err := f.eval(n.args[0], depth+1)
	if err != nil {
		return nil, err
	}
	yes, ok := v.(bool)
	if !ok {
		return nil, wrongType("if", v)
	}
	if yes {
		return f.eval(n.args[1], depth+1)
	}
	return f.eval(n.args[2], depth+1)
}

func (f *frame) andOr(n *node, depth int) (any, error) {
	if len(n.args) < 1 {
		return nil, arity(n.text, len(n.args))
	}
	ends := strings.EqualFold(n.text, "or") // the value that decides
	for _, arg := range n.args {
		v, err := f.eval(arg, depth+1)
		if err != nil {
			return nil, err
		}
		yes, ok := v.(bool)
		if !ok {
			return nil, wrongType(strings.ToLower(n.text), v)
		}
		if yes == ends {
			return ends, nil
		}
	}
	return !ends, nil
}

func (f *frame) coalesce(n *node, depth int) (any, error) {
	if len(n.args) == 0 {
		return nil, arity("coalesce", 0)
	}
	for _, arg := range n.args {
		v, err := f.eval(arg, depth+1)
		if err != nil || v != nil {
			return v, err
		}
	}
	return nil, nil
}

// tryGet goes down into a value, and is null where the way ends.
func (f *frame) tryGet(n *node, depth int) (any, error) {
	if len(n.args) < 2 {
		return nil, arity("tryGet", len(n.args))
	}
	args, err := f.arguments(n.args, depth)
	if err != nil {
		return nil, err
	}
	v := args[0]
	for _, at := range args[1:] {
		if v, err = element(v, at, true); err != nil || v == nil {
			return v, err
		}
	}
	return v, nil
}

// callDefined calls a function of the template's own, which sees its parameters and nothing else.
func (f *frame) callDefined(n *node, name string, depth int) (any, error) {
	defined, ok := f.defined[name]
	if !ok {
		return nil, invalid("The template function '%s' is not valid. Please see https://aka.ms/arm-functions for usage details.", clip(n.text))
	}
	if len(n.args) != len(defined.Parameters) {
		return nil, arity(n.text, len(n.args))
	}
	args, err := f.arguments(n.args, depth)
	if err != nil {
		return nil, err
	}
	inner := &frame{program: f.program, argument: make(map[string]any, len(args))}
	for i, p := range defined.Parameters {
		inner.argument[p.Name] = args[i]
	}
	out, ok := defined.Output.Value.(string)
	if !ok || !IsExpression(out) {
		return inner.value(defined.Output.Value)
	}
	body, err := parse(out)
	if err != nil {
		return nil, err
	}
	return inner.eval(body, depth+1)
}
