package function

import (
	"encoding/base64"
	"strconv"

	"github.com/alcedo-cloud/alcedo/internal/sqldb/value"
)

// AppendJSON writes a value as FOR JSON and the JSON functions do: numbers and bits as they are, dates in ISO 8601,
// binary in base 64, text that is known to be JSON as it stands, all else as a string.
func AppendJSON(dst []byte, v value.Value, t value.Type) ([]byte, error) {
	if t.ID == value.Variant {
		v, t = v.Variant()
	}
	style := value.NoStyle
	switch {
	case v.IsNull():
		return append(dst, "null"...), nil
	case t.ID == value.Bit:
		return strconv.AppendBool(dst, v.Bool()), nil
	case t.IsJSON():
		return append(dst, v.Text()...), nil
	case t.IsBinary():
		dst = base64.StdEncoding.AppendEncode(append(dst, '"'), []byte(v.Text()))
		return append(dst, '"'), nil
	case t.IsFloat(), t.IsMoney():
		style = 2
	case t.IsDateTime():
		style = 126
	}
	text, err := value.Convert(v, t, unlimited, style)
	if err != nil {
		return dst, err
	}
	if t.IsNumeric() {
		return append(dst, text.Text()...), nil
	}
	return append(appendJSONText(append(dst, '"'), text.Text()), '"'), nil
}

// jsonObjectOf is JSON_OBJECT: first whether members that are NULL stay, then keys and values by turns.
func jsonObjectOf(c *call) value.Value {
	nulls := c.int(0) != 0
	out := []byte{'{'}
	for i := 1; i+1 < len(c.args); i += 2 {
		if c.args[i].IsNull() {
			return c.fail(value.Errorf(13640, 16, 1, "The key in a JSON_OBJECT function cannot be NULL."))
		}
		if c.args[i+1].IsNull() && !nulls {
			continue
		}
		if len(out) > 1 {
			out = append(out, ',')
		}
		out = append(appendJSONText(append(out, '"'), c.text(i)), '"', ':')
		out = c.appendJSON(out, i+1)
	}
	return value.OfString(string(append(out, '}')))
}

// jsonArrayOf is JSON_ARRAY: first whether elements that are NULL stay, then the elements.
func jsonArrayOf(c *call) value.Value {
	nulls := c.int(0) != 0
	out := []byte{'['}
	for i := 1; i < len(c.args); i++ {
		if c.args[i].IsNull() && !nulls {
			continue
		}
		if len(out) > 1 {
			out = append(out, ',')
		}
		out = c.appendJSON(out, i)
	}
	return value.OfString(string(append(out, ']')))
}

func (c *call) appendJSON(out []byte, i int) []byte {
	out, err := AppendJSON(out, c.args[i], c.types[i])
	if err != nil {
		c.fail(err)
	}
	if !c.grown(int64(len(out))) {
		return nil
	}
	return out
}
