package function

import (
	"io"

	"github.com/alcedo-cloud/alcedo/internal/sqldb/value"
)

// nowFunctions tell the time, which in Azure is UTC, and throw dice.
func nowFunctions() []Function {
	at := func(name string, t value.Type, f func(c *call) value.Value) Function {
		return Function{Name: name, Result: never(t), Eval: lenient(f)}
	}
	old := func(c *call) value.Value { return c.toOld(c.env.Now()) }
	exact := func(c *call) value.Value { return value.OfDateTime(c.env.Now()) }
	return []Function{
		at("GETDATE", value.Of(value.DateTime), old),
		at("GETUTCDATE", value.Of(value.DateTime), old),
		at("CURRENT_TIMESTAMP", value.Of(value.DateTime), old),
		at("SYSDATETIME", value.Of(value.DateTime2), exact),
		at("SYSUTCDATETIME", value.Of(value.DateTime2), exact),
		at("SYSDATETIMEOFFSET", value.Of(value.DateTimeOffset), func(c *call) value.Value { return value.OfDateTimeOffset(c.env.Now(), 0) }),
		at("CURRENT_DATE", value.Of(value.Date), func(c *call) value.Value { return value.OfDate(c.env.Now() / value.TicksPerDay) }),
		at("CURRENT_TIMEZONE", value.Sized(value.VarChar, 64), func(*call) value.Value { return value.OfString("(UTC) Coordinated Universal Time") }),
		at("CURRENT_TIMEZONE_ID", value.Sized(value.VarChar, 64), func(*call) value.Value { return value.OfString("UTC") }),
		at("NEWID", value.Of(value.UniqueIdentifier), newID),
		{Name: "CRYPT_GEN_RANDOM", Min: 1, Max: 2, Result: maybe(value.Sized(value.VarBinary, 8000)), Eval: strict(genRandom)},
		{Name: "RAND", Min: 0, Max: 1, Result: wants("rand", maybe(double), integer), Eval: strict(random)},
	}
}

func (c *call) toOld(ticks int64) value.Value {
	v, err := value.Convert(value.OfDateTime(ticks), value.Of(value.DateTime2), value.Of(value.DateTime), value.NoStyle)
	if err != nil {
		return c.fail(err)
	}
	return v
}

func (c *call) dice(b []byte) bool {
	if _, err := io.ReadFull(c.env.Random(), b); err != nil {
		c.fail(err)
		return false
	}
	return true
}

// newID is a uniqueidentifier of RFC 9562, version 4. On the wire its first three groups have their lowest byte first.
func newID(c *call) value.Value {
	var b [16]byte
	if !c.dice(b[:]) {
		return value.Null()
	}
	b[7] = b[7]&0x0f | 0x40
	b[8] = b[8]&0x3f | 0x80
	return value.OfGUID(b)
}

func genRandom(c *call) value.Value {
	n := c.int(0)
	if n < 1 || n > 8000 {
		return value.Null()
	}
	b := make([]byte, n)
	if !c.dice(b) {
		return value.Null()
	}
	return value.OfByteSlice(b)
}

// random is RAND: from the dice, or from a seed, of which the same gives the same.
func random(c *call) value.Value {
	if !c.has(0) {
		var b [8]byte
		if !c.dice(b[:]) {
			return value.Null()
		}
		n := uint64(0)
		for _, x := range b {
			n = n<<8 | uint64(x)
		}
		return value.OfFloat(float64(n>>11) / (1 << 53))
	}
	return value.OfFloat(seeded(c.int(0)))
}

// seeded is linear in the seed, as SQL Server's first number after a seed is.
func seeded(seed int64) float64 {
	if seed < 0 {
		seed = -seed
	}
	const first, step = 0.713573391303986, 1.8601909937e-05
	f := first + float64(seed)*step
	return f - float64(int64(f))
}
