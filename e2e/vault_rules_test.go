package e2e

import (
	"bytes"
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore/arm"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/to"
	"github.com/Azure/azure-sdk-for-go/sdk/azidentity"
	"github.com/Azure/azure-sdk-for-go/sdk/resourcemanager/keyvault/armkeyvault"
	"github.com/Azure/azure-sdk-for-go/sdk/security/keyvault/azsecrets"
)

const azureCLI = "04b07795-8ddb-461a-bbee-02f9e1bf7b46" // the client id of az

// TestCompoundIdentity gives a user a secret through one application: that user through another is refused, and so is
// the application without the user.
func TestCompoundIdentity(t *testing.T) {
	w := newVaultWorld(t, start(t, "AzureCloud"))
	uri := w.create("e2e-compound", armkeyvault.VaultProperties{})
	//lint:ignore SA1019 old programs still use this grant, and a test needs no browser for it.
	old := &azidentity.UsernamePasswordCredentialOptions{ClientOptions: w.options}
	user, err := azidentity.NewUsernamePasswordCredential(w.i.TenantID, azureCLI, w.i.UserPrincipalName, w.i.Password, old)
	w.check(err)
	c, err := azsecrets.NewClient(uri, user, &azsecrets.ClientOptions{ClientOptions: w.options})
	w.check(err)
	_, err = c.GetSecret(t.Context(), "s", "", nil)
	w.refused(err, 403, "Forbidden", "appid="+azureCLI+";oid=")
	userID := regexp.MustCompile(`oid=([0-9a-f-]{36})`).FindStringSubmatch(err.Error())[1]
	give := func(object, application string) {
		t.Helper()
		p := w.policy(armkeyvault.SecretPermissionsGet)
		entry := p.Properties.AccessPolicies[0]
		entry.ObjectID, entry.ApplicationID = &object, to.Ptr(application)
		_, err := w.vaults.UpdateAccessPolicy(t.Context(), "demo", "e2e-compound", armkeyvault.AccessPolicyUpdateKindAdd, p, nil)
		w.check(err)
	}
	give(userID, w.i.ClientID) // through the owner's application, which is not the one that the user came through
	_, err = c.GetSecret(t.Context(), "s", "", nil)
	w.refused(err, 403, "Forbidden", "does not have secrets get permission")
	_, err = w.secrets(uri).GetSecret(t.Context(), "s", "", nil)
	w.refused(err, 403, "Forbidden", "does not have secrets get permission")
	give(userID, azureCLI)
	_, err = c.GetSecret(t.Context(), "s", "", nil)
	w.refused(err, 404, "SecretNotFound", "s")
}

// TestVaultNetwork closes a vault to addresses and to everybody, and opens it again.
func TestVaultNetwork(t *testing.T) {
	w := newVaultWorld(t, start(t, "AzureCloud"))
	ctx := t.Context()
	uri := w.create("e2e-network", armkeyvault.VaultProperties{AccessPolicies: w.policy(armkeyvault.SecretPermissionsGet).Properties.AccessPolicies})
	c := w.secrets(uri)
	set := func(p armkeyvault.VaultPatchProperties) {
		t.Helper()
		_, err := w.vaults.Update(ctx, "demo", "e2e-network", armkeyvault.VaultPatchParameters{Properties: &p}, nil)
		w.check(err)
	}
	rules := func(addresses ...string) armkeyvault.VaultPatchProperties {
		set := &armkeyvault.NetworkRuleSet{DefaultAction: to.Ptr(armkeyvault.NetworkRuleActionDeny), Bypass: to.Ptr(armkeyvault.NetworkRuleBypassOptionsNone)}
		for _, a := range addresses {
			set.IPRules = append(set.IPRules, &armkeyvault.IPRule{Value: &a})
		}
		return armkeyvault.VaultPatchProperties{NetworkACLs: set}
	}
	_, err := c.GetSecret(ctx, "s", "", nil)
	w.refused(err, 404, "SecretNotFound", "s")
	set(rules("203.0.113.0/24"))
	_, err = c.GetSecret(ctx, "s", "", nil)
	w.refused(err, 403, "Forbidden", "Client address is not authorized and caller is not a trusted service.")
	w.refused(err, 403, "Forbidden", "ForbiddenByFirewall")
	address := regexp.MustCompile(`Client address: ([0-9a-f.:]+)`).FindStringSubmatch(err.Error())
	if address == nil {
		t.Fatalf("the refusal does not say whose address: %v", err)
	}
	set(rules("203.0.113.0/24", address[1]))
	_, err = c.GetSecret(ctx, "s", "", nil)
	w.refused(err, 404, "SecretNotFound", "s")
	set(armkeyvault.VaultPatchProperties{PublicNetworkAccess: to.Ptr("Disabled")})
	_, err = c.GetSecret(ctx, "s", "", nil)
	w.refused(err, 403, "Forbidden", "ForbiddenByConnection")
	set(armkeyvault.VaultPatchProperties{PublicNetworkAccess: to.Ptr("Enabled")})
	_, err = c.GetSecret(ctx, "s", "", nil)
	w.refused(err, 404, "SecretNotFound", "s")
}

