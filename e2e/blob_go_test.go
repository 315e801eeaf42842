package e2e

import (
	"context"
	"encoding/base64"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/policy"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/to"
	"github.com/Azure/azure-sdk-for-go/sdk/storage/azblob"
	"github.com/Azure/azure-sdk-for-go/sdk/storage/azblob/blob"
	"github.com/Azure/azure-sdk-for-go/sdk/storage/azblob/bloberror"
	"github.com/Azure/azure-sdk-for-go/sdk/storage/azblob/sas"
	"github.com/Azure/azure-sdk-for-go/sdk/storage/azblob/service"
)

// tokens gives the SDK one token, as a credential of the user's own making does.
type tokens string

func (t tokens) GetToken(context.Context, policy.TokenRequestOptions) (azcore.AccessToken, error) {
	return azcore.AccessToken{Token: string(t), ExpiresOn: time.Now().Add(time.Hour)}, nil
}

// goAccount is an account with azblob's clients of it.
type goAccount struct {
	*storage
	t              *testing.T
	options        *azblob.ClientOptions
	key            *azblob.SharedKeyCredential
	byKey, byToken *azblob.Client
}

func newGoAccount(t *testing.T) *goAccount {
	t.Helper()
	i := start(t, "AzureUSGovernment")
	g := &goAccount{t: t}
	g.storage = i.account(t, "gostore", everything, "/encryptionScopes/scope1", `{"properties":{"source":"Microsoft.Storage"}}`)
	g.options = &azblob.ClientOptions{ClientOptions: azcore.ClientOptions{Transport: i.http(t), Retry: policy.RetryOptions{MaxRetries: -1}}}
	var err error
	if g.key, err = azblob.NewSharedKeyCredential("gostore", g.storage.key); err != nil {
		t.Fatal(err)
	}
	if g.byKey, err = azblob.NewClientWithSharedKeyCredential(g.endpoint, g.key, g.options); err != nil {
		t.Fatal(err)
	}
	if g.byToken, err = azblob.NewClient(g.endpoint, tokens(i.ownerToken(t, "https://storage.azure.com")), g.options); err != nil {
		t.Fatal(err)
	}
	return g
}

// open is a client that has a signature alone.
func (g *goAccount) open(query string) *azblob.Client {
	g.t.Helper()
	c, err := azblob.NewClientWithNoCredential(g.endpoint+"?"+query, g.options)
	if err != nil {
		g.t.Fatal(err)
	}
	return c
}

func (g *goAccount) upload(c *azblob.Client, name string) error {
	_, err := c.UploadBuffer(g.t.Context(), "con", name, []byte(name), nil)
	return err
}

func (g *goAccount) may(what string, err error) {
	g.t.Helper()
	if err != nil {
		g.t.Errorf("%s: %v", what, err)
	}
}

func (g *goAccount) mayNot(what string, err error, code bloberror.Code) {
	g.t.Helper()
	if !bloberror.HasCode(err, code) {
		g.t.Errorf("%s: %v, want %s", what, err, code)
	}
}

// TestBlobsWithGo opens an account with azblob by everything that opens one: a service principal's token, the account's
// key, and signatures of all three sorts; and sees each of them end where its right ends.
func TestBlobsWithGo(t *testing.T) {
	g := newGoAccount(t)
	if _, err := g.byToken.CreateContainer(t.Context(), "con", nil); err != nil {
		t.Fatal(err) // an owner manages containers
	}
	g.mayNot("the owner's token on data", g.upload(g.byToken, "token"), bloberror.AuthorizationPermissionMismatch)
	g.may("the key", g.upload(g.byKey, "key"))
	g.grantDataOwner()
	g.may("the owner's token with a data role", g.upload(g.byToken, "token"))

	signed := g.signatures("")
	for name, query := range signed {
		g.signature(name, query)
	}
	g.scopedSignature()

	// What the account's settings and keys say holds at once.
	g.arm(t, http.MethodPost, g.id+"/revokeUserDelegationKeys", "2023-05-01", "")
	g.mayNot("a revoked delegation", g.upload(g.open(signed["user"]), "y"), bloberror.AuthenticationFailed)
	g.arm(t, http.MethodPatch, g.id, "2023-05-01", `{"properties":{"allowSharedKeyAccess":false}}`)
	g.mayNot("a key that is not allowed", g.upload(g.byKey, "z"), "KeyBasedAuthenticationNotPermitted")
	g.may("a token where keys are not allowed", g.upload(g.byToken, "z"))
	g.arm(t, http.MethodPatch, g.id, "2023-05-01", `{"properties":{"networkAcls":{"defaultAction":"Deny"}}}`)
	g.mayNot("from outside of the network", g.upload(g.byToken, "z"), bloberror.AuthorizationFailure)
}

