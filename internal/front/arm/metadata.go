package arm

import (
	"encoding/json"
	"errors"
	"net/http"
	"strings"

	"github.com/alcedo-cloud/alcedo/internal/cloud"
	"github.com/alcedo-cloud/alcedo/internal/fault"
	"github.com/alcedo-cloud/alcedo/internal/httpx"
	"github.com/alcedo-cloud/alcedo/internal/resource"
)

// metadata are the documents that tell clients the cloud's names, in the four shapes that have been. They are made once.
type metadata struct {
	v2015, v2018, v2019, v2022 json.RawMessage
	err                        error // they could not be made
}

// isMetadata reports whether a clean path is that of the documents.
func isMetadata(path string) bool { return strings.EqualFold(path, "/metadata/endpoints") }

// endpoints answers the metadata documents to anybody. An api-version between two shapes gets the older one; none at all
// gets the oldest.
func (f *front) endpoints(r *http.Request, x *exchange, version string) (*httpx.Response, error) {
	if r.Method != http.MethodGet && r.Method != http.MethodHead {
		return nil, fault.Newf(fault.Unsupported, "arm.endpoints", "MethodNotAllowed",
			"The requested resource does not support http method '%s'.", r.Method)
	}
	if version != "" {
		if err := (&resource.Request{Path: "/", APIVersion: version}).Check(); err != nil {
			return nil, err
		}
	}
	if f.metadata.err != nil {
		return nil, f.metadata.err
	}
	body := f.metadata.v2015
	switch {
	case version >= "2022-09-01":
		body = f.metadata.v2022
	case version >= "2019-05-01":
		body = f.metadata.v2019
	case version >= "2018-01-01":
		body = f.metadata.v2018
	}
	return &httpx.Response{Status: http.StatusOK, Header: x.header, Body: body}, nil
}

type authentication struct {
	LoginEndpoint    string   `json:"loginEndpoint"`
	Audiences        []string `json:"audiences"`
	Tenant           string   `json:"tenant,omitempty"`
	IdentityProvider string   `json:"identityProvider,omitempty"`
}

type suffixes struct {
	AzureDataLakeStoreFileSystem        string `json:"azureDataLakeStoreFileSystem"`
	ACRLoginServer                      string `json:"acrLoginServer"`
	SQLServerHostname                   string `json:"sqlServerHostname"`
	AzureDataLakeAnalyticsCatalogAndJob string `json:"azureDataLakeAnalyticsCatalogAndJob"`
	KeyVaultDNS                         string `json:"keyVaultDns"`
	Storage                             string `json:"storage"`
	AzureFrontDoorEndpointSuffix        string `json:"azureFrontDoorEndpointSuffix"`
	StorageSyncEndpointSuffix           string `json:"storageSyncEndpointSuffix"`
	MHSMDNS                             string `json:"mhsmDns"`
	MySQLServerEndpoint                 string `json:"mysqlServerEndpoint"`
	PostgreSQLServerEndpoint            string `json:"postgresqlServerEndpoint"`
	MariaDBServerEndpoint               string `json:"mariadbServerEndpoint"`
	SynapseAnalytics                    string `json:"synapseAnalytics"`
	AttestationEndpoint                 string `json:"attestationEndpoint"`
}

// environment is a cloud in the shapes of 2019-05-01 and 2022-09-01. Services that alcedo does not answer for are "".
type environment struct {
	Portal                              string         `json:"portal"`
	Authentication                      authentication `json:"authentication"`
	Media                               string         `json:"media"`
	GraphAudience                       string         `json:"graphAudience"`
	Graph                               string         `json:"graph"`
	Name                                string         `json:"name"`
	Suffixes                            suffixes       `json:"suffixes"`
	Batch                               string         `json:"batch"`
	ResourceManager                     string         `json:"resourceManager"`
	VMImageAliasDoc                     string         `json:"vmImageAliasDoc"`
	ActiveDirectoryDataLake             string         `json:"activeDirectoryDataLake"`
	SQLManagement                       string         `json:"sqlManagement"`
	MicrosoftGraphResourceID            string         `json:"microsoftGraphResourceId"`
	AppInsightsResourceID               string         `json:"appInsightsResourceId"`
	AppInsightsTelemetryChannelResource string         `json:"appInsightsTelemetryChannelResourceId"`
	AttestationResourceID               string         `json:"attestationResourceId"`
	SynapseAnalyticsResourceID          string         `json:"synapseAnalyticsResourceId"`
	LogAnalyticsResourceID              string         `json:"logAnalyticsResourceId"`
	OSSRDBMSResourceID                  string         `json:"ossrDbmsResourceId"`
	Gallery                             string         `json:"gallery"`
}

