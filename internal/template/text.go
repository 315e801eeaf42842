package template

import (
	"encoding/base64"
	"encoding/json"
	"net/url"
	"strconv"
	"strings"
	"unicode/utf8"
)

// maxText bounds the texts that a template makes.
const maxText = 4 << 20

func textFunctions() map[string]function {
	one := func(name string, do func(string) any) function {
		return function{1, 1, func(_ *frame, args []any) (any, error) {
			s, ok := args[0].(string)
			if !ok {
				return nil, wrongType(name, args[0])
			}
			return do(s), nil
		}}
	}
	two := func(name string, do func(a, b string) any) function {
		return function{2, 2, func(_ *frame, args []any) (any, error) {
			texts, err := textsOf(name, args)
			if err != nil {
				return nil, err
			}
			return do(texts[0], texts[1]), nil
		}}
	}
	return map[string]function{
		"tolower":      one("toLower", func(s string) any { return strings.ToLower(s) }),
		"toupper":      one("toUpper", func(s string) any { return strings.ToUpper(s) }),
		"trim":         one("trim", func(s string) any { return strings.TrimSpace(s) }),
		"startswith":   two("startsWith", func(a, b string) any { return strings.HasPrefix(strings.ToLower(a), strings.ToLower(b)) }),
		"endswith":     two("endsWith", func(a, b string) any { return strings.HasSuffix(strings.ToLower(a), strings.ToLower(b)) }),
		"string":       {1, 1, func(_ *frame, args []any) (any, error) { return asText(args[0]) }},
		"format":       {1, -1, format},
		"replace":      {3, 3, replace},
		"split":        {2, 2, split},
		"join":         {2, 2, join},
		"substring":    {2, 3, substring},
		"padleft":      {2, 3, padLeft},
		"uniquestring": {1, -1, hashed("uniqueString", uniqueString)},
		"guid":         {1, -1, hashed("guid", guidOf)},
		"newguid":      {0, 0, func(f *frame, _ []any) (any, error) { return f.newGUID() }},
		"uri":          two("uri", func(a, b string) any { return joinURI(a, b) }),
		"uricomponent": one("uriComponent", func(s string) any { return strings.ReplaceAll(url.QueryEscape(s), "+", "%20") }),
		"bool":         {1, 1, asBool},
	}
}

func textsOf(name string, args []any) ([]string, error) {
	texts := make([]string, len(args))
	for i, arg := range args {
		s, ok := arg.(string)
		if !ok {
			return nil, wrongType(name, arg)
		}
		texts[i] = s
	}
	return texts, nil
}

func hashed(name string, do func([]string) string) func(*frame, []any) (any, error) {
	return func(_ *frame, args []any) (any, error) {
		texts, err := textsOf(name, args)
		if err != nil {
			return nil, err
		}
		return do(texts), nil
	}
}

// asText is a value as a text: JSON for arrays and objects.
func asText(v any) (string, error) {
	switch v := v.(type) {
	case string:
		return v, nil
	case nil:
		return "", nil
	case bool:
		if v {
			return "True", nil
		}
		return "False", nil
	case int64:
		return strconv.FormatInt(v, 10), nil
	}
	var b strings.Builder
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	err := enc.Encode(v)
	return strings.TrimSuffix(b.String(), "\n"), err
}

func asBool(_ *frame, args []any) (any, error) {
	switch v := args[0].(type) {
	case bool:
		return v, nil
	case int64:
		return v != 0, nil
	case string:
		if b, err := strconv.ParseBool(strings.ToLower(v)); err == nil {
			return b, nil
		}
	}
	return nil, wrongType("bool", args[0])
}

