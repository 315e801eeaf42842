package tutorial

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"strings"

	"github.com/alcedo-cloud/alcedo/internal/client"
)

const (
	testBlob    = "testblob"
	testText    = "This is a test text file."
	versionCopy = "2017-04-17" // x-ms-version of Set-AzStorageBlobContent and Get-AzStorageBlobContent
)

// storageSAS is "Use a Windows VM system-assigned managed identity to access Azure Storage via a SAS credential".
func storageSAS() Part {
	return Part{
		Name:    "storage-sas",
		Title:   "Use a VM system-assigned managed identity to access Azure Storage via a SAS credential",
		Summary: "The machine has Resource Manager sign a service SAS, with which a client that knows no token uploads and downloads.",
		run:     playStorageSAS,
	}
}

func playStorageSAS(ctx context.Context, s *stage) error {
	const name = "myVM"
	s.step("A resource group, and a virtual machine whose system-assigned identity is on")
	group, err := s.group(ctx, "mySASGroup")
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
	resource := "https://" + s.Owner.Cloud.ResourceManager + "/"
	ask := "curl 'http://169.254.169.254/metadata/identity/oauth2/token?api-version=2018-02-01&resource=" +
		url.QueryEscape(resource) + "' -H Metadata:true"
	s.step("On the machine: get an access token for Resource Manager")
	token, expires, err := s.tokenFor(ctx, group, name, ask, resource)
	if err != nil {
		return err
	}
	sign := fmt.Sprintf(`curl -X POST 'https://%s%s/listServiceSas/?api-version=2017-06-01' -H "Authorization: Bearer %s" --data '%s'`,
		s.Owner.Cloud.ResourceManager, a.path, token, fmt.Sprintf(`{"canonicalizedResource":"/blob/%s/%s","signedResource":"c",`+
			`"signedPermission":"rcw","signedProtocol":"https","signedExpiry":"%s"}`, a.name, containerName, expires.Format("2006-01-02T15:04:05Z")))
	sas, err := s.signature(ctx, group, name, sign, text(machine, "identity", "principalId"), a.path)
	if err != nil {
		return err
	}
	if err := s.copyWithSAS(ctx, group, name, a, sas); err != nil {
		return err
	}
	return s.spoilSAS(ctx, group, name, a, sas)
}

// signature has Resource Manager sign, after a refusal and the grant.
func (s *stage) signature(ctx context.Context, group, name, sign, principal, account string) (string, error) {
	for _, role := range []string{"", "Reader and Data Access"} {
		if role == "" {
			s.step("What production would teach: without a role the signature is refused")
		} else {
			s.step("%s sounds like enough, but cannot ask for a service SAS", role)
			id, err := s.grant(ctx, principal, role, account)
			if err != nil {
				return "", err
			}
			defer func() {
				if err := s.Owner.Unassign(context.WithoutCancel(ctx), id); err != nil {
					fmt.Fprintf(s.Out, "  %v\n", err)
				}
			}()
		}
		answer, err := s.onMachine(ctx, group, name, sign)
		if err != nil {
			return "", err
		}
		if err := expect("error.code", text(answer, "error", "code"), "AuthorizationFailed"); err != nil {
			return "", err
		}
	}
	s.step("Grant access: Storage Account Contributor on the storage account")
	if _, err := s.grant(ctx, principal, "Storage Account Contributor", account); err != nil {
		return "", err
	}
	s.step("On the machine: get the SAS credential from Resource Manager")
	answer, err := s.onMachine(ctx, group, name, sign)
	if err != nil {
		return "", err
	}
	sas := text(answer, "serviceSasToken")
	if !strings.HasPrefix(sas, "sv=2015-04-05&sr=c&spr=https&se=") || !strings.Contains(sas, "&sp=rcw&sig=") {
		return "", errors.New("the SAS is not as the tutorial shows it: " + sas)
	}
	return sas, nil
}

// copyWithSAS makes the requests of Set-AzStorageBlobContent and Get-AzStorageBlobContent: the SAS is all they know.
func (s *stage) copyWithSAS(ctx context.Context, group, name string, a storageSite, sas string) error {
	address := fmt.Sprintf("'%s/%s?%s' -H 'x-ms-version: %s'", a.container, testBlob, sas, versionCopy)
	s.step("Set-AzStorageBlobContent: is the blob there?")
	if err := s.types(ctx, group, name, "curl -I -o /dev/null -w 'status %{http_code}' "+address, "status 404"); err != nil {
		return err
	}
	s.step("Set-AzStorageBlobContent: upload it")
	put := "curl -X PUT " + address + " -H 'x-ms-blob-type: BlockBlob' -H 'Content-Type: application/octet-stream' " +
		"--data-binary '" + testText + "' -w 'status %{http_code}'"
	if err := s.types(ctx, group, name, put, "status 201"); err != nil {
		return err
	}
	s.step("Get-AzStorageBlobContent: its properties, and the download")
	if err := s.types(ctx, group, name, "curl -I -w 'status %{http_code}' "+address, "status 200"); err != nil {
		return err
	}
	return s.types(ctx, group, name, "curl "+address, testText)
}

// spoilSAS shows what the SAS is not good for, and how it ends.
func (s *stage) spoilSAS(ctx context.Context, group, name string, a storageSite, sas string) error {
	address := func(sas string) string {
		return fmt.Sprintf("'%s/%s?%s' -H 'x-ms-version: %s'", a.container, testBlob, sas, versionCopy)
	}
	s.step("What the SAS does not permit is refused: it has no d for delete")
	if err := s.types(ctx, group, name, "curl -X DELETE "+address(sas), "AuthorizationPermissionMismatch"); err != nil {
		return err
	}
	s.step("Nobody helps himself to more: with another permission the signature is wrong")
	more := strings.Replace(sas, "&sp=rcw&", "&sp=rcwd&", 1)
	if err := s.types(ctx, group, name, "curl -X DELETE "+address(more), "AuthenticationFailed"); err != nil {
		return err
	}
	s.step("A new key ends it: the owner regenerates key1")
	fmt.Fprintf(s.Out, "  POST https://%s%s/regenerateKey?api-version=%s\n", s.Owner.Cloud.ResourceManager, a.path, versionStorage)
	body := map[string]any{"keyName": "key1"} // the answer has the keys, which belong on no screen
	if _, err := s.Owner.ResourceManager(ctx, "POST", a.path+"/regenerateKey", versionStorage, body); err != nil {
		return err
	}
	return s.types(ctx, group, name, "curl "+address(sas), "AuthenticationFailed")
}
