package directory

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/alcedo-cloud/alcedo/internal/caller"
	"github.com/alcedo-cloud/alcedo/internal/clock"
	"github.com/alcedo-cloud/alcedo/internal/cloud"
	"github.com/alcedo-cloud/alcedo/internal/fault"
	"github.com/alcedo-cloud/alcedo/internal/store"
	"github.com/alcedo-cloud/alcedo/internal/store/storetest"
)

const testTenant = "11111111-1111-1111-1111-111111111111"

// world is a directory with one administrator.
type world struct {
	*Service
	clock *clock.Fake
	admin caller.Caller
}

func newWorld(t testing.TB) *world {
	t.Helper()
	w := &world{clock: clock.NewFake(time.Date(2025, 3, 4, 5, 6, 7, 0, time.UTC))}
	w.open(t, storetest.Memory(t))
	var u User
	w.update(t, func(tx store.Tx) (err error) {
		u, err = w.CreateUser(tx, User{UserPrincipalName: "admin@" + w.Domain(), Administrator: true})
		return err
	})
	w.admin = userCaller(u)
	return w
}

func (w *world) open(t testing.TB, s store.Store) {
	t.Helper()
	c, err := cloud.ByName("AzureCloud")
	if err != nil {
		t.Fatal(err)
	}
	w.Service, err = Open(t.Context(), Config{Store: s, Clock: w.clock, Rand: rand.Reader, Cloud: c, TenantID: testTenant})
	if err != nil {
		t.Fatal(err)
	}
}

func (w *world) update(t testing.TB, fn func(store.Tx) error) {
	t.Helper()
	if err := w.store.Update(t.Context(), fn); err != nil {
		t.Fatal(err)
	}
}

func userCaller(u User) caller.Caller {
	return caller.Caller{Kind: caller.User, ObjectID: u.ObjectID, TenantID: testTenant, Name: u.UserPrincipalName}
}

func (w *world) user(t testing.TB, name string) User {
	t.Helper()
	var u User
	w.update(t, func(tx store.Tx) (err error) {
		u, err = w.CreateUser(tx, User{UserPrincipalName: name + "@" + w.Domain()})
		return err
	})
	return u
}

func (w *world) group(t testing.TB, name string, members ...string) Group {
	t.Helper()
	var g Group
	w.update(t, func(tx store.Tx) (err error) {
		if g, err = w.CreateGroup(tx, Group{DisplayName: name}); err != nil {
			return err
		}
		for _, m := range members {
			if err := w.AddMember(tx, g.ObjectID, m); err != nil {
				return err
			}
		}
		return nil
	})
	return g
}

func (w *world) app(t testing.TB, name string) (Application, Principal) {
	t.Helper()
	var a Application
	var p Principal
	w.update(t, func(tx store.Tx) (err error) {
		if a, err = w.CreateApplication(tx, Application{DisplayName: name}); err != nil {
			return err
		}
		p, err = w.CreateServicePrincipal(tx, a.AppID)
		return err
	})
	return a, p
}

func (w *world) identity(t testing.TB, name string) Principal {
	t.Helper()
	var p Principal
	w.update(t, func(tx store.Tx) (err error) {
		p, err = w.CreateManagedIdentity(tx, ManagedIdentity{DisplayName: name, ResourceID: "/subscriptions/s/vm/" + name})
		return err
	})
	return p
}

func (w *world) try(t testing.TB, fn func(store.Tx) error) error {
	t.Helper()
	return w.store.Update(t.Context(), fn)
}

func wantKind(t *testing.T, what string, err error, want fault.Kind) {
	t.Helper()
	if !fault.Is(err, want) {
		t.Errorf("%s: %v; want %s", what, err, want)
	}
}

