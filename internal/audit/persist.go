package audit

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"

	"github.com/alcedo-cloud/alcedo/internal/fault"
	"github.com/alcedo-cloud/alcedo/internal/store"
)

// Keys:
//
//	audit entry {time, nanoseconds, 16 hex}{sequence, 16 hex}   a decision, JSON
//	audit last                                                  the sequence of the last one
func entryKey(e *Entry) []byte {
	return store.Key("audit", "entry", fmt.Sprintf("%016x%016x", uint64(e.Time.UnixNano()), e.Sequence))
}

func lastKey() []byte { return store.Key("audit", "last") }

// flush writes the newest of what has not been written, at most that many, and trims the store.
func (l *Log) flush(ctx context.Context, most uint64) error {
	l.writing.Lock()
	defer l.writing.Unlock()
	if err := l.start(ctx); err != nil {
		return err
	}
	newest := l.next.Load()
	from := l.written
	if newest-from > most {
		from = newest - most
	}
	var batch []Entry
	for number := from + 1; number <= newest; number++ {
		if e, ok := l.entry(number); ok {
			batch = append(batch, e)
		}
	}
	if len(batch) > 0 {
		if err := l.Store.Update(ctx, func(tx store.Tx) error { return put(tx, batch) }); err != nil {
			return fault.Wrap("audit.flush", err)
		}
		l.stored += len(batch)
	}
	l.written = newest
	return l.trim(ctx)
}

func put(tx store.Tx, batch []Entry) error {
	for i := range batch {
		value, err := json.Marshal(&batch[i])
		if err != nil {
			return err
		}
		if err := tx.Put(entryKey(&batch[i]), value); err != nil {
			return err
		}
	}
	return tx.Put(lastKey(), []byte(strconv.FormatUint(batch[len(batch)-1].Sequence, 10)))
}

// start finds out, once, where earlier runs stopped. writing is held.
func (l *Log) start(ctx context.Context) error {
	if l.started {
		return nil
	}
	err := store.View(ctx, l.Store, func(r store.Reader) error {
		l.stored = 0
		prefix := store.Prefix("audit", "entry")
		for _, err := range r.Scan(prefix, store.End(prefix)) {
			if err != nil {
				return err
			}
			l.stored++
		}
		item, err := r.Get(lastKey())
		if errors.Is(err, store.ErrNotFound) {
			return nil
		}
		if err != nil {
			return err
		}
		if l.base, err = strconv.ParseUint(string(item.Value), 10, 64); err != nil {
			return errDamaged
		}
		return nil
	})
	l.started = err == nil
	return fault.Wrap("audit.start", err)
}

// trim deletes the oldest decisions once there are enough too many of them.
func (l *Log) trim(ctx context.Context) error {
	excess := l.stored - keptSize
	if excess <= keptSlack {
		return nil
	}
	deleted := 0
	err := l.Store.Update(ctx, func(tx store.Tx) error {
		deleted = 0
		prefix := store.Prefix("audit", "entry")
		var old [][]byte
		for item, err := range tx.Scan(prefix, store.End(prefix)) {
			if err != nil {
				return err
			}
			if old = append(old, item.Key); len(old) == excess {
				break
			}
		}
		for _, key := range old {
			if err := tx.Delete(key); err != nil {
				return err
			}
			deleted++
		}
		return nil
	})
	if err == nil {
		l.stored -= deleted
	}
	return fault.Wrap("audit.trim", err)
}
