package blob

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/alcedo-cloud/alcedo/internal/fault"
)

func decode64(t testing.TB, s string) []byte {
	t.Helper()
	b, err := base64.StdEncoding.DecodeString(s)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func serve(h http.Handler, r *http.Request) *httptest.ResponseRecorder {
	rec := httptest.NewRecorder()
	h.ServeHTTP(rec, r)
	return rec
}

// The expected texts are those of "Authorize with Shared Key" in the REST reference.
func TestStringsToSign(t *testing.T) {
	r := httptest.NewRequest("GET", "http://myaccount.blob.core.windows.net/mycontainer?restype=container&comp=metadata&TimeOut=20&include=snapshots&include=metadata", nil)
	r.Header.Set("x-ms-date", "Fri, 26 Jun 2015 23:39:12 GMT")
	r.Header.Set("x-ms-version", "2015-02-21")
	r.Header.Set("Date", "ignored")
	got, err := stringsToSign(r, "myaccount", "2015-02-21", false)
	want := "GET\n\n\n\n\n\n\n\n\n\n\n\nx-ms-date:Fri, 26 Jun 2015 23:39:12 GMT\nx-ms-version:2015-02-21\n" +
		"/myaccount/mycontainer\ncomp:metadata\ninclude:metadata,snapshots\nrestype:container\ntimeout:20"
	if err != nil || got[0] != want || len(got) != 1 {
		t.Errorf("%q, %v", got, err)
	}
	r = httptest.NewRequest("PUT", "http://127.0.0.1:10000/devstoreaccount1/c/a%20b?comp=block&blockid=AA%3D%3D", strings.NewReader("11 letters!"))
	r.Header.Set("Date", "Sun, 11 Oct 2009 21:49:13 GMT")
	r.Header.Set("Content-Type", "text/plain; charset=UTF-8")
	r.Header.Set("x-ms-meta-m_1", " a ")
	r.Header.Set("x-ms-meta-m1", "b")
	r.Header["X-Ms-Meta-L"] = []string{"x", "y"}
	got, err = stringsToSign(r, "devstoreaccount1", version, false)
	head := "PUT\n\n\n11\n\ntext/plain; charset=UTF-8\nSun, 11 Oct 2009 21:49:13 GMT\n\n\n\n\n\nx-ms-meta-l:x,y\n"
	tail := "/devstoreaccount1/devstoreaccount1/c/a%20b\nblockid:AA==\ncomp:block"
	if err != nil || len(got) != 2 || got[0] != head+"x-ms-meta-m_1:a\nx-ms-meta-m1:b\n"+tail || got[1] != head+"x-ms-meta-m1:b\nx-ms-meta-m_1:a\n"+tail {
		t.Errorf("%q, %v", got, err)
	}
	got, err = stringsToSign(r, "devstoreaccount1", version, true)
	if err != nil || !strings.HasPrefix(got[0], "PUT\n\ntext/plain; charset=UTF-8\nSun, 11 Oct 2009 21:49:13 GMT\nx-ms-meta-l:x,y\n") ||
		!strings.HasSuffix(got[0], "/devstoreaccount1/devstoreaccount1/c/a%20b?comp=block") {
		t.Errorf("%q, %v", got, err)
	}
	r.ContentLength = 0
	r.Header.Set("Content-Length", "0")
	if got := signedLength(r, "2015-02-21"); got != "" {
		t.Errorf("%q", got)
	}
	if got := signedLength(r, "2014-02-14"); got != "0" {
		t.Errorf("%q", got)
	}
}

func TestParseRange(t *testing.T) {
	for text, want := range map[string]byteRange{
		"bytes=0-0": {0, 0}, "bytes=5-": {5, -1}, "bytes=1-9223372036854775807": {1, 1<<63 - 1}, " bytes=1-2 ": {1, 2},
	} {
		if got, ok := parseRange(text); !ok || got != want {
			t.Errorf("%q: %v, %v", text, got, ok)
		}
	}
	for _, text := range []string{"", "bytes=", "bytes=-5", "bytes=5-4", "bytes=1-2,4-5", "items=1-2", "bytes=1-9223372036854775808", "bytes=+1-2", "bytes=a-b"} {
		if got, ok := parseRange(text); ok {
			t.Errorf("%q: %v", text, got)
		}
	}
}

func TestStructured(t *testing.T) {
	for _, size := range []int{1, 100, segmentSize, segmentSize + 1} {
		text := bytes.Repeat([]byte("abcdefg"), size/7+1)[:size]
		var message bytes.Buffer
		s := &segmenting{to: &message, length: int64(size)}
		if err := s.begin(); err != nil {
			t.Fatal(err)
		}
		if _, err := io.Copy(s, iotest.HalfReader(bytes.NewReader(text))); err != nil {
			t.Fatal(err)
		}
		if err := s.end(); err != nil || int64(message.Len()) != structuredLength(int64(size)) || s.sent != int64(message.Len()) {
			t.Fatalf("%v: %d bytes, want %d", err, message.Len(), structuredLength(int64(size)))
		}
		read := func(b []byte) ([]byte, error) {
			out := make([]byte, size)
			_, err := io.ReadFull(&segmented{from: bytes.NewReader(b), total: int64(len(b)), want: int64(size)}, out)
			return out, err
		}
		if got, err := read(message.Bytes()); err != nil || !bytes.Equal(got, text) {
			t.Fatalf("%d: %v", size, err)
		}
		// Any byte that is changed, and any that is missing, is found before the last byte is handed over.
		for _, at := range []int{0, 5, 10, 12, 14, 20, 24, message.Len() - 12, message.Len() - 1} {
			broken := bytes.Clone(message.Bytes())
			broken[at] ^= 1
			if _, err := read(broken); err == nil {
				t.Errorf("size %d: byte %d changed unseen", size, at)
			}
		}
		if _, err := read(message.Bytes()[:message.Len()-1]); err == nil {
			t.Error("a cut message passed")
		}
	}
}

func TestPathsAndTags(t *testing.T) {
	if !plain("a/é") || plain("\x01") || plain("a\xff") || plain("\uFFFE") {
		t.Error("plain")
	}
	if _, err := parseTags([]byte("<Tags><TagSet><Tag><Key>a</Key><Value>1</Value></Tag><Tag><Key>a</Key><Value>2</Value></Tag></TagSet></Tags>")); fault.ReasonOf(err) != "DuplicateTagNames" {
		t.Error(err)
	}
	if got, err := parseTags([]byte("<Tags><TagSet><Tag><Key>a b</Key><Value/></Tag></TagSet></Tags>")); err != nil || len(got) != 1 || got["a b"] != "" {
		t.Error(got, err)
	}
	if entityTag(`"0x8D4BCC2E4835CD0"`) != 0x8D4BCC2E4835CD0 || entityTag("0x1") != 1 || entityTag(`W/"0x1"`) != 1 || entityTag("x") != 0 {
		t.Error("entityTag")
	}
}

func FuzzSharedKey(f *testing.F) {
	f.Add("/c/b?comp=list&a=%41", "x-ms-meta-a", "1", "2015-02-21", "acct:AAAA")
	f.Fuzz(func(t *testing.T, path, name, value, v, credential string) {
		r, err := http.NewRequest("GET", "http://acct.blob.core.windows.net/"+path, nil)
		if err != nil {
			return
		}
		r.Header[http.CanonicalHeaderKey(name)] = []string{value}
		for _, lite := range []bool{false, true} {
			texts, err := stringsToSign(r, "acct", v, lite)
			if err == nil && len(texts) == 0 {
				t.Fatal("no text and no error")
			}
			if k, ok := parseKeyCredential(lite, credential); ok && k.holds([2][]byte{nil, nil}, texts) {
				t.Fatal("a signature without a key holds")
			}
		}
	})
}

func FuzzRange(f *testing.F) {
	f.Add("bytes=0-5")
	f.Fuzz(func(t *testing.T, text string) {
		if r, ok := parseRange(text); ok && (r.first < 0 || r.last < -1 || r.last >= 0 && r.last < r.first) {
			t.Fatalf("%q: %+v", text, r)
		}
	})
}

func FuzzStructured(f *testing.F) {
	f.Add([]byte{1, 0, 0, 0, 0}, int64(3))
	f.Fuzz(func(t *testing.T, message []byte, want int64) {
		if want < 0 {
			return
		}
		n, err := io.Copy(io.Discard, &segmented{from: bytes.NewReader(message), total: int64(len(message)), want: want})
		if err == nil && n != want {
			t.Fatalf("%d bytes of %d without an error", n, want)
		}
		if err != nil && errors.Is(err, io.EOF) {
			t.Fatal(err)
		}
	})
}

func sha(s string) string {
	h := sha256.Sum256([]byte(s))
	return base64.StdEncoding.EncodeToString(h[:])
}
