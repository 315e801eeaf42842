package blob

import (
	"slices"

	"github.com/alcedo-cloud/alcedo/internal/fault"
)

// accountKey is the encryption scope that stands for the account's own key.
const accountKey = "$account-encryption-key"

// scopeName is a scope as answers show it: the account's own key has no name.
func scopeName(scope string) string {
	if scope == accountKey {
		return ""
	}
	return scope
}

// usable refuses an encryption scope that is not there, and one that is disabled: nothing is read or written by it.
// Source: "Disable an encryption scope" of Azure Storage's documentation. "" and the account's own key always are usable.
func (a *Account) usable(scope string) error {
	if scope == "" || scope == accountKey {
		return nil
	}
	i := slices.IndexFunc(a.EncryptionScopes, func(s EncryptionScope) bool { return s.Name == scope })
	switch {
	case i < 0:
		return refuse(fault.NotFound, "EncryptionScopeNotFound")
	case !a.EncryptionScopes[i].Enabled:
		return refuse(fault.Denied, "EncryptionScopeDisabled")
	}
	return nil
}

// readable refuses to open a blob without its key, or whose encryption scope is disabled.
func (b *Blob) readable(a *Account, k *CustomerKey) error {
	if err := b.opens(k); err != nil {
		return err
	}
	return a.usable(b.EncryptionScope)
}

// encryptionScope is the scope of something new, where one is asked for or the container has a default, which it may
// dictate.
func (m *mutation) encryptionScope(asked string, key []byte) (string, error) {
	c := m.container
	switch {
	case asked == "" && key == nil && c.DefaultEncryptionScope != accountKey:
		asked = c.DefaultEncryptionScope
	case asked != "" && c.DenyEncryptionScopeOverride && asked != c.DefaultEncryptionScope:
		return "", refuse(fault.Denied, "RequestForbiddenByContainerEncryptionPolicy")
	case asked == "" && c.DenyEncryptionScopeOverride && c.DefaultEncryptionScope != accountKey && c.DefaultEncryptionScope != "":
		return "", refuse(fault.Denied, "RequestForbiddenByContainerEncryptionPolicy") // a customer's key overrides as well
	}
	if asked != "" && key != nil {
		return "", invalidHeader("x-ms-encryption-scope", asked)
	}
	return asked, m.account.usable(asked)
}

// sameScope refuses a change of a blob by another encryption scope than its own, which a request need not name where
// it is the container's default.
func (m *mutation) sameScope(asked string) error {
	switch own := scopeName(m.base.EncryptionScope); {
	case asked != "" && scopeName(asked) != own:
		return refuse(fault.Conflict, "BlobCustomerSpecifiedEncryptionMismatch")
	case asked == "" && own != "" && own != m.container.DefaultEncryptionScope:
		return refuse(fault.Conflict, "BlobUsesCustomerSpecifiedEncryption")
	}
	return m.account.usable(m.base.EncryptionScope)
}
