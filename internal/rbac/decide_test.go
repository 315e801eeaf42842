package rbac

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"sync"
	"testing"

	"github.com/alcedo-cloud/alcedo/internal/caller"
)

const (
	tenant = "11111111-1111-1111-1111-111111111111"
	alice  = "aaaaaaaa-0000-0000-0000-000000000001"
	bob    = "bbbbbbbb-0000-0000-0000-000000000002"
	staff  = "cccccccc-0000-0000-0000-000000000003" // a group
	sub    = "/subscriptions/22222222-2222-2222-2222-222222222222"
	rg     = sub + "/resourceGroups/rg"
	vm     = rg + "/providers/Microsoft.Compute/virtualMachines/web"
	blobs  = rg + "/providers/Microsoft.Storage/storageAccounts/acct/blobServices/default/containers/c"

	vmRead  = "Microsoft.Compute/virtualMachines/read"
	vmWrite = "Microsoft.Compute/virtualMachines/write"
	rgRead  = "Microsoft.Resources/subscriptions/resourceGroups/read"
)

// testRoles are shaped as Azure's of the same names.
func testRoles(name string) *Role {
	return map[string]*Role{
		"reader":      {Name: "reader", RoleName: "Reader", Permissions: []Permission{{Actions: []string{"*/read"}}}},
		"owner":       {Name: "owner", RoleName: "Owner", Permissions: []Permission{{Actions: []string{"*"}}}},
		"contributor": {Name: "contributor", RoleName: "Contributor", Permissions: []Permission{{Actions: []string{"*"}, NotActions: []string{"Microsoft.Authorization/*/Write", "Microsoft.Authorization/*/Delete"}}}},
		"blobreader":  {Name: "blobreader", RoleName: "Storage Blob Data Reader", Permissions: []Permission{{Actions: []string{"Microsoft.Storage/storageAccounts/blobServices/containers/read"}, DataActions: []string{blobRead}}}},
		"blobbut":     {Name: "blobbut", Permissions: []Permission{{DataActions: []string{"Microsoft.Storage/*"}, NotDataActions: []string{blobRead}}}},
		"twosets": {Name: "twosets", Permissions: []Permission{
			{Actions: []string{"Microsoft.Compute/*"}, NotActions: []string{vmWrite}},
			{Actions: []string{"Microsoft.Authorization/roleAssignments/write"}, Condition: "@Request[Microsoft.Authorization/roleAssignments:RoleDefinitionId] ForAnyOfAnyValues:GuidEquals {acdd72a7-3385-48ef-bd42-f606fba81ae7}", ConditionVersion: "2.0"},
		}},
		"vmwriter": {Name: "vmwriter", Permissions: []Permission{{Actions: []string{vmWrite}}}},
		"broken":   {Name: "broken", Permissions: []Permission{{Actions: []string{"*"}, Condition: "@Resource[x] Nonsense 'y'"}}},
		"nothing":  {Name: "nothing"},
	}[name]
}

type held struct{ principal, role, scope, condition string }

func index(assignments ...held) *Index {
	x := NewIndex(tenant, testRoles)
	for i, h := range assignments {
		x.Put(&Assignment{
			Name: fmt.Sprintf("%08d-0000-0000-0000-000000000000", i), PrincipalID: h.principal, RoleName: h.role,
			Scope: NewScope(h.scope), Condition: h.condition,
		})
	}
	return x
}

