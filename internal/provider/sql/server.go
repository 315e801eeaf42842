package sql

import (
	"context"
	"slices"
	"strings"

	"github.com/alcedo-cloud/alcedo/internal/fault"
	"github.com/alcedo-cloud/alcedo/internal/resource"
)

// master is the system's database, which every server has.
const master = "master"

// serverProperties are those of a server that a client may send. What it leaves out is nil.
type serverProperties struct {
	Login             *string        `json:"administratorLogin"`
	Password          *string        `json:"administratorLoginPassword"`
	Version           *string        `json:"version"`
	MinimalTLS        *string        `json:"minimalTlsVersion"`
	PublicNetwork     *string        `json:"publicNetworkAccess"`
	RestrictOutbound  *string        `json:"restrictOutboundNetworkAccess"`
	IPv6              *string        `json:"isIPv6Enabled"`
	PrimaryIdentity   *string        `json:"primaryUserAssignedIdentityId"`
	KeyID             *string        `json:"keyId"`
	FederatedClientID *string        `json:"federatedClientId"`
	Administrators    *administrator `json:"administrators"`
}

// Names of what a server's document keeps and never shows.
const (
	hiddenPassword   = "password"       // the hash of the administrator's password
	hiddenConnection = "connectionType" // of the connection policy
)

// putServer validates a server, completes it as Azure shows it and has logins obey it.
func (p *provider) putServer(ctx context.Context, ch *resource.Change) error {
	var sent serverProperties
	if err := read(ch.New.Properties, &sent); err != nil {
		return err
	}
	was := map[string]any{}
	if ch.Old != nil {
		was = ch.Old.Properties
	}
	shown := map[string]any{
		"version": "12.0", "state": "Ready", "privateEndpointConnections": []any{}, "externalGovernanceStatus": "Disabled",
		"fullyQualifiedDomainName": strings.ToLower(ch.New.Name) + "." + p.Cloud.SQLSuffix,
	}
	if err := settings(shown, was, &sent); err != nil {
		return err
	}
	if err := p.administration(ch, shown, &sent); err != nil {
		return err
	}
	if err := p.Identities.Apply(ctx, ch); err != nil {
		return err
	}
	if err := primaryIdentity(ch.New, shown, &sent); err != nil {
		return err
	}
	ch.New.Properties, ch.New.Kind, ch.New.SKU, ch.New.Extra = shown, "v12.0", nil, nil
	if err := p.register(ch.Tx, ch.New, nil, ""); err != nil {
		return err
	}
	if ch.Old != nil {
		return nil
	}
	return p.putMaster(ch)
}

// settings takes the plain settings over, from what was sent or what the server has.
func settings(shown, was map[string]any, sent *serverProperties) error {
	if sent.KeyID != nil || sent.FederatedClientID != nil {
		return unsupported("FeatureNotSupported", "Transparent data encryption with a key of the customer's is not supported: leave out 'keyId' and 'federatedClientId'.")
	}
	if sent.Version != nil && *sent.Version != "12.0" {
		return invalid("version")
	}
	for _, s := range []struct {
		name, standard string
		sent           *string
		may            []string
	}{
		{"minimalTlsVersion", "1.2", sent.MinimalTLS, []string{"None", "1.0", "1.1", "1.2", "1.3"}},
		{"publicNetworkAccess", "Enabled", sent.PublicNetwork, []string{"Enabled", "Disabled"}},
		{"restrictOutboundNetworkAccess", "Disabled", sent.RestrictOutbound, []string{"Enabled", "Disabled"}},
		{"isIPv6Enabled", "Disabled", sent.IPv6, []string{"Disabled"}},
	} {
		value := s.standard
		if kept := text(was[s.name]); kept != "" {
			value = kept
		}
		if s.sent != nil {
			i := slices.IndexFunc(s.may, func(m string) bool { return strings.EqualFold(m, *s.sent) })
			if i < 0 {
				return invalid(s.name)
			}
			value = s.may[i]
		}
		shown[s.name] = value
	}
	return nil
}

// primaryIdentity settles by which identity the server reads the directory. A server with nothing but user-assigned
// identities must be told.
func primaryIdentity(doc *resource.Document, shown map[string]any, sent *serverProperties) error {
	if doc.Identity == nil || len(doc.Identity.UserAssignedIdentities) == 0 {
		return nil
	}
	if sent.PrimaryIdentity == nil || *sent.PrimaryIdentity == "" {
		if doc.Identity.PrincipalID == "" {
			return invalid("primaryUserAssignedIdentityId")
		}
		return nil
	}
	for id := range doc.Identity.UserAssignedIdentities {
		if strings.EqualFold(id, *sent.PrimaryIdentity) {
			shown["primaryUserAssignedIdentityId"] = id
			return nil
		}
	}
	return invalid("primaryUserAssignedIdentityId")
}

// deleteServer ends the server's identity and all of its databases.
func (p *provider) deleteServer(ctx context.Context, ch *resource.Change) error {
	if err := p.Identities.Remove(ctx, ch); err != nil {
		return err
	}
	return fault.Wrap("sql.deleteServer", p.Registry.DeleteServer(ch.Tx, ch.Old.Name))
}

// viewServer leaves the administrator out of what is read, unless it is asked for.
// Source: learn.microsoft.com/rest/api/sql/servers/get, the parameter $expand.
func (p *provider) viewServer(_ context.Context, call *resource.Call, doc *resource.Document) (*resource.Document, error) {
	if call.Method == "GET" && !strings.HasPrefix(strings.ToLower(call.Query.Get("$expand")), "administrators") {
		delete(doc.Properties, "administrators")
	}
	return doc, nil
}
