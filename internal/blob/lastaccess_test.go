package blob

import (
	"testing"
	"time"
)

// TestLastAccess: writes and the first read of a day are noted where the account tracks them, and change nothing else.
func TestLastAccess(t *testing.T) {
	w := newWorld(t, nil)
	w.put(t, "b", "x")
	look := func() *Blob {
		t.Helper()
		b, err := w.GetBlobProperties(t.Context(), key(), blobAt("b"), Conditions{}, nil)
		must(t, err)
		return b
	}
	w.read(t, blobAt("b"))
	before := look()
	if before.LastAccess != 0 {
		t.Errorf("noted without being tracked: %+v", before)
	}
	w.account(t, func(a *Account) { a.Properties.LastAccessTracking = true })
	w.clock.Advance(time.Hour)
	if look().LastAccess != 0 {
		t.Error("a look at the properties is no access")
	}
	w.read(t, blobAt("b"))
	first := TicksOf(w.clock.Now())
	if got := look(); got.LastAccess != first || got.ETag != before.ETag || got.Modified != before.Modified {
		t.Errorf("%+v, was %+v", got, before)
	}
	w.clock.Advance(23 * time.Hour)
	w.read(t, blobAt("b"))
	if got := look(); got.LastAccess != first {
		t.Errorf("noted twice in a day: %v, want %v", got.LastAccess, first)
	}
	w.clock.Advance(2 * time.Hour)
	w.read(t, blobAt("b"))
	if got := look(); got.LastAccess != TicksOf(w.clock.Now()) {
		t.Errorf("not noted the next day: %v", got.LastAccess)
	}
	w.clock.Advance(time.Minute)
	if got := w.put(t, "b", "y"); got.LastAccess < TicksOf(w.clock.Now()) {
		t.Errorf("a write is an access: %v", got.LastAccess)
	}
}
