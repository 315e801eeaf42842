package token

import (
	"testing"
	"time"

	"github.com/go-jose/go-jose/v4"

	"github.com/alcedo-cloud/alcedo/internal/cloud"
)

func TestRotate(t *testing.T) {
	w := newWorld(t)
	ids := func() []string {
		set, err := w.service.Keys(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		var out []string
		for _, k := range set.Keys {
			out = append(out, k.KeyID)
		}
		return out
	}
	old := w.mint(t, w.claims())
	first := ids()
	if err := w.service.Rotate(t.Context()); err != nil {
		t.Fatal(err)
	}
	both := ids()
	if len(both) != 2 || both[1] != first[0] || both[0] == first[0] {
		t.Fatalf("keys %v after %v: want the new one first, then the old", both, first)
	}
	fresh := w.mint(t, w.claims())
	if kid := part(t, fresh, 0)["kid"]; kid != both[0] {
		t.Errorf("signed by %v, want %v", kid, both[0])
	}
	for _, raw := range []string{old, fresh} {
		if _, err := w.verifier.Verify(t.Context(), raw, cloud.ResourceManager); err != nil {
			t.Error(err)
		}
	}
	w.open(t) // as after a restart
	if got := ids(); len(got) != 2 || got[0] != both[0] {
		t.Errorf("keys after a restart: %v, want %v", got, both)
	}
	w.clock.Advance(MaxLifetime + time.Second)
	if got := ids(); len(got) != 1 || got[0] != both[0] {
		t.Errorf("keys after the longest life: %v", got)
	}
	// A forged token of the retired key must not pass, even if it says that it still holds.
	retired, err := w.service.published(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	forged := w.claims()
	if err := w.service.fill(&forged); err != nil {
		t.Fatal(err)
	}
	raw := foreign(t, jose.RS256, retired.byID[first[0]].private, map[jose.HeaderKey]any{"kid": first[0]}, forged)
	who, err := w.verifier.Verify(t.Context(), raw, cloud.ResourceManager)
	refused(t, "retired key", who, err, Signature)
	if err := w.service.Rotate(t.Context()); err != nil {
		t.Fatal(err)
	}
	if set, err := w.service.published(t.Context()); err != nil || len(set.byID) != 2 {
		t.Errorf("%d keys kept, %v: the first should be deleted", len(set.byID), err)
	}
}

func TestRotateOlder(t *testing.T) {
	w := newWorld(t)
	w.mint(t, w.claims())
	for _, step := range []struct {
		pass    time.Duration
		rotates bool
	}{{time.Hour, false}, {time.Hour, true}, {time.Minute, false}} {
		w.clock.Advance(step.pass)
		rotated, err := w.service.RotateOlder(t.Context(), 90*time.Minute)
		if err != nil || rotated != step.rotates {
			t.Errorf("after another %v: rotated %v, %v", step.pass, rotated, err)
		}
	}
}
