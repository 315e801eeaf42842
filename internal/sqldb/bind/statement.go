package bind

import (
	"github.com/alcedo-cloud/alcedo/internal/sqldb/plan"
	"github.com/alcedo-cloud/alcedo/internal/tsql"
)

// Numbers of commands in the DONE token (MS-TDS 2.2.7.6).
const (
	commandSelect = 0xC1
	commandInsert = 0xC3
	commandDelete = 0xC4
	commandUpdate = 0xC5
	commandMerge  = 0x117
)

// selectStatement binds a query that stands as a statement. SELECT … INTO is bound as its query; the interpreter makes
// the table of the columns first.
func (b *binder) selectStatement(x *tsql.SelectStatement) (*plan.Statement, error) {
	q, err := b.query(nil, x.Query, queryTop)
	if err != nil {
		return nil, err
	}
	out := &plan.Statement{Kind: plan.Select, Command: commandSelect}
	rel := optimize(b, q.rel)
	if q.assign == nil {
		cols := rel.columns()
		out.Columns = describe(cols)
		markAll(rel)
		out.Node, err = b.lowerer().exact(rel, cols)
		return out, err
	}
	for i := range q.assign {
		b.optimizeIn(&q.assign[i].x)
		markExpr(q.assign[i].x)
	}
	mark(rel)
	l := b.lowerer()
	low, err := l.relation(rel, nil)
	if err != nil {
		return nil, err
	}
	out.Node = low.node
	for _, a := range q.assign {
		e, err := l.expr(a.x, low.cols)
		if err != nil {
			return nil, err
		}
		out.Assign = append(out.Assign, plan.Assignment{Variable: a.variable, Type: a.t, X: e})
	}
	return out, nil
}
