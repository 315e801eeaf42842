package function

import (
	"math"

	"github.com/alcedo-cloud/alcedo/internal/sqldb/value"
)

// writtenRule is the type of a column that can be written in parts.
func writtenRule(args []value.Type) (value.Type, error) {
	if args[0].IsBinary() {
		return value.Sized(value.VarBinary, value.Max).WithNullable(true), nil
	}
	return unlimited.WithNullable(true), nil
}

// columnWrite is column.WRITE(expression, @offset, @length) of UPDATE: the column's value, with @length characters or
// bytes from @offset on replaced. Without an offset the expression is appended, without a length it replaces all behind
// the offset, and without an expression the value is cut off there. The last argument is the column's name.
func columnWrite(c *call) value.Value {
	if c.args[0].IsNull() {
		return c.fail(value.Errorf(5302, 16, 1, "Mutator 'WRITE()' on '%s' cannot be called on a null value.", c.text(4)))
	}
	binary := c.types[0].IsBinary()
	take := func(s string, from, n int64) string {
		if binary {
			from = min(from, int64(len(s)))
			return s[from:min(int64(len(s)), from+n)]
		}
		return c.slice(0, s, int(from), int(n))
	}
	bytes := func(i int) string {
		if binary {
			return c.as(i, value.Sized(value.VarBinary, value.Max)).Text()
		}
		return c.text(i)
	}
	old, with := bytes(0), ""
	size := int64(len(old))
	if !binary {
		size = int64(c.units(0, old))
	}
	offset, length := size, int64(math.MaxInt32)
	switch {
	case c.args[2].IsNull():
		length = 0
	default:
		offset = c.bigInt(2)
		if !c.args[3].IsNull() {
			length = c.bigInt(3)
		}
	}
	if c.err != nil {
		return value.Null()
	}
	if offset < 0 || offset > size {
		return c.fail(value.Errorf(7116, 16, 1, "Offset %d is not in the range of available LOB data.", offset))
	}
	if length < 0 {
		return c.fail(value.Errorf(7135, 16, 1, "Deletion length %d is not in the range of available text, ntext, or image data.", length))
	}
	if c.args[1].IsNull() {
		length = math.MaxInt32
	} else {
		with = bytes(1)
	}
	after := offset + min(length, size-offset)
	if !c.grown(int64(len(old)) + int64(len(with))) {
		return value.Null()
	}
	out := take(old, 0, offset) + with + take(old, after, size-after)
	if binary {
		return value.OfBytes(out)
	}
	return value.OfString(out)
}
