package graph

import (
	"context"
	"encoding/json"

	"github.com/alcedo-cloud/alcedo/internal/caller"
	"github.com/alcedo-cloud/alcedo/internal/directory"
)

// applications is the collection of applications. Source: learn.microsoft.com, "application resource type", v1.0.
func (f *front) applications() *entity {
	const res = "Application"
	e := &entity{set: "applications", typ: "application", resource: res}
	e.props = []*property{
		{name: "id", kind: text, get: of(func(a *directory.Application) any { return a.ObjectID })},
		{name: "deletedDateTime", kind: moment, get: func(any) any { return nil }},
		{name: "appId", kind: text, get: of(func(a *directory.Application) any { return a.AppID })},
		{name: "createdDateTime", kind: moment, get: of(func(a *directory.Application) any { return a.Created })},
		{
			name: "displayName", kind: text,
			get: of(func(a *directory.Application) any { return a.DisplayName }),
			set: into(res, "displayName", func(a *directory.Application, v string) error { a.DisplayName = v; return nil }),
		},
		{
			name: "identifierUris", kind: texts,
			get: of(func(a *directory.Application) any { return a.IdentifierURIs }),
			set: into(res, "identifierUris", func(a *directory.Application, v []string) error { a.IdentifierURIs = v; return nil }),
		},
		{name: "publisherDomain", kind: text, get: func(any) any { return f.Directory.Domain() }},
		{
			name: "signInAudience", kind: text,
			get: of(func(a *directory.Application) any { return a.SignInAudience }),
			set: into(res, "signInAudience", func(a *directory.Application, v string) error { a.SignInAudience = v; return nil }),
		},
		{
			name: "keyCredentials", kind: structure,
			get: of(func(a *directory.Application) any { return showKeys(a.Keys) }),
			set: into(res, "keyCredentials", func(a *directory.Application, v []keyCredential) (err error) {
				a.Keys, err = readKeys(v, a.Keys)
				return err
			}),
		},
		{
			name: "passwordCredentials", kind: structure,
			get: of(func(a *directory.Application) any { return showPasswords(a.Passwords) }),
			set: into(res, "passwordCredentials", func(a *directory.Application, v []passwordCredential) (err error) {
				a.Passwords, err = keepPasswords(v, a.Passwords)
				return err
			}),
		},
	}
	e.props = append(e.props, keptApplications()...)
	e.id = func(o any) string { return o.(*directory.Application).ObjectID }
	f.applicationCalls(e)
	return e
}

// keptApplications are the properties that the directory keeps without a meaning.
func keptApplications() []*property {
	in := func(o any) *map[string]json.RawMessage { return &o.(*directory.Application).Properties }
	var out []*property
	for _, p := range []struct {
		name    string
		kind    kind
		missing any
	}{
		{"addIns", structure, []any{}},
		{"api", structure, json.RawMessage(`{"acceptMappedClaims":null,"knownClientApplications":[],"requestedAccessTokenVersion":null,"oauth2PermissionScopes":[],"preAuthorizedApplications":[]}`)},
		{"appRoles", structure, []any{}},
		{"applicationTemplateId", text, nil},
		{"certification", structure, nil},
		{"defaultRedirectUri", text, nil},
		{"description", text, nil},
		{"disabledByMicrosoftStatus", text, nil},
		{"groupMembershipClaims", text, nil},
		{"info", structure, json.RawMessage(`{"termsOfServiceUrl":null,"supportUrl":null,"privacyStatementUrl":null,"marketingUrl":null,"logoUrl":null}`)},
		{"isDeviceOnlyAuthSupported", flag, nil},
		{"isFallbackPublicClient", flag, nil},
		{"notes", text, nil},
		{"optionalClaims", structure, nil},
		{"parentalControlSettings", structure, json.RawMessage(`{"countriesBlockedForMinors":[],"legalAgeGroupRule":"Allow"}`)},
		{"publicClient", structure, json.RawMessage(`{"redirectUris":[]}`)},
		{"requestSignatureVerification", structure, nil},
		{"requiredResourceAccess", structure, []any{}},
		{"samlMetadataUrl", text, nil},
		{"serviceManagementReference", text, nil},
		{"servicePrincipalLockConfiguration", structure, nil},
		{"spa", structure, json.RawMessage(`{"redirectUris":[]}`)},
		{"tags", texts, []string{}},
		{"tokenEncryptionKeyId", text, nil},
		{"verifiedPublisher", structure, json.RawMessage(`{"displayName":null,"verifiedPublisherId":null,"addedDateTime":null}`)},
		{"web", structure, json.RawMessage(`{"homePageUrl":null,"logoutUrl":null,"redirectUris":[],"implicitGrantSettings":{"enableAccessTokenIssuance":false,"enableIdTokenIssuance":false}}`)},
	} {
		out = append(out, kept("Application", p.name, p.kind, p.missing, in))
	}
	return out
}

func (f *front) applicationCalls(e *entity) {
	e.list = func(ctx context.Context, c caller.Caller) ([]any, error) {
		return anys(f.Directory.ListApplications(ctx, c))
	}
	e.read = func(ctx context.Context, c caller.Caller, id string) (any, error) {
		if appID, ok := alternate(id, "appId"); ok {
			return one(f.Directory.ReadApplicationByAppID(ctx, c, appID))
		}
		return one(f.Directory.ReadApplication(ctx, c, id))
	}
	e.create = func(ctx context.Context, c caller.Caller, body object) (any, error) {
		var a directory.Application
		if err := e.apply(&a, body); err != nil {
			return nil, err
		}
		a.Owners = withCreator(nil, c)
		return one(f.Directory.AddApplication(ctx, c, a))
	}
	e.update = func(ctx context.Context, c caller.Caller, id string, body object) error {
		return f.Directory.ModifyApplication(ctx, c, id, func(a *directory.Application) error { return e.apply(a, body) })
	}
	e.remove = f.Directory.RemoveApplication
}
