package blob

import (
	"crypto/md5"
	"encoding/base64"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/alcedo-cloud/alcedo/internal/blob"
)

func sum(s string) string {
	m := md5.Sum([]byte(s))
	return base64.StdEncoding.EncodeToString(m[:])
}

func TestBlockBlob(t *testing.T) {
	w := newWorld(t)
	w.container("con")
	got := w.put("/con/a%20b/%C3%A9.txt", "hello", "content-type", "text/plain", "x-ms-meta-mtime", "1", "content-md5", sum("hello"), "x-ms-client-request-id", "mine")
	for name, want := range map[string]string{
		"Content-Md5": sum("hello"), "X-Ms-Request-Server-Encrypted": "true", "X-Ms-Version": version, "X-Ms-Client-Request-Id": "mine",
		"Server": server,
	} {
		if got.Header().Get(name) != want {
			t.Errorf("%s: %q", name, got.Header().Get(name))
		}
	}
	etag := got.Header().Get("Etag")
	read := w.do(ask{method: "GET", url: "/con/a%20b/%C3%A9.txt", as: "key2"}, 200, "")
	for name, want := range map[string]string{
		"Content-Type": "text/plain", "X-Ms-Blob-Type": "BlockBlob", "X-Ms-Meta-Mtime": "1", "Etag": etag, "Accept-Ranges": "bytes",
		"X-Ms-Lease-State": "available", "X-Ms-Lease-Status": "unlocked", "Content-Length": "5", "Content-Md5": sum("hello"),
		"Last-Modified": "Mon, 23 Nov 2026 10:11:12 GMT", "X-Ms-Server-Encrypted": "true", "X-Ms-Creation-Time": "Mon, 23 Nov 2026 10:11:12 GMT",
	} {
		if read.Header().Get(name) != want {
			t.Errorf("%s: %q, want %q", name, read.Header().Get(name), want)
		}
	}
	if read.Body.String() != "hello" {
		t.Errorf("%q", read.Body)
	}
	part := w.do(ask{method: "GET", url: "/con/a%20b/%C3%A9.txt", as: "lite", header: []string{"x-ms-range", "bytes=1-3", "x-ms-range-get-content-md5", "true"}}, 206, "")
	if part.Body.String() != "ell" || part.Header().Get("Content-Range") != "bytes 1-3/5" || part.Header().Get("Content-Md5") != sum("ell") || part.Header().Get("X-Ms-Blob-Content-Md5") != sum("hello") {
		t.Errorf("%q %v", part.Body, part.Header())
	}
	part = w.do(ask{method: "GET", url: "/con/a%20b/%C3%A9.txt", as: "key", header: []string{"range", "bytes=2-", "x-ms-range-get-content-crc64", ""}}, 206, "")
	if part.Body.String() != "llo" {
		t.Errorf("%q", part.Body)
	}
	w.do(ask{method: "GET", url: "/con/a%20b/%C3%A9.txt", as: "key", header: []string{"range", "bytes=9-"}}, 416, "InvalidRange")
	w.do(ask{method: "GET", url: "/con/a%20b/%C3%A9.txt", as: "key", header: []string{"if-none-match", etag}}, 304, "ConditionNotMet")
	w.do(ask{method: "GET", url: "/con/a%20b/%C3%A9.txt", as: "key", header: []string{"if-match", `"0x1"`}}, 412, "ConditionNotMet")
	w.do(ask{method: "PUT", url: "/con/a%20b/%C3%A9.txt", as: "key", body: "x", header: []string{"x-ms-blob-type", "BlockBlob", "if-none-match", "*"}}, 409, "BlobAlreadyExists")
	head := w.do(ask{method: "HEAD", url: "/con/nothing", as: "key"}, 404, "BlobNotFound")
	if head.Body.Len() != 0 {
		t.Error("a HEAD with a body")
	}
	w.do(ask{method: "DELETE", url: "/con/a%20b/%C3%A9.txt", as: "key"}, 202, "")
	w.do(ask{method: "GET", url: "/con/a%20b/%C3%A9.txt", as: "key"}, 404, "BlobNotFound")
	w.do(ask{method: "GET", url: "/nope/x", as: "key"}, 404, "ContainerNotFound")
}

