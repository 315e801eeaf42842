// Package function has the functions of Transact-SQL: the scalar ones and the @@ variables, the aggregates' states and
// the generators of rows. What a function must ask (the time, the session, the catalog) it asks of an Environment. It
// must never know how a query is planned or where rows lie.
package function

import (
	"strings"
	"sync"

	"github.com/alcedo-cloud/alcedo/internal/sqldb/value"
)

// Function is one scalar function.
type Function struct {
	Name     string
	Min, Max int // arguments; Max -1 is any number
	// Result is the type of a call with arguments of these types, or why there is none. Of strings it leaves the
	// collation to the binder.
	Result func(args []value.Type) (value.Type, error)
	// Eval computes; args are of types and not converted. It keeps neither slice.
	Eval func(env Environment, args []value.Value, types []value.Type) (value.Value, error)
	// Deterministic says that the same arguments give the same value, whoever asks and when.
	Deterministic bool
}

// scalars has all scalar functions by name.
var scalars = sync.OnceValue(func() map[string]*Function {
	m := map[string]*Function{}
	for _, list := range [][]Function{
		textFunctions(), changeFunctions(), buildFunctions(), codeFunctions(), nowFunctions(), partFunctions(),
		addFunctions(), partsFunctions(), zoneFunctions(), mathFunctions(), roundFunctions(), choiceFunctions(),
		hashFunctions(), jsonFunctions(), formatFunctions(), askedFunctions(), regexpFunctions(),
	} {
		for i := range list {
			m[list[i].Name] = &list[i]
		}
	}
	return m
})

type (
	resultRule = func(args []value.Type) (value.Type, error)
	evaluation = func(env Environment, args []value.Value, types []value.Type) (value.Value, error)
)

// call is one call of a function: its arguments, read as what the function takes them for. The first that cannot be
// read so leaves its error in err.
type call struct {
	env   Environment
	args  []value.Value
	types []value.Type
	err   error
}

// strict makes an Eval that gives NULL where an argument is NULL.
func strict(f func(c *call) value.Value) evaluation {
	return func(env Environment, args []value.Value, types []value.Type) (value.Value, error) {
		for i := range args {
			if args[i].IsNull() {
				return value.Null(), nil
			}
		}
		c := call{env: env, args: args, types: types}
		v := f(&c)
		if c.err != nil {
			return value.Null(), c.err
		}
		return v, nil
	}
}

// lenient makes an Eval that sees NULLs.
func lenient(f func(c *call) value.Value) evaluation {
	return func(env Environment, args []value.Value, types []value.Type) (value.Value, error) {
		c := call{env: env, args: args, types: types}
		v := f(&c)
		if c.err != nil {
			return value.Null(), c.err
		}
		return v, nil
	}
}

func (c *call) fail(err error) value.Value {
	if c.err == nil {
		c.err = err
	}
	return value.Null()
}

// as converts an argument.
func (c *call) as(i int, t value.Type) value.Value {
	style := value.NoStyle
	if t.IsDateTime() && c.types[i].IsString() {
		style = c.dateStyle()
	}
	v, err := value.Convert(c.args[i], c.types[i], t, style)
	if err != nil {
		return c.fail(err)
	}
	return v
}

// dateStyle is how the session reads dates in texts.
func (c *call) dateStyle() int {
	v, err := c.env.Ask("DATEFORMAT", nil)
	if err != nil {
		c.fail(err)
		return value.NoStyle
	}
	o, _ := value.DateOrderOf(v.Text()) // of a session's, which has no others
	return value.Ordered(value.NoStyle, o)
}

var (
	unlimited = value.Sized(value.NVarChar, value.Max)
	bigint    = value.Of(value.BigInt)
	integer   = value.Of(value.Int)
	double    = value.Of(value.Float)
)

// text is an argument as a string.
func (c *call) text(i int) string {
	if v := c.args[i]; v.Kind() == value.KindString {
		return v.Text()
	}
	if c.types[i].IsBinary() {
		return c.as(i, value.Sized(value.VarChar, value.Max)).Text()
	}
	return c.as(i, unlimited).Text()
}

func (c *call) int(i int) int64 {
	if v := c.args[i]; v.Kind() == value.KindInteger {
		return v.Int64()
	}
	return c.as(i, integer).Int64()
}

func (c *call) float(i int) float64 { return c.as(i, double).Float64() }

