package httpx

import (
	"bytes"
	"compress/gzip"
	"crypto/rand"
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"math"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"github.com/alcedo-cloud/alcedo/internal/fault"
)

// mapped is a protocol's mapper: the kind as status, the public message as text.
func mapped(_ *http.Request, err error) *Response {
	var f *fault.Error
	message := ""
	if errors.As(err, &f) {
		message = f.Message
	}
	status := http.StatusInternalServerError
	if fault.Is(err, fault.NotFound) {
		status = http.StatusNotFound
	}
	return &Response{Status: status, Body: map[string]string{"message": message}}
}

func serve(t *testing.T, h Handler, m ErrorMapper, r *http.Request) (*httptest.ResponseRecorder, string) {
	t.Helper()
	var log bytes.Buffer
	w := httptest.NewRecorder()
	Adapt(h, m, slog.New(slog.NewJSONHandler(&log, &slog.HandlerOptions{Level: slog.LevelDebug}))).ServeHTTP(w, r)
	return w, log.String()
}

func TestAdapt(t *testing.T) {
	for _, c := range []struct {
		name   string
		resp   *Response
		err    error
		status int
		kind   string
		body   string
	}{
		{"JSON", &Response{Status: 201, Body: map[string]string{"a": "<&>é"}}, nil, 201, "application/json; charset=utf-8", `{"a":"<&>é"}`},
		{"no status", &Response{Body: 1}, nil, 200, "application/json; charset=utf-8", "1"},
		{"raw", &Response{Body: json.RawMessage(`{"b": 1 }`)}, nil, 200, "application/json; charset=utf-8", `{"b": 1 }`},
		{"bytes", &Response{Header: http.Header{"Content-Type": {"text/plain"}}, Body: []byte("x\n")}, nil, 200, "text/plain", "x\n"},
		{"nothing", &Response{Status: 204}, nil, 204, "", ""},
		{"nothing, 200", &Response{}, nil, 200, "", ""},
		{"a fault", nil, fault.New(fault.NotFound, "op", "", "gone"), 404, "application/json; charset=utf-8", `{"message":"gone"}`},
		{"another error", nil, errors.New("secret path"), 500, "application/json; charset=utf-8", `{"message":""}`},
		{"neither", nil, nil, 500, "application/json; charset=utf-8", `{"message":""}`},
		{"what does not encode", &Response{Body: math.Inf(1)}, nil, 500, "application/json; charset=utf-8", `{"message":""}`},
	} {
		w, log := serve(t, func(*http.Request) (*Response, error) { return c.resp, c.err }, mapped,
			httptest.NewRequest("GET", "https://h/p?sig=secret", nil))
		if w.Code != c.status || w.Header().Get("Content-Type") != c.kind || w.Body.String() != c.body {
			t.Errorf("%s: %d %q %q", c.name, w.Code, w.Header().Get("Content-Type"), w.Body)
		}
		if length := w.Header()["Content-Length"]; c.status == 204 && length != nil || c.status != 204 && (len(length) != 1 || length[0] == "0" != (c.body == "")) {
			t.Errorf("%s: Content-Length %v", c.name, length)
		}
		var event struct {
			Level, Msg, Path, Host, Method string
			Status                         int
		}
		if err := json.Unmarshal([]byte(log), &event); err != nil {
			t.Fatalf("%s: want one event: %v\n%s", c.name, err, log)
		}
		if event.Path != "/p" || event.Host != "h" || event.Method != "GET" || event.Status != c.status || strings.Contains(log, "secret\"") || strings.Contains(log, "sig=") {
			t.Errorf("%s: event %s", c.name, log)
		}
		if want := map[bool]string{true: "ERROR", false: "DEBUG"}[c.status >= 500]; c.status != 404 && event.Level != want || c.status == 404 && event.Level != "INFO" {
			t.Errorf("%s: level %s", c.name, event.Level)
		}
	}
}

func TestAdaptPanics(t *testing.T) {
	r := httptest.NewRequest("GET", "/p", nil)
	boom := func(*http.Request) (*Response, error) { panic("secret") }
	w, log := serve(t, boom, mapped, r)
	if w.Code != 500 || strings.Contains(w.Body.String(), "secret") {
		t.Errorf("%d %s", w.Code, w.Body)
	}
	if !strings.Contains(log, "secret") || !strings.Contains(log, "TestAdaptPanics") {
		t.Errorf("the log has not the panic and its stack: %s", log)
	}
	w, _ = serve(t, boom, func(*http.Request, error) *Response { panic("mapper") }, r)
	if w.Code != 500 || w.Body.Len() > 0 {
		t.Errorf("a mapper that panics: %d %s", w.Code, w.Body)
	}
	w, _ = serve(t, boom, func(*http.Request, error) *Response { return nil }, r)
	if w.Code != 500 {
		t.Errorf("a mapper without answer: %d", w.Code)
	}
	w, _ = serve(t, boom, func(*http.Request, error) *Response { return &Response{Body: math.NaN()} }, r)
	if w.Code != 500 || w.Body.Len() > 0 {
		t.Errorf("a mapper whose answer does not encode: %d %s", w.Code, w.Body)
	}
	defer func() {
		if recover() != http.ErrAbortHandler {
			t.Error("http.ErrAbortHandler did not pass")
		}
	}()
	serve(t, func(*http.Request) (*Response, error) { panic(http.ErrAbortHandler) }, mapped, r)
}

