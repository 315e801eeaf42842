package entra

import (
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/alcedo-cloud/alcedo/internal/cloud"
	"github.com/alcedo-cloud/alcedo/internal/fault"
	"github.com/alcedo-cloud/alcedo/internal/httpx"
)

// instance is one set of names for an authority.
type instance struct {
	PreferredNetwork string   `json:"preferred_network"`
	PreferredCache   string   `json:"preferred_cache"`
	Aliases          []string `json:"aliases"`
}

// instances are those of all clouds: clients cache what they learn here, whichever cloud they ask.
func instances() []instance {
	var out []instance
	for _, c := range cloud.All() {
		one := instance{PreferredNetwork: c.Login, PreferredCache: c.Login}
		if c.Name == "AzureCloud" {
			one.PreferredCache = "login.windows.net" // the name under which the oldest clients kept their tokens
		}
		var older []string
		for _, host := range c.LoginAliases {
			switch {
			case host == "login-us.microsoftonline.com": // the former name of US Government, never an alias of the new one
				older = append(older, host)
			case host != c.STS || c.Name == "AzureCloud":
				one.Aliases = append(one.Aliases, host)
			}
		}
		out = append(out, one)
		for _, host := range older {
			out = append(out, instance{PreferredNetwork: host, PreferredCache: host, Aliases: []string{host}})
		}
	}
	return out
}

// discovery is the answer of instance discovery, in version 1.0 the endpoint alone.
type discovery struct {
	TenantDiscoveryEndpoint string     `json:"tenant_discovery_endpoint"`
	APIVersion              string     `json:"api-version,omitempty"`
	Metadata                []instance `json:"metadata,omitempty"`
}

// instanceDiscovery answers whether an authority is one of Entra's: GET /common/discovery/instance.
func (f *front) instanceDiscovery(c *call) (*httpx.Response, error) {
	query, err := httpx.Query(c.Request)
	if err != nil {
		return nil, err
	}
	if name := httpx.Duplicate(query); name != "" {
		return nil, duplicated(name)
	}
	text, _ := httpx.Value(query, "authorization_endpoint")
	if text == "" {
		return nil, fault.New(fault.Invalid, "entra.instanceDiscovery", "AADSTS900144",
			"The request body must contain the following parameter: 'authorization_endpoint'.")
	}
	endpoint, err := url.Parse(text)
	if err != nil || !f.known(endpoint, c) {
		return nil, fault.New(fault.Invalid, "entra.instanceDiscovery", "AADSTS50049", "Unknown or invalid instance.")
	}
	tenant, rest, _ := strings.Cut(strings.Trim(endpoint.Path, "/"), "/")
	document := "/.well-known/openid-configuration"
	if strings.Contains(strings.ToLower(rest), "v2.0") {
		document = "/v2.0" + document
	}
	u := url.URL{Scheme: "https", Host: strings.ToLower(endpoint.Host), Path: "/" + tenant + document}
	out := discovery{TenantDiscoveryEndpoint: u.String()}
	if version, _ := httpx.Value(query, "api-version"); version != "1.0" {
		out.APIVersion, out.Metadata = "1.1", f.instances
	}
	return &httpx.Response{Status: http.StatusOK, Body: out}, nil
}

// known reports whether an authorization endpoint is at a login host of some cloud, or at the very host that was asked.
func (f *front) known(endpoint *url.URL, c *call) bool {
	if endpoint.Scheme != "https" || endpoint.User != nil || strings.Trim(endpoint.Path, "/") == "" {
		return false
	}
	host := strings.ToLower(endpoint.Hostname())
	for _, one := range f.instances {
		if slices.Contains(one.Aliases, host) {
			return true
		}
	}
	return slices.Contains(f.cloud.LoginAliases, host) || strings.EqualFold(endpoint.Host, c.Host)
}
