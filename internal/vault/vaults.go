package vault

import (
	"bytes"
	"context"
	"crypto/cipher"
	"encoding/hex"
	"encoding/json"
	"errors"
	"io"
	"strings"
	"sync"
	"time"

	"github.com/alcedo-cloud/alcedo/internal/fault"
	"github.com/alcedo-cloud/alcedo/internal/store"
)

// Keys. Names are in lower case; {id} is a vault's ID.
//
//	vault definition {name}                    JSON of a Vault, deleted ones too
//	vault live {id} {type} {object}            an object with its newest version
//	vault deleted {id} {type} {object}         the same, of a deleted object
//	vault version {id} {type} {object} {v}     a version that is not the newest, or any in an earlier format
//	vault own {id} {what} …                    what belongs to the vault itself: issuers, contacts
func definitionKey(name string) []byte {
	return store.Key("vault", "definition", strings.ToLower(name))
}

// opened is a vault with the cipher of what is in it.
type opened struct {
	*Vault
	aead cipher.AEAD
	text []byte // the definition as it is stored
}

// vaults are all vaults by name in lower case, in memory.
type vaults struct {
	mu     sync.RWMutex
	byName map[string]*opened
}

func (all *vaults) get(name string) *opened {
	all.mu.RLock()
	defer all.mu.RUnlock()
	if o, ok := all.byName[name]; ok {
		return o
	}
	return all.byName[strings.ToLower(name)]
}

func (all *vaults) set(name string, o *opened) {
	all.mu.Lock()
	defer all.mu.Unlock()
	if o == nil {
		delete(all.byName, strings.ToLower(name))
		return
	}
	all.byName[strings.ToLower(name)] = o
}

func (s *Service) loadVaults(r store.Reader) (*vaults, error) {
	all := &vaults{byName: make(map[string]*opened)}
	prefix := store.Prefix("vault", "definition")
	for item, err := range r.Scan(prefix, store.End(prefix)) {
		if err != nil {
			return nil, err
		}
		o, err := s.decodeVault(item.Value)
		if err != nil {
			return nil, err
		}
		all.set(o.Name, o)
	}
	return all, nil
}

func (s *Service) decodeVault(text []byte) (*opened, error) {
	v := new(Vault)
	if err := json.Unmarshal(text, v); err != nil {
		return nil, fault.Wrap("vault.decodeVault", err)
	}
	aead, err := s.openVault(v)
	if err != nil {
		return nil, err
	}
	return &opened{v, aead, text}, nil
}

// open finds a vault that is not deleted.
func (s *Service) open(ctx context.Context, name string) (*opened, error) {
	all, err := s.vaults.View(ctx)
	if err != nil {
		return nil, fault.Wrap("vault.open", err)
	}
	if o := all.get(name); o != nil && !o.Deleted() {
		return o, nil
	}
	return nil, vaultNotFound(name)
}

func vaultNotFound(name string) error {
	return fault.Newf(fault.NotFound, "vault.open", "VaultNotFound", "The vault '%s' was not found.", name)
}

// Vault finds a vault by name, in memory. ok is false where there is none, or it is deleted. The caller must not change
// what it gets.
func (s *Service) Vault(ctx context.Context, name string) (v *Vault, ok bool, err error) {
	o, err := s.open(ctx, name)
	if fault.Is(err, fault.NotFound) {
		return nil, false, nil
	}
	if err != nil {
		return nil, false, err
	}
	return o.Vault, true, nil
}

// DeletedVaults lists the vaults of a subscription that can be recovered.
func (s *Service) DeletedVaults(ctx context.Context, subscription string) ([]*Vault, error) {
	all, err := s.vaults.View(ctx)
	if err != nil {
		return nil, fault.Wrap("vault.DeletedVaults", err)
	}
	now := s.Clock.Now()
	all.mu.RLock()
	defer all.mu.RUnlock()
	var out []*Vault
	for _, o := range all.byName {
		if o.Deleted() && now.Before(o.ScheduledAt) && strings.EqualFold(o.Subscription(), subscription) {
			out = append(out, o.Vault)
		}
	}
	return out, nil
}

// VaultTx reads a vault of that name, deleted or not; a deleted one whose time is over is not there.
func (s *Service) VaultTx(r store.Reader, name string) (v *Vault, ok bool, err error) {
	item, err := r.Get(definitionKey(name))
	if errors.Is(err, store.ErrNotFound) {
		return nil, false, nil
	}
	if err != nil {
		return nil, false, err
	}
	v = new(Vault)
	if err := json.Unmarshal(item.Value, v); err != nil {
		return nil, false, fault.Wrap("vault.VaultTx", err)
	}
	return v, !v.overdue(s.Clock.Now()), nil
}

// stands checks in a transaction that a vault is still the one that was opened, and not deleted.
func (s *Service) stands(r store.Reader, o *opened) error {
	item, err := r.Get(definitionKey(o.Name))
	switch {
	case errors.Is(err, store.ErrNotFound):
		return vaultNotFound(o.Name)
	case err != nil:
		return err
	case bytes.Equal(item.Value, o.text): // nearly always; to decode it would cost as much as the rest of a change
		return nil
	}
	v := new(Vault)
	if err := json.Unmarshal(item.Value, v); err != nil {
		return fault.Wrap("vault.stands", err)
	}
	if v.Deleted() || v.ID != o.ID {
		return vaultNotFound(o.Name)
	}
	return nil
}

