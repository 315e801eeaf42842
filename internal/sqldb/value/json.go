package value

import (
	"encoding/json"
	"fmt"

	"github.com/alcedo-cloud/alcedo/internal/sqldb/collate"
)

// typeRecord is how a catalog stores a Type: a collation by its name.
type typeRecord struct {
	ID        ID     `json:"id"`
	Length    int32  `json:"length,omitempty"`
	Precision uint8  `json:"precision,omitempty"`
	Scale     uint8  `json:"scale,omitempty"`
	Nullable  bool   `json:"nullable,omitempty"`
	Collation string `json:"collation,omitempty"`
}

// MarshalJSON is the form in which a catalog stores a type.
func (t Type) MarshalJSON() ([]byte, error) {
	r := typeRecord{ID: t.ID, Length: t.Length, Precision: t.Precision, Scale: t.Scale, Nullable: t.Nullable}
	if t.Collation != nil {
		r.Collation = t.Collation.Name()
	}
	return json.Marshal(r)
}

// UnmarshalJSON reads what MarshalJSON wrote.
func (t *Type) UnmarshalJSON(b []byte) error {
	var r typeRecord
	if err := json.Unmarshal(b, &r); err != nil {
		return err
	}
	if r.ID >= idCount {
		return fmt.Errorf("value: unknown type %d", r.ID)
	}
	*t = Type{ID: r.ID, Length: r.Length, Precision: r.Precision, Scale: r.Scale, Nullable: r.Nullable}
	if r.Collation == "" {
		return nil
	}
	c, ok := collate.Lookup(r.Collation)
	if !ok {
		return fmt.Errorf("value: unknown collation %q", r.Collation)
	}
	t.Collation = c
	return nil
}

// valueRecord is how a catalog stores a Value.
type valueRecord struct {
	Kind      Kind   `json:"kind"`
	Scale     uint8  `json:"scale,omitempty"`
	Offset    int16  `json:"offset,omitempty"`
	Base      ID     `json:"base,omitempty"`
	Precision uint8  `json:"precision,omitempty"`
	Length    int16  `json:"length,omitempty"`
	Lo        int64  `json:"lo,omitempty"`
	Hi        int64  `json:"hi,omitempty"`
	Text      []byte `json:"text,omitempty"` // base64, since it need not be UTF-8
}

// MarshalJSON is the form in which a catalog stores a value: exact, and for nobody else to read.
func (v Value) MarshalJSON() ([]byte, error) {
	return json.Marshal(valueRecord{v.kind, v.scale, v.offset, v.base, v.precision, v.length, v.lo, v.hi, []byte(v.text)})
}

// UnmarshalJSON reads what MarshalJSON wrote.
func (v *Value) UnmarshalJSON(b []byte) error {
	var r valueRecord
	if err := json.Unmarshal(b, &r); err != nil {
		return err
	}
	*v = Value{
		kind: r.Kind, scale: r.Scale, offset: r.Offset, base: r.Base, precision: r.Precision, length: r.Length,
		lo: r.Lo, hi: r.Hi, text: string(r.Text),
	}
	return nil
}
