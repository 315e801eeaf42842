package compute

import (
	"context"
	"encoding/json"
	"strings"

	"github.com/alcedo-cloud/alcedo/internal/fault"
	"github.com/alcedo-cloud/alcedo/internal/resource"
)

// maxCapacity is how many instances a scale set may have.
const maxCapacity = 1000

// sku is a scale set's size, and how many instances of it there are.
type sku struct {
	Name     string `json:"name"`
	Tier     string `json:"tier,omitempty"`
	Capacity *int   `json:"capacity,omitempty"`
}

func (s sku) raw() (json.RawMessage, error) {
	text, err := json.Marshal(s)
	return text, fault.Wrap("compute.sku", err)
}

func skuOf(doc *resource.Document) (sku, error) {
	var s sku
	if len(doc.SKU) == 0 || string(doc.SKU) == "null" {
		return s, nil
	}
	if err := json.Unmarshal(doc.SKU, &s); err != nil {
		return s, parameter("sku", "The value of parameter sku is invalid.")
	}
	return s, nil
}

// putScaleSet validates a scale set, completes it as Azure shows it, and makes or ends instances until there are as many
// as its capacity says.
func (p *provider) putScaleSet(ctx context.Context, ch *resource.Change) error {
	s, err := checkSKU(ch)
	if err != nil {
		return err
	}
	props := ch.New.Properties
	if mode := text(props, "orchestrationMode"); mode != "" && !strings.EqualFold(mode, "Uniform") {
		return fault.Newf(fault.Unsupported, "compute.putScaleSet", "OperationNotSupported",
			"The orchestration mode '%s' is not supported: use Uniform.", mode)
	}
	if err := p.completeScaleSet(ch); err != nil {
		return err
	}
	if ch.New.SKU, err = s.raw(); err != nil {
		return err
	}
	if err := p.Identities.Apply(ctx, ch); err != nil {
		return err
	}
	return p.scale(ctx, ch, *s.Capacity)
}

func checkSKU(ch *resource.Change) (sku, error) {
	s, err := skuOf(ch.New)
	if err != nil {
		return s, err
	}
	if s.Name == "" {
		return s, missing("sku.name")
	}
	if s.Tier == "" {
		s.Tier = "Standard"
	}
	if s.Capacity == nil {
		zero := 0
		s.Capacity = &zero
	}
	if *s.Capacity < 0 || *s.Capacity > maxCapacity {
		return s, parameter("sku.capacity", "The value of parameter sku.capacity is invalid. It must be between 0 and %d.", maxCapacity)
	}
	return s, nil
}

func (p *provider) completeScaleSet(ch *resource.Change) error {
	props := ch.New.Properties
	profile := child(props, "virtualMachineProfile")
	if profile == nil {
		return missing("virtualMachineProfile")
	}
	for _, name := range []string{"storageProfile", "networkProfile"} {
		if child(profile, name) == nil {
			return missing("virtualMachineProfile." + name)
		}
	}
	if os := child(profile, "osProfile"); os != nil {
		for _, secret := range []string{"adminPassword", "customData"} {
			delete(os, secret)
		}
		absent(os, "computerNamePrefix", ch.New.Name)
		configure(os, osType(profile, child(child(profile, "storageProfile"), "imageReference")))
	}
	for _, readOnly := range []string{"provisioningState", "uniqueId", "timeCreated"} {
		delete(props, readOnly)
	}
	if ch.Old == nil && child(props, "upgradePolicy") == nil {
		return missing("upgradePolicy")
	}
	absent(props, "orchestrationMode", "Uniform")
	absent(props, "singlePlacementGroup", true)
	absent(props, "overprovision", true)
	props["provisioningState"] = "Succeeded"
	if ch.Old != nil {
		props["uniqueId"], props["timeCreated"] = ch.Old.Properties["uniqueId"], ch.Old.Properties["timeCreated"]
		ch.New.Hidden = ch.Old.Hidden
		return nil
	}
	id, err := p.newID()
	if err != nil {
		return err
	}
	props["uniqueId"], props["timeCreated"] = id, stamp(ch.Call.Now)
	ch.New.Hidden = object{hiddenNext: 0}
	return nil
}

// viewScaleSet hides what was sent as a secret.
func (p *provider) viewScaleSet(_ context.Context, call *resource.Call, doc *resource.Document) (*resource.Document, error) {
	profile := child(doc.Properties, "virtualMachineProfile")
	if _, secret := profile["userData"]; !secret || expands(call, "userData") {
		return doc, nil
	}
	shown, err := doc.Clone()
	if err != nil {
		return nil, fault.Wrap("compute.viewScaleSet", err)
	}
	delete(child(shown.Properties, "virtualMachineProfile"), "userData")
	return shown, nil
}

// scaleSetInstanceView answers GET {scale set}/instanceView: how many instances are in which state.
func (p *provider) scaleSetInstanceView(ctx context.Context, call *resource.Call) (*resource.Answer, error) {
	doc, err := parent(ctx, call)
	if err != nil {
		return nil, err
	}
	list, err := p.instances(ctx, call, call.ID.Container())
	if err != nil {
		return nil, err
	}
	type count struct {
		Code  string `json:"code"`
		Count int    `json:"count"`
	}
	summary := []count{{"ProvisioningState/succeeded", len(list)}}
	for _, state := range []string{powerRunning, powerStopped, powerDeallocated} {
		n := 0
		for _, i := range list {
			if PowerState(i) == state {
				n++
			}
		}
		if n > 0 {
			summary = append(summary, count{"PowerState/" + state, n})
		}
	}
	return &resource.Answer{Body: object{
		"virtualMachine": object{"statusesSummary": summary},
		"statuses": []status{{
			"ProvisioningState/succeeded", "Info", "Provisioning succeeded", text(doc.Properties, "timeCreated"),
		}},
	}}, nil
}

// scaleSetSKUs lists what sizes the scale set could have.
func (p *provider) scaleSetSKUs(ctx context.Context, call *resource.Call) (*resource.Answer, error) {
	if _, err := parent(ctx, call); err != nil {
		return nil, err
	}
	value := []any{}
	for _, s := range sizes() {
		value = append(value, object{
			"resourceType": Namespace + "/virtualMachineScaleSets",
			"sku":          object{"name": s.Name, "tier": "Standard"},
			"capacity":     object{"minimum": 0, "maximum": maxCapacity, "defaultCapacity": 1, "scaleType": "Automatic"},
		})
	}
	return &resource.Answer{Body: object{"value": value}}, nil
}
