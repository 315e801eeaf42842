package vault

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/hkdf"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"

	"github.com/alcedo-cloud/alcedo/internal/fault"
)

// RootSize is the number of bytes of a root key.
const RootSize = 32

const keySize = 32 // AES-256

// errSealed is met where a sealed record was changed or moved, or the root key is another one. It says no more.
var errSealed = errors.New("vault: a sealed record does not open: it is damaged, or the root key is not the one it was sealed under")

// derived is a cipher under a key of its own for one purpose, so that what is sealed for one never opens as another.
func derived(root []byte, purpose string) (cipher.AEAD, error) {
	if len(root) != RootSize {
		return nil, fmt.Errorf("vault: the root key has %d bytes, not %d", len(root), RootSize)
	}
	key, err := hkdf.Key(sha256.New, root, nil, purpose, keySize)
	if err != nil {
		return nil, fmt.Errorf("vault: derive a key: %w", err)
	}
	return newCipher(key)
}

func newCipher(key []byte) (cipher.AEAD, error) {
	block, err := aes.NewCipher(key)
	if err != nil {
		return nil, fmt.Errorf("vault: %w", err)
	}
	aead, err := cipher.NewGCM(block)
	if err != nil {
		return nil, fmt.Errorf("vault: %w", err)
	}
	return aead, nil
}

// seal encrypts text for one place: it opens only with the same place, so that records cannot be exchanged. The nonce
// stands before the rest.
func (s *Service) seal(aead cipher.AEAD, text []byte, place string) ([]byte, error) {
	nonce := make([]byte, aead.NonceSize(), aead.NonceSize()+len(text)+aead.Overhead())
	if _, err := io.ReadFull(s.Rand, nonce); err != nil {
		return nil, fault.Wrap("vault.seal", err)
	}
	return aead.Seal(nonce, nonce, text, []byte(place)), nil
}

// unseal is the text that seal was given.
func unseal(aead cipher.AEAD, sealed []byte, place string) ([]byte, error) {
	if len(sealed) < aead.NonceSize() {
		return nil, errSealed
	}
	text, err := aead.Open(nil, sealed[:aead.NonceSize()], sealed[aead.NonceSize():], []byte(place))
	if err != nil {
		return nil, errSealed
	}
	return text, nil
}

// newVaultKey draws a vault's key and wraps it.
func (s *Service) newVaultKey(id string) ([]byte, error) {
	key := make([]byte, keySize)
	if _, err := io.ReadFull(s.Rand, key); err != nil {
		return nil, fault.Wrap("vault.newVaultKey", err)
	}
	return s.seal(s.wrap, key, "vault "+id)
}

// openVault is the cipher of a vault.
func (s *Service) openVault(v *Vault) (cipher.AEAD, error) {
	key, err := unseal(s.wrap, v.Key, "vault "+v.ID)
	if err != nil {
		return nil, fault.Wrap("vault.openVault", err)
	}
	return newCipher(key)
}
