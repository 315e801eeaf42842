package keyvault

import (
	"context"
	"encoding/json"
	"slices"
	"strings"

	"github.com/google/uuid"

	"github.com/alcedo-cloud/alcedo/internal/fault"
	"github.com/alcedo-cloud/alcedo/internal/resource"
	"github.com/alcedo-cloud/alcedo/internal/vault"
)

// maxPolicies is how many access policies a vault may have.
const maxPolicies = 1024

// permissionNames are the permissions that access policies may hold.
// Source: the resource provider's definition of Permissions.
func permissionNames() map[string][]string {
	return map[string][]string{
		"keys": {
			"all", "encrypt", "decrypt", "wrapKey", "unwrapKey", "sign", "verify", "get", "list", "create", "update", "import",
			"delete", "backup", "restore", "recover", "purge", "release", "rotate", "getrotationpolicy", "setrotationpolicy",
		},
		"secrets": {"all", "get", "list", "set", "delete", "backup", "restore", "recover", "purge"},
		"certificates": {
			"all", "get", "list", "delete", "create", "import", "update", "managecontacts", "getissuers", "listissuers",
			"setissuers", "deleteissuers", "manageissuers", "recover", "purge", "backup", "restore",
		},
		"storage": {
			"all", "get", "list", "delete", "set", "update", "regeneratekey", "recover", "purge", "backup", "restore", "setsas",
			"listsas", "getsas", "deletesas",
		},
	}
}

// checkPolicies holds the rules of access policies.
func (p *provider) checkPolicies(v *vault.Vault, policies []vault.AccessPolicy) error {
	if len(policies) > maxPolicies {
		return bad("properties.accessPolicies", "A vault may have at most %d access policies.", maxPolicies)
	}
	known := permissionNames()
	for i := range policies {
		a := &policies[i]
		if _, err := uuid.Parse(a.ObjectID); err != nil {
			return invalidValue("accessPolicies.objectId")
		}
		if !strings.EqualFold(a.TenantID, v.TenantID) {
			return invalidValue("accessPolicies.tenantId")
		}
		if a.ApplicationID != "" {
			if _, err := uuid.Parse(a.ApplicationID); err != nil {
				return invalidValue("accessPolicies.applicationId")
			}
		}
		for kind, names := range permissionsOf(&a.Permissions) {
			for _, name := range *names {
				if !slices.ContainsFunc(known[kind], func(k string) bool { return strings.EqualFold(k, name) }) {
					return bad("properties.accessPolicies.permissions."+kind,
						"An invalid value was provided for 'accessPolicies'. '%s' is not a permission of %s.", name, kind)
				}
			}
		}
	}
	return nil
}

// permissionsOf are the lists of permissions by what they are for.
func permissionsOf(p *vault.Permissions) map[string]*[]string {
	return map[string]*[]string{"keys": &p.Keys, "secrets": &p.Secrets, "certificates": &p.Certificates, "storage": &p.Storage}
}

func shapePolicy(a *vault.AccessPolicy) map[string]any {
	permissions := make(map[string]any)
	for kind, names := range permissionsOf(&a.Permissions) {
		if *names == nil {
			continue
		}
		shown := make([]any, 0, len(*names))
		for _, name := range *names {
			shown = append(shown, name)
		}
		permissions[kind] = shown
	}
	out := map[string]any{"tenantId": a.TenantID, "objectId": a.ObjectID, "permissions": permissions}
	if a.ApplicationID != "" {
		out["applicationId"] = a.ApplicationID
	}
	return out
}

