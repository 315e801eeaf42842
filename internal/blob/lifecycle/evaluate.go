package lifecycle

import (
	"slices"
	"strings"
	"time"
)

// Evaluate gives the action for a blob now. Where several rules apply, the cheapest outcome is taken: to delete, then
// the coldest tier.
func (p *Policy) Evaluate(s Subject, now time.Time) Action {
	best, bestCost := Action{}, 0
	for i := range p.rules {
		r := &p.rules[i]
		if r.Enabled != nil && !*r.Enabled || !r.Definition.Filters.admit(s) {
			continue
		}
		step := r.Definition.Actions.of(s.Kind)
		if step == nil {
			continue
		}
		if a, cost := step.evaluate(s, now); cost > bestCost {
			a.Rule = r.Name
			best, bestCost = a, cost
		}
	}
	return best
}

// TiersToHotOnAccess reports whether a read brings the blob back from Cool to Hot.
func (p *Policy) TiersToHotOnAccess(s Subject) bool {
	for i := range p.rules {
		r := &p.rules[i]
		enabled := r.Enabled == nil || *r.Enabled
		step := r.Definition.Actions.of(s.Kind)
		if enabled && step != nil && step.AutoTierToHot && r.Definition.Filters.admit(s) {
			return true
		}
	}
	return false
}

func (a *actions) of(k Kind) *steps {
	switch k {
	case Snapshot:
		return a.Snapshot
	case Version:
		return a.Version
	default:
		return a.Base
	}
}

func (f *filters) admit(s Subject) bool {
	if !slices.Contains(f.BlobTypes, s.BlobType) {
		return false
	}
	path := s.Container + "/" + s.Name
	if len(f.Prefixes) > 0 && !slices.ContainsFunc(f.Prefixes, func(p string) bool { return strings.HasPrefix(path, p) }) {
		return false
	}
	for _, m := range f.IndexMatch {
		if have, ok := s.Tags[m.Name]; !ok || have != m.Value {
			return false
		}
	}
	return true
}

// temperature orders tiers by their cost of keeping; the warmer is the smaller.
func temperature(tier string) int {
	return 1 + slices.Index([]string{"Hot", "Cool", "Cold", "Archive"}, tier)
}

// evaluate gives the cheapest step that is due and would change something.
func (st *steps) evaluate(s Subject, now time.Time) (a Action, cost int) {
	if st.Delete.due(s, now, false) {
		return Action{Delete: true}, 10
	}
	if s.BlobType != "blockBlob" {
		return Action{}, 0 // only block blobs have tiers that a rule may set
	}
	for _, to := range []struct {
		tier string
		when *after
	}{{"Archive", st.TierToArchive}, {"Cold", st.TierToCold}, {"Cool", st.TierToCool}} {
		if temperature(s.Tier) < temperature(to.tier) && to.when.due(s, now, to.tier == "Archive") {
			return Action{Tier: to.tier}, temperature(to.tier)
		}
	}
	if (s.Tier == "Cool" || s.Tier == "Cold") && st.TierToHot.due(s, now, false) {
		return Action{Tier: "Hot"}, 1
	}
	return Action{}, 0
}

// due reports whether all the times that are given have passed. The time since the last change of tier only keeps blobs
// from being archived again.
func (w *after) due(s Subject, now time.Time, archive bool) bool {
	if w == nil {
		return false
	}
	access := s.LastAccess
	if access.IsZero() {
		access = s.Created // access before tracking began counts from creation
	}
	if archive && !s.LastTierChange.IsZero() && !older(s.LastTierChange, w.TierChange, now) {
		return false
	}
	return older(s.Modified, w.Modification, now) && older(s.Created, w.Creation, now) && older(access, w.LastAccess, now)
}

func older(since time.Time, days *float64, now time.Time) bool {
	return days == nil || now.Sub(since).Hours()/24 > *days
}
