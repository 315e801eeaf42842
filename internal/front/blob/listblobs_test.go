package blob

import (
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"testing"
)

// failingWriter takes some bytes and then none, as a connection does whose client has gone.
type failingWriter struct {
	*httptest.ResponseRecorder
	room int
}

var errGone = errors.New("the client has gone")

func (w *failingWriter) Write(p []byte) (int, error) {
	if w.room -= len(p); w.room < 0 {
		return 0, errGone
	}
	return w.ResponseRecorder.Write(p)
}

// TestListInPieces: a page that is longer than a piece is whole, in order, and goes on where the marker says.
func TestListInPieces(t *testing.T) {
	w := newWorld(t)
	w.container("con")
	const blobs = 700
	for i := range blobs {
		w.put(fmt.Sprintf("/con/blob-%04d", i), "x")
	}
	seen, marker := 0, ""
	for _, size := range []int{600, 5000} { // over a piece, then under one
		rec := w.do(ask{method: "GET", url: fmt.Sprintf("/con?restype=container&comp=list&maxresults=%d&marker=%s", size, marker), as: "key"}, 200, "")
		long := rec.Body.Len() > listPiece
		if long != (size == 600) || long != (rec.Header().Get("Content-Length") == "") {
			t.Errorf("%d bytes with the length %q", rec.Body.Len(), rec.Header().Get("Content-Length"))
		}
		root, err := parseXML(rec.Body.Bytes(), "EnumerationResults")
		if err != nil {
			t.Fatal(err)
		}
		for _, b := range root.child("Blobs").children {
			if want := fmt.Sprintf("blob-%04d", seen); string(b.child("Name").text) != want {
				t.Fatalf("%q, want %q", b.child("Name").text, want)
			}
			seen++
		}
		marker = string(root.child("NextMarker").text)
	}
	if seen != blobs || marker != "" {
		t.Errorf("%d blobs and the marker %q", seen, marker)
	}
}

// TestListToNobody: a client that goes away in the middle of a list ends it, and leaves no view of the store open: the
// world's end would tell.
func TestListToNobody(t *testing.T) {
	w := newWorld(t)
	w.container("con")
	for i := range 700 {
		w.put(fmt.Sprintf("/con/blob-%04d", i), "x")
	}
	for _, room := range []int{0, listPiece + listPiece/2} {
		func() {
			defer func() {
				if p := recover(); p != http.ErrAbortHandler {
					t.Errorf("with room for %d bytes: %v, want the connection cut", room, p)
				}
			}()
			w.ServeHTTP(&failingWriter{httptest.NewRecorder(), room},
				w.request(ask{method: "GET", url: "/con?restype=container&comp=list", as: "key"}))
		}()
	}
}
