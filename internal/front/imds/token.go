package imds

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/alcedo-cloud/alcedo/internal/httpx"
	"github.com/alcedo-cloud/alcedo/internal/identity"
	"github.com/alcedo-cloud/alcedo/internal/sts"
)

// token answers the token request. Source: protocol of the identity category, api-version 2018-02-01.
func (e *endpoint) token(ctx context.Context, q query) (*httpx.Response, error) {
	if err := checkVersion(&q, "2018-02-01", true); err != nil {
		return nil, err
	}
	resource := q.value("resource")
	if resource == "" {
		return nil, invalid(true, "Required query variable 'resource' is missing")
	}
	sel, err := selector(&q)
	if err != nil {
		return nil, err
	}
	bypass := false
	if v, ok := q.get("bypass_cache"); ok {
		if v != "true" {
			return nil, invalid(true, "The query variable 'bypass_cache' may only be 'true'")
		}
		bypass = true
	}
	t, err := e.Identities.Token(ctx, e.machine, sel, resource, bypass)
	if err != nil {
		return nil, err
	}
	if revoked := q.value("token_sha256_to_refresh"); revoked != "" && !bypass && hashes(t.AccessToken, revoked) {
		// The client was refused with this very token, so the cached one will not do.
		if t, err = e.Identities.Token(ctx, e.machine, sel, resource, true); err != nil {
			return nil, err
		}
	}
	body := appendToken(make([]byte, 0, len(t.AccessToken)+len(resource)+384), t, resource, e.Clock.Now())
	body = appendEcho(body, &q)
	return ok(append(body, '}')), nil
}

// The headers of every answer, shared: nobody changes them.
var (
	serverHeader = []string{server}
	jsonHeader   = []string{"application/json; charset=utf-8"}
	textHeader   = []string{"text/plain; charset=utf-8"}
)

func ok(body []byte) *httpx.Response {
	return &httpx.Response{
		Status: http.StatusOK, Body: body,
		Header: http.Header{"Server": serverHeader, "Content-Type": jsonHeader},
	}
}

// selectorNames are the parameters that choose an identity. msi_res_id is IMDS's spelling, mi_res_id and principal_id
// are App Service's; clients use either.
var selectorNames = [...]string{"client_id", "object_id", "principal_id", "msi_res_id", "mi_res_id"}

// selector reads which identity is meant. The parameters exclude each other.
func selector(q *query) (identity.Selector, error) {
	var sel identity.Selector
	chosen := 0
	for i, name := range selectorNames {
		value, ok := q.get(name)
		if !ok || value == "" {
			continue
		}
		chosen++
		switch {
		case i == 0:
			sel.ClientID = value
		case i < 3:
			sel.ObjectID = value
		default:
			sel.ResourceID = value
		}
	}
	if chosen > 1 {
		return identity.Selector{}, invalid(true, "Only one of the query variables client_id, object_id and msi_res_id may be specified")
	}
	return sel, nil
}

// hashes reports whether sum is the hexadecimal SHA-256 of token.
func hashes(token, sum string) bool {
	h := sha256.Sum256([]byte(token))
	return strings.EqualFold(hex.EncodeToString(h[:]), sum)
}

// appendToken writes the members that every form of the answer has, without the closing brace. All values are strings.
// Tokens and client ids have no character that JSON would escape; the audience is the client's and may.
func appendToken(b []byte, t sts.MIToken, resource string, now time.Time) []byte {
	left := max(int64(t.ExpiresOn.Sub(now)/time.Second), 0)
	b = append(b, `{"access_token":"`...)
	b = append(b, t.AccessToken...)
	b = append(b, `","refresh_token":"","client_id":"`...)
	b = append(b, t.ClientID...)
	b = append(b, `","expires_in":"`...)
	b = strconv.AppendInt(b, left, 10)
	b = append(b, `","expires_on":"`...)
	b = strconv.AppendInt(b, t.ExpiresOn.Unix(), 10)
	b = append(b, `","ext_expires_in":"`...)
	b = strconv.AppendInt(b, left, 10)
	b = append(b, `","not_before":"`...)
	b = strconv.AppendInt(b, t.NotBefore.Unix(), 10)
	b = append(b, `","resource":`...)
	b = appendString(b, resource)
	return append(b, `,"token_type":"Bearer"`...)
}

// appendEcho repeats the selector, which the answer shows where it was not a client id.
func appendEcho(b []byte, q *query) []byte {
	for _, name := range [...]string{"object_id", "msi_res_id"} {
		if v := q.value(name); v != "" {
			b = append(b, `,"`...)
			b = append(b, name...)
			b = append(b, `":`...)
			b = appendString(b, v)
		}
	}
	return b
}

// appendString writes s as JSON; the fast way where nothing needs an escape.
func appendString(b []byte, s string) []byte {
	for i := range len(s) {
		if c := s[i]; c < 0x20 || c == '"' || c == '\\' || c >= 0x7f {
			text, err := json.Marshal(s)
			if err != nil {
				return append(b, `""`...) // a string always marshals
			}
			return append(b, text...)
		}
	}
	b = append(b, '"')
	b = append(b, s...)
	return append(b, '"')
}

// info tells the tenant of the machine's identities.
func (e *endpoint) info(q query) (*httpx.Response, error) {
	if err := checkVersion(&q, "2018-02-01", true); err != nil {
		return nil, err
	}
	return ok([]byte(`{"tenantId":"` + e.TenantID + `"}`)), nil
}
