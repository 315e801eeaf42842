package store

import "runtime"

// within calls fn. All that fn calls has the same return address on its stack, which placeWithin tells; so a use inside
// an update is known by looking up the stack. The number of the goroutine would say it too, but the runtime tells that
// only in a stack's text, which costs ten times as much.
//
//go:noinline
func within(fn func() error) error {
	return fn()
}

// placeWithin is where within goes on when its function returns.
func placeWithin() uintptr {
	var place [1]uintptr
	_ = within(func() error {
		runtime.Callers(2, place[:]) // 0 is Callers, 1 this function
		return nil
	})
	return place[0]
}

// calledFrom reports whether a return address is on the goroutine's stack.
func calledFrom(place uintptr) bool {
	var stack [64]uintptr
	for skip := 2; ; skip += len(stack) {
		n := runtime.Callers(skip, stack[:])
		for _, pc := range stack[:n] {
			if pc == place {
				return true
			}
		}
		if n < len(stack) {
			return false
		}
	}
}
