package resource

import (
	"context"
	"encoding/json"
	"strings"

	"github.com/alcedo-cloud/alcedo/internal/fault"
	"github.com/alcedo-cloud/alcedo/internal/rbac"
	"github.com/alcedo-cloud/alcedo/internal/store"
)

// listGroups answers the groups of a subscription that the caller may read. A caller who has nothing in the
// subscription is refused. Source: learn.microsoft.com/rest/api/resources/resource-groups/list.
func (s *Service) listGroups(ctx context.Context, r *Request) (*Answer, error) {
	p, err := newPage(r.Query)
	if err != nil {
		return nil, err
	}
	f, err := parseFilter(r.Query.Get("$filter"), "tagname", "tagvalue", "name", "location")
	if err != nil {
		return nil, err
	}
	sub, err := s.subscription(ctx, r.segments[1])
	if err != nil {
		return nil, err
	}
	l := &resourceList{page: p, filter: f, permits: s.permits(ctx, r), expand: strings.ToLower(r.Query.Get("$expand"))}
	action, scope := groupActionText(r.segments[2], "read"), "/subscriptions/"+r.segments[1]
	if err := s.reads(ctx, r, l, action, scope); err != nil {
		return nil, err
	}
	rows, err := l.groups(ctx, s, action, r.APIVersion, store.Prefix("arm", "group", strings.ToLower(sub.ID)))
	if err != nil {
		return nil, err
	}
	if !l.all && len(rows) == 0 {
		if err := s.visibleOrDenied(ctx, r, sub, action, scope); err != nil {
			return nil, err
		}
	}
	return p.answer(rows, r.BaseURL, r.Path, r.APIVersion, r.Query), nil
}

// groups reads one page of groups.
func (l *resourceList) groups(ctx context.Context, s *Service, action, version string, prefix []byte) ([]json.RawMessage, error) {
	rows := []json.RawMessage{}
	var last []byte
	err := store.View(ctx, s.Store, func(read store.Reader) error {
		for item, err := range read.Scan(l.page.start(prefix), store.End(prefix)) {
			if err != nil {
				return err
			}
			doc, err := decodeRecord(item.Value)
			if err != nil {
				return fault.Wrap("resource.groups", err)
			}
			if !l.filter.match(doc) {
				continue
			}
			if !l.all {
				ok, err := l.permits(action, rbac.NewScope(doc.ID))
				if err != nil {
					return err
				}
				if !ok {
					continue
				}
			}
			if len(rows) == l.page.size {
				l.page.more(last)
				return nil
			}
			last = item.Key
			text, err := l.groupRow(doc, version)
			if err != nil {
				return err
			}
			rows = append(rows, text)
		}
		return nil
	})
	return rows, err
}

// groupRow is a group as lists show it, with the times that $expand asks for.
func (l *resourceList) groupRow(doc *Document, version string) (json.RawMessage, error) {
	for _, name := range []string{"createdTime", "changedTime"} {
		at, ok := doc.Hidden[name].(string)
		if !ok || !strings.Contains(l.expand, strings.ToLower(name)) {
			continue
		}
		if doc.Extra == nil {
			doc.Extra = make(map[string]json.RawMessage)
		}
		doc.Extra[name] = json.RawMessage(`"` + at + `"`)
	}
	text, err := doc.MarshalJSON()
	if err != nil {
		return nil, fault.Wrap("resource.groupRow", err)
	}
	return groupText(text, version), nil
}

// groupAction refuses the actions on resource groups that Azure has and alcedo has not, once the caller is known to be
// allowed to take them.
func (s *Service) groupAction(ctx context.Context, r *Request, group, action string) (*Answer, error) {
	for _, known := range []string{"exportTemplate", "moveResources", "validateMoveResources"} {
		if !equalFold(action, known) {
			continue
		}
		id := "/subscriptions/" + r.segments[1] + "/" + r.segments[2] + "/" + group
		if err := s.authorize(ctx, r, groupActionText(r.segments[2], known+"/action"), id); err != nil {
			return nil, err
		}
		return nil, methodNotAllowed(r.Method)
	}
	return nil, noRoute(r.BaseURL + r.Path)
}
