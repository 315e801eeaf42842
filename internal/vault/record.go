package vault

import (
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"errors"
	"maps"
	"slices"

	"github.com/alcedo-cloud/alcedo/internal/fault"
)

// A record of an object or a version is a byte of format and fields: a tag, the length as a uvarint, and the bytes. What
// is zero is left out. An unknown tag is damage: a later alcedo wrote it, and to write the record back without it would
// lose what it meant. Earlier ones wrote JSON, which is read still. Records are small, so that those of a hundred
// thousand secrets stay in memory.
const recordFormat = 1

var errRecord = errors.New("vault: a stored record is damaged")

// Tags of an object's record. None is ever used again for something else.
const (
	oName byte = iota + 1
	oCurrent
	oCurrentText // where it is no number of 16 bytes in hexadecimal
	oManaged
	oDeletedAt
	oPurgeAt
	oData
	oNewest // a version's record
)

// Tags of a version's record.
const (
	vID byte = iota + 1
	vIDText
	vEnabled
	vNotBefore
	vExpires
	vCreated
	vUpdated
	vTag
	vContentType
	vKeyVersion
	vPreserveOrder
	vPublic
	vSealed
	vPrevious
	vPreviousText
)

type recordWriter []byte

func (w *recordWriter) bytes(tag byte, v []byte) {
	if len(v) > 0 {
		*w = append(binary.AppendUvarint(append(*w, tag), uint64(len(v))), v...)
	}
}

func (w *recordWriter) text(tag byte, v string) {
	if v != "" {
		*w = append(binary.AppendUvarint(append(*w, tag), uint64(len(v))), v...)
	}
}

func (w *recordWriter) number(tag byte, v int64) {
	if v != 0 {
		var buf [binary.MaxVarintLen64]byte
		w.bytes(tag, binary.AppendVarint(buf[:0], v))
	}
}

func (w *recordWriter) flag(tag byte, v bool) {
	if v {
		w.number(tag, 1)
	}
}

// id writes an id by its bytes, where it is the hexadecimal text of such.
func (w *recordWriter) id(tag, tagText byte, id string) {
	var raw [16]byte
	if n, err := hex.Decode(raw[:], []byte(id[:min(len(id), 2*len(raw))])); err == nil && n == len(raw) && hex.EncodeToString(raw[:]) == id {
		w.bytes(tag, raw[:])
		return
	}
	w.text(tagText, id)
}

// pair writes a name and a value.
func (w *recordWriter) pair(tag byte, name, value string) {
	var p recordWriter
	p = append(binary.AppendUvarint(p, uint64(len(name))), name...)
	w.bytes(tag, append(p, value...))
}

// recordReader takes a record apart. err is set once something does not fit.
type recordReader struct {
	rest  []byte
	tag   byte
	value []byte // of the field that next found; shares the record's memory
	err   error
}

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
	at := 1 + n
	r.value, r.rest = r.rest[at:at+int(size)], r.rest[at+int(size):]
	return true
}

func (r *recordReader) number() int64 {
	v, n := binary.Varint(r.value)
	if n <= 0 || n != len(r.value) {
		r.err = errRecord
	}
	return v
}

func (r *recordReader) flag() bool { return r.number() != 0 }

func (r *recordReader) clone() []byte { return append([]byte(nil), r.value...) }

func (r *recordReader) pair(m *map[string]string) {
	size, n := binary.Uvarint(r.value)
	if n <= 0 || size > uint64(len(r.value)-n) {
		r.err = errRecord
		return
	}
	if *m == nil {
		*m = make(map[string]string)
	}
	(*m)[string(r.value[n:n+int(size)])] = string(r.value[n+int(size):])
}

func (o *object) encode() []byte {
	w := append(make(recordWriter, 0, 64+len(o.Data)+len(o.newest)), recordFormat)
	w.text(oName, o.Name)
	w.id(oCurrent, oCurrentText, o.Current)
	w.flag(oManaged, o.Managed)
	if d := o.Deleted; d != nil {
		w.number(oDeletedAt, d.At)
		w.number(oPurgeAt, d.PurgeAt)
	}
	w.bytes(oData, o.Data)
	w.bytes(oNewest, o.newest)
	return w
}

