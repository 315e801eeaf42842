package graph

import (
	"cmp"
	"encoding/base64"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/alcedo-cloud/alcedo/internal/httpx"
)

const (
	pageSize = 100 // where $top does not say
	maxPage  = 999
)

// list answers a collection: filter, order, page, select.
func (f *front) list(e *entity) func(*request) (*httpx.Response, error) {
	return func(r *request) (*httpx.Response, error) {
		selected, err := e.selection(r.query["$select"])
		if err != nil {
			return nil, err
		}
		found, err := f.matching(r, e)
		if err != nil {
			return nil, err
		}
		if err := e.order(found, r.query["$orderby"]); err != nil {
			return nil, err
		}
		page, next, err := e.page(r, found)
		if err != nil {
			return nil, err
		}
		value := make([]fields, len(page))
		for i, o := range page {
			value[i] = e.render(o, selected)
		}
		body := fields{{"@odata.context", f.context(r, e.set)}}
		if strings.EqualFold(r.query["$count"], "true") && eventual(r) {
			body = append(body, field{"@odata.count", len(found)})
		}
		if next != "" {
			body = append(body, field{"@odata.nextLink", f.nextLink(r, next)})
		}
		return &httpx.Response{Status: http.StatusOK, Body: append(body, field{"value", value})}, nil
	}
}

// count answers the number of objects alone, as text.
func (f *front) count(e *entity) func(*request) (*httpx.Response, error) {
	return func(r *request) (*httpx.Response, error) {
		if !eventual(r) {
			return nil, badRequest("Request_BadRequest", "$count is not currently supported.")
		}
		found, err := f.matching(r, e)
		if err != nil {
			return nil, err
		}
		plain := http.Header{"Content-Type": {"text/plain"}}
		return &httpx.Response{Status: http.StatusOK, Header: plain, Body: []byte(strconv.Itoa(len(found)))}, nil
	}
}

// eventual reports whether the client asks for the advanced query capabilities.
func eventual(r *request) bool {
	return strings.EqualFold(r.Header.Get("ConsistencyLevel"), "eventual")
}

// matching lists the objects that $filter lets through.
func (f *front) matching(r *request, e *entity) ([]any, error) {
	if err := noExpand(r); err != nil {
		return nil, err
	}
	if _, ok := r.query["$search"]; ok {
		return nil, unsupported("$search is not currently supported.")
	}
	if _, ok := r.query["$skip"]; ok {
		return nil, unsupported("'$skip' is not supported by the service.")
	}
	var keep predicate
	if text, ok := r.query["$filter"]; ok {
		var err error
		if keep, err = parseFilter(text, e, eventual(r)); err != nil {
			return nil, err
		}
	}
	all, err := e.list(r.Context(), r.caller)
	if err != nil || keep == nil {
		return all, err
	}
	return slices.DeleteFunc(all, func(o any) bool { return !keep(o) }), nil
}

func noExpand(r *request) error {
	if v := r.query["$expand"]; v != "" {
		return unsupported("Unsupported query: $expand=%s.", clip(v))
	}
	return nil
}

// selection reads $select. nil is no selection.
func (e *entity) selection(text string) ([]*property, error) {
	if strings.TrimSpace(text) == "" || strings.TrimSpace(text) == "*" {
		return nil, nil
	}
	out := []*property{}
	for _, name := range strings.Split(text, ",") {
		name = strings.TrimSpace(name)
		p, ok := e.property(name)
		if !ok {
			return nil, badRequest("BadRequest",
				"Parsing OData Select and Expand failed: Could not find a property named '%s' on type 'microsoft.graph.%s'.", clip(name), e.typ)
		}
		if !slices.Contains(out, p) {
			out = append(out, p)
		}
	}
	return out, nil
}

// order sorts by $orderby, a list of properties each with asc or desc. The order of ids breaks ties.
func (e *entity) order(list []any, text string) error {
	if strings.TrimSpace(text) == "" {
		return nil
	}
	type by struct {
		p    *property
		sign int
	}
	var keys []by
	for _, part := range strings.Split(text, ",") {
		words := strings.Fields(part)
		if len(words) == 0 || len(words) > 2 {
			return badRequest("BadRequest", "Invalid orderby clause")
		}
		p, ok := e.property(words[0])
		if !ok || p.kind == texts || p.kind == structure {
			return badRequest("BadRequest", "Could not find a property named '%s' on type 'microsoft.graph.%s'.", clip(words[0]), e.typ)
		}
		sign := 1
		if len(words) == 2 && strings.EqualFold(words[1], "desc") {
			sign = -1
		} else if len(words) == 2 && !strings.EqualFold(words[1], "asc") {
			return badRequest("BadRequest", "Invalid orderby clause")
		}
		keys = append(keys, by{p, sign})
	}
	slices.SortStableFunc(list, func(a, b any) int {
		for _, k := range keys {
			if c := compare(k.p.get(a), k.p.get(b)); c != 0 {
				return k.sign * c
			}
		}
		return 0
	})
	return nil
}

// compare orders two values of one property; null comes first.
func compare(a, b any) int {
	switch x := a.(type) {
	case string:
		if y, ok := b.(string); ok {
			return strings.Compare(strings.ToLower(x), strings.ToLower(y))
		}
	case bool:
		if y, ok := b.(bool); ok && x != y {
			if y {
				return -1
			}
			return 1
		}
	case time.Time:
		if y, ok := b.(time.Time); ok {
			return x.Compare(y)
		}
	}
	number := func(v any) int {
		if v == nil {
			return 0
		}
		return 1
	}
	return cmp.Compare(number(a), number(b))
}

// page cuts the page out that $top and $skiptoken ask for. next is the token of the one after, "" at the end.
func (e *entity) page(r *request, list []any) (page []any, next string, err error) {
	size := pageSize
	if text, ok := r.query["$top"]; ok {
		if size, err = strconv.Atoi(text); err != nil || size < 1 || size > maxPage {
			return nil, "", badRequest("Request_UnsupportedQuery",
				"Invalid page size specified: '%s'. Must be between 1 and %d inclusive.", clip(text), maxPage)
		}
	}
	start := 0
	if token, ok := r.query["$skiptoken"]; ok {
		if start, err = e.resume(token, list); err != nil {
			return nil, "", err
		}
	}
	end := min(start+size, len(list))
	if page = list[start:end]; end < len(list) {
		next = base64.RawURLEncoding.EncodeToString([]byte(strconv.Itoa(end) + " " + e.id(list[end-1])))
	}
	return page, next, nil
}

// resume finds where a page begins: after the object that the token names, or, if that is gone, at its place.
func (e *entity) resume(token string, list []any) (int, error) {
	data, err := base64.RawURLEncoding.DecodeString(token)
	place, last, ok := strings.Cut(string(data), " ")
	n, convErr := strconv.Atoi(place)
	if err != nil || convErr != nil || !ok || n < 0 {
		return 0, badRequest("Directory_ExpiredPageToken", "The specified page token value has expired or is invalid.")
	}
	if i := slices.IndexFunc(list, func(o any) bool { return e.id(o) == last }); i >= 0 {
		return i + 1, nil
	}
	return min(max(n-1, 0), len(list)), nil
}

// nextLink is the request's own URL with another page token.
func (f *front) nextLink(r *request, token string) string {
	q := make(url.Values)
	for name, v := range r.query {
		q.Set(name, v)
	}
	q.Set("$skiptoken", token)
	host := r.Host
	if host == "" {
		host = f.Cloud.Graph
	}
	return "https://" + host + r.URL.EscapedPath() + "?" + strings.ReplaceAll(q.Encode(), "%24", "$")
}