// Headers that a protocol spells its own way stay so, and an answer to HEAD has the length and no body.
func TestAdaptHead(t *testing.T) {
	odd := "x-ms-odd"
	h := func(*http.Request) (*Response, error) {
		return &Response{Header: http.Header{odd: {"1"}}, Body: []byte("12345")}, nil
	}
	w, _ := serve(t, h, mapped, httptest.NewRequest("HEAD", "/", nil))
	if w.Header().Get("Content-Length") != "5" || w.Body.Len() != 0 || len(w.Header()[odd]) != 1 {
		t.Errorf("%v %q", w.Header(), w.Body)
	}
}

func TestLongPathInLog(t *testing.T) {
	r := httptest.NewRequest("GET", "/"+strings.Repeat("a", 60000), nil)
	_, log := serve(t, func(*http.Request) (*Response, error) { return &Response{}, nil }, mapped, r)
	if len(log) > 2000 {
		t.Errorf("a client wrote %d bytes into the log", len(log))
	}
}

func TestReadBody(t *testing.T) {
	request := func(body io.Reader, length int64) *http.Request {
		r := httptest.NewRequest("PUT", "/", body)
		r.ContentLength = length
		return r
	}
	for _, c := range []struct {
		name string
		r    *http.Request
		size int
		kind fault.Kind
		ok   bool
	}{
		{"none", request(nil, 0), 0, 0, true},
		{"small", request(strings.NewReader("abc"), 3), 3, 0, true},
		{"just the limit", request(strings.NewReader(strings.Repeat("a", 1000)), 1000), 1000, 0, true},
		{"of unknown length", request(strings.NewReader(strings.Repeat("a", 1000)), -1), 1000, 0, true},
		{"announced too large", request(strings.NewReader("a"), 1001), 0, fault.TooLarge, false},
		{"too large", request(strings.NewReader(strings.Repeat("a", 1001)), -1), 0, fault.TooLarge, false},
		{"endless", request(endless{}, -1), 0, fault.TooLarge, false},
		{"cut short", request(io.MultiReader(strings.NewReader("a"), failing{io.ErrUnexpectedEOF}), 10), 0, fault.Invalid, false},
		{"limited before", request(failing{&http.MaxBytesError{Limit: 5}}, -1), 0, fault.TooLarge, false},
		{"a body closed", request(failing{http.ErrBodyReadAfterClose}, -1), 0, fault.Canceled, false},
	} {
		body, err := ReadBody(c.r, 1000)
		if (err == nil) != c.ok || err != nil && fault.KindOf(err) != c.kind || len(body) != c.size {
			t.Errorf("%s: %d bytes, %v", c.name, len(body), err)
		}
	}
}

func TestReadContent(t *testing.T) {
	packed := func(text string) string {
		var out bytes.Buffer
		w := gzip.NewWriter(&out)
		if _, err := io.WriteString(w, text); err != nil {
			t.Fatal(err)
		}
		if err := w.Close(); err != nil {
			t.Fatal(err)
		}
		return out.String()
	}
	long := packed(strings.Repeat("a", 1001))
	for _, c := range []struct {
		name, encoding, body, want string
		kind                       fault.Kind
	}{
		{"plain", "", "abc", "abc", 0},
		{"packed", "gzip", packed("abc"), "abc", 0},
		{"in capitals", "GZIP", packed("abc"), "abc", 0},
		{"another encoding", "identity", "abc", "abc", 0},
		{"empty", "gzip", "", "", 0},
		{"just the limit", "gzip", packed(strings.Repeat("a", 1000)), strings.Repeat("a", 1000), 0},
		{"too large when unpacked", "gzip", long, "", fault.TooLarge},
		{"not packed", "gzip", "abc", "", fault.Invalid},
		{"cut short", "gzip", packed("abc")[:12], "", fault.Invalid},
		{"damaged", "gzip", long[:len(long)-6] + "xxxxxx", "", fault.Invalid},
	} {
		r := httptest.NewRequest("POST", "/", strings.NewReader(c.body))
		r.Header.Set("Content-Encoding", c.encoding)
		got, err := ReadContent(r, 1000)
		if string(got) != c.want || (err != nil) != (c.kind != 0) || err != nil && fault.KindOf(err) != c.kind {
			t.Errorf("%s: %q, %v", c.name, got, err)
		}
	}
}

type endless struct{}

func (endless) Read(p []byte) (int, error) { return len(p), nil }

type failing struct{ err error }

func (f failing) Read([]byte) (int, error) { return 0, f.err }

