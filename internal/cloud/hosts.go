package cloud

import (
	"net/netip"
	"slices"
	"strings"
)

// HostKind says which of Azure's endpoints a host name is.
type HostKind uint8

// The kinds of hosts that alcedo answers for.
const (
	HostLogin           HostKind = iota + 1 // the authority, under any of its names
	HostResourceManager                     // Resource Manager
	HostManagement                          // the classic name of Resource Manager
	HostGraph                               // Microsoft Graph
	HostAADGraph                            // Azure AD Graph
	HostPortal                              // the portal
	HostIdentity                            // control-{location}.identity…, in clientSecretUrl; Account is the location
	HostBlob                                // {account}.blob…, and the others of a storage account
	HostQueue
	HostTable
	HostFile
	HostDFS
	HostWeb
	HostVault // {vault}.vault…
	HostSQL   // {server}.database…
	HostIMDS  // metadata.azure.internal
	HostLocal // localhost and loopback addresses: this machine, without any name of Azure's
)

// MetadataName is the name under which IMDS's address can be looked up, and IMDSAddress that address. Both are the same
// in every cloud.
const (
	MetadataName = "metadata.azure.internal"
	IMDSAddress  = "169.254.169.254"
)

// instanceDiscovery is the authority that MSAL asks about the others, in every cloud (protocol.md 2.1).
const instanceDiscovery = "login.microsoftonline.com"

// Host is a name of the cloud's, taken apart.
type Host struct {
	Kind      HostKind
	Name      string // lower-case, without port and without the dot at the end
	Account   string // storage account, vault, server or location; "" where the name is the service's own
	Secondary bool   // {account}-secondary: the read-only copy of a storage account
	Pattern   string // what a certificate for it says: Name, or "*." and the rest where Account is one whole label
}

// Owns reports whether the host name, with or without a port, is one that this cloud answers for.
func (c Cloud) Owns(host string) bool {
	_, ok := c.Host(host)
	return ok
}

// Host tells what a host name is, with or without a port and in any case. ok is false where the name is not of this
// cloud. It is the one answer to that question: the name server, the certificates and the gateway all ask here.
func (c Cloud) Host(host string) (h Host, ok bool) {
	name := hostName(host)
	if kind := c.fixed(name); kind != 0 {
		return Host{Kind: kind, Name: name, Pattern: name}, true
	}
	label, rest, ok := strings.Cut(name, ".")
	if !ok || !isLabel(label) {
		return Host{}, false
	}
	h = Host{Name: name, Account: label, Pattern: "*." + rest}
	switch rest {
	case c.KeyVaultSuffix:
		h.Kind = HostVault
	case c.SQLSuffix:
		h.Kind = HostSQL
	case c.IdentitySuffix:
		location, is := strings.CutPrefix(label, "control-")
		h.Kind, h.Account = HostIdentity, location
		return h, is && location != ""
	default:
		if c.regionalLogin(label, rest) {
			h.Kind, h.Account = HostLogin, ""
			return h, true
		}
		return c.storageHost(h, rest)
	}
	return h, true
}

// regionalLogin reports whether a host is the authority in one region, which the SDKs ask where AZURE_REGIONAL_AUTHORITY_NAME
// is set: {location}.login.microsoft.com, elsewhere {location} before the authority's own name.
// Source: learn.microsoft.com, "Regional authentication"; the requests of MSAL.
func (c Cloud) regionalLogin(label, rest string) bool {
	for _, l := range c.Locations {
		if l.Name == label {
			return slices.Contains(c.LoginAliases, rest)
		}
	}
	return false
}

// storageHost finishes h for {account}.{endpoint}.{suffix}; a website may have a zone, {account}.z1.web.{suffix}.
func (c Cloud) storageHost(h Host, rest string) (Host, bool) {
	endpoint, ok := strings.CutSuffix(rest, "."+c.StorageSuffix)
	if !ok {
		return Host{}, false
	}
	if zone, bare, ok := strings.Cut(endpoint, "."); ok {
		if bare != "web" || len(zone) < 2 || len(zone) > 3 || zone[0] != 'z' || strings.Trim(zone[1:], "0123456789") != "" {
			return Host{}, false
		}
		endpoint = bare
	}
	if h.Kind = storageKind(endpoint); h.Kind == 0 {
		return Host{}, false
	}
	if account, ok := strings.CutSuffix(h.Account, "-secondary"); ok && account != "" {
		h.Account, h.Secondary = account, true
	}
	return h, true
}

func storageKind(endpoint string) HostKind {
	switch endpoint {
	case "blob":
		return HostBlob
	case "queue":
		return HostQueue
	case "table":
		return HostTable
	case "file":
		return HostFile
	case "dfs":
		return HostDFS
	case "web":
		return HostWeb
	}
	return 0
}

// fixed is the kind of a name that stands by itself, or 0.
func (c Cloud) fixed(name string) HostKind {
	switch name {
	case "":
		return 0
	case c.ResourceManager:
		return HostResourceManager
	case c.Management:
		return HostManagement
	case c.Login, instanceDiscovery:
		return HostLogin
	case c.Graph:
		return HostGraph
	case c.AADGraph:
		return HostAADGraph
	case c.Portal:
		return HostPortal
	case MetadataName:
		return HostIMDS
	case "localhost":
		return HostLocal
	}
	for _, alias := range c.LoginAliases {
		if name == alias {
			return HostLogin
		}
	}
	if address, err := netip.ParseAddr(name); err == nil && address.Zone() == "" && address.IsLoopback() {
		return HostLocal
	}
	return 0
}

// FixedHosts lists the names that stand by themselves, the authority's first.
func (c Cloud) FixedHosts() []string {
	names := append([]string(nil), c.LoginAliases...)
	for _, name := range []string{
		instanceDiscovery, c.ResourceManager, c.Management, c.Graph, c.AADGraph, c.Portal, MetadataName, "localhost",
	} {
		known := name == ""
		for _, n := range names {
			known = known || n == name
		}
		if !known {
			names = append(names, name)
		}
	}
	return names
}

// hostName takes the port, the brackets of an IPv6 address and the root's dot away, and lowers the rest.
func hostName(host string) string {
	if inner, ok := strings.CutPrefix(host, "["); ok {
		address, rest, closed := strings.Cut(inner, "]")
		if !closed || !strings.Contains(address, ":") || rest != "" && rest[0] != ':' {
			return ""
		}
		return strings.ToLower(address)
	}
	if name, _, ok := strings.Cut(host, ":"); ok && strings.Count(host, ":") == 1 {
		host = name
	}
	return strings.ToLower(strings.TrimSuffix(host, "."))
}

// isLabel reports whether s can be one label of a host name: letters, digits and inner hyphens, at most 63.
func isLabel(s string) bool {
	if s == "" || len(s) > 63 || s[0] == '-' || s[len(s)-1] == '-' {
		return false
	}
	for _, c := range []byte(s) {
		if (c < 'a' || c > 'z') && (c < '0' || c > '9') && c != '-' {
			return false
		}
	}
	return true
}
