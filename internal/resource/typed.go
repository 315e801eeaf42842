package resource

import (
	"context"
	"errors"
	"strings"

	"github.com/alcedo-cloud/alcedo/internal/fault"
	"github.com/alcedo-cloud/alcedo/internal/rbac"
	"github.com/alcedo-cloud/alcedo/internal/store"
)

// target is the operation that a request for a provider's type means.
type target struct {
	entry      *entry
	id         ID
	collection bool
	post       string // the action as the table spells it, or as the path does where the type has none of that name
	handler    Handler
	action     string // that is asked of the door
	scope      rbac.Scope
}

// typed serves the types of providers.
func (s *Service) typed(ctx context.Context, r *Request) (*Answer, error) {
	t, err := s.resolve(r)
	if err != nil {
		return nil, err
	}
	c := s.call(ctx, r, t.entry, t.id)
	c.Action = t.post
	if err := s.admit(ctx, r, t, c); err != nil {
		return nil, err
	}
	if !supported(t.entry.APIVersions, r.APIVersion) {
		return nil, s.versionNotOffered(t.entry, s.locationOf(ctx, c), r.APIVersion)
	}
	serve := s.operation(t, r.Method)
	if serve == nil {
		if t.post != "" {
			return nil, typeNotFound(s.lookup(t.id.Namespace), t.entry.Name+"/"+t.post, r.APIVersion)
		}
		return nil, methodNotAllowed(r.Method)
	}
	if r.hasBody() && c.Body == nil {
		return nil, invalidContent("The request body is not JSON.")
	}
	if err := store.View(ctx, s.Store, func(read store.Reader) error { return s.surroundings(read, t, r.Method) }); err != nil {
		return nil, err
	}
	return serve(ctx, c)
}

// resolve finds the type and the operation that a path and a method mean.
func (s *Service) resolve(r *Request) (*target, error) {
	id, ok := parse(r.segments)
	if !ok || id.Namespace == "" || len(id.Types) == 0 {
		return nil, noRoute(r.BaseURL + r.Path)
	}
	n := s.lookup(id.Namespace)
	if n == nil {
		return nil, namespaceNotFound(id.Namespace)
	}
	t := &target{id: id, collection: len(id.Names) < len(id.Types)}
	if r.Method == "POST" {
		t.resolveAction(n)
	} else if t.entry = n.find(id.Type()); t.entry != nil {
		switch r.Method {
		case "GET", "HEAD":
			t.action = t.entry.read
		case "PUT", "PATCH":
			t.action = t.entry.write
		case "DELETE":
			t.action = t.entry.delete
		default:
			return nil, methodNotAllowed(r.Method)
		}
	}
	if t.entry == nil {
		return nil, typeNotFound(n, id.Type(), r.APIVersion)
	}
	if t.misplaced() {
		return nil, noRoute(r.BaseURL + r.Path)
	}
	t.scope = t.decisionScope()
	return t, nil
}

// resolveAction takes the action off a POST's path: {id}/{action}, {collection}/{action}, or a path whose last word is
// type and action in one, as /providers/Microsoft.Authorization/elevateAccess.
func (t *target) resolveAction(n *namespace) {
	types, last := t.id.Types, len(t.id.Types)-1
	if !t.collection {
		if e := n.find(t.id.Type()); e != nil {
			t.take(e, t.id.Names[last])
			t.id = t.id.trim(1)
			t.collection = true
		}
		return
	}
	if e := n.find(t.id.Type()); e != nil {
		if spelled, h := e.actionNamed(""); h != nil {
			t.entry, t.post, t.handler, t.action = e, spelled, h, e.full+"/action"
			return
		}
		if spelled, h := e.actionNamed(types[last]); h != nil {
			t.entry, t.post, t.handler, t.action = e, spelled, h, e.full+"/action"
			return
		}
	}
	if last == 0 {
		return
	}
	if e := n.find(strings.Join(types[:last], "/")); e != nil {
		t.take(e, types[last])
		t.id = t.id.trim(1)
		t.collection = false
	}
}

// take sets type, handler and action of a POST. The action of a name that the type does not have is asked of the door
// all the same, so that a caller who may nothing there learns nothing.
func (t *target) take(e *entry, name string) {
	spelled, h := e.actionNamed(name)
	if h == nil {
		spelled = name
	}
	t.entry, t.post, t.handler, t.action = e, spelled, h, e.full+"/"+spelled+"/action"
}

// actionNamed finds an action in any case, with the table's spelling.
func (e *entry) actionNamed(name string) (string, Handler) {
	if h, ok := e.Actions[name]; ok {
		return name, h
	}
	for spelled, h := range e.Actions {
		if strings.EqualFold(spelled, name) {
			return spelled, h
		}
	}
	return "", nil
}

