package e2e

import (
	"fmt"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"
)

// TestPowerCut kills the process in the middle of writes. What was acknowledged is there when it comes back, the record
// that the dead process left behind deceives nobody, and tokens that were given out still hold.
func TestPowerCut(t *testing.T) {
	i := start(t, "AzureCloud")
	manager := "https://" + clouds[i.cloud].resourceManager
	token := i.ownerToken(t, manager)
	for round := range 3 {
		c, url := i.http(t), manager+"/subscriptions/"+i.SubscriptionID+"/resourceGroups/"
		var (
			mu    sync.Mutex
			acked []string
			wg    sync.WaitGroup
		)
		for w := range 4 {
			wg.Go(func() {
				for n := range 1000 {
					name := fmt.Sprintf("round%d-%d-%d", round, w, n)
					req, err := http.NewRequestWithContext(t.Context(), http.MethodPut, url+name+"?api-version=2021-04-01",
						strings.NewReader(`{"location":"`+i.location+`"}`))
					if err != nil {
						t.Error(err)
						return
					}
					req.Header.Set("Authorization", "Bearer "+token)
					resp, err := c.Do(req)
					if err != nil {
						return // the power is off
					}
					_ = resp.Body.Close()
					if resp.StatusCode != http.StatusCreated {
						t.Errorf("%s got %s", name, resp.Status)
						return
					}
					mu.Lock()
					acked = append(acked, name)
					mu.Unlock()
				}
			})
		}
		time.Sleep(300 * time.Millisecond)
		i.server.kill()
		wg.Wait()
		if len(acked) == 0 {
			t.Fatal("nothing was acknowledged before the cut: the test proves nothing")
		}
		if r := i.run(t, i.command("credentials")); r.status != 1 || !strings.Contains(r.stderr, "alcedo up") {
			t.Errorf("after the cut: %s", r)
		}
		i.server = i.up(t)
		c = i.http(t)
		for _, name := range acked {
			req, err := http.NewRequestWithContext(t.Context(), http.MethodHead, url+name+"?api-version=2021-04-01", nil)
			if err != nil {
				t.Fatal(err)
			}
			req.Header.Set("Authorization", "Bearer "+token)
			if r := send(t, c, req); r.status != http.StatusNoContent {
				t.Fatalf("%s was acknowledged and is gone (%d) in round %d", name, r.status, round)
			}
		}
		t.Logf("round %d: %d acknowledged, %d there", round, len(acked), len(acked))
	}
}
