package blob

import (
	"bytes"
	"encoding/base64"
	"fmt"
	"net/http"
	"strings"
	"testing"
)

func escapeURL(s string) string {
	return strings.NewReplacer(":", "%3A", "/", "%2F", "?", "%3F", "&", "%26", "=", "%3D", "'", "%27", " ", "%20", "+", "%2B").Replace(s)
}

func TestAppendBlob(t *testing.T) {
	w := newWorld(t)
	w.container("con")
	w.do(ask{method: "PUT", url: "/con/a", as: "key", header: []string{"x-ms-blob-type", "AppendBlob", "content-type", "text/plain"}}, 201, "")
	w.do(ask{method: "PUT", url: "/con/a", as: "key", body: "x", header: []string{"x-ms-blob-type", "AppendBlob"}}, 400, "InvalidHeaderValue")
	h := w.do(ask{method: "PUT", url: "/con/a?comp=appendblock", as: "key", body: "one"}, 201, "").Header()
	if h.Get("X-Ms-Blob-Append-Offset") != "0" || h.Get("X-Ms-Blob-Committed-Block-Count") != "1" {
		t.Error(h)
	}
	w.do(ask{method: "PUT", url: "/con/a?comp=appendblock", as: "key", body: "two", header: []string{"x-ms-blob-condition-appendpos", "3", "content-md5", sum("two")}}, 201, "")
	w.do(ask{method: "PUT", url: "/con/a?comp=appendblock", as: "key", body: "two", header: []string{"x-ms-blob-condition-appendpos", "3"}}, 412, "AppendPositionConditionNotMet")
	w.do(ask{method: "PUT", url: "/con/a?comp=appendblock", as: "key", body: "two", header: []string{"x-ms-blob-condition-maxsize", "7"}}, 412, "MaxBlobSizeConditionNotMet")
	w.do(ask{method: "PUT", url: "/con/a?comp=appendblock", as: "key", body: "two", header: []string{"content-md5", sum("x")}}, 400, "Md5Mismatch")
	w.do(ask{method: "PUT", url: "/con/a?comp=appendblock", as: "key", body: "two", header: []string{"x-ms-blob-condition-maxsize", "-7"}}, 400, "InvalidHeaderValue")
	if got := w.get("/con/a"); got != "onetwo" {
		t.Errorf("%q", got)
	}
	w.do(ask{method: "PUT", url: "/con/a?comp=seal", as: "key"}, 200, "")
	w.do(ask{method: "PUT", url: "/con/a?comp=appendblock", as: "key", body: "x"}, 409, "BlobIsSealed")
	w.do(ask{method: "PUT", url: "/con/a?comp=block&blockid=AAAA", as: "key", body: "x"}, 409, "InvalidBlobType")
	w.do(ask{method: "PUT", url: "/con/none?comp=appendblock", as: "key", body: "x"}, 404, "BlobNotFound")
}