// format fills {0}, {1:N2} and their like; {{ and }} stand for braces.
func format(_ *frame, args []any) (any, error) {
	pattern, ok := args[0].(string)
	if !ok {
		return nil, wrongType("format", args[0])
	}
	var b strings.Builder
	for i := 0; i < len(pattern); i++ {
		c := pattern[i]
		if (c == '{' || c == '}') && i+1 < len(pattern) && pattern[i+1] == c {
			b.WriteByte(c)
			i++
			continue
		}
		if c != '{' {
			b.WriteByte(c)
			continue
		}
		end := strings.IndexByte(pattern[i:], '}')
		if end < 0 {
			return nil, invalid("The format string '%s' of the template function 'format' is not valid.", clip(pattern))
		}
		text, err := placeholder(pattern[i+1:i+end], args[1:])
		if err != nil {
			return nil, err
		}
		if b.WriteString(text); b.Len() > maxText {
			return nil, tooLong()
		}
		i += end
	}
	return b.String(), nil
}

// placeholder is what stands for index[,alignment][:format].
func placeholder(inside string, args []any) (string, error) {
	inside, layout, _ := strings.Cut(inside, ":")
	at, width, _ := strings.Cut(inside, ",")
	i, err := strconv.Atoi(strings.TrimSpace(at))
	if err != nil || i < 0 || i >= len(args) {
		return "", invalid("The template function 'format' has no argument '{%s}'.", clip(inside))
	}
	text, err := asText(args[i])
	if number, ok := args[i].(int64); ok && layout != "" {
		text = formatNumber(number, layout)
	}
	if wide, wrong := strconv.Atoi(strings.TrimSpace(width)); wrong == nil && wide > -1000 && wide < 1000 {
		pad := strings.Repeat(" ", max(0, max(wide, -wide)-utf8.RuneCountInString(text)))
		if text += pad; wide > 0 {
			text = pad + strings.TrimSuffix(text, pad)
		}
	}
	return text, err
}

// formatNumber knows the standard formats D and X with a width, and the zeros of a custom one.
func formatNumber(n int64, layout string) string {
	width, err := strconv.Atoi(layout[1:])
	if err != nil || width > 99 {
		width = 0
	}
	text := strconv.FormatInt(n, 10)
	switch layout[0] {
	case 'x':
		text = strconv.FormatUint(uint64(n), 16)
	case 'X':
		text = strings.ToUpper(strconv.FormatUint(uint64(n), 16))
	case '0':
		width = len(layout)
	case 'd', 'D':
	default:
		return text
	}
	sign := ""
	if strings.HasPrefix(text, "-") {
		sign, text = "-", text[1:]
	}
	return sign + strings.Repeat("0", max(0, width-len(text))) + text
}

func tooLong() error { return invalid("A text that the template computes is too long.") }

func replace(_ *frame, args []any) (any, error) {
	texts, err := textsOf("replace", args)
	if err != nil {
		return nil, err
	}
	if texts[1] == "" {
		return nil, invalid("The second parameter of the template function 'replace' must not be empty.")
	}
	if grown := strings.Count(texts[0], texts[1]) * len(texts[2]); grown > maxText {
		return nil, tooLong()
	}
	return strings.ReplaceAll(texts[0], texts[1], texts[2]), nil
}

func split(_ *frame, args []any) (any, error) {
	text, ok := args[0].(string)
	if !ok {
		return nil, wrongType("split", args[0])
	}
	delimiters, ok := args[1].([]any)
	if !ok {
		delimiters = []any{args[1]}
	}
	each, err := textsOf("split", delimiters)
	if err != nil {
		return nil, err
	}
	out := []any{}
	for start, i := 0, 0; ; {
		cut := 0
		for _, d := range each {
			if d != "" && strings.HasPrefix(text[i:], d) {
				cut = len(d)
				break
			}
		}
		if cut > 0 || i == len(text) {
			out = append(out, text[start:i])
			start = i + cut
		}
		if i == len(text) {
			return out, nil
		}
		i += max(cut, 1)
	}
}

