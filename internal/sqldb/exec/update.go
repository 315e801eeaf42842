package exec

import (
	"slices"

	"github.com/alcedo-cloud/alcedo/internal/sqldb/plan"
	"github.com/alcedo-cloud/alcedo/internal/sqldb/txn"
	"github.com/alcedo-cloud/alcedo/internal/sqldb/value"
)

// updating is a compiled UPDATE.
type updating struct {
	*target
	source   operator
	set      []setColumn
	assign   []assignment
	output   *output
	triggers *triggers
	stream   bool // rows can be changed while the source goes through the table
	once     bool // the source gives each row once
}

type setColumn struct {
	ordinal int
	x       evaluator
}

func (c *compiler) update(n *plan.Update) (func(r *run, emit func(Row) error) (int64, error), error) {
	g, err := c.target(n.Table, n.Rules)
	if err != nil {
		return nil, err
	}
	u := &updating{target: g}
	watch := c.watch(n.Table.ID)
	if u.source, err = c.node(n.Source); err != nil {
		return nil, err
	}
	if u.set, err = c.setColumns(n.Set); err != nil {
		return nil, err
	}
	if u.assign, err = c.assignments(n.Assign); err != nil {
		return nil, err
	}
	if u.output, err = c.output(n.Output); err != nil {
		return nil, err
	}
	u.triggers = triggersOf(n.Rules, "UPDATE")
	scanned, plain := plainScan(n.Source)
	u.once = plain
	u.stream = plain && watch.count() == 1 && !watch.called() && u.triggers == nil && u.inPlace(g.find(scanned.Index), n.Set)
	return u.run, nil
}

func (c *compiler) setColumns(list []plan.SetColumn) ([]setColumn, error) {
	exprs := make([]plan.Expr, len(list))
	for i := range list {
		exprs[i] = list[i].X
	}
	compiled, err := c.row(exprs)
	if err != nil {
		return nil, err
	}
	out := make([]setColumn, len(list))
	for i, x := range compiled {
		out[i] = setColumn{list[i].Ordinal, x}
	}
	return out, nil
}

// inPlace reports whether an update leaves alone the order in which its source reads, and all unique keys.
func (u *updating) inPlace(scanned *entries, set []plan.SetColumn) bool {
	if u.hasComputed || len(u.filters) > 0 {
		return false
	}
	touched := func(e *entries) bool {
		return slices.ContainsFunc(set, func(s plan.SetColumn) bool { return slices.Contains(e.ordinals, s.Ordinal) })
	}
	for _, e := range append([]*entries{u.base}, u.indexes...) {
		if (e.unique || e == scanned || e == u.base) && touched(e) {
			return false
		}
	}
	return true
}

func (u *updating) run(r *run, emit func(Row) error) (count int64, err error) {
	w := u.writing(r)
	out := u.output.begin(r)
	var changes []change
	seen := map[string]bool{}
	one := make([]change, 1)
	err = stopped(u.source(r, r.limited(func(source Row) error {
		if err := r.tick(); err != nil {
			return err
		}
		c, ok, err := u.prepare(r, w, source, seen)
		if err != nil || !ok {
			return err
		}
		count++
		if err := u.output.row(r, out, c.new, c.old, source, value.Null()); err != nil {
			return err
		}
		if u.stream {
			one[0] = c
			return u.apply(r, w, one)
		}
		changes = append(changes, c)
		return r.grow(rowSize(c.old) + rowSize(c.new) + 64)
	})))
	if err != nil {
		return 0, err
	}
	u.tell(w, changes)
	if !u.triggers.replaces(r) {
		if err := u.apply(r, w, changes); err != nil {
			return 0, err
		}
		if err := u.finish(r, w, "UPDATE"); err != nil {
			return 0, err
		}
	}
	if err := u.triggers.fire(r, w); err != nil {
		return 0, err
	}
	return count, u.output.end(r, out, emit)
}

// prepare locks a row and computes its new state. It is false for a row that the source has given before.
func (u *updating) prepare(r *run, w *writing, source Row, seen map[string]bool) (change, bool, error) {
	n := len(u.table.Columns)
	locator := source[n].Text()
	if source[n].IsNull() {
		return change{}, false, nil // an outer join gave no row
	}
	if !u.once {
		if seen[locator] {
			return change{}, false, nil
		}
		seen[locator] = true
		if err := r.grow(int64(len(locator) + 48)); err != nil {
			return change{}, false, err
		}
	}
	w.keys[0] = u.baseKey(w.keys[0][:0], []byte(locator))
	if err := r.lockRow(u.layout, u.base.at, w.keys[0], txn.Exclusive); err != nil {
		return change{}, false, err
	}
	c := change{old: slices.Clone(source[:n]), new: slices.Clone(source[:n]), locator: []byte(locator)}
	for _, s := range u.set {
		v, err := s.x(r, source)
		if err != nil {
			return c, false, err
		}
		c.new[s.ordinal] = v
	}
	if err := r.assign(u.assign, source); err != nil {
		return c, false, err
	}
	if err := u.fill(r, c.new); err != nil {
		return c, false, err
	}
	return c, true, u.check(r, c.new, "UPDATE")
}

// tell keeps the rows for triggers.
func (u *updating) tell(w *writing, changes []change) {
	if u.triggers == nil {
		return
	}
	for _, c := range changes {
		w.inserted = append(w.inserted, c.new)
		w.deleted = append(w.deleted, c.old)
	}
}
