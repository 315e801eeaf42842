package httpx

import (
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"os"
	"strings"

	"github.com/alcedo-cloud/alcedo/internal/fault"
)

// firstRead bounds what is set aside on a client's word alone.
const firstRead = 64 << 10

// ReadBody reads the request's body, of at most limit bytes. More is a fault TooLarge, a body cut short Invalid, a
// client that goes away or stalls Canceled. No body gives an empty slice.
func ReadBody(r *http.Request, limit int64) ([]byte, error) {
	const op = "httpx.ReadBody"
	if r.Body == nil || r.Body == http.NoBody {
		return nil, nil
	}
	if r.ContentLength > limit {
		return nil, tooLarge(op, limit)
	}
	size := int64(512)
	if r.ContentLength > 0 {
		size = min(r.ContentLength+1, firstRead) // one more, so that the end is seen without growing
	}
	body := make([]byte, 0, size)
	for {
		if len(body) == cap(body) {
			body = append(body, 0)[:len(body)]
		}
		n, err := r.Body.Read(body[len(body):cap(body)])
		body = body[:len(body)+n]
		if int64(len(body)) > limit {
			return nil, tooLarge(op, limit)
		}
		if err == io.EOF {
			return body, nil
		}
		if err != nil {
			return nil, readFault(op, limit, err)
		}
	}
}

// ReadContent is ReadBody of a body that may come compressed by gzip (RFC 9110 section 8.4), as the SDKs of Microsoft Graph
// send all of theirs. limit holds before and after it is unpacked.
func ReadContent(r *http.Request, limit int64) ([]byte, error) {
	const op = "httpx.ReadContent"
	body, err := ReadBody(r, limit)
	if err != nil || !strings.EqualFold(r.Header.Get("Content-Encoding"), "gzip") || len(body) == 0 {
		return body, err
	}
	packed, err := gzip.NewReader(bytes.NewReader(body))
	if err != nil {
		return nil, readFault(op, limit, err)
	}
	if body, err = io.ReadAll(io.LimitReader(packed, limit+1)); err != nil {
		return nil, readFault(op, limit, err)
	}
	if int64(len(body)) > limit {
		return nil, tooLarge(op, limit)
	}
	return body, nil
}

func tooLarge(op string, limit int64) error {
	return fault.Newf(fault.TooLarge, op, "RequestContentTooLarge",
		"The size of the request's content exceeds the maximum size allowed. The maximum allowed content size is '%d' bytes.", limit)
}

func readFault(op string, limit int64, err error) error {
	var cut *http.MaxBytesError
	var network net.Error
	switch {
	case errors.As(err, &cut):
		return tooLarge(op, min(limit, cut.Limit))
	case errors.As(err, &network), errors.Is(err, context.Canceled), errors.Is(err, os.ErrDeadlineExceeded),
		errors.Is(err, http.ErrBodyReadAfterClose):
		return &fault.Error{Kind: fault.Canceled, Op: op, Message: "The request's content did not arrive.", Cause: err}
	default:
		return &fault.Error{Kind: fault.Invalid, Op: op, Reason: "InvalidRequestContent", Message: "The request's content could not be read.", Cause: err}
	}
}
