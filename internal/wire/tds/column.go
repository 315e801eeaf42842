package tds

import (
	"encoding/binary"
	"slices"
)

// The flags of a column (MS-TDS 2.2.7.4).
const (
	ColumnNullable      uint16 = 0x0001
	ColumnCaseSensitive uint16 = 0x0002
	ColumnUpdatable     uint16 = 0x0004
	ColumnMayUpdate     uint16 = 0x0008 // whether it can be updated is not known
	ColumnIdentity      uint16 = 0x0010
	ColumnComputed      uint16 = 0x0020
	ColumnEncrypted     uint16 = 0x0800
	ColumnHidden        uint16 = 0x2000
	ColumnKey           uint16 = 0x4000
)

// Column is one column of COLMETADATA.
type Column struct {
	Name     string
	UserType uint32
	Flags    uint16
	Type     TypeInfo
	Table    []string // of text, ntext and image: the name's parts
}

// AppendColMetadata appends the token COLMETADATA. No column encryption is acknowledged, so there is no key table.
func AppendColMetadata(dst []byte, columns []Column) []byte {
	dst = append(dst, tokenColMetadata)
	dst = binary.LittleEndian.AppendUint16(dst, uint16(len(columns)))
	for i := range columns {
		c := &columns[i]
		dst = binary.LittleEndian.AppendUint32(dst, c.UserType)
		dst = binary.LittleEndian.AppendUint16(dst, c.Flags)
		dst = AppendTypeInfo(dst, &c.Type)
		if c.Type.class() == classLong {
			dst = append(dst, byte(len(c.Table)))
			for _, part := range c.Table {
				dst = appendUSVarChar(dst, part, 128)
			}
		}
		if c.Type.ID == TypeUDT {
			dst = append(dst, 0, 0)
		}
		dst = appendBVarChar(dst, c.Name)
	}
	return dst
}

// AppendNoMetadata appends COLMETADATA without columns.
func AppendNoMetadata(dst []byte) []byte { return append(dst, tokenColMetadata, 0xFF, 0xFF) }

// AppendRow begins the token ROW: the values of all columns follow, NULL among them.
func AppendRow(dst []byte) []byte { return append(dst, tokenRow) }

// AppendNBCRow begins the token NBCROW: the values of the columns that are not null follow.
func AppendNBCRow(dst []byte, columns int, null func(column int) bool) []byte {
	dst = append(dst, tokenNBCRow)
	var bits byte
	for i := range columns {
		if null(i) {
			bits |= 1 << (i % 8)
		}
		if i%8 == 7 || i == columns-1 {
			dst, bits = append(dst, bits), 0
		}
	}
	return dst
}

// AppendOrder appends the token ORDER: the numbers of the columns, from 1, that the rows are ordered by.
func AppendOrder(dst []byte, columns []uint16) []byte {
	dst = append(dst, tokenOrder)
	dst = binary.LittleEndian.AppendUint16(dst, uint16(2*len(columns)))
	for _, c := range columns {
		dst = binary.LittleEndian.AppendUint16(dst, c)
	}
	return dst
}

// BulkColumns is what a bulk load begins with; BulkLoad reads its rows.
type BulkLoad struct {
	Columns []Column
	d       *decoder
	ended   bool
	at      int
}

// Column is the number of the column that was read last, from 0: with an error, the one at fault.
func (b *BulkLoad) Column() int { return b.at }

// maxBulkColumns is what a table can have, sparse columns included.
const maxBulkColumns = 30000

// NewBulkLoad reads the columns of the message BulkLoadBCP (MS-TDS 2.2.6.1) from src; the rows follow by Next, each at
// most maxRow bytes. A load without rows may be without columns too. With an error it returns what has been read.
func NewBulkLoad(src interface {
	Read(p []byte) (int, error)
}, maxRow int,
) (*BulkLoad, error) {
	d := newDecoder("NewBulkLoad", make([]byte, 0, 2*readStep))
	d.src, d.max = src, maxRow
	b := &BulkLoad{d: d}
	switch token := d.u8(); {
	case d.err != nil || token == tokenColMetadata:
	case token == tokenDone: // a load of no rows: tedious tells the columns with the first one
		d.take(12)
		b.ended = true
		return b, d.err
	default:
		d.fail(ReasonMalformed, "a bulk load begins with token %#02x", token)
	}
	n := int(d.u16())
	if n > maxBulkColumns {
		d.fail(ReasonMalformed, "a bulk load of %d columns", n)
	}
	for i := 0; i < n && d.err == nil; i++ {
		b.at = i
		c := Column{UserType: d.u32(), Flags: d.u16()}
		if c.Flags&ColumnEncrypted != 0 {
			d.fail(ReasonUnsupported, "encrypted columns are not supported")
		}
		c.Type = d.typeInfo()
		if c.Type.class() == classLong && c.Type.ID != TypeVariant {
			c.Table = []string{d.usVarChar()} // clients write one name here, without the number of its parts
		}
		c.Name = d.bVarChar()
		b.Columns = append(b.Columns, c)
	}
	return b, d.err
}

// Next reads a row into cells, which has one for each column. It reports false after the last. What the cells alias is
// valid until the next call.
func (b *BulkLoad) Next(cells []Cell) (bool, error) {
	d := b.d
	if b.ended || d.err != nil {
		return false, d.err
	}
	d.rewind()
	if !d.more() { // some clients leave the DONE out
		b.ended = true
		if d.err != nil && d.truncatedAtStart() {
			d.err = nil
		}
		return false, d.err
	}
	switch token := d.u8(); token {
	case tokenRow:
		for i := range b.Columns {
			b.cell(cells, i)
		}
	case tokenNBCRow:
		bitmap := slices.Clone(d.take((len(b.Columns) + 7) / 8))
		for i := range b.Columns {
			if d.err == nil && bitmap[i/8]&(1<<(i%8)) != 0 {
				cells[i] = Cell{Null: true}
				continue
			}
			b.cell(cells, i)
		}
	case tokenDone:
		d.take(12)
		b.ended = true
		return false, d.err
	default:
		d.fail(ReasonMalformed, "token %#02x among the rows of a bulk load", token)
	}
	return d.err == nil, d.err
}

// cell reads a column's value.
func (b *BulkLoad) cell(cells []Cell, column int) {
	if b.d.err == nil {
		b.at = column
		cells[column].Data, cells[column].Null = b.d.value(&b.Columns[column].Type, inRow)
	}
}
