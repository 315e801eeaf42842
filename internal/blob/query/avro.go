package query

import (
	"encoding/binary"
	"io"
)

// schema is that of the answer's Avro file: a union of the four records that clients know by their full names.
const schema = `[` +
	`{"type":"record","name":"com.microsoft.azure.storage.queryBlobContents.resultData","fields":[{"name":"data","type":"bytes"}]},` +
	`{"type":"record","name":"com.microsoft.azure.storage.queryBlobContents.error","fields":[{"name":"fatal","type":"boolean"},` +
	`{"name":"name","type":"string"},{"name":"description","type":"string"},{"name":"position","type":"long"}]},` +
	`{"type":"record","name":"com.microsoft.azure.storage.queryBlobContents.progress","fields":[{"name":"bytesScanned","type":"long"},` +
	`{"name":"totalBytes","type":"long"}]},` +
	`{"type":"record","name":"com.microsoft.azure.storage.queryBlobContents.end","fields":[{"name":"totalBytes","type":"long"}]}]`

// The records' places in the union.
const (
	resultRecord = iota
	errorRecord
	progressRecord
	endRecord
)

// Avro is a Sink that writes an object container file (Avro 1.8.2, "Object Container Files"), one record a block.
type Avro struct {
	to    io.Writer
	total int64 // bytes of the blob
	sync  [16]byte
	begun bool
}

// NewAvro returns a sink that writes to w. total is the blob's size; sync, 16 random bytes, parts the blocks.
func NewAvro(w io.Writer, total int64, sync [16]byte) *Avro {
	return &Avro{to: w, total: total, sync: sync}
}

func appendBytes(b, v []byte) []byte { return append(binary.AppendVarint(b, int64(len(v))), v...) }

// block writes one record, and the file's head before the first.
func (a *Avro) block(record []byte) error {
	var b []byte
	if !a.begun {
		a.begun = true
		b = append(b, "Obj\x01"...)
		b = binary.AppendVarint(b, 2)
		b = appendBytes(appendBytes(b, []byte("avro.codec")), []byte("null"))
		b = appendBytes(appendBytes(b, []byte("avro.schema")), []byte(schema))
		b = append(binary.AppendVarint(b, 0), a.sync[:]...)
	}
	b = appendBytes(binary.AppendVarint(b, 1), record)
	_, err := a.to.Write(append(b, a.sync[:]...))
	return err
}

// Records implements Sink.
func (a *Avro) Records(data []byte) error {
	return a.block(appendBytes(binary.AppendVarint(nil, resultRecord), data))
}

// Progress implements Sink.
func (a *Avro) Progress(scanned int64) error {
	return a.block(binary.AppendVarint(binary.AppendVarint(binary.AppendVarint(nil, progressRecord), scanned), a.total))
}

// Failure implements Sink.
func (a *Avro) Failure(f Failure) error {
	b := binary.AppendVarint(nil, errorRecord)
	fatal := byte(0)
	if f.Fatal {
		fatal = 1
	}
	b = appendBytes(appendBytes(append(b, fatal), []byte(f.Name)), []byte(f.Description))
	return a.block(binary.AppendVarint(b, f.Position))
}

// End implements Sink.
func (a *Avro) End() error {
	return a.block(binary.AppendVarint(binary.AppendVarint(nil, endRecord), a.total))
}
