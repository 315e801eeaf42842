package graph

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"encoding/base64"
	"encoding/pem"
	"fmt"
	"math/big"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"
)

func TestUserLifecycle(t *testing.T) {
	w := newWorld(t)
	upn := "berta@" + w.directory.Domain()
	a := w.call(w.admin, "POST", "/v1.0/users", `{"accountEnabled":true,"displayName":"Berta","mailNickname":"berta","userPrincipalName":"`+upn+`","jobTitle":"Pilot","passwordProfile":{"forceChangePasswordNextSignIn":false,"password":"Correct-Horse1"}}`)
	if a.status != 201 || a.body["userPrincipalName"] != upn || a.body["jobTitle"] != "Pilot" || a.body["@odata.context"] != "https://microsoftgraph.chinacloudapi.cn/v1.0/$metadata#users/$entity" {
		t.Fatal(a.status, a.text)
	}
	if strings.Contains(a.text, "assword") {
		t.Errorf("the answer speaks of the password: %s", a.text)
	}
	id, _ := a.body["id"].(string)
	if _, err := w.directory.VerifyPassword(t.Context(), upn, "Correct-Horse1"); err != nil {
		t.Error(err)
	}
	for _, path := range []string{"/v1.0/users/" + id, "/v1.0/users/" + upn, "/v1.0/users/" + strings.ToUpper(upn), "/beta/Users/" + id, "/v1.0/users('" + url.PathEscape(upn) + "')", "//v1.0//users//" + id + "/"} {
		if got := w.get(path); got.body["id"] != id {
			t.Errorf("%s: %s", path, got.text)
		}
	}
	if a := w.call(w.admin, "PATCH", "/v1.0/users/"+upn, `{"displayName":"B.","jobTitle":null,"accountEnabled":false,"passwordProfile":{"password":"Other-Horse2"}}`); a.status != 204 {
		t.Fatal(a.status, a.text)
	}
	got := w.get("/v1.0/users/" + id + "?$select=displayName,jobTitle,accountEnabled,passwordProfile")
	if got.body["displayName"] != "B." || got.body["jobTitle"] != nil || got.body["accountEnabled"] != false || got.body["passwordProfile"] != nil || got.body["id"] != nil {
		t.Error(got.text)
	}
	if a := w.call(w.admin, "DELETE", "/v1.0/users/"+id, ""); a.status != 204 {
		t.Fatal(a.status, a.text)
	}
	w.want(w.call(w.admin, "GET", "/v1.0/users/"+id, ""), "deleted", 404, "Request_ResourceNotFound", "")
	w.want(w.call(w.admin, "DELETE", "/v1.0/users/"+id, ""), "deleted again", 404, "Request_ResourceNotFound", "")
}

