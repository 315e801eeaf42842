package bind

import (
	"slices"
	"strings"

	"github.com/alcedo-cloud/alcedo/internal/sqldb/catalog"
	"github.com/alcedo-cloud/alcedo/internal/sqldb/plan"
	"github.com/alcedo-cloud/alcedo/internal/sqldb/value"
	"github.com/alcedo-cloud/alcedo/internal/tsql"
)

// outputs is what OUTPUT may name: the rows as they are and were, and the source's.
type outputs struct {
	table             *catalog.Table
	inserted, deleted bool
	change            *change // of UPDATE and DELETE: FROM's columns
	merge             *merging
	action            *column // $action of MERGE
	newCols, oldCols  []*column
}

// boundOutput is OUTPUT before its expressions are lowered.
type boundOutput struct {
	x    *tsql.Output
	list []plan.Expr
	cols []*column
}

func (o *boundOutput) places() []*plan.Expr {
	if o == nil {
		return nil
	}
	out := make([]*plan.Expr, len(o.list))
	for i := range o.list {
		out[i] = &o.list[i]
	}
	return out
}

// output binds and lowers OUTPUT of a statement whose source's rows it does not see.
func (b *binder) output(list []tsql.Output, outs *outputs) (*plan.Output, error) {
	bound, err := b.bindOutput(list, outs)
	if err != nil {
		return nil, err
	}
	for _, p := range bound.places() {
		b.optimizeIn(p)
		markExpr(*p)
	}
	return b.lowerOutput(bound, outs)
}

// bindOutput binds the items of OUTPUT; nil where there is none.
func (b *binder) bindOutput(list []tsql.Output, outs *outputs) (*boundOutput, error) {
	if len(list) == 0 {
		return nil, nil
	}
	if len(list) > 1 {
		return nil, unsupported(list[1].At, "a second OUTPUT")
	}
	x := &list[0]
	s := outs.scope(b)
	sel := &selection{b: b, s: s, x: &tsql.Select{Node: x.Node}, mode: queryInner}
	for i := range x.Items {
		item := &x.Items[i]
		if item.Star && item.Qualifier == nil {
			return nil, fail(item.At, 102, 15, 1, "Incorrect syntax near '*'.")
		}
		if err := sel.item(item); err != nil {
			return nil, err
		}
	}
	out := &boundOutput{x: x}
	for _, it := range sel.items {
		var bad error
		subqueries(it.x, func(s *subquery) {
			if s.made {
				return
			}
			bad = fail(it.span, 10727, 15, 1, "Subqueries and aggregates are not allowed in the OUTPUT clause.")
		})
		if bad != nil {
			return nil, bad
		}
		out.list = append(out.list, it.x)
		out.cols = append(out.cols, derive(it.name, it.x))
	}
	return out, nil
}

// scope is what OUTPUT's names are looked for in.
func (o *outputs) scope(b *binder) *scope {
	s := &scope{clause: clauseOutput}
	add := func(name string, nullable bool) []*column {
		g := newGet(o.table)
		if nullable {
			for _, c := range g.cols {
				c.t.Nullable = true
			}
		}
		src := sourceOf(g, name)
		if o.table.Guarded() {
			src.access, src.ids = b.permit("SELECT", o.table.ID), columnIDs(o.table.Columns)
			src.access.optional = true
		}
		s.add(src)
		return g.cols
	}
	if o.inserted {
		o.newCols = add("inserted", o.merge != nil)
	}
	if o.deleted {
		o.oldCols = add("deleted", o.merge != nil)
	}
	if o.change != nil {
		for _, src := range o.change.s.sources {
			if src != o.change.src {
				s.add(src)
			}
		}
	}
	if o.merge != nil {
		for _, src := range o.merge.sources {
			s.add(src)
		}
		o.action = &column{name: "$action", t: value.Sized(value.NVarChar, 10).WithNullable(false)}
		s.add(&source{name: "", cols: []*column{o.action}})
	}
	return s
}

// slots is the layout of the rows that OUTPUT's expressions see.
func (o *outputs) slots() []*column {
	blank := make([]*column, len(o.table.Columns))
	for i := range blank {
		blank[i] = &column{}
	}
	var out []*column
	for _, cols := range [][]*column{o.newCols, o.oldCols} {
		if cols == nil {
			cols = blank
		}
		out = append(out, cols...)
	}
	if o.change != nil {
		out = append(out, o.change.cols...)
	}
	if o.merge != nil {
		out = append(out, o.merge.slots...)
		out = append(out, o.action)
	}
	return out
}

func (b *binder) lowerOutput(o *boundOutput, outs *outputs) (*plan.Output, error) {
	if o == nil {
		return nil, nil
	}
	out := &plan.Output{Columns: describe(o.cols)}
	if o.x.Into != nil {
		if err := b.outputInto(o, out); err != nil {
			return nil, err
		}
	}
	l, slots := b.lowerer(), outs.slots()
	for _, e := range o.list {
		x, err := l.expr(e, slots)
		if err != nil {
			return nil, err
		}
		out.Exprs = append(out.Exprs, x)
	}
	return out, nil
}

// outputsTriggered refuses OUTPUT to the client where a trigger of the statement's events may still change the rows.
func outputsTriggered(x tsql.Statement, t *catalog.Table, o *plan.Output, rules *plan.Rules, events ...string) error {
	if o == nil || o.Into != nil || rules == nil {
		return nil
	}
	for _, m := range rules.Triggers {
		fires := slices.ContainsFunc(m.Events, func(e string) bool {
			return slices.ContainsFunc(events, func(of string) bool { return strings.EqualFold(e, of) })
		})
		if fires && !m.Disabled {
			return fail(x.Span(), 334, 16, 1, "The target table '%s' of the DML statement cannot have any enabled triggers if the statement contains an OUTPUT clause without INTO clause.", t.Name)
		}
	}
	return nil
}

// outputInto binds OUTPUT … INTO: the values become what the target's columns are.
func (b *binder) outputInto(o *boundOutput, out *plan.Output) error {
	t, err := b.target(o.x.Into)
	if err != nil {
		return err
	}
	ins := &insertion{b: b, table: t, listed: len(o.x.Columns) > 0, x: &tsql.Insert{Node: o.x.Node, Columns: o.x.Columns}}
	if err := ins.columns(); err != nil {
		return err
	}
	if err := ins.counts(len(o.list)); err != nil {
		return err
	}
	out.Into, out.Targets = t, ins.ordinals
	for i, e := range o.list {
		c := t.Columns[ins.ordinals[i]]
		if o.list[i], err = b.assign(o.x.At, e, b.targetName(t, c), c.Type); err != nil {
			return err
		}
	}
	b.permitOn("INSERT", t).all()
	out.Rules, err = b.rules(t)
	return err
}
