package exec

import (
	"encoding/binary"
	"slices"

	"github.com/alcedo-cloud/alcedo/internal/sqldb/catalog"
	"github.com/alcedo-cloud/alcedo/internal/sqldb/plan"
	"github.com/alcedo-cloud/alcedo/internal/sqldb/txn"
	"github.com/alcedo-cloud/alcedo/internal/sqldb/value"
)

// target is a table that a statement changes, with what the table asks of its rows.
type target struct {
	*layout
	rules       *plan.Rules
	database    int32
	defaults    []evaluator // by ordinal; nil for NULL
	begin       func(*run)  // before the defaults of a row; nil where nothing is to be done
	computed    []evaluator // by ordinal; nil for stored columns
	hasComputed bool
	checks      []check
	shown       []predicate // of views WITH CHECK OPTION
	filters     map[*entries]predicate
	foreign     []*foreignKey
	referencing []*reference
	identity    int // ordinals, -1 for none
	rowVersion  int
	notNull     []int
	number      int // of its state
}

type check struct {
	*catalog.Check
	holds predicate
}

// target compiles what a table asks of its rows.
func (c *compiler) target(t *catalog.Table, rules *plan.Rules) (*target, error) {
	if known, ok := c.targets[rules]; ok && rules != nil {
		return known, nil
	}
	g := &target{
		layout: newLayout(c.database, t), rules: rules, database: c.database, identity: t.IdentityColumn(),
		rowVersion: t.RowVersion(), number: c.state(), filters: map[*entries]predicate{},
	}
	c.use(g.base.at.Table, txn.IntentExclusive, false, true)
	for i, column := range t.Columns {
		if !column.Type.Nullable {
			g.notNull = append(g.notNull, i)
		}
	}
	if rules == nil {
		g.rules = &plan.Rules{}
		return g, nil
	}
	if c.targets == nil {
		c.targets = map[*plan.Rules]*target{}
	}
	c.targets[rules] = g // before its foreign keys, which may come back to it
	if err := g.compile(c, rules); err != nil {
		return nil, err
	}
	return g, nil
}

func (g *target) compile(c *compiler, rules *plan.Rules) (err error) {
	begin, end := c.sameNumbers(rules.Defaults)
	g.defaults, err = c.optional(rules.Defaults)
	if end(); err != nil {
		return err
	}
	g.begin = begin
	if g.computed, err = c.optional(rules.Computed); err != nil {
		return err
	}
	g.hasComputed = slices.ContainsFunc(g.computed, func(e evaluator) bool { return e != nil })
	for _, k := range rules.Checks {
		if k.Check.Disabled {
			continue
		}
		p, err := c.predicate(k.If)
		if err != nil {
			return err
		}
		g.checks = append(g.checks, check{k.Check, p})
	}
	for _, x := range rules.Shown {
		p, err := c.predicate(x)
		if err != nil {
			return err
		}
		g.shown = append(g.shown, p)
	}
	for _, e := range append([]*entries{g.base}, g.indexes...) {
		if e.position < 0 || e.position >= len(rules.Filters) || rules.Filters[e.position] == nil {
			continue
		}
		if g.filters[e], err = c.predicate(rules.Filters[e.position]); err != nil {
			return err
		}
	}
	return g.compileForeign(c, rules)
}

// optional compiles expressions of which some are missing.
func (c *compiler) optional(list []plan.Expr) ([]evaluator, error) {
	out := make([]evaluator, len(list))
	for i, x := range list {
		if x == nil {
			continue
		}
		var err error
		if out[i], err = c.expr(x); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// writing is what a run keeps for a target: room for keys and values, and what is to be checked at the end.
type writing struct {
	keys     [][]byte // of the base and each index
	value    []byte
	locator  []byte
	scratch  Row
	parents  []*parentKeys  // by foreign key
	removed  []*removedKeys // by reference
	sequence int64          // IDENTITY values taken ahead: the next one
	taken    int64          // how many are left
	inserted []Row          // for triggers
	deleted  []Row
}

func (g *target) writing(r *run) *writing {
	return state(r, g.number, func() *writing {
		return &writing{
			keys: make([][]byte, 1+len(g.indexes)), parents: make([]*parentKeys, len(g.foreign)),
			removed: make([]*removedKeys, len(g.referencing)),
		}
	})
}

// fill computes a row's computed columns, and its rowversion anew.
func (g *target) fill(r *run, row Row) error {
	if g.rowVersion >= 0 {
		v, err := r.Tx.Engine().Take(r, txn.Counter{Database: g.database, Kind: txn.RowVersions, Seed: 2001, Increment: 1}, 1)
		if err != nil {
			return err
		}
		row[g.rowVersion] = value.OfBytes(string(binary.BigEndian.AppendUint64(nil, uint64(v))))
	}
	if !g.hasComputed {
		return nil
	}
	for i, e := range g.computed {
		if e == nil {
			continue
		}
		v, err := e(r, row)
		if err != nil {
			return err
		}
		row[i] = v
	}
	return nil
}

// check asks NOT NULL and CHECK of a row.
func (g *target) check(r *run, row Row, statement string) error {
	for _, i := range g.notNull {
		if row[i].IsNull() {
			return errNull(r.Context, g.table, g.table.Columns[i].Name, statement)
		}
	}
	for _, k := range g.checks {
		t, err := k.holds(r, row)
		if err != nil {
			return err
		}
		if t == no {
			return errCheck(r.Context, g.table, k.Check, statement)
		}
	}
	for _, p := range g.shown {
		t, err := p(r, row)
		if err != nil {
			return err
		}
		if t != yes {
			return errNotShown()
		}
	}
	return nil
}

// holds reports whether a row has an entry in an index.
func (g *target) holds(r *run, e *entries, row Row) (bool, error) {
	p := g.filters[e]
	if p == nil {
		return true, nil
	}
	t, err := p(r, row)
	return t == yes, err
}

// freshNumber is what tells rows of a heap, and equal ones of a clustered index, apart.
func (g *target) freshNumber(r *run) ([]byte, error) {
	n, err := r.Tx.Engine().Take(r, txn.Counter{Database: g.database, Kind: txn.Rows, Seed: 1, Increment: 1}, 1)
	if err != nil {
		return nil, err
	}
	return binary.BigEndian.AppendUint64(nil, uint64(n)), nil
}
