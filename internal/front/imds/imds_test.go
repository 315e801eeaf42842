package imds

import (
	"bufio"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/alcedo-cloud/alcedo/internal/clock"
	"github.com/alcedo-cloud/alcedo/internal/cloud"
	"github.com/alcedo-cloud/alcedo/internal/fault"
	"github.com/alcedo-cloud/alcedo/internal/identity"
	"github.com/alcedo-cloud/alcedo/internal/resource"
	"github.com/alcedo-cloud/alcedo/internal/sts"
)

const (
	machineID = "/subscriptions/11111111-1111-1111-1111-111111111111/resourceGroups/RG/providers/Microsoft.Compute/virtualMachines/web"
	tenantID  = "22222222-2222-2222-2222-222222222222"
	clientID  = "33333333-3333-3333-3333-333333333333"
)

func noon() time.Time { return time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC) }

// asked is a call that the front made.
type asked struct {
	machine, audience string
	sel               identity.Selector
	bypass            bool
}

// tokens stands in for identity.Service: it records what it is asked and gives numbered tokens, or fails.
type tokens struct {
	err   error
	calls []asked
	fresh int // number of tokens minted with bypass
	token string
}

func (s *tokens) Token(_ context.Context, machine resource.ID, sel identity.Selector, audience string, bypass bool) (sts.MIToken, error) {
	s.calls = append(s.calls, asked{machine.String(), audience, sel, bypass})
	if s.err != nil {
		return sts.MIToken{}, s.err
	}
	if bypass {
		s.fresh++
	}
	raw := s.token
	if raw == "" {
		raw = "token"
	}
	return sts.MIToken{
		AccessToken: raw + strings.Repeat("+", s.fresh), ClientID: clientID, Resource: audience,
		IssuedAt: noon(), NotBefore: noon().Add(-5 * time.Minute), ExpiresOn: noon().Add(24 * time.Hour),
	}, nil
}

type documents map[string]*resource.Document

func (d documents) Get(_ context.Context, id resource.ID) (*resource.Document, error) {
	if doc, ok := d[id.Key()]; ok {
		return doc, nil
	}
	return nil, fault.New(fault.NotFound, "test", "", "gone")
}