func TestBlocks(t *testing.T) {
	w := newWorld(t)
	w.container("con")
	big := strings.Repeat("0123456789", 20_000)
	for i, part := range []string{big, "tail"} {
		id := base64.StdEncoding.EncodeToString([]byte(fmt.Sprintf("%03d", i)))
		w.do(ask{method: "PUT", url: "/con/b?comp=block&blockid=" + strings.ReplaceAll(id, "=", "%3D"), as: "key", body: part, header: []string{"x-ms-content-crc64", crcHeader(part)}}, 201, "")
	}
	list := w.do(ask{method: "GET", url: "/con/b?comp=blocklist&blocklisttype=all", as: "key"}, 200, "").Body.String()
	if !strings.Contains(list, "<CommittedBlocks /><UncommittedBlocks><Block><Name>MDAw</Name><Size>200000</Size></Block><Block><Name>MDAx</Name><Size>4</Size>") {
		t.Error(list)
	}
	body := "<?xml version=\"1.0\" encoding=\"utf-8\"?><BlockList><Latest>MDAx</Latest><Uncommitted>MDAw</Uncommitted><Latest>MDAx</Latest></BlockList>"
	w.do(ask{method: "PUT", url: "/con/b?comp=blocklist", as: "key", body: body, header: []string{"x-ms-blob-content-type", "a/b", "content-md5", sum(body)}}, 201, "")
	read := w.do(ask{method: "GET", url: "/con/b", as: "key"}, 200, "")
	if read.Body.String() != "tail"+big+"tail" || read.Header().Get("Content-Type") != "a/b" {
		t.Errorf("%d bytes of %s", read.Body.Len(), read.Header().Get("Content-Type"))
	}
	if got := w.do(ask{method: "GET", url: "/con/b", as: "key", header: []string{"x-ms-range", "bytes=2-7"}}, 206, "").Body.String(); got != "il0123" {
		t.Errorf("%q", got)
	}
	for name, c := range map[string]struct {
		body, code string
	}{
		"unknown block": {"<BlockList><Latest>AAAA</Latest></BlockList>", "InvalidBlockList"},
		"no XML":        {"<BlockList>", "InvalidXmlDocument"},
		"element":       {"<BlockList><Later>MDAx</Later></BlockList>", "InvalidXmlNodeValue"},
	} {
		t.Run(name, func(t *testing.T) {
			w.do(ask{method: "PUT", url: "/con/b?comp=blocklist", as: "key", body: c.body}, 400, c.code)
		})
	}
	w.do(ask{method: "PUT", url: "/con/b?comp=blocklist", as: "key", body: body, header: []string{"content-md5", sum("x")}}, 400, "Md5Mismatch")
	w.do(ask{method: "PUT", url: "/con/b?comp=block&blockid=MDA%3D", as: "key", body: "x"}, 201, "") // of another program
	w.do(ask{method: "PUT", url: "/con/b?comp=block&blockid=MDAx", as: "key", body: "x"}, 400, "InvalidBlobOrBlock")
	w.do(ask{method: "PUT", url: "/con/b?comp=block", as: "key", body: "x"}, 400, "MissingRequiredQueryParameter")
}

