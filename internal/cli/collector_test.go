package cli

import (
	"runtime"
	"runtime/debug"
	"testing"
	"time"
)

func TestCollectorPercent(t *testing.T) {
	for _, c := range []struct {
		live uint64
		want int
	}{
		{0, 4700},
		{16 << 20, 200},
		{20 << 20, 125},
		{24 << 20, 100},
		{64 << 20, 100},
		{8 << 30, 100},
	} {
		if got := percentFor(c.live); got != c.want {
			t.Errorf("%d live bytes: %d%%, want %d%%", c.live, got, c.want)
		}
		if next := c.live + c.live*uint64(percentFor(c.live))/100; c.live < heapFloor/2 && next > heapFloor {
			t.Errorf("%d live bytes grow to %d", c.live, next)
		}
	}
}

// TestCollector collects until the pace has followed.
func TestCollector(t *testing.T) {
	t.Setenv("GOGC", "")
	before := debug.SetGCPercent(standardPercent)
	defer debug.SetGCPercent(before)
	defer paceCollector()()
	for deadline := time.Now().Add(30 * time.Second); ; time.Sleep(time.Millisecond) {
		runtime.GC()
		now := debug.SetGCPercent(standardPercent)
		if now != standardPercent {
			debug.SetGCPercent(now)
			return
		}
		if time.Now().After(deadline) {
			t.Fatal("the pace does not follow the heap")
		}
	}
}

// TestCollectorLeavesGOGC: whoever has set a pace keeps it.
func TestCollectorLeavesGOGC(t *testing.T) {
	t.Setenv("GOGC", "100")
	before := debug.SetGCPercent(standardPercent)
	defer debug.SetGCPercent(before)
	defer paceCollector()()
	for range 5 {
		runtime.GC()
		time.Sleep(time.Millisecond)
	}
	if now := debug.SetGCPercent(standardPercent); now != standardPercent {
		t.Errorf("the pace is %d%%", now)
	}
}
