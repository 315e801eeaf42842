package vault_test

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/alcedo-cloud/alcedo/internal/store"
)

const planted = "planted-Tr0ub4dor-and-3"

// forms are how a value could be written down.
func forms() [][]byte {
	b := []byte(planted)
	return [][]byte{
		b, []byte(base64.StdEncoding.EncodeToString(b))[:28], []byte(base64.StdEncoding.EncodeToString(append([]byte("x"), b...)))[4:28],
		[]byte(base64.StdEncoding.EncodeToString(append([]byte("xx"), b...)))[4:28], []byte(strings.ToUpper(planted)),
	}
}

// A secret's value is in the answers to set and get, and nowhere else: not in the store, the log (at its most talkative),
// the record of decisions or the text of a refusal.
func TestValuesAreNowhere(t *testing.T) {
	w := newWorld(t)
	var answers bytes.Buffer
	do := func(as, method, host, path, body string) {
		a := w.send(as, method, host, path, body)
		if a.status == 200 && a.at("value") == planted {
			return
		}
		answers.WriteString(a.text + "\n")
	}
	for _, host := range []string{"kv", "roles"} {
		for _, as := range []string{admin, nobody, "expired", "broken", ""} {
			do(as, "PUT", host, "/secrets/s", `{"value":"`+planted+`","tags":{"plainly":"here"}}`)
			do(as, "PUT", host, "/secrets/s", `{"value":"`+planted+`","attributes":{"enabled":"`+planted+`"}}`)
			do(as, "PUT", host, "/secrets/s", `{"value":"`+planted)
			do(as, "PUT", host, "/secrets/s", `{"value":{"`+planted+`":"`+planted+`"}}`)
			do(as, "PUT", host, "/secrets/bad_name", `{"value":"`+planted+`"}`)
			do(as, "PUT", host, "/secrets/big", `{"value":"`+strings.Repeat(planted, 2000)+`"}`)
			do(as, "PATCH", host, "/secrets/s/", `{"value":"`+planted+`"}`)
			do(as, "GET", host, "/secrets/s", "")
			do(as, "GET", host, "/secrets", "")
			do(as, "POST", host, "/secrets/s/backup", "")
			do(as, "POST", host, "/secrets/restore", `{"value":"`+planted+`"}`)
			do(as, "DELETE", host, "/secrets/s", "")
			do(as, "PUT", host, "/secrets/s", `{"value":"`+planted+`"}`)
			do(as, "GET", host, "/deletedsecrets/s", "")
			do(as, "POST", host, "/deletedsecrets/s/recover", "")
		}
	}
	var stored bytes.Buffer
	items := 0
	w.check(store.View(t.Context(), w.store, func(r store.Reader) error {
		for item, err := range r.Scan(nil, nil) {
			if err != nil {
				return err
			}
			items++
			stored.Write(item.Key)
			stored.Write(item.Value)
		}
		return nil
	}))
	if items < 6 || w.log.Len() == 0 || answers.Len() == 0 {
		t.Fatalf("nothing to look at: %d records, %d bytes of log, %d of answers", items, w.log.Len(), answers.Len())
	}
	for where, text := range map[string][]byte{"the store": stored.Bytes(), "the log": w.log.Bytes(), "an answer": answers.Bytes()} {
		for _, form := range forms() {
			if bytes.Contains(text, form) {
				t.Errorf("the value is in %s as %q", where, form)
			}
		}
	}
	if !bytes.Contains(stored.Bytes(), []byte("plainly")) {
		t.Error("the search would not have found a value: the tags are not there either")
	}
}

// FuzzRequests sends anything to the front: it answers JSON with a status of its own, and never 500.
func FuzzRequests(f *testing.F) {
	w := newWorld(f)
	for _, op := range secretOperations(w.prepare("kv")) {
		f.Add(op.method, op.path, "api-version=7.4&maxresults=2", op.body)
	}
	f.Add("GET", "/secrets", "api-version=7.4&$skiptoken=AA", "")
	f.Add("PUT", "/secrets/s", "api-version=2016-10-01", `{"value":"v","attributes":{"nbf":1,"exp":-2,"enabled":null},"tags":{"":null}}`)
	f.Fuzz(func(t *testing.T, method, path, query, body string) {
		if method == "" || strings.ContainsAny(method, " \t\r\n\x00") {
			return
		}
		for _, c := range method {
			if c <= ' ' || c >= 0x7f {
				return
			}
		}
		r := httptest.NewRequest("GET", "https://kv.vault.azure.cn/", strings.NewReader(body))
		r.Method, r.URL.Path, r.URL.RawQuery = method, path, query
		r.Header.Set("Authorization", "Bearer "+admin)
		rec := httptest.NewRecorder()
		w.ServeHTTP(rec, r)
		if rec.Code < 200 || rec.Code >= 500 {
			t.Fatalf("%s %q?%q: %d %s", method, path, query, rec.Code, rec.Body)
		}
		if rec.Code != 204 && method != "HEAD" && !json.Valid(rec.Body.Bytes()) {
			t.Fatalf("%s %q: no JSON: %s", method, path, rec.Body)
		}
	})
}
