package deployment

import (
	"context"
	"encoding/json"
	"net/url"
	"regexp"
	"strconv"
	"strings"

	"github.com/alcedo-cloud/alcedo/internal/fault"
	"github.com/alcedo-cloud/alcedo/internal/resource"
	"github.com/alcedo-cloud/alcedo/internal/store"
	"github.com/alcedo-cloud/alcedo/internal/template"
)

func (p *provider) get(ctx context.Context, call *resource.Call) (*resource.Answer, error) {
	doc, err := find(ctx, call)
	if err != nil {
		return nil, err
	}
	return &resource.Answer{Status: 200, Body: doc}, nil
}

// remove deletes the record of a deployment; what it deployed stays.
func (p *provider) remove(ctx context.Context, call *resource.Call) (*resource.Answer, error) {
	err := call.Write(ctx, func(tx store.Tx) error { return resource.DeleteTx(tx, call.ID) })
	if err != nil {
		return nil, err
	}
	return &resource.Answer{Status: 204}, nil
}

// list answers the deployments of a scope, the latest first. $filter knows provisioningState eq '…'.
func (p *provider) list(ctx context.Context, call *resource.Call) (*resource.Answer, error) {
	state, err := stateFilter(call.Query)
	if err != nil {
		return nil, err
	}
	var all []*resource.Document
	err = call.Read(ctx, func(read store.Reader) (err error) {
		all, err = at(read, call.ID)
		return err
	})
	if err != nil {
		return nil, err
	}
	rows := []*resource.Document{}
	for _, doc := range all {
		if is, _ := doc.Properties["provisioningState"].(string); state == "" || strings.EqualFold(is, state) {
			rows = append(rows, doc)
		}
	}
	top, err := top(call.Query, len(rows))
	return &resource.Answer{Status: 200, Body: map[string]any{"value": rows[:top]}}, err
}

func stateFilter(q url.Values) (string, error) {
	text := strings.TrimSpace(q.Get("$filter"))
	if text == "" {
		return "", nil
	}
	match := regexp.MustCompile(`(?i)^provisioningState\s+eq\s+'([a-z]*)'$`).FindStringSubmatch(text)
	if match == nil {
		return "", fault.Newf(fault.Invalid, "deployment.list", "InvalidFilterInQueryString",
			"Invalid $filter '%s' specified in the query string.", text)
	}
	return match[1], nil
}

func top(q url.Values, size int) (int, error) {
	text := q.Get("$top")
	if text == "" {
		return size, nil
	}
	n, err := strconv.Atoi(text)
	if err != nil || n < 1 {
		return 0, fault.Newf(fault.Invalid, "deployment.top", "InvalidQueryParameterValue",
			"The value '%s' of the query parameter '$top' is not valid. It must be a whole number above 0.", text)
	}
	return min(n, size), nil
}

// operationsOf reads what came of each resource of a deployment.
func operationsOf(doc *resource.Document) ([]operation, error) {
	text, err := json.Marshal(doc.Hidden["operations"])
	if err != nil {
		return nil, fault.Wrap("deployment.operations", err)
	}
	var all []operation
	err = json.Unmarshal(text, &all)
	return all, fault.Wrap("deployment.operations", err)
}

func showOperation(doc *resource.Document, op operation) map[string]any {
	properties := map[string]any{
		"provisioningOperation": op.Action, "provisioningState": op.State, "timestamp": op.At.UTC().Format("2006-01-02T15:04:05.0000000Z"),
		"duration": duration(op.Took), "trackingId": doc.Hidden["operation"], "statusCode": op.Status,
	}
	if op.TargetID != "" {
		properties["targetResource"] = map[string]any{"id": op.TargetID, "resourceType": op.Type, "resourceName": op.Name}
	}
	if op.Problem != nil {
		properties["statusMessage"] = map[string]any{"error": op.Problem}
	}
	return map[string]any{"id": doc.ID + "/operations/" + op.ID, "operationId": op.ID, "properties": properties}
}

