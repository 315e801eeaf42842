package tds

import (
	"bytes"
	"errors"
	"io"
	"math/rand/v2"
	"os"
	"testing"

	"github.com/alcedo-cloud/alcedo/internal/fault"
)

// TestWriter cuts messages of all sizes around the packets' and puts them together again.
func TestWriter(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	for _, size := range []int{MinPacketSize, 4096, MaxTLSPacketSize} {
		for _, n := range []int{0, 1, size - HeaderSize - 1, size - HeaderSize, size - HeaderSize + 1, 3 * (size - HeaderSize), 200_000} {
			message := make([]byte, n)
			for i := range message {
				message[i] = byte(random.Uint32())
			}
			var out bytes.Buffer
			w := NewWriter(&out, nil, nil)
			w.SetSize(size)
			w.SetSPID(77)
			for rest := message; len(rest) > 0; {
				step := min(1+random.IntN(2*size), len(rest))
				if err := w.Commit(append(w.Buffer(), rest[:step]...)); err != nil {
					t.Fatal(err)
				}
				if random.IntN(10) == 0 {
					if err := w.Flush(); err != nil {
						t.Fatal(err)
					}
				}
				rest = rest[step:]
			}
			if err := w.End(); err != nil {
				t.Fatal(err)
			}
			checkMessage(t, &out, message, size)
		}
	}
}

func checkMessage(t *testing.T, out *bytes.Buffer, message []byte, size int) {
	t.Helper()
	r := NewReader(out)
	var got []byte
	for id := uint8(1); ; id++ {
		h, payload, err := r.Next()
		if err != nil {
			t.Fatalf("%d bytes in packets of %d: %v", len(message), size, err)
		}
		if h.Type != PacketReply || h.ID != id || h.SPID != 77 || h.Length > size || h.Length != len(payload)+HeaderSize {
			t.Fatalf("%d bytes in packets of %d: %+v", len(message), size, h)
		}
		got = append(got, payload...)
		if h.Last() {
			break
		}
	}
	if !bytes.Equal(got, message) || out.Len() != 0 || !r.Idle() {
		t.Fatalf("%d bytes in packets of %d come back as %d", len(message), size, len(got))
	}
}

func TestWriterReturnsBuffers(t *testing.T) {
	given, taken := 0, 0
	w := NewWriter(io.Discard, func() []byte { given++; return make([]byte, 0, 64) }, func([]byte) { taken++ })
	for range 3 {
		if err := w.Commit(append(w.Buffer(), 1, 2, 3)); err != nil || !w.Started() {
			t.Fatal(err, w.Started())
		}
		if err := w.End(); err != nil || w.Started() {
			t.Fatal(err, w.Started())
		}
	}
	if given != 3 || taken != 3 {
		t.Errorf("%d buffers given, %d taken", given, taken)
	}
}

func TestHeaderRefusals(t *testing.T) {
	for _, b := range [][]byte{
		{}, {1, 1, 0, 8, 0, 0, 1}, {2, 1, 0, 8, 0, 0, 1, 0}, {0x16, 3, 1, 2, 0, 1, 0, 1}, {1, 1, 0, 7, 0, 0, 1, 0}, {1, 1, 0x80, 0, 0, 0, 1, 0},
	} {
		if h, err := DecodeHeader(b); !fault.Is(err, fault.Invalid) {
			t.Errorf("% x: %+v, %v", b, h, err)
		}
	}
}

// slow gives one byte at a time, and a passing error between.
type slow struct {
	b    []byte
	tick bool
}

func (s *slow) Read(p []byte) (int, error) {
	if s.tick = !s.tick; s.tick {
		return 0, os.ErrDeadlineExceeded
	}
	if len(s.b) == 0 {
		return 0, io.EOF
	}
	p[0] = s.b[0]
	s.b = s.b[1:]
	return 1, nil
}

