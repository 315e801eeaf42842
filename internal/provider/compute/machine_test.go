package compute_test

import (
	"strings"
	"testing"

	"github.com/alcedo-cloud/alcedo/internal/fault"
	"github.com/alcedo-cloud/alcedo/internal/provider/compute"
)

// TestMachine looks at the life of a virtual machine's properties.
func TestMachine(t *testing.T) {
	w := newWorld(t)
	status, out, err := w.do("PUT", machines+"web", machine(""))
	if err != nil || status != 201 {
		t.Fatalf("%d %v", status, err)
	}
	id := str(out, "properties", "vmId")
	for path, want := range map[string]string{
		"provisioningState": "Succeeded", "timeCreated": "2026-11-23T12:00:00.0000000+00:00", "hardwareProfile.vmSize": "Standard_B1s",
		"storageProfile.osDisk.osType": "Linux", "storageProfile.osDisk.managedDisk.storageAccountType": "Standard_LRS",
		"osProfile.adminUsername": "azureuser", "osProfile.computerName": "web",
	} {
		if got := str(out, append([]string{"properties"}, strings.Split(path, ".")...)...); got != want {
			t.Errorf("%s = %q, want %q", path, got, want)
		}
	}
	if len(id) != 36 || at(out, "properties", "osProfile", "adminPassword") != nil || at(out, "properties", "instanceView") != nil {
		t.Errorf("properties: %v", out["properties"])
	}
	w.clock.Advance(1)
	status, again, err := w.do("PUT", machines+"web", strings.Replace(machine(""), "Standard_B1s", "Standard_B2s", 1))
	if err != nil || status != 200 || str(again, "properties", "vmId") != id || str(again, "properties", "hardwareProfile", "vmSize") != "Standard_B2s" {
		t.Errorf("%d %v %v", status, err, again["properties"])
	}
	status, patched, err := w.do("PATCH", machines+"WEB", `{"properties":{"hardwareProfile":{"vmSize":"Standard_B2ms"},"vmId":"x","userData":"Zm9v"}}`)
	if err != nil || status != 200 || str(patched, "properties", "vmId") != id || str(patched, "properties", "hardwareProfile", "vmSize") != "Standard_B2ms" {
		t.Errorf("%d %v %v", status, err, patched)
	}
	if at(patched, "properties", "userData") != nil {
		t.Error("user data is shown without being asked for")
	}
	if got := w.ok("GET", machines+"web?$expand=userData", ""); str(got, "properties", "userData") != "Zm9v" {
		t.Errorf("user data: %v", got["properties"])
	}
	if status, _, err = w.do("DELETE", machines+"web", ""); err != nil || status != 200 {
		t.Errorf("delete: %d %v", status, err)
	}
	if status, _, err = w.do("DELETE", machines+"web", ""); err != nil || status != 204 {
		t.Errorf("delete again: %d %v", status, err)
	}
	w.fails("GET", machines+"web", "", fault.NotFound, "ResourceNotFound", "The Resource 'Microsoft.Compute/virtualMachines/web' under resource group 'rg' was not found.")
}

func TestBadMachines(t *testing.T) {
	w := newWorld(t)
	without := func(member string) string { return strings.Replace(machine(""), `"`+member+`":`, `"x`+member+`":`, 1) }
	for _, c := range []struct{ name, body, message string }{
		{"web", without("hardwareProfile"), "Required parameter 'hardwareProfile' is missing (null)."},
		{"web", without("storageProfile"), "Required parameter 'storageProfile' is missing (null)."},
		{"web", without("networkProfile"), "Required parameter 'networkProfile' is missing (null)."},
		{"web", without("osProfile"), "Required parameter 'osProfile' is missing (null)."},
		{"web", without("imageReference"), "Required parameter 'imageReference' is missing (null)."},
		{"web", without("adminUsername"), "Required parameter 'osProfile.adminUsername' is missing (null)."},
		{"web", `{"location":"chinanorth","properties":{"hardwareProfile":1}}`, "'hardwareProfile' is missing"},
		{"web", `{"location":"chinanorth"}`, "'hardwareProfile' is missing"},
		{"web", strings.Replace(machine(""), "Standard_B1s", "no size", 1), "The value no size provided for the VM size is not valid."},
		{"web", strings.Replace(machine(""), `"computerName"`, `"customData":"%%","computerName"`, 1), "Base64"},
		{"_web", machine(""), "The entity name '_web' is invalid"},
		{"web-", machine(""), "is invalid according to its validation rule"},
		{strings.Repeat("w", 65), machine(""), "is invalid"},
	} {
		w.fails("PUT", machines+c.name, c.body, fault.Invalid, "InvalidParameter", c.message)
	}
	w.fails("PUT", machines+"web", `{"properties":{}}`, fault.Invalid, "LocationRequired", "")

	// Sizes of a disk that is attached need no operating system profile.
	w.ok("PUT", machines+"attached", `{"location":"chinanorth","properties":{"hardwareProfile":{"vmSize":"Standard_B1s"},
		"storageProfile":{"osDisk":{"createOption":"Attach","osType":"Windows","managedDisk":{"id":"/x"}}},"networkProfile":{}}}`)
}

