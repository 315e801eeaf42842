package fetch

import (
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/alcedo-cloud/alcedo/internal/blob"
	"github.com/alcedo-cloud/alcedo/internal/fault"
)

func TestFetch(t *testing.T) {
	modified := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("Authorization") == "Bearer no" {
			w.WriteHeader(http.StatusForbidden)
			return
		}
		if r.URL.Path != "/a" {
			w.WriteHeader(http.StatusNotFound)
			return
		}
		w.Header().Set("X-Ms-Meta-Key", "value")
		w.Header().Set("Content-Type", "text/css")
		w.Header().Set("Content-Encoding", "gzip")
		w.Header().Set("ETag", `"0x1"`)
		http.ServeContent(w, r, "a", modified, strings.NewReader("0123456789"))
	}))
	t.Cleanup(server.Close)
	c := New(server.Client())
	for _, step := range []struct {
		name   string
		source blob.Source
		body   string
		kind   fault.Kind
	}{
		{"whole", blob.Source{URL: server.URL + "/a"}, "0123456789", 0},
		{"a range", blob.Source{URL: server.URL + "/a", Range: &blob.Range{Start: 2, End: 4}}, "234", 0},
		{"the rest", blob.Source{URL: server.URL + "/a", Range: &blob.Range{Start: 7, End: -1}}, "789", 0},
		{"the right tag", blob.Source{URL: server.URL + "/a", Conditions: blob.Conditions{IfMatch: []blob.Match{{ETag: 1}}}}, "0123456789", 0},
		{"another tag", blob.Source{URL: server.URL + "/a", Conditions: blob.Conditions{IfMatch: []blob.Match{{ETag: 2}}}}, "", fault.Precondition},
		{"not modified", blob.Source{URL: server.URL + "/a", Conditions: blob.Conditions{IfModifiedSince: modified}}, "", fault.Precondition},
		{"modified", blob.Source{URL: server.URL + "/a", Conditions: blob.Conditions{IfUnmodifiedSince: modified.Add(-time.Hour)}}, "", fault.Precondition},
		{"past the end", blob.Source{URL: server.URL + "/a", Range: &blob.Range{Start: 70, End: -1}}, "", fault.Invalid},
		{"denied", blob.Source{URL: server.URL + "/a", Authorization: "Bearer no"}, "", fault.Denied},
		{"absent", blob.Source{URL: server.URL + "/b"}, "", fault.NotFound},
		{"a file", blob.Source{URL: "file:///etc/hostname"}, "", fault.Invalid},
		{"no URL", blob.Source{URL: "::"}, "", fault.Invalid},
		{"nobody there", blob.Source{URL: "http://127.0.0.1:1/a"}, "", fault.NotFound},
	} {
		got, err := c.Fetch(t.Context(), step.source)
		if err != nil {
			if step.body != "" || !fault.Is(err, step.kind) {
				t.Errorf("%s: %v", step.name, err)
			}
			continue
		}
		body, err := io.ReadAll(got.Body)
		if err != nil || string(body) != step.body || got.Length != int64(len(body)) {
			t.Errorf("%s: %q, %v", step.name, body, err)
		}
		if got.Headers.ContentType != "text/css" || got.Headers.ContentEncoding != "gzip" || got.Metadata["key"] != "value" {
			t.Errorf("%s: %+v", step.name, got)
		}
		if err := got.Body.Close(); err != nil {
			t.Fatal(err)
		}
	}
}
