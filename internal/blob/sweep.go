package blob

import (
	"context"
	"errors"
	"time"

	"github.com/alcedo-cloud/alcedo/internal/blob/lifecycle"
	"github.com/alcedo-cloud/alcedo/internal/fault"
	"github.com/alcedo-cloud/alcedo/internal/store"
)

const (
	// staleBlocks is how long blocks wait for a block list.
	staleBlocks = 7 * 24 * time.Hour
	// sweepBatch is how many keys one transaction of a sweep removes.
	sweepBatch = 1000
)

// Swept is what a sweep has done.
type Swept struct {
	Containers int // that were deleted softly, and whose time was over
	Records    int // blobs, snapshots and versions, of deleted containers or whose time was over
	Blocks     int // blobs whose uncommitted blocks waited too long
	Tiered     int // by a lifecycle rule
	Deleted    int // by a lifecycle rule
	Contents   int // files that nobody references
	Rows       int // inline contents, manifests' and layers' rows that nobody references
}

// Sweep does what is due, while others go on: what was deleted softly goes when its time is over, blobs that have
// expired go, lifecycle rules are executed, copies that an earlier process left are taken up, and contents that nobody
// references are removed. Errors do not stop it; they come back joined.
func (s *Service) Sweep(ctx context.Context) (Swept, error) {
	var swept Swept
	err := errors.Join(
		s.resumeCopies(ctx),
		s.sweepContainers(ctx, &swept),
		s.sweepInstances(ctx, &swept),
		s.sweepAccounts(ctx, &swept),
	)
	if ctx.Err() != nil {
		return swept, err
	}
	return swept, errors.Join(err, s.collect(ctx, &swept))
}

// Run sweeps each time tick gives, until ctx ends, and gives what went wrong to report. It returns when the copies that
// it has under way have ended or been put aside.
func (s *Service) Run(ctx context.Context, tick <-chan time.Time, report func(error)) {
	defer s.copies.close()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick:
			if _, err := s.Sweep(ctx); err != nil && ctx.Err() == nil {
				report(err)
			}
		}
	}
}

// sweepContainers lets go of containers that were deleted softly.
func (s *Service) sweepContainers(ctx context.Context, swept *Swept) error {
	now := TicksOf(s.Clock.Now())
	var due []store.Item
	err := store.View(ctx, s.Store, func(r store.Reader) error {
		prefix := store.Prefix("blob", "cd")
		for item, err := range r.Scan(prefix, store.End(prefix)) {
			if err != nil {
				return err
			}
			c, err := decodeContainer(item.Value)
			if err != nil {
				return err
			}
			if c.Purge <= now {
				due = append(due, item)
			}
		}
		return nil
	})
	for _, item := range due {
		err = errors.Join(err, s.purgeContainer(ctx, item, swept))
	}
	return err
}

func (s *Service) purgeContainer(ctx context.Context, item store.Item, swept *Swept) error {
	c, err := decodeContainer(item.Value)
	if err != nil {
		return err
	}
	gone := false
	err = s.Store.Update(ctx, func(tx store.Tx) error {
		have, err := tx.Get(item.Key)
		if gone = err == nil && have.Version == item.Version; !gone {
			if errors.Is(err, store.ErrNotFound) {
				return nil // it was restored
			}
			return err
		}
		return errors.Join(tx.Put(keyDead(c.instance), nil), tx.Delete(item.Key))
	})
	if err == nil && gone {
		swept.Containers++
	}
	return err
}

// sweepInstances removes the records of containers that are gone. Their contents are collected afterwards.
func (s *Service) sweepInstances(ctx context.Context, swept *Swept) error {
	var dead []instance
	err := store.View(ctx, s.Store, func(r store.Reader) error {
		prefix := store.Prefix("blob", "x")
		for item, err := range r.Scan(prefix, store.End(prefix)) {
			if err != nil {
				return err
			}
			if len(item.Key) != len(prefix)+instanceSize {
				return errKey
			}
			dead = append(dead, instance(item.Key[len(prefix):]))
		}
		return nil
	})
	for _, i := range dead {
		for _, table := range []string{"b", "h", "u", "j"} {
			n, failed := s.removeRows(ctx, keyIn(table, i, ""))
			err = errors.Join(err, failed)
			if table == "b" || table == "h" {
				swept.Records += n
			}
		}
		if err == nil {
			err = s.Store.Update(ctx, func(tx store.Tx) error { return tx.Delete(keyDead(i)) })
		}
	}
	return err
}

// removeRows deletes all that starts with prefix, in transactions of bounded size.
func (s *Service) removeRows(ctx context.Context, prefix []byte) (removed int, err error) {
	for {
		n := 0
		err := s.Store.Update(ctx, func(tx store.Tx) error {
			n = 0
			for item, err := range tx.Scan(prefix, store.End(prefix)) {
				if err != nil {
					return err
				}
				if err := tx.Delete(item.Key); err != nil {
					return err
				}
				if n++; n == sweepBatch {
					break
				}
			}
			return nil
		})
		removed += n
		if err != nil || n < sweepBatch {
			return removed, err
		}
	}
}

// sweepAccounts goes over the containers of all accounts.
func (s *Service) sweepAccounts(ctx context.Context, swept *Swept) error {
	list, err := s.Accounts(ctx)
	if err != nil {
		return err
	}
	var failed error
	for _, account := range list {
		var policy *lifecycle.Policy
		if len(account.Lifecycle) > 0 {
			p, err := lifecycle.Parse(account.Lifecycle)
			failed = errors.Join(failed, fault.Wrap("blob.Sweep", err))
			policy = p
		}
		containers, err := s.containersOf(ctx, account.Name)
		failed = errors.Join(failed, err)
		for _, c := range containers {
			w := &containerSweep{service: s, account: account, container: c, policy: policy, now: TicksOf(s.Clock.Now()), swept: swept}
			failed = errors.Join(failed, w.run(ctx))
			if ctx.Err() != nil {
				return failed
			}
		}
	}
	return failed
}

func (s *Service) containersOf(ctx context.Context, account string) (all []*Container, err error) {
	err = store.View(ctx, s.Store, func(r store.Reader) error {
		prefix := store.Prefix("blob", "c", account)
		for item, err := range r.Scan(prefix, store.End(prefix)) {
			if err != nil {
				return err
			}
			c, err := decodeContainer(item.Value)
			if err != nil {
				return err
			}
			all = append(all, c)
		}
		return nil
	})
	return all, err
}