func TestGroupsAndMembers(t *testing.T) {
	w := newWorld(t)
	create := func(name string, extra string) string {
		a := w.call(w.admin, "POST", "/v1.0/groups", `{"displayName":"`+name+`","mailEnabled":false,"mailNickname":"`+name+`","securityEnabled":true`+extra+`}`)
		if a.status != 201 {
			t.Fatal(a.status, a.text)
		}
		return a.body["id"].(string)
	}
	inner := create("inner", `,"members@odata.bind":["https://graph/v1.0/directoryObjects/`+w.memberUser.ObjectID+`"]`)
	outer := create("outer", "")
	ref := func(id string) string {
		return `{"@odata.id":"https://microsoftgraph.chinacloudapi.cn/v1.0/directoryObjects/` + id + `"}`
	}
	for _, id := range []string{inner, w.vm.ObjectID} {
		if a := w.call(w.admin, "POST", "/v1.0/groups/"+outer+"/members/$ref", ref(id)); a.status != 204 {
			t.Fatal(a.status, a.text)
		}
	}
	w.want(w.call(w.admin, "POST", "/v1.0/groups/"+outer+"/members/$ref", ref(inner)), "again", 400, "Request_BadRequest",
		"One or more added object references already exist for the following modified properties: 'members'.")
	w.want(w.call(w.member, "POST", "/v1.0/groups/"+outer+"/members/$ref", ref(w.memberUser.ObjectID)), "a member adds itself", 403, "Authorization_RequestDenied", "")
	kinds := func(a answer) []string {
		var out []string
		for _, v := range a.values() {
			out = append(out, fmt.Sprint(v["@odata.type"]))
		}
		slices.Sort(out)
		return out
	}
	if got := kinds(w.get("/v1.0/groups/" + outer + "/members")); !slices.Equal(got, []string{"#microsoft.graph.group", "#microsoft.graph.servicePrincipal"}) {
		t.Error(got)
	}
	if got := kinds(w.get("/v1.0/groups/" + outer + "/transitiveMembers")); len(got) != 3 {
		t.Error(got)
	}
	if got := w.get("/v1.0/users/" + w.memberUser.ObjectID + "/memberOf").values(); len(got) != 1 {
		t.Error(got)
	}
	for _, path := range []string{"/users/" + w.memberUser.ObjectID, "/directoryObjects/" + w.memberUser.ObjectID, "/users/" + w.memberUser.UserPrincipalName} {
		a := w.call(w.admin, "POST", "/v1.0"+path+"/getMemberObjects", `{"securityEnabledOnly":true}`)
		if list, _ := a.body["value"].([]any); a.status != 200 || len(list) != 2 {
			t.Error(path, a.status, a.text)
		}
	}
	a := w.call(w.member, "POST", "/v1.0/me/checkMemberGroups", `{"groupIds":["`+strings.ToUpper(outer)+`","`+testTenant+`"]}`)
	if list, _ := a.body["value"].([]any); a.status != 200 || len(list) != 1 || list[0] != outer {
		t.Error(a.status, a.text)
	}
	if got := w.get("/v1.0/groups/" + outer + "/owners").values(); len(got) != 1 || got[0]["id"] != w.adminUser.ObjectID {
		t.Errorf("owners: %v", got)
	}
	if a := w.call(w.admin, "DELETE", "/v1.0/groups/"+outer+"/members/"+inner+"/$ref", ""); a.status != 204 {
		t.Error(a.status, a.text)
	}
	w.want(w.call(w.admin, "DELETE", "/v1.0/groups/"+outer+"/members/"+inner+"/$ref", ""), "no member", 404, "Request_ResourceNotFound", "")
	if a := w.call(w.admin, "PATCH", "/v1.0/groups/"+outer, `{"description":"d","members@odata.bind":["https://x/directoryObjects/`+inner+`"]}`); a.status != 204 {
		t.Error(a.status, a.text)
	}
	if a := w.call(w.admin, "DELETE", "/v1.0/groups/"+inner, ""); a.status != 204 {
		t.Error(a.status, a.text)
	}
	if got := w.get("/v1.0/groups/" + outer + "/members").values(); len(got) != 1 {
		t.Errorf("members after a member's deletion: %v", got)
	}
}

