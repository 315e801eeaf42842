package storage

import (
	"maps"
	"reflect"
	"slices"
	"strings"

	"github.com/alcedo-cloud/alcedo/internal/blob"
	"github.com/alcedo-cloud/alcedo/internal/resource"
)

// setting is a property of an account that a client may set.
type setting struct {
	name  string
	since string // the api-version that first shows it
	fixed bool   // it is settled at the creation
	// check gives the value in its normal form, false where it cannot be. Nothing else is stored.
	check func(v any) (any, bool)
}

// settings are the properties that are taken. What is not among them is not Azure's, and is left out as Azure does; what
// Azure has and alcedo has not is among them, and takes only the value that means "off".
func settings() []setting {
	return []setting{
		{"supportsHttpsTrafficOnly", "2016-12-01", false, boolean},
		{"accessTier", "2016-01-01", false, oneOf("Hot", "Cool", "Cold", "Premium")},
		{"minimumTlsVersion", "2019-06-01", false, oneOf("TLS1_0", "TLS1_1", "TLS1_2", "TLS1_3")},
		{"allowBlobPublicAccess", "2019-06-01", false, boolean},
		{"allowSharedKeyAccess", "2020-08-01-preview", false, boolean},
		{"allowCrossTenantReplication", "2021-02-01", false, boolean},
		{"defaultToOAuthAuthentication", "2021-06-01", false, boolean},
		{"publicNetworkAccess", "2021-06-01", false, oneOf("Enabled", "Disabled")},
		{"networkAcls", "2017-06-01", false, networkRules},
		{"encryption", "2016-01-01", false, encryption},
		{"sasPolicy", "2021-01-01", false, sasPolicy},
		{"keyPolicy", "2021-01-01", false, keyPolicy},
		{"isHnsEnabled", "2018-07-01", true, boolean},
		{"isNfsV3Enabled", "2021-01-01", true, off},
		{"isSftpEnabled", "2021-08-01", false, off},
		{"isLocalUserEnabled", "2021-08-01", false, boolean},
		{"largeFileSharesState", "2019-06-01", false, oneOf("Disabled")},
		{"dnsEndpointType", "2021-09-01", true, oneOf("Standard")},
		{"allowedCopyScope", "2021-08-01", false, nothing},
		{"customDomain", "2015-05-01-preview", false, noDomain},
		{"immutableStorageWithVersioning", "2021-06-01", true, versionImmutability},
		{"azureFilesIdentityBasedAuthentication", "2019-04-01", false, noFileIdentities},
		{"routingPreference", "2020-08-01-preview", false, microsoftRouting},
	}
}

func boolean(v any) (any, bool) {
	b, ok := v.(bool)
	return b, ok
}

func off(v any) (any, bool) { return false, v == false }

// versionImmutability says that versions in every new container may be immutable. An account's own policy for them is
// not offered.
func versionImmutability(v any) (any, bool) {
	set, ok := pick(v, "enabled", "immutabilityPolicy")
	enabled, is := set["enabled"].(bool)
	if !ok || len(set) > 1 || len(set) == 1 && !is {
		return nil, false
	}
	return map[string]any{"enabled": enabled}, true
}

func nothing(any) (any, bool) { return nil, false }

func oneOf(values ...string) func(any) (any, bool) {
	return func(v any) (any, bool) {
		text, ok := v.(string)
		i := slices.IndexFunc(values, func(known string) bool { return strings.EqualFold(known, text) })
		if !ok || i < 0 {
			return nil, false
		}
		return values[i], true
	}
}

