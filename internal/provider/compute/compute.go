// Package compute is the resource provider Microsoft.Compute as far as identities need it: virtual machines, scale sets
// with their instances, availability sets and disks. A machine here is a document with a power state and an identity;
// what runs on it, the sandbox runs. The package must never know a protocol, nor how a process is confined.
package compute

import (
	"context"
	"io"

	"github.com/google/uuid"

	"github.com/alcedo-cloud/alcedo/internal/cloud"
	"github.com/alcedo-cloud/alcedo/internal/fault"
	"github.com/alcedo-cloud/alcedo/internal/resource"
)

// Namespace is the provider's.
const Namespace = "Microsoft.Compute"

// Identities keeps identity blocks. identity.Service is the one that serves.
type Identities interface {
	Apply(ctx context.Context, ch *resource.Change) error
	Remove(ctx context.Context, ch *resource.Change) error
}

// Config is what the provider stands on.
type Config struct {
	Identities Identities
	Cloud      cloud.Cloud
	Rand       io.Reader // for vmId and uniqueId
}

type provider struct{ Config }

// Provider returns the provider's table.
func Provider(c Config) resource.Provider {
	p := &provider{c}
	return resource.Provider{Namespace: Namespace, Types: append(append(p.machineTypes(), p.scaleSetTypes()...), p.otherTypes()...)}
}

func (p *provider) machineTypes() []resource.Type {
	return []resource.Type{
		{
			Name: "virtualMachines", APIVersions: versions(), CheckName: checkMachineName,
			Stored:  &resource.Stored{Tracked: true, Put: p.putMachine, Delete: p.Identities.Remove, View: p.viewMachine},
			Actions: p.machineActions(),
		},
		{Name: "virtualMachines/instanceView", APIVersions: versions(), List: p.instanceView},
		{Name: "virtualMachines/vmSizes", APIVersions: versions(), List: p.machineSizes},
		{Name: "locations/vmSizes", APIVersions: versions(), Global: true, List: p.locationSizes},
		{Name: "locations/virtualMachines", APIVersions: versions(), Global: true, List: p.byLocation("virtualMachines")},
		{Name: "locations/virtualMachineScaleSets", APIVersions: versions(), Global: true, List: p.byLocation("virtualMachineScaleSets")},
	}
}

func (p *provider) scaleSetTypes() []resource.Type {
	return []resource.Type{
		{
			Name: "virtualMachineScaleSets", APIVersions: versions(), CheckName: checkMachineName,
			Stored:  &resource.Stored{Tracked: true, Put: p.putScaleSet, Delete: p.Identities.Remove, View: p.viewScaleSet},
			Actions: p.scaleSetActions(),
		},
		{Name: "virtualMachineScaleSets/instanceView", APIVersions: versions(), List: p.scaleSetInstanceView},
		{Name: "virtualMachineScaleSets/skus", APIVersions: versions(), List: p.scaleSetSKUs},
		{
			Name: "virtualMachineScaleSets/virtualMachines", APIVersions: versions(),
			Stored:  &resource.Stored{Put: p.putInstance, Delete: p.deleteInstance, View: p.viewMachine},
			Actions: p.machineActions(),
		},
		{Name: "virtualMachineScaleSets/virtualMachines/instanceView", APIVersions: versions(), List: p.instanceView},
	}
}

// otherTypes are documents that machines refer to. They have no life of their own here.
func (p *provider) otherTypes() []resource.Type {
	return []resource.Type{
		{
			Name: "availabilitySets", APIVersions: versions(),
			Stored: &resource.Stored{Tracked: true, Put: p.putAvailabilitySet},
		},
		{
			Name: "disks", APIVersions: diskVersions(),
			Stored: &resource.Stored{Tracked: true, Put: p.putDisk},
		},
		{Name: "skus", APIVersions: []string{"2021-07-01", "2019-04-01", "2017-09-01"}, Global: true, List: p.skus},
	}
}

// versions of machines, newest first. Source: the published swagger folders of ComputeRP.
func versions() []string {
	return []string{
		"2025-04-01", "2024-11-01", "2024-07-01", "2024-03-01", "2023-09-01", "2023-07-01", "2023-03-01", "2022-11-01",
		"2022-08-01", "2022-03-01", "2021-11-01", "2021-07-01", "2021-04-01", "2021-03-01", "2020-12-01", "2020-06-01",
		"2019-12-01", "2019-07-01", "2019-03-01", "2018-10-01", "2018-06-01", "2018-04-01", "2017-12-01", "2017-03-30",
		"2016-08-30", "2016-04-30-preview", "2016-03-30", "2015-06-15", "2015-05-01-preview",
	}
}

// diskVersions are those of disks. Source: the published swagger folders of DiskRP.
func diskVersions() []string {
	return []string{
		"2024-03-02", "2023-10-02", "2023-04-02", "2023-01-02", "2022-07-02", "2022-03-02", "2021-12-01", "2021-08-01",
		"2021-04-01", "2020-12-01", "2020-09-30", "2020-06-30", "2020-05-01", "2019-11-01", "2019-07-01", "2019-03-01",
		"2018-09-30", "2018-06-01", "2018-04-01", "2017-03-30", "2016-04-30-preview",
	}
}

// newID draws a GUID.
func (p *provider) newID() (string, error) {
	id, err := uuid.NewRandomFromReader(p.Rand)
	if err != nil {
		return "", fault.Wrap("compute.newID", err)
	}
	return id.String(), nil
}

// The compute provider's refusals.

func parameter(target, format string, args ...any) error {
	f := fault.Newf(fault.Invalid, "compute", "InvalidParameter", format, args...)
	f.Target = target
	return f
}

func missing(target string) error {
	return parameter(target, "Required parameter '%s' is missing (null).", target)
}

func unchangeable(property string) error {
	f := fault.Newf(fault.Conflict, "compute", "PropertyChangeNotAllowed", "Changing property '%s' is not allowed.", property)
	f.Target = property
	return f
}

func notAllowed(format string, args ...any) error {
	return fault.Newf(fault.Conflict, "compute", "OperationNotAllowed", format, args...)
}
