package resource_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/alcedo-cloud/alcedo/internal/fault"
	"github.com/alcedo-cloud/alcedo/internal/rbac"
	"github.com/alcedo-cloud/alcedo/internal/resource"
)

func TestStoredLife(t *testing.T) {
	w := newWorld(t)
	body := `{"location":"China North","tags":{"a":"1"},"kind":"wood","sku":{"name":"S"},"zones":["1"],"extended":{"x":1},
		"name":"other","id":"/x","type":"y","etag":"z","systemData":{"createdBy":"me"},"properties":{"color":"red","size":3}}`
	a := w.must(201, "PUT", strings.ToLower(boxes)+"/Chest", body)
	for path, want := range map[string]string{
		"name": "Chest", "id": boxes + "/Chest", "type": "Toy.Box/boxes", "location": "chinanorth", "kind": "wood",
	} {
		if a.at(path) != want {
			t.Errorf("%s: %v, want %s", path, a.at(path), want)
		}
	}
	if a.at("sku", "name") != "S" || a.at("extended", "x") != 1.0 || a.at("properties", "color") != "red" || a.at("tags", "a") != "1" {
		t.Error(a.text)
	}
	if strings.Contains(a.text, "s3cret") {
		t.Errorf("what is hidden is shown: %s", a.text)
	}
	if a.at("systemData", "createdBy") != "owner@contoso.cn" || a.at("systemData", "createdByType") != "User" {
		t.Errorf("system data: %v", a.at("systemData"))
	}
	if a.header["ETag"] == "" || a.at("etag") != a.header["ETag"] {
		t.Errorf("etag %v, header %q", a.at("etag"), a.header["ETag"])
	}
	if got := w.must(200, "GET", boxes+"/CHEST/", ""); got.text != a.text || got.header["ETag"] != a.header["ETag"] {
		t.Errorf("GET %s\nPUT %s", got.text, a.text)
	}
	w.must(204, "HEAD", boxes+"/chest", "")
	w.refuse(404, "ResourceNotFound", "", "HEAD", boxes+"/none", "")

	w.clock.Advance(time.Hour)
	b := w.must(200, "PUT", boxes+"/chest", `{"location":"chinanorth","properties":{"color":"blue"}}`)
	if b.at("name") != "Chest" || b.at("properties", "size") != nil || b.at("kind") != nil || b.at("tags") != nil {
		t.Errorf("PUT replaces: %s", b.text)
	}
	if b.at("systemData", "createdAt") != a.at("systemData", "createdAt") || b.at("systemData", "lastModifiedAt") == a.at("systemData", "lastModifiedAt") {
		t.Errorf("system data: %v", b.at("systemData"))
	}
	if b.at("etag") == a.at("etag") {
		t.Error("the entity tag stays")
	}
	w.must(200, "DELETE", boxes+"/chest", "")
	w.must(204, "DELETE", boxes+"/chest", "")
	w.refuse(404, "ResourceNotFound",
		"The Resource 'Toy.Box/boxes/chest' under resource group 'rg' was not found. For more details please go to https://aka.ms/ARMResourceNotFoundFix",
		"GET", boxes+"/chest", "")
}

func TestStoredViews(t *testing.T) {
	w := newWorld(t)
	w.must(201, "PUT", boxes+"/b", `{"location":"chinanorth","properties":{"size":3,"color":"red"}}`)
	old := w.must(200, "GET", boxes+"/b", "", version("2019-01-01"))
	if old.at("properties", "size") != nil || old.at("systemData") != nil || old.at("properties", "color") != "red" {
		t.Error(old.text)
	}
	if got := w.must(200, "GET", boxes+"/b", ""); got.at("properties", "size") != 3.0 || got.at("systemData") == nil {
		t.Error("the view changed what is stored: " + got.text)
	}
}

