package blob

import (
	"crypto/tls"
	"net/netip"
	"strings"
	"testing"
	"time"

	"github.com/alcedo-cloud/alcedo/internal/blob"
	"github.com/alcedo-cloud/alcedo/internal/blob/sas"
)

func TestBearer(t *testing.T) {
	w := newWorld(t)
	w.container("con")
	w.put("/con/b", "hello")
	w.do(ask{method: "GET", url: "/con/b", as: readerID, header: []string{"x-ms-version", "2017-11-09"}}, 200, "")
	w.do(ask{method: "PUT", url: "/con/b", as: readerID, body: "x", header: []string{"x-ms-blob-type", "BlockBlob"}}, 403, "AuthorizationPermissionMismatch")
	w.do(ask{method: "DELETE", url: "/con/b", as: readerID}, 403, "AuthorizationPermissionMismatch")
	w.do(ask{method: "PUT", url: "/con/b", as: "writer", body: "x", header: []string{"x-ms-blob-type", "BlockBlob"}}, 201, "")
	w.do(ask{method: "GET", url: "/?comp=list", as: "owner"}, 200, "")
	w.do(ask{method: "GET", url: "/con/b", as: "owner"}, 403, "AuthorizationPermissionMismatch")
	w.do(ask{method: "GET", url: "/con/b", as: "stranger"}, 403, "AuthorizationPermissionMismatch")
	w.do(ask{method: "GET", url: "/con/b", as: readerID, header: []string{"x-ms-version", "2017-07-29"}}, 403, "AuthenticationFailed")
	w.do(ask{method: "GET", url: "/con/b", as: readerID, header: []string{"x-ms-version", ""}}, 403, "AuthenticationFailed")
	w.do(ask{method: "GET", url: "/con/b", as: readerID, plain: true}, 403, "AuthenticationFailed")
	for name, detail := range map[string]string{
		"expired": "Lifetime validation failed. The token is expired.", "audience": "Audience validation failed. Audience did not match.",
		"tenant": "Issuer validation failed. Issuer did not match.", "signature": "Signature validation failed.",
		"gone": "does not exist or is disabled", "other:" + readerID: "Audience validation failed. Audience did not match.",
	} {
		got := w.do(ask{method: "GET", url: "/con/b", as: name}, 401, "InvalidAuthenticationInfo")
		const challenge = "Bearer authorization_uri=https://login.partner.microsoftonline.cn/" + tenantID + "/oauth2/authorize resource_id=https://storage.azure.com"
		if got.Header().Get("Www-Authenticate") != challenge {
			t.Errorf("%s: %q", name, got.Header().Get("Www-Authenticate"))
		}
		if !strings.Contains(got.Body.String(), "<AuthenticationErrorDetail>"+detail) && !strings.Contains(got.Body.String(), detail) {
			t.Errorf("%s: %s", name, got.Body)
		}
		w.do(ask{method: "GET", url: "/con/b", as: name, header: []string{"x-ms-version", "2018-03-28"}}, 403, "AuthenticationFailed")
	}
}

func TestNobody(t *testing.T) {
	w := newWorld(t)
	w.container("private")
	w.container("blobs", "x-ms-blob-public-access", "blob")
	w.container("all", "x-ms-blob-public-access", "container")
	for _, c := range []string{"private", "blobs", "all"} {
		w.put("/"+c+"/b", "hello")
	}
	got := w.do(ask{method: "GET", url: "/private/b"}, 401, "NoAuthenticationInformation")
	if got.Header().Get("Www-Authenticate") == "" {
		t.Error("no challenge")
	}
	w.do(ask{method: "HEAD", url: "/private/b"}, 401, "NoAuthenticationInformation")
	w.do(ask{method: "GET", url: "/private/b", header: []string{"x-ms-version", ""}}, 404, "ResourceNotFound")
	w.do(ask{method: "GET", url: "/nothing/b", header: []string{"x-ms-version", "2018-03-28"}}, 404, "ResourceNotFound")
	w.do(ask{method: "GET", url: "/blobs/b", header: []string{"x-ms-version", ""}}, 200, "")
	w.do(ask{method: "GET", url: "/all/b"}, 200, "")
	w.do(ask{method: "GET", url: "/all?restype=container&comp=list"}, 200, "")
	w.do(ask{method: "GET", url: "/blobs?restype=container&comp=list"}, 401, "NoAuthenticationInformation")
	w.do(ask{method: "PUT", url: "/all/b", body: "x", header: []string{"x-ms-blob-type", "BlockBlob"}}, 401, "NoAuthenticationInformation")
	w.do(ask{method: "DELETE", url: "/all/b"}, 401, "NoAuthenticationInformation")
	w.do(ask{method: "GET", url: "/?comp=list"}, 401, "NoAuthenticationInformation")
	w.configure(func(a *blob.Account) { a.AllowBlobPublicAccess = false })
	w.do(ask{method: "GET", url: "/all/b"}, 409, "PublicAccessNotPermitted")
}

