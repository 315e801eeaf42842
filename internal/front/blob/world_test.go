package blob

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"crypto/tls"
	"encoding/base64"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/alcedo-cloud/alcedo/internal/blob"
	"github.com/alcedo-cloud/alcedo/internal/blob/sas"
	"github.com/alcedo-cloud/alcedo/internal/caller"
	"github.com/alcedo-cloud/alcedo/internal/clock"
	"github.com/alcedo-cloud/alcedo/internal/cloud"
	"github.com/alcedo-cloud/alcedo/internal/content"
	"github.com/alcedo-cloud/alcedo/internal/content/files"
	"github.com/alcedo-cloud/alcedo/internal/fault"
	"github.com/alcedo-cloud/alcedo/internal/rbac"
	"github.com/alcedo-cloud/alcedo/internal/store"
	"github.com/alcedo-cloud/alcedo/internal/store/storetest"
	"github.com/alcedo-cloud/alcedo/internal/token"
)

const (
	tenantID = "11111111-1111-1111-1111-111111111111"
	readerID = "33333333-3333-3333-3333-333333333333"
	host     = "acct.blob.core.chinacloudapi.cn"
	version  = "2026-04-06"
)

// door lets each principal do what its name says.
type door struct{}

func (d door) Authorize(ctx context.Context, c caller.Caller, r rbac.Request) error {
	if ok, err := d.Permits(ctx, c, r); ok || err != nil {
		return err
	}
	return &fault.Error{Kind: fault.Denied, Reason: "AuthorizationFailed", Cause: &rbac.Denial{Caller: c, Action: r.Action, Scope: r.Scope}}
}

func (door) Permits(_ context.Context, c caller.Caller, r rbac.Request) (bool, error) {
	switch c.ObjectID {
	case "owner": // of the account, not of the data
		return !r.Data, nil
	case "writer":
		return true, nil
	case readerID:
		return strings.HasSuffix(r.Action, "/blobs/read") || strings.HasSuffix(r.Action, "generateUserDelegationKey/action"), nil
	}
	return false, nil
}

// verifier takes the token for the object id, and refuses as the token's name says.
type verifier struct{}

func (verifier) Verify(_ context.Context, raw string, service cloud.Service) (caller.Caller, error) {
	reasons := map[string]token.Reason{
		"expired": token.Expired, "audience": token.Audience, "tenant": token.Tenant, "signature": token.Signature, "gone": token.Subject,
	}
	if reason, refused := reasons[raw]; refused || service != cloud.Storage {
		return caller.Caller{}, &fault.Error{Kind: fault.Unauthenticated, Reason: reason.String(), Cause: &token.Refusal{Reason: reason}}
	}
	return caller.Caller{Kind: caller.ServicePrincipal, TenantID: tenantID, ObjectID: strings.TrimPrefix(raw, "other:")}, nil
}

func (verifier) Claims(_ context.Context, raw string) (token.Claims, error) {
	if strings.HasPrefix(raw, "other:") {
		return token.Claims{Audience: "https://other.blob.core.chinacloudapi.cn"}, nil
	}
	return token.Claims{Audience: "https://storage.azure.com/"}, nil
}

// world is a front over the real service, with one account.
type world struct {
	testing.TB
	http.Handler
	service *blob.Service
	db      store.Store
	clock   *clock.Fake
	account blob.Account
	log     safeBuffer
}

func newWorld(t testing.TB) *world {
	t.Helper()
	c, err := cloud.ByName("AzureChinaCloud")
	if err != nil {
		t.Fatal(err)
	}
	w := &world{TB: t, clock: clock.NewFake(time.Date(2026, 11, 23, 10, 11, 12, 0, time.UTC)), db: storetest.Memory(t)}
	contents := files.NewMemory(rand.Reader, w.clock.Now)
	w.service, err = blob.New(blob.Config{Store: w.db, Content: contents, Door: door{}, Clock: w.clock, Rand: rand.Reader, TenantID: tenantID})
	if err != nil {
		t.Fatal(err)
	}
	w.account = blob.Account{
		Name: "acct", ResourceID: "/subscriptions/s/resourceGroups/rg/providers/Microsoft.Storage/storageAccounts/acct", Kind: "StorageV2",
		SKU: "Standard_LRS", AllowSharedKeyAccess: true, AllowBlobPublicAccess: true, Created: w.clock.Now(),
		Keys: [2]blob.AccountKey{{Name: "key1", Value: []byte("the first key")}, {Name: "key2", Value: []byte("the second key")}},
	}
	w.configure(func(*blob.Account) {})
	w.Handler = New(Config{
		Service: w.service, Verifier: verifier{}, Cloud: c, TenantID: tenantID, Clock: w.clock, Rand: rand.Reader,
		Log: slog.New(slog.NewTextHandler(&w.log, nil)), DelegationSecret: []byte("0123456789abcdef0123456789abcdef"), PathStyle: true,
	})
	return w
}

// safeBuffer is a log that several requests write to.
type safeBuffer struct {
	mu  sync.Mutex
	buf bytes.Buffer
}

func (b *safeBuffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.buf.Write(p)
}

func (b *safeBuffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.buf.String()
}

func (w *world) logged() string { return w.log.String() }

// configure changes the account as Resource Manager would.
func (w *world) configure(change func(*blob.Account)) {
	w.Helper()
	change(&w.account)
	a := w.account
	if err := w.db.Update(context.Background(), func(tx store.Tx) error { return w.service.PutAccount(tx, a) }); err != nil {
		w.Fatal(err)
	}
}

