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
		if err := r.Tx.LockReference(r, k.parent.at, k.parentKey(r, g, key), txn.Exclusive); err != nil {
			return err
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
	if err := k.child.finish(r, w, statement); err != nil {
		return err
	}
	return k.child.tell(r, changes)
}

// tell fires the triggers of a table whose rows a foreign key's action has changed.
func (g *target) tell(r *run, changes []change) error {
	for _, event := range []string{"UPDATE", "DELETE"} {
		t := triggersOf(g.rules, event)
		if t == nil || t.instead {
			continue // a table with such actions has no INSTEAD OF triggers
		}
		own := &writing{}
		for _, c := range changes {
			switch {
			case event == "UPDATE" && c.new != nil:
				own.inserted, own.deleted = append(own.inserted, c.new), append(own.deleted, c.old)
			case event == "DELETE" && c.new == nil:
				own.deleted = append(own.deleted, c.old)
			}
		}
		if len(own.deleted) == 0 {
			continue
		}
		if err := t.fire(r, own); err != nil {
			return err
		}
	}
	return nil
}

// returned reports whether a removed key is there again.
func (k *reference) returned(r *run, parent *target, key Row) (bool, error) {
	_, found, err := r.Tx.Newest(k.parent.at, k.parentKey(r, parent, key))
	return found, err
}

// parentKey is where a referenced key lies; key has the referenced columns. It is good until the next call.
func (k *reference) parentKey(r *run, parent *target, key Row) []byte {
	w := parent.writing(r)
	w.scratch = w.scratch[:0]
	for _, o := range k.parent.ordinals {
		w.scratch = append(w.scratch, key[slices.Index(k.columns, o)])
	}
	w.value = row.AppendKey(append(w.value[:0], k.parent.at.Prefix()...), k.parent.keys, w.scratch)
	return w.value
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
				if k.child.begin != nil && i == 0 {
					k.child.begin(r)
				}
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
