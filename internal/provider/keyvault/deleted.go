package keyvault

import (
	"context"
	"encoding/json"
	"slices"
	"strings"
	"time"

	"github.com/alcedo-cloud/alcedo/internal/fault"
	"github.com/alcedo-cloud/alcedo/internal/rbac"
	"github.com/alcedo-cloud/alcedo/internal/resource"
	"github.com/alcedo-cloud/alcedo/internal/vault"
)

// deletedVault is a deleted vault as answers have it.
func deletedVault(v *vault.Vault) *resource.Document {
	parts := strings.SplitN(v.ResourceID, "/", 4) // "", subscriptions, {id}, …
	properties := map[string]any{
		"vaultId": v.ResourceID, "location": v.Location, "deletionDate": stamp(v.DeletedAt),
		"scheduledPurgeDate": stamp(v.ScheduledAt),
	}
	if len(v.Tags) > 0 {
		properties["tags"] = v.Tags
	}
	if v.PurgeProtection {
		properties["purgeProtectionEnabled"] = true
	}
	return &resource.Document{
		ID:   "/subscriptions/" + parts[2] + "/providers/" + Namespace + "/locations/" + v.Location + "/deletedVaults/" + v.Name,
		Name: v.Name, Type: Namespace + "/deletedVaults", Properties: properties,
	}
}

func stamp(t time.Time) string { return t.UTC().Format("2006-01-02T15:04:05Z") }

// listDeleted lists the deleted vaults of a subscription.
func (p *provider) listDeleted(ctx context.Context, call *resource.Call) (*resource.Answer, error) {
	all, err := p.Vaults.DeletedVaults(ctx, call.ID.Subscription)
	if err != nil {
		return nil, fault.Wrap("keyvault.listDeleted", err)
	}
	slices.SortFunc(all, func(a, b *vault.Vault) int { return strings.Compare(strings.ToLower(a.Name), strings.ToLower(b.Name)) })
	rows := make([]*resource.Document, 0, len(all))
	for _, v := range all {
		rows = append(rows, deletedVault(v))
	}
	return &resource.Answer{Body: map[string]any{"value": rows}}, nil
}

// deleted finds the deleted vault that a call names, in its subscription and location.
func (p *provider) deleted(ctx context.Context, call *resource.Call) (*vault.Vault, error) {
	all, err := p.Vaults.DeletedVaults(ctx, call.ID.Subscription)
	if err != nil {
		return nil, fault.Wrap("keyvault.deleted", err)
	}
	location := ""
	if l, ok := p.Cloud.Location(call.ID.Names[0]); ok {
		location = l.Name
	}
	for _, v := range all {
		if strings.EqualFold(v.Name, call.ID.Name()) && v.Location == location {
			return v, nil
		}
	}
	return nil, deletedNotFound(call.ID.Name())
}

func deletedNotFound(name string) error {
	return fault.Newf(fault.NotFound, "keyvault", "DeletedVaultNotFound", "The specified deleted vault '%s' does not exist.", name)
}

func (p *provider) getDeleted(ctx context.Context, call *resource.Call) (*resource.Answer, error) {
	v, err := p.deleted(ctx, call)
	if err != nil {
		return nil, err
	}
	return &resource.Answer{Body: deletedVault(v)}, nil
}

// purge removes a deleted vault for good. Azure accepts it, and Terraform polls a 200 as if it were a resource.
func (p *provider) purge(ctx context.Context, call *resource.Call) (*resource.Answer, error) {
	v, err := p.deleted(ctx, call)
	if err != nil {
		return nil, err
	}
	err = p.Vaults.PurgeVault(ctx, v.Name)
	if fault.Is(err, fault.NotFound) {
		return nil, deletedNotFound(v.Name)
	}
	if err != nil {
		return nil, fault.Wrap("keyvault.purge", err)
	}
	return call.Accepted(ctx)
}

// checkNameAvailability says whether a vault may have a name. The action that it asks for ends with read, other than its
// method would have it.
func (p *provider) checkNameAvailability(ctx context.Context, call *resource.Call) (*resource.Answer, error) {
	const action = Namespace + "/checkNameAvailability/read"
	scope := call.ID.Base()
	if err := call.Authorize(action, scope); err != nil {
		if !fault.Is(err, fault.Denied) {
			return nil, err
		}
		return nil, &fault.Error{
			Kind: fault.Denied, Op: "keyvault.checkNameAvailability", Reason: "AuthorizationFailed",
			Cause: &rbac.Denial{Caller: call.Caller, Action: action, Scope: scope},
		}
	}
	var body struct {
		Name string `json:"name"`
		Type string `json:"type"`
	}
	if err := json.Unmarshal(call.Body, &body); err != nil {
		return nil, invalidValue("name")
	}
	if !strings.EqualFold(body.Type, Namespace+"/vaults") {
		return nil, bad("type", "The type '%s' is not 'Microsoft.KeyVault/vaults'.", body.Type)
	}
	answer := map[string]any{"nameAvailable": true}
	if checkName(body.Name) != nil {
		answer = map[string]any{"nameAvailable": false, "reason": "AccountNameInvalid", "message": invalidName(body.Name)}
	} else if reason, err := p.taken(ctx, call, body.Name); err != nil {
		return nil, err
	} else if reason != "" {
		answer = map[string]any{"nameAvailable": false, "reason": "AlreadyExists", "message": reason}
	}
	return &resource.Answer{Body: answer}, nil
}

// noHSMs lists managed HSMs, of which this cloud has none.
func noHSMs(context.Context, *resource.Call) (*resource.Answer, error) {
	return &resource.Answer{Body: map[string]any{"value": []any{}}}, nil
}
