package keyvault

import (
	"strings"

	"github.com/alcedo-cloud/alcedo/internal/resource"
	"github.com/alcedo-cloud/alcedo/internal/vault"
)

// maxRules is how many rules of a sort a vault may have.
// Source: learn.microsoft.com "Configure network security for Azure Key Vault".
const (
	maxIPRules = 1000
	maxSubnets = 200
)

// networkACLs are the network's rules as clients send them.
type networkACLs struct {
	Bypass        *string `json:"bypass"`
	DefaultAction *string `json:"defaultAction"`
	IPRules       []struct {
		Value string `json:"value"`
	} `json:"ipRules"`
	Subnets []struct {
		ID string `json:"id"`
	} `json:"virtualNetworkRules"`
}

// rules checks the rules.
func (n *networkACLs) rules() (*vault.NetworkRules, error) {
	out := &vault.NetworkRules{Bypass: "AzureServices", DefaultAction: "Allow"}
	if n.Bypass != nil {
		if !oneOf(n.Bypass, "AzureServices", "None") {
			return nil, invalidValue("networkAcls.bypass")
		}
		out.Bypass = *n.Bypass
	}
	if n.DefaultAction != nil {
		if !oneOf(n.DefaultAction, "Allow", "Deny") {
			return nil, invalidValue("networkAcls.defaultAction")
		}
		out.DefaultAction = *n.DefaultAction
	}
	if len(n.IPRules) > maxIPRules || len(n.Subnets) > maxSubnets {
		return nil, bad("properties.networkAcls", "A vault may have at most %d IP rules and %d virtual network rules.", maxIPRules, maxSubnets)
	}
	for _, rule := range n.IPRules {
		prefix, err := vault.ParsePrefix(rule.Value)
		if err != nil {
			return nil, invalidValue("networkAcls.ipRules")
		}
		out.IPRules = append(out.IPRules, prefix.String())
	}
	for _, rule := range n.Subnets {
		id, ok := resource.ParseID(rule.ID)
		if !ok || !strings.EqualFold(id.FullType(), "Microsoft.Network/virtualNetworks/subnets") || id.Name() == "" {
			return nil, invalidValue("networkAcls.virtualNetworkRules")
		}
		out.Subnets = append(out.Subnets, rule.ID)
	}
	return out, nil
}

func shapeNetwork(n *vault.NetworkRules) map[string]any {
	addresses, subnets := make([]any, 0, len(n.IPRules)), make([]any, 0, len(n.Subnets))
	for _, a := range n.IPRules {
		addresses = append(addresses, map[string]any{"value": a})
	}
	for _, id := range n.Subnets {
		subnets = append(subnets, map[string]any{"id": id})
	}
	return map[string]any{"bypass": n.Bypass, "defaultAction": n.DefaultAction, "ipRules": addresses, "virtualNetworkRules": subnets}
}