func TestPatch(t *testing.T) {
	w := newWorld(t)
	const one, two = "/subscriptions/s/resourceGroups/g/providers/Microsoft.ManagedIdentity/userAssignedIdentities/one", "/two"
	w.must(201, "PUT", boxes+"/b", `{"location":"chinanorth","tags":{"a":"1","b":"2"},"sku":{"name":"S","tier":"T"},"extended":{"x":1,"y":2},
		"identity":{"type":"UserAssigned","userAssignedIdentities":{"`+one+`":{}}},"properties":{"color":"red","deep":{"p":1,"q":2}}}`)
	for _, step := range []struct {
		patch string
		path  []string
		want  any
	}{
		{`{"tags":{"b":"3"}}`, []string{"tags"}, "map[b:3]"},
		{`{"properties":{"deep":{"p":null,"r":4}}}`, []string{"properties", "deep"}, "map[q:2 r:4]"},
		{`{"properties":{"DEEP":{"q":5}}}`, []string{"properties", "deep"}, "map[q:5 r:4]"},
		{`{"properties":{"color":null}}`, []string{"properties", "color"}, "<nil>"},
		{`{"sku":{"tier":"U"}}`, []string{"sku"}, "map[name:S tier:U]"},
		{`{"sku":null}`, []string{"sku"}, "<nil>"},
		{`{"Extended":{"x":null}}`, []string{"extended"}, "map[y:2]"},
		{`{"extended":null}`, []string{"extended"}, "<nil>"},
		{`{"kind":"k"}`, []string{"kind"}, "k"},
		{`{"zones":["2"]}`, []string{"zones"}, "[2]"},
		{`{"identity":{"userAssignedIdentities":{"` + two + `":{}}}}`, []string{"identity", "userAssignedIdentities"}, "map[" + one + ":map[] " + two + ":map[]]"},
		{
			`{"identity":{"userAssignedIdentities":{"` + strings.ToUpper(one) + `":null}}}`,
			[]string{"identity", "userAssignedIdentities"},
			"map[" + two + ":map[]]",
		},
		{`{"identity":{"type":"None","userAssignedIdentities":{"` + two + `":null}}}`, []string{"identity"}, "map[type:None]"},
		{`{"identity":null}`, []string{"identity"}, "<nil>"},
		{`{"name":"x","location":"China North"}`, []string{"name"}, "b"},
		{`{"tags":null}`, []string{"tags"}, "<nil>"},
	} {
		a := w.must(200, "PATCH", boxes+"/b", step.patch)
		if got := fmt.Sprint(a.at(step.path...)); got != step.want {
			t.Errorf("%s: %s, want %s", step.patch, got, step.want)
		}
	}
	w.refuse(409, "InvalidResourceLocation", "", "PATCH", boxes+"/b", `{"location":"chinaeast"}`)
	w.refuse(404, "ResourceNotFound", "", "PATCH", boxes+"/none", `{"tags":{}}`)
	w.refuse(400, "ColorNotSupported", "", "PATCH", boxes+"/b", `{"properties":{"color":"octarine"}}`)
	w.refuse(400, "InvalidRequestContent", "Path 'identity.userAssignedIdentities'", "PATCH", boxes+"/b", `{"identity":{"userAssignedIdentities":5}}`)
}

