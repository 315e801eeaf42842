package rbac

import (
	"slices"
	"testing"

	"github.com/alcedo-cloud/alcedo/internal/caller"
)

func TestAssignments(t *testing.T) {
	x := index(
		held{alice, "reader", "/", ""},      // 0
		held{alice, "reader", sub, ""},      // 1
		held{bob, "reader", rg, ""},         // 2
		held{staff, "reader", vm, ""},       // 3
		held{alice, "reader", rg + "2", ""}, // 4
		held{alice, "reader", "/subscriptions/33333333-3333-3333-3333-333333333333", ""}, // 5
	)
	for _, c := range []struct {
		name string
		s    Selection
		want string
	}{
		{"all about the group", Selection{Scope: NewScope(rg), AtAndAbove: true, Below: true}, "0123"},
		{"at the group", Selection{Scope: NewScope(rg), AtAndAbove: true}, "012"},
		{"below the group", Selection{Scope: NewScope(rg), Below: true}, "3"},
		{"all about the subscription", Selection{Scope: NewScope(sub), AtAndAbove: true, Below: true}, "01234"},
		{"of alice", Selection{Scope: NewScope(sub), AtAndAbove: true, Below: true, Principals: []string{alice}}, "014"},
		{"of alice and staff, twice", Selection{Scope: NewScope(sub), AtAndAbove: true, Below: true, Principals: []string{alice, staff, alice}}, "0134"},
		{"of alice at the group", Selection{Scope: NewScope(rg), AtAndAbove: true, Principals: []string{alice}}, "01"},
		{"of nobody", Selection{Scope: NewScope(sub), AtAndAbove: true, Below: true, Principals: []string{}}, ""},
		{"everything", Selection{Scope: Root, AtAndAbove: true, Below: true}, "012345"},
		{"zero", Selection{}, ""},
	} {
		got := ""
		for _, a := range x.Assignments(c.s) {
			got += a.Name[7:8]
		}
		if sorted := []byte(got); true {
			slices.Sort(sorted)
			got = string(sorted)
		}
		if got != c.want {
			t.Errorf("%s: %s, want %s", c.name, got, c.want)
		}
	}
}

func TestVisible(t *testing.T) {
	who := caller.Caller{ObjectID: alice}
	for _, c := range []struct {
		name string
		held held
		want bool
	}{
		{"at", held{alice, "reader", sub, ""}, true},
		{"above", held{alice, "reader", "/", ""}, true},
		{"below", held{alice, "reader", vm, ""}, true},
		{"by group", held{staff, "reader", vm, ""}, true},
		{"root management group", held{alice, "reader", "/providers/Microsoft.Management/managementGroups/" + tenant, ""}, true},
		{"elsewhere", held{alice, "reader", "/subscriptions/2", ""}, false},
		{"somebody else", held{bob, "owner", sub, ""}, false},
		{"a role that is gone", held{alice, "gone", sub, ""}, false},
	} {
		if got := index(c.held).Visible(who, []string{staff}, NewScope(sub)); got != c.want {
			t.Errorf("%s: %v", c.name, got)
		}
	}
	if index(held{"", "owner", sub, ""}).Visible(caller.Caller{}, nil, NewScope(sub)) {
		t.Error("nobody sees something")
	}
}

func TestPermissions(t *testing.T) {
	x := index(held{alice, "reader", sub, ""}, held{alice, "reader", rg, ""}, held{staff, "twosets", rg, ""}, held{bob, "owner", sub, ""})
	got := x.Permissions(caller.Caller{ObjectID: alice}, []string{staff}, NewScope(rg))
	if len(got) != 3 { // Reader once, and the two sets of the other
		t.Errorf("%d permissions: %+v", len(got), got)
	}
	if got := x.Permissions(caller.Caller{}, nil, NewScope(rg)); got != nil {
		t.Errorf("nobody holds %+v", got)
	}
}
