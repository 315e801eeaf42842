package template

import (
	"sort"
	"strings"
)

// lambda is a function as a value: lambda('x', …) with lambdaVariables('x') inside.
type lambda struct {
	frame *frame
	names []string
	body  *node
}

func (f *frame) lambda(n *node) (any, error) {
	if len(n.args) == 0 {
		return nil, arity("lambda", 0)
	}
	l := &lambda{frame: f, body: n.args[len(n.args)-1]}
	for _, arg := range n.args[:len(n.args)-1] {
		if arg.kind != literalText {
			return nil, invalid("The names of a lambda's arguments must be texts.")
		}
		l.names = append(l.names, arg.text)
	}
	return l, nil
}

// apply computes a lambda. Surplus values, as the index, go to whom names them.
func (l *lambda) apply(values ...any) (any, error) {
	if len(l.names) > len(values) {
		return nil, invalid("A lambda names '%d' arguments where it is given '%d'.", len(l.names), len(values))
	}
	if err := l.frame.charge(len(l.frame.locals)); err != nil {
		return nil, err
	}
	inner := l.frame.with(l.names, values)
	inner.nested++
	if inner.nested > maxDepth {
		return nil, invalid("The template's functions are nested deeper than '%d' levels.", maxDepth)
	}
	return inner.eval(l.body, 0)
}

// listAndLambda are the arguments of most functions that take a lambda.
func listAndLambda(name string, args []any) ([]any, *lambda, error) {
	list, ok := args[0].([]any)
	if !ok {
		return nil, nil, wrongType(name, args[0])
	}
	l, ok := args[1].(*lambda)
	if !ok {
		return nil, nil, wrongType(name, args[1])
	}
	return list, l, nil
}

func mapFunction(_ *frame, args []any) (any, error) {
	list, l, err := listAndLambda("map", args)
	if err != nil {
		return nil, err
	}
	out := make([]any, len(list))
	for i, each := range list {
		if out[i], err = l.apply(each, int64(i)); err != nil {
			return nil, err
		}
	}
	return out, nil
}

func filter(_ *frame, args []any) (any, error) {
	list, l, err := listAndLambda("filter", args)
	if err != nil {
		return nil, err
	}
	out := []any{}
	for i, each := range list {
		keep, err := l.apply(each, int64(i))
		if err != nil {
			return nil, err
		}
		if yes, ok := keep.(bool); !ok {
			return nil, wrongType("filter", keep)
		} else if yes {
			out = append(out, each)
		}
	}
	return out, nil
}

func reduce(_ *frame, args []any) (any, error) {
	list, l, err := listAndLambda("reduce", []any{args[0], args[2]})
	if err != nil {
		return nil, err
	}
	v := args[1]
	for i, each := range list {
		if v, err = l.apply(v, each, int64(i)); err != nil {
			return nil, err
		}
	}
	return v, nil
}

func sorted(_ *frame, args []any) (any, error) {
	list, l, err := listAndLambda("sort", args)
	if err != nil {
		return nil, err
	}
	out := append([]any{}, list...)
	var failed error
	sort.SliceStable(out, func(i, j int) bool {
		less, err := l.apply(out[i], out[j])
		if err != nil {
			failed = err
		}
		return less == true
	})
	return out, failed
}

func toObject(_ *frame, args []any) (any, error) {
	list, key, err := listAndLambda("toObject", args)
	if err != nil {
		return nil, err
	}
	out := make(map[string]any, len(list))
	for _, each := range list {
		name, err := key.apply(each)
		if err != nil {
			return nil, err
		}
		text, ok := name.(string)
		if !ok {
			return nil, wrongType("toObject", name)
		}
		out[text] = each
		if len(args) == 3 {
			value, ok := args[2].(*lambda)
			if !ok {
				return nil, wrongType("toObject", args[2])
			}
			if out[text], err = value.apply(each); err != nil {
				return nil, err
			}
		}
	}
	return out, nil
}

func groupBy(_ *frame, args []any) (any, error) {
	list, l, err := listAndLambda("groupBy", args)
	if err != nil {
		return nil, err
	}
	out := map[string]any{}
	for _, each := range list {
		name, err := l.apply(each)
		if err != nil {
			return nil, err
		}
		text, ok := name.(string)
		if !ok {
			return nil, wrongType("groupBy", name)
		}
		group, _ := out[text].([]any)
		out[text] = append(group, each)
	}
	return out, nil
}

func mapValues(_ *frame, args []any) (any, error) {
	object, ok := args[0].(map[string]any)
	l, also := args[1].(*lambda)
	if !ok || !also {
		return nil, wrongType("mapValues", args[0])
	}
	out := make(map[string]any, len(object))
	for name, v := range object {
		var err error
		if out[name], err = l.apply(v); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// lambdaVariables is the value of a lambda's argument.
func lambdaVariables(f *frame, args []any) (any, error) {
	name, ok := args[0].(string)
	if !ok {
		return nil, wrongType("lambdaVariables", args[0])
	}
	if v, ok := f.locals[strings.ToLower(name)]; ok {
		return v, nil
	}
	return nil, invalid("The lambda variable '%s' is not found.", clip(name))
}