// TestUnchangeable are the properties of the operating system that no PUT may change.
func TestUnchangeable(t *testing.T) {
	w := newWorld(t)
	with := func(data string) string {
		return strings.Replace(machine(""), `"computerName"`, `"customData":"`+data+`","computerName"`, 1)
	}
	out := w.ok("PUT", machines+"web", with("Zm9v"))
	if at(out, "properties", "osProfile", "customData") != nil {
		t.Error("custom data is shown")
	}
	w.ok("PUT", machines+"web", with("Zm9v"))
	w.ok("PUT", machines+"web", machine(""))
	for old, now := range map[string]string{`"azureuser"`: `"root"`, `"computerName":"web"`: `"computerName":"x"`} {
		w.fails("PUT", machines+"web", strings.Replace(machine(""), old, now, 1), fault.Conflict, "PropertyChangeNotAllowed", "Changing property 'osProfile.")
	}
	w.fails("PUT", machines+"web", with("YmFy"), fault.Conflict, "PropertyChangeNotAllowed", "Changing property 'osProfile.customData' is not allowed.")
	w.fails("PUT", machines+"web", strings.Replace(machine(""), `"osProfile"`, `"x"`, 1), fault.Conflict, "PropertyChangeNotAllowed", "Changing property 'osProfile' is not allowed.")
}

// TestPower walks through the power states by the actions, with the status that the SDKs accept.
func TestPower(t *testing.T) {
	w := newWorld(t)
	w.ok("PUT", machines+"web", machine(""))
	state := func() string {
		t.Helper()
		out := w.ok("GET", machines+"web/instanceView", "")
		expanded := w.ok("GET", machines+"web?$expand=instanceView", "")
		list, ok := out["statuses"].([]any)
		if !ok || len(list) < 2 || str(list[0], "code") != "ProvisioningState/succeeded" {
			t.Fatalf("view: %v", out)
		}
		if other, ok := at(expanded, "properties", "instanceView", "statuses").([]any); !ok || len(other) != len(list) {
			t.Errorf("expanded: %v", expanded["properties"])
		}
		doc, err := w.rm.Get(t.Context(), w.id(machines+"web"))
		w.must(err)
		code := str(list[len(list)-1], "code")
		if "PowerState/"+compute.PowerState(doc) != code || compute.Running(doc) != (code == "PowerState/running") {
			t.Errorf("PowerState %s, Running %v with %s", compute.PowerState(doc), compute.Running(doc), code)
		}
		return strings.TrimPrefix(code, "PowerState/")
	}
	for _, c := range []struct{ action, after string }{
		{"restart", "running"},
		{"powerOff", "stopped"},
		{"powerOff", "stopped"},
		{"start", "running"},
		{"deallocate", "deallocated"},
		{"powerOff", "deallocated"},
		{"START", "running"},
		{"redeploy", "running"},
		{"reapply", "running"},
		{"reimage", "running"},
	} {
		status, _, err := w.do("POST", machines+"web/"+c.action, "")
		if err != nil || status != 202 {
			t.Fatalf("%s: %d %v", c.action, status, err)
		}
		if got := state(); got != c.after {
			t.Errorf("after %s: %s", c.action, got)
		}
	}
	w.fails("POST", machines+"web/generalize", "", fault.Conflict, "OperationNotAllowed", "is running")
	w.ok("POST", machines+"web/deallocate", "")
	w.fails("POST", machines+"web/restart", "", fault.Conflict, "OperationNotAllowed", "is deallocated")
	w.fails("POST", machines+"web/simulateEviction", "", fault.Conflict, "OperationNotAllowed", "not a Spot VM")
	w.ok("POST", machines+"web/generalize", "")
	w.fails("POST", machines+"web/start", "", fault.Conflict, "OperationNotAllowed", "is generalized")
	w.fails("POST", machines+"nosuch/start", "", fault.NotFound, "ResourceNotFound", "nosuch")
	w.fails("GET", machines+"nosuch/instanceView", "", fault.NotFound, "ParentResourceNotFound", "nosuch")

	spot := strings.Replace(machine(""), `"hardwareProfile"`, `"priority":"Spot","evictionPolicy":"Deallocate","hardwareProfile"`, 1)
	w.ok("PUT", machines+"spot", spot)
	if status, _, err := w.do("POST", machines+"spot/simulateEviction", ""); err != nil || status != 204 {
		t.Errorf("simulateEviction: %d %v", status, err)
	}
	// A PUT does not start anything.
	w.ok("PUT", machines+"spot", spot)
	if doc, err := w.rm.Get(t.Context(), w.id(machines+"spot")); err != nil || compute.Running(doc) {
		t.Errorf("running after eviction: %v", err)
	}
}

