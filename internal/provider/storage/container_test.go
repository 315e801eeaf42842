package storage_test

import (
	"fmt"
	"net/url"
	"strings"
	"testing"

	"github.com/alcedo-cloud/alcedo/internal/blob"
	"github.com/alcedo-cloud/alcedo/internal/fault"
)

const containers = accounts + "acct1/blobServices/default/containers"

func TestContainer(t *testing.T) {
	w := newWorld(t)
	w.ok("PUT", accounts+"acct1", minimal)
	made := w.status(201, "PUT", containers+"/cont", `{"properties":{"metadata":{"a":"b"}}}`)
	for _, c := range []struct {
		want any
		path []string
	}{
		{"cont", []string{"name"}},
		{containers + "/cont", []string{"id"}},
		{"Microsoft.Storage/storageAccounts/blobServices/containers", []string{"type"}},
		{"None", []string{"properties", "publicAccess"}},
		{"Available", []string{"properties", "leaseState"}},
		{"Unlocked", []string{"properties", "leaseStatus"}},
		{"$account-encryption-key", []string{"properties", "defaultEncryptionScope"}},
		{false, []string{"properties", "hasImmutabilityPolicy"}},
		{"b", []string{"properties", "metadata", "a"}},
	} {
		if got := at(made, c.path...); got != c.want {
			t.Errorf("%v is %v, want %v", c.path, got, c.want)
		}
	}
	if again := w.status(200, "PUT", containers+"/cont", `{}`); again["etag"] == made["etag"] || str(again, "properties", "metadata", "a") != "b" {
		t.Errorf("again: %v", again)
	}
	w.ok("PATCH", containers+"/cont", `{"properties":{"metadata":{"c":"d"}}}`)
	if got := w.ok("GET", containers+"/cont", ""); str(got, "properties", "metadata", "c") != "d" || at(got, "properties", "metadata", "a") != nil {
		t.Errorf("patched: %v", got)
	}
	w.fails("PATCH", containers+"/cont", `{"properties":{"publicAccess":"Blob"}}`, fault.Conflict, "PublicAccessNotPermitted", "not permitted")
	w.ok("PATCH", accounts+"acct1", `{"properties":{"allowBlobPublicAccess":true}}`)
	if got := w.ok("PATCH", containers+"/cont", `{"properties":{"publicAccess":"blob"}}`); str(got, "properties", "publicAccess") != "Blob" {
		t.Errorf("public: %v", got)
	}
	c, err := w.blobs.GetContainer(t.Context(), blob.Access{By: blob.Operator}, blob.Target{Account: "acct1", Container: "cont"}, blob.Conditions{})
	if err != nil || c.Public != blob.PublicBlobs || c.Metadata["c"] != "d" {
		t.Errorf("the data plane has %+v %v", c, err)
	}
	w.fails("PATCH", containers+"/cont", `{"properties":{"publicAccess":"World"}}`, fault.Invalid, "InvalidValuesForRequestParameters", "publicAccess")
	w.fails("PATCH", containers+"/none", `{"properties":{}}`, fault.NotFound, "ContainerNotFound", "does not exist")
	w.fails("GET", containers+"/none", "", fault.NotFound, "ContainerNotFound", "does not exist")
	w.fails("PUT", containers+"/Upper", "{}", fault.Invalid, "InvalidResourceName", "invalid characters")
	w.fails("PUT", containers+"/ok2", `{"properties":{"metadata":{"a-b":"c"}}}`, fault.Invalid, "InvalidMetadata", "invalid")
	w.fails("PUT", containers+"/ok2", `{"properties":{"defaultEncryptionScope":"none"}}`, fault.NotFound, "EncryptionScopeNotFound", "none")
	w.fails("PUT", accounts+"acct1/blobServices/other/containers/cont", "{}", fault.Invalid, "InvalidValuesForRequestParameters", "")
	w.status(200, "DELETE", containers+"/cont", "")
	w.status(204, "DELETE", containers+"/cont", "")
}

