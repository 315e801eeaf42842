package httpx

import (
	"bufio"
	"crypto/tls"
	"fmt"
	"io"
	"log/slog"
	"maps"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

// spelledServer answers with the protocol's security and the names that Spelled knows.
func spelledServer(t *testing.T, config *tls.Config) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	s := NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
		fmt.Fprint(w, r.TLS != nil, r.ProtoMajor, Spelled(r, "x-ms-meta-"))
	}), slog.New(slog.DiscardHandler))
	address := l.Addr().String()
	if l = Spelling(l); config != nil {
		s.TLSConfig = config.Clone()
		l = SpellingTLS(l, config)
	}
	go func() { _ = s.Serve(l) }() // until the server is closed
	t.Cleanup(func() { _ = s.Close() })
	return address
}

// talk sends requests over one connection, each as it is, and gives the answers' bodies.
func talk(t *testing.T, c net.Conn, requests ...string) []string {
	t.Helper()
	var answers []string
	r := bufio.NewReader(c)
	for _, request := range requests {
		if _, err := io.WriteString(c, request); err != nil {
			t.Fatal(err)
		}
		answer, err := http.ReadResponse(r, nil)
		if err != nil {
			t.Fatal(err)
		}
		body, err := io.ReadAll(answer.Body)
		if err != nil {
			t.Fatal(err)
		}
		answers = append(answers, string(body))
	}
	return answers
}

// TestSpelled reads names as they were sent, request after request, behind TLS and without.
func TestSpelled(t *testing.T) {
	requests := []string{
		"PUT / HTTP/1.1\r\nHost: h\r\nContent-Length: 12\r\nX-MS-meta-BigName: 1\r\nx-ms-meta-small: 2\r\n\r\nx-ms-meta-A:",
		"GET / HTTP/1.1\r\nHost: h\r\n\r\n",
		"GET / HTTP/1.1\r\nHost: h\r\nx-other: x-ms-meta-No: 1\r\nx-ms-meta-Twice: 1\r\nx-ms-meta-twice: 1\r\n\r\n",
		"GET / HTTP/1.1\nHost: h\nx-ms-meta-Bare: 1\n\n",
	}
	want := []string{"map[x-ms-meta-bigname:X-MS-meta-BigName x-ms-meta-small:x-ms-meta-small]", "map[]", "map[x-ms-meta-twice:x-ms-meta-Twice]", "map[x-ms-meta-bare:x-ms-meta-Bare]"}
	plain, err := net.Dial("tcp", spelledServer(t, nil))
	if err != nil {
		t.Fatal(err)
	}
	defer plain.Close()
	certificate := httptest.NewUnstartedServer(nil)
	certificate.StartTLS()
	defer certificate.Close()
	config := &tls.Config{Certificates: certificate.TLS.Certificates, NextProtos: []string{"h2", "http/1.1"}}
	address := spelledServer(t, config)
	secure, err := tls.Dial("tcp", address, &tls.Config{InsecureSkipVerify: true})
	if err != nil {
		t.Fatal(err)
	}
	defer secure.Close()
	for i, got := range talk(t, plain, requests...) {
		if got != "false 1 "+want[i] && got != "false1 "+want[i] {
			t.Errorf("plain, request %d: %s, want %s", i, got, want[i])
		}
	}
	for i, got := range talk(t, secure, requests...) {
		if !strings.HasPrefix(got, "true") || !strings.HasSuffix(got, want[i]) {
			t.Errorf("TLS, request %d: %s, want %s", i, got, want[i])
		}
	}
	// HTTP/2 has no case; a client without TLS is told.
	c := &http.Client{Transport: &http.Transport{TLSClientConfig: &tls.Config{InsecureSkipVerify: true}, ForceAttemptHTTP2: true}}
	defer c.CloseIdleConnections()
	answer, err := c.Get("https://" + address)
	if err != nil {
		t.Fatal(err)
	}
	body, err := io.ReadAll(answer.Body)
	_ = answer.Body.Close()
	if err != nil || answer.ProtoMajor != 2 || !strings.HasPrefix(string(body), "true") || !strings.HasSuffix(string(body), "map[]") {
		t.Errorf("%s %q, %v", answer.Proto, body, err)
	}
	confused, err := net.Dial("tcp", address)
	if err != nil {
		t.Fatal(err)
	}
	defer confused.Close()
	if got := talk(t, confused, requests[1]); !strings.Contains(got[0], "HTTP request to an HTTPS server") {
		t.Error(got)
	}
}

// TestHeadInPieces: a head is the same however it arrives, and what lies behind it is not looked at.
func TestHeadInPieces(t *testing.T) {
	for _, end := range []string{"\r\n", "\n"} {
		text := strings.Join([]string{"PUT / HTTP/1.1", "Host: h", "x-ms-meta-A: 1", "x-ms-meta-bC: 2", "", "x-ms-meta-D: 3", ""}, end)
		for cut := range text {
			var h head
			h.begin()
			h.saw([]byte(text[:cut]))
			h.saw([]byte(text[cut:]))
			if got := h.names("X-Ms-Meta-"); !maps.Equal(got, map[string]string{"x-ms-meta-a": "x-ms-meta-A", "x-ms-meta-bc": "x-ms-meta-bC"}) {
				t.Fatalf("cut at %d: %v", cut, got)
			}
		}
	}
	var h head
	for range 2 * maxSpelled / 1024 {
		h.saw(make([]byte, 1024))
	}
	if len(h.bytes) != maxSpelled || h.names("x") != nil {
		t.Errorf("%d bytes are kept", len(h.bytes))
	}
	if h.begin(); cap(h.bytes) != 0 {
		t.Error("a large head is kept for the next request")
	}
}

func FuzzHead(f *testing.F) {
	f.Add([]byte("GET / HTTP/1.1\r\nx-ms-meta-A: 1\r\n\r\nx-ms-meta-B: 1\r\n"), 7)
	f.Fuzz(func(t *testing.T, data []byte, cut int) {
		cut = min(max(cut, 0), len(data))
		var whole, parts head
		whole.saw(data)
		parts.saw(data[:cut])
		parts.saw(data[cut:])
		if a, b := whole.names("x-"), parts.names("x-"); !maps.Equal(a, b) {
			t.Errorf("%v in one piece, %v in two", a, b)
		}
	})
}
