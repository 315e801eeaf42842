package resource

import (
	"context"
	"encoding/json"
	"errors"
	"slices"
	"strings"

	"github.com/alcedo-cloud/alcedo/internal/fault"
	"github.com/alcedo-cloud/alcedo/internal/store"
)

// predefined is a tag name that a subscription has whether it is in use or not, with its values.
type predefined struct {
	Name   string   `json:"name"`
	Values []string `json:"values,omitempty"`
}

func predefinedKey(sub, name string) []byte {
	return store.Key("arm", "tagname", strings.ToLower(sub), strings.ToLower(name))
}

// readPredefined gives a predefined tag; found is false where there is none of that name.
func readPredefined(r store.Reader, sub, name string) (p predefined, found bool, err error) {
	item, err := r.Get(predefinedKey(sub, name))
	if errors.Is(err, store.ErrNotFound) {
		return p, false, nil
	}
	if err == nil {
		err = json.Unmarshal(item.Value, &p)
	}
	return p, err == nil, err
}

// predefine adds the predefined tags of a subscription to the counts of those in use.
func predefine(r store.Reader, sub string, counts map[string]map[string]int) error {
	prefix := store.Prefix("arm", "tagname", strings.ToLower(sub))
	for item, err := range r.Scan(prefix, store.End(prefix)) {
		if err != nil {
			return err
		}
		var p predefined
		if err := json.Unmarshal(item.Value, &p); err != nil {
			return err
		}
		if counts[p.Name] == nil {
			counts[p.Name] = make(map[string]int)
		}
		for _, value := range p.Values {
			counts[p.Name][value] += 0
		}
	}
	return nil
}

// tagName serves /subscriptions/{id}/tagNames/{name} and its /tagValues/{value}; p begins with the name.
// Source: learn.microsoft.com/rest/api/resources/tags/create-or-update.
func (s *Service) tagName(ctx context.Context, r *Request, sub subscription, p []string) (*Answer, error) {
	action := "Microsoft.Resources/subscriptions/tagNames/"
	value := ""
	if len(p) == 3 {
		action, value = action+"tagValues/", p[2]
	}
	var do func(tx store.Tx) (*Answer, error)
	switch r.Method {
	case "PUT":
		action += "write"
		do = func(tx store.Tx) (*Answer, error) { return s.putTagName(tx, sub, p[0], value) }
	case "DELETE":
		action += "delete"
		do = func(tx store.Tx) (*Answer, error) { return s.deleteTagName(tx, sub, p[0], value) }
	default:
		return nil, methodNotAllowed(r.Method)
	}
	if err := s.authorize(ctx, r, action, "/subscriptions/"+r.segments[1]); err != nil {
		return nil, err
	}
	if err := checkTags(map[string]string{p[0]: value}); err != nil {
		return nil, err
	}
	var answer *Answer
	err := s.Store.Update(ctx, func(tx store.Tx) (err error) {
		answer, err = do(tx)
		return err
	})
	return answer, err
}

func (s *Service) putTagName(tx store.Tx, sub subscription, name, value string) (*Answer, error) {
	known, found, err := readPredefined(tx, sub.ID, name)
	if err != nil {
		return nil, err
	}
	if !found && value != "" {
		return nil, tagNotFound(name)
	}
	if !found {
		known.Name = name
	}
	created := !found
	if value != "" {
		if created = !slices.Contains(known.Values, value); created {
			known.Values = append(known.Values, value)
		}
	}
	text, err := encode(known)
	if err != nil {
		return nil, fault.Wrap("resource.putTagName", err)
	}
	if err := tx.Put(predefinedKey(sub.ID, name), text); err != nil {
		return nil, err
	}
	counts, err := countTags(tx, sub.ID)
	if err != nil {
		return nil, err
	}
	status := 200
	if created {
		status = 201
	}
	for _, row := range tagNames("/subscriptions/"+sub.ID+"/tagNames/", map[string]map[string]int{known.Name: counts[known.Name]}) {
		if value == "" {
			return &Answer{Status: status, Body: row}, nil
		}
		for _, each := range row.Values {
			if each.TagValue == value {
				return &Answer{Status: status, Body: each}, nil
			}
		}
	}
	return nil, tagNotFound(name)
}

func (s *Service) deleteTagName(tx store.Tx, sub subscription, name, value string) (*Answer, error) {
	known, found, err := readPredefined(tx, sub.ID, name)
	if err != nil {
		return nil, err
	}
	at := slices.Index(known.Values, value)
	if !found || value != "" && at < 0 {
		return &Answer{Status: 204}, nil
	}
	counts, err := countTags(tx, sub.ID)
	if err != nil {
		return nil, err
	}
	for used, n := range counts[known.Name] {
		if n > 0 && (value == "" || value == used) {
			return nil, fault.Newf(fault.Conflict, "resource.deleteTagName", "TagInUse",
				"The tag '%s' with the value '%s' is in use by '%d' resource(s) or resource group(s) and cannot be deleted.", known.Name, used, n)
		}
	}
	if value == "" {
		return &Answer{Status: 200}, tx.Delete(predefinedKey(sub.ID, name))
	}
	known.Values = slices.Delete(known.Values, at, at+1)
	text, err := encode(known)
	if err != nil {
		return nil, fault.Wrap("resource.deleteTagName", err)
	}
	return &Answer{Status: 200}, tx.Put(predefinedKey(sub.ID, name), text)
}

func tagNotFound(name string) error {
	return fault.Newf(fault.NotFound, "resource.tagName", "TagNameNotFound", "The tag name '%s' could not be found.", name)
}
