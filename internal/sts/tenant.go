package sts

import (
	"strings"

	"github.com/google/uuid"
)

// ConsumersTenant is the tenant of personal Microsoft accounts, which no cloud of ours has.
const ConsumersTenant = "9188040d-6c67-4c5b-b112-36a304b66dad"

// sharedTenant reports whether name stands for many tenants at once.
func sharedTenant(name string) bool {
	return name == "common" || name == "organizations" || name == "consumers"
}

// CheckTenant refuses a tenant that this cloud does not have. name is the first segment of an authority's path.
func (s *Service) CheckTenant(name string, v Version) error {
	name = strings.ToLower(name)
	if sharedTenant(name) || name == "adfs" || name == ConsumersTenant {
		return nil
	}
	if strings.EqualFold(name, s.tenantID) || s.ownsDomain(name) {
		return nil
	}
	_, err := uuid.Parse(name)
	// The v1 endpoint wants a name that could be a domain's; v2 looks up whatever the characters allow.
	if err != nil && (!domainCharacters(name) || v == V1 && !strings.Contains(name, ".")) {
		return refuse(codeMalformedTenant, "Specified tenant identifier '%s' is neither a valid DNS name, nor a valid external "+
			"domain.", name)
	}
	return refuse(codeTenantNotFound, "Tenant '%s' not found. Check to make sure you have the correct tenant ID and are "+
		"signing into the correct cloud. Check with your subscription administrator, this may happen if there are no active "+
		"subscriptions for the tenant.", name)
}

func domainCharacters(name string) bool {
	if name == "" || len(name) > 253 {
		return false
	}
	for _, c := range name {
		if (c < 'a' || c > 'z') && (c < '0' || c > '9') && c != '-' && c != '.' && c != '_' {
			return false
		}
	}
	return true
}

// checkEndpoint refuses grants that need a tenant at an endpoint that is no tenant's.
func (s *Service) checkEndpoint(x *exchange, g grant) error {
	name := strings.ToLower(x.request.Tenant)
	if name == ConsumersTenant {
		name = "consumers"
	}
	switch {
	case !sharedTenant(name):
		return nil
	case !g.anyTenant:
		return refuse(codeNotMultiTenant, "Application '%s'(%s) is not configured as a multi-tenant application. Usage of the "+
			"/common endpoint is not supported for such apps created after '10/15/2018'. Use a tenant-specific endpoint or "+
			"configure the application to be multi-tenant.", x.client.id, x.client.name)
	case x.request.Form["grant_type"] == "password" && name != "organizations":
		return refuse(codeGrantOnCommon, "The grant type is not supported over the /common or /consumers endpoints. Please use "+
			"the /organizations or tenant-specific endpoint.")
	case name == "consumers":
		return refuse(codeGrantOnCommon, "The grant type is not supported over the /common or /consumers endpoints. Please use "+
			"the /organizations or tenant-specific endpoint.")
	}
	return nil
}
