package directory

import (
	"cmp"
	"context"
	"slices"
	"strings"

	"github.com/alcedo-cloud/alcedo/internal/caller"
	"github.com/alcedo-cloud/alcedo/internal/fault"
)

// What these methods return is the directory's own: it must not be changed. Lists are in the order of object ids.

// ListUsers lists all users.
func (s *Service) ListUsers(ctx context.Context, c caller.Caller) ([]*User, error) {
	return list(ctx, s, c, func(st *state) map[string]*User { return st.users })
}

// ListGroups lists all groups.
func (s *Service) ListGroups(ctx context.Context, c caller.Caller) ([]*Group, error) {
	return list(ctx, s, c, func(st *state) map[string]*Group { return st.groups })
}

// ListApplications lists all applications.
func (s *Service) ListApplications(ctx context.Context, c caller.Caller) ([]*Application, error) {
	return list(ctx, s, c, func(st *state) map[string]*Application { return st.applications })
}

// ListServicePrincipals lists all service principals, managed identities too.
func (s *Service) ListServicePrincipals(ctx context.Context, c caller.Caller) ([]*ServicePrincipal, error) {
	return list(ctx, s, c, func(st *state) map[string]*ServicePrincipal { return st.servicePrincipals })
}

func list[T any](ctx context.Context, s *Service, c caller.Caller, from func(*state) map[string]*T) ([]*T, error) {
	const op = "directory.List"
	if err := s.allow(ctx, c, toRead); err != nil {
		return nil, fault.Wrap(op, err)
	}
	st, err := s.mirror.View(ctx)
	if err != nil {
		return nil, fault.Wrap(op, err)
	}
	type entry struct {
		id string
		v  *T
	}
	st.mu.RLock()
	entries := make([]entry, 0, len(from(st)))
	for id, v := range from(st) {
		entries = append(entries, entry{id, v})
	}
	st.mu.RUnlock()
	slices.SortFunc(entries, func(a, b entry) int { return cmp.Compare(a.id, b.id) })
	out := make([]*T, len(entries))
	for i, e := range entries {
		out[i] = e.v
	}
	return out, nil
}

// ReadUser finds a user by object id or by principal name.
func (s *Service) ReadUser(ctx context.Context, c caller.Caller, idOrName string) (*User, error) {
	return find(ctx, s, c, idOrName, func(st *state) *User {
		if strings.Contains(idOrName, "@") {
			return st.users[st.names[uniqueName{spaceUPN, strings.ToLower(idOrName)}]]
		}
		return st.users[canonical(idOrName)]
	})
}

// ReadGroup finds a group by object id.
func (s *Service) ReadGroup(ctx context.Context, c caller.Caller, id string) (*Group, error) {
	return find(ctx, s, c, id, func(st *state) *Group { return st.groups[canonical(id)] })
}

// ReadApplication finds an application by object id.
func (s *Service) ReadApplication(ctx context.Context, c caller.Caller, id string) (*Application, error) {
	return find(ctx, s, c, id, func(st *state) *Application { return st.applications[canonical(id)] })
}

// ReadApplicationByAppID finds an application by client id.
func (s *Service) ReadApplicationByAppID(ctx context.Context, c caller.Caller, appID string) (*Application, error) {
	return find(ctx, s, c, appID, func(st *state) *Application {
		return st.applications[st.names[uniqueName{spaceApplication, canonical(appID)}]]
	})
}

// ReadServicePrincipal finds a service principal by object id.
func (s *Service) ReadServicePrincipal(ctx context.Context, c caller.Caller, id string) (*ServicePrincipal, error) {
	return find(ctx, s, c, id, func(st *state) *ServicePrincipal { return st.servicePrincipals[canonical(id)] })
}

// ReadServicePrincipalByAppID finds a service principal by client id.
func (s *Service) ReadServicePrincipalByAppID(ctx context.Context, c caller.Caller, appID string) (*ServicePrincipal, error) {
	return find(ctx, s, c, appID, func(st *state) *ServicePrincipal {
		return st.servicePrincipals[st.names[uniqueName{spacePrincipal, canonical(appID)}]]
	})
}

// find asks at the door before it says whether the object is there.
func find[T any](ctx context.Context, s *Service, c caller.Caller, id string, in func(*state) *T) (*T, error) {
	const op = "directory.Read"
	st, err := s.mirror.View(ctx)
	if err != nil {
		return nil, fault.Wrap(op, err)
	}
	st.mu.RLock()
	v := in(st)
	st.mu.RUnlock()
	self := id
	if o, ok := any(v).(object); ok && v != nil {
		_, self = o.ref()
	}
	if err := s.allowRead(ctx, c, self); err != nil {
		return nil, fault.Wrap(op, err)
	}
	if v == nil {
		return nil, notFound(id)
	}
	return v, nil
}

