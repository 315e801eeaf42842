package e2e

import (
	"bytes"
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"math/big"
	"testing"
	"time"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore/to"
	"github.com/Azure/azure-sdk-for-go/sdk/resourcemanager/keyvault/armkeyvault"
	"github.com/Azure/azure-sdk-for-go/sdk/security/keyvault/azcertificates"
)

// TestCertificatesWithSDK drives every operation of azcertificates against a vault with access policies, in each cloud.
func TestCertificatesWithSDK(t *testing.T) {
	for name := range clouds {
		t.Run(name, func(t *testing.T) {
			w := newVaultWorld(t, start(t, name))
			uri := w.create("e2e-certs", armkeyvault.VaultProperties{})
			c, err := azcertificates.NewClient(uri, w.credential, &azcertificates.ClientOptions{ClientOptions: w.options})
			w.check(err)
			_, err = c.GetCertificate(t.Context(), "c", "", nil)
			w.refused(err, 403, "Forbidden", "does not have certificates get permission on key vault 'e2e-certs;location="+w.i.location+"'")
			all := []*armkeyvault.CertificatePermissions{to.Ptr(armkeyvault.CertificatePermissionsAll), to.Ptr(armkeyvault.CertificatePermissionsPurge)}
			_, err = w.vaults.UpdateAccessPolicy(t.Context(), "demo", "e2e-certs", armkeyvault.AccessPolicyUpdateKindAdd, armkeyvault.VaultAccessPolicyParameters{
				Properties: &armkeyvault.VaultAccessPolicyProperties{AccessPolicies: []*armkeyvault.AccessPolicyEntry{{
					TenantID: &w.i.TenantID, ObjectID: &w.objectID, Permissions: &armkeyvault.Permissions{Certificates: all},
				}}},
			}, nil)
			w.check(err)
			w.certificateVersions(t.Context(), c)
			w.certificateMerge(t.Context(), c)
			w.certificateAuthorities(t.Context(), c)
			w.certificateDeletion(t.Context(), c)
			_, err = w.secrets(uri).GetSecret(t.Context(), "c", "", nil)
			w.refused(err, 403, "Forbidden", "does not have secrets get permission") // what opens certificates opens no secret
		})
	}
}

func certificatePolicy(issuer, subject string) *azcertificates.CertificatePolicy {
	return &azcertificates.CertificatePolicy{
		IssuerParameters:          &azcertificates.IssuerParameters{Name: &issuer},
		KeyProperties:             &azcertificates.KeyProperties{KeyType: to.Ptr(azcertificates.KeyTypeEC), Curve: to.Ptr(azcertificates.CurveNameP256)},
		X509CertificateProperties: &azcertificates.X509CertificateProperties{Subject: &subject, ValidityInMonths: to.Ptr(int32(3))},
		LifetimeActions: []*azcertificates.LifetimeAction{{
			Action:  &azcertificates.LifetimeActionType{ActionType: to.Ptr(azcertificates.CertificatePolicyActionAutoRenew)},
			Trigger: &azcertificates.LifetimeActionTrigger{LifetimePercentage: to.Ptr(int32(80))},
		}},
	}
}

// certificateVersions creates, imports, reads, changes and lists certificates.
func (w *vaultWorld) certificateVersions(ctx context.Context, c *azcertificates.Client) {
	w.Helper()
	asked, err := c.CreateCertificate(ctx, "c", azcertificates.CreateCertificateParameters{
		CertificatePolicy: certificatePolicy("Self", "CN=c.example"), Tags: map[string]*string{"a": to.Ptr("b")},
	}, nil)
	w.check(err)
	if len(asked.CSR) == 0 || *asked.IssuerParameters.Name != "Self" {
		w.Errorf("asked for: %+v", asked.CertificateOperation)
	}
	operation, err := c.GetCertificateOperation(ctx, "c", nil)
	w.check(err)
	if *operation.Status != "completed" || operation.Error != nil {
		w.Errorf("operation: %+v", operation.CertificateOperation)
	}
	made, err := c.GetCertificate(ctx, "c", "", nil)
	w.check(err)
	leaf, err := x509.ParseCertificate(made.CER)
	w.check(err)
	if leaf.Subject.String() != "CN=c.example" || !leaf.NotAfter.Equal(*made.Attributes.Expires) || *made.Tags["a"] != "b" || len(made.ID.Version()) != 32 {
		w.Errorf("created: %+v, %s", made.Certificate, leaf.Subject)
	}
	der, key := selfSigned(w.T, "imported.example")
	text := string(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: key})) + string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}))
	imported, err := c.ImportCertificate(ctx, "i", azcertificates.ImportCertificateParameters{
		Base64EncodedCertificate: &text,
		CertificatePolicy:        &azcertificates.CertificatePolicy{SecretProperties: &azcertificates.SecretProperties{ContentType: to.Ptr("application/x-pem-file")}},
	}, nil)
	w.check(err)
	if !bytes.Equal(imported.CER, der) {
		w.Error("another certificate came in than was sent")
	}
	policy, err := c.UpdateCertificatePolicy(ctx, "c", *certificatePolicy("Self", "CN=other.example"), nil)
	w.check(err)
	read, err := c.GetCertificatePolicy(ctx, "c", nil)
	w.check(err)
	if *policy.X509CertificateProperties.Subject != "CN=other.example" || *read.LifetimeActions[0].Trigger.LifetimePercentage != 80 {
		w.Errorf("policy: %+v", read.CertificatePolicy)
	}
	updated, err := c.UpdateCertificate(ctx, "c", made.ID.Version(), azcertificates.UpdateCertificateParameters{
		CertificateAttributes: &azcertificates.CertificateAttributes{Enabled: to.Ptr(false)},
	}, nil)
	w.check(err)
	if *updated.Attributes.Enabled {
		w.Error("the certificate is still enabled")
	}
	w.certificateLists(ctx, c)
}

