package app

import (
	"context"
	"encoding/base64"
	"log/slog"
	"net/http"
	"strings"
	"testing"

	"github.com/alcedo-cloud/alcedo/internal/caller"
	"github.com/alcedo-cloud/alcedo/internal/config"
	"github.com/alcedo-cloud/alcedo/internal/fault"
	"github.com/alcedo-cloud/alcedo/internal/resource"
)

// open makes a cloud in memory that does not listen.
func open(t *testing.T) *App {
	t.Helper()
	a, err := Open(t.Context(), System(config.Settings{Folder: t.TempDir(), Ephemeral: true}, slog.New(slog.DiscardHandler), "test"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := a.Close(); err != nil {
			t.Error(err)
		}
	})
	return a
}

// do sends a request to Resource Manager as the owner.
func (a *App) do(t *testing.T, method, path, version, body string) {
	t.Helper()
	p, ok, err := a.services.directory.PrincipalByAppID(t.Context(), a.instance.Credentials.ClientID)
	if err != nil || !ok {
		t.Fatal(ok, err)
	}
	r := &resource.Request{
		Method: method, Path: "/subscriptions/" + a.instance.Credentials.SubscriptionID + path, APIVersion: version,
		Body: []byte(body), Caller: caller.Caller{Kind: caller.ServicePrincipal, ObjectID: p.ObjectID},
	}
	if err := r.Check(); err != nil {
		t.Fatal(err)
	}
	if _, err := a.services.resources.Do(t.Context(), r); err != nil {
		t.Fatalf("%s %s: %v", method, path, err)
	}
}

const machineBody = `{"location":"eastus","identity":{"type":"SystemAssigned"},"properties":{
	"hardwareProfile":{"vmSize":"Standard_B1s"},"networkProfile":{"networkInterfaces":[]},
	"storageProfile":{"imageReference":{"publisher":"Debian","offer":"debian-12","sku":"12","version":"latest"},
	"osDisk":{"createOption":"FromImage"}},"osProfile":{"computerName":"web","adminUsername":"azureuser"}}}`

func (a *App) withMachine(t *testing.T, group, name string) {
	t.Helper()
	a.do(t, http.MethodPut, "/resourceGroups/"+group, "2021-04-01", `{"location":"eastus"}`)
	a.do(t, http.MethodPut, "/resourceGroups/"+group+"/providers/Microsoft.Compute/virtualMachines/"+name, "2024-11-01", machineBody)
}

func TestMachineByName(t *testing.T) {
	a := open(t)
	a.withMachine(t, "g1", "web")
	a.withMachine(t, "g2", "db")
	if m, err := a.machine(t.Context(), "WEB", ""); err != nil || m.Name != "web" {
		t.Errorf("by its name alone: %v, %v", m, err)
	}
	a.withMachine(t, "g2", "web")
	if _, err := a.machine(t.Context(), "web", ""); !fault.Is(err, fault.Conflict) || !strings.Contains(message(err), "--group") {
		t.Errorf("a name of two machines: %v", err)
	}
	if m, err := a.machine(t.Context(), "web", "g2"); err != nil || !strings.Contains(m.ID, "/g2/") {
		t.Errorf("in its group: %v, %v", m, err)
	}
	if _, err := a.machine(t.Context(), "nobody", ""); !fault.Is(err, fault.NotFound) || !strings.Contains(message(err), "vm create nobody") {
		t.Errorf("no such machine: %v", err)
	}
	a.do(t, http.MethodPost, "/resourceGroups/g2/providers/Microsoft.Compute/virtualMachines/db/deallocate", "2024-11-01", "")
	if _, err := a.machine(t.Context(), "db", ""); !fault.Is(err, fault.Conflict) || !strings.Contains(message(err), "start") {
		t.Errorf("a deallocated machine: %v", err)
	}
}

func message(err error) string { return err.Error() }

func TestIdentityHeaderCannotBeForged(t *testing.T) {
	a := open(t)
	a.withMachine(t, "g", "web")
	a.withMachine(t, "g", "db")
	web, err := a.machine(context.Background(), "web", "")
	if err != nil {
		t.Fatal(err)
	}
	header := a.identityHeader(web)
	if id, ok := a.identified(header); !ok || !strings.EqualFold(id.String(), web.ID) {
		t.Fatalf("the machine's own header: %v, %v", id, ok)
	}
	encoded, signature, _ := strings.Cut(header, ".")
	db := base64.RawURLEncoding.EncodeToString([]byte(strings.ToLower(strings.Replace(web.ID, "/web", "/db", 1))))
	for name, forged := range map[string]string{
		"nothing": "", "no signature": encoded, "an empty signature": encoded + ".", "another machine's id": db + "." + signature,
		"a changed signature": header[:len(header)-1] + "_", "a longer one": header + "A", "no base64": "!." + signature, "no id": "YWJj." + signature,
	} {
		if id, ok := a.identified(forged); ok {
			t.Errorf("%s is %s", name, id)
		}
	}
	// A machine that is made again under its name is another one.
	a.do(t, http.MethodDelete, "/resourceGroups/g/providers/Microsoft.Compute/virtualMachines/web", "2024-11-01", "")
	if _, ok := a.identified(header); ok {
		t.Error("the header of a deleted machine holds")
	}
	a.withMachine(t, "g", "web")
	if _, ok := a.identified(header); ok {
		t.Error("the header of a deleted machine holds for its successor")
	}
}
