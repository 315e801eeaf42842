package cli

import (
	"os"
	"runtime"
	"runtime/debug"
	"runtime/metrics"
	"sync/atomic"
)

// heapFloor is the size in bytes up to which the heap grows before it is collected. Go collects whenever the heap has
// doubled, which is very often where little lives: an instance under load keeps some 15 MiB and allocates ten times that
// each second.
const heapFloor = 48 << 20

// collector paces the garbage collection of an instance: up to heapFloor the heap may grow, and beyond as Go has it.
// That is the process's affair, so it is the command's: programs that embed an instance keep their own pace, and who has
// set GOGC keeps that.
type collector struct {
	percent int // as last set
	ended   atomic.Bool
	live    []metrics.Sample
}

// paceCollector begins. The returned function ends it.
func paceCollector() (end func()) {
	if os.Getenv("GOGC") != "" {
		return func() {}
	}
	c := &collector{percent: standardPercent, live: []metrics.Sample{{Name: "/gc/heap/live:bytes"}}}
	c.await()
	return func() { c.ended.Store(true) }
}

// await has the next collection call collected: an object that nobody holds is gone with it.
func (c *collector) await() {
	runtime.AddCleanup(new([32]byte), func(c *collector) { c.collected() }, c)
}

func (c *collector) collected() {
	if c.ended.Load() {
		return
	}
	metrics.Read(c.live)
	if p := percentFor(c.live[0].Value.Uint64()); p != c.percent {
		c.percent = p
		debug.SetGCPercent(p)
	}
	c.await()
}

const standardPercent = 100

// percentFor is how much a heap of that many live bytes may grow, in percent, in steps so that it rarely changes.
func percentFor(live uint64) int {
	const step = 25
	p := heapFloor * 100 / max(live, 1<<20)
	return max(standardPercent, int(p)/step*step-100)
}
