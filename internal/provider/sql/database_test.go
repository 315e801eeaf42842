package sql_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/alcedo-cloud/alcedo/internal/fault"
)

const (
	db  = srv + "/databases/db"
	gib = int64(1) << 30
)

func TestCreateDatabase(t *testing.T) {
	w := withServer(t)
	w.do("PUT", db, `{"location":"chinanorth","sku":{"name":"S0"},"tags":{"a":"b"}}`).ok(201).want(map[string]any{
		"kind": "v12.0,user", "sku.name": "Standard", "sku.tier": "Standard", "sku.capacity": 10, "tags.a": "b", "managedBy": nil,
		"properties.collation": "SQL_Latin1_General_CP1_CI_AS", "properties.maxSizeBytes": 250 * gib, "properties.status": "Online",
		"properties.currentServiceObjectiveName": "S0", "properties.requestedServiceObjectiveName": "S0", "properties.currentSku.name": "Standard",
		"properties.zoneRedundant": false, "properties.readScale": "Disabled", "properties.databaseId": "00000000-0000-0000-0000-000000000001",
		"properties.creationDate": "2026-11-23T12:00:00Z", "properties.requestedBackupStorageRedundancy": "Geo",
	})
	d := w.databases()["db"]
	if d.Settings.Edition != "Standard" || d.Settings.Objective != "S0" || d.Settings.MaxBytes != 250*gib || d.Settings.Retention != 7*24*time.Hour || d.Settings.Copy != nil {
		t.Errorf("the service has %+v", d)
	}
	w.do("PATCH", db, `{"sku":{"name":"P1"},"properties":{"maxSizeBytes":1073741824}}`).ok(200).want(map[string]any{
		"sku.tier": "Premium", "sku.capacity": 125, "properties.currentServiceObjectiveName": "P1", "properties.maxSizeBytes": gib, "tags.a": "b",
	})
	w.do("PATCH", db, `{"tags":{"c":"d"}}`).ok(200).want(map[string]any{"properties.currentServiceObjectiveName": "P1", "properties.maxSizeBytes": gib, "tags.c": "d"})
	w.do("PATCH", db, `{"properties":{"maxSizeBytes":536870912000}}`).ok(200)
	w.do("PATCH", db, `{"sku":{"name":"Basic"}}`).ok(200).want(map[string]any{"properties.maxSizeBytes": 2 * gib}) // more it cannot have
	w.do("PATCH", db, `{"sku":{"name":"P1"},"properties":{"maxSizeBytes":1073741824}}`).ok(200)
	w.do("PUT", db, `{"location":"chinanorth"}`).ok(200).want(map[string]any{"properties.currentServiceObjectiveName": "P1", "properties.databaseId": "00000000-0000-0000-0000-000000000001"})
	if d := w.databases()["db"]; d.Settings.Objective != "P1" || d.Settings.MaxBytes != gib {
		t.Errorf("the service has %+v", d)
	}
	w.do("GET", srv+"/databases", "").ok(200).want(map[string]any{"value.0.name": "db", "value.1.name": "master", "value.2": nil})
	w.do("DELETE", db, "").ok(200)
	w.do("DELETE", db, "").ok(204)
	w.do("DELETE", srv, "").ok(200)
	w.do("PUT", srv, minimal).ok(201) // nothing of the old one is in the way
	if n := len(w.databases()); n != 0 {
		t.Errorf("%d databases", n)
	}
}

