package resource

import (
	"context"
	"encoding/json"
	"errors"

	"github.com/alcedo-cloud/alcedo/internal/fault"
	"github.com/alcedo-cloud/alcedo/internal/rbac"
	"github.com/alcedo-cloud/alcedo/internal/store"
)

// call makes the Call that handlers and hooks get.
func (s *Service) call(ctx context.Context, r *Request, e *entry, id ID) *Call {
	c := &Call{
		Caller: r.Caller, Method: r.Method, ID: id, APIVersion: r.APIVersion, Query: r.Query,
		IfMatch: r.IfMatch, IfNoneMatch: r.IfNoneMatch, BaseURL: r.BaseURL, Now: s.Clock.Now(), service: s, entry: e,
	}
	if r.hasBody() && (e.Relaxed || json.Valid(r.Body)) {
		c.Body = r.Body
	}
	c.Permits = func(action string, scope rbac.Scope) (bool, error) {
		return s.Door.Permits(ctx, r.Caller, rbac.Request{Action: action, Scope: scope})
	}
	return c
}

// linked gives Call.Authorize: main is what the caller was found to be allowed.
func (s *Service) linked(ctx context.Context, r *Request, main rbac.Request) func(string, rbac.Scope) error {
	return func(action string, scope rbac.Scope) error {
		err := s.Door.Authorize(ctx, r.Caller, rbac.Request{Action: action, Scope: scope})
		if !fault.Is(err, fault.Denied) {
			return err
		}
		denial := &rbac.Denial{
			Caller: r.Caller, Action: main.Action, Scope: main.Scope,
			Linked: []rbac.Link{{Action: action, Scope: scope}},
		}
		var cause *rbac.Denial
		if errors.As(err, &cause) {
			denial.Condition = cause.Condition
		}
		return &fault.Error{
			Kind: fault.Denied, Op: "resource.Call.Authorize", Reason: "LinkedAuthorizationFailed",
			Message: "A permission is missing on a linked resource.", Cause: denial,
		}
	}
}

// Update changes the stored document that Call.ID names, for actions such as start: fn gets it as Change.Old and, to be
// changed, as Change.New. The type's Put hook is not called. What was stored comes back.
func (c *Call) Update(ctx context.Context, fn func(ch *Change) error) (*Document, error) {
	var stored *Document
	err := c.service.Store.Update(ctx, func(tx store.Tx) error {
		old, _, err := c.service.existing(tx, c.ID)
		if err != nil {
			return err
		}
		doc, err := old.Clone()
		if err != nil {
			return fault.Wrap("resource.Call.Update", err)
		}
		if err := fn(&Change{Call: c, Tx: tx, Old: old, New: doc}); err != nil {
			return err
		}
		stored = doc
		return PutTx(tx, doc)
	})
	return stored, err
}

// Do sends another request as the same caller, with everything that is checked of one.
func (c *Call) Do(ctx context.Context, r *Request) (*Answer, error) {
	inner := *r
	inner.Caller, inner.BaseURL = c.Caller, c.BaseURL
	return c.service.Do(ctx, &inner)
}

// NewestVersion is the newest api-version of the type of id, which is no preview where there is another; "" of an unknown
// type.
func (c *Call) NewestVersion(id ID) string {
	e := c.service.typeOf(id)
	if e == nil {
		return ""
	}
	for _, v := range e.APIVersions {
		if len(v) == len("2006-01-02") {
			return v
		}
	}
	return e.APIVersions[0]
}

// Write runs fn in a transaction, for types that keep their documents themselves.
func (c *Call) Write(ctx context.Context, fn func(tx store.Tx) error) error {
	return c.service.Store.Update(ctx, fn)
}

// Read runs fn on a consistent view of the store.
func (c *Call) Read(ctx context.Context, fn func(r store.Reader) error) error {
	return store.View(ctx, c.service.Store, fn)
}

// Document reads the stored document that Call.ID names; where it is not there, the fault is Azure's ResourceNotFound.
func (c *Call) Document(ctx context.Context) (*Document, error) {
	var doc *Document
	err := c.Read(ctx, func(r store.Reader) (err error) {
		doc, _, err = c.service.existing(r, c.ID)
		return err
	})
	return doc, err
}

// existing loads a document, or says as Azure does that it is not there.
func (s *Service) existing(r store.Reader, id ID) (*Document, store.Version, error) {
	doc, version, err := load(r, id)
	if errors.Is(err, store.ErrNotFound) {
		return nil, 0, notFound(id, s.typeOf(id))
	}
	return doc, version, err
}
