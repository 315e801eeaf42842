package audit

import (
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/alcedo-cloud/alcedo/internal/caller"
	"github.com/alcedo-cloud/alcedo/internal/rbac"
	"github.com/alcedo-cloud/alcedo/internal/store/storetest"
)

func explainer(t *testing.T) *Log {
	l, _ := open(t, storetest.Memory(t), func(c *Config) {
		c.Name = func(_ context.Context, id string) string {
			return map[string]string{robot: "web", staff: "Staff"}[id]
		}
		c.Narrowest = func(action string, _ bool, most int) []*rbac.Role {
			if strings.HasPrefix(action, "Contoso") {
				return nil
			}
			return []*rbac.Role{reader, {Name: "o", RoleName: "Owner's \"own\""}}[:min(most, 2)]
		}
		c.Exists = func(_ context.Context, s rbac.Scope) (bool, error) { return s.Equal(rbac.NewScope(vm)), nil }
	})
	return l
}

func TestExplain(t *testing.T) {
	l := explainer(t)
	who := caller.Caller{Kind: caller.ManagedIdentity, ObjectID: robot}
	for _, c := range []struct {
		name    string
		entry   Entry
		because string
		command string
	}{
		{
			"allowed through a group",
			Entry{Caller: who, Action: "a/read", Scope: vm, Allowed: true, Assignment: "id", Role: "Reader", RoleScope: rg, AssignedTo: staff},
			"Reader, assigned at " + rg + " to the group Staff (" + staff + ")", "",
		},
		{
			"allowed itself",
			Entry{Caller: who, Action: "a/read", Scope: vm, Allowed: true, Assignment: "id", Role: "Reader", RoleScope: rg, AssignedTo: strings.ToUpper(robot)},
			"Reader, assigned at " + rg, "",
		},
		{
			"refused",
			Entry{Caller: who, Action: "Microsoft.Compute/virtualMachines/read", Scope: vm},
			"no role that the caller holds at this scope or above it grants this action",
			"az role assignment create --role 'Reader' --assignee-object-id '" + robot + "' --assignee-principal-type ServicePrincipal --scope '" + vm + "'",
		},
		{
			"a person refused",
			Entry{Caller: caller.Caller{Kind: caller.User, ObjectID: robot}, Action: "a/read", Data: true, Scope: vm},
			"no role that the caller holds at this scope or above it grants this data action",
			"az role assignment create --role 'Reader' --assignee-object-id '" + robot + "' --assignee-principal-type User --scope '" + vm + "'",
		},
		{
			"a condition",
			Entry{Caller: who, Action: "a/read", Scope: vm, Condition: true, Assignment: "id", Role: "Reader", RoleScope: rg, AssignedTo: robot},
			"the condition on Reader, assigned at " + rg + " was not fulfilled",
			"az role assignment create --role 'Reader' --assignee-object-id '" + robot + "' --assignee-principal-type ServicePrincipal --scope '" + vm + "'",
		},
		{"a deny assignment", Entry{Caller: who, Action: "a/read", Scope: vm, Deny: "d"}, "the deny assignment d", ""},
		{
			"no role would do",
			Entry{Caller: who, Action: "Contoso/x/read", Scope: vm},
			"no role that the caller holds at this scope or above it grants this action; no built-in role grants it, a custom role can", "",
		},
		{"nobody", Entry{Action: "a/read", Scope: vm}, "no role that the caller holds at this scope or above it grants this action", ""},
	} {
		x, err := l.Explain(t.Context(), c.entry)
		if err != nil {
			t.Fatal(err)
		}
		if x.Because != c.because {
			t.Errorf("%s: %q, want %q", c.name, x.Because, c.because)
		}
		command := ""
		if x.Suggestion != nil {
			command = x.Suggestion.Command
		}
		if command != c.command {
			t.Errorf("%s: %q, want %q", c.name, command, c.command)
		}
		if c.entry.Caller.ObjectID == robot && x.Who != "web ("+robot+")" {
			t.Errorf("%s: who is %q", c.name, x.Who)
		}
	}
}

