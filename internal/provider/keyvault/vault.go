package keyvault

import (
	"context"
	"encoding/json"
	"strings"

	"github.com/google/uuid"

	"github.com/alcedo-cloud/alcedo/internal/fault"
	"github.com/alcedo-cloud/alcedo/internal/resource"
	"github.com/alcedo-cloud/alcedo/internal/vault"
)

// Bounds of the retention of what is deleted, in days.
const (
	minRetention = 7
	maxRetention = 90
)

// defaultRBAC is the first api-version in which a new vault is decided by roles unless it says otherwise.
const defaultRBAC = "2026-02-01"

// properties are those of a vault that a client may send. What it leaves out is nil.
type properties struct {
	TenantID *string `json:"tenantId"`
	SKU      *struct {
		Family string `json:"family"`
		Name   string `json:"name"`
	} `json:"sku"`
	AccessPolicies      *[]vault.AccessPolicy `json:"accessPolicies"`
	ForDeployment       *bool                 `json:"enabledForDeployment"`
	ForDiskEncryption   *bool                 `json:"enabledForDiskEncryption"`
	ForTemplate         *bool                 `json:"enabledForTemplateDeployment"`
	SoftDelete          *bool                 `json:"enableSoftDelete"`
	Retention           *int                  `json:"softDeleteRetentionInDays"`
	RBAC                *bool                 `json:"enableRbacAuthorization"`
	CreateMode          *string               `json:"createMode"`
	PurgeProtection     *bool                 `json:"enablePurgeProtection"`
	PublicNetworkAccess *string               `json:"publicNetworkAccess"`
	Network             *networkACLs          `json:"networkAcls"`
}

// putVault makes, changes or recovers a vault.
func (p *provider) putVault(_ context.Context, ch *resource.Change) error {
	const op = "keyvault.putVault"
	sent, err := readProperties(ch.New)
	if err != nil {
		return err
	}
	if sent.CreateMode != nil && strings.EqualFold(*sent.CreateMode, "recover") && ch.Old == nil {
		return p.recover(ch)
	}
	if sent.CreateMode != nil && !strings.EqualFold(*sent.CreateMode, "default") && !strings.EqualFold(*sent.CreateMode, "recover") {
		return invalidValue("createMode")
	}
	old, _, err := p.Vaults.VaultTx(ch.Tx, ch.New.Name)
	if err != nil {
		return fault.Wrap(op, err)
	}
	v := vault.Vault{
		Name: ch.New.Name, RetentionDays: maxRetention, PublicNetworkAccess: "Enabled",
		URI: "https://" + strings.ToLower(ch.New.Name) + "." + p.Cloud.KeyVaultSuffix + "/",
	}
	v.EnableRBAC = ch.Call.APIVersion >= defaultRBAC
	if ch.Old != nil && old != nil && !old.Deleted() {
		v = *old
	}
	v.ResourceID, v.Location, v.Geography, v.Tags = ch.New.ID, ch.New.Location, p.geography(ch.New.Location), ch.New.Tags
	if err := p.apply(&v, sent, ch.Old == nil); err != nil {
		return err
	}
	if err := p.Vaults.PutVault(ch.Tx, v); err != nil {
		return fault.Wrap(op, err)
	}
	ch.New.Properties, ch.New.SKU, ch.New.Extra = shape(&v), nil, nil
	return nil
}

// recover takes a deleted vault back with the properties that it had.
func (p *provider) recover(ch *resource.Change) error {
	const op = "keyvault.recover"
	v, err := p.Vaults.RecoverVault(ch.Tx, ch.New.Name)
	if fault.Is(err, fault.NotFound) {
		return deletedNotFound(ch.New.Name)
	}
	if err != nil {
		return fault.Wrap(op, err)
	}
	if !strings.EqualFold(v.ResourceID, ch.New.ID) || v.Location != ch.New.Location {
		return fault.Newf(fault.Conflict, op, "ConflictError", "The deleted vault '%s' can be recovered only in the subscription, "+
			"resource group and location that it was in.", ch.New.Name)
	}
	ch.New.Name, ch.New.ID, ch.New.Tags = v.Name, v.ResourceID, v.Tags
	ch.New.Properties, ch.New.SKU, ch.New.Extra = shape(v), nil, nil
	return nil
}

func readProperties(doc *resource.Document) (*properties, error) {
	text, err := json.Marshal(doc.Properties)
	if err != nil {
		return nil, fault.Wrap("keyvault.readProperties", err)
	}
	sent := new(properties)
	if err := json.Unmarshal(text, sent); err != nil {
		if wrong, ok := err.(*json.UnmarshalTypeError); ok {
			return nil, invalidValue(wrong.Field)
		}
		return nil, invalidValue("properties")
	}
	return sent, nil
}

func invalidValue(name string) error {
	return bad("properties."+name, "An invalid value was provided for '%s'.", name)
}

func missing(name string) error {
	return bad("properties."+name, "The parameter '%s' is not specified.", name)
}

