package compute

import (
	"context"
	"encoding/json"

	"github.com/alcedo-cloud/alcedo/internal/resource"
)

// putAvailabilitySet keeps an availability set.
func (p *provider) putAvailabilitySet(_ context.Context, ch *resource.Change) error {
	if ch.New.Properties == nil {
		ch.New.Properties = object{}
	}
	absent(ch.New.Properties, "platformUpdateDomainCount", 5)
	absent(ch.New.Properties, "platformFaultDomainCount", 2)
	absent(ch.New.Properties, "virtualMachines", []any{})
	delete(ch.New.Properties, "statuses")
	if len(ch.New.SKU) == 0 {
		ch.New.SKU = json.RawMessage(`{"name":"Classic"}`)
	}
	return nil
}

// putDisk keeps a managed disk. It has no contents.
func (p *provider) putDisk(_ context.Context, ch *resource.Change) error {
	props := ch.New.Properties
	if text(child(props, "creationData"), "createOption") == "" {
		return missing("disk.creationData.createOption")
	}
	for _, readOnly := range []string{"provisioningState", "diskState", "timeCreated", "uniqueId", "diskSizeBytes"} {
		delete(props, readOnly)
	}
	props["provisioningState"], props["diskState"] = "Succeeded", "Unattached"
	if len(ch.New.SKU) == 0 {
		ch.New.SKU = json.RawMessage(`{"name":"Standard_LRS","tier":"Standard"}`)
	}
	if ch.Old != nil {
		props["timeCreated"], props["uniqueId"] = ch.Old.Properties["timeCreated"], ch.Old.Properties["uniqueId"]
		return nil
	}
	id, err := p.newID()
	if err != nil {
		return err
	}
	props["timeCreated"], props["uniqueId"] = stamp(ch.Call.Now), id
	return nil
}
