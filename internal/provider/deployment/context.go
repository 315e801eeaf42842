package deployment

import (
	"context"
	"encoding/json"
	"net/url"
	"strings"
	"time"

	"github.com/alcedo-cloud/alcedo/internal/fault"
	"github.com/alcedo-cloud/alcedo/internal/resource"
	"github.com/alcedo-cloud/alcedo/internal/store"
	"github.com/alcedo-cloud/alcedo/internal/template"
)

// context is what the template's functions ask about.
func (r *run) context(ctx context.Context) template.Context {
	return template.Context{
		TenantID: r.TenantID, SubscriptionID: r.call.ID.Subscription, Group: r.call.ID.Group,
		Now: r.started.UTC().Format(time.RFC3339Nano), NewGUID: r.newID,
		Describe:  func(what string) (any, error) { return r.describe(ctx, what) },
		Reference: func(id, version string, full bool) (any, error) { return r.reference(ctx, id, version, full) },
		List: func(name, id, version string, body any) (any, error) {
			return r.ask(ctx, "POST", strings.TrimSuffix(id, "/")+"/"+name, version, body)
		},
		Secret: func(vault, name, version string) (string, error) { return r.secret(ctx, vault, name, version) },
	}
}

// ask sends a request of the caller's and decodes the answer.
func (r *run) ask(ctx context.Context, method, path, version string, body any) (any, error) {
	var text []byte
	if body != nil {
		var err error
		if text, err = json.Marshal(body); err != nil {
			return nil, fault.Wrap("deployment.ask", err)
		}
	}
	answer, err := r.call.Do(ctx, &resource.Request{Method: method, Path: path, APIVersion: version, Query: url.Values{}, Body: text})
	if err != nil {
		return nil, err
	}
	if answer.Body == nil {
		return nil, nil
	}
	if text, err = json.Marshal(answer.Body); err != nil {
		return nil, fault.Wrap("deployment.ask", err)
	}
	v, err := template.Decode(text)
	return v, fault.Wrap("deployment.ask", err)
}

// reference is the state of a resource: its properties, or in full all of it.
func (r *run) reference(ctx context.Context, id, version string, full bool) (any, error) {
	v, err := r.ask(ctx, "GET", id, version, nil)
	if err != nil {
		return nil, err
	}
	object, _ := v.(map[string]any)
	if !full {
		properties, ok := object["properties"]
		if !ok {
			properties = map[string]any{}
		}
		return properties, nil
	}
	if object == nil {
		object = map[string]any{}
	}
	object["apiVersion"], object["resourceId"] = version, id
	if parsed, ok := resource.ParseID(id); ok {
		object["subscriptionId"], object["resourceGroupName"] = parsed.Subscription, parsed.Group
	}
	return object, nil
}

// secret reads a parameter's value from a vault, if the caller may deploy with it.
func (r *run) secret(ctx context.Context, vault, name, version string) (string, error) {
	id, ok := resource.ParseID(vault)
	if !ok || !strings.EqualFold(id.FullType(), "Microsoft.KeyVault/vaults") || id.Name() == "" || r.Secret == nil {
		return "", fault.Newf(fault.Invalid, "deployment", "InvalidKeyVaultId", "The KeyVault resource id '%s' is not valid.", vault)
	}
	if err := r.call.Authorize("Microsoft.KeyVault/vaults/deploy/action", id.Scope()); err != nil {
		return "", err
	}
	return r.Secret(ctx, id, name, version)
}

// describe answers the functions that ask for what is around the deployment.
func (r *run) describe(ctx context.Context, what string) (any, error) {
	id := r.call.ID
	switch what {
	case "subscription":
		out := map[string]any{
			"id": "/subscriptions/" + id.Subscription, "subscriptionId": id.Subscription, "tenantId": r.TenantID, "displayName": "",
		}
		v, err := r.ask(ctx, "GET", "/subscriptions/"+id.Subscription, "2022-12-01", nil)
		if known, ok := v.(map[string]any); ok && err == nil {
			out["displayName"] = known["displayName"]
		}
		return out, nil
	case "resourceGroup":
		return r.group(ctx)
	case "tenant":
		return map[string]any{
			"id": "/tenants/" + r.TenantID, "tenantId": r.TenantID, "countryCode": "US", "displayName": "",
		}, nil
	case "deployment":
		out := map[string]any{
			"name": id.Name(),
			"properties": map[string]any{
				"template": r.template, "mode": r.mode, "provisioningState": "Accepted", "parameters": r.given,
			},
		}
		if r.location != "" {
			out["location"] = r.location
		}
		return out, nil
	}
	return r.environment(), nil
}

// group is the resource group as its deployments see it.
func (r *run) group(ctx context.Context) (any, error) {
	if r.call.ID.Group == "" {
		return nil, fault.New(fault.Invalid, "deployment", "InvalidTemplate",
			"The template function 'resourceGroup' is not expected in a deployment at subscription scope.")
	}
	id, _ := resource.ParseID(scopeOf(r.call.ID))
	var doc *resource.Document
	err := r.call.Read(ctx, func(read store.Reader) (err error) {
		doc, err = resource.GetTx(read, id)
		return err
	})
	if err != nil {
		return nil, err
	}
	text, err := doc.MarshalJSON()
	if err != nil {
		return nil, fault.Wrap("deployment.group", err)
	}
	v, err := template.Decode(text)
	return v, fault.Wrap("deployment.group", err)
}

// environment is the cloud, in the shape of the template function.
// Source: learn.microsoft.com, "Deployment functions for ARM templates".
func (r *run) environment() any {
	c := r.Cloud
	return map[string]any{
		"name": c.Name, "gallery": "https://" + c.Gallery + "/", "graph": "https://" + c.AADGraph + "/", "graphAudience": "https://" + c.AADGraph + "/",
		"portal": "https://" + c.Portal, "batch": "https://" + c.Batch + "/", "resourceManager": "https://" + c.ResourceManager + "/",
		"sqlManagement": "https://" + c.SQLManagement + "/", "vmImageAliasDoc": c.VMImageAliases,
		"authentication": map[string]any{
			"loginEndpoint": "https://" + c.Login + "/", "tenant": "common", "identityProvider": "AAD",
			"audiences": []any{"https://" + c.Management + "/", "https://" + c.ResourceManager + "/"},
		},
		"suffixes": map[string]any{
			"acrLoginServer": "." + c.RegistrySuffix, "keyvaultDns": "." + c.KeyVaultSuffix, "sqlServerHostname": "." + c.SQLSuffix,
			"storage": c.StorageSuffix,
		},
	}
}
