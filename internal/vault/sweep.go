package vault

import (
	"context"
	"errors"

	"github.com/alcedo-cloud/alcedo/internal/fault"
	"github.com/alcedo-cloud/alcedo/internal/store"
)

// Sweep does what time brings: it purges deleted vaults and objects whose retention is over, rotates keys and renews
// certificates. It is to be called from time to time; what is overdue is hidden meanwhile. One vault's failure does not
// keep the others from their turn.
func (s *Service) Sweep(ctx context.Context) error {
	all, err := s.vaults.View(ctx)
	if err != nil {
		return fault.Wrap("vault.Sweep", err)
	}
	all.mu.RLock()
	each := make([]*opened, 0, len(all.byName))
	for _, o := range all.byName {
		each = append(each, o)
	}
	all.mu.RUnlock()
	now := s.Clock.Now()
	var failed []error
	for _, o := range each {
		switch {
		case o.overdue(now):
			failed = append(failed, s.dropOverdue(ctx, o.Name))
		case !o.Deleted():
			failed = append(failed, s.sweepDeleted(ctx, o), s.sweepKeys(ctx, o), s.sweepCertificates(ctx, o))
		}
	}
	return fault.Wrap("vault.Sweep", errors.Join(failed...))
}

// dropOverdue purges a vault if its time is still over.
func (s *Service) dropOverdue(ctx context.Context, name string) error {
	return s.Store.Update(ctx, func(tx store.Tx) error {
		v, ok, err := s.VaultTx(tx, name)
		if err != nil || v == nil || ok {
			return err
		}
		return s.drop(tx, v)
	})
}

// sweepDeleted purges the objects of a vault whose time is over, a few at a time.
func (s *Service) sweepDeleted(ctx context.Context, o *opened) error {
	const atOnce = 100
	now := s.Clock.Now()
	for _, t := range []Type{Secrets, Keys, Certificates} {
		for {
			var overdue []*object
			err := store.View(ctx, s.Store, func(r store.Reader) (err error) {
				c := &contents{opened: o, service: s, r: r, now: now}
				overdue, err = c.overdueObjects(t, atOnce)
				return err
			})
			if err != nil || len(overdue) == 0 {
				if err != nil {
					return err
				}
				break
			}
			if err := s.changeIn(ctx, "sweep", o, func(c *contents) error {
				for _, gone := range overdue {
					still, err := c.find("deleted", t, gone.Name)
					if err != nil {
						return err
					}
					if still != nil && c.overdue(still) {
						if err := c.purge(still); err != nil {
							return err
						}
					}
				}
				return nil
			}); err != nil {
				return err
			}
		}
	}
	return nil
}

// overdueObjects finds deleted objects whose time is over.
func (c *contents) overdueObjects(t Type, most int) ([]*object, error) {
	var found []*object
	prefix := store.Prefix("vault", "deleted", c.ID, string(t))
	for item, err := range c.r.Scan(prefix, store.End(prefix)) {
		if err != nil {
			return nil, err
		}
		o, err := decodeObject(t, item.Value)
		if err != nil {
			return nil, err
		}
		if !c.overdue(o) {
			continue
		}
		if found = append(found, o); len(found) == most {
			break
		}
	}
	return found, nil
}
