package storage

import (
	"context"
	"encoding/json"

	"github.com/alcedo-cloud/alcedo/internal/blob"
	"github.com/alcedo-cloud/alcedo/internal/blob/lifecycle"
	"github.com/alcedo-cloud/alcedo/internal/fault"
	"github.com/alcedo-cloud/alcedo/internal/resource"
)

// putManagementPolicy checks the lifecycle rules and has the data plane follow them.
func (p *provider) putManagementPolicy(_ context.Context, ch *resource.Change) error {
	policy, ok := ch.New.Properties["policy"]
	if !ok || policy == nil {
		return invalidValues("policy")
	}
	text, err := json.Marshal(policy)
	if err != nil {
		return fault.Wrap("storage.putManagementPolicy", err)
	}
	if _, err := lifecycle.Parse(text); err != nil {
		return err
	}
	ch.New.Name, ch.New.Extra, ch.New.Kind, ch.New.SKU = "DefaultManagementPolicy", nil, "", nil
	ch.New.Properties = map[string]any{"policy": policy, "lastModifiedTime": moment(ch.Call.Now)}
	return p.changeIn(ch, func(a *blob.Account) error {
		a.Lifecycle = text
		return nil
	})
}

// deleteManagementPolicy ends the rules.
func (p *provider) deleteManagementPolicy(_ context.Context, ch *resource.Change) error {
	return p.changeIn(ch, func(a *blob.Account) error {
		a.Lifecycle = nil
		return nil
	})
}

// changeIn changes the account that a child document belongs to, in the document's transaction.
func (p *provider) changeIn(ch *resource.Change, f func(*blob.Account) error) error {
	id, ok := resource.ParseID(ch.New.ID)
	if !ok {
		return fault.New(fault.Internal, "storage.changeIn", "", "stored id "+ch.New.ID)
	}
	parent, err := resource.GetTx(ch.Tx, id.Container())
	if err != nil {
		return fault.Wrap("storage.changeIn", err)
	}
	a, ok, err := blob.AccountTx(ch.Tx, parent.Name)
	if err != nil {
		return err
	}
	if !ok {
		return accountNotFound(id)
	}
	if err := f(&a); err != nil {
		return err
	}
	return p.Accounts.PutAccount(ch.Tx, a)
}
