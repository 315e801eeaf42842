package txn

import (
	"context"
	"errors"
	"testing"

	"github.com/alcedo-cloud/alcedo/internal/store"
	"github.com/alcedo-cloud/alcedo/internal/store/pebble"
)

func TestCountersAreNeverGivenTwice(t *testing.T) {
	dir := t.TempDir()
	identity := Counter{Database: 1, Object: 5, Kind: Identity, Seed: 1, Increment: 1}
	seen := map[int64]bool{}
	for round := range 3 {
		backend, err := pebble.Open(pebble.Options{Dir: dir})
		if err != nil {
			t.Fatal(err)
		}
		s := store.Enforce(backend)
		e := engineOn(t, s)
		for range 5 {
			first, err := e.Take(context.Background(), identity, 3)
			if err != nil {
				t.Fatal(err)
			}
			for n := first; n < first+3; n++ {
				if seen[n] {
					t.Fatalf("round %d: %d again", round, n)
				}
				seen[n] = true
			}
		}
		if round == 1 { // an orderly end, after which nothing is lost
			if err := e.Close(context.Background()); err != nil {
				t.Fatal(err)
			}
		}
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
	}
	for _, n := range []int64{1, 15, 1001, 1015, 1016, 1030} {
		if !seen[n] {
			t.Errorf("%d was not given: %d numbers in all", n, len(seen))
		}
	}
}

func TestCounterSettings(t *testing.T) {
	e := newEngine(t)
	ctx := context.Background()
	c := Counter{Database: 1, Object: 5, Kind: Identity, Seed: 100, Increment: -10}
	if _, used, err := e.Last(ctx, c); used || err != nil {
		t.Fatal("a number before the first")
	}
	take := func(want int64) {
		t.Helper()
		if n, err := e.Take(ctx, c, 1); n != want || err != nil {
			t.Fatalf("%d, %v; want %d", n, err, want)
		}
	}
	take(100)
	take(90)
	if err := e.Raise(ctx, c, 95); err != nil {
		t.Fatal(err)
	}
	take(80)
	if err := e.Raise(ctx, c, 20); err != nil {
		t.Fatal(err)
	}
	take(10)
	if err := e.Reseed(ctx, c, 500, true); err != nil {
		t.Fatal(err)
	}
	take(490)
	if err := e.Reseed(ctx, c, 500, false); err != nil {
		t.Fatal(err)
	}
	take(500)
	if n, used, err := e.Last(ctx, c); n != 500 || !used || err != nil {
		t.Fatalf("last %d, %v, %v", n, used, err)
	}
	end := Counter{Database: 1, Object: 6, Kind: Sequence, Seed: 1<<63 - 3, Increment: 1}
	for range 3 {
		if _, err := e.Take(ctx, end, 1); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := e.Take(ctx, end, 1); !errors.Is(err, ErrExhausted) {
		t.Fatalf("beyond 64 bits: %v", err)
	}
}
