package httpx

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"runtime/debug"
	"strconv"
	"sync"
	"time"

	"github.com/alcedo-cloud/alcedo/internal/clock"
	"github.com/alcedo-cloud/alcedo/internal/fault"
)

const (
	maxPooled  = 64 << 10 // buffers that grew beyond this are left to the collector
	maxLogText = 512      // of a path or host in a log event; clients choose their length
)

// Adapt makes an http.Handler of h. It writes the response, turns errors by m, turns a panic into an internal fault
// (its stack goes to the log, never to the client), and logs one event a request: Debug below status 400, Info below
// 500, Error above. The event has the path and never the query, where signatures and secrets travel.
// http.ErrAbortHandler passes, as net/http wants.
func Adapt(h Handler, m ErrorMapper, log *slog.Logger) http.Handler {
	return &adapter{
		handle: h, mapError: m, log: log, clock: clock.System{},
		buffers: sync.Pool{New: func() any { return new(bytes.Buffer) }},
	}
}

type adapter struct {
	handle   Handler
	mapError ErrorMapper
	log      *slog.Logger
	clock    clock.Clock
	buffers  sync.Pool
}

// ServeHTTP answers one request.
func (a *adapter) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	// The clock is read only for an event that may be written.
	timed := a.log.Enabled(r.Context(), slog.LevelInfo)
	var began time.Time
	if timed {
		began = a.clock.Now()
	}
	resp, err := a.call(r)
	if err != nil {
		resp = a.errorResponse(r, err)
	}
	buf, body, encodeErr := a.encode(resp)
	if encodeErr != nil {
		err = fault.Wrap("httpx.Adapt", encodeErr)
		a.free(buf)
		resp = a.errorResponse(r, err)
		if buf, body, encodeErr = a.encode(resp); encodeErr != nil {
			resp, body = bare(), nil
		}
	}
	defer a.free(buf)
	writeErr := write(w, r, resp, body)
	a.event(r, resp, len(body), began, err, writeErr)
}

// call runs the handler with a guard.
func (a *adapter) call(r *http.Request) (resp *Response, err error) {
	defer func() {
		if p := recover(); p != nil {
			resp, err = nil, a.panicked(r, p)
		}
	}()
	resp, err = a.handle(r)
	if err == nil && resp == nil {
		err = fault.New(fault.Internal, "httpx.Adapt", "", "")
	}
	return resp, err
}

// errorResponse asks the mapper, and answers a bare 500 where the mapper itself fails.
func (a *adapter) errorResponse(r *http.Request, err error) (resp *Response) {
	defer func() {
		if p := recover(); p != nil {
			_ = a.panicked(r, p) // logged there; the client gets the bare answer
			resp = bare()
		}
	}()
	if resp = a.mapError(r, err); resp == nil {
		resp = bare()
	}
	return resp
}

func bare() *Response { return &Response{Status: http.StatusInternalServerError} }

func (a *adapter) panicked(r *http.Request, p any) error {
	if p == http.ErrAbortHandler {
		panic(p)
	}
	err := fault.Wrap("httpx.Adapt", fmt.Errorf("panic: %v", p))
	a.log.LogAttrs(r.Context(), slog.LevelError, "panic",
		slog.String("method", r.Method), slog.String("host", cut(r.Host)), slog.String("path", cut(r.URL.Path)),
		slog.String("error", err.Error()), slog.String("stack", string(debug.Stack())))
	return err
}

// encode gives the bytes of the body, and the buffer that they lie in where there is one.
func (a *adapter) encode(resp *Response) (*bytes.Buffer, []byte, error) {
	switch b := resp.Body.(type) {
	case nil:
		return nil, nil, nil
	case []byte:
		return nil, b, nil
	case json.RawMessage:
		return nil, b, nil
	}
	buf := a.buffers.Get().(*bytes.Buffer)
	buf.Reset()
	enc := json.NewEncoder(buf)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(resp.Body); err != nil {
		return buf, nil, err
	}
	return buf, bytes.TrimSuffix(buf.Bytes(), []byte{'\n'}), nil
}

func (a *adapter) free(buf *bytes.Buffer) {
	if buf != nil && buf.Cap() <= maxPooled {
		a.buffers.Put(buf)
	}
}

func write(w http.ResponseWriter, r *http.Request, resp *Response, body []byte) error {
	header := w.Header()
	for k, v := range resp.Header {
		header[k] = v
	}
	if resp.Body != nil {
		if header["Content-Type"] == nil {
			header["Content-Type"] = jsonType
		}
	}
	status := statusOf(resp)
	bodiless := status < 200 || status == http.StatusNoContent || status == http.StatusNotModified
	// A HEAD answer may state the length of a body that it does not carry.
	if !bodiless && header["Content-Length"] == nil {
		header["Content-Length"] = []string{strconv.Itoa(len(body))}
	}
	w.WriteHeader(status)
	if bodiless || len(body) == 0 || r.Method == http.MethodHead {
		return nil
	}
	_, err := w.Write(body)
	return err
}

// jsonType is shared by all answers; nobody writes to it.
var jsonType = []string{"application/json; charset=utf-8"}

func statusOf(resp *Response) int {
	if resp.Status == 0 {
		return http.StatusOK
	}
	return resp.Status
}

func (a *adapter) event(r *http.Request, resp *Response, size int, began time.Time, err, writeErr error) {
	status := statusOf(resp)
	level := slog.LevelDebug
	switch {
	case status >= 500:
		level = slog.LevelError
	case status >= 400:
		level = slog.LevelInfo
	}
	ctx := r.Context()
	if !a.log.Enabled(ctx, level) {
		return
	}
	attrs := make([]slog.Attr, 0, 10)
	attrs = append(attrs,
		slog.String("method", r.Method), slog.String("host", cut(r.Host)), slog.String("path", cut(r.URL.Path)),
		slog.Int("status", status), slog.Int("bytes", size))
	if !began.IsZero() {
		attrs = append(attrs, slog.Duration("duration", max(0, a.clock.Now().Sub(began))))
	}
	if id := resp.Header["X-Ms-Request-Id"]; len(id) > 0 {
		attrs = append(attrs, slog.String("requestId", id[0]))
	}
	if err != nil {
		attrs = append(attrs, slog.String("error", err.Error()))
	}
	if writeErr != nil && !errors.Is(writeErr, context.Canceled) {
		attrs = append(attrs, slog.String("writeError", writeErr.Error()))
	}
	a.log.LogAttrs(ctx, level, "request", attrs...)
}

func cut(s string) string {
	if len(s) > maxLogText {
		return s[:maxLogText] + "…"
	}
	return s
}