func TestSharedKey(t *testing.T) {
	w := newWorld(t)
	w.container("con")
	w.put("/con/b", "hello")
	for name, header := range map[string][]string{
		"scheme": {"authorization", "Digest x"}, "no colon": {"authorization", "SharedKey acct"},
		"no base 64": {"authorization", "SharedKey acct:!"}, "nothing": {"authorization", "SharedKey"},
	} {
		t.Run(name, func(t *testing.T) {
			w.do(ask{method: "GET", url: "/con/b", header: header}, 400, "InvalidAuthenticationInfo")
		})
	}
	got := w.do(ask{method: "GET", url: "/con/b", header: []string{"authorization", "SharedKey acct:AAAA"}}, 403, "AuthenticationFailed")
	if !strings.Contains(got.Body.String(), "Server used following string to sign: &#39;GET") && !strings.Contains(got.Body.String(), "Server used following string to sign: 'GET") {
		t.Error(got.Body)
	}
	if strings.Contains(w.log.String(), "string to sign: 'GET") {
		t.Error("the signed text is in the log: " + w.log.String())
	}
	for name, date := range map[string]string{
		"old": w.clock.Now().Add(-16 * time.Minute).Format("Mon, 02 Jan 2006 15:04:05 GMT"), "none": "", "broken": "yesterday",
		"ahead": w.clock.Now().Add(16 * time.Minute).Format("Mon, 02 Jan 2006 15:04:05 GMT"),
	} {
		t.Run(name, func(t *testing.T) {
			w.do(ask{method: "GET", url: "/con/b", as: "key", header: []string{"x-ms-date", date}}, 403, "AuthenticationFailed")
		})
	}
	w.do(ask{method: "GET", url: "/con/b", as: "key", header: []string{"x-ms-date", w.clock.Now().Add(-14 * time.Minute).Format("Mon, 02 Jan 2006 15:04:05 GMT")}}, 200, "")
	w.do(ask{method: "GET", url: "/con/b", as: "key", plain: true}, 200, "")
	w.configure(func(a *blob.Account) { a.AllowSharedKeyAccess = false })
	w.do(ask{method: "GET", url: "/con/b", as: "key"}, 403, "KeyBasedAuthenticationNotPermitted")
	w.do(ask{method: "GET", url: "/con/b?" + w.signed("con", "b", "r")}, 403, "KeyBasedAuthenticationNotPermitted")
	w.do(ask{method: "GET", url: "/con/b", as: readerID}, 200, "")
}

