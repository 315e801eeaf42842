// Package client is an ordinary client of a running cloud's public endpoints, signed in as its owner: what the command
// line's conveniences and the tutorial use. It has no other door than everybody's, so RBAC decides its requests too.
package client

import (
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"os"
	"strings"
	"sync"
	"time"

	"github.com/alcedo-cloud/alcedo/internal/cloud"
	"github.com/alcedo-cloud/alcedo/internal/config"
	"github.com/alcedo-cloud/alcedo/internal/control"
)

// maxAnswer bounds what is read of an answer, in bytes.
const maxAnswer = 64 << 20

// Client sends requests to official names, whose connections it makes to the instance's listener.
type Client struct {
	Cloud       cloud.Cloud
	Credentials control.Credentials
	http        *http.Client

	mu     sync.Mutex
	tokens map[string]string // by resource
}

// New returns a client of the instance, signed in with credentials at its first request.
func New(i config.Instance, credentials control.Credentials) (*Client, error) {
	c, err := cloud.ByName(i.Cloud)
	if err != nil {
		return nil, err
	}
	pem, err := os.ReadFile(i.CertificateCA)
	if err != nil {
		return nil, err
	}
	roots := x509.NewCertPool()
	if !roots.AppendCertsFromPEM(pem) {
		return nil, fmt.Errorf("%s holds no certificate", i.CertificateCA)
	}
	var dialer net.Dialer
	transport := &http.Transport{
		DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
			return dialer.DialContext(ctx, "tcp", i.Listen)
		},
		TLSClientConfig:   &tls.Config{RootCAs: roots, MinVersion: tls.VersionTLS12},
		ForceAttemptHTTP2: true,
	}
	return With(c, credentials, &http.Client{Transport: transport, Timeout: time.Minute}), nil
}

// With returns a client that sends its requests through h.
func With(c cloud.Cloud, credentials control.Credentials, h *http.Client) *Client {
	return &Client{Cloud: c, Credentials: credentials, http: h}
}

// Answer is what came back.
type Answer struct {
	Status int
	Header http.Header
	Body   []byte
}

// Error is an answer that was not a success.
type Error struct {
	Method, URL   string
	Status        int
	Code, Message string // of the error envelope; the body's text where it had none
}

// Error gives Azure's own words.
func (e *Error) Error() string {
	if e.Code == "" {
		return fmt.Sprintf("%s %s: %d %s", e.Method, e.URL, e.Status, e.Message)
	}
	return fmt.Sprintf("%s: %s", e.Code, e.Message)
}

// ResourceManager sends a request to Resource Manager. path begins with "/" and may have a $filter as its query; body is
// marshalled unless nil.
// Any answer of 400 and above is an *Error.
func (c *Client) ResourceManager(ctx context.Context, method, path, apiVersion string, body any) (*Answer, error) {
	token, err := c.signIn(ctx)
	if err != nil {
		return nil, fmt.Errorf("sign in as owner: %w", err)
	}
	var payload io.Reader
	if body != nil {
		data, err := json.Marshal(body)
		if err != nil {
			return nil, err
		}
		payload = bytes.NewReader(data)
	}
	query := url.Values{"api-version": {apiVersion}}
	path, filter, _ := strings.Cut(path, "?$filter=")
	if filter != "" {
		query.Set("$filter", filter)
	}
	target := url.URL{Scheme: "https", Host: c.Cloud.ResourceManager, Path: path, RawQuery: query.Encode()}
	req, err := http.NewRequestWithContext(ctx, method, target.String(), payload)
	if err != nil {
		return nil, err
	}
	req.Header.Set("Authorization", "Bearer "+token)
	if body != nil {
		req.Header.Set("Content-Type", "application/json")
	}
	return c.do(req)
}

// Into is ResourceManager with the answer's body decoded into out.
func (c *Client) Into(ctx context.Context, method, path, apiVersion string, body, out any) error {
	answer, err := c.ResourceManager(ctx, method, path, apiVersion, body)
	if err != nil {
		return err
	}
	return json.Unmarshal(answer.Body, out)
}

