package assignments

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/alcedo-cloud/alcedo/internal/caller"
	"github.com/alcedo-cloud/alcedo/internal/clock"
	"github.com/alcedo-cloud/alcedo/internal/fault"
	"github.com/alcedo-cloud/alcedo/internal/rbac"
	"github.com/alcedo-cloud/alcedo/internal/store"
	"github.com/alcedo-cloud/alcedo/internal/store/storetest"
)

const (
	tenant = "11111111-1111-1111-1111-111111111111"
	alice  = "aaaaaaaa-0000-0000-0000-000000000001"
	robot  = "bbbbbbbb-0000-0000-0000-000000000002"
	staff  = "cccccccc-0000-0000-0000-000000000003"
	absent = "dddddddd-0000-0000-0000-000000000004"
	sub    = "/subscriptions/22222222-2222-2222-2222-222222222222"
	rg     = sub + "/resourceGroups/rg"
	vm     = rg + "/providers/Microsoft.Compute/virtualMachines/web"
	vmRead = "Microsoft.Compute/virtualMachines/read"
)

// world is a service with a directory of three principals: a user and a robot, who is in the group.
type world struct {
	*Service
	clock *clock.Fake
	mu    sync.Mutex
	types map[string]rbac.PrincipalType
	in    map[string][]string
}

func newWorld(t testing.TB, change func(*Config)) *world {
	t.Helper()
	w := &world{
		clock: clock.NewFake(time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)),
		types: map[string]rbac.PrincipalType{alice: rbac.User, robot: rbac.ServicePrincipal, staff: rbac.Group},
		in:    map[string][]string{robot: {staff}},
	}
	c := Config{
		Store: storetest.Memory(t), Clock: w.clock, TenantID: tenant,
		Groups: func(_ context.Context, id string) ([]string, error) {
			w.mu.Lock()
			defer w.mu.Unlock()
			return w.in[id], nil
		},
		PrincipalType: func(_ context.Context, id string) (rbac.PrincipalType, bool, error) {
			w.mu.Lock()
			defer w.mu.Unlock()
			p, ok := w.types[strings.ToLower(id)]
			return p, ok, nil
		},
	}
	if change != nil {
		change(&c)
	}
	s, err := Open(t.Context(), c)
	if err != nil {
		t.Fatal(err)
	}
	w.Service = s
	return w
}

func (w *world) remove(id string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	delete(w.types, id)
}

func guid(n int) string { return fmt.Sprintf("%08d-9999-4999-8999-999999999999", n) }

func (w *world) put(t testing.TB, n int, principal, role, scope string) (*rbac.Assignment, bool, error) {
	t.Helper()
	return w.Put(t.Context(), caller.Caller{ObjectID: alice}, rbac.Assignment{
		Name: guid(n), PrincipalID: principal, RoleName: role, Scope: rbac.NewScope(scope),
	})
}

func (w *world) must(t testing.TB, n int, principal, role, scope string) {
	t.Helper()
	if _, created, err := w.put(t, n, principal, role, scope); err != nil || !created {
		t.Fatalf("created %v, %v", created, err)
	}
}

func (w *world) allows(t testing.TB, who, action, scope string) bool {
	t.Helper()
	d, err := w.Decide(t.Context(), caller.Caller{ObjectID: who, TenantID: tenant}, rbac.Request{Action: action, Scope: rbac.NewScope(scope)})
	if err != nil {
		t.Fatal(err)
	}
	return d.Allowed
}

func reason(err error) string {
	var f *fault.Error
	if !errors.As(err, &f) {
		return fmt.Sprint(err)
	}
	return f.Kind.String() + " " + f.Reason
}

func TestEffectsAreImmediate(t *testing.T) {
	w := newWorld(t, nil)
	if w.allows(t, robot, vmRead, vm) {
		t.Fatal("allowed by nothing")
	}
	w.must(t, 1, robot, Reader, rg)
	if !w.allows(t, robot, vmRead, vm) || w.allows(t, alice, vmRead, vm) || w.allows(t, robot, vmRead, sub+"/resourceGroups/rg2") {
		t.Error("Reader on the group: wrong decisions")
	}
	out, err := w.Delete(t.Context(), caller.Caller{ObjectID: alice}, rbac.NewScope(rg+"/"), strings.ToUpper(guid(1)))
	if err != nil || out == nil || w.allows(t, robot, vmRead, vm) {
		t.Errorf("after deletion: %v %v", out, err)
	}
	if out, err = w.Delete(t.Context(), caller.Caller{ObjectID: alice}, rbac.NewScope(rg), guid(1)); out != nil || err != nil {
		t.Errorf("deleted twice: %v %v", out, err)
	}
	w.must(t, 2, staff, Reader, rg)
	if !w.allows(t, robot, vmRead, vm) {
		t.Error("the group's role does not reach its member")
	}
	w.mu.Lock()
	w.in[robot] = nil
	w.mu.Unlock()
	if w.allows(t, robot, vmRead, vm) {
		t.Error("the group's role reaches one who has left")
	}
}

