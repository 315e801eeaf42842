package exec

import (
	"slices"

	"github.com/alcedo-cloud/alcedo/internal/sqldb/catalog"
	"github.com/alcedo-cloud/alcedo/internal/sqldb/plan"
	"github.com/alcedo-cloud/alcedo/internal/sqldb/row"
	"github.com/alcedo-cloud/alcedo/internal/sqldb/value"
)

// definition runs f for a table whose definition changes. A statement of c.Tx is open, and the table is locked.
func definition(c *Context, t *catalog.Table, rules *plan.Rules, f func(r *run, g *target) error) (err error) {
	k := &compiler{database: c.Database, working: map[int]int{}}
	g, err := k.target(t, rules)
	if err != nil {
		return err
	}
	r := &run{Context: c, states: make([]any, k.states)}
	defer func() {
		if closed := r.release(); err == nil {
			err = closed
		}
	}()
	return f(r, g)
}

// each reads all rows of a layout, as the statement sees them. The row is good until yield returns, the locator too.
func (l *layout) each(r *run, yield func(locator []byte, row Row) error) (err error) {
	d := row.NewDecoder(l.all)
	c, err := r.Tx.Cursor(l.base.at, nil, nil)
	if err != nil {
		return err
	}
	defer func() {
		if closed := c.Close(); err == nil {
			err = closed
		}
	}()
	out := make(Row, len(l.all))
	for c.Next() {
		if err := r.tick(); err != nil {
			return err
		}
		locator := c.Key()[len(l.base.at.Prefix()):]
		record, err := l.whole(locator, c.Value(), r.Tx.Get)
		if err != nil {
			return err
		}
		if err := d.Decode(record, out, false); err != nil {
			return err
		}
		if err := yield(locator, out); err != nil {
			return err
		}
	}
	return c.Err()
}

// Empty reports whether a table has no rows.
func Empty(c *Context, t *catalog.Table) (bool, error) {
	empty := true
	err := definition(c, t, nil, func(r *run, g *target) error {
		return stopped(g.each(r, func([]byte, Row) error {
			empty = false
			return errStop
		}))
	})
	return empty, err
}

func errDuplicateIndex(c *Context, t *catalog.Table, e *entries, row Row) error {
	return value.Errorf(1505, 16, 1, "The CREATE UNIQUE INDEX statement terminated because a duplicate key was found for the object "+
		"name '%s' and the index name '%s'. The duplicate key value is %s.", c.object(t), e.index.Name, keyText(t, e, row))
}

// Clear deletes all entries of an index: DROP INDEX.
func Clear(c *Context, t *catalog.Table, x *catalog.Index) error {
	return definition(c, t, nil, func(r *run, g *target) error {
		e := g.find(x)
		if e == nil {
			// It is no longer in the definition: its entries are known by its number alone.
			e = g.entries(g.base.at.Table, -1, x, nil)
		}
		cursor, err := r.Tx.Cursor(e.at, nil, nil)
		if err != nil {
			return err
		}
		for cursor.Next() && err == nil {
			if err = r.tick(); err == nil {
				err = r.Tx.Delete(e.at, cursor.Key())
			}
		}
		if closed := cursor.Close(); err == nil {
			err = closed
		}
		return err
	})
}

// Verify asks all rows whether they satisfy a CHECK or FOREIGN KEY constraint: ALTER TABLE … WITH CHECK.
func Verify(c *Context, t *catalog.Table, rules *plan.Rules, constraint int32) error {
	return definition(c, t, rules, func(r *run, g *target) error {
		const statement = "ALTER TABLE"
		checks := slices.DeleteFunc(slices.Clone(g.checks), func(k check) bool { return k.ID != constraint })
		foreign := slices.DeleteFunc(slices.Clone(g.foreign), func(k *foreignKey) bool { return k.key.ID != constraint })
		if len(checks)+len(foreign) == 0 {
			return nil // disabled, which asks nothing
		}
		own := *g
		own.foreign, own.checks = foreign, checks
		w := &writing{parents: make([]*parentKeys, len(foreign))}
		err := own.each(r, func(_ []byte, row Row) error {
			for _, k := range own.checks {
				t, err := k.holds(r, row)
				if err != nil {
					return err
				}
				if t == no {
					return errCheck(c, own.table, k.Check, statement)
				}
			}
			return own.noteForeign(r, w, nil, row)
		})
		if err != nil {
			return err
		}
		own.referencing = nil
		return own.finish(r, w, statement)
	})
}

// Rewrite reads all rows of a table by one definition and writes them by another: of the same columns, by their ids,
// those that have another type are converted; those that are new get their identity, default or computed value. Entries
// of the old definition that the new one does not overwrite are deleted, unless its rows are of another generation.
func Rewrite(c *Context, from, to *catalog.Table, rules *plan.Rules, _ any) error {
	return definition(c, to, rules, func(r *run, g *target) error {
		m, err := newMover(c, from, g)
		if err != nil {
			return err
		}
		type moved struct {
			old     Row
			new     Row
			locator []byte
		}
		var rows []moved
		// A row may take the place of another that was not read yet, so all are read before the first is written.
		err = m.from.each(r, func(locator []byte, row Row) error {
			next, err := m.convert(r, row)
			if err != nil {
				return err
			}
			rows = append(rows, moved{slices.Clone(row), next, slices.Clone(locator)})
			return r.grow(rowSize(row) + rowSize(next))
		})
		if err != nil {
			return err
		}
		w := g.writing(r)
		old := &target{layout: m.from, filters: map[*entries]predicate{}, rules: &plan.Rules{}}
		// The filters of old indexes are not known: deleting an entry that is not there does no harm.
		gone := &writing{keys: make([][]byte, 1+len(m.from.indexes))}
		for _, row := range rows {
			if from.Truncated != to.Truncated {
				break // nobody reads the old generation any more
			}
			if err := old.deleteRow(r, gone, row.old, row.locator); err != nil {
				return err
			}
		}
		for _, row := range rows {
			if err := r.tick(); err != nil {
				return err
			}
			if _, err := g.insertRow(r, w, row.new); err != nil {
				if isNumber(err, 2627) || isNumber(err, 2601) {
					err = m.duplicate(err, row.new)
				}
				return err
			}
		}
		return nil
	})
}
