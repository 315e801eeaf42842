package resource_test

import (
	"fmt"
	"strings"
	"testing"
	"time"
)

func TestGroupLife(t *testing.T) {
	w := newWorld(t)
	a := w.must(201, "PUT", sub+"/resourcegroups/Shop", `{"location":"China North","tags":{"env":"prod"},"managedBy":"x"}`)
	want := `{"id":"` + sub + `/resourceGroups/Shop","name":"Shop","type":"Microsoft.Resources/resourceGroups","location":"chinanorth",` +
		`"managedBy":"x","tags":{"env":"prod"},"properties":{"provisioningState":"Succeeded"}}`
	if a.text != want {
		t.Errorf("%s\nwant %s", a.text, want)
	}
	// The id keeps the spelling of the creation, whatever the request's.
	if got := w.must(200, "GET", "//SUBSCRIPTIONS/"+subID+"/RESOURCEGROUPS/SHOP/", "").text; got != want {
		t.Errorf("%s\nwant %s", got, want)
	}
	w.must(204, "HEAD", sub+"/resourceGroups/shop", "")
	a = w.must(200, "PUT", sub+"/resourceGroups/shop", `{"location":"chinanorth"}`)
	if a.at("tags") != nil || a.at("managedBy") != nil || a.at("name") != "Shop" {
		t.Errorf("PUT replaces: %s", a.text)
	}
	w.must(200, "PATCH", sub+"/resourceGroups/shop", `{"tags":{"a":"1","b":"2"}}`)
	a = w.must(200, "PATCH", sub+"/resourceGroups/shop", `{"tags":{"b":"3"}}`)
	if a.at("tags", "b") != "3" || a.at("tags", "a") != nil {
		t.Errorf("PATCH replaces tags as a whole: %s", a.text)
	}
	if a = w.must(200, "PATCH", sub+"/resourceGroups/shop", `{"managedBy":"y"}`); a.at("tags", "b") != "3" || a.at("managedBy") != "y" {
		t.Errorf("PATCH keeps what it does not name: %s", a.text)
	}
}

func TestGroupShapeByVersion(t *testing.T) {
	w := newWorld(t)
	const old = `{"id":"` + rg + `","name":"rg","location":"chinanorth","properties":{"provisioningState":"Succeeded"}}`
	for _, v := range []string{"2015-11-01", "2016-06-01", "2016-09-01", "2017-05-10"} {
		if got := w.must(200, "GET", rg, "", version(v)).text; got != old {
			t.Errorf("%s: %s", v, got)
		}
	}
	for _, v := range []string{"2018-05-01", "2021-04-01", "2025-04-01"} {
		if got := w.must(200, "GET", rg, "", version(v)); got.at("type") != "Microsoft.Resources/resourceGroups" {
			t.Errorf("%s: %s", v, got.text)
		}
	}
}

func TestGroupRefusals(t *testing.T) {
	w := newWorld(t)
	path := sub + "/resourceGroups/"
	w.refuse(404, "ResourceGroupNotFound", "Resource group 'nope' could not be found.", "GET", path+"nope", "")
	w.refuse(404, "ResourceGroupNotFound", "", "HEAD", path+"nope", "")
	w.refuse(404, "ResourceGroupNotFound", "", "DELETE", path+"nope", "")
	w.refuse(404, "ResourceGroupNotFound", "", "PATCH", path+"nope", `{"tags":{}}`)
	w.refuse(400, "LocationRequired", "The location property is required for this definition.", "PUT", path+"a", `{}`)
	w.refuse(400, "LocationNotAvailableForResourceGroup", "The provided location 'mars' is not available for resource group. List of available regions is 'chinanorth,",
		"PUT", path+"a", `{"location":"mars"}`)
	w.refuse(409, "InvalidResourceGroupLocation", "Invalid resource group location 'chinaeast'. The Resource group already exists in location 'chinanorth'.",
		"PUT", rg, `{"location":"chinaeast"}`)
	w.refuse(400, "InvalidResourceGroup", "has these invalid characters: ' !'", "PUT", path+"a b!", `{"location":"chinanorth"}`)
	w.refuse(400, "InvalidResourceGroup", "must not end with a period", "PUT", path+"a.", `{"location":"chinanorth"}`)
	w.refuse(400, "InvalidResourceGroup", "91 characters", "PUT", path+strings.Repeat("é", 91), `{"location":"chinanorth"}`)
	w.must(201, "PUT", path+strings.Repeat("é", 90), `{"location":"chinanorth"}`)
	w.refuse(405, "MethodNotAllowed", "does not support http method 'OPTIONS'", "OPTIONS", rg, "")
	w.refuse(405, "MethodNotAllowed", "'PUT'", "PUT", sub+"/resourceGroups", "{}")
	w.refuse(412, "PreconditionFailed", "", "PUT", rg, `{"location":"chinanorth"}`, ifNone("*"))
	w.refuse(412, "PreconditionFailed", "", "PUT", path+"fresh", `{"location":"chinanorth"}`, ifMatch("*"))
}

