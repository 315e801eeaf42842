package exec

import (
	"slices"

	"github.com/alcedo-cloud/alcedo/internal/fault"
	"github.com/alcedo-cloud/alcedo/internal/sqldb/catalog"
	"github.com/alcedo-cloud/alcedo/internal/sqldb/plan"
	"github.com/alcedo-cloud/alcedo/internal/sqldb/row"
	"github.com/alcedo-cloud/alcedo/internal/sqldb/txn"
)

// foreignKey is one of a table's own foreign keys: what its rows refer to.
type foreignKey struct {
	key        *catalog.ForeignKey
	referenced *layout
	parent     *entries // the unique index that is referred to
	ordinals   []int    // of the referring columns, in the order of parent's key
}

// parentKeys are keys that must be there when the statement ends.
type parentKeys struct {
	known map[string]bool
}

// mostParents is how many distinct keys wait before they are looked up. A key that refers to its own table has to wait
// for the end, as the row may come yet.
const mostParents = 20000

func (g *target) compileForeign(c *compiler, rules *plan.Rules) error {
	for i := range rules.Foreign {
		rule := &rules.Foreign[i]
		if rule.Key.Disabled {
			continue
		}
		k, err := newForeignKey(c, g.table, rule)
		if err != nil {
			return err
		}
		g.foreign = append(g.foreign, k)
	}
	for i := range rules.Referencing {
		rule := &rules.Referencing[i]
		if rule.Key.Disabled {
			continue
		}
		k, err := newReference(c, g, rule)
		if err != nil {
			return err
		}
		g.referencing = append(g.referencing, k)
	}
	return nil
}

func newForeignKey(c *compiler, t *catalog.Table, rule *plan.ForeignRule) (*foreignKey, error) {
	k := &foreignKey{key: rule.Key, referenced: newLayout(c.database, rule.Referenced)}
	k.parent = k.referenced.find(rule.Referenced.Index(rule.Key.ReferencedIndex))
	if k.parent == nil || !k.parent.unique {
		return nil, fault.Newf(fault.Internal, "exec.Compile", "", "foreign key %s refers to no unique index", rule.Key.Name)
	}
	for _, o := range k.parent.ordinals {
		at := slices.Index(rule.Key.ReferencedColumns, k.referenced.table.Columns[o].ID)
		if at < 0 {
			return nil, fault.Newf(fault.Internal, "exec.Compile", "", "foreign key %s and its index differ", rule.Key.Name)
		}
		k.ordinals = append(k.ordinals, t.Ordinal(rule.Key.Columns[at]))
	}
	c.use(k.referenced.base.at.Table, txn.IntentShared, false, true)
	return k, nil
}

// noteForeign notes what a new or changed row refers to. A NULL among the columns refers to nothing.
func (g *target) noteForeign(r *run, w *writing, old, new Row) error {
	for i, k := range g.foreign {
		if old != nil && !k.differ(old, new) {
			continue
		}
		w.scratch = w.scratch[:0]
		null := false
		for _, o := range k.ordinals {
			null = null || new[o].IsNull()
			w.scratch = append(w.scratch, new[o])
		}
		if null {
			continue
		}
		p := w.parents[i]
		if p == nil {
			p = &parentKeys{known: map[string]bool{}}
			w.parents[i] = p
		}
		w.value = row.AppendKey(append(w.value[:0], k.parent.at.Prefix()...), k.parent.keys, w.scratch)
		if p.known[string(w.value)] {
			continue
		}
		if err := r.grow(int64(len(w.value) + 64)); err != nil {
			return err
		}
		p.known[string(w.value)] = true
		if len(p.known) >= mostParents && k.key.Referenced != k.key.ParentID {
			statement := "INSERT"
			if old != nil {
				statement = "UPDATE"
			}
			if err := k.verify(r, p, statement); err != nil {
				return err
			}
			clear(p.known)
		}
	}
	return nil
}

func (k *foreignKey) differ(old, new Row) bool {
	for _, o := range k.ordinals {
		if old[o] != new[o] {
			return true
		}
	}
	return false
}

// verify looks the noted keys up, and keeps them where they are until the transaction ends.
func (k *foreignKey) verify(r *run, p *parentKeys, statement string) error {
	for key := range p.known {
		if err := r.tick(); err != nil {
			return err
		}
		found, err := k.exists(r, []byte(key))
		if err != nil {
			return err
		}
		if !found {
			return errForeign(r.Context, k, statement)
		}
	}
	return nil
}

// exists reports whether a key is there, and keeps it. Where it is not, somebody may be about to commit it.
func (k *foreignKey) exists(r *run, key []byte) (bool, error) {
	if err := r.Tx.LockReference(r, k.parent.at, key, txn.Shared); err != nil {
		return false, err
	}
	_, found, err := r.Tx.Newest(k.parent.at, key)
	if err != nil || found {
		return found, err
	}
	if err := r.Tx.LockKey(r, k.parent.at, key, txn.Shared); err != nil {
		return false, err
	}
	_, found, err = r.Tx.Newest(k.parent.at, key)
	return found, err
}

// finish checks what is checked at the end of a statement, and carries out the actions of foreign keys.
func (g *target) finish(r *run, w *writing, statement string) error {
	for i, k := range g.referencing {
		if removed := w.removed[i]; removed != nil {
			w.removed[i] = nil
			if err := k.settle(r, g, removed, statement); err != nil {
				return err
			}
		}
	}
	for i, k := range g.foreign {
		if p := w.parents[i]; p != nil {
			w.parents[i] = nil
			if err := k.verify(r, p, statement); err != nil {
				return err
			}
		}
	}
	return nil
}