func TestContainers(t *testing.T) {
	w := newWorld(t)
	w.container("con1", "x-ms-meta-a", "1", "x-ms-blob-public-access", "blob")
	w.container("con2")
	w.do(ask{method: "PUT", url: "/con2?restype=container", as: "key"}, 409, "ContainerAlreadyExists")
	w.do(ask{method: "PUT", url: "/C_?restype=container", as: "key"}, 400, "InvalidResourceName")
	page := w.do(ask{method: "GET", url: "/?comp=list&include=metadata&maxresults=1", as: "key"}, 200, "").Body.String()
	for _, want := range []string{
		`<EnumerationResults ServiceEndpoint="https://acct.blob.core.chinacloudapi.cn/">`, "<MaxResults>1</MaxResults>", "<Name>con1</Name>",
		"<PublicAccess>blob</PublicAccess>", "<Metadata><a>1</a></Metadata>", "<NextMarker>",
	} {
		if !strings.Contains(page, want) {
			t.Errorf("%s is not in %s", want, page)
		}
	}
	root, err := parseXML([]byte(page), "EnumerationResults")
	if err != nil {
		t.Fatal(err)
	}
	page = w.do(ask{method: "GET", url: "/?comp=list&marker=" + strings.NewReplacer("/", "%2F", "+", "%2B", "=", "%3D").Replace(root.value("NextMarker")), as: "key"}, 200, "").Body.String()
	if !strings.Contains(page, "<Name>con2</Name>") || !strings.Contains(page, "<NextMarker />") {
		t.Error(page)
	}
	got := w.do(ask{method: "HEAD", url: "/con1?restype=container", as: "key"}, 200, "")
	if got.Header().Get("X-Ms-Meta-A") != "1" || got.Header().Get("X-Ms-Blob-Public-Access") != "blob" || got.Header().Get("X-Ms-Has-Legal-Hold") != "false" {
		t.Error(got.Header())
	}
	w.do(ask{method: "PUT", url: "/con1?restype=container&comp=metadata", as: "key", header: []string{"x-ms-meta-b", "2"}}, 200, "")
	got = w.do(ask{method: "GET", url: "/con1?restype=container&comp=metadata", as: "key"}, 200, "")
	if got.Header().Get("X-Ms-Meta-A") != "" || got.Header().Get("X-Ms-Meta-B") != "2" {
		t.Error(got.Header())
	}
	w.do(ask{method: "DELETE", url: "/con1?restype=container", as: "key"}, 202, "")
	w.do(ask{method: "GET", url: "/con1?restype=container", as: "key"}, 404, "ContainerNotFound")
	for url, code := range map[string]string{
		"/?comp=list&maxresults=0": "OutOfRangeQueryParameterValue", "/?comp=list&maxresults=x": "InvalidQueryParameterValue",
		"/?comp=list&include=cake": "InvalidQueryParameterValue", "/?comp=cake": "InvalidQueryParameterValue", "/": "InvalidUri",
		"/con2?restype=cake": "InvalidQueryParameterValue", "/con2/b?comp=cake": "InvalidQueryParameterValue",
		"/con2/b?snapshot=yesterday": "InvalidQueryParameterValue", "/?comp=list&timeout=x": "InvalidQueryParameterValue",
	} {
		w.do(ask{method: "GET", url: url, as: "key"}, 400, code)
	}
	w.do(ask{method: "PATCH", url: "/con2/b", as: "key"}, 405, "UnsupportedHttpVerb")
}

func TestListBlobs(t *testing.T) {
	w := newWorld(t)
	w.container("con")
	for _, name := range []string{"a/1", "a/2", "b", "%01", "c%26d"} {
		w.put("/con/"+name, "x", "x-ms-meta-k", "v<&", "x-ms-tags", "t=1")
	}
	flat := w.do(ask{method: "GET", url: "/con?restype=container&comp=list&include=metadata,tags", as: "key"}, 200, "").Body.String()
	root, err := parseXML([]byte(flat), "EnumerationResults")
	if err != nil || len(root.child("Blobs").children) != 5 {
		t.Fatalf("%v %s", err, flat)
	}
	for _, want := range []string{`<Name Encoded="true">%01</Name>`, "<Name>c&amp;d</Name>", "<k>v&lt;&amp;</k>", "<Key>t</Key><Value>1</Value>", `ContainerName="con"`, "<BlobType>BlockBlob</BlobType>", "<Content-Length>1</Content-Length>"} {
		if !strings.Contains(flat, want) {
			t.Errorf("%s is not in %s", want, flat)
		}
	}
	tree := w.do(ask{method: "GET", url: "/con?restype=container&comp=list&delimiter=%2F&prefix=", as: "key"}, 200, "").Body.String()
	if strings.Count(tree, "<BlobPrefix><Name>a/</Name></BlobPrefix>") != 1 || strings.Contains(tree, "a/1") {
		t.Error(tree)
	}
	below := w.do(ask{method: "GET", url: "/con?restype=container&comp=list&delimiter=%2F&prefix=a%2F&maxresults=1", as: "key"}, 200, "").Body.String()
	if !strings.Contains(below, "<Name>a/1</Name>") || strings.Contains(below, "<NextMarker />") {
		t.Error(below)
	}
}

