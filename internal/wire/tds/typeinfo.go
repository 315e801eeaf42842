package tds

import "math"

// TypeID is the first byte of TYPE_INFO (MS-TDS 2.2.5.4).
type TypeID uint8

// The types. Those whose name ends in N carry a length in each value, and 0 is NULL; those without are for columns that
// are never NULL.
const (
	TypeNull            TypeID = 0x1F
	TypeInt1            TypeID = 0x30
	TypeBit             TypeID = 0x32
	TypeInt2            TypeID = 0x34
	TypeInt4            TypeID = 0x38
	TypeDateTime4       TypeID = 0x3A // smalldatetime
	TypeFloat4          TypeID = 0x3B
	TypeMoney           TypeID = 0x3C
	TypeDateTime        TypeID = 0x3D
	TypeFloat8          TypeID = 0x3E
	TypeMoney4          TypeID = 0x7A
	TypeInt8            TypeID = 0x7F
	TypeGUID            TypeID = 0x24
	TypeIntN            TypeID = 0x26
	TypeDateN           TypeID = 0x28
	TypeTimeN           TypeID = 0x29
	TypeDateTime2N      TypeID = 0x2A
	TypeDateTimeOffsetN TypeID = 0x2B
	TypeDecimal         TypeID = 0x37 // of TDS 4.2
	TypeNumeric         TypeID = 0x3F // of TDS 4.2
	TypeBitN            TypeID = 0x68
	TypeDecimalN        TypeID = 0x6A
	TypeNumericN        TypeID = 0x6C
	TypeFloatN          TypeID = 0x6D
	TypeMoneyN          TypeID = 0x6E
	TypeDateTimeN       TypeID = 0x6F
	TypeChar            TypeID = 0x2F // of TDS 4.2
	TypeVarChar         TypeID = 0x27 // of TDS 4.2
	TypeBinary          TypeID = 0x2D // of TDS 4.2
	TypeVarBinary       TypeID = 0x25 // of TDS 4.2
	TypeBigVarBinary    TypeID = 0xA5
	TypeBigVarChar      TypeID = 0xA7
	TypeBigBinary       TypeID = 0xAD
	TypeBigChar         TypeID = 0xAF
	TypeNVarChar        TypeID = 0xE7
	TypeNChar           TypeID = 0xEF
	TypeText            TypeID = 0x23
	TypeImage           TypeID = 0x22
	TypeNText           TypeID = 0x63
	TypeVariant         TypeID = 0x62
	TypeUDT             TypeID = 0xF0
	TypeXML             TypeID = 0xF1
	TypeTable           TypeID = 0xF3
)

// Max is the Size of types that are partially length-prefixed: varchar(max), nvarchar(max), varbinary(max).
const Max = -1

// MaxValue is the most bytes of one value that decoders take.
const MaxValue = 256 << 20

// Collation is as the wire has it: LCID, flags and version in four bytes, little-endian, and the sort id.
type Collation [5]byte

// TypeInfo is TYPE_INFO: a type with all that the wire says of it.
type TypeInfo struct {
	ID        TypeID
	Size      int32 // most bytes of a value, or Max
	Precision uint8 // of decimals
	Scale     uint8 // of decimals and times
	Collation Collation
	UDT       string // [database.][schema.]type
}

// PLP reports whether values are partially length-prefixed (MS-TDS 2.2.5.2.3).
func (t *TypeInfo) PLP() bool {
	return t.ID == TypeXML || t.ID == TypeUDT || t.Size == Max
}

// Unicode reports whether values are UTF-16.
func (t *TypeInfo) Unicode() bool {
	return t.ID == TypeNVarChar || t.ID == TypeNChar || t.ID == TypeNText || t.ID == TypeXML
}

// class says how a type's values are laid out.
type class uint8

const (
	classUnknown class = iota
	classFixed         // Size bytes
	classByte          // a byte of length; 0 is NULL
	classShort         // two bytes of length; 0xFFFF is NULL
	classLong          // four bytes of length; -1 is NULL, and a text pointer before it in rows
	classVariant       // four bytes of length; 0 is NULL
	classPLP
)

// fixedSize is the length of a fixed type's values, and whether it is one.
func (id TypeID) fixedSize() (int32, bool) {
	switch id {
	case TypeNull:
		return 0, true
	case TypeInt1, TypeBit:
		return 1, true
	case TypeInt2:
		return 2, true
	case TypeInt4, TypeDateTime4, TypeFloat4, TypeMoney4:
		return 4, true
	case TypeInt8, TypeDateTime, TypeFloat8, TypeMoney:
		return 8, true
	}
	return 0, false
}

func (t *TypeInfo) class() class {
	switch t.ID {
	case TypeNull, TypeInt1, TypeBit, TypeInt2, TypeInt4, TypeDateTime4, TypeFloat4, TypeMoney4, TypeInt8, TypeDateTime,
		TypeFloat8, TypeMoney:
		return classFixed
	case TypeGUID, TypeIntN, TypeDateN, TypeTimeN, TypeDateTime2N, TypeDateTimeOffsetN, TypeDecimal, TypeNumeric,
		TypeBitN, TypeDecimalN, TypeNumericN, TypeFloatN, TypeMoneyN, TypeDateTimeN, TypeChar, TypeVarChar, TypeBinary,
		TypeVarBinary:
		return classByte
	case TypeBigVarBinary, TypeBigVarChar, TypeBigBinary, TypeBigChar, TypeNVarChar, TypeNChar:
		if t.Size == Max {
			return classPLP
		}
		return classShort
	case TypeXML, TypeUDT:
		return classPLP
	case TypeText, TypeNText, TypeImage:
		return classLong
	case TypeVariant:
		return classVariant
	}
	return classUnknown
}

