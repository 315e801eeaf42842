package template

import "maps"

func setFunctions() map[string]function {
	return map[string]function{
		"union": {2, -1, union}, "intersection": {2, -1, intersection}, "shallowmerge": {1, 1, shallowMerge},
		"min": {1, -1, extreme("min", func(a, b int64) bool { return a < b })},
		"max": {1, -1, extreme("max", func(a, b int64) bool { return a > b })},
	}
}

// union is all elements once, or the members of all objects, the last of a name, objects below merged.
func union(f *frame, args []any) (any, error) {
	if _, ok := args[0].([]any); ok {
		out := []any{}
		for _, arg := range args {
			list, ok := arg.([]any)
			if !ok {
				return nil, wrongType("union", arg)
			}
			for _, each := range list {
				found, err := contains(f, []any{out, each})
				if err != nil {
					return nil, err
				}
				if found == false {
					out = append(out, each)
				}
			}
		}
		return out, nil
	}
	out := map[string]any{}
	for _, arg := range args {
		object, ok := arg.(map[string]any)
		if !ok {
			return nil, wrongType("union", arg)
		}
		out = merge(out, object, 0)
	}
	return out, nil
}

func merge(into, from map[string]any, depth int) map[string]any {
	out := maps.Clone(into)
	for name, v := range from {
		object, ok := v.(map[string]any)
		old, was := out[name].(map[string]any)
		if ok && was && depth < maxDepth {
			out[name] = merge(old, object, depth+1)
		} else {
			out[name] = v
		}
	}
	return out
}

func shallowMerge(_ *frame, args []any) (any, error) {
	list, ok := args[0].([]any)
	if !ok {
		return nil, wrongType("shallowMerge", args[0])
	}
	out := map[string]any{}
	for _, each := range list {
		object, ok := each.(map[string]any)
		if !ok {
			return nil, wrongType("shallowMerge", each)
		}
		maps.Copy(out, object)
	}
	return out, nil
}

func intersection(f *frame, args []any) (any, error) {
	if list, ok := args[0].([]any); ok {
		for _, arg := range args[1:] {
			other, ok := arg.([]any)
			if !ok {
				return nil, wrongType("intersection", arg)
			}
			kept := []any{}
			for _, each := range list {
				in, err := contains(f, []any{other, each})
				if err != nil {
					return nil, err
				}
				if in == true {
					kept = append(kept, each)
				}
			}
			list = kept
		}
		return list, nil
	}
	object, ok := args[0].(map[string]any)
	if !ok {
		return nil, wrongType("intersection", args[0])
	}
	out := maps.Clone(object)
	for _, arg := range args[1:] {
		other, ok := arg.(map[string]any)
		if !ok {
			return nil, wrongType("intersection", arg)
		}
		for name, v := range out {
			if there, ok := other[name]; !ok || !same(v, there) {
				delete(out, name)
			}
		}
	}
	return out, nil
}

// extreme is min or max, of an array or of the arguments.
func extreme(name string, better func(a, b int64) bool) func(*frame, []any) (any, error) {
	return func(_ *frame, args []any) (any, error) {
		if list, ok := args[0].([]any); ok && len(args) == 1 {
			args = list
		}
		var best int64
		for i, arg := range args {
			n, ok := arg.(int64)
			if !ok {
				return nil, wrongType(name, arg)
			}
			if i == 0 || better(n, best) {
				best = n
			}
		}
		if len(args) == 0 {
			return nil, arity(name, 0)
		}
		return best, nil
	}
}
