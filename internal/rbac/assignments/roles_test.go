package assignments

import (
	"strings"
	"testing"

	"github.com/alcedo-cloud/alcedo/internal/caller"
	"github.com/alcedo-cloud/alcedo/internal/rbac"
)

func starter() rbac.Role {
	return rbac.Role{
		Name: guid(100), RoleName: "Machine Starter", Description: "starts machines", AssignableScopes: []string{sub},
		Permissions: []rbac.Permission{{Actions: []string{"Microsoft.Compute/virtualMachines/start/action", "Microsoft.Compute/*/read"}}},
	}
}

func TestCustomRole(t *testing.T) {
	w := newWorld(t, nil)
	c := caller.Caller{ObjectID: alice}
	start := "Microsoft.Compute/virtualMachines/start/action"
	out, err := w.PutRole(t.Context(), c, starter())
	if err != nil || out.Type != CustomRole || out.CreatedBy != alice || out.CreatedOn.IsZero() {
		t.Fatalf("%+v %v", out, err)
	}
	w.must(t, 1, robot, guid(100), rg)
	if !w.allows(t, robot, start, vm) || w.allows(t, robot, "Microsoft.Compute/virtualMachines/write", vm) {
		t.Error("the custom role decides wrongly")
	}
	if _, _, err := w.put(t, 2, robot, guid(100), "/subscriptions/33333333-3333-3333-3333-333333333333"); reason(err) != "invalid RoleDefinitionDoesNotExist" {
		t.Errorf("assigned outside of its assignable scopes: %v", err)
	}
	changed := starter()
	changed.RoleName, changed.Permissions[0].NotActions = "Machine Reader", []string{start}
	if _, err := w.PutRole(t.Context(), c, changed); err != nil {
		t.Fatal(err)
	}
	if w.allows(t, robot, start, vm) {
		t.Error("what was taken out of the role still counts")
	}
	if _, err := w.DeleteRole(t.Context(), guid(100)); reason(err) != "invalid RoleDefinitionHasAssignments" {
		t.Errorf("deleted while held: %v", err)
	}
	if _, err := w.Delete(t.Context(), c, rbac.NewScope(rg), guid(1)); err != nil {
		t.Fatal(err)
	}
	if gone, err := w.DeleteRole(t.Context(), guid(100)); err != nil || gone == nil {
		t.Errorf("%v %v", gone, err)
	}
	if gone, err := w.DeleteRole(t.Context(), guid(100)); err != nil || gone != nil {
		t.Errorf("deleted twice: %v %v", gone, err)
	}
	if r, err := w.Role(t.Context(), guid(100)); r != nil || err != nil {
		t.Errorf("still there: %v %v", r, err)
	}
	// Both of its names are free again.
	for i, name := range []string{"Machine Starter", "Machine Reader"} {
		r := starter()
		r.Name, r.RoleName = guid(101+i), name
		if _, err := w.PutRole(t.Context(), c, r); err != nil {
			t.Error(err)
		}
	}
}

