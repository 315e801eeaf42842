package storage

import (
	"context"
	"encoding/json"
	"strings"
	"time"

	"github.com/alcedo-cloud/alcedo/internal/blob"
	"github.com/alcedo-cloud/alcedo/internal/fault"
	"github.com/alcedo-cloud/alcedo/internal/resource"
)

// timeFormat is how the provider writes times.
const timeFormat = "2006-01-02T15:04:05.0000000Z"

// viewAccount adds what is not the client's to set, and takes away what the api-version does not know.
func (p *provider) viewAccount(ctx context.Context, call *resource.Call, doc *resource.Document) (*resource.Document, error) {
	a, ok, err := p.Accounts.Account(ctx, doc.Name)
	if err != nil {
		return nil, fault.Wrap("storage.viewAccount", err)
	}
	if !ok {
		return nil, fault.New(fault.Internal, "storage.viewAccount", "", "account "+doc.Name+" has no data plane")
	}
	var size sku
	if err := json.Unmarshal(doc.SKU, &size); err != nil {
		return nil, fault.Wrap("storage.viewAccount", err)
	}
	shown := *doc
	shown.Properties = map[string]any{
		"provisioningState": "Succeeded", "creationTime": a.Created.Format(timeFormat), "statusOfPrimary": "available",
		"primaryLocation": doc.Location, "primaryEndpoints": p.endpoints(doc, call.APIVersion, ""),
	}
	for _, s := range settings() {
		if v, set := doc.Properties[s.name]; set && call.APIVersion >= s.since {
			shown.Properties[s.name] = v
		}
	}
	p.viewReplica(&shown, size, call.APIVersion)
	viewDated(&shown, a, call.APIVersion)
	if call.APIVersion <= version2015 {
		shown.Properties["accountType"] = size.Name
		shown.SKU, shown.Kind = nil, ""
	}
	return &shown, nil
}

// viewDated adds the members that came with later api-versions.
func viewDated(doc *resource.Document, a *blob.Account, version string) {
	created := a.Created.Format(timeFormat)
	if version >= "2016-12-01" {
		service := map[string]any{"enabled": true, "lastEnabledTime": created}
		if version >= "2019-06-01" {
			service["keyType"] = "Account"
		}
		shown := map[string]any{"keySource": "Microsoft.Storage", "services": map[string]any{"blob": service, "file": service}}
		if set, ok := doc.Properties["encryption"].(map[string]any); ok {
			for name, v := range set {
				shown[name] = v
			}
		}
		doc.Properties["encryption"] = shown
	}
	if version >= "2019-06-01" {
		doc.Properties["privateEndpointConnections"] = []any{}
	}
	if version >= "2021-02-01" {
		doc.Properties["keyCreationTime"] = map[string]any{
			"key1": a.Keys[0].Created.Format(timeFormat), "key2": a.Keys[1].Created.Format(timeFormat),
		}
	}
}

// viewReplica adds the second region.
func (p *provider) viewReplica(doc *resource.Document, size sku, version string) {
	second, readable := size.replicated()
	if !second {
		return
	}
	if other := p.paired(doc.Location); other != "" {
		doc.Properties["secondaryLocation"], doc.Properties["statusOfSecondary"] = other, "available"
	}
	if readable {
		doc.Properties["secondaryEndpoints"] = p.endpoints(doc, version, "-secondary")
	}
}

// endpoints are the addresses of the account's services, those that alcedo does not serve included, as clients look for
// all of them.
func (p *provider) endpoints(doc *resource.Document, version, suffix string) map[string]any {
	var services []string
	switch doc.Kind {
	case kindBlob:
		services = []string{"dfs", "blob", "table"}
	case kindBlockBlob:
		services = []string{"dfs", "web", "blob"}
	case kindV2:
		services = []string{"dfs", "web", "blob", "queue", "table", "file"}
	default:
		services = []string{"blob", "queue", "table", "file"}
	}
	all := make(map[string]any, len(services))
	for _, s := range services {
		host := s
		switch {
		case (s == "web" || s == "dfs") && version < "2018-03":
			continue
		case s == "file" && suffix != "": // the second region of files is never read
			continue
		case s == "web":
			host = "z1.web"
		}
		all[s] = "https://" + doc.Name + suffix + "." + host + "." + p.Cloud.StorageSuffix + "/"
	}
	return all
}

// paired is the region that a location replicates to, "" where it is not known: the other of the same name and number.
// Source: learn.microsoft.com "Azure region pairs".
func (p *provider) paired(location string) string {
	for _, pair := range [][2]string{
		{"chinanorth", "chinaeast"},
		{"chinanorth2", "chinaeast2"},
		{"eastus", "westus"},
		{"eastus2", "centralus"},
		{"northcentralus", "southcentralus"},
		{"westus2", "westcentralus"},
		{"canadacentral", "canadaeast"},
		{"northeurope", "westeurope"},
		{"uksouth", "ukwest"},
		{"francecentral", "francesouth"},
		{"germanywestcentral", "germanynorth"},
		{"switzerlandnorth", "switzerlandwest"},
		{"eastasia", "southeastasia"},
		{"japaneast", "japanwest"},
		{"koreacentral", "koreasouth"},
		{"australiaeast", "australiasoutheast"},
		{"southindia", "centralindia"},
		{"usgovvirginia", "usgovtexas"},
		{"usdodeast", "usdodcentral"},
	} {
		for i, name := range pair {
			if name == location {
				return pair[1-i]
			}
		}
	}
	return ""
}

// queryOf reads a parameter in any case, as Resource Manager does.
func queryOf(call *resource.Call, name string) string {
	for key, values := range call.Query {
		if strings.EqualFold(key, name) && len(values) > 0 {
			return values[0]
		}
	}
	return ""
}

// moment writes a time of an answer; the zero time is left out by its caller.
func moment(t time.Time) string { return t.UTC().Format(timeFormat) }
