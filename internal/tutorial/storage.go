package tutorial

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/alcedo-cloud/alcedo/internal/client"
)

const (
	versionStorage = "2024-01-01"
	versionBlobs   = "2017-11-09" // x-ms-version of the tutorial's library when it shows a token

	helloBlob = "hello_world.txt"
	helloText = "Hello world! :)"
)

// storage is "Use a Windows VM system-assigned managed identity to access Azure Storage".
func storage() Part {
	return Part{
		Name:    "storage",
		Title:   "Use a VM system-assigned managed identity to access Azure Storage",
		Summary: "The machine's identity is made Storage Blob Data Reader, and the machine reads a blob with its token.",
		run:     playStorage,
	}
}

func playStorage(ctx context.Context, s *stage) error {
	const name = "myVM"
	s.step("A resource group, and a virtual machine whose system-assigned identity is on")
	group, err := s.group(ctx, "myStorageGroup")
	if err != nil {
		return err
	}
	machine, err := s.machine(ctx, client.NewMachine{Group: group, Name: name, System: true})
	if err != nil {
		return err
	}
	a, err := s.storageAccount(ctx, group)
	if err != nil {
		return err
	}
	if err := s.uploadHello(ctx, group, name, a); err != nil {
		return err
	}
	ask := "curl 'http://169.254.169.254/metadata/identity/oauth2/token?api-version=2018-02-01&resource=https://storage.azure.com/'" +
		" -H Metadata:true"
	s.step("On the machine: get an access token for https://storage.azure.com/")
	token, _, err := s.tokenFor(ctx, group, name, ask, "https://storage.azure.com/")
	if err != nil {
		return err
	}
	read := fmt.Sprintf(`curl '%s/%s' -H 'x-ms-version: %s' -H "Authorization: Bearer %s"`, a.container, helloBlob, versionBlobs, token)
	s.step("What production would teach: without a role for data the blob is refused")
	if err := s.types(ctx, group, name, read, "AuthorizationPermissionMismatch"); err != nil {
		return err
	}
	s.step("Grant access: Storage Blob Data Reader on the storage account")
	assignment, err := s.grant(ctx, text(machine, "identity", "principalId"), "Storage Blob Data Reader", a.path)
	if err != nil {
		return err
	}
	write := fmt.Sprintf(`curl -X PUT '%s/other.txt' -H 'x-ms-version: %s' -H 'x-ms-blob-type: BlockBlob' `+
		`-H "Authorization: Bearer %s" --data-binary x`, a.container, versionBlobs, token)
	if err := s.readsOnly(ctx, group, name, read, write); err != nil {
		return err
	}
	s.step("Take the role away, and the same command is refused again")
	if err := s.Owner.Unassign(ctx, assignment); err != nil {
		return err
	}
	if err := s.types(ctx, group, name, read, "AuthorizationPermissionMismatch"); err != nil {
		return err
	}
	return s.identityOff(ctx, group, name, ask)
}

// readsOnly reads the blob, and tries to write another.
func (s *stage) readsOnly(ctx context.Context, group, name, read, write string) error {
	s.step("On the machine: read the blob with the token")
	if err := s.types(ctx, group, name, read, helloText); err != nil {
		return err
	}
	s.step("A Reader may not write: the same token is refused an upload")
	return s.types(ctx, group, name, write, "AuthorizationPermissionMismatch")
}

// storageSite is a storage account with a container, as a part uses it.
type storageSite struct {
	name, path string // of the account; path is its id
	container  string // its address, https://{account}.blob.{suffix}/{container}
}

const containerName = "mycontainer"

