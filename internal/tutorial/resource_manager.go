package tutorial

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/alcedo-cloud/alcedo/internal/client"
)

const (
	versionMachines   = "2024-11-01"
	versionIdentities = "2015-08-31-preview" // the one that shows clientSecretUrl, as the tutorial's answer does
)

// systemAssigned is "Use a Windows VM system-assigned managed identity to access resource manager".
func systemAssigned() Part {
	return Part{
		Name:    "resource-manager",
		Title:   "Use a VM system-assigned managed identity to access Resource Manager",
		Summary: "The machine gets a token from 169.254.169.254 and reads its resource group; without the role it is refused.",
		run: func(ctx context.Context, s *stage) error {
			const name = "myVM"
			s.step("A resource group, and a virtual machine whose system-assigned identity is on")
			group, err := s.group(ctx, "DevTest")
			if err != nil {
				return err
			}
			machine, err := s.machine(ctx, client.NewMachine{Group: group, Name: name, System: true})
			if err != nil {
				return err
			}
			s.step("Grant your VM access: Reader on the resource group")
			assignment, err := s.assign(ctx, text(machine, "identity", "principalId"), s.Owner.GroupPath(group))
			if err != nil {
				return err
			}
			resource := "https://" + s.Owner.Cloud.ResourceManager + "/"
			ask := "curl 'http://169.254.169.254/metadata/identity/oauth2/token?api-version=2018-02-01&resource=" +
				resource + "' -H Metadata:true"
			token, err := s.token(ctx, group, name, ask)
			if err != nil {
				return err
			}
			read := fmt.Sprintf(`curl https://%s/subscriptions/%s/resourceGroups/%s?api-version=2016-09-01 -H "Authorization: Bearer %s"`,
				s.Owner.Cloud.ResourceManager, s.Owner.Credentials.SubscriptionID, group, token)
			if err := s.read(ctx, group, name, read); err != nil {
				return err
			}
			if err := s.refused(ctx, group, name, assignment, read); err != nil {
				return err
			}
			return s.disable(ctx, group, name, ask, read)
		},
	}
}

// userAssigned is "Use a user-assigned managed identity on a Windows VM to access Azure Resource Manager".
func userAssigned() Part {
	return Part{
		Name:    "user-assigned",
		Title:   "Use a user-assigned managed identity on a VM to access Resource Manager",
		Summary: "An identity of its own is made, assigned to the machine, given a role, and chosen by its client id.",
		run: func(ctx context.Context, s *stage) error {
			const name = "myVM"
			s.step("A resource group and a virtual machine without an identity")
			group, err := s.group(ctx, "myResourceGroupVM")
			if err != nil {
				return err
			}
			if _, err := s.machine(ctx, client.NewMachine{Group: group, Name: name}); err != nil {
				return err
			}
			s.step("Create identity: New-AzUserAssignedIdentity -ResourceGroupName %s -Name ID1", group)
			path := s.Owner.GroupPath(group) + "/providers/Microsoft.ManagedIdentity/userAssignedIdentities/ID1"
			body := map[string]any{"location": s.Owner.Cloud.Locations[0].Name}
			identity, err := s.manage(ctx, "PUT", path, versionIdentities, body)
			if err != nil {
				return err
			}
			clientID := text(identity, "properties", "clientId")
			if !strings.Contains(text(identity, "properties", "clientSecretUrl"), s.Owner.Cloud.IdentitySuffix) {
				return errors.New("the identity has no clientSecretUrl")
			}
			s.step(`Assign identity: Update-AzVM -IdentityType "UserAssigned" -IdentityID …/ID1`)
			_, err = s.manage(ctx, "PATCH", s.Owner.MachinePath(group, name), versionMachines, map[string]any{
				"identity": map[string]any{"type": "UserAssigned", "userAssignedIdentities": map[string]any{path: map[string]any{}}},
			})
			if err != nil {
				return err
			}
			s.step(`Grant access: New-AzRoleAssignment -ObjectId $spID -RoleDefinitionName "Reader" -Scope ".../%s/"`, group)
			assignment, err := s.assign(ctx, text(identity, "properties", "principalId"), s.Owner.GroupPath(group)+"/")
			if err != nil {
				return err
			}
			ask := fmt.Sprintf("curl 'http://169.254.169.254/metadata/identity/oauth2/token?api-version=2018-02-01"+
				"&client_id=%s&resource=https://%s/' -H Metadata:true", clientID, s.Owner.Cloud.ResourceManager)
			token, err := s.token(ctx, group, name, ask)
			if err != nil {
				return err
			}
			read := fmt.Sprintf(`curl https://%s/subscriptions/%s/resourceGroups/%s?api-version=2016-06-01 `+
				`-H "Content-Type: application/json" -H "Authorization: Bearer %s"`,
				s.Owner.Cloud.ResourceManager, s.Owner.Credentials.SubscriptionID, group, token)
			if err := s.read(ctx, group, name, read); err != nil {
				return err
			}
			return s.refused(ctx, group, name, assignment, read)
		},
	}
}

