package vault

import (
	"encoding/base64"
	"encoding/json"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/alcedo-cloud/alcedo/internal/fault"
	"github.com/alcedo-cloud/alcedo/internal/httpx"
	"github.com/alcedo-cloud/alcedo/internal/vault"
)

// route is a row of the table of operations: a method, a path of which "{x}" segments are open, what answers. Every row
// is behind the token's check; there is no anonymous one.
type route struct {
	method  string
	pattern []string
	handle  func(*request) (*httpx.Response, error)
}

// row makes a route. Rows with words come before those with open segments in the same place.
func row(method, path string, handle func(*request) (*httpx.Response, error)) route {
	return route{method, strings.Split(path, "/"), handle}
}

// table lists the operations.
func (f *front) table() []route {
	return slices.Concat(f.secretRoutes(), f.keyRoutes(), f.certificateRoutes())
}

// match finds the row for a request. Slashes at the end and doubled ones do not count, nor does the case of words.
func (f *front) match(r *http.Request) (*route, map[string]string, error) {
	path := httpx.CleanPath(r.URL.Path)
	segments := strings.Split(strings.TrimPrefix(path, "/"), "/")
	if rt, params := find(f.routes[r.Method], segments); rt != nil {
		return rt, params, nil
	}
	for method, rows := range f.routes {
		if method == r.Method {
			continue
		}
		if rt, _ := find(rows, segments); rt != nil {
			return nil, nil, methodNotAllowed(r)
		}
	}
	return nil, nil, fault.New(fault.NotFound, "front/vault", "NotFound", "The requested resource was not found.")
}

func find(rows []route, segments []string) (*route, map[string]string) {
	for i := range rows {
		if params, ok := rows[i].agree(segments); ok {
			return &rows[i], params
		}
	}
	return nil, nil
}

func (rt *route) agree(segments []string) (map[string]string, bool) {
	if len(segments) != len(rt.pattern) {
		return nil, false
	}
	var params map[string]string
	for i, p := range rt.pattern {
		if p[0] != '{' {
			if !strings.EqualFold(segments[i], p) {
				return nil, false
			}
			continue
		}
		if params == nil {
			params = make(map[string]string, 2)
		}
		params[p[1:len(p)-1]] = segments[i]
	}
	return params, true
}

// badParameter refuses what a client sent.
func badParameter(format string, args ...any) error {
	return fault.Newf(fault.Invalid, "front/vault", "BadParameter", format, args...)
}

// decode reads the body into v, which has the members of the operation. Others are ignored, as Key Vault ignores them.
func (rq *request) decode(v any) error {
	if len(rq.body) == 0 {
		return badParameter("Request body not specified.")
	}
	if err := json.Unmarshal(rq.body, v); err != nil {
		property := ""
		if wrong, ok := err.(*json.UnmarshalTypeError); ok {
			property = wrong.Field
		}
		// The decoder's own text may quote the body, where the secret is. It goes nowhere.
		return badParameter("Property %s has invalid value\r\n", property)
	}
	return nil
}

// page reads maxresults and $skiptoken.
func (rq *request) page() (vault.Page, error) {
	q := rq.URL.Query()
	var p vault.Page
	if text, ok := httpx.Value(q, "maxresults"); ok && text != "" {
		n, err := strconv.Atoi(text)
		if err != nil || n < 1 || n > vault.MaxPage {
			return p, badParameter("Invalid value for the parameter maxresults: it must be a number from 1 to %d.", vault.MaxPage)
		}
		p.Most = n
	}
	if text, ok := httpx.Value(q, "$skiptoken"); ok && text != "" {
		after, err := base64.RawURLEncoding.DecodeString(text)
		if err != nil || len(after) == 0 || len(after) > 256 || strings.ContainsRune(string(after), 0) {
			return p, badParameter("The $skiptoken is invalid.")
		}
		p.After = string(after)
	}
	return p, nil
}

// list is a page of rows. The link to the next one is null on the last page, as Key Vault's is.
type list struct {
	Value    any     `json:"value"`
	NextLink *string `json:"nextLink"`
}

// paged answers a page; path is the collection's, below the vault.
func (rq *request) paged(rows any, path, next string, p vault.Page) *httpx.Response {
	l := list{Value: rows}
	if next != "" {
		size := p.Most
		if size == 0 {
			size = vault.MaxPage
		}
		link := rq.base + path + "?api-version=" + url.QueryEscape(string(rq.version)) +
			"&$skiptoken=" + base64.RawURLEncoding.EncodeToString([]byte(next)) + "&maxresults=" + strconv.Itoa(size)
		l.NextLink = &link
	}
	return &httpx.Response{Body: l}
}
