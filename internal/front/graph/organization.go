package graph

import (
	"net/http"
	"strings"

	"github.com/alcedo-cloud/alcedo/internal/fault"
	"github.com/alcedo-cloud/alcedo/internal/httpx"
)

// tenant shows the organization. Any caller with a token for Graph may read it, as in Entra ID.
func (f *front) tenant() fields {
	return fields{
		{"id", f.Directory.TenantID()},
		{"deletedDateTime", nil},
		{"businessPhones", []string{}},
		{"displayName", f.Directory.TenantDisplayName()},
		{"tenantType", "AAD"},
		{"technicalNotificationMails", []string{}},
		{"assignedPlans", []any{}},
		{"provisionedPlans", []any{}},
		{"verifiedDomains", []any{map[string]any{
			"capabilities": "Email, OfficeCommunicationsOnline", "isDefault": true, "isInitial": true,
			"name": f.Directory.Domain(), "type": "Managed",
		}}},
	}
}

func (f *front) organization(r *request) (*httpx.Response, error) {
	return &httpx.Response{Status: http.StatusOK, Body: fields{
		{"@odata.context", f.context(r, "organization")}, {"value", []fields{f.tenant()}},
	}}, nil
}

func (f *front) organizationByID(r *request) (*httpx.Response, error) {
	if id := r.params["id"]; !strings.EqualFold(id, f.Directory.TenantID()) {
		return nil, fault.Newf(fault.NotFound, "graph.organizationByID", "Request_ResourceNotFound",
			"Resource '%s' does not exist or one of its queried reference-property objects are not present.", clip(id))
	}
	return &httpx.Response{Status: http.StatusOK, Body: append(fields{
		{"@odata.context", f.context(r, "organization/$entity")},
	}, f.tenant()...)}, nil
}
