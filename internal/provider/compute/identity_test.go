package compute_test

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"

	"github.com/alcedo-cloud/alcedo/internal/fault"
	"github.com/alcedo-cloud/alcedo/internal/identity"
	"github.com/alcedo-cloud/alcedo/internal/rbac"
)

const (
	notFoundText = "Identity not found"
	multipleText = "Multiple user assigned identities exist, please specify the clientId / resourceId of the identity in the token request"
)

// TestSystemAssigned turns the identity on, off and on: a principal lives exactly as long as that.
func TestSystemAssigned(t *testing.T) {
	w := newWorld(t)
	out := w.ok("PUT", machines+"web", machine(`{"type":"SystemAssigned","principalId":"made up"}`))
	first := str(out, "identity", "principalId")
	if str(out, "identity", "type") != "SystemAssigned" || str(out, "identity", "tenantId") != tenant || !w.active(first) {
		t.Fatalf("identity: %v", out["identity"])
	}
	p, _, err := w.dir.Principal(t.Context(), first)
	w.must(err)
	if p.DisplayName != "web" || p.ServicePrincipalType != "ManagedIdentity" || p.ResourceID != machines+"web" {
		t.Errorf("principal: %+v", p)
	}
	if got := w.selects(machines+"web", identity.Selector{}); got != first {
		t.Errorf("selected %s", got)
	}
	// What says nothing of identities changes none.
	w.ok("PATCH", machines+"web", `{"tags":{"a":"b"}}`)
	if out = w.ok("PUT", machines+"web", machine("")); str(out, "identity", "principalId") != first {
		t.Errorf("after a PUT without a block: %v", out["identity"])
	}
	out = w.ok("PATCH", machines+"web", `{"identity":{"type":"None"}}`)
	if out["identity"] != nil || w.active(first) {
		t.Errorf("after None: %v, active %v", out["identity"], w.active(first))
	}
	if got := w.selects(machines+"web", identity.Selector{}); got != notFoundText {
		t.Errorf("selected %s", got)
	}
	out = w.ok("PATCH", machines+"web", `{"identity":{"type":"systemassigned"}}`)
	second := str(out, "identity", "principalId")
	if second == "" || second == first || !w.active(second) {
		t.Errorf("on again: %v", out["identity"])
	}
	if got := w.selects(machines+"web", identity.Selector{}); got != second {
		t.Errorf("selected %s", got)
	}
	w.ok("DELETE", machines+"web", "")
	if w.active(second) {
		t.Error("the principal outlived its machine")
	}
	if got := w.selects(machines+"web", identity.Selector{}); got != notFoundText {
		t.Errorf("selected %s of a machine that is gone", got)
	}
}

// TestGroupDeletion ends the principals of all machines in a group.
func TestGroupDeletion(t *testing.T) {
	w := newWorld(t)
	vm := str(w.ok("PUT", machines+"web", machine(`{"type":"SystemAssigned"}`)), "identity", "principalId")
	set := str(w.ok("PUT", scaleSets+"set", scaleSet(2, `{"type":"SystemAssigned"}`)), "identity", "principalId")
	user := str(w.ok("PUT", identities+"id1", `{"location":"chinanorth"}`), "properties", "principalId")
	if _, _, err := w.do("DELETE", group, ""); err != nil {
		t.Fatal(err)
	}
	for name, id := range map[string]string{"machine": vm, "scale set": set, "user-assigned": user} {
		if id == "" || w.active(id) {
			t.Errorf("%s: principal %q is active", name, id)
		}
	}
}