func TestObjectives(t *testing.T) {
	w := withServer(t)
	for i, c := range []struct{ sku, objective, tier, kind string }{
		{``, "GP_Gen5_2", "GeneralPurpose", "v12.0,user,vcore"},
		{`"sku":{"name":"basic"},`, "Basic", "Basic", "v12.0,user"},
		{`"sku":{"name":"Standard","tier":"Standard","capacity":50},`, "S2", "Standard", "v12.0,user"},
		{`"sku":{"name":"Standard"},`, "S0", "Standard", "v12.0,user"},
		{`"sku":{"name":"GP_Gen5","family":"Gen5","capacity":4},`, "GP_Gen5_4", "GeneralPurpose", "v12.0,user,vcore"},
		{`"sku":{"name":"BC_Gen5_8","tier":"BusinessCritical"},`, "BC_Gen5_8", "BusinessCritical", "v12.0,user,vcore"},
		{`"sku":{"name":"HS_Gen5_2"},`, "HS_Gen5_2", "Hyperscale", "v12.0,user,vcore"},
		{`"sku":{"name":"GP_S_Gen5_1"},`, "GP_S_Gen5_1", "GeneralPurpose", "v12.0,user,vcore,serverless"},
	} {
		a := w.do("PUT", fmt.Sprintf("%s/databases/d%d", srv, i), `{`+c.sku+`"location":"chinanorth"}`).ok(201)
		a.want(map[string]any{"properties.currentServiceObjectiveName": c.objective, "sku.tier": c.tier, "kind": c.kind})
	}
	w.do("GET", srv+"/databases/d7", "").ok(200).want(map[string]any{"properties.autoPauseDelay": 60, "properties.minCapacity": 0.5})
	w.do("PATCH", srv+"/databases/d7", `{"properties":{"autoPauseDelay":-1}}`).ok(200).want(map[string]any{"properties.autoPauseDelay": -1})
	w.do("PATCH", srv+"/databases/d7", `{"properties":{"autoPauseDelay":3}}`).refused(fault.Invalid, "InvalidAutoPauseDelay", "between 15")
	w.do("PATCH", srv+"/databases/d7", `{"properties":{"minCapacity":2.5}}`).refused(fault.Invalid, "InvalidMinCapacity", "does not support the min capacity '2.5'")
	// The oldest versions name the objective in the properties.
	w.do("PUT", srv+"/databases/old?api-version=2014-04-01", `{"location":"chinanorth","properties":{"edition":"Standard","requestedServiceObjectiveName":"S3","maxSizeBytes":"1073741824"}}`).
		ok(201).want(map[string]any{"properties.currentServiceObjectiveName": "S3", "properties.maxSizeBytes": gib})
}

// TestEmptySettings sends a database and a pool as Terraform does, with every setting that has no value.
func TestEmptySettings(t *testing.T) {
	w := withServer(t)
	const empty = `{"location":"chinanorth","sku":{"name":"S0"},"properties":{"autoPauseDelay":0,"collation":"","createMode":"Default",` +
		`"elasticPoolId":"","highAvailabilityReplicaCount":0,"isLedgerOn":false,"licenseType":"","minCapacity":0,"sampleName":"","secondaryType":""}}`
	for _, status := range []int{201, 200} {
		body := w.do("PUT", db, empty).ok(status).want(map[string]any{"properties.collation": "SQL_Latin1_General_CP1_CI_AS"})
		for _, name := range []string{"licenseType", "secondaryType", "autoPauseDelay", "minCapacity"} {
			body.want(map[string]any{"properties." + name: nil})
		}
	}
	w.do("PUT", srv+"/elasticPools/p", `{"location":"chinanorth","sku":{"name":"StandardPool","capacity":50},"properties":{"licenseType":""}}`).
		ok(201).want(map[string]any{"properties.licenseType": nil})
}

