// Package gateway is the cloud's front door: it ends TLS with the certificate that the client's server name asks for and
// hands each request to the front of the host that the request names. It must never know a front, a token or a caller.
package gateway

import (
	"context"
	"crypto/tls"
	"errors"
	"log/slog"
	"net"
	"net/http"

	"github.com/alcedo-cloud/alcedo/internal/cloud"
	"github.com/alcedo-cloud/alcedo/internal/fault"
	"github.com/alcedo-cloud/alcedo/internal/httpx"
)

// Certificates gives the certificate for the server name that a client asks for, or a fault NotFound for a name of no
// endpoint. *pki.Authority is one.
type Certificates interface {
	Certificate(hello *tls.ClientHelloInfo) (*tls.Certificate, error)
}

// Route sends the hosts that Match accepts to Handler.
type Route struct {
	Match   func(h cloud.Host) bool
	Handler http.Handler
	// MaxBody is the most bytes of a request's body. 0 means httpx.MaxBody, a negative value no limit: for fronts that
	// stream and limit by themselves.
	MaxBody int64
	// Plain says that Azure answers there in plain HTTP too: what an account's settings make of it is the front's.
	Plain bool
	// HTTP1 says that Azure speaks HTTP/1.1 alone there. The front then learns how headers' names were spelled.
	HTTP1 bool
}

// On matches hosts of any of these kinds.
func On(kinds ...cloud.HostKind) func(cloud.Host) bool {
	return func(h cloud.Host) bool {
		for _, k := range kinds {
			if h.Kind == k {
				return true
			}
		}
		return false
	}
}

// Config is what a gateway is made of.
type Config struct {
	Cloud        cloud.Cloud
	Certificates Certificates
	Routes       []Route // the first that matches answers
	Log          *slog.Logger
}

// Gateway serves any number of listeners at once.
type Gateway struct {
	cloud     cloud.Cloud
	routes    []Route
	log       *slog.Logger
	tls       *tls.Config
	server    *http.Server // behind TLS
	unsecured *http.Server // without TLS
	proxy     *http.Server // the CONNECT door
	joined    *joint       // from the proxy's connections to the server
}

// New returns a gateway. Nothing listens yet.
func New(c Config) (*Gateway, error) {
	const op = "gateway.New"
	if c.Certificates == nil || c.Log == nil || c.Cloud.Login == "" {
		return nil, fault.New(fault.Internal, op, "", "a gateway needs a cloud, certificates and a log")
	}
	for _, r := range c.Routes {
		if r.Match == nil || r.Handler == nil {
			return nil, fault.New(fault.Internal, op, "", "a route needs a match and a handler")
		}
	}
	g := &Gateway{cloud: c.Cloud, routes: c.Routes, log: c.Log, joined: newJoint()}
	g.server = httpx.NewServer(http.HandlerFunc(g.route), c.Log)
	g.tls = &tls.Config{
		MinVersion:     tls.VersionTLS12,
		GetCertificate: g.certificate(c.Certificates),
		NextProtos:     []string{"h2", "http/1.1"},
	}
	g.tls.GetConfigForClient = g.protocols(g.tls.Clone())
	g.server.TLSConfig = g.tls.Clone()
	g.server.HTTP2 = &http.HTTP2Config{MaxConcurrentStreams: 250}
	g.unsecured = httpx.NewServer(http.HandlerFunc(g.route), c.Log)
	g.proxy = httpx.NewServer(http.HandlerFunc(g.connect), c.Log)
	go func() {
		// It ends when Shutdown or Close of the server closes the joint.
		if err := g.ServeTLS(g.joined); err != nil {
			c.Log.Error("the proxy's connections are no longer served", "error", err)
		}
	}()
	return g, nil
}

// certificate tells a client that asks for a foreign name so, by the alert unrecognized_name (RFC 6066, 3), which
// crypto/tls sends where there is neither certificate nor error.
func (g *Gateway) certificate(from Certificates) func(*tls.ClientHelloInfo) (*tls.Certificate, error) {
	return func(hello *tls.ClientHelloInfo) (*tls.Certificate, error) {
		cert, err := from.Certificate(hello)
		if fault.Is(err, fault.NotFound) {
			g.log.Info("refused a name that is not the cloud's", "name", hello.ServerName, "from", hello.Conn.RemoteAddr())
			return nil, nil
		}
		return cert, err
	}
}

// protocols offers HTTP/1.1 alone where Azure does.
func (g *Gateway) protocols(config *tls.Config) func(*tls.ClientHelloInfo) (*tls.Config, error) {
	config.NextProtos = []string{"http/1.1"}
	return func(hello *tls.ClientHelloInfo) (*tls.Config, error) {
		host, ok := g.cloud.Host(hello.ServerName)
		for _, r := range g.routes {
			if ok && r.Match(host) {
				if r.HTTP1 {
					return config, nil
				}
				break
			}
		}
		return nil, nil // the listener's own
	}
}

// ServeTLS serves TLS on l until l is closed or the gateway shuts down, and closes it. Neither is an error.
func (g *Gateway) ServeTLS(l net.Listener) error {
	return ended("gateway.ServeTLS", g.server.Serve(httpx.SpellingTLS(l, g.tls)))
}

// ServePlain serves plain HTTP/1.1 on l, for the hosts that Azure has there, until l is closed or the gateway shuts down.
func (g *Gateway) ServePlain(l net.Listener) error {
	return ended("gateway.ServePlain", g.unsecured.Serve(httpx.Spelling(l)))
}

// ServeProxy serves the CONNECT door on l, in plain HTTP/1.1, until l is closed or the gateway shuts down.
func (g *Gateway) ServeProxy(l net.Listener) error {
	return ended("gateway.ServeProxy", g.proxy.Serve(l))
}

func ended(op string, err error) error {
	if errors.Is(err, http.ErrServerClosed) || errors.Is(err, net.ErrClosed) {
		return nil
	}
	return fault.Wrap(op, err)
}

// Shutdown stops listening, waits for requests under way until ctx ends, and then cuts those off that remain.
func (g *Gateway) Shutdown(ctx context.Context) error {
	proxyErr := g.proxy.Shutdown(ctx)
	plainErr := g.unsecured.Shutdown(ctx)
	serverErr := g.server.Shutdown(ctx)
	if proxyErr != nil || plainErr != nil || serverErr != nil {
		return errors.Join(proxyErr, plainErr, serverErr, g.proxy.Close(), g.unsecured.Close(), g.server.Close())
	}
	return nil
}
