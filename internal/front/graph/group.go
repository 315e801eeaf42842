package graph

import (
	"context"
	"encoding/json"

	"github.com/alcedo-cloud/alcedo/internal/caller"
	"github.com/alcedo-cloud/alcedo/internal/directory"
)

// groups is the collection of groups. Source: learn.microsoft.com, "group resource type", v1.0.
func (f *front) groups() *entity {
	const res = "Group"
	e := &entity{set: "groups", typ: "group", resource: res}
	in := func(o any) *map[string]json.RawMessage { return &o.(*directory.Group).Properties }
	e.props = []*property{
		{name: "id", kind: text, get: of(func(g *directory.Group) any { return g.ObjectID })},
		{name: "deletedDateTime", kind: moment, get: func(any) any { return nil }},
		kept(res, "classification", text, nil, in),
		{name: "createdDateTime", kind: moment, get: of(func(g *directory.Group) any { return g.Created })},
		{
			name: "description", kind: text,
			get: of(func(g *directory.Group) any { return orNull(g.Description) }),
			set: into(res, "description", func(g *directory.Group, v string) error { g.Description = v; return nil }),
		},
		{
			name: "displayName", kind: text,
			get: of(func(g *directory.Group) any { return g.DisplayName }),
			set: into(res, "displayName", func(g *directory.Group, v string) error { g.DisplayName = v; return nil }),
		},
		kept(res, "groupTypes", texts, []string{}, in),
		kept(res, "isAssignableToRole", flag, nil, in),
		{name: "mail", kind: text, get: func(any) any { return nil }},
		kept(res, "mailEnabled", flag, false, in),
		{
			name: "mailNickname", kind: text,
			get: of(func(g *directory.Group) any { return g.MailNickname }),
			set: into(res, "mailNickname", func(g *directory.Group, v string) error { g.MailNickname = v; return nil }),
		},
		kept(res, "membershipRule", text, nil, in),
		kept(res, "preferredLanguage", text, nil, in),
		{name: "renewedDateTime", kind: moment, get: of(func(g *directory.Group) any { return g.Created })},
		kept(res, "securityEnabled", flag, true, in),
		kept(res, "theme", text, nil, in),
		kept(res, "visibility", text, nil, in),
	}
	e.id = func(o any) string { return o.(*directory.Group).ObjectID }
	f.groupCalls(e)
	return e
}

func (f *front) groupCalls(e *entity) {
	e.list = func(ctx context.Context, c caller.Caller) ([]any, error) { return anys(f.Directory.ListGroups(ctx, c)) }
	e.read = func(ctx context.Context, c caller.Caller, id string) (any, error) {
		return one(f.Directory.ReadGroup(ctx, c, id))
	}
	e.create = func(ctx context.Context, c caller.Caller, body object) (any, error) {
		var g directory.Group
		if err := e.apply(&g, body); err != nil {
			return nil, err
		}
		for _, name := range []string{"displayName", "mailEnabled", "mailNickname", "securityEnabled"} {
			if raw, ok := body[name]; !ok || string(raw) == "null" {
				return nil, badRequest("Request_BadRequest", "A value is required for property '%s' of resource 'Group'.", name)
			}
		}
		if err := securityGroup(body); err != nil {
			return nil, err
		}
		members, err := bound(body, "members@odata.bind")
		if err != nil {
			return nil, err
		}
		if g.Owners, err = bound(body, "owners@odata.bind"); err != nil {
			return nil, err
		}
		g.Owners = withCreator(g.Owners, c)
		return one(f.Directory.AddGroup(ctx, c, g, members))
	}
	e.update = func(ctx context.Context, c caller.Caller, id string, body object) error {
		members, err := bound(body, "members@odata.bind")
		if err != nil {
			return err
		}
		if len(members) > 0 {
			if err := f.Directory.AddGroupMembers(ctx, c, id, members...); err != nil || len(body) == 1 {
				return err
			}
		}
		if err := securityGroup(body); err != nil {
			return err
		}
		return f.Directory.ModifyGroup(ctx, c, id, func(g *directory.Group) error { return e.apply(g, body) })
	}
	e.remove = f.Directory.RemoveGroup
}

// securityGroup refuses what the directory has not: groups with a mailbox and groups that fill themselves.
func securityGroup(body object) error {
	var mail bool
	var types []string
	if _, err := body.member("mailEnabled", &mail); err != nil {
		return err
	}
	if _, err := body.member("groupTypes", &types); err != nil {
		return err
	}
	if mail || len(types) > 0 {
		return badRequest("Request_BadRequest", "The service does not currently support writes of mail-enabled groups. Please ensure that the mail-enablement property is unset and the security-enablement property is set.")
	}
	return nil
}

// bound is the object ids of a property@odata.bind.
func bound(body object, name string) ([]string, error) {
	var urls []string
	if _, err := body.member(name, &urls); err != nil {
		return nil, err
	}
	if len(urls) > 20 {
		return nil, badRequest("Request_BadRequest", "The number of references in '%s' must not exceed 20.", name)
	}
	var ids []string
	for _, url := range urls {
		id, err := referred(url)
		if err != nil {
			return nil, err
		}
		ids = append(ids, id)
	}
	return ids, nil
}

// withCreator adds a user who creates an object to its owners, as Graph does for delegated calls.
func withCreator(owners []string, c caller.Caller) []string {
	if c.Kind != caller.User {
		return owners
	}
	for _, o := range owners {
		if o == c.ObjectID {
			return owners
		}
	}
	return append(owners, c.ObjectID)
}