func TestLeases(t *testing.T) {
	w := newWorld(t)
	w.container("con")
	w.put("/con/b", "x")
	const id = "1f812371-a41d-49e6-b123-f4b542e851c5"
	lease := func(action string, status int, code string, more ...string) http.Header {
		t.Helper()
		return w.do(ask{method: "PUT", url: "/con/b?comp=lease", as: "key", header: append([]string{"x-ms-lease-action", action}, more...)}, status, code).Header()
	}
	if h := lease("acquire", 201, "", "x-ms-lease-duration", "15", "x-ms-proposed-lease-id", id); h.Get("X-Ms-Lease-Id") != id {
		t.Error(h)
	}
	lease("acquire", 409, "LeaseAlreadyPresent", "x-ms-lease-duration", "15")
	lease("acquire", 400, "InvalidHeaderValue", "x-ms-lease-duration", "14")
	lease("acquire", 400, "MissingRequiredHeader")
	lease("steal", 400, "InvalidHeaderValue")
	w.do(ask{method: "PUT", url: "/con/b", as: "key", body: "y", header: []string{"x-ms-blob-type", "BlockBlob"}}, 412, "LeaseIdMissing")
	w.do(ask{method: "DELETE", url: "/con/b", as: "key", header: []string{"x-ms-lease-id", strings.Replace(id, "1", "2", 1)}}, 412, "LeaseIdMismatchWithBlobOperation")
	w.put("/con/b", "y", "x-ms-lease-id", id)
	if h := w.do(ask{method: "HEAD", url: "/con/b", as: "key"}, 200, "").Header(); h.Get("X-Ms-Lease-State") != "leased" || h.Get("X-Ms-Lease-Duration") != "fixed" {
		t.Error(h)
	}
	if h := lease("break", 202, "", "x-ms-lease-break-period", "5"); h.Get("X-Ms-Lease-Time") != "5" {
		t.Error(h)
	}
	w.clock.Advance(6 * time.Second)
	lease("release", 200, "", "x-ms-lease-id", id)
	w.do(ask{method: "PUT", url: "/con?restype=container&comp=lease", as: "key", header: []string{"x-ms-lease-action", "acquire", "x-ms-lease-duration", "-1"}}, 201, "")
	w.do(ask{method: "DELETE", url: "/con?restype=container", as: "key"}, 412, "LeaseIdMissing")
}

func TestSnapshotsAndMetadata(t *testing.T) {
	w := newWorld(t)
	w.container("con")
	w.put("/con/b", "old", "x-ms-meta-a", "1")
	at := w.do(ask{method: "PUT", url: "/con/b?comp=snapshot", as: "key"}, 201, "").Header().Get("X-Ms-Snapshot")
	w.put("/con/b", "new")
	if got := w.get("/con/b?snapshot=" + strings.ReplaceAll(at, ":", "%3A")); got != "old" {
		t.Errorf("%q", got)
	}
	w.do(ask{method: "PUT", url: "/con/b?comp=metadata&snapshot=" + strings.ReplaceAll(at, ":", "%3A"), as: "key"}, 400, "InvalidQueryParameterValue")
	w.do(ask{method: "DELETE", url: "/con/b", as: "key"}, 409, "SnapshotsPresent")
	w.do(ask{method: "DELETE", url: "/con/b", as: "key", header: []string{"x-ms-delete-snapshots", "all"}}, 400, "InvalidHeaderValue")
	w.do(ask{method: "PUT", url: "/con/b?comp=metadata", as: "key", header: []string{"x-ms-meta-z", "9"}}, 200, "")
	w.do(ask{method: "PUT", url: "/con/b?comp=properties", as: "key", header: []string{"x-ms-blob-content-type", "text/html", "x-ms-blob-cache-control", "no-store"}}, 200, "")
	h := w.do(ask{method: "HEAD", url: "/con/b", as: "key"}, 200, "").Header()
	if h.Get("X-Ms-Meta-Z") != "9" || h.Get("Content-Type") != "text/html" || h.Get("Cache-Control") != "no-store" || h.Get("Content-Length") != "3" {
		t.Error(h)
	}
	w.do(ask{method: "PUT", url: "/con/b?comp=metadata", as: "key", header: []string{"x-ms-meta-a-b", "9"}}, 400, "InvalidMetadata")
	w.do(ask{method: "DELETE", url: "/con/b", as: "key", header: []string{"x-ms-delete-snapshots", "include"}}, 202, "")
}

