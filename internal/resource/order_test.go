package resource_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/alcedo-cloud/alcedo/internal/caller"
	"github.com/alcedo-cloud/alcedo/internal/rbac"
	"github.com/alcedo-cloud/alcedo/internal/resource"
)

// TestOrderOfChecks gives each request all faults at once, and takes away the one that is told.
func TestOrderOfChecks(t *testing.T) {
	w := newWorld(t)
	const ghost = "/subscriptions/33333333-3333-3333-3333-333333333333"
	path := "/resourceGroups/none/providers/Toy.Box/boxes/b_/drawers/d"
	w.refuse(400, "MissingApiVersionParameter", "The api-version query parameter (?api-version=) is required for all requests.",
		"PUT", ghost+path, "{", version(""), as(""))
	w.refuse(400, "InvalidApiVersionParameter", "The api-version 'latest' is invalid. The supported versions are '2025-04-01,",
		"PUT", ghost+path, "{", version("latest"), as(""))
	w.refuse(401, "AuthenticationFailed", "", "PUT", ghost+path, "{", func(r *resource.Request) { r.Caller = caller.Caller{} })
	w.refuse(404, "SubscriptionNotFound", "", "PUT", ghost+path, "{", as("eve"))
	a := w.refuse(403, "AuthorizationFailed", "", "PUT", sub+path, "{", as("eve"), version("2000-01-01"))
	var d *rbac.Denial
	if !errors.As(a.err, &d) || d.Action != "Toy.Box/boxes/drawers/write" || d.Scope.String() != sub+path {
		t.Errorf("%+v", d)
	}
	w.refuse(400, "NoRegisteredProviderFound", "", "PUT", sub+path, "{", version("2000-01-01"))
	w.refuse(400, "InvalidRequestContent", "", "PUT", sub+path, "{")
	w.refuse(404, "ResourceGroupNotFound", "", "PUT", sub+path, "{}")
	w.refuse(404, "ParentResourceNotFound", "", "PUT", strings.Replace(sub+path, "none", "rg", 1), "{}")
}

// TestNothingIsToldToStrangers: what is there and what is not read alike.
func TestNothingIsToldToStrangers(t *testing.T) {
	w := newWorld(t)
	w.must(201, "PUT", boxes+"/b", `{"location":"chinanorth"}`)
	for _, path := range []string{rg, sub + "/resourceGroups/none", boxes + "/b", boxes + "/none", boxes + "/none/drawers/d", boxes, rg + "/resources"} {
		for _, method := range []string{"GET", "HEAD", "PUT", "PATCH", "DELETE"} {
			if method != "GET" && (path == boxes || strings.HasSuffix(path, "/resources")) {
				continue
			}
			w.refuse(403, "AuthorizationFailed", "", method, path, "{}", as("eve"))
		}
	}
	w.refuse(403, "AuthorizationFailed", "", "POST", boxes+"/b/openLid", "", as("eve"))
	w.refuse(403, "AuthorizationFailed", "", "POST", boxes+"/b/dance", "", as("eve"))
	w.must(200, "GET", boxes+"/b", "")
}

func TestActionsAsked(t *testing.T) {
	w := newWorld(t)
	for _, test := range []struct{ method, path, action, scope string }{
		{"GET", rg, "Microsoft.Resources/subscriptions/resourceGroups/read", rg},
		{"HEAD", sub + "/resourcegroups/RG", "Microsoft.Resources/subscriptions/resourcegroups/read", sub + "/resourcegroups/RG"},
		{"PUT", rg, "Microsoft.Resources/subscriptions/resourceGroups/write", rg},
		{"PATCH", rg, "Microsoft.Resources/subscriptions/resourceGroups/write", rg},
		{"DELETE", rg, "Microsoft.Resources/subscriptions/resourceGroups/delete", rg},
		{"GET", sub + "/resourceGroups", "Microsoft.Resources/subscriptions/resourceGroups/read", sub},
		{"GET", sub + "/resources", "Microsoft.Resources/subscriptions/resources/read", sub},
		{"GET", sub + "/providers", "Microsoft.Resources/subscriptions/providers/read", sub},
		{"GET", sub + "/tagNames", "Microsoft.Resources/subscriptions/tagNames/read", sub},
		{"PUT", sub + "/tagNames/t", "Microsoft.Resources/subscriptions/tagNames/write", sub},
		{"DELETE", sub + "/tagNames/t/tagValues/v", "Microsoft.Resources/subscriptions/tagNames/tagValues/delete", sub},
		{"GET", boxes + "/b", "Toy.Box/boxes/read", boxes + "/b"},
		{"PATCH", boxes + "/b", "Toy.Box/boxes/write", boxes + "/b"},
		{"DELETE", boxes + "/b/drawers/d", "Toy.Box/boxes/drawers/delete", boxes + "/b/drawers/d"},
		{"GET", boxes + "/b/drawers", "Toy.Box/boxes/drawers/read", boxes + "/b"},
		{"GET", sub + "/providers/Toy.Box/boxes", "Toy.Box/boxes/read", sub},
		{"POST", boxes + "/b/OpenLid", "Toy.Box/boxes/openLid/action", boxes + "/b"},
		{"POST", boxes + "/b/dance", "Toy.Box/boxes/dance/action", boxes + "/b"},
		{"PUT", boxes + "/b/providers/Toy.Box/labels/l", "Toy.Box/labels/write", boxes + "/b/providers/Toy.Box/labels/l"},
		{"GET", boxes + "/b/providers/Toy.Box/labels", "Toy.Box/labels/read", boxes + "/b"},
		{"PUT", rg + "/providers/Microsoft.Authorization/locks/l", "Microsoft.Authorization/locks/write", rg + "/providers/Microsoft.Authorization/locks/l"},
		{"POST", rg + "/exportTemplate", "Microsoft.Resources/subscriptions/resourceGroups/exportTemplate/action", rg},
	} {
		w.do(test.method, test.path, "", as("eve"))
		if got := w.door.last(); got.Action != test.action || got.Scope.String() != test.scope || got.Data {
			t.Errorf("%s %s asked %s over %s", test.method, test.path, got.Action, got.Scope)
		}
		if w.door.allowed[len(w.door.allowed)-1] {
			t.Errorf("%s %s is allowed to a stranger", test.method, test.path)
		}
	}
}

func TestSelfAuthorized(t *testing.T) {
	w := newWorld(t)
	w.must(200, "GET", sub+"/providers/Toy.Box/open/x", "", as("eve"))
	w.must(200, "GET", "/providers/Toy.Box/open/x", "", as("eve"))
	w.refuse(403, "AuthorizationFailed", "", "PUT", sub+"/providers/Toy.Box/open/x", "{}", as("eve"))
}
