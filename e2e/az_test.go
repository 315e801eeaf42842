package e2e

import (
	"encoding/json"
	"strings"
	"testing"
)

// cli is az with a configuration folder of its own.
type cli struct {
	i  *instance
	at place
}

// az gives one that is set to the instance's cloud and not signed in.
func (i *instance) az(t *testing.T, at place) cli {
	t.Helper()
	program(t, "az")
	needNamespaces(t)
	c := cli{i, place{at.args, []string{
		"AZURE_CONFIG_DIR=" + t.TempDir(), "AZURE_CORE_COLLECT_TELEMETRY=false", "AZURE_CORE_NO_COLOR=true",
		"AZURE_CORE_ONLY_SHOW_ERRORS=true",
	}}}
	c.text(t, "cloud", "set", "-n", i.cloud)
	return c
}

func (c cli) run(t *testing.T, args ...string) result {
	t.Helper()
	return c.i.run(t, c.i.program(c.at, append([]string{"az"}, args...)...))
}

// text runs az, which has to succeed, and gives what it printed.
func (c cli) text(t *testing.T, args ...string) string {
	t.Helper()
	r := c.run(t, args...)
	if r.status != 0 {
		t.Fatalf("%s", r)
	}
	return r.stdout
}

// json is text, decoded.
func (c cli) json(t *testing.T, args ...string) map[string]any {
	t.Helper()
	return object(t, c.text(t, append(args, "--output", "json")...))
}

// refused runs az, which has to fail with a text.
func (c cli) refused(t *testing.T, text string, args ...string) {
	t.Helper()
	if r := c.run(t, args...); r.status == 0 || !strings.Contains(r.stderr, text) {
		t.Errorf("want a refusal with %q: %s", text, r)
	}
}