func TestDeletedPrincipal(t *testing.T) {
	w := newWorld(t, nil)
	w.must(t, 1, robot, Owner, sub)
	w.remove(robot)
	if w.allows(t, robot, vmRead, vm) {
		t.Error("a deleted principal is allowed something")
	}
	list, err := w.List(t.Context(), Query{Scope: rbac.NewScope(sub)})
	if err != nil || len(list) != 1 || list[0].PrincipalID != robot || list[0].PrincipalType != rbac.ServicePrincipal {
		t.Errorf("the orphaned assignment is not listed: %v %v", list, err)
	}
	if v, err := w.Visible(t.Context(), caller.Caller{ObjectID: robot}, rbac.NewScope(sub)); v || err != nil {
		t.Errorf("a deleted principal sees the subscription: %v", err)
	}
}

func TestOtherTenant(t *testing.T) {
	w := newWorld(t, nil)
	w.must(t, 1, robot, Owner, sub)
	d, err := w.Decide(t.Context(), caller.Caller{ObjectID: robot, TenantID: absent}, rbac.Request{Action: vmRead, Scope: rbac.NewScope(vm)})
	if d.Allowed || err != nil {
		t.Errorf("a caller of another tenant is allowed: %v", err)
	}
}

func TestPut(t *testing.T) {
	w := newWorld(t, nil)
	c := caller.Caller{ObjectID: alice}
	w.must(t, 1, robot, Reader, rg)
	ok := rbac.Assignment{Name: guid(2), PrincipalID: alice, RoleName: Reader, Scope: rbac.NewScope(rg)}
	for _, x := range []struct {
		name    string
		change  func(*rbac.Assignment)
		want    string
		message string
	}{
		{"name", func(a *rbac.Assignment) { a.Name = "reader" }, "invalid InvalidRoleAssignmentId", "must be a GUID"},
		{"name without dashes", func(a *rbac.Assignment) { a.Name = digits(a.Name) }, "invalid InvalidRoleAssignmentId", ""},
		{"principal", func(a *rbac.Assignment) { a.PrincipalID = "bob" }, "invalid InvalidPrincipalId", ""},
		{"absent principal", func(a *rbac.Assignment) { a.PrincipalID = absent }, "invalid PrincipalNotFound", "Principal dddddddd000000000000000000000004 does not exist in the directory " + tenant + ". Check that"},
		{"absent user", func(a *rbac.Assignment) { a.PrincipalID, a.PrincipalType = absent, rbac.User }, "invalid PrincipalNotFound", "https://aka.ms/docs-principaltype"},
		{"type", func(a *rbac.Assignment) { a.PrincipalType = rbac.Group }, "invalid UnmatchedPrincipalType", "has type 'User' , which is different from specified PrinciaplType 'Group'."},
		{"unknown type", func(a *rbac.Assignment) { a.PrincipalType = "Robot" }, "invalid InvalidPrincipalType", ""},
		{"role", func(a *rbac.Assignment) { a.RoleName = absent }, "invalid RoleDefinitionDoesNotExist", "The specified role definition with ID 'dddddddd000000000000000000000004' does not exist."},
		{"role's name", func(a *rbac.Assignment) { a.RoleName = "Reader" }, "invalid InvalidRoleDefinitionId", ""},
		{"twice", func(a *rbac.Assignment) { a.PrincipalID = robot }, "exists RoleAssignmentExists", "The role assignment already exists. The ID of the existing role assignment is " + digits(guid(1)) + "."},
		{"twice, other case", func(a *rbac.Assignment) {
			a.PrincipalID, a.Scope = strings.ToUpper(robot), rbac.NewScope(strings.ToUpper(rg))
		}, "exists RoleAssignmentExists", ""},
		{"name at another scope", func(a *rbac.Assignment) { a.Name, a.PrincipalID, a.Scope = guid(1), robot, rbac.NewScope(sub) }, "invalid RoleAssignmentUpdateNotPermitted", "Tenant ID, application ID, principal ID, and scope are not allowed to be updated."},
		{"name of another principal", func(a *rbac.Assignment) { a.Name = guid(1) }, "invalid RoleAssignmentUpdateNotPermitted", ""},
		{"condition", func(a *rbac.Assignment) { a.Condition, a.ConditionVersion = "@Resource[x] StringEquals", "2.0" }, "invalid InvalidRoleAssignmentCondition", "The given role assignment condition is invalid."},
		{"condition version 1.0", func(a *rbac.Assignment) { a.Condition, a.ConditionVersion = "@Resource[x] StringEquals 'x'", "1.0" }, "invalid InvalidRoleAssignmentCondition", ""},
		{"condition without version", func(a *rbac.Assignment) { a.Condition = "@Resource[x] StringEquals 'x'" }, "invalid InvalidRoleAssignmentCondition", ""},
		{"long description", func(a *rbac.Assignment) { a.Description = strings.Repeat("x", 5000) }, "invalid InvalidRoleAssignmentDescription", ""},
		{"long scope", func(a *rbac.Assignment) { a.Scope = rbac.NewScope(rg + "/" + strings.Repeat("x", 5000)) }, "invalid InvalidScope", ""},
		{"scope that would break the key", func(a *rbac.Assignment) { a.Scope = rbac.NewScope(rg + "\x00x") }, "invalid InvalidScope", ""},
	} {
		a := ok
		x.change(&a)
		_, _, err := w.Put(t.Context(), c, a)
		if got := reason(err); got != x.want {
			t.Errorf("%s: %s, want %s", x.name, got, x.want)
		} else if !strings.Contains(err.Error(), x.message) {
			t.Errorf("%s: %v, want %q", x.name, err, x.message)
		}
	}
	if list, err := w.List(t.Context(), Query{Scope: rbac.Root}); len(list) != 1 || err != nil {
		t.Errorf("something was stored: %v %v", list, err)
	}
	a := ok
	a.PrincipalID, a.PrincipalType = absent, rbac.ServicePrincipal
	if out, created, err := w.Put(t.Context(), c, a); err != nil || !created || out.PrincipalType != rbac.ServicePrincipal {
		t.Errorf("a service principal that has not replicated: %v %v", created, err)
	}
}

