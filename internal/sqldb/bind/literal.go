package bind

import (
	"encoding/hex"
	"strconv"
	"strings"

	"github.com/alcedo-cloud/alcedo/internal/sqldb/plan"
	"github.com/alcedo-cloud/alcedo/internal/sqldb/value"
	"github.com/alcedo-cloud/alcedo/internal/tsql"
)

// Lengths up to which strings and binary have a type with a length.
const (
	maxBytes = 8000
	maxUnits = 4000
)

func constant(v value.Value, t value.Type) *plan.Const {
	return &plan.Const{Typed: plan.Typed{T: t}, V: v}
}

func null() *plan.Const { return constant(value.Null(), value.Type{ID: value.Void, Nullable: true}) }

func typed(id value.ID) value.Type { return value.Of(id).WithNullable(false) }

// literal types a constant as SQL Server does: integers are int and then decimal, numbers with a point are decimals of
// just their digits, strings have their own length.
func (b *binder) literal(x *tsql.Literal, negative bool) (plan.Expr, error) {
	switch x.Kind {
	case tsql.IntegerLiteral:
		return integer(x, negative)
	case tsql.DecimalLiteral:
		return decimal(x, negative)
	case tsql.FloatLiteral:
		return float(x, negative)
	case tsql.MoneyLiteral:
		return money(x, negative)
	case tsql.StringLiteral:
		text, size := x.Text, len(x.Text)
		if !value.IsASCII(text) {
			// What the code page of the database lacks is lost before anything is done with it.
			page := b.collation().Encode(nil, text)
			text, size = b.collation().Decode(string(page)), len(page)
		}
		return constant(value.OfString(text), value.Type{ID: value.VarChar, Length: length(size, maxBytes)}), nil
	case tsql.NStringLiteral:
		t := value.Type{ID: value.NVarChar, Length: length(value.UTF16Len(x.Text), maxUnits)}
		return constant(value.OfString(x.Text), t), nil
	case tsql.BinaryLiteral:
		return binary(x)
	}
	return null(), nil
}

func length(n, most int) int32 {
	if n > most {
		return value.Max
	}
	return int32(max(n, 1))
}

func integer(x *tsql.Literal, negative bool) (plan.Expr, error) {
	if len(x.Text) < 19 {
		if n, err := strconv.ParseInt(x.Text, 10, 64); err == nil {
			if negative {
				n = -n
			}
			if int64(int32(n)) == n {
				t := typed(value.Int)
				t.Precision = uint8(max(len(strings.TrimLeft(x.Text, "0")), 1))
				return constant(value.OfInt(n), t), nil
			}
		}
	}
	return decimal(x, negative)
}

func decimal(x *tsql.Literal, negative bool) (plan.Expr, error) {
	whole, fraction, _ := strings.Cut(x.Text, ".")
	whole = strings.TrimLeft(whole, "0")
	scale := len(fraction)
	precision := max(len(whole)+scale, 1)
	if precision > 38 {
		return nil, fail(x.At, 1007, 15, 1, "The number '%s' is out of the range for numeric representation (maximum precision 38).", x.Text)
	}
	n, ok := value.ParseInt128("0" + whole + fraction)
	if !ok {
		return nil, fail(x.At, 102, 15, 1, "Incorrect syntax near '%s'.", x.Text)
	}
	if negative {
		n = n.Neg()
	}
	t := value.DecimalOf(uint8(precision), uint8(scale)).WithNullable(false)
	t.Length = 1 // numeric, and not decimal
	return constant(value.OfDecimal(n, uint8(scale)), t), nil
}

func float(x *tsql.Literal, negative bool) (plan.Expr, error) {
	text := strings.TrimRight(x.Text, "eE+-")
	f, err := strconv.ParseFloat(text, 64)
	if err != nil {
		return nil, fail(x.At, 168, 15, 1, "The floating point value '%s' is out of the range of computer representation (8 bytes).", x.Text)
	}
	if negative {
		f = -f
	}
	return constant(value.OfFloat(f), typed(value.Float)), nil
}

func money(x *tsql.Literal, negative bool) (plan.Expr, error) {
	text := strings.ReplaceAll(x.Text, ",", "")
	if negative {
		text = "-" + text
	}
	v, err := value.Convert(value.OfString(text), value.Sized(value.VarChar, maxBytes), value.Of(value.Money), value.NoStyle)
	if err != nil {
		return nil, at(x.At, err)
	}
	return constant(v, typed(value.Money)), nil
}

func binary(x *tsql.Literal) (plan.Expr, error) {
	text := x.Text
	if len(text)%2 == 1 {
		text = "0" + text
	}
	raw, err := hex.DecodeString(text)
	if err != nil {
		return nil, fail(x.At, 102, 15, 1, "Incorrect syntax near '0x%s'.", x.Text)
	}
	t := value.Type{ID: value.VarBinary, Length: length(len(raw), maxBytes)}
	return constant(value.OfByteSlice(raw), t), nil
}
