package tds

import (
	"github.com/alcedo-cloud/alcedo/internal/sqldb/collate"
	"github.com/alcedo-cloud/alcedo/internal/sqldb/plan"
	"github.com/alcedo-cloud/alcedo/internal/sqldb/value"
	wire "github.com/alcedo-cloud/alcedo/internal/wire/tds"
)

// column is how a result's column is sent.
type column struct {
	info      wire.TypeInfo
	encode    encoder
	never     bool               // the wire's type has no NULL
	long      bool               // values may be sent in chunks
	collation *collate.Collation // of char and varchar
}

// userTypeTimestamp tells clients that a binary(8) is a rowversion.
const userTypeTimestamp = 80

// describe gives the wire's form of a result's column. Strings without a collation have the standard one.
func describe(c *plan.Column, standard *collate.Collation) (wire.Column, column) {
	out := wire.Column{Name: c.Name}
	if c.Type.Nullable || c.Type.ID == value.Void {
		out.Flags |= wire.ColumnNullable
	}
	switch {
	case c.Hidden:
		out.Flags |= wire.ColumnHidden
	case c.Identity:
		out.Flags |= wire.ColumnIdentity
	case c.Computed || c.Source == nil:
		out.Flags |= wire.ColumnComputed
	default:
		out.Flags |= wire.ColumnMayUpdate
	}
	if c.Type.ID == value.RowVersion {
		out.UserType = userTypeTimestamp
	}
	t := c.Type
	if t.Collation == nil {
		t.Collation = standard
	}
	if t.IsString() && !t.Collation.IgnoresCase() {
		out.Flags |= wire.ColumnCaseSensitive
	}
	out.Type = typeInfo(t)
	if isLong(out.Type.ID) && c.Source != nil {
		out.Table = []string{c.Source.Table.Name}
	}
	made := column{info: out.Type, long: out.Type.PLP(), encode: encoderOf(t, out.Type)}
	made.never = !c.Type.Nullable && fixed(out.Type.ID)
	if t.ID == value.Char || t.ID == value.VarChar || t.ID == value.Text {
		made.collation = t.Collation
	}
	return out, made
}

func isLong(id wire.TypeID) bool {
	return id == wire.TypeText || id == wire.TypeNText || id == wire.TypeImage
}

// numeric are the types of numbers and of times that have a form for columns without NULL, and one for others.
var numeric = map[value.ID]struct {
	fixed, nullable wire.TypeID
	size            int32
}{
	value.Bit:           {wire.TypeBit, wire.TypeBitN, 1},
	value.TinyInt:       {wire.TypeInt1, wire.TypeIntN, 1},
	value.SmallInt:      {wire.TypeInt2, wire.TypeIntN, 2},
	value.Int:           {wire.TypeInt4, wire.TypeIntN, 4},
	value.BigInt:        {wire.TypeInt8, wire.TypeIntN, 8},
	value.SmallMoney:    {wire.TypeMoney4, wire.TypeMoneyN, 4},
	value.Money:         {wire.TypeMoney, wire.TypeMoneyN, 8},
	value.Real:          {wire.TypeFloat4, wire.TypeFloatN, 4},
	value.Float:         {wire.TypeFloat8, wire.TypeFloatN, 8},
	value.SmallDateTime: {wire.TypeDateTime4, wire.TypeDateTimeN, 4},
	value.DateTime:      {wire.TypeDateTime, wire.TypeDateTimeN, 8},
}

// fixed reports whether values of a type of the wire have no length, and so no NULL.
func fixed(id wire.TypeID) bool {
	for _, n := range numeric {
		if n.fixed == id {
			return true
		}
	}
	return false
}

// typeInfo is the wire's name of a type; its collation must be set.
func typeInfo(t value.Type) wire.TypeInfo {
	if n, ok := numeric[t.ID]; ok {
		if t.Nullable {
			return wire.TypeInfo{ID: n.nullable, Size: n.size}
		}
		return wire.TypeInfo{ID: n.fixed, Size: n.size}
	}
	switch t.ID {
	case value.Decimal:
		id := wire.TypeDecimalN
		if t.Name() == "numeric" {
			id = wire.TypeNumericN
		}
		return wire.TypeInfo{ID: id, Size: wire.DecimalSize(t.Precision), Precision: t.Precision, Scale: t.Scale}
	case value.Date:
		return wire.TypeInfo{ID: wire.TypeDateN, Size: 3}
	case value.Time:
		return wire.TypeInfo{ID: wire.TypeTimeN, Scale: t.Scale}
	case value.DateTime2:
		return wire.TypeInfo{ID: wire.TypeDateTime2N, Scale: t.Scale}
	case value.DateTimeOffset:
		return wire.TypeInfo{ID: wire.TypeDateTimeOffsetN, Scale: t.Scale}
	case value.UniqueIdentifier:
		return wire.TypeInfo{ID: wire.TypeGUID, Size: 16}
	case value.XML:
		return wire.TypeInfo{ID: wire.TypeXML, Size: wire.Max}
	case value.Variant:
		return wire.TypeInfo{ID: wire.TypeVariant, Size: 8009}
	case value.RowVersion:
		return wire.TypeInfo{ID: wire.TypeBigBinary, Size: 8}
	case value.Void:
		return wire.TypeInfo{ID: wire.TypeIntN, Size: 4}
	}
	return stringInfo(t)
}

// stringInfo is typeInfo of characters and bytes. A length of 0 goes as 1: no type has it.
func stringInfo(t value.Type) wire.TypeInfo {
	sized := func(id wire.TypeID, unit int32) wire.TypeInfo {
		out := wire.TypeInfo{ID: id, Size: wire.Max, Collation: t.Collation.TDS()}
		if t.Length != value.Max {
			out.Size = max(t.Length, 1) * unit
		}
		return out
	}
	const most = 0x7FFFFFFF
	switch t.ID {
	case value.Char:
		return sized(wire.TypeBigChar, 1)
	case value.VarChar:
		return sized(wire.TypeBigVarChar, 1)
	case value.NChar:
		return sized(wire.TypeNChar, 2)
	case value.NVarChar:
		return sized(wire.TypeNVarChar, 2)
	case value.Binary:
		return sized(wire.TypeBigBinary, 1)
	case value.VarBinary:
		return sized(wire.TypeBigVarBinary, 1)
	case value.Text:
		return wire.TypeInfo{ID: wire.TypeText, Size: most, Collation: t.Collation.TDS()}
	case value.NText:
		return wire.TypeInfo{ID: wire.TypeNText, Size: most - 1, Collation: t.Collation.TDS()}
	default: // Image
		return wire.TypeInfo{ID: wire.TypeImage, Size: most}
	}
}
