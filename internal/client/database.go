package client

import (
	"context"
	"net/http"
)

const versionSQL = "2021-11-01"

// ServerPath is the path of a server of Azure SQL.
func (c *Client) ServerPath(group, server string) string {
	return c.GroupPath(group) + "/providers/Microsoft.Sql/servers/" + server
}

// CreateDatabase makes a server of Azure SQL whose Entra administrator is the owner's service principal, lets this
// cloud's machines through its firewall, and makes a database; what is there already stays.
func (c *Client) CreateDatabase(ctx context.Context, group, location, server, database string) error {
	owner, err := c.ObjectID(ctx)
	if err != nil {
		return err
	}
	path := c.ServerPath(group, server)
	for _, put := range []struct {
		path string
		body map[string]any
	}{
		{path, map[string]any{"location": location, "properties": map[string]any{"administrators": map[string]any{
			"administratorType": "ActiveDirectory", "principalType": "Application", "login": "owner", "sid": owner,
			"tenantId": c.Credentials.TenantID, "azureADOnlyAuthentication": true,
		}}}},
		{path + "/firewallRules/AllowAllWindowsAzureIps", map[string]any{
			"properties": map[string]any{"startIpAddress": "0.0.0.0", "endIpAddress": "0.0.0.0"},
		}},
		{path + "/databases/" + database, map[string]any{"location": location}},
	} {
		if _, err := c.ResourceManager(ctx, http.MethodPut, put.path, versionSQL, put.body); err != nil {
			return err
		}
		if err := c.Exists(ctx, put.path, versionSQL); err != nil {
			return err
		}
	}
	return nil
}