func TestDecide(t *testing.T) {
	readers := known{"Request:Microsoft.Authorization/roleAssignments:RoleDefinitionId": {"acdd72a7-3385-48ef-bd42-f606fba81ae7"}}
	owners := known{"Request:Microsoft.Authorization/roleAssignments:RoleDefinitionId": {"8e3af657-a8ff-443c-a75c-2fe8c4bcb635"}}
	inC := "@Resource[c] StringEquals 'c'"
	for _, c := range []struct {
		name    string
		held    []held
		action  string
		data    bool
		scope   string
		groups  []string
		known   Attributes
		allowed bool
		because bool // a condition was not fulfilled
	}{
		{name: "nothing held", action: vmRead, scope: vm},
		{name: "at the scope", held: []held{{alice, "reader", vm, ""}}, action: vmRead, scope: vm, allowed: true},
		{name: "group above", held: []held{{alice, "reader", rg, ""}}, action: vmRead, scope: vm, allowed: true},
		{name: "subscription above", held: []held{{alice, "reader", sub, ""}}, action: vmRead, scope: vm, allowed: true},
		{name: "root above", held: []held{{alice, "reader", "/", ""}}, action: vmRead, scope: vm, allowed: true},
		{name: "root management group", held: []held{{alice, "reader", "/providers/Microsoft.Management/managementGroups/" + tenant, ""}}, action: vmRead, scope: vm, allowed: true},
		{name: "another management group", held: []held{{alice, "reader", "/providers/Microsoft.Management/managementGroups/mg", ""}}, action: vmRead, scope: vm},
		{name: "root management group is not above the tenant", held: []held{{alice, "reader", "/providers/Microsoft.Management/managementGroups/" + tenant, ""}}, action: "Microsoft.Authorization/roleDefinitions/read", scope: "/"},
		{name: "child", held: []held{{alice, "reader", vm, ""}}, action: "Microsoft.Compute/virtualMachines/extensions/read", scope: vm + "/extensions/e", allowed: true},
		{name: "case of ids", held: []held{{strings.ToUpper(alice), "READER", strings.ToUpper(rg), ""}}, action: strings.ToUpper(vmRead), scope: strings.ToLower(vm), allowed: true},
		{name: "trailing slash", held: []held{{alice, "reader", rg + "/", ""}}, action: vmRead, scope: vm + "//", allowed: true},
		{name: "the group, held on the machine only", held: []held{{alice, "reader", vm, ""}}, action: rgRead, scope: rg},
		{name: "sibling with the same start", held: []held{{alice, "reader", rg, ""}}, action: rgRead, scope: rg + "2"},
		{name: "sibling resource with the same start", held: []held{{alice, "reader", vm, ""}}, action: vmRead, scope: vm + "-2"},
		{name: "another subscription", held: []held{{alice, "owner", sub, ""}}, action: rgRead, scope: "/subscriptions/33333333-3333-3333-3333-333333333333"},
		{name: "above what is held", held: []held{{alice, "owner", sub, ""}}, action: "Microsoft.Authorization/roleAssignments/write", scope: "/"},
		{name: "somebody else", held: []held{{bob, "owner", "/", ""}}, action: vmRead, scope: vm},
		{name: "reader writes", held: []held{{alice, "reader", sub, ""}}, action: vmWrite, scope: vm},
		{name: "group of the caller", held: []held{{staff, "reader", rg, ""}}, action: vmRead, scope: vm, groups: []string{bob, staff}, allowed: true},
		{name: "group of others", held: []held{{staff, "reader", rg, ""}}, action: vmRead, scope: vm, groups: []string{bob}},
		{name: "owner has no data", held: []held{{alice, "owner", "/", ""}}, action: blobRead, data: true, scope: blobs},
		{name: "data role", held: []held{{alice, "blobreader", rg, ""}}, action: blobRead, data: true, scope: blobs, allowed: true},
		{name: "data action asked as an action", held: []held{{alice, "blobreader", rg, ""}}, action: blobRead, scope: blobs},
		{name: "action asked as a data action", held: []held{{alice, "owner", rg, ""}}, action: vmRead, data: true, scope: vm},
		{name: "data role's action", held: []held{{alice, "blobreader", rg, ""}}, action: "Microsoft.Storage/storageAccounts/blobServices/containers/read", scope: blobs, allowed: true},
		{name: "notDataActions", held: []held{{alice, "blobbut", rg, ""}}, action: blobRead, data: true, scope: blobs},
		{name: "beside notDataActions", held: []held{{alice, "blobbut", rg, ""}}, action: "Microsoft.Storage/x/delete", data: true, scope: blobs, allowed: true},
		{name: "contributor assigns", held: []held{{alice, "contributor", sub, ""}}, action: assign, scope: rg},
		{name: "contributor writes", held: []held{{alice, "contributor", sub, ""}}, action: vmWrite, scope: vm, allowed: true},
		{name: "notActions do not deny what another role grants", held: []held{{alice, "contributor", sub, ""}, {alice, "owner", rg, ""}}, action: assign, scope: rg, allowed: true},
		{name: "notActions of one permission set", held: []held{{alice, "twosets", rg, ""}}, action: vmWrite, scope: vm},
		{name: "beside notActions", held: []held{{alice, "twosets", rg, ""}}, action: vmRead, scope: vm, allowed: true},
		{name: "notActions do not reach another role", held: []held{{alice, "twosets", rg, ""}, {alice, "vmwriter", rg, ""}}, action: vmWrite, scope: vm, allowed: true},
		{name: "role's condition holds", held: []held{{alice, "twosets", rg, ""}}, action: assign, scope: rg, known: readers, allowed: true},
		{name: "role's condition fails", held: []held{{alice, "twosets", rg, ""}}, action: assign, scope: rg, known: owners, because: true},
		{name: "role's condition, nothing known", held: []held{{alice, "twosets", rg, ""}}, action: assign, scope: rg, because: true},
		{name: "assignment's condition holds", held: []held{{alice, "reader", rg, inC}}, action: vmRead, scope: vm, known: known{"Resource:c": {"c"}}, allowed: true},
		{name: "assignment's condition fails", held: []held{{alice, "reader", rg, inC}}, action: vmRead, scope: vm, known: known{"Resource:c": {"d"}}, because: true},
		{name: "assignment's condition does not concern what the role lacks", held: []held{{alice, "reader", rg, inC}}, action: vmWrite, scope: vm, known: known{"Resource:c": {"d"}}},
		{name: "another assignment without a condition", held: []held{{alice, "reader", vm, inC}, {alice, "reader", sub, ""}}, action: vmRead, scope: vm, allowed: true},
		{name: "condition of somebody else", held: []held{{bob, "reader", rg, inC}}, action: vmRead, scope: vm},
		{name: "both conditions", held: []held{{alice, "twosets", rg, inC}}, action: assign, scope: rg, known: readers, because: true},
		{name: "stored condition that cannot be read", held: []held{{alice, "owner", rg, "@Resource[c] Nonsense"}}, action: vmRead, scope: vm},
		{name: "role's condition that cannot be read", held: []held{{alice, "broken", rg, ""}}, action: vmRead, scope: vm},
		{name: "role without permissions", held: []held{{alice, "nothing", rg, ""}}, action: vmRead, scope: vm},
		{name: "role that does not exist", held: []held{{alice, "gone", rg, ""}}, action: vmRead, scope: vm},
		{name: "no action", held: []held{{alice, "owner", "/", ""}}, scope: vm},
	} {
		r := Request{Action: c.action, Data: c.data, Scope: NewScope(c.scope), Principals: c.groups, Attributes: c.known}
		d := index(c.held...).Decide(caller.Caller{ObjectID: alice}, r)
		if d.Allowed != c.allowed || d.Condition != c.because {
			t.Errorf("%s: allowed %v, condition %v", c.name, d.Allowed, d.Condition)
		}
		if d.Allowed && (d.Assignment == nil || d.Role == nil) {
			t.Errorf("%s: allowed by nothing", c.name)
		}
	}
	x := index(held{alice, "owner", "/", ""})
	if x.Decide(caller.Caller{}, Request{Action: vmRead, Scope: Root}).Allowed {
		t.Error("nobody is allowed something")
	}
	if x.Decide(caller.Caller{ObjectID: alice}, Request{Action: vmRead}).Allowed {
		t.Error("allowed at no scope")
	}
}

