package exec

import (
	"slices"

	"github.com/alcedo-cloud/alcedo/internal/sqldb/plan"
	"github.com/alcedo-cloud/alcedo/internal/sqldb/txn"
	"github.com/alcedo-cloud/alcedo/internal/sqldb/value"
)

// inserting is a compiled INSERT.
type inserting struct {
	*target
	columns  []int
	given    []bool // by ordinal: the source has it
	source   operator
	known    int64 // how many rows the source has, 0 where only running tells
	spool    bool  // the source reads the table
	explicit bool  // IDENTITY_INSERT
	output   *output
	triggers *triggers
	buffer   int
}

// manyRows are so many that their IDENTITY values are taken at once: a failure then wastes those of the rows behind it.
const manyRows = 100

func (c *compiler) insert(n *plan.Insert) (func(r *run, emit func(Row) error) (int64, error), error) {
	g, err := c.target(n.Table, n.Rules)
	if err != nil {
		return nil, err
	}
	ins := &inserting{target: g, columns: n.Columns, given: make([]bool, len(n.Table.Columns)), explicit: n.Identity, buffer: c.state()}
	for _, o := range n.Columns {
		ins.given[o] = true
	}
	watch := c.watch(n.Table.ID)
	if ins.source, err = c.node(n.Source); err != nil {
		return nil, err
	}
	ins.spool = watch.read()
	if v, ok := n.Source.(*plan.Values); ok && len(v.Rows) >= manyRows {
		ins.known = int64(len(v.Rows))
	}
	if ins.output, err = c.output(n.Output); err != nil {
		return nil, err
	}
	ins.triggers = triggersOf(n.Rules, "INSERT")
	return ins.run, nil
}

func (n *inserting) run(r *run, emit func(Row) error) (count int64, err error) {
	w := n.writing(r)
	out := n.output.begin(r)
	last := value.Null()
	add := func(source Row) error {
		if err := r.tick(); err != nil {
			return err
		}
		row, err := n.build(r, w, source)
		if err != nil {
			return err
		}
		if n.identity >= 0 {
			last = row[n.identity]
		}
		stored, err := n.insert(r, w, row)
		if err != nil || !stored {
			return err
		}
		count++
		return n.output.row(r, out, row, nil, source, value.Null())
	}
	if err := n.each(r, add); err != nil {
		return 0, err
	}
	if err := n.finish(r, w, "INSERT"); err != nil {
		return 0, err
	}
	if err := n.settleIdentity(r, w, last); err != nil {
		return 0, err
	}
	if err := n.triggers.fire(r, w); err != nil {
		return 0, err
	}
	return count, n.output.end(r, out, emit)
}

// each gives the source's rows; all are kept first where the source reads the table.
func (n *inserting) each(r *run, add func(Row) error) error {
	add = r.limited(add)
	if !n.spool {
		return stopped(n.source(r, add))
	}
	rows, size, err := collect(r, n.source)
	defer func() { r.shrink(size) }()
	for i := 0; i < len(rows) && err == nil; i++ {
		err = add(rows[i])
	}
	return stopped(err)
}

// stopped is an error but for that which SET ROWCOUNT ends a statement with.
func stopped(err error) error {
	if err == errStop {
		return nil
	}
	return err
}

// limited obeys SET ROWCOUNT.
func (r *run) limited(yield func(Row) error) func(Row) error {
	left := r.RowLimit
	if left <= 0 {
		return yield
	}
	return func(row Row) error {
		if err := yield(row); err != nil {
			return err
		}
		if left--; left == 0 {
			return errStop
		}
		return nil
	}
}

// build makes a whole row of what the source gives.
func (n *inserting) build(r *run, w *writing, source Row) (Row, error) {
	row := r.buffer(n.buffer, len(n.table.Columns))
	if err := n.whole(r, w, row, source); err != nil {
		return nil, err
	}
	if n.triggers.replaces(r) {
		return row, nil
	}
	return row, n.check(r, row, "INSERT")
}

// whole fills a row with what the source gives and the table adds.
func (n *inserting) whole(r *run, w *writing, row, source Row) error {
	clear(row)
	for i, o := range n.columns {
		if n.given[o] {
			row[o] = source[i]
		}
	}
	return n.supply(r, w, row)
}

