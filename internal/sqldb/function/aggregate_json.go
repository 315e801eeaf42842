package function

import "github.com/alcedo-cloud/alcedo/internal/sqldb/value"

// jsonGroup is JSON_ARRAYAGG, of one argument, and JSON_OBJECTAGG, of a key and a value.
type jsonGroup struct {
	skips
	types []value.Type
	out   []byte
}

func jsonGrouped([]value.Type) (value.Type, error) { return value.JSONText(), nil }

func newJSONGroup(args []value.Type) State {
	return &jsonGroup{types: append([]value.Type(nil), args...)}
}

// Add leaves NULL elements of an array out, as ABSENT ON NULL does, and keeps NULL members of an object.
func (s *jsonGroup) Add(args []value.Value) error {
	last := len(args) - 1
	if last == 0 && args[0].IsNull() {
		return nil
	}
	if len(s.out) > 0 {
		s.out = append(s.out, ',')
	}
	if last > 0 {
		if args[0].IsNull() {
			return value.Errorf(13640, 16, 1, "The key in a JSON_OBJECTAGG function cannot be NULL.")
		}
		key, err := value.Convert(args[0], s.types[0], unlimited, value.NoStyle)
		if err != nil {
			return err
		}
		s.out = append(appendJSONText(append(s.out, '"'), key.Text()), '"', ':')
	}
	var err error
	if s.out, err = AppendJSON(s.out, args[last], s.types[last]); err != nil {
		return err
	}
	if len(s.out) > most {
		return value.Errorf(7119, 16, 1, "Attempting to grow LOB beyond maximum allowed size of %d bytes.", most)
	}
	return nil
}

// Result of no rows is an empty array or object.
func (s *jsonGroup) Result() (value.Value, error) {
	first, last := "[", "]"
	if len(s.types) > 1 {
		first, last = "{", "}"
	}
	return value.OfString(first + string(s.out) + last), nil
}