func TestServiceProperties(t *testing.T) {
	w := newWorld(t)
	body := `<StorageServiceProperties><Cors><CorsRule><AllowedOrigins>https://a.example,https://*.b.example</AllowedOrigins><AllowedMethods>GET,PUT</AllowedMethods><AllowedHeaders>x-ms-meta-*,content-type</AllowedHeaders><ExposedHeaders>x-ms-meta-*</ExposedHeaders><MaxAgeInSeconds>200</MaxAgeInSeconds></CorsRule></Cors><StaticWebsite><Enabled>true</Enabled><IndexDocument>index.html</IndexDocument><ErrorDocument404Path>404.html</ErrorDocument404Path></StaticWebsite></StorageServiceProperties>`
	w.do(ask{method: "PUT", url: "/?restype=service&comp=properties", as: "key", body: body}, 202, "")
	w.do(ask{method: "PUT", url: "/?restype=service&comp=properties", as: "key", body: `<StorageServiceProperties><DeleteRetentionPolicy><Enabled>true</Enabled><Days>7</Days></DeleteRetentionPolicy></StorageServiceProperties>`}, 202, "")
	got := w.get("/?restype=service&comp=properties")
	for _, want := range []string{"<MaxAgeInSeconds>200</MaxAgeInSeconds>", "<IndexDocument>index.html</IndexDocument>", "<Days>7</Days>"} {
		if !strings.Contains(got, want) {
			t.Errorf("%s is not in %s", want, got)
		}
	}
	w.do(ask{method: "PUT", url: "/?restype=service&comp=properties", as: "key", body: `<StorageServiceProperties><DeleteRetentionPolicy><Enabled>true</Enabled><Days>999</Days></DeleteRetentionPolicy></StorageServiceProperties>`}, 400, "InvalidXmlDocument")
	w.do(ask{method: "PUT", url: "/?restype=service&comp=properties", as: "key", body: `<StorageServiceProperties><DeleteRetentionPolicy><Enabled>true</Enabled></DeleteRetentionPolicy></StorageServiceProperties>`}, 400, "InvalidXmlDocument")

	// CORS
	h := w.do(ask{method: "OPTIONS", url: "/con/b", header: []string{"origin", "https://x.b.example", "access-control-request-method", "PUT", "access-control-request-headers", "x-ms-meta-q, content-type"}}, 200, "").Header()
	if h.Get("Access-Control-Allow-Origin") != "https://x.b.example" || h.Get("Access-Control-Allow-Methods") != "PUT" || h.Get("Access-Control-Max-Age") != "200" || h.Get("Vary") != "Origin" {
		t.Error(h)
	}
	w.do(ask{method: "OPTIONS", url: "/con/b", header: []string{"origin", "https://evil.example", "access-control-request-method", "PUT"}}, 403, "CorsPreflightFailure")
	w.do(ask{method: "OPTIONS", url: "/con/b", header: []string{"origin", "https://a.example", "access-control-request-method", "DELETE"}}, 403, "CorsPreflightFailure")
	w.do(ask{method: "OPTIONS", url: "/con/b", header: []string{"origin", "https://a.example", "access-control-request-method", "GET", "access-control-request-headers", "x-other"}}, 403, "CorsPreflightFailure")
	if body := w.do(ask{method: "OPTIONS", url: "/con/b"}, 400, "InvalidHeaderValue").Body.String(); !strings.Contains(body, "<Message>A required CORS header is not present.") {
		t.Error(body)
	}
	w.container("con")
	w.put("/con/b", "x", "x-ms-meta-q", "1")
	h = w.do(ask{method: "GET", url: "/con/b", as: "key", header: []string{"origin", "https://a.example"}}, 200, "").Header()
	if h.Get("Access-Control-Allow-Origin") != "https://a.example" || h.Get("Access-Control-Expose-Headers") != "x-ms-meta-q" {
		t.Error(h)
	}
	if h := w.do(ask{method: "GET", url: "/con/b", as: "key", header: []string{"origin", "https://evil.example"}}, 200, "").Header(); h.Get("Access-Control-Allow-Origin") != "" {
		t.Error(h)
	}

	// The website
	w.container("$web")
	w.put("/$web/index.html", "<h1>", "content-type", "text/html")
	w.put("/$web/404.html", "gone", "content-type", "text/html")
	for _, site := range []string{"https://acct.web.core.chinacloudapi.cn", "https://acct.z1.web.core.chinacloudapi.cn"} {
		if got := w.do(ask{method: "GET", url: site + "/"}, 200, ""); got.Body.String() != "<h1>" || got.Header().Get("Content-Type") != "text/html" {
			t.Error(got.Body)
		}
		if got := w.do(ask{method: "GET", url: site + "/nothing"}, 404, ""); got.Body.String() != "gone" {
			t.Error(got.Body)
		}
		w.do(ask{method: "PUT", url: site + "/x", as: "key", body: "x"}, 405, "UnsupportedHttpVerb")
	}
	w.do(ask{method: "GET", url: "/$web/index.html"}, 401, "NoAuthenticationInformation")
	w.configure(func(a *blob.Account) { a.Properties.StaticWebsite = nil })
	w.do(ask{method: "GET", url: "https://acct.web.core.chinacloudapi.cn/"}, 404, "WebsiteNotFound")
}
