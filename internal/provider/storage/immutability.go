package storage

import (
	"context"
	"slices"
	"strings"

	"github.com/alcedo-cloud/alcedo/internal/blob"
	"github.com/alcedo-cloud/alcedo/internal/fault"
	"github.com/alcedo-cloud/alcedo/internal/resource"
)

// maxRetention is the longest immutability period, in days: 400 years.
const maxRetention = 146_000

// immutabilityBody is what PUT and extend say.
type immutabilityBody struct {
	Properties struct {
		Days             *int  `json:"immutabilityPeriodSinceCreationInDays"`
		AppendBlobs      *bool `json:"allowProtectedAppendWrites"`
		AppendOfAllBlobs *bool `json:"allowProtectedAppendWritesAll"`
	} `json:"properties"`
}

// getImmutabilityPolicy answers the policy; one of 0 days where there is none.
func (p *provider) getImmutabilityPolicy(ctx context.Context, call *resource.Call) (*resource.Answer, error) {
	a, t, err := p.policyTarget(ctx, call)
	if err != nil {
		return nil, err
	}
	c, err := p.Containers.GetContainer(ctx, operator(), t, blob.Conditions{})
	if err != nil {
		return nil, worded(err)
	}
	return immutabilityAnswer(a, c, c.Immutability, "Unlocked"), nil
}

// putImmutabilityPolicy sets an unlocked policy. A locked one is only extended.
func (p *provider) putImmutabilityPolicy(ctx context.Context, call *resource.Call) (*resource.Answer, error) {
	var body immutabilityBody
	if err := readBody(call, &body); err != nil {
		return nil, err
	}
	return p.changePolicy(ctx, call, "put", "Unlocked", func(old *blob.ContainerImmutability) (*blob.ContainerImmutability, error) {
		if old != nil && old.Locked {
			return nil, policyConflict("The immutability policy is locked. Only its period can be extended.")
		}
		next := blob.ContainerImmutability{}
		if old != nil {
			next = *old
		}
		if days := body.Properties.Days; days != nil {
			next.Days = *days
		}
		if v := body.Properties.AppendBlobs; v != nil {
			next.AllowProtectedAppend = *v
		}
		if v := body.Properties.AppendOfAllBlobs; v != nil {
			next.AllowProtectedAppends = *v
		}
		if next.Days < 1 || next.Days > maxRetention {
			return nil, invalidValues("immutabilityPeriodSinceCreationInDays")
		}
		if next.AllowProtectedAppend && next.AllowProtectedAppends {
			return nil, invalidValues("allowProtectedAppendWritesAll")
		}
		return &next, nil
	})
}

// deleteImmutabilityPolicy takes an unlocked policy away.
func (p *provider) deleteImmutabilityPolicy(ctx context.Context, call *resource.Call) (*resource.Answer, error) {
	if err := needsMatch(call); err != nil {
		return nil, err
	}
	return p.changePolicy(ctx, call, "", "Deleted", func(old *blob.ContainerImmutability) (*blob.ContainerImmutability, error) {
		switch {
		case old == nil:
			return nil, noPolicy()
		case old.Locked:
			return nil, policyConflict("The immutability policy is locked and cannot be deleted.")
		}
		return nil, nil
	})
}

// lockImmutabilityPolicy makes a policy one that nobody takes away.
func (p *provider) lockImmutabilityPolicy(ctx context.Context, call *resource.Call) (*resource.Answer, error) {
	if err := needsMatch(call); err != nil {
		return nil, err
	}
	return p.changePolicy(ctx, call, "lock", "", func(old *blob.ContainerImmutability) (*blob.ContainerImmutability, error) {
		if old == nil {
			return nil, noPolicy()
		}
		next := *old
		next.Locked = true
		return &next, nil
	})
}

// extendImmutabilityPolicy lengthens a locked policy.
func (p *provider) extendImmutabilityPolicy(ctx context.Context, call *resource.Call) (*resource.Answer, error) {
	if err := needsMatch(call); err != nil {
		return nil, err
	}
	var body immutabilityBody
	if err := readBody(call, &body); err != nil {
		return nil, err
	}
	return p.changePolicy(ctx, call, "extend", "", func(old *blob.ContainerImmutability) (*blob.ContainerImmutability, error) {
		switch days := body.Properties.Days; {
		case old == nil:
			return nil, noPolicy()
		case !old.Locked:
			return nil, policyConflict("The immutability policy is not locked. Only a locked policy is extended.")
		case days == nil || *days < old.Days || *days > maxRetention:
			return nil, invalidValues("immutabilityPeriodSinceCreationInDays")
		}
		next := *old
		next.Days = *body.Properties.Days
		return &next, nil
	})
}

