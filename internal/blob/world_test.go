package blob

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/base64"
	"iter"
	"strings"
	"testing"
	"time"

	"github.com/alcedo-cloud/alcedo/internal/audit"
	"github.com/alcedo-cloud/alcedo/internal/caller"
	"github.com/alcedo-cloud/alcedo/internal/clock"
	"github.com/alcedo-cloud/alcedo/internal/content/files"
	"github.com/alcedo-cloud/alcedo/internal/fault"
	"github.com/alcedo-cloud/alcedo/internal/rbac"
	"github.com/alcedo-cloud/alcedo/internal/rbac/assignments"
	"github.com/alcedo-cloud/alcedo/internal/store"
	"github.com/alcedo-cloud/alcedo/internal/store/storetest"
)

const (
	testTenant  = "11111111-1111-1111-1111-111111111111"
	testAccount = "mystorage"
	testID      = "/subscriptions/22222222-2222-2222-2222-222222222222/resourceGroups/rg/providers/Microsoft.Storage/storageAccounts/mystorage"

	robot = "bbbbbbbb-0000-0000-0000-000000000002"

	roleOwner           = "8e3af657-a8ff-443c-a75c-2fe8c4bcb635"
	roleContributor     = "b24988ac-6180-42a0-ab88-20f7382dd24c"
	roleReader          = "acdd72a7-3385-48ef-bd42-f606fba81ae7"
	roleBlobReader      = "2a2b9908-6ea1-4ae2-8e65-a410df84e7d1"
	roleBlobContributor = "ba92f5b4-2d11-453d-a403-e96b0029c9fe"
	roleBlobOwner       = "b7e6dc6d-f1e8-4753-8033-0f276bb0955b"
	roleBlobDelegator   = "db58b8e5-c6ad-4a2a-8342-4190687cbf4a"
)

// world is a service with one account and one container, real assignments and a record of decisions.
type world struct {
	*Service
	clock *clock.Fake
	roles *assignments.Service
	log   *audit.Log
}

