package arm_test

import (
	"encoding/json"
	"strings"
	"testing"
)

func TestMetadataShapes(t *testing.T) {
	w := newWorld(t, "AzureChinaCloud")
	get := func(target string) string {
		t.Helper()
		return w.want(200, "GET", target, "", "Authorization:").Body.String()
	}
	const oldest = `{"galleryEndpoint":"https://gallery.chinacloudapi.cn/","graphEndpoint":"https://graph.chinacloudapi.cn/",` +
		`"portalEndpoint":"https://portal.azure.cn/","authentication":{"loginEndpoint":"https://login.chinacloudapi.cn/",` +
		`"audiences":["https://management.core.chinacloudapi.cn/","https://management.core.chinacloudapi.cn","https://management.chinacloudapi.cn/","https://management.chinacloudapi.cn"]}}`
	for _, target := range []string{"/metadata/endpoints", "/metadata/endpoints?api-version=2015-01-01", "//metadata//Endpoints/?api%2Dversion=2015-01-01"} {
		if got := get(target); got != oldest {
			t.Errorf("%s: %s", target, got)
		}
	}
	var regional struct {
		CloudEndpoint map[string]struct {
			Endpoint  string
			Locations []string
		}
	}
	decode(t, get("//metadata/endpoints?api-version=2018-01-01"), &regional)
	if own := regional.CloudEndpoint["chinaCloud"]; own.Endpoint != "management.chinacloudapi.cn" || len(own.Locations) != 6 || own.Locations[0] != "chinanorth" {
		t.Errorf("%+v", own)
	}
	if len(regional.CloudEndpoint["public"].Locations) == 0 {
		t.Error("the public cloud has no locations")
	}
	var list []map[string]any
	decode(t, get("/metadata/endpoints?api-version=2019-05-01"), &list)
	if len(list) != 3 || list[0]["name"] != "AzureChinaCloud" {
		t.Errorf("%v", list)
	}
	checkEnvironment(t, list[0])
	var one map[string]any
	decode(t, get("/metadata/endpoints?api-version=2022-09-01"), &one)
	checkEnvironment(t, one)
	w.refuse(400, "InvalidApiVersionParameter", "", "GET", "/metadata/endpoints?api-version=new", "", "Authorization:")
	w.refuse(405, "MethodNotAllowed", "", "POST", "/metadata/endpoints", "", "Authorization:")
	if a := w.want(200, "HEAD", "/metadata/endpoints", ""); a.Body.Len() != 0 {
		t.Error("HEAD has a body")
	}
}

func decode(t *testing.T, text string, into any) {
	t.Helper()
	if err := json.Unmarshal([]byte(text), into); err != nil {
		t.Fatal(err)
	}
}

// checkEnvironment looks for what Terraform, az and PowerShell read.
func checkEnvironment(t *testing.T, e map[string]any) {
	t.Helper()
	for path, want := range map[string]any{
		"name": "AzureChinaCloud", "resourceManager": "https://management.chinacloudapi.cn/", "microsoftGraphResourceId": "https://microsoftgraph.chinacloudapi.cn/",
		"authentication.loginEndpoint": "https://login.chinacloudapi.cn", "authentication.tenant": "common", "authentication.identityProvider": "AAD",
		"suffixes.storage": "core.chinacloudapi.cn", "suffixes.keyVaultDns": "vault.azure.cn", "suffixes.sqlServerHostname": "database.chinacloudapi.cn",
		"suffixes.acrLoginServer": "azurecr.cn", "suffixes.mhsmDns": "managedhsm.azure.cn", "portal": "https://portal.azure.cn",
	} {
		var v any = e
		for _, name := range strings.Split(path, ".") {
			m, _ := v.(map[string]any)
			v = m[name]
		}
		if v != want {
			t.Errorf("%s: %v, want %v", path, v, want)
		}
	}
}
