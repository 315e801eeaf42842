package template

import (
	"math"
	"strconv"
	"strings"
)

func numberFunctions() map[string]function {
	two := func(name string, do func(a, b int64) (int64, bool)) function {
		return function{2, 2, func(_ *frame, args []any) (any, error) {
			a, ok := args[0].(int64)
			b, also := args[1].(int64)
			if !ok || !also {
				return nil, wrongType(name, args[0])
			}
			v, ok := do(a, b)
			if !ok {
				return nil, invalid("The template function '%s' can't be computed for '%d' and '%d'.", name, a, b)
			}
			return v, nil
		}}
	}
	return map[string]function{
		"add": two("add", func(a, b int64) (int64, bool) { return a + b, (a+b > a) == (b > 0) }),
		"sub": two("sub", func(a, b int64) (int64, bool) { return a - b, (a-b < a) == (b > 0) }),
		"mul": two("mul", func(a, b int64) (int64, bool) {
			v := a * b
			return v, a == 0 || v/a == b && !(a == -1 && b == math.MinInt64)
		}),
		"div": two("div", func(a, b int64) (int64, bool) {
			if b == 0 || a == math.MinInt64 && b == -1 {
				return 0, false
			}
			return a / b, true
		}),
		"mod": two("mod", func(a, b int64) (int64, bool) {
			if b == 0 || b == -1 {
				return 0, b == -1
			}
			return a % b, true
		}),
		"int": {1, 1, func(_ *frame, args []any) (any, error) {
			switch v := args[0].(type) {
			case int64:
				return v, nil
			case float64:
				return int64(v), nil
			case string:
				if n, err := strconv.ParseInt(strings.TrimSpace(v), 10, 64); err == nil {
					return n, nil
				}
			}
			return nil, wrongType("int", args[0])
		}},
		"float": {1, 1, func(_ *frame, args []any) (any, error) {
			switch v := args[0].(type) {
			case int64:
				return float64(v), nil
			case float64:
				return v, nil
			case string:
				if n, err := strconv.ParseFloat(v, 64); err == nil && !math.IsInf(n, 0) && !math.IsNaN(n) {
					return n, nil
				}
			}
			return nil, wrongType("float", args[0])
		}},
	}
}

func logicFunctions() map[string]function {
	compare := func(name string, holds func(order int) bool) function {
		return function{2, 2, func(_ *frame, args []any) (any, error) {
			order, ok := ordered(args[0], args[1])
			if !ok {
				return nil, wrongType(name, args[0])
			}
			return holds(order), nil
		}}
	}
	return map[string]function{
		"true":            {0, 0, func(*frame, []any) (any, error) { return true, nil }},
		"false":           {0, 0, func(*frame, []any) (any, error) { return false, nil }},
		"equals":          {2, 2, func(_ *frame, args []any) (any, error) { return same(args[0], args[1]), nil }},
		"less":            compare("less", func(o int) bool { return o < 0 }),
		"lessorequals":    compare("lessOrEquals", func(o int) bool { return o <= 0 }),
		"greater":         compare("greater", func(o int) bool { return o > 0 }),
		"greaterorequals": compare("greaterOrEquals", func(o int) bool { return o >= 0 }),
		"not": {1, 1, func(_ *frame, args []any) (any, error) {
			b, ok := args[0].(bool)
			if !ok {
				return nil, wrongType("not", args[0])
			}
			return !b, nil
		}},
		"fail": {1, 1, func(_ *frame, args []any) (any, error) {
			text, err := asText(args[0])
			if err != nil {
				return nil, err
			}
			return nil, invalid("%s", clip(text))
		}},
		"lambdavariables": {1, 1, lambdaVariables},
	}
}

// ordered compares two whole numbers, or two texts by their characters.
func ordered(a, b any) (int, bool) {
	switch a := a.(type) {
	case int64:
		if b, ok := b.(int64); ok {
			switch {
			case a < b:
				return -1, true
			case a > b:
				return 1, true
			}
			return 0, true
		}
	case string:
		if b, ok := b.(string); ok {
			return strings.Compare(a, b), true
		}
	}
	return 0, false
}