func (w *vaultWorld) certificateLists(ctx context.Context, c *azcertificates.Client) {
	w.Helper()
	_, err := c.CreateCertificate(ctx, "c", azcertificates.CreateCertificateParameters{CertificatePolicy: certificatePolicy("Self", "CN=c.example")}, nil)
	w.check(err)
	names, versions := "", 0
	for pager := c.NewListCertificatePropertiesPager(nil); pager.More(); {
		page, err := pager.NextPage(ctx)
		w.check(err)
		for _, item := range page.Value {
			names += item.ID.Name() + " "
		}
	}
	for pager := c.NewListCertificatePropertiesVersionsPager("c", nil); pager.More(); {
		page, err := pager.NextPage(ctx)
		w.check(err)
		versions += len(page.Value)
	}
	if names != "c i " || versions != 2 {
		w.Errorf("certificates %q, %d versions", names, versions)
	}
}

// selfSigned is a certificate that was made elsewhere, and its key in PKCS #8.
func selfSigned(t *testing.T, name string) (der, key []byte) {
	t.Helper()
	signer, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	der = issued(t, name, signer.Public(), nil, signer)
	if key, err = x509.MarshalPKCS8PrivateKey(signer); err != nil {
		t.Fatal(err)
	}
	return der, key
}

// issued signs a certificate for a public key.
func issued(t *testing.T, name string, public any, request *x509.CertificateRequest, signer *ecdsa.PrivateKey) []byte {
	t.Helper()
	template := &x509.Certificate{
		SerialNumber: big.NewInt(7), Subject: pkix.Name{CommonName: name},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().AddDate(0, 3, 0),
	}
	if request != nil {
		template.Subject, template.DNSNames = request.Subject, request.DNSNames
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, public, signer)
	if err != nil {
		t.Fatal(err)
	}
	return der
}

// certificateMerge has a request signed elsewhere, and gives another up.
func (w *vaultWorld) certificateMerge(ctx context.Context, c *azcertificates.Client) {
	w.Helper()
	asked, err := c.CreateCertificate(ctx, "m", azcertificates.CreateCertificateParameters{CertificatePolicy: certificatePolicy("Unknown", "CN=m.example")}, nil)
	w.check(err)
	request, err := x509.ParseCertificateRequest(asked.CSR)
	w.check(err)
	authority, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	w.check(err)
	foreign, _ := selfSigned(w.T, "m.example")
	_, err = c.MergeCertificate(ctx, "m", azcertificates.MergeCertificateParameters{X509Certificates: [][]byte{foreign}}, nil)
	w.refused(err, 400, "BadParameter", "does not match")
	_, err = c.CreateCertificate(ctx, "m", azcertificates.CreateCertificateParameters{CertificatePolicy: certificatePolicy("Self", "CN=m.example")}, nil)
	w.refused(err, 409, "Conflict", "pending key vault certificate's status is inProgress")
	der := issued(w.T, "", request.PublicKey, request, authority)
	merged, err := c.MergeCertificate(ctx, "m", azcertificates.MergeCertificateParameters{X509Certificates: [][]byte{der}}, nil)
	w.check(err)
	if !bytes.Equal(merged.CER, der) || !*merged.Attributes.Enabled {
		w.Errorf("merged: %+v", merged.Certificate)
	}
	_, err = c.CreateCertificate(ctx, "x", azcertificates.CreateCertificateParameters{CertificatePolicy: certificatePolicy("Unknown", "CN=x.example")}, nil)
	w.check(err)
	cancelled, err := c.UpdateCertificateOperation(ctx, "x", azcertificates.UpdateCertificateOperationParameter{CancellationRequested: to.Ptr(true)}, nil)
	w.check(err)
	if !*cancelled.CancellationRequested {
		w.Errorf("cancelled: %+v", cancelled.CertificateOperation)
	}
	_, err = c.DeleteCertificateOperation(ctx, "x", nil)
	w.check(err)
	_, err = c.GetCertificateOperation(ctx, "x", nil)
	w.refused(err, 404, "PendingCertificateNotFound", "x")
}