func TestServiceSAS(t *testing.T) {
	w := newWorld(t)
	w.container("con")
	w.put("/con/b", "hello", "content-type", "text/plain")
	w.put("/con/other", "x")
	read := w.signed("con", "b", "r")
	if got := w.do(ask{method: "GET", url: "/con/b?" + read, header: []string{"x-ms-version", ""}}, 200, ""); got.Body.String() != "hello" || got.Header().Get("X-Ms-Version") != "2020-12-06" {
		t.Error(got.Body, got.Header())
	}
	w.do(ask{method: "GET", url: "/con/other?" + read}, 403, "AuthenticationFailed")
	w.do(ask{method: "GET", url: "/con/b?" + strings.Replace(read, "sp=r", "sp=rw", 1)}, 403, "AuthenticationFailed")
	w.do(ask{method: "DELETE", url: "/con/b?" + read}, 403, "AuthorizationPermissionMismatch")
	rcw := w.signed("con", "", "rcw")
	w.do(ask{method: "HEAD", url: "/con/new?" + rcw}, 404, "BlobNotFound")
	w.do(ask{method: "PUT", url: "/con/new?" + rcw, body: "x", header: []string{"x-ms-blob-type", "BlockBlob"}}, 201, "")
	w.do(ask{method: "GET", url: "/con?restype=container&comp=list&" + rcw}, 403, "AuthorizationPermissionMismatch")
	w.do(ask{method: "DELETE", url: "/con?restype=container&" + rcw}, 403, "AuthorizationFailure")
	w.do(ask{method: "DELETE", url: "/con/new?" + rcw}, 403, "AuthorizationPermissionMismatch")
	create := w.signed("con", "", "c")
	w.do(ask{method: "PUT", url: "/con/made?" + create, body: "x", header: []string{"x-ms-blob-type", "BlockBlob"}}, 201, "")
	w.do(ask{method: "PUT", url: "/con/made?" + create, body: "y", header: []string{"x-ms-blob-type", "BlockBlob"}}, 403, "UnauthorizedBlobOverwrite")
	w.do(ask{method: "GET", url: "/con/b?" + w.signed("con", "b", "r", "spr", "https"), plain: true}, 403, "AuthorizationProtocolMismatch")
	w.do(ask{method: "GET", url: "/con/b?" + w.signed("con", "b", "r", "sip", "10.0.0.1-10.0.0.9")}, 403, "AuthorizationSourceIPMismatch")
	w.do(ask{method: "GET", url: "/con/b?" + w.signed("con", "b", "r", "sip", "127.0.0.1")}, 200, "")
	w.do(ask{method: "GET", url: "/con/b?" + w.signed("con", "b", "r", "st", "2026-11-23T20:00:00Z")}, 403, "AuthenticationFailed")
	over := w.do(ask{method: "GET", url: "/con/b?" + w.signed("con", "b", "r", "rsct", "image/png", "rscd", "attachment")}, 200, "")
	if over.Header().Get("Content-Type") != "image/png" || over.Header().Get("Content-Disposition") != "attachment" {
		t.Error(over.Header())
	}
	if h := w.do(ask{method: "GET", url: "/con/b?rsct=image%2Fpng", as: "key"}, 200, "").Header(); h.Get("Content-Type") != "text/plain" {
		t.Error("a header was overridden without a SAS", h)
	}
	w.clock.Advance(15 * time.Hour)
	got := w.do(ask{method: "GET", url: "/con/b?" + read}, 403, "AuthenticationFailed")
	if !strings.Contains(got.Body.String(), "<AuthenticationErrorDetail>Signature not valid in the specified time frame") {
		t.Error(got.Body)
	}
}

func TestStoredAccessPolicy(t *testing.T) {
	w := newWorld(t)
	w.container("con")
	w.put("/con/b", "hello")
	policy := func(id, permission string) {
		t.Helper()
		body := "<SignedIdentifiers><SignedIdentifier><Id>" + id + "</Id><AccessPolicy><Expiry>2026-11-24T00:00:00Z</Expiry><Permission>" + permission + "</Permission></AccessPolicy></SignedIdentifier></SignedIdentifiers>"
		w.do(ask{method: "PUT", url: "/con?restype=container&comp=acl", as: "key", body: body}, 200, "")
	}
	q := w.seal("sv=2020-12-06&sr=c&si=readers", w.account.Keys[0].Value, sas.Target{Account: "acct", Container: "con"})
	w.do(ask{method: "GET", url: "/con/b?" + q}, 403, "AuthenticationFailed")
	policy("readers", "r")
	w.do(ask{method: "GET", url: "/con/b?" + q}, 200, "")
	w.do(ask{method: "DELETE", url: "/con/b?" + q}, 403, "AuthorizationPermissionMismatch")
	got := w.get("/con?restype=container&comp=acl")
	if !strings.Contains(got, "<Id>readers</Id><AccessPolicy><Expiry>2026-11-24T00:00:00Z</Expiry><Permission>r</Permission>") {
		t.Error(got)
	}
	policy("others", "r")
	w.do(ask{method: "GET", url: "/con/b?" + q}, 403, "AuthenticationFailed")
	for _, body := range []string{
		"<SignedIdentifiers><SignedIdentifier><AccessPolicy><Permission>r</Permission></AccessPolicy></SignedIdentifier></SignedIdentifiers>",
		"<SignedIdentifiers><SignedIdentifier><Id>" + strings.Repeat("i", 65) + "</Id></SignedIdentifier></SignedIdentifiers>",
		"<SignedIdentifiers><SignedIdentifier><Id>a</Id></SignedIdentifier><SignedIdentifier><Id>a</Id></SignedIdentifier></SignedIdentifiers>",
		"<SignedIdentifiers><SignedIdentifier><Id>a</Id><AccessPolicy><Expiry>soon</Expiry></AccessPolicy></SignedIdentifier></SignedIdentifiers>",
		"<SignedIdentifiers><SignedIdentifier><Id>a</Id><AccessPolicy><Permission>qq</Permission></AccessPolicy></SignedIdentifier></SignedIdentifiers>",
	} {
		w.do(ask{method: "PUT", url: "/con?restype=container&comp=acl", as: "key", body: body}, 400, "InvalidXmlDocument")
	}
}

