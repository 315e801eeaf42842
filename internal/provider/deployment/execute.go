package deployment

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"strings"
	"time"

	"github.com/alcedo-cloud/alcedo/internal/fault"
	"github.com/alcedo-cloud/alcedo/internal/rbac"
	"github.com/alcedo-cloud/alcedo/internal/resource"
	"github.com/alcedo-cloud/alcedo/internal/template"
)

// operation is what came of one resource.
type operation struct {
	ID       string        `json:"operationId"`
	Action   string        `json:"action"`
	State    string        `json:"state"`
	At       time.Time     `json:"at"`
	Took     time.Duration `json:"took"`
	Status   string        `json:"status"`
	TargetID string        `json:"targetId,omitempty"`
	Type     string        `json:"type,omitempty"`
	Name     string        `json:"name,omitempty"`
	Problem  *problem      `json:"problem,omitempty"`
}

// problem is an error of Resource Manager's.
type problem struct {
	Code    string    `json:"code"`
	Message string    `json:"message"`
	Target  string    `json:"target,omitempty"`
	Details []problem `json:"details,omitempty"`
}

// deployed reports whether the template itself deploys the resource, and nothing but a reference is meant.
func deployed(r *template.Resource) bool { return !r.Existing && !r.Skipped }

// authorize asks, before anything is deployed, whether the caller may write each resource of the template.
func (r *run) authorize() error {
	var refused []string
	for _, one := range r.program.Resources() {
		if !deployed(one) {
			continue
		}
		action := one.Type + "/write"
		if strings.EqualFold(one.Type, "Microsoft.Resources/resourceGroups") {
			action = "Microsoft.Resources/subscriptions/resourceGroups/write"
		}
		err := r.call.Authorize(action, rbac.NewScope(one.ID))
		if err == nil {
			continue
		}
		if !fault.Is(err, fault.Denied) {
			return err
		}
		c := r.call.Caller
		refused = append(refused, fmt.Sprintf("Authorization failed for template resource '%s' of type '%s'. The client '%s' with object id "+
			"'%s' does not have permission to perform action '%s' at scope '%s'.", one.Name, one.Type, c.Quoted(), c.ObjectID, action, one.ID))
	}
	if len(refused) == 0 {
		return nil
	}
	return fault.Newf(fault.Denied, "deployment.authorize", "InvalidTemplateDeployment",
		"Deployment failed with multiple errors: '%s'", strings.Join(refused, ":"))
}

// execute deploys resource after resource. What needs one that failed is left out; all others are still tried, as they
// are in Azure.
func (r *run) execute(ctx context.Context) error {
	failed := map[*template.Resource]bool{}
	for _, one := range r.program.Resources() {
		if !deployed(one) {
			continue
		}
		for _, need := range one.Needs {
			failed[one] = failed[one] || failed[need]
		}
		if failed[one] {
			continue
		}
		r.since = r.Clock.Now()
		found, err := r.deploy(ctx, one)
		if err != nil {
			return err
		}
		if found != nil {
			failed[one] = true
			r.failures = append(r.failures, *found)
		}
		if err := r.record("Create", one, found); err != nil {
			return err
		}
	}
	if len(r.failures) > 0 {
		return nil
	}
	r.since = r.Clock.Now()
	outputs, err := r.program.Outputs()
	if err == nil {
		r.outputs = outputs
		return r.record("EvaluateDeploymentOutput", nil, nil)
	}
	found, err := problemOf(err)
	if err != nil {
		return err
	}
	r.failures = append(r.failures, problem{
		Code: "DeploymentOutputEvaluationFailed", Message: "Unable to evaluate template outputs. Please see error details and deployment operations. " +
			"Please see https://aka.ms/arm-common-errors for usage details.", Details: []problem{*found},
	})
	return r.record("EvaluateDeploymentOutput", nil, found)
}

// deploy sends one resource. A refusal is a problem of the deployment's; what is wrong with alcedo itself is an error.
func (r *run) deploy(ctx context.Context, one *template.Resource) (*problem, error) {
	body, err := one.Body()
	if err != nil {
		return problemOf(err)
	}
	if strings.EqualFold(one.Type, typeName) {
		ctx = deeper(ctx)
	}
	if _, err := r.ask(ctx, "PUT", one.ID, one.APIVersion, body); err != nil {
		return problemOf(err)
	}
	if !strings.EqualFold(one.Type, typeName) {
		return nil, nil
	}
	// A nested deployment is accepted, and then says itself what came of it.
	v, err := r.ask(ctx, "GET", one.ID, one.APIVersion, nil)
	if err != nil {
		return problemOf(err)
	}
	nested, _ := v.(map[string]any)
	properties, _ := nested["properties"].(map[string]any)
	if properties["provisioningState"] == "Succeeded" {
		return nil, nil
	}
	return problemFrom(properties["error"], 0), nil
}