// environmentOf fills the document from the cloud's names.
func environmentOf(c cloud.Cloud) environment {
	return environment{
		Portal:         "https://" + c.Portal,
		Authentication: authentication{"https://" + loginHost(c), audiencesOf(c), "common", "AAD"},
		GraphAudience:  "https://" + c.AADGraph + "/", Graph: "https://" + c.AADGraph + "/", Name: c.Name,
		Suffixes: suffixes{
			ACRLoginServer: c.RegistrySuffix, SQLServerHostname: c.SQLSuffix, KeyVaultDNS: c.KeyVaultSuffix,
			Storage: c.StorageSuffix, MHSMDNS: c.ManagedHSMSuffix,
		},
		Batch: "https://" + c.Batch + "/", ResourceManager: "https://" + c.ResourceManager + "/", VMImageAliasDoc: c.VMImageAliases,
		SQLManagement: "https://" + c.SQLManagement + "/", MicrosoftGraphResourceID: "https://" + c.Graph + "/",
		Gallery: "https://" + c.Gallery + "/",
	}
}

// loginHost is the authority's name in these documents. It must be one that MSAL takes for known without asking.
func loginHost(c cloud.Cloud) string { return prefer(c, "login.chinacloudapi.cn") }

// audiencesOf are Resource Manager's audiences, the classic one first.
func audiencesOf(c cloud.Cloud) []string {
	return []string{"https://" + c.Management, "https://" + c.ResourceManager}
}

// newMetadata makes the documents.
func newMetadata(own cloud.Cloud) (m metadata) {
	type oldest struct {
		GalleryEndpoint string         `json:"galleryEndpoint"`
		GraphEndpoint   string         `json:"graphEndpoint"`
		PortalEndpoint  string         `json:"portalEndpoint"`
		Authentication  authentication `json:"authentication"`
	}
	type endpoint struct {
		Endpoint  string   `json:"endpoint"`
		Locations []string `json:"locations"`
	}
	type regional struct {
		CloudEndpoint map[string]endpoint `json:"cloudEndpoint"`
	}
	regions := regional{make(map[string]endpoint)}
	list := []environment{environmentOf(own)}
	for _, c := range cloud.All() {
		e := endpoint{Endpoint: c.ResourceManager}
		for _, l := range c.Locations {
			e.Locations = append(e.Locations, l.Name)
		}
		regions.CloudEndpoint[cloudKey(c.Name)] = e
		if c.Name != own.Name {
			list = append(list, environmentOf(c))
		}
	}
	documents := []struct {
		into *json.RawMessage
		from any
	}{
		{&m.v2015, oldest{
			"https://" + own.Gallery + "/", "https://" + own.AADGraph + "/", "https://" + own.Portal + "/",
			authentication{LoginEndpoint: "https://" + loginHost(own) + "/", Audiences: own.Audiences(cloud.ResourceManager)},
		}},
		{&m.v2018, regions},
		{&m.v2019, list},
		{&m.v2022, list[0]},
	}
	for _, d := range documents {
		text, err := json.Marshal(d.from)
		*d.into, m.err = text, errors.Join(m.err, err)
	}
	return m
}

// cloudKey is a cloud's key in the shape of 2018-01-01.
func cloudKey(name string) string {
	switch name {
	case "AzureChinaCloud":
		return "chinaCloud"
	case "AzureUSGovernment":
		return "usGovCloud"
	}
	return "public"
}
