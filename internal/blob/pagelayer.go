package blob

import (
	"encoding/binary"

	"github.com/alcedo-cloud/alcedo/internal/content"
	"github.com/alcedo-cloud/alcedo/internal/store"
)

// The pages of a page blob lie in layers. A layer holds extents that do not overlap, and hides what the layers below it
// have there. Only the uppermost layer of a base blob is written to: when something else holds it too (a snapshot, a
// copy), the next write puts a new layer above. So a snapshot costs nothing, and what two snapshots differ by is what
// the layers between them have.
//
//	blob pl {layer}          IDs of the layers below, the nearest first
//	blob p {layer}{end}      an extent, by the offset behind its last byte
const pageSize = 512

type layerID = content.ID

// extent is a run of bytes within a layer.
type extent struct {
	start, end int64 // the end is behind the last byte
	form       Form  // Inline, File; NoContent is a run that was cleared
	data       []byte
	id         content.ID // of a file; of what is inline and encrypted, what its key stream begins with
	skew       int64      // where in the file, or in what was encrypted at once, the run begins
	crc        uint64     // of the whole file
}

func keyLayer(id layerID) []byte { return append(store.Prefix("blob", "pl"), id[:]...) }

func prefixExtents(id layerID) []byte { return append(store.Prefix("blob", "p"), id[:]...) }

func keyExtent(id layerID, end int64) []byte {
	return binary.BigEndian.AppendUint64(prefixExtents(id), uint64(end))
}

// Tags of an extent's record.
const (
	eLength byte = iota + 1
	eForm
	eData
	eID
	eSkew
	eCRC
)

func (e *extent) encode() []byte {
	w := newRecord(32 + len(e.data))
	w.number(eLength, uint64(e.end-e.start))
	w.number(eForm, uint64(e.form))
	w.bytes(eData, e.data)
	if e.id != (content.ID{}) {
		w.bytes(eID, e.id[:])
	}
	w.number(eSkew, uint64(e.skew))
	w.number(eCRC, e.crc)
	return w.b
}

// decodeExtent reads an extent whose key ends in its end.
func decodeExtent(key, record []byte) (extent, error) {
	var e extent
	if len(key) < 8 {
		return e, errKey
	}
	e.end = int64(binary.BigEndian.Uint64(key[len(key)-8:]))
	e.start = e.end
	r := readRecord(record)
	for r.next() {
		switch r.tag {
		case eLength:
			e.start = e.end - int64(r.number())
		case eForm:
			e.form = Form(r.number())
		case eData:
			e.data = r.val
		case eID:
			r.fixed(e.id[:])
		case eSkew:
			e.skew = int64(r.number())
		case eCRC:
			e.crc = r.number()
		default:
			return e, errRecord
		}
	}
	switch {
	case r.err != nil:
		return e, r.err
	case e.start < 0 || e.start >= e.end || e.skew < 0 || e.form != NoContent && e.form != Inline && e.form != File,
		e.form == Inline && int64(len(e.data)) != e.end-e.start:
		return e, errRecord
	}
	return e, nil
}

// cut gives the part of the extent within [start, end), which must overlap it.
func (e extent) cut(start, end int64) extent {
	start, end = max(start, e.start), min(end, e.end)
	if e.form == Inline {
		e.data = e.data[start-e.start : end-e.start]
	}
	if e.form != NoContent {
		e.skew += start - e.start
	}
	e.start, e.end = start, end
	return e
}

// layers gives a layer and those below it, the uppermost first.
func layers(r store.Reader, top layerID) ([]layerID, error) {
	item, err := r.Get(keyLayer(top))
	if err != nil {
		return nil, err
	}
	if len(item.Value)%content.IDSize != 1 || item.Value[0] != recordFormat {
		return nil, errRecord
	}
	below := item.Value[1:]
	chain := make([]layerID, 1, 1+len(below)/content.IDSize)
	chain[0] = top
	for ; len(below) > 0; below = below[content.IDSize:] {
		chain = append(chain, layerID(below[:content.IDSize]))
	}
	return chain, nil
}

// putLayer writes the head of a new layer above others.
func putLayer(tx store.Tx, id layerID, below []layerID) error {
	value := append(make([]byte, 0, 1+len(below)*content.IDSize), recordFormat)
	for _, l := range below {
		value = append(value, l[:]...)
	}
	return tx.Put(keyLayer(id), value)
}

// overlapping collects the extents of one layer that have bytes in [start, end).
func overlapping(r store.Reader, id layerID, start, end int64) ([]extent, error) {
	var found []extent
	for item, err := range r.Scan(keyExtent(id, start+1), store.End(prefixExtents(id))) {
		if err != nil {
			return nil, err
		}
		e, err := decodeExtent(item.Key, item.Value)
		if err != nil {
			return nil, err
		}
		if e.start >= end {
			break
		}
		found = append(found, e)
	}
	return found, nil
}

// putExtent writes e into a layer and takes what it covers away. A run that is cleared is only kept where layers below
// could show through.
func putExtent(tx store.Tx, id layerID, e extent, lowest bool) error {
	covered, err := overlapping(tx, id, e.start, e.end)
	if err != nil {
		return err
	}
	for _, old := range covered {
		if err := tx.Delete(keyExtent(id, old.end)); err != nil {
			return err
		}
		if old.start < e.start {
			left := old.cut(old.start, e.start)
			if err := tx.Put(keyExtent(id, left.end), left.encode()); err != nil {
				return err
			}
		}
		if old.end > e.end {
			right := old.cut(e.end, old.end)
			if err := tx.Put(keyExtent(id, right.end), right.encode()); err != nil {
				return err
			}
		}
	}
	if e.form == NoContent && lowest {
		return nil
	}
	return tx.Put(keyExtent(id, e.end), e.encode())
}

// visitExtents calls f with what the layers show within [start, end), in order: of each offset, the uppermost extent,
// cut to what is visible. Offsets that no layer has are passed over. f returns false to stop.
func visitExtents(r store.Reader, chain []layerID, start, end int64, f func(extent) bool) (more bool, err error) {
	if len(chain) == 0 || start >= end {
		return true, nil
	}
	at := start
	for item, err := range r.Scan(keyExtent(chain[0], start+1), store.End(prefixExtents(chain[0]))) {
		if err != nil {
			return false, err
		}
		e, err := decodeExtent(item.Key, item.Value)
		if err != nil {
			return false, err
		}
		if e.start >= end {
			break
		}
		if more, err := visitExtents(r, chain[1:], at, min(e.start, end), f); err != nil || !more {
			return false, err
		}
		e = e.cut(start, end)
		at = e.end
		if !f(e) {
			return false, nil
		}
	}
	return visitExtents(r, chain[1:], at, end, f)
}
