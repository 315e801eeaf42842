package bind

import (
	"slices"
	"strings"

	"github.com/alcedo-cloud/alcedo/internal/sqldb/catalog"
	"github.com/alcedo-cloud/alcedo/internal/sqldb/plan"
	"github.com/alcedo-cloud/alcedo/internal/tsql"
)

// instead is a view whose changes a trigger makes. The trigger gets the rows as the view has them.
type instead struct {
	b       *binder
	view    *catalog.Module
	trigger *catalog.Module
	table   *catalog.Table // with the view's columns
	event   string
	name    *tsql.ObjectName
}

// instead finds the INSTEAD OF trigger that a change of a view is left to; nil where there is none. A trigger's own
// statements change what lies behind the view.
func (b *binder) instead(x tsql.TableSource, event string) *instead {
	t, ok := x.(*tsql.Table)
	if !ok || b.temporaryNamed(&t.Name) != nil || t.Name.Schema.Name == "" && b.commons.find(t.Name.Name.Name) != nil {
		return nil
	}
	o, err := b.object(&t.Name)
	view, ok := o.(*catalog.Module)
	if err != nil || !ok || view.Kind != catalog.KindView {
		return nil // what is not there, the statement says itself
	}
	if m := b.replacing(view, event); m != nil {
		return &instead{b: b, view: view, trigger: m, table: catalog.Shape(view), event: event, name: &t.Name}
	}
	return nil
}

// replacing is the trigger that stands in for a change of a view; nil for none.
func (b *binder) replacing(view *catalog.Module, event string) *catalog.Module {
	for _, o := range b.env.Catalog.Objects() {
		m, ok := o.(*catalog.Module)
		if !ok || m.Kind != catalog.KindTrigger || m.ParentID != view.ID || m.Disabled || !m.InsteadOf {
			continue
		}
		if !slices.ContainsFunc(m.Events, func(e string) bool { return strings.EqualFold(e, event) }) {
			continue
		}
		if b.env.Firing != nil && b.env.Firing(m) {
			return nil
		}
		return m
	}
	return nil
}

// past refuses what would change rows behind a view's trigger.
func (b *binder) past(by *through, event string) error {
	if by != nil && by.view != nil && b.replacing(by.view, event) != nil {
		return unsupported(tsql.Span{}, "a change of a view with triggers by another name")
	}
	return nil
}

// statement makes the plan of a change.
func (i *instead) statement(kind plan.Kind, command uint16, columns []int, source plan.Node, output []tsql.Output) (*plan.Statement, error) {
	if len(output) > 0 {
		if output[0].Into != nil {
			return nil, unsupported(output[0].At, "OUTPUT … INTO of a view with triggers")
		}
		return nil, fail(output[0].At, 334, 16, 1, "The target table '%s' of the DML statement cannot have any enabled triggers if the statement contains an OUTPUT clause without INTO clause.", written(i.name))
	}
	node := &plan.Instead{Trigger: i.trigger, Event: i.event, Fields: len(i.table.Columns), Columns: columns, Source: source}
	return &plan.Statement{Kind: kind, Node: node, Command: command}, nil
}

// insert binds INSERT.
func (i *instead) insert(x *tsql.Insert) (*plan.Statement, error) {
	ins := &insertion{b: i.b, x: x, table: i.table, listed: len(x.Columns) > 0}
	if err := ins.columns(); err != nil {
		return nil, err
	}
	source, err := ins.source()
	if err != nil {
		return nil, err
	}
	i.b.permit("INSERT", i.view.ID).all()
	return i.statement(plan.InsertStatement, commandInsert, ins.ordinals, source, x.Output)
}

// rows binds which rows of the view are changed. A view among others in FROM is not built.
func (i *instead) rows(from []tsql.TableSource, where tsql.Expr, current *tsql.Cursor, count *tsql.Top) (*scope, *source, relation, error) {
	b := i.b
	if len(from) > 0 || current != nil {
		return nil, nil, nil, unsupported(i.name.At, "FROM of a change of a view with triggers")
	}
	rel, src, err := b.named(i.name)
	if err != nil {
		return nil, nil, nil, err
	}
	if src.access != nil {
		src.access.optional = true
	}
	s := &scope{clause: clauseWhere}
	s.add(src)
	if where != nil {
		e, err := b.condition(s, where)
		if err != nil {
			return nil, nil, nil, err
		}
		rel = filtered(rel, e)
	}
	if count != nil {
		if rel, err = b.topOf(&scope{clause: clauseNone}, rel, count, nil); err != nil {
			return nil, nil, nil, err
		}
	}
	s.clause = clauseSet
	return s, src, rel, nil
}

// update binds UPDATE: each row of the source has the columns as they are, and then as they are to be.
func (i *instead) update(x *tsql.Update) (*plan.Statement, error) {
	s, src, rel, err := i.rows(x.From, x.Where, x.CurrentOf, x.Top)
	if err != nil {
		return nil, err
	}
	sets, assigns, err := i.b.assignments(s, i.table, columnsOf(i.table), x.Set)
	if err != nil {
		return nil, err
	}
	if len(assigns) > 0 {
		return nil, unsupported(x.At, "SET @variable of a view with triggers")
	}
	list := append(refsTo(src.cols), refsTo(src.cols)...)
	permit := i.b.permit("UPDATE", i.view.ID)
	for _, set := range sets {
		list[len(src.cols)+set.ordinal] = set.x
		permit.column(i.table.Columns[set.ordinal].ID)
	}
	node, err := i.source(rel, list)
	if err != nil {
		return nil, err
	}
	return i.statement(plan.UpdateStatement, commandUpdate, nil, node, x.Output)
}

// remove binds DELETE.
func (i *instead) remove(x *tsql.Delete) (*plan.Statement, error) {
	_, src, rel, err := i.rows(x.From, x.Where, x.CurrentOf, x.Top)
	if err != nil {
		return nil, err
	}
	i.b.permit("DELETE", i.view.ID).all()
	node, err := i.source(rel, refsTo(src.cols))
	if err != nil {
		return nil, err
	}
	return i.statement(plan.DeleteStatement, commandDelete, nil, node, x.Output)
}

func refsTo(cols []*column) []plan.Expr {
	out := make([]plan.Expr, len(cols))
	for i, c := range cols {
		out[i] = refTo(c)
	}
	return out
}

func (i *instead) source(rel relation, list []plan.Expr) (plan.Node, error) {
	p := &project{in: rel, list: list, cols: make([]*column, len(list))}
	for at, e := range list {
		p.cols[at] = derive("", e)
	}
	cols := p.cols
	rel = optimize(i.b, p)
	markAll(rel)
	return i.b.lowerer().exact(rel, cols)
}
