package resource

import (
	"context"
	"encoding/json"
	"sort"
	"strings"

	"github.com/alcedo-cloud/alcedo/internal/fault"
	"github.com/alcedo-cloud/alcedo/internal/store"
)

// tagsType is Microsoft.Resources/tags: the tags of a subscription, group or resource as a resource of their own, for
// callers who may change nothing else. Source: learn.microsoft.com/rest/api/resources/tags.
func (s *Service) tagsType(versions []string) Type {
	return Type{
		Name: "tags", APIVersions: versions, Global: true, Extension: true,
		Get: s.getTags, Put: s.writeTags, Patch: s.writeTags, Delete: s.writeTags,
	}
}

// tagged is what carries tags: a subscription, or a document.
type tagged struct {
	sub *subscription
	doc *Document
	id  ID
}

// loadTagged finds what a tags resource belongs to.
func (s *Service) loadTagged(r store.Reader, c *Call) (*tagged, error) {
	if !equalFold(c.ID.Name(), "default") {
		return nil, fault.Newf(fault.Invalid, "resource.tags", "InvalidTagsResourceName",
			"The name of a tags resource must be 'default', not '%s'.", c.ID.Name())
	}
	base := c.ID.Base()
	id, ok := ParseID(base.String())
	switch {
	case !ok || id.Subscription == "":
		return nil, noRoute(c.BaseURL + c.ID.String())
	case id.Namespace == "" && id.Group == "":
		item, err := r.Get(store.Key("arm", "subscription", strings.ToLower(id.Subscription)))
		if err != nil {
			return nil, err
		}
		sub := new(subscription)
		return &tagged{sub: sub, id: id}, json.Unmarshal(item.Value, sub)
	case id.Namespace != "":
		if e := s.typeOf(id); e == nil || e.Stored == nil || !e.Stored.Tracked {
			return nil, fault.Newf(fault.Invalid, "resource.tags", "ResourceDoesNotSupportTags", "The resource '%s' does not support tags.", base)
		}
	}
	doc, _, err := s.existing(r, id)
	if id.Namespace == "" && fault.Is(err, fault.NotFound) {
		err = groupNotFound(id.Group)
	}
	return &tagged{doc: doc, id: id}, err
}

func (t *tagged) tags() map[string]string {
	if t.sub != nil {
		return t.sub.Tags
	}
	return t.doc.Tags
}

func (s *Service) getTags(ctx context.Context, c *Call) (*Answer, error) {
	var t *tagged
	err := c.Read(ctx, func(r store.Reader) (err error) {
		t, err = s.loadTagged(r, c)
		return err
	})
	if err != nil {
		return nil, err
	}
	return tagsAnswer(t.id, t.tags())
}

func tagsAnswer(id ID, tags map[string]string) (*Answer, error) {
	if tags == nil {
		tags = map[string]string{}
	}
	doc := &Document{
		Name: "default", ID: id.String() + "/providers/Microsoft.Resources/tags/default", Type: "Microsoft.Resources/tags",
		Properties: map[string]any{"tags": tags},
	}
	text, err := doc.MarshalJSON()
	return &Answer{Status: 200, Body: json.RawMessage(text)}, err
}

// writeTags serves PUT, which replaces, PATCH, which says what it does, and DELETE, which takes all away.
func (s *Service) writeTags(ctx context.Context, c *Call) (*Answer, error) {
	var body struct {
		Operation  string `json:"operation"`
		Properties struct {
			Tags *map[string]*string `json:"tags"`
		} `json:"properties"`
	}
	if c.Method != "DELETE" {
		if err := decodeBody(&Request{Method: c.Method, Body: c.Body}, &body); err != nil {
			return nil, err
		}
	}
	given, err := cleanTags(body.Properties.Tags)
	if err != nil {
		return nil, err
	}
	operation := strings.ToLower(body.Operation)
	if c.Method != "PATCH" {
		operation = "replace"
	}
	var t *tagged
	var tags map[string]string
	err = s.Store.Update(ctx, func(tx store.Tx) error {
		if t, err = s.loadTagged(tx, c); err != nil {
			return err
		}
		if tags, err = mergeTags(t.tags(), given, operation); err != nil {
			return err
		}
		return s.storeTags(ctx, tx, c, t, tags)
	})
	if err != nil {
		return nil, err
	}
	if c.Method == "DELETE" {
		return &Answer{Status: 200}, nil
	}
	return tagsAnswer(t.id, tags)
}

