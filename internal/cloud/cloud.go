// Package cloud has the names of Azure's clouds as data: endpoints, suffixes, audiences, locations. It must never know
// an address, a certificate or a client.
package cloud

import (
	"fmt"
	"strings"
)

// Cloud is one of Azure's clouds. All hosts are lower-case and without a port.
type Cloud struct {
	Name        string // as az, Terraform and IMDS spell it: AzureCloud, AzureChinaCloud, AzureUSGovernment
	IMDSName    string // compute.azEnvironment: AzurePublicCloud, AzureChinaCloud, AzureUSGovernmentCloud
	DisplayName string

	Login        string   // host of the authority in v2 metadata and of instance discovery
	LoginAliases []string // every host that answers as the authority, Login first
	STS          string   // host of the issuer of v1 tokens; the issuer is https://{STS}/{tenant}/
	TenantSuffix string   // domain under which tenants are named: onmicrosoft.com
	TokenExtra   string   // cloud_instance_name of the metadata: microsoftonline.com

	ResourceManager string // management.azure.com
	Management      string // the classic name, an audience that az still uses: management.core.windows.net
	Graph           string // graph.microsoft.com
	AADGraph        string // graph.windows.net
	Portal          string // portal.azure.com
	Batch, Gallery  string // hosts named in the metadata document; alcedo does not answer them
	SQLManagement   string
	VMImageAliases  string // URL of the document

	StorageSuffix    string // core.windows.net: accounts are {account}.blob.{suffix}
	KeyVaultSuffix   string // vault.azure.net
	ManagedHSMSuffix string // managedhsm.azure.net
	SQLSuffix        string // database.windows.net
	RegistrySuffix   string // azurecr.io
	IdentitySuffix   string // identity.azure.net: control-{location}.{suffix} in clientSecretUrl
	MetadataSubject  string // name in the certificate that signs attested documents: metadata.azure.com

	FederatedAudience string // audience of federated assertions: api://AzureADTokenExchange

	Resources []Resource // what tokens may be asked for
	Locations []Location // the first is the default
}

// Location is a region.
type Location struct {
	Name, DisplayName string // chinanorth, China North
}

// Resource is a service that tokens are issued for.
type Resource struct {
	Service Service
	AppID   string   // GUID of the first-party application
	URIs    []string // accepted audiences, without trailing slash; each holds with one too
}

// Service names a service that takes tokens.
type Service string

// The services that take tokens.
const (
	ResourceManager Service = "ResourceManager"
	Graph           Service = "Graph"
	AADGraph        Service = "AADGraph"
	Storage         Service = "Storage"
	KeyVault        Service = "KeyVault"
	ManagedHSM      Service = "ManagedHSM"
	SQL             Service = "SQL"
	TokenExchange   Service = "TokenExchange" // federated credentials: a managed identity's token used as an assertion
)

// All lists the clouds, the public one first.
func All() []Cloud { return []Cloud{public(), china(), usGovernment()} }

// ByName finds a cloud by the name that az and Terraform use, in any case.
func ByName(name string) (Cloud, error) {
	names := make([]string, 0, 3)
	for _, c := range All() {
		if strings.EqualFold(c.Name, name) {
			return c, nil
		}
		names = append(names, c.Name)
	}
	return Cloud{}, fmt.Errorf("no cloud is named %q: use %s", name, strings.Join(names, ", "))
}

// Resource finds the service that a requested resource or an audience names: one of its URIs, with or without a
// trailing slash, or its application id. The host is compared without case, as Entra does.
func (c Cloud) Resource(audience string) (Resource, bool) {
	bare := strings.TrimSuffix(audience, "/")
	for _, r := range c.Resources {
		if strings.EqualFold(r.AppID, audience) {
			return r, true
		}
		for _, uri := range r.URIs {
			if strings.EqualFold(uri, bare) {
				return r, true
			}
		}
	}
	// A storage account's own endpoint is an audience of the storage service too.
	if host, ok := strings.CutPrefix(strings.ToLower(bare), "https://"); ok {
		for _, endpoint := range []string{"blob", "queue", "table", "dfs", "file"} {
			account, ok := strings.CutSuffix(host, "."+endpoint+"."+c.StorageSuffix)
			if ok && account != "" && !strings.ContainsAny(account, "./") {
				return c.resource(Storage), true
			}
		}
	}
	return Resource{}, false
}

func (c Cloud) resource(s Service) Resource {
	for _, r := range c.Resources {
		if r.Service == s {
			return r
		}
	}
	return Resource{}
}

// Accepts reports whether a token for audience opens service.
func (c Cloud) Accepts(s Service, audience string) bool {
	r, ok := c.Resource(audience)
	return ok && r.Service == s
}

// Audiences lists the texts that Resource Manager's refusal of a wrong audience names: each URI with a slash, then
// without.
func (c Cloud) Audiences(s Service) []string {
	r := c.resource(s)
	out := make([]string, 0, 2*len(r.URIs))
	for _, uri := range r.URIs {
		out = append(out, uri+"/", uri)
	}
	return out
}

// Authority is the URL of the tenant's authority, without trailing slash.
func (c Cloud) Authority(tenant string) string { return "https://" + c.Login + "/" + tenant }

// IssuerV1 is the iss of v1 tokens.
func (c Cloud) IssuerV1(tenantID string) string { return "https://" + c.STS + "/" + tenantID + "/" }

// IssuerV2 is the iss of v2 tokens and of id_tokens.
func (c Cloud) IssuerV2(tenantID string) string {
	return "https://" + c.Login + "/" + tenantID + "/v2.0"
}

// Location finds a location by name or display name, as Resource Manager does: case and spaces do not count.
func (c Cloud) Location(name string) (Location, bool) {
	want := NormalLocation(name)
	for _, l := range c.Locations {
		if l.Name == want {
			return l, true
		}
	}
	return Location{}, false
}

// NormalLocation is the form in which locations are stored: lower-case, no spaces.
func NormalLocation(name string) string {
	return strings.ToLower(strings.ReplaceAll(name, " ", ""))
}
