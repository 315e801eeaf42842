package blob

import (
	"strings"
	"testing"
	"time"

	"github.com/alcedo-cloud/alcedo/internal/blob"
)

// What follows is what azblob's tests, which were recorded with Azure, hold its service to.

func TestTierHeadersAndConditions(t *testing.T) {
	w := newWorld(t)
	w.container("con")
	w.put("/con/b", "x", "x-ms-access-tier", "Cool")
	for version, want := range map[string]string{"2026-04-06": "", "2026-10-06": "Cool"} {
		h := w.do(ask{method: "GET", url: "/con/b", as: "key", header: []string{"x-ms-version", version}}, 200, "").Header()
		if got := h.Get("X-Ms-Access-Tier"); got != want || (h.Get("X-Ms-Access-Tier-Change-Time") != "") != (want != "") {
			t.Errorf("at %s: %v", version, h)
		}
	}
	at := func(d time.Duration) string {
		return w.clock.Now().Add(d).UTC().Format("Mon, 02 Jan 2006 15:04:05 GMT")
	}
	const since, until = "x-ms-access-tier-if-modified-since", "x-ms-access-tier-if-unmodified-since"
	for _, header := range [][]string{{since, at(10 * time.Second)}, {until, at(-10 * time.Second)}} {
		w.do(ask{method: "DELETE", url: "/con/b", as: "key", header: header}, 412, "AccessTierChangeTimeConditionNotMet")
	}
	w.do(ask{method: "DELETE", url: "/con/b", as: "key", header: []string{since, "soon"}}, 400, "InvalidHeaderValue")
	w.do(ask{method: "DELETE", url: "/con/b", as: "key", header: []string{since, at(-time.Hour), until, at(time.Hour)}}, 202, "")

	// An archived snapshot does not come back.
	w.put("/con/s", "x")
	url := "/con/s?comp=tier&snapshot=" + escapeURL(w.do(ask{method: "PUT", url: "/con/s?comp=snapshot", as: "key"}, 201, "").Header().Get("X-Ms-Snapshot"))
	w.do(ask{method: "PUT", url: url, as: "key", header: []string{"x-ms-access-tier", "Archive"}}, 200, "")
	w.do(ask{method: "PUT", url: url, as: "key", header: []string{"x-ms-access-tier", "Hot"}}, 409, "OperationNotAllowed")
}

func TestInferredTierOfPages(t *testing.T) {
	w := newWorld(t)
	w.configure(func(a *blob.Account) { a.SKU = "Premium_LRS" })
	w.container("con")
	for size, want := range map[string]string{"512": "P4", "34359738880": "P6"} {
		w.do(ask{method: "PUT", url: "/con/p", as: "key", header: []string{"x-ms-blob-type", "PageBlob", "x-ms-blob-content-length", size}}, 201, "")
		h := w.do(ask{method: "HEAD", url: "/con/p", as: "key"}, 200, "").Header()
		if h.Get("X-Ms-Access-Tier") != want || h.Get("X-Ms-Access-Tier-Inferred") != "true" {
			t.Errorf("%s bytes: %v", size, h)
		}
	}
	w.do(ask{method: "PUT", url: "/con/p?comp=tier", as: "key", header: []string{"x-ms-access-tier", "P10"}}, 200, "")
	if h := w.do(ask{method: "HEAD", url: "/con/p", as: "key"}, 200, "").Header(); h.Get("X-Ms-Access-Tier") != "P10" || h.Get("X-Ms-Access-Tier-Inferred") != "" {
		t.Error(h)
	}
	w.do(ask{method: "PUT", url: "/con/p?comp=page", as: "key", header: []string{
		"x-ms-page-write", "clear", "range", "bytes=0-511", "x-ms-if-sequence-number-lt", "-1",
	}}, 400, "InvalidInput")
}

