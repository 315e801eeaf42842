package resource_test

import (
	"net/url"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/alcedo-cloud/alcedo/internal/resource"
)

// TestOneCreates: of many who create a resource at once, one is told 201; deletions and reads beside them meet whole
// documents or none.
func TestOneCreates(t *testing.T) {
	w := newWorld(t)
	var created, gone atomic.Int32
	send := func(method, body string) int {
		a, err := w.svc.Do(t.Context(), &resource.Request{
			Caller: person("owner"), Method: method, Path: boxes + "/same", APIVersion: "2024-01-01", Query: url.Values{}, Body: []byte(body), BaseURL: base,
		})
		if err != nil {
			if s := statusOf(err); s != 404 {
				t.Errorf("%s: %v", method, err)
			}
			return 404
		}
		return a.Status
	}
	race := func(n int, f func()) {
		var wg sync.WaitGroup
		for range n {
			wg.Go(f)
		}
		wg.Wait()
	}
	w.door.quiet = true
	race(16, func() {
		if send("PUT", `{"location":"chinanorth"}`) == 201 {
			created.Add(1)
		}
		send("GET", "")
	})
	race(16, func() {
		if send("DELETE", "") == 200 {
			gone.Add(1)
		}
		send("GET", "")
	})
	if created.Load() != 1 || gone.Load() != 1 {
		t.Errorf("%d were told that they created it, %d that they deleted it", created.Load(), gone.Load())
	}
}