func TestStoredRefusals(t *testing.T) {
	w := newWorld(t)
	at := `{"location":"chinanorth"}`
	w.must(201, "PUT", boxes+"/b", at)
	w.refuse(400, "LocationRequired", "", "PUT", boxes+"/c", `{}`)
	w.refuse(400, "LocationNotAvailableForResourceType",
		"The provided location 'mars' is not available for resource type 'Toy.Box/boxes'. List of available regions for the resource type is 'chinanorth,",
		"PUT", boxes+"/c", `{"location":"mars"}`)
	w.refuse(409, "InvalidResourceLocation",
		"The resource 'b' already exists in location 'chinanorth' in resource group 'rg'. A resource with the same name cannot be created in location 'chinaeast'.",
		"PUT", boxes+"/b", `{"location":"chinaeast"}`)
	w.refuse(400, "BoxNameInvalid", "", "PUT", boxes+"/a_b", at)
	w.refuse(400, "InvalidResourceName", "", "PUT", boxes+"/"+strings.Repeat("a", 261), at)
	w.refuse(400, "InvalidResourceName", "", "PUT", boxes+"/a<b", at)
	w.refuse(400, "InvalidRequestContent", "Required property 'type' not found", "PUT", boxes+"/c", `{"location":"chinanorth","identity":{}}`)
	w.refuse(404, "ResourceGroupNotFound", "", "PUT", sub+"/resourceGroups/no/providers/Toy.Box/boxes/b", at)
	w.refuse(404, "ResourceGroupNotFound", "", "DELETE", sub+"/resourceGroups/no/providers/Toy.Box/boxes/b", "")
	w.refuse(404, "ParentResourceNotFound", "Can not perform requested operation on nested resource. Parent resource 'no' not found.",
		"PUT", boxes+"/no/drawers/d", `{}`)
	w.refuse(404, "ParentResourceNotFound", "", "GET", boxes+"/no/drawers", "")
	w.refuse(404, "ResourceNotFound", "", "PUT", boxes+"/no/providers/Toy.Box/labels/l", `{}`)
	w.refuse(404, "InvalidResourceNamespace", "The resource namespace 'No.Such' is invalid.", "GET", rg+"/providers/No.Such/a/b", "")
	w.refuse(404, "InvalidResourceType",
		"The resource type 'bags' could not be found in the namespace 'Toy.Box' for api version '2024-01-01'. The supported api-versions are '2024-01-01,2019-01-01'.",
		"GET", rg+"/providers/Toy.Box/bags/b", "")
	w.refuse(400, "NoRegisteredProviderFound",
		"No registered resource provider found for location 'chinanorth' and API version '2023-01-01' for type 'boxes'. "+
			"The supported api-versions are '2024-01-01, 2019-01-01'. The supported locations are 'chinanorth, ",
		"GET", boxes+"/b", "", version("2023-01-01"))
	w.refuse(400, "NoRegisteredProviderFound", "location 'westmars'", "PUT", boxes+"/c", `{"location":"westmars"}`, version("2023-01-01"))
	w.refuse(405, "MethodNotAllowed", "", "PUT", boxes, at)
	w.refuse(405, "MethodNotAllowed", "", "TRACE", boxes+"/b", "")
	w.refuse(404, "InvalidResourceType", "", "POST", boxes+"/b/dance", "")
	// A type that lives in groups is listed over the subscription, but nothing of it is there.
	w.refuse(404, "NotFound", "", "PUT", sub+"/providers/Toy.Box/boxes/b", at)
	w.refuse(404, "NotFound", "", "GET", "/providers/Toy.Box/boxes", "")
	w.refuse(404, "NotFound", "", "PUT", boxes+"/b/providers/Toy.Box/boxes/c", at)
}

func TestPreconditions(t *testing.T) {
	w := newWorld(t)
	at := `{"location":"chinanorth"}`
	w.refuse(412, "PreconditionFailed", "If-Match", "PUT", boxes+"/b", at, ifMatch("*"))
	a := w.must(201, "PUT", boxes+"/b", at, ifNone("*"))
	tag := a.header["ETag"]
	w.refuse(412, "PreconditionFailed", "If-None-Match", "PUT", boxes+"/b", at, ifNone("*"))
	w.refuse(412, "PreconditionFailed", "", "PUT", boxes+"/b", at, ifMatch(`"stale"`))
	w.refuse(412, "PreconditionFailed", "", "PUT", boxes+"/b", at, ifNone(tag))
	b := w.must(200, "PUT", boxes+"/b", at, ifMatch(`"x", W/`+tag))
	w.refuse(412, "PreconditionFailed", "", "PATCH", boxes+"/b", `{"tags":{}}`, ifMatch(tag))
	w.refuse(412, "PreconditionFailed", "", "DELETE", boxes+"/b", "", ifMatch(tag))
	w.must(200, "DELETE", boxes+"/b", "", ifMatch(strings.Trim(b.header["ETag"], `"`)))
	w.refuse(412, "PreconditionFailed", "", "DELETE", boxes+"/b", "", ifMatch("*"))
}

