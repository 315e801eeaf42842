package gateway

import (
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"

	"github.com/alcedo-cloud/alcedo/internal/cloud"
)

// connect is the second-best door, for programs that run outside of the sandbox with HTTPS_PROXY set to it. CONNECT to
// port 443 of one of the cloud's names becomes a connection of the gateway's own. Nothing else goes through: the proxy
// asks no other machine, and the metadata service is not behind it, since a proxy cannot tell which virtual machine a
// process is.
func (g *Gateway) connect(w http.ResponseWriter, r *http.Request) {
	if r.Method != http.MethodConnect {
		g.plain(w, r)
		return
	}
	name, port, err := net.SplitHostPort(r.Host)
	if err != nil {
		g.deny(w, r, "CONNECT needs a host and a port, as in management.azure.com:443.")
		return
	}
	host, ok := g.cloud.Host(name)
	switch {
	case !ok || host.Kind == cloud.HostLocal || host.Kind == cloud.HostIMDS:
		g.deny(w, r, fmt.Sprintf("%s is no endpoint of %s, and this proxy reaches nothing else. Add it to NO_PROXY to reach it directly.",
			quoted(name), g.cloud.Name))
		return
	case port != "443":
		g.deny(w, r, fmt.Sprintf("This proxy joins port 443 of %s's endpoints alone, not %s.", g.cloud.Name, quoted(r.Host)))
		return
	}
	conn, buffered, err := http.NewResponseController(w).Hijack()
	if err != nil {
		g.deny(w, r, "CONNECT needs HTTP/1.1.")
		return
	}
	if _, err := io.WriteString(conn, "HTTP/1.1 200 Connection established\r\n\r\n"); err != nil {
		_ = conn.Close() // the client is gone
		return
	}
	early, _ := buffered.Reader.Peek(buffered.Reader.Buffered()) // what is buffered is there: no error
	g.joined.pass(&joinedConn{Conn: conn, early: early})
}

// plain refuses what is no CONNECT, naming the door that is meant.
func (g *Gateway) plain(w http.ResponseWriter, r *http.Request) {
	target := r.URL.Hostname()
	switch {
	case target == cloud.IMDSAddress || strings.EqualFold(target, cloud.MetadataName):
		g.deny(w, r, "The instance metadata service is not behind this proxy: a proxy cannot tell which virtual machine asks. "+
			"Use `alcedo vm run NAME -- COMMAND`, or the variables of `alcedo env --vm NAME`.")
	case target != "":
		g.deny(w, r, fmt.Sprintf("This proxy reaches %s's endpoints over https alone, not %s.", g.cloud.Name, quoted("http://"+r.URL.Host)))
	default:
		g.deny(w, r, "This is alcedo's proxy for "+g.cloud.Name+": set HTTPS_PROXY to it. `alcedo env` prints the line.")
	}
}

func (g *Gateway) deny(w http.ResponseWriter, r *http.Request, message string) {
	g.log.Info("the proxy refused a request", "method", r.Method, "host", clip(r.Host))
	w.Header().Set("Connection", "close")
	http.Error(w, message, http.StatusForbidden)
}
