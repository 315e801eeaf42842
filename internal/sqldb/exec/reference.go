package exec

import (
	"slices"

	"github.com/alcedo-cloud/alcedo/internal/sqldb/catalog"
	"github.com/alcedo-cloud/alcedo/internal/sqldb/plan"
	"github.com/alcedo-cloud/alcedo/internal/sqldb/row"
	"github.com/alcedo-cloud/alcedo/internal/sqldb/txn"
	"github.com/alcedo-cloud/alcedo/internal/sqldb/value"
)

// reference is a foreign key of another table, or of the same one, on a table.
type reference struct {
	key      *catalog.ForeignKey
	parent   *entries
	columns  []int   // ordinals of the referenced columns, in the order of the key's definition
	child    *target // the referencing table
	ordinals []int   // of the referring columns, in the same order
	index    *entries
	keys     []row.KeyColumn // types of the referring columns
	decoder  *row.Decoder    // of all the child's columns
}

// removedKeys are keys of rows that went or changed, with what they changed to.
type removedKeys struct {
	old, new map[string]Row // by the key's bytes; new has no entry for rows that went
}

func newReference(c *compiler, g *target, rule *plan.ForeignRule) (*reference, error) {
	k := &reference{key: rule.Key}
	var err error
	if k.child, err = c.child(rule); err != nil {
		return nil, err
	}
	k.parent = g.find(rule.Referenced.Index(rule.Key.ReferencedIndex))
	for i, id := range rule.Key.Columns {
		o := rule.Table.Ordinal(id)
		k.ordinals = append(k.ordinals, o)
		k.columns = append(k.columns, g.table.Ordinal(rule.Key.ReferencedColumns[i]))
		k.keys = append(k.keys, row.KeyColumn{Type: rule.Table.Columns[o].Type})
	}
	if rule.Referencing != nil {
		k.index = k.child.find(rule.Referencing)
		if k.index != nil && (len(k.index.ordinals) < len(k.ordinals) || !sameSet(k.index.ordinals[:len(k.ordinals)], k.ordinals) ||
			k.child.filters[k.index] != nil || k.index.index.Filter != "") {
			k.index = nil
		}
	}
	k.decoder = row.NewDecoder(k.child.all)
	return k, nil
}

// child is the referencing table: with its rules where an action changes it.
func (c *compiler) child(rule *plan.ForeignRule) (*target, error) {
	if rule.Rules != nil {
		return c.target(rule.Table, rule.Rules)
	}
	t := &target{
		layout: newLayout(c.database, rule.Table), rules: &plan.Rules{}, database: c.database, identity: -1, rowVersion: -1,
		number: c.state(), filters: map[*entries]predicate{},
	}
	c.use(t.base.at.Table, txn.SchemaStability, false, true)
	return t, nil
}

func sameSet(a, b []int) bool {
	x, y := slices.Clone(a), slices.Clone(b)
	slices.Sort(x)
	slices.Sort(y)
	return slices.Equal(x, y)
}

// noteRemoved notes the keys of a row that goes or changes, and that others may refer to.
func (g *target) noteRemoved(r *run, w *writing, old, new Row) error {
	for i, k := range g.referencing {
		key, null := k.values(old)
		if null || new != nil && !k.changes(old, new) {
			continue
		}
		p := w.removed[i]
		if p == nil {
			p = &removedKeys{old: map[string]Row{}, new: map[string]Row{}}
			w.removed[i] = p
		}
		w.value = row.AppendKey(w.value[:0], k.keys, key)
		if err := r.grow(2*rowSize(key) + int64(len(w.value))); err != nil {
			return err
		}
		p.old[string(w.value)] = key
		if new != nil {
			p.new[string(w.value)], _ = k.values(new)
		}
	}
	return nil
}

// values are the referenced columns of a row; null says that nothing refers to it.
func (k *reference) values(from Row) (key Row, null bool) {
	key = make(Row, len(k.columns))
	for i, o := range k.columns {
		key[i] = from[o]
		null = null || key[i].IsNull()
	}
	return key, null
}

func (k *reference) changes(old, new Row) bool {
	for _, o := range k.columns {
		if old[o] != new[o] {
			return true
		}
	}
	return false
}

// settle does with the rows that refer to removed keys what the foreign key says.
func (k *reference) settle(r *run, parent *target, removed *removedKeys, statement string) error {
	for at, key := range removed.old {
		back, err := k.returned(r, parent, key)
		if err != nil {
			return err
		}
		if back {
			delete(removed.old, at) // another row has the key now
		}
	}
	if len(removed.old) == 0 {
		return nil
	}
	var changes []change
	err := k.children(r, removed, func(key string, locator []byte, child Row) error {
		action := k.key.OnDelete
		to, updated := removed.new[key]
		if updated {
			action = k.key.OnUpdate
		}
		if action == catalog.NoAction {
			return errReferenced(r.Context, k, statement)
		}
		c, err := k.consequence(r, action, updated, to, child)
		if err != nil {
			return err
		}
		c.locator = locator
		changes = append(changes, c)
		return r.grow(2*rowSize(child) + int64(len(locator)))
	})
	if err != nil || len(changes) == 0 {
		return err
	}
	w := k.child.writing(r)
	if err := k.child.apply(r, w, changes); err != nil {
		return err
	}
	return k.child.finish(r, w, statement)
}

