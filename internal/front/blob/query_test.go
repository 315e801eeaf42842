package blob

import (
	"errors"
	"net/http"
	"strings"
	"testing"

	"github.com/alcedo-cloud/alcedo/internal/blob/query"
)

func queryBody(sql, input, output string) string {
	return `<?xml version="1.0" encoding="UTF-8" standalone="yes"?><QueryRequest><QueryType>SQL</QueryType><Expression>` + sql +
		`</Expression>` + input + output + `</QueryRequest>`
}

func TestQuery(t *testing.T) {
	w := newWorld(t)
	w.container("con")
	w.put("/con/birds", "id|name\r1|king's\r2|'the|grey'\r", "content-encoding", "gzip", "x-ms-meta-a", "b")
	const (
		in = `<InputSerialization><Format><Type>delimited</Type><DelimitedTextConfiguration><ColumnSeparator>|</ColumnSeparator>` +
			`<FieldQuote>'</FieldQuote><RecordSeparator>&#13;</RecordSeparator><EscapeChar></EscapeChar><HasHeaders>true</HasHeaders>` +
			`</DelimitedTextConfiguration></Format></InputSerialization>`
		out = `<OutputSerialization><Format><Type>json</Type><JsonTextConfiguration><RecordSeparator>&#10;</RecordSeparator></JsonTextConfiguration></Format></OutputSerialization>`
	)
	ask := func(as, path, body string, status int, code string) string {
		t.Helper()
		rec := w.do(ask{method: "POST", url: path, as: as, body: body}, status, code)
		if h := rec.Header(); status == 200 && (h.Get("Content-Type") != "avro/binary" || h.Get("Content-Length") != "" ||
			h.Get("Content-Encoding") != "" || h.Get("X-Ms-Meta-A") != "b" || h.Get("ETag") == "") {
			t.Error(h)
		}
		return rec.Body.String()
	}
	const path = "/con/birds?comp=query"
	all := queryBody("SELECT name FROM BlobStorage WHERE id &gt; 1", in, out)
	if got := ask("key", path, all, 200, ""); !strings.HasPrefix(got, "Obj\x01") || !strings.Contains(got, `{"name":"the|grey"}`+"\n") {
		t.Errorf("%q", got)
	}
	// Where no output is described, it is written as the input is.
	if got := ask("key", path, queryBody("SELECT id, name FROM BlobStorage WHERE id = 2", in, ""), 200, ""); !strings.Contains(got, "2|'the|grey'\r") {
		t.Errorf("%q", got)
	}
	ask(readerID, path, all, 200, "")
	ask("owner", path, all, 403, "AuthorizationPermissionMismatch")
	ask("", path, all, 401, "NoAuthenticationInformation")
	if got := ask("", path+"&"+w.signed("con", "birds", "r"), all, 200, ""); !strings.Contains(got, "grey") {
		t.Errorf("%q", got)
	}
	ask("", path+"&"+w.signed("con", "birds", "w"), all, 403, "AuthorizationPermissionMismatch")
	at := w.do(ask2("PUT", "/con/birds?comp=snapshot"), 201, "").Header().Get("X-Ms-Snapshot")
	w.put("/con/birds", "changed", "x-ms-meta-a", "b")
	if got := ask("key", path+"&snapshot="+escapeURL(at), all, 200, ""); !strings.Contains(got, "grey") {
		t.Errorf("%q", got)
	}
	ask("key", "/con/none?comp=query", all, 404, "BlobNotFound")
	w.do(ask2("GET", path), 405, "UnsupportedHttpVerb")
	for body, code := range map[string]string{
		"": "InvalidXmlDocument", "<QueryRequest/>": "InvalidXmlNodeValue", "<QueryRequest><QueryType>SQL</QueryType></QueryRequest>": "MissingRequiredXmlNode",
		queryBody("SELECT", "", ""):                                         "InvalidInput",
		queryBody("SELECT * FROM BlobStorage", "<InputSerialization/>", ""): "MissingRequiredXmlNode",
		queryBody("SELECT * FROM BlobStorage", "<InputSerialization><Format><Type>xml</Type></Format></InputSerialization>", ""): "InvalidXmlNodeValue",
		queryBody("SELECT * FROM BlobStorage", strings.Replace(in, "'", "''", 1), ""):                                            "InvalidXmlNodeValue",
		queryBody("SELECT * FROM BlobStorage", strings.Replace(in, "true", "yes", 1), ""):                                        "InvalidXmlNodeValue",
	} {
		ask("key", path, body, 400, code)
	}
	ask("key", path, queryBody("SELECT * FROM BlobStorage", strings.Replace(in, "delimited", "parquet", 1), ""), 501, "NotImplemented")
}

func ask2(method, url string) ask { return ask{method: method, url: url, as: "key"} }

// FuzzQueryRequest: no body makes a query whose limits do not hold.
func FuzzQueryRequest(f *testing.F) {
	f.Add([]byte(queryBody("SELECT * FROM BlobStorage", "", "")))
	f.Add([]byte(queryBody("SELECT 1", "<InputSerialization><Format><Type>delimited</Type></Format></InputSerialization>", "")))
	f.Fuzz(func(t *testing.T, body []byte) {
		root, err := parseXML(body, "QueryRequest")
		if err != nil {
			return
		}
		r, err := parseQuery(root)
		if err != nil {
			return
		}
		if len(r.Input.RecordSeparator) > maxSeparator || r.Output.Quote >= 0x80 {
			t.Errorf("%+v", r)
		}
		q, err := query.Parse(r.Expression)
		if err != nil {
			return
		}
		if err := q.Run(strings.NewReader("a,\"b\"\n{\"c\":1}\n"), r.Input, r.Output, query.NewAvro(discard{}, 16, [16]byte{})); err != nil {
			t.Error(err)
		}
	})
}

type discard struct{}

func (discard) Write(p []byte) (int, error) { return len(p), nil }

// broken is a client that goes away.
type broken struct{ http.ResponseWriter }

func (broken) Write([]byte) (int, error) { return 0, errors.New("gone") }

// TestQueryOfClientThatGoes ends the reading where nobody takes the answer.
func TestQueryOfClientThatGoes(t *testing.T) {
	w := newWorld(t)
	w.container("con")
	w.put("/con/big", strings.Repeat("1,2,3\n", 200_000))
	defer func() {
		if recover() != http.ErrAbortHandler {
			t.Error("the connection is not cut")
		}
	}()
	r := w.request(ask{method: "POST", url: "/con/big?comp=query", as: "key", body: queryBody("SELECT * FROM BlobStorage", "", "")})
	w.ServeHTTP(broken{&headerOnly{h: http.Header{}}}, r)
}

type headerOnly struct{ h http.Header }

func (w *headerOnly) Header() http.Header         { return w.h }
func (w *headerOnly) Write(p []byte) (int, error) { return len(p), nil }
func (w *headerOnly) WriteHeader(int)             {}
