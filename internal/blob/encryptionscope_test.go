package blob

import (
	"strings"
	"testing"

	"github.com/alcedo-cloud/alcedo/internal/fault"
)

// TestEncryptionScopeOfChanges holds every write to the scope that a blob was made with, and every access to that it is
// enabled.
func TestEncryptionScopeOfChanges(t *testing.T) {
	w := newWorld(t, func(a *Account) {
		a.EncryptionScopes = []EncryptionScope{{Name: "mine", Enabled: true}, {Name: "yours", Enabled: true}}
	})
	if _, err := w.PutAppendBlob(t.Context(), key(), blobAt("log"), CreateBlob{EncryptionScope: "mine"}); err != nil {
		t.Fatal(err)
	}
	add := func(a Access, scope string) error {
		_, err := w.tryAppend(t, a, "log", "x", func(r *AppendBlock) { r.EncryptionScope = scope })
		return err
	}
	const mismatch = "BlobCustomerSpecifiedEncryptionMismatch"
	if err := add(key(), "mine"); err != nil {
		t.Error(err)
	}
	refused(t, add(key(), "yours"), fault.Conflict, mismatch)
	const unnamed = "BlobUsesCustomerSpecifiedEncryption"
	refused(t, add(key(), ""), fault.Conflict, unnamed)
	signed := func(scope string) Access {
		return Access{By: AccountSAS, SAS: &SAS{Services: "b", ResourceTypes: "sco", Permissions: "rwdlac", EncryptionScope: scope}}
	}
	if err := add(signed("mine"), ""); err != nil {
		t.Error(err)
	}
	refused(t, add(signed("yours"), ""), fault.Conflict, mismatch)
	refused(t, add(signed("yours"), "mine"), fault.Denied, "AuthorizationPermissionMismatch")

	for scope, want := range map[string]string{"yours": mismatch, "": unnamed} {
		_, err := w.SetBlobMetadata(t.Context(), key(), blobAt("log"), SetMetadata{EncryptionScope: scope})
		refused(t, err, fault.Conflict, want)
		_, err = w.SnapshotBlob(t.Context(), key(), blobAt("log"), SetMetadata{EncryptionScope: scope})
		refused(t, err, fault.Conflict, want)
	}
	_, err := w.SnapshotBlob(t.Context(), signed("yours"), blobAt("log"), SetMetadata{})
	refused(t, err, fault.Conflict, mismatch)
	made, err := w.PutBlob(t.Context(), signed("yours"), blobAt("b"), PutBlob{Body: strings.NewReader("x"), Length: 1})
	if err != nil || made.EncryptionScope != "yours" {
		t.Errorf("%+v, %v", made.Blob, err)
	}
	copied, err := w.CopyBlob(t.Context(), signed("mine"), blobAt("copy"), CopyBlob{Source: Source{
		URL: "https://x/con/b", Local: &LocalSource{Access: key(), Target: blobAt("b")},
	}})
	if err != nil || copied.EncryptionScope != "mine" {
		t.Errorf("%+v, %v", copied, err)
	}

	w.account(t, func(a *Account) {
		a.EncryptionScopes = []EncryptionScope{{Name: "mine"}, {Name: "yours", Enabled: true}}
	})
	refused(t, add(key(), "mine"), fault.Denied, "EncryptionScopeDisabled")
	_, err = w.tryRead(t, key(), blobAt("log"), GetBlob{})
	refused(t, err, fault.Denied, "EncryptionScopeDisabled")
	_, err = w.GetBlobProperties(t.Context(), key(), blobAt("log"), Conditions{}, nil)
	refused(t, err, fault.Denied, "EncryptionScopeDisabled")
	_, err = w.SnapshotBlob(t.Context(), key(), blobAt("log"), SetMetadata{EncryptionScope: "mine"})
	refused(t, err, fault.Denied, "EncryptionScopeDisabled")
	_, err = w.CopyBlob(t.Context(), key(), blobAt("copy"), CopyBlob{Source: Source{
		URL: "https://x/con/log", Local: &LocalSource{Access: key(), Target: blobAt("log")},
	}})
	if err == nil {
		t.Error("a blob was copied whose scope is disabled")
	}
}

