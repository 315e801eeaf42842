package client

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"net/http"
	"strings"

	"github.com/google/uuid"
)

// API versions that this client speaks.
const (
	versionGroups      = "2021-04-01"
	versionCompute     = "2024-11-01"
	versionAssignments = "2022-04-01"
)

// Machine is a virtual machine, as far as the command line shows it.
type Machine struct {
	ID         string            `json:"id"`
	Name       string            `json:"name"`
	Location   string            `json:"location"`
	Tags       map[string]string `json:"tags,omitempty"`
	Identity   *MachineIdentity  `json:"identity,omitempty"`
	Properties struct {
		VMID            string `json:"vmId"`
		HardwareProfile struct {
			VMSize string `json:"vmSize"`
		} `json:"hardwareProfile"`
	} `json:"properties"`
}

// MachineIdentity is a virtual machine's identity block.
type MachineIdentity struct {
	Type         string         `json:"type"`
	PrincipalID  string         `json:"principalId,omitempty"`
	UserAssigned map[string]any `json:"userAssignedIdentities,omitempty"`
}

// Group is the resource group in the machine's id.
func (m Machine) Group() string {
	parts := strings.Split(m.ID, "/")
	if len(parts) < 5 {
		return ""
	}
	return parts[4]
}

// NewMachine says what CreateMachine makes.
type NewMachine struct {
	Group, Name, Location string
	System                bool     // turn on the system-assigned identity
	UserAssigned          []string // resource ids of identities to assign
}

// GroupPath is the path of a resource group of the owner's subscription.
func (c *Client) GroupPath(group string) string {
	return "/subscriptions/" + c.Credentials.SubscriptionID + "/resourceGroups/" + group
}

// CreateGroup makes a resource group, or leaves the one that is there.
func (c *Client) CreateGroup(ctx context.Context, group, location string) error {
	body := map[string]any{"location": location}
	_, err := c.ResourceManager(ctx, http.MethodPut, c.GroupPath(group), versionGroups, body)
	return err
}

// GroupExists asks whether there is such a resource group.
func (c *Client) GroupExists(ctx context.Context, group string) (bool, error) {
	_, err := c.ResourceManager(ctx, http.MethodHead, c.GroupPath(group), versionGroups, nil)
	var refused *Error
	if errors.As(err, &refused) && refused.Status == http.StatusNotFound {
		return false, nil
	}
	return err == nil, err
}

// DeleteGroup deletes a resource group with all that is in it.
func (c *Client) DeleteGroup(ctx context.Context, group string) error {
	return c.Delete(ctx, c.GroupPath(group), versionGroups)
}

// MachinePath is the path of a virtual machine.
func (c *Client) MachinePath(group, name string) string {
	return c.GroupPath(group) + "/providers/Microsoft.Compute/virtualMachines/" + name
}

// CreateMachine makes a virtual machine.
func (c *Client) CreateMachine(ctx context.Context, n NewMachine) (Machine, error) {
	var m Machine
	err := c.Into(ctx, http.MethodPut, c.MachinePath(n.Group, n.Name), versionCompute, n.Body(), &m)
	return m, err
}

// Body is the request body that makes the machine.
func (n NewMachine) Body() map[string]any {
	identity := map[string]any{"type": "None"}
	assigned := map[string]any{}
	for _, id := range n.UserAssigned {
		assigned[id] = map[string]any{}
	}
	switch {
	case n.System && len(assigned) > 0:
		identity = map[string]any{"type": "SystemAssigned, UserAssigned", "userAssignedIdentities": assigned}
	case n.System:
		identity = map[string]any{"type": "SystemAssigned"}
	case len(assigned) > 0:
		identity = map[string]any{"type": "UserAssigned", "userAssignedIdentities": assigned}
	}
	return map[string]any{
		"location": n.Location,
		"identity": identity,
		"properties": map[string]any{
			"hardwareProfile": map[string]any{"vmSize": "Standard_B1s"},
			"storageProfile": map[string]any{
				"imageReference": map[string]any{
					"publisher": "Debian", "offer": "debian-12", "sku": "12-gen2", "version": "latest",
				},
				"osDisk": map[string]any{"createOption": "FromImage"},
			},
			"osProfile":      map[string]any{"computerName": n.Name, "adminUsername": "azureuser"},
			"networkProfile": map[string]any{"networkInterfaces": []any{}},
		},
	}
}

// Machines lists the virtual machines of the subscription.
func (c *Client) Machines(ctx context.Context) ([]Machine, error) {
	var list struct {
		Value []Machine `json:"value"`
	}
	path := "/subscriptions/" + c.Credentials.SubscriptionID + "/providers/Microsoft.Compute/virtualMachines"
	err := c.Into(ctx, http.MethodGet, path, versionCompute, nil, &list)
	return list.Value, err
}

// Assign gives principal the role of that name at scope and returns the assignment's id.
func (c *Client) Assign(ctx context.Context, principal, principalType, role, scope string) (string, error) {
	definition, err := c.roleDefinition(ctx, role)
	if err != nil {
		return "", err
	}
	name, err := uuid.NewRandomFromReader(rand.Reader)
	if err != nil {
		return "", err
	}
	path := strings.TrimSuffix(scope, "/") + "/providers/Microsoft.Authorization/roleAssignments/" + name.String()
	body := map[string]any{"properties": map[string]any{
		"roleDefinitionId": definition, "principalId": principal, "principalType": principalType,
	}}
	var made struct {
		ID string `json:"id"`
	}
	err = c.Into(ctx, http.MethodPut, path, versionAssignments, body, &made)
	return made.ID, err
}

// Unassign takes a role assignment away.
func (c *Client) Unassign(ctx context.Context, id string) error {
	return c.Delete(ctx, id, versionAssignments)
}

func (c *Client) roleDefinition(ctx context.Context, role string) (string, error) {
	var list struct {
		Value []struct {
			ID         string `json:"id"`
			Properties struct {
				RoleName string `json:"roleName"`
			} `json:"properties"`
		} `json:"value"`
	}
	path := "/subscriptions/" + c.Credentials.SubscriptionID + "/providers/Microsoft.Authorization/roleDefinitions" +
		"?$filter=roleName eq '" + strings.ReplaceAll(role, "'", "''") + "'"
	if err := c.Into(ctx, http.MethodGet, path, versionAssignments, nil, &list); err != nil {
		return "", err
	}
	for _, r := range list.Value {
		if strings.EqualFold(r.Properties.RoleName, role) {
			return r.ID, nil
		}
	}
	return "", fmt.Errorf("no role is named %q: see `az role definition list`", role)
}

// DeleteMachine deletes a virtual machine. Resource Manager answers success for one that is not there.
func (c *Client) DeleteMachine(ctx context.Context, group, name string) error {
	return c.Delete(ctx, c.MachinePath(group, name), versionCompute)
}