// TestVersionOfSnapshots: where versioning is on, a snapshot leaves a version behind, and a new one goes on.
func TestVersionOfSnapshots(t *testing.T) {
	w := newWorld(t)
	w.configure(func(a *blob.Account) { a.Properties.Versioning = true })
	w.container("con")
	first := w.put("/con/b", "x", "x-ms-meta-a", "1").Header()
	h := w.do(ask{method: "PUT", url: "/con/b?comp=snapshot", as: "key"}, 201, "").Header()
	now := w.do(ask{method: "HEAD", url: "/con/b", as: "key"}, 200, "").Header()
	version := h.Get("X-Ms-Version-Id")
	if version == "" || version == first.Get("X-Ms-Version-Id") || version != now.Get("X-Ms-Version-Id") || now.Get("Etag") != first.Get("Etag") {
		t.Errorf("put %v\nsnapshot %v\nnow %v", first, h, now)
	}
	if h.Get("X-Ms-Request-Server-Encrypted") != "false" {
		t.Error("nothing came that could be encrypted")
	}
	list := w.get("/con?restype=container&comp=list&include=versions,snapshots")
	if n := strings.Count(list, "<Name>b</Name>"); n != 3 {
		t.Errorf("%d entries, want the blob, its version and its snapshot: %s", n, list)
	}
	for _, url := range []string{"/con/b", "/con/b?versionid=" + escapeURL(first.Get("X-Ms-Version-Id")), "/con/b?snapshot=" + escapeURL(h.Get("X-Ms-Snapshot"))} {
		if got := w.get(url); got != "x" {
			t.Errorf("%s: %q", url, got)
		}
	}
	w.do(ask{method: "DELETE", url: "/con/b", as: "key", header: []string{"x-ms-delete-snapshots", "include"}}, 202, "")
	if got := w.get("/con/b?versionid=" + escapeURL(version)); got != "x" {
		t.Errorf("%q", got)
	}
}

func TestConditionsOfTags(t *testing.T) {
	w := newWorld(t)
	w.container("con")
	etag := w.put("/con/b", "x").Header().Get("Etag")
	body := "<Tags><TagSet><Tag><Key>state</Key><Value>done</Value></Tag></TagSet></Tags>"
	for _, c := range []struct {
		name, value string
		status      int
		code        string
	}{
		{"x-ms-blob-if-match", etag, 204, ""},
		{"x-ms-blob-if-match", `"0x1"`, 412, "ConditionNotMet"},
		{"x-ms-blob-if-modified-since", "Mon, 23 Nov 2020 00:00:00 GMT", 204, ""},
		{"x-ms-blob-if-unmodified-since", "Mon, 23 Nov 2020 00:00:00 GMT", 412, "ConditionNotMet"},
		{"x-ms-blob-if-none-match", etag, 412, "ConditionNotMet"},
		{"if-match", `"0x1"`, 204, ""},
	} {
		w.do(ask{method: "PUT", url: "/con/b?comp=tags", as: "key", body: body, header: []string{c.name, c.value}}, c.status, c.code)
	}
	w.do(ask{method: "GET", url: "/con/b?comp=tags", as: "key", header: []string{"x-ms-blob-if-match", `"0x1"`}}, 412, "ConditionNotMet")
	w.do(ask{method: "GET", url: "/con/b?comp=tags", as: "key", header: []string{"x-ms-blob-if-none-match", etag}}, 304, "ConditionNotMet")
}

