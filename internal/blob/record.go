package blob

import (
	"encoding/binary"
	"errors"
	"sort"
)

// A record is a byte of format (1) and fields: a tag, the length as a uvarint, and the bytes. Numbers are uvarints
// within; a field that is zero is left out. An unknown tag is damage: a later version of alcedo wrote it, and to write
// the record back without it would lose what it meant.
const recordFormat = 1

var errRecord = errors.New("blob: a stored record is damaged")

// recordWriter builds a record.
type recordWriter struct{ b []byte }

func newRecord(size int) *recordWriter {
	return &recordWriter{b: append(make([]byte, 0, size), recordFormat)}
}

func (w *recordWriter) text(tag byte, v string) {
	if v != "" {
		w.b = binary.AppendUvarint(append(w.b, tag), uint64(len(v)))
		w.b = append(w.b, v...)
	}
}

func (w *recordWriter) bytes(tag byte, v []byte) {
	if len(v) > 0 {
		w.b = binary.AppendUvarint(append(w.b, tag), uint64(len(v)))
		w.b = append(w.b, v...)
	}
}

func (w *recordWriter) number(tag byte, v uint64) {
	if v != 0 {
		var buf [binary.MaxVarintLen64]byte
		n := binary.PutUvarint(buf[:], v)
		w.b = append(append(w.b, tag, byte(n)), buf[:n]...)
	}
}

func (w *recordWriter) flag(tag byte, v bool) {
	if v {
		w.number(tag, 1)
	}
}

// pairs writes a map as one field for each name and one for each value, in the order of names.
func (w *recordWriter) pairs(tag byte, m map[string]string) {
	if len(m) == 0 {
		return
	}
	names := make([]string, 0, len(m))
	for n := range m {
		names = append(names, n)
	}
	sort.Strings(names)
	for _, n := range names {
		size := uvarintLen(uint64(len(n))) + len(n) + len(m[n])
		w.b = binary.AppendUvarint(append(w.b, tag), uint64(size))
		w.b = binary.AppendUvarint(w.b, uint64(len(n)))
		w.b = append(append(w.b, n...), m[n]...)
	}
}

func uvarintLen(v uint64) int {
	n := 1
	for v >= 0x80 {
		v >>= 7
		n++
	}
	return n
}

// recordReader takes a record apart. err is set once something does not fit.
type recordReader struct {
	rest []byte
	tag  byte
	val  []byte // of the field that next found; shares the record's memory
	err  error
}

func readRecord(b []byte) (r recordReader) {
	if len(b) == 0 || b[0] != recordFormat {
		r.err = errRecord
		return r
	}
	r.rest = b[1:]
	return r
}

// next finds the next field.
func (r *recordReader) next() bool {
	if r.err != nil || len(r.rest) == 0 {
		return false
	}
	r.tag = r.rest[0]
	size, n := binary.Uvarint(r.rest[1:])
	if n <= 0 || size > uint64(len(r.rest)-1-n) {
		r.err = errRecord
		return false
	}
	r.val, r.rest = r.rest[1+n:1+n+int(size)], r.rest[1+n+int(size):]
	return true
}

func (r *recordReader) text() string { return string(r.val) }

func (r *recordReader) clone() []byte { return append([]byte(nil), r.val...) }

func (r *recordReader) number() uint64 {
	v, n := binary.Uvarint(r.val)
	if n <= 0 || n != len(r.val) {
		r.err = errRecord
	}
	return v
}

func (r *recordReader) flag() bool { return r.number() != 0 }

// pair adds what pairs wrote to m, and gives the map.
func (r *recordReader) pair(m map[string]string) map[string]string {
	size, n := binary.Uvarint(r.val)
	if n <= 0 || size > uint64(len(r.val)-n) {
		r.err = errRecord
		return m
	}
	if m == nil {
		m = map[string]string{}
	}
	m[string(r.val[n:n+int(size)])] = string(r.val[n+int(size):])
	return m
}

// fixed copies a field of known length.
func (r *recordReader) fixed(to []byte) {
	if copy(to, r.val) != len(to) || len(r.val) != len(to) {
		r.err = errRecord
	}
}