// storageAccount makes a general-purpose v1 account under a name that nobody has, and a container in it.
func (s *stage) storageAccount(ctx context.Context, group string) (storageSite, error) {
	s.step("Create a storage account, Storage (general purpose v1), and a blob container in it")
	a := storageSite{name: "mystorage"}
	check := "/subscriptions/" + s.Owner.Credentials.SubscriptionID + "/providers/Microsoft.Storage/checkNameAvailability"
	for i := 2; ; i++ {
		var free struct {
			NameAvailable bool `json:"nameAvailable"`
		}
		body := map[string]any{"name": a.name, "type": "Microsoft.Storage/storageAccounts"}
		if err := s.Owner.Into(ctx, "POST", check, versionStorage, body, &free); err != nil {
			return a, err
		}
		if free.NameAvailable {
			break
		}
		a.name = fmt.Sprintf("mystorage%d", i)
	}
	a.path = s.Owner.GroupPath(group) + "/providers/Microsoft.Storage/storageAccounts/" + a.name
	made, err := s.manage(ctx, "PUT", a.path, versionStorage, map[string]any{
		"location": s.Owner.Cloud.Locations[0].Name, "kind": "Storage", "sku": map[string]any{"name": "Standard_LRS"},
	})
	if err != nil {
		return a, err
	}
	endpoint := "https://" + a.name + ".blob." + s.Owner.Cloud.StorageSuffix + "/"
	if err := expect("primaryEndpoints.blob", text(made, "properties", "primaryEndpoints", "blob"), endpoint); err != nil {
		return a, err
	}
	a.container = endpoint + containerName
	_, err = s.manage(ctx, "PUT", a.path+"/blobServices/default/containers/"+containerName, versionStorage, map[string]any{})
	return a, err
}

// uploadHello does what the reader does in the portal, which gets itself a signature with the owner's right to the keys.
func (s *stage) uploadHello(ctx context.Context, group, name string, a storageSite) error {
	s.step("Upload %s, with a signature that the owner may ask for", helloBlob)
	answer, err := s.manage(ctx, "POST", a.path+"/listServiceSas", versionStorage, map[string]any{
		"canonicalizedResource": "/blob/" + a.name + "/" + containerName, "signedResource": "c", "signedPermission": "cw",
		"signedProtocol": "https", "signedExpiry": "2099-12-31T00:00:00Z",
	})
	if err != nil {
		return err
	}
	line := fmt.Sprintf(`curl -X PUT '%s/%s?%s' -H 'x-ms-blob-type: BlockBlob' -H 'Content-Type: text/plain' `+
		`--data-binary '%s' -w 'status %%{http_code}'`, a.container, helloBlob, text(answer, "serviceSasToken"), helloText)
	return s.types(ctx, group, name, line, "status 201")
}

// grant gives a role to a managed identity.
func (s *stage) grant(ctx context.Context, principal, role, scope string) (string, error) {
	id, err := s.Owner.Assign(ctx, principal, "ServicePrincipal", role, scope)
	if err != nil {
		return "", err
	}
	fmt.Fprintf(s.Out, "  %s\n  %s for principal %s at %s\n", id, role, principal, scope)
	return id, nil
}

// tokenFor asks the machine's metadata service for a token for resource, and tells until when it is good.
func (s *stage) tokenFor(ctx context.Context, group, name, ask, resource string) (string, time.Time, error) {
	answer, err := s.onMachine(ctx, group, name, ask)
	if err != nil {
		return "", time.Time{}, err
	}
	if err := expect("resource", text(answer, "resource"), resource); err != nil {
		return "", time.Time{}, err
	}
	var seconds int64
	if _, err := fmt.Sscan(text(answer, "expires_on"), &seconds); err != nil {
		return "", time.Time{}, fmt.Errorf("expires_on is %q, not a number of seconds", text(answer, "expires_on"))
	}
	return text(answer, "access_token"), time.Unix(seconds, 0).UTC(), nil
}

// types runs a line on the machine, prints what it answers, and fails where want is not in it.
func (s *stage) types(ctx context.Context, group, name, line, want string) error {
	fmt.Fprintf(s.Out, "  %s$ %s\n", name, shorten(line))
	out, err := s.OnMachine(ctx, group, name, line)
	if err != nil {
		return err
	}
	answer := strings.TrimSpace(string(out))
	fmt.Fprintf(s.Out, "  %s\n", shorten(answer))
	if !strings.Contains(answer, want) {
		return fmt.Errorf("the answer has no %q", want)
	}
	return nil
}

// identityOff turns the system-assigned identity off: the endpoint has none any more.
func (s *stage) identityOff(ctx context.Context, group, name, ask string) error {
	s.step("Disable: set the status of the system-assigned identity to Off")
	off := map[string]any{"identity": map[string]any{"type": "None"}}
	if _, err := s.manage(ctx, "PATCH", s.Owner.MachinePath(group, name), versionMachines, off); err != nil {
		return err
	}
	answer, err := s.onMachine(ctx, group, name, ask)
	if err != nil {
		return err
	}
	return expect("error_description", text(answer, "error_description"), "Identity not found")
}
