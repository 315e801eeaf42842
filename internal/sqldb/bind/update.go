package bind

import (
	"github.com/alcedo-cloud/alcedo/internal/sqldb/catalog"
	"github.com/alcedo-cloud/alcedo/internal/sqldb/plan"
	"github.com/alcedo-cloud/alcedo/internal/tsql"
)

// updateStatement binds UPDATE.
func (b *binder) updateStatement(x *tsql.Update) (*plan.Statement, error) {
	if err := b.with(x.With); err != nil {
		return nil, err
	}
	if i := b.instead(x.Target, "UPDATE"); i != nil {
		return i.update(x)
	}
	c, err := b.changed(x.Target, x.From, x.Where, x.CurrentOf, x.Top)
	if err != nil {
		return nil, err
	}
	if err := b.past(c.by, "UPDATE"); err != nil {
		return nil, err
	}
	t := c.get.table
	sets, assigns, err := b.assignments(c.s, t, c.find(), x.Set)
	if err != nil {
		return nil, err
	}
	ids := make([]int32, 0, len(sets))
	for _, s := range sets {
		ids = append(ids, t.Columns[s.ordinal].ID)
	}
	c.permit("UPDATE", ids)
	outs := &outputs{table: t, inserted: true, deleted: true, change: c}
	bound, err := b.bindOutput(x.Output, outs)
	if err != nil {
		return nil, err
	}
	node := &plan.Update{Table: t}
	var exprs []*plan.Expr
	for i := range sets {
		exprs = append(exprs, &sets[i].x)
	}
	for i := range assigns {
		exprs = append(exprs, &assigns[i].x)
	}
	if node.Source, err = c.lower(append(exprs, bound.places()...)); err != nil {
		return nil, err
	}
	for _, s := range sets {
		e, err := c.expr(s.x)
		if err != nil {
			return nil, err
		}
		node.Set = append(node.Set, plan.SetColumn{Ordinal: s.ordinal, X: e})
	}
	for _, v := range assigns {
		e, err := c.expr(v.x)
		if err != nil {
			return nil, err
		}
		node.Assign = append(node.Assign, plan.Assignment{Variable: v.variable, Type: v.t, X: e})
	}
	out := &plan.Statement{Kind: plan.UpdateStatement, Node: node, Command: commandUpdate}
	if err := b.finishChange(out, t, &node.Rules, &node.Output, bound, outs); err != nil {
		return nil, err
	}
	return out, outputsTriggered(x, t, node.Output, node.Rules, "UPDATE")
}

// finishChange binds the table's rules and lowers OUTPUT.
func (b *binder) finishChange(out *plan.Statement, t *catalog.Table, rules **plan.Rules, output **plan.Output, bound *boundOutput, outs *outputs) error {
	var (
		by  *through
		err error
	)
	if outs.change != nil {
		by = outs.change.by
	}
	if *rules, err = b.rulesThrough(by, t); err != nil {
		return err
	}
	if *output, err = b.lowerOutput(bound, outs); err != nil {
		return err
	}
	if *output != nil && (*output).Into == nil {
		out.Columns = (*output).Columns
	}
	return nil
}

// deleteStatement binds DELETE.
func (b *binder) deleteStatement(x *tsql.Delete) (*plan.Statement, error) {
	if err := b.with(x.With); err != nil {
		return nil, err
	}
	if i := b.instead(x.Target, "DELETE"); i != nil {
		return i.remove(x)
	}
	c, err := b.changed(x.Target, x.From, x.Where, x.CurrentOf, x.Top)
	if err != nil {
		return nil, err
	}
	if err := b.past(c.by, "DELETE"); err != nil {
		return nil, err
	}
	c.permit("DELETE", nil)
	outs := &outputs{table: c.get.table, deleted: true, change: c}
	bound, err := b.bindOutput(x.Output, outs)
	if err != nil {
		return nil, err
	}
	node := &plan.Delete{Table: c.get.table}
	if node.Source, err = c.lower(bound.places()); err != nil {
		return nil, err
	}
	out := &plan.Statement{Kind: plan.DeleteStatement, Node: node, Command: commandDelete}
	if err := b.finishChange(out, c.get.table, &node.Rules, &node.Output, bound, outs); err != nil {
		return nil, err
	}
	return out, outputsTriggered(x, c.get.table, node.Output, node.Rules, "DELETE")
}
