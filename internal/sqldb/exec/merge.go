package exec

import (
	"slices"

	"github.com/alcedo-cloud/alcedo/internal/sqldb/plan"
	"github.com/alcedo-cloud/alcedo/internal/sqldb/txn"
	"github.com/alcedo-cloud/alcedo/internal/sqldb/value"
)

// merging is a compiled MERGE.
type merging struct {
	*inserting
	clauses []mergeClause
	output  *output
	rules   *plan.Rules
	marked  int // slot of the source row's bit
}

type mergeClause struct {
	plan.MergeClause
	holds  predicate
	set    []setColumn
	insert []setColumn
	given  []bool
}

func (c *compiler) merge(n *plan.Merge) (func(r *run, emit func(Row) error) (int64, error), error) {
	g, err := c.target(n.Table, n.Rules)
	if err != nil {
		return nil, err
	}
	m := &merging{
		inserting: &inserting{target: g, buffer: c.state()}, rules: n.Rules, marked: n.Source.Width() - 1,
	}
	if m.source, err = c.node(n.Source); err != nil {
		return nil, err
	}
	for _, clause := range n.Clauses {
		k := mergeClause{MergeClause: clause, given: make([]bool, len(n.Table.Columns))}
		if clause.If != nil {
			if k.holds, err = c.predicate(clause.If); err != nil {
				return nil, err
			}
		}
		if k.set, err = c.setColumns(clause.Set); err != nil {
			return nil, err
		}
		if k.insert, err = c.setColumns(clause.Insert); err != nil {
			return nil, err
		}
		for _, s := range clause.Insert {
			k.given[s.Ordinal] = true
		}
		m.clauses = append(m.clauses, k)
	}
	m.output, err = c.output(n.Output)
	return m.run, err
}

// merged is one row of the outcome.
type merged struct {
	change
	source Row
	action string
}

func (m *merging) run(r *run, emit func(Row) error) (int64, error) {
	w := m.writing(r)
	var rows []merged
	seen := map[string]bool{}
	err := stopped(m.source(r, func(source Row) error {
		if err := r.tick(); err != nil {
			return err
		}
		k, err := m.clause(r, source)
		if err != nil || k == nil {
			return err
		}
		row, err := m.decide(r, w, k, source, seen)
		if err != nil {
			return err
		}
		rows = append(rows, row)
		return r.grow(rowSize(row.old) + rowSize(row.new) + rowSize(row.source))
	}))
	if err != nil {
		return 0, err
	}
	changes := make([]change, len(rows))
	last := value.Null()
	for i, row := range rows {
		changes[i] = row.change
		if row.action == "INSERT" && m.identity >= 0 {
			last = row.new[m.identity]
		}
	}
	if err := m.apply(r, w, changes); err != nil {
		return 0, err
	}
	if err := m.finish(r, w, "MERGE"); err != nil {
		return 0, err
	}
	if err := m.settleIdentity(r, w, last); err != nil {
		return 0, err
	}
	out := m.output.begin(r)
	for _, row := range rows {
		if err := m.output.row(r, out, row.new, row.old, row.source, value.OfString(row.action)); err != nil {
			return 0, err
		}
	}
	if err := m.fireAll(r, w, rows); err != nil {
		return 0, err
	}
	return int64(len(rows)), m.output.end(r, out, emit)
}

// clause finds the first one that a pair satisfies; nil where there is none.
func (m *merging) clause(r *run, source Row) (*mergeClause, error) {
	target := !source[len(m.table.Columns)].IsNull()
	from := source[m.marked].Bool()
	for i := range m.clauses {
		k := &m.clauses[i]
		switch {
		case k.Matched && !(target && from),
			!k.Matched && k.BySource && !(target && !from),
			!k.Matched && !k.BySource && !(from && !target):
			continue
		}
		if k.holds == nil {
			return k, nil
		}
		t, err := k.holds(r, source)
		if err != nil {
			return nil, err
		}
		if t == yes {
			return k, nil
		}
	}
	return nil, nil
}

// decide works out what a clause does with a pair.
func (m *merging) decide(r *run, w *writing, k *mergeClause, source Row, seen map[string]bool) (merged, error) {
	n := len(m.table.Columns)
	out := merged{source: slices.Clone(source), action: "INSERT"}
	if k.Inserts {
		row := make(Row, n)
		if err := m.fresh(r, w, k, row, source); err != nil {
			return out, err
		}
		out.new = row
		return out, m.check(r, row, "INSERT")
	}
	locator := source[n].Text()
	if seen[locator] {
		return out, value.Errorf(8672, 16, 1, "The MERGE statement attempted to UPDATE or DELETE the same row more than once. This "+
			"happens when a target row matches more than one source row. A MERGE statement cannot UPDATE/DELETE the same row of the "+
			"target table multiple times. Refine the ON clause to ensure a target row matches at most one source row, or use the "+
			"GROUP BY clause to group the source rows.")
	}
	seen[locator] = true
	w.keys[0] = m.baseKey(w.keys[0][:0], []byte(locator))
	if err := r.lockRow(m.layout, m.base.at, w.keys[0], txn.Exclusive); err != nil {
		return out, err
	}
	out.old, out.locator, out.action = slices.Clone(source[:n]), []byte(locator), "DELETE"
	if k.Delete {
		return out, nil
	}
	out.action = "UPDATE"
	out.new = slices.Clone(out.old)
	for _, s := range k.set {
		v, err := s.x(r, source)
		if err != nil {
			return out, err
		}
		out.new[s.ordinal] = v
	}
	if err := m.fill(r, out.new); err != nil {
		return out, err
	}
	return out, m.check(r, out.new, "UPDATE")
}

// fresh fills the row that a clause inserts.
func (m *merging) fresh(r *run, w *writing, k *mergeClause, row, source Row) error {
	values := make(Row, len(k.insert))
	columns := make([]int, len(k.insert))
	for i, s := range k.insert {
		v, err := s.x(r, source)
		if err != nil {
			return err
		}
		values[i], columns[i] = v, s.ordinal
	}
	one := *m.inserting
	one.given, one.columns = k.given, columns
	return one.whole(r, w, row, values)
}

// fireAll fires the triggers of each event for its own rows.
func (m *merging) fireAll(r *run, w *writing, rows []merged) error {
	for _, event := range []string{"INSERT", "UPDATE", "DELETE"} {
		t := triggersOf(m.rules, event)
		if t == nil {
			continue
		}
		w.inserted, w.deleted = nil, nil
		for _, row := range rows {
			if row.action != event {
				continue
			}
			if row.new != nil {
				w.inserted = append(w.inserted, row.new)
			}
			if row.old != nil {
				w.deleted = append(w.deleted, row.old)
			}
		}
		if err := t.fire(r, w); err != nil {
			return err
		}
	}
	return nil
}
