package cli

import (
	"bytes"
	"errors"
	"os/exec"
	"slices"
	"strings"
	"testing"

	"github.com/alcedo-cloud/alcedo/internal/control"
	"github.com/alcedo-cloud/alcedo/internal/fault"
)

// run runs a command line against an empty state folder.
func run(t *testing.T, args ...string) (out string, err error) {
	t.Helper()
	var buf bytes.Buffer
	sh := &shell{out: &buf, err: &buf}
	root := newRoot(sh)
	root.SetArgs(append(args, "--data", t.TempDir()))
	root.SetOut(&buf)
	root.SetErr(&buf)
	err = root.ExecuteContext(t.Context())
	return buf.String(), err
}

func TestCommandsWithoutACloud(t *testing.T) {
	for _, line := range []string{"credentials", "vm list", "env", "explain", "down", "storage check", "wait --timeout 1ms", "vm create web"} {
		_, err := run(t, strings.Fields(line)...)
		if err == nil || !strings.Contains(err.Error(), "alcedo up") {
			t.Errorf("alcedo %s: %v; it should say how to start a cloud", line, err)
		}
	}
}

func TestEveryCommandHasExamplesAndHelp(t *testing.T) {
	root := newRoot(&shell{})
	for _, cmd := range root.Commands() {
		if cmd.Short == "" {
			t.Errorf("%s has no help", cmd.Name())
		}
		if cmd.Example == "" && !slices.Contains([]string{"vm", "storage", "version", "completion", "help", "fetch"}, cmd.Name()) {
			t.Errorf("%s has no example", cmd.Name())
		}
	}
}

func TestQuoteIsOneWordOfTheShell(t *testing.T) {
	sh, err := exec.LookPath("sh")
	if err != nil {
		t.Skip("sh is not installed")
	}
	for _, text := range []string{"", "plain", "a b", "it's", `$HOME "x" \ ` + "`id`", "a\nb", "*?[~", "~", "a=b&c;d|e>f#g"} {
		out, err := exec.Command(sh, "-c", "printf %s "+quote(text)).Output()
		if err != nil || string(out) != text {
			t.Errorf("quote(%q) = %s reads as %q, %v", text, quote(text), out, err)
		}
	}
}

func TestCredentialVariables(t *testing.T) {
	c := control.Credentials{
		TenantID: "t", SubscriptionID: "s", ClientID: "c", ClientSecret: "x", UserPrincipalName: "u", Password: "p",
	}
	got := map[string]string{}
	for _, v := range credentialVariables(c, "AzureChinaCloud") {
		got[v.name] = v.value
	}
	for name, want := range map[string]string{
		"AZURE_TENANT_ID": "t", "AZURE_SUBSCRIPTION_ID": "s", "AZURE_CLIENT_ID": "c", "AZURE_CLIENT_SECRET": "x",
		"AZURE_USERNAME": "u", "AZURE_PASSWORD": "p", "AZURE_AUTHORITY_HOST": "https://login.partner.microsoftonline.cn/",
		"ARM_TENANT_ID": "t", "ARM_SUBSCRIPTION_ID": "s", "ARM_CLIENT_ID": "c", "ARM_CLIENT_SECRET": "x", "ARM_ENVIRONMENT": "china",
	} {
		if got[name] != want {
			t.Errorf("%s is %q, want %q", name, got[name], want)
		}
	}
}

func TestWanted(t *testing.T) {
	system, assigned := wanted([]string{"[system]", "/id1", "none"})
	if !system || !slices.Equal(assigned, []string{"/id1"}) {
		t.Errorf("%v %v", system, assigned)
	}
	if system, assigned := wanted([]string{"none"}); system || assigned != nil {
		t.Errorf("none: %v %v", system, assigned)
	}
}

func TestMessage(t *testing.T) {
	public := fault.New(fault.NotFound, "x.Y", "", "there is no such thing")
	if got := message(fault.Wrap("a.B", public)); got != "there is no such thing" {
		t.Errorf("a fault reads %q", got)
	}
	internal := fault.Wrap("a.B", errors.New("disk on fire"))
	if got := message(internal); !strings.Contains(got, "disk on fire") {
		t.Errorf("the operator does not learn of %q", got)
	}
}
