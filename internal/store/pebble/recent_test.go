package pebble_test

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"math/rand/v2"
	"testing"

	"github.com/alcedo-cloud/alcedo/internal/store"
	"github.com/alcedo-cloud/alcedo/internal/store/pebble"
)

// TestRecent holds what updates read, again and again, to what was committed last: also where one has failed, and where
// it reads what it has written itself.
func TestRecent(t *testing.T) {
	s := open(t, pebble.Options{InMemory: true})
	random := rand.New(rand.NewPCG(1, 2))
	given := errors.New("given up")
	committed := map[string]string{}
	for step := range 3000 {
		now := maps.Clone(committed)
		fails := random.IntN(4) == 0
		err := s.Update(context.Background(), func(tx store.Tx) error {
			for range 1 + random.IntN(6) {
				key := fmt.Sprint("key ", random.IntN(200)) // more than are kept
				switch random.IntN(8) {
				case 0:
					delete(now, key)
					if err := tx.Delete([]byte(key)); err != nil {
						return err
					}
				case 1, 2:
					now[key] = fmt.Sprint(step)
					if err := tx.Put([]byte(key), []byte(now[key])); err != nil {
						return err
					}
				default:
					item, err := tx.Get([]byte(key))
					if want, there := now[key]; there != (err == nil) || there && (string(item.Value) != want || string(item.Key) != key) {
						return fmt.Errorf("%s has %q, %v, want %q, %v", key, item.Value, err, want, there)
					}
				}
			}
			if fails {
				return given
			}
			return nil
		})
		switch {
		case fails && errors.Is(err, given):
		case err != nil:
			t.Fatalf("step %d: %v", step, err)
		default:
			committed = now
		}
	}
}