func china(t testing.TB) cloud.Cloud {
	t.Helper()
	c, err := cloud.ByName("AzureChinaCloud")
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func parsed(t testing.TB, text string) resource.ID {
	t.Helper()
	id, ok := resource.ParseID(text)
	if !ok {
		t.Fatalf("%s is no id", text)
	}
	return id
}

func front(t testing.TB, ids Identities, limits Limits) *Front {
	t.Helper()
	return New(Config{
		Identities: ids, Resources: documents{parsed(t, machineID).Key(): sample()}, Cloud: china(t), TenantID: tenantID,
		Clock: clock.NewFake(noon().Add(time.Minute)), Rand: zeros{}, Limits: limits, Log: slog.New(slog.DiscardHandler),
	})
}

type zeros struct{}

func (zeros) Read(b []byte) (int, error) { clear(b); return len(b), nil }

// get sends a raw request line, so that what clients send is what arrives.
func get(t testing.TB, h http.Handler, target string, headers ...string) *httptest.ResponseRecorder {
	t.Helper()
	return send(t, h, "GET", target, "", headers...)
}

func send(t testing.TB, h http.Handler, method, target, body string, headers ...string) *httptest.ResponseRecorder {
	t.Helper()
	text := method + " " + target + " HTTP/1.1\r\nHost: 169.254.169.254\r\nContent-Length: " + itoa(len(body)) + "\r\n"
	for _, line := range headers {
		text += line + "\r\n"
	}
	r, err := http.ReadRequest(bufio.NewReader(strings.NewReader(text + "\r\n" + body)))
	if err != nil {
		t.Fatal(err)
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w
}

func itoa(n int) string {
	text, err := json.Marshal(n)
	if err != nil {
		return ""
	}
	return string(text)
}

const (
	tokenQuery = "?api-version=2018-02-01&resource=https://management.chinacloudapi.cn/"
	yes        = "Metadata: true"
)

// TestRefusals is the error contract: each row of it, and what comes before what.
func TestRefusals(t *testing.T) {
	notFound := fault.New(fault.Invalid, "test", "invalid_request", "Identity not found")
	multiple := fault.New(fault.Invalid, "test", "invalid_request", "Multiple user assigned identities exist, please specify the clientId / resourceId of the identity in the token request")
	audience := fault.New(fault.Invalid, "test", "AADSTS500011", "AADSTS500011: The resource principal named x was not found in the tenant named y.")
	api := `"newest-versions":["2023-11-15","2023-07-01","2021-12-13"]`
	for _, c := range []struct {
		name, method, target string
		headers              []string
		err                  error
		status               int
		body                 string
	}{
		{"no identity", "", tokenPath + tokenQuery, []string{yes}, notFound, 400, `{"error":"invalid_request","error_description":"Identity not found"}`},
		{"several", "", tokenPath + tokenQuery, []string{yes}, multiple, 400, `{"error":"invalid_request","error_description":"Multiple user assigned identities exist, please specify the clientId / resourceId of the identity in the token request"}`},
		{"no header", "", tokenPath + tokenQuery, nil, nil, 400, `{"error":"invalid_request","error_description":"Required metadata header not specified"}`},
		{"probe without anything", "", tokenPath, nil, nil, 400, `{"error":"invalid_request","error_description":"Required metadata header not specified"}`},
		{"probe with api-version", "", tokenPath + "?api-version=2018-02-01", nil, nil, 400, `Required metadata header`},
		{"header false", "", tokenPath + tokenQuery, []string{"Metadata: false"}, nil, 400, `Required metadata header`},
		{"header in upper case", "", tokenPath + tokenQuery, []string{"Metadata: True"}, nil, 400, `Required metadata header`},
		{"header twice", "", tokenPath + tokenQuery, []string{yes, yes}, nil, 400, `Required metadata header`},
		{"no resource", "", tokenPath + "?api-version=2018-02-01", []string{yes}, nil, 400, `{"error":"invalid_request","error_description":"Required query variable 'resource' is missing"}`},
		{"empty resource", "", tokenPath + "?api-version=2018-02-01&resource=", []string{yes}, nil, 400, `Required query variable 'resource' is missing`},
		{"no api-version", "", tokenPath + "?resource=x", []string{yes}, nil, 400, `Required query variable 'api-version' is missing`},
		{"unknown api-version", "", tokenPath + "?api-version=2030-01-01&resource=x", []string{yes}, nil, 400, `The api-version '2030-01-01' is not supported`},
		{"api-version before tokens", "", tokenPath + "?api-version=2017-12-01&resource=x", []string{yes}, nil, 400, `is not supported`},
		{"unknown audience", "", tokenPath + tokenQuery, []string{yes}, audience, 400, `{"error":"invalid_resource","error_description":"AADSTS500011: The resource principal named x was not found in the tenant named y."}`},
		{"forwarded", "", tokenPath + tokenQuery, []string{yes, "X-Forwarded-For: 10.0.0.1"}, nil, 400, `X-Forwarded-For`},
		{"forwarded, empty", "", tokenPath + tokenQuery, []string{yes, "X-Forwarded-For:"}, nil, 400, `X-Forwarded-For`},
		{"duplicate", "", tokenPath + tokenQuery + "&resource=y", []string{yes}, nil, 400, `duplicate query parameter names`},
		{"duplicate in another case", "", tokenPath + tokenQuery + "&Resource=y", []string{yes}, nil, 400, `duplicate`},
		{"duplicate, encoded", "", tokenPath + tokenQuery + "&re%73ource=y", []string{yes}, nil, 400, `duplicate`},
		{"bad encoding", "", tokenPath + "?api-version=2018-02-01&resource=%zz", []string{yes}, nil, 400, `malformed`},
		{"two selectors", "", tokenPath + tokenQuery + "&client_id=a&object_id=b", []string{yes}, nil, 400, `Only one of`},
		{"two spellings of one selector", "", tokenPath + tokenQuery + "&msi_res_id=a&mi_res_id=a", []string{yes}, nil, 400, `Only one of`},
		{"bypass_cache", "", tokenPath + tokenQuery + "&bypass_cache=1", []string{yes}, nil, 400, `bypass_cache`},
		{"unknown path", "", "/metadata/identity/getplatformmetadata?cred-api-version=2.0", nil, nil, 404, `{"error":"not_found","error_description":"Not found"}`},
		{"issuecredential", "POST", "/metadata/identity/issuecredential", nil, nil, 404, `not_found`},
		{"loadbalancer", "", "/metadata/loadbalancer?api-version=2020-10-01", []string{yes}, nil, 404, `{"error":"Not found"}`},
		{"root", "", "/", nil, nil, 404, `{"error":"Not found"}`},
		{"below the token", "", tokenPath + "/x", []string{yes}, nil, 404, `not_found`},
		{"method", "POST", tokenPath + tokenQuery, []string{yes}, nil, 405, `{"error":"method_not_allowed","error_description":"Method not allowed"}`},
		{"method before header", "DELETE", tokenPath, nil, nil, 405, `method_not_allowed`},
		{"method on instance", "PUT", "/metadata/instance", nil, nil, 405, `{"error":"Method not allowed"}`},
		{"back-end", "", tokenPath + tokenQuery, []string{yes}, io.ErrUnexpectedEOF, 500, `{"error":"unknown","error_description":"Failed to retrieve token from the Active directory.`},
		{"back-end away", "", tokenPath + tokenQuery, []string{yes}, fault.New(fault.Unavailable, "", "", "x"), 503, `service_unavailable`},
		{"instance without api-version", "", "/metadata/instance", []string{yes}, nil, 400, `{"error":"Bad request. api-version was not specified in the request. For more information refer to aka.ms/azureimds",` + api + `}`},
		{"instance with unknown api-version", "", "/metadata/instance?api-version=2020", []string{yes}, nil, 400, api},
		{"instance without header", "", "/metadata/instance?api-version=2021-02-01", nil, nil, 400, `{"error":"Required metadata header not specified"}`},
		{"attested", "", "/metadata/attested/document?api-version=2020-09-01&nonce=1234567890", []string{yes}, nil, 503, `"error":"Service unavailable`},
		{"attested too early", "", "/metadata/attested/document?api-version=2018-02-01", []string{yes}, nil, 400, api},
	} {
		t.Run(c.name, func(t *testing.T) {
			h := front(t, &tokens{err: c.err}, Limits{}).For(parsed(t, machineID))
			method := c.method
			if method == "" {
				method = "GET"
			}
			w := send(t, h, method, c.target, "", c.headers...)
			if w.Code != c.status || !strings.Contains(w.Body.String(), c.body) {
				t.Errorf("%d %s, want %d %s", w.Code, w.Body, c.status, c.body)
			}
			if !json.Valid(w.Body.Bytes()) {
				t.Errorf("not JSON: %s", w.Body)
			}
			if got := w.Header().Get("Server"); !strings.HasPrefix(got, "IMDS/150.870.65.") {
				t.Errorf("Server: %q", got)
			}
			if allow := w.Header().Get("Allow"); (allow == "GET") != (c.status == 405) {
				t.Errorf("Allow: %q with %d", allow, c.status)
			}
		})
	}
}

// TestToken looks at each member of the answer.
func TestToken(t *testing.T) {
	ids := &tokens{}
	h := front(t, ids, Limits{}).For(parsed(t, machineID))
	w := get(t, h, tokenPath+tokenQuery, yes)
	var got map[string]string // every value is a string: clients deserialise into exactly this
	if err := json.Unmarshal(w.Body.Bytes(), &got); err != nil {
		t.Fatalf("%v: %s", err, w.Body)
	}
	want := map[string]string{
		"access_token": "token", "refresh_token": "", "client_id": clientID, "expires_in": "86340", "ext_expires_in": "86340",
		"expires_on": itoa(int(noon().Add(24 * time.Hour).Unix())), "not_before": itoa(int(noon().Add(-5 * time.Minute).Unix())),
		"resource": "https://management.chinacloudapi.cn/", "token_type": "Bearer",
	}
	for name, value := range want {
		if got[name] != value {
			t.Errorf("%s = %q, want %q", name, got[name], value)
		}
	}
	if len(got) != len(want) {
		t.Errorf("members: %v", got)
	}
	if w.Code != 200 || w.Header().Get("Content-Type") != "application/json; charset=utf-8" {
		t.Errorf("%d %v", w.Code, w.Header())
	}
	if c := ids.calls[0]; c.machine != machineID || c.sel != (identity.Selector{}) || c.bypass {
		t.Errorf("asked %+v", c)
	}
}

// TestTokenForms are requests as clients really spell them.
func TestTokenForms(t *testing.T) {
	const arm = "https://management.chinacloudapi.cn/"
	hash := sha256.Sum256([]byte("token"))
	for _, c := range []struct {
		name, target, audience string
		sel                    identity.Selector
		bypass                 bool
		echo                   string
	}{
		{"percent-encoded", tokenPath + "?api-version=2018-02-01&resource=https%3A%2F%2Fmanagement.chinacloudapi.cn%2F", arm, identity.Selector{}, false, ""},
		{"keys percent-encoded", tokenPath + "?api%2Dversion=2018-02-01&resource=" + arm, arm, identity.Selector{}, false, ""},
		{"trailing slash", tokenPath + "/" + tokenQuery, arm, identity.Selector{}, false, ""},
		{"double slash", "/" + tokenPath + tokenQuery, arm, identity.Selector{}, false, ""},
		{"case of the path", "/Metadata/Identity/OAuth2/Token" + tokenQuery, arm, identity.Selector{}, false, ""},
		{"later api-version", tokenPath + "?api-version=2021-02-01&resource=x", "x", identity.Selector{}, false, ""},
		{"client_id", tokenPath + tokenQuery + "&client_id=a", arm, identity.Selector{ClientID: "a"}, false, ""},
		{"object_id", tokenPath + tokenQuery + "&object_id=a", arm, identity.Selector{ObjectID: "a"}, false, `"object_id":"a"`},
		{"principal_id", tokenPath + tokenQuery + "&principal_id=a", arm, identity.Selector{ObjectID: "a"}, false, ""},
		{"msi_res_id", tokenPath + tokenQuery + "&msi_res_id=/a/b", arm, identity.Selector{ResourceID: "/a/b"}, false, `"msi_res_id":"/a/b"`},
		{"mi_res_id", tokenPath + tokenQuery + "&mi_res_id=%2Fa", arm, identity.Selector{ResourceID: "/a"}, false, ""},
		{"empty selectors", tokenPath + tokenQuery + "&client_id=&object_id=b", arm, identity.Selector{ObjectID: "b"}, false, ""},
		{"bypass", tokenPath + tokenQuery + "&bypass_cache=true", arm, identity.Selector{}, true, `"access_token":"token+"`},
		{"revoked", tokenPath + tokenQuery + "&xms_cc=cp1&token_sha256_to_refresh=" + hex.EncodeToString(hash[:]), arm, identity.Selector{}, true, `"access_token":"token+"`},
		{"another was revoked", tokenPath + tokenQuery + "&token_sha256_to_refresh=00", arm, identity.Selector{}, false, `"access_token":"token"`},
		{"escapes", tokenPath + "?api-version=2018-02-01&resource=%22%5C%3C%C3%A9", "\"\\<é", identity.Selector{}, false, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			ids := &tokens{}
			w := get(t, front(t, ids, Limits{}).For(parsed(t, machineID)), c.target, yes, "Content-Type: application/x-www-form-urlencoded")
			if w.Code != 200 || !strings.Contains(w.Body.String(), c.echo) {
				t.Fatalf("%d %s", w.Code, w.Body)
			}
			last := ids.calls[len(ids.calls)-1]
			if last.audience != c.audience || last.sel != c.sel || last.bypass != c.bypass {
				t.Errorf("asked %+v", last)
			}
			var got map[string]string
			if err := json.Unmarshal(w.Body.Bytes(), &got); err != nil || got["resource"] != c.audience {
				t.Errorf("resource %q, %v", got["resource"], err)
			}
		})
	}
}

// TestListenersAreIdentities asks two machines the same thing, with all that a client could say about itself.
func TestListenersAreIdentities(t *testing.T) {
	ids := &tokens{}
	f := front(t, ids, Limits{})
	other := machineID + "2"
	for _, id := range []string{machineID, other} {
		get(t, f.For(parsed(t, id)), tokenPath+tokenQuery+"&machine="+machineID, yes, "X-Ms-Machine: "+machineID)
	}
	if ids.calls[0].machine != machineID || ids.calls[1].machine != other {
		t.Errorf("asked %+v", ids.calls)
	}
}

func TestSmallEndpoints(t *testing.T) {
	h := front(t, &tokens{}, Limits{}).For(parsed(t, machineID))
	for target, want := range map[string]string{
		"/metadata/versions":                                                       `{"apiVersions":["2017-03-01","2017-04-02",`,
		"/metadata/identity/info?api-version=2018-02-01":                           `{"tenantId":"` + tenantID + `"}`,
		"/metadata/scheduledevents?api-version=2020-07-01":                         `newest-versions`,
		"/metadata/scheduledevents?api-version=2019-08-01":                         `{"DocumentIncarnation":1,"Events":[]}`,
		"/metadata//instance/compute/location/?api-version=2017-08-01&format=text": `chinanorth`,
	} {
		if w := get(t, h, target, yes); !strings.Contains(w.Body.String(), want) {
			t.Errorf("%s: %d %s", target, w.Code, w.Body)
		}
	}
}

func TestLimits(t *testing.T) {
	fake := clock.NewFake(noon())
	f := front(t, &tokens{}, Limits{Tokens: 2, Concurrent: 5, Others: 1})
	f.Clock = fake
	h := f.For(parsed(t, machineID))
	statuses := func(target string) (out []int) {
		for range 3 {
			out = append(out, get(t, h, target, yes).Code)
		}
		return out
	}
	if got := statuses(tokenPath + tokenQuery); got[0] != 200 || got[1] != 200 || got[2] != 429 {
		t.Errorf("tokens: %v", got)
	}
	if got := statuses("/metadata/versions"); got[0] != 200 || got[1] != 429 {
		t.Errorf("others: %v", got)
	}
	if w := get(t, f.For(parsed(t, machineID+"2")), tokenPath+tokenQuery, yes); w.Code != 200 {
		t.Errorf("another machine: %d", w.Code)
	}
	fake.Advance(time.Second)
	if w := get(t, h, tokenPath+tokenQuery, yes); w.Code != 200 {
		t.Errorf("a second later: %d %s", w.Code, w.Body)
	}
}