// TestAz is the loop with Debian's az, which is old: what it crashes on by itself is reached by az rest.
func TestAz(t *testing.T) {
	i := start(t, "AzureChinaCloud")
	manager := "https://" + clouds[i.cloud].resourceManager

	owner := i.az(t, i.workstation())
	owner.text(t, "login", "--service-principal", "-u", i.ClientID, "-p", i.ClientSecret, "--tenant", i.TenantID)
	if got := owner.json(t, "account", "show"); at(got, "id") != i.SubscriptionID || at(got, "tenantId") != i.TenantID {
		t.Errorf("az account show: %v", got)
	}
	if got := owner.json(t, "group", "create", "-n", "rg", "-l", i.location); at(got, "properties", "provisioningState") != "Succeeded" {
		t.Errorf("az group create: %v", got)
	}
	if got := strings.TrimSpace(owner.text(t, "group", "exists", "-n", "rg")); got != "true" {
		t.Errorf("az group exists: %s", got)
	}
	if got := strings.TrimSpace(owner.text(t, "group", "exists", "-n", "other")); got != "false" {
		t.Errorf("az group exists of another: %s", got)
	}
	owner.refused(t, "ResourceGroupNotFound", "group", "show", "-n", "other")

	id1 := owner.json(t, "identity", "create", "-g", "rg", "-n", "ID1")
	if at(id1, "clientId") == "" || at(id1, "principalId") == "" {
		t.Fatalf("az identity create: %v", id1)
	}
	if got := owner.json(t, "identity", "show", "-g", "rg", "-n", "ID1"); at(got, "clientId") != at(id1, "clientId") {
		t.Errorf("az identity show: %v", got)
	}
	vmID := i.groupID("rg") + "/providers/Microsoft.Compute/virtualMachines/web"
	body, err := json.Marshal(map[string]any{
		"location": i.location,
		"identity": map[string]any{"type": "SystemAssigned, UserAssigned", "userAssignedIdentities": map[string]any{at(id1, "id"): map[string]any{}}},
		"properties": map[string]any{
			"hardwareProfile": map[string]any{"vmSize": "Standard_B1s"},
			"storageProfile": map[string]any{
				"imageReference": map[string]any{"publisher": "Debian", "offer": "debian-12", "sku": "12-gen2", "version": "latest"},
				"osDisk":         map[string]any{"createOption": "FromImage"},
			},
			"osProfile":      map[string]any{"computerName": "web", "adminUsername": "azureuser", "adminPassword": "Correct-Horse-9"},
			"networkProfile": map[string]any{"networkInterfaces": []any{}},
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	vm := owner.json(t, "rest", "--method", "put", "--url", manager+vmID+"?api-version=2024-07-01", "--body", string(body))
	system := at(vm, "identity", "principalId")
	if got := owner.json(t, "resource", "show", "--ids", vmID); at(got, "name") != "web" {
		t.Errorf("az resource show: %v", got)
	}
	if got := owner.text(t, "resource", "list", "-g", "rg", "--query", "[].name", "--output", "tsv"); !strings.Contains(got, "web") || !strings.Contains(got, "ID1") {
		t.Errorf("az resource list: %s", got)
	}

	machine := i.az(t, i.machine("web"))
	// Without a role anywhere az finds no subscription, as in Azure.
	machine.refused(t, "no subscriptions were found", "login", "--identity")
	machine.text(t, "login", "--identity", "--allow-no-subscriptions")

	assignment := manager + i.groupID("rg") + "/providers/Microsoft.Authorization/roleAssignments/" + guid() + "?api-version=2022-04-01"
	reader, err := json.Marshal(map[string]any{"properties": map[string]any{
		"roleDefinitionId": "/subscriptions/" + i.SubscriptionID + "/providers/Microsoft.Authorization/roleDefinitions/acdd72a7-3385-48ef-bd42-f606fba81ae7",
		"principalId":      system, "principalType": "ServicePrincipal",
	}})
	if err != nil {
		t.Fatal(err)
	}
	owner.json(t, "rest", "--method", "put", "--url", assignment, "--body", string(reader))
	machine.text(t, "login", "--identity")
	if got := machine.json(t, "group", "show", "-n", "rg"); at(got, "name") != "rg" {
		t.Errorf("az group show on the machine: %v", got)
	}
	machine.refused(t, "AuthorizationFailed", "group", "create", "-n", "rg2", "-l", i.location)
	if got := machine.json(t, "rest", "--method", "get", "--url", manager+i.groupID("rg")+"?api-version=2021-04-01"); at(got, "name") != "rg" {
		t.Errorf("az rest on the machine: %v", got)
	}
	owner.text(t, "rest", "--method", "delete", "--url", assignment)
	machine.refused(t, "AuthorizationFailed", "group", "show", "-n", "rg")

	for _, selector := range []string{at(id1, "clientId"), at(id1, "principalId"), at(id1, "id")} {
		machine.text(t, "login", "--identity", "-u", selector, "--allow-no-subscriptions")
	}
	if r := machine.run(t, "login", "--identity", "-u", guid(), "--allow-no-subscriptions"); r.status == 0 {
		t.Errorf("an identity that the machine has not: %s", r)
	}

	owner.text(t, "group", "delete", "-n", "rg", "--yes")
	owner.refused(t, "ResourceGroupNotFound", "group", "show", "-n", "rg")
}

// TestAzLogins signs a user and a service principal in, in each cloud, and refuses them with the numbers of Entra.
func TestAzLogins(t *testing.T) {
	for cloud := range clouds {
		t.Run(cloud, func(t *testing.T) {
			i := start(t, cloud)
			user := i.az(t, i.workstation())
			user.refused(t, "AADSTS50126", "login", "-u", i.UserPrincipalName, "-p", "wrong")
			user.text(t, "login", "-u", i.UserPrincipalName, "-p", i.Password)
			if got := user.json(t, "account", "show"); at(got, "user", "name") != i.UserPrincipalName || at(got, "id") != i.SubscriptionID {
				t.Errorf("az account show: %v", got)
			}
			user.json(t, "group", "list")
			if got := user.json(t, "ad", "signed-in-user", "show"); at(got, "userPrincipalName") != i.UserPrincipalName {
				t.Errorf("az ad signed-in-user show: %v", got)
			}

			principal := i.az(t, i.workstation())
			principal.refused(t, "AADSTS7000215", "login", "--service-principal", "-u", i.ClientID, "-p", "wrong", "--tenant", i.TenantID)
			principal.text(t, "login", "--service-principal", "-u", i.ClientID, "-p", i.ClientSecret, "--tenant", i.TenantID)
			principal.json(t, "group", "list")
		})
	}
}
