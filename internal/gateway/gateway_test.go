package gateway

import (
	"bufio"
	"context"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/alcedo-cloud/alcedo/internal/clock"
	"github.com/alcedo-cloud/alcedo/internal/cloud"
	"github.com/alcedo-cloud/alcedo/internal/httpx"
	"github.com/alcedo-cloud/alcedo/internal/pki"
)

// door is a gateway that listens.
type door struct {
	*Gateway
	tls, proxy string
	roots      *x509.CertPool
}

func open(t *testing.T) *door {
	t.Helper()
	c, err := cloud.ByName("AzureChinaCloud")
	if err != nil {
		t.Fatal(err)
	}
	authority, err := pki.Open("", c, clock.System{}, rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	say := func(who string) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			body, err := httpx.ReadBody(r, 10)
			fmt.Fprintf(w, "%s %s %d %v", who, r.Proto, len(body), err)
		})
	}
	g, err := New(Config{
		Cloud: c, Certificates: authority, Log: slog.New(slog.DiscardHandler),
		Routes: []Route{
			{Match: On(cloud.HostResourceManager, cloud.HostManagement), Handler: say("arm"), MaxBody: 10},
			{Match: On(cloud.HostLogin, cloud.HostResourceManager), Handler: say("login")},
			{Match: On(cloud.HostLocal), Handler: say("local")},
			{Match: On(cloud.HostBlob), Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				n, err := io.Copy(io.Discard, r.Body)
				fmt.Fprintf(w, "blob %d %v", n, err)
			}), MaxBody: -1, HTTP1: true, Plain: true},
			{Match: On(cloud.HostQueue), Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				n, err := io.Copy(io.Discard, r.Body)
				fmt.Fprintf(w, "queue %d %v", n, err)
			})},
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	d := &door{Gateway: g, roots: authority.Pool()}
	served := make(chan error, 2)
	d.tls = listen(t, func(l net.Listener) { served <- g.ServeTLS(l) })
	d.proxy = listen(t, func(l net.Listener) { served <- g.ServeProxy(l) })
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
		defer cancel()
		if err := errors.Join(g.Shutdown(ctx), <-served, <-served); err != nil {
			t.Error(err)
		}
	})
	return d
}

func listen(t *testing.T, serve func(net.Listener)) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	go serve(l)
	return l.Addr().String()
}

// client reaches the gateway under any name, as in a sandbox.
func (d *door) client(t *testing.T, config *tls.Config) *http.Client {
	t.Helper()
	config.RootCAs = d.roots
	transport := &http.Transport{
		TLSClientConfig: config, ForceAttemptHTTP2: true,
		DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
			return new(net.Dialer).DialContext(ctx, "tcp", d.tls)
		},
	}
	t.Cleanup(transport.CloseIdleConnections)
	return &http.Client{Transport: transport, Timeout: 10 * time.Second}
}

func do(t *testing.T, c *http.Client, r *http.Request) (int, string) {
	t.Helper()
	resp, err := c.Do(r)
	if err != nil {
		return 0, err.Error()
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return resp.StatusCode, string(body)
}

func request(t *testing.T, method, url, host string, body io.Reader) *http.Request {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), method, url, body)
	if err != nil {
		t.Fatal(err)
	}
	r.Host = host
	return r
}

func TestRoutes(t *testing.T) {
	c := open(t).client(t, &tls.Config{})
	for _, want := range []struct {
		url, host string
		status    int
		body      string
	}{
		{"https://management.chinacloudapi.cn/x", "", 200, "arm HTTP/2.0"}, // the first route that matches
		{"https://management.core.chinacloudapi.cn/", "", 200, "arm"},
		{"https://login.chinacloudapi.cn/", "", 200, "login"},
		{"https://login.microsoftonline.com/", "", 200, "login"},
		{"https://management.chinacloudapi.cn:8443/", "", 200, "arm"},
		{"https://localhost/", "", 200, "local"},
		{"https://127.0.0.1/", "", 200, "local"},
		{"https://localhost/", "management.chinacloudapi.cn", 200, "arm"}, // a connection to this machine may ask for any
		{"https://127.0.0.1/", "login.chinacloudapi.cn:8443", 200, "login"},
		{"https://a.blob.core.chinacloudapi.cn/", "b.blob.core.chinacloudapi.cn", 200, "blob"}, // one certificate
		{"https://kv.vault.azure.cn/", "", 404, "'kv.vault.azure.cn' is an endpoint of AzureChinaCloud that this alcedo does not serve"},
		{"https://localhost/", "management.azure.com", 421, "AzureChinaCloud has no endpoint named 'management.azure.com'"},
		{"https://localhost/", "example.com", 421, "'example.com'"},
		{"https://management.chinacloudapi.cn/", "login.chinacloudapi.cn", 421, "made for 'management.chinacloudapi.cn' and cannot be used for 'login.chinacloudapi.cn'"},
		{"https://management.chinacloudapi.cn/", "localhost", 421, "cannot be used"},
	} {
		status, body := do(t, c, request(t, "GET", want.url, want.host, nil))
		if status != want.status || !strings.Contains(body, want.body) {
			t.Errorf("%s, host %q: %d %q; want %d %q", want.url, want.host, status, body, want.status, want.body)
		}
		if status >= 400 {
			var e struct {
				Error struct{ Code, Message string }
			}
			if err := json.Unmarshal([]byte(body), &e); err != nil || e.Error.Code == "" || e.Error.Message == "" {
				t.Errorf("%s: no error envelope: %s", want.url, body)
			}
		}
	}
}

