package blob

import (
	"encoding/binary"
	"errors"
	"io"
	"strconv"
	"strings"

	"github.com/alcedo-cloud/alcedo/internal/fault"
)

// A structured message carries a body in segments, each followed by its checksum. All numbers are little-endian:
//
//	message = version (1 byte: 1), length of all (8), flags (2; bit 0: CRC64), segments (2)
//	segment = number from 1 (2), length of its content (8), content, CRC64 of it (8)
//	trailer = CRC64 of all contents (8)
//
// Source: x-ms-structured-body of the REST reference's Put Blob, and the storage clients' own decoders.
const (
	structuredBody   = "XSM/1.0; properties=crc64"
	structuredHeader = 13
	segmentHeader    = 10
	segmentSize      = 4 << 20
	checksumSize     = 8
)

// structured puts a decoder before the body where the request says that it is a structured message.
func (x *exchange) structured(t *transfer) error {
	kind := x.in("X-Ms-Structured-Body")
	if kind == "" {
		return nil
	}
	if !strings.EqualFold(strings.ReplaceAll(kind, " ", ""), strings.ReplaceAll(structuredBody, " ", "")) {
		return invalidHeader("x-ms-structured-body", kind)
	}
	text := x.in("X-Ms-Structured-Content-Length")
	length, err := strconv.ParseInt(text, 10, 64)
	if err != nil || length < 0 || length > t.length {
		return invalidHeader("x-ms-structured-content-length", text)
	}
	t.body = &segmented{from: t.body, total: t.length, want: length}
	t.length = length
	if length == 0 { // nobody will read the body
		if _, err := t.body.Read(make([]byte, 1)); err != io.EOF {
			return err
		}
	}
	x.set("x-ms-structured-body", structuredBody)
	return nil
}

// segmented decodes a structured message as it is read.
type segmented struct {
	from  io.Reader
	total int64 // bytes of the message
	want  int64 // bytes of all contents

	begun    bool
	crc      bool
	segments int
	number   int   // of the segment that is being read
	left     int64 // bytes of its content to come
	open     bool
	done     bool
	got      int64
	part     uint64 // CRC64 of the segment so far
	whole    uint64
	err      error
}

var errStructure = errors.New("the structured message is malformed")

func (s *segmented) Read(b []byte) (int, error) {
	if s.err != nil {
		return 0, s.err
	}
	n, err := s.read(b)
	if err != nil {
		s.err = err
		if errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, errStructure) {
			s.err = detailed(fault.Invalid, "InvalidInput", &detail{cause: err})
		}
	}
	return n, s.err
}

func (s *segmented) read(b []byte) (int, error) {
	if !s.begun {
		if err := s.begin(); err != nil {
			return 0, err
		}
	}
	if s.done {
		return 0, io.EOF
	}
	for s.left == 0 {
		if err := s.next(); err != nil {
			return 0, err
		}
	}
	n, err := s.from.Read(b[:min(int64(len(b)), s.left)])
	s.left -= int64(n)
	s.got += int64(n)
	s.part = updateCRC64(s.part, b[:n])
	s.whole = updateCRC64(s.whole, b[:n])
	if err == io.EOF {
		err = nil
		if n == 0 {
			err = io.ErrUnexpectedEOF
		}
	}
	if err == nil && s.got == s.want {
		err = s.finish()
	}
	if err != nil {
		return 0, err
	}
	return n, nil
}

// finish checks what follows the last byte of content. A reader that knows the length asks for no more than that, so it
// must not get the last byte before.
func (s *segmented) finish() error {
	for s.left == 0 {
		if err := s.next(); err == io.EOF {
			s.done = true
			return nil
		} else if err != nil {
			return err
		}
	}
	return nil
}

func (s *segmented) begin() error {
	var h [structuredHeader]byte
	if _, err := io.ReadFull(s.from, h[:]); err != nil {
		return unexpected(err)
	}
	s.begun, s.segments = true, int(binary.LittleEndian.Uint16(h[11:]))
	s.crc = binary.LittleEndian.Uint16(h[9:]) == 1
	if h[0] != 1 || binary.LittleEndian.Uint64(h[1:]) != uint64(s.total) || !s.crc {
		return errStructure
	}
	return nil
}

