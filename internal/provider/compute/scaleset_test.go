package compute_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/alcedo-cloud/alcedo/internal/fault"
	"github.com/alcedo-cloud/alcedo/internal/identity"
	"github.com/alcedo-cloud/alcedo/internal/provider/compute"
)

func scaleSet(capacity int, block string) string {
	if block != "" {
		block = `,"identity":` + block
	}
	return fmt.Sprintf(`{"location":"chinanorth","sku":{"name":"Standard_B1s","capacity":%d},"tags":{"a":"b"}%s,"properties":{"upgradePolicy":{"mode":"Manual"},
		"virtualMachineProfile":{"storageProfile":{"imageReference":{"publisher":"Debian","offer":"debian-12","sku":"12","version":"latest"}},
		"osProfile":{"computerNamePrefix":"web","adminUsername":"azureuser","adminPassword":"Secret-123"},"networkProfile":{"networkInterfaceConfigurations":[]}}}}`,
		capacity, block)
}

// names lists the instances of the scale set, with their power states where they do not run.
func (w *world) names(set string) string {
	w.t.Helper()
	list, ok := w.ok("GET", set+"/virtualMachines", "")["value"].([]any)
	if !ok {
		w.t.Fatal("no list")
	}
	var names []string
	for _, i := range list {
		doc, err := w.rm.Get(w.t.Context(), w.id(str(i, "id")))
		w.must(err)
		name := str(i, "name")
		if str(i, "instanceId") != name[strings.LastIndex(name, "_")+1:] {
			w.t.Errorf("instanceId of %v", i)
		}
		if !compute.Running(doc) {
			name += ":" + compute.PowerState(doc)
		}
		names = append(names, name)
	}
	return strings.Join(names, " ")
}

func (w *world) capacity(set string) any { return at(w.ok("GET", set, ""), "sku", "capacity") }

// TestScale follows the capacity up and down: ids are never used twice.
func TestScale(t *testing.T) {
	w := newWorld(t)
	set := scaleSets + "set"
	out := w.ok("PUT", set, scaleSet(2, ""))
	if str(out, "properties", "provisioningState") != "Succeeded" || str(out, "properties", "orchestrationMode") != "Uniform" ||
		at(out, "properties", "virtualMachineProfile", "osProfile", "adminPassword") != nil {
		t.Errorf("properties: %v", out["properties"])
	}
	step := func(want string, capacity float64) {
		t.Helper()
		if got := w.names(set); got != want || w.capacity(set) != capacity {
			t.Errorf("instances %q, capacity %v; want %q, %v", got, w.capacity(set), want, capacity)
		}
	}
	step("set_0 set_1", 2)
	w.ok("PATCH", set, `{"sku":{"name":"Standard_B1s","capacity":3}}`)
	step("set_0 set_1 set_2", 3)
	w.ok("PUT", set, scaleSet(1, ""))
	step("set_0", 1)
	w.ok("PUT", set, scaleSet(2, ""))
	step("set_0 set_3", 2)
	w.ok("POST", set+"/delete", `{"instanceIds":["0"]}`)
	step("set_3", 1)
	w.ok("PUT", set, scaleSet(3, ""))
	step("set_3 set_4 set_5", 3)
	w.ok("DELETE", set+"/virtualMachines/4", "")
	step("set_3 set_5", 2)
	w.ok("PATCH", set, `{"tags":{"c":"d"}}`)
	step("set_3 set_5", 2)
	w.ok("POST", set+"/delete", `{"instanceIds":["*"]}`)
	step("", 0)
	w.ok("PUT", set, scaleSet(1, ""))
	step("set_6", 1)
	w.ok("DELETE", set, "")
	w.fails("GET", set+"/virtualMachines/6", "", fault.NotFound, "ParentResourceNotFound", "set")
}

// TestInstance looks at one instance and at its power.
func TestInstance(t *testing.T) {
	w := newWorld(t)
	set := scaleSets + "set"
	w.ok("PUT", set, scaleSet(3, ""))
	out := w.ok("GET", set+"/virtualMachines/1?$expand=instanceView", "")
	for path, want := range map[string]string{
		"name": "set_1", "id": set + "/virtualMachines/1", "type": "Microsoft.Compute/virtualMachineScaleSets/virtualMachines",
		"location": "chinanorth", "instanceId": "1", "sku.name": "Standard_B1s", "tags.a": "b",
		"properties.osProfile.computerName": "web000001", "properties.hardwareProfile.vmSize": "Standard_B1s",
	} {
		if got := str(out, strings.Split(path, ".")...); got != want {
			t.Errorf("%s = %q, want %q", path, got, want)
		}
	}
	if at(out, "properties", "instanceView", "statuses") == nil || len(str(out, "properties", "vmId")) != 36 {
		t.Errorf("properties: %v", out["properties"])
	}
	w.ok("POST", set+"/virtualMachines/1/powerOff", "")
	w.ok("POST", set+"/deallocate", `{"instanceIds":["2"]}`)
	if got := w.names(set); got != "set_0 set_1:stopped set_2:deallocated" {
		t.Error(got)
	}
	view := w.ok("GET", set+"/instanceView", "")
	summary, ok := at(view, "virtualMachine", "statusesSummary").([]any)
	if !ok || len(summary) != 4 || at(summary[0], "count") != float64(3) {
		t.Errorf("view: %v", view)
	}
	w.ok("POST", set+"/start", "")
	if got := w.names(set); got != "set_0 set_1 set_2" {
		t.Error(got)
	}
	w.ok("POST", set+"/poweroff", "")
	if got := w.names(set); strings.Count(got, "stopped") != 3 {
		t.Error(got)
	}
	// An update keeps what it is, and does not start it.
	w.ok("PUT", set+"/virtualMachines/1", `{"location":"chinanorth","properties":{"protectionPolicy":{"protectFromScaleIn":true}}}`)
	again := w.ok("GET", set+"/virtualMachines/1", "")
	if str(again, "properties", "vmId") != str(out, "properties", "vmId") || str(again, "name") != "set_1" || str(again, "instanceId") != "1" {
		t.Errorf("after an update: %v", again)
	}
	if got := w.names(set); strings.Count(got, "stopped") != 3 {
		t.Error(got)
	}
}

