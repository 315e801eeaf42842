package blob

import (
	"testing"

	"github.com/alcedo-cloud/alcedo/internal/fault"
	"github.com/alcedo-cloud/alcedo/internal/store"
)

func TestRenameContainer(t *testing.T) {
	w := newWorld(t, nil)
	w.put(t, "b", "kept")
	w.snapshot(t, "b")
	w.container(t, "taken", CreateContainer{})
	rename := func(to, from, lease string) error {
		return w.RenameContainer(t.Context(), key(), at(to), from, lease)
	}
	refused(t, rename("taken", "con", ""), fault.Exists, "ContainerAlreadyExists")
	refused(t, rename("con", "con", ""), fault.Exists, "ContainerAlreadyExists")
	refused(t, rename("new", "absent", ""), fault.NotFound, "ContainerNotFound")
	refused(t, rename("New", "con", ""), fault.Invalid, "InvalidResourceName")
	refused(t, rename("new", "Con", ""), fault.Invalid, "InvalidHeaderValue")
	refused(t, rename("new", "con", leaseA), fault.Precondition, "LeaseNotPresentWithContainerOperation")

	_, err := w.LeaseContainer(t.Context(), key(), at("con"), LeaseRequest{Action: AcquireLease, Duration: -1, ProposedID: leaseA}, Conditions{})
	must(t, err)
	refused(t, rename("new", "con", ""), fault.Precondition, "LeaseIdMissing")
	refused(t, rename("new", "con", leaseB), fault.Precondition, "LeaseIdMismatchWithContainerOperation")
	must(t, rename("new", "con", leaseA))
	if body := w.read(t, Target{Account: testAccount, Container: "new", Blob: "b"}); body != "kept" {
		t.Errorf("the blob has %q", body)
	}
	_, err = w.tryRead(t, key(), blobAt("b"), GetBlob{})
	refused(t, err, fault.NotFound, "ContainerNotFound")
	refused(t, w.DeleteContainer(t.Context(), key(), at("new"), Conditions{}), fault.Precondition, "LeaseIdMissing") // the lease came along
	w.container(t, "con", CreateContainer{})                                                                         // the old name is free
}

func TestRenameContainerThatIsHeld(t *testing.T) {
	w := newWorld(t, nil)
	rename := func(to, from string) error { return w.RenameContainer(t.Context(), key(), at(to), from, "") }
	put := func(change func(*Container)) {
		t.Helper()
		must(t, w.Store.Update(t.Context(), func(tx store.Tx) error {
			c, err := readContainer(tx, testAccount, "con")
			if err != nil {
				return err
			}
			change(c)
			return tx.Put(keyContainer(testAccount, "con"), c.encode())
		}))
	}
	w.put(t, "b", "x")
	put(func(c *Container) { c.LegalHolds = []LegalHold{{Tag: "case1"}} })
	refused(t, rename("new", "con"), fault.Conflict, "ContainerImmutableStorageProtected")
	put(func(c *Container) { c.LegalHolds = nil })

	var job []byte
	must(t, w.Store.Update(t.Context(), func(tx store.Tx) error {
		c, err := readContainer(tx, testAccount, "con")
		if err != nil {
			return err
		}
		job = keyJob(c.instance, "b")
		return tx.Put(job, []byte("{}"))
	}))
	refused(t, rename("new", "con"), fault.Conflict, "PendingCopyOperation")
	must(t, w.Store.Update(t.Context(), func(tx store.Tx) error { return tx.Delete(job) }))
	must(t, rename("new", "con"))
}

// TestRightsOfRenameContainer: to write the new name and to delete the old one.
func TestRightsOfRenameContainer(t *testing.T) {
	const containers = testID + "/blobServices/default/containers/"
	for _, c := range []struct {
		role   string
		scopes []string
		want   string
	}{
		{roleBlobContributor, []string{testID}, ""},
		{roleBlobContributor, []string{containers + "con", containers + "new"}, ""},
		{roleBlobContributor, []string{containers + "con"}, "AuthorizationPermissionMismatch"},
		{roleBlobContributor, []string{containers + "new"}, "AuthorizationPermissionMismatch"},
		{roleBlobReader, []string{testID}, "AuthorizationPermissionMismatch"},
	} {
		w := newWorld(t, nil)
		for _, scope := range c.scopes {
			w.assign(t, c.role, scope, "")
		}
		if err := w.RenameContainer(t.Context(), bearer(), at("new"), "con", ""); fault.ReasonOf(err) != c.want {
			t.Errorf("%v: %v", c.scopes, err)
		}
	}
	for letters, want := range map[string]string{"wd": "", "w": "AuthorizationPermissionMismatch", "cd": "AuthorizationPermissionMismatch"} {
		w := newWorld(t, nil)
		a := Access{By: AccountSAS, SAS: &SAS{Permissions: letters, Services: "b", ResourceTypes: "c"}}
		if err := w.RenameContainer(t.Context(), a, at("new"), "con", ""); fault.ReasonOf(err) != want {
			t.Errorf("signed for %s: %v", letters, err)
		}
	}
}