func TestRefusedRoles(t *testing.T) {
	w := newWorld(t, func(c *Config) { c.MaxRoles = 2 })
	c := caller.Caller{ObjectID: alice}
	if _, err := w.PutRole(t.Context(), c, starter()); err != nil {
		t.Fatal(err)
	}
	for _, x := range []struct {
		name   string
		change func(*rbac.Role)
		want   string
	}{
		{"no GUID", func(r *rbac.Role) { r.Name = "starter" }, "invalid InvalidRoleDefinitionId"},
		{"built-in GUID", func(r *rbac.Role) { r.Name = strings.ToUpper(Reader) }, "invalid RoleDefinitionUpdateNotPermitted"},
		{"no name", func(r *rbac.Role) { r.RoleName = " " }, "invalid InvalidRoleDefinitionName"},
		{"long name", func(r *rbac.Role) { r.RoleName = strings.Repeat("x", 513) }, "invalid InvalidRoleDefinitionName"},
		{"name of another", func(r *rbac.Role) { r.RoleName = "MACHINE STARTER" }, "exists RoleDefinitionWithSameNameExists"},
		{"name of a built-in role", func(r *rbac.Role) { r.RoleName = "reader" }, "exists RoleDefinitionWithSameNameExists"},
		{"long description", func(r *rbac.Role) { r.Description = strings.Repeat("x", 3000) }, "invalid InvalidRoleDefinitionDescription"},
		{"no permissions", func(r *rbac.Role) { r.Permissions = nil }, "invalid InvalidRoleDefinition"},
		{"condition", func(r *rbac.Role) { r.Permissions[0].Condition = "@Resource[x] StringEquals 'x'" }, "invalid InvalidRoleDefinition"},
		{"unknown provider", func(r *rbac.Role) { r.Permissions[0].Actions = []string{"Contoso.Nothing/read"} }, "invalid InvalidActionOrNotAction"},
		{"no action at all", func(r *rbac.Role) { r.Permissions[0].NotActions = []string{""} }, "invalid InvalidActionOrNotAction"},
		{"a provider alone", func(r *rbac.Role) { r.Permissions[0].DataActions = []string{"Microsoft.Compute"} }, "invalid InvalidActionOrNotAction"},
		{"strange characters", func(r *rbac.Role) { r.Permissions[0].Actions = []string{"Microsoft.Compute/<script>"} }, "invalid InvalidActionOrNotAction"},
		{"too many actions", func(r *rbac.Role) {
			r.Permissions[0].Actions = strings.Split(strings.Repeat("Microsoft.Compute/x/read,", 5000), ",")
		}, "invalid InvalidRoleDefinition"},
		{"no scopes", func(r *rbac.Role) { r.AssignableScopes = nil }, "invalid MissingAssignableScopes"},
		{"root", func(r *rbac.Role) { r.AssignableScopes = []string{"/"} }, "invalid InvalidRoleDefinitionAssignableScope"},
		{"all subscriptions", func(r *rbac.Role) { r.AssignableScopes = []string{"/subscriptions/*"} }, "invalid InvalidRoleDefinitionAssignableScope"},
		{"nonsense", func(r *rbac.Role) { r.AssignableScopes = []string{"everywhere"} }, "invalid InvalidRoleDefinitionAssignableScope"},
		{"two management groups", func(r *rbac.Role) {
			r.AssignableScopes = []string{"/providers/Microsoft.Management/managementGroups/a", "/providers/Microsoft.Management/managementGroups/b"}
		}, "invalid InvalidRoleDefinitionAssignableScope"},
	} {
		r := starter()
		r.Name, r.RoleName = guid(101), "Another"
		x.change(&r)
		if _, err := w.PutRole(t.Context(), c, r); reason(err) != x.want {
			t.Errorf("%s: %s, want %s", x.name, reason(err), x.want)
		}
	}
	for i, want := range []string{"<nil>", "invalid RoleDefinitionLimitExceeded"} {
		r := starter()
		r.Name, r.RoleName = guid(101+i), guid(i)
		if _, err := w.PutRole(t.Context(), c, r); reason(err) != want {
			t.Errorf("role %d: %v, want %s", i+2, err, want)
		}
	}
	if _, err := w.DeleteRole(t.Context(), Reader); reason(err) != "invalid RoleDefinitionDeleteNotPermitted" {
		t.Errorf("a built-in role is deleted: %v", err)
	}
}

func TestRoles(t *testing.T) {
	w := newWorld(t, nil)
	if _, err := w.PutRole(t.Context(), caller.Caller{ObjectID: alice}, starter()); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name string
		q    RoleQuery
		want int
	}{
		{"all", RoleQuery{Scope: rbac.NewScope(rg)}, 929},
		{"above its assignable scopes", RoleQuery{Scope: rbac.Root}, 928},
		{"there and below", RoleQuery{Scope: rbac.Root, Below: true}, 929},
		{"custom", RoleQuery{Scope: rbac.NewScope(rg), Type: "customrole"}, 1},
		{"built-in", RoleQuery{Scope: rbac.NewScope(rg), Type: "BuiltInRole"}, 928},
		{"by name", RoleQuery{Scope: rbac.NewScope(rg), RoleName: "reader"}, 1},
		{"by name, custom", RoleQuery{Scope: rbac.NewScope(rg), RoleName: "machine starter"}, 1},
		{"by name, elsewhere", RoleQuery{Scope: rbac.NewScope("/subscriptions/x"), RoleName: "machine starter"}, 0},
		{"unknown", RoleQuery{Scope: rbac.NewScope(rg), RoleName: "Reade"}, 0},
	} {
		roles, err := w.Roles(t.Context(), c.q)
		if err != nil || len(roles) != c.want {
			t.Errorf("%s: %d, want %d; %v", c.name, len(roles), c.want, err)
		}
	}
}

func TestOperations(t *testing.T) {
	w := newWorld(t, nil)
	all := w.Operations("")
	compute := w.Operations("microsoft.compute")
	if len(all) < 4000 || len(compute) == 0 || len(compute) >= len(all) {
		t.Errorf("%d operations, %d of Microsoft.Compute", len(all), len(compute))
	}
	for _, op := range compute {
		if !strings.HasPrefix(strings.ToLower(op.Name), "microsoft.compute/") || strings.Contains(op.Name, "*") {
			t.Errorf("%s among those of Microsoft.Compute", op.Name)
		}
	}
	if len(w.Operations("contoso")) != 0 {
		t.Error("an unknown provider has operations")
	}
}