// returned reports whether a removed key is there again.
func (k *reference) returned(r *run, parent *target, key Row) (bool, error) {
	w := parent.writing(r)
	w.scratch = w.scratch[:0]
	for _, o := range k.parent.ordinals {
		w.scratch = append(w.scratch, key[slices.Index(k.columns, o)])
	}
	w.value = row.AppendKey(append(w.value[:0], k.parent.at.Prefix()...), k.parent.keys, w.scratch)
	_, found, err := r.Tx.Newest(k.parent.at, w.value)
	return found, err
}

// consequence is what an action makes of a referring row.
func (k *reference) consequence(r *run, action catalog.Action, updated bool, to, child Row) (change, error) {
	if action == catalog.Cascade && !updated {
		return change{old: child}, nil
	}
	next := slices.Clone(child)
	for i, o := range k.ordinals {
		switch action {
		case catalog.Cascade:
			next[o] = to[i]
		case catalog.SetNull:
			next[o] = value.Null()
		case catalog.SetDefault:
			next[o] = value.Null()
			if o < len(k.child.defaults) && k.child.defaults[o] != nil {
				v, err := k.child.defaults[o](r, nil)
				if err != nil {
					return change{}, err
				}
				next[o] = v
			}
		}
	}
	if err := k.child.fill(r, next); err != nil {
		return change{}, err
	}
	return change{old: child, new: next}, k.child.check(r, next, "UPDATE")
}

// children finds the rows that refer to removed keys, as of the latest commit, and locks them where they are to change.
func (k *reference) children(r *run, removed *removedKeys, yield func(key string, locator []byte, child Row) error) error {
	if k.index == nil {
		return k.all(r, removed, yield)
	}
	for key, values := range removed.old {
		w := k.child.writing(r)
		w.scratch = w.scratch[:0]
		for _, o := range k.index.ordinals[:len(k.ordinals)] {
			w.scratch = append(w.scratch, values[slices.Index(k.ordinals, o)])
		}
		start := row.AppendKey(append([]byte(nil), k.index.at.Prefix()...), k.index.keys, w.scratch)
		if err := k.search(r, k.index, start, after(start), func(locator []byte, child Row) error {
			return yield(key, locator, child)
		}); err != nil {
			return err
		}
	}
	return nil
}

// all goes through the whole table, as there is no index that leads to its rows.
func (k *reference) all(r *run, removed *removedKeys, yield func(key string, locator []byte, child Row) error) error {
	var key []byte
	values := make(Row, len(k.ordinals))
	return k.search(r, k.child.base, nil, nil, func(locator []byte, child Row) error {
		for i, o := range k.ordinals {
			if values[i] = child[o]; values[i].IsNull() {
				return nil
			}
		}
		key = row.AppendKey(key[:0], k.keys, values)
		if _, ok := removed.old[string(key)]; !ok {
			return nil
		}
		return yield(string(key), locator, child)
	})
}

// search gives the rows behind a range of an index. The cursor is closed before the first of them is given, since what
// is done with them may move the view.
func (k *reference) search(r *run, e *entries, start, end []byte, yield func(locator []byte, child Row) error) (err error) {
	c, err := r.Tx.NewestCursor(e.at, start, end)
	if err != nil {
		return err
	}
	type found struct {
		locator []byte
		row     Row
	}
	var rows []found
	var failed error
	for failed == nil && c.Next() {
		if failed = r.tick(); failed != nil {
			break
		}
		locator, record := c.Key()[len(e.at.Prefix()):], c.Value()
		if e != k.child.base {
			record = nil
			if locator, _, failed = e.split(c.Key(), c.Value()); failed != nil {
				break
			}
		}
		f := found{locator: slices.Clone(locator)}
		if record != nil {
			f.row = make(Row, len(k.child.all))
			failed = k.decoder.Decode(slices.Clone(record), f.row, true)
		}
		rows = append(rows, f)
		if failed == nil {
			failed = r.grow(int64(len(locator)) + 48)
		}
	}
	if closed := c.Close(); failed == nil {
		failed = closed
	}
	for _, f := range rows {
		if failed != nil {
			return failed
		}
		if f.row == nil {
			if f.row, failed = k.read(r, f.locator); failed != nil {
				return failed
			}
		}
		failed = yield(f.locator, f.row)
	}
	return failed
}

func (k *reference) read(r *run, locator []byte) (Row, error) {
	record, found, err := r.Tx.Newest(k.child.base.at, k.child.baseKey(nil, locator))
	if err == nil && !found {
		err = errEntry()
	}
	if err != nil {
		return nil, err
	}
	out := make(Row, len(k.child.all))
	return out, k.decoder.Decode(record, out, true)
}
