package arm

import (
	"net/http"
	"strings"
	"time"

	"github.com/alcedo-cloud/alcedo/internal/cloud"
	"github.com/alcedo-cloud/alcedo/internal/httpx"
	"github.com/alcedo-cloud/alcedo/internal/resource"
)

// exchange is one request and its answer: the ids that name it, and the headers.
type exchange struct {
	request     string // x-ms-request-id
	correlation string // x-ms-correlation-request-id, the client's where it sent one
	header      http.Header
	at          time.Time
}

func fixedHeaders() map[string][]string {
	return map[string][]string{
		"Cache-Control":             {"no-cache"},
		"Pragma":                    {"no-cache"},
		"Expires":                   {"-1"},
		"Strict-Transport-Security": {"max-age=31536000; includeSubDomains"},
		"X-Content-Type-Options":    {"nosniff"},
	}
}

// regionOf is the region that answers: the cloud's first.
func regionOf(c cloud.Cloud) string {
	if len(c.Locations) == 0 {
		return "LOCAL"
	}
	return strings.ToUpper(c.Locations[0].Name)
}

// begin names a request and makes the headers of its answer.
// Source: learn.microsoft.com/azure/azure-resource-manager/management/request-limits-and-throttling.
func (f *front) begin(r *http.Request) *exchange {
	x := &exchange{request: f.ids.New(), at: f.Clock.Now().UTC()}
	x.correlation = httpx.Echoed(r, "X-Ms-Correlation-Request-Id")
	if x.correlation == "" {
		x.correlation = x.request
	}
	h := make(http.Header, len(f.fixed)+8)
	for name, values := range f.fixed {
		h[name] = values
	}
	routing := make([]byte, 0, len(f.region)+18+len(x.request))
	routing = x.at.AppendFormat(append(append(routing, f.region...), ':'), "20060102T150405Z")
	routing = append(append(routing, ':'), x.request...)
	values := [4]string{x.request, x.correlation, string(routing), "11999"}
	h["X-Ms-Request-Id"] = values[0:1:1]
	h["X-Ms-Correlation-Request-Id"] = values[1:2:2]
	h["X-Ms-Routing-Request-Id"] = values[2:3:3]
	h[remaining(r.Method)] = values[3:4:4]
	if strings.EqualFold(r.Header.Get("X-Ms-Return-Client-Request-Id"), "true") {
		if id := httpx.Echoed(r, "X-Ms-Client-Request-Id"); id != "" {
			h["X-Ms-Client-Request-Id"] = []string{id}
		}
	}
	x.header = h
	return x
}

// remaining is the header that says how many requests of the sort are left. Nothing is throttled here.
func remaining(method string) string {
	switch method {
	case http.MethodGet, http.MethodHead:
		return "X-Ms-Ratelimit-Remaining-Subscription-Reads"
	case http.MethodDelete:
		return "X-Ms-Ratelimit-Remaining-Subscription-Deletes"
	}
	return "X-Ms-Ratelimit-Remaining-Subscription-Writes"
}

// respond is the service's answer on the wire.
func (x *exchange) respond(a *resource.Answer) *httpx.Response {
	for name, value := range a.Header {
		x.header.Set(name, value)
	}
	status := a.Status
	if status == 0 {
		status = http.StatusOK
		if a.Body == nil {
			status = http.StatusNoContent
		}
	}
	return &httpx.Response{Status: status, Header: x.header, Body: a.Body}
}
