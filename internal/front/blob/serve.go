package blob

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"runtime/debug"
	"strconv"
	"strings"
	"time"

	"github.com/alcedo-cloud/alcedo/internal/clock"
	"github.com/alcedo-cloud/alcedo/internal/fault"
)

// answer is what a handler gives back. The headers are the exchange's.
type answer struct {
	status int
	mime   string // "" sends no Content-Type
	body   []byte
	stream *stream // instead of body
}

// unknownLength is that of a stream which is made while it is sent.
const unknownLength = -1

// stream is a body that is not in memory.
type stream struct {
	length int64 // bytes, or unknownLength
	send   func(w http.ResponseWriter) (int64, error)
	close  func()
}

// ServeHTTP answers one request: it locates, chooses the operation, authenticates, calls, writes and logs.
func (f *front) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	f.serve(f.begin(w, r))
}

func (f *front) serve(x *exchange) {
	timed := f.Log.Enabled(x.r.Context(), slog.LevelInfo)
	var began time.Time
	if timed {
		began = clock.System{}.Now()
	}
	a, err := f.call(x)
	if err != nil {
		a = f.refuse(x, err)
		x.drain()
	}
	x.expose()
	sent, writeErr := x.write(a)
	f.event(x, a.status, sent, began, err, writeErr)
	if writeErr != nil && a.stream != nil && !x.nested {
		// The header is gone with the full length: only cutting the connection tells the client.
		panic(http.ErrAbortHandler)
	}
}

// call runs the phases with a guard.
func (f *front) call(x *exchange) (a *answer, err error) {
	defer func() {
		p := recover()
		if p == nil {
			return
		}
		if p == http.ErrAbortHandler {
			panic(p)
		}
		a, err = nil, fault.Wrap("front/blob", fmt.Errorf("panic: %v", p))
		f.Log.LogAttrs(x.r.Context(), slog.LevelError, "panic", slog.String("method", x.r.Method),
			slog.String("path", short(x.r.URL.Path)), slog.String("error", err.Error()), slog.String("stack", string(debug.Stack())))
	}()
	a, err = f.answer(x)
	if err == nil && a == nil {
		err = fault.New(fault.Internal, "front/blob", "", "")
	}
	return a, err
}

// write sends the answer, and gives the bytes of the body that were sent.
func (x *exchange) write(a *answer) (int64, error) {
	if a.stream != nil && a.stream.close != nil {
		defer a.stream.close()
	}
	h := x.header
	if a.mime != "" {
		x.set("Content-Type", a.mime)
	} else if h["Content-Type"] == nil {
		h["Content-Type"] = nil // net/http shall not guess
	}
	bodiless := a.status < 200 || a.status == http.StatusNoContent || a.status == http.StatusNotModified
	if h["Content-Length"] == nil && !bodiless {
		length := int64(len(a.body))
		if a.stream != nil {
			length = a.stream.length
		}
		if length != unknownLength {
			x.set("Content-Length", strconv.FormatInt(length, 10))
		}
	}
	x.w.WriteHeader(a.status)
	if bodiless || x.r.Method == http.MethodHead {
		return 0, nil
	}
	if a.stream != nil {
		n, err := a.stream.send(x.w)
		if err == nil && a.stream.length != unknownLength && n != a.stream.length {
			err = fmt.Errorf("%d of %d bytes were sent", n, a.stream.length)
		}
		return n, err
	}
	if len(a.body) == 0 {
		return 0, nil
	}
	n, err := x.w.Write(a.body)
	return int64(n), err
}

// event logs the request; never its query, where signatures travel.
func (f *front) event(x *exchange, status int, size int64, began time.Time, err, writeErr error) {
	level := slog.LevelDebug
	switch {
	case status >= 500 && !fault.Is(err, fault.Unsupported) && !fault.Is(err, fault.Canceled):
		level = slog.LevelError
	case status >= 400:
		level = slog.LevelInfo
	}
	ctx := x.r.Context()
	if !f.Log.Enabled(ctx, level) {
		return
	}
	attrs := make([]slog.Attr, 0, 10)
	attrs = append(attrs, slog.String("method", x.r.Method), slog.String("host", short(x.r.Host)),
		slog.String("path", short(x.r.URL.Path)), slog.Int("status", status), slog.Int64("bytes", size),
		slog.String("requestId", x.id))
	if !began.IsZero() {
		attrs = append(attrs, slog.Duration("duration", max(0, clock.System{}.Now().Sub(began))))
	}
	if err != nil {
		attrs = append(attrs, slog.String("error", withoutSignature(err.Error())))
	}
	if writeErr != nil && !errors.Is(writeErr, context.Canceled) {
		attrs = append(attrs, slog.String("writeError", writeErr.Error()))
	}
	f.Log.LogAttrs(ctx, level, "request", attrs...)
}

// withoutSignature keeps texts that were signed out of the log: with a signature they would open the account.
func withoutSignature(s string) string {
	if i := strings.Index(s, "AuthenticationErrorDetail"); i >= 0 {
		return s[:i] + "AuthenticationErrorDetail withheld"
	}
	return s
}
