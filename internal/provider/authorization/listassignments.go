package authorization

import (
	"cmp"
	"context"
	"encoding/base64"
	"net/url"
	"strings"

	"github.com/alcedo-cloud/alcedo/internal/fault"
	"github.com/alcedo-cloud/alcedo/internal/rbac"
	"github.com/alcedo-cloud/alcedo/internal/rbac/assignments"
	"github.com/alcedo-cloud/alcedo/internal/resource"
)

// pageSize is how many assignments one answer has at most.
const pageSize = 1000

func (p *provider) listAssignments(ctx context.Context, call *resource.Call) (*resource.Answer, error) {
	f, err := parseFilter(call.Query.Get("$filter"), assignmentClauses())
	if err != nil {
		return nil, err
	}
	found, err := p.Assignments.List(ctx, assignments.Query{
		Scope: call.ID.Base(), AtScope: f.atScope, PrincipalID: f.principalID, AssignedTo: f.assignedTo,
	})
	if err != nil {
		return nil, err
	}
	found, err = after(found, skipToken(call.Query))
	if err != nil {
		return nil, err
	}
	out := list{}
	if len(found) > pageSize {
		found = found[:pageSize]
		out.NextLink = nextLink(call, found[pageSize-1])
	}
	views := make([]assignmentView, len(found))
	for i, a := range found {
		views[i] = viewAssignment(call.APIVersion, a)
	}
	out.Value = views
	return &resource.Answer{Body: out}, nil
}

func skipToken(q url.Values) string {
	for name, values := range q {
		if strings.EqualFold(name, "$skipToken") && len(values) > 0 {
			return values[0]
		}
	}
	return ""
}

// after leaves the assignments that come after the one that a page ended with.
func after(found []*rbac.Assignment, token string) ([]*rbac.Assignment, error) {
	if token == "" {
		return found, nil
	}
	text, err := base64.RawURLEncoding.DecodeString(token)
	scope, name, ok := strings.Cut(string(text), "\x00")
	if err != nil || !ok {
		return nil, fault.New(fault.Invalid, "authorization.list", "InvalidSkipToken", "The skip token in the query string is not valid.")
	}
	for i, a := range found {
		if cmp.Or(cmp.Compare(a.Scope.Lower(), scope), cmp.Compare(a.Name, name)) > 0 {
			return found[i:], nil
		}
	}
	return nil, nil
}

func nextLink(call *resource.Call, last *rbac.Assignment) string {
	q := url.Values{}
	for name, values := range call.Query {
		if !strings.EqualFold(name, "$skipToken") {
			q[name] = values
		}
	}
	q.Set("api-version", call.APIVersion)
	q.Set("$skipToken", base64.RawURLEncoding.EncodeToString([]byte(last.Scope.Lower()+"\x00"+last.Name)))
	path := url.URL{Path: call.ID.String()}
	return call.BaseURL + path.EscapedPath() + "?" + q.Encode()
}