// TestPatch is the table of what a PATCH or PUT makes of identities one and two on a machine that has some.
func TestPatch(t *testing.T) {
	one, two := `"`+identities+`one"`, `"`+identities+`two"`
	loud := strings.ToUpper(one)
	for _, c := range []struct{ name, before, method, after, kind, users string }{
		{"add", `{"type":"UserAssigned","userAssignedIdentities":{` + one + `:{}}}`, "PATCH", `{"type":"UserAssigned","userAssignedIdentities":{` + two + `:{}}}`, "UserAssigned", "one two"},
		{"null removes", `{"type":"UserAssigned","userAssignedIdentities":{` + one + `:{},` + two + `:{}}}`, "PATCH", `{"type":"UserAssigned","userAssignedIdentities":{` + one + `:null}}`, "UserAssigned", "two"},
		{"null removes in any case", `{"type":"UserAssigned","userAssignedIdentities":{` + one + `:{},` + two + `:{}}}`, "PATCH", `{"type":"UserAssigned","userAssignedIdentities":{` + loud + `:null}}`, "UserAssigned", "two"},
		{"swap", `{"type":"UserAssigned","userAssignedIdentities":{` + one + `:{}}}`, "PATCH", `{"type":"UserAssigned","userAssignedIdentities":{` + one + `:null,` + two + `:{}}}`, "UserAssigned", "two"},
		{"PUT replaces", `{"type":"UserAssigned","userAssignedIdentities":{` + one + `:{}}}`, "PUT", `{"type":"UserAssigned","userAssignedIdentities":{` + two + `:{}}}`, "UserAssigned", "two"},
		{"PUT with null", `{"type":"UserAssigned","userAssignedIdentities":{` + one + `:{}}}`, "PUT", `{"type":"UserAssigned","userAssignedIdentities":{` + one + `:null,` + two + `:{}}}`, "UserAssigned", "two"},
		{"to both", `{"type":"UserAssigned","userAssignedIdentities":{` + one + `:{}}}`, "PATCH", `{"type":"SystemAssigned,UserAssigned"}`, "SystemAssigned, UserAssigned", "one"},
		{"to system alone", `{"type":"SystemAssigned, UserAssigned","userAssignedIdentities":{` + one + `:{}}}`, "PATCH", `{"type":"SystemAssigned"}`, "SystemAssigned", ""},
		{"to none", `{"type":"SystemAssigned, UserAssigned","userAssignedIdentities":{` + one + `:{}}}`, "PATCH", `{"type":"None"}`, "", ""},
		{"to none with null", `{"type":"UserAssigned","userAssignedIdentities":{` + one + `:{}}}`, "PATCH", `{"type":"None","userAssignedIdentities":{` + one + `:null}}`, "", ""},
		{"same again in another case", `{"type":"UserAssigned","userAssignedIdentities":{` + one + `:{}}}`, "PUT", `{"type":"UserAssigned","userAssignedIdentities":{` + loud + `:{}}}`, "UserAssigned", "one"},
	} {
		t.Run(c.name, func(t *testing.T) {
			w := newWorld(t)
			w.ok("PUT", identities+"one", `{"location":"chinanorth"}`)
			w.ok("PUT", identities+"two", `{"location":"chinanorth"}`)
			before := w.ok("PUT", machines+"web", machine(c.before))
			body := machine(c.after)
			if c.method == "PATCH" {
				body = `{"identity":` + c.after + `}`
			}
			out := w.ok(c.method, machines+"web", body)
			if got := str(out, "identity", "type"); got != c.kind {
				t.Errorf("type %q", got)
			}
			var users []string
			for _, name := range []string{"one", "two"} {
				u := at(out, "identity", "userAssignedIdentities", identities+name)
				if u == nil {
					continue
				}
				users = append(users, name)
				if doc := w.ok("GET", identities+name, ""); str(u, "principalId") != str(doc, "properties", "principalId") || str(u, "clientId") != str(doc, "properties", "clientId") {
					t.Errorf("%s: %v", name, u)
				}
			}
			if got := strings.Join(users, " "); got != c.users {
				t.Errorf("user-assigned %q, want %q of %v", got, c.users, out["identity"])
			}
			if had := str(before, "identity", "principalId"); had != "" && strings.Contains(c.kind, "System") != w.active(had) {
				t.Errorf("system principal active: %v with type %q", w.active(had), c.kind)
			}
			// What is shown may be sent back as it is.
			if again := w.ok("PUT", machines+"web", machine(orNone(out["identity"]))); str(again, "identity", "type") != c.kind {
				t.Errorf("sent back: %v", again["identity"])
			}
		})
	}
}

