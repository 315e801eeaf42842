package e2e

import (
	"fmt"
	"testing"
)

// TestBlobsByRole drives azblob with a machine's identity in each cloud: Owner and Contributor of the account open no
// blob, Storage Blob Data Reader reads, at its scope only, and Contributor of data writes.
func TestBlobsByRole(t *testing.T) {
	suffixes := map[string]string{
		"AzureCloud": "core.windows.net", "AzureChinaCloud": "core.chinacloudapi.cn", "AzureUSGovernment": "core.usgovcloudapi.net",
	}
	for cloud := range clouds {
		t.Run(cloud, func(t *testing.T) {
			i := start(t, cloud)
			i.owner(t, "group-create", "rg", i.location)
			vm := i.owner(t, "vm-create", "rg", "web", i.location, "SystemAssigned")
			principal := at(vm, "identity", "principalId")
			account := i.owner(t, "account-create", "rg", "store1", i.location)
			endpoint := at(account, "properties", "primaryEndpoints", "blob")
			if want := "https://store1.blob." + suffixes[cloud] + "/"; endpoint != want {
				t.Fatalf("the endpoint is %q, want %q", endpoint, want)
			}
			i.owner(t, "container-create", "rg", "store1", "docs")
			i.owner(t, "container-create", "rg", "store1", "other")
			container := func(name string) string { return at(account, "id") + "/blobServices/default/containers/" + name }
			web := i.machine("web")
			mismatch := func(args ...string) {
				t.Helper()
				i.refused(t, web, args...).is(t, 403, "AuthorizationPermissionMismatch", "")
			}

			mismatch("blob-download", endpoint, "docs", "big")
			i.grant(t, at(account, "id"), "Contributor", principal)
			mismatch("blob-download", endpoint, "docs", "big")
			mismatch("blob-upload", endpoint, "docs", "big", "10")

			write := i.grant(t, container("docs"), "Storage Blob Data Contributor", principal)
			const size = 5<<20 + 12345
			i.sdk(t, web, "blob-upload", endpoint, "docs", "big", fmt.Sprint(size))
			mismatch("blob-upload", endpoint, "other", "big", "10")
			got := i.sdk(t, web, "blob-download", endpoint, "docs", "big")
			if got["size"] != float64(size) || got["whole"] != true || got["part"] != true || got["metadata"] != 1.0 {
				t.Errorf("came back: %v", got)
			}
			for _, name := range []string{"a", "dir/é ü", "b%2F+"} {
				i.sdk(t, web, "blob-upload", endpoint, "docs", name, "3")
			}
			list := i.sdk(t, web, "blob-list", endpoint, "docs")
			if fmt.Sprint(list["names"]) != "[a b%2F+ big dir/é ü]" || list["pages"] != 2.0 {
				t.Errorf("listed: %v", list)
			}

			i.owner(t, "unassign", write)
			i.grant(t, container("docs"), "Storage Blob Data Reader", principal)
			i.sdk(t, web, "blob-download", endpoint, "docs", "big")
			mismatch("blob-delete", endpoint, "docs", "big")
		})
	}
}