// settleProperties makes the properties of ch.New those that are stored: what the client set, what was there before, and
// what Azure assumes at the creation.
func settleProperties(ch *resource.Change, size sku) error {
	given := make(map[string]any, len(ch.New.Properties))
	for name, v := range ch.New.Properties {
		given[strings.ToLower(name)] = v
	}
	stored := make(map[string]any)
	for _, s := range settings() {
		var had any
		if ch.Old != nil {
			had = ch.Old.Properties[s.name]
		}
		v := given[strings.ToLower(s.name)]
		if v == nil || same(v, had) {
			if had != nil {
				stored[s.name] = had
			}
			continue
		}
		normal, ok := s.check(v)
		if !ok {
			return invalidValues(s.name)
		}
		if s.fixed && ch.Old != nil && !same(normal, had) && !(had == nil && normal == false) {
			return unchangeable(s.name)
		}
		stored[s.name] = normal
	}
	if ch.Old == nil {
		assume(stored, ch.New.Kind, size, ch.Call.APIVersion)
	}
	if err := checkTier(stored, ch, size); err != nil {
		return err
	}
	ch.New.Properties = stored
	return nil
}

// assume fills in what Azure assumes at the creation. Source: the REST reference's StorageAccountCreateParameters, and
// the announcements that public access and cross-tenant replication are off for new accounts.
func assume(stored map[string]any, kind string, size sku, version string) {
	tier := any(nil)
	switch {
	case kind == kindBlockBlob:
		tier = premium
	case kind != kindV1 && size.Tier != premium:
		tier = "Hot"
	}
	for name, v := range map[string]any{
		"supportsHttpsTrafficOnly": version >= "2019-04-01", "allowBlobPublicAccess": false,
		"minimumTlsVersion": "TLS1_0", "allowCrossTenantReplication": false, "accessTier": tier,
		"networkAcls": map[string]any{
			"bypass": "AzureServices", "virtualNetworkRules": []any{}, "ipRules": []any{}, "defaultAction": "Allow",
		},
	} {
		if _, set := stored[name]; !set && v != nil {
			stored[name] = v
		}
	}
}

// checkTier refuses an access tier that the kind has not.
func checkTier(stored map[string]any, ch *resource.Change, size sku) error {
	tier, ok := stored["accessTier"].(string)
	if !ok {
		if ch.New.Kind == kindV2 && size.Tier != premium {
			stored["accessTier"] = "Hot" // upgraded from Storage
		}
		return nil
	}
	if ch.New.Kind == kindV1 || (tier == premium) != (ch.New.Kind == kindBlockBlob) {
		return invalidValues("accessTier")
	}
	return nil
}

// obey puts the stored settings into the account.
func obey(a *blob.Account, stored map[string]any) error {
	a.AllowSharedKeyAccess = stored["allowSharedKeyAccess"] != false // unset is allowed
	a.AllowBlobPublicAccess = stored["allowBlobPublicAccess"] == true
	a.SupportsHTTPSTrafficOnly = stored["supportsHttpsTrafficOnly"] == true
	a.HierarchicalNamespace = stored["isHnsEnabled"] == true
	immutable, _ := stored["immutableStorageWithVersioning"].(map[string]any)
	a.VersionImmutability = immutable["enabled"] == true
	a.MinimumTLSVersion, _ = stored["minimumTlsVersion"].(string)
	a.AccessTier, _ = stored["accessTier"].(string)
	rules, err := firewall(stored["networkAcls"])
	if err != nil {
		return err
	}
	rules.PublicDisabled = stored["publicNetworkAccess"] == "Disabled"
	a.Network = rules
	return nil
}

// same compares values of JSON.
func same(a, b any) bool { return reflect.DeepEqual(a, b) }

// pick keeps the members of v that are known, by their spelling here; v must be an object.
func pick(v any, names ...string) (map[string]any, bool) {
	object, ok := v.(map[string]any)
	if !ok {
		return nil, false
	}
	picked := maps.Clone(object)
	clear(picked)
	for name, value := range object {
		if i := slices.IndexFunc(names, func(known string) bool { return strings.EqualFold(known, name) }); i >= 0 && value != nil {
			picked[names[i]] = value
		}
	}
	return picked, true
}
