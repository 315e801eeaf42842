package resource_test

import (
	"fmt"
	"strings"
	"testing"
)

func TestListResources(t *testing.T) {
	w := newWorld(t)
	w.must(201, "PUT", sub+"/resourceGroups/rg2", `{"location":"chinanorth"}`)
	w.must(201, "PUT", boxes+"/a", `{"location":"chinanorth","tags":{"env":"prod"},"properties":{"color":"red","provisioningState":"Succeeded"}}`)
	w.must(201, "PUT", boxes+"/a/drawers/d", `{}`)
	w.must(201, "PUT", boxes+"/b", `{"location":"chinaeast","tags":{"env":"test"}}`)
	w.must(200, "PUT", skies+"/blue", `{"location":"global"}`)
	w.must(201, "PUT", sub+"/resourceGroups/rg2/providers/Toy.Box/boxes/c", `{"location":"chinanorth"}`)
	all := sub + "/resources"
	for filter, want := range map[string]string{
		"":                                "a b blue c",
		"resourceType eq 'Toy.Box/boxes'": "a b c",
		"resourceGroup eq 'RG2'":          "c",
		"name eq 'A'":                     "a",
		"location eq 'chinaeast'":         "b",
		"tagName eq 'env' and tagValue eq 'prod'": "a",
		"substringof('lu', name)":                 "blue",
		"name eq 'a' or name eq 'blue'":           "a blue",
		"resourceType eq 'Toy.Box/boxes/drawers'": "", // not tracked
	} {
		if got := w.must(200, "GET", all, "", query("$filter", filter)).names(); got != want {
			t.Errorf("%s: %q, want %q", filter, got, want)
		}
	}
	if got := w.must(200, "GET", rg+"/resources", "").names(); got != "a b blue" {
		t.Errorf("of the group: %q", got)
	}
	row := w.must(200, "GET", all, "", query("$filter", "name eq 'a'"), query("$expand", "createdTime,changedTime,provisioningState")).text
	for _, want := range []string{`"createdTime":"2026-11-23T10:00:00.0000000Z"`, `"changedTime":`, `"provisioningState":"Succeeded"`, `"tags":{"env":"prod"}`} {
		if !strings.Contains(row, want) {
			t.Errorf("%s lacks %s", row, want)
		}
	}
	for _, no := range []string{"color", "systemData", "s3cret"} {
		if strings.Contains(row, no) {
			t.Errorf("%s has %s", row, no)
		}
	}
	w.refuse(400, "InvalidExpandInQueryString", "", "GET", all, "", query("$expand", "everything"))
	w.refuse(400, "InvalidFilterInQueryString", "", "GET", all, "", query("$filter", "color eq 'red'"))
	w.refuse(404, "ResourceGroupNotFound", "", "GET", sub+"/resourceGroups/no/resources", "")
	w.refuse(405, "MethodNotAllowed", "", "POST", all, "")
}

func TestListsShowOnlyWhatMayBeRead(t *testing.T) {
	w := newWorld(t)
	for _, name := range []string{"a", "b", "c"} {
		w.must(201, "PUT", boxes+"/"+name, `{"location":"chinanorth"}`)
	}
	w.door.grants = append(w.door.grants,
		grant{"bob", "Toy.Box/boxes/read", boxes + "/b"},
		grant{"ann", "*/read", rg},
		grant{"ned", "Toy.Box/boxes/write", boxes + "/b"})
	if got := w.must(200, "GET", sub+"/resources", "", as("bob")).names(); got != "b" {
		t.Errorf("bob sees %q", got)
	}
	if got := w.must(200, "GET", sub+"/resources", "", as("bob"), query("$top", "1")); got.names() != "b" || got.body["nextLink"] != nil {
		t.Errorf("bob's page tells of others: %s", got.text)
	}
	if got := w.must(200, "GET", sub+"/resources", "", as("ann")).names(); got != "a b c" {
		t.Errorf("ann sees %q", got)
	}
	w.refuse(403, "AuthorizationFailed", "", "GET", sub+"/resources", "", as("eve"))
	w.refuse(403, "AuthorizationFailed", "", "GET", sub+"/resources", "", as("ned"))
	w.refuse(403, "AuthorizationFailed", "", "GET", rg+"/resources", "", as("bob"))
	if got := w.door.last(); got.Action != "Microsoft.Resources/subscriptions/resourceGroups/resources/read" || got.Scope.String() != rg {
		t.Errorf("asked %+v", got)
	}
	// A provider's list is decided where it is listed.
	w.refuse(403, "AuthorizationFailed", "", "GET", boxes, "", as("bob"))
	if got := w.door.last(); got.Action != "Toy.Box/boxes/read" || got.Scope.String() != rg+"/providers/Toy.Box" {
		t.Errorf("asked %+v", got)
	}
	w.must(200, "GET", boxes, "", as("ann"))
	w.refuse(403, "AuthorizationFailed", "", "GET", sub+"/providers/Toy.Box/boxes", "", as("ann"))
}

