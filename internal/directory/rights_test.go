package directory

import (
	"testing"

	"github.com/alcedo-cloud/alcedo/internal/caller"
	"github.com/alcedo-cloud/alcedo/internal/fault"
	"github.com/alcedo-cloud/alcedo/internal/store"
)

// TestRights asks each caller for a reading and a writing operation of every kind.
func TestRights(t *testing.T) {
	w := newWorld(t)
	ctx := t.Context()
	member, victim := w.user(t, "member"), w.user(t, "victim")
	var guest User
	w.update(t, func(tx store.Tx) (err error) {
		guest, err = w.CreateUser(tx, User{UserPrincipalName: "guest@" + w.Domain(), UserType: "Guest"})
		return err
	})
	a, p := w.app(t, "job")
	_, boss := w.app(t, "boss")
	if err := w.SetAdministrator(ctx, w.admin, boss.ObjectID, true); err != nil {
		t.Fatal(err)
	}
	_, reader := w.app(t, "reader")
	w.update(t, func(tx store.Tx) error { return w.MakeReader(tx, reader.ObjectID) })
	g, m := w.group(t, "g"), w.identity(t, "vm")
	reads := map[string]func(caller.Caller) error{
		"users":        func(c caller.Caller) error { _, err := w.ListUsers(ctx, c); return err },
		"groups":       func(c caller.Caller) error { _, err := w.ListGroups(ctx, c); return err },
		"applications": func(c caller.Caller) error { _, err := w.ListApplications(ctx, c); return err },
		"principals":   func(c caller.Caller) error { _, err := w.ListServicePrincipals(ctx, c); return err },
		"user":         func(c caller.Caller) error { _, err := w.ReadUser(ctx, c, victim.ObjectID); return err },
		"members":      func(c caller.Caller) error { _, err := w.ReadMembers(ctx, c, g.ObjectID, true); return err },
		"objects": func(c caller.Caller) error {
			_, err := w.ReadObjects(ctx, c, []string{g.ObjectID, victim.ObjectID})
			return err
		},
		"credentials":    func(c caller.Caller) error { _, err := w.ReadFederatedCredentials(ctx, c, a.ObjectID); return err },
		"administrators": func(c caller.Caller) error { _, err := w.ReadAdministrators(ctx, c); return err },
		"owned":          func(c caller.Caller) error { _, err := w.ReadOwned(ctx, c, victim.ObjectID); return err },
	}
	writes := map[string]func(caller.Caller) error{
		"group":  func(c caller.Caller) error { _, err := w.AddGroup(ctx, c, Group{DisplayName: "x"}, nil); return err },
		"member": func(c caller.Caller) error { return w.AddGroupMembers(ctx, c, g.ObjectID) },
		"application": func(c caller.Caller) error {
			_, err := w.AddApplication(ctx, c, Application{DisplayName: "x"})
			return err
		},
		"secret": func(c caller.Caller) error {
			_, err := w.AddSecret(ctx, c, a.ObjectID, PasswordCredential{})
			return err
		},
		"user": func(c caller.Caller) error {
			return w.ModifyUser(ctx, c, victim.ObjectID, func(*User) error { return nil })
		},
		"administrator": func(c caller.Caller) error { return w.SetAdministrator(ctx, c, victim.ObjectID, false) },
		"federation": func(c caller.Caller) error {
			return w.ModifyFederatedCredential(ctx, c, a.ObjectID, "none", func(*FederatedCredential) error { return nil })
		},
	}
	for _, x := range []struct {
		name        string
		who         caller.Caller
		read, write fault.Kind // Internal for allowed
	}{
		{"administrator", w.admin, 0, 0},
		{"administrator that is an application", caller.Caller{Kind: caller.ServicePrincipal, ObjectID: boss.ObjectID}, 0, 0},
		{"operator", caller.Caller{Kind: caller.Operator}, 0, 0},
		{"member", userCaller(member), 0, fault.Denied},
		{"guest", userCaller(guest), fault.Denied, fault.Denied},
		{"application", caller.Caller{Kind: caller.ServicePrincipal, ObjectID: p.ObjectID}, fault.Denied, fault.Denied},
		{"reader", caller.Caller{Kind: caller.ServicePrincipal, ObjectID: reader.ObjectID}, 0, fault.Denied},
		{"managed identity", caller.Caller{Kind: caller.ManagedIdentity, ObjectID: m.ObjectID}, fault.Denied, fault.Denied},
		{"somebody deleted", caller.Caller{Kind: caller.User, ObjectID: testTenant}, fault.Denied, fault.Denied},
		{"nobody", caller.Caller{}, fault.Unauthenticated, fault.Unauthenticated},
	} {
		check := func(kind, what string, err error, want fault.Kind) {
			if want == 0 {
				if err != nil && !fault.Is(err, fault.NotFound) {
					t.Errorf("%s may not %s %s: %v", x.name, kind, what, err)
				}
			} else if !fault.Is(err, want) {
				t.Errorf("%s: %s %s: %v; want %s", x.name, kind, what, err, want)
			}
		}
		for what, f := range reads {
			check("read", what, f(x.who), x.read)
		}
		for what, f := range writes {
			check("write", what, f(x.who), x.write)
		}
	}
	if u, err := w.ReadUser(ctx, userCaller(guest), guest.ObjectID); err != nil || u.ObjectID != guest.ObjectID {
		t.Errorf("a guest reads itself: %v", err)
	}
	// Who may not read must not learn what is there.
	_, err := w.ReadUser(ctx, userCaller(guest), testTenant)
	wantKind(t, "an id that is not there", err, fault.Denied)
}