// supply gives the columns their values that the source does not.
func (n *inserting) supply(r *run, w *writing, row Row) error {
	if n.begin != nil {
		n.begin(r)
	}
	for o, e := range n.defaults {
		if e == nil || n.given[o] {
			continue
		}
		v, err := e(r, nil)
		if err != nil {
			return err
		}
		row[o] = v
	}
	if n.identity >= 0 && !n.given[n.identity] {
		v, err := n.nextIdentity(r, w)
		if err != nil {
			return err
		}
		row[n.identity] = v
	}
	return n.fill(r, row)
}

// insert stores a row, or leaves that to a trigger.
func (n *inserting) insert(r *run, w *writing, row Row) (bool, error) {
	if n.triggers != nil {
		if err := r.grow(rowSize(row)); err != nil {
			return false, err
		}
		w.inserted = append(w.inserted, slices.Clone(row))
		if n.triggers.replaces(r) {
			return true, nil
		}
	}
	return n.insertRow(r, w, row)
}

func (g *target) counter() txn.Counter {
	i := g.table.Columns[g.identity].Identity
	return txn.Counter{Database: g.database, Object: g.table.ID, Kind: txn.Identity, Seed: i.Seed, Increment: i.Increment}
}

// nextIdentity takes a number; where it is known how many rows come, all at once.
func (n *inserting) nextIdentity(r *run, w *writing) (value.Value, error) {
	i := n.table.Columns[n.identity].Identity
	if w.taken == 0 {
		count := max(1, n.known)
		first, err := n.take(r, count)
		if err != nil {
			return value.Null(), err
		}
		w.sequence, w.taken = first, count
	}
	v := w.sequence
	w.taken--
	if w.taken > 0 {
		w.sequence += i.Increment
	}
	t := n.table.Columns[n.identity].Type
	if v < least(t) || v > most(t) {
		return value.Null(), errIdentityOverflow(t)
	}
	if t.ID == value.Decimal {
		return value.OfDecimal(value.Int128Of(v), t.Scale), nil
	}
	return value.OfInt(v), nil
}

func (g *target) take(r *run, count int64) (int64, error) {
	if g.layout.base.at.Table.Space != txn.Stored {
		return r.Tx.Local().Take(g.counter(), count), nil
	}
	first, err := r.Tx.Engine().Take(r, g.counter(), count)
	if err == txn.ErrExhausted {
		err = errIdentityOverflow(g.table.Columns[g.identity].Type)
	}
	return first, err
}

func errIdentityOverflow(t value.Type) error {
	return value.Errorf(8115, 16, 1, "Arithmetic overflow error converting IDENTITY to data type %s.", t.Name())
}

// least and most bound the whole numbers of a type that can be an IDENTITY.
func least(t value.Type) int64 {
	switch t.ID {
	case value.TinyInt:
		return 0
	case value.SmallInt:
		return -1 << 15
	case value.Int:
		return -1 << 31
	case value.Decimal:
		return -most(t)
	}
	return -1 << 63
}

func most(t value.Type) int64 {
	switch t.ID {
	case value.TinyInt:
		return 1<<8 - 1
	case value.SmallInt:
		return 1<<15 - 1
	case value.Int:
		return 1<<31 - 1
	case value.Decimal:
		if t.Precision < 19 {
			n, _ := value.Pow10(int(t.Precision)).IsInt64()
			return n - 1
		}
	}
	return 1<<63 - 1
}

// settleIdentity notes explicit values, and tells the session the last one.
func (n *inserting) settleIdentity(r *run, _ *writing, last value.Value) error {
	if n.identity < 0 || last.IsNull() {
		return nil
	}
	if n.explicit && n.given[n.identity] {
		v := last.Int64()
		if last.Kind() == value.KindDecimal {
			d, _ := last.Decimal()
			v, _ = d.IsInt64()
		}
		if n.base.at.Table.Space != txn.Stored {
			r.Tx.Local().Raise(n.counter(), v)
		} else if err := r.Tx.Engine().Raise(r, n.counter(), v); err != nil {
			return err
		}
	}
	if r.Session != nil {
		r.Session.GaveIdentity(last)
	}
	return nil
}