func (c *call) has(i int) bool { return i < len(c.args) }

// is gives a rule of one type; nullable where an argument is.
func is(t value.Type) resultRule {
	return func(args []value.Type) (value.Type, error) { return t.WithNullable(anyNullable(args)), nil }
}

// maybe gives a rule of one type that may be NULL whatever the arguments are.
func maybe(t value.Type) resultRule {
	return func([]value.Type) (value.Type, error) { return t.WithNullable(true), nil }
}

// never gives a rule of one type that is not NULL.
func never(t value.Type) resultRule {
	return func([]value.Type) (value.Type, error) { return t.WithNullable(false), nil }
}

func anyNullable(args []value.Type) bool {
	for _, t := range args {
		if t.Nullable || t.ID == value.Void {
			return true
		}
	}
	return false
}

// badArgument is message 8116; n counts from 1.
func badArgument(t value.Type, n int, function string) error {
	name := t.Name()
	if t.ID == value.Decimal {
		name = "numeric"
	}
	return value.Errorf(8116, 16, 1, "Argument data type %s is invalid for argument %d of %s function.", name, n, strings.ToLower(function))
}

// wants puts a check of arguments before a rule: argument i must convert by itself to the type, where it is not Void.
func wants(name string, rule resultRule, params ...value.Type) resultRule {
	return func(args []value.Type) (value.Type, error) {
		for i, t := range args {
			if i < len(params) && params[i].ID != value.Void && !value.Implicit(t, params[i]) && t.ID != value.Void {
				return value.Type{}, badArgument(t, i+1, name)
			}
		}
		return rule(args)
	}
}

// room is how many characters a value of a type takes as a string.
func room(t value.Type) int32 {
	switch {
	case t.IsString(), t.IsBinary():
		if t.Length == 0 {
			return value.Max
		}
		return t.Length
	case t.IsInteger():
		return [...]int32{1, 3, 6, 12, 24}[t.ID-value.Bit]
	case t.ID == value.Decimal:
		return int32(t.Precision) + 3
	case t.IsMoney():
		return 30
	case t.IsFloat():
		return 32
	case t.IsDateTime():
		return 40
	case t.ID == value.UniqueIdentifier:
		return 36
	case t.ID == value.Void:
		return 1
	}
	return value.Max
}

// stringOf is varchar of a length, or nvarchar where unicode; what is longer than they can be is cut at their most.
func stringOf(unicode bool, length int32) value.Type {
	switch {
	case length == value.Max && unicode:
		return value.Sized(value.NVarChar, value.Max)
	case length == value.Max:
		return value.Sized(value.VarChar, value.Max)
	case unicode:
		return value.Sized(value.NVarChar, max(1, min(length, 4000)))
	}
	return value.Sized(value.VarChar, max(1, min(length, 8000)))
}

// textLike is the rule of functions that give a string as their first argument is.
func textLike(name string) resultRule {
	return func(args []value.Type) (value.Type, error) {
		t := args[0]
		if err := isText(t, 1, name); err != nil {
			return value.Type{}, err
		}
		return stringOf(t.IsUnicode(), room(t)).WithNullable(anyNullable(args)), nil
	}
}

// isText refuses what no string can be made of by itself.
func isText(t value.Type, n int, name string) error {
	if t.ID == value.Void || t.IsString() || value.Implicit(t, value.Sized(value.VarChar, 1)) || t.IsMoney() {
		return nil
	}
	return badArgument(t, n, name)
}

// most is the largest value that a function makes, in bytes.
const most = value.MaxLarge

// grown refuses what would take too much memory.
func (c *call) grown(size int64) bool {
	if size <= most {
		return true
	}
	c.fail(value.Errorf(7119, 16, 1, "Attempting to grow LOB beyond maximum allowed size of %d bytes.", most))
	return false
}

// cut is a string as a value of the call's result, which is at most 8000 bytes long but for max.
func cut(s string, unicode, large bool) value.Value {
	switch {
	case large:
	case unicode:
		s = value.CutUTF16(s, 0, 4000)
	case len(s) > 8000:
		s = s[:8000]
	}
	return value.OfString(s)
}

func large(types []value.Type) bool {
	for _, t := range types {
		if t.IsLarge() {
			return true
		}
	}
	return false
}

func unicodeIn(types []value.Type) bool {
	for _, t := range types {
		if t.IsUnicode() {
			return true
		}
	}
	return false
}