// TestBadBlocks refuses what Azure refuses, and leaves the machine as it was.
func TestBadBlocks(t *testing.T) {
	w := newWorld(t)
	w.ok("PUT", identities+"one", `{"location":"chinanorth"}`)
	w.ok("PUT", identities+"a-name-of-exactly-25-chars", `{"location":"chinanorth"}`)
	w.ok("PUT", identities+"a-name-of-exactly-24char", `{"location":"chinanorth"}`)
	first := str(w.ok("PUT", machines+"web", machine(`{"type":"SystemAssigned"}`)), "identity", "principalId")
	users := func(key, value string) string {
		return `{"type":"UserAssigned","userAssignedIdentities":{"` + key + `":` + value + `}}`
	}
	for _, c := range []struct{ block, reason, message string }{
		{`{"type":"Sometimes"}`, "InvalidRequestContent", `Error converting value "Sometimes"`},
		{`{"type":"None, SystemAssigned"}`, "InvalidRequestContent", ``},
		{`{"type":"SystemAssigned,,UserAssigned"}`, "InvalidRequestContent", ``},
		{`{"type":"UserAssigned"}`, "MissingIdentityIds", "The identity ids must not be null or empty for 'UserAssigned' identity type."},
		{`{"type":"UserAssigned","userAssignedIdentities":{}}`, "MissingIdentityIds", "must not be null or empty"},
		{`{"type":"SystemAssigned, UserAssigned"}`, "MissingIdentityIds", "'SystemAssigned, UserAssigned' identity type"},
		{users(identities+"one", "null"), "MissingIdentityIds", ""},
		{users("one", "{}"), "LinkedInvalidPropertyId", "Property id 'one' at path 'identity.userAssignedIdentities' is invalid."},
		{users("", "{}"), "LinkedInvalidPropertyId", ""},
		{users(group, "{}"), "LinkedInvalidPropertyId", ""},
		{users(machines+"web", "{}"), "InvalidParameter", "is not of type 'Microsoft.ManagedIdentity/userAssignedIdentities'"},
		{users(identities+"nosuch", "{}"), "FailedIdentityOperation", `"message":"Resource '` + identities + `nosuch' was not found."`},
		{users(identities+"one", `{"principalId":"x"}`), "InvalidIdentityValues", "Invalid value for the identities '" + identities + "one'."},
		{users(identities+"a-name-of-exactly-25-chars", "{}"), "FailedIdentityOperation", "limited to 24 characters"},
		{`{"type":"SystemAssigned","userAssignedIdentities":{"` + identities + `one":{}}}`, "FailedIdentityOperation", "a non-UserAssigned identity type should not contain: userAssignedIdentities"},
	} {
		w.fails("PUT", machines+"web", machine(c.block), fault.Invalid, c.reason, c.message)
	}
	if out := w.ok("GET", machines+"web", ""); str(out, "identity", "principalId") != first || !w.active(first) {
		t.Errorf("after refusals: %v", out["identity"])
	}
	w.ok("PUT", machines+"web", machine(users(identities+"a-name-of-exactly-24char", "{}")))
}

// TestLinkedAuthorization needs assign/action on each identity that is new, and on no other.
func TestLinkedAuthorization(t *testing.T) {
	w := newWorld(t)
	w.ok("PUT", identities+"one", `{"location":"chinanorth"}`)
	w.ok("PUT", identities+"two", `{"location":"chinanorth"}`)
	block := `{"type":"UserAssigned","userAssignedIdentities":{"` + identities + `one":{}}}`
	w.ok("PUT", machines+"web", machine(block))
	w.door.denied[identity.AssignAction] = true
	w.ok("PUT", machines+"web", machine(block))
	w.ok("PATCH", machines+"web", `{"tags":{"a":"b"}}`)

	// One that does not exist is refused in the same words as one that does.
	for _, name := range []string{"two", "nosuch"} {
		_, _, err := w.do("PATCH", machines+"web", `{"identity":{"type":"UserAssigned","userAssignedIdentities":{"`+identities+name+`":{}}}}`)
		var d *rbac.Denial
		if fault.ReasonOf(err) != "LinkedAuthorizationFailed" || !errors.As(err, &d) {
			t.Fatalf("%s: %v", name, err)
		}
		if len(d.Linked) != 1 || d.Linked[0].Action != identity.AssignAction || d.Linked[0].Scope.String() != identities+name ||
			d.Action != "Microsoft.Compute/virtualMachines/write" {
			t.Errorf("%s: %+v", name, d)
		}
	}
	w.ok("PATCH", machines+"web", `{"identity":{"type":"UserAssigned","userAssignedIdentities":{"`+identities+`one":null,"`+identities+`two":null},"type":"None"}}`)
}