// TestEncryptionScopeOfBlocks holds a block list to the scope of its blocks.
func TestEncryptionScopeOfBlocks(t *testing.T) {
	w := newWorld(t, func(a *Account) {
		a.EncryptionScopes = []EncryptionScope{{Name: "mine", Enabled: true}, {Name: "yours", Enabled: true}}
	})
	w.container(t, "scoped", CreateContainer{DefaultEncryptionScope: "mine"})
	at := func(container string) Target { return Target{Account: testAccount, Container: container, Blob: "b"} }
	stage := func(container, id, scope string) (BlockResult, error) {
		return w.PutBlock(t.Context(), key(), at(container), PutBlock{ID: id, Body: strings.NewReader("x"), Length: 1, EncryptionScope: scope})
	}
	commit := func(container, scope string) error {
		b, err := w.PutBlockList(t.Context(), key(), at(container), PutBlockList{Blocks: []BlockRef{{ID: "AAAA"}}, EncryptionScope: scope})
		if err == nil && b.EncryptionScope != "mine" {
			t.Errorf("%s: %+v", container, b)
		}
		return err
	}
	for container, scope := range map[string]string{"con": "mine", "scoped": ""} {
		got, err := stage(container, "AAAA", scope)
		if err != nil || got.EncryptionScope != "mine" {
			t.Fatalf("%s: %+v, %v", container, got, err)
		}
		_, err = stage(container, "AAAB", "yours")
		refused(t, err, fault.Conflict, "BlobCustomerSpecifiedEncryptionMismatch")
		refused(t, commit(container, "yours"), fault.Conflict, "BlobCustomerSpecifiedEncryptionMismatch")
		if err := commit(container, scope); err != nil {
			t.Error(err)
		}
	}
	_, err := w.PutBlock(t.Context(), key(), at("con"), PutBlock{ID: "AAAA", Body: strings.NewReader("x"), Length: 1, EncryptionScope: "none"})
	refused(t, err, fault.NotFound, "EncryptionScopeNotFound")
}

// TestAccountKeyScope: the account's own key can be asked for by its name, past the container's default, and is not shown.
func TestAccountKeyScope(t *testing.T) {
	w := newWorld(t, func(a *Account) { a.EncryptionScopes = []EncryptionScope{{Name: "mine", Enabled: true}} })
	w.container(t, "scoped", CreateContainer{DefaultEncryptionScope: "mine"})
	w.container(t, "bound", CreateContainer{DefaultEncryptionScope: "mine", DenyEncryptionScopeOverride: true})
	for container, reason := range map[string]string{"con": "", "scoped": "", "bound": "RequestForbiddenByContainerEncryptionPolicy"} {
		target := Target{Account: testAccount, Container: container, Blob: "b"}
		made, err := w.PutBlob(t.Context(), key(), target, PutBlob{Body: strings.NewReader("x"), Length: 1, EncryptionScope: accountKey})
		if fault.ReasonOf(err) != reason || err == nil && made.EncryptionScope != "" {
			t.Errorf("%s: %+v, %v", container, made.Blob, err)
		}
		if err != nil {
			continue
		}
		b, err := w.GetBlobProperties(t.Context(), key(), target, Conditions{}, nil)
		if err != nil || b.EncryptionScope != "" {
			t.Errorf("%s: %+v, %v", container, b, err)
		}
		for _, scope := range []string{"", accountKey} {
			if _, err := w.SetBlobMetadata(t.Context(), key(), target, SetMetadata{EncryptionScope: scope}); err != nil {
				t.Errorf("%s by %q: %v", container, scope, err)
			}
		}
	}
}

// TestTierOfKinds: the first kind of account knows no tiers.
func TestTierOfKinds(t *testing.T) {
	for kind, want := range map[string]string{"StorageV2": "Hot", "Storage": ""} {
		w := newWorld(t, func(a *Account) { a.Kind = kind })
		w.put(t, "b", "x")
		b, err := w.GetBlobProperties(t.Context(), key(), blobAt("b"), Conditions{}, nil)
		if err != nil || b.Tier != want || b.TierInferred != (want != "") {
			t.Errorf("%s: %+v, %v", kind, b, err)
		}
	}
}
