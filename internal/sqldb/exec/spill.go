package exec

import (
	"bufio"
	"container/heap"
	"encoding/binary"
	"errors"
	"io"
	"os"

	"github.com/alcedo-cloud/alcedo/internal/fault"
	"github.com/alcedo-cloud/alcedo/internal/sqldb/value"
)

// spill holds sorted runs of rows in a file that nobody else sees.
type spill struct {
	folder string
	width  int
	file   *os.File
	ends   []int64 // of the runs
}

// mostValue bounds a value that is read back, so that a damaged file takes no memory.
const mostValue = 1 << 31

func (s *spill) write(rows []sortRow) error {
	if s.file == nil {
		f, err := os.CreateTemp(s.folder, "sort-")
		if err != nil {
			return fault.Wrap("exec.spill", err)
		}
		s.file = f
	}
	w := bufio.NewWriterSize(s.file, 1<<18)
	var buf []byte
	for _, kept := range rows {
		buf = buf[:0]
		for _, v := range kept.row {
			buf = appendPlain(buf, v)
		}
		if _, err := w.Write(binary.AppendUvarint(nil, uint64(len(buf)))); err != nil {
			return fault.Wrap("exec.spill", err)
		}
		if _, err := w.Write(buf); err != nil {
			return fault.Wrap("exec.spill", err)
		}
	}
	if err := w.Flush(); err != nil {
		return fault.Wrap("exec.spill", err)
	}
	end, err := s.file.Seek(0, io.SeekCurrent)
	s.ends = append(s.ends, end)
	return fault.Wrap("exec.spill", err)
}

// merge gives the rows of all runs and of the last one, which is in memory, in order.
func (s *spill) merge(r *run, last []sortRow, compare func(a, b Row) int, yield func(Row) error) error {
	h := &runs{compare: compare}
	start := int64(0)
	for i, end := range s.ends {
		h.open = append(h.open, &runReader{
			width: s.width, number: i, from: bufio.NewReaderSize(io.NewSectionReader(s.file, start, end-start), 1<<16),
		})
		start = end
	}
	h.open = append(h.open, &runReader{number: len(s.ends), rows: last})
	for i := 0; i < len(h.open); {
		ok, err := h.open[i].next()
		if err != nil {
			return err
		}
		if ok {
			i++
			continue
		}
		h.open = append(h.open[:i], h.open[i+1:]...)
	}
	heap.Init(h)
	for len(h.open) > 0 {
		if err := r.tick(); err != nil {
			return err
		}
		first := h.open[0]
		if err := yield(first.row); err != nil {
			return err
		}
		ok, err := first.next()
		if err != nil {
			return err
		}
		if ok {
			heap.Fix(h, 0)
		} else {
			heap.Pop(h)
		}
	}
	return nil
}

func (s *spill) close() {
	if s == nil || s.file == nil {
		return
	}
	// What is in it was read or is not wanted; nothing of it is to be kept.
	_ = s.file.Close()
	_ = os.Remove(s.file.Name())
	s.file = nil
}

// runReader reads one run.
type runReader struct {
	width  int
	number int
	from   *bufio.Reader
	rows   []sortRow // in memory
	row    Row
}

func (u *runReader) next() (bool, error) {
	if u.from == nil {
		if len(u.rows) == 0 {
			return false, nil
		}
		u.row, u.rows = u.rows[0].row, u.rows[1:]
		return true, nil
	}
	size, err := binary.ReadUvarint(u.from)
	if errors.Is(err, io.EOF) {
		return false, nil
	}
	if err != nil || size > mostValue {
		return false, errSpill(err)
	}
	buf := make([]byte, size)
	if _, err := io.ReadFull(u.from, buf); err != nil {
		return false, errSpill(err)
	}
	u.row = make(Row, u.width)
	for i := range u.row {
		if u.row[i], buf, err = plainValue(buf); err != nil {
			return false, err
		}
	}
	return true, nil
}

// runs orders readers by the rows that they stand on; equal ones by the order of the runs.
type runs struct {
	open    []*runReader
	compare func(a, b Row) int
}

func (h *runs) Len() int { return len(h.open) }
func (h *runs) Less(i, j int) bool {
	n := h.compare(h.open[i].row, h.open[j].row)
	return n < 0 || n == 0 && h.open[i].number < h.open[j].number
}
func (h *runs) Swap(i, j int) { h.open[i], h.open[j] = h.open[j], h.open[i] }
func (h *runs) Push(x any)    { h.open = append(h.open, x.(*runReader)) }
func (h *runs) Pop() any {
	last := h.open[len(h.open)-1]
	h.open = h.open[:len(h.open)-1]
	return last
}

func errSpill(err error) error {
	if err == nil {
		err = io.ErrUnexpectedEOF
	}
	return fault.Wrap("exec.spill", err)
}

// appendPlain writes a value by its kind, so that it can be read without its type.
func appendPlain(dst []byte, v value.Value) []byte {
	if v.Kind() == value.KindVariant {
		in, t := v.Variant()
		dst = append(dst, byte(value.KindVariant), byte(t.ID), t.Precision, t.Scale)
		dst = binary.LittleEndian.AppendUint32(dst, uint32(t.Length))
		number := uint64(0)
		if t.Collation != nil {
			number = t.Collation.Number()
		}
		return appendPlain(binary.LittleEndian.AppendUint64(dst, number), in)
	}
	dst = append(dst, byte(v.Kind()))
	switch v.Kind() {
	case value.KindNull:
		return dst
	case value.KindString, value.KindBytes, value.KindGUID:
		return append(binary.AppendUvarint(dst, uint64(len(v.Text()))), v.Text()...)
	case value.KindDecimal:
		n, scale := v.Decimal()
		dst = binary.LittleEndian.AppendUint64(append(dst, scale), n.Lo)
		return binary.LittleEndian.AppendUint64(dst, uint64(n.Hi))
	case value.KindDateTimeOffset:
		dst = binary.LittleEndian.AppendUint16(dst, uint16(v.Offset()))
	}
	return binary.LittleEndian.AppendUint64(dst, uint64(v.Int64()))
}
