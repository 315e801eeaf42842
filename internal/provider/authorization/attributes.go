package authorization

import (
	"context"
	"strings"

	"github.com/alcedo-cloud/alcedo/internal/rbac"
	"github.com/alcedo-cloud/alcedo/internal/resource"
)

// attributes answers what conditions ask about an assignment: @Request for the one that a PUT describes, @Resource for
// the one that is there.
type attributes struct {
	request, resource *rbac.Assignment
}

// attributes gathers them before the caller is authorized. A body that cannot be read has no attributes: who may assign
// under a condition alone is then refused, and who may assign without one is told what is wrong with the body.
func (p *provider) attributes(ctx context.Context, call *resource.Call) (rbac.Attributes, error) {
	if call.Method != "PUT" && call.Method != "DELETE" || call.ID.Name() == "" {
		return nil, nil
	}
	var known attributes
	if call.Method == "PUT" {
		if a, err := wanted(call); err == nil {
			if a.PrincipalType == "" {
				if a.PrincipalType, _, err = p.Assignments.PrincipalType(ctx, a.PrincipalID); err != nil {
					return nil, err
				}
			}
			known.request = &a
		}
	}
	there, err := p.Assignments.Get(ctx, call.ID.Base(), call.ID.Name())
	if err != nil {
		return nil, err
	}
	known.resource = there
	return known, nil
}

// Attribute knows the three attributes of role assignments.
func (k attributes) Attribute(source, name string) ([]string, bool) {
	a := k.resource
	if source == "Request" {
		a = k.request
	} else if source != "Resource" {
		return nil, false
	}
	if a == nil {
		return nil, false
	}
	kind, attribute, _ := strings.Cut(name, ":")
	if !strings.EqualFold(kind, namespace+"/roleAssignments") {
		return nil, false
	}
	value := ""
	switch strings.ToLower(attribute) {
	case "roledefinitionid":
		value = a.RoleName
	case "principalid":
		value = a.PrincipalID
	case "principaltype":
		value = string(a.PrincipalType)
	}
	return []string{value}, value != ""
}
