package gateway

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strconv"

	"github.com/alcedo-cloud/alcedo/internal/cloud"
	"github.com/alcedo-cloud/alcedo/internal/httpx"
)

// route hands the request to the front of the host that it names. The server name of the TLS handshake and the host
// must both be the cloud's, and of one certificate: a client that holds a connection for one endpoint and asks another
// over it is told to open a second one (RFC 9110, 15.5.20). A connection made to this machine, without a name or as
// localhost, may ask for any.
func (g *Gateway) route(w http.ResponseWriter, r *http.Request) {
	host, ok := g.cloud.Host(r.Host)
	if !ok {
		g.refuse(w, r, http.StatusMisdirectedRequest, "MisdirectedRequest", fmt.Sprintf(
			"%s has no endpoint named %s. alcedo answers for one cloud and asks no other: look at the host's spelling, and "+
				"at the cloud that the client is set to.", g.cloud.Name, quoted(r.Host)))
		return
	}
	if r.TLS != nil && r.TLS.ServerName != "" {
		asked, _ := g.cloud.Host(r.TLS.ServerName)
		if asked.Kind != cloud.HostLocal && asked.Pattern != host.Pattern {
			g.refuse(w, r, http.StatusMisdirectedRequest, "MisdirectedRequest", fmt.Sprintf(
				"The connection was made for %s and cannot be used for %s.", quoted(asked.Name), quoted(host.Name)))
			return
		}
	}
	for _, route := range g.routes {
		if !route.Match(host) {
			continue
		}
		if r.TLS == nil && !route.Plain {
			g.refuse(w, r, http.StatusForbidden, "HttpsRequired", fmt.Sprintf("%s is reached by https alone.", quoted(host.Name)))
			return
		}
		limit := route.MaxBody
		if limit == 0 {
			limit = httpx.MaxBody
		}
		if limit > 0 && r.Body != nil && r.Body != http.NoBody {
			// One more than the limit: the front refuses what is over it in its protocol's words, this only stops the flood.
			r.Body = http.MaxBytesReader(w, r.Body, limit+1)
		}
		route.Handler.ServeHTTP(w, r)
		return
	}
	g.refuse(w, r, http.StatusNotFound, "EndpointNotServed", fmt.Sprintf(
		"%s is an endpoint of %s that this alcedo does not serve.", quoted(host.Name), g.cloud.Name))
}

// refuse answers in the envelope that most of Azure's services use, so that clients show the message.
func (g *Gateway) refuse(w http.ResponseWriter, r *http.Request, status int, code, message string) {
	g.log.Info("refused a request", "status", status, "code", code, "host", clip(r.Host), "method", r.Method)
	var body struct {
		Error struct {
			Code    string `json:"code"`
			Message string `json:"message"`
		} `json:"error"`
	}
	body.Error.Code, body.Error.Message = code, message
	text, err := json.Marshal(body)
	if err != nil { // two strings always encode
		text = nil
	}
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.Header().Set("Content-Length", strconv.Itoa(len(text)))
	w.WriteHeader(status)
	_, _ = w.Write(text) // a client that is gone needs no answer
}

const maxQuoted = 255 // a host name has no more

func clip(s string) string {
	if len(s) > maxQuoted {
		return s[:maxQuoted]
	}
	return s
}

func quoted(s string) string { return "'" + clip(s) + "'" }