func TestRecordedRefusals(t *testing.T) {
	w := newWorld(t)
	w.container("con")
	for _, url := range []string{"/new?restype=container&comp=undelete", "/?restype=container&comp=undelete"} {
		w.do(ask{method: "PUT", url: url, as: "key"}, 400, "MissingRequiredHeader")
	}
	w.do(ask{method: "PUT", url: "/?restype=container&comp=undelete", as: "key", header: []string{"x-ms-deleted-container-version", "1"}}, 400, "OutOfRangeInput")
	w.do(ask{method: "PUT", url: "/con/b?comp=block&blockid=AAAA", as: "key", body: "x"}, 201, "")
	list := ask{method: "PUT", url: "/con/b?comp=blocklist", as: "key", body: "<BlockList><Latest>AAAA</Latest></BlockList>"}
	for _, c := range []struct {
		since  time.Duration
		status int
		code   string
	}{{10 * time.Second, 412, "ConditionNotMet"}, {-10 * time.Second, 201, ""}} {
		list.header = []string{"if-modified-since", w.clock.Now().Add(c.since).UTC().Format("Mon, 02 Jan 2006 15:04:05 GMT")}
		w.do(list, c.status, c.code)
	}
	key := `<?xml version="1.0" encoding="utf-8"?><KeyInfo><Start>2026-11-23T10:00:00Z</Start><Expiry>2026-11-24T10:00:00Z</Expiry><DelegatedUserTid>%</DelegatedUserTid></KeyInfo>`
	delegate := ask{method: "POST", url: "/?restype=service&comp=userdelegationkey", as: "owner"}
	delegate.body = strings.Replace(key, "%", tenantID, 1)
	w.do(delegate, 200, "")
	delegate.body = strings.Replace(key, "%", "00000000-0000-0000-0000-000000000000", 1)
	w.do(delegate, 403, "AuthenticationFailed")
	got := w.get("/con?restype=container&comp=list&startFrom=a&endBefore=b")
	if strings.Contains(got, "<Name>b</Name>") {
		t.Error("a list goes on behind its end: " + got)
	}
}

// What follows is what Azurite's tests hold a service to, where the REST reference says the same.

func TestWordsOfRefusals(t *testing.T) {
	w := newWorld(t)
	w.container("con")
	for _, c := range []struct{ method, url, code, words string }{
		{"GET", "/con?restype=container&comp=blobs&where=a%3D1", "InvalidQueryParameterValue", "Error parsing query at or near character position 3: "},
		{"GET", "/con?restype=container&comp=blobs&where=%27a%27", "InvalidQueryParameterValue", "Error parsing query at or near character position 1: "},
		{"PUT", "/Con?restype=container", "InvalidResourceName", "The specifed resource name contains invalid characters."},
		{"PUT", "/co?restype=container", "OutOfRangeInput", "The specified resource name length is not within the permissible limits."},
	} {
		if body := w.do(ask{method: c.method, url: c.url, as: "key"}, 400, c.code).Body.String(); !strings.Contains(body, "<Message>"+c.words) {
			t.Errorf("%s: %s", c.url, body)
		}
	}
	h := w.do(ask{method: "HEAD", url: "/con/absent", as: "key"}, 404, "BlobNotFound").Header()
	if h.Get("Content-Type") != "" {
		t.Errorf("a HEAD has a type: %v", h)
	}
}

func TestTagsOfSnapshots(t *testing.T) {
	w := newWorld(t)
	w.container("con")
	w.put("/con/b", "x", "x-ms-tags", "a=1")
	url := "/con/b?comp=tags&snapshot=" + escapeURL(w.do(ask{method: "PUT", url: "/con/b?comp=snapshot", as: "key"}, 201, "").Header().Get("X-Ms-Snapshot"))
	const body = "<Tags><TagSet><Tag><Key>b</Key><Value>2</Value></Tag></TagSet></Tags>"
	w.do(ask{method: "PUT", url: url, as: "key", body: body, header: []string{"x-ms-version", "2020-06-12"}}, 400, "InvalidQueryParameterValue")
	w.do(ask{method: "PUT", url: url, as: "key", body: body}, 204, "")
	if got := w.do(ask{method: "GET", url: url, as: "key"}, 200, "").Body.String(); !strings.Contains(got, "<Key>b</Key><Value>2</Value>") {
		t.Error(got)
	}
	if got := w.do(ask{method: "GET", url: "/con/b?comp=tags", as: "key"}, 200, "").Body.String(); !strings.Contains(got, "<Key>a</Key><Value>1</Value>") {
		t.Error(got)
	}
}

func TestRenameContainer(t *testing.T) {
	w := newWorld(t)
	w.container("con")
	w.put("/con/b", "x")
	const url = "/new?restype=container&comp=rename"
	from := func(pairs ...string) []string { return append([]string{"x-ms-source-container-name", "con"}, pairs...) }
	w.do(ask{method: "PUT", url: url, as: "key"}, 400, "MissingRequiredHeader")
	w.do(ask{method: "PUT", url: url, as: "key", header: from("x-ms-source-lease-id", "x")}, 400, "InvalidHeaderValue")
	w.do(ask{method: "PUT", url: url, as: "", header: from()}, 401, "NoAuthenticationInformation")
	w.do(ask{method: "PUT", url: url, as: "key", header: from()}, 200, "")
	w.do(ask{method: "GET", url: "/new/b", as: "key"}, 200, "")
	w.do(ask{method: "GET", url: "/con/b", as: "key"}, 404, "ContainerNotFound")
}

