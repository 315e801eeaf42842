package resource

import (
	"context"
	"encoding/json"
	"strings"
	"time"

	"github.com/alcedo-cloud/alcedo/internal/fault"
	"github.com/alcedo-cloud/alcedo/internal/rbac"
	"github.com/alcedo-cloud/alcedo/internal/store"
)

// listResources answers the resources of a subscription that the caller may read. A caller who may read none there is
// refused. Source: learn.microsoft.com/rest/api/resources/resources/list.
func (s *Service) listResources(ctx context.Context, r *Request, sub subscription) (*Answer, error) {
	if err := checkCore(r); err != nil {
		return nil, err
	}
	l, err := s.newResourceList(ctx, r)
	if err != nil {
		return nil, err
	}
	scope := "/subscriptions/" + r.segments[1]
	err = s.reads(ctx, r, l, "Microsoft.Resources/subscriptions/resources/read", scope)
	if err != nil {
		return nil, err
	}
	rows, err := l.collect(ctx, s, store.Prefix("arm", "document", strings.ToLower(sub.ID)))
	if err != nil {
		return nil, err
	}
	if !l.all && len(rows) == 0 {
		if err := s.visibleOrDenied(ctx, r, sub, "Microsoft.Resources/subscriptions/resources/read", scope); err != nil {
			return nil, err
		}
	}
	return l.page.answer(rows, r.BaseURL, r.Path, r.APIVersion, r.Query), nil
}

// listGroupResources answers the resources of a group to who may read the group's resources.
func (s *Service) listGroupResources(ctx context.Context, r *Request, group string) (*Answer, error) {
	id, ok := parse(r.segments[:4])
	if !ok {
		return nil, noRoute(r.BaseURL + r.Path)
	}
	if err := s.authorize(ctx, r, groupActionText(r.segments[2], "resources/read"), id.String()); err != nil {
		return nil, err
	}
	if err := store.View(ctx, s.Store, func(read store.Reader) error { return s.checkGroup(read, id) }); err != nil {
		return nil, err
	}
	l, err := s.newResourceList(ctx, r)
	if err != nil {
		return nil, err
	}
	l.all = true
	rows, err := l.collect(ctx, s, store.Prefix("arm", "document", strings.ToLower(id.Subscription), strings.ToLower(group)))
	if err != nil {
		return nil, err
	}
	return l.page.answer(rows, r.BaseURL, r.Path, r.APIVersion, r.Query), nil
}

// resourceList is a list of resources in the making.
type resourceList struct {
	page    *page
	filter  *filter
	expand  string
	all     bool // the caller may read everything in the list
	permits func(action string, scope rbac.Scope) (bool, error)
}

func (s *Service) newResourceList(ctx context.Context, r *Request) (*resourceList, error) {
	p, err := newPage(r.Query)
	if err != nil {
		return nil, err
	}
	f, err := parseFilter(r.Query.Get("$filter"), "name", "resourcetype", "type", "location", "kind", "managedby",
		"resourcegroup", "tagname", "tagvalue", "identity", "identity/principalid")
	if err != nil {
		return nil, err
	}
	expand := strings.ToLower(r.Query.Get("$expand"))
	for _, word := range strings.Split(expand, ",") {
		switch strings.TrimSpace(word) {
		case "", "createdtime", "changedtime", "provisioningstate":
		default:
			return nil, fault.Newf(fault.Invalid, "resource", "InvalidExpandInQueryString",
				"Invalid $expand '%s' specified in the query string. The values are 'createdTime', 'changedTime' and 'provisioningState'.",
				r.Query.Get("$expand"))
		}
	}
	return &resourceList{page: p, filter: f, expand: expand, permits: s.permits(ctx, r)}, nil
}

// reads records that the caller may read everything in a list, or leaves it to each row.
func (s *Service) reads(ctx context.Context, r *Request, l *resourceList, action, scope string) error {
	ok, err := l.permits(action, rbac.NewScope(scope))
	if err != nil || !ok {
		return err
	}
	l.all = true
	return s.authorize(ctx, r, action, scope)
}

func (s *Service) permits(ctx context.Context, r *Request) func(string, rbac.Scope) (bool, error) {
	return func(action string, scope rbac.Scope) (bool, error) {
		return s.Door.Permits(ctx, r.Caller, rbac.Request{Action: action, Scope: scope})
	}
}

// collect reads one page of tracked resources.
func (l *resourceList) collect(ctx context.Context, s *Service, prefix []byte) ([]json.RawMessage, error) {
	rows := []json.RawMessage{}
	var last []byte
	err := store.View(ctx, s.Store, func(read store.Reader) error {
		for item, err := range read.Scan(l.page.start(prefix), store.End(prefix)) {
			if err != nil {
				return err
			}
			row, err := l.row(s, item.Value)
			if err != nil || row == nil {
				if err != nil {
					return err
				}
				continue
			}
			if len(rows) == l.page.size {
				l.page.more(last)
				return nil
			}
			last = item.Key
			rows = append(rows, row)
		}
		return nil
	})
	return rows, err
}

// row is a resource as lists show it, or nil where the list does not have it.
func (l *resourceList) row(s *Service, record []byte) (json.RawMessage, error) {
	doc, err := decodeRecord(record)
	if err != nil {
		return nil, fault.Wrap("resource.row", err)
	}
	id, ok := ParseID(doc.ID)
	if !ok {
		return nil, fault.Wrap("resource.row", errRecord)
	}
	e := s.typeOf(id)
	if e == nil || e.Stored == nil || !e.Stored.Tracked || !l.filter.match(doc) {
		return nil, nil
	}
	if !l.all {
		ok, err := l.permits(e.read, id.Scope())
		if err != nil || !ok {
			return nil, err
		}
	}
	return l.short(doc).MarshalJSON()
}

// short is a resource without its properties, with what $expand asks for.
func (l *resourceList) short(d *Document) *Document {
	out := &Document{
		Name: d.Name, ID: d.ID, Type: d.Type, Location: d.Location, Tags: d.Tags, Kind: d.Kind, SKU: d.SKU, Plan: d.Plan,
		Zones: d.Zones, Identity: d.Identity, ManagedBy: d.ManagedBy, Extra: make(map[string]json.RawMessage),
	}
	if d.SystemData != nil && strings.Contains(l.expand, "createdtime") {
		out.Extra["createdTime"] = quoteTime(d.SystemData.CreatedAt)
	}
	if d.SystemData != nil && strings.Contains(l.expand, "changedtime") {
		out.Extra["changedTime"] = quoteTime(d.SystemData.LastModifiedAt)
	}
	if state, ok := d.Properties["provisioningState"].(string); ok && strings.Contains(l.expand, "provisioningstate") {
		if text, err := encode(state); err == nil { // a string always encodes
			out.Extra["provisioningState"] = text
		}
	}
	return out
}

// timeFormat is how Azure writes a time: to a tenth of a microsecond.
const timeFormat = "2006-01-02T15:04:05.0000000Z"

func quoteTime(t time.Time) json.RawMessage {
	return json.RawMessage(`"` + t.UTC().Format(timeFormat) + `"`)
}

// visibleOrDenied refuses a caller who has nothing at all in a subscription: an empty list is only for who has.
func (s *Service) visibleOrDenied(ctx context.Context, r *Request, sub subscription, action, scope string) error {
	visible, err := s.visible(ctx, r, sub)
	if err != nil || visible {
		return err
	}
	return s.authorize(ctx, r, action, scope)
}
