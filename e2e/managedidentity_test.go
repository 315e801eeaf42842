package e2e

import (
	"crypto/rand"
	"fmt"
	"strings"
	"testing"
)

// guid makes a name for a role assignment, as its caller has to.
func guid() string {
	var b [16]byte
	_, _ = rand.Read(b[:]) // never fails
	b[6], b[8] = b[6]&0x0f|0x40, b[8]&0x3f|0x80
	return fmt.Sprintf("%x-%x-%x-%x-%x", b[:4], b[4:6], b[6:8], b[8:10], b[10:])
}

// groupID is the scope of a resource group.
func (i *instance) groupID(name string) string {
	return "/subscriptions/" + i.SubscriptionID + "/resourceGroups/" + name
}

// grant gives a principal a role by name and returns the assignment's id.
func (i *instance) grant(t *testing.T, scope, role, principal string) string {
	t.Helper()
	definition := i.owner(t, "role", scope, role)
	made := i.owner(t, "assign", scope, guid(), at(definition, "id"), principal)
	return at(made, "id")
}

// TestSystemAssignedIdentity is the loop of the tutorial with the SDK: refused, granted, allowed, taken away, refused;
// and an identity that is switched off and on again is another one.
func TestSystemAssignedIdentity(t *testing.T) {
	for cloud := range clouds {
		t.Run(cloud, func(t *testing.T) {
			i := start(t, cloud)
			i.owner(t, "group-create", "DevTest", i.location)
			vm := i.owner(t, "vm-create", "DevTest", "web", i.location, "SystemAssigned")
			principal := at(vm, "identity", "principalId")
			if principal == "" || at(vm, "identity", "tenantId") != i.TenantID {
				t.Fatalf("the identity block is %v", vm["identity"])
			}

			web := i.machine("web")
			i.refused(t, web, "group", "DevTest").is(t, 403, "AuthorizationFailed", fmt.Sprintf(
				"The client '%s' with object id '%s' does not have authorization to perform action "+
					"'Microsoft.Resources/subscriptions/resourcegroups/read' over scope '%s' or the scope is invalid. "+
					"If access was recently granted, please refresh your credentials.",
				principal, principal, strings.Replace(i.groupID("DevTest"), "Groups", "groups", 1))) // as the SDK spells it

			assignment := i.grant(t, i.groupID("DevTest"), "Reader", principal)
			if got := i.sdk(t, web, "group", "DevTest"); at(got, "location") != i.location || at(got, "properties", "provisioningState") != "Succeeded" {
				t.Errorf("the group reads %v", got)
			}
			i.refused(t, web, "group-create", "DevTest", i.location).is(t, 403, "AuthorizationFailed", "'Microsoft.Resources/subscriptions/resourcegroups/write'")
			i.owner(t, "unassign", assignment)
			i.refused(t, web, "group", "DevTest").is(t, 403, "AuthorizationFailed", principal)

			i.owner(t, "vm-identity", "DevTest", "web", "None")
			if f := i.refused(t, web, "token", ""); !strings.Contains(f.Error, "Identity not found") {
				t.Errorf("IMDS refused a machine without an identity with %q", f.Error)
			}
			again := at(i.owner(t, "vm-identity", "DevTest", "web", "SystemAssigned"), "identity", "principalId")
			if again == "" || again == principal {
				t.Errorf("the identity switched on again is %q, was %q", again, principal)
			}
		})
	}
}

// TestTokenOfADeletedMachine: a token dies with its principal, before its time is over.
func TestTokenOfADeletedMachine(t *testing.T) {
	i := start(t, "AzureCloud")
	i.owner(t, "group-create", "gone", i.location)
	principal := at(i.owner(t, "vm-create", "gone", "web", i.location, "SystemAssigned"), "identity", "principalId")
	i.grant(t, i.groupID("gone"), "Reader", principal)
	token := at(i.sdk(t, i.machine("web"), "token", ""), "token")

	target := "https://" + clouds[i.cloud].resourceManager + i.groupID("gone") + "?api-version=2021-04-01"
	if r := i.get(t, target, token); r.status != 200 {
		t.Fatalf("the token does not work while its machine lives: %+v", r)
	}
	i.owner(t, "vm-delete", "gone", "web")
	if r := i.get(t, target, token); r.status != 401 || !strings.Contains(r.body, "InvalidAuthenticationToken") {
		t.Errorf("the token of a deleted machine got %+v", r)
	}
	found := i.owner(t, "assignments", i.groupID("gone"))
	if !strings.Contains(fmt.Sprint(found), principal) {
		t.Errorf("the orphaned assignment is no longer listed: %v", found)
	}
}

