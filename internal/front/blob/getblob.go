package blob

import (
	"io"
	"net/http"
	"strconv"

	"github.com/alcedo-cloud/alcedo/internal/blob"
	"github.com/alcedo-cloud/alcedo/internal/clock"
	"github.com/alcedo-cloud/alcedo/internal/fault"
)

// maxRangeMD5 is the longest range whose checksum may be asked for.
const maxRangeMD5 = 4 << 20

// getBlob is Get Blob.
func (f *front) getBlob(x *exchange) (*answer, error) {
	if x.place.blob == "" && x.place.container == "" {
		return nil, refusal(fault.Invalid, "InvalidUri")
	}
	request, err := x.getRequest()
	if err != nil {
		return nil, err
	}
	d, err := f.Service.GetBlob(x.r.Context(), x.access, x.target, request)
	if err != nil {
		return nil, err
	}
	return x.download(d)
}

// getRequest reads range, checksums and conditions.
func (x *exchange) getRequest() (r blob.GetBlob, err error) {
	if got, ok := parseRange(x.rangeHeader()); ok {
		r.Range = &blob.Range{Start: got.first, End: got.last}
	}
	if r.RangeMD5, err = x.flag("X-Ms-Range-Get-Content-Md5"); err != nil {
		return r, err
	}
	if r.RangeCRC64, err = x.flag("X-Ms-Range-Get-Content-Crc64"); err != nil {
		return r, err
	}
	if r.RangeMD5 || r.RangeCRC64 {
		name := "x-ms-range-get-content-md5"
		if r.RangeCRC64 {
			name = "x-ms-range-get-content-crc64"
		}
		switch {
		case r.RangeMD5 && r.RangeCRC64, r.Range == nil:
			return r, invalidHeader(name, "true")
		case r.Range.End < 0 || r.Range.End-r.Range.Start >= maxRangeMD5:
			return r, detailed(fault.Invalid, "OutOfRangeInput", &detail{elements: [][2]string{{"HeaderName", name}}})
		}
	}
	if r.Key, err = x.customerKey(); err != nil {
		return r, err
	}
	r.Conditions, err = x.conditions()
	return r, err
}

// download answers with a blob's bytes, which stream from where they lie.
func (x *exchange) download(d *blob.Download) (*answer, error) {
	b := d.Blob
	x.blobHeader(b)
	x.contentHeader(b)
	if x.since("2026-10-06") {
		x.tierHeader(b)
	}
	a := &answer{status: http.StatusOK}
	if d.Partial {
		a.status = http.StatusPartialContent
		x.set("Content-Range", contentRange(d.Start, d.Length, b.Size))
		x.md5Header("Content-MD5", d.MD5)
		x.md5Header("x-ms-blob-content-md5", b.ContentMD5)
	} else {
		x.md5Header("Content-MD5", b.ContentMD5)
	}
	if d.CRC64 != nil {
		x.set("x-ms-content-crc64", crcText(*d.CRC64))
	}
	if x.r.Method == http.MethodHead {
		d.Close()
		x.set("Content-Length", strconv.FormatInt(d.Length, 10))
		return a, nil
	}
	a.stream = &stream{length: d.Length, send: x.sender(d), close: func() { d.Close() }}
	if x.in("X-Ms-Structured-Body") != "" && d.Length > 0 && d.Length <= maxStructured {
		x.set("x-ms-structured-body", structuredBody)
		x.set("x-ms-structured-content-length", strconv.FormatInt(d.Length, 10))
		a.stream.length, a.stream.send = structuredLength(d.Length), x.structuredSender(d)
	}
	return a, nil
}

// smallAnswer is how many bytes go out within the time that every answer has, whatever the client does.
const smallAnswer = 64 << 10

// sender writes the bytes: to the connection itself, so that a file goes out inside the kernel where it can.
func (x *exchange) sender(d *blob.Download) func(http.ResponseWriter) (int64, error) {
	return func(w http.ResponseWriter) (int64, error) {
		if d.Length <= smallAnswer {
			return d.WriteTo(w)
		}
		more := &moreTime{w: w, timer: clock.System{}}
		more.renew()
		return d.WriteTo(&pieces{ResponseWriter: w, more: more})
	}
}

func (x *exchange) structuredSender(d *blob.Download) func(http.ResponseWriter) (int64, error) {
	return func(w http.ResponseWriter) (int64, error) {
		more := &moreTime{w: w, timer: clock.System{}}
		s := &segmenting{to: &pieces{ResponseWriter: w, more: more}, length: d.Length}
		if err := s.begin(); err != nil {
			return s.sent, err
		}
		if _, err := d.WriteTo(s); err != nil {
			return s.sent, err
		}
		return s.sent, s.end()
	}
}

// pieceSize is how much goes out before the client is given more time.
const pieceSize = 64 << 20

// pieces writes to a client, and gives it more time between pieces. It keeps ReadFrom, by which files are sent.
type pieces struct {
	http.ResponseWriter
	more *moreTime
}

// Write sends b.
func (p *pieces) Write(b []byte) (int, error) {
	p.more.renew()
	return p.ResponseWriter.Write(b)
}

// ReadFrom sends what a reader has. A limit around a file is taken off and put on again: the kernel's copy sees through
// one limit, and not through two.
func (p *pieces) ReadFrom(r io.Reader) (int64, error) {
	left := int64(-1)
	if limited, ok := r.(*io.LimitedReader); ok {
		left, r = limited.N, limited.R
	}
	var total int64
	for left != 0 {
		n := int64(pieceSize)
		if left > 0 {
			n = min(n, left)
		}
		p.more.renew()
		sent, err := io.CopyN(p.ResponseWriter, r, n)
		total += sent
		if left > 0 {
			left -= sent
		}
		if err == io.EOF {
			return total, nil
		}
		if err != nil {
			return total, err
		}
	}
	return total, nil
}

// getBlobProperties is Get Blob Properties.
func (f *front) getBlobProperties(x *exchange) (*answer, error) {
	b, err := f.properties(x)
	if err != nil {
		return nil, err
	}
	x.blobHeader(b)
	x.contentHeader(b)
	x.tierHeader(b)
	x.md5Header("Content-MD5", b.ContentMD5)
	x.set("Content-Length", strconv.FormatInt(b.Size, 10))
	return &answer{status: http.StatusOK}, nil
}

func (f *front) properties(x *exchange) (*blob.Blob, error) {
	conditions, err := x.conditions()
	if err != nil {
		return nil, err
	}
	key, err := x.customerKey()
	if err != nil {
		return nil, err
	}
	return f.Service.GetBlobProperties(x.r.Context(), x.access, x.target, conditions, key)
}

// getBlobMetadata is Get Blob Metadata.
func (f *front) getBlobMetadata(x *exchange) (*answer, error) {
	b, err := f.properties(x)
	if err != nil {
		return nil, err
	}
	x.changed(b.ETag, b.Modified)
	x.metadata(b.Metadata)
	x.encryptionHeader(b.CustomerKey, b.EncryptionScope)
	return &answer{status: http.StatusOK}, nil
}
