package resource

import (
	"encoding/json"
	"sort"
	"strings"
	"sync"

	"github.com/google/uuid"

	"github.com/alcedo-cloud/alcedo/internal/fault"
	"github.com/alcedo-cloud/alcedo/internal/store"
)

// subscription is a stored subscription.
type subscription struct {
	ID          string            `json:"subscriptionId"`
	DisplayName string            `json:"displayName"`
	Tags        map[string]string `json:"tags,omitempty"`
}

// subscriptions are all of them, in memory: every request asks whether one exists.
type subscriptions struct {
	mu sync.RWMutex
	by map[string]subscription // by lower-case id
}

func loadSubscriptions(r store.Reader) (*subscriptions, error) {
	s := &subscriptions{by: make(map[string]subscription)}
	prefix := store.Prefix("arm", "subscription")
	for item, err := range r.Scan(prefix, store.End(prefix)) {
		if err != nil {
			return nil, err
		}
		var sub subscription
		if err := json.Unmarshal(item.Value, &sub); err != nil {
			return nil, fault.Wrap("resource.loadSubscriptions", err)
		}
		s.by[strings.ToLower(sub.ID)] = sub
	}
	return s, nil
}

// get finds a subscription by its id in any case.
func (s *subscriptions) get(id string) (subscription, bool) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	sub, ok := s.by[id]
	if !ok {
		sub, ok = s.by[strings.ToLower(id)]
	}
	return sub, ok
}

// list is all of them by id.
func (s *subscriptions) list() []subscription {
	s.mu.RLock()
	defer s.mu.RUnlock()
	out := make([]subscription, 0, len(s.by))
	for _, sub := range s.by {
		out = append(out, sub)
	}
	sort.Slice(out, func(i, j int) bool { return out[i].ID < out[j].ID })
	return out
}

// CreateSubscription adds a subscription, which is enabled at once. id is a GUID; it is kept in lower case.
func (s *Service) CreateSubscription(tx store.Tx, id, displayName string) error {
	parsed, err := uuid.Parse(id)
	if err != nil {
		return fault.Newf(fault.Invalid, "resource.CreateSubscription", "InvalidSubscriptionId",
			"The provided subscription identifier '%s' is malformed or invalid.", id)
	}
	return s.putSubscription(tx, subscription{ID: parsed.String(), DisplayName: displayName})
}

func (s *Service) putSubscription(tx store.Tx, sub subscription) error {
	text, err := encode(sub)
	if err != nil {
		return fault.Wrap("resource.putSubscription", err)
	}
	if err := tx.Put(store.Key("arm", "subscription", sub.ID), text); err != nil {
		return err
	}
	return s.subscriptions.Change(tx, func(all *subscriptions) {
		all.mu.Lock()
		defer all.mu.Unlock()
		all.by[sub.ID] = sub
	})
}