func TestPutAgain(t *testing.T) {
	w := newWorld(t, nil)
	w.must(t, 1, robot, Reader, rg)
	w.clock.Advance(time.Hour)
	same, created, err := w.put(t, 1, robot, Reader, rg)
	if err != nil || created || !same.UpdatedOn.Equal(same.CreatedOn) || same.PrincipalType != rbac.ServicePrincipal || same.CreatedBy != alice {
		t.Errorf("identical: %+v %v %v", same, created, err)
	}
	next := *same
	next.Description, next.Condition, next.ConditionVersion = "why", "@Resource[x] StringEquals 'x'", "2.0"
	out, created, err := w.Put(t.Context(), caller.Caller{ObjectID: robot}, next)
	if err != nil || created || out.Description != "why" || !out.UpdatedOn.After(out.CreatedOn) || out.CreatedBy != alice || out.UpdatedBy != robot {
		t.Errorf("changed: %+v %v %v", out, created, err)
	}
	if w.allows(t, robot, vmRead, vm) {
		t.Error("the condition is not asked")
	}
}

func TestList(t *testing.T) {
	w := newWorld(t, nil)
	w.must(t, 1, alice, Owner, "/")
	w.must(t, 2, robot, Reader, sub)
	w.must(t, 3, staff, Reader, rg)
	w.must(t, 4, robot, Contributor, vm)
	w.must(t, 5, alice, Reader, "/providers/Microsoft.Management/managementGroups/"+tenant)
	for _, c := range []struct {
		name string
		q    Query
		want string
	}{
		{"all", Query{Scope: rbac.NewScope(rg)}, "12345"},
		{"atScope", Query{Scope: rbac.NewScope(rg), AtScope: true}, "1235"},
		{"principal", Query{Scope: rbac.NewScope(rg), PrincipalID: robot}, "24"},
		{"principal in capitals", Query{Scope: rbac.NewScope(rg), PrincipalID: strings.ToUpper(robot)}, "24"},
		{"assigned to", Query{Scope: rbac.NewScope(rg), AssignedTo: robot}, "234"},
		{"assigned to, at scope", Query{Scope: rbac.NewScope(rg), AssignedTo: robot, AtScope: true}, "23"},
		{"assigned to, itself", Query{Scope: rbac.NewScope(rg), AssignedTo: robot, PrincipalID: robot}, "24"},
		{"nobody", Query{Scope: rbac.NewScope(rg), PrincipalID: absent}, ""},
		{"elsewhere", Query{Scope: rbac.NewScope("/subscriptions/x")}, "15"},
	} {
		list, err := w.List(t.Context(), c.q)
		if err != nil {
			t.Fatal(err)
		}
		names := map[byte]bool{}
		for _, a := range list {
			names[a.Name[7]] = true
		}
		got := ""
		for n := byte('1'); n <= '5'; n++ {
			if names[n] {
				got += string(n)
			}
		}
		if got != c.want || len(list) != len(c.want) {
			t.Errorf("%s: %s, want %s", c.name, got, c.want)
		}
	}
}