// signatures are queries of the three sorts, which read, create and, but for the account's, list.
func (g *goAccount) signatures(scope string) map[string]string {
	g.t.Helper()
	now := time.Now().UTC()
	delegation, err := g.byToken.ServiceClient().GetUserDelegationCredential(g.t.Context(), service.KeyInfo{
		Start: to.Ptr(now.Add(-time.Minute).Format(sas.TimeFormat)), Expiry: to.Ptr(now.Add(time.Hour).Format(sas.TimeFormat)),
	}, nil)
	if err != nil {
		g.t.Fatal(err)
	}
	values := sas.BlobSignatureValues{
		Protocol: sas.ProtocolHTTPS, ExpiryTime: now.Add(time.Hour), ContainerName: "con", EncryptionScope: scope,
		Permissions: (&sas.ContainerPermissions{Read: true, Create: true, List: true}).String(),
	}
	byService, err := values.SignWithSharedKey(g.key)
	if err != nil {
		g.t.Fatal(err)
	}
	byUser, err := values.SignWithUserDelegation(delegation)
	if err != nil {
		g.t.Fatal(err)
	}
	byAccount, err := sas.AccountSignatureValues{
		Protocol: sas.ProtocolHTTPS, ExpiryTime: now.Add(time.Hour), ResourceTypes: (&sas.AccountResourceTypes{Object: true}).String(),
		Permissions: (&sas.AccountPermissions{Read: true, Create: true}).String(), EncryptionScope: scope,
	}.SignWithSharedKey(g.key)
	if err != nil {
		g.t.Fatal(err)
	}
	return map[string]string{"service": byService.Encode(), "user": byUser.Encode(), "account": byAccount.Encode()}
}

// signature goes to the ends of what one of signatures permits.
func (g *goAccount) signature(name, query string) {
	g.t.Helper()
	ctx, c := g.t.Context(), g.open(query)
	g.may(name, g.upload(c, name))
	g.mayNot(name+", again", g.upload(c, name), bloberror.UnauthorizedBlobOverwrite)
	got := make([]byte, len(name))
	if _, err := c.DownloadBuffer(ctx, "con", name, got, nil); err != nil || string(got) != name {
		g.t.Errorf("%s: %q, %v", name, got, err)
	}
	_, err := c.DeleteBlob(ctx, "con", name, nil)
	g.mayNot(name+" to delete", err, bloberror.AuthorizationPermissionMismatch)
	_, err = c.NewListBlobsFlatPager("con", nil).NextPage(ctx)
	if name == "account" {
		g.mayNot("an account's signature for objects, on a container", err, "AuthorizationResourceTypeMismatch")
	} else {
		g.may(name+" to list", err)
	}
	at := strings.Index(query, "se=20") + len("se=")
	g.mayNot(name+", made longer", g.upload(g.open(query[:at]+"2099"+query[at+4:]), "x"), bloberror.AuthenticationFailed)
}

// scopedSignature: a signature for an encryption scope writes by that one, and by no other.
func (g *goAccount) scopedSignature() {
	g.t.Helper()
	ctx := g.t.Context()
	for sort, query := range g.signatures("scope1") {
		name, c := "scoped by "+sort, g.open(query)
		g.may(name, g.upload(c, name))
		got, err := g.byKey.ServiceClient().NewContainerClient("con").NewBlobClient(name).GetProperties(ctx, nil)
		if err != nil || got.EncryptionScope == nil || *got.EncryptionScope != "scope1" {
			g.t.Errorf("%s: the scope is %v, %v", name, got.EncryptionScope, err)
		}
		_, err = c.UploadBuffer(ctx, "con", name+" elsewhere", []byte("x"), &azblob.UploadBufferOptions{
			CPKScopeInfo: &blob.CPKScopeInfo{EncryptionScope: to.Ptr("scope2")},
		})
		g.mayNot(name+" to another scope", err, bloberror.AuthorizationPermissionMismatch)
	}
}

// grantDataOwner gives the owner's service principal the role of the data's owner, without the sandbox that the SDK's
// program needs.
func (g *goAccount) grantDataOwner() {
	g.t.Helper()
	const dataOwner = "b7e6dc6d-f1e8-4753-8033-0f276bb0955b"
	g.arm(g.t, http.MethodPut, g.id+"/providers/Microsoft.Authorization/roleAssignments/"+guid(), "2022-04-01",
		`{"properties":{"roleDefinitionId":"/subscriptions/`+g.SubscriptionID+`/providers/Microsoft.Authorization/roleDefinitions/`+dataOwner+
			`","principalId":"`+claim(g.t, g.token, "oid")+`","principalType":"ServicePrincipal"}}`)
}

// claim reads a claim of a token that nobody need check here.
func claim(t *testing.T, token, name string) string {
	t.Helper()
	parts := strings.Split(token, ".")
	if len(parts) != 3 {
		t.Fatal("no token")
	}
	text, err := base64.RawURLEncoding.DecodeString(parts[1])
	if err != nil {
		t.Fatal(err)
	}
	return at(object(t, string(text)), name)
}