func TestNearestAssignmentAllows(t *testing.T) {
	x := index(held{alice, "owner", "/", ""}, held{alice, "reader", sub, ""}, held{staff, "reader", vm, ""})
	d := x.Decide(caller.Caller{ObjectID: alice}, Request{Action: vmRead, Scope: NewScope(vm), Principals: []string{staff}})
	if !d.Allowed || d.Assignment.PrincipalID != staff {
		t.Errorf("allowed by %+v, want the one on the machine", d.Assignment)
	}
}

func TestDenyAssignments(t *testing.T) {
	deny := func(change func(*DenyAssignment)) []*DenyAssignment {
		d := &DenyAssignment{
			ID: "deny", Scope: NewScope(rg), Principals: []string{Everyone},
			Permissions: []Permission{{Actions: []string{vmWrite}, DataActions: []string{"*"}}},
		}
		change(d)
		return []*DenyAssignment{d}
	}
	for _, c := range []struct {
		name   string
		change func(*DenyAssignment)
		action string
		denied bool
	}{
		{"everybody", func(*DenyAssignment) {}, vmWrite, true},
		{"another action", func(*DenyAssignment) {}, vmRead, false},
		{"named", func(d *DenyAssignment) { d.Principals = []string{strings.ToUpper(alice)} }, vmWrite, true},
		{"somebody else", func(d *DenyAssignment) { d.Principals = []string{bob} }, vmWrite, false},
		{"by group", func(d *DenyAssignment) { d.Principals = []string{staff} }, vmWrite, true},
		{"excluded", func(d *DenyAssignment) { d.ExcludePrincipals = []string{alice} }, vmWrite, false},
		{"excluded by group", func(d *DenyAssignment) { d.ExcludePrincipals = []string{staff} }, vmWrite, false},
		{"not for children", func(d *DenyAssignment) { d.NotForChildScopes = true }, vmWrite, false},
		{"elsewhere", func(d *DenyAssignment) { d.Scope = NewScope(rg + "2") }, vmWrite, false},
		{"notActions", func(d *DenyAssignment) { d.Permissions[0].NotActions = []string{"*/write"} }, vmWrite, false},
	} {
		x := index(held{alice, "owner", "/", ""})
		x.SetDenies(deny(c.change))
		d := x.Decide(caller.Caller{ObjectID: alice}, Request{Action: c.action, Scope: NewScope(vm), Principals: []string{staff}})
		if d.Allowed == c.denied || (d.Deny == "deny") != c.denied {
			t.Errorf("%s: %+v", c.name, d)
		}
	}
}