func TestChildrenAndExtensions(t *testing.T) {
	w := newWorld(t)
	w.must(201, "PUT", boxes+"/a", `{"location":"chinanorth"}`)
	w.must(201, "PUT", boxes+"/ab", `{"location":"chinanorth"}`)
	w.must(201, "PUT", boxes+"/a/drawers/top", `{"location":"chinaeast","tags":{"x":"y"}}`)
	w.must(201, "PUT", boxes+"/ab/drawers/low", `{}`)
	if a := w.must(200, "GET", boxes+"/A/Drawers/TOP", ""); a.at("id") != boxes+"/a/drawers/top" && a.at("location") != nil {
		t.Error(a.text)
	}
	if got := w.must(200, "GET", boxes+"/a/drawers", "").names(); got != "top" {
		t.Errorf("drawers of a: %q", got)
	}
	if got := w.must(200, "GET", boxes, "").names(); got != "a ab" {
		t.Errorf("boxes: %q", got)
	}
	if got := w.must(200, "GET", sub+"/providers/Toy.Box/boxes", "").names(); got != "a ab" {
		t.Errorf("boxes of the subscription: %q", got)
	}
	for _, scope := range []string{sub, rg, boxes + "/a", boxes + "/a/drawers/top"} {
		w.must(201, "PUT", scope+"/providers/Toy.Box/labels/l", `{}`)
	}
	for scope, n := range map[string]int{sub: 4, rg: 3, boxes + "/a": 2, boxes + "/a/drawers/top": 1, boxes + "/ab": 0} {
		got := strings.Fields(w.must(200, "GET", scope+"/providers/Toy.Box/labels", "").names())
		if len(got) != n {
			t.Errorf("%s has %d labels, want %d", scope, len(got), n)
		}
	}
	w.must(200, "DELETE", boxes+"/a", "")
	if got := strings.Join(w.removed, " "); got != "l+ l+ top+ a" && got != "l+ top+ l+ a" {
		t.Errorf("hooks saw %q", got)
	}
	if len(w.deleted) != 1 || w.deleted[0] != boxes+"/a" {
		t.Errorf("Deleted was told %q", w.deleted)
	}
	if got := w.must(200, "GET", boxes+"/ab/drawers", "").names(); got != "low" {
		t.Errorf("the neighbour lost %q", got)
	}
}

func TestGlobalType(t *testing.T) {
	w := newWorld(t)
	w.refuse(400, "LocationNotAvailableForResourceType", "'global'", "PUT", skies+"/s", `{"location":"chinanorth"}`)
	if a := w.must(200, "PUT", skies+"/s", `{"location":"Global"}`); a.at("location") != "global" {
		t.Error(a.text)
	}
}

func TestActions(t *testing.T) {
	w := newWorld(t)
	w.must(201, "PUT", boxes+"/b", `{"location":"chinanorth","properties":{}}`)
	if a := w.must(200, "POST", boxes+"/b/OPENLID/", ""); a.at("properties", "lid") != "open" {
		t.Error(a.text)
	}
	if got := w.door.last(); got.Action != "Toy.Box/boxes/openLid/action" || got.Scope.String() != boxes+"/b" {
		t.Errorf("asked %+v", got)
	}
	if a := w.must(200, "GET", boxes+"/b", ""); a.at("properties", "lid") != "open" {
		t.Error("an action's change is lost: " + a.text)
	}
	w.refuse(404, "ResourceNotFound", "", "POST", boxes+"/none/openLid", "")
	w.refuse(400, "InvalidRequestContent", "", "POST", boxes+"/b/openLid", "{")
	if a := w.must(200, "POST", sub+"/providers/Toy.Box/checkName", `{"name":"x"}`); a.at("nameAvailable") != true {
		t.Error(a.text)
	}
	if got := w.door.last(); got.Action != "Toy.Box/checkName/action" || got.Scope.String() != sub {
		t.Errorf("asked %+v", got)
	}
}

