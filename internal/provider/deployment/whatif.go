package deployment

import (
	"context"
	"reflect"
	"strconv"
	"strings"

	"github.com/alcedo-cloud/alcedo/internal/fault"
	"github.com/alcedo-cloud/alcedo/internal/resource"
	"github.com/alcedo-cloud/alcedo/internal/template"
)

// whatIf answers what a deployment would change.
// Source: learn.microsoft.com/rest/api/resources/deployments/what-if.
func (p *provider) whatIf(ctx context.Context, call *resource.Call) (*resource.Answer, error) {
	r, err := p.begin(ctx, call)
	if fault.ReasonOf(err) == "InvalidTemplate" {
		// What is wrong with a template is the result of asking, not a refusal.
		found, err := problemOf(err)
		return &resource.Answer{Status: 200, Body: map[string]any{"status": "Failed", "error": found}}, err
	}
	if err != nil {
		return nil, err
	}
	changes := []any{}
	seen := map[string]bool{}
	for _, one := range r.program.Resources() {
		seen[strings.ToLower(one.ID)] = !one.Skipped
		if !deployed(one) {
			continue
		}
		change, err := r.foresee(ctx, one)
		if err != nil {
			return nil, err
		}
		changes = append(changes, change)
	}
	if call.ID.Group != "" {
		others, err := r.others(ctx)
		if err != nil {
			return nil, err
		}
		for _, id := range others {
			if seen[id.Key()] {
				continue
			}
			kind := "Ignore"
			if r.complete {
				kind = "Delete"
			}
			before, err := r.ask(ctx, "GET", id.String(), r.call.NewestVersion(id), nil)
			if err != nil {
				return nil, err
			}
			changes = append(changes, map[string]any{"resourceId": id.String(), "changeType": kind, "before": before})
		}
	}
	return &resource.Answer{Status: 200, Body: map[string]any{"status": "Succeeded", "properties": map[string]any{
		"correlationId": r.correlation, "changes": changes,
	}}}, nil
}

// foresee compares one resource with what is there.
func (r *run) foresee(ctx context.Context, one *template.Resource) (map[string]any, error) {
	change := map[string]any{"resourceId": one.ID}
	after, err := one.Body()
	if err != nil {
		found, err := problemOf(err)
		if err != nil {
			return nil, err
		}
		change["changeType"], change["unsupportedReason"] = "Unsupported", found.Message
		return change, nil
	}
	after["id"], after["name"], after["type"], after["apiVersion"] = one.ID, one.Name[strings.LastIndexByte(one.Name, '/')+1:], one.Type, one.APIVersion
	if strings.EqualFold(one.Type, typeName) {
		change["changeType"] = "Deploy"
		return change, nil
	}
	v, err := r.ask(ctx, "GET", one.ID, one.APIVersion, nil)
	if fault.Is(err, fault.NotFound) {
		change["changeType"], change["after"] = "Create", after
		return change, nil
	}
	if err != nil {
		return nil, err
	}
	before, _ := v.(map[string]any)
	change["before"], change["after"] = before, after
	delta := []any{}
	for _, name := range keys(after) {
		if name == "id" || name == "name" || name == "type" || name == "apiVersion" {
			continue
		}
		delta = append(delta, differ(name, before[name], after[name])...)
	}
	change["changeType"] = "NoChange"
	if len(delta) > 0 {
		change["changeType"], change["delta"] = "Modify", delta
	}
	return change, nil
}

// differ lists what a template says otherwise than the resource. What the template does not say stays.
func differ(path string, before, after any) []any {
	was, isObject := before.(map[string]any)
	will, alsoObject := after.(map[string]any)
	if isObject && alsoObject {
		out := []any{}
		for _, name := range keys(will) {
			out = append(out, differ(path+"."+name, was[name], will[name])...)
		}
		return out
	}
	if reflect.DeepEqual(before, after) || sameLocation(path, before, after) {
		return nil
	}
	kind := "Modify"
	if before == nil {
		kind = "Create"
	}
	change := map[string]any{"path": path, "propertyChangeType": kind, "before": before, "after": after}
	list, isList := before.([]any)
	next, alsoList := after.([]any)
	if !isList || !alsoList {
		return []any{change}
	}
	change["propertyChangeType"] = "Array"
	children := []any{}
	for i := range max(len(list), len(next)) {
		at := strconv.Itoa(i)
		switch {
		case i >= len(list):
			children = append(children, map[string]any{"path": at, "propertyChangeType": "Create", "after": next[i]})
		case i >= len(next):
			children = append(children, map[string]any{"path": at, "propertyChangeType": "Delete", "before": list[i]})
		default:
			children = append(children, differ(at, list[i], next[i])...)
		}
	}
	if len(children) == 0 {
		return nil
	}
	change["children"] = children
	return []any{change}
}

// sameLocation reports whether two spellings of a location mean one.
func sameLocation(path string, before, after any) bool {
	was, ok := before.(string)
	will, also := after.(string)
	return path == "location" && ok && also && strings.EqualFold(strings.ReplaceAll(was, " ", ""), strings.ReplaceAll(will, " ", ""))
}
