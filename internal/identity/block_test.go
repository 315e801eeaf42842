package identity

import (
	"errors"
	"strings"
	"testing"

	"github.com/alcedo-cloud/alcedo/internal/fault"
	"github.com/alcedo-cloud/alcedo/internal/resource"
)

func TestParseType(t *testing.T) {
	for text, want := range map[string]string{
		"None": TypeNone, "none": TypeNone, "SystemAssigned": TypeSystemAssigned, " userassigned ": TypeUserAssigned,
		"SystemAssigned, UserAssigned": TypeBoth, "UserAssigned,SystemAssigned": TypeBoth,
		"": "", "x": "", "None,UserAssigned": "", "SystemAssigned,": "", "SystemAssigned;UserAssigned": "",
	} {
		system, user, err := parseType(text)
		if want == "" {
			if fault.ReasonOf(err) != "InvalidRequestContent" || !strings.Contains(err.Error(), `"`+text+`"`) {
				t.Errorf("%q: %v", text, err)
			}
			continue
		}
		if err != nil || typeName(system, user) != want {
			t.Errorf("%q: %v %v", text, typeName(system, user), err)
		}
	}
}

func TestClaimID(t *testing.T) {
	for id, want := range map[string]string{
		"/subscriptions/s/resourceGroups/resourceGroups/providers/x/y/z": "/subscriptions/s/resourcegroups/resourceGroups/providers/x/y/z",
		"/subscriptions/resourceGroups/resourceGroups/g":                 "/subscriptions/resourceGroups/resourcegroups/g",
		"/subscriptions/s": "/subscriptions/s", "": "",
	} {
		if got := ClaimID(id); got != want {
			t.Errorf("%s: %s, want %s", id, got, want)
		}
	}
}

// FuzzBlock reads any block: a refusal is a fault Invalid with a reason, and what is accepted is in itself consistent.
func FuzzBlock(f *testing.F) {
	const one = "/subscriptions/s/resourceGroups/g/providers/Microsoft.ManagedIdentity/userAssignedIdentities/one"
	f.Add("UserAssigned", one, "", "", false, true)
	f.Add("SystemAssigned, UserAssigned", strings.ToUpper(one), "p", "c", false, false)
	f.Add("None", one, "", "", true, true)
	f.Add("SystemAssigned", "//", "", "", false, true)
	f.Fuzz(func(t *testing.T, kind, key, principal, client string, null, patch bool) {
		old := &resource.Identity{Type: TypeUserAssigned, UserAssignedIdentities: map[string]*resource.UserAssigned{
			one: {PrincipalID: "p", ClientID: "c"},
		}}
		sent := map[string]*resource.UserAssigned{key: {PrincipalID: principal, ClientID: client}}
		if null {
			sent[key] = nil
		}
		doc := &resource.Document{ID: "/vm", Identity: &resource.Identity{Type: kind, UserAssignedIdentities: sent}}
		b, err := parseBlock(doc, old, patch)
		if err != nil {
			var known *fault.Error
			if !errors.As(err, &known) || known.Kind != fault.Invalid || known.Reason == "" || known.Message == "" {
				t.Fatalf("%v", err)
			}
			return
		}
		_, user, err := parseType(kind)
		if err != nil || user != (len(b.users) > 0) {
			t.Fatalf("%q with %d identities, %v", kind, len(b.users), err)
		}
		for _, e := range b.users {
			if !strings.EqualFold(e.id.FullType(), UserAssignedType) || e.kept != (e.id.Key() == strings.ToLower(one)) {
				t.Fatalf("%+v", e)
			}
		}
	})
}