// certificateAuthorities keeps issuers and contacts.
func (w *vaultWorld) certificateAuthorities(ctx context.Context, c *azcertificates.Client) {
	w.Helper()
	set, err := c.SetIssuer(ctx, "ca", azcertificates.SetIssuerParameters{
		Provider: to.Ptr("Test"), Credentials: &azcertificates.IssuerCredentials{AccountID: to.Ptr("a"), Password: to.Ptr("planted")},
	}, nil)
	w.check(err)
	if set.Credentials.Password != nil || *set.Credentials.AccountID != "a" {
		w.Errorf("issuer: %+v", set.Credentials)
	}
	_, err = c.UpdateIssuer(ctx, "ca", azcertificates.UpdateIssuerParameters{Credentials: &azcertificates.IssuerCredentials{AccountID: to.Ptr("b")}}, nil)
	w.check(err)
	got, err := c.GetIssuer(ctx, "ca", nil)
	w.check(err)
	page, err := c.NewListIssuerPropertiesPager(nil).NextPage(ctx)
	w.check(err)
	if *got.Credentials.AccountID != "b" || *got.Provider != "Test" || len(page.Value) != 1 || *page.Value[0].Provider != "Test" {
		w.Errorf("issuers: %+v %+v", got.Issuer, page.Value)
	}
	_, err = c.DeleteIssuer(ctx, "ca", nil)
	w.check(err)
	_, err = c.GetIssuer(ctx, "ca", nil)
	w.refused(err, 404, "CertificateIssuerNotFound", "not found")
	contacts := azcertificates.Contacts{ContactList: []*azcertificates.Contact{{Email: to.Ptr("a@example.org"), Name: to.Ptr("A")}}}
	_, err = c.SetContacts(ctx, contacts, nil)
	w.check(err)
	read, err := c.GetContacts(ctx, nil)
	w.check(err)
	gone, err := c.DeleteContacts(ctx, nil)
	w.check(err)
	if *read.ContactList[0].Name != "A" || *gone.ContactList[0].Email != "a@example.org" {
		w.Errorf("contacts: %+v %+v", read.Contacts, gone.Contacts)
	}
	_, err = c.GetContacts(ctx, nil)
	w.refused(err, 404, "ContactsNotFound", "not found")
}

func (w *vaultWorld) certificateDeletion(ctx context.Context, c *azcertificates.Client) {
	w.Helper()
	kept, err := c.GetCertificate(ctx, "c", "", nil)
	w.check(err)
	backup, err := c.BackupCertificate(ctx, "c", nil)
	w.check(err)
	_, err = c.RestoreCertificate(ctx, azcertificates.RestoreCertificateParameters{CertificateBackup: backup.Value}, nil)
	w.refused(err, 409, "Conflict", "already exists")
	deleted, err := c.DeleteCertificate(ctx, "c", nil)
	w.check(err)
	if deleted.ScheduledPurgeDate.Sub(*deleted.DeletedDate) != 90*24*time.Hour || deleted.RecoveryID == nil {
		w.Errorf("deleted: %+v", deleted.DeletedCertificate)
	}
	_, err = c.GetDeletedCertificate(ctx, "c", nil)
	w.check(err)
	page, err := c.NewListDeletedCertificatePropertiesPager(nil).NextPage(ctx)
	w.check(err)
	if len(page.Value) != 1 || page.Value[0].ID.Name() != "c" {
		w.Errorf("deleted certificates: %+v", page.Value)
	}
	_, err = c.CreateCertificate(ctx, "c", azcertificates.CreateCertificateParameters{CertificatePolicy: certificatePolicy("Self", "CN=c")}, nil)
	w.refused(err, 409, "Conflict", "deleted but recoverable")
	_, err = c.RecoverDeletedCertificate(ctx, "c", nil)
	w.check(err)
	_, err = c.DeleteCertificate(ctx, "c", nil)
	w.check(err)
	_, err = c.PurgeDeletedCertificate(ctx, "c", nil)
	w.check(err)
	_, err = c.GetDeletedCertificate(ctx, "c", nil)
	w.refused(err, 404, "CertificateNotFound", "c")
	restored, err := c.RestoreCertificate(ctx, azcertificates.RestoreCertificateParameters{CertificateBackup: backup.Value}, nil)
	w.check(err)
	if *restored.ID != *kept.ID || !bytes.Equal(restored.CER, kept.CER) {
		w.Errorf("restored %s, not %s", *restored.ID, *kept.ID)
	}
}
