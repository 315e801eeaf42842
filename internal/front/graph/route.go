package graph

import (
	"net/http"
	"net/url"
	"strings"

	"github.com/alcedo-cloud/alcedo/internal/httpx"
)

// route is a row of the table of operations: a method, a path of which "{x}" segments are open, what answers.
type route struct {
	method  string
	pattern []string
	handle  func(*request) (*httpx.Response, error)
}

// table lists the operations.
func (f *front) table() []route {
	var out []route
	add := func(method, path string, handle func(*request) (*httpx.Response, error)) {
		out = append(out, route{method, strings.Split(path, "/"), handle})
	}
	for _, e := range f.sets {
		add("GET", e.set, f.list(e))
		add("POST", e.set, f.create(e))
		add("GET", e.set+"/$count", f.count(e))
		add("GET", e.set+"/{id}", f.read(e))
		add("PATCH", e.set+"/{id}", f.update(e))
		add("DELETE", e.set+"/{id}", f.remove(e))
	}
	for _, set := range []string{"users", "groups", "servicePrincipals", "directoryObjects"} {
		f.memberRoutes(add, set+"/{id}")
	}
	f.memberRoutes(add, "me")
	for _, set := range []string{"groups", "applications", "servicePrincipals"} {
		add("GET", set+"/{id}/owners", f.owners(set))
		add("POST", set+"/{id}/owners/$ref", f.addOwner(set))
		add("DELETE", set+"/{id}/owners/{member}/$ref", f.removeOwner(set))
	}
	for _, set := range []string{"applications", "servicePrincipals"} {
		add("POST", set+"/{id}/addPassword", f.addPassword(set))
		add("POST", set+"/{id}/removePassword", f.removePassword(set))
	}
	add("GET", "me", f.me)
	add("GET", "me/ownedObjects", f.ownedObjects)
	add("GET", "groups/{id}/members", f.members(false))
	add("GET", "groups/{id}/transitiveMembers", f.members(true))
	add("POST", "groups/{id}/members/$ref", f.addMember)
	add("DELETE", "groups/{id}/members/{member}/$ref", f.removeMember)
	add("GET", "applications/{id}/federatedIdentityCredentials", f.federatedList)
	add("POST", "applications/{id}/federatedIdentityCredentials", f.federatedCreate)
	add("GET", "applications/{id}/federatedIdentityCredentials/{name}", f.federatedRead)
	add("PATCH", "applications/{id}/federatedIdentityCredentials/{name}", f.federatedUpdate)
	add("DELETE", "applications/{id}/federatedIdentityCredentials/{name}", f.federatedDelete)
	add("POST", "directoryObjects/getByIds", f.getByIDs)
	add("GET", "directoryObjects/{id}", f.readObject)
	add("GET", "organization", f.organization)
	add("GET", "organization/{id}", f.organizationByID)
	add("GET", "directoryRoles", f.roles)
	add("GET", "directoryRoles/{id}", f.role)
	add("GET", "directoryRoles/{id}/members", f.roleMembers)
	add("POST", "directoryRoles/{id}/members/$ref", f.addRoleMember)
	add("DELETE", "directoryRoles/{id}/members/{member}/$ref", f.removeRoleMember)
	return out
}

// memberRoutes are those of any object that can be in groups.
func (f *front) memberRoutes(add func(string, string, func(*request) (*httpx.Response, error)), base string) {
	add("GET", base+"/memberOf", f.memberOf(false))
	add("GET", base+"/transitiveMemberOf", f.memberOf(true))
	add("POST", base+"/getMemberGroups", f.memberIDs)
	add("POST", base+"/getMemberObjects", f.memberIDs)
	add("POST", base+"/checkMemberGroups", f.checkMembers)
	add("POST", base+"/checkMemberObjects", f.checkMembers)
}

// split takes the version and the segments of a path apart. OData's keys in parentheses become segments of their own:
// users('a') is users/a, applications(appId='b') is applications/appId=b.
func split(path string) (version string, segments []string, err error) {
	parts := strings.Split(strings.TrimPrefix(httpx.CleanPath(path), "/"), "/")
	switch strings.ToLower(parts[0]) {
	case "v1.0":
		version = "v1.0"
	case "beta":
		version = "beta"
	default:
		return "", nil, badRequest("BadRequest", "Invalid version: %s.", clip(parts[0]))
	}
	for _, part := range parts[1:] {
		text, err := url.PathUnescape(part)
		if err != nil {
			return "", nil, badRequest("BadRequest", "Bad Request - Error in query syntax.")
		}
		name, key, ok := strings.Cut(text, "(")
		if !ok || name == "" || !strings.HasSuffix(key, ")") {
			segments = append(segments, text)
			continue
		}
		key = strings.TrimSuffix(key, ")")
		property, quoted, named := strings.Cut(key, "=")
		if !named || strings.HasPrefix(key, "'") {
			segments = append(segments, name, unquote(key))
			continue
		}
		segments = append(segments, name, strings.TrimSpace(property)+"="+unquote(strings.TrimSpace(quoted)))
	}
	if len(segments) == 0 {
		return "", nil, badRequest("BadRequest", "Resource not found for the segment ''.")
	}
	return version, segments, nil
}

// unquote takes OData's quotes off, where there are any.
func unquote(s string) string {
	if len(s) >= 2 && s[0] == '\'' && s[len(s)-1] == '\'' {
		return strings.ReplaceAll(s[1:len(s)-1], "''", "'")
	}
	return s
}

// match finds the row for a request. A path that no row knows is told by its first unknown segment.
func (f *front) match(method string, segments []string) (*route, map[string]string, error) {
	known, found := 0, false
	for literal := range 2 { // rows without open segments first: getByIds is no id
		for i := range f.routes {
			rt := &f.routes[i]
			n, params := rt.agree(segments)
			known = max(known, n)
			if n < len(segments) || len(rt.pattern) != len(segments) || literal == 0 && len(params) > 0 {
				continue
			}
			if rt.method == method {
				return rt, params, nil
			}
			found = true
		}
	}
	if found {
		return nil, nil, methodNotAllowed{}
	}
	if known >= len(segments) {
		known = len(segments) - 1
	}
	return nil, nil, badRequest("BadRequest", "Resource not found for the segment '%s'.", clip(segments[known]))
}

// agree counts the leading segments that fit the row.
func (rt *route) agree(segments []string) (int, map[string]string) {
	var params map[string]string
	for i, s := range segments {
		if i == len(rt.pattern) {
			return i, params
		}
		p := rt.pattern[i]
		if p[0] != '{' {
			if !strings.EqualFold(strings.TrimPrefix(s, "microsoft.graph."), p) {
				return i, params
			}
			continue
		}
		if params == nil {
			params = make(map[string]string, 2)
		}
		params[strings.Trim(p, "{}")] = s
	}
	return len(segments), params
}

// clip bounds what is repeated of a client's own text.
func clip(s string) string {
	if len(s) > 200 {
		return s[:200]
	}
	return s
}

// noContent answers a change that has nothing to show.
func noContent() *httpx.Response { return &httpx.Response{Status: http.StatusNoContent} }
