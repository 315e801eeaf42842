package resource

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"maps"
	"strings"
	"time"

	"github.com/alcedo-cloud/alcedo/internal/fault"
	"github.com/alcedo-cloud/alcedo/internal/store"
)

// putStored serves PUT of a type whose documents the core keeps.
func (s *Service) putStored(ctx context.Context, c *Call) (*Answer, error) {
	body, err := documentBody(c)
	if err != nil {
		return nil, err
	}
	return s.change(ctx, c, func(old *Document) (*Document, error) {
		if old == nil {
			if err := s.checkNewName(c); err != nil {
				return nil, err
			}
		}
		doc, err := body.Clone()
		if err != nil {
			return nil, err
		}
		s.settle(c, doc, old)
		if c.entry.Stored.Tracked {
			if doc.Location, err = s.place(c.entry, c.ID, doc.Location, old); err != nil {
				return nil, err
			}
		} else {
			doc.Location, doc.Tags = "", nil
		}
		return doc, nil
	})
}

// change reads, makes, checks and stores a document in one transaction, and answers it. make gets nil where there is
// none yet.
func (s *Service) change(ctx context.Context, c *Call, merge func(old *Document) (*Document, error)) (*Answer, error) {
	tag := ""
	if c.entry.Stored.ETag {
		token, err := s.token()
		if err != nil {
			return nil, err
		}
		tag = `"` + token + `"`
	}
	var doc *Document
	created := false
	err := s.Store.Update(ctx, func(tx store.Tx) error {
		if err := s.changeable(tx, c); err != nil {
			return err
		}
		old, version, err := load(tx, c.ID)
		if errors.Is(err, store.ErrNotFound) {
			old, err = nil, nil
		}
		if err != nil {
			return err
		}
		created = old == nil
		if err := precondition(c.IfMatch, c.IfNoneMatch, old, version); err != nil {
			return err
		}
		if doc, err = merge(old); err != nil {
			return err
		}
		if tag != "" {
			doc.ETag = tag
		}
		if put := c.entry.Stored.Put; put != nil {
			if err := put(ctx, &Change{Call: c, Tx: tx, Old: old, New: doc}); err != nil {
				return err
			}
		}
		dropRemoved(doc.Identity)
		return PutTx(tx, doc)
	})
	if err != nil {
		return nil, err
	}
	status := 200
	if created {
		if status = c.entry.Stored.CreatedStatus; status == 0 {
			status = 201
		}
	}
	return s.answer(ctx, c, doc, status)
}

// changeable checks, inside the transaction, what is around the resource.
func (s *Service) changeable(tx store.Tx, c *Call) error {
	if err := s.checkGroup(tx, c.ID); err != nil {
		return err
	}
	if err := s.checkAbove(tx, c.ID); err != nil {
		return err
	}
	return s.checkLocks(tx, c.ID, c.Method)
}

// documentBody reads what the client says about a resource. Name, id, type, entity tag and system data are not its to
// say.
func documentBody(c *Call) (*Document, error) {
	if len(c.Body) == 0 {
		return nil, invalidContent("The request body is missing.")
	}
	if bytes.TrimSpace(c.Body)[0] != '{' {
		return nil, invalidContent("The request body must be a JSON object.")
	}
	doc := new(Document)
	if err := jsonFault(doc.UnmarshalJSON(c.Body)); err != nil {
		return nil, err
	}
	doc.Name, doc.ID, doc.Type, doc.ETag, doc.SystemData, doc.Hidden = "", "", "", "", nil, nil
	if doc.Identity != nil {
		doc.Identity.PrincipalID, doc.Identity.TenantID = "", ""
		if doc.Identity.Type == "" && c.Method == "PUT" {
			return nil, invalidContent("Required property 'type' not found in JSON. Path 'identity'.")
		}
	}
	return doc, checkTags(doc.Tags)
}

