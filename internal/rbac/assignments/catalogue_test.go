package assignments

import (
	"slices"
	"strings"
	"testing"

	"github.com/alcedo-cloud/alcedo/internal/rbac"
)

func TestEveryBuiltInRole(t *testing.T) {
	c := newCatalogue()
	n, conditions, sets, names := 0, 0, 0, map[string]bool{}
	for b := range c.all() {
		n++
		if _, err := rbac.NewRules(b.Role); err != nil {
			t.Errorf("%s: %v", b.RoleName, err)
		}
		if found, ok := c.find(b.Name); !ok || found != b {
			t.Errorf("%s is not found by its GUID", b.RoleName)
		}
		if _, ok := parseGUID(b.Name); !ok || b.RoleName == "" || b.Type != BuiltInRole || names[b.RoleName] {
			t.Errorf("%+v", b.Role)
		}
		names[b.RoleName] = true
		for _, p := range b.Permissions {
			if p.Condition != "" {
				conditions++
			}
		}
		if len(b.Permissions) > 1 {
			sets++
		}
	}
	// The figures of the list that roles.txt was made from.
	if n != 928 || conditions < 29 || sets != 16 {
		t.Errorf("%d roles, %d conditions, %d with several permissions", n, conditions, sets)
	}
	if _, ok := c.find("00000000-0000-0000-0000-000000000000"); ok {
		t.Error("a role that does not exist is found")
	}
}

func TestBuiltInRolesGrant(t *testing.T) {
	const (
		assign    = "Microsoft.ManagedIdentity/userAssignedIdentities/assign/action"
		secret    = "Microsoft.KeyVault/vaults/secrets/getSecret/action"
		blobs     = "Microsoft.Storage/storageAccounts/blobServices/containers/blobs/read"
		roleWrite = "Microsoft.Authorization/roleAssignments/write"
	)
	c := newCatalogue()
	byName := map[string]*rbac.Rules{}
	for b := range c.all() {
		byName[b.RoleName], _ = rbac.NewRules(b.Role)
	}
	for _, x := range []struct {
		role, action string
		data, want   bool
	}{
		{"Managed Identity Operator", assign, false, true},
		{"Managed Identity Operator", "Microsoft.ManagedIdentity/userAssignedIdentities/read", false, true},
		{"Managed Identity Operator", "Microsoft.ManagedIdentity/userAssignedIdentities/write", false, false},
		{"Managed Identity Operator", "Microsoft.ManagedIdentity/userAssignedIdentities/delete", false, false},
		{"Managed Identity Contributor", "Microsoft.ManagedIdentity/userAssignedIdentities/write", false, true},
		{"Key Vault Reader", "Microsoft.KeyVault/vaults/read", false, true},
		{"Key Vault Reader", "Microsoft.KeyVault/vaults/secrets/readMetadata/action", true, true},
		{"Key Vault Reader", secret, true, false},
		{"Key Vault Reader", secret, false, false},
		{"Key Vault Secrets User", secret, true, true},
		{"Key Vault Contributor", secret, true, false},
		{"Key Vault Administrator", secret, true, true},
		{"Owner", secret, true, false},
		{"Owner", roleWrite, false, true},
		{"Contributor", roleWrite, false, false},
		{"Contributor", "Microsoft.Authorization/roleAssignments/delete", false, false},
		{"Contributor", "Microsoft.Authorization/roleAssignments/read", false, true},
		{"Contributor", "Microsoft.Authorization/elevateAccess/action", false, false},
		{"Contributor", "Microsoft.Compute/virtualMachines/write", false, true},
		{"Contributor", blobs, true, false},
		{"Reader", "Microsoft.Compute/virtualMachines/read", false, true},
		{"Reader", "Microsoft.Storage/storageAccounts/listKeys/action", false, false},
		{"Reader", blobs, true, false},
		{"Virtual Machine Contributor", assign, false, false},
		{"Virtual Machine Contributor", "Microsoft.Compute/virtualMachines/write", false, true},
		{"Reader and Data Access", "Microsoft.Storage/storageAccounts/listServiceSas/action", false, false},
		{"Reader and Data Access", "Microsoft.Storage/storageAccounts/listKeys/action", false, true},
		{"Storage Account Contributor", "Microsoft.Storage/storageAccounts/listServiceSas/action", false, true},
		{"Storage Blob Data Reader", blobs, true, true},
		{"Storage Blob Data Reader", blobs, false, false},
		{"Storage Blob Data Reader", "Microsoft.Storage/storageAccounts/blobServices/containers/blobs/write", true, false},
		{"Storage Blob Data Contributor", "Microsoft.Storage/storageAccounts/blobServices/containers/blobs/write", true, true},
		{"Storage Blob Delegator", "Microsoft.Storage/storageAccounts/blobServices/generateUserDelegationKey/action", false, true},
		{"User Access Administrator", roleWrite, false, true},
		{"User Access Administrator", "Microsoft.Compute/virtualMachines/write", false, false},
		{"Role Based Access Control Administrator", roleWrite, false, true},
		{"Role Based Access Control Administrator", "Microsoft.Authorization/roleDefinitions/write", false, false},
	} {
		rules := byName[x.role]
		if rules == nil {
			t.Errorf("there is no role %s", x.role)
			continue
		}
		if got := rules.Grants(x.action, x.data); got != x.want {
			t.Errorf("%s grants %s (data %v): %v, want %v", x.role, x.action, x.data, got, x.want)
		}
	}
	if !byName["Key Vault Data Access Administrator"].Conditional() || byName["Owner"].Conditional() {
		t.Error("conditions of roles are not where they should be")
	}
}

