package sql

import (
	"context"
	"reflect"
	"strings"

	"github.com/alcedo-cloud/alcedo/internal/resource"
)

// standing is a setting that servers or databases have once each, and that is what it is: it can be read, and be set to
// what it is. Clients that manage servers ask for all of them.
type standing struct {
	typ, name  string
	properties map[string]any
}

// standingSettings are those settings. Encryption at rest is the disk's affair here, and is said to be on since clients
// insist; all that watches, audits or copies is off.
func standingSettings() []standing {
	audit := map[string]any{
		"state": "Disabled", "storageEndpoint": "", "retentionDays": 0.0, "auditActionsAndGroups": []any{}, "isStorageSecondaryKeyInUse": false,
		"storageAccountSubscriptionId": "00000000-0000-0000-0000-000000000000", "isAzureMonitorTargetEnabled": false,
	}
	alerts := map[string]any{
		"state": "Disabled", "disabledAlerts": []any{}, "emailAddresses": []any{}, "emailAccountAdmins": false, "storageEndpoint": "", "retentionDays": 0.0,
	}
	return []standing{
		{"servers/auditingSettings", "Default", audit},
		{"servers/extendedAuditingSettings", "Default", audit},
		{"servers/devOpsAuditingSettings", "Default", map[string]any{"state": "Disabled", "isAzureMonitorTargetEnabled": false}},
		{"servers/securityAlertPolicies", "Default", alerts},
		{"servers/advancedThreatProtectionSettings", "Default", map[string]any{"state": "Disabled"}},
		{"servers/sqlVulnerabilityAssessments", "default", map[string]any{"state": "Disabled"}},
		{"servers/encryptionProtector", "current", map[string]any{
			"serverKeyType": "ServiceManaged", "serverKeyName": "ServiceManaged", "autoRotationEnabled": false,
		}},
		{"servers/databases/auditingSettings", "Default", audit},
		{"servers/databases/extendedAuditingSettings", "Default", audit},
		{"servers/databases/securityAlertPolicies", "Default", alerts},
		{"servers/databases/advancedThreatProtectionSettings", "Default", map[string]any{"state": "Disabled"}},
		{"servers/databases/transparentDataEncryption", "current", map[string]any{"state": "Enabled"}},
		{"servers/databases/geoBackupPolicies", "Default", map[string]any{"state": "Enabled", "storageType": "Premium"}},
		{"servers/databases/backupLongTermRetentionPolicies", "default", map[string]any{
			"weeklyRetention": "PT0S", "monthlyRetention": "PT0S", "yearlyRetention": "PT0S", "weekOfYear": 0.0,
		}},
	}
}

// standingTypes are the settings as types, with the collections that are always empty.
func (p *provider) standingTypes() (types []resource.Type) {
	for _, s := range standingSettings() {
		types = append(types, resource.Type{
			Name: s.typ, APIVersions: versions(),
			Get: func(ctx context.Context, call *resource.Call) (*resource.Answer, error) {
				return p.getStanding(ctx, call, s)
			},
			List: func(ctx context.Context, call *resource.Call) (*resource.Answer, error) {
				return p.listStanding(ctx, call, s)
			},
			Put: func(ctx context.Context, call *resource.Call) (*resource.Answer, error) {
				return p.putStanding(ctx, call, s)
			},
		})
	}
	for _, name := range []string{
		"servers/replicationLinks", "servers/databases/replicationLinks", "servers/privateEndpointConnections", "servers/virtualNetworkRules",
		"servers/ipv6FirewallRules", "servers/outboundFirewallRules", "servers/dnsAliases",
	} {
		types = append(types, resource.Type{Name: name, APIVersions: versions(), List: emptyList})
	}
	return types
}

func (s *standing) shown(above *resource.Document) map[string]any {
	short := s.typ[strings.LastIndexByte(s.typ, '/')+1:]
	return map[string]any{
		"id": above.ID + "/" + short + "/" + s.name, "name": s.name, "type": Namespace + "/" + s.typ, "properties": s.properties,
	}
}

func (p *provider) getStanding(ctx context.Context, call *resource.Call, s standing) (*resource.Answer, error) {
	doc, err := p.serverAbove(ctx, call)
	if err != nil {
		return nil, err
	}
	if !strings.EqualFold(call.ID.Name(), s.name) {
		return nil, missing(call.ID)
	}
	return &resource.Answer{Body: s.shown(doc)}, nil
}

func (p *provider) listStanding(ctx context.Context, call *resource.Call, s standing) (*resource.Answer, error) {
	doc, err := p.serverAbove(ctx, call)
	if err != nil {
		return nil, err
	}
	return &resource.Answer{Body: map[string]any{"value": []any{s.shown(doc)}}}, nil
}

// putStanding takes what changes nothing, and refuses the rest.
func (p *provider) putStanding(ctx context.Context, call *resource.Call, s standing) (*resource.Answer, error) {
	doc, err := p.serverAbove(ctx, call)
	if err != nil {
		return nil, err
	}
	if !strings.EqualFold(call.ID.Name(), s.name) {
		return nil, missing(call.ID)
	}
	var body struct {
		Properties map[string]any `json:"properties"`
	}
	if err := read(call.Body, &body); err != nil {
		return nil, err
	}
	for name, value := range body.Properties {
		has, known := s.properties[name]
		empty := value == nil || value == "" || value == false || reflect.DeepEqual(value, []any{})
		if empty || known && (reflect.DeepEqual(has, value) || strings.EqualFold(text(has), text(value)) && text(has) != "") {
			continue
		}
		return nil, unsupported("FeatureNotSupported", "The property '%s' of '%s/%s' cannot be changed.", name, Namespace, s.typ)
	}
	return &resource.Answer{Body: s.shown(doc)}, nil
}