func TestLinkedAuthorization(t *testing.T) {
	w := newWorld(t)
	w.must(201, "PUT", boxes+"/b", `{"location":"chinanorth"}`)
	w.door.grants = append(w.door.grants, grant{"bob", "*", boxes})
	a := w.refuse(403, "LinkedAuthorizationFailed", "", "POST", boxes+"/b/link", "", as("bob"))
	var d *rbac.Denial
	if !errors.As(a.err, &d) || d.Action != "Toy.Box/boxes/link/action" || len(d.Linked) != 1 ||
		d.Linked[0].Action != "Toy.Box/skies/join/action" || d.Linked[0].Scope.String() != sub+"/resourceGroups/sky" {
		t.Fatalf("%+v", d)
	}
	w.door.grants = append(w.door.grants, grant{"bob", "Toy.Box/skies/join/action", sub})
	w.must(200, "POST", boxes+"/b/link", "", as("bob"))
	a = w.refuse(403, "AuthorizationFailed", "", "POST", boxes+"/b/link", "", as("eve"))
	if !errors.As(a.err, &d) || len(d.Linked) != 0 {
		t.Fatalf("%+v", d)
	}
}

func TestInsideTheProcess(t *testing.T) {
	w := newWorld(t)
	w.must(201, "PUT", sub+"/resourceGroups/rg2", `{"location":"chinanorth"}`)
	w.must(201, "PUT", boxes+"/b", `{"location":"chinanorth"}`)
	w.must(201, "PUT", boxes+"/b/drawers/d", `{}`)
	w.must(201, "PUT", sub+"/resourceGroups/rg2/providers/Toy.Box/boxes/B", `{"location":"chinanorth"}`)
	id, _ := resource.ParseID(strings.ToUpper(boxes + "/b"))
	doc, err := w.svc.Get(t.Context(), id)
	if err != nil || doc.Name != "b" || doc.Hidden["secret"] != "s3cret" {
		t.Fatalf("%+v, %v", doc, err)
	}
	for _, test := range []struct {
		typ, name, group string
		want             int
	}{
		{"Toy.Box/boxes", "", "", 2},
		{"toy.box/BOXES", "b", "", 2},
		{"Toy.Box/boxes", "b", "RG2", 1},
		{"Toy.Box/boxes", "c", "", 0},
		{"Toy.Box/boxes", "", "nope", 0},
		{"Toy.Box/boxes/drawers", "d", "", 1},
		{"Toy.Box/boxes/drawers", "", "rg", 1},
		{"No.Such/type", "", "", 0},
	} {
		docs, err := w.svc.Find(t.Context(), test.typ, test.name, test.group)
		if err != nil || len(docs) != test.want {
			t.Errorf("Find(%q, %q, %q): %d, %v", test.typ, test.name, test.group, len(docs), err)
		}
	}
	if _, err := w.svc.Find(t.Context(), "nonsense", "", ""); !fault.Is(err, fault.Invalid) {
		t.Error(err)
	}
	none, _ := resource.ParseID(boxes + "/none")
	group, _ := resource.ParseID(rg)
	list, _ := resource.ParseID(boxes)
	if _, err := w.svc.Get(t.Context(), none); !fault.Is(err, fault.NotFound) {
		t.Error(err)
	}
	if _, err := w.svc.Get(t.Context(), list); !fault.Is(err, fault.NotFound) {
		t.Error(err)
	}
	if doc, err := w.svc.Get(t.Context(), group); err != nil || doc.Location != "chinanorth" {
		t.Error(doc, err)
	}
}
