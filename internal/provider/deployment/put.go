package deployment

import (
	"context"
	"encoding/json"
	"fmt"
	"sort"
	"strings"
	"time"

	"github.com/alcedo-cloud/alcedo/internal/fault"
	"github.com/alcedo-cloud/alcedo/internal/resource"
	"github.com/alcedo-cloud/alcedo/internal/store"
	"github.com/alcedo-cloud/alcedo/internal/template"
)

const failedText = "At least one resource deployment operation failed. Please list deployment operations for details. Please see " +
	"https://aka.ms/arm-deployment-operations for usage details."

// put deploys a template. The work is done when it is answered: one that succeeded is answered as such, one that failed is
// accepted, and its operation says what failed, as clients expect it.
func (p *provider) put(ctx context.Context, call *resource.Call) (*resource.Answer, error) {
	r, err := p.begin(ctx, call)
	if err != nil {
		return nil, err
	}
	old, err := find(ctx, call)
	if err != nil && !fault.Is(err, fault.NotFound) {
		return nil, err
	}
	if old != nil && !strings.EqualFold(old.Location, r.location) {
		return nil, fault.Newf(fault.Conflict, "deployment.put", "InvalidDeploymentLocation",
			"Invalid deployment location '%s'. The deployment '%s' already exists in location '%s'.", r.location, call.ID.Name(), old.Location)
	}
	if err := r.authorize(); err != nil {
		return nil, err
	}
	if err := r.execute(ctx); err != nil {
		return nil, err
	}
	if r.complete && len(r.failures) == 0 {
		if err := r.sweep(ctx); err != nil {
			return nil, err
		}
	}
	doc, err := r.document()
	if err != nil {
		return nil, err
	}
	if err := keep(ctx, call, doc); err != nil {
		return nil, err
	}
	status := 201
	if old != nil {
		status = 200
	}
	answer := &resource.Answer{Status: status, Body: doc}
	if len(r.failures) > 0 {
		accepted, err := doc.Clone()
		if err != nil {
			return nil, fault.Wrap("deployment.put", err)
		}
		accepted.Properties["provisioningState"] = "Accepted"
		delete(accepted.Properties, "error")
		answer = &resource.Answer{Status: 201, Body: accepted, Header: map[string]string{
			"Azure-AsyncOperation": call.BaseURL + doc.ID + "/operationStatuses/" + r.correlation + "?api-version=" + call.APIVersion,
			"Retry-After":          "0",
		}}
	}
	return answer, nil
}

// find is the deployment that a call names.
func find(ctx context.Context, call *resource.Call) (*resource.Document, error) {
	id := call.ID
	for len(id.Types) > 1 {
		id = id.Container()
	}
	var doc *resource.Document
	err := call.Read(ctx, func(read store.Reader) (err error) {
		doc, err = resource.GetTx(read, id)
		return err
	})
	if fault.Is(err, fault.NotFound) {
		return nil, notFound(id.Name())
	}
	return doc, err
}

// keep stores a deployment, and drops the oldest of its scope where there are too many.
func keep(ctx context.Context, call *resource.Call, doc *resource.Document) error {
	return call.Write(ctx, func(tx store.Tx) error {
		all, err := at(tx, call.ID)
		if err != nil {
			return err
		}
		for len(all) >= maxDeployments {
			oldest, ok := resource.ParseID(all[len(all)-1].ID)
			if !ok {
				return fault.Newf(fault.Internal, "deployment.keep", "", "a stored deployment has no id")
			}
			if err := resource.DeleteTx(tx, oldest); err != nil {
				return err
			}
			all = all[:len(all)-1]
		}
		return resource.PutTx(tx, doc)
	})
}

