package rbac

import (
	"hash/maphash"
	"strings"
	"sync/atomic"
)

// Bounds of the cache of verdicts. A client has a say in the action's text (the last part of a POST's path), so neither
// the number nor the length of what is kept may depend on it.
const (
	verdictSlots     = 4096 // a power of two
	verdictMaxAction = 256  // bytes; longer actions are worked out each time
)

// verdicts remembers which permissions of a role cover an action. Each pair of role and action has one slot, and the
// latest to be asked for stays there: no lock, no growth, and nothing that a client does can keep others out for long.
type verdicts struct {
	seed  maphash.Seed
	slots [verdictSlots]atomic.Pointer[verdict]
}

type verdict struct {
	rules  *Rules
	action string
	data   bool
	sets   []*ruleSet // those that cover the action
}

func newVerdicts() *verdicts { return &verdicts{seed: maphash.MakeSeed()} }

// hash is computed once a decision and used with every role that is asked.
func (v *verdicts) hash(action string) uint64 {
	if len(action) > verdictMaxAction {
		return 0
	}
	return maphash.String(v.seed, action)
}

// of gives the permissions of a role that cover the action. salt tells roles apart.
func (v *verdicts) of(rules *Rules, salt, hash uint64, action string, data bool) []*ruleSet {
	if len(action) > verdictMaxAction {
		return rules.granting(action, data)
	}
	if data {
		salt = ^salt
	}
	h := (hash ^ salt) * 0x9e3779b97f4a7c15
	slot := &v.slots[h>>52&(verdictSlots-1)]
	if known := slot.Load(); known != nil && known.rules == rules && known.data == data && known.action == action {
		return known.sets
	}
	fresh := &verdict{rules: rules, action: strings.Clone(action), data: data, sets: rules.granting(action, data)}
	slot.Store(fresh)
	return fresh.sets
}
