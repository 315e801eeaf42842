package blob

import (
	"bytes"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/alcedo-cloud/alcedo/internal/content"
	"github.com/alcedo-cloud/alcedo/internal/store"
	"github.com/alcedo-cloud/alcedo/internal/store/storetest"
)

// TestLayersModel writes and clears at random, forks layers, and compares what the layers show with plain bytes.
func TestLayersModel(t *testing.T) {
	const size = 64 // bytes; layers do not care for pages
	s := storetest.Memory(t)
	dice := rand.New(rand.NewPCG(1, 2))
	type generation struct {
		id    layerID
		bytes []byte
		set   []bool
	}
	now := generation{id: layerID{1}, bytes: make([]byte, size), set: make([]bool, size)}
	var frozen []generation
	update(t, s, func(tx store.Tx) error { return putLayer(tx, now.id, nil) })
	for step := range 400 {
		if step%50 == 49 {
			frozen = append(frozen, generation{now.id, slices.Clone(now.bytes), slices.Clone(now.set)})
			update(t, s, func(tx store.Tx) error {
				below, err := layers(tx, now.id)
				if err != nil {
					return err
				}
				now.id = layerID{byte(step), 7}
				return putLayer(tx, now.id, below)
			})
		}
		start := dice.Int64N(size - 1)
		end := start + 1 + dice.Int64N(size-start)
		e := extent{start: start, end: end}
		if dice.IntN(3) > 0 {
			e.form, e.data = Inline, bytes.Repeat([]byte{byte(dice.Uint32()) | 1}, int(end-start))
		}
		for i := start; i < end; i++ {
			now.set[i], now.bytes[i] = e.form == Inline, 0
			if e.form == Inline {
				now.bytes[i] = e.data[0]
			}
		}
		update(t, s, func(tx store.Tx) error { return putExtent(tx, now.id, e, len(frozen) == 0) })
		for _, g := range append(slices.Clone(frozen), now) {
			if got, set := shown(t, s, g.id, size); !bytes.Equal(got, g.bytes) || !slices.Equal(set, g.set) {
				t.Fatalf("step %d: layer %x shows\n%v, want\n%v", step, g.id[:2], got, g.bytes)
			}
		}
	}
}

func update(t *testing.T, s store.Store, fn func(store.Tx) error) {
	t.Helper()
	if err := s.Update(t.Context(), fn); err != nil {
		t.Fatal(err)
	}
}

func shown(t *testing.T, s store.Store, id layerID, size int64) ([]byte, []bool) {
	t.Helper()
	out, set := make([]byte, size), make([]bool, size)
	err := store.View(t.Context(), s, func(r store.Reader) error {
		chain, err := layers(r, id)
		if err != nil {
			return err
		}
		at := int64(0)
		_, err = visitExtents(r, chain, 0, size, func(e extent) bool {
			if e.start < at {
				t.Errorf("an extent at %d comes after %d", e.start, at)
			}
			at = e.end
			if e.form == Inline {
				copy(out[e.start:e.end], e.data)
				for i := e.start; i < e.end; i++ {
					set[i] = true
				}
			}
			return true
		})
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return out, set
}

func TestPageRangesJoin(t *testing.T) {
	p := pageRanges{limit: 2}
	for _, run := range []struct {
		start, end int64
		cleared    bool
		want       bool
	}{{0, 512, false, true}, {512, 1024, false, true}, {1024, 1536, true, true}, {2048, 2560, false, false}} {
		if got := p.add(run.start, run.end, run.cleared); got != run.want {
			t.Errorf("%+v: %v", run, got)
		}
	}
	want := []PageRange{{0, 1023, false}, {1024, 1535, true}}
	if !slices.Equal(p.ranges, want) || !p.full {
		t.Errorf("%+v", p)
	}
}

func TestExtentCut(t *testing.T) {
	e := extent{start: 10, end: 20, form: File, id: content.ID{1}, skew: 5}
	if got := e.cut(12, 30); got.start != 12 || got.end != 20 || got.skew != 7 {
		t.Errorf("%+v", got)
	}
}

// FuzzExtent wants no panic, and what is decoded to be encoded as it was.
func FuzzExtent(f *testing.F) {
	file := extent{start: 512, end: 1024, form: File, id: content.ID{3}, skew: 9}
	inline := extent{start: 0, end: 2, form: Inline, data: []byte("ab")}
	f.Add(keyExtent(layerID{1}, 1024), file.encode())
	f.Add(keyExtent(layerID{1}, 2), inline.encode())
	f.Fuzz(func(t *testing.T, key, record []byte) {
		e, err := decodeExtent(key, record)
		if err != nil {
			return
		}
		again, err := decodeExtent(key, e.encode())
		if err != nil || again.start != e.start || again.end != e.end || again.id != e.id || !bytes.Equal(again.data, e.data) {
			t.Fatalf("%+v, %+v, %v", e, again, err)
		}
	})
}
