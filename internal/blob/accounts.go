package blob

import (
	"context"
	"encoding/json"
	"errors"
	"sync"

	"github.com/alcedo-cloud/alcedo/internal/fault"
	"github.com/alcedo-cloud/alcedo/internal/store"
)

// accounts is what is kept of all accounts in memory: each request asks for one.
type accounts struct {
	mu     sync.RWMutex
	byName map[string]*Account
}

func loadAccounts(r store.Reader) (*accounts, error) {
	all := &accounts{byName: map[string]*Account{}}
	prefix := store.Prefix("blob", "a")
	for item, err := range r.Scan(prefix, store.End(prefix)) {
		if err != nil {
			return nil, err
		}
		a := new(Account)
		if err := json.Unmarshal(item.Value, a); err != nil {
			return nil, fault.Wrap("blob.accounts", err)
		}
		all.byName[a.Name] = a
	}
	return all, nil
}

// Account finds an account by its name. What it returns is not to be changed.
func (s *Service) Account(ctx context.Context, name string) (*Account, bool, error) {
	all, err := s.accounts.View(ctx)
	if err != nil {
		return nil, false, fault.Wrap("blob.Account", err)
	}
	all.mu.RLock()
	defer all.mu.RUnlock()
	a, ok := all.byName[name]
	return a, ok, nil
}

// Accounts lists all accounts, in no order.
func (s *Service) Accounts(ctx context.Context) ([]*Account, error) {
	all, err := s.accounts.View(ctx)
	if err != nil {
		return nil, fault.Wrap("blob.Accounts", err)
	}
	all.mu.RLock()
	defer all.mu.RUnlock()
	list := make([]*Account, 0, len(all.byName))
	for _, a := range all.byName {
		list = append(list, a)
	}
	return list, nil
}

// account finds the account that an operation names.
func (s *Service) account(ctx context.Context, name string) (*Account, error) {
	a, ok, err := s.Account(ctx, name)
	if err == nil && !ok {
		err = refuse(fault.NotFound, "ResourceNotFound")
	}
	return a, err
}

// AccountTx reads an account as tx sees it.
func AccountTx(r store.Reader, name string) (Account, bool, error) {
	var a Account
	item, err := r.Get(keyAccount(name))
	if errors.Is(err, store.ErrNotFound) {
		return a, false, nil
	}
	if err == nil {
		err = json.Unmarshal(item.Value, &a)
	}
	return a, err == nil, fault.Wrap("blob.AccountTx", err)
}

// PutAccount creates an account or replaces its settings. The data plane obeys them once tx has been committed.
func (s *Service) PutAccount(tx store.Tx, a Account) error {
	const op = "blob.PutAccount"
	if !ValidAccountName(a.Name) {
		return fault.Newf(fault.Invalid, op, "AccountNameInvalid", "%q is not a valid storage account name", short(a.Name))
	}
	text, err := json.Marshal(a)
	if err != nil {
		return fault.Wrap(op, err)
	}
	if err := tx.Put(keyAccount(a.Name), text); err != nil {
		return fault.Wrap(op, err)
	}
	return fault.Wrap(op, s.accounts.Change(tx, func(all *accounts) {
		all.mu.Lock()
		defer all.mu.Unlock()
		all.byName[a.Name] = &a
	}))
}

// DeleteAccount deletes an account with its containers, those deleted softly included. Its blobs are swept later.
// Deleting what is not there is no error.
func (s *Service) DeleteAccount(tx store.Tx, name string) error {
	const op = "blob.DeleteAccount"
	for _, prefix := range [][]byte{store.Prefix("blob", "c", name), store.Prefix("blob", "cd", name)} {
		for item, err := range tx.Scan(prefix, store.End(prefix)) {
			if err != nil {
				return fault.Wrap(op, err)
			}
			c, err := decodeContainer(item.Value)
			if err != nil {
				return fault.Wrap(op, err)
			}
			if err := errors.Join(tx.Put(keyDead(c.instance), nil), tx.Delete(item.Key)); err != nil {
				return fault.Wrap(op, err)
			}
		}
	}
	if err := tx.Delete(keyAccount(name)); err != nil {
		return fault.Wrap(op, err)
	}
	return fault.Wrap(op, s.accounts.Change(tx, func(all *accounts) {
		all.mu.Lock()
		defer all.mu.Unlock()
		delete(all.byName, name)
	}))
}
