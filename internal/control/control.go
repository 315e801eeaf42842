// Package control is the door of the person who runs an instance: the values that cross its control socket, and the
// client that the command line uses. Who can open the socket (0600, in the state folder) is the operator; it must never
// be reachable over a network.
package control

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strconv"

	"github.com/alcedo-cloud/alcedo/internal/audit"
	"github.com/alcedo-cloud/alcedo/internal/config"
)

// Paths of the control socket.
const (
	PathStatus      = "/status"
	PathCredentials = "/credentials"
	PathEnvironment = "/environment"
	PathDecisions   = "/decisions"
	PathStop        = "/stop"
	PathCheck       = "/storage/check"
)

// Status says that an instance serves, and what.
type Status struct {
	Cloud          string          `json:"cloud"`
	TenantID       string          `json:"tenantId"`
	SubscriptionID string          `json:"subscriptionId"`
	Version        string          `json:"version"`
	Instance       config.Instance `json:"instance"`
	Names          []Name          `json:"names"`
}

// Name is a service and the host that it answers on.
type Name struct {
	Service string `json:"service"`
	Host    string `json:"host"`
}

// Credentials are those that the first start made.
type Credentials struct {
	TenantID          string `json:"tenantId"`
	SubscriptionID    string `json:"subscriptionId"`
	ClientID          string `json:"clientId"`
	ClientSecret      string `json:"clientSecret"`
	UserPrincipalName string `json:"userPrincipalName"`
	Password          string `json:"password"`
}

// Environment is what a process needs to use the cloud without a sandbox.
type Environment struct {
	Proxy            string `json:"proxy"` // http://127.0.0.1:port
	CertificateCA    string `json:"certificateAuthority"`
	CertificateAll   string `json:"certificateBundle"`
	IdentityEndpoint string `json:"identityEndpoint,omitempty"` // of the virtual machine asked for
	IdentityHeader   string `json:"identityHeader,omitempty"`
	MSIEndpoint      string `json:"msiEndpoint,omitempty"` // the same for clients that only know MSI_ENDPOINT (az)
	TenantID         string `json:"tenantId"`
	SubscriptionID   string `json:"subscriptionId"`
	Authority        string `json:"authority"`
	Cloud            string `json:"cloud"`
}

// Finding is something wrong in what Blob Storage keeps.
type Finding struct {
	Problem   string `json:"problem"` // damaged, missing, mismatch; orphan harms nothing
	Account   string `json:"account,omitempty"`
	Container string `json:"container,omitempty"`
	Blob      string `json:"blob,omitempty"`
	Detail    string `json:"detail"`
}

// Query selects decisions.
type Query struct {
	Most   int  // at most so many, the newest; 0 is 20
	Denied bool // only refusals
	Caller string
	Action string // part of the action's name
}

// Failure is the body of an answer that is not 200.
type Failure struct {
	Message string `json:"message"`
}

// Client speaks to the control socket of an instance.
type Client struct {
	http *http.Client
}

// NewClient returns a client of that instance. It dials at the first call.
func NewClient(i config.Instance) *Client {
	dial := func(ctx context.Context, _, _ string) (net.Conn, error) {
		var d net.Dialer
		return d.DialContext(ctx, "unix", i.ControlSocket)
	}
	return &Client{http: &http.Client{Transport: &http.Transport{DialContext: dial}}}
}

// Status asks whether the instance serves.
func (c *Client) Status(ctx context.Context) (Status, error) {
	var s Status
	return s, c.call(ctx, http.MethodGet, PathStatus, nil, &s)
}

// Credentials asks for what the first start made.
func (c *Client) Credentials(ctx context.Context) (Credentials, error) {
	var out Credentials
	return out, c.call(ctx, http.MethodGet, PathCredentials, nil, &out)
}

// Environment asks for the variables of a workstation, or of a virtual machine where name is not "".
func (c *Client) Environment(ctx context.Context, name, group string) (Environment, error) {
	var out Environment
	return out, c.call(ctx, http.MethodGet, PathEnvironment, url.Values{"vm": {name}, "group": {group}}, &out)
}

// Decisions asks for recorded decisions with their explanations, newest first.
func (c *Client) Decisions(ctx context.Context, q Query) ([]audit.Explanation, error) {
	values := url.Values{"most": {strconv.Itoa(q.Most)}, "caller": {q.Caller}, "action": {q.Action}}
	if q.Denied {
		values.Set("denied", "true")
	}
	var out []audit.Explanation
	return out, c.call(ctx, http.MethodGet, PathDecisions, values, &out)
}

// CheckStorage has every record, reference and checksum of Blob Storage verified, which takes as long as reading it all.
func (c *Client) CheckStorage(ctx context.Context) ([]Finding, error) {
	var out []Finding
	return out, c.call(ctx, http.MethodPost, PathCheck, nil, &out)
}

// Stop asks the instance to exit. It answers before it does.
func (c *Client) Stop(ctx context.Context) error {
	return c.call(ctx, http.MethodPost, PathStop, nil, nil)
}

func (c *Client) call(ctx context.Context, method, path string, query url.Values, out any) error {
	req, err := http.NewRequestWithContext(ctx, method, "http://control"+path+"?"+query.Encode(), nil)
	if err != nil {
		return err
	}
	resp, err := c.http.Do(req)
	if err != nil {
		return fmt.Errorf("the cloud does not answer: %w", errors.Unwrap(err))
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(io.LimitReader(resp.Body, 64<<20))
	if err != nil {
		return err
	}
	if resp.StatusCode != http.StatusOK {
		var f Failure
		if json.Unmarshal(body, &f) == nil && f.Message != "" {
			return errors.New(f.Message)
		}
		return fmt.Errorf("the control socket answered %s: %s", resp.Status, bytes.TrimSpace(body))
	}
	if out == nil {
		return nil
	}
	return json.Unmarshal(body, out)
}
