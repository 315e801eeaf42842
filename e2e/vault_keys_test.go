package e2e

import (
	"bytes"
	"context"
	"crypto/sha256"
	"testing"
	"time"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore/to"
	"github.com/Azure/azure-sdk-for-go/sdk/resourcemanager/keyvault/armkeyvault"
	"github.com/Azure/azure-sdk-for-go/sdk/security/keyvault/azkeys"
)

// TestKeysWithSDK drives every operation of azkeys against a vault with access policies, in each cloud.
func TestKeysWithSDK(t *testing.T) {
	for name := range clouds {
		t.Run(name, func(t *testing.T) {
			w := newVaultWorld(t, start(t, name))
			uri := w.create("e2e-keys", armkeyvault.VaultProperties{})
			c := w.keys(uri)
			_, err := c.GetKey(t.Context(), "k", "", nil)
			w.refused(err, 403, "Forbidden", "does not have keys get permission on key vault 'e2e-keys;location="+w.i.location+"'")
			all := []*armkeyvault.KeyPermissions{to.Ptr(armkeyvault.KeyPermissionsAll), to.Ptr(armkeyvault.KeyPermissionsPurge)}
			_, err = w.vaults.UpdateAccessPolicy(t.Context(), "demo", "e2e-keys", armkeyvault.AccessPolicyUpdateKindAdd, armkeyvault.VaultAccessPolicyParameters{
				Properties: &armkeyvault.VaultAccessPolicyProperties{AccessPolicies: []*armkeyvault.AccessPolicyEntry{{
					TenantID: &w.i.TenantID, ObjectID: &w.objectID, Permissions: &armkeyvault.Permissions{Keys: all},
				}}},
			}, nil)
			w.check(err)
			w.keyVersions(t.Context(), c)
			w.keyUse(t.Context(), c)
			w.keyRotation(t.Context(), c)
			w.keyDeletion(t.Context(), c)
		})
	}
}

func (w *vaultWorld) keys(uri string) *azkeys.Client {
	w.Helper()
	c, err := azkeys.NewClient(uri, w.credential, &azkeys.ClientOptions{ClientOptions: w.options})
	w.check(err)
	return c
}

// keyVersions creates, imports, reads, changes and lists keys.
func (w *vaultWorld) keyVersions(ctx context.Context, c *azkeys.Client) {
	w.Helper()
	until := time.Date(2040, 1, 2, 3, 4, 5, 0, time.UTC)
	made, err := c.CreateKey(ctx, "k", azkeys.CreateKeyParameters{
		Kty: to.Ptr(azkeys.KeyTypeRSA), KeySize: to.Ptr(int32(2048)), Tags: map[string]*string{"a": to.Ptr("b")},
		KeyAttributes: &azkeys.KeyAttributes{Expires: &until},
	}, nil)
	w.check(err)
	if made.Key.KID.Name() != "k" || len(made.Key.KID.Version()) != 32 || len(made.Key.N) != 256 || made.Key.D != nil || !made.Attributes.Expires.Equal(until) || *made.Tags["a"] != "b" {
		w.Errorf("created: %+v", made.KeyBundle)
	}
	symmetric := bytes.Repeat([]byte{1}, 32)
	imported, err := c.ImportKey(ctx, "o", azkeys.ImportKeyParameters{Key: &azkeys.JSONWebKey{
		Kty: to.Ptr(azkeys.KeyTypeOct), K: symmetric, KeyOps: []*azkeys.KeyOperation{to.Ptr(azkeys.KeyOperationEncrypt), to.Ptr(azkeys.KeyOperationDecrypt)},
	}}, nil)
	w.check(err)
	if imported.Key.K != nil || len(imported.Key.KeyOps) != 2 {
		w.Errorf("imported: %+v", imported.KeyBundle)
	}
	got, err := c.GetKey(ctx, "k", "", nil)
	w.check(err)
	if *got.Key.KID != *made.Key.KID || !bytes.Equal(got.Key.N, made.Key.N) {
		w.Errorf("got: %+v", got.KeyBundle)
	}
	_, err = c.GetKeyAttestation(ctx, "k", made.Key.KID.Version(), nil)
	w.refused(err, 400, "NotSupported", "attestation")
	updated, err := c.UpdateKey(ctx, "o", "", azkeys.UpdateKeyParameters{KeyAttributes: &azkeys.KeyAttributes{Enabled: to.Ptr(false)}}, nil)
	w.check(err)
	if *updated.Attributes.Enabled {
		w.Error("the key is still enabled")
	}
	_, err = c.Encrypt(ctx, "o", "", azkeys.KeyOperationParameters{Algorithm: to.Ptr(azkeys.EncryptionAlgorithmA256GCM), Value: symmetric}, nil)
	w.refused(err, 403, "Forbidden", "Operation encrypt is not allowed on a disabled key.")
	_, err = c.CreateKey(ctx, "h", azkeys.CreateKeyParameters{Kty: to.Ptr(azkeys.KeyTypeRSAHSM)}, nil)
	w.refused(err, 400, "BadParameter", "Hardware key operation not allowed on standard vault")
	keys, versions := 0, 0
	for pager := c.NewListKeyPropertiesPager(nil); pager.More(); {
		page, err := pager.NextPage(ctx)
		w.check(err)
		keys += len(page.Value)
	}
	for pager := c.NewListKeyPropertiesVersionsPager("k", nil); pager.More(); {
		page, err := pager.NextPage(ctx)
		w.check(err)
		versions += len(page.Value)
	}
	if keys != 2 || versions != 1 {
		w.Errorf("%d keys, %d versions", keys, versions)
	}
}