// ReadObject finds a *User, *Group, *ServicePrincipal or *Application by its object id.
func (s *Service) ReadObject(ctx context.Context, c caller.Caller, id string) (any, error) {
	found, err := s.ReadObjects(ctx, c, []string{id})
	if err == nil && len(found) == 0 {
		return nil, notFound(id)
	}
	if err != nil {
		return nil, err
	}
	return found[0], nil
}

// ReadObjects finds those of ids that are there.
func (s *Service) ReadObjects(ctx context.Context, c caller.Caller, ids []string) ([]any, error) {
	const op = "directory.ReadObjects"
	if len(ids) == 1 {
		if err := s.allowRead(ctx, c, ids[0]); err != nil {
			return nil, fault.Wrap(op, err)
		}
	} else if err := s.allow(ctx, c, toRead); err != nil {
		return nil, fault.Wrap(op, err)
	}
	st, err := s.mirror.View(ctx)
	if err != nil {
		return nil, fault.Wrap(op, err)
	}
	st.mu.RLock()
	defer st.mu.RUnlock()
	var out []any
	for _, id := range ids {
		if o := st.anyObject(canonical(id)); o != nil {
			out = append(out, o)
		}
	}
	return out, nil
}

func (st *state) anyObject(id string) object {
	for _, kind := range []string{kindUser, kindServicePrincipal, kindGroup, kindApplication} {
		if o := st.object(kind, id); o != nil {
			return o
		}
	}
	return nil
}

// ReadFederatedCredentials lists the credentials of an application or a managed identity, by its object id.
func (s *Service) ReadFederatedCredentials(ctx context.Context, c caller.Caller, objectID string) ([]FederatedCredential, error) {
	const op = "directory.ReadFederatedCredentials"
	if _, err := s.ReadObject(ctx, c, objectID); err != nil {
		return nil, fault.Wrap(op, err)
	}
	st, err := s.mirror.View(ctx)
	if err != nil {
		return nil, fault.Wrap(op, err)
	}
	st.mu.RLock()
	defer st.mu.RUnlock()
	return st.appendFederated(nil, canonical(objectID)), nil
}

// ReadMembers lists the members of a group, and those of the groups in it where transitive is set.
func (s *Service) ReadMembers(ctx context.Context, c caller.Caller, groupID string, transitive bool) ([]any, error) {
	if _, err := s.ReadGroup(ctx, c, groupID); err != nil {
		return nil, err
	}
	return s.related(ctx, groupID, transitive, func(st *state) map[string]map[string]bool { return st.members })
}

// ReadMemberOf lists the groups that an object is in.
func (s *Service) ReadMemberOf(ctx context.Context, c caller.Caller, id string, transitive bool) ([]any, error) {
	if _, err := s.ReadObject(ctx, c, id); err != nil {
		return nil, err
	}
	return s.related(ctx, id, transitive, func(st *state) map[string]map[string]bool { return st.memberOf })
}

func (s *Service) related(
	ctx context.Context, id string, transitive bool, edges func(*state) map[string]map[string]bool,
) ([]any, error) {
	st, err := s.mirror.View(ctx)
	if err != nil {
		return nil, fault.Wrap("directory.related", err)
	}
	st.mu.RLock()
	defer st.mu.RUnlock()
	id = canonical(id)
	all := edges(st)
	if !transitive {
		all = map[string]map[string]bool{id: all[id]}
	}
	var out []any
	for _, other := range reach(all, id) {
		if o := st.anyObject(other); o != nil {
			out = append(out, o)
		}
	}
	return out, nil
}

// ReadAdministrators lists the users and service principals that hold the role Global Administrator.
func (s *Service) ReadAdministrators(ctx context.Context, c caller.Caller) ([]any, error) {
	users, err := s.ListUsers(ctx, c)
	if err != nil {
		return nil, err
	}
	principals, err := s.ListServicePrincipals(ctx, c)
	if err != nil {
		return nil, err
	}
	var out []any
	for _, u := range users {
		if u.Administrator {
			out = append(out, u)
		}
	}
	for _, p := range principals {
		if p.Administrator {
			out = append(out, p)
		}
	}
	return out, nil
}
