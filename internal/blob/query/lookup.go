package query

import (
	"encoding/json"
	"strconv"
	"strings"
)

// lookup finds a column: by name, or _1, _2 … by place.
func (r *record) lookup(n name) value {
	if r.object != nil {
		return r.path(n)
	}
	if len(n) != 1 || n[0].array {
		return value{}
	}
	for i, h := range r.names {
		if h == n[0].text || !n[0].exact && strings.EqualFold(h, n[0].text) {
			return r.at(i)
		}
	}
	if place, ok := strings.CutPrefix(n[0].text, "_"); ok {
		if i, err := strconv.Atoi(place); err == nil {
			return r.at(i - 1)
		}
	}
	return value{}
}

func (r *record) at(i int) value {
	if i < 0 || i >= len(r.fields) {
		return value{}
	}
	return textOf(r.fields[i])
}

// path goes down a document.
func (r *record) path(n name) value {
	raw := json.RawMessage(nil)
	for i, s := range n {
		switch {
		case s.array:
			var list []json.RawMessage
			if json.Unmarshal(raw, &list) != nil || s.index < 0 || s.index >= len(list) {
				return value{}
			}
			raw = list[s.index]
			continue
		case i == 0:
			raw = r.member(r.object, s)
		default:
			var object map[string]json.RawMessage
			if json.Unmarshal(raw, &object) != nil {
				return value{}
			}
			raw = r.member(object, s)
		}
		if raw == nil {
			return value{}
		}
	}
	return jsonValue(raw)
}

func (r *record) member(object map[string]json.RawMessage, s step) json.RawMessage {
	if raw, ok := object[s.text]; ok || s.exact {
		return raw
	}
	for key, raw := range object {
		if strings.EqualFold(key, s.text) {
			return raw
		}
	}
	return nil
}

func jsonValue(raw json.RawMessage) value {
	switch s := strings.TrimSpace(string(raw)); {
	case s == "" || s == "null":
		return value{}
	case s == "true" || s == "false":
		return boolOf(s == "true")
	case s[0] == '"':
		var plain string
		if json.Unmarshal(raw, &plain) != nil {
			return value{}
		}
		return textOf(plain)
	case s[0] == '{' || s[0] == '[':
		return value{kind: document, text: s}
	default:
		v, _ := textOf(s).number()
		return v
	}
}