// TestUserAssignedIdentity selects an identity in each of the SDK's three ways, and none that is not assigned.
func TestUserAssignedIdentity(t *testing.T) {
	i := start(t, "AzureChinaCloud")
	i.owner(t, "group-create", "myResourceGroupVM", i.location)
	var ids [2]map[string]any
	for n, name := range []string{"ID1", "ID2"} {
		ids[n] = i.owner(t, "identity-create", "myResourceGroupVM", name, i.location)
	}
	id1, id2 := ids[0], ids[1]
	i.owner(t, "vm-create", "myResourceGroupVM", "myVM", i.location, "UserAssigned", at(id1, "id"))
	i.grant(t, i.groupID("myResourceGroupVM")+"/", "Reader", at(id1, "properties", "principalId"))

	vm := i.machine("myVM")
	for _, selector := range [][]string{
		{},
		{"-client-id", at(id1, "properties", "clientId")},
		{"-object-id", at(id1, "properties", "principalId")},
		{"-resource-id", at(id1, "id")},
		{"-resource-id", strings.ToUpper(at(id1, "id"))},
	} {
		t.Run(strings.Join(append([]string{"selected"}, selector...), " "), func(t *testing.T) {
			got := i.sdk(t, vm, append(selector, "group", "myResourceGroupVM")...)
			if at(got, "name") != "myResourceGroupVM" {
				t.Errorf("the group reads %v", got)
			}
		})
	}
	for _, selector := range [][]string{
		{"-client-id", at(id2, "properties", "clientId")},
		{"-object-id", at(id2, "properties", "principalId")},
		{"-resource-id", at(id2, "id")},
		{"-client-id", guid()},
	} {
		t.Run(strings.Join(append([]string{"refused"}, selector...), " "), func(t *testing.T) {
			if f := i.refused(t, vm, append(selector, "token", "")...); !strings.Contains(f.Error, "Identity not found") {
				t.Errorf("refused with %q", f.Error)
			}
		})
	}

	// With two identities and no system-assigned one, nobody can know which is meant.
	i.owner(t, "vm-identity", "myResourceGroupVM", "myVM", "UserAssigned", at(id1, "id"), at(id2, "id"))
	if f := i.refused(t, vm, "token", ""); !strings.Contains(f.Error, "Multiple user assigned identities exist") {
		t.Errorf("an ambiguous request was refused with %q", f.Error)
	}
	// ID2 is there and has no role.
	i.refused(t, vm, "-client-id", at(id2, "properties", "clientId"), "group", "myResourceGroupVM").is(t, 403, "AuthorizationFailed",
		at(id2, "properties", "principalId"))
}

// TestScaleSetInstance: the instances of a scale set share its identity, and each is a machine to enter.
func TestScaleSetInstance(t *testing.T) {
	i := start(t, "AzureCloud")
	i.owner(t, "group-create", "sets", i.location)
	set := i.owner(t, "vmss-create", "sets", "workers", i.location, "2")
	list, _ := i.owner(t, "vmss-vms", "sets", "workers")["value"].([]any)
	if len(list) != 2 {
		t.Fatalf("%d instances, want 2", len(list))
	}
	i.grant(t, i.groupID("sets"), "Reader", at(set, "identity", "principalId"))
	for _, vm := range list {
		name := at(vm, "name")
		if got := i.sdk(t, i.machine(name), "group", "sets"); at(got, "name") != "sets" {
			t.Errorf("%s read %v", name, got)
		}
	}
}