// TestDeniedActions denies what the action is called by Azure.
func TestDeniedActions(t *testing.T) {
	w := newWorld(t)
	w.ok("PUT", machines+"web", machine(""))
	w.ok("PUT", scaleSets+"set", scaleSet(1, ""))
	for path, action := range map[string]string{
		"POST " + machines + "web/start":                       "Microsoft.Compute/virtualMachines/start/action",
		"POST " + machines + "web/deallocate":                  "Microsoft.Compute/virtualMachines/deallocate/action",
		"GET " + machines + "web/instanceView":                 "Microsoft.Compute/virtualMachines/instanceView/read",
		"GET " + scaleSets + "set/virtualMachines/0":           "Microsoft.Compute/virtualMachineScaleSets/virtualMachines/read",
		"POST " + scaleSets + "set/delete":                     "Microsoft.Compute/virtualMachineScaleSets/delete/action",
		"POST " + scaleSets + "set/virtualMachines/0/powerOff": "Microsoft.Compute/virtualMachineScaleSets/virtualMachines/powerOff/action",
	} {
		method, path, _ := strings.Cut(path, " ")
		w.door.denied[action] = true
		w.fails(method, path, "", fault.Denied, "AuthorizationFailed", "")
		delete(w.door.denied, action)
	}
}

func TestLists(t *testing.T) {
	w := newWorld(t)
	w.ok("PUT", machines+"web", machine(""))
	sub := "/subscriptions/" + subscription + "/providers/Microsoft.Compute/"
	for path, most := range map[string]int{
		sub + "virtualMachines":                                        1,
		group + "/providers/Microsoft.Compute/virtualMachines":         1,
		sub + "locations/chinanorth/virtualMachines":                   1,
		sub + "locations/chinaeast/virtualMachines":                    0,
		sub + "locations/chinanorth/virtualMachineScaleSets":           0,
		sub + "locations/chinanorth/vmSizes":                           15,
		machines + "web/vmSizes":                                       15,
		sub + "skus?$filter=" + "location+eq+'chinanorth'":             15,
		group + "/providers/Microsoft.Compute/virtualMachineScaleSets": 0,
	} {
		list, ok := w.ok("GET", path, "")["value"].([]any)
		if !ok || len(list) != most {
			t.Errorf("%s: %d, want %d", path, len(list), most)
		}
	}
	w.door.denied["Microsoft.Compute/virtualMachines/read"] = true
	if list, ok := w.ok("GET", sub+"locations/chinanorth/virtualMachines", "")["value"].([]any); !ok || len(list) != 0 {
		t.Errorf("a list shows what may not be read: %v", list)
	}
	w.fails("GET", sub+"locations/nowhere/vmSizes", "", fault.NotFound, "NoRegisteredProviderFound", "nowhere")
}

func TestOtherTypes(t *testing.T) {
	w := newWorld(t)
	set := w.ok("PUT", group+"/providers/Microsoft.Compute/availabilitySets/a", `{"location":"chinanorth"}`)
	if at(set, "properties", "platformFaultDomainCount") != float64(2) || str(set, "sku", "name") != "Classic" {
		t.Errorf("%v", set)
	}
	disk := w.ok("PUT", group+"/providers/Microsoft.Compute/disks/d", `{"location":"chinanorth","properties":{"creationData":{"createOption":"Empty"},"diskSizeGB":4}}`)
	if str(disk, "properties", "provisioningState") != "Succeeded" || str(disk, "properties", "uniqueId") == "" {
		t.Errorf("%v", disk)
	}
	w.fails("PUT", group+"/providers/Microsoft.Compute/disks/d2", `{"location":"chinanorth","properties":{}}`, fault.Invalid, "InvalidParameter", "creationData")
}
