package arm_test

import (
	"regexp"
	"strings"
	"testing"
)

func TestQuerySpellings(t *testing.T) {
	w := newWorld(t, "AzureChinaCloud")
	for _, q := range []string{"?api%2Dversion=2021-04-01", "?API-VERSION=2021-04-01", "?api-version=2021-04-01&unknown=1&unknown=2", "?x=1&api-version=2021%2D04-01"} {
		w.want(200, "GET", rg+q, "")
	}
	w.refuse(400, "InvalidFilterInQueryString", "", "GET", sub+"/resourceGroups"+v+"&%24filter=name+eq+'a'&$filter=name+eq+'b'", "")
	if a := w.want(200, "GET", sub+"/resourceGroups"+v+"&%24Filter=name+eq+'RG'&$skipToken=", ""); !strings.Contains(a.Body.String(), `"name":"rg"`) {
		t.Error(a.Body)
	}
}

func TestPathSpellings(t *testing.T) {
	w := newWorld(t, "AzureChinaCloud")
	want := w.want(200, "GET", rg+v, "").Body.String()
	for _, path := range []string{rg + "/", rg + "//", "/" + rg, strings.ReplaceAll(rg, "/", "//"), strings.ToUpper(rg), strings.ToLower(rg), strings.Replace(rg, "rg", "%72g", 1)} {
		if got := w.want(200, "GET", path+v, "").Body.String(); got != want {
			t.Errorf("%s: %s", path, got)
		}
	}
}

func TestHeaders(t *testing.T) {
	w := newWorld(t, "AzureChinaCloud")
	guid := `[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}`
	ids := make(map[string]bool)
	for _, target := range []string{rg + v, rg + "x" + v, rg, "/metadata/endpoints"} {
		h := w.do("GET", target, "").Header()
		for name, want := range map[string]string{
			"X-Ms-Request-Id": "^" + guid + "$", "X-Ms-Correlation-Request-Id": "^" + guid + "$",
			"X-Ms-Routing-Request-Id": "^CHINANORTH:20261123T101112Z:" + guid + "$",
			"Cache-Control":           "^no-cache$", "Pragma": "^no-cache$", "Expires": "^-1$",
			"Strict-Transport-Security": "^max-age=31536000; includeSubDomains$", "X-Content-Type-Options": "^nosniff$",
			"X-Ms-Ratelimit-Remaining-Subscription-Reads": "^11999$", "Content-Length": "^[0-9]+$",
		} {
			if !regexp.MustCompile(want).MatchString(h.Get(name)) {
				t.Errorf("%s: %s: %q", target, name, h.Get(name))
			}
		}
		if ids[h.Get("X-Ms-Request-Id")] {
			t.Error("a request id came twice")
		}
		ids[h.Get("X-Ms-Request-Id")] = true
	}
	for method, name := range map[string]string{"PUT": "Writes", "DELETE": "Deletes"} {
		if w.do(method, rg+"y"+v, `{"location":"chinanorth"}`).Header().Get("X-Ms-Ratelimit-Remaining-Subscription-"+name) == "" {
			t.Errorf("%s has no count of what remains", method)
		}
	}
}

func TestRequestIDsAreEchoed(t *testing.T) {
	w := newWorld(t, "AzureChinaCloud")
	for _, target := range []string{rg + v, rg + "x" + v} {
		a := w.do("GET", target, "", "x-ms-correlation-request-id: my-trace", "x-ms-client-request-id: mine", "x-ms-return-client-request-id: true")
		if a.Header().Get("x-ms-correlation-request-id") != "my-trace" || a.Header().Get("x-ms-client-request-id") != "mine" {
			t.Errorf("%v", a.Header())
		}
		if a.Header().Get("x-ms-request-id") == "my-trace" {
			t.Error("the request id is ours")
		}
		if w.door.seen != "my-trace" {
			t.Errorf("the decision is recorded under %q", w.door.seen)
		}
	}
	a := w.do("GET", rg+v, "", "x-ms-client-request-id: mine", "x-ms-correlation-request-id: "+strings.Repeat("x", 500))
	if a.Header().Get("x-ms-client-request-id") != "" || len(a.Header().Get("x-ms-correlation-request-id")) != 36 {
		t.Errorf("%v", a.Header())
	}
}