func TestTLS(t *testing.T) {
	d := open(t)
	for _, v := range []uint16{tls.VersionTLS12, tls.VersionTLS13} {
		for _, protocols := range [][]string{{"h2", "http/1.1"}, {"http/1.1"}, nil} {
			conn, err := tls.Dial("tcp", d.tls, &tls.Config{
				ServerName: "management.chinacloudapi.cn", RootCAs: d.roots, MinVersion: v, MaxVersion: v, NextProtos: protocols,
			})
			if err != nil {
				t.Errorf("%s: %v", tls.VersionName(v), err)
				continue
			}
			want := ""
			if len(protocols) > 0 {
				want = protocols[0]
			}
			if s := conn.ConnectionState(); s.Version != v || s.NegotiatedProtocol != want {
				t.Errorf("%s with %v: %s, %q", tls.VersionName(v), protocols, tls.VersionName(s.Version), s.NegotiatedProtocol)
			}
			_ = conn.Close()
		}
	}
	blobs, err := tls.Dial("tcp", d.tls, &tls.Config{ServerName: "a.blob.core.chinacloudapi.cn", RootCAs: d.roots, NextProtos: []string{"h2", "http/1.1"}})
	if err != nil {
		t.Fatal(err)
	}
	if s := blobs.ConnectionState(); s.NegotiatedProtocol != "http/1.1" {
		t.Errorf("an endpoint that speaks HTTP/1.1 alone agreed on %q", s.NegotiatedProtocol)
	}
	_ = blobs.Close()
	if _, err := tls.Dial("tcp", d.tls, &tls.Config{ServerName: "management.chinacloudapi.cn", RootCAs: d.roots, MinVersion: tls.VersionTLS10, MaxVersion: tls.VersionTLS11}); err == nil {
		t.Error("TLS 1.1 is spoken")
	}
	_, err = tls.Dial("tcp", d.tls, &tls.Config{ServerName: "management.azure.com", RootCAs: d.roots})
	if err == nil || !strings.Contains(err.Error(), "unrecognized name") {
		t.Errorf("a foreign name: %v", err)
	}
}

func TestHTTP1(t *testing.T) {
	d := open(t)
	c := d.client(t, &tls.Config{NextProtos: []string{"http/1.1"}})
	c.Transport.(*http.Transport).ForceAttemptHTTP2 = false
	if status, body := do(t, c, request(t, "GET", "https://management.chinacloudapi.cn/", "", nil)); status != 200 || !strings.HasPrefix(body, "arm HTTP/1.1") {
		t.Errorf("%d %s", status, body)
	}
}

// TestPlain: only endpoints that Azure has in plain HTTP are there.
func TestPlain(t *testing.T) {
	d := open(t)
	ended := make(chan error, 1)
	address := listen(t, func(l net.Listener) { ended <- d.ServePlain(l) })
	c := &http.Client{Timeout: 10 * time.Second}
	for _, want := range []struct {
		host   string
		status int
		body   string
	}{
		{"a.blob.core.chinacloudapi.cn", 200, "blob 0 <nil>"},
		{"management.chinacloudapi.cn", 403, "HttpsRequired"},
		{"a.queue.core.chinacloudapi.cn", 403, "HttpsRequired"},
		{"example.com", 421, "MisdirectedRequest"},
		{"168.63.129.16", 421, "MisdirectedRequest"},
	} {
		status, body := do(t, c, request(t, "GET", "http://"+address+"/", want.host, nil))
		if status != want.status || !strings.Contains(body, want.body) {
			t.Errorf("%s: %d %q, want %d %q", want.host, status, body, want.status, want.body)
		}
	}
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	if err := errors.Join(d.Shutdown(ctx), <-ended); err != nil {
		t.Error(err)
	}
}

