package tds

import (
	"github.com/alcedo-cloud/alcedo/internal/fault"
	"github.com/alcedo-cloud/alcedo/internal/sqldb"
	"github.com/alcedo-cloud/alcedo/internal/sqldb/collate"
	"github.com/alcedo-cloud/alcedo/internal/sqldb/plan"
	"github.com/alcedo-cloud/alcedo/internal/sqldb/value"
	wire "github.com/alcedo-cloud/alcedo/internal/wire/tds"
)

// argument makes the service's argument of a parameter. Nothing of it aliases the message.
func argument(p *wire.Parameter, ordinal int) (sqldb.Argument, error) {
	out := sqldb.Argument{Name: p.Name, Output: p.Output, Default: p.Default}
	if p.Table != nil {
		table, err := tableArgument(p.Table)
		if err != nil {
			return out, parameterRefused(ordinal+1, p.Name, err)
		}
		out.Table = table
		return out, nil
	}
	t, decode, err := typeOf(&p.Type)
	if err == nil && !p.Null {
		out.Value, err = decode(p.Data)
	}
	if err != nil {
		return out, parameterRefused(ordinal+1, p.Name, err)
	}
	out.Type = t
	return out, nil
}

func tableArgument(t *wire.Table) (*sqldb.TableArgument, error) {
	out := &sqldb.TableArgument{Schema: t.Schema, Type: t.Type}
	columns, decoders, err := planColumns(t.Columns)
	if err != nil {
		return nil, err
	}
	out.Columns = columns
	out.Rows = make([][]value.Value, len(t.Rows))
	for i, row := range t.Rows {
		out.Rows[i] = make([]value.Value, len(row))
		if _, err := decodeRow(out.Rows[i], row, decoders); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// planColumns gives the columns of a stream of rows, and how their values are read. With an error it gives the columns
// before the one at fault.
func planColumns(columns []wire.Column) ([]plan.Column, []decoder, error) {
	out, decoders := make([]plan.Column, len(columns)), make([]decoder, len(columns))
	for i := range columns {
		t, decode, err := typeOf(&columns[i].Type)
		if err != nil {
			return out[:i], nil, err
		}
		t.Nullable = columns[i].Flags&wire.ColumnNullable != 0
		out[i] = plan.Column{Name: columns[i].Name, Type: t, Identity: columns[i].Flags&wire.ColumnIdentity != 0}
		decoders[i] = decode
	}
	return out, decoders, nil
}

// decodeRow makes the values of a row. With an error it tells the column.
func decodeRow(dst []value.Value, row []wire.Cell, decoders []decoder) (column int, err error) {
	for i := range row {
		if row[i].Null {
			dst[i] = value.Null()
			continue
		}
		if dst[i], err = decoders[i](row[i].Data); err != nil {
			return i, err
		}
	}
	return 0, nil
}

// notInstance is the name of a type that bytes are no value of.
type notInstance string

func (n notInstance) Error() string { return "no valid instance of " + string(n) }

// decoder makes a value of the bytes of one that is not NULL.
type decoder func(b []byte) (value.Value, error)

// typeOf is the type that the wire names, and how its values are read. Strings have no collation of their own here: the
// database's counts, and the wire's says the code page only.
func typeOf(info *wire.TypeInfo) (value.Type, decoder, error) {
	if t, d, ok := numberOf(info); ok {
		return t, d, nil
	}
	if t, d, ok := timeOf(info); ok {
		return t, d, nil
	}
	t := value.Type{Length: info.Size, Nullable: true} // wire.Max is value.Max
	if info.Unicode() && info.Size != wire.Max {
		t.Length = info.Size / 2
	}
	switch info.ID {
	case wire.TypeBigVarChar, wire.TypeVarChar:
		t.ID = value.VarChar
	case wire.TypeBigChar, wire.TypeChar:
		t.ID = value.Char
	case wire.TypeText:
		t.ID = value.Text
	case wire.TypeNVarChar:
		t.ID = value.NVarChar
	case wire.TypeNChar:
		t.ID = value.NChar
	case wire.TypeNText:
		t.ID = value.NText
	case wire.TypeXML:
		t.ID, t.Length = value.XML, value.Max
		return t, decodeXML, nil
	case wire.TypeBigVarBinary, wire.TypeVarBinary:
		t.ID = value.VarBinary
	case wire.TypeBigBinary, wire.TypeBinary:
		t.ID = value.Binary
	case wire.TypeImage:
		t.ID = value.Image
	case wire.TypeVariant:
		return value.Type{ID: value.Variant, Nullable: true}, decodeVariant, nil
	case wire.TypeNull:
		return value.Type{ID: value.Void, Nullable: true}, func([]byte) (value.Value, error) { return value.Null(), nil }, nil
	default:
		return t, nil, fault.Newf(fault.Invalid, "front/tds", wire.ReasonUnsupported, "data type 0x%02X is unknown", uint8(info.ID))
	}
	if t.ID == value.Text || t.ID == value.NText || t.ID == value.Image {
		t.Length = 0
	}
	return t, stringDecoder(t, info), nil
}

func stringDecoder(t value.Type, info *wire.TypeInfo) decoder {
	switch {
	case info.Unicode():
		return func(b []byte) (value.Value, error) { return value.OfString(wire.DecodeText(b)), nil }
	case t.ID == value.VarBinary || t.ID == value.Binary || t.ID == value.Image:
		return func(b []byte) (value.Value, error) { return value.OfByteSlice(b), nil }
	}
	c, ok := collate.ByTDS(info.Collation)
	if !ok {
		c = collate.Default() // FreeTDS sends zeros for the server's
	}
	return func(b []byte) (value.Value, error) {
		s := string(b)
		if ascii(s) {
			return value.OfString(s), nil
		}
		return value.OfString(c.Decode(s)), nil
	}
}

// numberOf is typeOf of numbers and uniqueidentifier.
func numberOf(info *wire.TypeInfo) (value.Type, decoder, bool) {
	t := value.Type{Nullable: true}
	switch info.ID {
	case wire.TypeBit, wire.TypeBitN:
		t.ID = value.Bit
		return t, func(b []byte) (value.Value, error) { return value.OfBool(b[0] != 0), nil }, true
	case wire.TypeInt1, wire.TypeInt2, wire.TypeInt4, wire.TypeInt8, wire.TypeIntN:
		t.ID = map[int32]value.ID{1: value.TinyInt, 2: value.SmallInt, 4: value.Int, 8: value.BigInt}[info.Size]
		return t, func(b []byte) (value.Value, error) { return value.OfInt(wire.Signed(b)), nil }, true
	case wire.TypeFloat4, wire.TypeFloat8, wire.TypeFloatN:
		if t.ID = value.Float; info.Size == 4 {
			t.ID = value.Real
		}
		return t, decodeFloat, true
	case wire.TypeMoney4, wire.TypeMoney, wire.TypeMoneyN:
		if t.ID = value.Money; info.Size == 4 {
			t.ID = value.SmallMoney
		}
		return t, func(b []byte) (value.Value, error) { return value.OfMoney(wire.Money(b)), nil }, true
	case wire.TypeDecimal, wire.TypeNumeric, wire.TypeDecimalN, wire.TypeNumericN:
		t.ID, t.Precision, t.Scale = value.Decimal, info.Precision, info.Scale
		if info.ID == wire.TypeNumericN || info.ID == wire.TypeNumeric {
			t = t.AsNumeric()
		}
		return t, decimalDecoder(info.Precision, info.Scale), true
	case wire.TypeGUID:
		t.ID = value.UniqueIdentifier
		return t, func(b []byte) (value.Value, error) { return value.OfGUID([16]byte(b)), nil }, true
	}
	return t, nil, false
}

// decodeFloat refuses what no float of SQL Server is.
func decodeFloat(b []byte) (value.Value, error) {
	f := wire.Float(b)
	if f-f != 0 { // NaN or an infinity
		return value.Value{}, notInstance("float")
	}
	return value.OfFloat(f), nil
}

func decimalDecoder(precision, scale uint8) decoder {
	limit := value.Pow10(int(precision))
	return func(b []byte) (value.Value, error) {
		hi, lo, negative := wire.Decimal(b)
		n := value.Int128{Hi: int64(hi), Lo: lo}
		if n.Hi < 0 || n.Cmp(limit) >= 0 {
			return value.Value{}, notInstance("numeric")
		}
		if negative {
			n = n.Neg()
		}
		return value.OfDecimal(n, scale), nil
	}
}

func decodeVariant(b []byte) (value.Value, error) {
	info, data, err := wire.DecodeVariant(b)
	if err != nil {
		return value.Value{}, err
	}
	t, decode, err := typeOf(&info)
	if err != nil {
		return value.Value{}, err
	}
	v, err := decode(data)
	return value.OfVariant(v, t), err
}

// decodeXML reads UTF-16 with or without its mark, and UTF-8 where the text begins as no UTF-16 does.
func decodeXML(b []byte) (value.Value, error) {
	switch {
	case len(b) >= 2 && b[0] == 0xFF && b[1] == 0xFE:
		return value.OfString(wire.DecodeText(b[2:])), nil
	case len(b) >= 2 && b[0] == '<' && b[1] != 0 || len(b)%2 != 0:
		return value.OfString(string(b)), nil
	}
	return value.OfString(wire.DecodeText(b)), nil
}
