package rbac

import (
	"errors"
	"fmt"
	"iter"
)

// Rules is a role made ready for decisions: its patterns taken apart and its conditions parsed. It is immutable.
type Rules struct {
	role *Role
	sets []ruleSet
}

// ruleSet is one permission of a role.
type ruleSet struct {
	actions, notActions         []Pattern
	dataActions, notDataActions []Pattern
	condition                   *Condition // nil where the permission has none
	broken                      bool       // the condition cannot be understood, so the set grants nothing
}

// NewRules compiles a role, which must not change afterwards. A permission whose condition cannot be parsed grants
// nothing: the Rules are usable, and the error says what is wrong.
func NewRules(role *Role) (*Rules, error) {
	r := &Rules{role: role, sets: make([]ruleSet, len(role.Permissions))}
	var errs []error
	for i, p := range role.Permissions {
		set := &r.sets[i]
		set.actions, set.notActions = patterns(p.Actions), patterns(p.NotActions)
		set.dataActions, set.notDataActions = patterns(p.DataActions), patterns(p.NotDataActions)
		if p.Condition == "" {
			continue
		}
		var err error
		if set.condition, err = ParseCondition(p.Condition); err != nil {
			set.broken = true
			errs = append(errs, fmt.Errorf("role %s: %w", role.Name, err))
		}
	}
	return r, errors.Join(errs...)
}

// Role is the role that the rules were made from.
func (r *Rules) Role() *Role { return r.role }

// Grants reports whether one of the permissions covers the action, leaving conditions aside.
func (r *Rules) Grants(action string, data bool) bool {
	for i := range r.sets {
		if r.sets[i].grants(action, data) {
			return true
		}
	}
	return false
}

// Conditional reports whether a permission of the role carries a condition.
func (r *Rules) Conditional() bool {
	for i := range r.sets {
		if r.sets[i].condition != nil || r.sets[i].broken {
			return true
		}
	}
	return false
}

// granting lists the permissions that cover the action.
func (r *Rules) granting(action string, data bool) (sets []*ruleSet) {
	for i := range r.sets {
		if r.sets[i].grants(action, data) {
			sets = append(sets, &r.sets[i])
		}
	}
	return sets
}

func (s *ruleSet) grants(action string, data bool) bool {
	if s.broken {
		return false
	}
	if data {
		return anyMatches(s.dataActions, action) && !anyMatches(s.notDataActions, action)
	}
	return anyMatches(s.actions, action) && !anyMatches(s.notActions, action)
}

func patterns(texts []string) []Pattern {
	if len(texts) == 0 {
		return nil
	}
	out := make([]Pattern, len(texts))
	for i, t := range texts {
		out[i] = NewPattern(t)
	}
	return out
}

func anyMatches(patterns []Pattern, action string) bool {
	for i := range patterns {
		if patterns[i].Matches(action) {
			return true
		}
	}
	return false
}

// Breadth counts how much of a universe of actions the role grants: the measure of how narrow a role is.
func (r *Rules) Breadth(universe iter.Seq2[string, bool]) int {
	n := 0
	for action, data := range universe {
		if r.Grants(action, data) {
			n++
		}
	}
	return n
}
