package bind

import (
	"github.com/alcedo-cloud/alcedo/internal/sqldb/catalog"
	"github.com/alcedo-cloud/alcedo/internal/sqldb/plan"
	"github.com/alcedo-cloud/alcedo/internal/tsql"
)

// Rules binds what a table asks of its rows. The caller keeps the result for as long as the catalog's version stays,
// and gives it to later statements by Environment.Rules.
func Rules(env *Environment, table *catalog.Table) (*plan.Rules, error) {
	return newBinder(env).makeRules(table, map[int32]*plan.Rules{})
}

// rules gives a table's rules: those that the environment keeps, or new ones.
func (b *binder) rules(t *catalog.Table) (*plan.Rules, error) {
	if b.env.Rules != nil {
		if r, err := b.env.Rules(t); r != nil || err != nil {
			return r, err
		}
	}
	return b.makeRules(t, map[int32]*plan.Rules{})
}

// makeRules binds the rules of t. made has those of tables on the way: foreign keys may lead back.
func (b *binder) makeRules(t *catalog.Table, made map[int32]*plan.Rules) (*plan.Rules, error) {
	if r, ok := made[t.ID]; ok {
		return r, nil
	}
	r := &plan.Rules{
		Defaults: make([]plan.Expr, len(t.Columns)),
		Computed: make([]plan.Expr, len(t.Columns)),
		Filters:  make([]plan.Expr, len(t.Indexes)),
	}
	made[t.ID] = r
	env := *b.env
	env.Variable, env.Table = nil, nil
	own := newBinder(&env)
	for i, c := range t.Columns {
		if err := own.columnRules(t, c, i, r); err != nil {
			return nil, err
		}
	}
	for _, c := range t.Checks {
		e, err := own.overTable(t, c.Text, true)
		if err != nil {
			return nil, err
		}
		r.Checks = append(r.Checks, plan.CheckRule{Check: c, If: e})
	}
	for i, x := range t.Indexes {
		if x.Filter == "" {
			continue
		}
		e, err := own.overTable(t, x.Filter, true)
		if err != nil {
			return nil, err
		}
		r.Filters[i] = e
	}
	if t.Temporary || b.env.Catalog == nil {
		return r, nil
	}
	if err := b.foreignRules(t, r, made); err != nil {
		return nil, err
	}
	r.Triggers = b.triggers(t)
	return r, nil
}

func (b *binder) columnRules(t *catalog.Table, c *catalog.Column, i int, r *plan.Rules) error {
	if c.Default != nil {
		e, err := b.text(c.Default.Text)
		if err != nil {
			return err
		}
		if e, err = b.assign(tsql.Span{}, e, b.targetName(t, c), c.Type); err != nil {
			return err
		}
		if r.Defaults[i], err = b.alone(e); err != nil {
			return err
		}
	}
	if c.Computed == nil {
		return nil
	}
	e, err := b.overTable(t, c.Computed.Text, false)
	if err != nil {
		return err
	}
	if e, err = b.coerce(tsql.Span{}, e, c.Type); err != nil {
		return err
	}
	r.Computed[i] = e
	return nil
}

// overTable binds a text of the catalog over a row of all columns.
func (b *binder) overTable(t *catalog.Table, text string, condition bool) (plan.Expr, error) {
	x, err := parseExpr(text, condition)
	if err != nil {
		return nil, err
	}
	return TableExpression(b.env, t, x)
}

// foreignRules joins foreign keys with the tables at their other ends.
func (b *binder) foreignRules(t *catalog.Table, r *plan.Rules, made map[int32]*plan.Rules) error {
	for _, k := range t.ForeignKeys {
		if other, ok := b.env.Catalog.Table(k.Referenced); ok {
			r.Foreign = append(r.Foreign, plan.ForeignRule{Key: k, Table: t, Referenced: other, Referencing: ledBy(t, k.Columns)})
		}
	}
	for other, k := range b.env.Catalog.Referencing(t.ID) {
		rule := plan.ForeignRule{Key: k, Table: other, Referenced: t, Referencing: ledBy(other, k.Columns)}
		if k.OnDelete != catalog.NoAction || k.OnUpdate != catalog.NoAction {
			rules, err := b.makeRules(other, made)
			if err != nil {
				return err
			}
			rule.Rules = rules
		}
		r.Referencing = append(r.Referencing, rule)
	}
	return nil
}

// ledBy is an index whose key begins with just these columns, in any order; nil where there is none.
func ledBy(t *catalog.Table, columns []int32) *catalog.Index {
	for _, x := range t.Indexes {
		if x.Disabled || x.Filter != "" || len(x.Keys) < len(columns) {
			continue
		}
		all := true
		for _, k := range x.Keys[:len(columns)] {
			found := false
			for _, id := range columns {
				found = found || id == k.Column
			}
			all = all && found
		}
		if all {
			return x
		}
	}
	return nil
}

// triggers are those of a table, in the order of their making.
func (b *binder) triggers(t *catalog.Table) []*catalog.Module {
	var out []*catalog.Module
	for _, o := range b.env.Catalog.Objects() {
		if m, ok := o.(*catalog.Module); ok && m.Kind == catalog.KindTrigger && m.ParentID == t.ID && !m.Disabled {
			out = append(out, m)
		}
	}
	return out
}
