package storage

import (
	"context"
	"slices"
	"strings"

	"github.com/alcedo-cloud/alcedo/internal/blob"
	"github.com/alcedo-cloud/alcedo/internal/fault"
	"github.com/alcedo-cloud/alcedo/internal/resource"
)

func checkScopeName(name string) error {
	hyphens := strings.HasPrefix(name, "-") || strings.HasSuffix(name, "-") || strings.Contains(name, "--")
	bad := strings.ContainsFunc(name, func(r rune) bool {
		return (r < 'a' || r > 'z') && (r < 'A' || r > 'Z') && (r < '0' || r > '9') && r != '-'
	})
	if len(name) < 3 || len(name) > 63 || hyphens || bad {
		return invalidValues("encryptionScopeName")
	}
	return nil
}

// putEncryptionScope makes a scope, or enables or disables one. Its key is the account's to keep: keys of a vault are
// not taken.
func (p *provider) putEncryptionScope(_ context.Context, ch *resource.Change) error {
	source, _ := ch.New.Properties["source"].(string)
	state, given := ch.New.Properties["state"].(string)
	if source != "" && !strings.EqualFold(source, "Microsoft.Storage") {
		return invalidValues("source")
	}
	if !given {
		state = "Enabled"
		if ch.Old != nil {
			state, _ = ch.Old.Properties["state"].(string)
		}
	}
	if i := slices.IndexFunc([]string{"Enabled", "Disabled"}, func(s string) bool { return strings.EqualFold(s, state) }); i < 0 {
		return invalidValues("state")
	} else {
		state = []string{"Enabled", "Disabled"}[i]
	}
	created := moment(ch.Call.Now)
	if ch.Old != nil {
		created, _ = ch.Old.Properties["creationTime"].(string)
	}
	ch.New.Properties = map[string]any{
		"source": "Microsoft.Storage", "state": state, "creationTime": created, "lastModifiedTime": moment(ch.Call.Now),
	}
	return p.changeIn(ch, func(a *blob.Account) error {
		scope := blob.EncryptionScope{Name: ch.New.Name, Enabled: state == "Enabled"}
		a.EncryptionScopes = append(withoutScope(a.EncryptionScopes, scope.Name), scope)
		return nil
	})
}

// deleteEncryptionScope is for the account's end: nobody deletes a scope by itself.
func (p *provider) deleteEncryptionScope(_ context.Context, ch *resource.Change) error {
	return p.changeIn(ch, func(a *blob.Account) error {
		a.EncryptionScopes = withoutScope(a.EncryptionScopes, ch.Old.Name)
		return nil
	})
}

func refuseScopeDeletion(_ context.Context, _ *resource.Call) (*resource.Answer, error) {
	return nil, fault.New(fault.Unsupported, "storage.encryptionScope", "MethodNotAllowed",
		"An encryption scope cannot be deleted. Disable it instead.")
}

func withoutScope(scopes []blob.EncryptionScope, name string) []blob.EncryptionScope {
	return slices.DeleteFunc(slices.Clone(scopes), func(s blob.EncryptionScope) bool { return strings.EqualFold(s.Name, name) })
}

func usableScope(a *blob.Account, name string) bool {
	return slices.ContainsFunc(a.EncryptionScopes, func(s blob.EncryptionScope) bool { return s.Name == name && s.Enabled })
}
