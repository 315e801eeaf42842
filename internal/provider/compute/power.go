package compute

import (
	"context"
	"net/http"
	"strings"

	"github.com/alcedo-cloud/alcedo/internal/resource"
)

// Members of a machine's document that are never shown.
const (
	hiddenPower       = "powerState"
	hiddenGeneralized = "generalized"
	hiddenCustomData  = "customData"
	hiddenNext        = "nextInstance" // of a scale set: the id that its next instance gets
)

// Power states, as PowerState/{state} spells them.
const (
	powerRunning     = "running"
	powerStopped     = "stopped"
	powerDeallocated = "deallocated"
)

// PowerState is the state of a virtual machine or instance: running, stopped or deallocated.
func PowerState(doc *resource.Document) string {
	state, ok := doc.Hidden[hiddenPower].(string)
	if !ok {
		return powerRunning
	}
	return state
}

// Running reports whether anything can run on the machine.
func Running(doc *resource.Document) bool { return PowerState(doc) == powerRunning }

func generalized(doc *resource.Document) bool {
	g, ok := doc.Hidden[hiddenGeneralized].(bool)
	return ok && g
}

// change is what an action does to one machine.
type change func(doc *resource.Document) error

// machineActions are the POSTs of virtual machines and of scale-set instances. All complete before they answer; those that take
// time in Azure are accepted (202) as there.
func (p *provider) machineActions() map[string]resource.Handler {
	actions := map[string]resource.Handler{
		"simulateEviction": act(evict, answering(http.StatusNoContent)),
		"generalize":       act(generalize, answering(http.StatusOK)),
	}
	for name, c := range powerChanges() {
		actions[name] = act(c, (*resource.Call).Accepted)
	}
	return actions
}

// powerChanges are the actions that scale sets have too.
func powerChanges() map[string]change {
	return map[string]change{
		"start":      to("start", powerRunning),
		"powerOff":   powerOff,
		"deallocate": to("deallocate", powerDeallocated),
		"restart":    restart("restart"),
		"redeploy":   restart("redeploy"),
		"reimage":    restart("reimage"),
		"reapply":    func(*resource.Document) error { return nil },
	}
}

// answering answers what Azure does at once.
func answering(status int) func(*resource.Call, context.Context) (*resource.Answer, error) {
	return func(*resource.Call, context.Context) (*resource.Answer, error) {
		return &resource.Answer{Status: status}, nil
	}
}

func act(c change, answer func(*resource.Call, context.Context) (*resource.Answer, error)) resource.Handler {
	return func(ctx context.Context, call *resource.Call) (*resource.Answer, error) {
		_, err := call.Update(ctx, func(ch *resource.Change) error { return c(ch.New) })
		if err != nil {
			return nil, err
		}
		return answer(call, ctx)
	}
}

func set(doc *resource.Document, name string, value any) {
	if doc.Hidden == nil {
		doc.Hidden = object{}
	}
	doc.Hidden[name] = value
}

func to(operation, state string) change {
	return func(doc *resource.Document) error {
		if generalized(doc) && state == powerRunning {
			return notAllowed("Operation '%s' is not allowed on VM '%s' since the VM is generalized.", operation, doc.Name)
		}
		set(doc, hiddenPower, state)
		return nil
	}
}

// powerOff stops a machine that runs; one that is deallocated stays so.
func powerOff(doc *resource.Document) error {
	if PowerState(doc) == powerRunning {
		set(doc, hiddenPower, powerStopped)
	}
	return nil
}

func restart(operation string) change {
	return func(doc *resource.Document) error {
		if PowerState(doc) == powerDeallocated {
			return notAllowed("Operation '%s' is not allowed on VM '%s' since the VM is deallocated.", operation, doc.Name)
		}
		return to(operation, powerRunning)(doc)
	}
}

func generalize(doc *resource.Document) error {
	if Running(doc) {
		return notAllowed("Operation 'generalize' is not allowed on VM '%s' since the VM is running. Please power off the VM and retry.", doc.Name)
	}
	set(doc, hiddenGeneralized, true)
	return nil
}

// evict does what a lack of capacity does to a Spot machine: its eviction policy.
func evict(doc *resource.Document) error {
	if !strings.EqualFold(text(doc.Properties, "priority"), "Spot") {
		return notAllowed("Operation 'simulateEviction' is not allowed on VM '%s' since the VM is not a Spot VM.", doc.Name)
	}
	if strings.EqualFold(text(doc.Properties, "evictionPolicy"), "Delete") {
		return notAllowed("Operation 'simulateEviction' is not supported for VM '%s' with the eviction policy Delete.", doc.Name)
	}
	set(doc, hiddenPower, powerDeallocated)
	return nil
}
