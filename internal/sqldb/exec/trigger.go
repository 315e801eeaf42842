package exec

import (
	"slices"
	"strings"

	"github.com/alcedo-cloud/alcedo/internal/sqldb/catalog"
	"github.com/alcedo-cloud/alcedo/internal/sqldb/plan"
)

// triggers are those of one event of a table.
type triggers struct {
	after   []*catalog.Module
	instead bool
	first   *catalog.Module // INSTEAD OF
}

// triggersOf finds the triggers of an event; nil where there are none.
func triggersOf(rules *plan.Rules, event string) *triggers {
	if rules == nil {
		return nil
	}
	t := &triggers{}
	for _, m := range rules.Triggers {
		wants := slices.ContainsFunc(m.Events, func(e string) bool { return strings.EqualFold(e, event) })
		switch {
		case m.Disabled || !wants:
		case m.InsteadOf:
			t.instead, t.first = true, m
		default:
			t.after = append(t.after, m)
		}
	}
	if !t.instead && len(t.after) == 0 {
		return nil
	}
	return t
}

// replaces reports whether a trigger stands in for the statement. One does not for its own.
func (t *triggers) replaces(r *run) bool {
	return t != nil && t.instead && !r.fires(t.first)
}

func (r *run) fires(m *catalog.Module) bool { return r.Session != nil && r.Session.Firing(m) }

// fire runs the triggers with the rows that the statement has changed.
func (t *triggers) fire(r *run, w *writing) error {
	if t == nil {
		return nil
	}
	inserted, deleted := w.inserted, w.deleted
	w.inserted, w.deleted = nil, nil
	if t.replaces(r) {
		return r.Session.Fire(t.first, inserted, deleted)
	}
	for _, m := range t.after {
		if r.fires(m) {
			continue
		}
		if err := r.Session.Fire(m, inserted, deleted); err != nil {
			return err
		}
	}
	return nil
}
