package resource

import (
	"context"
	"encoding/json"
	"strings"

	"github.com/alcedo-cloud/alcedo/internal/fault"
)

// patchStored serves PATCH: RFC 7396 for all members but tags, which are replaced as a whole, and the location, which
// never changes. Source: github.com/Azure/typespec-azure/issues/1234 quotes the rule for tags.
func (s *Service) patchStored(ctx context.Context, c *Call) (*Answer, error) {
	if _, err := documentBody(c); err != nil {
		return nil, err
	}
	var patch map[string]any
	if err := jsonFault(json.Unmarshal(c.Body, &patch)); err != nil {
		return nil, err
	}
	return s.change(ctx, c, func(old *Document) (*Document, error) {
		if old == nil {
			return nil, notFound(c.ID, c.entry)
		}
		doc, err := s.patched(c, old, patch)
		if err != nil {
			return nil, err
		}
		return doc, nil
	})
}

// patched is old with the members of patch merged in.
func (s *Service) patched(c *Call, old *Document, patch map[string]any) (*Document, error) {
	doc, err := old.Clone()
	if err != nil {
		return nil, fault.Wrap("resource.patched", err)
	}
	for name, value := range patch {
		if err := s.patchMember(c, doc, old, name, value); err != nil {
			return nil, err
		}
	}
	s.settle(c, doc, old)
	if !c.entry.Stored.Tracked {
		doc.Tags = nil
	}
	return doc.Clone() // hooks may change it, and the patch is merged again after a conflict
}

func (s *Service) patchMember(c *Call, doc, old *Document, name string, value any) error {
	switch strings.ToLower(name) {
	case "name", "id", "type", "etag", "systemdata":
		return nil
	case "location":
		given, _ := value.(string)
		if given == "" || !c.entry.Stored.Tracked {
			return nil
		}
		_, err := s.place(c.entry, c.ID, given, old)
		return err
	case "tags":
		doc.Tags = nil
		return convert(value, &doc.Tags)
	case "identity":
		return patchIdentity(doc, value)
	case "properties":
		merged, _ := mergePatch(doc.Properties, value).(map[string]any)
		if merged == nil {
			merged = make(map[string]any)
		}
		doc.Properties = merged
		return nil
	case "kind":
		doc.Kind = ""
		return convert(value, &doc.Kind)
	case "managedby":
		doc.ManagedBy = ""
		return convert(value, &doc.ManagedBy)
	case "zones":
		doc.Zones = nil
		return convert(value, &doc.Zones)
	case "sku":
		return patchRaw(&doc.SKU, value)
	case "plan":
		return patchRaw(&doc.Plan, value)
	}
	return patchExtra(doc, name, value)
}

// patchRaw merges into a member that is kept as text; null takes it out.
func patchRaw(raw *json.RawMessage, value any) error {
	if value == nil {
		*raw = nil
		return nil
	}
	var was any
	if len(*raw) > 0 {
		if err := json.Unmarshal(*raw, &was); err != nil {
			return fault.Wrap("resource.patchRaw", err)
		}
	}
	text, err := encode(mergePatch(was, value))
	*raw = text
	return err
}

// patchExtra merges into a member that only this type has, found in any case.
func patchExtra(doc *Document, name string, value any) error {
	for spelled := range doc.Extra {
		if strings.EqualFold(spelled, name) {
			name = spelled
		}
	}
	raw := doc.Extra[name]
	if err := patchRaw(&raw, value); err != nil {
		return err
	}
	if raw == nil {
		delete(doc.Extra, name)
		return nil
	}
	if doc.Extra == nil {
		doc.Extra = make(map[string]json.RawMessage)
	}
	doc.Extra[name] = raw
	return nil
}

// patchIdentity merges an identity block. A user-assigned identity that is null stays in as nil, for the type's hook to
// see which one goes.
func patchIdentity(doc *Document, value any) error {
	if value == nil {
		doc.Identity = nil
		return nil
	}
	var patch Identity
	if err := convert(value, &patch); err != nil {
		return err
	}
	if doc.Identity == nil {
		doc.Identity = &Identity{}
	}
	if patch.Type != "" {
		doc.Identity.Type = patch.Type
	}
	for id, assigned := range patch.UserAssignedIdentities {
		for spelled := range doc.Identity.UserAssignedIdentities {
			if strings.EqualFold(spelled, id) {
				id = spelled
			}
		}
		if doc.Identity.UserAssignedIdentities == nil {
			doc.Identity.UserAssignedIdentities = make(map[string]*UserAssigned)
		}
		if was := doc.Identity.UserAssignedIdentities[id]; assigned != nil && was != nil {
			continue
		}
		if assigned != nil {
			assigned = &UserAssigned{}
		}
		doc.Identity.UserAssignedIdentities[id] = assigned
	}
	return nil
}

// convert turns a decoded value into another form.
func convert(value, into any) error {
	text, err := encode(value)
	if err != nil {
		return fault.Wrap("resource.convert", err)
	}
	return jsonFault(json.Unmarshal(text, into))
}

// mergePatch is the algorithm of RFC 7396, section 2. Names are compared without case, as Resource Manager's are.
func mergePatch(target, patch any) any {
	changes, ok := patch.(map[string]any)
	if !ok {
		return patch
	}
	was, _ := target.(map[string]any)
	out := make(map[string]any, len(was)+len(changes))
	for name, value := range was {
		out[name] = value
	}
	for name, value := range changes {
		for spelled := range was {
			if name != spelled && strings.EqualFold(spelled, name) {
				name = spelled
				break
			}
		}
		if value == nil {
			delete(out, name)
			continue
		}
		out[name] = mergePatch(out[name], value)
	}
	return out
}
