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

// TestReturnToHot: a blob that a rule has cooled comes back when it is read, and one that no rule is about does not.
func TestReturnToHot(t *testing.T) {
	w := newWorld(t, func(a *Account) {
		a.Properties.LastAccessTracking = true
		a.Lifecycle = []byte(`{"rules":[{"name":"r","enabled":true,"type":"Lifecycle","definition":{
			"filters":{"blobTypes":["blockBlob"],"prefixMatch":["con/warm"]},
			"actions":{"baseBlob":{"enableAutoTierToHotFromCool":true,"tierToCool":{"daysAfterLastAccessTimeGreaterThan":30}}}}}]}`)
	})
	for name, want := range map[string]string{"warm": "Hot", "cold": "Cool"} {
		w.put(t, name, "x")
		if _, err := w.SetTier(t.Context(), key(), blobAt(name), SetTier{Tier: "Cool"}); err != nil {
			t.Fatal(err)
		}
		w.clock.Advance(48 * time.Hour)
		w.read(t, blobAt(name))
		b, err := w.GetBlobProperties(t.Context(), key(), blobAt(name), Conditions{}, nil)
		if err != nil || b.Tier != want {
			t.Errorf("%s: %+v, %v", name, b, err)
		}
	}
}