// typeInfo reads TYPE_INFO. A UDT's differs between parameters and columns; in neither does alcedo need the rest.
func (d *decoder) typeInfo() TypeInfo {
	t := TypeInfo{ID: TypeID(d.u8())}
	if d.err != nil {
		return t
	}
	switch t.class() {
	case classFixed:
		t.Size, _ = t.ID.fixedSize()
	case classByte:
		d.byteType(&t)
	case classShort:
		d.shortType(&t)
	case classLong, classVariant:
		t.Size = int32(d.u32() & math.MaxInt32) // -1 is said for no limit
		if t.ID == TypeText || t.ID == TypeNText {
			copy(t.Collation[:], d.take(5))
		}
	case classPLP:
		d.plpType(&t)
	default:
		if t.ID == TypeTable {
			d.fail(ReasonUnsupported, "table-valued parameters are not supported")
		} else {
			d.fail(ReasonUnsupported, "data type 0x%02X is unknown", uint8(t.ID))
		}
	}
	return t
}

// byteType reads the rest of a type whose values have a byte of length.
func (d *decoder) byteType(t *TypeInfo) {
	switch t.ID {
	case TypeDateN:
		t.Size = 3
		return
	case TypeTimeN, TypeDateTime2N, TypeDateTimeOffsetN:
		if t.Scale = d.u8(); t.Scale > 7 {
			d.fail(ReasonMalformed, "a time of scale %d", t.Scale)
		}
		t.Size = int32(t.timeSize())
		return
	}
	t.Size = int32(d.u8())
	ok := true
	switch t.ID {
	case TypeGUID:
		ok = t.Size == 16 || t.Size == 0
	case TypeIntN:
		ok = t.Size == 1 || t.Size == 2 || t.Size == 4 || t.Size == 8
	case TypeBitN:
		ok = t.Size == 1
	case TypeFloatN, TypeMoneyN, TypeDateTimeN:
		ok = t.Size == 4 || t.Size == 8
	case TypeDecimal, TypeNumeric, TypeDecimalN, TypeNumericN:
		t.Precision, t.Scale = d.u8(), d.u8()
		ok = t.Size <= 17 && t.Precision >= 1 && t.Precision <= 38 && t.Scale <= t.Precision
	}
	if !ok {
		d.fail(ReasonMalformed, "type %#02x cannot have %d bytes", uint8(t.ID), t.Size)
	}
}

// timeSize is the length of a time, datetime2 or datetimeoffset of the type's scale.
func (t *TypeInfo) timeSize() int {
	n := 5
	switch {
	case t.Scale <= 2:
		n = 3
	case t.Scale <= 4:
		n = 4
	}
	switch t.ID {
	case TypeDateTime2N:
		n += 3
	case TypeDateTimeOffsetN:
		n += 5
	}
	return n
}

// shortType reads the rest of a type whose values have two bytes of length, or are PLP.
func (d *decoder) shortType(t *TypeInfo) {
	t.Size = int32(d.u16())
	if t.Size == 0xFFFF {
		t.Size = Max
	} else if t.Size > 8000 {
		d.fail(ReasonMalformed, "type %#02x cannot have %d bytes", uint8(t.ID), t.Size)
	}
	switch t.ID {
	case TypeBigVarChar, TypeBigChar, TypeNVarChar, TypeNChar:
		copy(t.Collation[:], d.take(5))
	}
}

// plpType reads the rest of xml and of a user-defined type.
func (d *decoder) plpType(t *TypeInfo) {
	t.Size = Max
	if t.ID == TypeXML {
		if d.u8() != 0 { // a schema collection: database, schema, name
			d.bVarChar()
			d.bVarChar()
			d.usVarChar()
		}
		return
	}
	for range 3 {
		if part := d.bVarChar(); part != "" {
			if t.UDT != "" {
				t.UDT += "."
			}
			t.UDT += part
		}
	}
}

// AppendTypeInfo appends TYPE_INFO.
func AppendTypeInfo(dst []byte, t *TypeInfo) []byte {
	dst = append(dst, byte(t.ID))
	switch t.class() {
	case classByte:
		switch t.ID {
		case TypeDateN:
		case TypeTimeN, TypeDateTime2N, TypeDateTimeOffsetN:
			dst = append(dst, t.Scale)
		case TypeDecimal, TypeNumeric, TypeDecimalN, TypeNumericN:
			dst = append(dst, byte(t.Size), t.Precision, t.Scale)
		default:
			dst = append(dst, byte(t.Size))
		}
	case classShort, classPLP:
		if t.ID == TypeXML {
			return append(dst, 0)
		}
		if t.ID == TypeUDT {
			return append(dst, 0, 0, 0)
		}
		dst = append(dst, byte(t.Size), byte(t.Size>>8)) // Max is 0xFFFF
		switch t.ID {
		case TypeBigVarChar, TypeBigChar, TypeNVarChar, TypeNChar:
			dst = append(dst, t.Collation[:]...)
		}
	case classLong, classVariant:
		dst = append(dst, byte(t.Size), byte(t.Size>>8), byte(t.Size>>16), byte(t.Size>>24))
		if t.ID == TypeText || t.ID == TypeNText {
			dst = append(dst, t.Collation[:]...)
		}
	}
	return dst
}

// DecimalSize is the length of a decimal's value by its precision, the sign's byte included.
func DecimalSize(precision uint8) int32 {
	switch {
	case precision <= 9:
		return 5
	case precision <= 19:
		return 9
	case precision <= 28:
		return 13
	}
	return 17
}