func newWorld(t testing.TB, change func(*Account)) *world {
	t.Helper()
	w := &world{clock: clock.NewFake(time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC))}
	s := storetest.Memory(t)
	var err error
	w.roles, err = assignments.Open(t.Context(), assignments.Config{
		Store: s, Clock: w.clock, TenantID: testTenant,
		Groups: func(context.Context, string) ([]string, error) { return nil, nil },
		PrincipalType: func(context.Context, string) (rbac.PrincipalType, bool, error) {
			return rbac.ServicePrincipal, true, nil
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	w.log = audit.New(audit.Config{Decider: w.roles, Store: s, Clock: w.clock})
	t.Cleanup(func() {
		if err := w.log.Close(); err != nil {
			t.Errorf("close the record: %v", err)
		}
	})
	w.Service, err = New(Config{
		Store: s, Content: files.NewMemory(rand.Reader, w.clock.Now), Door: w.log, Clock: w.clock, Rand: rand.Reader, TenantID: testTenant,
	})
	if err != nil {
		t.Fatal(err)
	}
	w.account(t, change)
	w.container(t, "con", CreateContainer{})
	return w
}

// account writes the account with changes.
func (w *world) account(t testing.TB, change func(*Account)) {
	t.Helper()
	a := Account{
		Name: testAccount, ResourceID: testID, Kind: "StorageV2", SKU: "Standard_LRS", AllowSharedKeyAccess: true,
		AllowBlobPublicAccess: true, Created: w.clock.Now(),
	}
	if change != nil {
		change(&a)
	}
	if err := w.Store.Update(t.Context(), func(tx store.Tx) error { return w.PutAccount(tx, a) }); err != nil {
		t.Fatal(err)
	}
}

func (w *world) container(t testing.TB, name string, r CreateContainer) *Container {
	t.Helper()
	c, err := w.CreateContainer(t.Context(), key(), at(name), r)
	if err != nil {
		t.Fatalf("create container %s: %v", name, err)
	}
	return c
}

// grant assigns a role to the robot.
func (w *world) assign(t testing.TB, role, scope, condition string) {
	t.Helper()
	a := rbac.Assignment{Scope: rbac.NewScope(scope), RoleName: role, PrincipalID: robot, PrincipalType: rbac.ServicePrincipal}
	if condition != "" {
		a.ConditionVersion = "2.0"
		a.Condition = condition
	}
	if err := w.Store.Update(t.Context(), func(tx store.Tx) error { return w.roles.Assign(tx, a) }); err != nil {
		t.Fatal(err)
	}
}

func key() Access { return Access{By: SharedKey} }

func bearer() Access {
	return Access{By: Bearer, Caller: caller.Caller{Kind: caller.ManagedIdentity, TenantID: testTenant, ObjectID: robot}}
}

func at(container string) Target { return Target{Account: testAccount, Container: container} }

func blobAt(name string) Target {
	return Target{Account: testAccount, Container: "con", Blob: name}
}

func (w *world) put(t testing.TB, name, body string) *Blob {
	t.Helper()
	b, err := w.tryPut(t, key(), name, body)
	if err != nil {
		t.Fatalf("put %q: %v", name, err)
	}
	return b
}

func (w *world) tryPut(t testing.TB, a Access, name, body string) (*Blob, error) {
	t.Helper()
	r, err := w.PutBlob(t.Context(), a, blobAt(name), PutBlob{Body: strings.NewReader(body), Length: int64(len(body))})
	return r.Blob, err
}

// read is all of a blob.
func (w *world) read(t testing.TB, target Target) string {
	t.Helper()
	text, err := w.tryRead(t, key(), target, GetBlob{})
	if err != nil {
		t.Fatalf("read %+v: %v", target, err)
	}
	return text
}

func (w *world) tryRead(t testing.TB, a Access, target Target, r GetBlob) (string, error) {
	t.Helper()
	d, err := w.GetBlob(t.Context(), a, target, r)
	if err != nil {
		return "", err
	}
	var buf bytes.Buffer
	n, err := d.WriteTo(&buf)
	if err != nil || n != d.Length || int64(buf.Len()) != n {
		t.Fatalf("write: %d of %d, %v", n, d.Length, err)
	}
	if err := d.Close(); err != nil {
		t.Fatal(err)
	}
	return buf.String(), nil
}

func (w *world) block(t testing.TB, name, id, body string) {
	t.Helper()
	_, err := w.PutBlock(t.Context(), key(), blobAt(name), PutBlock{ID: b64(id), Body: strings.NewReader(body), Length: int64(len(body))})
	if err != nil {
		t.Fatalf("put block %q: %v", id, err)
	}
}

func b64(s string) string { return base64.StdEncoding.EncodeToString([]byte(s)) }

// refused fails unless err is a fault of that reason.
func refused(t testing.TB, err error, kind fault.Kind, reason string) {
	t.Helper()
	if !fault.Is(err, kind) || fault.ReasonOf(err) != reason {
		t.Errorf("got %v (kind %v, reason %q), want %v %q", err, fault.KindOf(err), fault.ReasonOf(err), kind, reason)
	}
}

// names lists the container: names of blobs, and prefixes with a + before them.
func (w *world) names(t testing.TB, r ListBlobs) []string {
	t.Helper()
	var all []string
	for {
		page, err := w.ListBlobs(t.Context(), key(), at("con"), r)
		if err != nil {
			t.Fatal(err)
		}
		if r.MaxResults > 0 && len(page.Items) > r.MaxResults {
			t.Fatalf("a page of %d has %d entries", r.MaxResults, len(page.Items))
		}
		for _, i := range page.Items {
			all = append(all, i.String())
		}
		if page.Next == "" {
			return all
		}
		r.Marker = page.Next
	}
}

func (i ListItem) String() string {
	b := i.Blob
	switch {
	case b == nil:
		return "+" + i.Prefix
	case b.Uncommitted:
		return b.Name + " uncommitted"
	case b.Snapshot != 0 && b.Deleted != 0:
		return b.Name + " deleted snapshot"
	case b.Snapshot != 0:
		return b.Name + " snapshot"
	case b.Deleted != 0:
		return b.Name + " deleted"
	case b.Current:
		return b.Name + " current"
	case b.VersionsOnly:
		return b.Name + " versions only"
	case b.VersionID != 0:
		return b.Name + " version"
	}
	return b.Name
}

func (w *world) deleteTestAccount(tx store.Tx) error { return w.DeleteAccount(tx, testAccount) }

// countingStore counts the rows that its snapshots yield.
type countingStore struct {
	store.Store
	rows int
}

func (c *countingStore) Snapshot(ctx context.Context) (store.Snapshot, error) {
	s, err := c.Store.Snapshot(ctx)
	return &countingSnapshot{s, c}, err
}

type countingSnapshot struct {
	store.Snapshot
	to *countingStore
}

func (c *countingSnapshot) Cursor(start, end []byte) (store.Cursor, error) {
	inner, err := c.Snapshot.Cursor(start, end)
	return &countingCursor{inner, c.to}, err
}

type countingCursor struct {
	store.Cursor
	to *countingStore
}

func (c *countingCursor) Next() bool           { c.to.rows++; return c.Cursor.Next() }
func (c *countingCursor) Seek(key []byte) bool { c.to.rows++; return c.Cursor.Seek(key) }

func (c *countingSnapshot) Scan(start, end []byte) iter.Seq2[store.Item, error] {
	return func(yield func(store.Item, error) bool) {
		for i, err := range c.Snapshot.Scan(start, end) {
			c.to.rows++
			if !yield(i, err) {
				return
			}
		}
	}
}