func TestApplicationAsAzMakesIt(t *testing.T) {
	w := newWorld(t)
	a := w.call(w.admin, "POST", "/v1.0/applications", `{"displayName":"azure-cli-1","signInAudience":"AzureADMyOrg","web":{"redirectUris":["https://x"],"implicitGrantSettings":{"enableIdTokenIssuance":true}},"keyCredentials":[]}`)
	if a.status != 201 {
		t.Fatal(a.status, a.text)
	}
	id, appID := a.body["id"].(string), a.body["appId"].(string)
	if web, _ := a.body["web"].(map[string]any); len(web) != 2 {
		t.Error(a.text)
	}
	a = w.call(w.admin, "POST", "/v1.0/applications/"+id+"/addPassword", `{"passwordCredential":{"displayName":"rbac","startDateTime":"2025-03-04T05:06:07Z","endDateTime":"2026-03-04T05:06:07Z"}}`)
	secret, _ := a.body["secretText"].(string)
	keyID, _ := a.body["keyId"].(string)
	if a.status != 200 || len(secret) != 40 || a.body["endDateTime"] != "2026-03-04T05:06:07Z" || a.body["displayName"] != "rbac" {
		t.Fatal(a.status, a.text)
	}
	if _, err := w.directory.VerifySecret(t.Context(), appID, secret); err != nil {
		t.Error(err)
	}
	if got := w.get("/v1.0/applications/" + id); strings.Contains(got.text, secret) || !strings.Contains(got.text, keyID) {
		t.Error(got.text)
	}
	a = w.call(w.admin, "POST", "/v1.0/servicePrincipals", `{"appId":"`+appID+`","accountEnabled":true}`)
	if a.status != 201 || a.body["displayName"] != "azure-cli-1" || a.body["servicePrincipalType"] != "Application" {
		t.Fatal(a.status, a.text)
	}
	sp := a.body["id"].(string)
	for _, path := range []string{"/v1.0/servicePrincipals(appId='" + appID + "')", "/v1.0/applications(appId='" + appID + "')"} {
		if got := w.get(path); got.body["appId"] != appID {
			t.Error(got.text)
		}
	}
	if a := w.call(w.admin, "POST", "/v1.0/applications/"+id+"/removePassword", `{"keyId":"`+keyID+`"}`); a.status != 204 {
		t.Error(a.status, a.text)
	}
	if _, err := w.directory.VerifySecret(t.Context(), appID, secret); err == nil {
		t.Error("a removed secret holds")
	}
	// With the application goes its service principal.
	if a := w.call(w.admin, "DELETE", "/v1.0/applications/"+id, ""); a.status != 204 {
		t.Error(a.status, a.text)
	}
	w.want(w.call(w.admin, "GET", "/v1.0/servicePrincipals/"+sp, ""), "its principal", 404, "Request_ResourceNotFound", "")
}

func TestKeyCredentials(t *testing.T) {
	w := newWorld(t)
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	now := w.clock.Now()
	template := &x509.Certificate{SerialNumber: big.NewInt(1), NotBefore: now.Add(-time.Hour), NotAfter: now.Add(time.Hour)}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	path := "/v1.0/applications/" + w.app.ObjectID
	for name, data := range map[string][]byte{"DER": der, "PEM": pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})} {
		body := `{"keyCredentials":[{"type":"AsymmetricX509Cert","usage":"Verify","displayName":"CN=job","key":"` + base64.StdEncoding.EncodeToString(data) + `"}]}`
		if a := w.call(w.admin, "PATCH", path, body); a.status != 204 {
			t.Fatal(name, a.status, a.text)
		}
		keys, err := w.directory.KeyCredentials(t.Context(), w.app.AppID)
		if err != nil || len(keys) != 1 || !bytes.Equal(keys[0].Key, der) {
			t.Fatal(name, keys, err)
		}
	}
	shown, _ := w.get(path).body["keyCredentials"].([]any)
	entry, _ := shown[0].(map[string]any)
	if entry["key"] != nil || entry["keyId"] == "" || len(entry["customKeyIdentifier"].(string)) != 40 {
		t.Error(entry)
	}
	// What is shown can be sent back, as clients that add a certificate do.
	again := fmt.Sprintf(`{"keyCredentials":[{"keyId":%q,"type":"AsymmetricX509Cert","usage":"Verify","key":null,"startDateTime":%q,"endDateTime":%q}]}`, entry["keyId"], entry["startDateTime"], entry["endDateTime"])
	if a := w.call(w.admin, "PATCH", path, again); a.status != 204 {
		t.Error(a.status, a.text)
	}
	if a := w.call(w.admin, "PATCH", path, `{"keyCredentials":[]}`); a.status != 204 {
		t.Error(a.status, a.text)
	}
	if keys, _ := w.directory.KeyCredentials(t.Context(), w.app.AppID); len(keys) != 0 {
		t.Errorf("%d keys are left", len(keys))
	}
}

