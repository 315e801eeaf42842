package sql

import (
	"context"
	"slices"
	"strings"

	"github.com/alcedo-cloud/alcedo/internal/resource"
)

type object = map[string]any

// listCapabilities says what databases and pools a location offers. Clients look up there how a SKU is called.
// Source: learn.microsoft.com/rest/api/sql/capabilities/list-by-location.
func (p *provider) listCapabilities(_ context.Context, call *resource.Call) (*resource.Answer, error) {
	location, ok := p.Cloud.Location(call.ID.Names[0])
	if !ok {
		return nil, noLocation(call)
	}
	group := strings.ToLower(call.Query.Get("include"))
	known := []string{"", "supportededitions", "supportedelasticpooleditions", "supportedmanagedinstanceversions", "supportedinstancepooleditions", "supportedmanagedinstanceeditions"}
	if !slices.Contains(known, group) {
		return nil, invalid("include")
	}
	version := object{"name": "12.0", "status": "Default", "supportedEditions": []any{}, "supportedElasticPoolEditions": []any{}}
	if group == "" || group == "supportededitions" {
		version["supportedEditions"] = databaseCapabilities()
	}
	if group == "" || group == "supportedelasticpooleditions" {
		version["supportedElasticPoolEditions"] = poolCapabilities()
	}
	return &resource.Answer{Body: object{
		"name": location.DisplayName, "status": "Available", "supportedServerVersions": []any{version}, "supportedManagedInstanceVersions": []any{},
	}}, nil
}

func status(standard bool) string {
	if standard {
		return "Default"
	}
	return "Available"
}

// sizes is a range of sizes in gigabytes.
func sizes(most int64) []any {
	gigabytes := func(n int64) object { return object{"limit": n, "unit": "Gigabytes"} }
	return []any{object{
		"minValue": gigabytes(1), "maxValue": gigabytes(most / gib), "scaleSize": gigabytes(1),
		"logSize": object{"limit": 30, "unit": "Percent"}, "status": "Default",
	}}
}

func databaseCapabilities() []any {
	standard, _ := findObjective(standardObjective)
	out := []any{}
	for _, e := range editions() {
		objectives := []any{}
		for _, o := range e.objectives {
			row := object{
				"name": o.name, "status": status(o.name == e.standard), "sku": o.sku, "zoneRedundant": false,
				"performanceLevel":  object{"value": o.sku.Capacity, "unit": e.unit},
				"supportedMaxSizes": sizes(o.most), "includedMaxSize": object{"limit": o.standard / gib, "unit": "Gigabytes"},
				"supportedLicenseTypes": []any{}, "computeModel": "Provisioned",
			}
			if o.serverless {
				row["computeModel"] = "Serverless"
				row["supportedAutoPauseDelay"] = object{"minValue": 15, "maxValue": 10080, "stepSize": 1, "default": 60, "unit": "Minutes", "doNotPauseValue": -1}
				row["supportedMinCapacities"] = []any{object{"value": 0.5, "status": "Default"}}
			}
			objectives = append(objectives, row)
		}
		out = append(out, object{
			"name": e.name, "status": status(e.name == standard.sku.Tier), "zoneRedundant": false, "supportedServiceLevelObjectives": objectives,
			"readScale": object{"maxNumberOfReplicas": 0, "status": "Available"}, "supportedStorageCapabilities": []any{},
		})
	}
	return out
}

func poolCapabilities() []any {
	out := []any{}
	var levels []any
	all := poolSizes()
	for i, s := range all {
		unit := "VCores"
		if s.sku.Family == "" {
			unit = "DTU"
		}
		first := i == 0 || all[i-1].sku.Tier != s.sku.Tier
		if first {
			levels = []any{}
		}
		levels = append(levels, object{
			"performanceLevel": object{"value": s.sku.Capacity, "unit": unit}, "sku": s.sku, "status": status(first), "maxDatabaseCount": 100,
			"supportedMaxSizes": sizes(s.most), "includedMaxSize": object{"limit": min(s.most, 50*gib) / gib, "unit": "Gigabytes"}, "zoneRedundant": false,
			"supportedPerDatabaseMaxSizes": sizes(s.most), "supportedLicenseTypes": []any{},
			"supportedPerDatabaseMaxPerformanceLevels": []any{object{
				"limit": s.sku.Capacity, "unit": unit, "status": "Default",
				"supportedPerDatabaseMinPerformanceLevels": []any{object{"limit": 0, "unit": unit, "status": "Default"}},
			}},
		})
		if i == len(all)-1 || all[i+1].sku.Tier != s.sku.Tier {
			out = append(out, object{
				"name": s.sku.Tier, "status": status(s.sku.Tier == "Standard"), "zoneRedundant": false, "supportedElasticPoolPerformanceLevels": levels,
			})
		}
	}
	return out
}