func TestMalformedBodies(t *testing.T) {
	w := newWorld(t)
	for _, target := range []string{rg, boxes + "/b"} {
		for _, body := range []string{"", "{", `{"location":`, `[]`, `"x"`, "null", "1", `{"location":5}`, `{"tags":[]}`, `{"tags":{"a":{}}}`, `{"properties":{}} x`} {
			for _, method := range []string{"PUT", "PATCH"} {
				if a := w.do(method, target, body); a.status != 400 || a.code != "InvalidRequestContent" {
					if target == rg && body == `{"location":5}` && method == "PATCH" && a.code == "InvalidRequestContent" {
						continue
					}
					t.Errorf("%s %s %q: %d %s %s", method, target, body, a.status, a.code, a.message)
				}
			}
		}
	}
}

func TestTagLimits(t *testing.T) {
	w := newWorld(t)
	tags := func(n, name, value int) string {
		var out []string
		for i := range n {
			key := fmt.Sprintf("t%d", i)
			out = append(out, `"`+key+strings.Repeat("x", max(0, name-len(key)))+`":"`+strings.Repeat("v", value)+`"`)
		}
		return `{"location":"chinanorth","tags":{` + strings.Join(out, ",") + `}}`
	}
	for _, target := range []string{rg, boxes + "/b"} {
		w.refuse(400, "InvalidTags", "'51' exceeds the maximum allowed number of tags '50'", "PUT", target, tags(51, 3, 1))
		w.refuse(400, "InvalidTagName", "'512' characters", "PUT", target, tags(1, 513, 1))
		w.refuse(400, "InvalidTagValueLength", "'256' characters", "PUT", target, tags(1, 3, 257))
		w.refuse(400, "InvalidTagNameCharacters", "reserved characters", "PUT", target, `{"location":"chinanorth","tags":{"a/b":"c"}}`)
		w.refuse(400, "InvalidTagName", "", "PUT", target, `{"location":"chinanorth","tags":{"":"c"}}`)
		w.refuse(400, "AmbiguousTagNames", "", "PUT", target, `{"location":"chinanorth","tags":{"a":"c","A":"c"}}`)
		if a := w.do("PUT", target, tags(50, 512, 256)); a.status > 201 {
			t.Errorf("%s: %s", target, a.message)
		}
	}
}

func TestDeleteGroupCascades(t *testing.T) {
	w := newWorld(t)
	w.must(201, "PUT", boxes+"/a", `{"location":"chinanorth"}`)
	w.must(201, "PUT", boxes+"/a/drawers/top", `{}`)
	w.must(201, "PUT", boxes+"/a/drawers/top/providers/Toy.Box/labels/l1", `{}`)
	w.must(201, "PUT", rg+"/providers/Toy.Box/labels/l2", `{}`)
	w.must(201, "PUT", sub+"/resourceGroups/rg2", `{"location":"chinanorth"}`)
	w.must(201, "PUT", sub+"/resourceGroups/rg2/providers/Toy.Box/boxes/other", `{"location":"chinanorth"}`)

	a := w.must(202, "DELETE", rg, "")
	if got := strings.Join(w.removed, " "); got != "l2+ l1+ top+ a+" {
		t.Errorf("hooks saw %q", got)
	}
	if len(w.deleted) != 1 || w.deleted[0] != rg {
		t.Errorf("Deleted was told %q", w.deleted)
	}
	w.must(404, "GET", rg, "")
	w.must(200, "GET", sub+"/resourceGroups/rg2/providers/Toy.Box/boxes/other", "")
	w.must(201, "PUT", rg, `{"location":"chinanorth"}`)
	w.must(404, "GET", boxes+"/a", "")
	if got := w.must(200, "GET", sub+"/providers/Toy.Box/labels", "").names(); got != "" {
		t.Errorf("labels are left: %s", got)
	}

	location := a.header["Location"]
	path, found := strings.CutPrefix(location, base)
	path, _, _ = strings.Cut(path, "?")
	if !found || !strings.HasPrefix(path, sub+"/operationresults/") || !strings.HasSuffix(location, "?api-version=2021-04-01") {
		t.Fatalf("Location: %s", location)
	}
	if a := w.must(200, "GET", path, ""); a.text != "" {
		t.Errorf("the outcome has a body: %s", a.text)
	}
	w.refuse(404, "OperationNotFound", "", "GET", path+"x", "")
	w.clock.Advance(25 * time.Hour)
	w.refuse(404, "OperationNotFound", "", "GET", path, "")
}