func TestBadDatabases(t *testing.T) {
	w := withServer(t)
	at := func(rest string) string { return `{"location":"chinanorth"` + rest + `}` }
	props := func(properties string) string { return at(`,"properties":{` + properties + `}`) }
	for _, c := range []struct{ name, body, code, text string }{
		{"master", at(""), "CannotUseReservedDatabaseName", "reserved"},
		{"TempDB", at(""), "CannotUseReservedDatabaseName", "reserved"},
		{strings.Repeat("d", 129), at(""), "InvalidParameterValue", "databaseName"},
		{"db", `{"location":"chinaeast"}`, "InvalidParameterValue", "location"},
		{"db", at(`,"sku":{"name":"S99"}`), "InvalidSku", "The sku 'S99' specified is invalid."},
		{"db", at(`,"sku":{"name":"S0","tier":"Premium"}`), "InvalidTierSkuCombination", "does not support sku 'S0'"},
		{"db", at(`,"sku":{"name":"GP_Gen5","capacity":3}`), "InvalidSku", "GP_Gen5"},
		{"db", at(`,"sku":7`), "InvalidParameterValue", "sku"},
		{"db", props(`"maxSizeBytes":99999999999999999`), "InvalidMaxSizeTierCombination", "does not support"},
		{"db", props(`"maxSizeBytes":-1`), "InvalidMaxSizeTierCombination", "does not support"},
		{"db", props(`"collation":"Nonsense"`), "InvalidCollation", "Collation is not valid"},
		{"db", props(`"collation":7`), "InvalidParameterValue", "collation"},
		{"db", props(`"readScale":"Maybe"`), "InvalidParameterValue", "readScale"},
		{"db", props(`"requestedBackupStorageRedundancy":"Mars"`), "InvalidParameterValue", "requestedBackupStorageRedundancy"},
		{"db", props(`"autoPauseDelay":60`), "InvalidAutoPauseDelay", "does not support auto pause"},
		{"db", props(`"sampleName":"AdventureWorksLT"`), "FeatureNotSupported", "sampleName"},
		{"db", props(`"isLedgerOn":true`), "FeatureNotSupported", "isLedgerOn"},
		{"db", props(`"createMode":"Secondary"`), "FeatureNotSupported", "'Secondary'"},
		{"db", props(`"createMode":"Guess"`), "InvalidParameterValue", "createMode"},
		{"db", props(`"createMode":"Copy"`), "InvalidParameterValue", "sourceDatabaseId"},
		{"db", props(`"createMode":"Copy","sourceDatabaseId":"` + srv + `"`), "InvalidParameterValue", "sourceDatabaseId"},
		{"db", props(`"createMode":"Copy","sourceDatabaseId":"` + srv + `/databases/master"`), "CannotUseReservedDatabaseName", ""},
		{"db", props(`"elasticPoolId":"` + servers + `other/elasticPools/p"`), "InvalidParameterValue", "elasticPoolId"},
	} {
		w.do("PUT", srv+"/databases/"+c.name, c.body).refused(fault.Invalid, c.code, c.text)
	}
	w.do("PUT", db, props(`"createMode":"Copy","sourceDatabaseId":"`+srv+`/databases/none"`)).refused(fault.NotFound, "SourceDatabaseNotFound", "does not exist")
	w.do("PUT", db, props(`"elasticPoolId":"`+srv+`/elasticPools/none"`)).refused(fault.NotFound, "ElasticPoolNotFound", "none")
	w.do("PUT", servers+"none/databases/db", at("")).refused(fault.NotFound, "ParentResourceNotFound", "none")
	w.do("PATCH", srv+"/databases/master", `{"tags":{"a":"b"}}`).refused(fault.Invalid, "CannotUseReservedDatabaseName", "")
	w.do("DELETE", srv+"/databases/master", "").refused(fault.Invalid, "CannotUseReservedDatabaseName", "")
	w.do("PUT", db, at("")).ok(201)
	w.do("PATCH", db, `{"properties":{"collation":"Latin1_General_BIN2"}}`).refused(fault.Invalid, "InvalidParameterValue", "collation")
	if n := len(w.databases()); n != 1 {
		t.Errorf("%d databases: a refusal left one behind", n)
	}
}

func TestCopy(t *testing.T) {
	w := withServer(t)
	w.do("PUT", db, `{"location":"chinanorth","sku":{"name":"S1"},"properties":{"collation":"Latin1_General_BIN2"}}`).ok(201)
	body := `{"location":"chinanorth","properties":{"createMode":"Copy","sourceDatabaseId":"` + db + `"}}`
	w.do("PUT", srv+"/databases/twin", body).ok(201).want(map[string]any{
		"properties.collation": "Latin1_General_BIN2", "properties.currentServiceObjectiveName": "S1", "properties.createMode": nil, "properties.sourceDatabaseId": nil,
	})
	if c := w.databases()["twin"].Settings.Copy; c == nil || c.Server != "srv" || c.Database != "db" || !c.Deleted.IsZero() {
		t.Errorf("copied from %+v", c)
	}
	// Whoever may make databases may not copy what they may not read.
	other := strings.Replace(srv, "/rg/", "/rg2/", 1)
	w.do("PUT", other+"2", minimal).ok(201)
	grant := "/subscriptions/" + subscription + "/resourceGroups/rg2"
	w.grant("nobody", grant, people()["owner"][1])
	w.as("nobody", "PUT", other+"2/databases/stolen", body).refused(fault.Denied, "LinkedAuthorizationFailed", "")
}

