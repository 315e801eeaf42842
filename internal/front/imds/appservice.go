package imds

import (
	"errors"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/alcedo-cloud/alcedo/internal/fault"
	"github.com/alcedo-cloud/alcedo/internal/httpx"
	"github.com/alcedo-cloud/alcedo/internal/identity"
	"github.com/alcedo-cloud/alcedo/internal/resource"
)

// AppServicePath is where AppService answers. The secret comes in a header, X-IDENTITY-HEADER (2019-08-01) or secret
// (2017-09-01), or as one more segment of the path for Cloud Shell's form, which has no header for it.
const AppServicePath = "/msi/token"

// maxForm bounds the body of Cloud Shell's form.
const maxForm = 16 << 10

// AppService is the token endpoint for processes that cannot own 169.254.169.254: that of App Service, by which
// IDENTITY_ENDPOINT and MSI_ENDPOINT are known to all SDKs, and Cloud Shell's. lookup says which machine a secret stands
// for; it must take the same time for every secret that is not known.
func (f *Front) AppService(lookup func(secret string) (resource.ID, bool)) http.Handler {
	a := &appService{Front: f, lookup: lookup, ids: httpx.NewIDs(f.Rand)}
	return httpx.Adapt(a.answer, a.failure, f.Log)
}

type appService struct {
	*Front
	lookup func(secret string) (resource.ID, bool)
	ids    *httpx.IDs
}

// dialect is one form of the request.
type dialect uint8

const (
	dialect2019 dialect = iota // App Service 2019-08-01
	dialect2017                // App Service 2017-09-01, Azure Machine Learning
	cloudShell                 // POST with a form
)

func dialectOf(r *http.Request) dialect {
	switch {
	case r.Method == http.MethodPost:
		return cloudShell
	case r.Header.Get("X-Identity-Header") == "" && r.Header.Get("Secret") != "":
		return dialect2017
	default:
		return dialect2019
	}
}

func (a *appService) answer(r *http.Request) (*httpx.Response, error) {
	segments := strings.FieldsFunc(r.URL.Path, func(r rune) bool { return r == '/' })
	if len(segments) < 2 || len(segments) > 3 || !strings.EqualFold(segments[0], "msi") || !strings.EqualFold(segments[1], "token") {
		return nil, &refusal{status: http.StatusNotFound, code: "not_found", text: "Not found"}
	}
	if r.Method != http.MethodGet && r.Method != http.MethodPost {
		return nil, &refusal{status: http.StatusMethodNotAllowed, code: "method_not_allowed", text: "Method not allowed", allow: "GET, POST"}
	}
	machine, err := a.machine(r, segments[2:])
	if err != nil {
		return nil, err
	}
	q, err := a.query(r)
	if err != nil {
		return nil, err
	}
	audience := q.value("resource")
	if audience == "" {
		return nil, invalid(false, "Required query variable 'resource' is missing")
	}
	if q.value("client_id") == "" && q.value("clientid") != "" && q.n < maxParameters {
		q.pairs[q.n].name, q.pairs[q.n].value = "client_id", q.value("clientid") // 2017-09-01's spelling
		q.n++
	}
	sel, err := selector(&q)
	if err != nil {
		return nil, err
	}
	return a.token(r, machine, sel, audience)
}

// machine settles who asks, by the secret alone.
func (a *appService) machine(r *http.Request, rest []string) (resource.ID, error) {
	secret := r.Header.Get("X-Identity-Header")
	if secret == "" {
		secret = r.Header.Get("Secret")
	}
	if secret == "" && len(rest) == 1 {
		secret = rest[0]
	}
	if secret != "" {
		if id, ok := a.lookup(secret); ok {
			return id, nil
		}
	}
	return resource.ID{}, &refusal{
		status: http.StatusUnauthorized, code: "unauthorized_client", text: "The identity header or secret is missing or not valid.",
	}
}