// at are the deployments of the scope that an id is in, the latest first.
func at(read store.Reader, id resource.ID) ([]*resource.Document, error) {
	collection, _ := resource.ParseID(scopeOf(id) + "/providers/" + typeName)
	all, err := resource.ListTx(read, collection)
	if err != nil {
		return nil, err
	}
	out := all[:0]
	for _, doc := range all {
		if parsed, ok := resource.ParseID(doc.ID); ok && strings.EqualFold(parsed.Group, id.Group) {
			out = append(out, doc)
		}
	}
	time := func(d *resource.Document) string {
		text, _ := d.Properties["timestamp"].(string)
		return text
	}
	sort.SliceStable(out, func(i, j int) bool { return time(out[i]) > time(out[j]) })
	return out, nil
}

// document is the deployment as it is kept and shown.
func (r *run) document() (*resource.Document, error) {
	properties, err := r.properties()
	if err != nil {
		return nil, err
	}
	if r.outputs != nil {
		properties["outputs"] = r.outputs
	}
	written := []any{}
	for _, one := range r.program.Resources() {
		if deployed(one) {
			written = append(written, map[string]any{"id": one.ID})
		}
	}
	properties["outputResources"] = written
	id := scopeOf(r.call.ID) + "/providers/" + typeName + "/" + r.call.ID.Name()
	if len(r.failures) > 0 {
		properties["provisioningState"] = "Failed"
		delete(properties, "outputs")
		delete(properties, "outputResources")
		properties["error"] = problem{Code: "DeploymentFailed", Target: id, Message: failedText, Details: r.failures}
	}
	doc := &resource.Document{
		Name: r.call.ID.Name(), ID: id, Type: typeName, Location: r.location, Tags: r.tags, Properties: properties,
		Hidden: map[string]any{"operations": r.done, "template": r.template, "operation": r.correlation},
	}
	// As it will be read: what is of our own types becomes plain JSON.
	text, err := json.Marshal(doc.Properties)
	if err == nil {
		doc.Properties = nil
		err = json.Unmarshal(text, &doc.Properties)
	}
	return doc, fault.Wrap("deployment.document", err)
}

// properties are what deployments and their validation have in common.
func (r *run) properties() (map[string]any, error) {
	parameters, err := r.program.Parameters()
	if err != nil {
		return nil, err
	}
	return map[string]any{
		"templateHash": template.Hash(r.template), "parameters": parameters, "mode": r.mode, "provisioningState": "Succeeded",
		"timestamp": r.Clock.Now().UTC().Format("2006-01-02T15:04:05.0000000Z"), "duration": duration(r.Clock.Now().Sub(r.started)),
		"correlationId": r.correlation, "providers": r.providers(), "dependencies": r.dependencies(),
	}, nil
}

// duration writes a length of time as ISO 8601 has it.
func duration(d time.Duration) string { return fmt.Sprintf("PT%gS", d.Seconds()) }

// providers are the types that the template deploys, by their namespaces.
func (r *run) providers() []any {
	types := map[string]map[string]bool{}
	for _, one := range r.program.Resources() {
		namespace, rest, _ := strings.Cut(one.Type, "/")
		if types[namespace] == nil {
			types[namespace] = map[string]bool{}
		}
		types[namespace][rest] = true
	}
	out := []any{}
	for _, namespace := range keys(types) {
		rows := []any{}
		for _, name := range keys(types[namespace]) {
			rows = append(rows, map[string]any{"resourceType": name, "locations": []any{nil}})
		}
		out = append(out, map[string]any{"namespace": namespace, "resourceTypes": rows})
	}
	return out
}

func keys[V any](m map[string]V) []string {
	out := make([]string, 0, len(m))
	for k := range m {
		out = append(out, k)
	}
	sort.Strings(out)
	return out
}

// dependencies are what waits for what.
func (r *run) dependencies() []any {
	row := func(one *template.Resource) map[string]any {
		return map[string]any{"id": one.ID, "resourceType": one.Type, "resourceName": one.Name}
	}
	out := []any{}
	for _, one := range r.program.Resources() {
		if len(one.Needs) == 0 || !deployed(one) {
			continue
		}
		needs := []any{}
		for _, need := range one.Needs {
			needs = append(needs, row(need))
		}
		shown := row(one)
		shown["dependsOn"] = needs
		out = append(out, shown)
	}
	return out
}
