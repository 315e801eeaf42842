package entra

import (
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"

	"github.com/alcedo-cloud/alcedo/internal/fault"
	"github.com/alcedo-cloud/alcedo/internal/httpx"
	"github.com/alcedo-cloud/alcedo/internal/sts"
)

// authorizeV1 answers /{tenant}/oauth2/authorize.
func (f *front) authorizeV1(c *call) (*httpx.Response, error) {
	if c.tenant == "adfs" {
		return f.authorize(c, sts.V2)
	}
	return f.authorize(c, sts.V1)
}

// authorizeV2 answers /{tenant}/oauth2/v2.0/authorize.
func (f *front) authorizeV2(c *call) (*httpx.Response, error) { return f.authorize(c, sts.V2) }

// authorize shows the page to sign in on, and takes what was entered there (RFC 6749 4.1). The request stays in the
// query; the body has name and password only. Nobody stays signed in: there is no cookie.
func (f *front) authorize(c *call, v sts.Version) (*httpx.Response, error) {
	query, err := httpx.Query(c.Request)
	if err != nil {
		return nil, err
	}
	if name := httpx.Duplicate(query); name != "" {
		return f.failed(duplicated(name))
	}
	form := map[string]string{}
	for name, value := range query {
		form[strings.ToLower(name)] = value[0]
	}
	r := sts.TokenRequest{Tenant: c.tenant, Version: v, Host: c.Host, Form: form}
	to, err := f.sts.CheckClient(c.Context(), r)
	if err != nil {
		return f.failed(err)
	}
	if err := f.sts.CheckAuthorization(c.Context(), r); err != nil {
		return f.tell(form, to.RedirectURI, f.failure(c, err))
	}
	shown := page{Title: "Sign in", Text: "Sign in to " + to.ClientName + ".", SignIn: true, Name: form["login_hint"]}
	if c.Method != http.MethodPost {
		return f.render(http.StatusOK, shown)
	}
	entered, err := readForm(c.Request)
	if err != nil {
		return nil, err
	}
	code, err := f.sts.Authorize(c.Context(), r, to, entered["username"], entered["password"])
	if err != nil {
		if shown.Error = refusalText(err); shown.Error == "" {
			return nil, err
		}
		shown.Name = entered["username"]
		return f.render(http.StatusOK, shown)
	}
	return f.tell(form, to.RedirectURI, [][2]string{{"code", code}, {"state", form["state"]}, {"session_state", f.ids.New()}})
}

// failure are the fields that tell a client of an error (RFC 6749 4.1.2.1).
func (f *front) failure(c *call, err error) [][2]string {
	body, _ := f.mapError(c.Request, err).Body.(refusal)
	state, _ := httpx.Value(c.URL.Query(), "state")
	return [][2]string{{"error", body.Error}, {"error_description", body.Description}, {"error_uri", body.URI}, {"state", state}}
}

// tell sends fields to the client by its redirect URI, in the way that it asked for.
func (f *front) tell(form map[string]string, address string, fields [][2]string) (*httpx.Response, error) {
	kept := fields[:0]
	values := url.Values{}
	for _, field := range fields {
		if field[1] != "" {
			kept = append(kept, field)
			values.Set(field[0], field[1])
		}
	}
	u, err := url.Parse(address)
	if err != nil {
		return nil, fault.Wrap("entra.tell", err)
	}
	switch form["response_mode"] {
	case "form_post":
		return f.render(http.StatusOK, page{Title: "Working…", Post: address, Fields: kept})
	case "fragment":
		u.Fragment, u.RawFragment = "", ""
		return redirect(u.String() + "#" + values.Encode()), nil
	default:
		if u.RawQuery != "" {
			u.RawQuery += "&"
		}
		u.RawQuery += values.Encode()
		return redirect(u.String()), nil
	}
}

func redirect(address string) *httpx.Response {
	return &httpx.Response{Status: http.StatusFound, Header: http.Header{"Location": {address}}}
}

// failed is the page of a request that cannot be sent back to where it came from.
func (f *front) failed(err error) (*httpx.Response, error) {
	text := refusalText(err)
	if text == "" {
		return nil, err
	}
	return f.render(http.StatusBadRequest, page{Title: "Sign in", Error: text})
}

// refusalText is what a person is told of a refusal, "" for errors that are none.
func refusalText(err error) string {
	var refused *fault.Error
	if code := sts.Code(err); code != 0 && errors.As(err, &refused) {
		return fmt.Sprintf("AADSTS%d: %s", code, refused.Message)
	}
	return ""
}

// logout answers the end of a session, of which none was kept.
func (f *front) logout(*call) (*httpx.Response, error) {
	return f.render(http.StatusOK, page{Title: "Signed out", Text: "You signed out of your account."})
}