func TestPrincipals(t *testing.T) {
	w := newWorld(t)
	ctx := t.Context()
	u, g, m := w.user(t, "anna"), w.group(t, "readers"), w.identity(t, "vm")
	a, p := w.app(t, "job")
	for _, x := range []struct {
		id   string
		want Principal
	}{
		{u.ObjectID, Principal{ObjectID: u.ObjectID, Type: TypeUser, DisplayName: "anna", UserPrincipalName: u.UserPrincipalName, Enabled: true}},
		{strings.ToUpper(u.ObjectID), Principal{ObjectID: u.ObjectID, Type: TypeUser, DisplayName: "anna", UserPrincipalName: u.UserPrincipalName, Enabled: true}},
		{g.ObjectID, Principal{ObjectID: g.ObjectID, Type: TypeGroup, DisplayName: "readers", Enabled: true}},
		{m.ObjectID, Principal{ObjectID: m.ObjectID, Type: TypeServicePrincipal, DisplayName: "vm", AppID: m.AppID, ServicePrincipalType: "ManagedIdentity", ResourceID: "/subscriptions/s/vm/vm", Enabled: true}},
		{p.ObjectID, Principal{ObjectID: p.ObjectID, Type: TypeServicePrincipal, DisplayName: "job", AppID: a.AppID, ServicePrincipalType: "Application", Enabled: true}},
	} {
		got, ok, err := w.Principal(ctx, x.id)
		if err != nil || !ok || got != x.want {
			t.Errorf("Principal(%s) = %+v, %v, %v", x.id, got, ok, err)
		}
	}
	for _, id := range []string{"", a.ObjectID, a.AppID, testTenant, "\x00"} {
		if _, ok, err := w.Principal(ctx, id); ok || err != nil {
			t.Errorf("Principal(%q) = %v, %v", id, ok, err)
		}
	}
	if got, ok, err := w.PrincipalByAppID(ctx, strings.ToUpper(m.AppID)); err != nil || !ok || got.ObjectID != m.ObjectID {
		t.Errorf("by app id: %+v, %v, %v", got, ok, err)
	}
	if _, ok, err := w.PrincipalByAppID(ctx, m.ObjectID); ok || err != nil {
		t.Error("an object id passed for an application id")
	}
}

func TestActiveEndsAtOnce(t *testing.T) {
	w := newWorld(t)
	ctx := t.Context()
	u, g, m := w.user(t, "anna"), w.group(t, "readers"), w.identity(t, "vm")
	a, p := w.app(t, "job")
	active := func(id string) bool {
		ok, err := w.Active(ctx, id)
		if err != nil {
			t.Fatal(err)
		}
		return ok
	}
	for _, id := range []string{u.ObjectID, m.ObjectID, p.ObjectID} {
		if !active(id) {
			t.Errorf("%s is not active", id)
		}
	}
	for _, id := range []string{g.ObjectID, a.ObjectID, "", testTenant} {
		if active(id) {
			t.Errorf("%q is active, and no subject of tokens", id)
		}
	}
	if err := w.ModifyUser(ctx, w.admin, u.ObjectID, func(u *User) error { u.Disabled = true; return nil }); err != nil {
		t.Fatal(err)
	}
	w.update(t, func(tx store.Tx) error { return w.DeletePrincipal(tx, m.ObjectID) })
	w.update(t, func(tx store.Tx) error { return w.DeleteApplication(tx, a.ObjectID) })
	for _, id := range []string{u.ObjectID, m.ObjectID, p.ObjectID} {
		if active(id) {
			t.Errorf("%s is still active", id)
		}
	}
	// Absent ones are no error; an abandoned deletion deletes nothing.
	w.update(t, func(tx store.Tx) error { return w.DeletePrincipal(tx, m.ObjectID) })
	giveUp := errors.New("give up")
	other := w.identity(t, "vm2")
	err := w.try(t, func(tx store.Tx) error {
		if err := w.DeletePrincipal(tx, other.ObjectID); err != nil {
			return err
		}
		return giveUp
	})
	if !errors.Is(err, giveUp) || !active(other.ObjectID) {
		t.Errorf("after an abandoned deletion: %v, active %v", err, active(other.ObjectID))
	}
}

func TestManagedIdentityOfItsOwnIDs(t *testing.T) {
	w := newWorld(t)
	want := ManagedIdentity{
		ObjectID: "AAAAAAAA-0000-0000-0000-000000000001", AppID: "BBBBBBBB-0000-0000-0000-000000000001",
		DisplayName: "id1", ResourceID: "/subscriptions/s/id1", Explicit: true,
	}
	var p Principal
	w.update(t, func(tx store.Tx) (err error) { p, err = w.CreateManagedIdentity(tx, want); return err })
	if p.ObjectID != strings.ToLower(want.ObjectID) || p.AppID != strings.ToLower(want.AppID) {
		t.Errorf("%+v", p)
	}
	sp, err := w.ReadServicePrincipal(t.Context(), w.admin, p.ObjectID)
	if err != nil {
		t.Fatal(err)
	}
	if got := sp.AlternativeNames(); !slices.Equal(got, []string{"isExplicit=True", want.ResourceID}) {
		t.Errorf("alternativeNames = %q", got)
	}
	err = w.try(t, func(tx store.Tx) error { _, err := w.CreateManagedIdentity(tx, want); return err })
	wantKind(t, "the same application id again", err, fault.Conflict)
}

