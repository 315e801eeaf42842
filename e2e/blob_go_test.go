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

// TestBlobsWithGo opens an account with azblob by everything that opens one: a service principal's token, the account's
// key, and signatures of all three sorts; and sees each of them end where its right ends.
func TestBlobsWithGo(t *testing.T) {
	i := start(t, "AzureUSGovernment")
	s := i.account(t, "gostore", everything, "/encryptionScopes/scope1", `{"properties":{"source":"Microsoft.Storage"}}`)
	ctx := t.Context()
	options := azcore.ClientOptions{Transport: i.http(t), Retry: policy.RetryOptions{MaxRetries: -1}}
	key, err := azblob.NewSharedKeyCredential("gostore", s.key)
	if err != nil {
		t.Fatal(err)
	}
	byKey, err := azblob.NewClientWithSharedKeyCredential(s.endpoint, key, &azblob.ClientOptions{ClientOptions: options})
	if err != nil {
		t.Fatal(err)
	}
	byToken, err := azblob.NewClient(s.endpoint, tokens(i.ownerToken(t, "https://storage.azure.com")), &azblob.ClientOptions{ClientOptions: options})
	if err != nil {
		t.Fatal(err)
	}
	refused := func(what string, err error, code bloberror.Code) {
		t.Helper()
		if !bloberror.HasCode(err, code) {
			t.Errorf("%s: %v, want %s", what, err, code)
		}
	}
	upload := func(c *azblob.Client, name string) error {
		_, err := c.UploadBuffer(ctx, "con", name, []byte(name), nil)
		return err
	}
	if _, err := byToken.CreateContainer(ctx, "con", nil); err != nil {
		t.Fatal(err) // an owner manages containers
	}
	refused("the owner's token on data", upload(byToken, "token"), bloberror.AuthorizationPermissionMismatch)
	if err := upload(byKey, "key"); err != nil {
		t.Fatal(err)
	}
	s.grantOwner(t)
	if err := upload(byToken, "token"); err != nil {
		t.Errorf("the owner's token with a data role: %v", err)
	}

	now := time.Now().UTC()
	delegation, err := byToken.ServiceClient().GetUserDelegationCredential(ctx, service.KeyInfo{
		Start: to.Ptr(now.Add(-time.Minute).Format(sas.TimeFormat)), Expiry: to.Ptr(now.Add(time.Hour).Format(sas.TimeFormat)),
	}, nil)
	if err != nil {
		t.Fatal(err)
	}
	values := sas.BlobSignatureValues{
		Protocol: sas.ProtocolHTTPS, ExpiryTime: now.Add(time.Hour), ContainerName: "con", Permissions: (&sas.ContainerPermissions{Read: true, Create: true, List: true}).String(),
	}
	byService, err := values.SignWithSharedKey(key)
	if err != nil {
		t.Fatal(err)
	}
	byUser, err := values.SignWithUserDelegation(delegation)
	if err != nil {
		t.Fatal(err)
	}
	byAccount, err := sas.AccountSignatureValues{
		Protocol: sas.ProtocolHTTPS, ExpiryTime: now.Add(time.Hour), ResourceTypes: (&sas.AccountResourceTypes{Object: true}).String(),
		Permissions: (&sas.AccountPermissions{Read: true, Create: true}).String(),
	}.SignWithSharedKey(key)
	if err != nil {
		t.Fatal(err)
	}
	for name, query := range map[string]sas.QueryParameters{"service": byService, "user": byUser, "account": byAccount} {
		open := func(query string) *azblob.Client {
			c, err := azblob.NewClientWithNoCredential(s.endpoint+"?"+query, &azblob.ClientOptions{ClientOptions: options})
			if err != nil {
				t.Fatal(err)
			}
			return c
		}
		c := open(query.Encode())
		if err := upload(c, name); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		refused(name+", again", upload(c, name), bloberror.AuthorizationPermissionMismatch)
		got := make([]byte, len(name))
		if _, err := c.DownloadBuffer(ctx, "con", name, got, nil); err != nil || string(got) != name {
			t.Errorf("%s: %q, %v", name, got, err)
		}
		_, err := c.DeleteBlob(ctx, "con", name, nil)
		refused(name+" to delete", err, bloberror.AuthorizationPermissionMismatch)
		_, err = c.NewListBlobsFlatPager("con", nil).NextPage(ctx)
		if code := bloberror.Code("AuthorizationResourceTypeMismatch"); name == "account" {
			refused("an account's signature for objects, on a container", err, code)
		} else if err != nil {
			t.Errorf("%s: %v", name, err)
		}
		changed := strings.Replace(query.Encode(), "se="+now.Add(time.Hour).Format("2006"), "se=2099", 1)
		refused(name+", made longer", upload(open(changed), "x"), bloberror.AuthenticationFailed)
	}

	// A signature for an encryption scope writes by that one, and by no other.
	values.EncryptionScope = "scope1"
	scoped, err := values.SignWithSharedKey(key)
	if err != nil {
		t.Fatal(err)
	}
	inScope, err := azblob.NewClientWithNoCredential(s.endpoint+"?"+scoped.Encode(), &azblob.ClientOptions{ClientOptions: options})
	if err != nil {
		t.Fatal(err)
	}
	if err := upload(inScope, "scoped"); err != nil {
		t.Error(err)
	}
	if got, err := byKey.ServiceClient().NewContainerClient("con").NewBlobClient("scoped").GetProperties(ctx, nil); err != nil ||
		got.EncryptionScope == nil || *got.EncryptionScope != "scope1" {
		t.Errorf("the scope is %v, %v", got.EncryptionScope, err)
	}
	_, err = inScope.UploadBuffer(ctx, "con", "elsewhere", []byte("x"), &azblob.UploadBufferOptions{
		CPKScopeInfo: &blob.CPKScopeInfo{EncryptionScope: to.Ptr("scope2")},
	})
	refused("another scope than the signature's", err, bloberror.AuthorizationPermissionMismatch)

	// What the account's settings and keys say holds at once.
	s.arm(t, http.MethodPost, s.id+"/revokeUserDelegationKeys", "2023-05-01", "")
	c, err := azblob.NewClientWithNoCredential(s.endpoint+"?"+byUser.Encode(), &azblob.ClientOptions{ClientOptions: options})
	if err != nil {
		t.Fatal(err)
	}
	refused("a revoked delegation", upload(c, "y"), bloberror.AuthenticationFailed)
	s.arm(t, http.MethodPatch, s.id, "2023-05-01", `{"properties":{"allowSharedKeyAccess":false}}`)
	refused("a key that is not allowed", upload(byKey, "z"), "KeyBasedAuthenticationNotPermitted")
	if err := upload(byToken, "z"); err != nil {
		t.Errorf("a token where keys are not allowed: %v", err)
	}
	s.arm(t, http.MethodPatch, s.id, "2023-05-01", `{"properties":{"networkAcls":{"defaultAction":"Deny"}}}`)
	refused("from outside of the network", upload(byToken, "z"), bloberror.AuthorizationFailure)
}

// grantOwner gives the owner's service principal the role of the data's owner, without the sandbox that the SDK's program
// needs.
func (s *storage) grantOwner(t *testing.T) {
	t.Helper()
	const dataOwner = "b7e6dc6d-f1e8-4753-8033-0f276bb0955b"
	s.arm(t, http.MethodPut, s.id+"/providers/Microsoft.Authorization/roleAssignments/"+guid(), "2022-04-01",
		`{"properties":{"roleDefinitionId":"/subscriptions/`+s.SubscriptionID+`/providers/Microsoft.Authorization/roleDefinitions/`+dataOwner+
			`","principalId":"`+claim(t, s.token, "oid")+`","principalType":"ServicePrincipal"}}`)
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