func TestRename(t *testing.T) {
	w := withServer(t)
	w.do("PUT", db, `{"location":"chinanorth"}`).ok(201)
	w.do("PUT", srv+"/databases/other", `{"location":"chinanorth"}`).ok(201)
	move := func(to string) outcome { return w.do("POST", db+"/move", `{"id":"`+to+`"}`) }
	move(srv+"/databases/other").refused(fault.Exists, "DatabaseAlreadyExists", "other")
	move(srv+"/databases/master").refused(fault.Invalid, "CannotUseReservedDatabaseName", "")
	move(servers+"srv2/databases/new").refused(fault.Invalid, "InvalidParameterValue", "id")
	move("nonsense").refused(fault.Invalid, "InvalidParameterValue", "id")
	w.do("POST", srv+"/databases/none/move", `{"id":"`+srv+`/databases/new"}`).refused(fault.NotFound, "ResourceNotFound", "none")
	move(srv + "/databases/New").ok(200)
	w.do("GET", db, "").refused(fault.NotFound, "ResourceNotFound", "db")
	w.do("GET", srv+"/databases/new", "").ok(200).want(map[string]any{"name": "New", "id": srv + "/databases/New"})
	if all := w.databases(); len(all) != 2 || all["New"].ID == 0 {
		t.Errorf("the service has %+v", all)
	}
	w.do("POST", srv+"/databases/new/move", `{"id":"`+srv+`/databases/NEW"}`).ok(200)
	w.do("GET", srv+"/databases/new", "").ok(200).want(map[string]any{"name": "NEW"})
}

func TestRestore(t *testing.T) {
	w := withServer(t)
	w.do("PUT", db, `{"location":"chinanorth","sku":{"name":"S2"},"properties":{"collation":"Latin1_General_BIN2"}}`).ok(201)
	w.clock.Advance(time.Hour)
	w.do("DELETE", db, "").ok(200)
	dropped := w.do("GET", srv+"/restorableDroppedDatabases", "").ok(200).want(map[string]any{
		"value.0.properties.databaseName": "db", "value.0.properties.deletionDate": "2026-11-23T13:00:00.123Z", "value.0.sku.capacity": 50, "value.1": nil,
	})
	id, _ := dropped.at("value.0.id").(string)
	if !strings.HasPrefix(id, srv+"/restorableDroppedDatabases/db,134") {
		t.Errorf("id %s", id)
	}
	w.do("GET", id, "").ok(200).want(map[string]any{"name": id[strings.LastIndexByte(id, '/')+1:]})
	w.do("GET", srv+"/restorableDroppedDatabases/db,1", "").refused(fault.NotFound, "ResourceNotFound", "db,1")
	restore := func(properties string) string {
		return `{"location":"chinanorth","properties":{"createMode":"Restore",` + properties + `}}`
	}
	for properties, code := range map[string]string{
		`"sourceDatabaseId":"` + db + `"`:                                                              "FeatureNotSupported",
		`"sourceDatabaseId":"` + db + `","sourceDatabaseDeletionDate":"yesterday"`:                     "InvalidParameterValue",
		`"restorableDroppedDatabaseId":"` + srv + `/restorableDroppedDatabases/db"`:                    "InvalidParameterValue",
		`"restorableDroppedDatabaseId":"` + id + `","restorePointInTime":"2026-11-23T12:30:00Z"`:       "FeatureNotSupported",
		`"restorableDroppedDatabaseId":"` + id + `","restorePointInTime":"2026-11-23T14:00:00Z"`:       "InvalidParameterValue",
		`"restorableDroppedDatabaseId":"` + servers + `other/restorableDroppedDatabases/db,134000000"`: "InvalidParameterValue",
	} {
		w.do("PUT", srv+"/databases/back", restore(properties)).refused(fault.Invalid, code, "")
	}
	w.do("PUT", srv+"/databases/back", restore(`"sourceDatabaseId":"`+db+`","sourceDatabaseDeletionDate":"2026-11-23T11:00:00Z"`)).
		refused(fault.NotFound, "SourceDatabaseNotFound", "")
	w.do("PUT", srv+"/databases/back", restore(`"sourceDatabaseId":"`+db+`","sourceDatabaseDeletionDate":"2026-11-23T13:00:00.123Z"`)).
		ok(201).want(map[string]any{"properties.currentServiceObjectiveName": "S2", "properties.sourceDatabaseDeletionDate": nil, "properties.collation": "Latin1_General_BIN2"})
	if d := w.databases()["back"]; d.Settings.Objective != "S2" || d.Settings.Edition != "Standard" {
		t.Errorf("restored as %+v", d)
	}
	w.do("GET", srv+"/restorableDroppedDatabases", "").ok(200).want(map[string]any{"value.0": nil})
}

