package blob

import (
	"net/http"
	"net/netip"
	"net/url"
	"time"

	"github.com/alcedo-cloud/alcedo/internal/blob"
	"github.com/alcedo-cloud/alcedo/internal/httpx"
)

// server is the Server header of Azure's blob endpoints.
const server = "Windows-Azure-Blob/1.0 Microsoft-HTTPAPI/2.0"

// exchange is one request with what has been found out about it, and the header of its answer.
type exchange struct {
	r       *http.Request
	w       http.ResponseWriter
	at      time.Time
	id      string // x-ms-request-id
	version string // x-ms-version: of the request, or what stands in for it
	query   url.Values
	place   place
	account *blob.Account
	access  blob.Access
	target  blob.Target
	shared  *shared     // the signed query of a SAS; nil where there is none
	header  http.Header // of w, so that it needs no copy
	values  []string    // what the header's values lie in: one piece of memory, not thirty
	exposed []string    // headers that a page of another origin may read
	nested  bool        // a part of a batch
	sending bool        // some of the body has been asked for, and so of a client that waits for leave to send
}

// begin names the exchange and sets the headers that every answer has. Header names are spelled as Azure spells them,
// which is not always Go's canonical form: they are set by key.
func (f *front) begin(w http.ResponseWriter, r *http.Request) *exchange {
	x := &exchange{r: r, w: w, at: f.Clock.Now().UTC(), id: f.ids.New(), header: w.Header(), values: make([]string, 0, 32)}
	x.header["Server"] = serverValue
	x.set("x-ms-request-id", x.id)
	x.set("Date", x.at.Format(http.TimeFormat))
	if client := httpx.Echoed(r, "X-Ms-Client-Request-Id"); client != "" {
		x.set("x-ms-client-request-id", client)
	}
	return x
}

// serverValue is shared by all answers; nobody writes to it.
var serverValue = []string{server}

func (x *exchange) set(name, value string) {
	x.values = append(x.values, value)
	n := len(x.values)
	x.header[name] = x.values[n-1 : n : n]
}

// setIf sets a header that is left out where it is empty.
func (x *exchange) setIf(name, value string) {
	if value != "" {
		x.set(name, value)
	}
}

// in is a header of the request; name is in canonical form.
func (x *exchange) in(name string) string {
	if v := x.r.Header[name]; len(v) > 0 {
		return v[0]
	}
	return ""
}

// param is a parameter of the query.
func (x *exchange) param(name string) string {
	v, _ := parameter(x.query, name)
	return v
}

// since reports whether the request's version is at least v.
func (x *exchange) since(v string) bool { return x.version >= v }

// clientIP is the address that the request came from.
func clientIP(r *http.Request) netip.Addr {
	if a, err := netip.ParseAddrPort(r.RemoteAddr); err == nil {
		return a.Addr().Unmap().WithZone("")
	}
	return netip.Addr{}
}
