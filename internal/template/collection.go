package template

import (
	"reflect"
	"strings"
	"unicode/utf8"
)

// maxItems bounds the arrays that a template makes.
const maxItems = 100_000

func collectionFunctions() map[string]function {
	return map[string]function{
		"concat": {1, -1, concat}, "length": {1, 1, length}, "empty": {1, 1, empty}, "contains": {2, 2, contains},
		"first":        {1, 1, func(_ *frame, a []any) (any, error) { return end("first", a[0], true) }},
		"last":         {1, 1, func(_ *frame, a []any) (any, error) { return end("last", a[0], false) }},
		"skip":         {2, 2, func(_ *frame, a []any) (any, error) { return cut("skip", a[0], a[1], true) }},
		"take":         {2, 2, func(_ *frame, a []any) (any, error) { return cut("take", a[0], a[1], false) }},
		"indexof":      {2, 2, func(_ *frame, a []any) (any, error) { return indexOf("indexOf", a[0], a[1], false) }},
		"lastindexof":  {2, 2, func(_ *frame, a []any) (any, error) { return indexOf("lastIndexOf", a[0], a[1], true) }},
		"createarray":  {0, -1, func(_ *frame, a []any) (any, error) { return append([]any{}, a...), nil }},
		"createobject": {0, -1, createObject},
		"array": {1, 1, func(_ *frame, a []any) (any, error) {
			if list, ok := a[0].([]any); ok {
				return list, nil
			}
			return []any{a[0]}, nil
		}},
		"null":    {0, 0, func(*frame, []any) (any, error) { return nil, nil }},
		"flatten": {1, 1, flatten}, "range": {2, 2, rangeOf}, "items": {1, 1, items}, "objectkeys": {1, 1, objectKeys},
		"map": {2, 2, mapFunction}, "filter": {2, 2, filter}, "reduce": {3, 3, reduce}, "sort": {2, 2, sorted}, "toobject": {2, 3, toObject},
		"groupby": {2, 2, groupBy}, "mapvalues": {2, 2, mapValues},
	}
}

func concat(_ *frame, args []any) (any, error) {
	if _, ok := args[0].([]any); ok {
		out := []any{}
		for _, arg := range args {
			list, ok := arg.([]any)
			if !ok {
				return nil, wrongType("concat", arg)
			}
			if out = append(out, list...); len(out) > maxItems {
				return nil, tooLong()
			}
		}
		return out, nil
	}
	var b strings.Builder
	for _, arg := range args {
		switch arg.(type) {
		case []any, map[string]any:
			return nil, wrongType("concat", arg)
		}
		text, err := asText(arg)
		if err != nil {
			return nil, err
		}
		if b.WriteString(text); b.Len() > maxText {
			return nil, tooLong()
		}
	}
	return b.String(), nil
}

func length(_ *frame, args []any) (any, error) {
	switch v := args[0].(type) {
	case string:
		return int64(utf8.RuneCountInString(v)), nil
	case []any:
		return int64(len(v)), nil
	case map[string]any:
		return int64(len(v)), nil
	}
	return nil, wrongType("length", args[0])
}

func empty(_ *frame, args []any) (any, error) {
	if args[0] == nil {
		return true, nil
	}
	n, err := length(nil, args)
	return n == int64(0), err
}

func contains(f *frame, args []any) (any, error) {
	switch v := args[0].(type) {
	case string:
		text, err := asText(args[1])
		return strings.Contains(v, text), err
	case []any:
		if err := f.charge(len(v)); err != nil {
			return nil, err
		}
		for _, each := range v {
			if same(each, args[1]) {
				return true, nil
			}
		}
		return false, nil
	case map[string]any:
		text, err := asText(args[1])
		_, ok := lookup(v, text)
		return ok, err
	}
	return nil, wrongType("contains", args[0])
}

// same compares values: texts by their letters, objects by their members.
func same(a, b any) bool { return reflect.DeepEqual(a, b) }

func end(name string, v any, first bool) (any, error) {
	switch v := v.(type) {
	case string:
		runes := []rune(v)
		if len(runes) == 0 {
			return "", nil
		}
		if first {
			return string(runes[:1]), nil
		}
		return string(runes[len(runes)-1:]), nil
	case []any:
		if len(v) == 0 {
			return nil, nil
		}
		if first {
			return v[0], nil
		}
		return v[len(v)-1], nil
	}
	return nil, wrongType(name, v)
}

// cut is skip or take.
func cut(name string, v, count any, skip bool) (any, error) {
	n, ok := count.(int64)
	if !ok {
		return nil, wrongType(name, count)
	}
	part := func(size int) (int, int) {
		at := int(min(max(n, 0), int64(size)))
		if skip {
			return at, size
		}
		return 0, at
	}
	switch v := v.(type) {
	case string:
		runes := []rune(v)
		from, to := part(len(runes))
		return string(runes[from:to]), nil
	case []any:
		from, to := part(len(v))
		return append([]any{}, v[from:to]...), nil
	}
	return nil, wrongType(name, v)
}

func indexOf(name string, v, sought any, last bool) (any, error) {
	found := int64(-1)
	switch v := v.(type) {
	case string:
		text, ok := sought.(string)
		if !ok {
			return nil, wrongType(name, sought)
		}
		lower, text := strings.ToLower(v), strings.ToLower(text)
		at := strings.Index(lower, text)
		if last {
			at = strings.LastIndex(lower, text)
		}
		if at >= 0 {
			found = int64(utf8.RuneCountInString(lower[:at]))
		}
	case []any:
		for i, each := range v {
			if same(each, sought) && (last || found < 0) {
				found = int64(i)
			}
		}
	default:
		return nil, wrongType(name, v)
	}
	return found, nil
}

func createObject(_ *frame, args []any) (any, error) {
	if len(args)%2 != 0 {
		return nil, arity("createObject", len(args))
	}
	out := map[string]any{}
	for i := 0; i < len(args); i += 2 {
		name, ok := args[i].(string)
		if !ok {
			return nil, wrongType("createObject", args[i])
		}
		out[name] = args[i+1]
	}
	return out, nil
}

func flatten(_ *frame, args []any) (any, error) {
	list, ok := args[0].([]any)
	if !ok {
		return nil, wrongType("flatten", args[0])
	}
	out := []any{}
	for _, each := range list {
		inner, ok := each.([]any)
		if !ok {
			return nil, wrongType("flatten", each)
		}
		if out = append(out, inner...); len(out) > maxItems {
			return nil, tooLong()
		}
	}
	return out, nil
}

func rangeOf(_ *frame, args []any) (any, error) {
	from, ok := args[0].(int64)
	count, also := args[1].(int64)
	if !ok || !also || count < 0 || count > 10_000 || from > 1<<31-1-count || from < -1<<31 {
		return nil, wrongType("range", args[0])
	}
	out := make([]any, count)
	for i := range out {
		out[i] = from + int64(i)
	}
	return out, nil
}

func items(_ *frame, args []any) (any, error) {
	object, ok := args[0].(map[string]any)
	if !ok {
		return nil, wrongType("items", args[0])
	}
	out := make([]any, 0, len(object))
	for _, key := range sortedKeys(object) {
		out = append(out, map[string]any{"key": key, "value": object[key]})
	}
	return out, nil
}

func objectKeys(_ *frame, args []any) (any, error) {
	object, ok := args[0].(map[string]any)
	if !ok {
		return nil, wrongType("objectKeys", args[0])
	}
	out := make([]any, 0, len(object))
	for _, key := range sortedKeys(object) {
		out = append(out, key)
	}
	return out, nil
}
