package imds

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"github.com/alcedo-cloud/alcedo/internal/resource"
)

func sample() *resource.Document {
	return &resource.Document{
		Name: "web", ID: machineID, Type: "Microsoft.Compute/virtualMachines", Location: "chinanorth",
		Tags: map[string]string{"env": "test", "Department": "IT"}, Zones: []string{"1"},
		Plan: json.RawMessage(`{"name":"n","product":"p","publisher":"u"}`),
		Properties: map[string]any{
			"vmId": "5c08b38e-4d57-4c23-ac45-aca61037f084", "userData": "Zm9v",
			"hardwareProfile": map[string]any{"vmSize": "Standard_B1s"},
			"osProfile": map[string]any{
				"adminUsername": "azureuser", "computerName": "web",
				"linuxConfiguration": map[string]any{
					"disablePasswordAuthentication": true,
					"ssh":                           map[string]any{"publicKeys": []any{map[string]any{"path": "/home/azureuser/.ssh/authorized_keys", "keyData": "ssh-rsa AAAA"}}},
				},
			},
			"storageProfile": map[string]any{
				"imageReference": map[string]any{"publisher": "Debian", "offer": "debian-12", "sku": "12-gen2", "version": "latest"},
				"osDisk":         map[string]any{"osType": "Linux", "diskSizeGB": float64(30), "createOption": "FromImage"},
				"dataDisks":      []any{map[string]any{"lun": float64(0), "name": "data"}},
			},
			"networkProfile": map[string]any{"networkInterfaces": []any{map[string]any{"id": "/nic"}}},
		},
	}
}

// TestInstance walks the tree in both formats.
func TestInstance(t *testing.T) {
	h := front(t, &tokens{}, Limits{}).For(parsed(t, machineID))
	for _, c := range []struct {
		target string
		status int
		body   string // exact for text
	}{
		{"compute/location?api-version=2017-04-02&format=text", 200, "chinanorth"},
		{"compute/azEnvironment?api-version=2018-10-01&format=text", 200, "AzureChinaCloud"},
		{"compute/vmId?api-version=2017-08-01&format=text", 200, "5c08b38e-4d57-4c23-ac45-aca61037f084"},
		{"compute/tags?api-version=2017-08-01&format=text", 200, "Department:IT;env:test"},
		{"compute/userData?api-version=2021-01-01&format=text", 200, "Zm9v"},
		{"compute/customData?api-version=2021-01-01&format=text", 200, ""},
		{"compute/resourceId?api-version=2019-03-11&format=TEXT", 200, machineID},
		{"Compute/VMSize?api-version=2021-02-01&format=text", 200, "Standard_B1s"},
		{"compute/storageProfile/dataDisks/0/lun?api-version=2019-06-01&format=text", 200, "0"},
		{"compute/storageProfile/osDisk/diskSizeGB?api-version=2019-06-01&format=text", 200, "30"},
		{"compute/publicKeys/0/keyData?api-version=2018-04-02&format=text", 200, "ssh-rsa AAAA"},
		{"network/interface/0/ipv4/ipAddress/0/publicIpAddress?api-version=2017-08-01&format=text", 200, ""},
		{"network/interface/0/ipv4/subnet/0/prefix?api-version=2017-08-01&format=text", 200, "24"},
		{"?api-version=2017-08-01&format=text", 200, "compute/\nnetwork/"},
		{"network/interface?api-version=2017-08-01&format=text", 200, "0/"},
		{"network/interface/0?api-version=2017-08-01&format=text", 200, "ipv4/\nipv6/\nmacAddress"},
		{"network/interface/0/ipv6/ipAddress?api-version=2017-08-01&format=text", 200, ""},
		{"compute/plan?api-version=2018-04-02", 200, `{"name":"n","product":"p","publisher":"u"}`},
		{"compute/tagsList?api-version=2019-06-04", 200, `[{"name":"Department","value":"IT"},{"name":"env","value":"test"}]`},
		{"compute/tagsList/1/name?api-version=2019-06-04&format=text", 200, "env"},
		{"network/interface/0/ipv6?api-version=2017-08-01&format=json", 200, `{"ipAddress":[]}`},

		// A single value has no JSON form.
		{"compute/location?api-version=2017-04-02", 400, ""},
		{"compute/location?api-version=2017-04-02&format=json", 400, ""},
		{"compute?api-version=2017-04-02&format=xml", 400, ""},
		// What a version does not know yet is not there.
		{"compute/azEnvironment?api-version=2018-04-02&format=text", 404, ""},
		{"compute/tagsList?api-version=2019-06-01", 404, ""},
		{"compute/resourceId?api-version=2019-02-01&format=text", 404, ""},
		{"compute/userData?api-version=2020-12-01&format=text", 404, ""},
		{"compute/securityProfile/securityType?api-version=2021-11-15&format=text", 404, ""},
		// Nor is what nobody knows.
		{"nosuch?api-version=2021-02-01", 404, ""},
		{"compute/nosuch?api-version=2021-02-01&format=text", 404, ""},
		{"network/interface/1?api-version=2021-02-01", 404, ""},
		{"network/interface/-1?api-version=2021-02-01", 404, ""},
		{"network/interface/+0?api-version=2021-02-01", 404, ""},
		{"network/interface/99999999999999999999?api-version=2021-02-01", 404, ""},
		{"network/interface/x?api-version=2021-02-01", 404, ""},
		{"compute/location/x?api-version=2021-02-01&format=text", 404, ""},
	} {
		w := get(t, h, "/metadata/instance/"+c.target, yes)
		if w.Code != c.status || c.status == 200 && w.Body.String() != c.body {
			t.Errorf("%s: %d %q, want %d %q", c.target, w.Code, w.Body, c.status, c.body)
		}
		want := "application/json; charset=utf-8"
		if c.status == 200 && strings.Contains(strings.ToLower(c.target), "format=text") {
			want = "text/plain; charset=utf-8"
		}
		if got := w.Header().Get("Content-Type"); got != want {
			t.Errorf("%s: Content-Type %q", c.target, got)
		}
	}
}