// TestGatewayErrors has the rows of the gateway's error table.
func TestGatewayErrors(t *testing.T) {
	w := newWorld(t, "AzureChinaCloud")
	const at = `{"location":"chinanorth"}`
	for _, test := range []struct {
		status                              int
		code, message, method, target, body string
	}{
		{404, "SubscriptionNotFound", "The subscription '" + other + "' could not be found.", "GET", "/subscriptions/" + other + "/resourceGroups/rg" + v, ""},
		{400, "InvalidSubscriptionId", "The provided subscription identifier 'me' is malformed or invalid.", "GET", "/subscriptions/me" + v, ""},
		{404, "ResourceGroupNotFound", "Resource group 'no' could not be found.", "GET", sub + "/resourceGroups/no" + v, ""},
		{
			404, "ResourceNotFound",
			"The Resource 'Toy.Box/boxes/no' under resource group 'rg' was not found. For more details please go to https://aka.ms/ARMResourceNotFoundFix",
			"GET", boxes + "/no" + v, "",
		},
		{404, "InvalidResourceNamespace", "The resource namespace 'No.Such' is invalid.", "GET", rg + "/providers/No.Such/a/b" + v, ""},
		{
			404, "InvalidResourceType",
			"The resource type 'a' could not be found in the namespace 'Toy.Box' for api version '2021-04-01'. The supported api-versions are '2024-01-01,2021-04-01'.",
			"GET", rg + "/providers/Toy.Box/a/b" + v, "",
		},
		{
			400, "NoRegisteredProviderFound",
			"No registered resource provider found for location 'chinanorth' and API version '2022-02-02' for type 'boxes'. The supported api-versions are " +
				"'2024-01-01, 2021-04-01'. The supported locations are 'chinanorth, chinaeast, chinanorth2, chinaeast2, chinanorth3, chinaeast3'.",
			"GET", boxes + "/b?api-version=2022-02-02", "",
		},
		{400, "LocationRequired", "The location property is required for this definition.", "PUT", boxes + "/c" + v, "{}"},
		{405, "MethodNotAllowed", "The requested resource does not support http method 'POST'.", "POST", "/subscriptions" + v, "{}"},
		{404, "NotFound", "No HTTP resource was found that matches the request URI 'https://management.chinacloudapi.cn/foo/bar'.", "GET", "/foo/bar" + v, ""},
		{400, "InvalidRequestContent", "The request content was invalid and could not be deserialized: 'The request body is not JSON.'.", "PUT", boxes + "/c" + v, "{"},
		{
			400, "InvalidRequestContent", "The request content was invalid and could not be deserialized: 'Error converting a value of type number. Path 'location'.'.",
			"PUT", rg + v, `{"location":7}`,
		},
		{413, "RequestContentTooLarge", "", "PUT", boxes + "/c" + v, `{"a":"` + strings.Repeat("x", 4<<20) + `"}`},
	} {
		w.refuse(test.status, test.code, test.message, test.method, test.target, test.body)
	}
	w.refuse(412, "PreconditionFailed", "", "PUT", boxes+"/b"+v, at, "If-None-Match: *")
	w.want(201, "PUT", boxes+"/locked"+v, at)
	w.want(201, "PUT", boxes+"/locked/providers/Microsoft.Authorization/locks/l?api-version=2020-05-01", `{"properties":{"level":"CanNotDelete"}}`)
	w.refuse(409, "ScopeLocked", "The scope '"+boxes+"/locked' cannot perform delete operation because following scope(s) are locked: '"+boxes+
		"/locked'. Please remove the lock and try again.", "DELETE", boxes+"/locked"+v, "")
	w.refuse(404, "", "", "HEAD", rg+"x"+v, "")
}

