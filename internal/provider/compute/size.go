package compute

import (
	"context"
	"strconv"
	"strings"

	"github.com/alcedo-cloud/alcedo/internal/cloud"
	"github.com/alcedo-cloud/alcedo/internal/fault"
	"github.com/alcedo-cloud/alcedo/internal/resource"
	"github.com/alcedo-cloud/alcedo/internal/store"
)

// size is a row of vmSizes.
type size struct {
	Name           string `json:"name"`
	NumberOfCores  int    `json:"numberOfCores"`
	OSDiskSizeInMB int    `json:"osDiskSizeInMB"`
	ResourceDiskMB int    `json:"resourceDiskSizeInMB"`
	MemoryInMB     int    `json:"memoryInMB"`
	MaxDataDisks   int    `json:"maxDataDiskCount"`
}

// sizes are the sizes that lists show. A machine may have any other: what size it is changes nothing here.
func sizes() []size {
	const osDisk = 1047552
	return []size{
		{"Standard_B1ls", 1, osDisk, 4096, 512, 2},
		{"Standard_B1s", 1, osDisk, 4096, 1024, 2},
		{"Standard_B1ms", 1, osDisk, 4096, 2048, 2},
		{"Standard_B2s", 2, osDisk, 8192, 4096, 4},
		{"Standard_B2ms", 2, osDisk, 16384, 8192, 4},
		{"Standard_A1_v2", 1, osDisk, 10240, 2048, 2},
		{"Standard_A2_v2", 2, osDisk, 20480, 4096, 4},
		{"Standard_DS1_v2", 1, osDisk, 7168, 3584, 4},
		{"Standard_DS2_v2", 2, osDisk, 14336, 7168, 8},
		{"Standard_D2s_v3", 2, osDisk, 16384, 8192, 4},
		{"Standard_D4s_v3", 4, osDisk, 32768, 16384, 8},
		{"Standard_D2s_v5", 2, osDisk, 0, 8192, 4},
		{"Standard_D4s_v5", 4, osDisk, 0, 16384, 8},
		{"Standard_E2s_v5", 2, osDisk, 0, 16384, 4},
		{"Standard_F2s_v2", 2, osDisk, 16384, 4096, 4},
	}
}

func (p *provider) machineSizes(ctx context.Context, call *resource.Call) (*resource.Answer, error) {
	if _, err := parent(ctx, call); err != nil {
		return nil, err
	}
	return &resource.Answer{Body: object{"value": sizes()}}, nil
}

func (p *provider) locationSizes(_ context.Context, call *resource.Call) (*resource.Answer, error) {
	if _, err := p.location(call); err != nil {
		return nil, err
	}
	return &resource.Answer{Body: object{"value": sizes()}}, nil
}

// location is the region in the path of locations/{location}/….
func (p *provider) location(call *resource.Call) (cloud.Location, error) {
	name := ""
	if len(call.ID.Names) > 0 {
		name = call.ID.Names[0]
	}
	l, ok := p.Cloud.Location(name)
	if !ok {
		return l, fault.Newf(fault.NotFound, "compute.location", "NoRegisteredProviderFound",
			"No registered resource provider found for location '%s' and API version '%s' for type '%s'.",
			name, call.APIVersion, call.ID.Type())
	}
	return l, nil
}

// byLocation lists the subscription's resources of a type in one region, as far as the caller may read them.
func (p *provider) byLocation(typ string) resource.Handler {
	return func(ctx context.Context, call *resource.Call) (*resource.Answer, error) {
		l, err := p.location(call)
		if err != nil {
			return nil, err
		}
		found := []*resource.Document{}
		err = call.Read(ctx, func(r store.Reader) error {
			docs, err := resource.ListTx(r, resource.ID{Subscription: call.ID.Subscription, Namespace: Namespace, Types: []string{typ}})
			for _, doc := range docs {
				if doc.Location == l.Name {
					found = append(found, doc)
				}
			}
			return err
		})
		if err != nil {
			return nil, fault.Wrap("compute.byLocation", err)
		}
		shown := []*resource.Document{}
		for _, doc := range found {
			id, ok := resource.ParseID(doc.ID)
			if !ok {
				continue
			}
			if ok, err = call.Permits(Namespace+"/"+typ+"/read", id.Scope()); err != nil {
				return nil, err
			}
			if !ok {
				continue
			}
			if doc, err = p.viewMachine(ctx, call, doc); err != nil {
				return nil, err
			}
			shown = append(shown, doc)
		}
		return &resource.Answer{Body: object{"value": shown}}, nil
	}
}

// skus lists what could be bought, for clients that look before they create.
func (p *provider) skus(_ context.Context, call *resource.Call) (*resource.Answer, error) {
	locations := make([]string, 0, len(p.Cloud.Locations))
	filter := strings.ReplaceAll(call.Query.Get("$filter"), " ", "")
	for _, l := range p.Cloud.Locations {
		if filter == "" || strings.EqualFold(filter, "locationeq'"+l.Name+"'") {
			locations = append(locations, l.Name)
		}
	}
	value := []any{}
	for _, l := range locations {
		for _, s := range sizes() {
			value = append(value, object{
				"resourceType": "virtualMachines", "name": s.Name, "tier": "Standard", "size": strings.TrimPrefix(s.Name, "Standard_"),
				"locations": []string{l}, "locationInfo": []any{object{"location": l, "zones": []string{}}}, "restrictions": []any{},
				"capabilities": []any{
					object{"name": "vCPUs", "value": strconv.Itoa(s.NumberOfCores)},
					object{"name": "MemoryGB", "value": strconv.FormatFloat(float64(s.MemoryInMB)/1024, 'f', -1, 64)},
					object{"name": "HyperVGenerations", "value": "V1,V2"},
				},
			})
		}
	}
	return &resource.Answer{Body: object{"value": value}}, nil
}
