package compute

import (
	"context"
	"encoding/json"

	"github.com/alcedo-cloud/alcedo/internal/fault"
	"github.com/alcedo-cloud/alcedo/internal/resource"
)

// scaleSetActions are the POSTs of scale sets. Most do to the instances that the body names, or to all, what the action
// of the same name does to one.
func (p *provider) scaleSetActions() map[string]resource.Handler {
	actions := map[string]resource.Handler{"delete": p.deleteInstances}
	for name, c := range powerChanges() {
		actions[name] = p.onInstances(c)
	}
	actions["reimageall"] = p.onInstances(restart("reimageall"))
	actions["manualupgrade"] = p.onInstances(func(*resource.Document) error { return nil })
	return actions
}

// named reads instanceIds of the body; nil means all.
func named(call *resource.Call) ([]string, error) {
	var body struct {
		InstanceIDs []string `json:"instanceIds"`
	}
	if len(call.Body) == 0 {
		return nil, nil
	}
	if err := json.Unmarshal(call.Body, &body); err != nil {
		return nil, parameter("instanceIds", "The value of parameter instanceIds is invalid.")
	}
	if len(body.InstanceIDs) > maxCapacity {
		return nil, parameter("instanceIds", "The value of parameter instanceIds is invalid. At most %d are allowed.", maxCapacity)
	}
	if len(body.InstanceIDs) == 1 && body.InstanceIDs[0] == "*" {
		return nil, nil
	}
	return body.InstanceIDs, nil
}

// targets are the instances that ids name; all of them for nil. One that is not there refuses the whole.
func targets(ch *resource.Change, ids []string) ([]*resource.Document, error) {
	set := ch.Call.ID
	if ids == nil {
		list, err := resource.ListTx(ch.Tx, set.Child(instanceType, ""))
		return list, fault.Wrap("compute.targets", err)
	}
	var list []*resource.Document
	seen := map[string]bool{}
	for _, id := range ids {
		if seen[id] {
			continue
		}
		seen[id] = true
		at, ok := resource.ParseID(set.String() + "/" + instanceType + "/" + id)
		if !ok || !isNumber(id) {
			return nil, notActive(id)
		}
		doc, err := resource.GetTx(ch.Tx, at)
		if fault.Is(err, fault.NotFound) {
			return nil, notActive(id)
		}
		if err != nil {
			return nil, fault.Wrap("compute.targets", err)
		}
		list = append(list, doc)
	}
	return list, nil
}

func isNumber(id string) bool {
	for i := range len(id) {
		if id[i] < '0' || id[i] > '9' {
			return false
		}
	}
	return id != "" && len(id) < 10
}

func (p *provider) onInstances(c change) resource.Handler {
	return func(ctx context.Context, call *resource.Call) (*resource.Answer, error) {
		ids, err := named(call)
		if err != nil {
			return nil, err
		}
		_, err = call.Update(ctx, func(ch *resource.Change) error {
			list, err := targets(ch, ids)
			if err != nil {
				return err
			}
			for _, doc := range list {
				if err := c(doc); err != nil {
					return err
				}
				if err := resource.PutTx(ch.Tx, doc); err != nil {
					return fault.Wrap("compute.onInstances", err)
				}
			}
			return nil
		})
		if err != nil {
			return nil, err
		}
		return call.Accepted(ctx)
	}
}

// deleteInstances ends the instances that the body names, and lowers the capacity by as many.
func (p *provider) deleteInstances(ctx context.Context, call *resource.Call) (*resource.Answer, error) {
	ids, err := named(call)
	if err != nil {
		return nil, err
	}
	if ids == nil && len(call.Body) == 0 {
		return nil, missing("instanceIds")
	}
	_, err = call.Update(ctx, func(ch *resource.Change) error {
		list, err := targets(ch, ids)
		if err != nil {
			return err
		}
		for _, doc := range list {
			if err := p.end(ctx, ch, doc); err != nil {
				return err
			}
		}
		return lower(ch.New, len(list))
	})
	if err != nil {
		return nil, err
	}
	return call.Accepted(ctx)
}