func TestRetention(t *testing.T) {
	w := withServer(t)
	w.do("PUT", db, `{"location":"chinanorth","sku":{"name":"S0"}}`).ok(201)
	policy := db + "/backupShortTermRetentionPolicies/default"
	w.do("GET", policy, "").ok(200).want(map[string]any{"properties.retentionDays": 7, "properties.diffBackupIntervalInHours": 12})
	w.do("PUT", policy, `{"properties":{"retentionDays":35,"diffBackupIntervalInHours":24}}`).ok(200).want(map[string]any{"properties.retentionDays": 35})
	w.do("GET", db+"/backupShortTermRetentionPolicies", "").ok(200).want(map[string]any{"value.0.properties.diffBackupIntervalInHours": 24})
	w.do("PATCH", db, `{"tags":{"a":"b"}}`).ok(200)
	if got := w.databases()["db"].Settings.Retention; got != 35*24*time.Hour {
		t.Errorf("the service keeps it for %v", got)
	}
	w.do("PUT", policy, `{"properties":{"retentionDays":36}}`).refused(fault.Invalid, "InvalidBackupRetentionPeriod", "1 and 35")
	w.do("PUT", policy, `{"properties":{"diffBackupIntervalInHours":6}}`).refused(fault.Invalid, "InvalidParameterValue", "diffBackupIntervalInHours")
	w.do("PUT", srv+"/databases/master/backupShortTermRetentionPolicies/default", `{"properties":{"retentionDays":3}}`).refused(fault.Invalid, "CannotUseReservedDatabaseName", "")
	w.do("GET", srv+"/databases/none/backupShortTermRetentionPolicies/default", "").refused(fault.NotFound, "ParentResourceNotFound", "none")
}