func join(_ *frame, args []any) (any, error) {
	list, ok := args[0].([]any)
	delimiter, isText := args[1].(string)
	if !ok || !isText {
		return nil, wrongType("join", args[0])
	}
	texts := make([]string, len(list))
	size := 0
	for i, v := range list {
		var err error
		if texts[i], err = asText(v); err != nil {
			return nil, err
		}
		if size += len(texts[i]) + len(delimiter); size > maxText {
			return nil, tooLong()
		}
	}
	return strings.Join(texts, delimiter), nil
}

func substring(_ *frame, args []any) (any, error) {
	text, ok := args[0].(string)
	start, whole := args[1].(int64)
	if !ok || !whole {
		return nil, wrongType("substring", args[0])
	}
	runes := []rune(text)
	size := int64(len(runes)) - start
	if len(args) == 3 {
		if size, whole = args[2].(int64); !whole {
			return nil, wrongType("substring", args[2])
		}
	}
	if start < 0 || size < 0 || start > int64(len(runes)) || size > int64(len(runes))-start {
		return nil, invalid("Unable to evaluate the template language function 'substring'. The index and length parameters must refer to a "+
			"location within the string. The index parameter: '%d', the length parameter: '%d', the length of the string parameter: '%d'. "+
			"Please see https://aka.ms/arm-functions#substring for usage details.", start, size, len(runes))
	}
	return string(runes[start : start+size]), nil
}

func padLeft(_ *frame, args []any) (any, error) {
	text, err := asText(args[0])
	if err != nil {
		return nil, err
	}
	width, ok := args[1].(int64)
	pad := " "
	if len(args) == 3 {
		if pad, err = asText(args[2]); err != nil {
			return nil, err
		}
	}
	if !ok || width < 0 || width > maxText || utf8.RuneCountInString(pad) != 1 {
		return nil, wrongType("padLeft", args[1])
	}
	return strings.Repeat(pad, max(0, int(width)-utf8.RuneCountInString(text))) + text, nil
}

// joinURI appends a relative URI to a base, as browsers do.
func joinURI(base, relative string) string {
	b, err := url.Parse(base)
	if err != nil {
		return base + relative
	}
	r, err := b.Parse(relative)
	if err != nil {
		return base + relative
	}
	return r.String()
}

func encodingFunctions() map[string]function {
	one := func(name string, do func(string) (any, error)) function {
		return function{1, 1, func(_ *frame, args []any) (any, error) {
			s, ok := args[0].(string)
			if !ok {
				return nil, wrongType(name, args[0])
			}
			v, err := do(s)
			if err != nil {
				return nil, invalid("The value '%s' is no parameter for the template function '%s'.", clip(s), name)
			}
			return v, nil
		}}
	}
	return map[string]function{
		"base64": one("base64", func(s string) (any, error) { return base64.StdEncoding.EncodeToString([]byte(s)), nil }),
		"base64tostring": one("base64ToString", func(s string) (any, error) {
			b, err := base64.StdEncoding.DecodeString(s)
			return string(b), err
		}),
		"base64tojson": one("base64ToJson", func(s string) (any, error) {
			b, err := base64.StdEncoding.DecodeString(s)
			if err != nil {
				return nil, err
			}
			return Decode(b)
		}),
		"json":                 one("json", func(s string) (any, error) { return Decode([]byte(s)) }),
		"uricomponenttostring": one("uriComponentToString", func(s string) (any, error) { return url.PathUnescape(s) }),
		"datauri": one("dataUri", func(s string) (any, error) {
			return "data:text/plain;charset=utf8;base64," + base64.StdEncoding.EncodeToString([]byte(s)), nil
		}),
		"datauritostring": one("dataUriToString", func(s string) (any, error) {
			_, data, _ := strings.Cut(s, ",")
			if !strings.Contains(s, ";base64,") {
				return url.PathUnescape(data)
			}
			b, err := base64.StdEncoding.DecodeString(data)
			return string(b), err
		}),
	}
}
