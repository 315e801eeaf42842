package alcedotest_test

import (
	"encoding/json"
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/alcedo-cloud/alcedo"
	"github.com/alcedo-cloud/alcedo/alcedotest"
)

// get sends a GET and returns status and body.
func get(t *testing.T, c *http.Client, url string, header ...string) (int, map[string]any) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, url, nil)
	if err != nil {
		t.Fatal(err)
	}
	for i := 0; i < len(header); i += 2 {
		req.Header.Set(header[i], header[i+1])
	}
	resp, err := c.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	var out map[string]any
	if err := json.Unmarshal(body, &out); err != nil {
		t.Fatalf("%s: %v in %s", url, err, body)
	}
	return resp.StatusCode, out
}

func token(t *testing.T, c *http.Client, resource string) (int, map[string]any) {
	t.Helper()
	return get(t, c, "http://169.254.169.254/metadata/identity/oauth2/token?api-version=2018-02-01&resource="+
		url.QueryEscape(resource), "Metadata", "true")
}

func code(t *testing.T, body map[string]any) string {
	t.Helper()
	inner, ok := body["error"].(map[string]any)
	if !ok {
		t.Fatalf("no error in %v", body)
	}
	return inner["code"].(string)
}

func TestRoleDecides(t *testing.T) {
	for _, name := range []string{"AzureCloud", "AzureChinaCloud", "AzureUSGovernment"} {
		t.Run(name, func(t *testing.T) {
			cloud := alcedotest.Start(t, alcedo.Config{Cloud: name})
			vm := cloud.VM("web")
			management := map[string]string{
				"AzureCloud": "https://management.azure.com", "AzureChinaCloud": "https://management.chinacloudapi.cn",
				"AzureUSGovernment": "https://management.usgovcloudapi.net",
			}[name]
			status, answer := token(t, vm.HTTPClient(), management+"/")
			if status != http.StatusOK {
				t.Fatalf("token: %d %v", status, answer)
			}
			bearer := "Bearer " + answer["access_token"].(string)
			group := management + vm.GroupID() + "?api-version=2016-09-01"

			if status, body := get(t, cloud.HTTPClient(), group, "Authorization", bearer); status != 403 || code(t, body) != "AuthorizationFailed" {
				t.Errorf("without a role: %d %v", status, body)
			}
			revoke := vm.Grant("Reader", vm.GroupID()+"/")
			if status, body := get(t, cloud.HTTPClient(), group, "Authorization", bearer); status != 200 || body["name"] != alcedotest.Group {
				t.Errorf("as Reader: %d %v", status, body)
			}
			revoke()
			if status, _ := get(t, cloud.HTTPClient(), group, "Authorization", bearer); status != 403 {
				t.Errorf("after the role was taken away: %d", status)
			}
		})
	}
}

func TestMachineHasNoIdentityButItsOwn(t *testing.T) {
	cloud := alcedotest.Start(t)
	web, db := cloud.VM("web"), cloud.VM("db")
	claims := func(vm *alcedotest.VM) map[string]any {
		_, answer := token(t, vm.HTTPClient(), "https://management.azure.com/")
		return answer
	}
	if claims(web)["client_id"] == claims(db)["client_id"] {
		t.Error("two machines have one identity")
	}
	status, body := get(t, web.HTTPClient(), "http://169.254.169.254/metadata/identity/oauth2/token?api-version=2018-02-01"+
		"&resource=https://management.azure.com/&object_id="+db.PrincipalID, "Metadata", "true")
	if status != 400 || !strings.Contains(body["error_description"].(string), "Identity not found") {
		t.Errorf("web asked for db's identity: %d %v", status, body)
	}
}

func TestWorkstationHasNoMetadataService(t *testing.T) {
	cloud := alcedotest.Start(t)
	_, err := cloud.HTTPClient().Get("http://169.254.169.254/metadata/versions")
	if err == nil || !strings.Contains(err.Error(), "no virtual machine") {
		t.Errorf("a workstation reached the metadata service: %v", err)
	}
}