func TestNamesAreUnique(t *testing.T) {
	w := newWorld(t)
	ctx := t.Context()
	u := w.user(t, "anna")
	err := w.try(t, func(tx store.Tx) error {
		_, err := w.CreateUser(tx, User{UserPrincipalName: "ANNA@" + w.Domain()})
		return err
	})
	wantKind(t, "the same principal name", err, fault.Exists)
	if err := w.RemoveUser(ctx, w.admin, u.UserPrincipalName); err != nil {
		t.Fatal(err)
	}
	u = w.user(t, "anna") // the name is free again
	if err := w.ModifyUser(ctx, w.admin, u.ObjectID, func(u *User) error { u.UserPrincipalName = "berta@" + w.Domain(); return nil }); err != nil {
		t.Fatal(err)
	}
	if _, ok, _ := w.UserByName(ctx, "anna@"+w.Domain()); ok {
		t.Error("the old name still finds the user")
	}
	if got, ok, _ := w.UserByName(ctx, "Berta@"+w.Domain()); !ok || got.ObjectID != u.ObjectID {
		t.Error("the new name does not find the user")
	}
	w.user(t, "anna")

	add := func(uris ...string) error {
		_, err := w.AddApplication(ctx, w.admin, Application{DisplayName: "a", IdentifierURIs: uris})
		return err
	}
	if err := add("api://one"); err != nil {
		t.Fatal(err)
	}
	wantKind(t, "the same identifierUri", add("API://one"), fault.Exists)
	wantKind(t, "one URI twice", add("api://two", "api://TWO"), fault.Invalid)
	wantKind(t, "no URI", add("two"), fault.Invalid)
	a, ok, err := w.ApplicationByURI(ctx, "api://one/")
	if err != nil || !ok || a.IdentifierURIs[0] != "api://one" {
		t.Errorf("by URI with a slash: %+v, %v, %v", a, ok, err)
	}
	if _, ok, _ := w.ApplicationByURI(ctx, "api://on"); ok {
		t.Error("a prefix found an application")
	}
	if got, ok, _ := w.ApplicationByAppID(ctx, strings.ToUpper(a.AppID)); !ok || got.ObjectID != a.ObjectID {
		t.Error("not found by application id")
	}
	err = w.try(t, func(tx store.Tx) error { _, err := w.CreateServicePrincipal(tx, testTenant); return err })
	wantKind(t, "a service principal without application", err, fault.Invalid)
}

func TestBadNames(t *testing.T) {
	w := newWorld(t)
	for _, name := range []string{"", "anna", "@x", "anna@", "a b@c", "a\x00@b", "a/b@c", strings.Repeat("a", 200) + "@b"} {
		err := w.try(t, func(tx store.Tx) error { _, err := w.CreateUser(tx, User{UserPrincipalName: name}); return err })
		wantKind(t, fmt.Sprintf("%q", name), err, fault.Invalid)
	}
	_, err := w.AddUser(t.Context(), w.admin, User{UserPrincipalName: "anna@example.com", Password: "Abcdefg1"})
	wantKind(t, "a domain that is not ours", err, fault.Invalid)
}

// TestReload opens the directory again and compares all that it says.
func TestReload(t *testing.T) {
	w := newWorld(t)
	u, m := w.user(t, "anna"), w.identity(t, "vm")
	a, p := w.app(t, "job")
	inner := w.group(t, "inner", u.ObjectID, m.ObjectID)
	outer := w.group(t, "outer", inner.ObjectID, p.ObjectID)
	w.update(t, func(tx store.Tx) error {
		return w.PutFederatedCredential(tx, a.ObjectID, FederatedCredential{Name: "f", Issuer: "https://issuer", Subject: "s", Audiences: []string{"x"}})
	})
	say := func() string {
		var out []any
		for _, id := range []string{u.ObjectID, m.ObjectID, p.ObjectID, inner.ObjectID, outer.ObjectID} {
			found, _, _ := w.Principal(t.Context(), id)
			groups, _ := w.Groups(t.Context(), id)
			out = append(out, found, groups)
		}
		fics, _ := w.FederatedCredentials(t.Context(), a.AppID)
		byName, ok, _ := w.UserByName(t.Context(), u.UserPrincipalName)
		data, err := json.Marshal(append(out, fics, byName, ok))
		if err != nil {
			t.Fatal(err)
		}
		return string(data)
	}
	before := say()
	w.open(t, w.store)
	if after := say(); after != before {
		t.Errorf("after reopening:\n%s\nbefore:\n%s", after, before)
	}
}

func TestOpenFailsWithoutParts(t *testing.T) {
	if _, err := Open(context.Background(), Config{}); err == nil {
		t.Error("an empty Config opened")
	}
}