// TestSuggestedScope: a role can be assigned there, and it covers what was refused.
func TestSuggestedScope(t *testing.T) {
	l := explainer(t)
	for _, c := range []struct{ action, scope, want string }{
		{"Microsoft.Compute/virtualMachines/read", vm, vm},
		{"Microsoft.Compute/virtualMachines/write", vm, vm},       // it is there: an update
		{"Microsoft.Compute/virtualMachines/write", vm + "2", rg}, // it is not: a creation
		{"Microsoft.Compute/virtualMachines/extensions/write", vm + "/extensions/e", vm},
		{"Microsoft.Resources/subscriptions/resourceGroups/read", rg, rg},
		{"Microsoft.Resources/subscriptions/resourceGroups/write", rg, rg},
		{"Microsoft.Authorization/roleAssignments/write", vm + "/providers/Microsoft.Authorization/roleAssignments/x", vm},
		{"Microsoft.Authorization/roleAssignments/write", "/providers/microsoft.authorization/roleAssignments/x", "/"},
		{"Microsoft.Compute/virtualMachines/read", "/", "/"},
		{"blobs/read", rg + "/providers/Microsoft.Storage/storageAccounts/a/blobServices/default/containers/c/blobs/x/y", rg + "/providers/Microsoft.Storage/storageAccounts/a/blobServices/default/containers/c"},
		{"containers/read", rg + "/providers/Microsoft.Storage/storageAccounts/a/blobServices/default/containers/c", rg + "/providers/Microsoft.Storage/storageAccounts/a/blobServices/default/containers/c"},
		{"x/write", "/subscriptions/İİİİİİ/providers/Microsoft.Authorization/x", "/subscriptions/İİİİİİ"},
		{"x/write", "/subscriptions/s/providers/\xff\xfe/a/b", "/subscriptions/s"},
	} {
		x, err := l.Explain(t.Context(), Entry{Caller: caller.Caller{ObjectID: robot}, Action: c.action, Scope: c.scope})
		if err != nil || x.Suggestion == nil {
			t.Fatalf("%s: %+v %v", c.scope, x, err)
		}
		if x.Suggestion.Scope != c.want {
			t.Errorf("%s at %s: %s, want %s", c.action, c.scope, x.Suggestion.Scope, c.want)
		}
		if !rbac.NewScope(x.Suggestion.Scope).Contains(rbac.NewScope(c.scope)) {
			t.Errorf("%s does not contain %s", x.Suggestion.Scope, c.scope)
		}
	}
}

// TestCommandIsSafeToPaste: what a client chose cannot leave its quotes.
func TestCommandIsSafeToPaste(t *testing.T) {
	l := explainer(t)
	x, err := l.Explain(t.Context(), Entry{Caller: caller.Caller{ObjectID: robot}, Action: "a/read", Scope: "/subscriptions/s'; reboot; '$(x)"})
	if err != nil {
		t.Fatal(err)
	}
	if want := `--scope '/subscriptions/s'\''; reboot; '\''$(x)'`; !strings.HasSuffix(x.Suggestion.Command, want) {
		t.Errorf("%s, want at its end %s", x.Suggestion.Command, want)
	}
	if len(x.Suggestion.Also) != 1 || x.Suggestion.RoleID != reader.Name {
		t.Errorf("%+v", x.Suggestion)
	}
}

func TestExplainSaysWhenItCannot(t *testing.T) {
	away := errors.New("away")
	l, _ := open(t, storetest.Memory(t), func(c *Config) {
		c.Narrowest = func(string, bool, int) []*rbac.Role { return []*rbac.Role{reader} }
		c.Exists = func(context.Context, rbac.Scope) (bool, error) { return false, away }
	})
	if _, err := l.Explain(t.Context(), Entry{Caller: caller.Caller{ObjectID: robot}, Action: "a/write", Scope: vm}); !errors.Is(err, away) {
		t.Errorf("%v", err)
	}
}
