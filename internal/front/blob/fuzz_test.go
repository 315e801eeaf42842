package blob

import (
	"bytes"
	"net/http"
	"strings"
	"testing"
)

// errorCode is spelled as Azure spells it.
const errorCode = "x-ms-error-code"

// spelled gives the values of a header by the very spelling.
func spelled(h http.Header, name string) []string {
	for n, values := range h {
		if n == name {
			return values
		}
	}
	return nil
}

// FuzzFront sends whatever a client could, as nobody, by a key and by a token. Whatever it is, the answer is one of the
// protocol's: no panic, no 500, and a refusal has its code.
func FuzzFront(f *testing.F) {
	w := newWorld(f)
	w.container("con", "x-ms-blob-public-access", "container")
	w.put("/con/b", "hello")
	f.Add("GET", "/con/b", "range", "bytes=1-2", []byte(nil), uint8(0))
	f.Add("PUT", "/con/x", "x-ms-blob-type", "BlockBlob", []byte("x"), uint8(1))
	f.Add("PUT", "/con?restype=container&comp=acl", "x-ms-blob-public-access", "blob", []byte("<SignedIdentifiers/>"), uint8(1))
	f.Add("POST", "/?comp=batch", "content-type", "multipart/mixed; boundary=b", []byte("--b\r\n\r\nDELETE /con/b HTTP/1.1\r\n\r\n--b--"), uint8(1))
	f.Add("PUT", "/con/b?comp=blocklist", "x-ms-meta-a", "b", []byte("<BlockList><Latest>AAAA</Latest></BlockList>"), uint8(2))
	f.Add("GET", "/con?restype=container&comp=list&delimiter=/&marker=x", "x-ms-version", "2019-12-12", []byte(nil), uint8(2))
	f.Add("GET", "/con/b?sv=2020-12-06&sr=b&sp=r&se=2026-11-24&sig=AAAA", "x-ms-date", "", []byte(nil), uint8(0))
	f.Add("PUT", "/con/c", "x-ms-copy-source", "https://acct.blob.core.chinacloudapi.cn/con/b?snapshot=1", []byte(nil), uint8(1))
	f.Fuzz(func(t *testing.T, method, url, name, value string, body []byte, as uint8) {
		r, err := http.NewRequest(method, "http://"+host+url, bytes.NewReader(body))
		if err != nil || !strings.HasPrefix(url, "/") || r.Host != host {
			return
		}
		w := &world{TB: t, Handler: w.Handler, account: w.account, clock: w.clock}
		r.RemoteAddr = "127.0.0.1:5000"
		tmp := w.request(ask{method: "GET", url: "/"})
		r.TLS, r.Header = tmp.TLS, tmp.Header
		r.Header.Set(name, value)
		switch as % 3 {
		case 1:
			if _, err := stringsToSign(r, "acct", version, false); err == nil {
				w.sign(r, w.account.Keys[0].Value, false)
			}
		case 2:
			r.Header.Set("Authorization", "Bearer writer")
		}
		rec := serve(w, r)
		code := spelled(rec.Header(), errorCode)
		if rec.Code >= 500 && rec.Code != http.StatusNotImplemented && code[0] != "OperationTimedOut" {
			t.Fatalf("%s %s: %d %s", method, url, rec.Code, rec.Body)
		}
		if rec.Code >= 400 && (len(code) != 1 || code[0] == "") {
			t.Fatalf("%s %s: %d without a code", method, url, rec.Code)
		}
	})
}