func TestElasticPools(t *testing.T) {
	w := withServer(t)
	pool := srv + "/elasticPools/pool"
	w.do("PUT", pool, `{"location":"chinanorth"}`).ok(201).want(map[string]any{"sku.name": "StandardPool", "sku.capacity": 50, "kind": "pool", "properties.state": "Ready", "properties.perDatabaseSettings.maxCapacity": 50})
	w.do("PUT", pool, `{"location":"chinanorth","sku":{"name":"GP_Gen5","tier":"GeneralPurpose","capacity":4},"properties":{"perDatabaseSettings":{"minCapacity":0.25,"maxCapacity":2}}}`).
		ok(200).want(map[string]any{"kind": "vcore,pool", "sku.family": "Gen5", "properties.perDatabaseSettings.minCapacity": 0.25})
	for body, code := range map[string]string{
		`{"location":"chinanorth","sku":{"name":"Nope"}}`:                                       "InvalidSku",
		`{"location":"chinaeast"}`:                                                              "InvalidResourceLocation",
		`{"location":"chinanorth","properties":{"perDatabaseSettings":{"maxCapacity":9999}}}`:   "InvalidParameterValue",
		`{"location":"chinanorth","properties":{"maxSizeBytes":0}}`:                             "InvalidMaxSizeTierCombination",
		`{"location":"chinanorth","properties":{"perDatabaseSettings":{"minCapacity":"much"}}}`: "InvalidParameterValue",
		`{"location":"chinanorth","sku":{"name":"GP_Gen5","capacity":3}}`:                       "InvalidSku",
		`{"location":"chinanorth","sku":{"name":"StandardPool","tier":"GeneralPurpose"}}`:       "InvalidSku",
		`{"location":"chinanorth","properties":{"perDatabaseSettings":{"minCapacity":-1}}}`:     "InvalidParameterValue",
	} {
		if a := w.do("PUT", pool, body); a.err == nil || fault.ReasonOf(a.err) != code {
			t.Errorf("%s: %s, want %s", body, a.text, code)
		}
	}
	w.do("PUT", db, `{"location":"chinanorth","properties":{"elasticPoolId":"`+pool+`"}}`).ok(201).want(map[string]any{
		"managedBy": pool, "kind": "v12.0,user,pool", "sku.name": "ElasticPool", "sku.tier": "GeneralPurpose", "properties.elasticPoolId": pool, "properties.currentServiceObjectiveName": "ElasticPool",
	})
	w.do("PATCH", db, `{"tags":{"a":"b"}}`).ok(200).want(map[string]any{"properties.elasticPoolId": pool})
	w.do("GET", pool+"/databases", "").ok(200).want(map[string]any{"value.0.name": "db", "value.1": nil})
	w.do("DELETE", pool, "").refused(fault.Conflict, "ElasticPoolNotEmpty", "not empty")
	w.do("DELETE", db, "").ok(200)
	w.do("PUT", db, `{"location":"chinanorth","properties":{"createMode":"Restore","sourceDatabaseId":"`+db+`","sourceDatabaseDeletionDate":"2026-11-23T12:00:00Z"}}`).
		ok(201).want(map[string]any{"properties.elasticPoolId": nil, "properties.currentServiceObjectiveName": "GP_Gen5_2"})
	w.do("PUT", db, `{"location":"chinanorth","properties":{"elasticPoolId":"`+pool+`"}}`).ok(200).want(map[string]any{"properties.elasticPoolId": pool})
	w.do("PUT", db, `{"location":"chinanorth"}`).ok(200).want(map[string]any{"properties.elasticPoolId": pool})
	w.do("PATCH", db, `{"sku":{"name":"S0"}}`).ok(200).want(map[string]any{"properties.elasticPoolId": nil, "managedBy": nil, "properties.currentServiceObjectiveName": "S0"})
	w.do("DELETE", pool, "").ok(200)
	w.do("GET", pool+"/databases", "").refused(fault.NotFound, "ParentResourceNotFound", "pool")
}

func TestCapabilitiesAndUsages(t *testing.T) {
	w := withServer(t)
	w.do("GET", location+"capabilities", "").ok(200).want(map[string]any{
		"name": "China North", "supportedServerVersions.0.name": "12.0", "supportedServerVersions.0.status": "Default",
		"supportedServerVersions.0.supportedEditions.1.name": "Standard", "supportedServerVersions.0.supportedEditions.1.supportedServiceLevelObjectives.0.name": "S0",
		"supportedServerVersions.0.supportedEditions.3.status": "Default", "supportedServerVersions.0.supportedElasticPoolEditions.0.name": "Standard",
		"supportedServerVersions.0.supportedElasticPoolEditions.4.name": "BusinessCritical", "supportedServerVersions.0.supportedElasticPoolEditions.5": nil,
	})
	w.do("GET", location+"capabilities?include=supportedElasticPoolEditions", "").ok(200).want(map[string]any{"supportedServerVersions.0.supportedEditions.0": nil})
	w.do("GET", location+"capabilities?include=all", "").refused(fault.Invalid, "InvalidParameterValue", "include")
	w.do("GET", strings.Replace(location, "chinanorth", "mars", 1)+"capabilities", "").refused(fault.NotFound, "LocationNotFound", "mars")
	w.do("GET", location+"usages", "").ok(200).want(map[string]any{"value.0.name": "ServerQuota", "value.0.properties.currentValue": 1})
	w.do("GET", location+"usages/ServerQuota", "").ok(200).want(map[string]any{"properties.currentValue": 1})
	w.do("GET", location+"usages/Other", "").refused(fault.NotFound, "ResourceNotFound", "Other")
	w.do("PUT", db, `{"location":"chinanorth","sku":{"name":"S1"}}`).ok(201)
	w.do("GET", srv+"/usages", "").ok(200).want(map[string]any{"value.0.currentValue": 20, "value.0.resourceName": "srv"})
	for _, path := range []string{srv + "/operations", db + "/operations", srv + "/inaccessibleDatabases"} {
		if n := w.do("GET", path, "").ok(200).len("value"); n != 0 {
			t.Errorf("%s: %d", path, n)
		}
	}
}