// TestChangesCount: what is put, replaced and removed counts at the next decision.
func TestChangesCount(t *testing.T) {
	x := NewIndex(tenant, testRoles)
	allowed := func() bool {
		return x.Decide(caller.Caller{ObjectID: alice}, Request{Action: vmRead, Scope: NewScope(vm)}).Allowed
	}
	steps := []struct {
		name string
		do   func()
		want bool
	}{
		{"empty", func() {}, false},
		{"put", func() { x.Put(&Assignment{Name: "A", RoleName: "reader", PrincipalID: alice, Scope: NewScope(rg)}) }, true},
		{"replaced by another role", func() { x.Put(&Assignment{Name: "a", RoleName: "vmwriter", PrincipalID: alice, Scope: NewScope(rg)}) }, false},
		{"custom role not there yet", func() { x.Put(&Assignment{Name: "a", RoleName: "Custom", PrincipalID: alice, Scope: NewScope(rg)}) }, false},
		{"custom role made", func() { x.PutRole(&Role{Name: "custom", Permissions: []Permission{{Actions: []string{vmRead}}}}) }, true},
		{"custom role changed", func() { x.PutRole(&Role{Name: "custom", Permissions: []Permission{{Actions: []string{vmWrite}}}}) }, false},
		{"and back", func() { x.PutRole(&Role{Name: "custom", Permissions: []Permission{{Actions: []string{vmRead}}}}) }, true},
		{"custom role removed", func() { x.RemoveRole("CUSTOM") }, false},
		{"another assignment", func() { x.Put(&Assignment{Name: "b", RoleName: "reader", PrincipalID: alice, Scope: NewScope(sub)}) }, true},
		{"the same holder, scope and role again", func() { x.Put(&Assignment{Name: "c", RoleName: "reader", PrincipalID: alice, Scope: NewScope(sub)}) }, true},
		{"one removed", func() { x.Remove("B") }, true},
		{"absent removed", func() { x.Remove("b") }, true},
		{"all removed", func() { x.Remove("c") }, false},
	}
	for _, s := range steps {
		s.do()
		if got := allowed(); got != s.want {
			t.Errorf("%s: allowed %v", s.name, got)
		}
	}
	x.Remove("a")
	if n := len(x.scopes) + len(x.principals) + len(x.held) + len(x.byName) + len(x.roles); n != 0 {
		t.Errorf("%d things are left in an empty index", n)
	}
}

