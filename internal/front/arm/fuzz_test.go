package arm_test

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
)

// FuzzFront sends anything: there is never a panic that escapes, never a 5xx, and an error is always the envelope.
func FuzzFront(f *testing.F) {
	for _, seed := range [][4]string{
		{"GET", rg, "api-version=2021-04-01", ""},
		{"PUT", boxes + "/x", "api-version=2024-01-01", `{"location":"chinanorth","tags":{"a":"b"},"identity":{"type":"UserAssigned","userAssignedIdentities":{"x":null}}}`},
		{"PATCH", boxes + "/b", "api-version=2024-01-01", `{"properties":{"a":{"b":null}},"sku":null,"zones":["1"],"extra":1}`},
		{"DELETE", boxes + "/b", "api-version=2024-01-01", ""},
		{"POST", boxes + "/b/link/", "api%2Dversion=2024-01-01&x=%zz", "{"},
		{"GET", sub + "/resources", "api-version=2021-04-01&$filter=tagName eq 'a' and not (name eq 'b')&$top=3&$skiptoken=AAAA&$expand=createdTime", ""},
		{"PUT", rg + "/providers/Microsoft.Authorization/locks/l", "api-version=2020-05-01", `{"properties":{"level":"ReadOnly"}}`},
		{"PATCH", rg + "/providers/Microsoft.Resources/tags/default", "api-version=2021-04-01", `{"operation":"Merge","properties":{"tags":{"a":null}}}`},
		{"GET", "//metadata/endpoints", "api-version=2018-01-01", ""},
		{"OPTIONS", "/providers/x/y/z/providers", "api-version=2021-04-01;", "\x00"},
		{"GET", "/subscriptions/providers/providers/providers/a/b", "", ""},
	} {
		f.Add(seed[0], seed[1], seed[2], seed[3])
	}
	w := newWorld(f, "AzureChinaCloud")
	f.Fuzz(func(t *testing.T, method, path, query, body string) {
		r := &http.Request{
			Method: method, URL: &url.URL{Path: path, RawQuery: query}, Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1,
			Header: http.Header{"Authorization": {"Bearer owner"}}, Host: "management.chinacloudapi.cn", Body: http.NoBody,
		}
		if body != "" {
			r.Body = httptest.NewRequest("POST", "/", strings.NewReader(body)).Body
		}
		if strings.Contains(body, "panic") {
			return // the toy's hook panics by order
		}
		rec := httptest.NewRecorder()
		w.ServeHTTP(rec, r)
		if rec.Code >= 500 || rec.Code < 200 {
			t.Fatalf("%q %q?%q %q: %d %s", method, path, query, body, rec.Code, rec.Body)
		}
		if rec.Code < 400 || method == "HEAD" {
			return
		}
		a := &answer{ResponseRecorder: rec}
		decode(t, rec.Body.String(), &a.body)
		if a.errorAt("code") == "" || a.errorAt("message") == "" {
			t.Fatalf("%q %q?%q: %d %s", method, path, query, rec.Code, rec.Body)
		}
	})
}

func BenchmarkGetGroup(b *testing.B) {
	w := newWorld(b, "AzureChinaCloud")
	r := httptest.NewRequest("GET", "https://management.chinacloudapi.cn"+rg+"?api-version=2016-09-01", nil)
	r.Header.Set("Authorization", "Bearer owner")
	b.ReportAllocs()
	for b.Loop() {
		rec := &discard{header: make(http.Header)}
		w.ServeHTTP(rec, r)
		if rec.status != 200 {
			b.Fatal(rec.status)
		}
	}
}

type discard struct {
	header http.Header
	status int
}

func (d *discard) Header() http.Header         { return d.header }
func (d *discard) WriteHeader(status int)      { d.status = status }
func (d *discard) Write(b []byte) (int, error) { return len(b), nil }
