// Package alcedotest gives Go tests a cloud: virtual machines whose managed identities are enforced, in the test's own
// process, without root, container or network.
//
//	func TestReader(t *testing.T) {
//		cloud := alcedotest.Start(t)
//		vm := cloud.VM("web")
//		vm.Grant("Reader", vm.GroupID())
//
//		options := azcore.ClientOptions{Transport: vm.HTTPClient()}
//		credential, err := azidentity.NewManagedIdentityCredential(
//			&azidentity.ManagedIdentityCredentialOptions{ClientOptions: options})
//		…
//	}
package alcedotest

import (
	"context"
	"net/http"
	"testing"

	"github.com/alcedo-cloud/alcedo"
	"github.com/alcedo-cloud/alcedo/internal/cloud"
	"github.com/alcedo-cloud/alcedo/internal/control"

	"github.com/alcedo-cloud/alcedo/internal/client"
)

// Group is the resource group of virtual machines made by VM.
const Group = "alcedotest"

// Cloud is a cloud that ends with the test.
type Cloud struct {
	*alcedo.Cloud
	t     testing.TB
	owner *client.Client
}

// Start runs a cloud in memory until the test ends. At most one Config may be given.
func Start(t testing.TB, configs ...alcedo.Config) *Cloud {
	t.Helper()
	var config alcedo.Config
	switch len(configs) {
	case 0:
	case 1:
		config = configs[0]
	default:
		t.Fatal("alcedotest.Start takes at most one Config")
	}
	running, err := alcedo.Start(context.Background(), config)
	if err != nil {
		t.Fatalf("start a cloud: %v", err)
	}
	t.Cleanup(func() {
		if err := running.Close(); err != nil {
			t.Errorf("stop the cloud: %v", err)
		}
	})
	names, err := cloud.ByName(running.Name())
	if err != nil {
		t.Fatal(err)
	}
	owner := client.With(names, control.Credentials(running.Owner()), running.HTTPClient())
	return &Cloud{Cloud: running, t: t, owner: owner}
}

// VM is a virtual machine with a system-assigned identity.
type VM struct {
	ID          string // resource id
	PrincipalID string // object id of its identity
	cloud       *Cloud
}

// VM makes a virtual machine with a system-assigned identity that holds no role. Its resource group is Group.
func (c *Cloud) VM(name string) *VM {
	c.t.Helper()
	ctx := c.t.Context()
	location := c.owner.Cloud.Locations[0].Name
	if err := c.owner.CreateGroup(ctx, Group, location); err != nil {
		c.t.Fatalf("make resource group %s: %v", Group, err)
	}
	m, err := c.owner.CreateMachine(ctx, client.NewMachine{Group: Group, Name: name, Location: location, System: true})
	if err != nil {
		c.t.Fatalf("make virtual machine %s: %v", name, err)
	}
	return &VM{ID: m.ID, PrincipalID: m.Identity.PrincipalID, cloud: c}
}

// GroupID is the resource id of the machine's resource group.
func (v *VM) GroupID() string { return v.cloud.owner.GroupPath(Group) }

// Grant gives the machine's identity the role of that name at scope, and returns what takes it away again.
func (v *VM) Grant(role, scope string) (revoke func()) {
	t := v.cloud.t
	t.Helper()
	id, err := v.cloud.owner.Assign(t.Context(), v.PrincipalID, "ServicePrincipal", role, scope)
	if err != nil {
		t.Fatalf("grant %s at %s: %v", role, scope, err)
	}
	return func() {
		t.Helper()
		if err := v.cloud.owner.Unassign(t.Context(), id); err != nil {
			t.Fatalf("revoke %s at %s: %v", role, scope, err)
		}
	}
}

// HTTPClient is a client on the machine: official names reach the cloud, and 169.254.169.254 is its metadata service.
func (v *VM) HTTPClient() *http.Client {
	v.cloud.t.Helper()
	c, err := v.cloud.MachineClient(v.ID)
	if err != nil {
		v.cloud.t.Fatal(err)
	}
	return c
}
