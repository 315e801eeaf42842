package function

import (
	"strconv"
	"strings"

	"github.com/alcedo-cloud/alcedo/internal/sqldb/value"
)

// formatMessage is FORMATMESSAGE of a text; a number of sys.messages asks for user messages, which Azure has not.
func formatMessage(c *call) value.Value {
	if c.args[0].IsNull() || !c.types[0].IsString() {
		return value.Null()
	}
	out, err := Message(c.text(0), c.args[1:], c.types[1:])
	if err != nil {
		return c.fail(err)
	}
	return value.OfString(value.CutUTF16(out, 0, 2047))
}

// Message fills the places of a message of RAISERROR and FORMATMESSAGE: %d, %i, %u, %o, %x, %X, %s, with flags, width and
// precision. A NULL is "(null)".
func Message(format string, args []value.Value, types []value.Type) (string, error) {
	var b strings.Builder
	next := 0
	take := func() (value.Value, value.Type, bool) {
		if next >= len(args) {
			return value.Null(), value.Type{}, false
		}
		next++
		return args[next-1], types[next-1], true
	}
	for i := 0; i < len(format); i++ {
		if format[i] != '%' {
			b.WriteByte(format[i])
			continue
		}
		if i++; i < len(format) && format[i] == '%' {
			b.WriteByte('%')
			continue
		}
		s, n, err := place1(format[i:], take)
		if err != nil {
			return "", err
		}
		b.WriteString(s)
		i += n - 1
		if b.Len() > 1<<16 {
			break
		}
	}
	return b.String(), nil
}

// place1 writes one place; n is how many bytes of the format it took.
func place1(format string, take func() (value.Value, value.Type, bool)) (out string, n int, err error) {
	bad := value.Errorf(2787, 16, 1, "Invalid format specification: '%%%s'.", excerpt(format))
	var minus, plus, zero, hash, blank bool
	for ; n < len(format) && strings.IndexByte("-+0# ", format[n]) >= 0; n++ {
		minus, plus, zero = minus || format[n] == '-', plus || format[n] == '+', zero || format[n] == '0'
		hash, blank = hash || format[n] == '#', blank || format[n] == ' '
	}
	number := func() int {
		if n < len(format) && format[n] == '*' {
			n++
			v, _, _ := take()
			return int(max(0, min(v.Int64(), 1000)))
		}
		start := n
		for n < len(format) && format[n] >= '0' && format[n] <= '9' && n-start < 4 {
			n++
		}
		size, _ := strconv.Atoi(format[start:n])
		return min(size, 1000)
	}
	size, precision := number(), -1
	if n < len(format) && format[n] == '.' {
		n++
		precision = number()
	}
	for n < len(format) && (format[n] == 'l' || format[n] == 'h' || strings.HasPrefix(format[n:], "I64")) {
		n += 1 + 2*b2i(format[n] == 'I')
	}
	if n >= len(format) {
		return "", n, bad
	}
	verb := format[n]
	n++
	v, t, ok := take()
	text, err := placed1(verb, v, t, ok, hash)
	if err != nil {
		return "", n, err
	}
	if text == "" && verb != 's' && ok {
		return "", n, bad
	}
	isNumber := verb != 's' && !v.IsNull()
	switch {
	case isNumber && plus && !strings.HasPrefix(text, "-") && (verb == 'd' || verb == 'i'):
		text = "+" + text
	case isNumber && blank && !strings.HasPrefix(text, "-"):
		text = " " + text
	case verb == 's' && precision >= 0:
		text = value.CutUTF16(text, 0, precision)
	}
	fill := max(0, size-value.UTF16Len(text))
	switch {
	case minus:
		return text + strings.Repeat(" ", fill), n, nil
	case zero && isNumber:
		sign := len(text) - len(strings.TrimLeft(text, "+- "))
		return text[:sign] + strings.Repeat("0", fill) + text[sign:], n, nil
	}
	return strings.Repeat(" ", fill) + text, n, nil
}

// placed1 is a value as a verb writes it; "" for a verb that there is not.
func placed1(verb byte, v value.Value, t value.Type, ok, hash bool) (string, error) {
	switch {
	case !ok || v.IsNull():
		return "(null)", nil
	case verb == 's' && t.IsString():
		return v.Text(), nil
	case verb == 's' || !t.IsInteger():
		return "", value.Errorf(2786, 16, 1, "The data type of substitution parameter %d does not match the expected type of the format specification.", 1)
	}
	n := v.Int64()
	switch verb {
	case 'd', 'i':
		return strconv.FormatInt(n, 10), nil
	case 'u':
		return strconv.FormatUint(unsigned(n, t), 10), nil
	case 'o':
		return strings.Repeat("0", b2i(hash)) + strconv.FormatUint(unsigned(n, t), 8), nil
	case 'x':
		return strings.Repeat("0x", b2i(hash)) + strconv.FormatUint(unsigned(n, t), 16), nil
	case 'X':
		return strings.Repeat("0X", b2i(hash)) + strings.ToUpper(strconv.FormatUint(unsigned(n, t), 16)), nil
	}
	return "", nil
}

func unsigned(n int64, t value.Type) uint64 {
	if t.ID == value.BigInt {
		return uint64(n)
	}
	return uint64(uint32(n))
}

func excerpt(s string) string { return s[:min(len(s), 20)] }