func TestPageBlob(t *testing.T) {
	w := newWorld(t)
	w.container("con")
	w.do(ask{method: "PUT", url: "/con/p", as: "key", header: []string{"x-ms-blob-type", "PageBlob"}}, 400, "MissingRequiredHeader")
	w.do(ask{method: "PUT", url: "/con/p", as: "key", header: []string{"x-ms-blob-type", "PageBlob", "x-ms-blob-content-length", "511"}}, 400, "InvalidHeaderValue")
	w.do(ask{method: "PUT", url: "/con/p", as: "key", header: []string{"x-ms-blob-type", "PageBlob", "x-ms-blob-content-length", "2048"}}, 201, "")
	page := strings.Repeat("p", 512)
	write := []string{"x-ms-page-write", "update", "range", "bytes=512-1023"}
	w.do(ask{method: "PUT", url: "/con/p?comp=page", as: "key", body: page, header: append([]string{"x-ms-content-crc64", crcHeader(page)}, write...)}, 201, "")
	w.do(ask{method: "PUT", url: "/con/p?comp=page", as: "key", body: page, header: append([]string{"x-ms-content-crc64", crcHeader("x")}, write...)}, 400, "Crc64Mismatch")
	w.do(ask{method: "PUT", url: "/con/p?comp=page", as: "key", body: page, header: []string{"range", "bytes=0-511"}}, 400, "MissingRequiredHeader")
	w.do(ask{method: "PUT", url: "/con/p?comp=page", as: "key", body: page, header: []string{"x-ms-page-write", "update"}}, 400, "MissingRequiredHeader")
	list := w.do(ask{method: "GET", url: "/con/p?comp=pagelist", as: "key"}, 200, "")
	if !strings.Contains(list.Body.String(), "<PageList><PageRange><Start>512</Start><End>1023</End></PageRange></PageList>") || list.Header().Get("X-Ms-Blob-Content-Length") != "2048" {
		t.Error(list.Body)
	}
	at := w.do(ask{method: "PUT", url: "/con/p?comp=snapshot", as: "key"}, 201, "").Header().Get("X-Ms-Snapshot")
	w.do(ask{method: "PUT", url: "/con/p?comp=page", as: "key", header: []string{"x-ms-page-write", "clear", "x-ms-range", "bytes=512-1023"}}, 201, "")
	diff := w.do(ask{method: "GET", url: "/con/p?comp=pagelist&prevsnapshot=" + escapeURL(at), as: "key"}, 200, "").Body.String()
	if !strings.Contains(diff, "<ClearRange><Start>512</Start><End>1023</End></ClearRange>") {
		t.Error(diff)
	}
	w.do(ask{method: "PUT", url: "/con/p?comp=properties", as: "key", header: []string{"x-ms-blob-content-length", "512", "x-ms-sequence-number-action", "update", "x-ms-blob-sequence-number", "7"}}, 200, "")
	h := w.do(ask{method: "HEAD", url: "/con/p", as: "key"}, 200, "").Header()
	if h.Get("Content-Length") != "512" || h.Get("X-Ms-Blob-Sequence-Number") != "7" {
		t.Error(h)
	}
	w.do(ask{method: "PUT", url: "/con/p?comp=page", as: "key", body: page, header: []string{"x-ms-page-write", "update", "range", "bytes=0-511", "x-ms-if-sequence-number-lt", "7"}}, 412, "SequenceNumberConditionNotMet")
}

func TestTags(t *testing.T) {
	w := newWorld(t)
	w.container("con")
	w.put("/con/b", "x", "x-ms-tags", "a=1&b=2")
	body := "<Tags><TagSet><Tag><Key>state</Key><Value>done</Value></Tag></TagSet></Tags>"
	w.do(ask{method: "PUT", url: "/con/b?comp=tags", as: "key", body: body}, 204, "")
	if got := w.get("/con/b?comp=tags"); !strings.HasSuffix(got, body) {
		t.Error(got)
	}
	w.do(ask{method: "GET", url: "/con/b", as: "key", header: []string{"x-ms-if-tags", `"state"='done'`}}, 200, "")
	w.do(ask{method: "GET", url: "/con/b", as: "key", header: []string{"x-ms-if-tags", `"state"='new'`}}, 412, "ConditionNotMet")
	w.do(ask{method: "PUT", url: "/con/b?comp=tags", as: "key", body: "<Tags/>"}, 400, "MissingRequiredXmlNode")
	w.do(ask{method: "GET", url: "/con/b?comp=tags", as: readerID}, 403, "AuthorizationPermissionMismatch")
	for _, url := range []string{"/?comp=blobs&where=", "/con?restype=container&comp=blobs&where="} {
		got := w.get(url + escapeURL(`"state"='done'`))
		if !strings.Contains(got, "<Name>b</Name><ContainerName>con</ContainerName><Tags><TagSet><Tag><Key>state</Key><Value>done</Value>") {
			t.Error(got)
		}
		if got := w.get(url + escapeURL(`"state"='new'`)); strings.Contains(got, "<Blob>") {
			t.Error(got)
		}
	}
	w.do(ask{method: "GET", url: "/?comp=blobs", as: "key"}, 400, "MissingRequiredQueryParameter")
}

