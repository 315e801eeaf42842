package blob

import (
	"net/netip"
	"time"
)

// Account is a storage account as the data plane obeys it. Resource Manager's provider writes it; it is not changed
// after that, so that readers may keep it.
type Account struct {
	Name       string `json:"name"`
	ResourceID string `json:"resourceId"` // /subscriptions/…/storageAccounts/{name}: the scope of decisions
	Location   string `json:"location"`
	Kind       string `json:"kind"` // StorageV2, Storage, BlobStorage, BlockBlobStorage
	SKU        string `json:"sku"`  // Standard_LRS
	TenantID   string `json:"tenantId,omitempty"`

	Keys                     [2]AccountKey `json:"keys"`
	AllowSharedKeyAccess     bool          `json:"allowSharedKeyAccess"`
	AllowBlobPublicAccess    bool          `json:"allowBlobPublicAccess"`
	SupportsHTTPSTrafficOnly bool          `json:"supportsHttpsTrafficOnly"`
	MinimumTLSVersion        string        `json:"minimumTlsVersion,omitempty"` // TLS1_0, TLS1_1, TLS1_2, TLS1_3
	Network                  NetworkRules  `json:"network"`
	AccessTier               string        `json:"accessTier,omitempty"` // the default tier: Hot, Cool, Cold; "" is Hot
	Secondary                bool          `json:"secondary,omitempty"`  // a readable -secondary endpoint (RA-GRS)
	Development              bool          `json:"development,omitempty"`
	HierarchicalNamespace    bool          `json:"hierarchicalNamespace,omitempty"`
	VersionImmutability      bool          `json:"versionImmutability,omitempty"` // of every new container
	// DelegationRevoked: user delegation keys that began before it no longer sign.
	DelegationRevoked time.Time `json:"delegationRevoked,omitzero"`

	Properties       ServiceProperties `json:"properties"`
	EncryptionScopes []EncryptionScope `json:"encryptionScopes,omitempty"`
	Lifecycle        []byte            `json:"lifecycle,omitempty"` // the management policy's JSON, as Resource Manager took it
	Created          time.Time         `json:"created"`
}

// AccountKey is a shared key.
type AccountKey struct {
	Name    string    `json:"name"` // key1, key2
	Value   []byte    `json:"value"`
	Created time.Time `json:"created,omitzero"`
}

// EncryptionScope is a named key of the account.
type EncryptionScope struct {
	Name    string `json:"name"`
	Enabled bool   `json:"enabled"`
}

// NetworkRules are the account's firewall.
type NetworkRules struct {
	DenyByDefault  bool           `json:"denyByDefault,omitempty"`
	PublicDisabled bool           `json:"publicDisabled,omitempty"` // publicNetworkAccess: Disabled
	IP             []netip.Prefix `json:"ip,omitempty"`             // allowed where the default is to deny
	Bypass         []string       `json:"bypass,omitempty"`         // AzureServices, Logging, Metrics
}

// Admits reports whether a client at that address passes the firewall.
func (n NetworkRules) Admits(client netip.Addr) bool {
	if n.PublicDisabled {
		return false
	}
	if !n.DenyByDefault {
		return true
	}
	for _, p := range n.IP {
		if p.Contains(client.Unmap()) {
			return true
		}
	}
	return false
}

// ServiceProperties are what Set Blob Service Properties and blobServices/default set.
type ServiceProperties struct {
	Logging                  *Logging       `json:"logging,omitempty"`
	HourMetrics              *Metrics       `json:"hourMetrics,omitempty"`
	MinuteMetrics            *Metrics       `json:"minuteMetrics,omitempty"`
	CORS                     []CORSRule     `json:"cors,omitempty"` // at most five
	DefaultServiceVersion    string         `json:"defaultServiceVersion,omitempty"`
	DeleteRetention          Retention      `json:"deleteRetention,omitzero"` // soft delete of blobs
	ContainerDeleteRetention Retention      `json:"containerDeleteRetention,omitzero"`
	StaticWebsite            *StaticWebsite `json:"staticWebsite,omitempty"`
	Versioning               bool           `json:"versioning,omitempty"`
	ChangeFeed               bool           `json:"changeFeed,omitempty"`
	LastAccessTracking       bool           `json:"lastAccessTracking,omitempty"`
	RestorePolicyDays        int            `json:"restorePolicyDays,omitempty"`
}

// Retention keeps what was deleted for some days.
type Retention struct {
	Enabled              bool `json:"enabled,omitempty"`
	Days                 int  `json:"days,omitempty"` // 1 to 365
	AllowPermanentDelete bool `json:"allowPermanentDelete,omitempty"`
}

// Logging is Storage Analytics logging, which is kept and answered.
type Logging struct {
	Version             string `json:"version"`
	Delete, Read, Write bool
	Retention           Retention `json:"retention"`
}

// Metrics is Storage Analytics metrics, which is kept and answered.
type Metrics struct {
	Version     string    `json:"version"`
	Enabled     bool      `json:"enabled"`
	IncludeAPIs *bool     `json:"includeApis,omitempty"`
	Retention   Retention `json:"retention"`
}

// CORSRule allows browsers of other origins.
type CORSRule struct {
	AllowedOrigins, AllowedMethods, AllowedHeaders, ExposedHeaders []string
	MaxAgeSeconds                                                  int
}

// StaticWebsite serves $web.
type StaticWebsite struct {
	Enabled                  bool   `json:"enabled"`
	IndexDocument            string `json:"indexDocument,omitempty"`
	DefaultIndexDocumentPath string `json:"defaultIndexDocumentPath,omitempty"`
	ErrorDocument404Path     string `json:"errorDocument404Path,omitempty"`
}