func TestFederatedIdentityCredentials(t *testing.T) {
	w := newWorld(t)
	base := "/v1.0/applications/" + w.app.ObjectID + "/federatedIdentityCredentials"
	body := `{"name":"ci","issuer":"https://issuer.example","subject":"repo:x","audiences":["api://AzureADTokenExchange"],"description":"d"}`
	a := w.call(w.admin, "POST", base, body)
	id, _ := a.body["id"].(string)
	if a.status != 201 || a.body["name"] != "ci" || !isGUID(id) {
		t.Fatal(a.status, a.text)
	}
	w.want(w.call(w.admin, "POST", base, body), "the same name", 409, "Request_MultipleObjectsWithSameKeyValue", "FederatedIdentityCredential with name ci already exists.")
	w.want(w.call(w.admin, "POST", base, strings.Replace(body, `"ci"`, `"ci2"`, 1)), "the same subject", 409, "FederatedIdentityCredentialExists", "")
	w.want(w.call(w.admin, "POST", base, strings.Replace(body, `https://`, `ftp://`, 1)), "a bad issuer", 400, "Request_BadRequest", "")
	for _, path := range []string{base + "/ci", base + "/" + id, base + "(name='ci')"} {
		if got := w.get(path); got.body["subject"] != "repo:x" {
			t.Error(got.text)
		}
	}
	if got := w.get(base).values(); len(got) != 1 {
		t.Error(got)
	}
	if a := w.call(w.admin, "PATCH", base+"/"+id, `{"subject":"repo:y","audiences":["other"]}`); a.status != 204 {
		t.Error(a.status, a.text)
	}
	if list, _ := w.directory.FederatedCredentials(t.Context(), w.app.AppID); len(list) != 1 || list[0].Subject != "repo:y" || list[0].Audiences[0] != "other" {
		t.Error(list)
	}
	w.want(w.call(w.admin, "PATCH", base+"/ci", `{"name":"other"}`), "rename", 400, "Request_BadRequest", "")
	if a := w.call(w.admin, "DELETE", base+"/ci", ""); a.status != 204 {
		t.Error(a.status, a.text)
	}
	w.want(w.call(w.admin, "GET", base+"/ci", ""), "deleted", 404, "Request_ResourceNotFound", "")
}

func TestGetByIDs(t *testing.T) {
	w := newWorld(t)
	post := func(types string) answer {
		return w.call(w.admin, "POST", "/v1.0/directoryObjects/getByIds", fmt.Sprintf(`{"ids":[%q,%q,%q,%q],"types":%s}`,
			w.memberUser.ObjectID, strings.ToUpper(w.vm.ObjectID), w.app.ObjectID, testTenant, types))
	}
	got := post(`["user","group","servicePrincipal","directoryObjectPartnerReference"]`).values()
	if len(got) != 2 || got[0]["@odata.type"] != "#microsoft.graph.user" || got[1]["@odata.type"] != "#microsoft.graph.servicePrincipal" {
		t.Error(got)
	}
	names, _ := got[1]["alternativeNames"].([]any)
	if got[1]["servicePrincipalType"] != "ManagedIdentity" || len(names) != 2 || names[0] != "isExplicit=False" {
		t.Error(got[1])
	}
	if got := post(`[]`).values(); len(got) != 3 {
		t.Error(got)
	}
}