// TestInstanceVersions says which members each version adds, and that none goes away again.
func TestInstanceVersions(t *testing.T) {
	h := front(t, &tokens{}, Limits{}).For(parsed(t, machineID))
	added := map[string][]string{
		"2017-08-01": {"placementGroupId", "resourceGroupName", "subscriptionId", "tags"},
		"2017-12-01": {"vmScaleSetName", "zone"}, "2018-04-02": {"plan", "publicKeys"}, "2018-10-01": {"azEnvironment", "provider"},
		"2019-02-01": {"customData"}, "2019-03-11": {"resourceId"}, "2019-06-01": {"storageProfile"}, "2019-06-04": {"tagsList"},
		"2020-06-01": {"isHostCompatibilityLayerVm", "securityProfile"}, "2020-07-15": {"osProfile"}, "2020-09-01": {"licenseType"},
		"2020-12-01": {"evictionPolicy", "priority"}, "2021-01-01": {"userData"}, "2021-03-01": {"extendedLocation", "virtualMachineScaleSet"},
		"2021-10-01": {"platformSubFaultDomain"}, "2021-11-01": {"additionalCapabilities"}, "2021-11-15": {"host", "hostGroup"},
	}
	var known []string
	for _, v := range apiVersions {
		w := get(t, h, "/metadata/instance?api-version="+v, yes)
		var tree struct{ Compute map[string]any }
		if err := json.Unmarshal(w.Body.Bytes(), &tree); err != nil {
			t.Fatalf("%s: %v", v, err)
		}
		for _, name := range known {
			if _, ok := tree.Compute[name]; !ok {
				t.Errorf("%s has no %s any more", v, name)
			}
		}
		var fresh []string
		for name := range tree.Compute {
			if !slices.Contains(known, name) {
				fresh = append(fresh, name)
			}
		}
		slices.Sort(fresh)
		if len(known) > 0 && !slices.Equal(fresh, added[v]) {
			t.Errorf("%s adds %v, want %v", v, fresh, added[v])
		}
		known = append(known, fresh...)
	}
}

// TestInstanceOfScaleSet looks at what only instances have.
func TestInstanceOfScaleSet(t *testing.T) {
	const id = "/subscriptions/s/resourceGroups/RG/providers/Microsoft.Compute/virtualMachineScaleSets/set/virtualMachines/3"
	f := front(t, &tokens{}, Limits{})
	f.Resources = documents{parsed(t, id).Key(): {
		Name: "set_3", ID: id, SKU: json.RawMessage(`{"name":"Standard_B2s"}`), Properties: map[string]any{},
	}}
	h := f.For(parsed(t, id))
	for path, want := range map[string]string{"vmScaleSetName": "set", "name": "set_3", "vmSize": "Standard_B2s", "resourceGroupName": "RG"} {
		if w := get(t, h, "/metadata/instance/compute/"+path+"?api-version=2021-02-01&format=text", yes); w.Body.String() != want {
			t.Errorf("%s: %d %s", path, w.Code, w.Body)
		}
	}
	gone := f.For(parsed(t, machineID))
	if w := get(t, gone, "/metadata/instance?api-version=2021-02-01", yes); w.Code != 404 {
		t.Errorf("a machine that was deleted: %d %s", w.Code, w.Body)
	}
}