// TestSelect is IMDS's rule of which identity is meant.
func TestSelect(t *testing.T) {
	w := newWorld(t)
	ids := map[string]map[string]any{}
	for _, name := range []string{"one", "two", "other"} {
		ids[name] = w.ok("PUT", identities+name, `{"location":"chinanorth"}`)
	}
	client := func(name string) string { return str(ids[name], "properties", "clientId") }
	object := func(name string) string { return str(ids[name], "properties", "principalId") }
	w.ok("PUT", machines+"web", machine(""))
	vm := machines + "web"
	block := func(kind string, names ...string) {
		t.Helper()
		var users []string
		for _, n := range names {
			users = append(users, `"`+identities+n+`":{}`)
		}
		w.ok("PUT", vm, machine(`{"type":"`+kind+`","userAssignedIdentities":{`+strings.Join(users, ",")+`}}`))
	}
	check := func(want string, sel identity.Selector) {
		t.Helper()
		if got := w.selects(vm, sel); got != want {
			t.Errorf("%+v: %s, want %s", sel, got, want)
		}
	}
	check(notFoundText, identity.Selector{})
	block("UserAssigned", "one")
	check(object("one"), identity.Selector{})
	check(notFoundText, identity.Selector{ClientID: client("other")})
	block("UserAssigned", "one", "two")
	check(multipleText, identity.Selector{})
	check(object("two"), identity.Selector{ClientID: strings.ToUpper(client("two"))})
	check(object("two"), identity.Selector{ObjectID: object("two")})
	check(object("two"), identity.Selector{ResourceID: strings.ToLower(identities) + "two/"})
	check(notFoundText, identity.Selector{ObjectID: client("two")})
	check(notFoundText, identity.Selector{ResourceID: identities + "other"})
	check(notFoundText, identity.Selector{ResourceID: vm})
	check(notFoundText, identity.Selector{ClientID: client("one"), ObjectID: object("two")})
	block("SystemAssigned, UserAssigned", "one", "two")
	system := str(w.ok("GET", vm, ""), "identity", "principalId")
	check(system, identity.Selector{})
	check(object("one"), identity.Selector{ClientID: client("one")})
	check(system, identity.Selector{ObjectID: system})
	check(notFoundText, identity.Selector{ResourceID: vm})

	// The machine keeps naming an identity that was deleted, and another one of that name is not it.
	w.ok("DELETE", identities+"one", "")
	check(notFoundText, identity.Selector{ClientID: client("one")})
	w.ok("PUT", identities+"one", `{"location":"chinanorth"}`)
	check(notFoundText, identity.Selector{ResourceID: identities + "one"})
	if str(w.ok("GET", vm, ""), "identity", "userAssignedIdentities", identities+"one", "clientId") != client("one") {
		t.Error("the dangling entry changed")
	}
}

// TestToken looks at what the token service is told: the identity's resource, and the machine that asks.
func TestToken(t *testing.T) {
	w := newWorld(t)
	one := w.ok("PUT", identities+"one", `{"location":"chinanorth"}`)
	w.ok("PUT", machines+"web", machine(`{"type":"SystemAssigned, UserAssigned","userAssignedIdentities":{"`+identities+`one":{}}}`))
	system := str(w.ok("GET", machines+"web", ""), "identity", "principalId")
	lower := func(id string) string { return strings.Replace(id, "resourceGroups", "resourcegroups", 1) }
	for sel, want := range map[identity.Selector]string{
		{}: system + " " + lower(machines+"web") + " " + lower(machines+"web"),
		{ClientID: str(one, "properties", "clientId")}: str(one, "properties", "principalId") + " " + lower(identities+"one") + " " + lower(machines+"web"),
	} {
		got, err := w.ids.Token(t.Context(), w.id(machines+"web"), sel, "https://x", false)
		if err != nil || got.AccessToken != want {
			t.Errorf("%+v: %s %v, want %s", sel, got.AccessToken, err, want)
		}
	}
}

func orNone(block any) string {
	text, err := json.Marshal(block)
	if err != nil || block == nil {
		return `{"type":"None"}`
	}
	return string(text)
}
