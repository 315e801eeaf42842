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
	shared  *shared // the signed query of a SAS; nil where there is none
	header  http.Header
	exposed []string // headers that a page of another origin may read
	nested  bool     // a part of a batch
}

// begin names the exchange and sets the headers that every answer has. Header names are spelled as Azure spells them,
// which is not always Go's canonical form: they are set by key.
func (f *front) begin(w http.ResponseWriter, r *http.Request) *exchange {
	x := &exchange{r: r, w: w, at: f.Clock.Now().UTC(), id: f.ids.New(), header: make(http.Header, 24)}
	x.header["Server"] = serverValue
	x.header["x-ms-request-id"] = []string{x.id}
	x.header["Date"] = []string{x.at.Format(http.TimeFormat)}
	if client := httpx.Echoed(r, "X-Ms-Client-Request-Id"); client != "" {
		x.header["x-ms-client-request-id"] = []string{client}
	}
	return x
}

// serverValue is shared by all answers; nobody writes to it.
var serverValue = []string{server}

func (x *exchange) set(name, value string) { x.header[name] = []string{value} }

// setIf sets a header that is left out where it is empty.
func (x *exchange) setIf(name, value string) {
	if value != "" {
		x.header[name] = []string{value}
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