func TestBodyLimits(t *testing.T) {
	c := open(t).client(t, &tls.Config{})
	for _, want := range []struct {
		host string
		size int
		body string
	}{
		{"management.chinacloudapi.cn", 10, "arm HTTP/2.0 10 <nil>"},
		{"management.chinacloudapi.cn", 11, "maximum"}, // the front says so in its words
		{"management.chinacloudapi.cn", 1 << 20, "maximum"},
		{"a.blob.core.chinacloudapi.cn", httpx.MaxBody + 2, fmt.Sprintf("blob %d <nil>", httpx.MaxBody+2)},
		{"a.queue.core.chinacloudapi.cn", httpx.MaxBody + 1, fmt.Sprintf("queue %d <nil>", httpx.MaxBody+1)},
		{"a.queue.core.chinacloudapi.cn", httpx.MaxBody + 2, "too large"},
	} {
		// A reader of unknown length: the announced one would be refused before.
		body := io.MultiReader(strings.NewReader(strings.Repeat("a", want.size)))
		status, got := do(t, c, request(t, "PUT", "https://"+want.host+"/", "", body))
		if status != 200 || !strings.Contains(got, want.body) {
			t.Errorf("%s with %d bytes: %d %q, want %q", want.host, want.size, status, got, want.body)
		}
	}
}

func TestHeaderLimit(t *testing.T) {
	c := open(t).client(t, &tls.Config{NextProtos: []string{"http/1.1"}})
	r := request(t, "GET", "https://management.chinacloudapi.cn/", "", nil)
	r.Header.Set("x-long", strings.Repeat("a", 2*httpx.MaxHeader))
	if status, _ := do(t, c, r); status == 200 {
		t.Error("a header over the limit is taken")
	}
}

func TestProxy(t *testing.T) {
	d := open(t)
	proxy, err := url.Parse("http://" + d.proxy)
	if err != nil {
		t.Fatal(err)
	}
	transport := &http.Transport{Proxy: http.ProxyURL(proxy), TLSClientConfig: &tls.Config{RootCAs: d.roots}, ForceAttemptHTTP2: true}
	defer transport.CloseIdleConnections()
	c := &http.Client{Transport: transport, Timeout: 10 * time.Second}
	if status, body := do(t, c, request(t, "GET", "https://management.chinacloudapi.cn/x", "", nil)); status != 200 || !strings.HasPrefix(body, "arm HTTP/2.0") {
		t.Errorf("%d %s", status, body)
	}
	for target, want := range map[string]string{
		"https://example.com/":                      "Forbidden",
		"https://management.azure.com/":             "Forbidden",
		"https://localhost/":                        "Forbidden",
		"https://127.0.0.1:22/":                     "Forbidden",
		"https://metadata.azure.internal/":          "Forbidden",
		"https://management.chinacloudapi.cn:8443/": "Forbidden",
		"http://169.254.169.254/metadata/identity":  "alcedo vm run",
		"http://metadata.azure.internal/metadata":   "alcedo vm run",
		"http://management.chinacloudapi.cn/":       "over https alone",
		"http://example.com/":                       "over https alone",
		"http://" + d.proxy + "/":                   "over https alone",
	} {
		status, body := do(t, c, request(t, "GET", target, "", nil))
		if status == 200 || !strings.Contains(body, want) {
			t.Errorf("%s: %d %q, want %q", target, status, body, want)
		}
	}
	plain := &http.Client{Timeout: 10 * time.Second}
	if status, body := do(t, plain, request(t, "GET", "http://"+d.proxy+"/", "", nil)); status != 403 || !strings.Contains(body, "HTTPS_PROXY") {
		t.Errorf("a visitor: %d %q", status, body)
	}
}