func TestIDs(t *testing.T) {
	form := regexp.MustCompile(`^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$`)
	for name, source := range map[string]io.Reader{
		"random": rand.Reader, "a source that fails": failing{errors.New("x")}, "a source that ends": bytes.NewReader(make([]byte, 4096+9)),
	} {
		ids := NewIDs(source)
		seen := map[string]bool{}
		for i := range 3000 {
			id := ids.New()
			if !form.MatchString(id) {
				t.Fatalf("%s: %q", name, id)
			}
			if seen[id] && (name != "a source that ends" || i > 256) { // its block is all zeros
				t.Fatalf("%s: %q twice", name, id)
			}
			seen[id] = true
		}
	}
}

func TestRequestID(t *testing.T) {
	ids := NewIDs(rand.Reader)
	r := httptest.NewRequest("GET", "/", nil)
	r.Header.Set("x-ms-correlation-request-id", "mine")
	if got := RequestID(r, ids); got != "mine" {
		t.Errorf("%q", got)
	}
	for _, bad := range []string{"", "a\x00b", "é", strings.Repeat("a", 129)} {
		r.Header["X-Ms-Correlation-Request-Id"] = []string{bad}
		if got := RequestID(r, ids); got == bad || len(got) != 36 {
			t.Errorf("%q is echoed as %q", bad, got)
		}
	}
}

func TestCleanPath(t *testing.T) {
	for in, want := range map[string]string{
		"": "/", "/": "/", "//": "/", "/a": "/a", "/a/": "/a", "//a//b///": "/a/b", "a/b": "/a/b",
		"/subscriptions/../x": "/subscriptions/../x", "/a/./b/": "/a/./b", "/metadata//endpoints": "/metadata/endpoints",
	} {
		if got := CleanPath(in); got != want {
			t.Errorf("%q: %q, want %q", in, got, want)
		}
	}
	if n := testing.AllocsPerRun(100, func() { CleanPath("/subscriptions/x/resourceGroups/y") }); n > 0 {
		t.Errorf("a clean path costs %v allocations", n)
	}
}

func FuzzCleanPath(f *testing.F) {
	f.Add("//a/../b/")
	f.Fuzz(func(t *testing.T, path string) {
		got := CleanPath(path)
		if got[0] != '/' || strings.Contains(got, "//") || len(got) > 1 && strings.HasSuffix(got, "/") || CleanPath(got) != got {
			t.Fatalf("%q: %q", path, got)
		}
		if strings.ReplaceAll(got, "/", "") != strings.ReplaceAll(path, "/", "") {
			t.Fatalf("%q lost something: %q", path, got)
		}
	})
}

func TestQuery(t *testing.T) {
	r := httptest.NewRequest("GET", "/", nil)
	r.URL.RawQuery = "api%2Dversion=2018-02-01&Resource=x&empty"
	q, err := Query(r)
	if err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]string{"api-version": "2018-02-01", "API-VERSION": "2018-02-01", "resource": "x", "empty": ""} {
		if got, ok := Value(q, name); got != want || !ok {
			t.Errorf("%s: %q, %v", name, got, ok)
		}
	}
	if _, ok := Value(q, "missing"); ok {
		t.Error("a value of a name that is not there")
	}
	for _, bad := range []string{"a=%zz", "a=1;b=2", "%"} {
		r.URL.RawQuery = bad
		if _, err := Query(r); !fault.Is(err, fault.Invalid) {
			t.Errorf("%q: %v", bad, err)
		}
	}
	for raw, want := range map[string]string{
		"a=1&b=2": "", "a=1&a=1": "a", "a=1&A=2": "a", "b=1&B=1&a=1&a=2": "a", "": "", "api-version=1&api%2Dversion=2": "api-version",
	} {
		q, err := url.ParseQuery(raw)
		if err != nil {
			t.Fatal(err)
		}
		if got := Duplicate(q); got != want {
			t.Errorf("%q: %q, want %q", raw, got, want)
		}
	}
}

func TestNewServerHasLimits(t *testing.T) {
	s := NewServer(http.NotFoundHandler(), slog.New(slog.DiscardHandler))
	if s.ReadHeaderTimeout <= 0 || s.ReadTimeout <= 0 || s.WriteTimeout <= 0 || s.IdleTimeout <= 0 || s.MaxHeaderBytes != MaxHeader || s.ErrorLog == nil {
		t.Errorf("%+v", s)
	}
}

func BenchmarkAdapt(b *testing.B) {
	body := bytes.Repeat([]byte("a"), 1700)
	h := Adapt(func(*http.Request) (*Response, error) { return &Response{Status: 200, Body: body}, nil }, mapped, slog.New(slog.DiscardHandler))
	r := httptest.NewRequest("GET", "/", nil)
	w := &discard{header: http.Header{}}
	b.ReportAllocs()
	for b.Loop() {
		clear(w.header)
		h.ServeHTTP(w, r)
	}
}

type discard struct{ header http.Header }

func (d *discard) Header() http.Header       { return d.header }
func (*discard) Write(p []byte) (int, error) { return len(p), nil }
func (*discard) WriteHeader(int)             {}