func TestCopies(t *testing.T) {
	w := newWorld(t)
	w.container("con")
	w.container("dst")
	w.put("/con/b", "hello", "content-type", "text/plain", "x-ms-meta-a", "1")
	source := "https://" + host + "/con/b"
	signed := source + "?" + w.signed("con", "b", "r")
	w.do(ask{method: "PUT", url: "/dst/sync", as: "key", header: []string{"x-ms-copy-source", signed, "x-ms-requires-sync", "true"}}, 202, "")
	w.do(ask{method: "PUT", url: "/dst/sync2", as: "writer", header: []string{"x-ms-copy-source", source, "x-ms-requires-sync", "true"}}, 202, "")
	h := w.do(ask{method: "GET", url: "/dst/sync", as: "key"}, 200, "").Header()
	if h.Get("Content-Type") != "text/plain" || h.Get("X-Ms-Meta-A") != "1" || h.Get("X-Ms-Copy-Status") != "success" || h.Get("X-Ms-Copy-Progress") != "5/5" {
		t.Error(h)
	}
	h = w.do(ask{method: "PUT", url: "/dst/later", as: "key", header: []string{"x-ms-copy-source", source}}, 202, "").Header()
	if h.Get("X-Ms-Copy-Id") == "" || h.Get("X-Ms-Copy-Status") == "" {
		t.Error(h)
	}
	w.do(ask{method: "PUT", url: "/dst/url", as: "key", header: []string{"x-ms-copy-source", signed, "x-ms-blob-type", "BlockBlob", "x-ms-source-content-md5", sum("hello")}}, 201, "")
	h = w.do(ask{method: "PUT", url: "/dst/url", as: "key", header: []string{"x-ms-copy-source", signed, "x-ms-blob-type", "BlockBlob"}}, 201, "").Header()
	if h.Get("Content-Md5") != "" || h.Get("X-Ms-Content-Crc64") != crcHeader("hello") {
		t.Error("az storage blob rewrite cannot print an MD5 that it did not ask for", h)
	}
	if got := w.get("/dst/url"); got != "hello" {
		t.Errorf("%q", got)
	}
	w.do(ask{method: "PUT", url: "/dst/part?comp=block&blockid=AAAA", as: "key", header: []string{"x-ms-copy-source", signed, "x-ms-source-range", "bytes=1-2"}}, 201, "")
	w.do(ask{method: "PUT", url: "/dst/part?comp=blocklist", as: "key", body: "<BlockList><Latest>AAAA</Latest></BlockList>"}, 201, "")
	if got := w.get("/dst/part"); got != "el" {
		t.Errorf("%q", got)
	}
	// Denials: Put … From URL reads its source by the source's own right alone; a copy by the request's, in its account,
	// which for one that is sync has to be a token's.
	w.do(ask{method: "PUT", url: "/dst/sync", as: "key", header: []string{"x-ms-copy-source", source, "x-ms-requires-sync", "true"}}, 401, "CannotVerifyCopySource")
	w.do(ask{method: "PUT", url: "/dst/later", as: "key", header: []string{"x-ms-copy-source", source, "x-ms-source-if-tags", "\"a\"='b'"}}, 412, "ConditionNotMet")
	w.do(ask{method: "PUT", url: "/dst/later", as: "key", header: []string{"x-ms-copy-source", source, "x-ms-source-if-match", "\"0x1\""}}, 412, "SourceConditionNotMet")
	w.do(ask{method: "PUT", url: "/dst/url", as: "key", header: []string{"x-ms-copy-source", source, "x-ms-blob-type", "BlockBlob"}}, 401, "CannotVerifyCopySource")
	w.do(ask{method: "PUT", url: "/dst/part?comp=block&blockid=AAAA", as: "key", header: []string{"x-ms-copy-source", source}}, 401, "CannotVerifyCopySource")
	// The destination's right is none over another's source, and a signature must hold.
	write := w.signed("dst", "", "cw")
	w.do(ask{method: "PUT", url: "/dst/x?" + write, header: []string{"x-ms-copy-source", source, "x-ms-requires-sync", "true"}}, 401, "CannotVerifyCopySource")
	read := w.signed("con", "b", "r")
	w.do(ask{method: "PUT", url: "/dst/x?" + write, header: []string{"x-ms-copy-source", source + "?" + read, "x-ms-requires-sync", "true"}}, 202, "")
	w.do(ask{method: "PUT", url: "/dst/y?" + write, header: []string{"x-ms-copy-source", source + "?" + strings.Replace(read, "sp=r", "sp=rw", 1), "x-ms-requires-sync", "true"}}, 403, "CannotVerifyCopySource")
	w.do(ask{method: "PUT", url: "/dst/y?" + write, header: []string{"x-ms-copy-source", source, "x-ms-copy-source-authorization", "Bearer " + readerID, "x-ms-requires-sync", "true"}}, 202, "")
	w.do(ask{method: "PUT", url: "/dst/z?" + write, header: []string{"x-ms-copy-source", source, "x-ms-copy-source-authorization", "Bearer stranger", "x-ms-requires-sync", "true"}}, 403, "CannotVerifyCopySource")
	w.do(ask{method: "PUT", url: "/dst/z", as: "key", header: []string{"x-ms-copy-source", "https://elsewhere.example/b", "x-ms-requires-sync", "true"}}, 404, "CannotVerifyCopySource")
	w.do(ask{method: "PUT", url: "/dst/z", as: "key", header: []string{"x-ms-copy-source", "not a URL"}}, 400, "InvalidHeaderValue")
	w.do(ask{method: "PUT", url: "/dst/z", as: "key", header: []string{"x-ms-copy-source", source + "x"}}, 404, "CannotVerifyCopySource")
	if got := w.do(ask{method: "PUT", url: "/dst/z", as: "key", header: []string{"x-ms-copy-source", source + "x"}}, 404, "CannotVerifyCopySource"); !strings.Contains(got.Body.String(), "The specified blob does not exist.") ||
		got.Header().Get("X-Ms-Copy-Source-Error-Code") != "BlobNotFound" || got.Header().Get("X-Ms-Copy-Source-Status-Code") != "404" {
		t.Error(got.Body, got.Header())
	}
	w.do(ask{method: "PUT", url: "/dst/none?comp=copy&copyid=any", as: "key", header: []string{"x-ms-copy-action", "abort"}}, 400, "InvalidQueryParameterValue")
	w.do(ask{method: "PUT", url: "/dst/sync?comp=copy&copyid=22222222-2222-2222-2222-222222222222", as: "key", header: []string{"x-ms-copy-action", "abort"}}, 409, "NoPendingCopyOperation")
}

