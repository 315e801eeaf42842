package cloud

import (
	"strings"
	"testing"
)

func TestHost(t *testing.T) {
	for _, c := range []struct {
		cloud, host string
		want        Host
	}{
		{"AzureCloud", "login.microsoftonline.com", Host{Kind: HostLogin, Name: "login.microsoftonline.com", Pattern: "login.microsoftonline.com"}},
		{"AzureCloud", "westus2.login.microsoft.com", Host{Kind: HostLogin, Name: "westus2.login.microsoft.com", Pattern: "*.login.microsoft.com"}},
		{"AzureChinaCloud", "chinanorth2.login.partner.microsoftonline.cn", Host{Kind: HostLogin, Name: "chinanorth2.login.partner.microsoftonline.cn", Pattern: "*.login.partner.microsoftonline.cn"}},
		{"AzureChinaCloud", "login.microsoftonline.com", Host{Kind: HostLogin, Name: "login.microsoftonline.com", Pattern: "login.microsoftonline.com"}},
		{"AzureChinaCloud", "LOGIN.chinacloudapi.CN:443", Host{Kind: HostLogin, Name: "login.chinacloudapi.cn", Pattern: "login.chinacloudapi.cn"}},
		{"AzureChinaCloud", "management.chinacloudapi.cn.", Host{Kind: HostResourceManager, Name: "management.chinacloudapi.cn", Pattern: "management.chinacloudapi.cn"}},
		{"AzureUSGovernment", "management.core.usgovcloudapi.net", Host{Kind: HostManagement, Name: "management.core.usgovcloudapi.net", Pattern: "management.core.usgovcloudapi.net"}},
		{"AzureCloud", "a1.blob.core.windows.net", Host{Kind: HostBlob, Name: "a1.blob.core.windows.net", Account: "a1", Pattern: "*.blob.core.windows.net"}},
		{"AzureCloud", "a1-secondary.dfs.core.windows.net", Host{Kind: HostDFS, Name: "a1-secondary.dfs.core.windows.net", Account: "a1", Secondary: true, Pattern: "*.dfs.core.windows.net"}},
		{"AzureCloud", "site.z6.web.core.windows.net", Host{Kind: HostWeb, Name: "site.z6.web.core.windows.net", Account: "site", Pattern: "*.z6.web.core.windows.net"}},
		{"AzureCloud", "kv.vault.azure.net", Host{Kind: HostVault, Name: "kv.vault.azure.net", Account: "kv", Pattern: "*.vault.azure.net"}},
		{"AzureChinaCloud", "db.database.chinacloudapi.cn:1433", Host{Kind: HostSQL, Name: "db.database.chinacloudapi.cn", Account: "db", Pattern: "*.database.chinacloudapi.cn"}},
		{"AzureChinaCloud", "control-chinanorth.identity.chinacloudapi.cn", Host{Kind: HostIdentity, Name: "control-chinanorth.identity.chinacloudapi.cn", Account: "chinanorth", Pattern: "*.identity.chinacloudapi.cn"}},
		{"AzureCloud", "metadata.azure.internal", Host{Kind: HostIMDS, Name: "metadata.azure.internal", Pattern: "metadata.azure.internal"}},
		{"AzureCloud", "localhost:8443", Host{Kind: HostLocal, Name: "localhost", Pattern: "localhost"}},
		{"AzureCloud", "127.0.0.1:8443", Host{Kind: HostLocal, Name: "127.0.0.1", Pattern: "127.0.0.1"}},
		{"AzureCloud", "[::1]:8443", Host{Kind: HostLocal, Name: "::1", Pattern: "::1"}},
		{"AzureCloud", "::1", Host{Kind: HostLocal, Name: "::1", Pattern: "::1"}},
	} {
		cl, err := ByName(c.cloud)
		if err != nil {
			t.Fatal(err)
		}
		if got, ok := cl.Host(c.host); !ok || got != c.want {
			t.Errorf("%s: Host(%q) = %+v, %v; want %+v", c.cloud, c.host, got, ok, c.want)
		}
	}
}

func TestHostRefused(t *testing.T) {
	c := public()
	for _, host := range []string{
		"", ".", ":", ":443", "example.com", "blob.core.windows.net", ".blob.core.windows.net", "a.b.blob.core.windows.net",
		"a.queueing.core.windows.net", "a.zz.web.core.windows.net", "a.z123.web.core.windows.net", "a.z1.blob.core.windows.net",
		"-a.blob.core.windows.net", "a_b.vault.azure.net", "vault.azure.net", "azure.net", "x.login.microsoftonline.com",
		"management.chinacloudapi.cn", "login.chinacloudapi.cn", "a.blob.core.chinacloudapi.cn", // another cloud's
		"evil-management.azure.com", "management.azure.com.evil.example", "identity.azure.net", "control-.identity.azure.net",
		"eastus.identity.azure.net", "169.254.169.254", "10.0.0.1", "[::1", "[::1]x", "[portal.azure.com]", "batch.core.windows.net", "::1%lo",
		strings.Repeat("a", 64) + ".vault.azure.net", "a\x00.vault.azure.net", "a..vault.azure.net",
	} {
		if h, ok := c.Host(host); ok {
			t.Errorf("Host(%q) = %+v, want refused", host, h)
		}
	}
}

// Every fixed name is owned, and no two clouds share one but for what Azure shares.
func TestFixedHosts(t *testing.T) {
	shared := map[string]bool{
		instanceDiscovery: true, MetadataName: true, "localhost": true, "sts.windows.net": true, "graph.windows.net": true,
	}
	owner := map[string]string{}
	for _, c := range All() {
		for _, name := range c.FixedHosts() {
			if !c.Owns(name) {
				t.Errorf("%s does not own its own %s", c.Name, name)
			}
			if other, ok := owner[name]; ok && !shared[name] {
				t.Errorf("%s is of both %s and %s", name, other, c.Name)
			}
			owner[name] = c.Name
		}
	}
}

func FuzzHost(f *testing.F) {
	for _, s := range []string{"a.blob.core.windows.net:443", "[::1]:8443", "site.z6.web.core.windows.net", "login.windows.net."} {
		f.Add(s)
	}
	c := public()
	f.Fuzz(func(t *testing.T, s string) {
		h, ok := c.Host(s)
		if !ok {
			return
		}
		if again, ok := c.Host(h.Name); !ok || again != h {
			t.Fatalf("Host(%q) = %+v, but Host of its name = %+v, %v", s, h, again, ok)
		}
		if strings.ToLower(h.Name) != h.Name || h.Kind == 0 || h.Pattern == "" {
			t.Fatalf("Host(%q) = %+v", s, h)
		}
	})
}
