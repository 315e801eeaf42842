package tds

import (
	"encoding/binary"
	"errors"
	"io"

	"github.com/alcedo-cloud/alcedo/internal/fault"
)

// readStep is how much more is read at a time for a value longer than what has come: the buffer grows with what the
// client sends, not with what it announces.
const readStep = 32 << 10

// decoder reads little-endian fields from bytes at hand, or from a source behind them. Its first error stays; after it
// every method returns zeros.
type decoder struct {
	op  string
	b   []byte
	pos int
	src io.Reader // nil: b is all there is
	max int       // most bytes of one value, and of a source between two calls of rewind
	err error

	taken int // since rewind
}

func newDecoder(op string, b []byte) *decoder { return &decoder{op: op, b: b, max: MaxValue} }

// fail notes the first error.
func (d *decoder) fail(reason, format string, args ...any) {
	if d.err == nil {
		d.err = fault.Newf(fault.Invalid, "wire/tds."+d.op, reason, format, args...)
	}
}

// left is how many bytes are at hand.
func (d *decoder) left() int { return len(d.b) - d.pos }

// take returns the next n bytes. They alias the buffer: slices of a source stay as they are until rewind.
func (d *decoder) take(n int) []byte {
	if d.err != nil {
		return nil
	}
	if n < 0 || n > d.max || d.src != nil && d.taken+n > d.max {
		d.fail(ReasonTooLarge, "more than %d bytes at once are over the limit", d.max)
		return nil
	}
	if d.left() < n && !d.fill(n) {
		return nil
	}
	d.taken += n
	out := d.b[d.pos : d.pos+n : d.pos+n]
	d.pos += n
	return out
}

// fill reads from the source until n bytes are at hand. A full buffer is replaced by a new one that begins with what has
// not been taken, and so what has been taken stays valid.
func (d *decoder) fill(n int) bool {
	for d.left() < n {
		if d.src == nil {
			d.fail(ReasonTruncated, "%d bytes are missing", n-d.left())
			return false
		}
		if len(d.b) == cap(d.b) {
			rest := d.b[d.pos:]
			d.b, d.pos = append(make([]byte, 0, 2*len(rest)+readStep), rest...), 0
		}
		got, err := d.src.Read(d.b[len(d.b):cap(d.b)])
		d.b = d.b[:len(d.b)+got]
		if d.left() >= n {
			return true
		}
		if err != nil {
			if errors.Is(err, io.EOF) {
				d.fail(ReasonTruncated, "%d bytes are missing", n-d.left())
			} else if d.err == nil {
				d.err = err
			}
			return false
		}
	}
	return true
}

// rewind forgets what has been taken, so that the buffer of a source can be used again. What is left is moved down only
// once it is little.
func (d *decoder) rewind() {
	d.taken = 0
	switch rest := d.b[d.pos:]; {
	case d.src == nil:
	case cap(d.b) > 4*readStep && len(rest) < readStep: // one long row must not be paid for by the whole load
		d.b, d.pos = append(make([]byte, 0, 2*readStep), rest...), 0
	case len(rest) < readStep/16:
		d.b, d.pos = d.b[:copy(d.b, rest)], 0
	}
}

// more reports whether a byte follows, and reads it from the source where needed.
func (d *decoder) more() bool {
	if d.err != nil {
		return false
	}
	return d.left() > 0 || d.src != nil && d.fill(1)
}

func (d *decoder) u8() uint8 {
	if b := d.take(1); b != nil {
		return b[0]
	}
	return 0
}

func (d *decoder) u16() uint16 {
	if b := d.take(2); b != nil {
		return binary.LittleEndian.Uint16(b)
	}
	return 0
}

func (d *decoder) u32() uint32 {
	if b := d.take(4); b != nil {
		return binary.LittleEndian.Uint32(b)
	}
	return 0
}

func (d *decoder) u64() uint64 {
	if b := d.take(8); b != nil {
		return binary.LittleEndian.Uint64(b)
	}
	return 0
}

// text reads n units of UTF-16.
func (d *decoder) text(n int) string { return DecodeText(d.take(2 * n)) }

// bVarChar is B_VARCHAR: a byte with the number of units, and the units.
func (d *decoder) bVarChar() string { return d.text(int(d.u8())) }

// usVarChar is US_VARCHAR: two bytes with the number of units, and the units.
func (d *decoder) usVarChar() string { return d.text(int(d.u16())) }

// truncatedAtStart reports whether the source just ended where a token would have begun.
func (d *decoder) truncatedAtStart() bool {
	return d.left() == 0 && fault.ReasonOf(d.err) == ReasonTruncated
}
