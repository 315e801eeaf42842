package tds

import (
	"encoding/binary"
	"io"
)

// flushAt is how many bytes of whole packets are gathered before they are written: two records of TLS.
const flushAt = 32 << 10

// Writer cuts what is appended into packets. Tokens are appended to Buffer's slice and handed back by Commit:
//
//	buf := w.Buffer()
//	buf = AppendDone(buf, …)
//	err := w.Commit(buf)
//
// Encoders write straight into the packet. Only what crosses the end of one is moved, once, by the size of the headers
// between.
type Writer struct {
	dst   io.Writer
	size  int // of a packet
	typ   PacketType
	spid  uint16
	id    uint8 // of the next packet
	buf   []byte
	start int // of the open packet in buf
	free  func([]byte)
	spare func() []byte
	sent  bool // a packet of this message has been written
}

// NewWriter returns a writer of replies in packets of the default size. Buffers come from spare and go back to free when
// a message ends, so that a session that waits holds none; both may be nil.
func NewWriter(dst io.Writer, spare func() []byte, free func([]byte)) *Writer {
	return &Writer{dst: dst, size: DefaultPacketSize, typ: PacketReply, id: 1, spare: spare, free: free}
}

// Reset makes w write to another destination, as when TLS begins. It must stand between two messages.
func (w *Writer) Reset(dst io.Writer) { w.dst = dst }

// SetSPID sets the session's number that headers carry.
func (w *Writer) SetSPID(spid uint16) { w.spid = spid }

// SetSize sets the size of packets from the next message on.
func (w *Writer) SetSize(size int) { w.size = min(max(size, MinPacketSize), MaxPacketSize) }

// Size is the size of packets.
func (w *Writer) Size() int { return w.size }

// Begin starts a message of another type than a reply.
func (w *Writer) Begin(t PacketType) { w.typ = t }

// Started reports whether something of the message has been appended or written.
func (w *Writer) Started() bool { return w.sent || len(w.buf)-w.start > HeaderSize }

// Buffer returns the slice to append to.
func (w *Writer) Buffer() []byte {
	if w.buf == nil {
		if w.spare != nil {
			w.buf = w.spare()[:0]
		}
		w.open()
	}
	return w.buf
}

// open begins a packet at the end of buf.
func (w *Writer) open() {
	w.start = len(w.buf)
	w.buf = append(w.buf, 0, 0, 0, 0, 0, 0, 0, 0)
}

// Commit takes back Buffer's slice with what has been appended, and writes packets that are full once there are enough.
func (w *Writer) Commit(buf []byte) error {
	w.buf = buf
	if len(buf)-w.start > w.size {
		w.split()
	}
	if w.start < flushAt {
		return nil
	}
	return w.write()
}

// split makes packets of an open one that has grown too long. The parts are moved from the last to the first, each by
// the headers before it.
func (w *Writer) split() {
	room := w.size - HeaderSize
	first := w.start + w.size
	over := len(w.buf) - first
	n := (over + room - 1) / room
	for range n * HeaderSize {
		w.buf = append(w.buf, 0)
	}
	for k := n; k >= 1; k-- {
		from := first + (k-1)*room
		to := min(from+room, first+over)
		copy(w.buf[from+k*HeaderSize:], w.buf[from:to])
	}
	for k := range n {
		w.head(w.start+k*w.size, w.size, 0)
	}
	w.start += n * w.size
}

// head writes the header of the packet at.
func (w *Writer) head(at, length int, status Status) {
	h := w.buf[at : at+HeaderSize]
	h[0], h[1] = byte(w.typ), byte(status)
	binary.BigEndian.PutUint16(h[2:], uint16(length))
	binary.BigEndian.PutUint16(h[4:], w.spid)
	h[6], h[7] = w.id, 0
	w.id++
}

// write sends the packets before the open one.
func (w *Writer) write() error {
	if w.start == 0 {
		return nil
	}
	_, err := w.dst.Write(w.buf[:w.start])
	w.sent = true
	n := copy(w.buf, w.buf[w.start:])
	w.buf, w.start = w.buf[:n], 0
	return err
}

// Flush sends what has been appended so far, also where the open packet is not full.
func (w *Writer) Flush() error {
	if length := len(w.buf) - w.start; length > HeaderSize {
		w.head(w.start, length, 0)
		w.open()
	}
	return w.write()
}

// End ends the message and sends the rest of it.
func (w *Writer) End() error {
	w.Buffer()
	w.head(w.start, len(w.buf)-w.start, StatusEndOfMessage)
	_, err := w.dst.Write(w.buf)
	buf := w.buf
	w.buf, w.start, w.id, w.sent, w.typ = nil, 0, 1, false, PacketReply
	if w.free != nil {
		w.free(buf)
	}
	return err
}