// apply checks what was sent and changes v by it.
func (p *provider) apply(v *vault.Vault, sent *properties, created bool) error {
	if err := p.applyIdentity(v, sent, created); err != nil {
		return err
	}
	if err := applyDeletion(v, sent, created); err != nil {
		return err
	}
	set(&v.EnableRBAC, sent.RBAC)
	set(&v.EnabledForDeployment, sent.ForDeployment)
	set(&v.EnabledForEncryption, sent.ForDiskEncryption)
	set(&v.EnabledForTemplate, sent.ForTemplate)
	switch {
	case sent.AccessPolicies != nil:
		if err := p.checkPolicies(v, *sent.AccessPolicies); err != nil {
			return err
		}
		v.AccessPolicies = *sent.AccessPolicies
	case created && !v.EnableRBAC:
		return missing("accessPolicies")
	}
	if sent.PublicNetworkAccess != nil {
		if !oneOf(sent.PublicNetworkAccess, "Enabled", "Disabled", "SecuredByPerimeter") || strings.EqualFold(*sent.PublicNetworkAccess, "SecuredByPerimeter") {
			return invalidValue("publicNetworkAccess")
		}
		v.PublicNetworkAccess = *sent.PublicNetworkAccess
	}
	if sent.Network != nil {
		rules, err := sent.Network.rules()
		if err != nil {
			return err
		}
		v.Network = rules
	}
	return nil
}

// applyIdentity takes the tenant and the tier over.
func (p *provider) applyIdentity(v *vault.Vault, sent *properties, created bool) error {
	switch {
	case sent.TenantID != nil:
		if _, err := uuid.Parse(*sent.TenantID); err != nil {
			return invalidValue("tenantId")
		}
		if !strings.EqualFold(*sent.TenantID, p.TenantID) {
			return bad("properties.tenantId", "The tenant ID '%s' is not that of the subscription's directory.", *sent.TenantID)
		}
		v.TenantID = strings.ToLower(*sent.TenantID)
	case created:
		return missing("tenantId")
	}
	switch {
	case sent.SKU != nil:
		name := sent.SKU.Name
		if !strings.EqualFold(sent.SKU.Family, "A") || !oneOf(&name, "standard", "premium") {
			return invalidValue("sku")
		}
		v.SKU = name
	case created:
		return missing("sku")
	}
	return nil
}

// applyDeletion holds the rules of soft deletion: it is on in every vault, its retention is set once, and purge
// protection is never turned off.
func applyDeletion(v *vault.Vault, sent *properties, created bool) error {
	if sent.SoftDelete != nil && !*sent.SoftDelete {
		return bad("properties.enableSoftDelete", "The property \"enableSoftDelete\" can be set to false only for creating new vaults. "+
			"Enabling the 'soft delete' functionality is an irreversible action.")
	}
	if days := sent.Retention; days != nil {
		if *days < minRetention || *days > maxRetention {
			return invalidValue("softDeleteRetentionInDays")
		}
		if !created && *days != v.RetentionDays {
			return bad("properties.softDeleteRetentionInDays",
				"The property \"softDeleteRetentionInDays\" has been set already and it can't be modified.")
		}
		v.RetentionDays = *days
	}
	if sent.PurgeProtection == nil {
		return nil
	}
	if !*sent.PurgeProtection {
		return bad("properties.enablePurgeProtection", "The property \"enablePurgeProtection\" cannot be set to false. "+
			"Enabling the purge protection for a vault is an irreversible action.")
	}
	v.PurgeProtection = true
	return nil
}

// set takes a value over that was sent.
func set(to, sent *bool) {
	if sent != nil {
		*to = *sent
	}
}

// oneOf reports whether text is one of words, without case, and spells it as they do.
func oneOf(text *string, words ...string) bool {
	for _, w := range words {
		if strings.EqualFold(*text, w) {
			*text = w
			return true
		}
	}
	return false
}

// shape are the properties of a vault as answers have them.
func shape(v *vault.Vault) map[string]any {
	policies := make([]any, 0, len(v.AccessPolicies))
	for i := range v.AccessPolicies {
		policies = append(policies, shapePolicy(&v.AccessPolicies[i]))
	}
	out := map[string]any{
		"sku":                          map[string]any{"family": "A", "name": v.SKU},
		"tenantId":                     v.TenantID,
		"accessPolicies":               policies,
		"enabledForDeployment":         v.EnabledForDeployment,
		"enabledForDiskEncryption":     v.EnabledForEncryption,
		"enabledForTemplateDeployment": v.EnabledForTemplate,
		"enableSoftDelete":             true,
		"softDeleteRetentionInDays":    v.RetentionDays,
		"enableRbacAuthorization":      v.EnableRBAC,
		"vaultUri":                     v.URI,
		"provisioningState":            "Succeeded",
		"publicNetworkAccess":          v.PublicNetworkAccess,
	}
	if v.PurgeProtection {
		out["enablePurgeProtection"] = true
	}
	if v.Network != nil {
		out["networkAcls"] = shapeNetwork(v.Network)
	}
	return out
}