func TestDeleteBelow(t *testing.T) {
	for _, c := range []struct{ scope, left string }{
		{vm, "12356"}, {rg, "126"}, {strings.ToUpper(rg), "126"}, {sub, "1"}, {"/", ""}, {sub + "/resourceGroups/r", "123456"},
	} {
		w := newWorld(t, nil)
		for i, scope := range []string{"/", sub, rg, vm, rg + "/providers/Microsoft.Compute/virtualMachines/web2", sub + "/resourceGroups/rg2"} {
			w.must(t, i+1, robot, Reader, scope)
		}
		if err := w.Store.Update(t.Context(), func(tx store.Tx) error { return w.DeleteBelow(tx, rbac.NewScope(c.scope)) }); err != nil {
			t.Fatal(err)
		}
		check := func(s *Service, when string) {
			list, err := s.List(t.Context(), Query{Scope: rbac.Root})
			if err != nil {
				t.Fatal(err)
			}
			if len(list) != len(c.left) {
				t.Errorf("%s, %s: %d left, want %s", c.scope, when, len(list), c.left)
			}
			for _, a := range list {
				if !strings.Contains(c.left, a.Name[7:8]) {
					t.Errorf("%s, %s: %s is left", c.scope, when, a.ID())
				}
			}
		}
		check(w.Service, "in memory")
		again, err := Open(t.Context(), w.Config)
		if err != nil {
			t.Fatal(err)
		}
		check(again, "loaded anew")
		if c.left == "" { // what is gone can be assigned again
			w.must(t, 1, robot, Reader, rg)
		}
	}
}

func TestLimit(t *testing.T) {
	w := newWorld(t, func(c *Config) { c.MaxAssignments = 2 })
	w.must(t, 1, alice, Reader, sub)
	w.must(t, 2, alice, Reader, vm)
	if _, _, err := w.put(t, 3, alice, Reader, rg); reason(err) != "invalid RoleAssignmentLimitExceeded" {
		t.Errorf("a third: %v", err)
	}
	w.must(t, 4, alice, Reader, "/subscriptions/33333333-3333-3333-3333-333333333333")
	w.must(t, 5, alice, Reader, "/")
	if _, err := w.Delete(t.Context(), caller.Caller{ObjectID: alice}, rbac.NewScope(vm), guid(2)); err != nil {
		t.Fatal(err)
	}
	w.must(t, 3, alice, Reader, rg)
}

func TestLastOwner(t *testing.T) {
	w := newWorld(t, nil)
	c := caller.Caller{ObjectID: alice}
	remove := func(n int) string {
		_, err := w.Delete(t.Context(), c, rbac.NewScope(sub), guid(n))
		return reason(err)
	}
	w.must(t, 1, alice, Owner, sub)
	w.must(t, 2, robot, Owner, sub)
	w.must(t, 3, alice, Owner, rg)
	w.must(t, 4, alice, Reader, sub)
	if got := remove(4); got != "<nil>" {
		t.Errorf("a reader: %s", got)
	}
	if got := remove(2); got != "<nil>" {
		t.Errorf("one of two owners: %s", got)
	}
	if got := remove(1); got != "invalid CannotDeleteLastRbacAdminAssignment" {
		t.Errorf("the last owner: %s", got)
	}
	w.must(t, 2, robot, Owner, sub)
	w.remove(robot)
	if got := remove(1); got != "invalid CannotDeleteLastRbacAdminAssignment" {
		t.Errorf("the last owner beside one who is gone: %s", got)
	}
	if got := remove(2); got != "<nil>" {
		t.Errorf("the owner who is gone: %s", got)
	}
	if err := w.Elevate(t.Context(), caller.Caller{ObjectID: alice, Kind: caller.User}); err != nil {
		t.Fatal(err)
	}
	if got := remove(1); got != "<nil>" {
		t.Errorf("the last owner, by an elevated administrator: %s", got)
	}
}

