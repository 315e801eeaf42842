package tds

import (
	"context"
	"encoding/binary"
	"math"

	wire "github.com/alcedo-cloud/alcedo/internal/wire/tds"
)

func contextWithCancel() (context.Context, context.CancelFunc) {
	return context.WithCancel(context.Background())
}

// token is one of a reply, taken apart as far as the tests look.
type token struct {
	id      byte
	number  int32
	class   byte
	line    int32
	text    string
	proc    string
	status  uint16
	count   uint64
	env     byte
	data    []byte
	columns []wire.Column
	cells   [][]byte // of a row; nil is NULL
	name    string
}

type tokens []token

func (ts tokens) of(id byte) (out tokens) {
	for _, t := range ts {
		if t.id == id {
			out = append(out, t)
		}
	}
	return out
}

func (ts tokens) message(number int32) *token {
	for i := range ts {
		if (ts[i].id == 0xAA || ts[i].id == 0xAB) && ts[i].number == number {
			return &ts[i]
		}
	}
	return nil
}

func (ts tokens) env(kind byte) *token {
	for i := range ts {
		if ts[i].id == 0xE3 && ts[i].env == kind {
			return &ts[i]
		}
	}
	return nil
}

// last is the token that ends the reply.
func (ts tokens) last() token { return ts[len(ts)-1] }

// reply reads a message and takes its tokens apart.
func (c *client) reply() tokens {
	c.t.Helper()
	payload, err := c.message()
	if err != nil {
		c.t.Fatalf("no reply: %v", err)
	}
	s := &scanner{c: c, b: payload}
	var out tokens
	for len(s.b) > 0 {
		out = append(out, s.token())
	}
	return out
}

// scanner reads a reply.
type scanner struct {
	c       *client
	b       []byte
	columns []wire.Column
}

func (s *scanner) take(n int) []byte {
	s.c.t.Helper()
	if n > len(s.b) {
		s.c.t.Fatalf("a reply ends %d bytes early", n-len(s.b))
	}
	out := s.b[:n]
	s.b = s.b[n:]
	return out
}

func (s *scanner) u8() byte    { return s.take(1)[0] }
func (s *scanner) u16() uint16 { return binary.LittleEndian.Uint16(s.take(2)) }
func (s *scanner) u32() uint32 { return binary.LittleEndian.Uint32(s.take(4)) }
func (s *scanner) u64() uint64 { return binary.LittleEndian.Uint64(s.take(8)) }

func (s *scanner) short() string { return wire.DecodeText(s.take(2 * int(s.u8()))) }
func (s *scanner) long() string  { return wire.DecodeText(s.take(2 * int(s.u16()))) }

func (s *scanner) token() token {
	s.c.t.Helper()
	t := token{id: s.u8()}
	switch t.id {
	case 0xAA, 0xAB:
		s.u16()
		t.number = int32(s.u32())
		s.u8()
		t.class = s.u8()
		t.text = s.long()
		t.name = s.short()
		t.proc = s.short()
		t.line = int32(s.u32())
	case 0xFD, 0xFE, 0xFF:
		t.status = s.u16()
		t.number = int32(s.u16())
		t.count = s.u64()
	case 0xE3:
		n := int(s.u16())
		t.env = s.u8()
		t.data = s.take(n - 1)
	case 0xAD:
		t.data = s.take(int(s.u16()))
	case 0xAE:
		for id := s.u8(); id != 0xFF; id = s.u8() {
			t.data = append(t.data, id)
			s.take(int(s.u32()))
		}
	case 0xEE:
		t.data = s.take(int(s.u32()))
	case 0x79:
		t.number = int32(s.u32())
	case 0x81:
		s.metadata()
		t.columns = s.columns
	case 0xAC:
		s.u16()
		t.name = s.short()
		s.u8()
		s.u32()
		s.u16()
		info := s.typeInfo()
		t.cells = [][]byte{s.value(&info)}
	case 0xD1:
		t.cells = s.row(nil)
	case 0xD2:
		t.id, t.cells = 0xD1, s.row(s.take((len(s.columns)+7)/8))
	default:
		s.c.t.Fatalf("token %#02x", t.id)
	}
	return t
}