func TestReaderGoesOn(t *testing.T) {
	packet := AppendHeader(nil, Header{Type: PacketSQLBatch, Status: StatusEndOfMessage, Length: 8 + 5, ID: 1})
	src := &slow{b: append(append(packet, "hello"...), packet[:4]...)}
	r := NewReader(src)
	deadlines := 0
	for {
		h, payload, err := r.Next()
		if errors.Is(err, os.ErrDeadlineExceeded) {
			deadlines++
			continue
		}
		if err != nil {
			if !errors.Is(err, io.ErrUnexpectedEOF) {
				t.Errorf("the end is told as %v", err)
			}
			break
		}
		if string(payload) != "hello" || !h.Last() {
			t.Errorf("%+v %q", h, payload)
		}
	}
	if deadlines < 10 {
		t.Errorf("%d deadlines", deadlines)
	}
}

// packets is a stream of packets.
func packets(hs ...any) *bytes.Buffer {
	var out []byte
	for i := 0; i < len(hs); i += 3 {
		body := hs[i+2].(string)
		out = AppendHeader(out, Header{Type: hs[i].(PacketType), Status: hs[i+1].(Status), Length: HeaderSize + len(body)})
		out = append(out, body...)
	}
	return bytes.NewBuffer(out)
}

func message(t *testing.T, src io.Reader) *Message {
	t.Helper()
	r := NewReader(src)
	h, payload, err := r.Next()
	if err != nil {
		t.Fatal(err)
	}
	return NewMessage(r, h, payload)
}

func TestMessage(t *testing.T) {
	m := message(t, packets(PacketRPC, Status(0), "ab", PacketRPC, Status(0), "", PacketRPC, StatusEndOfMessage, "cd"))
	if got, err := m.Payload(AtMost(4)); err != nil || string(got) != "abcd" {
		t.Errorf("%q, %v", got, err)
	}
	m = message(t, packets(PacketRPC, Status(0), "ab", PacketRPC, StatusEndOfMessage, "cde", PacketSQLBatch, StatusEndOfMessage, "x"))
	if _, err := m.Payload(AtMost(4)); !fault.Is(err, fault.TooLarge) {
		t.Errorf("over the limit: %v", err)
	}
	if err := m.Discard(); err != nil {
		t.Error(err)
	}
	if h, _, err := m.packets.Next(); err != nil || h.Type != PacketSQLBatch {
		t.Errorf("behind what was discarded: %+v, %v", h, err)
	}
	m = message(t, packets(PacketBulkLoad, Status(0), "ab", PacketBulkLoad, StatusEndOfMessage, "cde"))
	if got, err := io.ReadAll(m); err != nil || string(got) != "abcde" {
		t.Errorf("%q, %v", got, err)
	}
	m = message(t, packets(PacketBulkLoad, Status(0), "ab", PacketAttention, StatusEndOfMessage, ""))
	if _, err := io.ReadAll(m); !errors.Is(err, ErrAttention) {
		t.Errorf("attention: %v", err)
	}
	m = message(t, packets(PacketBulkLoad, Status(0), "ab", PacketRPC, StatusEndOfMessage, ""))
	if _, err := io.ReadAll(m); !fault.Is(err, fault.Invalid) {
		t.Errorf("a foreign packet: %v", err)
	}
	m = message(t, packets(PacketBulkLoad, Status(0), "ab"))
	if _, err := m.Payload(AtMost(10)); !errors.Is(err, io.ErrUnexpectedEOF) {
		t.Errorf("cut off: %v", err)
	}
}

func FuzzReader(f *testing.F) {
	f.Add(packets(PacketRPC, Status(0), "ab", PacketRPC, StatusEndOfMessage, "cd").Bytes())
	f.Add(packets(PacketAttention, StatusEndOfMessage, "").Bytes())
	f.Fuzz(func(t *testing.T, b []byte) {
		r := NewReader(bytes.NewReader(b))
		for total := 0; ; {
			h, payload, err := r.Next()
			if err != nil {
				return
			}
			if total += HeaderSize + len(payload); total > len(b) {
				t.Fatal("more came out than went in")
			}
			got, err := NewMessage(r, h, payload).Payload(AtMost(1 << 16))
			if err != nil {
				return
			}
			total += len(got) - len(payload)
		}
	})
}