func TestManagedIdentityIsItsResources(t *testing.T) {
	w := newWorld(t)
	m := w.identity(t, "vm")
	ctx := t.Context()
	wantKind(t, "delete", w.RemoveServicePrincipal(ctx, w.admin, m.ObjectID), fault.Denied)
	wantKind(t, "modify", w.ModifyServicePrincipal(ctx, w.admin, m.ObjectID, func(*ServicePrincipal) error { return nil }), fault.Denied)
	if ok, _ := w.Active(ctx, m.ObjectID); !ok {
		t.Error("it is gone")
	}
}

func TestRemoveChecksTheKind(t *testing.T) {
	w := newWorld(t)
	ctx := t.Context()
	u, g := w.user(t, "anna"), w.group(t, "g")
	wantKind(t, "a user as a group", w.RemoveGroup(ctx, w.admin, u.ObjectID), fault.NotFound)
	wantKind(t, "a group as a user", w.RemoveUser(ctx, w.admin, g.ObjectID), fault.NotFound)
	wantKind(t, "a group as an application", w.RemoveApplication(ctx, w.admin, g.ObjectID), fault.NotFound)
}

func TestApplicationNamesItsServicePrincipal(t *testing.T) {
	w := newWorld(t)
	ctx := t.Context()
	a, p := w.app(t, "job")
	err := w.ModifyApplication(ctx, w.admin, a.ObjectID, func(a *Application) error {
		a.DisplayName, a.IdentifierURIs = "renamed", []string{"api://job"}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	sp, err := w.ReadServicePrincipalByAppID(ctx, w.admin, a.AppID)
	if err != nil || sp.ObjectID != p.ObjectID || sp.DisplayName != "renamed" || len(sp.ServicePrincipalNames()) != 2 {
		t.Errorf("%+v, %v", sp, err)
	}
}

func TestOwners(t *testing.T) {
	w := newWorld(t)
	ctx := t.Context()
	a, p := w.app(t, "job")
	u, g := w.user(t, "anna"), w.group(t, "g")
	if err := w.AddOwner(ctx, w.admin, a.ObjectID, u.ObjectID); err != nil {
		t.Fatal(err)
	}
	wantKind(t, "again", w.AddOwner(ctx, w.admin, a.ObjectID, u.ObjectID), fault.Exists)
	wantKind(t, "a group", w.AddOwner(ctx, w.admin, a.ObjectID, g.ObjectID), fault.Invalid)
	wantKind(t, "nobody", w.AddOwner(ctx, w.admin, a.ObjectID, testTenant), fault.NotFound)
	wantKind(t, "of nothing", w.AddOwner(ctx, w.admin, testTenant, u.ObjectID), fault.NotFound)
	if list, err := w.ReadOwners(ctx, w.admin, a.ObjectID); err != nil || len(list) != 1 {
		t.Errorf("owners %v, %v", list, err)
	}
	if list, err := w.ReadOwned(ctx, userCaller(u), u.ObjectID); err != nil || len(list) != 1 {
		t.Errorf("owned %v, %v", list, err)
	}
	if err := w.RemoveOwner(ctx, w.admin, a.ObjectID, u.ObjectID); err != nil {
		t.Fatal(err)
	}
	wantKind(t, "remove again", w.RemoveOwner(ctx, w.admin, a.ObjectID, u.ObjectID), fault.NotFound)
	if list, err := w.ReadOwners(ctx, w.admin, p.ObjectID); err != nil || len(list) != 0 {
		t.Errorf("owners %v, %v", list, err)
	}
}