// decodeObject keeps parts of record in what it returns, and so does decodeVersion.
func decodeObject(t Type, record []byte) (*object, error) {
	o := &object{on: t}
	if len(record) > 0 && record[0] == '{' {
		return o, fault.Wrap("vault.decodeObject", json.Unmarshal(record, o))
	}
	if len(record) == 0 || record[0] != recordFormat {
		return nil, fault.Wrap("vault.decodeObject", errRecord)
	}
	r := recordReader{rest: record[1:]}
	for r.next() {
		switch r.tag {
		case oName:
			o.Name = string(r.value)
		case oCurrent:
			o.Current = hex.EncodeToString(r.value)
		case oCurrentText:
			o.Current = string(r.value)
		case oManaged:
			o.Managed = r.flag()
		case oDeletedAt:
			o.deletion().At = r.number()
		case oPurgeAt:
			o.deletion().PurgeAt = r.number()
		case oData:
			o.Data = r.clone()
		case oNewest:
			o.newest = r.value
		default:
			r.err = errRecord
		}
	}
	return o, fault.Wrap("vault.decodeObject", r.err)
}

func (o *object) deletion() *Deletion {
	if o.Deleted == nil {
		o.Deleted = new(Deletion)
	}
	return o.Deleted
}

func (v *version) encode() []byte {
	w := append(make(recordWriter, 0, 96+len(v.Public)+len(v.Sealed)), recordFormat)
	w.id(vID, vIDText, v.ID)
	w.flag(vEnabled, v.Attributes.Enabled)
	w.number(vNotBefore, v.Attributes.NotBefore)
	w.number(vExpires, v.Attributes.Expires)
	w.number(vCreated, v.Attributes.Created)
	w.number(vUpdated, v.Attributes.Updated)
	for _, name := range slices.Sorted(maps.Keys(v.Tags)) {
		w.pair(vTag, name, v.Tags[name])
	}
	w.text(vContentType, v.ContentType)
	w.text(vKeyVersion, v.KeyVersion)
	w.id(vPrevious, vPreviousText, v.Previous)
	w.flag(vPreserveOrder, v.PreserveOrder)
	w.bytes(vPublic, v.Public)
	w.bytes(vSealed, v.Sealed)
	return w
}

func decodeVersion(record []byte) (*version, error) {
	v := new(version)
	if len(record) > 0 && record[0] == '{' {
		return v, fault.Wrap("vault.decodeVersion", json.Unmarshal(record, v))
	}
	if len(record) == 0 || record[0] != recordFormat {
		return nil, fault.Wrap("vault.decodeVersion", errRecord)
	}
	r := recordReader{rest: record[1:]}
	for r.next() {
		if !v.Attributes.decodeField(&r) && !v.decodeField(&r) {
			r.err = errRecord
		}
	}
	return v, fault.Wrap("vault.decodeVersion", r.err)
}

func (a *Attributes) decodeField(r *recordReader) bool {
	switch r.tag {
	case vEnabled:
		a.Enabled = r.flag()
	case vNotBefore:
		a.NotBefore = r.number()
	case vExpires:
		a.Expires = r.number()
	case vCreated:
		a.Created = r.number()
	case vUpdated:
		a.Updated = r.number()
	default:
		return false
	}
	return true
}

func (v *version) decodeField(r *recordReader) bool {
	switch r.tag {
	case vID:
		v.ID = hex.EncodeToString(r.value)
	case vIDText:
		v.ID = string(r.value)
	case vTag:
		r.pair(&v.Tags)
	case vContentType:
		v.ContentType = string(r.value)
	case vKeyVersion:
		v.KeyVersion = string(r.value)
	case vPrevious:
		v.Previous = hex.EncodeToString(r.value)
	case vPreviousText:
		v.Previous = string(r.value)
	case vPreserveOrder:
		v.PreserveOrder = r.flag()
	case vPublic:
		v.Public = r.clone()
	case vSealed:
		v.Sealed = r.value
	default:
		return false
	}
	return true
}
