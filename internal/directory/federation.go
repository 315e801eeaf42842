package directory

import (
	"context"
	"encoding/json"
	"net/url"
	"slices"
	"strings"

	"github.com/alcedo-cloud/alcedo/internal/fault"
	"github.com/alcedo-cloud/alcedo/internal/store"
)

// maxFederated is Entra's limit of federated credentials for one application or identity.
const maxFederated = 20

// FederatedCredential trusts another issuer's tokens for a subject. Issuer, subject and audience are compared exactly.
type FederatedCredential struct {
	ID          string   `json:"id"` // GUID; "" draws one
	Name        string   `json:"name"`
	Issuer      string   `json:"issuer"` // URL of the OpenID Connect issuer
	Subject     string   `json:"subject"`
	Audiences   []string `json:"audiences"`
	Description string   `json:"description,omitempty"`
}

func federatedKey(owner, name string) []byte {
	return store.Key("directory", "federated", owner, strings.ToLower(name))
}

// PutFederatedCredential adds or replaces, by name, a credential of an application or a managed identity, whose object
// id it takes. A pair of issuer and subject that another credential of the owner has is a fault Exists, the
// twenty-first credential a fault Invalid.
func (s *Service) PutFederatedCredential(tx store.Tx, objectID string, f FederatedCredential) error {
	const op = "directory.PutFederatedCredential"
	objectID = canonical(objectID)
	if err := f.check(); err != nil {
		return err
	}
	if ok, err := mayFederate(tx, objectID); err != nil || !ok {
		return fault.Wrap(op, orNotFound(err, objectID))
	}
	others, err := federatedOf(tx, objectID)
	if err != nil {
		return fault.Wrap(op, err)
	}
	for _, o := range others {
		if strings.EqualFold(o.Name, f.Name) {
			f.ID = o.ID
		} else if o.Issuer == f.Issuer && o.Subject == f.Subject {
			return fault.New(fault.Exists, op, "FederatedIdentityCredentialExists",
				"Issuer and subject combination already exists for this Managed Identity or application.")
		}
	}
	if f.ID == "" {
		if len(others) >= maxFederated {
			return fault.Newf(fault.Invalid, op, "FederatedIdentityCredentialLimit",
				"Too many Federated Identity Credentials: the limit is %d.", maxFederated)
		}
		if f.ID, err = s.newID(); err != nil {
			return err
		}
	}
	value, err := json.Marshal(f)
	if err != nil {
		return err
	}
	if err := tx.Put(federatedKey(objectID, f.Name), value); err != nil {
		return fault.Wrap(op, err)
	}
	stored := f
	stored.Audiences = slices.Clone(f.Audiences)
	return s.mirror.Change(tx, func(st *state) { st.federate(objectID, &stored) })
}

// check holds the rules of a credential's properties.
func (f FederatedCredential) check() error {
	bad := func(property string) error {
		return invalid(property, "Property %s in payload has a value that does not match schema.", property)
	}
	issuer, err := url.Parse(f.Issuer)
	switch {
	case !storable(f.Name) || len(f.Name) > 120 || strings.ContainsAny(f.Name, "/?#%\\"):
		return bad("name")
	case err != nil || issuer.Scheme != "https" || issuer.Host == "" || len(f.Issuer) > 600:
		return bad("issuer")
	case f.Subject == "" || len(f.Subject) > 600:
		return bad("subject")
	case len(f.Audiences) != 1 || f.Audiences[0] == "" || len(f.Audiences[0]) > 600:
		return bad("audiences")
	case len(f.Description) > 600:
		return bad("description")
	}
	return nil
}

// DeleteFederatedCredential deletes a credential by name and reports whether there was one.
func (s *Service) DeleteFederatedCredential(tx store.Tx, objectID, name string) (bool, error) {
	objectID = canonical(objectID)
	if !storable(objectID) || !storable(name) {
		return false, nil
	}
	key := federatedKey(objectID, name)
	if _, err := tx.Get(key); fault.Is(err, fault.NotFound) {
		return false, nil
	} else if err != nil {
		return false, fault.Wrap("directory.DeleteFederatedCredential", err)
	}
	if err := tx.Delete(key); err != nil {
		return false, fault.Wrap("directory.DeleteFederatedCredential", err)
	}
	return true, s.mirror.Change(tx, func(st *state) { st.unfederate(objectID, name) })
}

// FederatedCredentials lists, by client id, those of an application and of its service principal or of a managed
// identity, in the order of their names.
func (s *Service) FederatedCredentials(ctx context.Context, appID string) ([]FederatedCredential, error) {
	st, err := s.mirror.View(ctx)
	if err != nil {
		return nil, fault.Wrap("directory.FederatedCredentials", err)
	}
	appID = canonical(appID)
	st.mu.RLock()
	defer st.mu.RUnlock()
	var out []FederatedCredential
	for _, space := range []string{spaceApplication, spacePrincipal} {
		if owner, ok := st.names[uniqueName{space, appID}]; ok {
			out = st.appendFederated(out, owner)
		}
	}
	return out, nil
}

func (st *state) appendFederated(out []FederatedCredential, owner string) []FederatedCredential {
	n := len(out)
	for _, f := range st.federated[owner] {
		out = append(out, *f)
	}
	slices.SortFunc(out[n:], func(a, b FederatedCredential) int { return strings.Compare(a.Name, b.Name) })
	return out
}

// federatedOf reads an owner's credentials.
func federatedOf(r store.Reader, owner string) ([]FederatedCredential, error) {
	prefix := store.Prefix("directory", "federated", owner)
	var out []FederatedCredential
	for item, err := range r.Scan(prefix, store.End(prefix)) {
		if err != nil {
			return nil, err
		}
		var f FederatedCredential
		if err := json.Unmarshal(item.Value, &f); err != nil {
			return nil, err
		}
		out = append(out, f)
	}
	return out, nil
}

// mayFederate reports whether id is an application or a managed identity.
func mayFederate(r store.Reader, id string) (bool, error) {
	if _, ok, err := get[Application](r, kindApplication, id); err != nil || ok {
		return ok, err
	}
	p, ok, err := get[ServicePrincipal](r, kindServicePrincipal, id)
	return ok && p.Type == ServicePrincipalIdentity, err
}
