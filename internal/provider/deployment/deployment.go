// Package deployment is Microsoft.Resources/deployments: templates put to work. Each resource of a template is sent to
// Resource Manager as a request of the caller's own, so that no template opens what its sender may not do. It must never
// know a protocol, nor what any one resource type means.
package deployment

import (
	"context"
	"io"
	"regexp"

	"github.com/google/uuid"

	"github.com/alcedo-cloud/alcedo/internal/clock"
	"github.com/alcedo-cloud/alcedo/internal/cloud"
	"github.com/alcedo-cloud/alcedo/internal/fault"
	"github.com/alcedo-cloud/alcedo/internal/resource"
)

const (
	typeName = "Microsoft.Resources/deployments"
	// maxDeployments is how many a scope keeps: the oldest go. Source: learn.microsoft.com, "Azure subscription limits".
	maxDeployments = 800
	maxNesting     = 5 // of deployments in deployments
)

// Config is what the provider stands on.
type Config struct {
	Cloud    cloud.Cloud
	Clock    clock.Clock
	Rand     io.Reader
	TenantID string // GUID
	// Secret reads a secret of the vault with that id for a parameter that refers to it. The caller has been found to hold
	// the vault's deploy/action.
	Secret func(ctx context.Context, vault resource.ID, name, version string) (string, error)
}

type provider struct{ Config }

// Provider returns the provider's table.
// Source: learn.microsoft.com/rest/api/resources/deployments.
func Provider(c Config) resource.Provider {
	p := &provider{c}
	versions := resource.CoreVersions()
	return resource.Provider{Namespace: "Microsoft.Resources", Types: []resource.Type{
		{
			Name: "deployments", APIVersions: versions, Extension: true, Relaxed: true,
			Get: p.get, List: p.list, Put: p.put, Delete: p.remove,
			Actions: map[string]resource.Handler{
				"validate": p.validate, "whatIf": p.whatIf, "cancel": p.cancel, "exportTemplate": p.export,
			},
		},
		{Name: "deployments/operations", APIVersions: versions, Extension: true, Get: p.operation, List: p.operations},
		{Name: "deployments/operationStatuses", APIVersions: versions, Extension: true, Get: p.status},
		{
			Name: "calculateTemplateHash", APIVersions: versions, Extension: true, Relaxed: true,
			Actions:        map[string]resource.Handler{"": p.hash},
			SelfAuthorized: func(*resource.Call) bool { return true }, // it computes, and reads nothing
		},
	}}
}

// checkID refuses names that no deployment may have, and scopes at which none are served.
func checkID(id resource.ID) error {
	if id.Subscription == "" || id.Parent != nil {
		return fault.New(fault.Unsupported, "deployment", "MethodNotAllowed",
			"Deployments at the scope of a tenant, a management group or a resource are not supported.")
	}
	name := id.Names[0]
	if ok, err := regexp.MatchString(`^[-\w._()]{1,64}$`, name); err != nil || !ok {
		return fault.Newf(fault.Invalid, "deployment", "InvalidDeploymentName",
			"The provided deployment name '%s' has these invalid characters or is too long. The name can only be a letter, digit, '-', '.', "+
				"'_', '(' or ')', and have at most '64' of them.", name)
	}
	return nil
}

// newID draws a GUID.
func (p *provider) newID() (string, error) {
	id, err := uuid.NewRandomFromReader(p.Rand)
	return id.String(), fault.Wrap("deployment.newID", err)
}

func invalidContent(text string) error {
	return fault.Newf(fault.Invalid, "deployment", "InvalidRequestContent",
		"The request content was invalid and could not be deserialized: '%s'.", text)
}

func notFound(name string) error {
	return fault.Newf(fault.NotFound, "deployment", "DeploymentNotFound", "Deployment '%s' could not be found.", name)
}

// scopeOf is the id of the resource group or subscription that a deployment is for.
func scopeOf(id resource.ID) string {
	if id.Group == "" {
		return "/subscriptions/" + id.Subscription
	}
	return "/subscriptions/" + id.Subscription + "/resourceGroups/" + id.Group
}