// next ends a segment and begins the one after it; io.EOF after the last.
func (s *segmented) next() error {
	if s.open {
		if err := s.checksum(s.part); err != nil {
			return err
		}
		s.open = false
	}
	if s.number == s.segments {
		if err := s.checksum(s.whole); err != nil {
			return err
		}
		if s.got != s.want {
			return errStructure
		}
		if n, err := io.ReadFull(s.from, make([]byte, 1)); n != 0 || err != io.EOF {
			return errStructure
		}
		return io.EOF
	}
	var h [segmentHeader]byte
	if _, err := io.ReadFull(s.from, h[:]); err != nil {
		return unexpected(err)
	}
	s.number++
	length := binary.LittleEndian.Uint64(h[2:])
	if int(binary.LittleEndian.Uint16(h[:])) != s.number || length > uint64(s.want-s.got) {
		return errStructure
	}
	s.left, s.part, s.open = int64(length), 0, true
	return nil
}

func (s *segmented) checksum(got uint64) error {
	var sum [checksumSize]byte
	if _, err := io.ReadFull(s.from, sum[:]); err != nil {
		return unexpected(err)
	}
	if binary.LittleEndian.Uint64(sum[:]) != got {
		return refusal(fault.Invalid, "Crc64Mismatch")
	}
	return nil
}

func unexpected(err error) error {
	if err == io.EOF {
		return io.ErrUnexpectedEOF
	}
	return err
}

// structuredLength is the length of a message with contents of that length.
func structuredLength(length int64) int64 {
	return structuredHeader + segmentsOf(length)*(segmentHeader+checksumSize) + length + checksumSize
}

func segmentsOf(length int64) int64 { return max(1, (length+segmentSize-1)/segmentSize) }

// maxStructured is what a message can hold in segments of this front's size.
const maxStructured = 65535 * segmentSize

// segmenting writes contents as a structured message.
type segmenting struct {
	to     io.Writer
	length int64
	number uint16
	left   int64
	done   int64
	sent   int64
	part   uint64
	whole  uint64
}

func (s *segmenting) put(b []byte) error {
	n, err := s.to.Write(b)
	s.sent += int64(n)
	return err
}

func (s *segmenting) begin() error {
	h := []byte{1}
	h = binary.LittleEndian.AppendUint64(h, uint64(structuredLength(s.length)))
	h = binary.LittleEndian.AppendUint16(h, 1)
	h = binary.LittleEndian.AppendUint16(h, uint16(segmentsOf(s.length)))
	if err := s.put(h); err != nil {
		return err
	}
	return s.segment()
}

func (s *segmenting) segment() error {
	s.number++
	s.left, s.part = min(segmentSize, s.length-s.done), 0
	h := binary.LittleEndian.AppendUint16(nil, s.number)
	return s.put(binary.LittleEndian.AppendUint64(h, uint64(s.left)))
}

// Write takes contents.
func (s *segmenting) Write(b []byte) (int, error) {
	written := 0
	for len(b) > 0 {
		if s.left == 0 {
			if s.done == s.length {
				return written, errStructure
			}
			if err := s.closeSegment(); err != nil {
				return written, err
			}
		}
		n := int(min(int64(len(b)), s.left))
		if err := s.put(b[:n]); err != nil {
			return written, err
		}
		s.part = updateCRC64(s.part, b[:n])
		s.whole = updateCRC64(s.whole, b[:n])
		s.left -= int64(n)
		s.done += int64(n)
		written += n
		b = b[n:]
	}
	return written, nil
}

func (s *segmenting) closeSegment() error {
	if err := s.put(binary.LittleEndian.AppendUint64(nil, s.part)); err != nil {
		return err
	}
	return s.segment()
}

// end writes the last checksums.
func (s *segmenting) end() error {
	if s.left != 0 || s.done != s.length {
		return io.ErrUnexpectedEOF
	}
	tail := binary.LittleEndian.AppendUint64(nil, s.part)
	return s.put(binary.LittleEndian.AppendUint64(tail, s.whole))
}