// keyUse closes, opens, wraps, signs and verifies.
func (w *vaultWorld) keyUse(ctx context.Context, c *azkeys.Client) {
	w.Helper()
	plain := []byte("hidden")
	for _, alg := range []azkeys.EncryptionAlgorithm{azkeys.EncryptionAlgorithmRSA15, azkeys.EncryptionAlgorithmRSAOAEP, azkeys.EncryptionAlgorithmRSAOAEP256} {
		closed, err := c.Encrypt(ctx, "k", "", azkeys.KeyOperationParameters{Algorithm: &alg, Value: plain}, nil)
		w.check(err)
		opened, err := c.Decrypt(ctx, "k", closed.KID.Version(), azkeys.KeyOperationParameters{Algorithm: &alg, Value: closed.Result}, nil)
		w.check(err)
		wrapped, err := c.WrapKey(ctx, "k", "", azkeys.KeyOperationParameters{Algorithm: &alg, Value: plain}, nil)
		w.check(err)
		unwrapped, err := c.UnwrapKey(ctx, "k", "", azkeys.KeyOperationParameters{Algorithm: &alg, Value: wrapped.Result}, nil)
		w.check(err)
		if !bytes.Equal(opened.Result, plain) || !bytes.Equal(unwrapped.Result, plain) {
			w.Errorf("%s: %q %q", alg, opened.Result, unwrapped.Result)
		}
		_, err = c.Decrypt(ctx, "k", "", azkeys.KeyOperationParameters{Algorithm: &alg, Value: closed.Result[1:]}, nil)
		w.refused(err, 400, "BadParameter", "The parameter is incorrect.")
	}
	digest := sha256.Sum256(plain)
	for _, alg := range []azkeys.SignatureAlgorithm{azkeys.SignatureAlgorithmRS256, azkeys.SignatureAlgorithmPS256} {
		signed, err := c.Sign(ctx, "k", "", azkeys.SignParameters{Algorithm: &alg, Value: digest[:]}, nil)
		w.check(err)
		good, err := c.Verify(ctx, "k", "", azkeys.VerifyParameters{Algorithm: &alg, Digest: digest[:], Signature: signed.Result}, nil)
		w.check(err)
		if !*good.Value {
			w.Errorf("%s does not verify", alg)
		}
	}
	_, err := c.Sign(ctx, "k", "", azkeys.SignParameters{Algorithm: to.Ptr(azkeys.SignatureAlgorithmES256), Value: digest[:]}, nil)
	w.refused(err, 400, "BadParameter", "Key and signing algorithm are incompatible.")
	_, err = c.Release(ctx, "k", "", azkeys.ReleaseParameters{TargetAttestationToken: to.Ptr("t")}, nil)
	w.refused(err, 403, "Forbidden", "Operation release is not permitted on this key.")
	random, err := c.GetRandomBytes(ctx, azkeys.GetRandomBytesParameters{Count: to.Ptr(int32(16))}, nil)
	w.check(err)
	if len(random.Value) != 16 {
		w.Errorf("%d random bytes", len(random.Value))
	}
}