func TestListGroups(t *testing.T) {
	w := newWorld(t)
	for i := range 5 {
		w.must(201, "PUT", fmt.Sprintf("%s/resourceGroups/g%d", sub, i), fmt.Sprintf(`{"location":"chinanorth","tags":{"n":"%d","odd":"%v"}}`, i, i%2 == 1))
	}
	list := sub + "/resourcegroups"
	if got := w.must(200, "GET", list, "").names(); got != "g0 g1 g2 g3 g4 rg" {
		t.Error(got)
	}
	if got := w.must(200, "GET", list, "", query("$filter", "tagName eq 'odd' and tagValue eq 'true'")).names(); got != "g1 g3" {
		t.Error(got)
	}
	w.refuse(400, "InvalidFilterInQueryString", "Invalid $filter 'x'", "GET", list, "", query("$filter", "x"))
	w.refuse(400, "InvalidQueryParameterValue", "", "GET", list, "", query("$top", "0"))
	w.refuse(400, "InvalidQueryParameterValue", "", "GET", list, "", query("$top", "many"))
	w.refuse(400, "InvalidSkipToken", "", "GET", list, "", query("$skiptoken", "!"))

	w.door.grants = append(w.door.grants, grant{"bob", "*/read", sub + "/resourceGroups/G3"}, grant{"eve", "*", sub + "/resourceGroups/g3x"})
	if got := w.must(200, "GET", list, "", as("bob")).names(); got != "g3" {
		t.Errorf("bob sees %q", got)
	}
	if a := w.refuse(403, "AuthorizationFailed", "", "GET", list, "", as("eve")); a.err == nil {
		t.Error("eve has nothing in this subscription")
	}
	if got := w.door.last(); got.Action != "Microsoft.Resources/subscriptions/resourcegroups/read" || got.Scope.String() != sub {
		t.Errorf("asked %+v", got)
	}
}

func TestListGroupsPages(t *testing.T) {
	w := newWorld(t)
	for i := range 7 {
		w.must(201, "PUT", fmt.Sprintf("%s/resourceGroups/g%d", sub, i), `{"location":"chinanorth"}`)
	}
	w.door.grants = append(w.door.grants, grant{"bob", "*/read", sub + "/resourceGroups/g1"}, grant{"bob", "*/read", sub + "/resourceGroups/g5"})
	for who, want := range map[string]string{"owner": "g0 g1|g2 g3|g4 g5|g6 rg", "bob": "g1 g5"} {
		var pages []string
		options := []option{as(who), query("$top", "2")}
		for range 10 {
			a := w.must(200, "GET", sub+"/resourceGroups", "", options...)
			pages = append(pages, a.names())
			next, _ := a.body["nextLink"].(string)
			if next == "" {
				if _, ok := a.body["nextLink"]; ok {
					t.Error("an empty nextLink")
				}
				break
			}
			if !strings.HasPrefix(next, base+sub+"/resourceGroups?") || !strings.Contains(next, "%24top=2") || !strings.Contains(next, "api-version=2021-04-01") {
				t.Fatalf("nextLink %s", next)
			}
			_, token, _ := strings.Cut(next, "skiptoken=")
			token, _, _ = strings.Cut(token, "&")
			options = []option{as(who), query("$top", "2"), query("$skiptoken", token)}
		}
		if got := strings.Join(pages, "|"); got != want {
			t.Errorf("%s: %q, want %q", who, got, want)
		}
	}
}

func TestUnsupportedGroupActions(t *testing.T) {
	w := newWorld(t)
	for _, action := range []string{"exportTemplate", "moveResources", "validateMoveResources"} {
		w.refuse(405, "MethodNotAllowed", "", "POST", rg+"/"+action, "{}")
		w.refuse(403, "AuthorizationFailed", "", "POST", rg+"/"+action, "{}", as("eve"))
	}
	w.refuse(404, "NotFound", "", "POST", rg+"/dance", "{}")
}
