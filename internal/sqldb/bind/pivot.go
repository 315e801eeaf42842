package bind

import (
	"strings"

	"github.com/alcedo-cloud/alcedo/internal/sqldb/function"
	"github.com/alcedo-cloud/alcedo/internal/sqldb/plan"
	"github.com/alcedo-cloud/alcedo/internal/sqldb/value"
	"github.com/alcedo-cloud/alcedo/internal/tsql"
)

// inner is the scope of what PIVOT or UNPIVOT turns around, and its columns.
func (b *binder) turned(s *scope, x tsql.TableSource) (*scope, relation, error) {
	in := &scope{parent: s.parent, apply: s.apply, clause: clauseFrom}
	r, err := b.source(in, x)
	return in, r, err
}

// pivot groups by the columns that neither the aggregate nor FOR names, and aggregates for each value of IN.
func (b *binder) pivot(s *scope, x *tsql.Pivot) (relation, error) {
	in, r, err := b.turned(s, x.Source)
	if err != nil {
		return nil, err
	}
	f, ok := function.LookupAggregate(strings.ToUpper(x.Aggregate.Name.Name.Name))
	if !ok {
		return nil, fail(x.At, 195, 15, 10, "'%s' is not a recognized aggregate function.", x.Aggregate.Name.Name.Name)
	}
	if x.Aggregate.Star {
		return nil, fail(x.At, 102, 15, 1, "Incorrect syntax near '*'.")
	}
	call, err := b.aggregateArgs(in, x.Aggregate, f)
	if err != nil {
		return nil, err
	}
	by, err := b.columnRef(in, x.For)
	if err != nil {
		return nil, err
	}
	used := columnSet{}
	for _, a := range append(call.Args, by) {
		refs(a, used)
	}
	agg := &aggregate{in: r}
	for _, src := range in.sources {
		for i := range src.cols {
			if c := src.cols[i]; !used[c] {
				e := refTo(src.use(i))
				agg.groups, agg.groupCols = append(agg.groups, e), append(agg.groupCols, derive(c.name, e))
			}
		}
	}
	for _, name := range x.In {
		lit := constant(value.OfString(name.Name), value.Sized(value.NVarChar, length(value.UTF16Len(name.Name), maxUnits)).WithNullable(false))
		same, err := b.compared(name.At, plan.Equal, by, lit, false)
		if err != nil {
			return nil, err
		}
		one := call
		one.Args = make([]plan.Expr, len(call.Args))
		for i, a := range call.Args {
			one.Args[i] = &plan.Case{Typed: plan.Typed{T: a.Type().WithNullable(true)}, When: []plan.When{{If: same, Then: a}}}
		}
		agg.calls = append(agg.calls, one)
		agg.callCols = append(agg.callCols, &column{name: name.Name, t: call.T.WithNullable(true), label: labelImplicit})
	}
	return b.turnedInto(s, x.At, agg, x.Alias, x.Columns)
}

func (b *binder) turnedInto(s *scope, span tsql.Span, r relation, alias tsql.Ident, columns []tsql.Ident) (relation, error) {
	if err := rename(span, r.columns(), columns, alias.Name); err != nil {
		return nil, err
	}
	src := sourceOf(r, alias.Name)
	src.at = span
	s.add(src)
	return r, nil
}

// unpivot makes a row of each named column that is not NULL.
func (b *binder) unpivot(s *scope, x *tsql.Unpivot) (relation, error) {
	in, r, err := b.turned(s, x.Source)
	if err != nil {
		return nil, err
	}
	rows := &values{}
	used := columnSet{}
	var list []plan.Expr
	for _, name := range x.In {
		e, err := b.columnRef(in, &tsql.Column{Node: name.Node, Name: name})
		if err != nil {
			return nil, err
		}
		refs(e, used)
		list = append(list, e)
	}
	for i, e := range list {
		if plainType(e.Type()) != plainType(list[0].Type()) {
			return nil, fail(x.In[i].At, 8167, 16, 1, "The type of column \"%s\" conflicts with the type of other columns specified in the UNPIVOT list.", x.In[i].Name)
		}
		name := constant(value.OfString(x.In[i].Name), value.Sized(value.NVarChar, 128).WithNullable(false))
		rows.rows = append(rows.rows, []plan.Expr{name, e})
	}
	rows.cols = []*column{
		{name: x.For.Name, t: value.Sized(value.NVarChar, 128)},
		{name: x.Value.Name, t: list[0].Type(), label: labelImplicit},
	}
	p := &project{in: &filter{
		in:    &join{kind: plan.InnerJoin, left: r, right: rows},
		conds: []plan.Expr{&plan.IsNull{Typed: bit(), X: refTo(rows.cols[1]), Negate: true}},
	}}
	for _, src := range in.sources {
		for i := range src.cols {
			if c := src.cols[i]; !used[c] {
				p.list, p.cols = append(p.list, refTo(src.use(i))), append(p.cols, derive(c.name, refTo(c)))
			}
		}
	}
	for _, c := range []*column{rows.cols[1], rows.cols[0]} {
		p.list, p.cols = append(p.list, refTo(c)), append(p.cols, derive(c.name, refTo(c)))
	}
	return b.turnedInto(s, x.At, p, x.Alias, x.Columns)
}