// overdue reports whether a deleted vault's time is over.
func (v *Vault) overdue(now time.Time) bool { return v.Deleted() && !now.Before(v.ScheduledAt) }

// PutVault makes a vault or changes its definition; ID and Key of v are ignored. It is a fault Exists where another
// vault has the name, or a deleted one keeps it.
func (s *Service) PutVault(tx store.Tx, v Vault) error {
	const op = "vault.PutVault"
	old, ok, err := s.VaultTx(tx, v.Name)
	if err != nil {
		return fault.Wrap(op, err)
	}
	if old != nil && !ok {
		if err := s.drop(tx, old); err != nil {
			return fault.Wrap(op, err)
		}
		old = nil
	}
	v.DeletedAt, v.ScheduledAt = time.Time{}, time.Time{}
	if old == nil {
		if v.ID, err = s.newID(); err != nil {
			return fault.Wrap(op, err)
		}
		if v.Key, err = s.newVaultKey(v.ID); err != nil {
			return err
		}
		return s.define(tx, &v)
	}
	if old.Deleted() {
		return fault.Newf(fault.Exists, op, "ConflictError", "A vault with the same name already exists in deleted state. "+
			"You need to either recover or purge existing key vault. Follow this link https://go.microsoft.com/fwlink/?linkid=2149745 "+
			"for more information on soft delete.")
	}
	if !strings.EqualFold(old.ResourceID, v.ResourceID) {
		return nameTaken(v.Name)
	}
	v.ID, v.Key = old.ID, old.Key
	return s.define(tx, &v)
}

func nameTaken(name string) error {
	return fault.Newf(fault.Exists, "vault.PutVault", "VaultAlreadyExists", "The vault name '%s' is already in use. Vault names "+
		"are globally unique so it is possible that the name is already taken. If you are sure that the vault name was not "+
		"taken then it is possible that a vault with the same name was recently deleted but not purged after being placed in a "+
		"recoverable state. If the vault is in a recoverable state then the vault will need to be purged before reusing the name.", name)
}

// DeleteVault marks a vault as deleted. What is in it stays until it is purged, or its time is over. Absent is no error.
func (s *Service) DeleteVault(tx store.Tx, name string) error {
	const op = "vault.DeleteVault"
	v, ok, err := s.VaultTx(tx, name)
	if err != nil || !ok || v.Deleted() {
		return fault.Wrap(op, err)
	}
	v.DeletedAt = s.Clock.Now().UTC().Truncate(time.Second)
	v.ScheduledAt = v.DeletedAt.AddDate(0, 0, v.RetentionDays)
	return s.define(tx, v)
}

// RecoverVault takes a vault back that was deleted, and returns it as it was. It is a fault NotFound where there is none.
func (s *Service) RecoverVault(tx store.Tx, name string) (*Vault, error) {
	v, ok, err := s.VaultTx(tx, name)
	if err != nil {
		return nil, fault.Wrap("vault.RecoverVault", err)
	}
	if !ok || !v.Deleted() {
		return nil, vaultNotFound(name)
	}
	v.DeletedAt, v.ScheduledAt = time.Time{}, time.Time{}
	return v, s.define(tx, v)
}

// PurgeVault removes a deleted vault and all that is in it for good. It is a fault NotFound where there is none, and
// Unsupported where the vault is protected.
func (s *Service) PurgeVault(ctx context.Context, name string) error {
	return fault.Wrap("vault.PurgeVault", s.Store.Update(ctx, func(tx store.Tx) error {
		v, ok, err := s.VaultTx(tx, name)
		if err != nil {
			return err
		}
		if !ok || !v.Deleted() {
			return vaultNotFound(name)
		}
		if v.PurgeProtection {
			return fault.New(fault.Unsupported, "vault.PurgeVault", "MethodNotAllowed", "Operation 'DeletedVaultPurge' is not allowed.")
		}
		return s.drop(tx, v)
	}))
}

// define stores a definition and brings the mirror up to date.
func (s *Service) define(tx store.Tx, v *Vault) error {
	text, err := json.Marshal(v)
	if err != nil {
		return fault.Wrap("vault.define", err)
	}
	o, err := s.decodeVault(text) // a copy, which nobody else changes
	if err != nil {
		return err
	}
	if err := tx.Put(definitionKey(v.Name), text); err != nil {
		return err
	}
	return s.vaults.Change(tx, func(all *vaults) { all.set(v.Name, o) })
}

// drop removes a vault, its key and all that is in it.
func (s *Service) drop(tx store.Tx, v *Vault) error {
	for _, part := range []string{"live", "deleted", "version", "own"} {
		prefix := store.Prefix("vault", part, v.ID)
		if err := deleteRange(tx, prefix); err != nil {
			return err
		}
	}
	if err := tx.Delete(definitionKey(v.Name)); err != nil {
		return err
	}
	return s.vaults.Change(tx, func(all *vaults) { all.set(v.Name, nil) })
}

func deleteRange(tx store.Tx, prefix []byte) error {
	for item, err := range tx.Scan(prefix, store.End(prefix)) {
		if err != nil {
			return err
		}
		if err := tx.Delete(item.Key); err != nil {
			return err
		}
	}
	return nil
}

// newID is 32 random hexadecimal digits: the name of a version, or of a vault's contents.
func (s *Service) newID() (string, error) {
	var raw [16]byte
	if _, err := io.ReadFull(s.Rand, raw[:]); err != nil {
		return "", fault.Wrap("vault.newID", err)
	}
	return hex.EncodeToString(raw[:]), nil
}
