package managedidentity

import (
	"context"
	"strings"

	"github.com/alcedo-cloud/alcedo/internal/fault"
	"github.com/alcedo-cloud/alcedo/internal/identity"
	"github.com/alcedo-cloud/alcedo/internal/rbac"
	"github.com/alcedo-cloud/alcedo/internal/resource"
	"github.com/alcedo-cloud/alcedo/internal/store"
)

// associated is an element of listAssociatedResources (api-versions 2021-09-30-preview and 2022-01-31-preview).
type associated struct {
	ID             string `json:"id"`
	Name           string `json:"name"`
	Type           string `json:"type"`
	ResourceGroup  string `json:"resourceGroup"`
	SubscriptionID string `json:"subscriptionId"`
}

// associatedResources lists the machines of the identity's subscription that it is assigned to, as far as the caller may
// read them.
func (p *provider) associatedResources(ctx context.Context, call *resource.Call) (*resource.Answer, error) {
	if !strings.HasPrefix(call.APIVersion, "2021-09-30") && !strings.HasPrefix(call.APIVersion, "2022-01-31") {
		return nil, fault.Newf(fault.Unsupported, "managedidentity.associatedResources", "NoRegisteredProviderFound",
			"The action 'listAssociatedResources' is not supported in api-version '%s'.", call.APIVersion)
	}
	found := []associated{}
	if _, err := call.Document(ctx); err != nil {
		return nil, err
	}
	err := call.Read(ctx, func(r store.Reader) error {
		for _, fullType := range []string{identity.MachineType, identity.ScaleSetType} {
			ns, typ, _ := strings.Cut(fullType, "/")
			docs, err := resource.ListTx(r, resource.ID{Subscription: call.ID.Subscription, Namespace: ns, Types: []string{typ}})
			if err != nil {
				return err
			}
			for _, doc := range docs {
				if identity.Assigned(doc, call.ID) {
					found = append(found, entry(doc))
				}
			}
		}
		return nil
	})
	if err != nil {
		return nil, fault.Wrap("managedidentity.associatedResources", err)
	}
	shown := found[:0]
	for _, a := range found {
		ok, err := call.Permits(a.Type+"/read", rbac.NewScope(a.ID))
		if err != nil {
			return nil, err
		}
		if ok {
			shown = append(shown, a)
		}
	}
	return &resource.Answer{Body: map[string]any{"totalCount": len(shown), "value": shown}}, nil
}

func entry(doc *resource.Document) associated {
	a := associated{ID: doc.ID, Name: doc.Name, Type: doc.Type}
	if id, ok := resource.ParseID(doc.ID); ok {
		a.ResourceGroup, a.SubscriptionID = id.Group, id.Subscription
	}
	return a
}