func (w *vaultWorld) keyRotation(ctx context.Context, c *azkeys.Client) {
	w.Helper()
	set, err := c.UpdateKeyRotationPolicy(ctx, "k", azkeys.KeyRotationPolicy{
		Attributes: &azkeys.KeyRotationPolicyAttributes{ExpiryTime: to.Ptr("P90D")},
		LifetimeActions: []*azkeys.LifetimeAction{{
			Action:  &azkeys.LifetimeActionType{Type: to.Ptr(azkeys.KeyRotationPolicyActionRotate)},
			Trigger: &azkeys.LifetimeActionTrigger{TimeBeforeExpiry: to.Ptr("P30D")},
		}},
	}, nil)
	w.check(err)
	got, err := c.GetKeyRotationPolicy(ctx, "k", nil)
	w.check(err)
	if *got.Attributes.ExpiryTime != "P90D" || *got.ID != *set.ID || *got.LifetimeActions[0].Trigger.TimeBeforeExpiry != "P30D" {
		w.Errorf("policy: %+v", got.KeyRotationPolicy)
	}
	rotated, err := c.RotateKey(ctx, "k", nil)
	w.check(err)
	if left := time.Until(*rotated.Attributes.Expires); left < 89*24*time.Hour || left > 91*24*time.Hour {
		w.Errorf("the rotated key expires in %v", left)
	}
}

func (w *vaultWorld) keyDeletion(ctx context.Context, c *azkeys.Client) {
	w.Helper()
	backup, err := c.BackupKey(ctx, "k", nil)
	w.check(err)
	_, err = c.RestoreKey(ctx, azkeys.RestoreKeyParameters{KeyBackup: backup.Value}, nil)
	w.refused(err, 409, "Conflict", "already exists")
	deleted, err := c.DeleteKey(ctx, "k", nil)
	w.check(err)
	if deleted.ScheduledPurgeDate.Sub(*deleted.DeletedDate) != 90*24*time.Hour || deleted.RecoveryID == nil {
		w.Errorf("deleted: %+v", deleted.DeletedKey)
	}
	_, err = c.GetDeletedKey(ctx, "k", nil)
	w.check(err)
	page, err := c.NewListDeletedKeyPropertiesPager(nil).NextPage(ctx)
	w.check(err)
	if len(page.Value) != 1 || page.Value[0].KID.Name() != "k" {
		w.Errorf("deleted keys: %+v", page.Value)
	}
	_, err = c.RecoverDeletedKey(ctx, "k", nil)
	w.check(err)
	_, err = c.DeleteKey(ctx, "k", nil)
	w.check(err)
	_, err = c.PurgeDeletedKey(ctx, "k", nil)
	w.check(err)
	restored, err := c.RestoreKey(ctx, azkeys.RestoreKeyParameters{KeyBackup: backup.Value}, nil)
	w.check(err)
	if *restored.Key.KID != *deleted.Key.KID {
		w.Errorf("restored %s, want %s", *restored.Key.KID, *deleted.Key.KID)
	}
}
