package e2e

import (
	"os/exec"
	"strings"
	"testing"
)

// TestEnvironmentDoor: the second door, where namespaces cannot be had. The same programs, pointed by variables alone.
func TestEnvironmentDoor(t *testing.T) {
	i := start(t, "AzureCloud")
	i.must(t, i.command("vm", "create", "web", "--group", "demo"))
	i.must(t, i.command("vm", "create", "db", "--group", "demo", "--assign-identity", "none"))
	run := func(machine string, args ...string) result {
		cmd := exec.Command(client, append([]string{"-cloud", i.cloud}, args...)...)
		cmd.Env = append(cleanEnvironment(), "AZURE_SUBSCRIPTION_ID="+i.SubscriptionID)
		for name, value := range i.variables(t, "--vm", machine) {
			cmd.Env = append(cmd.Env, name+"="+value)
		}
		return i.run(t, cmd)
	}
	for _, as := range []string{"managed", "default"} {
		if r := run("web", "-as", as, "group", "demo"); r.status != 1 || !strings.Contains(r.stdout, `"AuthorizationFailed"`) {
			t.Errorf("as %s without a role: %s", as, r)
		}
	}
	var web struct {
		Identity struct {
			PrincipalID string `json:"principalId"`
		} `json:"identity"`
	}
	for _, vm := range machines(t, i) {
		if at(vm, "name") == "web" {
			web.Identity.PrincipalID = at(vm, "identity", "principalId")
		}
	}
	token := i.ownerToken(t, "https://"+clouds[i.cloud].resourceManager)
	i.assignByHand(t, token, i.groupID("demo"), web.Identity.PrincipalID)
	for _, as := range []string{"managed", "default"} {
		if r := run("web", "-as", as, "group", "demo"); r.status != 0 || at(object(t, r.stdout), "name") != "demo" {
			t.Errorf("as %s with Reader: %s", as, r)
		}
	}
	if r := run("db", "token", ""); r.status != 1 {
		t.Errorf("a machine without an identity got a token: %s", r)
	}
	if r := i.run(t, i.command("env", "--vm", "nosuch")); r.status != 1 || !strings.Contains(r.stderr, "nosuch") {
		t.Errorf("the variables of a machine that is not there: %s", r)
	}
}

// TestEnvironmentSecret: the identity endpoint of one machine does not answer to the secret of another.
func TestEnvironmentSecret(t *testing.T) {
	program(t, "curl")
	i := start(t, "AzureCloud")
	i.must(t, i.command("vm", "create", "web", "--group", "demo"))
	vars := i.variables(t, "--vm", "web")
	target := vars["IDENTITY_ENDPOINT"] + "?api-version=2019-08-01&resource=https://management.azure.com/"
	for header, ok := range map[string]bool{"X-IDENTITY-HEADER: " + vars["IDENTITY_HEADER"]: true, "X-IDENTITY-HEADER: " + guid(): false, "Metadata: true": false} {
		r := i.must(t, exec.Command("curl", "-s", "--noproxy", "*", "-H", header, target))
		if got := strings.Contains(r.stdout, "access_token"); got != ok {
			t.Errorf("with %q: %s", header, r.stdout)
		}
	}
}

// machines lists the virtual machines as the command line does.
func machines(t *testing.T, i *instance) []any {
	t.Helper()
	list, _ := object(t, i.must(t, i.command("vm", "list", "--output", "json")).stdout)["value"].([]any)
	return list
}
