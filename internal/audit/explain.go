package audit

import (
	"context"
	"fmt"
	"strings"

	"github.com/alcedo-cloud/alcedo/internal/caller"
	"github.com/alcedo-cloud/alcedo/internal/fault"
	"github.com/alcedo-cloud/alcedo/internal/rbac"
)

// Explanation says why a decision was made as it was.
type Explanation struct {
	Entry
	Who        string      `json:"who"`     // display name of the caller where it has one, and its object id
	Because    string      `json:"because"` // what allowed it, or what was missing
	Suggestion *Suggestion `json:"suggestion,omitempty"`
}

// Suggestion is an assignment that would have allowed what was refused.
type Suggestion struct {
	RoleName string   `json:"roleName"`       // the built-in role that grants the action and the fewest others
	RoleID   string   `json:"roleId"`         // its GUID
	Scope    string   `json:"scope"`          // the narrowest scope at which the role can be assigned for this
	Command  string   `json:"command"`        // the az command that assigns it
	Also     []string `json:"also,omitempty"` // the next narrowest roles that would do
}

// suggested is how many roles a suggestion names in all.
const suggested = 4

// Explain works out an explanation. What a suggestion would do is a matter of roles alone: a deny assignment would still
// refuse.
func (l *Log) Explain(ctx context.Context, e Entry) (Explanation, error) {
	x := Explanation{Entry: e, Who: l.who(ctx, e.Caller), Because: l.because(ctx, &e)}
	if e.Allowed || e.Deny != "" || e.Rule != "" || e.Caller.ObjectID == "" || l.Narrowest == nil {
		return x, nil
	}
	roles := l.Narrowest(e.Action, e.Data, suggested)
	if len(roles) == 0 {
		x.Because += "; no built-in role grants it, a custom role can"
		return x, nil
	}
	scope, err := l.assignable(ctx, &e)
	if err != nil {
		return x, fault.Wrap("audit.Explain", err)
	}
	x.Suggestion = &Suggestion{
		RoleName: roles[0].RoleName, RoleID: roles[0].Name, Scope: scope,
		Command: fmt.Sprintf("az role assignment create --role %s --assignee-object-id %s --assignee-principal-type %s --scope %s",
			quoted(roles[0].RoleName), quoted(e.Caller.ObjectID), principalType(e.Caller), quoted(scope)),
	}
	for _, r := range roles[1:] {
		x.Suggestion.Also = append(x.Suggestion.Also, r.RoleName)
	}
	return x, nil
}

func (l *Log) who(ctx context.Context, c caller.Caller) string {
	switch {
	case c.Kind == caller.Operator:
		return "the operator of this instance"
	case c.ObjectID == "":
		return "nobody: the request carried no credential"
	}
	return l.named(ctx, c.ObjectID, c.Name)
}

func (l *Log) named(ctx context.Context, objectID, otherwise string) string {
	name := ""
	if l.Name != nil {
		name = l.Name(ctx, objectID)
	}
	if name == "" {
		name = otherwise
	}
	if name == "" {
		return objectID
	}
	return name + " (" + objectID + ")"
}

func (l *Log) because(ctx context.Context, e *Entry) string {
	held := ""
	if e.Assignment != "" {
		held = fmt.Sprintf("%s, assigned at %s", e.Role, e.RoleScope)
		if !strings.EqualFold(e.AssignedTo, e.Caller.ObjectID) {
			held += " to the group " + l.named(ctx, e.AssignedTo, "")
		}
	}
	switch {
	case e.Rule != "":
		return e.Rule
	case e.Deny != "":
		return "the deny assignment " + e.Deny
	case e.Allowed:
		return held
	case e.Condition:
		return "the condition on " + held + " was not fulfilled"
	case e.Data:
		return "no role that the caller holds at this scope or above it grants this data action"
	default:
		return "no role that the caller holds at this scope or above it grants this action"
	}
}

func principalType(c caller.Caller) rbac.PrincipalType {
	if c.Kind == caller.User {
		return rbac.User
	}
	return rbac.ServicePrincipal
}

// assignable is the narrowest scope at which a role can be assigned for the action: what cannot carry an assignment, or
// is not there yet, gives way to what contains it.
func (l *Log) assignable(ctx context.Context, e *Entry) (string, error) {
	scope := rbac.NewScope(e.Scope).String()
	// An assignment, a lock, a definition: extension resources are reached by what is held on their resource.
	if at := strings.LastIndex(lowerASCII(scope), "/providers/microsoft.authorization/"); at >= 0 {
		scope = scope[:at]
	}
	// Roles go down to the container, not to the blob.
	if at := indexFold(scope, "/blobservices/default/containers/"); at >= 0 {
		rest := scope[at+len("/blobServices/default/containers/"):]
		if name, _, deeper := strings.Cut(rest, "/"); deeper {
			scope = scope[:len(scope)-len(rest)] + name
		}
	}
	if scope == "" {
		return "/", nil
	}
	resource := strings.Contains(strings.ToLower(scope), "/providers/") && strings.HasPrefix(scope, "/subscriptions/")
	if e.Data || !resource || !strings.HasSuffix(strings.ToLower(e.Action), "/write") {
		return scope, nil
	}
	if l.Exists != nil {
		exists, err := l.Exists(ctx, rbac.NewScope(scope))
		if err != nil || exists {
			return scope, err
		}
	}
	return container(scope), nil
}

// container is what a resource is created in: its parent resource, or its resource group or subscription.
func container(scope string) string {
	at := strings.LastIndex(lowerASCII(scope), "/providers/")
	below := strings.Split(scope[at+len("/providers/"):], "/")
	if len(below) > 3 && len(below)%2 == 1 {
		return scope[:at+len("/providers/")] + strings.Join(below[:len(below)-2], "/")
	}
	return scope[:at]
}

func indexFold(s, lower string) int { return strings.Index(lowerASCII(s), lower) }

// lowerASCII keeps every byte where it is, which strings.ToLower does not: positions found in it hold in s.
func lowerASCII(s string) string {
	b := []byte(s)
	for i, c := range b {
		if 'A' <= c && c <= 'Z' {
			b[i] = c + 'a' - 'A'
		}
	}
	return string(b)
}

// quoted makes a word of a shell: names and scopes come from clients, and a line that is pasted must not do more than
// it says.
func quoted(s string) string {
	return "'" + strings.ReplaceAll(s, "'", `'\''`) + "'"
}