// mergeTags applies one of the three operations. Names are compared without case.
func mergeTags(was, given map[string]string, operation string) (map[string]string, error) {
	if operation == "replace" {
		return given, nil
	}
	if operation != "merge" && operation != "delete" {
		return nil, invalidContent("The operation must be 'Replace', 'Merge' or 'Delete'. Path 'operation'.")
	}
	out := make(map[string]string, len(was)+len(given))
	for name, value := range was {
		out[name] = value
	}
	for name, value := range given {
		for spelled := range out {
			if strings.EqualFold(spelled, name) {
				name = spelled
			}
		}
		if operation == "merge" {
			out[name] = value
		} else if is, ok := out[name]; ok && (value == "" || value == is) {
			delete(out, name)
		}
	}
	return out, checkTags(out)
}

// storeTags keeps the tags. Those of a resource are a change of it, which its provider's hook sees.
func (s *Service) storeTags(ctx context.Context, tx store.Tx, c *Call, t *tagged, tags map[string]string) error {
	if t.sub != nil {
		sub := *t.sub
		sub.Tags = tags
		return s.putSubscription(tx, sub)
	}
	doc, err := t.doc.Clone()
	if err != nil {
		return err
	}
	doc.Tags = tags
	if e := s.typeOf(t.id); t.id.Namespace != "" && e.Stored.Put != nil {
		inner := *c
		inner.ID, inner.entry, inner.Method = t.id, e, "PATCH"
		if err := e.Stored.Put(ctx, &Change{Call: &inner, Tx: tx, Old: t.doc, New: doc}); err != nil {
			return err
		}
	}
	return PutTx(tx, doc)
}

// listTagNames answers the tags in use in a subscription with how often each is.
// Source: learn.microsoft.com/rest/api/resources/tags/list.
func (s *Service) listTagNames(ctx context.Context, r *Request, sub subscription) (*Answer, error) {
	if err := s.authorize(ctx, r, "Microsoft.Resources/subscriptions/tagNames/read", "/subscriptions/"+r.segments[1]); err != nil {
		return nil, err
	}
	var counts map[string]map[string]int
	err := store.View(ctx, s.Store, func(read store.Reader) (err error) {
		counts, err = countTags(read, sub.ID)
		return err
	})
	if err != nil {
		return nil, err
	}
	return list(tagNames("/subscriptions/"+sub.ID+"/tagNames/", counts))
}

// countTags is how often each value of each tag is used in a subscription, the predefined ones included.
func countTags(read store.Reader, sub string) (map[string]map[string]int, error) {
	counts := make(map[string]map[string]int)
	for _, kind := range []string{"group", "document"} {
		prefix := store.Prefix("arm", kind, strings.ToLower(sub))
		for item, err := range read.Scan(prefix, store.End(prefix)) {
			if err != nil {
				return nil, err
			}
			doc, err := decodeRecord(item.Value)
			if err != nil {
				return nil, fault.Wrap("resource.countTags", err)
			}
			for name, value := range doc.Tags {
				if counts[name] == nil {
					counts[name] = make(map[string]int)
				}
				counts[name][value]++
			}
		}
	}
	return counts, predefine(read, sub, counts)
}

type tagCount struct {
	Type  string `json:"type"`
	Value int    `json:"value"`
}

type tagValue struct {
	ID       string   `json:"id"`
	TagValue string   `json:"tagValue"`
	Count    tagCount `json:"count"`
}

type tagName struct {
	ID      string     `json:"id"`
	TagName string     `json:"tagName"`
	Count   tagCount   `json:"count"`
	Values  []tagValue `json:"values"`
}

func tagNames(base string, counts map[string]map[string]int) []tagName {
	rows := make([]tagName, 0, len(counts))
	for name, values := range counts {
		row := tagName{ID: base + name, TagName: name, Count: tagCount{Type: "Total"}, Values: []tagValue{}}
		for value, n := range values {
			row.Count.Value += n
			row.Values = append(row.Values, tagValue{base + name + "/tagValues/" + value, value, tagCount{"Total", n}})
		}
		sort.Slice(row.Values, func(i, j int) bool { return row.Values[i].TagValue < row.Values[j].TagValue })
		rows = append(rows, row)
	}
	sort.Slice(rows, func(i, j int) bool { return rows[i].TagName < rows[j].TagName })
	return rows
}
