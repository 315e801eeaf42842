package e2e

import (
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// storageCommands runs az's commands on one storage account.
type storageCommands struct {
	cli
	t    *testing.T
	more []string // how each of them signs in
}

func (s storageCommands) on(t *testing.T) storageCommands {
	s.t = t
	return s
}

func (s storageCommands) args(command string, args []string) []string {
	return slices.Concat([]string{"storage"}, strings.Fields(command), args, s.more)
}

func (s storageCommands) do(command string, args ...string) string {
	s.t.Helper()
	return s.text(s.t, append(s.args(command, args), "-o", "json")...)
}

// says runs a command and compares what --query picks out of its answer, white space aside.
func (s storageCommands) says(want, query, command string, args ...string) {
	s.t.Helper()
	got := s.do(command, append(args, "--query", query)...)
	if strings.Join(strings.Fields(got), "") != want {
		s.t.Errorf("%s %v: %s of it is %s, want %s", command, args, query, got, want)
	}
}

func (s storageCommands) fails(text, command string, args ...string) {
	s.t.Helper()
	s.refused(s.t, text, s.args(command, args)...)
}

// TestAzStorageFamilies goes through the families of `az storage` that concern blobs: by an account key and by token,
// and what the account's owner without a data role, a Reader of blobs and a Contributor of another container are refused.
func TestAzStorageFamilies(t *testing.T) {
	i := start(t, "AzureCloud")
	az := i.az(t, i.workstation())
	az.text(t, "login", "--service-principal", "-u", i.ClientID, "-p", i.ClientSecret, "--tenant", i.TenantID)
	az.text(t, "group", "create", "-n", "rg", "-l", i.location)
	made := az.json(t, "storage", "account", "create", "-n", "azstore1", "-g", "rg", "-l", i.location, "--sku", "Standard_LRS", "--allow-blob-public-access", "true")
	me := at(az.json(t, "ad", "sp", "show", "--id", i.ClientID), "id")
	key := strings.TrimSpace(az.text(t, "storage", "account", "keys", "list", "-n", "azstore1", "-g", "rg", "--query", "[0].value", "-o", "tsv"))
	account := []string{"--account-name", "azstore1"}
	byKey := storageCommands{az, t, slices.Concat(account, []string{"--account-key", key})}
	byToken := storageCommands{az, t, slices.Concat(account, []string{"--auth-mode", "login"})}
	managed := storageCommands{az, t, slices.Concat(account, []string{"-g", "rg"})}
	files := t.TempDir()
	for name, text := range map[string]string{"f": "hello", "q.csv": "a,b\n1,2\n3,4\n", "up/1.txt": "1", "up/sub/2.txt": "2", "page": strings.Repeat("p", 1024)} {
		path := filepath.Join(files, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}

	t.Run("denials", func(t *testing.T) {
		s := byToken.on(t)
		const denied = "You do not have the required permissions"
		s.do("container create", "-n", "mine")
		s.do("container create", "-n", "other")
		s.fails(denied, "blob list", "-c", "mine") // the control plane's role reads no blob
		s.fails(denied, "blob upload", "-c", "mine", "-n", "f", "-f", filepath.Join(files, "f"))
		other := at(made, "id") + "/blobServices/default/containers/other"
		i.grant(t, other, "Storage Blob Data Contributor", me)
		i.grant(t, at(made, "id"), "Storage Blob Data Reader", me)
		s.says("[]", "[]", "blob list", "-c", "mine")
		s.fails(denied, "blob upload", "-c", "mine", "-n", "f", "-f", filepath.Join(files, "f"))
		s.do("blob upload", "-c", "other", "-n", "f", "-f", filepath.Join(files, "f"))
		s.fails(denied, "blob copy start", "-c", "mine", "-b", "copy", "--source-container", "other", "--source-blob", "f")
		s.fails(denied, "blob delete", "-c", "mine", "-n", "f")
		wrong := storageCommands{az, t, slices.Concat(account, []string{"--account-key", "AAAA"})}
		wrong.fails("Authentication failure", "container list")
	})
	i.grant(t, at(made, "id"), "Storage Blob Data Owner", me)
	t.Run("key", func(t *testing.T) { byKey.on(t).families(files, "bykey") })
	t.Run("token", func(t *testing.T) { byToken.on(t).families(files, "bytoken") })
	t.Run("key only", func(t *testing.T) { byKey.on(t).keyFamilies("policies") })
	t.Run("managed", func(t *testing.T) { managed.on(t).managedFamilies() })
	t.Run("deleted softly", func(t *testing.T) {
		s := byToken.on(t)
		managed.on(t).do("account blob-service-properties update", "--enable-delete-retention", "true", "--delete-retention-days", "2")
		s.do("container create", "-n", "soft")
		s.do("blob upload", "-c", "soft", "-n", "f", "-f", filepath.Join(files, "f"))
		s.do("blob delete", "-c", "soft", "-n", "f")
		s.says(`[["f",true]]`, "[].[name,deleted]", "blob list", "-c", "soft", "--include", "d")
		s.do("blob undelete", "-c", "soft", "-n", "f")
		s.says(`[["f",null]]`, "[].[name,deleted]", "blob list", "-c", "soft", "--include", "d")
		s.fails("BlobNotFound", "blob undelete", "-c", "soft", "-n", "absent")
	})
}

// families are the commands that a key and a token do alike.
func (s storageCommands) families(files, container string) {
	s.t.Helper()
	in := []string{"-c", container}
	file := func(name string) []string { return append(in, "-n", name) }
	from := func(name string, more ...string) []string {
		return slices.Concat(file(name), []string{"-f", filepath.Join(files, "f"), "--overwrite"}, more)
	}
	s.says("false", "exists", "container exists", "-n", container)
	s.says("true", "created", "container create", "-n", container)
	s.says("false", "created", "container create", "-n", container)
	s.do("container metadata update", "-n", container, "--metadata", "a=b")
	s.says(`{"a":"b"}`, "@", "container metadata show", "-n", container)
	s.do("container lease acquire", "-c", container, "--lease-duration", "15")
	s.says(`"leased"`, "properties.lease.state", "container show", "-n", container)
	s.fails("LeaseIdMissing", "container delete", "-n", container)
	s.do("container lease break", "-c", container, "--lease-break-period", "0")

	s.do("blob upload", from("f", "--metadata", "x=y", "--content-type", "text/x")...)
	s.do("blob upload", slices.Concat(file("page.vhd"), []string{"--type", "page", "-f", filepath.Join(files, "page")})...)
	for range 2 {
		s.do("blob upload", slices.Concat(file("log"), []string{"--type", "append", "-f", filepath.Join(files, "f")})...)
	}
	s.do("blob upload-batch", "-d", container, "-s", filepath.Join(files, "up"), "--destination-path", "d")
	back := s.t.TempDir()
	s.do("blob download-batch", "-d", back, "-s", container, "--pattern", "d/*")
	if got, err := os.ReadFile(filepath.Join(back, "d", "sub", "2.txt")); string(got) != "2" {
		s.t.Errorf("came back as %q, %v", got, err)
	}
	s.says(`["d/","f","log","page.vhd"]`, "sort([].name)", "blob list", append(in, "--delimiter", "/")...)
	s.says(`["d/1.txt","d/sub/2.txt"]`, "[0:2].name", "blob list", append(in, "--num-results", "2", "--show-next-marker")...)
	s.says(`["BlockBlob",10,"AppendBlob"]`, "[[?name=='f'].properties.blobType|[0],[?name=='log'].properties.contentLength|[0],[?name=='log'].properties.blobType|[0]]", "blob list", in...)
	s.says("false", "exists", "blob exists", file("absent")...)
	s.fails("BlobNotFound", "blob show", file("absent")...)
	s.fails("BlobNotFound", "blob download", append(file("absent"), "-f", filepath.Join(back, "absent"))...)
	s.do("blob update", append(file("f"), "--content-type", "text/plain", "--content-cache", "no-cache")...)
	s.says(`["text/plain","no-cache"]`, "properties.contentSettings.[contentType,cacheControl]", "blob show", file("f")...)
	s.do("blob metadata update", append(file("f"), "--metadata", "x=z")...)
	s.says(`{"x":"z"}`, "@", "blob metadata show", file("f")...)
	s.do("blob set-tier", append(file("f"), "--tier", "Cool")...)
	s.says(`"Cool"`, "properties.blobTier", "blob show", file("f")...)
	s.do("blob snapshot", file("f")...)
	s.says("1", "length([?snapshot])", "blob list", append(in, "--include", "s")...)
	s.fails("SnapshotsPresent", "blob delete", file("f")...)

	s.do("blob lease acquire", append(in, "-b", "f", "--lease-duration", "60")...)
	s.fails("LeaseIdMissing", "blob upload", from("f")...)
	s.do("blob lease break", append(in, "-b", "f", "--lease-break-period", "0")...)
	s.says(`"success"`, "copy_status", "blob copy start", append(in, "-b", "copy", "--source-container", container, "--source-blob", "f")...)
	s.do("blob copy start-batch", "--destination-container", container, "--destination-path", "cp", "--source-container", container, "--pattern", "d/*")
	s.says(`["cp/d/1.txt","cp/d/sub/2.txt"]`, "[].name", "blob list", append(in, "--prefix", "cp/")...)
	s.do("blob upload", slices.Concat(file("q.csv"), []string{"-f", filepath.Join(files, "q.csv")})...)
	s.says(`"2\n4\n"`, "@", "blob query", append(file("q.csv"), "--query-expression", "SELECT b FROM BlobStorage", "--input-format", "csv", "--in-has-header", "true")...)

	s.do("blob service-properties update", "--static-website", "--index-document", "i.html")
	s.says(`[true,"i.html"]`, "staticWebsite.[enabled,indexDocument]", "blob service-properties show")
	s.do("blob service-properties delete-policy update", "--enable", "true", "--days-retained", "3")
	s.says("[true,3]", "[enabled,days]", "blob service-properties delete-policy show")
	s.do("blob service-properties delete-policy update", "--enable", "false")

	s.do("blob delete", append(file("f"), "--delete-snapshots", "include")...)
	s.do("blob delete-batch", "-s", container, "--pattern", "cp/*")
	s.says(`["copy","d/1.txt","d/sub/2.txt","log","page.vhd","q.csv"]`, "[].name", "blob list", in...)
	s.says("true", "deleted", "container delete", "-n", container)
	s.fails("ContainerNotFound", "blob list", in...)
}

// keyFamilies are the commands that az has for account keys alone.
func (s storageCommands) keyFamilies(container string) {
	s.t.Helper()
	in := []string{"-c", container}
	s.do("container create", "-n", container)
	s.do("container set-permission", "-n", container, "--public-access", "blob")
	s.says(`"blob"`, "publicAccess", "container show-permission", "-n", container)
	s.do("container policy create", append(in, "-n", "p1", "--permissions", "rl", "--expiry", "2099-01-01T00:00Z")...)
	s.do("container policy update", append(in, "-n", "p1", "--permissions", "r")...)
	s.says(`"r"`, "p1.permission", "container policy list", in...)
	s.do("container policy delete", append(in, "-n", "p1")...)
	s.says("{}", "@", "container policy list", in...)
	s.do("cors add", "--methods", "GET", "PUT", "--origins", "https://a", "--services", "b", "--max-age", "5")
	s.says(`[["GET,PUT","https://a",5]]`, "[].[AllowedMethods,AllowedOrigins,MaxAgeInSeconds]", "cors list", "--services", "b")
	s.do("cors clear", "--services", "b")
	s.says("[]", "@", "cors list", "--services", "b")
	s.do("logging update", "--services", "b", "--log", "rwd", "--retention", "2")
	s.says("[true,2]", "blob.[read,retentionPolicy.days]", "logging show", "--services", "b")
	s.do("metrics update", "--services", "b", "--hour", "true", "--api", "true", "--retention", "3")
	s.says("[true,3]", "blob.hour.[enabled,retentionPolicy.days]", "metrics show", "--services", "b")
	signature := s.do("account generate-sas", "--permissions", "l", "--services", "b", "--resource-types", "c", "--expiry", tomorrow())
	signed := storageCommands{s.cli, s.t, []string{"--account-name", "azstore1", "--sas-token", strings.Trim(strings.TrimSpace(signature), `"`)}}
	signed.says("[]", "@", "blob list", in...)
	signed.fails("You do not have the required permissions", "container create", "-n", "another")
}

// managedFamilies are the commands that go to Resource Manager.
func (s storageCommands) managedFamilies() {
	s.t.Helper()
	s.do("account blob-service-properties update", "--enable-versioning", "true", "--enable-container-delete-retention", "true", "--container-delete-retention-days", "2", "--enable-change-feed", "true", "--enable-last-access-tracking", "true")
	s.says("[true,2,true]", "[isVersioningEnabled,containerDeleteRetentionPolicy.days,lastAccessTimeTrackingPolicy.enable]", "account blob-service-properties show")
	s.do("account blob-service-properties update", "--enable-versioning", "false", "--enable-change-feed", "false", "--enable-last-access-tracking", "false")
	policy, err := json.Marshal(map[string]any{"rules": []any{map[string]any{
		"enabled": true, "name": "old", "type": "Lifecycle", "definition": map[string]any{
			"actions": map[string]any{"baseBlob": map[string]any{"delete": map[string]any{"daysAfterModificationGreaterThan": 9}}},
			"filters": map[string]any{"blobTypes": []string{"blockBlob"}},
		},
	}}})
	if err != nil {
		s.t.Fatal(err)
	}
	s.do("account management-policy create", "--policy", string(policy))
	s.says(`["old"]`, "policy.rules[].name", "account management-policy show")
	s.do("account management-policy delete")
	s.fails("NotFound", "account management-policy show")
	s.do("account encryption-scope create", "-n", "scope1")
	s.do("account encryption-scope update", "-n", "scope1", "--state", "Disabled")
	s.says(`[["scope1","Disabled"]]`, "[].[name,state]", "account encryption-scope list")
	s.do("account network-rule add", "--ip-address", "20.1.2.3")
	s.says(`["20.1.2.3"]`, "ipRules[].ipAddressOrRange", "account network-rule list")
	s.do("account network-rule remove", "--ip-address", "20.1.2.3")
	s.text(s.t, "storage", "account", "revoke-delegation-keys", "-n", "azstore1", "-g", "rg")

	rm := storageCommands{s.cli, s.t, []string{"--storage-account", "azstore1", "-g", "rg"}}
	rm.do("container-rm create", "-n", "rm1")
	rm.do("container-rm update", "-n", "rm1", "--metadata", "a=b")
	rm.says(`{"a":"b"}`, "metadata", "container-rm show", "-n", "rm1")
	rm.says("true", "exists", "container-rm exists", "-n", "rm1")
	rm.do("container-rm create", "-n", "rm2")
	rm.do("container-rm delete", "-n", "rm2", "--yes")
	rm.says(`[["rm1",false],["rm2",true]]`, "sort_by([?name=='rm1'||name=='rm2'],&name)[].[name,deleted]", "container-rm list", "--include-deleted")

	in := []string{"-c", "rm1"}
	etag := func() []string {
		return append(in, "--if-match", strings.TrimSpace(s.text(s.t, append(s.args("container immutability-policy show", in), "--query", "etag", "-o", "tsv")...)))
	}
	s.do("container immutability-policy create", append(in, "--period", "3", "--w", "true")...)
	s.fails("ContainerOperationFailure", "container immutability-policy extend", append(etag(), "--period", "5")...)
	s.says(`"Locked"`, "state", "container immutability-policy lock", etag()...)
	s.says("5", "immutabilityPeriodSinceCreationInDays", "container immutability-policy extend", append(etag(), "--period", "5")...)
	s.fails("ContainerOperationFailure", "container immutability-policy delete", etag()...)
	s.do("container legal-hold set", append(in, "--tags", "case1", "case2", "--w", "true")...)
	s.says(`[true,["case1","case2"],true]`, "[hasLegalHold,tags[?objectIdentifier&&tenantId&&timestamp].tag,protectedAppendWritesHistory.allowProtectedAppendWritesAll]", "container legal-hold show", in...)
	s.says(`["case2"]`, "tags", "container legal-hold clear", append(in, "--tags", "case1")...)
	rm.says(`["put","lock","extend"]`, "immutabilityPolicy.updateHistory[].update", "container-rm show", "-n", "rm1")
	s.do("container legal-hold clear", append(in, "--tags", "case2")...)
	rm.do("container-rm delete", "-n", "rm1", "--yes")

	s.says(`["key1","key2"]`, "[].keyName", "account keys renew", "--key", "secondary")
}
