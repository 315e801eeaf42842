package sql

import (
	"context"

	"github.com/alcedo-cloud/alcedo/internal/fault"
	"github.com/alcedo-cloud/alcedo/internal/resource"
)

// maxRules is how many rules a server may have. Source: learn.microsoft.com "Azure SQL Database firewall rules".
const maxRules = 256

// putFirewallRule checks a rule and has logins obey it.
// Source: learn.microsoft.com/rest/api/sql/firewall-rules/create-or-update.
func (p *provider) putFirewallRule(_ context.Context, ch *resource.Change) error {
	bad := refuse("InvalidServerFirewallRuleResourceParameters", "Server firewall rule resource parameters are invalid.")
	start, end, err := addresses(ch.New)
	if err != nil || !start.Is4() || !end.Is4() || end.Less(start) {
		return bad
	}
	server, err := serverOf(ch)
	if err != nil {
		return err
	}
	if text(server.Properties["publicNetworkAccess"]) == "Disabled" {
		return refuse("DenyPublicEndpointEnabled", "Unable to create or modify firewall rules when public network interface for the "+
			"server is disabled. To manage server or database level firewall rules, please enable the public network interface.")
	}
	ch.New.Properties = map[string]any{"startIpAddress": start.String(), "endIpAddress": end.String()}
	ch.New.Kind, ch.New.SKU, ch.New.Extra, ch.New.Identity = "", nil, nil, nil
	rules, err := firewall(ch.Tx, server, ch.New, "")
	if err != nil {
		return err
	}
	if len(rules) > maxRules {
		return bad
	}
	return p.register(ch.Tx, server, ch.New, "")
}

// deleteFirewallRule takes a rule away. One that goes with its server is not looked at any more.
func (p *provider) deleteFirewallRule(_ context.Context, ch *resource.Change) error {
	if ch.Cascade {
		return nil
	}
	server, err := serverOf(ch)
	if err != nil {
		return err
	}
	return p.register(ch.Tx, server, nil, ch.Old.Name)
}

// serverOf is the server above a child that changes, as the change's transaction sees it.
func serverOf(ch *resource.Change) (*resource.Document, error) {
	id, ok := resource.ParseID(ch.New.ID)
	if !ok {
		return nil, stored(ch.New.ID)
	}
	doc, err := resource.GetTx(ch.Tx, id.Container())
	return doc, fault.Wrap("sql.serverOf", err)
}