// A refused CONNECT says why, and a client that sends its hello together with the CONNECT is joined all the same.
func TestProxyByHand(t *testing.T) {
	d := open(t)
	for _, c := range []struct{ line, want string }{
		{"CONNECT example.com:443 HTTP/1.1", "'example.com' is no endpoint of AzureChinaCloud"},
		{"CONNECT management.chinacloudapi.cn:1433 HTTP/1.1", "port 443"},
		{"CONNECT management.chinacloudapi.cn HTTP/1.1", "a host and a port"},
	} {
		conn, err := net.Dial("tcp", d.proxy)
		if err != nil {
			t.Fatal(err)
		}
		fmt.Fprintf(conn, "%s\r\nHost: x\r\n\r\n", c.line)
		resp, err := http.ReadResponse(bufio.NewReader(conn), nil)
		if err != nil {
			t.Fatal(err)
		}
		body, err := io.ReadAll(resp.Body)
		if err != nil || resp.StatusCode != 403 || !strings.Contains(string(body), c.want) {
			t.Errorf("%s: %d %q %v", c.line, resp.StatusCode, body, err)
		}
		_ = conn.Close()
	}
	conn, err := net.Dial("tcp", d.proxy)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	early := tls.Client(&eager{Conn: conn, first: "CONNECT management.chinacloudapi.cn:443 HTTP/1.1\r\nHost: management.chinacloudapi.cn:443\r\n\r\n"},
		&tls.Config{ServerName: "management.chinacloudapi.cn", RootCAs: d.roots})
	if err := early.HandshakeContext(t.Context()); err != nil {
		t.Fatal(err)
	}
	fmt.Fprint(early, "GET / HTTP/1.1\r\nHost: management.chinacloudapi.cn\r\n\r\n")
	resp, err := http.ReadResponse(bufio.NewReader(early), nil)
	if err != nil || resp.StatusCode != 200 {
		t.Errorf("%v, %v", resp, err)
	}
}

// eager sends first together with what is written first, and skips the proxy's answer.
type eager struct {
	net.Conn
	first string
	read  bool
}

func (e *eager) Write(p []byte) (int, error) {
	if e.first == "" {
		return e.Conn.Write(p)
	}
	_, err := e.Conn.Write(append([]byte(e.first), p...))
	e.first = ""
	return len(p), err
}

func (e *eager) Read(p []byte) (int, error) {
	if !e.read {
		e.read = true
		answer := make([]byte, len("HTTP/1.1 200 Connection established\r\n\r\n"))
		if _, err := io.ReadFull(e.Conn, answer); err != nil {
			return 0, err
		}
	}
	return e.Conn.Read(p)
}

// Shutdown lets a request under way finish, also one that came by the proxy, and takes no other.
func TestShutdown(t *testing.T) {
	c, err := cloud.ByName("AzureCloud")
	if err != nil {
		t.Fatal(err)
	}
	authority, err := pki.Open("", c, clock.System{}, rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	entered, leave := make(chan struct{}), make(chan struct{})
	g, err := New(Config{Cloud: c, Certificates: authority, Log: slog.New(slog.DiscardHandler), Routes: []Route{{
		Match: On(cloud.HostResourceManager),
		Handler: http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			entered <- struct{}{}
			<-leave
			_, _ = io.WriteString(w, "done")
		}),
	}}})
	if err != nil {
		t.Fatal(err)
	}
	served := make(chan error, 1)
	at := listen(t, func(l net.Listener) { served <- g.ServeProxy(l) })
	proxy := &url.URL{Scheme: "http", Host: at}
	client := &http.Client{Transport: &http.Transport{Proxy: http.ProxyURL(proxy), TLSClientConfig: &tls.Config{RootCAs: authority.Pool()}}}
	defer client.CloseIdleConnections()
	answer := make(chan string, 1)
	go func() {
		resp, err := client.Get("https://management.azure.com/")
		if err != nil {
			answer <- err.Error()
			return
		}
		defer resp.Body.Close()
		body, _ := io.ReadAll(resp.Body)
		answer <- string(body)
	}()
	<-entered
	down := make(chan error, 1)
	go func() { down <- g.Shutdown(t.Context()) }()
	if err := <-served; err != nil {
		t.Errorf("ServeProxy: %v", err)
	}
	if conn, err := net.Dial("tcp", at); err == nil {
		_ = conn.Close()
		t.Error("the listener still takes connections")
	}
	close(leave)
	if got := <-answer; got != "done" {
		t.Errorf("the request under way got %q", got)
	}
	if err := <-down; err != nil {
		t.Errorf("Shutdown: %v", err)
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	if err := g.ServeTLS(l); err != nil {
		t.Errorf("ServeTLS after Shutdown: %v", err)
	}
}

func TestNewRefuses(t *testing.T) {
	if _, err := New(Config{}); err == nil {
		t.Error("a gateway of nothing")
	}
}
