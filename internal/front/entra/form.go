package entra

import (
	"encoding/base64"
	"mime"
	"net/http"
	"net/url"
	"strings"

	"github.com/alcedo-cloud/alcedo/internal/fault"
	"github.com/alcedo-cloud/alcedo/internal/httpx"
)

// maxForm bounds the bytes of a token request: an assertion with its certificate chain is the largest thing in one.
const maxForm = 128 << 10

// readForm reads the parameters of a request by name in lower case. A body of another type has none, which is what
// Entra says of it: the first parameter is missing.
func readForm(r *http.Request) (map[string]string, error) {
	body, err := httpx.ReadBody(r, maxForm)
	if err != nil {
		return nil, err
	}
	form := map[string]string{}
	if kind, _, err := mime.ParseMediaType(r.Header.Get("Content-Type")); err != nil || kind != "application/x-www-form-urlencoded" {
		return form, nil
	}
	values, err := url.ParseQuery(string(body))
	if err != nil {
		f := malformed()
		f.Cause = err
		return nil, f
	}
	if name := httpx.Duplicate(values); name != "" {
		return nil, duplicated(name)
	}
	for name, value := range values {
		form[strings.ToLower(name)] = value[0]
	}
	return form, basicCredential(r, form)
}

// basicCredential adds a client's credential that came in the header instead (client_secret_basic, RFC 6749 2.3.1).
func basicCredential(r *http.Request, form map[string]string) error {
	encoded, ok := strings.CutPrefix(r.Header.Get("Authorization"), "Basic ")
	if !ok {
		return nil
	}
	text, err := base64.StdEncoding.DecodeString(encoded)
	if err != nil {
		return malformed()
	}
	id, secret, ok := strings.Cut(string(text), ":")
	if !ok {
		return malformed()
	}
	if id, err = url.QueryUnescape(id); err != nil {
		return malformed()
	}
	if secret, err = url.QueryUnescape(secret); err != nil {
		return malformed()
	}
	if form["client_secret"] != "" || form["client_id"] != "" && !strings.EqualFold(form["client_id"], id) {
		return malformed()
	}
	form["client_id"], form["client_secret"] = id, secret
	return nil
}

func malformed() *fault.Error {
	return fault.New(fault.Invalid, "entra.readForm", "AADSTS9002313", "Invalid request. Request is malformed or invalid.")
}

func duplicated(name string) *fault.Error {
	f := fault.Newf(fault.Invalid, "entra.readForm", "AADSTS9000411",
		"The request is not properly formatted. The parameter '%s' is duplicated.", name)
	f.Target = name
	return f
}
