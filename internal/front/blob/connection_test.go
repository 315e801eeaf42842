package blob

import (
	"bufio"
	"context"
	"crypto/rand"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/alcedo-cloud/alcedo/internal/blob"
	"github.com/alcedo-cloud/alcedo/internal/content/files"
	"github.com/alcedo-cloud/alcedo/internal/httpx"
	"github.com/alcedo-cloud/alcedo/internal/store"
)

// onDisk is a world whose contents are files, behind a real connection.
func onDisk(t *testing.T) (*world, *httptest.Server, string) {
	t.Helper()
	w := newWorld(t)
	dir := t.TempDir()
	contents, err := files.Open(dir, rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = contents.Close() })
	w.service.Content = contents
	fresh, err := blob.New(w.service.Config)
	if err != nil {
		t.Fatal(err)
	}
	w.service = fresh
	h := w.Handler.(*front)
	h.Service = fresh
	if err := w.db.Update(context.Background(), func(tx store.Tx) error { return fresh.PutAccount(tx, w.account) }); err != nil {
		t.Fatal(err)
	}
	s := httptest.NewServer(w.Handler)
	t.Cleanup(s.Close)
	return w, s, dir
}

// count is the number of files below dir.
func count(t *testing.T, dir string) int {
	t.Helper()
	n := 0
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		if e.IsDir() {
			n += count(t, dir+"/"+e.Name())
		} else if e.Type().IsRegular() {
			n++
		}
	}
	return n
}

// over signs a request for the development path, and prints its header.
func (w *world) over(address, method, path string, length int, header ...string) string {
	w.Helper()
	r := w.request(ask{method: method, url: "http://" + address + "/acct" + path, header: header, plain: true})
	r.ContentLength = int64(length)
	w.sign(r, w.account.Keys[0].Value, false)
	var b strings.Builder
	fmt.Fprintf(&b, "%s %s HTTP/1.1\r\nHost: %s\r\nContent-Length: %d\r\n", method, r.URL.RequestURI(), address, length)
	for name, values := range r.Header {
		fmt.Fprintf(&b, "%s: %s\r\n", name, values[0])
	}
	return b.String() + "\r\n"
}

func TestConnections(t *testing.T) {
	w, s, dir := onDisk(t)
	w.container("con")
	address := s.Listener.Addr().String()
	big := strings.Repeat("0123456789abcdef", 64<<10)
	talk := func(text string) *bufio.Reader {
		t.Helper()
		c, err := net.Dial("tcp", address)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = c.Close() })
		if _, err := io.WriteString(c, text); err != nil {
			t.Fatal(err)
		}
		return bufio.NewReader(c)
	}
	response := func(r *bufio.Reader) *http.Response {
		t.Helper()
		got, err := http.ReadResponse(r, nil)
		if err != nil {
			t.Fatal(err)
		}
		return got
	}

	got := response(talk(w.over(address, "PUT", "/con/b", len(big), "x-ms-blob-type", "BlockBlob") + big))
	if got.StatusCode != 201 {
		t.Fatal(got.Status)
	}
	got = response(talk(w.over(address, "GET", "/con/b", 0, "range", "bytes=5-1000000")))
	if body, err := io.ReadAll(got.Body); err != nil || string(body) != big[5:1000001] {
		t.Fatalf("%d bytes, %v", len(body), err)
	}
	kept := count(t, dir)

	// A refusal comes before the body where the client waits for leave to send it.
	got = response(talk(w.over(address, "PUT", "/none/b", len(big), "x-ms-blob-type", "BlockBlob", "expect", "100-continue")))
	if got.StatusCode != 404 || got.Header.Get("x-ms-error-code") != "ContainerNotFound" {
		t.Fatal(got.Status, got.Header)
	}
	// A client that goes away in the middle leaves nothing.
	c, err := net.Dial("tcp", address)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := io.WriteString(c, w.over(address, "PUT", "/con/gone", len(big), "x-ms-blob-type", "BlockBlob")+big[:300_000]); err != nil {
		t.Fatal(err)
	}
	if err := c.Close(); err != nil {
		t.Fatal(err)
	}
	for range 200 {
		if strings.Contains(w.logged(), "/con/gone") {
			break
		}
		time.Sleep(10 * time.Millisecond)
	}
	w.do(ask{method: "GET", url: "/con/gone", as: "key"}, 404, "BlobNotFound")
	if n := count(t, dir); n != kept {
		t.Errorf("%d files, had %d", n, kept)
	}
}

// TestMetadataNames: a blob's metadata are answered and listed in the case that they were sent in.
func TestMetadataNames(t *testing.T) {
	w := newWorld(t)
	w.container("con")
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	s := httpx.NewServer(w.Handler, slog.New(slog.DiscardHandler))
	go func() { _ = s.Serve(httpx.Spelling(l)) }() // until the server is closed
	t.Cleanup(func() { _ = s.Close() })
	c, err := net.Dial("tcp", l.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	head := w.over(l.Addr().String(), "PUT", "/con/b", 1, "x-ms-blob-type", "BlockBlob", "x-ms-meta-upname", "1", "x-ms-meta-low", "2")
	head = strings.NewReplacer("X-Ms-Meta-Upname", "x-ms-meta-UPname", "X-Ms-Meta-Low", "x-ms-meta-low").Replace(head)
	if _, err := io.WriteString(c, head+"x"+w.over(l.Addr().String(), "HEAD", "/con/b", 0)); err != nil {
		t.Fatal(err)
	}
	var got strings.Builder
	for r := bufio.NewReader(c); !strings.Contains(got.String(), "x-ms-blob-type"); {
		line, err := r.ReadString('\n')
		if err != nil {
			t.Fatalf("%v after %s", err, got.String())
		}
		got.WriteString(line)
	}
	h := w.do(ask{method: "HEAD", url: "/con/b", as: "key"}, 200, "")
	if has := func(name string) bool { _, ok := h.Header()[name]; return ok }; !has("x-ms-meta-UPname") || !has("x-ms-meta-low") {
		t.Errorf("%v\n%s", h.Header(), got.String())
	}
	if list := w.get("/con?restype=container&comp=list&include=metadata"); !strings.Contains(list, "<UPname>1</UPname>") || !strings.Contains(list, "<low>2</low>") {
		t.Error(list)
	}
}
