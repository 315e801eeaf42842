package vault

import (
	"encoding/json"
	"reflect"
	"testing"
)

// filled gives every exported field a value, so that one that records do not keep is noticed.
func filledIn(v reflect.Value) {
	for i := range v.NumField() {
		f := v.Field(i)
		if !f.CanSet() {
			continue
		}
		switch f.Interface().(type) {
		case json.RawMessage:
			f.Set(reflect.ValueOf(json.RawMessage(`{"a":1}`)))
			continue
		case []byte:
			f.Set(reflect.ValueOf([]byte{0, 1, 255}))
			continue
		case map[string]string:
			f.Set(reflect.ValueOf(map[string]string{"": "empty", "name": "", "other": "value"}))
			continue
		case *Deletion:
			f.Set(reflect.ValueOf(new(Deletion)))
			filledIn(f.Elem())
			continue
		}
		switch f.Kind() {
		case reflect.String:
			f.SetString("text of " + v.Type().Field(i).Name)
		case reflect.Bool:
			f.SetBool(true)
		case reflect.Int64:
			f.SetInt(1700000000 + int64(i))
		case reflect.Struct:
			filledIn(f)
		default:
			panic("a field of a new kind: " + v.Type().Field(i).Name)
		}
	}
}

func TestRecordsKeepEveryField(t *testing.T) {
	const id = "0123456789abcdef0123456789abcdef"
	full := object{on: Keys}
	filledIn(reflect.ValueOf(&full).Elem())
	hexed := full
	hexed.Current = id
	for _, o := range []object{full, hexed, {on: Keys}, {on: Keys, Current: "ABCDEF6789abcdef0123456789abcdef"}, {on: Keys, Name: "n", Current: id + "00"}} {
		got, err := decodeObject(Keys, o.encode())
		if err != nil || !reflect.DeepEqual(*got, o) {
			t.Errorf("%+v, %v, want %+v", got, err, o)
		}
		text, err := json.Marshal(o)
		if err != nil {
			t.Fatal(err)
		}
		if got, err := decodeObject(Keys, text); err != nil || !reflect.DeepEqual(*got, o) {
			t.Errorf("from JSON: %+v, %v, want %+v", got, err, o)
		}
	}
	full.newest = []byte{recordFormat, vEnabled, 1, 2}
	if got, err := decodeObject(Keys, full.encode()); err != nil || !reflect.DeepEqual(*got, full) {
		t.Errorf("with its newest version: %+v, %v, want %+v", got, err, full)
	}
	var whole version
	filledIn(reflect.ValueOf(&whole).Elem())
	numbered := whole
	numbered.ID, numbered.Attributes.NotBefore = id, -1
	for _, v := range []version{whole, numbered, {}} {
		got, err := decodeVersion(v.encode())
		if err != nil || !reflect.DeepEqual(*got, v) {
			t.Errorf("%+v, %v, want %+v", got, err, v)
		}
		text, err := json.Marshal(v)
		if err != nil {
			t.Fatal(err)
		}
		if got, err := decodeVersion(text); err != nil || !reflect.DeepEqual(*got, v) {
			t.Errorf("from JSON: %+v, %v, want %+v", got, err, v)
		}
	}
}

// FuzzRecord: whatever is stored, decoding it does not panic, and what it makes of it is kept by encoding.
func FuzzRecord(f *testing.F) {
	var o object
	filledIn(reflect.ValueOf(&o).Elem())
	f.Add(o.encode())
	var v version
	filledIn(reflect.ValueOf(&v).Elem())
	f.Add(v.encode())
	o.newest = v.encode()
	f.Add(o.encode())
	f.Add([]byte(`{"id":"x"}`))
	f.Add([]byte{recordFormat, vTag, 1, 200})
	f.Fuzz(func(t *testing.T, record []byte) {
		if o, err := decodeObject(Secrets, record); err == nil {
			again, err := decodeObject(Secrets, o.encode())
			if err != nil || string(again.encode()) != string(o.encode()) {
				t.Errorf("%+v, %v, want %+v", again, err, o)
			}
		}
		if v, err := decodeVersion(record); err == nil {
			again, err := decodeVersion(v.encode())
			if err != nil || string(again.encode()) != string(v.encode()) {
				t.Errorf("%+v, %v, want %+v", again, err, v)
			}
		}
	})
}
