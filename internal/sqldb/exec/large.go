package exec

import (
	"encoding/binary"

	"github.com/alcedo-cloud/alcedo/internal/sqldb/txn"
)

// A row that is larger than the store's values may be lies in parts, under its locator and a number, in an index of its
// own. In the row's place stand a zero, which no record begins with, and how many parts there are.
const (
	partSize  = 4 << 20
	partsID   = -1
	partsMark = 0
)

// putLarge writes a record in parts.
func (l *layout) putLarge(r *run, key, record []byte) error {
	locator := key[len(l.base.at.Prefix()):]
	n := uint32(0)
	for rest := record; len(rest) > 0; n++ {
		part := rest[:min(partSize, len(rest))]
		rest = rest[len(part):]
		if err := r.Tx.Put(l.parts, l.partKey(locator, n), part); err != nil {
			return err
		}
	}
	return r.Tx.Put(l.base.at, key, binary.AppendUvarint([]byte{partsMark}, uint64(n)))
}

func (l *layout) partKey(locator []byte, n uint32) []byte {
	key := append(append([]byte(nil), l.parts.Prefix()...), locator...)
	return binary.BigEndian.AppendUint32(key, n)
}

// partsOf is in how many parts a row lies, 0 for one that is whole.
func partsOf(val []byte) (uint32, error) {
	if len(val) == 0 || val[0] != partsMark {
		return 0, nil
	}
	n, used := binary.Uvarint(val[1:])
	if used <= 0 || n == 0 || n > 1<<20 {
		return 0, errEntry()
	}
	return uint32(n), nil
}

// whole is the record of a row that was read, put together where it lies in parts. get reads as the row was read.
func (l *layout) whole(locator, val []byte, get func(x *txn.Index, key []byte) ([]byte, bool, error)) ([]byte, error) {
	n, err := partsOf(val)
	if n == 0 || err != nil {
		return val, err
	}
	var record []byte
	for i := range n {
		part, found, err := get(l.parts, l.partKey(locator, i))
		if err == nil && !found {
			err = errEntry()
		}
		if err != nil {
			return nil, err
		}
		record = append(record, part...)
	}
	return record, nil
}

// dropParts deletes the parts of a row that goes or changes. Only a row with much text can have any.
func (l *layout) dropParts(r *run, row Row, locator []byte) error {
	text := 0
	for i := range row {
		text += len(row[i].Text())
	}
	if text < partSize/2 {
		return nil
	}
	val, found, err := r.Tx.Newest(l.base.at, l.baseKey(nil, locator))
	if err != nil || !found {
		return err
	}
	n, err := partsOf(val)
	for i := uint32(0); i < n && err == nil; i++ {
		err = r.Tx.Delete(l.parts, l.partKey(locator, i))
	}
	return err
}
