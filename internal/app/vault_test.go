package app

import (
	"net/netip"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/alcedo-cloud/alcedo/internal/caller"
	"github.com/alcedo-cloud/alcedo/internal/control"
	"github.com/alcedo-cloud/alcedo/internal/store"
	"github.com/alcedo-cloud/alcedo/internal/vault"
)

// What a vault decides by its own rules is on record too, allowed and refused.
func TestAccessPoliciesAreOnRecord(t *testing.T) {
	a := open(t)
	who := caller.Caller{Kind: caller.ManagedIdentity, TenantID: a.instance.Credentials.TenantID, ObjectID: "6f2b2d3e-0000-4000-8000-000000000001"}
	err := a.store.Update(t.Context(), func(tx store.Tx) error {
		return a.services.vaults.PutVault(tx, vault.Vault{
			Name: "kv1", Location: "eastus", Geography: "unitedstates", TenantID: who.TenantID, SKU: "standard", RetentionDays: 90,
			ResourceID: "/subscriptions/s/resourceGroups/g/providers/Microsoft.KeyVault/vaults/kv1",
			AccessPolicies: []vault.AccessPolicy{{
				TenantID: who.TenantID, ObjectID: who.ObjectID, Permissions: vault.Permissions{Secrets: []string{"list"}},
			}},
		})
	})
	if err != nil {
		t.Fatal(err)
	}
	access := vault.Access{Caller: who, Vault: "kv1", ClientIP: netip.MustParseAddr("127.0.0.1")}
	if _, err := a.services.vaults.GetSecret(t.Context(), access, "s", ""); err == nil {
		t.Fatal("a policy that lists opened a secret")
	}
	if _, _, err := a.services.vaults.ListSecrets(t.Context(), access, vault.Page{Most: 1}); err != nil {
		t.Fatal(err)
	}
	found, err := a.Decisions(t.Context(), control.Query{Caller: who.ObjectID})
	if err != nil || len(found) != 2 {
		t.Fatalf("%d decisions, %v: %+v", len(found), err, found)
	}
	if x := found[0]; !x.Allowed || !strings.Contains(x.Because, "secrets list") {
		t.Errorf("the list: %+v", x)
	}
	if x := found[1]; x.Allowed || !strings.Contains(x.Because, "secrets get") || x.Suggestion != nil {
		t.Errorf("the secret: %+v", x)
	}
}

func TestRootKey(t *testing.T) {
	a := &App{Config: System(open(t).Settings, nil, "test")}
	a.Settings.Ephemeral = false
	first, err := a.rootKey()
	if err != nil || len(first) != vault.RootSize {
		t.Fatalf("%d bytes, %v", len(first), err)
	}
	path := filepath.Join(a.Settings.Folder, rootKeyFile)
	if info, err := os.Stat(path); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("the file: %v, %v", info, err)
	}
	if again, err := a.rootKey(); err != nil || string(again) != string(first) {
		t.Errorf("another key after a restart: %v", err)
	}
	if err := os.WriteFile(path, []byte("short"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := a.rootKey(); err == nil {
		t.Error("a broken key file was taken")
	}
	a.Settings.RootKey = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="
	if given, err := a.rootKey(); err != nil || given[31] != 31 {
		t.Errorf("a given key: %v, %v", given, err)
	}
}