// machine makes a virtual machine.
func (s *stage) machine(ctx context.Context, n client.NewMachine) (map[string]any, error) {
	n.Location = s.Owner.Cloud.Locations[0].Name
	return s.manage(ctx, "PUT", s.Owner.MachinePath(n.Group, n.Name), versionMachines, n.Body())
}

// assign makes the principal a Reader at scope.
func (s *stage) assign(ctx context.Context, principal, scope string) (string, error) {
	id, err := s.Owner.Assign(ctx, principal, "ServicePrincipal", "Reader", scope)
	if err != nil {
		return "", err
	}
	fmt.Fprintf(s.Out, "  %s\n  Reader for principal %s at %s\n", id, principal, scope)
	return id, nil
}

// token asks the machine's metadata service for a token and checks the answer's shape.
func (s *stage) token(ctx context.Context, group, name, ask string) (string, error) {
	s.step("On the machine: get an access token")
	answer, err := s.onMachine(ctx, group, name, ask)
	if err != nil {
		return "", err
	}
	for member, v := range answer {
		if _, ok := v.(string); !ok {
			return "", fmt.Errorf("%s is no text: every value of the answer is", member)
		}
	}
	if err := expect("token_type", text(answer, "token_type"), "Bearer"); err != nil {
		return "", err
	}
	if err := expect("resource", text(answer, "resource"), "https://"+s.Owner.Cloud.ResourceManager+"/"); err != nil {
		return "", err
	}
	return text(answer, "access_token"), nil
}

// read reads the resource group on the machine.
func (s *stage) read(ctx context.Context, group, name, read string) error {
	s.step("On the machine: read the resource group with the token")
	answer, err := s.onMachine(ctx, group, name, read)
	if err != nil {
		return err
	}
	if err := expect("name", text(answer, "name"), group); err != nil {
		return err
	}
	return expect("provisioningState", text(answer, "properties", "provisioningState"), "Succeeded")
}

// refused takes the role away and reads again.
func (s *stage) refused(ctx context.Context, group, name, assignment, read string) error {
	s.step("What production would teach: take the role away, and the same command is refused")
	if err := s.Owner.Unassign(ctx, assignment); err != nil {
		return err
	}
	answer, err := s.onMachine(ctx, group, name, read)
	if err != nil {
		return err
	}
	return expect("error.code", text(answer, "error", "code"), "AuthorizationFailed")
}

// disable turns the system-assigned identity off: the endpoint has none any more, and the old token is dead.
func (s *stage) disable(ctx context.Context, group, name, ask, read string) error {
	s.step("Disable: set the status of the system-assigned identity to Off")
	off := map[string]any{"identity": map[string]any{"type": "None"}}
	if _, err := s.manage(ctx, "PATCH", s.Owner.MachinePath(group, name), versionMachines, off); err != nil {
		return err
	}
	answer, err := s.onMachine(ctx, group, name, ask)
	if err != nil {
		return err
	}
	if err := expect("error_description", text(answer, "error_description"), "Identity not found"); err != nil {
		return err
	}
	answer, err = s.onMachine(ctx, group, name, read)
	if err != nil {
		return err
	}
	return expect("error.code", text(answer, "error", "code"), "InvalidAuthenticationToken")
}
