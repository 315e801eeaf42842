package template

import (
	"net/netip"
	"strings"
)

// idFunctions write the ids of resources.
// Source: learn.microsoft.com/azure/azure-resource-manager/templates/template-functions-resource.
func idFunctions() map[string]function {
	return map[string]function{
		"resourceid":                {2, -1, resourceID},
		"subscriptionresourceid":    {2, -1, subscriptionResourceID},
		"tenantresourceid":          {2, -1, tenantResourceID},
		"extensionresourceid":       {3, -1, extensionResourceID},
		"managementgroupresourceid": {2, -1, managementGroupResourceID},
	}
}

// typed writes /providers/{namespace}/{type}/{name}…
func typed(name, full string, names []string) (string, error) {
	parts := strings.Split(full, "/")
	if len(parts)-1 != len(names) {
		return "", invalid("Unable to evaluate template language function '%s': the type '%s' requires '%d' resource name argument(s). "+
			"Please see https://aka.ms/arm-resource-functions for usage details.", name, clip(full), len(parts)-1)
	}
	var b strings.Builder
	b.WriteString("/providers/" + parts[0])
	for i, typ := range parts[1:] {
		b.WriteString("/" + typ + "/" + names[i])
	}
	return b.String(), nil
}

// splitType finds the type among the arguments: the first that has a slash and is no scope.
func splitType(texts []string, most int) (before []string, full string, names []string) {
	for i := 0; i < len(texts) && i <= most; i++ {
		if strings.Contains(texts[i], "/") && !strings.HasPrefix(texts[i], "/") {
			return texts[:i], texts[i], texts[i+1:]
		}
	}
	return nil, "", nil
}

func resourceID(f *frame, args []any) (any, error) {
	texts, err := textsOf("resourceId", args)
	if err != nil {
		return nil, err
	}
	before, full, names := splitType(texts, 2)
	if full == "" {
		return nil, invalid("Unable to evaluate template language function 'resourceId': the type of the resource is not found among the "+
			"parameters '%s'.", clip(strings.Join(texts, ",")))
	}
	subscription, group := f.SubscriptionID, f.Group
	switch len(before) {
	case 1:
		group = before[0]
		if isGUID(group) && f.Group == "" {
			subscription, group = group, ""
		}
	case 2:
		subscription, group = before[0], before[1]
	}
	rest, err := typed("resourceId", full, names)
	if err != nil {
		return nil, err
	}
	return scopeID(subscription, group) + rest, nil
}

// scopeID is the id of a resource group, subscription or tenant.
func scopeID(subscription, group string) string {
	switch {
	case subscription == "":
		return ""
	case group == "":
		return "/subscriptions/" + subscription
	}
	return "/subscriptions/" + subscription + "/resourceGroups/" + group
}

func subscriptionResourceID(f *frame, args []any) (any, error) {
	texts, err := textsOf("subscriptionResourceId", args)
	if err != nil {
		return nil, err
	}
	before, full, names := splitType(texts, 1)
	subscription := f.SubscriptionID
	if len(before) == 1 {
		subscription = before[0]
	}
	rest, err := typed("subscriptionResourceId", full, names)
	return scopeID(subscription, "") + rest, err
}

func tenantResourceID(_ *frame, args []any) (any, error) {
	texts, err := textsOf("tenantResourceId", args)
	if err != nil {
		return nil, err
	}
	return typedOrNil("tenantResourceId", "", texts[0], texts[1:])
}

func extensionResourceID(_ *frame, args []any) (any, error) {
	texts, err := textsOf("extensionResourceId", args)
	if err != nil {
		return nil, err
	}
	return typedOrNil("extensionResourceId", strings.TrimSuffix(texts[0], "/"), texts[1], texts[2:])
}

func managementGroupResourceID(f *frame, args []any) (any, error) {
	texts, err := textsOf("managementGroupResourceId", args)
	if err != nil {
		return nil, err
	}
	before, full, names := splitType(texts, 1)
	group := f.TenantID
	if len(before) == 1 {
		group = before[0]
	}
	return typedOrNil("managementGroupResourceId", "/providers/Microsoft.Management/managementGroups/"+group, full, names)
}

func typedOrNil(name, scope, full string, names []string) (any, error) {
	rest, err := typed(name, full, names)
	if err != nil {
		return nil, err
	}
	return scope + rest, nil
}

// isGUID reports whether a text has the form of one.
func isGUID(s string) bool {
	if len(s) != 36 {
		return false
	}
	for i := range len(s) {
		if dash := i == 8 || i == 13 || i == 18 || i == 23; dash != (s[i] == '-') {
			return false
		}
	}
	return true
}

func networkFunctions() map[string]function {
	return map[string]function{"cidrhost": {2, 2, cidrHost}, "cidrsubnet": {3, 3, cidrSubnet}}
}

// cidrHost is the address of a host in a network. The first after the network's own has the number 0.
func cidrHost(_ *frame, args []any) (any, error) {
	network, n, err := networkAnd("cidrHost", args)
	if err != nil {
		return nil, err
	}
	address := network.Masked().Addr().Next()
	for ; n > 0 && network.Contains(address); n-- {
		address = address.Next()
	}
	if !network.Contains(address) {
		return nil, invalid("The network '%s' has no such host.", network)
	}
	return address.String(), nil
}

func networkAnd(name string, args []any) (netip.Prefix, int64, error) {
	text, ok := args[0].(string)
	n, also := args[len(args)-1].(int64)
	if !ok || !also || n < 0 || n > maxItems {
		return netip.Prefix{}, 0, wrongType(name, args[0])
	}
	network, err := netip.ParsePrefix(text)
	if err != nil {
		return netip.Prefix{}, 0, invalid("The value '%s' is no network in CIDR notation.", clip(text))
	}
	return network, n, nil
}

// cidrSubnet is one of the equal parts of a network.
func cidrSubnet(_ *frame, args []any) (any, error) {
	network, n, err := networkAnd("cidrSubnet", args)
	size, ok := args[1].(int64)
	if err != nil {
		return nil, err
	}
	if !ok || size < int64(network.Bits()) || size > int64(network.Addr().BitLen()) || size-int64(network.Bits()) < 62 && n >= 1<<(size-int64(network.Bits())) {
		return nil, invalid("The network '%s' has no such subnet.", network)
	}
	raw := network.Masked().Addr().AsSlice()
	for bit := int(size) - 1; n > 0 && bit >= 0; bit, n = bit-1, n>>1 {
		if n&1 == 1 {
			raw[bit/8] |= 0x80 >> (bit % 8)
		}
	}
	address, _ := netip.AddrFromSlice(raw)
	return netip.PrefixFrom(address, int(size)).String(), nil
}
