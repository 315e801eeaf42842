package row

import (
	"cmp"
	"encoding/binary"
	"math"
	"slices"
	"unsafe"

	"github.com/alcedo-cloud/alcedo/internal/sqldb/collate"
	"github.com/alcedo-cloud/alcedo/internal/sqldb/value"
)

var errRecord = corrupt("row.Decode", "the record is cut short or has bytes that no record has")

// Decoder reads some columns of a table's records.
type Decoder struct {
	wanted []want // by ascending ID
	copies int    // columns whose values refer to the record's bytes
}

type want struct {
	id      uint32
	at      int // position in the row
	make    maker
	missing value.Value
}

// maker says which kind of value a column has.
type maker uint8

const (
	makeInteger maker = iota
	makeMoney
	makeDecimal
	makeFloat
	makeDate
	makeTime
	makeDateTime
	makeOffset
	makeString
	makeBytes
	makeGUID
	makeVariant
)

func makerOf(t value.Type) maker {
	switch {
	case t.IsMoney():
		return makeMoney
	case t.ID == value.Decimal:
		return makeDecimal
	case t.IsFloat():
		return makeFloat
	case t.ID == value.Date:
		return makeDate
	case t.ID == value.Time:
		return makeTime
	case t.ID == value.DateTimeOffset:
		return makeOffset
	case t.IsDateTime():
		return makeDateTime
	case t.IsString() || t.ID == value.XML:
		return makeString
	case t.IsBinary():
		return makeBytes
	case t.ID == value.UniqueIdentifier:
		return makeGUID
	case t.ID == value.Variant:
		return makeVariant
	}
	return makeInteger
}

// NewDecoder makes a Decoder of the columns that are wanted, which Decode gives in their order here.
func NewDecoder(columns []Column) *Decoder {
	d := &Decoder{wanted: make([]want, len(columns))}
	for i, c := range columns {
		d.wanted[i] = want{id: c.ID, at: i, make: makerOf(c.Type), missing: c.Missing}
		if d.wanted[i].make >= makeString {
			d.copies++
		}
	}
	slices.SortFunc(d.wanted, func(a, b want) int { return cmp.Compare(a.id, b.id) })
	return d
}

// A record above this size is not copied whole for the sake of its strings.
const smallRecord = 1024

// Decode reads the wanted columns into values, which has room for them. Where the caller promises that the bytes of the
// record stay as they are (stable), strings refer to them and nothing is allocated.
func (d *Decoder) Decode(record []byte, values []value.Value, stable bool) error {
	if len(record) == 0 || record[0] != version {
		return errRecord
	}
	r := reader{b: record, at: 1}
	highest := uint32(r.uvarint())
	switch {
	case d.copies == 0:
	case stable:
		r.text = unsafe.String(unsafe.SliceData(record), len(record))
	case d.copies > 1 && len(record) <= smallRecord:
		r.text = string(record)
	}
	id := uint32(0)
	next := 0
	for r.at < len(record) && next < len(d.wanted) {
		head := r.uvarint()
		id += uint32(head >> 4)
		for next < len(d.wanted) && d.wanted[next].id < id {
			d.absent(&d.wanted[next], highest, values)
			next++
		}
		form := byte(head & 15)
		if next < len(d.wanted) && d.wanted[next].id == id {
			w := &d.wanted[next]
			r.value(w.make, form, &values[w.at])
			next++
		} else {
			r.skip(form)
		}
		if r.bad {
			return errRecord
		}
	}
	for ; next < len(d.wanted); next++ {
		d.absent(&d.wanted[next], highest, values)
	}
	if r.bad {
		return errRecord
	}
	return nil
}

func (d *Decoder) absent(w *want, highest uint32, values []value.Value) {
	if w.id > highest {
		values[w.at] = w.missing
	} else {
		values[w.at] = value.Null()
	}
}

// reader walks through a record; bad is set once its bytes make no sense.
type reader struct {
	b    []byte
	text string // the record as a string, "" where strings are copied one by one
	at   int
	bad  bool
}

func (r *reader) uvarint() uint64 {
	if r.at < len(r.b) && r.b[r.at] < 0x80 {
		n := r.b[r.at]
		r.at++
		return uint64(n)
	}
	return r.longUvarint()
}

func (r *reader) longUvarint() uint64 {
	n, size := binary.Uvarint(r.b[min(r.at, len(r.b)):])
	if size <= 0 {
		r.bad, r.at = true, len(r.b)
		return 0
	}
	r.at += size
	return n
}

func (r *reader) fixed() uint64 {
	if len(r.b)-r.at < 8 {
		r.bad, r.at = true, len(r.b)
		return 0
	}
	n := binary.LittleEndian.Uint64(r.b[r.at:])
	r.at += 8
	return n
}

