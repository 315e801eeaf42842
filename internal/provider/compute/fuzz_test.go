package compute_test

import (
	"strings"
	"testing"

	"github.com/alcedo-cloud/alcedo/internal/fault"
)

// FuzzBody sends any body to a machine, a scale set and their actions: what is refused is the client's fault, never
// ours.
func FuzzBody(f *testing.F) {
	for _, seed := range []string{
		machine(""), machine(`{"type":"SystemAssigned"}`), scaleSet(1, ""), `{}`, `[]`, `null`, `{"properties":null}`,
		`{"location":"chinanorth","properties":{"hardwareProfile":{"vmSize":1},"storageProfile":{"osDisk":[]},"networkProfile":{}}}`,
		`{"location":"chinanorth","sku":[],"properties":{"virtualMachineProfile":{"osProfile":1,"storageProfile":{},"networkProfile":{}}}}`,
		`{"instanceIds":["0"]}`, `{"identity":{"type":"UserAssigned","userAssignedIdentities":{"a":null}}}`,
		`{"location":"chinanorth","sku":{"name":"x","capacity":2},"properties":{"upgradePolicy":{},"virtualMachineProfile":{"storageProfile":{"osDisk":{"createOption":"Attach"}},"networkProfile":{}}}}`,
	} {
		f.Add(seed)
	}
	w := newWorld(f)
	f.Fuzz(func(t *testing.T, body string) {
		w.t = t
		for _, path := range []string{
			"PUT " + machines + "web", "PATCH " + machines + "web", "GET " + machines + "web?$expand=instanceView",
			"PUT " + scaleSets + "set", "PATCH " + scaleSets + "set", "PUT " + scaleSets + "set/virtualMachines/0",
			"POST " + scaleSets + "set/deallocate", "GET " + scaleSets + "set/instanceView", "POST " + scaleSets + "set/delete",
			"DELETE " + machines + "web", "DELETE " + scaleSets + "set",
		} {
			method, target, _ := strings.Cut(path, " ")
			if _, _, err := w.do(method, target, body); err != nil && fault.KindOf(err) == fault.Internal {
				t.Fatalf("%s: %v", path, err)
			}
		}
	})
}