// ask is a request that is being written.
type ask struct {
	method, url, body string
	header            []string // pairs
	as                string   // "key", "key2", "lite", "" for nobody, else the object id of a token
	plain             bool     // over HTTP
	raw               io.Reader
}

func (w *world) request(a ask) *http.Request {
	w.Helper()
	scheme := "https"
	if a.plain {
		scheme = "http"
	}
	url := a.url
	if strings.HasPrefix(url, "/") {
		url = scheme + "://" + host + url
	}
	body := io.Reader(strings.NewReader(a.body))
	if a.raw != nil {
		body = a.raw
	}
	r := httptest.NewRequest(a.method, url, body)
	if a.raw == nil {
		r.ContentLength = int64(len(a.body))
	}
	if !a.plain {
		r.TLS = &tls.ConnectionState{Version: tls.VersionTLS13}
	}
	r.RemoteAddr = "127.0.0.1:5000"
	r.Header.Set("x-ms-version", version)
	r.Header.Set("x-ms-date", w.clock.Now().Format(http.TimeFormat))
	for i := 0; i+1 < len(a.header); i += 2 {
		if a.header[i+1] == "" {
			r.Header.Del(a.header[i])
		} else {
			r.Header.Set(a.header[i], a.header[i+1])
		}
	}
	switch a.as {
	case "":
	case "key", "lite":
		w.sign(r, w.account.Keys[0].Value, a.as == "lite")
	case "key2":
		w.sign(r, w.account.Keys[1].Value, false)
	default:
		r.Header.Set("Authorization", "Bearer "+a.as)
	}
	return r
}

func (w *world) sign(r *http.Request, key []byte, lite bool) {
	w.Helper()
	texts, err := stringsToSign(r, "acct", r.Header.Get("x-ms-version"), lite)
	if err != nil {
		w.Fatal(err)
	}
	m := hmac.New(sha256.New, key)
	m.Write([]byte(texts[0]))
	scheme := "SharedKey"
	if lite {
		scheme = "SharedKeyLite"
	}
	r.Header.Set("Authorization", scheme+" acct:"+base64.StdEncoding.EncodeToString(m.Sum(nil)))
}

// do sends a request and wants its status, and of a refusal the code.
func (w *world) do(a ask, status int, code string) *httptest.ResponseRecorder {
	w.Helper()
	rec := httptest.NewRecorder()
	w.ServeHTTP(rec, w.request(a))
	// Names are set as Azure spells them; the test reads them by their canonical form.
	canonical := make(http.Header)
	for name, values := range rec.Header() {
		canonical[http.CanonicalHeaderKey(name)] = values
	}
	for name, values := range canonical {
		rec.Header()[name] = values
	}
	if got := rec.Header().Get("x-ms-error-code"); rec.Code != status || got != code {
		w.Fatalf("%s %s as %q: %d %s, want %d %s\n%s\n%s", a.method, a.url, a.as, rec.Code, got, status, code, rec.Body, w.log.String())
	}
	if code != "" && a.method != http.MethodHead && status != http.StatusNotModified && rec.Header().Get("Content-Type") == "application/xml" {
		root, err := parseXML(rec.Body.Bytes(), "Error")
		if err != nil || root.value("Code") != code || !strings.Contains(root.value("Message"), "RequestId:") {
			w.Fatalf("%s %s: the refusal's document: %s", a.method, a.url, rec.Body)
		}
	}
	return rec
}

func (w *world) container(name string, header ...string) {
	w.Helper()
	w.do(ask{method: "PUT", url: "/" + name + "?restype=container", as: "key", header: header}, 201, "")
}

func (w *world) put(path, body string, header ...string) *httptest.ResponseRecorder {
	w.Helper()
	return w.do(ask{method: "PUT", url: path, as: "key", body: body, header: append([]string{"x-ms-blob-type", "BlockBlob"}, header...)}, 201, "")
}

func (w *world) get(path string) string {
	w.Helper()
	return w.do(ask{method: "GET", url: path, as: "key"}, 200, "").Body.String()
}

// signed is the query of a service SAS of container or blob.
func (w *world) signed(container, name, permissions string, more ...string) string {
	w.Helper()
	q := "sv=2020-12-06&sr=c&sp=" + permissions + "&se=2026-11-24T00%3A00%3A00Z"
	if name != "" {
		q = strings.Replace(q, "sr=c", "sr=b", 1)
	}
	for i := 0; i+1 < len(more); i += 2 {
		q += "&" + more[i] + "=" + strings.NewReplacer(":", "%3A", "/", "%2F", " ", "%20").Replace(more[i+1])
	}
	return w.seal(q, w.account.Keys[0].Value, sas.Target{Account: "acct", Container: container, Blob: name})
}

func (w *world) seal(query string, key []byte, t sas.Target) string {
	w.Helper()
	r := httptest.NewRequest("GET", "/?"+query+"&sig=AAAA", nil)
	s, err := sas.Parse(r.URL.Query())
	if err != nil {
		w.Fatal(err)
	}
	sig, err := s.Sign(key, t)
	if err != nil {
		w.Fatal(err)
	}
	return query + "&sig=" + strings.NewReplacer("+", "%2B", "/", "%2F", "=", "%3D").Replace(sig)
}

func crcHeader(s string) string { return crcText(content.CRC64([]byte(s))) }
