package function

import (
	"strings"

	"github.com/alcedo-cloud/alcedo/internal/sqldb/collate"
	"github.com/alcedo-cloud/alcedo/internal/sqldb/value"
)

// choiceFunctions choose among their arguments, or say what one is.
func choiceFunctions() []Function {
	return []Function{
		{Name: "ISNULL", Min: 2, Max: 2, Result: isNullRule, Eval: lenient(isNull), Deterministic: true},
		{Name: "CHOOSE", Min: 2, Max: 254, Result: chosenType, Eval: lenient(choose), Deterministic: true},
		{Name: "GREATEST", Min: 1, Max: 254, Result: commonType(0), Eval: lenient(outermost(1)), Deterministic: true},
		{Name: "LEAST", Min: 1, Max: 254, Result: commonType(0), Eval: lenient(outermost(-1)), Deterministic: true},
		{Name: "ISNUMERIC", Min: 1, Max: 1, Result: never(integer), Eval: lenient(isNumeric), Deterministic: true},
		{Name: "SQL_VARIANT_PROPERTY", Min: 2, Max: 2, Result: maybe(value.Of(value.Variant)), Eval: strict(variantProperty), Deterministic: true},
	}
}

// isNullRule is the type of the first argument, to which the second converts.
func isNullRule(args []value.Type) (value.Type, error) {
	t := value.ForVariable(args[0])
	if t.ID == value.Void {
		t = value.ForVariable(args[1])
	}
	if !value.Implicit(args[1], t) {
		return value.Type{}, value.NotImplicit(args[1], t)
	}
	return t.WithNullable(args[0].Nullable && args[1].Nullable), nil
}

func isNull(c *call) value.Value {
	if !c.args[0].IsNull() {
		return c.args[0]
	}
	if c.types[0].ID == value.Void {
		return c.args[1]
	}
	return c.as(1, c.types[0])
}

// commonType is the type of highest precedence among the arguments from a position on.
func commonType(from int) resultRule {
	return func(args []value.Type) (value.Type, error) {
		t := args[from]
		for _, a := range args[from+1:] {
			var err error
			if t, err = value.Common(t, a); err != nil {
				return value.Type{}, err
			}
		}
		return value.ForVariable(t).WithNullable(anyNullable(args)), nil
	}
}

func chosenType(args []value.Type) (value.Type, error) {
	if !value.Implicit(args[0], integer) {
		return value.Type{}, badArgument(args[0], 1, "choose")
	}
	t, err := commonType(1)(args)
	return t.WithNullable(true), err
}

func choose(c *call) value.Value {
	if c.args[0].IsNull() {
		return value.Null()
	}
	n := c.int(0)
	if c.err != nil || n < 1 || n >= int64(len(c.args)) {
		return value.Null()
	}
	t, err := chosenType(c.types)
	if err != nil {
		return c.fail(err)
	}
	return c.as(int(n), t)
}

// outermost is GREATEST (sign 1) or LEAST (-1); NULLs do not count.
func outermost(sign int) func(c *call) value.Value {
	return func(c *call) value.Value {
		t, err := commonType(0)(c.types)
		if err != nil {
			return c.fail(err)
		}
		compare := value.Comparer(t)
		out := value.Null()
		for i := range c.args {
			if v := c.as(i, t); !v.IsNull() && (out.IsNull() || compare(v, out)*sign > 0) {
				out = v
			}
		}
		return out
	}
}

// isNumeric is 1 for what converts to one of the numeric types, signs and currency alone included.
func isNumeric(c *call) value.Value {
	t := c.types[0]
	switch {
	case c.args[0].IsNull():
		return value.OfInt(0)
	case t.IsNumeric():
		return value.OfBool(true)
	case !t.IsString():
		return value.OfInt(0)
	}
	switch s := strings.TrimSpace(c.args[0].Text()); s {
	case "":
		return value.OfInt(0)
	case "+", "-", ".", ",", "$", "£", "€", "¥", "+.", "-.":
		return value.OfInt(1)
	}
	for _, to := range []value.Type{double, value.Of(value.Money), value.DecimalOf(38, 0)} {
		if _, err := value.Convert(c.args[0], t, to, value.NoStyle); err == nil {
			return value.OfInt(1)
		}
	}
	return value.OfInt(0)
}

func variantProperty(c *call) value.Value {
	v, t := c.args[0], c.types[0]
	if t.ID == value.Variant {
		v, t = v.Variant()
	}
	number := func(n int) value.Value { return value.OfVariant(value.OfInt(int64(n)), integer) }
	name := func(s string) value.Value {
		return value.OfVariant(value.OfString(s), value.Sized(value.NVarChar, 128))
	}
	switch strings.ToLower(c.text(1)) {
	case "basetype":
		return name(t.Name())
	case "precision":
		return number(t.DisplayPrecision())
	case "scale":
		return number(t.DisplayScale())
	case "totalbytes":
		return number(t.MaxLength() + 2)
	case "maxlength":
		return number(t.MaxLength())
	case "collation":
		if t.IsString() && !v.IsNull() {
			return name(t.Collate().Name())
		}
	}
	return value.Null()
}

func lookupCollation(name string) (*collate.Collation, bool) { return collate.Lookup(name) }
