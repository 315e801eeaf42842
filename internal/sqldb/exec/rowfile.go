package exec

import (
	"encoding/binary"
	"hash/fnv"
	"os"

	"github.com/alcedo-cloud/alcedo/internal/fault"
)

// RowFile keeps rows by their number, from 0: those of a cursor that is open between requests. The first ones stay in
// memory; from mostInMemory bytes on all go to a file that nobody else sees. It is for one goroutine at a time.
type RowFile struct {
	memory *Budget
	folder string // for the file; empty keeps to memory
	width  int
	rows   []Row // while there is no file
	taken  int64 // of memory
	file   *os.File
	ends   []int64 // of the rows in the file
	buf    []byte
}

// mostInMemory is how many bytes of one RowFile stay in memory.
const mostInMemory = 4 << 20

// NewRowFile makes an empty one for rows of so many values.
func NewRowFile(memory *Budget, folder string, width int) *RowFile {
	return &RowFile{memory: memory, folder: folder, width: width}
}

// Len is how many rows there are.
func (f *RowFile) Len() int64 {
	if f.file != nil {
		return int64(len(f.ends))
	}
	return int64(len(f.rows))
}

// Append keeps a copy of a row behind the others. It fails with message 701 where there is no room.
func (f *RowFile) Append(row Row) error {
	if f.file == nil && f.folder != "" && f.taken > mostInMemory {
		if err := f.spill(); err != nil {
			return err
		}
	}
	n := rowSize(row)
	if f.file != nil {
		n = 8 // its end
	}
	if err := f.memory.grow(n); err != nil {
		return err
	}
	f.taken += n
	if f.file != nil {
		return f.write(row)
	}
	f.rows = append(f.rows, append(make(Row, 0, len(row)), row...))
	return nil
}

// spill moves all rows to a file.
func (f *RowFile) spill() error {
	file, err := os.CreateTemp(f.folder, "rows-")
	if err != nil {
		return fault.Wrap("exec.RowFile", err)
	}
	f.file = file
	for _, row := range f.rows {
		if err := f.write(row); err != nil {
			return err
		}
	}
	f.rows = nil
	left := 8 * int64(len(f.ends))
	f.memory.shrink(f.taken - left)
	f.taken = left
	return nil
}

func (f *RowFile) write(row Row) error {
	f.buf = f.buf[:0]
	for _, v := range row {
		f.buf = appendPlain(f.buf, v)
	}
	if _, err := f.file.Write(f.buf); err != nil {
		return fault.Wrap("exec.RowFile", err)
	}
	end := int64(len(f.buf))
	if n := len(f.ends); n > 0 {
		end += f.ends[n-1]
	}
	f.ends = append(f.ends, end)
	return nil
}

// At is row n. It is good until the next call.
func (f *RowFile) At(n int64) (Row, error) {
	if f.file == nil {
		return f.rows[n], nil
	}
	start := int64(0)
	if n > 0 {
		start = f.ends[n-1]
	}
	buf := make([]byte, f.ends[n]-start)
	if _, err := f.file.ReadAt(buf, start); err != nil {
		return nil, errSpill(err)
	}
	row := make(Row, f.width)
	for i := range row {
		var err error
		if row[i], buf, err = plainValue(buf); err != nil {
			return nil, err
		}
	}
	return row, nil
}

// Close gives back what the rows take. It may be called again.
func (f *RowFile) Close() {
	f.memory.shrink(f.taken)
	f.taken, f.rows, f.ends = 0, nil, nil
	if f.file != nil {
		// What is in it was read or is not wanted; nothing of it is to be kept.
		_ = f.file.Close()
		_ = os.Remove(f.file.Name())
		f.file = nil
	}
}

// Fingerprint tells rows apart that differ in a value.
func Fingerprint(row Row) uint64 {
	h := fnv.New64a()
	var buf []byte
	for _, v := range row {
		buf = appendPlain(buf[:0], v)
		var size [8]byte
		binary.LittleEndian.PutUint64(size[:], uint64(len(buf)))
		_, _ = h.Write(size[:]) // a hash does not fail
		_, _ = h.Write(buf)
	}
	return h.Sum64()
}