func TestCustomerKey(t *testing.T) {
	w := newWorld(t)
	w.container("con")
	key := func(letter string) []string {
		k := strings.Repeat(letter, 32)
		return []string{"x-ms-encryption-key", base64.StdEncoding.EncodeToString([]byte(k)), "x-ms-encryption-key-sha256", sha(k), "x-ms-encryption-algorithm", "AES256"}
	}
	h := w.put("/con/b", "secret", key("k")...).Header()
	if h.Get("X-Ms-Encryption-Key-Sha256") != sha(strings.Repeat("k", 32)) {
		t.Error(h)
	}
	if got := w.do(ask{method: "GET", url: "/con/b", as: "key", header: key("k")}, 200, "").Body.String(); got != "secret" {
		t.Errorf("%q", got)
	}
	for _, method := range []string{"GET", "HEAD"} {
		w.do(ask{method: method, url: "/con/b", as: "key"}, 409, "BlobUsesCustomerSpecifiedEncryption")
	}
	if got := serve(w, w.request(ask{method: "GET", url: "/con/b", as: "key", header: key("j")})); got.Code != 409 {
		t.Error(got.Code, got.Body)
	}
	w.do(ask{method: "GET", url: "/con/b", as: "key", plain: true, header: key("k")}, 400, "AccountRequiresHttps")
	bad := key("k")
	bad[5] = "DES"
	w.do(ask{method: "PUT", url: "/con/b2", as: "key", body: "x", header: append(bad, "x-ms-blob-type", "BlockBlob")}, 400, "InvalidHeaderValue")
}

func TestTierAndHolds(t *testing.T) {
	w := newWorld(t)
	w.container("con")
	w.put("/con/b", "x")
	w.do(ask{method: "PUT", url: "/con/b?comp=tier", as: "key", header: []string{"x-ms-access-tier", "Archive"}}, 200, "")
	w.do(ask{method: "GET", url: "/con/b", as: "key"}, 409, "BlobArchived")
	if h := w.do(ask{method: "HEAD", url: "/con/b", as: "key"}, 200, "").Header(); h.Get("X-Ms-Access-Tier") != "Archive" {
		t.Error(h)
	}
	w.do(ask{method: "PUT", url: "/con/b?comp=tier", as: "key", header: []string{"x-ms-access-tier", "Hot"}}, 202, "")
	if h := w.do(ask{method: "HEAD", url: "/con/b", as: "key"}, 200, "").Header(); h.Get("X-Ms-Archive-Status") != "rehydrate-pending-to-hot" {
		t.Error(h)
	}
	w.do(ask{method: "PUT", url: "/con/b?comp=tier", as: "key"}, 400, "MissingRequiredHeader")
	w.do(ask{method: "PUT", url: "/con/b?comp=tier", as: "key", header: []string{"x-ms-access-tier", "Lukewarm"}}, 400, "InvalidHeaderValue")
}

