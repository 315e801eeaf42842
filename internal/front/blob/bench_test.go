package blob

import (
	"io"
	"net/http/httptest"
	"strings"
	"testing"
)

// BenchmarkGet is the front and the service for 4 KiB by a shared key, without a connection.
func BenchmarkGet(b *testing.B) {
	w := newWorld(b)
	w.container("con")
	w.put("/con/b", strings.Repeat("x", 4096))
	r := w.request(ask{method: "GET", url: "/con/b", as: "key"})
	b.ReportAllocs()
	for b.Loop() {
		rec := httptest.NewRecorder()
		rec.Body = nil
		w.ServeHTTP(rec, r)
		if rec.Code != 200 {
			b.Fatal(rec.Code)
		}
	}
}

// BenchmarkList is a page of 5,000 blobs.
func BenchmarkList(b *testing.B) {
	w := newWorld(b)
	w.container("con")
	for i := range 5000 {
		w.put("/con/"+strings.Repeat("n", 10)+string(rune('a'+i%26))+strings.Repeat("z", i%50)+string(rune('a'+i/1300)), "")
	}
	r := w.request(ask{method: "GET", url: "/con?restype=container&comp=list", as: "key"})
	b.ReportAllocs()
	for b.Loop() {
		rec := httptest.NewRecorder()
		w.ServeHTTP(rec, r)
		if _, err := io.Copy(io.Discard, rec.Body); err != nil || rec.Code != 200 {
			b.Fatal(rec.Code, err)
		}
	}
}