func (p *provider) operations(ctx context.Context, call *resource.Call) (*resource.Answer, error) {
	doc, err := find(ctx, call)
	if err != nil {
		return nil, err
	}
	all, err := operationsOf(doc)
	if err != nil {
		return nil, err
	}
	size, err := top(call.Query, len(all))
	if err != nil {
		return nil, err
	}
	rows := []any{}
	for _, op := range all[:size] {
		rows = append(rows, showOperation(doc, op))
	}
	return &resource.Answer{Status: 200, Body: map[string]any{"value": rows}}, nil
}

func (p *provider) operation(ctx context.Context, call *resource.Call) (*resource.Answer, error) {
	doc, err := find(ctx, call)
	if err != nil {
		return nil, err
	}
	all, err := operationsOf(doc)
	if err != nil {
		return nil, err
	}
	for _, op := range all {
		if strings.EqualFold(op.ID, call.ID.Name()) {
			return &resource.Answer{Status: 200, Body: showOperation(doc, op)}, nil
		}
	}
	return nil, fault.Newf(fault.NotFound, "deployment.operation", "DeploymentOperationNotFound",
		"The deployment operation '%s' could not be found.", call.ID.Name())
}

// status is how a deployment ended, for those who wait for it.
func (p *provider) status(ctx context.Context, call *resource.Call) (*resource.Answer, error) {
	doc, err := find(ctx, call)
	if err != nil {
		return nil, err
	}
	if of, _ := doc.Hidden["operation"].(string); !strings.EqualFold(of, call.ID.Name()) {
		return nil, notFound(doc.Name)
	}
	out := map[string]any{"status": doc.Properties["provisioningState"]}
	if found := doc.Properties["error"]; found != nil {
		out["error"] = found
	}
	return &resource.Answer{Status: 200, Body: out}, nil
}

// cancel has nothing to end: a deployment is over when it is answered.
func (p *provider) cancel(ctx context.Context, call *resource.Call) (*resource.Answer, error) {
	doc, err := find(ctx, call)
	if err != nil {
		return nil, err
	}
	return nil, fault.Newf(fault.Conflict, "deployment.cancel", "DeploymentCannotBeCancelled",
		"The deployment '%s' cannot be cancelled because it is in the terminal state '%v'.", doc.Name, doc.Properties["provisioningState"])
}

// export gives the template of a deployment back.
func (p *provider) export(ctx context.Context, call *resource.Call) (*resource.Answer, error) {
	doc, err := find(ctx, call)
	if err != nil {
		return nil, err
	}
	return &resource.Answer{Status: 200, Body: map[string]any{"template": doc.Hidden["template"]}}, nil
}

// hash answers calculateTemplateHash.
func (p *provider) hash(_ context.Context, call *resource.Call) (*resource.Answer, error) {
	if len(call.Body) == 0 {
		return nil, invalidContent("The request body is missing.")
	}
	v, err := template.Decode(call.Body)
	if err != nil {
		return nil, invalidContent("The request body is not JSON.")
	}
	text, err := json.Marshal(v)
	return &resource.Answer{Status: 200, Body: map[string]any{"minifiedTemplate": string(text), "templateHash": template.Hash(v)}}, err
}

// validate answers what a deployment would, without deploying.
func (p *provider) validate(ctx context.Context, call *resource.Call) (*resource.Answer, error) {
	r, err := p.begin(ctx, call)
	if err != nil {
		return nil, err
	}
	if err := r.authorize(); err != nil {
		return nil, err
	}
	properties, err := r.properties()
	if err != nil {
		return nil, err
	}
	rows := []any{}
	for _, one := range r.program.Resources() {
		if deployed(one) {
			rows = append(rows, map[string]any{"id": one.ID})
		}
	}
	properties["validatedResources"] = rows
	return &resource.Answer{Status: 200, Body: map[string]any{
		"id": scopeOf(call.ID) + "/providers/" + typeName + "/" + call.ID.Name(), "name": call.ID.Name(), "type": typeName, "properties": properties,
	}}, nil
}