func TestBatch(t *testing.T) {
	w := newWorld(t)
	w.container("con")
	w.put("/con/a", "x")
	w.put("/con/b", "y")
	part := func(id int, method, url string, as string) string {
		r := w.request(ask{method: method, url: url, as: as, header: []string{"x-ms-version", ""}})
		if as == "key" {
			r.Header.Del("Authorization")
			texts, err := stringsToSign(r, "acct", version, false)
			if err != nil {
				t.Fatal(err)
			}
			_ = texts
			w.sign(r, w.account.Keys[0].Value, false)
		}
		return fmt.Sprintf("--b\r\nContent-Type: application/http\r\nContent-Transfer-Encoding: binary\r\nContent-ID: %d\r\n\r\n%s %s HTTP/1.1\r\nx-ms-date: %s\r\nAuthorization: %s\r\nContent-Length: 0\r\n\r\n",
			id, method, url, r.Header.Get("x-ms-date"), r.Header.Get("Authorization"))
	}
	mixed := []string{"content-type", "multipart/mixed; boundary=b"}
	body := part(0, "DELETE", "/con/a", "key") + part(1, "DELETE", "/con/none", "key") + part(2, "DELETE", "/con/b", readerID) + "--b--\r\n"
	got := w.do(ask{method: "POST", url: "/?comp=batch", as: "key", body: body, header: mixed}, 202, "")
	text := got.Body.String()
	for _, want := range []string{"HTTP/1.1 202 Accepted\r\n", "HTTP/1.1 404 Not Found\r\n", "x-ms-error-code: BlobNotFound", "HTTP/1.1 403 Forbidden\r\n", "x-ms-error-code: AuthorizationPermissionMismatch", "Content-ID: 2"} {
		if !strings.Contains(text, want) {
			t.Errorf("%s is not in %s", want, text)
		}
	}
	if !strings.HasPrefix(got.Header().Get("Content-Type"), "multipart/mixed; boundary=batchresponse_") {
		t.Error(got.Header())
	}
	w.do(ask{method: "GET", url: "/con/a", as: "key"}, 404, "BlobNotFound")
	w.get("/con/b")
	// What may not be in a batch, and who may not send one.
	text = w.do(ask{method: "POST", url: "/con?restype=container&comp=batch", as: "key", body: part(0, "GET", "/con/b", "key") + "--b--", header: mixed}, 202, "").Body.String()
	if !strings.Contains(text, "HTTP/1.1 400") {
		t.Error(text)
	}
	w.do(ask{method: "POST", url: "/?comp=batch", as: readerID, body: body, header: mixed}, 403, "AuthorizationPermissionMismatch")
	w.do(ask{method: "POST", url: "/?comp=batch", body: body, header: mixed}, 401, "NoAuthenticationInformation")
	w.do(ask{method: "POST", url: "/?comp=batch", as: "key", body: "--b--", header: mixed}, 400, "InvalidInput")
	w.do(ask{method: "POST", url: "/?comp=batch", as: "key", body: body}, 400, "InvalidHeaderValue")
	w.do(ask{method: "POST", url: "/?comp=batch", as: "key", header: mixed, body: part(0, "DELETE", "/con/b", "key") + part(1, "PUT", "/con/b?comp=tier", "key") + "--b--"}, 400, "AllOperationsInBatchMustBeOfSameType")
}