func TestDenials(t *testing.T) {
	w := newWorld(t, "AzureChinaCloud")
	const tail = " or the scope is invalid. If access was recently granted, please refresh your credentials."
	for _, path := range []string{rg, rg + "-missing"} {
		w.refuse(403, "AuthorizationFailed", "The client 'eve@contoso.cn' with object id 'eve' does not have authorization to perform action "+
			"'Microsoft.Resources/subscriptions/resourceGroups/read' over scope '"+path+"'"+tail, "GET", path+v, "", "Authorization: Bearer eve")
	}
	a := w.refuse(403, "AuthorizationFailed", "The client 'app-oid' with object id 'app-oid' does not have authorization to perform action "+
		"'Toy.Box/boxes/delete' over scope '"+boxes+"/b'"+tail, "DELETE", boxes+"/b"+v, "", "Authorization: Bearer app")
	if a.Header().Get("x-ms-failure-cause") != "gateway" || a.Header().Get("WWW-Authenticate") != "" {
		t.Errorf("%v", a.Header())
	}
	w.refuse(403, "LinkedAuthorizationFailed", "The client 'boxer@contoso.cn' with object id 'boxer' has permission to perform action "+
		"'Toy.Box/boxes/link/action' on scope '"+boxes+"/b'; however, it does not have permission to perform action(s) 'Toy.Sky/join/action' "+
		"on the linked scope(s) '"+sub+"/resourceGroups/sky' (respectively) or the linked scope(s) are invalid.",
		"POST", boxes+"/b/link"+v, "", "Authorization: Bearer boxer")
	w.want(200, "POST", boxes+"/b/link"+v, "")
	w.door.conditional = true
	w.refuse(403, "AuthorizationFailed", "The client 'eve@contoso.cn' with object id 'eve' does not have authorization or an ABAC condition "+
		"not fulfilled to perform action 'Microsoft.Resources/subscriptions/read' over scope '"+sub+"'"+tail, "GET", sub+v, "", "Authorization: Bearer eve")
}

func TestBodies(t *testing.T) {
	w := newWorld(t, "AzureChinaCloud")
	// Windows PowerShell sends JSON as a form; some clients begin with a mark of byte order.
	for _, kind := range []string{"", "application/x-www-form-urlencoded", "text/plain", "application/json; charset=utf-8"} {
		w.want(200, "PUT", rg+v, `{"location":"chinanorth"}`, "Content-Type: "+kind)
	}
	w.want(200, "PUT", rg+v, "\xef\xbb\xbf{\"location\":\"chinanorth\"}")
	// A body on a GET does not count.
	w.want(200, "GET", rg+v, "{", "Content-Type: application/json")
	// A hook that panics costs one answer.
	a := w.refuse(500, "InternalServerError", "", "PUT", boxes+"/b"+v, `{"location":"chinanorth","properties":{"panic":true}}`)
	if strings.Contains(a.Body.String(), "hook") || a.Header().Get("x-ms-request-id") == "" {
		t.Error(a.Body, a.Header())
	}
	w.want(200, "PUT", boxes+"/b"+v, `{"location":"chinanorth"}`)
}

