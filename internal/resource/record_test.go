package resource

import (
	"bytes"
	"encoding/json"
	"reflect"
	"testing"

	"github.com/alcedo-cloud/alcedo/internal/fault"
	"github.com/alcedo-cloud/alcedo/internal/store"
	"github.com/alcedo-cloud/alcedo/internal/store/storetest"
)

func TestRecordRoundTrip(t *testing.T) {
	doc := &Document{
		Name: "n", ID: "/subscriptions/s/resourceGroups/g/providers/A.B/c/n", Type: "A.B/c", Location: "chinanorth",
		Tags: map[string]string{"a<b": "&"}, SKU: json.RawMessage(`{"name":"S"}`), Zones: []string{"1"},
		Identity:   &Identity{Type: "UserAssigned", UserAssignedIdentities: map[string]*UserAssigned{"x": {ClientID: "c"}, "gone": nil}},
		Properties: map[string]any{"n": 1.5, "list": []any{"a", nil}},
		Extra:      map[string]json.RawMessage{"extendedLocation": json.RawMessage(`{"x":1}`)},
		Hidden:     map[string]any{"secret": "s"},
	}
	record, err := encodeRecord(doc)
	if err != nil {
		t.Fatal(err)
	}
	got, err := decodeRecord(record)
	if err != nil {
		t.Fatal(err)
	}
	if !reflect.DeepEqual(got, doc) {
		t.Errorf("%+v\nwant %+v", got, doc)
	}
	_, text, err := splitRecord(record)
	if err != nil || bytes.Contains(text, []byte("secret")) || !bytes.Contains(text, []byte(`"a<b":"&"`)) || !bytes.HasSuffix(text, []byte(`,"extendedLocation":{"x":1}}`)) {
		t.Errorf("%s, %v", text, err)
	}
	shadow := &Document{Name: "n", Extra: map[string]json.RawMessage{"NAME": json.RawMessage(`"other"`)}}
	if text, err := shadow.MarshalJSON(); err != nil || bytes.Contains(text, []byte("other")) {
		t.Errorf("an extra member hides a real one: %s, %v", text, err)
	}
}

func TestDamagedRecords(t *testing.T) {
	for _, record := range [][]byte{nil, {1}, {2, 0, '{', '}'}, {1, 200}, {1, 5, '{', '}'}, {1, 0}, {1, 0, '['}, {1, 2, '[', ']', '{', '}'}} {
		if doc, err := decodeRecord(record); err == nil {
			t.Errorf("%q gave %+v", record, doc)
		}
	}
}

// TestHooksKeepDocuments is what a scale set does with its instances.
func TestHooksKeepDocuments(t *testing.T) {
	db := storetest.Memory(t)
	parent, _ := ParseID("/subscriptions/s/resourceGroups/g/providers/A.B/sets/x")
	child := parent.Child("instances", "1")
	err := db.Update(t.Context(), func(tx store.Tx) error {
		if err := PutTx(tx, &Document{Name: "1", ID: child.String(), Type: "A.B/sets/instances"}); err != nil {
			return err
		}
		docs, err := ListTx(tx, parent.Child("instances", ""))
		if err != nil || len(docs) != 1 || docs[0].Name != "1" {
			t.Errorf("%v, %v", docs, err)
		}
		if err := DeleteTx(tx, child); err != nil {
			return err
		}
		if docs, err = ListTx(tx, parent.Child("instances", "")); err != nil || len(docs) != 0 {
			t.Errorf("%v, %v", docs, err)
		}
		return DeleteTx(tx, child)
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, id := range []string{"", "/", "/subscriptions/s", "/subscriptions/s/resourceGroups/g/providers/A.B/sets", "nonsense"} {
		err := db.Update(t.Context(), func(tx store.Tx) error { return PutTx(tx, &Document{ID: id}) })
		if !fault.Is(err, fault.Internal) {
			t.Errorf("PutTx under %q: %v", id, err)
		}
	}
}

func FuzzRecord(f *testing.F) {
	seed, err := encodeRecord(&Document{Name: "n", Hidden: map[string]any{"a": 1.0}, Extra: map[string]json.RawMessage{"x": json.RawMessage("1")}})
	if err != nil {
		f.Fatal(err)
	}
	f.Add(seed)
	f.Add([]byte("\x01\x00{\"ID\":\"a\",\"tags\":null,\"x\":{\"y\":[]},\"identity\":{\"userAssignedIdentities\":{\"z\":null}}}"))
	f.Fuzz(func(t *testing.T, record []byte) {
		doc, err := decodeRecord(record)
		if err != nil {
			return
		}
		again, err := doc.Clone()
		if err != nil {
			t.Fatalf("%q decodes and does not encode: %v", record, err)
		}
		first, err := encodeRecord(doc)
		if err != nil {
			t.Fatal(err)
		}
		second, err := encodeRecord(again)
		if err != nil || !bytes.Equal(first, second) {
			t.Fatalf("%q\nis not %q: %v", first, second, err)
		}
	})
}

func FuzzMergePatch(f *testing.F) {
	f.Add(`{"a":{"b":1}}`, `{"A":{"b":null,"c":[1]}}`)
	f.Add(`{"a":1}`, `null`)
	f.Fuzz(func(t *testing.T, target, patch string) {
		var was, change any
		if json.Unmarshal([]byte(target), &was) != nil || json.Unmarshal([]byte(patch), &change) != nil {
			return
		}
		before, _ := json.Marshal(was)
		mergePatch(was, change)
		if after, _ := json.Marshal(was); !bytes.Equal(before, after) {
			t.Fatalf("the target changed: %s, %s", before, after)
		}
		if same := mergePatch(was, map[string]any{}); reflect.TypeOf(was) == reflect.TypeOf(same) && !reflect.DeepEqual(was, same) {
			t.Fatalf("an empty patch changed %v to %v", was, same)
		}
	})
}
