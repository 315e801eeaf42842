package entra

import (
	"net/http"
	"strings"

	"github.com/alcedo-cloud/alcedo/internal/httpx"
	"github.com/alcedo-cloud/alcedo/internal/sts"
)

// metadata is an OpenID Connect discovery document. Source: OpenID Connect Discovery 1.0, and what Entra adds to it.
type metadata struct {
	TokenEndpoint         string   `json:"token_endpoint"`
	AuthMethods           []string `json:"token_endpoint_auth_methods_supported"`
	KeysURI               string   `json:"jwks_uri"`
	ResponseModes         []string `json:"response_modes_supported"`
	SubjectTypes          []string `json:"subject_types_supported"`
	SigningAlgorithms     []string `json:"id_token_signing_alg_values_supported"`
	ResponseTypes         []string `json:"response_types_supported"`
	Scopes                []string `json:"scopes_supported"`
	Issuer                string   `json:"issuer"`
	MultiRefreshToken     *bool    `json:"microsoft_multi_refresh_token,omitempty"`
	RequestURISupported   bool     `json:"request_uri_parameter_supported"`
	UserInfoEndpoint      string   `json:"userinfo_endpoint"`
	AuthorizationEndpoint string   `json:"authorization_endpoint"`
	DeviceEndpoint        string   `json:"device_authorization_endpoint"`
	LogoutSupported       bool     `json:"http_logout_supported"`
	FrontLogoutSupported  bool     `json:"frontchannel_logout_supported"`
	EndSessionEndpoint    string   `json:"end_session_endpoint"`
	Claims                []string `json:"claims_supported"`
	TenantRegionScope     *string  `json:"tenant_region_scope"`
	CloudInstanceName     string   `json:"cloud_instance_name"`
	CloudGraphHost        string   `json:"cloud_graph_host_name"`
	GraphHost             string   `json:"msgraph_host"`
	RBACURL               string   `json:"rbac_url"`
}

// metadataV1 answers /{tenant}/.well-known/openid-configuration, and that of /adfs.
func (f *front) metadataV1(c *call) (*httpx.Response, error) {
	if c.tenant == "adfs" {
		return f.federationMetadata(c), nil
	}
	tenant, issued, err := f.tenants(c, sts.V1)
	if err != nil {
		return nil, err
	}
	authority, multi := f.authority(c, tenant), true
	m := f.document(authority, authority+"/oauth2", tenant)
	m.Issuer = f.cloud.IssuerV1(issued)
	m.KeysURI = f.authority(c, "common") + "/discovery/keys"
	m.MultiRefreshToken = &multi
	m.UserInfoEndpoint = authority + "/openid/userinfo"
	m.Scopes = []string{"openid"}
	return &httpx.Response{Status: http.StatusOK, Body: m}, nil
}

// metadataV2 answers /{tenant}/v2.0/.well-known/openid-configuration.
func (f *front) metadataV2(c *call) (*httpx.Response, error) {
	tenant, issued, err := f.tenants(c, sts.V2)
	if err != nil {
		return nil, err
	}
	authority := f.authority(c, tenant)
	m := f.document(authority, authority+"/oauth2/v2.0", tenant)
	// The host is the cloud's canonical one, whatever name the client used: it is what tokens carry, and clients accept
	// it as an alias of theirs.
	m.Issuer = f.cloud.IssuerV2(issued)
	m.KeysURI = authority + "/discovery/v2.0/keys"
	m.UserInfoEndpoint = "https://" + f.cloud.Graph + "/oidc/userinfo"
	return &httpx.Response{Status: http.StatusOK, Body: m}, nil
}

// federationMetadata is that of Active Directory Federation Services, which some clients are told to expect.
func (f *front) federationMetadata(c *call) *httpx.Response {
	authority := f.authority(c, "adfs")
	m := f.document(authority, authority+"/oauth2", f.tenantID)
	m.Issuer = authority
	m.KeysURI = authority + "/discovery/keys"
	m.UserInfoEndpoint = authority + "/userinfo"
	return &httpx.Response{Status: http.StatusOK, Body: m}
}

// tenants gives the tenant as endpoints name it, and as issuers do.
func (f *front) tenants(c *call, v sts.Version) (named, issued string, err error) {
	if err := f.sts.CheckTenant(c.tenant, v); err != nil {
		return "", "", &unknownTenant{err}
	}
	switch c.tenant {
	case "common", "organizations":
		return c.tenant, "{tenantid}", nil // a template, which clients fill
	case "consumers", sts.ConsumersTenant:
		return c.tenant, sts.ConsumersTenant, nil
	}
	return f.tenantID, f.tenantID, nil
}

// document is what all the documents share.
func (f *front) document(authority, oauth, tenant string) metadata {
	m := metadata{
		TokenEndpoint:         oauth + "/token",
		AuthMethods:           []string{"client_secret_post", "private_key_jwt", "client_secret_basic"},
		ResponseModes:         []string{"query", "fragment", "form_post"},
		SubjectTypes:          []string{"pairwise"},
		SigningAlgorithms:     []string{"RS256"},
		ResponseTypes:         []string{"code", "id_token", "code id_token", "id_token token"},
		Scopes:                []string{"openid", "profile", "email", "offline_access"},
		AuthorizationEndpoint: oauth + "/authorize",
		DeviceEndpoint:        oauth + "/devicecode",
		LogoutSupported:       true, FrontLogoutSupported: true,
		EndSessionEndpoint: oauth + "/logout",
		Claims: strings.Fields("sub iss cloud_instance_name cloud_instance_host_name cloud_graph_host_name msgraph_host aud exp iat " +
			"auth_time acr nonce preferred_username name tid ver at_hash c_hash email"),
		CloudInstanceName: f.cloud.TokenExtra, CloudGraphHost: f.cloud.AADGraph, GraphHost: f.cloud.Graph,
		RBACURL: "https://pas." + strings.TrimPrefix(f.cloud.AADGraph, "graph."),
	}
	if strings.EqualFold(tenant, f.tenantID) {
		scope := regionScope(f.cloud.Name)
		m.TenantRegionScope = &scope
	}
	return m
}

// regionScope is where a tenant's data lives.
func regionScope(cloudName string) string {
	switch cloudName {
	case "AzureChinaCloud":
		return "AS"
	case "AzureUSGovernment":
		return "USGov"
	}
	return "NA"
}

// keys answers the key set of the tenant.
func (f *front) keys(c *call) (*httpx.Response, error) {
	v := sts.V2
	if c.rest == "discovery/keys" {
		v = sts.V1
	}
	if err := f.sts.CheckTenant(c.tenant, v); err != nil {
		return nil, &unknownTenant{err}
	}
	set, err := f.tokens.Keys(c.Context())
	if err != nil {
		return nil, err
	}
	return &httpx.Response{Status: http.StatusOK, Body: set}, nil
}