// query reads the parameters, checks what the form demands besides them, and leaves them to the shared checks.
func (a *appService) query(r *http.Request) (query, error) {
	if dialectOf(r) == cloudShell {
		if r.Header.Get("Metadata") != "true" {
			return query{}, invalid(false, "Required metadata header not specified")
		}
		body, err := httpx.ReadBody(r, maxForm)
		if err != nil {
			return query{}, err
		}
		q, err := parseQuery(strings.TrimSpace(string(body)))
		if err != nil {
			return query{}, invalid(false, "Bad request: "+err.Error())
		}
		return q, nil
	}
	q, err := parseQuery(r.URL.RawQuery)
	if err != nil {
		return query{}, invalid(false, "Bad request: "+err.Error())
	}
	want := "2019-08-01"
	if dialectOf(r) == dialect2017 {
		want = "2017-09-01"
	}
	if v := q.value("api-version"); v != want {
		return query{}, invalid(false, "The api-version '"+v+"' is not supported. Use '"+want+"'.")
	}
	return q, nil
}

func (a *appService) token(r *http.Request, machine resource.ID, sel identity.Selector, audience string) (*httpx.Response, error) {
	t, err := a.Identities.Token(r.Context(), machine, sel, audience, false)
	if err != nil {
		return nil, err
	}
	if dialectOf(r) == cloudShell {
		return ok(append(appendToken(nil, t, audience, a.Clock.Now()), '}')), nil
	}
	expires := expiresOn(dialectOf(r), t.ExpiresOn)
	b := append(make([]byte, 0, len(t.AccessToken)+384), `{"access_token":"`...)
	b = append(append(b, t.AccessToken...), `","client_id":"`...)
	b = append(append(b, t.ClientID...), `","expires_on":"`...)
	b = append(append(b, expires...), `","resource":`...)
	return ok(append(appendString(b, audience), `,"token_type":"Bearer"}`...)), nil
}

// expiresOn is in seconds since 1970 as text, and was a date in 2017.
func expiresOn(d dialect, t time.Time) string {
	if d == dialect2017 {
		return t.UTC().Format("01/02/2006 15:04:05 -07:00")
	}
	return strconv.FormatInt(t.Unix(), 10)
}

// failure words errors as App Service does, or as Cloud Shell.
func (a *appService) failure(r *http.Request, err error) *httpx.Response {
	var known *refusal
	if !errors.As(err, &known) {
		known = translate(err, true)
		if fault.Is(err, fault.TooLarge) {
			known = &refusal{status: http.StatusRequestEntityTooLarge, code: "invalid_request", text: "The body is too large."}
		}
	}
	h := http.Header{"Content-Type": jsonHeader}
	if known.allow != "" {
		h.Set("Allow", known.allow)
	}
	var body any
	if dialectOf(r) == cloudShell {
		type inner struct {
			Code    string `json:"code"`
			Message string `json:"message"`
		}
		body = struct {
			Error inner `json:"error"`
		}{inner{known.code, known.text}}
	} else {
		body = struct {
			StatusCode    int    `json:"StatusCode"`
			Message       string `json:"Message"`
			CorrelationID string `json:"CorrelationId"`
		}{known.status, appServiceText(dialectOf(r), known.text), a.ids.New()}
	}
	return &httpx.Response{Status: known.status, Header: h, Body: body}
}

// appServiceText puts the metadata service's words into App Service's.
func appServiceText(d dialect, text string) string {
	notFound := text == "Identity not found" || strings.HasPrefix(text, "Multiple user assigned identities exist")
	switch {
	case !notFound:
		return text
	case d == dialect2017:
		return "No MSI found for specified ClientId/ResourceId."
	default:
		return "No Managed Identity found for specified ClientId/ResourceId/PrincipalId."
	}
}

// AppServiceURL is the endpoint below base (http://host:port), and Cloud Shell's, which carries the secret.
func AppServiceURL(base, secret string) (endpoint, cloudShellEndpoint string) {
	endpoint = strings.TrimSuffix(base, "/") + AppServicePath
	return endpoint, endpoint + "/" + url.PathEscape(secret)
}
