package authorization

import (
	"context"
	"strings"

	"github.com/alcedo-cloud/alcedo/internal/fault"
	"github.com/alcedo-cloud/alcedo/internal/rbac/assignments"
	"github.com/alcedo-cloud/alcedo/internal/resource"
)

// providerView is a provider with its operations. Source: the REST reference, "Provider Operations Metadata".
type providerView struct {
	DisplayName   string          `json:"displayName"`
	ID            string          `json:"id"`
	Name          string          `json:"name"`
	Type          string          `json:"type"`
	ResourceTypes []typeView      `json:"resourceTypes"`
	Operations    []operationView `json:"operations"`
}

type typeView struct {
	Name        string          `json:"name"`
	DisplayName string          `json:"displayName"`
	Operations  []operationView `json:"operations"`
}

type operationView struct {
	Name         string `json:"name"`
	DisplayName  string `json:"displayName"`
	Description  string `json:"description"`
	Origin       string `json:"origin"`
	Properties   any    `json:"properties"`
	IsDataAction bool   `json:"isDataAction"`
}

func (p *provider) listOperations(_ context.Context, call *resource.Call) (*resource.Answer, error) {
	if !atTenant(call) {
		return nil, operationsNotFound(call.ID.Base().String())
	}
	expand := expanded(call)
	views := []*providerView{}
	for _, op := range p.Assignments.Operations("") {
		at, _, _ := strings.Cut(op.Name, "/")
		if n := len(views); n == 0 || !strings.EqualFold(views[n-1].Name, at) {
			views = append(views, newProviderView(at))
		}
		views[len(views)-1].add(op, expand)
	}
	return &resource.Answer{Body: list{Value: views}}, nil
}

func (p *provider) getOperations(_ context.Context, call *resource.Call) (*resource.Answer, error) {
	operations := p.Assignments.Operations(call.ID.Name())
	if len(operations) == 0 || call.ID.Name() == "" || !atTenant(call) {
		return nil, operationsNotFound(call.ID.Name())
	}
	at, _, _ := strings.Cut(operations[0].Name, "/")
	view, expand := newProviderView(at), expanded(call)
	for _, op := range operations {
		view.add(op, expand)
	}
	return &resource.Answer{Body: view}, nil
}

func operationsNotFound(name string) error {
	return fault.Newf(fault.NotFound, "authorization.getOperations", "ProviderNotFound", "The resource provider '%s' is not found.", clip(name))
}

func expanded(call *resource.Call) bool {
	return strings.EqualFold(call.Query.Get("$expand"), "resourceTypes")
}

func newProviderView(name string) *providerView {
	return &providerView{
		DisplayName: name, Name: name, ID: "/providers/" + namespace + "/providerOperations/" + name,
		Type: namespace + "/providerOperations", ResourceTypes: []typeView{}, Operations: []operationView{},
	}
}

// add puts an operation with the provider's own, or with its resource type's where types are asked for.
func (v *providerView) add(op assignments.Operation, expand bool) {
	view := operationView{Name: op.Name, DisplayName: op.Name, Origin: "user,system", IsDataAction: op.Data}
	segments := strings.Split(op.Name, "/")
	last := len(segments) - 1 // the verb
	if strings.EqualFold(segments[last], "action") {
		last--
	}
	if last <= 1 {
		v.Operations = append(v.Operations, view)
		return
	}
	if !expand {
		return
	}
	kind := strings.Join(segments[1:last], "/")
	for i := range v.ResourceTypes {
		if strings.EqualFold(v.ResourceTypes[i].Name, kind) {
			v.ResourceTypes[i].Operations = append(v.ResourceTypes[i].Operations, view)
			return
		}
	}
	v.ResourceTypes = append(v.ResourceTypes, typeView{Name: kind, DisplayName: kind, Operations: []operationView{view}})
}