// checkNewName holds the rules for the name of a resource that is not there yet.
func (s *Service) checkNewName(c *Call) error {
	if err := checkName(c.ID.Name()); err != nil {
		return err
	}
	if c.entry.CheckName != nil {
		return c.entry.CheckName(c.ID.Name())
	}
	return nil
}

// settle fills in what is not the client's to say. Spelling is that of the creation.
func (s *Service) settle(c *Call, doc, old *Document) {
	by, kind := c.Caller.Quoted(), c.Caller.Kind.String()
	if c.Caller.Name == "" && c.Caller.AppID != "" {
		by = c.Caller.AppID
	}
	now := c.Now.UTC().Truncate(100 * time.Nanosecond) // some clients read no finer time
	doc.SystemData = &SystemData{
		CreatedBy: by, CreatedByType: kind, CreatedAt: now, LastModifiedBy: by, LastModifiedByType: kind, LastModifiedAt: now,
	}
	if old == nil {
		doc.Name, doc.ID, doc.Type = c.ID.Name(), s.canonical(c.ID), c.entry.full
		return
	}
	doc.Name, doc.ID, doc.Type, doc.ETag = old.Name, old.ID, old.Type, old.ETag
	if len(doc.Hidden) == 0 {
		doc.Hidden = maps.Clone(old.Hidden)
	}
	if was := old.SystemData; was != nil {
		doc.SystemData.CreatedBy, doc.SystemData.CreatedByType, doc.SystemData.CreatedAt = was.CreatedBy, was.CreatedByType, was.CreatedAt
	}
}

// canonical is an id with keywords, namespace and types spelled as Azure does, and names as they were asked for.
func (s *Service) canonical(id ID) string {
	var b strings.Builder
	if id.Parent != nil {
		b.WriteString(s.canonical(*id.Parent))
	} else {
		if id.Subscription != "" {
			b.WriteString("/subscriptions/" + id.Subscription)
		}
		if id.Group != "" {
			b.WriteString("/resourceGroups/" + id.Group)
		}
	}
	full := []string{id.Namespace, id.Type()}
	if e := s.typeOf(id); e != nil {
		full = strings.SplitN(e.full, "/", 2)
	}
	b.WriteString("/providers/" + full[0])
	for i, typ := range strings.Split(full[1], "/") {
		b.WriteString("/" + typ)
		if i < len(id.Names) {
			b.WriteString("/" + id.Names[i])
		}
	}
	return b.String()
}

// dropRemoved takes the identities out that a PATCH removed and that no hook took out.
func dropRemoved(identity *Identity) {
	if identity == nil {
		return
	}
	for id, assigned := range identity.UserAssignedIdentities {
		if assigned == nil {
			delete(identity.UserAssignedIdentities, id)
		}
	}
}

// answer shows a document.
func (s *Service) answer(ctx context.Context, c *Call, doc *Document, status int) (*Answer, error) {
	text, err := s.show(ctx, c, doc)
	if err != nil {
		return nil, err
	}
	a := &Answer{Status: status, Body: text}
	if doc.ETag != "" {
		a.Header = map[string]string{"ETag": doc.ETag}
	}
	return a, nil
}

// show is a document as the call's api-version has it.
func (s *Service) show(ctx context.Context, c *Call, doc *Document) (json.RawMessage, error) {
	if c.entry.Stored.View != nil {
		copied, err := doc.Clone()
		if err != nil {
			return nil, fault.Wrap("resource.show", err)
		}
		if doc, err = c.entry.Stored.View(ctx, c, copied); err != nil {
			return nil, err
		}
	}
	if doc.SystemData != nil && !showsSystemData(c.APIVersion) {
		shallow := *doc
		shallow.SystemData = nil
		doc = &shallow
	}
	text, err := doc.MarshalJSON()
	return text, fault.Wrap("resource.show", err)
}

// showsSystemData reports whether an api-version is of the time when Resource Manager began to show system data.
func showsSystemData(version string) bool { return version >= "2020-06-01" }
