package value

import (
	"strconv"
	"strings"
)

// Declaration is a type as a statement names it.
type Declaration struct {
	Name    string
	Args    []int  // length, or precision and scale; Max is max
	Length  int32  // of a string or binary type without length: 1 in declarations, 30 in CAST and CONVERT
	Ordinal int    // of the column or parameter, from 1, for messages
	Subject string // for messages: "column 'a'"; "" is the type
}

// synonyms are the names that are not in sys.types.
var synonyms = map[string]ID{
	"integer": Int, "dec": Decimal, "numeric": Decimal, "double precision": Float,
	"character": Char, "char varying": VarChar, "character varying": VarChar,
	"national char": NChar, "national character": NChar, "national char varying": NVarChar,
	"national character varying": NVarChar, "national text": NText,
	"binary varying": VarBinary, "rowversion": RowVersion, "sysname": NVarChar,
}

// byName has the names of sys.types.
var byName = typeNames()

func typeNames() map[string]ID {
	m := map[string]ID{}
	for id := Bit; id < idCount; id++ {
		m[facts[id].name] = id
	}
	for name, id := range synonyms {
		m[name] = id
	}
	return m
}

// IDOf finds a built-in type by its name, in any case.
func IDOf(name string) (ID, bool) {
	id, ok := byName[strings.ToLower(name)]
	return id, ok
}

// TypeOf is the type that a name and its arguments declare: TypeOf("decimal", 1, 10, 2). length is what a string type
// without length gets. The type is nullable, but for sysname.
func TypeOf(name string, length int32, args ...int) (Type, error) {
	return Declaration{Name: name, Args: args, Length: length, Ordinal: 1}.Type()
}

// Type is the declared type, or the message that SQL Server has for it. An unknown name is 2715; CAST, which says 243
// there, makes that of it with UnknownInCast.
func (d Declaration) Type() (Type, error) {
	id, ok := IDOf(d.Name)
	if !ok {
		return Type{}, Errorf(2715, 16, 6, "Column, parameter, or variable #%d: Cannot find data type %s.", d.Ordinal, d.Name)
	}
	t := Type{ID: id, Nullable: true}
	if strings.EqualFold(d.Name, "sysname") {
		t.Length, t.Nullable = 128, false
		if len(d.Args) > 0 {
			return Type{}, d.noWidth()
		}
		return t, nil
	}
	var err error
	switch {
	case id == Decimal:
		if strings.EqualFold(d.Name, "numeric") {
			t = t.AsNumeric()
		}
		err = d.decimal(&t)
	case id == Float:
		err = d.float(&t)
	case id == Time || id == DateTime2 || id == DateTimeOffset:
		err = d.time(&t)
	case id == Char || id == VarChar || id == NChar || id == NVarChar || id == Binary || id == VarBinary:
		err = d.sized(&t)
	case len(d.Args) > 0:
		err = d.noWidth()
	}
	return t, err
}

// UnknownInCast is message 243.
func UnknownInCast(name string) *Error {
	return Errorf(243, 16, 1, "Type %s is not a defined system type.", name)
}

func (d Declaration) noWidth() error {
	return Errorf(2716, 16, 1, "Column, parameter, or variable #%d: Cannot specify a column width on data type %s.", d.Ordinal, strings.ToLower(d.Name))
}

func (d Declaration) tooMany(most int) error {
	if len(d.Args) > most {
		return d.noWidth()
	}
	return nil
}

func (d Declaration) decimal(t *Type) error {
	t.Precision = 18
	if len(d.Args) > 2 {
		return d.noWidth()
	}
	if len(d.Args) > 0 {
		p := d.Args[0]
		if p > 38 {
			return Errorf(2750, 16, 1, "Column or parameter #%d: Specified column precision %d is greater than the maximum precision of 38.", d.Ordinal, p)
		}
		if p < 1 {
			return badLength(p)
		}
		t.Precision = uint8(p)
	}
	if len(d.Args) == 2 {
		s := d.Args[1]
		if s > int(t.Precision) {
			return Errorf(2751, 16, 1, "Column or parameter #%d: Specified column scale %d is greater than the specified precision of %d.", d.Ordinal, s, t.Precision)
		}
		if s < 0 {
			return badLength(s)
		}
		t.Scale = uint8(s)
	}
	return nil
}

func (d Declaration) float(t *Type) error {
	if len(d.Args) == 0 {
		return nil
	}
	if n := d.Args[0]; n < 1 || n > 53 {
		return Errorf(2750, 16, 1, "Column or parameter #%d: Specified column precision %d is greater than the maximum precision of 53.", d.Ordinal, n)
	} else if n <= 24 {
		t.ID = Real
	}
	return d.tooMany(1)
}

func (d Declaration) time(t *Type) error {
	t.Scale = 7
	if len(d.Args) == 0 {
		return nil
	}
	if n := d.Args[0]; n < 0 || n > 7 {
		return Errorf(1002, 15, 1, "Line 1: Specified scale %d is invalid.", n)
	}
	t.Scale = uint8(d.Args[0])
	return d.tooMany(1)
}

func badLength(n int) error {
	return Errorf(1001, 15, 1, "Line 1: Length or precision specification %d is invalid.", n)
}

func (d Declaration) sized(t *Type) error {
	t.Length = d.Length
	if len(d.Args) == 0 {
		return nil
	}
	n, most := d.Args[0], 8000
	if t.IsUnicode() {
		most = 4000
	}
	subject := d.Subject
	if subject == "" {
		subject = "type '" + strings.ToLower(d.Name) + "'"
	}
	switch {
	case n == Max && !t.IsFixedLength():
	case n < 1:
		return badLength(n)
	case n > 8000:
		return Errorf(131, 15, 3, "The size (%d) given to the %s exceeds the maximum allowed for any data type (8000).", n, subject)
	case n > most:
		return Errorf(2717, 15, 2, "The size (%d) given to the %s exceeds the maximum allowed (%s).", n, subject, strconv.Itoa(most))
	}
	t.Length = int32(n)
	return d.tooMany(1)
}
