package audit

import (
	"cmp"
	"context"
	"encoding/json"
	"slices"
	"strings"
	"time"

	"github.com/alcedo-cloud/alcedo/internal/fault"
	"github.com/alcedo-cloud/alcedo/internal/rbac"
	"github.com/alcedo-cloud/alcedo/internal/store"
)

// Filter selects decisions. The zero Filter selects all.
type Filter struct {
	Most      int       // at most so many; 0 is all
	Denied    bool      // only refusals
	Caller    string    // object id, application id or name of the caller, without case
	Action    string    // part of the action's name, without case
	Scope     string    // at this scope or below it; "" is all
	RequestID string    // of this request
	Since     time.Time // not before
}

func (f *Filter) fits(e *Entry) bool {
	c := e.Caller
	named := f.Caller == "" || strings.EqualFold(c.ObjectID, f.Caller) || strings.EqualFold(c.AppID, f.Caller) || strings.EqualFold(c.Name, f.Caller)
	return named && !(f.Denied && e.Allowed) &&
		strings.Contains(strings.ToLower(e.Action), strings.ToLower(f.Action)) &&
		(f.Scope == "" || rbac.NewScope(f.Scope).Contains(rbac.NewScope(e.Scope))) &&
		(f.RequestID == "" || strings.EqualFold(e.RequestID, f.RequestID)) &&
		!e.Time.Before(f.Since)
}

// Entries lists decisions, the newest first: those in memory, then older ones that were written.
func (l *Log) Entries(ctx context.Context, f Filter) ([]Entry, error) {
	l.writing.Lock()
	err := l.start(ctx)
	l.writing.Unlock()
	if err != nil {
		return nil, err
	}
	found := map[string]Entry{}
	newest := l.next.Load()
	for n := newest; n > 0 && newest-n < ringSize; n-- {
		if e, ok := l.entry(n); ok && f.fits(&e) {
			found[string(entryKey(&e))] = e
		}
	}
	// Other processes write decisions too where the store is shared; elsewhere what is in memory is the newest there is.
	if f.Most <= 0 || len(found) < f.Most || l.Store.Shared() {
		if err := l.addStored(ctx, &f, found); err != nil {
			return nil, err
		}
	}
	out := make([]Entry, 0, len(found))
	for _, e := range found {
		out = append(out, e)
	}
	slices.SortFunc(out, func(a, b Entry) int { return cmp.Or(b.Time.Compare(a.Time), cmp.Compare(b.Sequence, a.Sequence)) })
	if f.Most > 0 && len(out) > f.Most {
		out = out[:f.Most]
	}
	return out, nil
}

func (l *Log) addStored(ctx context.Context, f *Filter, found map[string]Entry) error {
	err := store.View(ctx, l.Store, func(r store.Reader) error {
		prefix := store.Prefix("audit", "entry")
		for item, err := range r.Scan(prefix, store.End(prefix)) {
			if err != nil {
				return err
			}
			if _, ok := found[string(item.Key)]; ok {
				continue
			}
			var e Entry
			if err := json.Unmarshal(item.Value, &e); err != nil {
				return errDamaged
			}
			if f.fits(&e) {
				found[string(item.Key)] = e
			}
		}
		return nil
	})
	return fault.Wrap("audit.Entries", err)
}