// Delete deletes a resource and waits until it is gone.
func (c *Client) Delete(ctx context.Context, path, apiVersion string) error {
	answer, err := c.ResourceManager(ctx, http.MethodDelete, path, apiVersion, nil)
	for err == nil && answer.Status == http.StatusAccepted {
		next, parseErr := url.Parse(answer.Header.Get("Location"))
		if parseErr != nil || next.Path == "" {
			return fmt.Errorf("delete %s: accepted without a location to ask", path)
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(100 * time.Millisecond):
		}
		answer, err = c.ResourceManager(ctx, http.MethodGet, next.Path, next.Query().Get("api-version"), nil)
	}
	return err
}

func (c *Client) signIn(ctx context.Context) (string, error) {
	return c.Token(ctx, "https://"+c.Cloud.ResourceManager)
}

// Token is an access token of the owner's service principal for a resource, as "https://database.windows.net".
func (c *Client) Token(ctx context.Context, resource string) (string, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if token := c.tokens[resource]; token != "" {
		return token, nil
	}
	form := url.Values{
		"grant_type":    {"client_credentials"},
		"client_id":     {c.Credentials.ClientID},
		"client_secret": {c.Credentials.ClientSecret},
		"scope":         {resource + "/.default"},
	}
	target := c.Cloud.Authority(c.Credentials.TenantID) + "/oauth2/v2.0/token"
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, target, strings.NewReader(form.Encode()))
	if err != nil {
		return "", err
	}
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	answer, err := c.do(req)
	if err != nil {
		return "", err
	}
	var token struct {
		AccessToken string `json:"access_token"`
	}
	if err := json.Unmarshal(answer.Body, &token); err != nil {
		return "", err
	}
	if c.tokens == nil {
		c.tokens = map[string]string{}
	}
	c.tokens[resource] = token.AccessToken
	return token.AccessToken, nil
}

func (c *Client) do(req *http.Request) (*Answer, error) {
	resp, err := c.http.Do(req)
	if err != nil {
		return nil, err
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(io.LimitReader(resp.Body, maxAnswer))
	if err != nil {
		return nil, err
	}
	if resp.StatusCode >= 400 {
		return nil, failure(req, resp.StatusCode, body)
	}
	return &Answer{Status: resp.StatusCode, Header: resp.Header, Body: body}, nil
}

// failure reads Resource Manager's envelope or Entra's.
func failure(req *http.Request, status int, body []byte) *Error {
	e := &Error{Method: req.Method, URL: req.URL.String(), Status: status, Message: string(bytes.TrimSpace(body))}
	var envelope struct {
		Error       json.RawMessage `json:"error"`
		Description string          `json:"error_description"`
	}
	if json.Unmarshal(body, &envelope) != nil {
		return e
	}
	var inner struct{ Code, Message string }
	if json.Unmarshal(envelope.Error, &inner) == nil && inner.Code != "" {
		e.Code, e.Message = inner.Code, inner.Message
		return e
	}
	var code string
	if json.Unmarshal(envelope.Error, &code) == nil {
		e.Code, e.Message = code, envelope.Description
	}
	return e
}

// ObjectID is the directory's id of the owner's service principal, as its tokens have it.
func (c *Client) ObjectID(ctx context.Context) (string, error) {
	token, err := c.signIn(ctx)
	if err != nil {
		return "", err
	}
	parts := strings.Split(token, ".")
	if len(parts) != 3 {
		return "", errors.New("the token is no JWT")
	}
	body, err := base64.RawURLEncoding.DecodeString(parts[1])
	if err != nil {
		return "", err
	}
	var claims struct {
		ObjectID string `json:"oid"`
	}
	return claims.ObjectID, json.Unmarshal(body, &claims)
}

// Exists waits until a resource that is being made is there.
func (c *Client) Exists(ctx context.Context, path, apiVersion string) error {
	for {
		_, err := c.ResourceManager(ctx, http.MethodGet, path, apiVersion, nil)
		var failed *Error
		if !errors.As(err, &failed) || failed.Status != http.StatusNotFound {
			return err
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(100 * time.Millisecond):
		}
	}
}
