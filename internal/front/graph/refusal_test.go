package graph

import (
	"crypto/rand"
	"crypto/rsa"
	"encoding/base64"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/go-jose/go-jose/v4"
	"github.com/go-jose/go-jose/v4/jwt"

	"github.com/alcedo-cloud/alcedo/internal/store"
	"github.com/alcedo-cloud/alcedo/internal/token"
)

// TestTokens shows tokens that must not pass.
func TestTokens(t *testing.T) {
	w := newWorld(t)
	foreign, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	set, err := w.tokens.Keys(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	kid := set.Keys[0].KeyID
	claims := token.Claims{
		Audience: "https://" + w.cloud.Graph, Issuer: w.cloud.IssuerV1(testTenant), TenantID: testTenant, Version: token.V1,
		Expires: w.clock.Now().Add(time.Hour).Unix(), AppID: w.app.AppID, ObjectID: w.adminUser.ObjectID, Scopes: "x",
	}
	sign := func(alg jose.SignatureAlgorithm, key any, kid string, c token.Claims) string {
		signer, err := jose.NewSigner(jose.SigningKey{Algorithm: alg, Key: key}, &jose.SignerOptions{ExtraHeaders: map[jose.HeaderKey]any{"kid": kid}})
		if err != nil {
			t.Fatal(err)
		}
		raw, err := jwt.Signed(signer).Claims(c).Serialize()
		if err != nil {
			t.Fatal(err)
		}
		return raw
	}
	other := claims
	other.TenantID, other.Issuer = w.app.AppID, w.cloud.IssuerV1(w.app.AppID)
	payload := strings.Split(w.admin, ".")[1]
	none := base64.RawURLEncoding.EncodeToString([]byte(`{"alg":"none","typ":"JWT"}`))
	const invalid = "InvalidAuthenticationToken"
	for _, x := range []struct{ name, header, code, message string }{
		{"no header", "", invalid, "Access token is empty."},
		{"no token", "Bearer ", invalid, "Access token is empty."},
		{"another scheme", "Basic YTpi", invalid, "Access token is empty."},
		{"garbage", "Bearer hello", invalid, "CompactToken parsing failed with error code: 80049217"},
		{"alg none", "Bearer " + none + "." + payload + ".", invalid, "Access token validation failure. Invalid signature."},
		{"HS256 by the public key", "Bearer " + sign(jose.HS256, set.Keys[0].Certificates[0].RawSubjectPublicKeyInfo, kid, claims), invalid, "Access token validation failure. Invalid signature."},
		{"forged kid", "Bearer " + sign(jose.RS256, foreign, kid, claims), invalid, "Access token validation failure. Invalid signature."},
		{"foreign key", "Bearer " + sign(jose.RS256, foreign, "mine", claims), invalid, "Access token validation failure. Invalid signature."},
		{"another tenant", "Bearer " + sign(jose.RS256, foreign, "theirs", other), invalid, "Access token validation failure. Invalid issuer."},
		{"for Resource Manager", "Bearer " + w.mint(token.Claims{Audience: "https://management.chinacloudapi.cn/", AppID: w.app.AppID, ObjectID: w.adminUser.ObjectID}), invalid, "Access token validation failure. Invalid audience."},
		{"for the old Graph", "Bearer " + w.mint(token.Claims{Audience: "https://graph.chinacloudapi.cn/", AppID: w.app.AppID, ObjectID: w.adminUser.ObjectID}), invalid, "Access token validation failure. Invalid audience."},
		{"of nobody", "Bearer " + w.mint(token.Claims{AppID: w.app.AppID, ObjectID: testTenant}), "Authorization_IdentityNotFound", "The identity of the calling application could not be established."},
	} {
		h := http.Header{"Client-Request-Id": {"abc"}}
		if x.header != "" {
			h["Authorization"] = []string{x.header}
		}
		a := w.send("GET", "/v1.0/users", "", h)
		w.want(a, x.name, http.StatusUnauthorized, x.code, x.message)
		if !strings.HasPrefix(a.header.Get("WWW-Authenticate"), "Bearer ") {
			t.Errorf("%s: WWW-Authenticate %q", x.name, a.header.Get("WWW-Authenticate"))
		}
		inner, _ := a.body["error"].(map[string]any)["innerError"].(map[string]any)
		if inner["client-request-id"] != "abc" || inner["request-id"] == "" || inner["date"] != "2025-03-04T05:06:07" || a.header.Get("Client-Request-Id") != "abc" {
			t.Errorf("%s: innerError %v", x.name, inner)
		}
	}
	w.clock.Advance(time.Hour)
	w.want(w.call(w.admin, "GET", "/v1.0/users", ""), "expired", http.StatusUnauthorized, invalid, "Lifetime validation failed, the token is expired.")
}

// TestRights asks as each sort of caller.
func TestRights(t *testing.T) {
	w := newWorld(t)
	const denied = "Authorization_RequestDenied"
	const text = "Insufficient privileges to complete the operation."
	group := `{"displayName":"g","mailEnabled":false,"mailNickname":"g","securityEnabled":true}`
	for _, x := range []struct {
		name, bearer              string
		read, write, me, tenantOf int
	}{
		{"administrator", w.admin, 200, 201, 200, 200},
		{"member", w.member, 200, 403, 200, 200},
		{"application", w.client, 403, 403, 400, 200},
		{"managed identity", w.host, 403, 403, 400, 200},
	} {
		for _, path := range []string{"/users", "/groups", "/applications", "/servicePrincipals", "/directoryRoles", "/users/" + w.memberUser.ObjectID, "/users/" + testTenant, "/directoryObjects/" + w.vm.ObjectID} {
			a := w.call(x.bearer, "GET", "/v1.0"+path, "")
			if x.read == 403 {
				w.want(a, x.name+" reads "+path, 403, denied, text)
			} else if a.status != 200 && !strings.HasSuffix(path, testTenant) {
				t.Errorf("%s reads %s: %d %s", x.name, path, a.status, a.text)
			}
		}
		if a := w.call(x.bearer, "POST", "/v1.0/groups", group); a.status != x.write {
			t.Errorf("%s writes: %d %s", x.name, a.status, a.text)
		} else if x.write == 403 {
			w.want(a, x.name, 403, denied, text)
		}
		if a := w.call(x.bearer, "GET", "/v1.0/me", ""); a.status != x.me {
			t.Errorf("%s: /me: %d %s", x.name, a.status, a.text)
		}
		if a := w.call(x.bearer, "GET", "/v1.0/organization", ""); a.status != x.tenantOf {
			t.Errorf("%s: /organization: %d %s", x.name, a.status, a.text)
		}
		for _, path := range []string{"/users/" + w.memberUser.ObjectID, "/servicePrincipals/" + w.vm.ObjectID} {
			if x.write == 403 {
				w.want(w.call(x.bearer, "DELETE", "/v1.0"+path, ""), x.name+" deletes "+path, 403, denied, text)
			}
		}
	}
	w.want(w.call(w.client, "GET", "/v1.0/me", ""), "/me of an application", 400, "BadRequest", "/me request is only valid with delegated authentication flow.")
	w.want(w.call(w.admin, "DELETE", "/v1.0/servicePrincipals/"+w.vm.ObjectID, ""), "a managed identity deleted here", 403, denied, text)
}

// TestDeletedPrincipalIsRefusedAtOnce uses a token before and after its principal's end.
func TestDeletedPrincipalIsRefusedAtOnce(t *testing.T) {
	w := newWorld(t)
	if a := w.call(w.member, "GET", "/v1.0/me", ""); a.status != 200 {
		t.Fatal(a.text)
	}
	if a := w.call(w.admin, "DELETE", "/v1.0/users/"+w.memberUser.UserPrincipalName, ""); a.status != 204 || a.text != "" {
		t.Fatal(a.status, a.text)
	}
	w.want(w.call(w.member, "GET", "/v1.0/me", ""), "a deleted user", 401, "Authorization_IdentityNotFound", "")
	if err := w.store.Update(t.Context(), func(tx store.Tx) error { return w.directory.DeletePrincipal(tx, w.vm.ObjectID) }); err != nil {
		t.Fatal(err)
	}
	w.want(w.call(w.host, "GET", "/v1.0/organization", ""), "a deleted identity", 401, "Authorization_IdentityNotFound", "")
}

// TestBadRequests sends what Graph does not understand.
func TestBadRequests(t *testing.T) {
	w := newWorld(t)
	user := "/v1.0/users/" + w.memberUser.ObjectID
	for _, x := range []struct {
		name, method, path, body string
		status                   int
		code, message            string
	}{
		{"no version", "GET", "/users", "", 400, "BadRequest", "Invalid version: users."},
		{"a later version", "GET", "/v3.0/users", "", 400, "BadRequest", "Invalid version: v3.0."},
		{"no path", "GET", "/v1.0/", "", 400, "BadRequest", "Resource not found for the segment ''."},
		{"unknown collection", "GET", "/v1.0/planets", "", 400, "BadRequest", "Resource not found for the segment 'planets'."},
		{"unknown below an object", "GET", user + "/moons", "", 400, "BadRequest", "Resource not found for the segment 'moons'."},
		{"unknown deeper", "GET", user + "/memberOf/x/y", "", 400, "BadRequest", "Resource not found for the segment 'x'."},
		{"wrong method", "PUT", "/v1.0/users", "{}", 405, "Request_BadRequest", "Specified HTTP method is not allowed for the request target."},
		{"delete a collection", "DELETE", "/v1.0/users", "", 405, "Request_BadRequest", ""},
		{"no such user", "GET", "/v1.0/users/" + testTenant, "", 404, "Request_ResourceNotFound", "Resource '" + testTenant + "' does not exist or one of its queried reference-property objects are not present."},
		{"no such name", "GET", "/v1.0/users/nobody@x", "", 404, "Request_ResourceNotFound", ""},
		{"no GUID", "GET", "/v1.0/groups/abc", "", 400, "Request_BadRequest", "Invalid object identifier 'abc'."},
		{"a user among groups", "GET", "/v1.0/groups/" + w.memberUser.ObjectID, "", 404, "Request_ResourceNotFound", ""},
		{"broken escape", "GET", "/v1.0/users?$filter=%zz", "", 400, "BadRequest", "The query string of the request could not be read."},
		{"an option twice", "GET", "/v1.0/users?$top=1&top=2", "", 400, "BadRequest", "Query option '$top' was specified more than once, but it must be specified at most once."},
		{"$top not a number", "GET", "/v1.0/users?$top=many", "", 400, "Request_UnsupportedQuery", "Invalid page size specified: 'many'. Must be between 1 and 999 inclusive."},
		{"$top 0", "GET", "/v1.0/users?$top=0", "", 400, "Request_UnsupportedQuery", "Invalid page size specified: '0'. Must be between 1 and 999 inclusive."},
		{"$top 1000", "GET", "/v1.0/users?$top=1000", "", 400, "Request_UnsupportedQuery", ""},
		{"a page token", "GET", "/v1.0/users?$skiptoken=abc", "", 400, "Directory_ExpiredPageToken", ""},
		{"unknown $select", "GET", "/v1.0/users?$select=id,planet", "", 400, "BadRequest", "Parsing OData Select and Expand failed: Could not find a property named 'planet' on type 'microsoft.graph.user'."},
		{"$expand", "GET", "/v1.0/groups?$expand=members", "", 400, "Request_UnsupportedQuery", ""},
		{"$search", "GET", "/v1.0/groups?$search=x", "", 400, "Request_UnsupportedQuery", ""},
		{"$skip", "GET", "/v1.0/users?$skip=5", "", 400, "Request_UnsupportedQuery", "'$skip' is not supported by the service."},
		{"$count segment", "GET", "/v1.0/users/$count", "", 400, "Request_BadRequest", "$count is not currently supported."},
		{"no body", "POST", "/v1.0/users", "", 400, "BadRequest", "Empty Payload. JSON content expected."},
		{"malformed body", "POST", "/v1.0/users", `{"a":`, 400, "BadRequest", "Unable to read JSON request payload. Please ensure Content-Type header is set and payload is of valid JSON format."},
		{"an array", "POST", "/v1.0/users", `[]`, 400, "BadRequest", "Unable to read JSON request payload. Please ensure Content-Type header is set and payload is of valid JSON format."},
		{"two objects", "POST", "/v1.0/users", `{}{}`, 400, "BadRequest", ""},
		{"null", "POST", "/v1.0/users", `null`, 400, "BadRequest", ""},
		{"too large", "POST", "/v1.0/users", `{"a":"` + strings.Repeat("x", maxBody) + `"}`, 413, "Request_EntityTooLarge", ""},
		{"unknown property", "PATCH", user, `{"planet":1}`, 400, "Request_BadRequest", "The property 'planet' does not exist on type 'microsoft.graph.user'. Make sure to only use property names that are defined by the type."},
		{"wrong case", "PATCH", user, `{"DisplayName":"x"}`, 400, "Request_BadRequest", ""},
		{"wrong type", "PATCH", user, `{"displayName":1}`, 400, "Request_BadRequest", "Invalid value specified for property 'displayName' of resource 'User'."},
		{"wrong type of a kept one", "PATCH", user, `{"jobTitle":{}}`, 400, "Request_BadRequest", "Invalid value specified for property 'jobTitle' of resource 'User'."},
		{"read-only", "PATCH", user, `{"id":"x"}`, 400, "Request_BadRequest", "Property 'id' is read-only and cannot be set."},
		{"no password", "POST", "/v1.0/users", `{"accountEnabled":true,"displayName":"x","mailNickname":"x","userPrincipalName":"x@` + w.directory.Domain() + `"}`, 400, "Request_BadRequest", "A password must be specified to create a new user."},
		{"no display name", "POST", "/v1.0/users", `{"accountEnabled":true,"mailNickname":"x","userPrincipalName":"x@y","passwordProfile":{"password":"Abcdefg1"}}`, 400, "Request_BadRequest", "A value is required for property 'displayName' of resource 'User'."},
		{"foreign domain", "POST", "/v1.0/users", `{"accountEnabled":true,"displayName":"x","mailNickname":"x","userPrincipalName":"x@example.com","passwordProfile":{"password":"Abcdefg1"}}`, 400, "Request_BadRequest", "The domain portion of the userPrincipalName property is invalid. You must use one of the verified domain names in your organization."},
		{"weak password", "PATCH", user, `{"passwordProfile":{"password":"abc"}}`, 400, "Request_BadRequest", "The specified password does not comply with password complexity requirements. Please provide a different password."},
		{"name taken", "PATCH", user, `{"userPrincipalName":"ADMIN@` + w.directory.Domain() + `"}`, 400, "Request_BadRequest", "Another object with the same value for property userPrincipalName already exists."},
		{"URI taken", "POST", "/v1.0/applications", `{"displayName":"x","identifierUris":["api://job"]}`, 400, "Request_BadRequest", "Another object with the same value for property identifierUris already exists."},
		{"principal taken", "POST", "/v1.0/servicePrincipals", `{"appId":"` + w.app.AppID + `"}`, 409, "Request_MultipleObjectsWithSameKeyValue", "The service principal cannot be created, updated, or restored because the service principal name " + w.app.AppID + " is already in use."},
		{"no application", "POST", "/v1.0/servicePrincipals", `{"appId":"` + testTenant + `"}`, 400, "Request_BadRequest", "The appId '" + testTenant + "' of the service principal does not reference a valid application object."},
		{"appId no GUID", "POST", "/v1.0/servicePrincipals", `{"appId":"x"}`, 400, "Request_BadRequest", ""},
		{"a mail group", "POST", "/v1.0/groups", `{"displayName":"g","mailEnabled":true,"mailNickname":"g","securityEnabled":true}`, 400, "Request_BadRequest", ""},
		{"reference to nothing", "POST", "/v1.0/applications/" + w.app.ObjectID + "/owners/$ref", `{"@odata.id":"https://x/v1.0/users/abc"}`, 400, "Request_BadRequest", "Invalid URL format specified in @odata.id for entity reference link."},
		{"no reference", "POST", "/v1.0/applications/" + w.app.ObjectID + "/owners/$ref", `{}`, 400, "Request_BadRequest", ""},
		{"an id of getByIds", "POST", "/v1.0/directoryObjects/getByIds", `{"ids":["x"]}`, 400, "Request_BadRequest", "Invalid GUID:x"},
		{"no ids", "POST", "/v1.0/directoryObjects/getByIds", `{}`, 400, "Request_BadRequest", "A value is required for parameter 'ids'."},
		{"too many ids", "POST", "/v1.0/directoryObjects/getByIds", `{"ids":["` + strings.Repeat(`x","`, maxIDs) + `x"]}`, 400, "Request_BadRequest", "Too many items in the 'ids' collection. The maximum is 1000."},
		{"a new secret by PATCH", "PATCH", "/v1.0/applications/" + w.app.ObjectID, `{"passwordCredentials":[{"displayName":"x"}]}`, 400, "Request_BadRequest", "New password credentials must be generated with service actions."},
		{"a key that is none", "PATCH", "/v1.0/applications/" + w.app.ObjectID, `{"keyCredentials":[{"key":"AAAA","type":"AsymmetricX509Cert","usage":"Verify"}]}`, 400, "Request_BadRequest", ""},
		{"no securityEnabledOnly", "POST", user + "/getMemberGroups", `{}`, 400, "Request_BadRequest", ""},
		{"another organization", "GET", "/v1.0/organization/" + w.app.AppID, "", 404, "Request_ResourceNotFound", ""},
		{"another role", "GET", "/v1.0/directoryRoles/" + testTenant, "", 404, "Request_ResourceNotFound", ""},
	} {
		w.want(w.call(w.admin, x.method, x.path, x.body), x.name, x.status, x.code, x.message)
	}
}
