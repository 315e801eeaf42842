package graph

import (
	"net/http"
	"strings"

	"github.com/google/uuid"

	"github.com/alcedo-cloud/alcedo/internal/fault"
	"github.com/alcedo-cloud/alcedo/internal/httpx"
)

// globalAdministrator is the template id of the directory role of that name, the same in every tenant; the one role
// that alcedo has.
const globalAdministrator = "62e90394-69f5-4237-9190-012177145e10"

// roleID is the id of the role in this tenant.
func (f *front) roleID() string {
	return uuid.NewSHA1(uuid.MustParse(globalAdministrator), []byte(f.Directory.TenantID())).String()
}

func (f *front) showRole() fields {
	return fields{
		{"id", f.roleID()},
		{"deletedDateTime", nil},
		{"description", "Can manage all aspects of Microsoft Entra ID and Microsoft services that use Microsoft Entra identities."},
		{"displayName", "Global Administrator"},
		{"roleTemplateId", globalAdministrator},
	}
}

// roles lists the activated roles. That the caller may read the directory is asked of the role's members.
func (f *front) roles(r *request) (*httpx.Response, error) {
	if _, err := f.Directory.ReadAdministrators(r.Context(), r.caller); err != nil {
		return nil, err
	}
	return &httpx.Response{Status: http.StatusOK, Body: fields{
		{"@odata.context", f.context(r, "directoryRoles")}, {"value", []fields{f.showRole()}},
	}}, nil
}

// findRole checks that the path names the role, by its id or by its template's.
func (f *front) findRole(r *request) error {
	id := r.params["id"]
	if template, ok := alternate(id, "roleTemplateId"); ok && strings.EqualFold(template, globalAdministrator) {
		return nil
	}
	if strings.EqualFold(id, f.roleID()) {
		return nil
	}
	return fault.Newf(fault.NotFound, "graph.role", "Request_ResourceNotFound",
		"Resource '%s' does not exist or one of its queried reference-property objects are not present.", clip(id))
}

func (f *front) role(r *request) (*httpx.Response, error) {
	if _, err := f.Directory.ReadAdministrators(r.Context(), r.caller); err != nil {
		return nil, err
	}
	if err := f.findRole(r); err != nil {
		return nil, err
	}
	return &httpx.Response{Status: http.StatusOK, Body: append(fields{
		{"@odata.context", f.context(r, "directoryRoles/$entity")},
	}, f.showRole()...)}, nil
}

func (f *front) roleMembers(r *request) (*httpx.Response, error) {
	list, err := f.Directory.ReadAdministrators(r.Context(), r.caller)
	if err != nil {
		return nil, err
	}
	if err := f.findRole(r); err != nil {
		return nil, err
	}
	return f.collection(r, list), nil
}

func (f *front) addRoleMember(r *request) (*httpx.Response, error) {
	id, err := reference(r.Request)
	if err != nil {
		return nil, err
	}
	if err := f.findRole(r); err != nil {
		return nil, err
	}
	return done(f.Directory.SetAdministrator(r.Context(), r.caller, id, true))
}

func (f *front) removeRoleMember(r *request) (*httpx.Response, error) {
	if err := f.findRole(r); err != nil {
		return nil, err
	}
	return done(f.Directory.SetAdministrator(r.Context(), r.caller, r.params["member"], false))
}
