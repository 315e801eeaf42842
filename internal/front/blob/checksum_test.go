package blob

import (
	"net/http"
	"slices"
	"strings"
	"testing"
)

// TestAnsweredChecksums: versions before 2019-02-02 answer an MD5, later ones the checksum that the client did not send
// as well, except that Put Blob always tells the blob's own MD5. Source: the "Response headers" of the operations in the
// REST reference, and azblob's change log for 2026-10-06.
func TestAnsweredChecksums(t *testing.T) {
	w := newWorld(t)
	w.container("con")
	w.do(ask{method: "PUT", url: "/con/a", as: "key", header: []string{"x-ms-blob-type", "AppendBlob"}}, 201, "")
	w.do(ask{method: "PUT", url: "/con/p", as: "key", header: []string{"x-ms-blob-type", "PageBlob", "x-ms-blob-content-length", "512"}}, 201, "")
	page := strings.Repeat("p", 512)
	md5, crc := []string{"content-md5", sum(page)}, []string{"x-ms-content-crc64", crcHeader(page)}
	const both, old, before, now = "Content-MD5 x-ms-content-crc64", "2018-11-09", "2026-04-06", "2026-10-06"
	for _, c := range []struct {
		version string
		sent    []string
		block   string // what Put Block, Append Block and Put Page answer
		blob    string // what Put Blob answers
	}{
		{old, md5, "Content-MD5", "Content-MD5"},
		{before, nil, "x-ms-content-crc64", both},
		{before, md5, "Content-MD5", "Content-MD5"},
		{before, crc, "x-ms-content-crc64", "x-ms-content-crc64"},
		{now, md5, both, both},
		{now, nil, "x-ms-content-crc64", both},
	} {
		for url, more := range map[string][]string{
			"/con/b?comp=block&blockid=AAAA": nil,
			"/con/a?comp=appendblock":        nil,
			"/con/p?comp=page":               {"x-ms-page-write", "update", "range", "bytes=0-511"},
			"/con/blob":                      {"x-ms-blob-type", "BlockBlob"},
		} {
			header := slices.Concat(c.sent, more, []string{"x-ms-version", c.version})
			h := w.do(ask{method: "PUT", url: url, as: "key", body: page, header: header}, 201, "").Header()
			want := c.block
			if url == "/con/blob" {
				want = c.blob
			}
			if got := checksumNames(h); got != want {
				t.Errorf("%s at %s with %v: %q, want %q", url, c.version, c.sent, got, want)
			}
		}
	}
}

func checksumNames(h http.Header) string {
	var names []string
	for _, name := range []string{"Content-MD5", "x-ms-content-crc64"} {
		if len(h[name])+len(h[http.CanonicalHeaderKey(name)]) > 0 {
			names = append(names, name)
		}
	}
	return strings.Join(names, " ")
}

// TestKeptMD5: x-ms-blob-content-md5 is kept as it is; only the content of Put Blob is held to it, before Content-MD5.
func TestKeptMD5(t *testing.T) {
	w := newWorld(t)
	w.container("con")
	w.put("/con/b", "x", "x-ms-blob-content-md5", sum("x"), "content-md5", sum("y"))
	w.do(ask{method: "PUT", url: "/con/b", as: "key", body: "x", header: []string{"x-ms-blob-type", "BlockBlob", "x-ms-blob-content-md5", sum("y")}}, 400, "Md5Mismatch")
	w.do(ask{method: "PUT", url: "/con/b", as: "key", body: "x", header: []string{"x-ms-blob-type", "BlockBlob", "x-ms-blob-content-md5", "AQIDBA=="}}, 400, "InvalidMd5")
	w.do(ask{method: "PUT", url: "/con/b?comp=properties", as: "key", header: []string{"x-ms-blob-content-md5", "no base 64"}}, 400, "InvalidMd5")
	w.do(ask{method: "PUT", url: "/con/b?comp=properties", as: "key", header: []string{"x-ms-blob-content-md5", "AQIDBA=="}}, 200, "")
	if got := w.do(ask{method: "HEAD", url: "/con/b", as: "key"}, 200, "").Header().Get("Content-Md5"); got != "AQIDBA==" {
		t.Errorf("%q", got)
	}
}