// changePolicy runs f on the policy of a container, once If-Match holds. update is what its history calls that; empty the
// state that is shown where there is no policy afterwards.
func (p *provider) changePolicy(ctx context.Context, call *resource.Call, update, empty string, f func(*blob.ContainerImmutability) (*blob.ContainerImmutability, error)) (*resource.Answer, error) {
	a, t, err := p.policyTarget(ctx, call)
	if err != nil {
		return nil, err
	}
	c, err := p.Containers.ChangeContainer(ctx, t, func(c *blob.Container) error {
		if call.IfMatch != "" && call.IfMatch != "*" && (c.Immutability == nil || call.IfMatch != c.Immutability.ETag.String()) {
			return fault.New(fault.Precondition, "storage.changePolicy", "ConditionNotMet",
				"The condition specified using HTTP conditional header(s) is not met.")
		}
		next, err := f(c.Immutability)
		if err != nil {
			return err
		}
		if next != nil {
			next.ETag = max(blob.ETag(blob.TicksOf(call.Now)), next.ETag+1)
			next.History = history(next, blob.PolicyUpdate{
				Update: update, Days: next.Days, AllowProtectedAppend: next.AllowProtectedAppend,
				AllowProtectedAppends: next.AllowProtectedAppends, At: blob.TicksOf(call.Now), By: signatory(call),
			})
		}
		c.Immutability = next
		return nil
	})
	if err != nil {
		return nil, worded(err)
	}
	return immutabilityAnswer(a, c, c.Immutability, empty), nil
}

// maxUpdates is how much of a policy's history is kept: it was set, locked, and extended five times.
const maxUpdates = 7

// history is a policy's with one more update. What was set before it was locked is forgotten, and so are the oldest of
// many extensions.
func history(i *blob.ContainerImmutability, update blob.PolicyUpdate) []blob.PolicyUpdate {
	if update.Update == "put" {
		return []blob.PolicyUpdate{update}
	}
	updates := append(slices.Clone(i.History), update)
	if over := len(updates) - maxUpdates; over > 0 {
		updates = slices.Delete(updates, 2, 2+over)
	}
	return updates
}

// policyUpdates is a policy's history as a container shows it.
func policyUpdates(i *blob.ContainerImmutability) []any {
	updates := []any{}
	for _, u := range i.History {
		shown := witnessed(map[string]any{"update": u.Update, "immutabilityPeriodSinceCreationInDays": u.Days}, u.At, u.By)
		if u.AllowProtectedAppend {
			shown["allowProtectedAppendWrites"] = true
		}
		if u.AllowProtectedAppends {
			shown["allowProtectedAppendWritesAll"] = true
		}
		updates = append(updates, shown)
	}
	return updates
}

func (p *provider) policyTarget(ctx context.Context, call *resource.Call) (*blob.Account, blob.Target, error) {
	if len(call.ID.Names) < 4 || !strings.EqualFold(call.ID.Names[3], "default") {
		return nil, blob.Target{}, invalidValues("immutabilityPolicyName")
	}
	return p.target(ctx, call.ID)
}

func immutabilityProperties(i *blob.ContainerImmutability) map[string]any {
	state := "Unlocked"
	if i.Locked {
		state = "Locked"
	}
	properties := map[string]any{"immutabilityPeriodSinceCreationInDays": i.Days, "state": state}
	if i.AllowProtectedAppend {
		properties["allowProtectedAppendWrites"] = true
	}
	if i.AllowProtectedAppends {
		properties["allowProtectedAppendWritesAll"] = true
	}
	return properties
}

func immutabilityAnswer(a *blob.Account, c *blob.Container, i *blob.ContainerImmutability, empty string) *resource.Answer {
	etag, properties := "", map[string]any{"immutabilityPeriodSinceCreationInDays": 0, "state": empty}
	if i != nil {
		etag, properties = i.ETag.String(), immutabilityProperties(i)
	}
	answer := &resource.Answer{Status: 200, Body: map[string]any{
		"id": containerID(a, c.Name) + "/immutabilityPolicies/default", "name": "default",
		"type": containerType + "/immutabilityPolicies", "etag": etag, "properties": properties,
	}}
	if etag != "" {
		answer.Header = map[string]string{"ETag": etag}
	}
	return answer
}

func needsMatch(call *resource.Call) error {
	if call.IfMatch != "" {
		return nil
	}
	return fault.New(fault.Invalid, "storage.changePolicy", "MissingRequiredHeader", "The header If-Match is required.")
}

func noPolicy() error {
	return fault.New(fault.NotFound, "storage.changePolicy", "ImmutabilityPolicyNotFound", "The container has no immutability policy.")
}

func policyConflict(text string) error {
	return fault.New(fault.Conflict, "storage.changePolicy", "ContainerOperationFailure", text)
}
