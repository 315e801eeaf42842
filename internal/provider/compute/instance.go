package compute

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"sort"
	"strconv"
	"strings"

	"github.com/alcedo-cloud/alcedo/internal/fault"
	"github.com/alcedo-cloud/alcedo/internal/resource"
	"github.com/alcedo-cloud/alcedo/internal/store"
)

// instanceType is the last segment of an instance's type.
const instanceType = "virtualMachines"

// scale makes or ends instances until there are capacity. New ones get ids that were never used; the newest go first.
func (p *provider) scale(ctx context.Context, ch *resource.Change, capacity int) error {
	id, ok := resource.ParseID(ch.New.ID)
	if !ok {
		return fault.Newf(fault.Internal, "compute.scale", "", "stored id %q", ch.New.ID)
	}
	list, err := resource.ListTx(ch.Tx, id.Child(instanceType, ""))
	if err != nil {
		return fault.Wrap("compute.scale", err)
	}
	sort.Slice(list, func(i, j int) bool { return number(list[i]) < number(list[j]) })
	for len(list) > capacity {
		if err := p.end(ctx, ch, list[len(list)-1]); err != nil {
			return err
		}
		list = list[:len(list)-1]
	}
	next := nextInstance(ch.New)
	for n := len(list); n < capacity; n++ {
		doc, err := p.newInstance(ch, id, next)
		if err != nil {
			return err
		}
		if err := resource.PutTx(ch.Tx, doc); err != nil {
			return fault.Wrap("compute.scale", err)
		}
		next++
	}
	set(ch.New, hiddenNext, next)
	return nil
}

// end deletes an instance of the scale set that ch is about.
func (p *provider) end(ctx context.Context, ch *resource.Change, doc *resource.Document) error {
	id, ok := resource.ParseID(doc.ID)
	if !ok {
		return fault.Newf(fault.Internal, "compute.end", "", "stored id %q", doc.ID)
	}
	if err := p.Identities.Remove(ctx, &resource.Change{Call: ch.Call, Tx: ch.Tx, Old: doc}); err != nil {
		return err
	}
	return fault.Wrap("compute.end", resource.DeleteTx(ch.Tx, id))
}

// nextInstance reads the counter, which is a float once it has been stored.
func nextInstance(doc *resource.Document) int {
	switch n := doc.Hidden[hiddenNext].(type) {
	case int:
		return n
	case float64:
		return int(n)
	}
	return 0
}

// instanceID is the last segment of the instance's id.
func instanceID(doc *resource.Document) string { return doc.ID[strings.LastIndexByte(doc.ID, '/')+1:] }

func number(doc *resource.Document) int {
	n, err := strconv.Atoi(instanceID(doc))
	if err != nil {
		return -1
	}
	return n
}

// newInstance is the n-th instance that the scale set ever had, after its model.
func (p *provider) newInstance(ch *resource.Change, id resource.ID, n int) (*resource.Document, error) {
	model, err := ch.New.Clone() // the instance must not share the model's objects
	if err != nil {
		return nil, fault.Wrap("compute.newInstance", err)
	}
	vmID, err := p.newID()
	if err != nil {
		return nil, err
	}
	s, err := skuOf(ch.New)
	if err != nil {
		return nil, err
	}
	profile := child(model.Properties, "virtualMachineProfile")
	name := ch.New.Name + "_" + strconv.Itoa(n)
	props := object{
		"latestModelApplied": true, "modelDefinitionApplied": "VirtualMachineScaleSet",
		"vmId": vmID, "timeCreated": stamp(ch.Call.Now), "provisioningState": "Succeeded",
		"hardwareProfile": object{"vmSize": s.Name},
	}
	for _, part := range []string{
		"storageProfile", "osProfile", "networkProfile", "securityProfile", "diagnosticsProfile", "licenseType",
		"priority", "evictionPolicy", "userData",
	} {
		if v := profile[part]; v != nil {
			props[part] = v
		}
	}
	if err := storage(props, name, ch.New.ID); err != nil {
		return nil, err
	}
	if os := child(props, "osProfile"); os != nil {
		os["computerName"] = text(os, "computerNamePrefix") + fmt.Sprintf("%06s", strings.ToUpper(strconv.FormatInt(int64(n), 36)))
		delete(os, "computerNamePrefix")
	}
	s.Capacity = nil
	size, err := s.raw()
	if err != nil {
		return nil, err
	}
	return &resource.Document{
		Name: name, ID: id.Child(instanceType, strconv.Itoa(n)).String(), Type: Namespace + "/virtualMachineScaleSets/virtualMachines",
		Location: ch.New.Location, Tags: model.Tags, Zones: model.Zones, SKU: size, Properties: props,
		Extra:  map[string]json.RawMessage{"instanceId": json.RawMessage(strconv.Quote(strconv.Itoa(n)))},
		Hidden: object{hiddenPower: powerRunning},
	}, nil
}

// putInstance changes an instance; a scale set makes its instances itself.
func (p *provider) putInstance(_ context.Context, ch *resource.Change) error {
	if ch.Call.Method == http.MethodPatch {
		return fault.New(fault.Unsupported, "compute.putInstance", "MethodNotAllowed",
			"The requested resource does not support http method 'PATCH'.")
	}
	if ch.Old == nil {
		return notActive(ch.Call.ID.Name())
	}
	if ch.New.Identity != nil {
		return parameter("identity", "The identity of an instance is that of its scale set.")
	}
	ch.New.Name, ch.New.SKU, ch.New.Extra = ch.Old.Name, ch.Old.SKU, ch.Old.Extra
	if err := p.keep(ch); err != nil {
		return err
	}
	for _, decided := range []string{"hardwareProfile", "storageProfile", "osProfile", "latestModelApplied", "modelDefinitionApplied"} {
		ch.New.Properties[decided] = ch.Old.Properties[decided]
	}
	return nil
}

func notActive(id string) error {
	return parameter("instanceIds", "The provided instanceId %s is not an active Virtual Machine Scale Set VM instanceId.", id)
}

// deleteInstance lowers the capacity of the scale set, unless that is going as well.
func (p *provider) deleteInstance(ctx context.Context, ch *resource.Change) error {
	if ch.Cascade {
		return nil
	}
	if err := p.Identities.Remove(ctx, ch); err != nil {
		return err
	}
	id, ok := resource.ParseID(ch.Old.ID)
	if !ok {
		return fault.Newf(fault.Internal, "compute.deleteInstance", "", "stored id %q", ch.Old.ID)
	}
	set, err := resource.GetTx(ch.Tx, id.Container())
	if err != nil {
		return fault.Wrap("compute.deleteInstance", err)
	}
	if err := lower(set, 1); err != nil {
		return err
	}
	return fault.Wrap("compute.deleteInstance", resource.PutTx(ch.Tx, set))
}

func lower(set *resource.Document, by int) error {
	s, err := skuOf(set)
	if err != nil {
		return err
	}
	left := 0
	if s.Capacity != nil {
		left = max(*s.Capacity-by, 0)
	}
	s.Capacity = &left
	set.SKU, err = s.raw()
	return err
}

// instances lists those of a scale set.
func (p *provider) instances(ctx context.Context, call *resource.Call, set resource.ID) (list []*resource.Document, err error) {
	err = call.Read(ctx, func(r store.Reader) error {
		list, err = resource.ListTx(r, set.Child(instanceType, ""))
		return err
	})
	return list, fault.Wrap("compute.instances", err)
}