func (s *scanner) metadata() {
	s.columns = nil
	n := s.u16()
	if n == 0xFFFF {
		return
	}
	for range n {
		c := wire.Column{UserType: s.u32(), Flags: s.u16()}
		c.Type = s.typeInfo()
		if id := c.Type.ID; id == wire.TypeText || id == wire.TypeNText || id == wire.TypeImage {
			for range s.u8() {
				c.Table = append(c.Table, s.long())
			}
		}
		c.Name = s.short()
		s.columns = append(s.columns, c)
	}
}

func (s *scanner) row(nulls []byte) [][]byte {
	out := make([][]byte, len(s.columns))
	for i := range s.columns {
		if nulls == nil || nulls[i/8]&(1<<(i%8)) == 0 {
			out[i] = s.value(&s.columns[i].Type)
		}
	}
	return out
}

func (s *scanner) typeInfo() wire.TypeInfo {
	t := wire.TypeInfo{ID: wire.TypeID(s.u8())}
	switch t.ID {
	case wire.TypeBit, wire.TypeInt1:
		t.Size = 1
	case wire.TypeInt2:
		t.Size = 2
	case wire.TypeInt4, wire.TypeDateTime4, wire.TypeFloat4, wire.TypeMoney4:
		t.Size = 4
	case wire.TypeInt8, wire.TypeDateTime, wire.TypeFloat8, wire.TypeMoney:
		t.Size = 8
	case wire.TypeDateN, wire.TypeXML:
		if t.ID == wire.TypeXML {
			t.Size = wire.Max
			s.u8()
		}
	case wire.TypeTimeN, wire.TypeDateTime2N, wire.TypeDateTimeOffsetN:
		t.Scale = s.u8()
	case wire.TypeBigVarBinary, wire.TypeBigBinary, wire.TypeBigVarChar, wire.TypeBigChar, wire.TypeNVarChar, wire.TypeNChar:
		if t.Size = int32(s.u16()); t.Size == 0xFFFF {
			t.Size = wire.Max
		}
		if t.ID != wire.TypeBigVarBinary && t.ID != wire.TypeBigBinary {
			copy(t.Collation[:], s.take(5))
		}
	case wire.TypeText, wire.TypeNText, wire.TypeImage, wire.TypeVariant:
		t.Size = int32(s.u32())
		if t.ID == wire.TypeText || t.ID == wire.TypeNText {
			copy(t.Collation[:], s.take(5))
		}
	default:
		t.Size = int32(s.u8())
		if t.ID == wire.TypeDecimalN || t.ID == wire.TypeNumericN {
			t.Precision, t.Scale = s.u8(), s.u8()
		}
	}
	return t
}

// value reads the bytes of a value; nil is NULL.
func (s *scanner) value(t *wire.TypeInfo) []byte {
	switch t.ID {
	case wire.TypeBit, wire.TypeInt1, wire.TypeInt2, wire.TypeInt4, wire.TypeInt8, wire.TypeDateTime4, wire.TypeDateTime,
		wire.TypeFloat4, wire.TypeFloat8, wire.TypeMoney4, wire.TypeMoney:
		return s.take(int(t.Size))
	case wire.TypeText, wire.TypeNText, wire.TypeImage:
		if n := s.u8(); n == 0 {
			return nil
		} else {
			s.take(int(n) + 8)
		}
		return s.take(int(s.u32()))
	case wire.TypeVariant:
		if n := s.u32(); n > 0 {
			return s.take(int(n))
		}
		return nil
	}
	if t.Size == wire.Max {
		return s.plp()
	}
	switch t.ID {
	case wire.TypeBigVarBinary, wire.TypeBigBinary, wire.TypeBigVarChar, wire.TypeBigChar, wire.TypeNVarChar, wire.TypeNChar:
		if n := s.u16(); n != 0xFFFF {
			return s.take(int(n))
		}
		return nil
	}
	if n := s.u8(); n > 0 {
		return s.take(int(n))
	}
	return nil
}

func (s *scanner) plp() []byte {
	total := s.u64()
	if total == math.MaxUint64 {
		return nil
	}
	out := []byte{}
	for n := s.u32(); n > 0; n = s.u32() {
		out = append(out, s.take(int(n))...)
	}
	if uint64(len(out)) != total {
		s.c.t.Errorf("a value of %d bytes announces %d", len(out), total)
	}
	return out
}