func TestStoredListPages(t *testing.T) {
	w := newWorld(t)
	for i := range 5 {
		w.must(201, "PUT", fmt.Sprintf("%s/b%d", boxes, i), `{"location":"chinanorth"}`)
		w.must(201, "PUT", fmt.Sprintf("%s/b%d/drawers/d", boxes, i), `{}`)
	}
	var pages []string
	options := []option{query("$top", "2")}
	for range 5 {
		a := w.must(200, "GET", boxes, "", options...)
		pages = append(pages, a.names())
		next, _ := a.body["nextLink"].(string)
		_, token, ok := strings.Cut(next, "skiptoken=")
		if !ok {
			break
		}
		token, _, _ = strings.Cut(token, "&")
		options = []option{query("$top", "2"), query("$skiptoken", token)}
	}
	if got := strings.Join(pages, "|"); got != "b0 b1|b2 b3|b4" {
		t.Error(got)
	}
}

func TestSubscriptions(t *testing.T) {
	w := newWorld(t)
	w.must(201, "PUT", boxes+"/a", `{"location":"chinanorth"}`)
	a := w.must(200, "GET", "/subscriptions", "")
	want := `{"value":[{"id":"` + sub + `","authorizationSource":"RoleBased","managedByTenants":[],"subscriptionId":"` + subID + `","tenantId":"` +
		tenantID + `","displayName":"Toys","state":"Enabled","subscriptionPolicies":{"locationPlacementId":"Public_2014-09-01",` +
		`"quotaId":"PayAsYouGo_2014-09-01","spendingLimit":"Off"}}],"count":{"type":"Total","value":1}}`
	if a.text != want {
		t.Errorf("%s\nwant %s", a.text, want)
	}
	w.door.grants = append(w.door.grants, grant{"ann", "*/read", rg}, grant{"bob", "*/read", boxes + "/a"})
	for who, n := range map[string]float64{"ann": 1, "bob": 1, "eve": 0} {
		if a := w.must(200, "GET", "/subscriptions/", "", as(who)); a.at("count", "value") != n {
			t.Errorf("%s: %s", who, a.text)
		}
	}
	if a := w.must(200, "GET", sub, ""); a.at("subscriptionId") != subID {
		t.Error(a.text)
	}
	w.refuse(403, "AuthorizationFailed", "", "GET", sub, "", as("ann"))
	w.refuse(400, "InvalidSubscriptionId", "The provided subscription identifier 'x' is malformed or invalid.", "GET", "/subscriptions/x", "")
	const other = "33333333-3333-3333-3333-333333333333"
	w.refuse(404, "SubscriptionNotFound", "The subscription '"+other+"' could not be found.", "GET", "/subscriptions/"+other+"/resourceGroups/rg", "")
	if a := w.must(200, "GET", "/tenants", "", as("eve")); !strings.Contains(a.text, `"tenantId":"`+tenantID+`"`) || !strings.Contains(a.text, "partner.onmschina.cn") {
		t.Error(a.text)
	}
	if a := w.must(200, "GET", sub+"/locations", ""); !strings.Contains(a.text, `"name":"chinanorth3"`) {
		t.Error(a.text)
	}
	w.refuse(403, "AuthorizationFailed", "", "GET", sub+"/locations", "", as("eve"))
	w.refuse(405, "MethodNotAllowed", "", "PUT", "/subscriptions", "{}")
	w.refuse(404, "NotFound", "", "GET", sub+"/wishes", "")
	w.refuse(404, "NotFound", "", "GET", "/wishes", "")
}

func TestProviders(t *testing.T) {
	w := newWorld(t)
	if got := w.must(200, "GET", sub+"/providers", "").text; strings.Count(got, `"registrationState":"Registered"`) != 3 || !strings.Contains(got, `"namespace":"Toy.Box"`) {
		t.Error(got)
	}
	a := w.must(200, "GET", sub+"/providers/toy.BOX", "")
	if a.at("id") != sub+"/providers/Toy.Box" || !strings.Contains(a.text, `"resourceType":"boxes","locations":["China North",`) {
		// The version of the toy is not the core's: the path must not decide which one is asked for.
		t.Error(a.text)
	}
	if a := w.must(200, "GET", "/providers", "", as("eve")); !strings.Contains(a.text, "Microsoft.Resources") {
		t.Error(a.text)
	}
	w.must(200, "GET", "/providers/Microsoft.Resources", "", as("eve"))
	w.refuse(404, "InvalidResourceNamespace", "", "GET", sub+"/providers/No.Such", "")
	w.refuse(403, "AuthorizationFailed", "", "GET", sub+"/providers", "", as("eve"))
	if a := w.must(200, "POST", sub+"/providers/Toy.Box/register", "", version("2021-04-01")); a.at("registrationState") != "Registered" {
		t.Error(a.text)
	}
	if got := w.door.last(); got.Action != "Toy.Box/register/action" || got.Scope.String() != sub {
		t.Errorf("asked %+v", got)
	}
	w.refuse(403, "AuthorizationFailed", "", "POST", sub+"/providers/Toy.Box/register", "", as("eve"))
	w.refuse(404, "InvalidResourceNamespace", "", "POST", sub+"/providers/No.Such/register", "")
	w.refuse(409, "CannotUnregisterRPDueToExistingResources", "", "POST", sub+"/providers/Toy.Box/unregister", "", version("2021-04-01"))
	if a := w.must(200, "GET", "/providers/Toy.Box/operations", "", as("eve")); !strings.Contains(a.text, "Toy.Box/boxes/openLid/action") ||
		!strings.Contains(a.text, `"Toy.Box/checkName/action"`) {
		t.Error(a.text)
	}
}