func (r *run) record(action string, one *template.Resource, found *problem) error {
	id, err := r.newID()
	if err != nil {
		return err
	}
	op := operation{ID: strings.ToUpper(strings.ReplaceAll(id, "-", ""))[:16], Action: action, State: "Succeeded", At: r.Clock.Now(), Took: r.Clock.Now().Sub(r.since), Status: "OK", Problem: found}
	if one != nil {
		op.TargetID, op.Type, op.Name = one.ID, one.Type, one.Name[strings.LastIndexByte(one.Name, '/')+1:]
		op.Status = "Created"
	}
	if found != nil {
		op.State, op.Status = "Failed", "BadRequest"
		if found.Code == "AuthorizationFailed" || found.Code == "LinkedAuthorizationFailed" {
			op.Status = "Forbidden"
		} else if strings.HasSuffix(found.Code, "NotFound") {
			op.Status = "NotFound"
		} else if strings.HasSuffix(found.Code, "Conflict") {
			op.Status = "Conflict"
		}
	}
	r.done = append(r.done, op)
	return nil
}

// sweep deletes, in complete mode, what is in the group and not in the template.
func (r *run) sweep(ctx context.Context) error {
	kept := map[string]bool{}
	for _, one := range r.program.Resources() {
		kept[strings.ToLower(one.ID)] = !one.Skipped
	}
	others, err := r.others(ctx)
	if err != nil {
		return err
	}
	for _, id := range others {
		if kept[id.Key()] {
			continue
		}
		_, err := r.call.Do(ctx, &resource.Request{Method: "DELETE", Path: id.String(), APIVersion: r.call.NewestVersion(id), Query: url.Values{}})
		if err == nil || fault.Is(err, fault.NotFound) { // it may have gone with one before it
			continue
		}
		found, err := problemOf(err)
		if err != nil {
			return err
		}
		r.failures = append(r.failures, *found)
	}
	return nil
}

// others are the resources that are in the group.
func (r *run) others(ctx context.Context) ([]resource.ID, error) {
	v, err := r.ask(ctx, "GET", scopeOf(r.call.ID)+"/resources", "2021-04-01", nil)
	if err != nil {
		return nil, err
	}
	list, _ := v.(map[string]any)
	rows, _ := list["value"].([]any)
	var out []resource.ID
	for _, row := range rows {
		one, _ := row.(map[string]any)
		text, _ := one["id"].(string)
		if id, ok := resource.ParseID(text); ok {
			out = append(out, id)
		}
	}
	return out, nil
}

// problemOf is a fault as Resource Manager's error. What no client is told of stays an error.
func problemOf(err error) (*problem, error) {
	var f *fault.Error
	if !errors.As(err, &f) {
		return nil, err
	}
	switch f.Kind {
	case fault.Internal, fault.Canceled, fault.Unavailable:
		return nil, err
	}
	out := &problem{Code: f.Reason, Message: f.Message, Target: f.Target}
	var d *rbac.Denial
	if errors.As(err, &d) {
		out.Code = "AuthorizationFailed"
		out.Message = fmt.Sprintf("The client '%s' with object id '%s' does not have authorization to perform action '%s' over scope '%s' or the "+
			"scope is invalid. If access was recently granted, please refresh your credentials.", d.Caller.Quoted(), d.Caller.ObjectID, d.Action, d.Scope)
		if len(d.Linked) > 0 {
			out.Code = "LinkedAuthorizationFailed"
			out.Message = fmt.Sprintf("The client '%s' with object id '%s' has permission to perform action '%s' on scope '%s'; however, it does "+
				"not have permission to perform action(s) '%s' on the linked scope(s) '%s' (respectively) or the linked scope(s) are invalid.",
				d.Caller.Quoted(), d.Caller.ObjectID, d.Action, d.Scope, d.Linked[0].Action, d.Linked[0].Scope)
		}
	}
	if out.Code == "" {
		out.Code = "BadRequest"
	}
	return out, nil
}

// problemFrom reads an error from a document.
func problemFrom(v any, depth int) *problem {
	object, _ := v.(map[string]any)
	out := &problem{Code: "DeploymentFailed", Message: failedText}
	if code, ok := object["code"].(string); ok {
		out.Code = code
	}
	if message, ok := object["message"].(string); ok {
		out.Message = message
	}
	out.Target, _ = object["target"].(string)
	details, _ := object["details"].([]any)
	for _, each := range details {
		if depth < 2*maxNesting {
			out.Details = append(out.Details, *problemFrom(each, depth+1))
		}
	}
	return out
}