func TestStructuredBodies(t *testing.T) {
	w := newWorld(t)
	w.container("con")
	text := strings.Repeat("structured", 10_000)
	var message bytes.Buffer
	s := &segmenting{to: &message, length: int64(len(text))}
	if err := s.begin(); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Write([]byte(text)); err != nil {
		t.Fatal(err)
	}
	if err := s.end(); err != nil {
		t.Fatal(err)
	}
	header := []string{"x-ms-structured-body", structuredBody, "x-ms-structured-content-length", fmt.Sprint(len(text))}
	w.put("/con/b", message.String(), header...)
	if got := w.get("/con/b"); got != text {
		t.Errorf("%d bytes", len(got))
	}
	broken := message.Bytes()
	broken[len(broken)-1] ^= 1
	w.do(ask{method: "PUT", url: "/con/b2", as: "key", body: string(broken), header: append(header, "x-ms-blob-type", "BlockBlob")}, 400, "Crc64Mismatch")
	w.do(ask{method: "GET", url: "/con/b2", as: "key"}, 404, "BlobNotFound")
	got := w.do(ask{method: "GET", url: "/con/b", as: "key", header: header[:2]}, 200, "")
	read := make([]byte, len(text))
	from := &segmented{from: got.Body, total: int64(got.Body.Len()), want: int64(len(text))}
	if n, err := from.Read(read[:0]); n != 0 || err != nil {
		t.Fatal(n, err)
	}
	for at := 0; at < len(read); {
		n, err := from.Read(read[at:])
		if err != nil {
			t.Fatal(err)
		}
		at += n
	}
	if string(read) != text || got.Header().Get("X-Ms-Structured-Content-Length") != fmt.Sprint(len(text)) {
		t.Error("another text came back")
	}
}

func TestBodies(t *testing.T) {
	w := newWorld(t)
	w.container("con")
	block := []string{"x-ms-blob-type", "BlockBlob"}
	r := w.request(ask{method: "PUT", url: "/con/b", raw: strings.NewReader("x"), header: block})
	r.ContentLength = -1
	w.sign(r, w.account.Keys[0].Value, false)
	if got := serve(w, r); got.Code != http.StatusLengthRequired || !strings.Contains(got.Body.String(), "MissingContentLengthHeader") {
		t.Error(got.Code, got.Body)
	}
	for _, size := range []int64{10, 200_000} { // small and large ones go different ways
		r = w.request(ask{method: "PUT", url: "/con/b", raw: strings.NewReader("short"), header: block})
		r.ContentLength = size
		w.sign(r, w.account.Keys[0].Value, false)
		if got := serve(w, r); got.Code < 400 {
			t.Error(got.Code)
		}
		w.do(ask{method: "GET", url: "/con/b", as: "key"}, 404, "BlobNotFound")
	}
	w.do(ask{method: "PUT", url: "/con/b", as: "key", body: "x", header: append([]string{"content-md5", sum("y")}, block...)}, 400, "Md5Mismatch")
	w.do(ask{method: "PUT", url: "/con/b", as: "key", body: "x", header: append([]string{"content-md5", "AAAA"}, block...)}, 400, "InvalidMd5")
	w.do(ask{method: "PUT", url: "/con/b", as: "key", body: "x", header: append([]string{"x-ms-content-crc64", "AAAA"}, block...)}, 400, "InvalidCrc64")
	w.do(ask{method: "PUT", url: "/con/b", as: "key", body: "x", header: append([]string{"x-ms-content-crc64", crcHeader("x"), "content-md5", sum("x")}, block...)}, 400, "InvalidHeaderValue")
	w.do(ask{method: "PUT", url: "/con/b", as: "key", body: "x"}, 400, "MissingRequiredHeader")
	w.do(ask{method: "PUT", url: "/con/b", as: "key", body: "x", header: []string{"x-ms-blob-type", "CakeBlob"}}, 400, "InvalidHeaderValue")
	w.do(ask{method: "PUT", url: "/con/" + strings.Repeat("n", 1025), as: "key", body: "x", header: block}, 400, "OutOfRangeInput")
	w.do(ask{method: "GET", url: "/con/b", as: "key", header: []string{"if-modified-since", "yesterday"}}, 400, "InvalidHeaderValue")
	w.do(ask{method: "GET", url: "/con/b", as: "key", header: []string{"x-ms-range-get-content-md5", "true"}}, 400, "InvalidHeaderValue")
	w.do(ask{method: "GET", url: "/con/b", as: "key", header: []string{"x-ms-range-get-content-md5", "true", "range", "bytes=0-9999999"}}, 400, "OutOfRangeInput")
}
