package graph

import (
	"context"
	"encoding/json"

	"github.com/alcedo-cloud/alcedo/internal/caller"
	"github.com/alcedo-cloud/alcedo/internal/directory"
)

// servicePrincipals is the collection of service principals. Source: learn.microsoft.com, "servicePrincipal resource
// type", v1.0.
func (f *front) servicePrincipals() *entity {
	const res = "ServicePrincipal"
	type sp = directory.ServicePrincipal
	e := &entity{set: "servicePrincipals", typ: "servicePrincipal", resource: res}
	e.props = []*property{
		{name: "id", kind: text, get: of(func(p *sp) any { return p.ObjectID })},
		{name: "deletedDateTime", kind: moment, get: func(any) any { return nil }},
		{
			name: "accountEnabled", kind: flag,
			get: of(func(p *sp) any { return !p.Disabled }),
			set: into(res, "accountEnabled", func(p *sp, v bool) error { p.Disabled = !v; return nil }),
		},
		{
			name: "alternativeNames", kind: texts,
			get: of(func(p *sp) any { return p.AlternativeNames() }),
			set: into(res, "alternativeNames", func(p *sp, v []string) error { p.Alternative = v; return nil }),
		},
		{name: "appDisplayName", kind: text, get: of(func(p *sp) any {
			if p.Type == directory.ServicePrincipalIdentity {
				return nil
			}
			return p.DisplayName
		})},
		{
			name: "appId", kind: text, get: of(func(p *sp) any { return p.AppID }),
			set: into(res, "appId", func(p *sp, v string) error { return setAppID(p, v) }),
		},
		{name: "appOwnerOrganizationId", kind: text, get: of(func(p *sp) any {
			if p.Type == directory.ServicePrincipalIdentity {
				return nil
			}
			return f.Directory.TenantID()
		})},
		{name: "createdDateTime", kind: moment, get: of(func(p *sp) any { return p.Created })},
		{name: "displayName", kind: text, get: of(func(p *sp) any { return p.DisplayName })},
		{
			name: "keyCredentials", kind: structure,
			get: of(func(p *sp) any { return showKeys(p.Keys) }),
			set: into(res, "keyCredentials", func(p *sp, v []keyCredential) (err error) {
				p.Keys, err = readKeys(v, p.Keys)
				return err
			}),
		},
		{name: "passwordCredentials", kind: structure, get: of(func(p *sp) any { return showPasswords(p.Passwords) })},
		{name: "servicePrincipalNames", kind: texts, get: of(func(p *sp) any { return p.ServicePrincipalNames() })},
		{name: "servicePrincipalType", kind: text, get: of(func(p *sp) any { return p.Type })},
		{name: "signInAudience", kind: text, get: of(func(p *sp) any {
			if p.Type == directory.ServicePrincipalIdentity {
				return nil
			}
			return "AzureADMyOrg"
		})},
	}
	e.props = append(e.props, keptServicePrincipals()...)
	e.id = func(o any) string { return o.(*sp).ObjectID }
	f.servicePrincipalCalls(e)
	return e
}

// keptServicePrincipals are the properties that the directory keeps without a meaning.
func keptServicePrincipals() []*property {
	in := func(o any) *map[string]json.RawMessage { return &o.(*directory.ServicePrincipal).Properties }
	var out []*property
	for _, p := range []struct {
		name    string
		kind    kind
		missing any
	}{
		{"addIns", structure, []any{}},
		{"appDescription", text, nil},
		{"appRoleAssignmentRequired", flag, false},
		{"appRoles", structure, []any{}},
		{"description", text, nil},
		{"disabledByMicrosoftStatus", text, nil},
		{"homepage", text, nil},
		{"info", structure, nil},
		{"loginUrl", text, nil},
		{"logoutUrl", text, nil},
		{"notes", text, nil},
		{"notificationEmailAddresses", texts, []string{}},
		{"oauth2PermissionScopes", structure, []any{}},
		{"preferredSingleSignOnMode", text, nil},
		{"replyUrls", texts, []string{}},
		{"resourceSpecificApplicationPermissions", structure, []any{}},
		{"samlSingleSignOnSettings", structure, nil},
		{"tags", texts, []string{}},
		{"tokenEncryptionKeyId", text, nil},
		{"verifiedPublisher", structure, json.RawMessage(`{"displayName":null,"verifiedPublisherId":null,"addedDateTime":null}`)},
	} {
		out = append(out, kept("ServicePrincipal", p.name, p.kind, p.missing, in))
	}
	return out
}

func (f *front) servicePrincipalCalls(e *entity) {
	e.list = func(ctx context.Context, c caller.Caller) ([]any, error) {
		return anys(f.Directory.ListServicePrincipals(ctx, c))
	}
	e.read = func(ctx context.Context, c caller.Caller, id string) (any, error) {
		if appID, ok := alternate(id, "appId"); ok {
			return one(f.Directory.ReadServicePrincipalByAppID(ctx, c, appID))
		}
		return one(f.Directory.ReadServicePrincipal(ctx, c, id))
	}
	e.create = func(ctx context.Context, c caller.Caller, body object) (any, error) {
		var p directory.ServicePrincipal
		// The name of a new service principal is its application's, whatever the body says.
		if err := e.apply(&p, body, "displayName"); err != nil {
			return nil, err
		}
		if !isGUID(p.AppID) {
			return nil, badRequest("Request_BadRequest", "Invalid value specified for property 'appId' of resource 'ServicePrincipal'.")
		}
		p.Owners = withCreator(nil, c)
		return one(f.Directory.AddServicePrincipal(ctx, c, p))
	}
	e.update = func(ctx context.Context, c caller.Caller, id string, body object) error {
		return f.Directory.ModifyServicePrincipal(ctx, c, id, func(p *directory.ServicePrincipal) error { return e.apply(p, body) })
	}
	e.remove = f.Directory.RemoveServicePrincipal
}

// setAppID sets the application of a new service principal. It cannot be changed afterwards.
func setAppID(p *directory.ServicePrincipal, appID string) error {
	if p.ObjectID != "" && p.AppID != appID {
		return badRequest("Request_BadRequest", "Property 'appId' is read-only and cannot be set.")
	}
	p.AppID = appID
	return nil
}