// TestKeysThroughManager drives the keys of armkeyvault: Resource Manager makes a key once and reads its versions.
func TestKeysThroughManager(t *testing.T) {
	w := newVaultWorld(t, start(t, "AzureCloud"))
	w.create("e2e-armkeys", armkeyvault.VaultProperties{EnableRbacAuthorization: to.Ptr(true)})
	keys, err := armkeyvault.NewKeysClient(w.i.SubscriptionID, w.credential, &arm.ClientOptions{ClientOptions: w.options})
	w.check(err)
	ctx := t.Context()
	ask := armkeyvault.KeyCreateParameters{Properties: &armkeyvault.KeyProperties{
		Kty: to.Ptr(armkeyvault.JSONWebKeyTypeRSA), KeySize: to.Ptr(int32(2048)),
	}}
	made, err := keys.CreateIfNotExist(ctx, "demo", "e2e-armkeys", "k", ask, nil)
	w.check(err)
	again, err := keys.CreateIfNotExist(ctx, "demo", "e2e-armkeys", "k", ask, nil)
	w.check(err)
	got, err := keys.Get(ctx, "demo", "e2e-armkeys", "k", nil)
	w.check(err)
	if *again.Properties.KeyURIWithVersion != *made.Properties.KeyURIWithVersion || *got.Properties.KeySize != 2048 || *got.Properties.Kty != armkeyvault.JSONWebKeyTypeRSA {
		t.Errorf("%+v, then %+v", made.Properties, again.Properties)
	}
	version := (*made.Properties.KeyURIWithVersion)[strings.LastIndex(*made.Properties.KeyURIWithVersion, "/")+1:]
	one, err := keys.GetVersion(ctx, "demo", "e2e-armkeys", "k", version, nil)
	w.check(err)
	page, err := keys.NewListPager("demo", "e2e-armkeys", nil).NextPage(ctx)
	w.check(err)
	versions, err := keys.NewListVersionsPager("demo", "e2e-armkeys", "k", nil).NextPage(ctx)
	w.check(err)
	if *one.Name != version || len(page.Value) != 1 || len(versions.Value) != 1 || *versions.Value[0].Name != version {
		t.Errorf("%s: %+v %+v", version, page.Value, versions.Value)
	}
	_, err = keys.Get(ctx, "demo", "e2e-armkeys", "none", nil)
	w.refused(err, 404, "KeyNotFound", "none")
	ask.Properties.Kty = to.Ptr(armkeyvault.JSONWebKeyTypeRSAHSM)
	_, err = keys.CreateIfNotExist(ctx, "demo", "e2e-armkeys", "h", ask, nil)
	w.refused(err, 400, "BadParameter", "Hardware key operation not allowed on standard vault")
}

// TestRootKeyOfEnvironment keeps the root key out of the state folder: what is planted is in no file and no log, comes
// back under the same key, and under another nothing does.
func TestRootKeyOfEnvironment(t *testing.T) {
	const planted = "planted-and-never-shown"
	root := "ALCEDO_ROOT_KEY=AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="
	i := start(t, "AzureCloud", root)
	w := newVaultWorld(t, i)
	uri := w.create("e2e-root", armkeyvault.VaultProperties{
		AccessPolicies: w.policy(armkeyvault.SecretPermissionsGet, armkeyvault.SecretPermissionsSet).Properties.AccessPolicies,
	})
	_, err := w.secrets(uri).SetSecret(t.Context(), "s", azsecrets.SetSecretParameters{Value: to.Ptr(planted)}, nil)
	w.check(err)
	_, err = w.secrets(uri).SetSecret(t.Context(), "bad.name", azsecrets.SetSecretParameters{Value: to.Ptr(planted)}, nil)
	w.refused(err, 400, "BadParameter", "invalid name")
	explained := i.must(t, i.command("explain", "--most", "1000", "--output", "json"))
	i.server.stop(t)
	if strings.Contains(i.server.log.String()+explained.stdout+explained.stderr, planted) {
		t.Error("the log or the explanation shows the secret")
	}
	if _, err := os.Stat(filepath.Join(i.data, "root.key")); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("a root key was given, and there is a file: %v", err)
	}
	i.holdsNot(t, planted)
	i.server = i.up(t, root)
	got, err := w.reached().secrets(uri).GetSecret(context.WithoutCancel(t.Context()), "s", "", nil)
	w.check(err)
	if *got.Value != planted {
		t.Errorf("after a restart: %q", *got.Value)
	}
	i.server.stop(t)
	other := i.command("up", "--data", i.data, "--listen", "127.0.0.1:0")
	other.Env = append(other.Env, "ALCEDO_ROOT_KEY=//////////////////////////////////////////8=")
	if r := i.run(t, other); r.status != 1 || !strings.Contains(r.stderr, "root key") {
		t.Errorf("with another root key: %s", r)
	}
}

// holdsNot looks into every file of the state folder.
func (i *instance) holdsNot(t *testing.T, planted string) {
	t.Helper()
	files := 0
	err := filepath.WalkDir(i.data, func(path string, d fs.DirEntry, err error) error {
		if err != nil || !d.Type().IsRegular() {
			return err
		}
		text, err := os.ReadFile(path)
		if files++; bytes.Contains(text, []byte(planted)) {
			t.Errorf("%s holds the secret", path)
		}
		return err
	})
	if err != nil || files == 0 {
		t.Errorf("%d files read, %v", files, err)
	}
}

// reached makes the clients again, for an instance that was started anew.
func (w *vaultWorld) reached() *vaultWorld {
	w.Helper()
	again := &vaultWorld{T: w.T, i: w.i, options: w.options}
	again.options.Transport = w.i.http(w.T)
	var err error
	again.credential, err = azidentity.NewClientSecretCredential(w.i.TenantID, w.i.ClientID, w.i.ClientSecret,
		&azidentity.ClientSecretCredentialOptions{ClientOptions: again.options})
	w.check(err)
	return again
}
