package blob

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"mime"
	"mime/multipart"
	"net/http"
	"net/url"
	"slices"
	"strconv"

	"github.com/alcedo-cloud/alcedo/internal/blob"
	"github.com/alcedo-cloud/alcedo/internal/fault"
	"github.com/alcedo-cloud/alcedo/internal/httpx"
)

const (
	maxBatch     = 4 << 20
	maxBatchSize = 256
)

// batch is Blob Batch: up to 256 deletions or changes of tier, each with its own credential and its own answer. Source:
// "Blob Batch" of the REST reference.
func (f *front) batch(x *exchange) (*answer, error) {
	op := blob.OpBatch
	if x.target.Container != "" {
		op = blob.OpBatchContainer
	}
	if err := f.Service.Authorize(x.r.Context(), x.access, op, x.target); err != nil {
		return nil, err
	}
	parts, err := readBatch(x)
	if err != nil {
		return nil, err
	}
	boundary := "batchresponse_" + f.ids.New()
	var out bytes.Buffer
	for _, p := range parts {
		r := f.nested(x, p.request)
		fmt.Fprintf(&out, "--%s\r\nContent-Type: application/http\r\n", boundary)
		if p.id != "" {
			fmt.Fprintf(&out, "Content-ID: %s\r\n", p.id)
		}
		out.WriteString("\r\n")
		r.print(&out)
	}
	fmt.Fprintf(&out, "--%s--\r\n", boundary)
	return &answer{status: http.StatusAccepted, mime: "multipart/mixed; boundary=" + boundary, body: out.Bytes()}, nil
}

// batchOnPath is the Blob Batch of the JavaScript SDK on an account that is in the path: it takes it for a container.
func (f *front) batchOnPath(x *exchange) (*answer, error) {
	if !f.onAccountPath(x) {
		return nil, unknownRoute("container", "batch")
	}
	return f.batch(x)
}

// batchPart is one request of a batch.
type batchPart struct {
	id      string // its Content-ID
	request *http.Request
}

func badBatch(cause error) error {
	return detailed(fault.Invalid, "InvalidInput", &detail{cause: cause})
}

// readBatch takes the body apart. All parts must be of one sort.
func readBatch(x *exchange) ([]batchPart, error) {
	kind, params, err := mime.ParseMediaType(x.in("Content-Type"))
	if err != nil || kind != "multipart/mixed" || params["boundary"] == "" {
		return nil, invalidHeader("Content-Type", x.in("Content-Type"))
	}
	body, err := httpx.ReadBody(x.r, maxBatch)
	if err != nil {
		return nil, bodyFault(err)
	}
	var parts []batchPart
	for reader := multipart.NewReader(bytes.NewReader(body), params["boundary"]); ; {
		part, err := reader.NextRawPart()
		if err == io.EOF {
			break
		}
		if err != nil {
			return nil, badBatch(err)
		}
		if len(parts) == maxBatchSize {
			return nil, detailed(fault.Invalid, "ExceedsMaxBatchRequestCount", &detail{
				message: "The batch operation exceeds the maximum number of allowed subrequests.",
			})
		}
		request, err := readPart(part)
		if err != nil {
			return nil, badBatch(err)
		}
		parts = append(parts, batchPart{id: printable(part.Header.Get("Content-Id")), request: request})
	}
	if len(parts) == 0 {
		return nil, badBatch(errors.New("no parts"))
	}
	for _, p := range parts {
		if p.request.Method != parts[0].request.Method {
			return nil, detailed(fault.Invalid, "AllOperationsInBatchMustBeOfSameType", &detail{
				message: "All operations in a batch request must be of the same type.",
			})
		}
	}
	return parts, nil
}

// readPart reads a request that lies in a part, which may end without the empty line.
func readPart(part *multipart.Part) (*http.Request, error) {
	text, err := io.ReadAll(io.LimitReader(part, maxBatch))
	if err != nil {
		return nil, err
	}
	text = append(bytes.TrimLeft(text, "\r\n"), "\r\n\r\n"...)
	return http.ReadRequest(bufio.NewReader(bytes.NewReader(text)))
}

func printable(s string) string {
	if len(s) > 128 {
		return ""
	}
	for i := range len(s) {
		if s[i] < ' ' || s[i] > '~' {
			return ""
		}
	}
	return s
}

// nested answers one part, as a request on the same connection.
func (f *front) nested(outer *exchange, r *http.Request) *recorded {
	w := &recorded{header: make(http.Header)}
	inner := outer.r.Clone(outer.r.Context())
	inner.Method, inner.Header = r.Method, r.Header
	inner.URL = &url.URL{Path: r.URL.Path, RawPath: r.URL.RawPath, RawQuery: r.URL.RawQuery}
	inner.Body, inner.ContentLength = http.NoBody, 0
	x := f.begin(w, inner)
	x.nested, x.version = true, outer.version
	delete(x.header, "Date")
	f.serve(x)
	return w
}

// batchable reports whether an operation may be part of a batch.
func (x *exchange) batchable() bool {
	comp := lower(x.param("comp"))
	return x.target.Blob != "" && (x.r.Method == http.MethodDelete && comp == "" || x.r.Method == http.MethodPut && comp == "tier")
}

// recorded is an answer that becomes a part of another.
type recorded struct {
	header http.Header
	status int
	body   bytes.Buffer
}

// Header is the header that will be printed.
func (r *recorded) Header() http.Header { return r.header }

// WriteHeader takes the status.
func (r *recorded) WriteHeader(status int) { r.status = status }

// Write takes the body.
func (r *recorded) Write(b []byte) (int, error) { return r.body.Write(b) }

func (r *recorded) print(out *bytes.Buffer) {
	out.WriteString("HTTP/1.1 " + strconv.Itoa(r.status) + " " + http.StatusText(r.status) + "\r\n")
	names := make([]string, 0, len(r.header))
	for name, values := range r.header {
		if len(values) > 0 {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	for _, name := range names {
		out.WriteString(name + ": " + r.header[name][0] + "\r\n")
	}
	out.WriteString("\r\n")
	out.Write(r.body.Bytes())
	if r.body.Len() > 0 {
		out.WriteString("\r\n")
	}
}
