package entra

import (
	"net/http"
	"strconv"
	"time"

	"github.com/alcedo-cloud/alcedo/internal/httpx"
	"github.com/alcedo-cloud/alcedo/internal/sts"
)

// tokenV2Response is the answer of a v2 endpoint. Times are numbers of seconds.
type tokenV2Response struct {
	TokenType    string `json:"token_type"`
	Scope        string `json:"scope,omitempty"`
	ExpiresIn    int64  `json:"expires_in"`
	ExtExpiresIn int64  `json:"ext_expires_in"`
	AccessToken  string `json:"access_token"`
	RefreshToken string `json:"refresh_token,omitempty"`
	FamilyID     string `json:"foci,omitempty"`
	IDToken      string `json:"id_token,omitempty"`
	ClientInfo   string `json:"client_info,omitempty"`
}

// tokenV1Response is that of a v1 endpoint, where every value is a string.
type tokenV1Response struct {
	TokenType    string `json:"token_type"`
	Scope        string `json:"scope,omitempty"`
	ExpiresIn    string `json:"expires_in"`
	ExtExpiresIn string `json:"ext_expires_in"`
	ExpiresOn    string `json:"expires_on"`
	NotBefore    string `json:"not_before"`
	Resource     string `json:"resource"`
	AccessToken  string `json:"access_token"`
	RefreshToken string `json:"refresh_token,omitempty"`
	FamilyID     string `json:"foci,omitempty"`
	IDToken      string `json:"id_token,omitempty"`
	ClientInfo   string `json:"client_info,omitempty"`
}

// tokenV1 answers POST /{tenant}/oauth2/token. That of /adfs takes scopes, as a v2 endpoint does.
func (f *front) tokenV1(c *call) (*httpx.Response, error) {
	if c.tenant == "adfs" {
		return f.tokenV2(c)
	}
	t, err := f.token(c, sts.V1)
	if err != nil {
		return nil, err
	}
	left := strconv.FormatInt(remaining(t.Life), 10)
	return &httpx.Response{Status: http.StatusOK, Body: tokenV1Response{
		TokenType: "Bearer", Scope: t.Scope, ExpiresIn: left, ExtExpiresIn: left,
		ExpiresOn: strconv.FormatInt(t.ExpiresOn.Unix(), 10), NotBefore: strconv.FormatInt(t.NotBefore.Unix(), 10),
		Resource: t.Resource, AccessToken: t.AccessToken, RefreshToken: t.RefreshToken, FamilyID: t.FamilyID,
		IDToken: t.IDToken, ClientInfo: t.ClientInfo,
	}}, nil
}

// tokenV2 answers POST /{tenant}/oauth2/v2.0/token.
func (f *front) tokenV2(c *call) (*httpx.Response, error) {
	t, err := f.token(c, sts.V2)
	if err != nil {
		return nil, err
	}
	return &httpx.Response{Status: http.StatusOK, Body: tokenV2Response{
		TokenType: "Bearer", Scope: t.Scope, ExpiresIn: remaining(t.Life), ExtExpiresIn: remaining(t.Life),
		AccessToken: t.AccessToken, RefreshToken: t.RefreshToken, FamilyID: t.FamilyID, IDToken: t.IDToken, ClientInfo: t.ClientInfo,
	}}, nil
}

func (f *front) token(c *call, v sts.Version) (sts.TokenResponse, error) {
	form, err := readForm(c.Request)
	if err != nil {
		return sts.TokenResponse{}, err
	}
	return f.sts.Token(c.Context(), sts.TokenRequest{Tenant: c.tenant, Version: v, Host: c.Host, Form: form})
}

// remaining is the life that is left once the answer has arrived: a second less, as Entra has it.
func remaining(life time.Duration) int64 { return int64(life/time.Second) - 1 }