func (r *reader) oneByte() byte {
	if r.at >= len(r.b) {
		r.bad = true
		return 0
	}
	r.at++
	return r.b[r.at-1]
}

func (r *reader) two() uint16 { return uint16(r.oneByte()) | uint16(r.oneByte())<<8 }

func zigzag(z uint64) int64 { return int64(z>>1) ^ -int64(z&1) }

// span gives where the bytes of a text lie.
func (r *reader) span() (from, to int) {
	n := r.uvarint()
	if n > uint64(len(r.b)-r.at) {
		r.bad, r.at = true, len(r.b)
		return r.at, r.at
	}
	from = r.at
	r.at += int(n)
	return from, r.at
}

func (r *reader) string() string {
	from, to := r.span()
	if r.text != "" {
		return r.text[from:to]
	}
	return string(r.b[from:to])
}

func (r *reader) skip(form byte) {
	switch form {
	case formSmall:
		r.uvarint()
	case formFixed, formFloat:
		r.fixed()
	case formScaled:
		r.oneByte()
		r.uvarint()
	case formWide:
		r.oneByte()
		r.fixed()
		r.fixed()
	case formText:
		r.span()
	case formOffset:
		r.fixed()
		r.two()
	case formVariant:
		var v value.Value
		r.variant(&v)
	default:
		r.bad = true
	}
}

func (r *reader) value(m maker, form byte, v *value.Value) {
	switch form {
	case formSmall:
		r.number(m, zigzag(r.uvarint()), v)
	case formFixed:
		r.number(m, int64(r.fixed()), v)
	case formFloat:
		*v = value.OfFloat(math.Float64frombits(r.fixed()))
		r.bad = r.bad || m != makeFloat
	case formScaled:
		scale := r.oneByte()
		*v = value.OfDecimal(value.Int128Of(zigzag(r.uvarint())), scale)
		r.bad = r.bad || m != makeDecimal || scale > 38
	case formWide:
		scale := r.oneByte()
		lo := r.fixed()
		*v = value.OfDecimal(value.Int128{Lo: lo, Hi: int64(r.fixed())}, scale)
		r.bad = r.bad || m != makeDecimal || scale > 38
	case formText:
		r.bytes(m, v)
	case formOffset:
		ticks := int64(r.fixed())
		offset := int16(r.two())
		*v = value.OfDateTimeOffset(ticks, offset)
		r.bad = r.bad || m != makeOffset || uint64(ticks) > uint64(maxTicks) || offset < -840 || offset > 840
	case formVariant:
		r.bad = r.bad || m != makeVariant
		r.variant(v)
	default:
		r.bad = true
	}
}

func (r *reader) number(m maker, n int64, v *value.Value) {
	switch m {
	case makeInteger:
		*v = value.OfInt(n)
	case makeMoney:
		*v = value.OfMoney(n)
	case makeDate:
		*v = value.OfDate(n)
		r.bad = r.bad || uint64(n) > maxDays
	case makeTime:
		*v = value.OfTime(n)
		r.bad = r.bad || uint64(n) >= uint64(value.TicksPerDay)
	case makeDateTime:
		*v = value.OfDateTime(n)
		r.bad = r.bad || uint64(n) > uint64(maxTicks)
	default:
		r.bad = true
	}
}

func (r *reader) bytes(m maker, v *value.Value) {
	switch m {
	case makeString:
		*v = value.OfString(r.string())
	case makeBytes:
		*v = value.OfBytes(r.string())
	case makeGUID:
		from, to := r.span()
		if to-from != 16 {
			r.bad = true
			return
		}
		if r.text != "" {
			*v = value.OfGUIDText(r.text[from:to])
			return
		}
		*v = value.OfGUIDText(string(r.b[from:to]))
	default:
		r.bad = true
	}
}

// variant reads a sql_variant: its type and a value that is none.
func (r *reader) variant(v *value.Value) {
	t := value.Type{ID: value.ID(r.oneByte()), Precision: r.oneByte(), Scale: r.oneByte()}
	t.Length = int32(int16(r.two()))
	if t.ID == value.Void || !t.ID.Known() || t.ID == value.Variant {
		r.bad = true
		return
	}
	if t.IsString() {
		c, ok := collate.ByNumber(r.uvarint())
		if !ok {
			r.bad = true
			return
		}
		t.Collation = c
	}
	head := r.uvarint()
	if head >= formVariant {
		r.bad = true
		return
	}
	var in value.Value
	r.value(makerOf(t), byte(head), &in)
	*v = value.OfVariant(in, t)
}
