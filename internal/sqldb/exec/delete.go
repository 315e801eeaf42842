package exec

import (
	"slices"

	"github.com/alcedo-cloud/alcedo/internal/sqldb/plan"
	"github.com/alcedo-cloud/alcedo/internal/sqldb/txn"
	"github.com/alcedo-cloud/alcedo/internal/sqldb/value"
)

// deleting is a compiled DELETE.
type deleting struct {
	*target
	source   operator
	output   *output
	triggers *triggers
	stream   bool
	once     bool
}

func (c *compiler) delete(n *plan.Delete) (func(r *run, emit func(Row) error) (int64, error), error) {
	g, err := c.target(n.Table, n.Rules)
	if err != nil {
		return nil, err
	}
	d := &deleting{target: g}
	watch := c.watch(n.Table.ID)
	if d.source, err = c.node(n.Source); err != nil {
		return nil, err
	}
	if d.output, err = c.output(n.Output); err != nil {
		return nil, err
	}
	d.triggers = triggersOf(n.Rules, "DELETE")
	_, d.once = plainScan(n.Source)
	d.stream = d.once && watch.count() == 1 && !watch.called() && d.triggers == nil
	return d.run, nil
}

func (d *deleting) run(r *run, emit func(Row) error) (count int64, err error) {
	w := d.writing(r)
	out := d.output.begin(r)
	var changes []change
	seen := map[string]bool{}
	n := len(d.table.Columns)
	err = stopped(d.source(r, r.limited(func(source Row) error {
		if err := r.tick(); err != nil {
			return err
		}
		locator := source[n].Text()
		if source[n].IsNull() || !d.once && seen[locator] {
			return nil
		}
		w.keys[0] = d.baseKey(w.keys[0][:0], []byte(locator))
		if err := r.lockRow(d.layout, d.base.at, w.keys[0], txn.Exclusive); err != nil {
			return err
		}
		count++
		if err := d.output.row(r, out, nil, source[:n], source, value.Null()); err != nil {
			return err
		}
		if d.stream {
			return d.deleteRow(r, w, source[:n], []byte(locator))
		}
		if !d.once {
			seen[locator] = true
		}
		c := change{old: slices.Clone(source[:n]), locator: []byte(locator)}
		changes = append(changes, c)
		return r.grow(rowSize(c.old) + int64(len(locator)) + 64)
	})))
	if err != nil {
		return 0, err
	}
	if d.triggers != nil {
		for _, c := range changes {
			w.deleted = append(w.deleted, c.old)
		}
	}
	if !d.triggers.replaces(r) {
		if err := d.apply(r, w, changes); err != nil {
			return 0, err
		}
		if err := d.finish(r, w, "DELETE"); err != nil {
			return 0, err
		}
	}
	if err := d.triggers.fire(r, w); err != nil {
		return 0, err
	}
	return count, d.output.end(r, out, emit)
}
