package main

import (
	"context"
	"fmt"
	"strconv"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore/to"
	"github.com/Azure/azure-sdk-for-go/sdk/resourcemanager/compute/armcompute/v6"
)

func (p *program) vmClient() (*armcompute.VirtualMachinesClient, error) {
	return armcompute.NewVirtualMachinesClient(p.subscription, p.credential, p.options)
}

// block makes an identity block of a type and the resource ids that go with it.
func block(kind string, ids []string) *armcompute.VirtualMachineIdentity {
	b := &armcompute.VirtualMachineIdentity{Type: to.Ptr(armcompute.ResourceIdentityType(kind))}
	for _, id := range ids {
		if b.UserAssignedIdentities == nil {
			b.UserAssignedIdentities = map[string]*armcompute.UserAssignedIdentitiesValue{}
		}
		b.UserAssignedIdentities[id] = &armcompute.UserAssignedIdentitiesValue{}
	}
	return b
}

func (p *program) vm(ctx context.Context, a []string) (any, error) {
	c, err := p.vmClient()
	if err != nil {
		return nil, err
	}
	return c.Get(ctx, a[0], a[1], &armcompute.VirtualMachinesClientGetOptions{Expand: to.Ptr(armcompute.InstanceViewTypesInstanceView)})
}

// vm-create GROUP NAME LOCATION [IDENTITY-TYPE [IDENTITY-ID…]]
func (p *program) vmCreate(ctx context.Context, a []string) (any, error) {
	c, err := p.vmClient()
	if err != nil {
		return nil, err
	}
	machine := armcompute.VirtualMachine{
		Location: &a[2],
		Properties: &armcompute.VirtualMachineProperties{
			HardwareProfile: &armcompute.HardwareProfile{VMSize: to.Ptr(armcompute.VirtualMachineSizeTypesStandardB1S)},
			StorageProfile: &armcompute.StorageProfile{
				ImageReference: &armcompute.ImageReference{
					Publisher: to.Ptr("Debian"), Offer: to.Ptr("debian-12"), SKU: to.Ptr("12-gen2"), Version: to.Ptr("latest"),
				},
				OSDisk: &armcompute.OSDisk{CreateOption: to.Ptr(armcompute.DiskCreateOptionTypesFromImage)},
			},
			OSProfile: &armcompute.OSProfile{
				ComputerName: &a[1], AdminUsername: to.Ptr("azureuser"), AdminPassword: to.Ptr("Correct-Horse-9"),
			},
			NetworkProfile: &armcompute.NetworkProfile{NetworkInterfaces: []*armcompute.NetworkInterfaceReference{}},
		},
	}
	if len(a) > 3 {
		machine.Identity = block(a[3], a[4:])
	}
	poller, err := c.BeginCreateOrUpdate(ctx, a[0], a[1], machine, nil)
	if err != nil {
		return nil, err
	}
	return poller.PollUntilDone(ctx, often())
}

// vm-identity GROUP NAME IDENTITY-TYPE [IDENTITY-ID…]
func (p *program) vmIdentity(ctx context.Context, a []string) (any, error) {
	c, err := p.vmClient()
	if err != nil {
		return nil, err
	}
	poller, err := c.BeginUpdate(ctx, a[0], a[1], armcompute.VirtualMachineUpdate{Identity: block(a[2], a[3:])}, nil)
	if err != nil {
		return nil, err
	}
	return poller.PollUntilDone(ctx, often())
}

// vm-power GROUP NAME start|deallocate|restart
func (p *program) vmPower(ctx context.Context, a []string) (any, error) {
	c, err := p.vmClient()
	if err != nil {
		return nil, err
	}
	switch a[2] {
	case "start":
		poller, err := c.BeginStart(ctx, a[0], a[1], nil)
		if err != nil {
			return nil, err
		}
		return poller.PollUntilDone(ctx, often())
	case "deallocate":
		poller, err := c.BeginDeallocate(ctx, a[0], a[1], nil)
		if err != nil {
			return nil, err
		}
		return poller.PollUntilDone(ctx, often())
	case "restart":
		poller, err := c.BeginRestart(ctx, a[0], a[1], nil)
		if err != nil {
			return nil, err
		}
		return poller.PollUntilDone(ctx, often())
	}
	return nil, fmt.Errorf("no power operation is called %q", a[2])
}

func (p *program) vmDelete(ctx context.Context, a []string) (any, error) {
	c, err := p.vmClient()
	if err != nil {
		return nil, err
	}
	poller, err := c.BeginDelete(ctx, a[0], a[1], nil)
	if err != nil {
		return nil, err
	}
	return poller.PollUntilDone(ctx, often())
}

// vmss-create GROUP NAME LOCATION CAPACITY
func (p *program) vmssCreate(ctx context.Context, a []string) (any, error) {
	c, err := armcompute.NewVirtualMachineScaleSetsClient(p.subscription, p.credential, p.options)
	if err != nil {
		return nil, err
	}
	capacity, err := strconv.ParseInt(a[3], 10, 64)
	if err != nil {
		return nil, err
	}
	set := armcompute.VirtualMachineScaleSet{
		Location: &a[2],
		SKU:      &armcompute.SKU{Name: to.Ptr("Standard_B1s"), Tier: to.Ptr("Standard"), Capacity: &capacity},
		Identity: &armcompute.VirtualMachineScaleSetIdentity{Type: to.Ptr(armcompute.ResourceIdentityTypeSystemAssigned)},
		Properties: &armcompute.VirtualMachineScaleSetProperties{
			UpgradePolicy: &armcompute.UpgradePolicy{Mode: to.Ptr(armcompute.UpgradeModeManual)},
			VirtualMachineProfile: &armcompute.VirtualMachineScaleSetVMProfile{
				StorageProfile: &armcompute.VirtualMachineScaleSetStorageProfile{
					ImageReference: &armcompute.ImageReference{
						Publisher: to.Ptr("Debian"), Offer: to.Ptr("debian-12"), SKU: to.Ptr("12-gen2"), Version: to.Ptr("latest"),
					},
					OSDisk: &armcompute.VirtualMachineScaleSetOSDisk{CreateOption: to.Ptr(armcompute.DiskCreateOptionTypesFromImage)},
				},
				OSProfile: &armcompute.VirtualMachineScaleSetOSProfile{
					ComputerNamePrefix: &a[1], AdminUsername: to.Ptr("azureuser"), AdminPassword: to.Ptr("Correct-Horse-9"),
				},
				NetworkProfile: &armcompute.VirtualMachineScaleSetNetworkProfile{},
			},
		},
	}
	poller, err := c.BeginCreateOrUpdate(ctx, a[0], a[1], set, nil)
	if err != nil {
		return nil, err
	}
	return poller.PollUntilDone(ctx, often())
}

func (p *program) vmssVMs(ctx context.Context, a []string) (any, error) {
	c, err := armcompute.NewVirtualMachineScaleSetVMsClient(p.subscription, p.credential, p.options)
	if err != nil {
		return nil, err
	}
	return all(ctx, c.NewListPager(a[0], a[1], nil), func(r armcompute.VirtualMachineScaleSetVMsClientListResponse) []*armcompute.VirtualMachineScaleSetVM {
		return r.Value
	})
}
