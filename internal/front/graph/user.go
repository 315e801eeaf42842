package graph

import (
	"context"
	"encoding/json"

	"github.com/alcedo-cloud/alcedo/internal/caller"
	"github.com/alcedo-cloud/alcedo/internal/directory"
)

// users is the collection of users. Source: learn.microsoft.com, "user resource type", v1.0.
func (f *front) users() *entity {
	const res = "User"
	e := &entity{set: "users", typ: "user", resource: res}
	in := func(o any) *map[string]json.RawMessage { return &o.(*directory.User).Properties }
	shown := func(p *property) *property { return p }
	hidden := func(p *property) *property { p.hidden = true; return p }
	e.props = []*property{
		shown(kept(res, "businessPhones", texts, []string{}, in)),
		{
			name: "displayName", kind: text,
			get: of(func(u *directory.User) any { return orNull(u.DisplayName) }),
			set: into(res, "displayName", func(u *directory.User, v string) error { u.DisplayName = v; return nil }),
		},
		shown(kept(res, "givenName", text, nil, in)),
		shown(kept(res, "jobTitle", text, nil, in)),
		shown(kept(res, "mail", text, nil, in)),
		shown(kept(res, "mobilePhone", text, nil, in)),
		shown(kept(res, "officeLocation", text, nil, in)),
		shown(kept(res, "preferredLanguage", text, nil, in)),
		shown(kept(res, "surname", text, nil, in)),
		{
			name: "userPrincipalName", kind: text,
			get: of(func(u *directory.User) any { return u.UserPrincipalName }),
			set: into(res, "userPrincipalName", func(u *directory.User, v string) error { u.UserPrincipalName = v; return nil }),
		},
		{name: "id", kind: text, get: of(func(u *directory.User) any { return u.ObjectID })},
		hidden(&property{
			name: "accountEnabled", kind: flag,
			get: of(func(u *directory.User) any { return !u.Disabled }),
			set: into(res, "accountEnabled", func(u *directory.User, v bool) error { u.Disabled = !v; return nil }),
		}),
		hidden(&property{name: "createdDateTime", kind: moment, get: of(func(u *directory.User) any { return u.Created })}),
		hidden(&property{
			name: "mailNickname", kind: text,
			get: of(func(u *directory.User) any { return orNull(u.MailNickname) }),
			set: into(res, "mailNickname", func(u *directory.User, v string) error { u.MailNickname = v; return nil }),
		}),
		hidden(&property{
			name: "userType", kind: text,
			get: of(func(u *directory.User) any { return u.UserType }),
			set: into(res, "userType", func(u *directory.User, v string) error { u.UserType = v; return nil }),
		}),
		hidden(&property{
			name: "passwordProfile", kind: structure, get: func(any) any { return nil },
			set: into(res, "passwordProfile", setPassword),
		}),
	}
	for _, name := range []string{
		"city", "companyName", "country", "department", "employeeId", "employeeType", "faxNumber",
		"onPremisesImmutableId", "passwordPolicies", "postalCode", "state", "streetAddress", "usageLocation",
	} {
		e.props = append(e.props, hidden(kept(res, name, text, nil, in)))
	}
	e.props = append(e.props, hidden(kept(res, "otherMails", texts, []string{}, in)))
	e.id = func(o any) string { return o.(*directory.User).ObjectID }
	f.userCalls(e)
	return e
}

func (f *front) userCalls(e *entity) {
	e.list = func(ctx context.Context, c caller.Caller) ([]any, error) { return anys(f.Directory.ListUsers(ctx, c)) }
	e.read = func(ctx context.Context, c caller.Caller, id string) (any, error) {
		return one(f.Directory.ReadUser(ctx, c, id))
	}
	e.create = func(ctx context.Context, c caller.Caller, body object) (any, error) {
		var u directory.User
		if err := e.apply(&u, body); err != nil {
			return nil, err
		}
		for _, name := range []string{"accountEnabled", "displayName", "mailNickname", "userPrincipalName"} {
			if raw, ok := body[name]; !ok || string(raw) == "null" || string(raw) == `""` {
				return nil, badRequest("Request_BadRequest", "A value is required for property '%s' of resource 'User'.", name)
			}
		}
		if u.Password == "" {
			return nil, badRequest("Request_BadRequest", "A password must be specified to create a new user.")
		}
		return one(f.Directory.AddUser(ctx, c, u))
	}
	e.update = func(ctx context.Context, c caller.Caller, id string, body object) error {
		return f.Directory.ModifyUser(ctx, c, id, func(u *directory.User) error { return e.apply(u, body) })
	}
	e.remove = f.Directory.RemoveUser
}

// passwordProfile is write-only. That a password must be changed at the next sign-in is not enforced.
type passwordProfile struct {
	Password string `json:"password"`
}

func setPassword(u *directory.User, v passwordProfile) error {
	if v.Password == "" {
		return badRequest("Request_BadRequest", "Invalid value specified for property 'passwordProfile' of resource 'User'.")
	}
	u.Password = v.Password
	return nil
}

// anys forgets the type of a list's members.
func anys[T any](list []*T, err error) ([]any, error) {
	if err != nil {
		return nil, err
	}
	out := make([]any, len(list))
	for i, v := range list {
		out[i] = v
	}
	return out, nil
}

// one forgets the type of an object, and keeps a nil one from not being nil.
func one[T any](v *T, err error) (any, error) {
	if err != nil {
		return nil, err
	}
	return v, nil
}
