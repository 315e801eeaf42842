package sql_test

import (
	"bytes"
	"fmt"
	"net/url"
	"sync"
	"testing"

	"github.com/alcedo-cloud/alcedo/internal/caller"
	"github.com/alcedo-cloud/alcedo/internal/resource"
	"github.com/alcedo-cloud/alcedo/internal/store"
)

// Rules that are made at the same time are all obeyed: none is lost to a server that was read too early.
func TestRulesAtTheSameTime(t *testing.T) {
	w := withServer(t)
	const many = 16
	var wg sync.WaitGroup
	for i := range many {
		wg.Go(func() {
			address := fmt.Sprintf("203.0.113.%d", i+1)
			_, err := w.rm.Do(t.Context(), &resource.Request{
				Caller: caller.Caller{Kind: caller.User, ObjectID: people()["owner"][0], TenantID: tenant}, Method: "PUT", Path: fmt.Sprintf("%s/firewallRules/r%d", srv, i),
				APIVersion: latest, Query: url.Values{}, Body: []byte(`{"properties":{"startIpAddress":"` + address + `","endIpAddress":"` + address + `"}}`),
			})
			if err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	if n := len(w.server().Firewall); n != many {
		t.Errorf("the service has %d rules of %d", n, many)
	}
}

// The administrator's password is kept as its hash only.
func TestPasswordIsNowhere(t *testing.T) {
	w := withServer(t)
	w.do("PATCH", srv, `{"properties":{"administratorLoginPassword":"Correct-Horse-10"}}`).ok(200)
	w.do("PATCH", srv, `{"properties":{"administratorLoginPassword":"Correct-Horse"}}`).ok(200)
	records := 0
	w.must(store.View(t.Context(), w.store, func(r store.Reader) error {
		for item, err := range r.Scan(nil, nil) {
			if err != nil {
				return err
			}
			if records++; bytes.Contains(item.Value, []byte("Correct-Horse")) {
				t.Errorf("%q holds a password", item.Key)
			}
		}
		return nil
	}))
	if records == 0 {
		t.Error("the store is empty: the test proves nothing")
	}
}