func TestElevate(t *testing.T) {
	w := newWorld(t, nil)
	c := caller.Caller{ObjectID: alice, Kind: caller.User}
	for range 2 { // the second time changes nothing
		if err := w.Elevate(t.Context(), c); err != nil {
			t.Fatal(err)
		}
	}
	if !w.allows(t, alice, "Microsoft.Authorization/roleAssignments/write", sub) || w.allows(t, alice, "Microsoft.Compute/virtualMachines/write", sub) {
		t.Error("elevated access is not that of a User Access Administrator")
	}
}

// TestAssign: an assignment in somebody else's transaction lives and dies with it.
func TestAssign(t *testing.T) {
	w := newWorld(t, nil)
	a := rbac.Assignment{Scope: rbac.NewScope(rg), RoleName: Reader, PrincipalID: robot, PrincipalType: rbac.ServicePrincipal}
	given := errors.New("given up")
	err := w.Store.Update(t.Context(), func(tx store.Tx) error {
		if err := w.Assign(tx, a); err != nil {
			return err
		}
		return given
	})
	if !errors.Is(err, given) || w.allows(t, robot, vmRead, vm) {
		t.Errorf("a transaction that was given up: %v", err)
	}
	for range 2 {
		if err := w.Store.Update(t.Context(), func(tx store.Tx) error { return w.Assign(tx, a) }); err != nil {
			t.Fatal(err)
		}
	}
	if !w.allows(t, robot, vmRead, vm) {
		t.Error("assigned, and refused")
	}
	a.PrincipalType, a.PrincipalID = "", alice
	if err := w.Store.Update(t.Context(), func(tx store.Tx) error { return w.Assign(tx, a) }); err == nil {
		t.Error("assigned without a principal type")
	}
}

// TestFailuresOfTheDirectory: what cannot be known is not allowed, and says so.
func TestFailuresOfTheDirectory(t *testing.T) {
	broken := errors.New("the directory is away")
	for _, change := range []func(*Config){
		func(c *Config) { c.Groups = func(context.Context, string) ([]string, error) { return nil, broken } },
		func(c *Config) {
			c.PrincipalType = func(context.Context, string) (rbac.PrincipalType, bool, error) { return rbac.User, true, broken }
		},
	} {
		w := newWorld(t, change)
		d, err := w.Decide(t.Context(), caller.Caller{ObjectID: alice}, rbac.Request{Action: vmRead, Scope: rbac.NewScope(vm)})
		if d.Allowed || !errors.Is(err, broken) {
			t.Errorf("%+v %v", d, err)
		}
	}
	if _, err := Open(t.Context(), Config{}); err == nil {
		t.Error("opened without a store")
	}
}

func TestDecideDoesNotAllocate(t *testing.T) {
	w := newWorld(t, nil)
	w.must(t, 1, staff, Reader, sub)
	ctx, c := t.Context(), caller.Caller{ObjectID: robot, TenantID: tenant}
	r := rbac.Request{Action: vmRead, Scope: rbac.NewScope(vm)}
	if n := testing.AllocsPerRun(100, func() {
		if d, err := w.Decide(ctx, c, r); err != nil || !d.Allowed {
			t.Fatal(d, err)
		}
	}); n != 0 {
		t.Errorf("%v allocations", n)
	}
}

func TestConcurrentWriters(t *testing.T) {
	w := newWorld(t, nil)
	var wg sync.WaitGroup
	for i := range 8 {
		wg.Go(func() {
			for n := range 5 {
				// All write the same assignments: one creates, the others are told so.
				if _, _, err := w.put(t, n+1, robot, Reader, fmt.Sprint(rg, n)); err != nil {
					t.Error(err)
				}
				w.allows(t, robot, vmRead, vm)
				if _, err := w.Delete(t.Context(), caller.Caller{ObjectID: alice}, rbac.NewScope(fmt.Sprint(rg, n)), guid(n+1)); err != nil {
					t.Error(i, err)
				}
			}
		})
	}
	wg.Wait()
	again, err := Open(t.Context(), w.Config)
	if err != nil {
		t.Fatal(err)
	}
	want, _ := again.List(t.Context(), Query{Scope: rbac.Root})
	got, _ := w.List(t.Context(), Query{Scope: rbac.Root})
	if len(got) != len(want) {
		t.Errorf("%d in memory, %d in the store", len(got), len(want))
	}
}
