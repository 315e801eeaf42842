package managedidentity

import (
	"context"
	"net/url"
	"strings"

	"github.com/alcedo-cloud/alcedo/internal/directory"
	"github.com/alcedo-cloud/alcedo/internal/fault"
	"github.com/alcedo-cloud/alcedo/internal/identity"
	"github.com/alcedo-cloud/alcedo/internal/resource"
)

// Bounds of an identity's name, in characters. To be assigned to a machine it must be shorter: see package identity.
const (
	minName = 3
	maxName = 128
)

// putIdentity makes the principal together with the resource. Nothing of its properties is the client's but the
// isolation scope of the newest versions.
func (p *provider) putIdentity(_ context.Context, ch *resource.Change) error {
	isolation, err := isolationScope(ch.New)
	if err != nil {
		return err
	}
	if ch.Old != nil {
		ch.New.Properties = ch.Old.Properties
		setIsolation(ch.New, isolation)
		return nil
	}
	principal, err := p.Directory.CreateManagedIdentity(ch.Tx, directory.ManagedIdentity{
		DisplayName: ch.New.Name, ResourceID: ch.New.ID, Explicit: true,
	})
	if err != nil {
		return fault.Wrap("managedidentity.putIdentity", err)
	}
	ch.New.Properties = map[string]any{
		"tenantId": p.TenantID, "principalId": principal.ObjectID, "clientId": principal.AppID,
	}
	setIsolation(ch.New, isolation)
	return nil
}

func checkIdentityName(name string) error {
	if validName(name, minName, maxName) {
		return nil
	}
	return bad("putIdentity", "name", "The resource name '"+name+"' is invalid. It must start with a letter or number, "+
		"may contain letters, numbers, hyphens and underscores, and must be 3 to 128 characters long.")
}

func isolationScope(doc *resource.Document) (string, error) {
	v, ok := doc.Properties["isolationScope"]
	if !ok || v == nil {
		return "", nil
	}
	scope, ok := v.(string)
	for _, known := range []string{"None", "Regional"} {
		if ok && strings.EqualFold(scope, known) {
			return known, nil
		}
	}
	return "", bad("putIdentity", "properties.isolationScope", "The value of 'isolationScope' is invalid. Use None or Regional.")
}

func setIsolation(doc *resource.Document, scope string) {
	if scope != "" {
		doc.Properties["isolationScope"] = scope
	}
}

// validName holds the rule of identities' and credentials' names: a letter or digit, then those, hyphens, underscores.
func validName(name string, least, most int) bool {
	if len(name) < least || len(name) > most {
		return false
	}
	for i := range len(name) {
		c := name[i]
		switch {
		case c >= 'a' && c <= 'z', c >= 'A' && c <= 'Z', c >= '0' && c <= '9':
		case i > 0 && (c == '-' || c == '_'):
		default:
			return false
		}
	}
	return true
}

// deleteIdentity ends the principal: its tokens die with it, its role assignments are orphaned. Machines that it is
// assigned to keep naming it.
func (p *provider) deleteIdentity(_ context.Context, ch *resource.Change) error {
	return fault.Wrap("managedidentity.deleteIdentity",
		p.Directory.DeletePrincipal(ch.Tx, identity.Text(ch.Old, "principalId")))
}

// viewIdentity shows what the api-version knows.
func (p *provider) viewIdentity(_ context.Context, call *resource.Call, doc *resource.Document) (*resource.Document, error) {
	shown := *doc
	shown.Properties = make(map[string]any, len(doc.Properties)+1)
	for name, value := range doc.Properties {
		shown.Properties[name] = value
	}
	if call.APIVersion < "2025" {
		delete(shown.Properties, "isolationScope")
	}
	if call.APIVersion == versionSecretURL {
		shown.Properties["clientSecretUrl"] = p.secretURL(doc, identity.Text(doc, "principalId"), identity.Text(doc, "clientId"))
	}
	return &shown, nil
}

// secretURL is where Azure's hosts fetch the credential of an identity. Nothing answers there but the cloud's own
// machinery; clients only ever show it.
func (p *provider) secretURL(doc *resource.Document, objectID, appID string) string {
	return "https://control-" + doc.Location + "." + p.Cloud.IdentitySuffix + identity.ClaimID(doc.ID) + "/credentials?tid=" +
		url.QueryEscape(p.TenantID) + "&oid=" + url.QueryEscape(objectID) + "&aid=" + url.QueryEscape(appID)
}

// system answers {scope}/providers/Microsoft.ManagedIdentity/identities/default: the system-assigned identity of the
// resource that it hangs under.
func (p *provider) system(ctx context.Context, call *resource.Call) (*resource.Answer, error) {
	if call.ID.Parent == nil || !strings.EqualFold(call.ID.Name(), "default") {
		return nil, notFound(call.ID)
	}
	found, doc, err := p.Systems.System(ctx, *call.ID.Parent)
	if fault.Is(err, fault.NotFound) {
		return nil, notFound(call.ID)
	}
	if err != nil {
		return nil, fault.Wrap("managedidentity.system", err)
	}
	return &resource.Answer{Body: &resource.Document{
		Name: "default", ID: doc.ID + "/providers/" + Namespace + "/identities/default", Type: Namespace + "/identities",
		Location: doc.Location, Tags: doc.Tags,
		Properties: map[string]any{
			"tenantId": p.TenantID, "principalId": found.ObjectID, "clientId": found.AppID,
			"clientSecretUrl": p.secretURL(doc, found.ObjectID, found.AppID),
		},
	}}, nil
}

func notFound(id resource.ID) error {
	return fault.Newf(fault.NotFound, "managedidentity.system", "ResourceNotFound",
		"The Resource '%s/%s' under resource group '%s' was not found. For more details please go to https://aka.ms/ARMResourceNotFoundFix",
		Namespace+"/identities", id.Name(), id.Group)
}