func TestAccountSAS(t *testing.T) {
	w := newWorld(t)
	w.container("con")
	w.put("/con/b", "hello")
	sign := func(ss, srt, sp string) string {
		return w.seal("sv=2020-12-06&ss="+ss+"&srt="+srt+"&sp="+sp+"&se=2026-11-24T00%3A00%3A00Z", w.account.Keys[1].Value, sas.Target{Account: "acct"})
	}
	w.do(ask{method: "GET", url: "/?comp=list&" + sign("b", "s", "l")}, 200, "")
	w.do(ask{method: "GET", url: "/con/b?" + sign("b", "o", "r")}, 200, "")
	w.do(ask{method: "GET", url: "/con/b?" + sign("b", "sc", "r")}, 403, "AuthorizationResourceTypeMismatch")
	w.do(ask{method: "GET", url: "/con/b?" + sign("q", "sco", "r")}, 403, "AuthorizationServiceMismatch")
	w.do(ask{method: "GET", url: "/con/b?" + sign("b", "sco", "wl")}, 403, "AuthorizationPermissionMismatch")
	w.do(ask{method: "PUT", url: "/con2?restype=container&" + sign("b", "c", "c")}, 201, "")
	w.do(ask{method: "PUT", url: "/con2?restype=container&comp=acl&" + sign("b", "sco", "rwdlac")}, 403, "AuthorizationPermissionMismatch")
}

func TestUserDelegationSAS(t *testing.T) {
	w := newWorld(t)
	w.container("con")
	w.put("/con/b", "hello")
	info := "<KeyInfo><Start>2026-11-23T10:00:00Z</Start><Expiry>2026-11-24T10:00:00Z</Expiry></KeyInfo>"
	url := "/?restype=service&comp=userdelegationkey"
	w.do(ask{method: "POST", url: url, as: "key", body: info}, 403, "AuthenticationFailed")
	w.do(ask{method: "POST", url: url, body: info}, 401, "NoAuthenticationInformation")
	w.do(ask{method: "POST", url: url, as: "stranger", body: info}, 403, "AuthorizationPermissionMismatch")
	w.do(ask{method: "POST", url: url, as: readerID, body: "<KeyInfo><Expiry>2027-11-24T10:00:00Z</Expiry></KeyInfo>"}, 400, "InvalidXmlNodeValue")
	w.do(ask{method: "POST", url: url, as: readerID, body: "<KeyInfo/>"}, 400, "MissingRequiredXmlNode")
	got := w.do(ask{method: "POST", url: url, as: readerID, body: info}, 200, "")
	root, err := parseXML(got.Body.Bytes(), "UserDelegationKey")
	if err != nil || root.value("SignedOid") != readerID || root.value("SignedTid") != tenantID {
		t.Fatal(got.Body)
	}
	key := decode64(t, root.value("Value"))
	q := "sv=2020-12-06&sr=b&sp=rd&se=2026-11-23T20%3A00%3A00Z&skoid=" + readerID + "&sktid=" + tenantID +
		"&skt=2026-11-23T10%3A00%3A00Z&ske=2026-11-24T10%3A00%3A00Z&sks=b&skv=" + version
	q = w.seal(q, key, sas.Target{Account: "acct", Container: "con", Blob: "b"})
	w.do(ask{method: "GET", url: "/con/b?" + q}, 200, "")
	// The signature says d, and its maker may not delete.
	w.do(ask{method: "DELETE", url: "/con/b?" + q}, 403, "AuthorizationPermissionMismatch")
	w.do(ask{method: "GET", url: "/con/b?" + strings.Replace(q, "skoid="+readerID, "skoid=44444444-4444-4444-4444-444444444444", 1)}, 403, "AuthenticationFailed")
	w.configure(func(a *blob.Account) { a.AllowSharedKeyAccess = false })
	w.do(ask{method: "GET", url: "/con/b?" + q}, 200, "")
	w.configure(func(a *blob.Account) { a.DelegationRevoked = w.clock.Now() })
	w.do(ask{method: "GET", url: "/con/b?" + q}, 403, "AuthenticationFailed")
}