// putAccessPolicies serves PUT vaults/{name}/accessPolicies/{add|replace|remove}. Whoever may write access policies can
// give themselves all that a vault without roles holds; Azure asks for no more than this either.
// Source: learn.microsoft.com/rest/api/keyvault/keyvault/vaults/update-access-policy.
func (p *provider) putAccessPolicies(ctx context.Context, call *resource.Call) (*resource.Answer, error) {
	var change func(have, sent []vault.AccessPolicy) []vault.AccessPolicy
	switch strings.ToLower(call.ID.Name()) {
	case "add":
		change = addPolicies
	case "replace":
		change = replacePolicies
	case "remove":
		change = removePolicies
	default:
		return nil, bad("operationKind", "The operation '%s' is not one of 'add', 'replace' and 'remove'.", call.ID.Name())
	}
	var body struct {
		Properties struct {
			AccessPolicies *[]vault.AccessPolicy `json:"accessPolicies"`
		} `json:"properties"`
	}
	if err := json.Unmarshal(call.Body, &body); err != nil {
		return nil, invalidValue("accessPolicies")
	}
	if body.Properties.AccessPolicies == nil {
		return nil, missing("accessPolicies")
	}
	above := *call
	above.ID = call.ID.Container()
	var after vault.Vault
	doc, err := above.Update(ctx, func(ch *resource.Change) error {
		v, ok, err := p.Vaults.VaultTx(ch.Tx, ch.Old.Name)
		if err != nil || !ok {
			return fault.Wrap("keyvault.putAccessPolicies", orMissing(err, ch.Old.Name))
		}
		if err := p.checkPolicies(v, *body.Properties.AccessPolicies); err != nil {
			return err
		}
		after = *v
		after.AccessPolicies = change(slices.Clone(v.AccessPolicies), *body.Properties.AccessPolicies)
		if err := p.checkPolicies(v, after.AccessPolicies); err != nil {
			return err
		}
		ch.New.Properties = shape(&after)
		return p.Vaults.PutVault(ch.Tx, after)
	})
	if err != nil {
		return nil, err
	}
	return &resource.Answer{Body: map[string]any{
		"id": doc.ID + "/accessPolicies/", "type": Namespace + "/vaults/accessPolicies", "location": doc.Location,
		"properties": map[string]any{"accessPolicies": shape(&after)["accessPolicies"]},
	}}, nil
}

// orMissing is err, or the defect of a document without its vault.
func orMissing(err error, name string) error {
	if err != nil {
		return err
	}
	return fault.Newf(fault.Internal, "keyvault", "", "vault %s has a document and no definition", name)
}

// same reports whether two policies are for one identity.
func same(a, b *vault.AccessPolicy) bool {
	return strings.EqualFold(a.TenantID, b.TenantID) && strings.EqualFold(a.ObjectID, b.ObjectID) &&
		strings.EqualFold(a.ApplicationID, b.ApplicationID)
}

func indexOf(have []vault.AccessPolicy, of *vault.AccessPolicy) int {
	return slices.IndexFunc(have, func(a vault.AccessPolicy) bool { return same(&a, of) })
}

// addPolicies gives the identities what they lack.
func addPolicies(have, sent []vault.AccessPolicy) []vault.AccessPolicy {
	for _, policy := range sent {
		i := indexOf(have, &policy)
		if i < 0 {
			have = append(have, policy)
			continue
		}
		more := permissionsOf(&policy.Permissions)
		for kind, names := range permissionsOf(&have[i].Permissions) {
			merged := slices.Clone(*names)
			for _, name := range *more[kind] {
				if !slices.ContainsFunc(merged, func(has string) bool { return strings.EqualFold(has, name) }) {
					merged = append(merged, name)
				}
			}
			*names = merged
		}
	}
	return have
}

// replacePolicies gives the identities exactly what is sent.
func replacePolicies(have, sent []vault.AccessPolicy) []vault.AccessPolicy {
	for _, policy := range sent {
		if i := indexOf(have, &policy); i >= 0 {
			have[i] = policy
			continue
		}
		have = append(have, policy)
	}
	return have
}

// removePolicies takes permissions from the identities, and those policies out that hold nothing any more.
func removePolicies(have, sent []vault.AccessPolicy) []vault.AccessPolicy {
	for _, policy := range sent {
		i := indexOf(have, &policy)
		if i < 0 {
			continue
		}
		left := 0
		fewer := permissionsOf(&policy.Permissions)
		for kind, names := range permissionsOf(&have[i].Permissions) {
			*names = slices.DeleteFunc(slices.Clone(*names), func(has string) bool {
				return slices.ContainsFunc(*fewer[kind], func(name string) bool { return strings.EqualFold(has, name) })
			})
			left += len(*names)
		}
		if left == 0 {
			have = slices.Delete(have, i, i+1)
		}
	}
	return have
}