// TestDecideAgainstModel compares with the rules told the slow way, over random assignments that come and go.
func TestDecideAgainstModel(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	pick := func(of []string) string { return of[random.IntN(len(of))] }
	scopes := []string{"/", sub, rg, rg + "2", vm, vm + "2", vm + "/extensions/e", blobs, "/subscriptions/33333333-3333-3333-3333-333333333333"}
	roles := []string{"reader", "owner", "contributor", "blobreader", "blobbut", "twosets", "vmwriter", "nothing", "broken"}
	principals := []string{alice, bob, staff}
	actions := []string{vmRead, vmWrite, assign, blobRead, rgRead}
	x := NewIndex(tenant, testRoles)
	live := map[string]*Assignment{}
	for step := range 4000 {
		name := fmt.Sprint(random.IntN(12))
		if random.IntN(3) == 0 {
			x.Remove(name)
			delete(live, name)
		} else {
			live[name] = &Assignment{Name: name, PrincipalID: pick(principals), RoleName: pick(roles), Scope: NewScope(pick(scopes))}
			x.Put(live[name])
		}
		r := Request{Action: pick(actions), Data: random.IntN(4) == 0, Scope: NewScope(pick(scopes))}
		if random.IntN(2) == 0 {
			r.Principals = []string{staff}
		}
		want := false
		for _, a := range live {
			mine := a.PrincipalID == alice || a.PrincipalID == staff && len(r.Principals) > 0
			for _, p := range testRoles(a.RoleName).Permissions {
				yes, no := p.Actions, p.NotActions
				if r.Data {
					yes, no = p.DataActions, p.NotDataActions
				}
				covers := func(list []string) bool {
					for _, l := range list {
						if oracle(l).MatchString(r.Action) {
							return true
						}
					}
					return false
				}
				want = want || mine && p.Condition == "" && a.Scope.Contains(r.Scope) && covers(yes) && !covers(no)
			}
		}
		if got := x.Decide(caller.Caller{ObjectID: alice}, r).Allowed; got != want {
			t.Fatalf("step %d: %s at %s data %v groups %v: %v, want %v; held %v", step, r.Action, r.Scope, r.Data, r.Principals, got, want, live)
		}
	}
}

// TestDecideWhileChanging is for the race detector, and checks that a decision never falls between two states.
func TestDecideWhileChanging(t *testing.T) {
	x := index(held{alice, "reader", sub, ""})
	var wg sync.WaitGroup
	for worker := range 4 {
		wg.Go(func() {
			for i := range 500 {
				switch worker {
				case 0:
					x.Put(&Assignment{Name: fmt.Sprint("n", i%7), PrincipalID: bob, RoleName: "owner", Scope: NewScope(rg)})
				case 1:
					x.Remove(fmt.Sprint("n", i%7))
				case 2:
					x.Assignments(Selection{Scope: NewScope(sub), AtAndAbove: true, Below: true})
				default:
					if !x.Decide(caller.Caller{ObjectID: alice}, Request{Action: vmRead, Scope: NewScope(vm)}).Allowed {
						t.Error("the reader is refused")
					}
				}
			}
		})
	}
	wg.Wait()
}

// crowd is 100,000 assignments of 10,000 principals over 100 subscriptions, and a caller in groups nested 5 deep.
func crowd() (*Index, caller.Caller, Request) {
	x := NewIndex(tenant, testRoles)
	roles := []string{"reader", "contributor", "blobreader", "vmwriter"}
	for i := range 100_000 {
		scope := fmt.Sprintf("/subscriptions/%08d-0000-0000-0000-000000000000/resourceGroups/group-%d", i%100, i%1000)
		if i%3 == 0 {
			scope += fmt.Sprintf("/providers/Microsoft.Compute/virtualMachines/machine-%d", i)
		}
		x.Put(&Assignment{
			Name: fmt.Sprintf("%08d-0000-0000-0000-000000000000", i), Scope: NewScope(scope),
			PrincipalID: fmt.Sprintf("%08d-1111-0000-0000-000000000000", i%10_000), RoleName: roles[i%len(roles)],
		})
	}
	var groups []string
	for i := range 5 {
		groups = append(groups, fmt.Sprintf("%08d-1111-0000-0000-000000000000", 9000+i*7))
	}
	// The outermost group holds the role, at the scope furthest away.
	x.Put(&Assignment{Name: "last", Scope: Root, PrincipalID: groups[4], RoleName: "reader"})
	return x, caller.Caller{ObjectID: "00000042-1111-0000-0000-000000000000"}, Request{
		Action: vmRead, Principals: groups,
		Scope: NewScope("/subscriptions/00000001-0000-0000-0000-000000000000/resourceGroups/group-1/providers/Microsoft.Compute/virtualMachines/machine-x"),
	}
}

func TestDecideDoesNotAllocate(t *testing.T) {
	x, c, r := crowd()
	denied := r
	denied.Action = assign
	if !x.Decide(c, r).Allowed || x.Decide(c, denied).Allowed {
		t.Fatal("the crowd is not what it should be")
	}
	if n := testing.AllocsPerRun(100, func() { x.Decide(c, r); x.Decide(c, denied) }); n != 0 {
		t.Errorf("%v allocations", n)
	}
}

func BenchmarkDecide(b *testing.B) {
	x, c, r := crowd()
	denied := r
	denied.Action = assign
	for name, request := range map[string]Request{"allowed": r, "denied": denied} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				x.Decide(c, request)
			}
		})
	}
}
