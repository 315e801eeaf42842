package blob

import (
	"bytes"
	"crypto/md5"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"io"
	"net/http"
	"strconv"
	"time"

	"github.com/alcedo-cloud/alcedo/internal/clock"
	"github.com/alcedo-cloud/alcedo/internal/fault"
)

const (
	patience = 2 * time.Minute  // how long a transfer may stand still
	renewal  = 20 * time.Second // how often a moving one is given more time
)

// transfer is the body of an upload: its bytes, how many they are, and what the client says of them.
type transfer struct {
	body   io.Reader
	length int64
	md5    []byte
	crc64  *uint64
}

// upload prepares the body of a request.
func (x *exchange) upload(limits []limit) (transfer, error) {
	t := transfer{body: &paced{x: x, from: x.r.Body, timer: clock.System{}}, length: x.r.ContentLength}
	if x.r.Body == nil {
		t.body = http.NoBody
	}
	if t.length < 0 {
		return t, refusal(fault.Invalid, "MissingContentLengthHeader")
	}
	if err := x.checksums(&t); err != nil {
		return t, err
	}
	if err := x.structured(&t); err != nil {
		return t, err
	}
	return t, x.within(t.length, limits)
}

// limit is how many bytes an operation takes since a version.
type limit struct {
	since string
	most  int64
}

// What one request may send, newest version first. Source: "Scalability targets for Blob storage", and the "Remarks" of
// the operations in the REST reference.
func putBlobLimits() []limit {
	return []limit{{"2019-12-12", 5000 << 20}, {"2016-05-31", 256 << 20}, {"", 64 << 20}}
}

func putBlockLimits() []limit {
	return []limit{{"2019-12-12", 4000 << 20}, {"2016-05-31", 100 << 20}, {"", 4 << 20}}
}

func appendBlockLimits() []limit {
	return []limit{{"2022-11-02", 100 << 20}, {"", 4 << 20}}
}

// within refuses a body that is larger than the request's version lets it be.
func (x *exchange) within(length int64, limits []limit) error {
	for _, l := range limits {
		if !x.since(l.since) {
			continue
		}
		if length <= l.most {
			return nil
		}
		return detailed(fault.TooLarge, "RequestBodyTooLarge", &detail{elements: [][2]string{{"MaxLimit", strconv.FormatInt(l.most, 10)}}})
	}
	return nil
}

// checksums reads Content-MD5 and x-ms-content-crc64.
func (x *exchange) checksums(t *transfer) error {
	text, crc := x.in("Content-Md5"), x.in("X-Ms-Content-Crc64")
	if text != "" && crc != "" {
		return detailed(fault.Invalid, "InvalidHeaderValue", &detail{
			message: "Content-MD5 and x-ms-content-crc64 cannot be specified together.", elements: [][2]string{{"HeaderName", "x-ms-content-crc64"}},
		})
	}
	if text != "" {
		sum, err := sum16("Content-MD5", text)
		if err != nil {
			return err
		}
		t.md5 = sum
	}
	if crc != "" {
		sum, err := base64.StdEncoding.DecodeString(crc)
		if err != nil || len(sum) != 8 {
			return refusal(fault.Invalid, "InvalidCrc64")
		}
		n := binary.LittleEndian.Uint64(sum)
		t.crc64 = &n
	}
	return nil
}

// sum16 reads an MD5 in base 64.
func sum16(name, text string) ([]byte, error) {
	if text == "" {
		return nil, nil
	}
	sum, err := base64.StdEncoding.DecodeString(text)
	if err != nil || len(sum) != 16 {
		return nil, invalidMD5(name, text)
	}
	return sum, nil
}

func invalidMD5(name, text string) error {
	return detailed(fault.Invalid, "InvalidMd5", &detail{elements: [][2]string{{"HeaderName", name}, {"HeaderValue", short(text)}}})
}

// crcText is a CRC64 as headers have it: its bytes in little-endian order.
func crcText(n uint64) string {
	return base64.StdEncoding.EncodeToString(binary.LittleEndian.AppendUint64(nil, n))
}

// paced reads a request's body, and gives it more time while it moves: the server's own limit is for a whole request,
// which a large upload outlasts. What ends it early is told apart from a defect of ours.
type paced struct {
	x     *exchange
	from  io.Reader
	timer clock.Clock
	until time.Time // when the deadline is set again
}

func (p *paced) Read(b []byte) (int, error) {
	p.x.sending = true
	if now := p.timer.Now(); now.After(p.until) {
		p.until = now.Add(renewal)
		if err := p.extend(now); err != nil && !errors.Is(err, http.ErrNotSupported) {
			return 0, &fault.Error{Kind: fault.Canceled, Op: "front/blob", Cause: err}
		}
	}
	n, err := p.from.Read(b)
	switch {
	case errors.Is(err, io.ErrUnexpectedEOF):
		err = &fault.Error{Kind: fault.Invalid, Op: "front/blob", Reason: "InvalidInput", Message: "The request ended before its content did.", Cause: err}
	case err != nil && err != io.EOF:
		err = &fault.Error{Kind: fault.Canceled, Op: "front/blob", Message: "The request's content did not arrive.", Cause: err}
	}
	return n, err
}

// extend moves the deadlines of the body, and of the answer that comes after it.
func (p *paced) extend(now time.Time) error {
	c := http.NewResponseController(p.x.w)
	return errors.Join(c.SetReadDeadline(now.Add(patience)), c.SetWriteDeadline(now.Add(2*patience)))
}

// Bounds of what is read of a refused client.
const (
	maxDrain  = 256 << 20 // bytes; what Put Blob sends in one request
	drainTime = 10 * time.Second
)

// drain reads on where a request was refused before its end: many clients look for the answer only when they have sent
// everything, and a connection that is cut before tells them nothing. One that waits for leave to send has sent nothing.
func (x *exchange) drain() {
	r := x.r
	if x.nested || r.Body == nil || r.ContentLength == 0 || r.ContentLength > maxDrain {
		return
	}
	if !x.sending && r.Header.Get("Expect") != "" {
		return
	}
	// A writer without deadlines is no connection: its body is at hand.
	_ = http.NewResponseController(x.w).SetReadDeadline(clock.System{}.Now().Add(drainTime))
	_, _ = io.CopyN(io.Discard, r.Body, maxDrain) // the refusal is what the answer says, whatever becomes of this
}

// moreTime lets a download go on while it moves. It is asked between pieces.
type moreTime struct {
	w     http.ResponseWriter
	timer clock.Clock
	until time.Time
}

func (m *moreTime) renew() {
	now := m.timer.Now()
	if !now.After(m.until) {
		return
	}
	m.until = now.Add(renewal)
	// A writer without deadlines has nothing to extend.
	_ = http.NewResponseController(m.w).SetWriteDeadline(now.Add(patience))
}

// holds checks a body that is in memory against what the client says of it.
func (t transfer) holds(body []byte) ([]byte, uint64, error) {
	sum, crc := md5.Sum(body), updateCRC64(0, body)
	switch {
	case t.md5 != nil && !bytes.Equal(t.md5, sum[:]):
		return nil, 0, refusal(fault.Invalid, "Md5Mismatch")
	case t.crc64 != nil && *t.crc64 != crc:
		return nil, 0, refusal(fault.Invalid, "Crc64Mismatch")
	}
	return sum[:], crc, nil
}
