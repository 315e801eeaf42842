package compute

import (
	"context"
	"maps"
	"strings"

	"github.com/alcedo-cloud/alcedo/internal/resource"
)

// status is an element of an instance view.
type status struct {
	Code          string `json:"code"`
	Level         string `json:"level"`
	DisplayStatus string `json:"displayStatus"`
	Time          string `json:"time,omitempty"`
}

// expands reports whether the request asks for that part with $expand, which takes several, separated by commas.
func expands(call *resource.Call, part string) bool {
	for name, values := range call.Query {
		if !strings.EqualFold(name, "$expand") || len(values) == 0 {
			continue
		}
		for _, v := range strings.Split(values[0], ",") {
			if strings.EqualFold(strings.TrimSpace(v), part) {
				return true
			}
		}
	}
	return false
}

// viewMachine hides the user data unless it is asked for, and adds the instance view when it is.
func (p *provider) viewMachine(_ context.Context, call *resource.Call, doc *resource.Document) (*resource.Document, error) {
	withView := expands(call, "instanceView")
	_, secret := doc.Properties["userData"]
	if !withView && !secret {
		return doc, nil
	}
	shown := *doc
	shown.Properties = maps.Clone(doc.Properties)
	if !expands(call, "userData") {
		delete(shown.Properties, "userData")
	}
	if withView {
		shown.Properties["instanceView"] = machineView(doc)
	}
	return &shown, nil
}

// instanceView answers GET {machine}/instanceView.
func (p *provider) instanceView(ctx context.Context, call *resource.Call) (*resource.Answer, error) {
	doc, err := parent(ctx, call)
	if err != nil {
		return nil, err
	}
	return &resource.Answer{Body: machineView(doc)}, nil
}

// parent is the document that a collection below a resource belongs to.
func parent(ctx context.Context, call *resource.Call) (*resource.Document, error) {
	above := *call
	above.ID = call.ID.Container()
	return above.Document(ctx)
}

func machineView(doc *resource.Document) object {
	created := text(doc.Properties, "timeCreated")
	statuses := []status{{"ProvisioningState/succeeded", "Info", "Provisioning succeeded", created}}
	if generalized(doc) {
		statuses = append(statuses, status{"OSState/generalized", "Info", "VM generalized", ""})
	}
	state := PowerState(doc)
	statuses = append(statuses, status{"PowerState/" + state, "Info", "VM " + state, ""})
	disk := child(child(doc.Properties, "storageProfile"), "osDisk")
	view := object{
		"hyperVGeneration": "V2",
		"disks": []any{object{
			"name":     text(disk, "name"),
			"statuses": []status{{"ProvisioningState/succeeded", "Info", "Provisioning succeeded", created}},
		}},
		"statuses": statuses,
	}
	if Running(doc) {
		view["computerName"] = text(child(doc.Properties, "osProfile"), "computerName")
		view["osName"] = strings.ToLower(text(disk, "osType"))
		view["vmAgent"] = object{
			"vmAgentVersion":    "2.7.0.6",
			"extensionHandlers": []any{},
			"statuses":          []status{{"ProvisioningState/succeeded", "Info", "Ready", ""}},
		}
	}
	return view
}
