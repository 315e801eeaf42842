package resource

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"

	"github.com/alcedo-cloud/alcedo/internal/fault"
	"github.com/alcedo-cloud/alcedo/internal/store"
)

// groupType is the type of resource groups. The actions on them spell it after the path, in the case that was asked.
const groupType = "Microsoft.Resources/resourceGroups"

// groupAction is the action on a resource group: Microsoft.Resources/subscriptions/resourceGroups/{verb}.
func groupActionText(spelled, verb string) string {
	if spelled == "resourcegroups" {
		return "Microsoft.Resources/subscriptions/resourcegroups/" + verb
	}
	return "Microsoft.Resources/subscriptions/resourceGroups/" + verb
}

// group serves one resource group.
// Source: learn.microsoft.com/rest/api/resources/resource-groups.
func (s *Service) group(ctx context.Context, r *Request) (*Answer, error) {
	id, ok := parse(r.segments)
	if !ok {
		return nil, noRoute(r.BaseURL + r.Path)
	}
	verb := ""
	switch r.Method {
	case "GET", "HEAD":
		verb = "read"
	case "PUT", "PATCH":
		verb = "write"
	case "DELETE":
		verb = "delete"
	default:
		return nil, methodNotAllowed(r.Method)
	}
	if err := s.authorize(ctx, r, groupActionText(r.segments[2], verb), id.String()); err != nil {
		return nil, err
	}
	switch verb {
	case "read":
		return s.getGroup(ctx, r, id)
	case "delete":
		return s.deleteGroup(ctx, r, id)
	}
	return s.putGroup(ctx, r, id)
}

// getGroup answers the stored text itself: this is the request that the tutorial makes and that is measured.
func (s *Service) getGroup(ctx context.Context, r *Request, id ID) (*Answer, error) {
	var text []byte
	err := store.View(ctx, s.Store, func(read store.Reader) error {
		item, err := read.Get(groupKey(id.Subscription, id.Group))
		if errors.Is(err, store.ErrNotFound) {
			return groupNotFound(id.Group)
		}
		if err != nil {
			return err
		}
		_, text, err = splitRecord(item.Value)
		return err
	})
	if err != nil {
		return nil, err
	}
	if r.Method == "HEAD" {
		return &Answer{Status: 204}, nil
	}
	return &Answer{Status: 200, Body: json.RawMessage(groupText(text, r.APIVersion))}, nil
}

// groupText is a stored group as an api-version shows it: those before 2018-05-01 leave the type out. The type follows
// the id and the name, in which no quotation mark stands unescaped, so that the first match is the member.
func groupText(text []byte, version string) []byte {
	if version >= "2018-05-01" {
		return text
	}
	const member = `,"type":"` + groupType + `"`
	before, after, ok := bytes.Cut(text, []byte(member))
	if !ok {
		return text
	}
	return append(append(make([]byte, 0, len(text)), before...), after...)
}

// groupBody is what a client may say about a group. Pointers tell absent from empty.
type groupBody struct {
	Name       *string             `json:"name"`
	Location   string              `json:"location"`
	Tags       *map[string]*string `json:"tags"`
	ManagedBy  *string             `json:"managedBy"`
	Properties json.RawMessage     `json:"properties"`
}

// putGroup serves PUT and PATCH.
func (s *Service) putGroup(ctx context.Context, r *Request, id ID) (*Answer, error) {
	var body groupBody
	if err := decodeBody(r, &body); err != nil {
		return nil, err
	}
	tags, err := cleanTags(body.Tags)
	if err != nil {
		return nil, err
	}
	var doc *Document
	status := 200
	err = s.Store.Update(ctx, func(tx store.Tx) error {
		status = 200
		old, version, err := load(tx, id)
		if errors.Is(err, store.ErrNotFound) {
			old, err = nil, nil
		}
		if err != nil {
			return err
		}
		if err := precondition(r.IfMatch, r.IfNoneMatch, old, version); err != nil {
			return err
		}
		if err := s.checkLocks(tx, id, r.Method); err != nil {
			return err
		}
		if old == nil {
			status = 201
			if r.Method == "PATCH" {
				return groupNotFound(id.Group)
			}
			if err := checkGroupName(id.Group); err != nil {
				return err
			}
		}
		doc, err = s.mergeGroup(r, id, old, body, tags)
		if err != nil {
			return err
		}
		return PutTx(tx, doc)
	})
	if err != nil {
		return nil, err
	}
	text, err := doc.MarshalJSON()
	if err != nil {
		return nil, err
	}
	return &Answer{Status: status, Body: json.RawMessage(groupText(text, r.APIVersion))}, nil
}

// mergeGroup makes the group that is to be stored.
func (s *Service) mergeGroup(r *Request, id ID, old *Document, body groupBody, tags map[string]string) (*Document, error) {
	now := s.Clock.Now().UTC().Format(timeFormat)
	doc := &Document{
		Name: id.Group, ID: "/subscriptions/" + id.Subscription + "/resourceGroups/" + id.Group, Type: groupType,
		Properties: map[string]any{"provisioningState": "Succeeded"},
		Hidden:     map[string]any{"createdTime": now, "changedTime": now},
	}
	if old != nil {
		doc.Name, doc.ID, doc.Location, doc.ManagedBy = old.Name, old.ID, old.Location, old.ManagedBy
		doc.Hidden["createdTime"] = old.Hidden["createdTime"]
	}
	if r.Method == "PUT" || body.Location != "" {
		location, err := s.placeGroup(body.Location, old)
		if err != nil {
			return nil, err
		}
		doc.Location = location
	}
	doc.Tags = tags
	if body.Tags == nil && r.Method == "PATCH" {
		doc.Tags = old.Tags
	}
	if body.ManagedBy != nil {
		doc.ManagedBy = *body.ManagedBy
	} else if r.Method == "PUT" {
		doc.ManagedBy = ""
	}
	return doc, nil
}

// decodeBody reads a JSON object into v.
func decodeBody(r *Request, v any) error {
	if !r.hasBody() {
		return invalidContent("The request body is missing.")
	}
	trimmed := bytes.TrimSpace(bytes.TrimPrefix(r.Body, []byte("\xef\xbb\xbf")))
	if !json.Valid(trimmed) {
		return invalidContent("The request body is not JSON.")
	}
	if trimmed[0] != '{' {
		return invalidContent("The request body must be a JSON object.")
	}
	return jsonFault(json.Unmarshal(trimmed, v))
}

// jsonFault words what encoding/json found wrong with a value of the client's.
func jsonFault(err error) error {
	if err == nil {
		return nil
	}
	var wrong *json.UnmarshalTypeError
	if errors.As(err, &wrong) {
		f := &fault.Error{
			Kind: fault.Invalid, Op: "resource", Reason: "InvalidRequestContent", Target: wrong.Field, Cause: err,
			Message: "The request content was invalid and could not be deserialized: 'Error converting a value of type " +
				wrong.Value + ". Path '" + wrong.Field + "'.'.",
		}
		return f
	}
	return invalidContent("The request body could not be read.")
}
