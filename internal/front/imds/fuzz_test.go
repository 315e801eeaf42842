package imds

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
)

// FuzzQuery holds the parser against net/url's: what both take, they read alike.
func FuzzQuery(f *testing.F) {
	for _, seed := range []string{"", "a=b", "a=b&a=c", "A=1&a=2", "api-version=2018-02-01&resource=https://x/", "%61=%", "a=b;c=d", "&&=&=", "a=+%2B"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, raw string) {
		q, err := parseQuery(raw)
		if err != nil {
			return
		}
		for i := range q.n {
			if v, ok := q.get(q.pairs[i].name); !ok || v != q.pairs[i].value {
				t.Fatalf("%q: %q reads as %q", raw, q.pairs[i].name, v)
			}
		}
		if strings.Contains(raw, ";") {
			return // net/url refuses it
		}
		want, err := url.ParseQuery(raw)
		if err != nil {
			t.Fatalf("%q: net/url says %v", raw, err)
		}
		if len(want) != q.n {
			t.Fatalf("%q: %d names, net/url has %d", raw, q.n, len(want))
		}
		for name, values := range want {
			if v, ok := q.get(name); !ok || v != values[0] || len(values) != 1 {
				t.Fatalf("%q: %s is %q, net/url has %q", raw, name, v, values)
			}
		}
	})
}

// FuzzInstance walks anywhere: the answer is always one of IMDS's, and what is JSON is valid.
func FuzzInstance(f *testing.F) {
	for _, seed := range []string{"", "compute", "compute/tagsList/0", "network/interface/0/ipv4/ipAddress/0/x", "compute//", "network/interface/18446744073709551616", "../../"} {
		f.Add(seed, "2021-02-01", "text")
		f.Add(seed, "2017-03-01", "json")
	}
	h := front(f, &tokens{}, Limits{}).For(parsed(f, machineID))
	f.Fuzz(func(t *testing.T, path, version, format string) {
		r := httptest.NewRequest(http.MethodGet, "http://169.254.169.254/", nil)
		r.URL.Path = "/metadata/instance/" + path
		r.URL.RawQuery = url.Values{"api-version": {version}, "format": {format}}.Encode()
		r.Header.Set("Metadata", "true")
		w := httptest.NewRecorder()
		h.ServeHTTP(w, r)
		switch w.Code {
		case 200, 400, 404:
		default:
			t.Fatalf("%s: %d %s", r.URL, w.Code, w.Body)
		}
		if strings.HasPrefix(w.Header().Get("Content-Type"), "application/json") && !json.Valid(w.Body.Bytes()) {
			t.Fatalf("%s: %s", r.URL, w.Body)
		}
	})
}

// FuzzToken sends any query to the token endpoint and to App Service's form: a token answer has only strings.
func FuzzToken(f *testing.F) {
	f.Add("api-version=2018-02-01&resource=https://x/&client_id=a")
	f.Add("api-version=2018-02-01&resource=\"%00\"&msi_res_id=%ff")
	h := front(f, &tokens{}, Limits{}).For(parsed(f, machineID))
	f.Fuzz(func(t *testing.T, raw string) {
		r := httptest.NewRequest(http.MethodGet, "http://169.254.169.254"+tokenPath, nil)
		r.URL.RawQuery = raw
		r.Header.Set("Metadata", "true")
		w := httptest.NewRecorder()
		h.ServeHTTP(w, r)
		var body map[string]string
		if err := json.Unmarshal(w.Body.Bytes(), &body); err != nil {
			t.Fatalf("%q: %d %s: %v", raw, w.Code, w.Body, err)
		}
		if w.Code != 200 && w.Code != 400 {
			t.Fatalf("%q: %d %s", raw, w.Code, w.Body)
		}
	})
}
