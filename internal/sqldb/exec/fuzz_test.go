package exec

import (
	"testing"

	"github.com/alcedo-cloud/alcedo/internal/sqldb/txn"
	"github.com/alcedo-cloud/alcedo/internal/sqldb/value"
)

// What a spilled sort writes, it reads again; what nobody has written gives an error.
func FuzzPlainValue(f *testing.F) {
	for _, v := range []value.Value{
		value.Null(), value.OfInt(-5), value.OfFloat(1.5), value.OfString("text"), value.OfBytes("\x00\xff"), value.OfMoney(7),
		value.OfDate(3), value.OfTime(4), value.OfDateTime(5), value.OfDateTimeOffset(6, -60), value.OfGUID([16]byte{1}),
		value.OfDecimal(value.Int128Of(12345), 2), value.OfVariant(value.OfString("v"), value.Sized(value.VarChar, 10)),
	} {
		b := appendPlain(nil, v)
		back, rest, err := plainValue(b)
		if err != nil || len(rest) != 0 || string(appendPlain(nil, back)) != string(b) {
			f.Fatalf("%v came back as %v, %d bytes left, %v", v, back, len(rest), err)
		}
		f.Add(b)
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		v, rest, err := plainValue(b)
		if err != nil {
			return
		}
		if len(rest) > len(b) {
			t.Fatal("more is left than there was")
		}
		once := appendPlain(nil, v)
		again, _, err := plainValue(once)
		if err != nil || string(appendPlain(nil, again)) != string(once) {
			t.Fatalf("%v became %v, %v", v, again, err)
		}
	})
}

func FuzzSplit(f *testing.F) {
	at := txn.NewIndex(txn.Table{Database: 1, ID: 2}, 3)
	f.Add([]byte("key"), []byte{3, 'a', 'b', 'c', 1}, true)
	f.Add([]byte("key"), []byte{2, 1}, false)
	f.Fuzz(func(t *testing.T, key, val []byte, unique bool) {
		e := &entries{at: at, unique: unique}
		locator, record, err := e.split(key, val)
		if err == nil && len(locator)+len(record) > len(key)+len(val) {
			t.Fatal("more came out than went in")
		}
	})
}
