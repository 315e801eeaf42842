package managedidentity

import (
	"context"
	"net/http"
	"net/url"

	"github.com/alcedo-cloud/alcedo/internal/directory"
	"github.com/alcedo-cloud/alcedo/internal/fault"
	"github.com/alcedo-cloud/alcedo/internal/identity"
	"github.com/alcedo-cloud/alcedo/internal/resource"
)

// putCredential keeps a federated credential with the identity's principal, where the token endpoint finds it. Errors
// are those of "Important considerations for federated identity credentials" in Entra's documentation.
func (p *provider) putCredential(_ context.Context, ch *resource.Change) error {
	const op = "putCredential"
	if ch.Call.Method == http.MethodPatch {
		return fault.New(fault.Unsupported, "managedidentity.putCredential", "MethodNotAllowed",
			"Federated identity credentials cannot be patched. Use PUT.")
	}
	f, err := credential(ch.New)
	if err != nil {
		return err
	}
	owner, err := ownerOf(ch, ch.New.ID)
	if err != nil {
		return err
	}
	if owner == "" {
		return fault.New(fault.NotFound, "managedidentity.putCredential", "ParentResourceNotFound",
			"The parent user-assigned identity doesn't exist.")
	}
	err = p.Directory.PutFederatedCredential(ch.Tx, owner, f)
	switch {
	case fault.Is(err, fault.Exists):
		return bad(op, "", "Issuer and subject combination already exists for this Managed Identity.")
	case fault.Is(err, fault.Invalid):
		f, ok := err.(*fault.Error)
		if ok {
			return bad(op, f.Target, f.Message)
		}
	}
	if err != nil {
		return fault.Wrap("managedidentity.putCredential", err)
	}
	ch.New.Properties = map[string]any{"issuer": f.Issuer, "subject": f.Subject, "audiences": []any{f.Audiences[0]}}
	return nil
}

func checkCredentialName(name string) error {
	if validName(name, 3, 120) {
		return nil
	}
	return bad("putCredential", "name", "Federated Identity Credential name '"+name+"' is invalid.")
}

// credential reads and checks the properties.
func credential(doc *resource.Document) (directory.FederatedCredential, error) {
	const op = "putCredential"
	f := directory.FederatedCredential{
		Name: doc.Name, Issuer: identity.Text(doc, "issuer"), Subject: identity.Text(doc, "subject"),
	}
	audiences, ok := doc.Properties["audiences"].([]any)
	if f.Issuer == "" || f.Subject == "" || !ok {
		return f, bad(op, "properties", "Federated Identity Credential from HTTP body has empty properties")
	}
	for _, a := range audiences {
		text, ok := a.(string)
		if !ok || text == "" {
			return f, bad(op, "properties.audiences", "Federated Identity Credential from HTTP body has empty properties")
		}
		f.Audiences = append(f.Audiences, text)
	}
	if len(f.Audiences) != 1 {
		return f, bad(op, "properties.audiences", "Federated identity credentials must have exactly one audience.")
	}
	issuer, err := url.Parse(f.Issuer)
	if err != nil || issuer.Scheme != "https" || issuer.Host == "" {
		return f, bad(op, "properties.issuer", "The issuer of a federated identity credential must be a URL that starts with https://.")
	}
	if len(f.Issuer) > 600 || len(f.Subject) > 600 || len(f.Audiences[0]) > 600 {
		return f, bad(op, "properties", "The properties of a federated identity credential are limited to 600 characters.")
	}
	return f, nil
}

// ownerOf is the object id of the identity that a credential belongs to; "" where the identity is gone.
func ownerOf(ch *resource.Change, id string) (string, error) {
	child, ok := resource.ParseID(id)
	if !ok {
		return "", fault.Newf(fault.Internal, "managedidentity.ownerOf", "", "stored id %q", id)
	}
	doc, err := resource.GetTx(ch.Tx, child.Container())
	if fault.Is(err, fault.NotFound) {
		return "", nil
	}
	if err != nil {
		return "", fault.Wrap("managedidentity.ownerOf", err)
	}
	return identity.Text(doc, "principalId"), nil
}

// deleteCredential takes the credential from the principal, unless the principal itself is going.
func (p *provider) deleteCredential(_ context.Context, ch *resource.Change) error {
	owner, err := ownerOf(ch, ch.Old.ID)
	if err != nil || owner == "" {
		return err
	}
	_, err = p.Directory.DeleteFederatedCredential(ch.Tx, owner, ch.Old.Name)
	return fault.Wrap("managedidentity.deleteCredential", err)
}
