package blob

import (
	"context"
	"errors"
	"strings"

	"github.com/alcedo-cloud/alcedo/internal/blob/lifecycle"
	"github.com/alcedo-cloud/alcedo/internal/fault"
	"github.com/alcedo-cloud/alcedo/internal/store"
)

// containerSweep looks through one container for what is due.
type containerSweep struct {
	service   *Service
	account   *Account
	container *Container
	policy    *lifecycle.Policy // nil where the account has none
	now       Ticks
	swept     *Swept
}

// due is a record that something has to be done to.
type due struct {
	key    []byte
	target Target
	action lifecycle.Action // the zero Action: its time is over
}

// run looks a batch at a time, so that no view is held open while the store is written to.
func (w *containerSweep) run(ctx context.Context) error {
	var failed error
	for _, table := range []string{"b", "h", "u"} {
		prefix := keyIn(table, w.container.instance, "")
		for from := prefix; from != nil; {
			found, next, err := w.look(ctx, table, from, store.End(prefix))
			if err != nil {
				failed = errors.Join(failed, err)
				break
			}
			for _, d := range found {
				failed = errors.Join(failed, w.act(ctx, table, d))
			}
			from = next
		}
	}
	return failed
}

// look reads up to 10 batches of rows, and says where to go on; nil at the end.
func (w *containerSweep) look(ctx context.Context, table string, from, end []byte) (found []due, next []byte, err error) {
	err = store.View(ctx, w.service.Store, func(r store.Reader) error {
		n := 0
		for item, err := range r.Scan(from, end) {
			if err != nil {
				return err
			}
			if n++; n > 10*sweepBatch {
				next = item.Key
				return nil
			}
			d, ok, err := w.judge(table, item)
			if err != nil {
				return err
			}
			if ok {
				found = append(found, d)
			}
		}
		return nil
	})
	return found, next, err
}

// judge says whether something is due for a row.
func (w *containerSweep) judge(table string, item store.Item) (d due, ok bool, err error) {
	d.key = append([]byte(nil), item.Key...)
	if table == "u" {
		if item.Key[len(item.Key)-1] != 0 {
			return d, false, nil // a block; its header decides
		}
		h, err := decodeStaged(item.Value)
		if err != nil {
			return d, false, nil // a block whose ID ends in 0
		}
		return d, h.count > 0 && h.since+Ticks(staleBlocks/100) <= w.now, nil
	}
	b, err := decodeBlob(item.Value)
	if err != nil {
		return d, false, err
	}
	b.settle(w.now)
	d.target = Target{Account: w.account.Name, Container: w.container.Name, Blob: b.Name}
	switch {
	case b.Deleted != 0:
		return d, b.Purge <= w.now, nil
	case b.Expires != 0 && b.Expires <= w.now && table == "b":
		return d, true, nil
	case w.policy == nil:
		return d, false, nil
	}
	subject := subjectOf(w.account, w.container.Name, b)
	if table == "h" {
		_, kind, err := historyOf(item.Key)
		if err != nil {
			return d, false, err
		}
		if subject.Kind = lifecycle.Version; kind == snapshotKind {
			subject.Kind = lifecycle.Snapshot
		}
		d.target.Snapshot = b.Snapshot
		if b.Snapshot == 0 {
			d.target.VersionID = b.VersionID
		}
		subject.Created = max(b.Snapshot, b.VersionID).Time()
	}
	d.action = w.policy.Evaluate(subject, w.now.Time())
	return d, d.action != (lifecycle.Action{}), nil
}

// subjectOf is a blob as rules see it.
func subjectOf(a *Account, container string, b *Blob) lifecycle.Subject {
	tier := b.Tier
	if tier == "" {
		if tier = a.AccessTier; tier == "" {
			tier = "Hot"
		}
	}
	return lifecycle.Subject{
		BlobType: strings.ToLower(string(b.Type[:1])) + string(b.Type[1:]), Container: container, Name: b.Name,
		Tags: b.Tags, Tier: tier, Created: b.Created.Time(), Modified: b.Modified.Time(), LastAccess: b.LastAccess.Time(),
		LastTierChange: b.TierChanged.Time(),
	}
}

// act does what is due. What a lease, a policy or somebody who came first forbids waits for the next sweep.
func (w *containerSweep) act(ctx context.Context, table string, d due) error {
	operator := Access{By: Operator}
	var err error
	switch {
	case d.action.Delete:
		if _, err = w.service.DeleteBlob(ctx, operator, d.target, DeleteBlob{}); err == nil {
			w.swept.Deleted++
		}
	case d.action.Tier != "":
		if _, err = w.service.SetTier(ctx, operator, d.target, SetTier{Tier: d.action.Tier}); err == nil {
			w.swept.Tiered++
		}
	case table == "u":
		if err = w.dropStale(ctx, d); err == nil {
			w.swept.Blocks++
		}
	default:
		if err = w.dropRecord(ctx, d); err == nil {
			w.swept.Records++
		}
	}
	switch fault.KindOf(err) {
	case fault.Conflict, fault.Precondition, fault.NotFound, fault.Denied:
		return nil
	}
	return err
}

// dropRecord removes a record whose time is still over.
func (w *containerSweep) dropRecord(ctx context.Context, d due) error {
	return w.service.mutateRecord(ctx, w.account, d.target, func(m *mutation) error {
		item, err := m.tx.Get(d.key)
		if err != nil {
			return err
		}
		b, err := decodeBlob(item.Value)
		if err != nil {
			return err
		}
		over := b.Deleted != 0 && b.Purge <= w.now || b.Deleted == 0 && b.Expires != 0 && b.Expires <= w.now
		if !over {
			return refuse(fault.Conflict, "it was changed")
		}
		if err := m.drop(b.Content, nil); err != nil {
			return err
		}
		return m.tx.Delete(d.key)
	})
}

// dropStale removes blocks that have waited too long.
func (w *containerSweep) dropStale(ctx context.Context, d due) error {
	var name string
	err := store.View(ctx, w.service.Store, func(r store.Reader) error {
		item, err := r.Get(d.key)
		if err != nil {
			return err
		}
		h, err := decodeStaged(item.Value)
		name = h.name
		return err
	})
	if err != nil {
		return err
	}
	t := Target{Account: w.account.Name, Container: w.container.Name, Blob: name}
	return w.service.mutateRecord(ctx, w.account, t, func(m *mutation) error {
		h, err := readStaged(m.tx, m.container.instance, name)
		if err != nil {
			return err
		}
		if h.count == 0 || h.since+Ticks(staleBlocks/100) > w.now {
			return refuse(fault.Conflict, "it was changed")
		}
		return m.dropBlocks()
	})
}

// mutateRecord is mutate for alcedo itself.
func (s *Service) mutateRecord(ctx context.Context, account *Account, t Target, fn func(*mutation) error) error {
	return s.mutate(ctx, grant{account: account}, t, fn)
}