// trim is the id without its last n segments.
func (id ID) trim(n int) ID {
	end := len(id.segments) - n
	short, _ := parse(id.segments[:end:end])
	return short
}

// misplaced reports whether the type cannot be where the path has it: an extension anywhere, a document of the core's in
// a resource group only, though it is listed over a subscription too, any other type under a subscription or the tenant.
func (t *target) misplaced() bool {
	if t.entry.Extension {
		return false
	}
	if t.id.Parent != nil {
		return true
	}
	if t.entry.Stored == nil {
		return false
	}
	return t.id.Subscription == "" || t.id.Group == "" && (len(t.id.Names) > 0 || !t.collection)
}

// decisionScope is the scope that the door is asked about: the resource; of a child collection its parent; of any other
// collection where it is listed, with the provider where that is a resource group.
func (t *target) decisionScope() rbac.Scope {
	switch {
	case !t.collection:
		return t.id.Scope()
	case len(t.id.Names) > 0:
		return rbac.NewScope(strings.Join(t.id.segments[:len(t.id.segments)-1], "/"))
	case t.id.Group != "" && !t.entry.Extension && t.post == "":
		return rbac.NewScope(t.id.Base().String() + "/providers/" + t.id.Namespace)
	}
	return t.id.Base()
}

// admit authorizes the call and gives it the means to ask for more.
func (s *Service) admit(ctx context.Context, r *Request, t *target, c *Call) error {
	main := rbac.Request{Action: t.action, Scope: t.scope}
	c.Authorize = s.linked(ctx, r, main)
	if t.entry.SelfAuthorized != nil && t.entry.SelfAuthorized(c) {
		return nil
	}
	if t.entry.Attributes != nil {
		attributes, err := t.entry.Attributes(ctx, c)
		if err != nil {
			return err
		}
		main.Attributes = attributes
	}
	return s.Door.Authorize(ctx, r.Caller, main)
}

// operation is what serves the method: the type's own handler, or the core where it keeps the type's documents.
func (s *Service) operation(t *target, method string) Handler {
	e := t.entry
	first := func(own, core Handler) Handler {
		if own != nil {
			return own
		}
		if e.Stored != nil {
			return core
		}
		return nil
	}
	if t.post != "" || method == "POST" {
		return t.handler
	}
	if t.collection {
		if method != "GET" {
			return nil
		}
		return first(e.List, s.listStored)
	}
	switch method {
	case "GET":
		return first(e.Get, s.getStored)
	case "HEAD":
		if h := first(e.Get, s.getStored); h != nil {
			return head(h)
		}
	case "PUT":
		return first(e.Put, s.putStored)
	case "PATCH":
		return first(e.Patch, s.patchStored)
	case "DELETE":
		return first(e.Delete, s.deleteStored)
	}
	return nil
}

// head asks for existence only: 204 where a GET would succeed.
func head(get Handler) Handler {
	return func(ctx context.Context, c *Call) (*Answer, error) {
		a, err := get(ctx, c)
		if err != nil {
			return nil, err
		}
		return &Answer{Status: 204, Header: a.Header}, nil
	}
}

// surroundings checks that what the resource is in exists, and that no lock forbids the operation. Types whose
// documents the core keeps are checked again inside their transaction.
func (s *Service) surroundings(r store.Reader, t *target, method string) error {
	if err := s.checkGroup(r, t.id); err != nil {
		return err
	}
	if err := s.checkAbove(r, t.id); err != nil {
		return err
	}
	if t.collection {
		return nil
	}
	return s.checkLocks(r, t.id, method)
}

// checkAbove says that the parent of a child resource, or the resource that an extension hangs under, is missing.
func (s *Service) checkAbove(r store.Reader, id ID) error {
	if id.Parent != nil {
		if e := s.typeOf(*id.Parent); e != nil && e.Stored != nil {
			if _, _, err := s.existing(r, *id.Parent); err != nil {
				return err
			}
		}
	}
	if len(id.Types) < 2 || len(id.Names) < len(id.Types)-1 {
		return nil
	}
	parent := id.Container()
	e := s.typeOf(parent)
	if e == nil || e.Stored == nil || parent.Group == "" && !e.Extension {
		return nil
	}
	_, err := r.Get(documentKey(parent))
	if errors.Is(err, store.ErrNotFound) {
		return parentNotFound(parent)
	}
	return err
}

// locationOf is the location that a refusal of the api-version names: the resource's, or the one that the body wants.
func (s *Service) locationOf(ctx context.Context, c *Call) string {
	if c.Body != nil {
		var doc Document
		if doc.UnmarshalJSON(c.Body) == nil && doc.Location != "" {
			return doc.Location
		}
	}
	doc, err := s.Get(ctx, c.ID)
	if fault.Is(err, fault.NotFound) || err != nil {
		return ""
	}
	return doc.Location
}