// TestContainerPages goes through a list by its links.
func TestContainerPages(t *testing.T) {
	w := newWorld(t)
	w.ok("PUT", accounts+"acct1", minimal)
	for i := range 7 {
		w.ok("PUT", fmt.Sprintf("%s/c-%d", containers, i), "{}")
	}
	w.ok("PUT", containers+"/other", "{}")
	var names []string
	next := containers + "?$maxpagesize=3&$filter=c-"
	for range 5 {
		out := w.ok("GET", next, "")
		for _, row := range rows(out) {
			names = append(names, str(row, "name"))
		}
		link := str(out, "nextLink")
		if link == "" {
			break
		}
		u, err := url.Parse(link)
		if err != nil || u.Query().Get("api-version") != latest || !strings.HasPrefix(link, "https://management.chinacloudapi.cn/") {
			t.Fatalf("link %s: %v", link, err)
		}
		next = u.Path + "?" + u.RawQuery
	}
	if got := strings.Join(names, " "); got != "c-0 c-1 c-2 c-3 c-4 c-5 c-6" {
		t.Errorf("pages: %s", got)
	}
	w.fails("GET", containers+"?$maxpagesize=0", "", fault.Invalid, "InvalidValuesForRequestParameters", "$maxpagesize")
	w.fails("GET", containers+"?$skipToken=***", "", fault.Invalid, "InvalidValuesForRequestParameters", "$skipToken")
	w.ok("PUT", accounts+"acct1/blobServices/default", `{"properties":{"containerDeleteRetentionPolicy":{"enabled":true,"days":3}}}`)
	w.ok("DELETE", containers+"/other", "")
	found := ""
	for _, row := range rows(w.ok("GET", containers+"?$include=deleted", "")) {
		if at(row, "properties", "deleted") == true {
			found = str(row, "name")
		}
	}
	if found != "other" {
		t.Errorf("deleted: %q", found)
	}
}

func TestContainerLease(t *testing.T) {
	w := newWorld(t)
	w.ok("PUT", accounts+"acct1", minimal)
	w.ok("PUT", containers+"/cont", "{}")
	id := str(w.ok("POST", containers+"/cont/lease", `{"action":"Acquire","leaseDuration":-1}`), "leaseId")
	if got := w.ok("GET", containers+"/cont", ""); str(got, "properties", "leaseState") != "Leased" || str(got, "properties", "leaseDuration") != "Infinite" {
		t.Errorf("leased: %v", got)
	}
	w.fails("DELETE", containers+"/cont", "", fault.Precondition, "LeaseIdMissing", "no lease ID")
	w.fails("POST", containers+"/cont/lease", `{"action":"Acquire","leaseDuration":-1}`, fault.Conflict, "LeaseAlreadyPresent", "already")
	if out := w.ok("POST", containers+"/cont/lease", `{"action":"Break","breakPeriod":0}`); out["leaseTimeSeconds"] != "0" {
		t.Errorf("broken: %v", out)
	}
	w.ok("POST", containers+"/cont/lease", fmt.Sprintf(`{"action":"Release","leaseId":%q}`, id))
	w.ok("DELETE", containers+"/cont", "")
}

func TestImmutability(t *testing.T) {
	w := newWorld(t)
	w.ok("PUT", accounts+"acct1", minimal)
	w.ok("PUT", containers+"/cont", "{}")
	policy := containers + "/cont/immutabilityPolicies/default"
	if got := w.ok("GET", policy, ""); at(got, "properties", "immutabilityPeriodSinceCreationInDays") != 0.0 || got["etag"] != "" {
		t.Errorf("none: %v", got)
	}
	days := func(n int) string {
		return fmt.Sprintf(`{"properties":{"immutabilityPeriodSinceCreationInDays":%d,"allowProtectedAppendWrites":true}}`, n)
	}
	set := w.ok("PUT", policy, days(3))
	if str(set, "properties", "state") != "Unlocked" || at(set, "properties", "allowProtectedAppendWrites") != true {
		t.Errorf("set: %v", set)
	}
	w.fails("PUT", policy, days(0), fault.Invalid, "InvalidValuesForRequestParameters", "immutabilityPeriod")
	w.fails("DELETE", policy, "", fault.Invalid, "MissingRequiredHeader", "If-Match")
	if _, _, err := w.as("owner", "DELETE", policy, "", `"0x1"`); fault.ReasonOf(err) != "ConditionNotMet" {
		t.Errorf("another tag: %v", err)
	}
	gone := w.ok("DELETE", policy, "", str(set, "etag"))
	if str(gone, "properties", "state") != "Deleted" {
		t.Errorf("deleted: %v", gone)
	}
	set = w.ok("PUT", policy, days(3))
	if _, _, err := w.as("owner", "POST", policy+"/extend", days(5), str(set, "etag")); fault.ReasonOf(err) != "ContainerOperationFailure" {
		t.Errorf("extended while unlocked: %v", err)
	}
	locked := w.ok("POST", policy+"/lock", "", str(set, "etag"))
	if str(locked, "properties", "state") != "Locked" || locked["etag"] == set["etag"] {
		t.Errorf("locked: %v", locked)
	}
	w.fails("PUT", policy, days(9), fault.Conflict, "ContainerOperationFailure", "locked")
	if _, _, err := w.as("owner", "DELETE", policy, "", str(locked, "etag")); fault.ReasonOf(err) != "ContainerOperationFailure" {
		t.Errorf("a locked policy is deleted: %v", err)
	}
	if _, _, err := w.as("owner", "POST", policy+"/extend", days(2), str(locked, "etag")); fault.ReasonOf(err) != "InvalidValuesForRequestParameters" {
		t.Errorf("a locked policy is shortened: %v", err)
	}
	longer := w.ok("POST", policy+"/extend", days(5), str(locked, "etag"))
	if at(longer, "properties", "immutabilityPeriodSinceCreationInDays") != 5.0 {
		t.Errorf("extended: %v", longer)
	}
	if got := w.ok("GET", containers+"/cont", ""); at(got, "properties", "hasImmutabilityPolicy") != true ||
		str(got, "properties", "immutabilityPolicy", "properties", "state") != "Locked" {
		t.Errorf("container: %v", got)
	}
	etag := str(longer, "etag")
	for n := range 6 {
		_, longer, err := w.as("owner", "POST", policy+"/extend", days(6+n), etag)
		if err != nil {
			t.Fatal(err)
		}
		etag = str(longer, "etag")
	}
	updates, _ := at(w.ok("GET", containers+"/cont", ""), "properties", "immutabilityPolicy", "updateHistory").([]any)
	var told []string
	for _, u := range updates {
		u, _ := u.(map[string]any)
		told = append(told, fmt.Sprint(u["update"], u["immutabilityPeriodSinceCreationInDays"]))
		if u["timestamp"] != "2026-11-23T12:00:00.0000000Z" || u["objectIdentifier"] != people()["owner"][0] || u["tenantId"] != tenant || u["upn"] != "owner@x" {
			t.Errorf("who: %v", u)
		}
	}
	if got := strings.Join(told, " "); got != "put3 lock3 extend7 extend8 extend9 extend10 extend11" {
		t.Errorf("history: %s", got)
	}
}

