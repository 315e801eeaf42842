package resource

import (
	"context"
	"errors"

	"github.com/alcedo-cloud/alcedo/internal/fault"
	"github.com/alcedo-cloud/alcedo/internal/store"
)

// deleteStored serves DELETE of a type whose documents the core keeps: 200 where it was there, 204 where it was not.
func (s *Service) deleteStored(ctx context.Context, c *Call) (*Answer, error) {
	status := 200
	err := s.Store.Update(ctx, func(tx store.Tx) error {
		status = 200
		if err := s.checkGroup(tx, c.ID); err != nil {
			return err
		}
		old, version, err := load(tx, c.ID)
		if errors.Is(err, store.ErrNotFound) {
			status = 204
			return precondition(c.IfMatch, "", nil, 0)
		}
		if err != nil {
			return err
		}
		if err := precondition(c.IfMatch, c.IfNoneMatch, old, version); err != nil {
			return err
		}
		if err := s.checkLocks(tx, c.ID, c.Method); err != nil {
			return err
		}
		if err := s.cascade(ctx, c, tx, documentKey(c.ID)); err != nil {
			return err
		}
		if err := s.remove(ctx, &Change{Call: c, Tx: tx, Old: old, New: old}, c.ID, c.entry); err != nil {
			return err
		}
		return s.deleted(tx, c.ID)
	})
	return &Answer{Status: status}, err
}

// cascade deletes all documents whose keys lie below key, from the last to the first, so that children go before
// their parents.
func (s *Service) cascade(ctx context.Context, c *Call, tx store.Tx, key []byte) error {
	prefix := append(append([]byte(nil), key...), 0)
	var keys [][]byte
	for item, err := range tx.Scan(prefix, store.End(prefix)) {
		if err != nil {
			return err
		}
		keys = append(keys, item.Key)
	}
	for i := len(keys) - 1; i >= 0; i-- {
		item, err := tx.Get(keys[i])
		if errors.Is(err, store.ErrNotFound) {
			continue // the hook of another one has deleted it
		}
		if err != nil {
			return err
		}
		doc, err := decodeRecord(item.Value)
		if err != nil {
			return fault.Wrap("resource.cascade", err)
		}
		id, ok := ParseID(doc.ID)
		if !ok {
			return fault.Wrap("resource.cascade", errRecord)
		}
		if err := s.remove(ctx, &Change{Call: c, Tx: tx, Old: doc, New: doc, Cascade: true}, id, s.typeOf(id)); err != nil {
			return err
		}
	}
	return nil
}

// remove calls the type's hook and deletes the document.
func (s *Service) remove(ctx context.Context, ch *Change, id ID, e *entry) error {
	if e != nil && e.Stored != nil && e.Stored.Delete != nil {
		if err := e.Stored.Delete(ctx, ch); err != nil {
			return err
		}
	}
	return DeleteTx(ch.Tx, id)
}

// deleted tells others that a scope is gone.
func (s *Service) deleted(tx store.Tx, id ID) error {
	if s.Deleted == nil {
		return nil
	}
	return s.Deleted(tx, id.Scope())
}

// checkGroup says that the resource group of id is missing, where it is.
func (s *Service) checkGroup(r store.Reader, id ID) error {
	if id.Group == "" {
		return nil
	}
	_, err := r.Get(groupKey(id.Subscription, id.Group))
	if errors.Is(err, store.ErrNotFound) {
		return groupNotFound(id.Group)
	}
	return err
}