func TestNarrowest(t *testing.T) {
	s := &Service{builtIn: newCatalogue()}
	for _, c := range []struct {
		action string
		data   bool
		first  string
	}{
		{"Microsoft.KeyVault/vaults/secrets/getSecret/action", true, "Key Vault Secrets User"},
		{"Microsoft.Storage/storageAccounts/blobServices/generateUserDelegationKey/action", false, "Storage Blob Delegator"},
		{"Microsoft.ManagedIdentity/userAssignedIdentities/assign/action", false, "Managed Identity Operator"},
		{"Microsoft.Resources/subscriptions/resourceGroups/read", false, "Reader"},
		{"Microsoft.Resources/subscriptions/resourceGroups/write", false, "Contributor"},
		{"Microsoft.Compute/virtualMachines/read", false, "Reader"},
		{"Microsoft.KeyVault/vaults/read", false, "Key Vault Reader"},
		{"Microsoft.Storage/storageAccounts/listServiceSas/action", false, "Storage Account Contributor"},
		{"Microsoft.Compute/virtualMachines/start/action", false, "Virtual Machine Contributor"},
		{"Microsoft.Storage/storageAccounts/blobServices/containers/blobs/read", true, "Storage Blob Data Reader"},
		{"Microsoft.Authorization/roleAssignments/write", false, "Role Based Access Control Administrator"},
	} {
		roles := s.Narrowest(c.action, c.data, 4)
		if len(roles) == 0 {
			t.Errorf("no role grants %s", c.action)
			continue
		}
		var names []string
		for _, r := range roles {
			names = append(names, r.RoleName)
			if rules, _ := rbac.NewRules(r); !rules.Grants(c.action, c.data) || rules.Conditional() {
				t.Errorf("%s does not simply grant %s", r.RoleName, c.action)
			}
		}
		t.Logf("%s: %s", c.action, strings.Join(names, ", "))
		if names[0] != c.first {
			t.Errorf("%s: %v, want %s first", c.action, names, c.first)
		}
		if again := s.Narrowest(c.action, c.data, 1); again[0] != roles[0] {
			t.Errorf("%s first, then %s", roles[0].RoleName, again[0].RoleName)
		}
	}
	if roles := s.Narrowest("Contoso.Nothing/things/frobnicate/action", true, 4); len(roles) != 0 {
		t.Errorf("%s grants what does not exist", roles[0].RoleName)
	}
}

func BenchmarkOpenCatalogue(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		newCatalogue().find(Owner)
	}
}

func BenchmarkNarrowest(b *testing.B) {
	s := &Service{builtIn: newCatalogue()}
	for b.Loop() {
		s.Narrowest("Microsoft.Resources/subscriptions/resourceGroups/read", false, 4)
	}
}

// TestParseLine reads what genroles writes, escapes and several permissions included.
func TestParseLine(t *testing.T) {
	c := newCatalogue()
	c.patterns = []string{"A/*/read", "A/x/read", "A/x/write"}
	r := c.parse(`guid` + "\t7\tLooker\t" + `a\tb\\c\nd` + "\t0,2\t1\t\t\t\t\t\t\t1\t\t@Resource[x] StringEquals 'y'\t2.0")
	if r.breadth != 7 || r.Description != "a\tb\\c\nd" || len(r.Permissions) != 2 {
		t.Fatalf("%+v", r)
	}
	first, second := r.Permissions[0], r.Permissions[1]
	if !slices.Equal(first.Actions, []string{"A/*/read", "A/x/write"}) || !slices.Equal(first.NotActions, []string{"A/x/read"}) || first.DataActions != nil {
		t.Errorf("%+v", first)
	}
	if second.Actions != nil || !slices.Equal(second.DataActions, []string{"A/x/read"}) || second.ConditionVersion != "2.0" || second.Condition == "" {
		t.Errorf("%+v", second)
	}
}