func TestMeAndOrganization(t *testing.T) {
	w := newWorld(t)
	a := w.call(w.member, "GET", "/v1.0/me", "")
	if a.status != 200 || a.body["id"] != w.memberUser.ObjectID || a.body["userPrincipalName"] != w.memberUser.UserPrincipalName {
		t.Error(a.status, a.text)
	}
	if got := w.get("/v1.0/organization").values(); len(got) != 1 || got[0]["id"] != testTenant {
		t.Error(got)
	}
	if got := w.get("/v1.0/me/ownedObjects").values(); len(got) != 0 {
		t.Error(got)
	}
}

func TestDirectoryRole(t *testing.T) {
	w := newWorld(t)
	roles := w.get("/v1.0/directoryRoles").values()
	if len(roles) != 1 || roles[0]["displayName"] != "Global Administrator" {
		t.Fatal(roles)
	}
	base := fmt.Sprintf("/v1.0/directoryRoles/%s", roles[0]["id"])
	ref := `{"@odata.id":"https://x/v1.0/directoryObjects/` + w.job.ObjectID + `"}`
	w.want(w.call(w.client, "POST", base+"/members/$ref", ref), "by itself", 403, "Authorization_RequestDenied", "")
	if a := w.call(w.admin, "POST", base+"/members/$ref", ref); a.status != 204 {
		t.Fatal(a.status, a.text)
	}
	if a := w.call(w.client, "GET", "/v1.0/users", ""); a.status != 200 {
		t.Errorf("an application that is administrator: %d %s", a.status, a.text)
	}
	if got := w.get("/v1.0/directoryRoles(roleTemplateId='" + globalAdministrator + "')/members").values(); len(got) != 2 {
		t.Error(got)
	}
	if a := w.call(w.admin, "DELETE", base+"/members/"+w.job.ObjectID+"/$ref", ""); a.status != 204 {
		t.Fatal(a.status, a.text)
	}
	w.want(w.call(w.client, "GET", "/v1.0/users", ""), "taken away", 403, "Authorization_RequestDenied", "")
}

func TestPaging(t *testing.T) {
	w := newWorld(t)
	for i := range 5 {
		w.call(w.admin, "POST", "/v1.0/groups", fmt.Sprintf(`{"displayName":"g%d","mailEnabled":false,"mailNickname":"g%d","securityEnabled":true}`, 4-i, i))
	}
	for _, options := range []string{"$top=2", "$top=2&$orderby=displayName", "$top=2&$orderby=displayName%20desc&$select=id,displayName", "$filter=startswith(displayName,'g')&$top=2"} {
		seen, pages := map[string]bool{}, 0
		var names []string
		for path := "/v1.0/groups?" + options; path != ""; pages++ {
			a := w.get(path)
			for _, v := range a.values() {
				id := fmt.Sprint(v["id"])
				if seen[id] {
					t.Errorf("%s: %s twice", options, id)
				}
				seen[id] = true
				names = append(names, fmt.Sprint(v["displayName"]))
			}
			next, _ := a.body["@odata.nextLink"].(string)
			path = strings.TrimPrefix(next, "https://"+w.cloud.Graph)
			if pages > 5 {
				t.Fatal("no end")
			}
		}
		if len(seen) != 5 || pages != 3 {
			t.Errorf("%s: %d objects on %d pages", options, len(seen), pages)
		}
		if strings.Contains(options, "desc") && !slices.Equal(names, []string{"g4", "g3", "g2", "g1", "g0"}) {
			t.Error(names)
		}
	}
	h := http.Header{"Authorization": {"Bearer " + w.admin}, "Consistencylevel": {"eventual"}}
	if a := w.send("GET", "/v1.0/groups?$count=true&$top=1", "", h); a.body["@odata.count"] != float64(5) {
		t.Error(a.text)
	}
	if a := w.send("GET", "/v1.0/groups/$count", "", h); a.text != "5" || a.header.Get("Content-Type") != "text/plain" {
		t.Error(a.text, a.header)
	}
	if a := w.get("/v1.0/groups?$count=true"); a.body["@odata.count"] != nil {
		t.Error("a count without ConsistencyLevel")
	}
}
