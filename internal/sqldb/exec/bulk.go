package exec

import (
	"errors"
	"io"
	"slices"

	"github.com/alcedo-cloud/alcedo/internal/sqldb/catalog"
	"github.com/alcedo-cloud/alcedo/internal/sqldb/plan"
	"github.com/alcedo-cloud/alcedo/internal/sqldb/txn"
	"github.com/alcedo-cloud/alcedo/internal/sqldb/value"
)

// BulkOptions are those of INSERT BULK … WITH.
type BulkOptions struct {
	Check        bool // CHECK_CONSTRAINTS: CHECK and FOREIGN KEY are asked; without, they are not
	KeepNulls    bool // NULL stays NULL where a column has a default
	KeepIdentity bool // the rows' own IDENTITY values count
	Triggers     bool // FIRE_TRIGGERS
	Sorted       bool // ORDER: the rows come in the order of the clustered key, which the table has then
	TableLock    bool // TABLOCK: also where the table is in use; without, the table is locked when that costs no waiting
}

// Bulk loads rows into a table, in c.Tx, within the statement that is open. columns are the ordinals that rows gives,
// already of the columns' types; rows fills a row, and ends with io.EOF. All rows are loaded or none.
func Bulk(c *Context, t *catalog.Table, rules *plan.Rules, columns []int, rows func(dst []value.Value) error, o BulkOptions) (int64, error) {
	var count int64
	err := definition(c, t, rules, func(r *run, g *target) (err error) {
		count, err = g.bulk(r, columns, rows, o)
		return err
	})
	return count, err
}

func (g *target) bulk(r *run, columns []int, rows func(dst []value.Value) error, o BulkOptions) (count int64, err error) {
	if err := g.lockBulk(r, o); err != nil {
		return 0, err
	}
	own := *g
	if !o.Check {
		own.checks, own.foreign = nil, nil
	}
	ins := &inserting{target: &own, columns: columns, given: make([]bool, len(g.table.Columns)), explicit: o.KeepIdentity}
	for _, at := range columns {
		ins.given[at] = true
	}
	if g.identity >= 0 && !o.KeepIdentity {
		ins.given[g.identity] = false
	}
	if o.Triggers {
		ins.triggers = triggersOf(g.rules, "INSERT")
	}
	w := own.writing(r)
	last, identities := value.Null(), value.Null()
	var order *sorted
	if o.Sorted {
		order = own.sorted()
	}
	source, row := make(Row, len(columns)), make(Row, len(g.table.Columns))
	for {
		if err := r.tick(); err != nil {
			return 0, err
		}
		err := rows(source)
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return 0, err
		}
		stored, err := ins.load(r, w, row, source, o)
		if err == nil && order != nil {
			err = order.next(row)
		}
		if err != nil {
			return 0, err
		}
		if !stored {
			continue
		}
		count++
		if g.identity >= 0 {
			last = row[g.identity]
			identities = further(identities, last, g.table.Columns[g.identity].Identity.Increment)
		}
	}
	if err := own.finish(r, w, "INSERT"); err != nil {
		return 0, err
	}
	if o.KeepIdentity {
		last = identities
	}
	if err := ins.settleIdentity(r, w, last); err != nil {
		return 0, err
	}
	return count, ins.triggers.fire(r, w)
}

// further is the one of two IDENTITY values that lies further on.
func further(a, b value.Value, increment int64) value.Value {
	if a.IsNull() || (b.Int64() > a.Int64()) == (increment > 0) {
		return b
	}
	return a
}

// lockBulk locks the table whole, which spares the rows' locks: always with TABLOCK, else if nobody is in the way.
func (g *target) lockBulk(r *run, o BulkOptions) error {
	t := g.base.at.Table
	if o.TableLock {
		_, err := r.Tx.LockTable(r, t, txn.Exclusive)
		return err
	}
	if _, err := r.Tx.LockTable(r, t, txn.IntentExclusive); err != nil {
		return err
	}
	r.Tx.TryTable(t, txn.Exclusive)
	return nil
}

// load stores one row.
func (n *inserting) load(r *run, w *writing, row, source Row, o BulkOptions) (bool, error) {
	if err := n.whole(r, w, row, source); err != nil {
		return false, err
	}
	if n.identity >= 0 && n.given[n.identity] && row[n.identity].IsNull() {
		v, err := n.nextIdentity(r, w)
		if err != nil {
			return false, err
		}
		row[n.identity] = v
	}
	if !o.KeepNulls {
		for _, at := range n.columns {
			if !row[at].IsNull() || at >= len(n.defaults) || n.defaults[at] == nil {
				continue
			}
			v, err := n.defaults[at](r, nil)
			if err != nil {
				return false, err
			}
			row[at] = v
		}
	}
	if err := n.check(r, row, "INSERT"); err != nil {
		return false, err
	}
	if n.triggers != nil {
		if err := r.grow(rowSize(row)); err != nil {
			return false, err
		}
		w.inserted = append(w.inserted, slices.Clone(row))
	}
	return n.insertRow(r, w, row)
}