func TestConnection(t *testing.T) {
	w := newWorld(t)
	w.container("con")
	w.put("/con/b", "hello")
	w.do(ask{method: "GET", url: "https://nobody.blob.core.chinacloudapi.cn/con/b", as: readerID}, 404, "ResourceNotFound")
	w.do(ask{method: "GET", url: "https://acct-secondary.blob.core.chinacloudapi.cn/con/b", as: readerID}, 404, "ResourceNotFound")
	w.configure(func(a *blob.Account) { a.Secondary = true })
	w.do(ask{method: "GET", url: "https://acct-secondary.blob.core.chinacloudapi.cn/con/b", as: readerID}, 200, "")
	w.do(ask{method: "GET", url: "https://acct-secondary.blob.core.chinacloudapi.cn/?restype=service&comp=stats", as: "writer"}, 200, "")
	w.do(ask{method: "DELETE", url: "https://acct-secondary.blob.core.chinacloudapi.cn/con/b", as: "writer"}, 403, "InsufficientAccountPermissions")
	w.do(ask{method: "GET", url: "/?restype=service&comp=stats", as: "writer"}, 400, "InvalidQueryParameterValue")
	// A development listener: the account is in the path, and signed twice.
	if got := w.do(ask{method: "GET", url: "http://127.0.0.1:10000/acct/con/b", as: "key", plain: true}, 200, "").Body.String(); got != "hello" {
		t.Errorf("%q", got)
	}
	w.do(ask{method: "GET", url: "/con/b", as: "key", header: []string{"x-ms-version", "newest"}}, 400, "InvalidHeaderValue")
	w.do(ask{method: "GET", url: "/con/b", as: "key", header: []string{"x-ms-version", "2099-01-01"}}, 200, "")
	w.configure(func(a *blob.Account) { a.SupportsHTTPSTrafficOnly = true })
	w.do(ask{method: "GET", url: "/con/b", as: "key", plain: true}, 400, "AccountRequiresHttps")
	w.configure(func(a *blob.Account) { a.MinimumTLSVersion = "TLS1_3" })
	r := w.request(ask{method: "GET", url: "/con/b", as: "key"})
	r.TLS = &tls.ConnectionState{Version: tls.VersionTLS12}
	if got := serve(w, r); got.Code != 400 || !strings.Contains(got.Body.String(), "TlsVersionNotPermitted") {
		t.Error(got.Code, got.Body)
	}
	w.configure(func(a *blob.Account) {
		a.Network = blob.NetworkRules{DenyByDefault: true, IP: []netip.Prefix{netip.MustParsePrefix("10.0.0.0/8")}}
	})
	w.do(ask{method: "GET", url: "/con/b", as: "key"}, 403, "AuthorizationFailure")
	w.configure(func(a *blob.Account) { a.Network.IP = []netip.Prefix{netip.MustParsePrefix("127.0.0.1/32")} })
	w.do(ask{method: "GET", url: "/con/b", as: "key"}, 200, "")
}

// TestDirectorySAS: a signature for a directory is one only where there are directories, and since 2026-04-06 anywhere.
func TestDirectorySAS(t *testing.T) {
	w := newWorld(t)
	w.container("con")
	w.put("/con/a/b/c", "deep")
	w.put("/con/a/other", "x")
	q := w.seal("sv=2020-12-06&sr=d&sdd=2&sp=r&se=2026-11-24T00%3A00%3A00Z", w.account.Keys[0].Value, sas.Target{Account: "acct", Container: "con", Blob: "a/b"})
	w.do(ask{method: "GET", url: "/con/a/b/c?" + q}, 403, "AuthenticationFailed")
	flat := w.seal("sv=2026-04-06&sr=d&sdd=2&sp=r&se=2026-11-24T00%3A00%3A00Z", w.account.Keys[0].Value, sas.Target{Account: "acct", Container: "con", Blob: "a/b"})
	w.do(ask{method: "GET", url: "/con/a/b/c?" + flat}, 200, "")
	w.do(ask{method: "GET", url: "/con/a/other?" + flat}, 403, "AuthenticationFailed")
	w.configure(func(a *blob.Account) { a.HierarchicalNamespace = true })
	if got := w.do(ask{method: "GET", url: "/con/a/b/c?" + q}, 200, "").Body.String(); got != "deep" {
		t.Error(got)
	}
	w.do(ask{method: "GET", url: "/con/a/other?" + q}, 403, "AuthenticationFailed")
	w.do(ask{method: "DELETE", url: "/con/a/b/c?" + q}, 403, "AuthorizationPermissionMismatch")
}