func TestEndOfBlobInRefusals(t *testing.T) {
	w := newWorld(t)
	w.container("con")
	for body, want := range map[string]string{"": "bytes */0", "hello": "bytes */5"} {
		w.put("/con/b", body)
		h := w.do(ask{method: "GET", url: "/con/b", as: "key", header: []string{"x-ms-range", "bytes=5-7"}}, 416, "InvalidRange").Header()
		if got := h.Get("Content-Range"); got != want {
			t.Errorf("%q: Content-Range %q", body, got)
		}
	}
}

func TestBackslashesInNames(t *testing.T) {
	w := newWorld(t)
	w.container("con")
	w.put("/con/a%5Cb%5cc", "x")
	w.get("/con/a/b/c")
	if list := w.get("/con?restype=container&comp=list"); !strings.Contains(list, "<Name>a/b/c</Name>") {
		t.Error(list)
	}
}

// TestVary is the table of "Understanding how the Vary header is set".
func TestVary(t *testing.T) {
	w := newWorld(t)
	w.container("con")
	w.put("/con/b", "x")
	for _, c := range []struct{ allowed, origin, vary, allow string }{
		{"", "", "", ""},
		{"https://a", "", "Origin", ""},
		{"*", "", "", ""},
		{"", "https://a", "", ""},
		{"https://a", "https://a", "Origin", "https://a"},
		{"https://a", "https://b", "Origin", ""},
		{"*", "https://b", "", "*"},
	} {
		w.configure(func(a *blob.Account) {
			a.Properties.CORS = nil
			if c.allowed != "" {
				a.Properties.CORS = []blob.CORSRule{{AllowedOrigins: []string{c.allowed}, AllowedMethods: []string{"GET"}}}
			}
		})
		h := w.do(ask{method: "GET", url: "/con/b", as: "key", header: []string{"origin", c.origin}}, 200, "").Header()
		if h.Get("Vary") != c.vary || h.Get("Access-Control-Allow-Origin") != c.allow {
			t.Errorf("%+v: %v", c, h)
		}
	}
}

// TestNamesBelowLocalhost: the account is the host's first label or the path's first segment.
func TestNamesBelowLocalhost(t *testing.T) {
	w := newWorld(t)
	w.container("con")
	w.put("/con/b", "x")
	for _, base := range []string{"http://127.0.0.1:10000/acct", "http://acct.localhost:10000", "http://ACCT.blob.localhost:10000"} {
		w.do(ask{method: "GET", url: base + "/con/b", as: "key", plain: true}, 200, "")
		list := w.do(ask{method: "GET", url: base + "/?comp=list", as: "key", plain: true}, 200, "").Body.String()
		if !strings.Contains(list, `ServiceEndpoint="`+base+`/"`) {
			t.Errorf("%s: %s", base, list)
		}
	}
	w.do(ask{method: "GET", url: "http://nobody.localhost:10000/con/b", as: "key", plain: true}, 404, "ResourceNotFound")
	w.do(ask{method: "PUT", url: "http://acct.localhost:10000/con/c", as: "key", plain: true, header: []string{
		"x-ms-copy-source", "http://127.0.0.1:10000/acct/con/b", "x-ms-version", "2020-10-02",
	}}, 202, "")

	mixed := []string{"content-type", "multipart/mixed; boundary=b"}
	w.do(ask{method: "POST", url: "http://127.0.0.1:10000/acct?restype=container&comp=batch", as: "key", plain: true, header: mixed, body: "--b--"}, 400, "InvalidInput")
	w.do(ask{method: "POST", url: "/?restype=container&comp=batch", as: "key", header: mixed, body: "--b--"}, 400, "InvalidQueryParameterValue")
}