func TestLegalHold(t *testing.T) {
	w := newWorld(t)
	w.ok("PUT", accounts+"acct1", minimal)
	w.ok("PUT", containers+"/cont", "{}")
	out := w.ok("POST", containers+"/cont/setLegalHold", `{"tags":["Case1","case2"]}`)
	if out["hasLegalHold"] != true || fmt.Sprint(out["tags"]) != "[case1 case2]" {
		t.Errorf("held: %v", out)
	}
	out = w.ok("POST", containers+"/cont/clearLegalHold", `{"tags":["case1","absent"]}`)
	if fmt.Sprint(out["tags"]) != "[case2]" {
		t.Errorf("cleared: %v", out)
	}
	for _, body := range []string{`{"tags":["a"]}`, `{"tags":["has space"]}`, `{"tags":[]}`} {
		w.fails("POST", containers+"/cont/setLegalHold", body, fault.Invalid, "InvalidValuesForRequestParameters", "")
	}
	out = w.ok("POST", containers+"/cont/setLegalHold", `{"tags":["case2","case3"],"allowProtectedAppendWritesAll":true}`)
	if out["allowProtectedAppendWritesAll"] != true {
		t.Errorf("held, but may grow: %v", out)
	}
	hold := at(w.ok("GET", containers+"/cont", ""), "properties", "legalHold")
	tags, _ := at(hold, "tags").([]any)
	if len(tags) != 2 || at(hold, "protectedAppendWritesHistory", "allowProtectedAppendWritesAll") != true {
		t.Fatalf("shown: %v", hold)
	}
	for i, want := range []string{"case2", "case3"} {
		got, _ := tags[i].(map[string]any)
		if got["tag"] != want || got["timestamp"] != "2026-11-23T12:00:00.0000000Z" || got["objectIdentifier"] != people()["owner"][0] || got["tenantId"] != tenant || got["upn"] != "owner@x" {
			t.Errorf("%s: %v", want, got)
		}
	}
	if out = w.ok("POST", containers+"/cont/clearLegalHold", `{"tags":["case2","case3"]}`); out["hasLegalHold"] != false || out["allowProtectedAppendWritesAll"] != nil {
		t.Errorf("cleared: %v", out)
	}
}

// TestAccountOfImmutableVersions: every container of an account that has immutability of versions has it, by whomever it
// was made.
func TestAccountOfImmutableVersions(t *testing.T) {
	w := newWorld(t)
	body := strings.Replace(minimal, "{", `{"properties":{"immutableStorageWithVersioning":{"enabled":true}},`, 1)
	for range 2 { // Terraform sends it again
		made := w.ok("PUT", accounts+"acct1", body)
		if at(made, "properties", "immutableStorageWithVersioning", "enabled") != true {
			t.Errorf("%v", made)
		}
	}
	got := w.status(201, "PUT", containers+"/cont", "{}")
	if at(got, "properties", "immutableStorageWithVersioning", "enabled") != true {
		t.Errorf("%v", got)
	}
	c, err := w.blobs.CreateContainer(t.Context(), blob.Access{By: blob.Operator}, blob.Target{Account: "acct1", Container: "other"}, blob.CreateContainer{})
	if err != nil || !c.VersionImmutability {
		t.Errorf("%+v, %v", c, err)
	}
	w.fails("PATCH", accounts+"acct1", `{"properties":{"immutableStorageWithVersioning":{"enabled":false}}}`, fault.Conflict, "AccountPropertyCannotBeUpdated", "immutableStorageWithVersioning")
}
