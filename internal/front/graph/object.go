package graph

import (
	"net/http"
	"strings"

	"github.com/alcedo-cloud/alcedo/internal/directory"
	"github.com/alcedo-cloud/alcedo/internal/httpx"
)

// context is the @odata.context of an answer.
func (f *front) context(r *request, what string) string {
	return "https://" + f.Cloud.Graph + "/" + r.version + "/$metadata#" + what
}

// alternate reads an id of the form "property=value", as split leaves an alternate key.
func alternate(id, property string) (string, bool) {
	name, value, ok := strings.Cut(id, "=")
	return value, ok && strings.EqualFold(name, property)
}

// object finds what a path of a collection names.
func (f *front) object(r *request, set string) (any, error) {
	return f.sets[strings.ToLower(set)].find(r, r.params["id"])
}

// find checks the form of an id before it looks.
func (e *entity) find(r *request, id string) (any, error) {
	_, alt := alternate(id, "appId")
	if !isGUID(id) && !alt && e.set != "users" {
		return nil, badRequest("Request_BadRequest", "Invalid object identifier '%s'.", clip(id))
	}
	return e.read(r.Context(), r.caller, id)
}

func (f *front) read(e *entity) func(*request) (*httpx.Response, error) {
	return func(r *request) (*httpx.Response, error) {
		selected, err := e.selection(r.query["$select"])
		if err != nil {
			return nil, err
		}
		if err := noExpand(r); err != nil {
			return nil, err
		}
		o, err := e.find(r, r.params["id"])
		if err != nil {
			return nil, err
		}
		return &httpx.Response{Status: http.StatusOK, Body: f.entity(r, e, o, selected)}, nil
	}
}

// entity shows one object with its context.
func (f *front) entity(r *request, e *entity, o any, selected []*property) fields {
	what := e.set
	if len(selected) > 0 {
		names := make([]string, len(selected))
		for i, p := range selected {
			names[i] = p.name
		}
		what += "(" + strings.Join(names, ",") + ")"
	}
	return append(fields{{"@odata.context", f.context(r, what+"/$entity")}}, e.render(o, selected)...)
}

func (f *front) create(e *entity) func(*request) (*httpx.Response, error) {
	return func(r *request) (*httpx.Response, error) {
		body, err := readObject(r.Request)
		if err != nil {
			return nil, err
		}
		o, err := e.create(r.Context(), r.caller, body)
		if err != nil {
			return nil, err
		}
		header := http.Header{"Location": {"https://" + f.Cloud.Graph + "/v2/" + f.Directory.TenantID() +
			"/directoryObjects/" + e.id(o) + "/Microsoft.DirectoryServices." + e.resource}}
		return &httpx.Response{Status: http.StatusCreated, Header: header, Body: f.entity(r, e, o, nil)}, nil
	}
}

func (f *front) update(e *entity) func(*request) (*httpx.Response, error) {
	return func(r *request) (*httpx.Response, error) {
		body, err := readObject(r.Request)
		if err != nil {
			return nil, err
		}
		id, err := e.resolve(r)
		if err != nil {
			return nil, err
		}
		if err := e.update(r.Context(), r.caller, id, body); err != nil {
			return nil, err
		}
		return noContent(), nil
	}
}

func (f *front) remove(e *entity) func(*request) (*httpx.Response, error) {
	return func(r *request) (*httpx.Response, error) {
		id, err := e.resolve(r)
		if err != nil {
			return nil, err
		}
		if err := e.remove(r.Context(), r.caller, id); err != nil {
			return nil, err
		}
		return noContent(), nil
	}
}

// resolve is the object id of what the path names.
func (e *entity) resolve(r *request) (string, error) {
	o, err := e.find(r, r.params["id"])
	if err != nil {
		return "", err
	}
	return e.id(o), nil
}

// entityOf is the entity type of a directory object.
func (f *front) entityOf(o any) *entity {
	switch o.(type) {
	case *directory.User:
		return f.sets["users"]
	case *directory.Group:
		return f.sets["groups"]
	case *directory.Application:
		return f.sets["applications"]
	default:
		return f.sets["serviceprincipals"]
	}
}

// typed shows an object in a collection of several types.
func (f *front) typed(o any) fields {
	e := f.entityOf(o)
	return append(fields{{"@odata.type", "#microsoft.graph." + e.typ}}, e.render(o, nil)...)
}

// readObject finds an object of any type.
func (f *front) readObject(r *request) (*httpx.Response, error) {
	o, err := f.Directory.ReadObject(r.Context(), r.caller, r.params["id"])
	if err != nil {
		return nil, err
	}
	body := append(fields{{"@odata.context", f.context(r, "directoryObjects/$entity")}}, f.typed(o)...)
	return &httpx.Response{Status: http.StatusOK, Body: body}, nil
}

// maxIDs is how many ids getByIds and the like take.
const maxIDs = 1000

// getByIDs finds objects by id, of the types that are asked for. Ids that name nothing are left out.
func (f *front) getByIDs(r *request) (*httpx.Response, error) {
	body, err := readObject(r.Request)
	if err != nil {
		return nil, err
	}
	var ids, types []string
	if ok, err := body.member("ids", &ids); err != nil || !ok {
		return nil, badRequest("Request_BadRequest", "A value is required for parameter 'ids'.")
	}
	if _, err := body.member("types", &types); err != nil {
		return nil, err
	}
	if len(ids) > maxIDs {
		return nil, badRequest("Request_BadRequest", "Too many items in the 'ids' collection. The maximum is %d.", maxIDs)
	}
	for _, id := range ids {
		if !isGUID(id) {
			return nil, badRequest("Request_BadRequest", "Invalid GUID:%s", clip(id))
		}
	}
	wanted := make(map[string]bool)
	for _, t := range types {
		wanted[strings.ToLower(t)] = true
	}
	found, err := f.Directory.ReadObjects(r.Context(), r.caller, ids)
	if err != nil {
		return nil, err
	}
	value := []fields{}
	for _, o := range found {
		if len(wanted) == 0 || wanted["directoryobject"] || wanted[strings.ToLower(f.entityOf(o).typ)] {
			value = append(value, f.typed(o))
		}
	}
	return &httpx.Response{Status: http.StatusOK, Body: fields{
		{"@odata.context", f.context(r, "directoryObjects")}, {"value", value},
	}}, nil
}
