package sql

import (
	"net/netip"
	"strings"

	"github.com/alcedo-cloud/alcedo/internal/fault"
	"github.com/alcedo-cloud/alcedo/internal/resource"
	"github.com/alcedo-cloud/alcedo/internal/sqldb"
	"github.com/alcedo-cloud/alcedo/internal/store"
)

// register has the service obey a server's document and the firewall rules that are stored below it. put is a rule on
// its way into the store, gone the name of one on its way out: both are not yet what the store says.
func (p *provider) register(tx store.Tx, doc, put *resource.Document, gone string) error {
	const op = "sql.register"
	rules, err := firewall(tx, doc, put, gone)
	if err != nil {
		return err
	}
	s := sqldb.Server{
		Name: strings.ToLower(doc.Name), ResourceID: doc.ID, Location: doc.Location, TenantID: p.TenantID,
		Administrator: administratorOf(doc), EntraOnly: entraOnly(doc), Firewall: rules,
		PublicNetwork: text(doc.Properties["publicNetworkAccess"]) != "Disabled",
		MinimumTLS:    text(doc.Properties["minimalTlsVersion"]), Identity: directoryReader(doc),
	}
	if hash := text(doc.Hidden[hiddenPassword]); hash != "" { // without a password nobody logs in by it
		s.AdminLogin, s.AdminPassword = text(doc.Properties["administratorLogin"]), sqldb.Hash(hash)
	}
	return fault.Wrap(op, p.Registry.PutServer(tx, s))
}

// directoryReader is the object id of the identity by which a server reads the directory.
func directoryReader(doc *resource.Document) string {
	if doc.Identity == nil {
		return ""
	}
	primary := text(doc.Properties["primaryUserAssignedIdentityId"])
	for id, assigned := range doc.Identity.UserAssignedIdentities {
		if assigned != nil && strings.EqualFold(id, primary) {
			return assigned.PrincipalID
		}
	}
	return doc.Identity.PrincipalID
}

func firewall(tx store.Tx, server, put *resource.Document, gone string) ([]sqldb.FirewallRule, error) {
	id, ok := resource.ParseID(server.ID)
	if !ok {
		return nil, stored(server.ID)
	}
	docs, err := resource.ListTx(tx, id.Child("firewallRules", ""))
	if err != nil {
		return nil, fault.Wrap("sql.firewall", err)
	}
	if put != nil {
		gone = put.Name
		docs = append(docs, put)
	}
	var rules []sqldb.FirewallRule
	for _, doc := range docs {
		if doc != put && strings.EqualFold(doc.Name, gone) {
			continue
		}
		start, end, err := addresses(doc)
		if err != nil {
			return nil, fault.Wrap("sql.firewall", err)
		}
		rules = append(rules, sqldb.FirewallRule{Name: doc.Name, Start: start, End: end})
	}
	return rules, nil
}

func addresses(doc *resource.Document) (start, end netip.Addr, err error) {
	if start, err = netip.ParseAddr(text(doc.Properties["startIpAddress"])); err != nil {
		return start, end, err
	}
	end, err = netip.ParseAddr(text(doc.Properties["endIpAddress"]))
	return start, end, err
}
