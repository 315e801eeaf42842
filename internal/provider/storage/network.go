package storage

import (
	"net/netip"
	"slices"
	"strings"

	"github.com/alcedo-cloud/alcedo/internal/blob"
	"github.com/alcedo-cloud/alcedo/internal/fault"
)

// maxIPRules is Azure's, of one account.
const maxIPRules = 400

// networkRules gives networkAcls its normal form. There are no virtual networks here, so that a rule for a subnet names
// one that does not exist; firewall says so.
func networkRules(v any) (any, bool) {
	n, ok := pick(v, "bypass", "virtualNetworkRules", "ipRules", "defaultAction", "resourceAccessRules", "ipv6Rules")
	if !ok {
		return nil, false
	}
	action, _ := n["defaultAction"].(string)
	i := slices.IndexFunc([]string{"Allow", "Deny"}, func(s string) bool { return strings.EqualFold(s, action) })
	if i < 0 {
		return nil, false
	}
	bypass, ok := bypassed(n["bypass"])
	if !ok {
		return nil, false
	}
	rules := []any{}
	given, _ := n["ipRules"].([]any)
	for _, r := range given {
		rule, ok := pick(r, "value", "action")
		value, is := rule["value"].(string)
		if !ok || !is || rule["action"] != nil && rule["action"] != "Allow" {
			return nil, false
		}
		rules = append(rules, map[string]any{"value": value, "action": "Allow"})
	}
	subnets, ok := list(n["virtualNetworkRules"])
	if access, is := list(n["resourceAccessRules"]); !ok || !is || len(access) > 0 {
		return nil, false
	}
	if v6, is := list(n["ipv6Rules"]); !is || len(v6) > 0 {
		return nil, false
	}
	return map[string]any{
		"bypass": bypass, "virtualNetworkRules": subnets, "ipRules": rules, "defaultAction": []string{"Allow", "Deny"}[i],
	}, true
}

// list reads an array, which may be left out.
func list(v any) ([]any, bool) {
	if v == nil {
		return []any{}, true
	}
	l, ok := v.([]any)
	return l, ok
}

// bypassed reads "Logging, Metrics" and the like.
func bypassed(v any) (string, bool) {
	if v == nil {
		return "AzureServices", true
	}
	text, ok := v.(string)
	if !ok {
		return "", false
	}
	known := []string{"None", "Logging", "Metrics", "AzureServices"}
	var names []string
	for _, part := range strings.Split(text, ",") {
		i := slices.IndexFunc(known, func(s string) bool { return strings.EqualFold(s, strings.TrimSpace(part)) })
		if i < 0 {
			return "", false
		}
		names = append(names, known[i])
	}
	return strings.Join(names, ", "), true
}

// firewall is networkAcls as the data plane obeys it.
func firewall(v any) (blob.NetworkRules, error) {
	n, _ := v.(map[string]any)
	rules := blob.NetworkRules{DenyByDefault: n["defaultAction"] == "Deny"}
	if bypass, _ := n["bypass"].(string); bypass != "" && bypass != "None" {
		rules.Bypass = strings.Split(bypass, ", ")
	}
	if subnets, _ := n["virtualNetworkRules"].([]any); len(subnets) > 0 {
		rule, _ := pick(subnets[0], "id")
		id, _ := rule["id"].(string)
		return rules, networkFailure("SubnetNotFound: the subnet " + id + " does not exist")
	}
	list, _ := n["ipRules"].([]any)
	if len(list) > maxIPRules {
		return rules, networkFailure("there may be 400 IP rules at most")
	}
	for _, r := range list {
		rule, _ := r.(map[string]any)
		text, _ := rule["value"].(string)
		prefix, ok := ipRule(text)
		if !ok {
			return rules, networkFailure("InvalidIPv4AddressOrCidr: " + text)
		}
		rules.IP = append(rules.IP, prefix)
	}
	return rules, nil
}

// ipRule reads an IPv4 address or a range of four addresses and more, as Azure takes them.
func ipRule(text string) (netip.Prefix, bool) {
	if addr, err := netip.ParseAddr(text); err == nil {
		return netip.PrefixFrom(addr, 32), addr.Is4()
	}
	prefix, err := netip.ParsePrefix(text)
	return prefix.Masked(), err == nil && prefix.Addr().Is4() && prefix.Bits() <= 30
}

func networkFailure(what string) error {
	f := fault.New(fault.Invalid, "storage.firewall", "NetworkAclsValidationFailure", "Validation of network acls failure: "+what+".")
	f.Target = "networkAcls"
	return f
}