// TestOperations has the operations of the Go SDK's armresources (api-version 2021-04-01) and armsubscriptions that are
// served, with the statuses that the SDK accepts.
func TestOperations(t *testing.T) {
	w := newWorld(t, "AzureChinaCloud")
	fill := strings.NewReplacer("{subscriptionId}", subID, "{resourceGroupName}", "rg", "{resourceProviderNamespace}", "Toy.Box",
		"{scope}", strings.TrimPrefix(rg, "/"), "{resourceId}", strings.TrimPrefix(boxes, "/")+"/b",
		"{parentResourcePath}/{resourceType}/{resourceName}", "boxes/b", "{new}", "fresh")
	const at = `{"location":"chinanorth"}`
	const rgPath = "/subscriptions/{subscriptionId}/resourcegroups/{resourceGroupName}"
	for _, op := range []struct {
		name, method, path, body string
		accepted                 []int
	}{
		{"ResourceGroups.CheckExistence", "HEAD", rgPath, "", []int{204, 404}},
		{"ResourceGroups.CreateOrUpdate", "PUT", rgPath, at, []int{200, 201}},
		{"ResourceGroups.CreateOrUpdate", "PUT", "/subscriptions/{subscriptionId}/resourcegroups/{new}", at, []int{200, 201}},
		{"ResourceGroups.Delete", "DELETE", "/subscriptions/{subscriptionId}/resourcegroups/{new}", "", []int{200, 202}},
		{"ResourceGroups.Get", "GET", rgPath, "", []int{200}},
		{"ResourceGroups.List", "GET", "/subscriptions/{subscriptionId}/resourcegroups", "", []int{200}},
		{"ResourceGroups.Update", "PATCH", rgPath, `{"tags":{}}`, []int{200}},
		{"Providers.Get", "GET", "/subscriptions/{subscriptionId}/providers/{resourceProviderNamespace}", "", []int{200}},
		{"Providers.GetAtTenantScope", "GET", "/providers/{resourceProviderNamespace}", "", []int{200}},
		{"Providers.List", "GET", "/subscriptions/{subscriptionId}/providers", "", []int{200}},
		{"Providers.ListAtTenantScope", "GET", "/providers", "", []int{200}},
		{"Providers.Register", "POST", "/subscriptions/{subscriptionId}/providers/{resourceProviderNamespace}/register", "", []int{200}},
		{"CheckExistence", "HEAD", rgPath + "/providers/{resourceProviderNamespace}/{parentResourcePath}/{resourceType}/{resourceName}", "", []int{204, 404}},
		{"CheckExistenceByID", "HEAD", "/{resourceId}", "", []int{204, 404}},
		{"CheckExistenceByID", "HEAD", "/{resourceId}absent", "", []int{204, 404}},
		{"CreateOrUpdate", "PUT", rgPath + "/providers/{resourceProviderNamespace}/{parentResourcePath}/{resourceType}/{resourceName}", at, []int{200, 201, 202}},
		{"CreateOrUpdateByID", "PUT", "/{resourceId}2", at, []int{200, 201, 202}},
		{"Get", "GET", rgPath + "/providers/{resourceProviderNamespace}/{parentResourcePath}/{resourceType}/{resourceName}", "", []int{200}},
		{"GetByID", "GET", "/{resourceId}", "", []int{200}},
		{"List", "GET", "/subscriptions/{subscriptionId}/resources", "", []int{200}},
		{"ListByResourceGroup", "GET", "/subscriptions/{subscriptionId}/resourceGroups/{resourceGroupName}/resources", "", []int{200}},
		{"Update", "PATCH", rgPath + "/providers/{resourceProviderNamespace}/{parentResourcePath}/{resourceType}/{resourceName}", `{"tags":{}}`, []int{200, 202}},
		{"UpdateByID", "PATCH", "/{resourceId}", `{"tags":{}}`, []int{200, 202}},
		{"DeleteByID", "DELETE", "/{resourceId}2", "", []int{200, 202, 204}},
		{"DeleteByID", "DELETE", "/{resourceId}2", "", []int{200, 202, 204}},
		{"Tags.CreateOrUpdateAtScope", "PUT", "/{scope}/providers/Microsoft.Resources/tags/default", `{"properties":{"tags":{}}}`, []int{200}},
		{"Tags.GetAtScope", "GET", "/{scope}/providers/Microsoft.Resources/tags/default", "", []int{200}},
		{"Tags.UpdateAtScope", "PATCH", "/{scope}/providers/Microsoft.Resources/tags/default", `{"operation":"Merge","properties":{"tags":{"a":"b"}}}`, []int{200}},
		{"Tags.DeleteAtScope", "DELETE", "/{scope}/providers/Microsoft.Resources/tags/default", "", []int{200}},
		{"Tags.List", "GET", "/subscriptions/{subscriptionId}/tagNames", "", []int{200}},
		{"Subscriptions.List", "GET", "/subscriptions", "", []int{200}},
		{"Subscriptions.Get", "GET", "/subscriptions/{subscriptionId}", "", []int{200}},
		{"Subscriptions.ListLocations", "GET", "/subscriptions/{subscriptionId}/locations", "", []int{200}},
		{"Tenants.List", "GET", "/tenants", "", []int{200}},
	} {
		a := w.do(op.method, fill.Replace(op.path)+v, op.body)
		ok := false
		for _, status := range op.accepted {
			ok = ok || a.Code == status
		}
		if !ok {
			t.Errorf("%s: %s %s: %d %s", op.name, op.method, op.path, a.Code, a.Body)
		}
		if a.Code == 202 && a.Header().Get("Location") == "" {
			t.Errorf("%s: 202 without a place to poll", op.name)
		}
	}
}