// TestScaleSetIdentity gives every instance the scale set's identities.
func TestScaleSetIdentity(t *testing.T) {
	w := newWorld(t)
	set := scaleSets + "set"
	first := str(w.ok("PUT", set, scaleSet(2, `{"type":"SystemAssigned"}`)), "identity", "principalId")
	for _, i := range []string{"0", "1"} {
		if got := w.selects(set+"/virtualMachines/"+i, identity.Selector{}); got != first || first == "" {
			t.Errorf("instance %s selects %s, want %s", i, got, first)
		}
	}
	if got := w.selects(set+"/virtualMachines/2", identity.Selector{}); got != notFoundText {
		t.Errorf("an instance that is not there selects %s", got)
	}
	w.ok("PATCH", set, `{"identity":{"type":"None"}}`)
	if got := w.selects(set+"/virtualMachines/0", identity.Selector{}); got != notFoundText || w.active(first) {
		t.Errorf("after None: %s, active %v", got, w.active(first))
	}
	second := str(w.ok("PATCH", set, `{"identity":{"type":"SystemAssigned"}}`), "identity", "principalId")
	if got := w.selects(set+"/virtualMachines/0", identity.Selector{}); got != second || second == first {
		t.Errorf("on again: %s", got)
	}
	w.ok("POST", set+"/delete", `{"instanceIds":["0"]}`)
	if got := w.selects(set+"/virtualMachines/0", identity.Selector{}); got != notFoundText {
		t.Errorf("an instance that was deleted selects %s", got)
	}
	w.ok("DELETE", set, "")
	if w.active(second) {
		t.Error("the principal outlived its scale set")
	}
}

func TestBadScaleSets(t *testing.T) {
	w := newWorld(t)
	set := scaleSets + "set"
	for _, c := range []struct{ body, message string }{
		{scaleSet(1001, ""), "between 0 and 1000"},
		{scaleSet(-1, ""), "between 0 and 1000"},
		{strings.Replace(scaleSet(1, ""), `"capacity":1`, `"capacity":"x"`, 1), "sku"},
		{strings.Replace(scaleSet(1, ""), `"name":"Standard_B1s"`, `"x":1`, 1), "Required parameter 'sku.name' is missing (null)."},
		{strings.Replace(scaleSet(1, ""), `virtualMachineProfile`, `x`, 1), "Required parameter 'virtualMachineProfile' is missing (null)."},
		{strings.Replace(scaleSet(1, ""), `networkProfile`, `x`, 1), "'virtualMachineProfile.networkProfile' is missing"},
		{strings.Replace(scaleSet(1, ""), `upgradePolicy`, `x`, 1), "'upgradePolicy' is missing"},
	} {
		w.fails("PUT", set, c.body, fault.Invalid, "InvalidParameter", c.message)
	}
	w.fails("PUT", set, strings.Replace(scaleSet(1, ""), `"upgradePolicy"`, `"orchestrationMode":"Flexible","upgradePolicy"`, 1),
		fault.Unsupported, "OperationNotSupported", "Flexible")
	w.ok("PUT", set, scaleSet(1, ""))
	for _, body := range []string{`{"instanceIds":["7"]}`, `{"instanceIds":["0","x"]}`, `{"instanceIds":["../0"]}`, `{"instanceIds":[""]}`} {
		w.fails("POST", set+"/delete", body, fault.Invalid, "InvalidParameter", "is not an active Virtual Machine Scale Set VM instanceId.")
	}
	w.fails("POST", set+"/delete", "", fault.Invalid, "InvalidParameter", "Required parameter 'instanceIds' is missing (null).")
	w.fails("POST", set+"/start", `{"instanceIds":7}`, fault.Invalid, "InvalidParameter", "instanceIds")
	w.fails("PUT", set+"/virtualMachines/7", `{"location":"chinanorth","properties":{}}`, fault.Invalid, "InvalidParameter", "instanceId 7")
	if got := w.names(set); got != "set_0" {
		t.Error(got)
	}
}
