package txn

import (
	"bytes"
	"testing"
)

// Numbers in keys order as they are, and none is the beginning of another.
func FuzzNumbers(f *testing.F) {
	f.Add(int32(0), int32(1))
	f.Add(int32(0xef), int32(0xf0))
	f.Add(int32(0xffff), int32(0x10000))
	f.Add(int32(1<<31-1), int32(-1))
	f.Fuzz(func(t *testing.T, a, b int32) {
		x, y := appendNumber(nil, a), appendNumber(nil, b)
		if got, want := bytes.Compare(x, y), compareUnsigned(a, b); got != want {
			t.Errorf("%d and %d: %d, want %d", a, b, got, want)
		}
		if a != b && bytes.HasPrefix(x, y) {
			t.Errorf("%d begins with %d", a, b)
		}
	})
}

func compareUnsigned(a, b int32) int {
	switch {
	case uint32(a) < uint32(b):
		return -1
	case a == b:
		return 0
	}
	return 1
}

// A list gives back what was last written, in order, whatever was undone.
func FuzzList(f *testing.F) {
	f.Add([]byte("abcabcxyz"))
	f.Fuzz(func(t *testing.T, script []byte) {
		g := &log{}
		l := g.to(accounts)
		model := map[byte]byte{}
		var m mark
		var kept map[byte]byte
		for i, b := range script {
			switch {
			case b < 8:
				m, kept = g.mark(), map[byte]byte{}
				for k, v := range model {
					kept[k] = v
				}
			case b < 16 && kept != nil:
				g.back(m)
				model, kept = kept, nil
			case b%5 == 0:
				g.write(l, []byte{b}, nil, deleted)
				delete(model, b)
			default:
				k := b &^ 3
				g.write(l, []byte{k}, []byte{byte(i)}, present)
				model[k] = byte(i)
			}
		}
		last, seen := -1, 0
		for n := l.next(0, 0); n != 0; n = l.next(n, 0) {
			at := l.nodes[n]
			if int(at.key[0]) <= last {
				t.Fatal("out of order")
			}
			last = int(at.key[0])
			if at.state != present {
				continue
			}
			seen++
			if v, ok := model[at.key[0]]; !ok || at.value[0] != v {
				t.Fatalf("key %d has %v, want %v (%v)", at.key[0], at.value, v, ok)
			}
		}
		if seen != len(model) || l.live != seen {
			t.Fatalf("%d keys, %d live, want %d", seen, l.live, len(model))
		}
	})
}
