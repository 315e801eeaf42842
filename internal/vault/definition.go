package vault

import (
	"net/netip"
	"strings"
	"time"
)

// Vault is a vault as Resource Manager defines it.
type Vault struct {
	Name       string            `json:"name"`
	ResourceID string            `json:"resourceId"` // /subscriptions/…/vaults/{name}
	Location   string            `json:"location"`   // eastus
	Geography  string            `json:"geography"`  // that the location is in; a backup may not leave it
	TenantID   string            `json:"tenantId"`   // GUID
	SKU        string            `json:"sku"`        // standard or premium
	URI        string            `json:"uri"`        // https://{name}.vault…/
	Tags       map[string]string `json:"tags,omitempty"`

	EnableRBAC             bool           `json:"enableRbac"` // roles decide, and access policies do not count
	AccessPolicies         []AccessPolicy `json:"accessPolicies,omitempty"`
	RetentionDays          int            `json:"retentionDays"` // of what is deleted, 7 to 90
	PurgeProtection        bool           `json:"purgeProtection"`
	EnabledForDeployment   bool           `json:"enabledForDeployment"`
	EnabledForEncryption   bool           `json:"enabledForDiskEncryption"`
	EnabledForTemplate     bool           `json:"enabledForTemplateDeployment"`
	PublicNetworkAccess    string         `json:"publicNetworkAccess"` // Enabled or Disabled
	Network                *NetworkRules  `json:"network,omitempty"`   // nil lets everybody in
	DeletedAt, ScheduledAt time.Time      // of a deleted vault: when it was, and when it will be purged

	// Set by the service. ID is new with each creation: what was in a purged vault is not in the next of its name.
	ID  string `json:"id"`
	Key []byte `json:"key"` // the vault's own key, wrapped
}

// Deleted reports whether the vault is deleted and can be recovered.
func (v *Vault) Deleted() bool { return !v.DeletedAt.IsZero() }

// Subscription is the id of the subscription that the vault is in, in lower case.
func (v *Vault) Subscription() string {
	parts := strings.SplitN(strings.ToLower(v.ResourceID), "/", 4)
	if len(parts) < 3 {
		return ""
	}
	return parts[2]
}

// AccessPolicy says what a principal may do where roles do not decide.
type AccessPolicy struct {
	TenantID      string      `json:"tenantId"`
	ObjectID      string      `json:"objectId"`
	ApplicationID string      `json:"applicationId,omitempty"` // only through this application
	Permissions   Permissions `json:"permissions"`
}

// Permissions are the names of permissions, as Key Vault spells them, by what they are for. "all" holds each.
type Permissions struct {
	Keys         []string `json:"keys,omitempty"`
	Secrets      []string `json:"secrets,omitempty"`
	Certificates []string `json:"certificates,omitempty"`
	Storage      []string `json:"storage,omitempty"`
}

// of are those for one type of objects.
func (p *Permissions) of(t Type) []string {
	switch t {
	case Secrets:
		return p.Secrets
	case Keys:
		return p.Keys
	case Certificates:
		return p.Certificates
	}
	return nil
}

// NetworkRules say from where the vault may be reached.
type NetworkRules struct {
	Bypass        string   `json:"bypass"`        // AzureServices or None
	DefaultAction string   `json:"defaultAction"` // Allow or Deny
	IPRules       []string `json:"ipRules"`       // addresses and prefixes
	Subnets       []string `json:"subnets"`       // resource ids
}

// admit reports whether a client at address may come in.
func (n *NetworkRules) admit(address netip.Addr) bool {
	if n == nil || !strings.EqualFold(n.DefaultAction, "Deny") {
		return true
	}
	address = address.Unmap()
	for _, rule := range n.IPRules {
		if prefix, err := ParsePrefix(rule); err == nil && prefix.Contains(address) {
			return true
		}
	}
	return false
}

// ParsePrefix reads an address or a prefix in CIDR notation.
func ParsePrefix(text string) (netip.Prefix, error) {
	if strings.Contains(text, "/") {
		p, err := netip.ParsePrefix(text)
		return p.Masked(), err
	}
	a, err := netip.ParseAddr(text)
	if err != nil {
		return netip.Prefix{}, err
	}
	return netip.PrefixFrom(a, a.BitLen()), nil
}
