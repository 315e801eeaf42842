package e2e

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestAzDeployment deploys a template with Debian's az: machines, a vault with a secret, and the roles by which the
// machines read it.
func TestAzDeployment(t *testing.T) {
	i := start(t, "AzureCloud")
	az := i.az(t, i.workstation())
	az.text(t, "login", "--service-principal", "-u", i.ClientID, "-p", i.ClientSecret, "--tenant", i.TenantID)
	az.text(t, "group", "create", "-n", "rg", "-l", i.location)
	file, err := filepath.Abs("testdata/templates/machine.json")
	if err != nil {
		t.Fatal(err)
	}
	with := func(verb string, more ...string) []string {
		return append([]string{"deployment", "group", verb, "-g", "rg", "-n", "demo", "-f", file, "-p", "secret=My Secret"}, more...)
	}
	if got := az.json(t, with("validate")...); at(got, "properties", "provisioningState") != "Succeeded" {
		t.Errorf("validate: %v", got)
	}
	if got := az.text(t, with("what-if", "--no-pretty-print")...); strings.Count(got, `"Create"`) < 4 || strings.Contains(got, "My Secret") {
		t.Errorf("what-if: %s", got)
	}
	az.refused(t, "InvalidTemplate", with("create", "-p", "secret=abc")...)
	made := az.json(t, with("create")...)
	uri := at(made, "properties", "outputs", "uri", "value")
	if at(made, "properties", "provisioningState") != "Succeeded" || !strings.HasPrefix(uri, "https://kv") {
		t.Fatalf("created: %v", made)
	}
	for _, machine := range []string{"web", "job"} {
		curl := i.program(i.machine(machine), "sh", "-c", `token=$(curl -sS -H Metadata:true `+
			`'http://169.254.169.254/metadata/identity/oauth2/token?api-version=2018-02-01&resource=https%3A%2F%2Fvault.azure.net' | sed 's/.*"access_token":"\([^"]*\)".*/\1/'); `+
			`curl -sS '`+uri+`secrets/mi-test?api-version=2016-10-01' -H "Authorization: Bearer $token"`)
		if got := i.must(t, curl); !strings.Contains(got.stdout, `"My Secret"`) {
			t.Errorf("%s reads %s", machine, got)
		}
	}
	az.refused(t, "DeploymentFailed", with("create", "-p", "broken=true")...)
	if got := az.text(t, "deployment", "operation", "group", "list", "-g", "rg", "-n", "demo", "--query", "[?properties.provisioningState=='Failed'].properties.targetResource.resourceName", "-o", "tsv"); strings.TrimSpace(got) != "no--name" {
		t.Errorf("failed operations: %s", got)
	}
	az.text(t, "deployment", "group", "delete", "-g", "rg", "-n", "demo")

	// A machine that may deploy may not deploy what it may not write itself.
	box := filepath.Join(t.TempDir(), "role.json")
	template := `{"$schema": "https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#", "contentVersion": "1.0.0.0", "resources": [
		{"type": "Microsoft.ManagedIdentity/userAssignedIdentities", "apiVersion": "2023-01-31", "name": "more", "location": "` + i.location + `"}]}`
	if err := os.WriteFile(box, []byte(template), 0o600); err != nil {
		t.Fatal(err)
	}
	web := at(az.json(t, "resource", "show", "-g", "rg", "-n", "web", "--resource-type", "Microsoft.Compute/virtualMachines"), "identity", "principalId")
	az.text(t, "rest", "--method", "put", "--url", "https://management.azure.com"+i.groupID("rg")+"/providers/Microsoft.Authorization/roleAssignments/"+guid()+"?api-version=2022-04-01",
		"--body", `{"properties":{"principalType":"ServicePrincipal","principalId":"`+web+`","roleDefinitionId":"/subscriptions/`+i.SubscriptionID+`/providers/Microsoft.Authorization/roleDefinitions/f25e0fa2-a7c8-4377-a976-54943a77a395"}}`)
	machine := i.az(t, i.machine("web"))
	machine.text(t, "login", "--identity")
	machine.refused(t, "userAssignedIdentities/write", "deployment", "group", "create", "-g", "rg", "-n", "more", "-f", box)
}
