package token

import (
	"context"
	"encoding/json"
	"slices"
	"time"

	"github.com/go-jose/go-jose/v4"

	"github.com/alcedo-cloud/alcedo/internal/fault"
	"github.com/alcedo-cloud/alcedo/internal/store"
)

// Keys is the published key set: the key that signs and those that signed tokens which may still hold. It is a JSON
// Web Key Set (RFC 7517) with x5t and x5c, and kid equal to x5t.
func (s *Service) Keys(ctx context.Context) (jose.JSONWebKeySet, error) {
	set, err := s.published(ctx)
	if err != nil {
		return jose.JSONWebKeySet{}, fault.Wrap("token.Keys", err)
	}
	now := s.clock.Now()
	out := jose.JSONWebKeySet{Keys: []jose.JSONWebKey{set.signing.jwk}}
	var old []*key
	for _, k := range set.byID {
		if k != set.signing && !k.over(now) {
			old = append(old, k)
		}
	}
	slices.SortFunc(old, func(a, b *key) int { return b.Created.Compare(a.Created) })
	for _, k := range old {
		out.Keys = append(out.Keys, k.jwk)
	}
	return out, nil
}

// over reports whether no token that the key has signed can hold any more.
func (k *key) over(now time.Time) bool {
	return !k.Retired.IsZero() && now.Sub(k.Retired) > MaxLifetime
}

// Rotate makes a new key, which signs from now on. The old ones stay published until the last token that they signed
// has expired, then they are deleted.
func (s *Service) Rotate(ctx context.Context) error {
	s.genMu.Lock()
	defer s.genMu.Unlock()
	return fault.Wrap("token.Rotate", s.add(ctx, false))
}

// RotateOlder rotates where the signing key was made longer than age ago, and reports whether it did.
func (s *Service) RotateOlder(ctx context.Context, age time.Duration) (bool, error) {
	set, err := s.published(ctx)
	if err != nil {
		return false, fault.Wrap("token.RotateOlder", err)
	}
	if s.clock.Now().Sub(set.signing.Created) <= age {
		return false, nil
	}
	return true, s.Rotate(ctx)
}

// makeFirst makes a key unless there is one.
func (s *Service) makeFirst(ctx context.Context) error {
	s.genMu.Lock()
	defer s.genMu.Unlock()
	state, err := s.keys.View(ctx)
	if err != nil {
		return err
	}
	if state.current().signing != nil {
		return nil
	}
	return s.add(ctx, true)
}

// add puts a new key into the store and retires the others. With onlyFirst it leaves a key that another process has
// made meanwhile alone.
func (s *Service) add(ctx context.Context, onlyFirst bool) error {
	now := s.clock.Now()
	made, err := generate(s.rand, now, s.cloud.STS)
	if err != nil {
		return err
	}
	return s.store.Update(ctx, func(tx store.Tx) error {
		records, err := readRecords(tx)
		if err != nil {
			return err
		}
		if onlyFirst && signs(records) {
			// Have the mirror of a shared store look again.
			return s.keys.Change(tx, func(*ring) {})
		}
		next := []record{made.record}
		for _, rec := range records {
			if rec.Retired.IsZero() {
				rec.Retired = now
			}
			if now.Sub(rec.Retired) > MaxLifetime {
				if err := tx.Delete(recordKey(rec.ID)); err != nil {
					return err
				}
				continue
			}
			next = append(next, rec)
		}
		for _, rec := range next {
			value, err := json.Marshal(rec)
			if err != nil {
				return err
			}
			if err := tx.Put(recordKey(rec.ID), value); err != nil {
				return err
			}
		}
		return s.changed(tx, next, made)
	})
}

// changed publishes records when tx commits.
func (s *Service) changed(tx store.Tx, records []record, made *key) error {
	known := map[string]*key{made.ID: made}
	state, err := s.keysWithout(tx)
	if err != nil {
		return err
	}
	for id, k := range state.byID {
		known[id] = k
	}
	set, err := newKeySet(records, known)
	if err != nil {
		return err
	}
	return s.keys.Change(tx, func(r *ring) { r.set.Store(set) })
}

// keysWithout reads the keys from tx, without the mirror: a transaction must not open another.
func (s *Service) keysWithout(tx store.Tx) (*keySet, error) {
	r, err := loadRing(tx)
	if err != nil {
		return nil, err
	}
	return r.current(), nil
}

func signs(records []record) bool {
	for _, rec := range records {
		if rec.Retired.IsZero() {
			return true
		}
	}
	return false
}
