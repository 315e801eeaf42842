package graph

import (
	"net/http"
	"strings"

	"github.com/alcedo-cloud/alcedo/internal/caller"
	"github.com/alcedo-cloud/alcedo/internal/directory"
	"github.com/alcedo-cloud/alcedo/internal/httpx"
)

// subject is the object id of what a path is about: the caller under /me, a user by name, else the id itself.
func (f *front) subject(r *request) (string, error) {
	id, ok := r.params["id"]
	if !ok {
		return self(r)
	}
	if alt, ok := alternate(id, "appId"); ok {
		p, err := f.Directory.ReadServicePrincipalByAppID(r.Context(), r.caller, alt)
		if err != nil {
			return "", err
		}
		return p.ObjectID, nil
	}
	if strings.Contains(id, "@") {
		u, err := f.Directory.ReadUser(r.Context(), r.caller, id)
		if err != nil {
			return "", err
		}
		return u.ObjectID, nil
	}
	if !isGUID(id) {
		return "", badRequest("Request_BadRequest", "Invalid object identifier '%s'.", clip(id))
	}
	return id, nil
}

// self is the caller's object id, for users.
func self(r *request) (string, error) {
	if r.caller.Kind != caller.User {
		return "", badRequest("BadRequest", "/me request is only valid with delegated authentication flow.")
	}
	return r.caller.ObjectID, nil
}

// collection answers a list of objects of several types.
func (f *front) collection(r *request, list []any) *httpx.Response {
	value := make([]fields, len(list))
	for i, o := range list {
		value[i] = f.typed(o)
	}
	return &httpx.Response{Status: http.StatusOK, Body: fields{
		{"@odata.context", f.context(r, "directoryObjects")}, {"value", value},
	}}
}

func (f *front) members(transitive bool) func(*request) (*httpx.Response, error) {
	return func(r *request) (*httpx.Response, error) {
		list, err := f.Directory.ReadMembers(r.Context(), r.caller, r.params["id"], transitive)
		if err != nil {
			return nil, err
		}
		return f.collection(r, list), nil
	}
}

func (f *front) addMember(r *request) (*httpx.Response, error) {
	id, err := reference(r.Request)
	if err != nil {
		return nil, err
	}
	return done(f.Directory.AddGroupMembers(r.Context(), r.caller, r.params["id"], id))
}

func (f *front) removeMember(r *request) (*httpx.Response, error) {
	return done(f.Directory.RemoveGroupMember(r.Context(), r.caller, r.params["id"], r.params["member"]))
}

func (f *front) memberOf(transitive bool) func(*request) (*httpx.Response, error) {
	return func(r *request) (*httpx.Response, error) {
		id, err := f.subject(r)
		if err != nil {
			return nil, err
		}
		list, err := f.Directory.ReadMemberOf(r.Context(), r.caller, id, transitive)
		if err != nil {
			return nil, err
		}
		return f.collection(r, list), nil
	}
}

// groupIDs lists the ids of all groups that the path's subject is in.
func (f *front) groupIDs(r *request) ([]string, error) {
	id, err := f.subject(r)
	if err != nil {
		return nil, err
	}
	list, err := f.Directory.ReadMemberOf(r.Context(), r.caller, id, true)
	if err != nil {
		return nil, err
	}
	ids := make([]string, 0, len(list))
	for _, o := range list {
		ids = append(ids, o.(*directory.Group).ObjectID)
	}
	return ids, nil
}

// memberIDs is getMemberGroups and getMemberObjects. Each group here is a security group, so that securityEnabledOnly
// makes no difference.
func (f *front) memberIDs(r *request) (*httpx.Response, error) {
	body, err := readObject(r.Request)
	if err != nil {
		return nil, err
	}
	var only bool
	if ok, err := body.member("securityEnabledOnly", &only); err != nil || !ok {
		return nil, badRequest("Request_BadRequest", "A value is required for parameter 'securityEnabledOnly'.")
	}
	ids, err := f.groupIDs(r)
	if err != nil {
		return nil, err
	}
	return f.strings(r, ids), nil
}

// checkMembers is checkMemberGroups and checkMemberObjects: which of the given groups the subject is in.
func (f *front) checkMembers(r *request) (*httpx.Response, error) {
	body, err := readObject(r.Request)
	if err != nil {
		return nil, err
	}
	var asked []string
	name := "groupIds"
	if _, ok := body["ids"]; ok {
		name = "ids"
	}
	if ok, err := body.member(name, &asked); err != nil || !ok {
		return nil, badRequest("Request_BadRequest", "A value is required for parameter '%s'.", name)
	}
	if len(asked) > 20 {
		return nil, badRequest("Request_BadRequest", "Too many items in the '%s' collection. The maximum is 20.", name)
	}
	ids, err := f.groupIDs(r)
	if err != nil {
		return nil, err
	}
	in := []string{}
	for _, id := range ids {
		for _, a := range asked {
			if strings.EqualFold(a, id) {
				in = append(in, id)
				break
			}
		}
	}
	return f.strings(r, in), nil
}

func (f *front) strings(r *request, list []string) *httpx.Response {
	return &httpx.Response{Status: http.StatusOK, Body: fields{
		{"@odata.context", f.context(r, "Collection(Edm.String)")}, {"value", list},
	}}
}

func (f *front) owners(set string) func(*request) (*httpx.Response, error) {
	return func(r *request) (*httpx.Response, error) {
		id, err := f.sets[strings.ToLower(set)].resolve(r)
		if err != nil {
			return nil, err
		}
		list, err := f.Directory.ReadOwners(r.Context(), r.caller, id)
		if err != nil {
			return nil, err
		}
		return f.collection(r, list), nil
	}
}

func (f *front) addOwner(set string) func(*request) (*httpx.Response, error) {
	return func(r *request) (*httpx.Response, error) {
		owner, err := reference(r.Request)
		if err != nil {
			return nil, err
		}
		id, err := f.sets[strings.ToLower(set)].resolve(r)
		if err != nil {
			return nil, err
		}
		return done(f.Directory.AddOwner(r.Context(), r.caller, id, owner))
	}
}

func (f *front) removeOwner(set string) func(*request) (*httpx.Response, error) {
	return func(r *request) (*httpx.Response, error) {
		id, err := f.sets[strings.ToLower(set)].resolve(r)
		if err != nil {
			return nil, err
		}
		return done(f.Directory.RemoveOwner(r.Context(), r.caller, id, r.params["member"]))
	}
}

// done answers a change that has nothing to show.
func done(err error) (*httpx.Response, error) {
	if err != nil {
		return nil, err
	}
	return noContent(), nil
}
