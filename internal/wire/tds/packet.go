package tds

import (
	"encoding/binary"
	"errors"
	"io"

	"github.com/alcedo-cloud/alcedo/internal/fault"
)

// Header is what stands before each packet (MS-TDS 2.2.3.1). Length counts the header.
type Header struct {
	Type   PacketType
	Status Status
	Length int
	SPID   uint16
	ID     uint8
}

// Last reports whether the packet ends its message.
func (h Header) Last() bool { return h.Status&StatusEndOfMessage != 0 }

// Ignored reports whether the client takes the message back.
func (h Header) Ignored() bool { return h.Status&StatusIgnore != 0 }

// Reset reports whether the session is to be reset before the message, and whether its transaction stays.
func (h Header) Reset() (reset, keepTransaction bool) {
	return h.Status&(StatusResetSession|StatusResetKeepingChange) != 0, h.Status&StatusResetKeepingChange != 0
}

// DecodeHeader reads a header and checks what can be checked in it: a known type and a possible length.
func DecodeHeader(b []byte) (Header, error) {
	if len(b) < HeaderSize {
		return Header{}, fault.New(fault.Invalid, "wire/tds.DecodeHeader", ReasonTruncated, "a header has 8 bytes")
	}
	h := Header{
		Type: PacketType(b[0]), Status: Status(b[1]), Length: int(binary.BigEndian.Uint16(b[2:])),
		SPID: binary.BigEndian.Uint16(b[4:]), ID: b[6],
	}
	switch h.Type {
	case PacketSQLBatch, PacketRPC, PacketReply, PacketAttention, PacketBulkLoad, PacketFedAuthToken,
		PacketTransactionManager, PacketLogin7, PacketSSPI, PacketPrelogin:
	default:
		return Header{}, malformed("DecodeHeader", "packet type %#02x is unknown", b[0])
	}
	if h.Length < HeaderSize || h.Length > MaxPacketSize {
		return Header{}, malformed("DecodeHeader", "a packet cannot have %d bytes", h.Length)
	}
	return h, nil
}

// AppendHeader appends h.
func AppendHeader(dst []byte, h Header) []byte {
	n := uint16(h.Length)
	return append(dst, byte(h.Type), byte(h.Status), byte(n>>8), byte(n), byte(h.SPID>>8), byte(h.SPID), h.ID, 0)
}

// Reader reads packets. It reads no byte beyond the packet it returns, and goes on where it stopped after an error that
// passes, such as a deadline's.
type Reader struct {
	src  io.Reader
	buf  []byte
	have int // bytes of the packet in buf
	need int // its length, once the header is there
	head Header
}

// NewReader returns a reader of src's packets.
func NewReader(src io.Reader) *Reader {
	return &Reader{src: src, buf: make([]byte, HeaderSize, 512)}
}

// Reset makes r read from another source, as when TLS begins. It must stand between two packets.
func (r *Reader) Reset(src io.Reader) { r.src = src }

// Idle reports whether no byte of the next packet has come yet.
func (r *Reader) Idle() bool { return r.have == 0 }

// Next returns a packet's header and payload. The payload is valid until the next call. io.EOF means that the stream
// ended between two packets.
func (r *Reader) Next() (Header, []byte, error) {
	if r.have < HeaderSize {
		if err := r.read(HeaderSize); err != nil {
			return Header{}, nil, err
		}
		head, err := DecodeHeader(r.buf)
		if err != nil {
			return Header{}, nil, err
		}
		r.head, r.need = head, head.Length
	}
	if r.need > len(r.buf) {
		if r.need > cap(r.buf) {
			size := max(r.need, min(2*cap(r.buf), MaxPacketSize))
			r.buf = append(make([]byte, 0, size), r.buf[:r.have]...)
		}
		r.buf = r.buf[:r.need]
	}
	if err := r.read(r.need); err != nil {
		return Header{}, nil, err
	}
	r.have = 0
	return r.head, r.buf[HeaderSize:r.need], nil
}

// read fills buf up to n bytes.
func (r *Reader) read(n int) error {
	for r.have < n {
		got, err := r.src.Read(r.buf[r.have:n])
		r.have += got
		if err != nil && r.have < n {
			if errors.Is(err, io.EOF) && r.have > 0 {
				return io.ErrUnexpectedEOF
			}
			return err
		}
	}
	return nil
}

// Message reads the payloads of one message's packets one after another, as an io.Reader. Header is that of the packet
// read last.
type Message struct {
	packets *Reader
	rest    []byte
	Header  Header
}

// NewMessage returns the message whose first packet has been read.
func NewMessage(packets *Reader, first Header, payload []byte) *Message {
	return &Message{packets: packets, rest: payload, Header: first}
}

// Read implements io.Reader. A packet of another type within the message is a fault; an attention is told as
// ErrAttention.
func (m *Message) Read(p []byte) (int, error) {
	for len(m.rest) == 0 {
		if m.Header.Last() {
			return 0, io.EOF
		}
		if err := m.next(); err != nil {
			return 0, err
		}
	}
	n := copy(p, m.rest)
	m.rest = m.rest[n:]
	return n, nil
}

// ErrAttention is what reading a message ends with where the client cancels while it still sends.
var ErrAttention = errors.New("wire/tds: attention within a message")

func (m *Message) next() error {
	h, payload, err := m.packets.Next()
	if errors.Is(err, io.EOF) {
		err = io.ErrUnexpectedEOF
	}
	if err != nil {
		return err
	}
	if h.Type == PacketAttention {
		m.Header, m.rest = h, nil
		return ErrAttention
	}
	if h.Type != m.Header.Type {
		return malformed("Message", "a packet of type %#02x within a message of type %#02x", uint8(h.Type), uint8(m.Header.Type))
	}
	m.Header, m.rest = h, payload
	return nil
}

// Payload returns the whole message. It aliases the packet where the message is one packet, and is then valid until the
// next packet is read. Before a message of several takes room, admit is asked with its bytes so far; its error ends the
// reading.
func (m *Message) Payload(admit func(total int) error) ([]byte, error) {
	if m.Header.Last() {
		out := m.rest
		m.rest = nil
		return out, nil
	}
	out := append([]byte(nil), m.rest...)
	m.rest = nil
	for !m.Header.Last() {
		if err := m.next(); err != nil {
			return nil, err
		}
		if err := admit(len(out) + len(m.rest)); err != nil {
			return nil, err
		}
		out = append(out, m.rest...)
		m.rest = nil
	}
	return out, nil
}

// AtMost admits messages of at most limit bytes.
func AtMost(limit int) func(total int) error {
	return func(total int) error {
		if total > limit {
			return fault.Newf(fault.TooLarge, "wire/tds.Message", ReasonTooLarge, "a message is over the limit of %d bytes", limit)
		}
		return nil
	}
}

// Discard reads the rest of the message and forgets it.
func (m *Message) Discard() error {
	m.rest = nil
	for !m.Header.Last() {
		if err := m.next(); err != nil {
			return err
		}
		m.rest = nil
	}
	return nil
}
