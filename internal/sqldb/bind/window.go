package bind

import (
	"slices"
	"strings"

	"github.com/alcedo-cloud/alcedo/internal/sqldb/function"
	"github.com/alcedo-cloud/alcedo/internal/sqldb/plan"
	"github.com/alcedo-cloud/alcedo/internal/sqldb/value"
	"github.com/alcedo-cloud/alcedo/internal/tsql"
)

// windows are the window functions of one query, those with the same partition and order together.
type windows struct{ list []*window }

// ranking is what a function over a window takes and gives.
type ranking struct {
	name        string
	least, most int      // arguments
	result      value.ID // Void: the type of the first argument
	takesFrame  bool
	skipsNulls  bool // takes IGNORE NULLS
}

// rankingOf knows the functions that only exist over a window; all of them want an order, percentiles that of WITHIN GROUP.
func rankingOf(name string) (ranking, bool) {
	switch name {
	case "ROW_NUMBER", "RANK", "DENSE_RANK":
		return ranking{name: name, result: value.BigInt}, true
	case "NTILE":
		return ranking{name: name, least: 1, most: 1, result: value.BigInt}, true
	case "PERCENT_RANK", "CUME_DIST":
		return ranking{name: name, result: value.Float}, true
	case "LAG", "LEAD":
		return ranking{name: name, least: 1, most: 3, skipsNulls: true}, true
	case "FIRST_VALUE", "LAST_VALUE":
		return ranking{name: name, least: 1, most: 1, takesFrame: true, skipsNulls: true}, true
	case "PERCENTILE_CONT", "PERCENTILE_DISC":
		return ranking{name: name, least: 1, most: 1, result: value.Float}, true
	}
	return ranking{}, false
}

// windowCall binds a function OVER a window.
func (b *binder) windowCall(s *scope, x *tsql.Call, name string) (plan.Expr, error) {
	if b.touched != nil || b.inWindow {
		return nil, fail(x.At, 4109, 15, 1, "Windowed functions cannot be used in the context of another windowed function or aggregate.")
	}
	if s.windows == nil || s.clause != clauseSelect && s.clause != clauseOrder {
		return nil, fail(x.At, 4108, 15, 1, "Windowed functions can only appear in the SELECT or ORDER BY clauses.")
	}
	b.inWindow = true
	defer func() { b.inWindow = false }()
	over, err := resolveOver(s, x.Over)
	if err != nil {
		return nil, err
	}
	if over, err = percentileOver(x, name, over); err != nil {
		return nil, err
	}
	w := &window{}
	if w.partition, err = b.values(s, over.PartitionBy); err != nil {
		return nil, err
	}
	for _, o := range over.OrderBy {
		if lit, ok := o.Expr.(*tsql.Literal); ok && lit.Kind == tsql.IntegerLiteral {
			return nil, fail(o.At, 5308, 16, 1, "Windowed functions, aggregates and NEXT VALUE FOR functions do not support integer indices as ORDER BY clause expressions.")
		}
		e, err := b.value(s, o.Expr)
		if err != nil {
			return nil, err
		}
		if err := sortable(o.At, e); err != nil {
			return nil, err
		}
		w.order = append(w.order, plan.SortKey{X: e, Descending: o.Desc})
	}
	call, err := b.overCall(s, x, name, over)
	if err != nil {
		return nil, err
	}
	return refTo(s.windows.add(w, call)), nil
}

// resolveOver joins OVER name, or OVER (name …), with the WINDOW clause.
func resolveOver(s *scope, o *tsql.Over) (*tsql.Over, error) {
	out := *o
	for range len(s.named) + 1 {
		if out.Window.Name == "" {
			return &out, nil
		}
		var base *tsql.Over
		for _, w := range s.named {
			if strings.EqualFold(w.Name.Name, out.Window.Name) {
				base = w.Over
			}
		}
		if base == nil {
			return nil, fail(o.At, 5362, 15, 3, "Window '%s' is undefined.", out.Window.Name)
		}
		out.Window = base.Window
		if len(out.PartitionBy) == 0 {
			out.PartitionBy = base.PartitionBy
		}
		if len(out.OrderBy) == 0 {
			out.OrderBy = base.OrderBy
		}
		if out.Frame == nil {
			out.Frame = base.Frame
		}
	}
	return nil, fail(o.At, 5365, 15, 1, "Cyclic window references are not permitted.")
}

func (b *binder) overCall(s *scope, x *tsql.Call, name string, over *tsql.Over) (plan.WindowCall, error) {
	r, ok := rankingOf(name)
	if !r.skipsNulls && x.Nulls != tsql.DefaultNulls {
		word := map[tsql.NullTreatment]string{tsql.IgnoreNulls: "IGNORE", tsql.RespectNulls: "RESPECT"}[x.Nulls]
		return plan.WindowCall{}, fail(x.At, 102, 15, 1, "Incorrect syntax near '%s'.", word)
	}
	if ok {
		return b.rankingCall(s, x, r, over)
	}
	f, ok := function.LookupAggregate(name)
	if !ok {
		return plan.WindowCall{}, fail(x.At, 195, 15, 10, "'%s' is not a recognized function name.", x.Name.Name.Name)
	}
	if x.Distinct {
		return plan.WindowCall{}, fail(x.At, 10759, 15, 1, "Use of DISTINCT is not allowed with the OVER clause.")
	}
	if name == "STRING_AGG" {
		return plan.WindowCall{}, fail(x.At, 4113, 16, 1, "The function 'STRING_AGG' is not a valid windowing function, and cannot be used with the OVER clause.")
	}
	inner, err := b.aggregateArgs(s, x, f)
	if err != nil {
		return plan.WindowCall{}, err
	}
	frame, err := b.frame(over, true)
	return plan.WindowCall{Aggregate: f, T: inner.T, Args: inner.Args, Frame: frame}, err
}

func (b *binder) rankingCall(s *scope, x *tsql.Call, r ranking, over *tsql.Over) (plan.WindowCall, error) {
	out := plan.WindowCall{Ranking: r.name}
	if len(x.Args) < r.least || len(x.Args) > r.most {
		return out, countError(x.At, strings.ToLower(r.name), r.least, r.most)
	}
	if len(over.OrderBy) == 0 {
		return out, fail(x.At, 4112, 15, 1, "The function '%s' must have an OVER clause with ORDER BY.", r.name)
	}
	out.SkipNulls = x.Nulls == tsql.IgnoreNulls
	args, err := b.values(s, x.Args)
	if err != nil {
		return out, err
	}
	switch r.name {
	case "PERCENTILE_CONT", "PERCENTILE_DISC":
		return b.percentile(s, x, r, args[0])
	case "NTILE":
		args[0], err = b.coerce(x.At, args[0], value.Of(value.BigInt))
	case "LAG", "LEAD":
		if len(args) > 1 {
			args[1], err = b.coerce(x.At, args[1], value.Of(value.BigInt))
		}
		if len(args) > 2 && err == nil {
			args[2], err = b.coerce(x.At, args[2], args[0].Type())
		}
	}
	if err != nil {
		return out, err
	}
	out.Args = args
	out.T = typed(r.result)
	if r.result == value.Void {
		out.T = args[0].Type().WithNullable(true)
	}
	out.Frame, err = b.frame(over, r.takesFrame)
	if err == nil && over.Frame != nil && !r.takesFrame {
		err = fail(x.At, 4106, 15, 1, "The function '%s' may not have a window frame.", strings.ToLower(r.name))
	}
	return out, err
}

// frame is ROWS or RANGE.
func (b *binder) frame(over *tsql.Over, takes bool) (*plan.Frame, error) {
	f := over.Frame
	if f == nil || !takes {
		return nil, nil
	}
	if len(over.OrderBy) == 0 {
		return nil, fail(f.At, 10756, 15, 1, "Window frame with ROWS or RANGE must have an ORDER BY clause.")
	}
	out := &plan.Frame{Rows: !f.Range}
	for _, end := range []struct {
		from tsql.FrameBound
		to   *plan.FrameBound
	}{{f.Start, &out.Start}, {f.End, &out.End}} {
		bound, err := b.frameBound(f, end.from)
		if err != nil {
			return nil, err
		}
		*end.to = bound
	}
	if f.Start.Kind > f.End.Kind || f.Start.Kind == tsql.UnboundedFollowing || f.End.Kind == tsql.UnboundedPreceding {
		return nil, fail(f.At, 4193, 16, 1, "'BETWEEN ... FOLLOWING AND ... PRECEDING' is not a valid window frame and cannot be used with the OVER clause.")
	}
	return out, nil
}

func (b *binder) frameBound(f *tsql.Frame, x tsql.FrameBound) (plan.FrameBound, error) {
	switch x.Kind {
	case tsql.UnboundedPreceding, tsql.UnboundedFollowing:
		return plan.FrameBound{Unbounded: true}, nil
	case tsql.CurrentRow:
		return plan.FrameBound{}, nil
	}
	if f.Range {
		return plan.FrameBound{}, fail(f.At, 4194, 16, 1, "RANGE is only supported with UNBOUNDED and CURRENT ROW window frame delimiters.")
	}
	e, err := b.value(&scope{clause: clauseNone}, x.Offset)
	if err != nil {
		return plan.FrameBound{}, err
	}
	c, ok := e.(*plan.Const)
	if !ok || !c.T.IsInteger() || c.V.IsNull() {
		return plan.FrameBound{}, fail(f.At, 4195, 16, 1, "The window frame offset must be an integer constant.")
	}
	n := c.V.Int64()
	if x.Kind == tsql.Preceding {
		n = -n
	}
	return plan.FrameBound{Offset: n}, nil
}

// add gives the column of a call, in the window with the same partition and order.
func (w *windows) add(like *window, call plan.WindowCall) *column {
	c := &column{t: call.T, label: labelImplicit}
	for _, have := range w.list {
		if slices.EqualFunc(have.partition, like.partition, equalExpr) && slices.EqualFunc(have.order, like.order, equalKey) {
			have.calls, have.cols = append(have.calls, call), append(have.cols, c)
			return c
		}
	}
	like.calls, like.cols = []plan.WindowCall{call}, []*column{c}
	w.list = append(w.list, like)
	return c
}

func equalKey(a, b plan.SortKey) bool { return a.Descending == b.Descending && equalExpr(a.X, b.X) }

// rewrite replaces all expressions of the windows.
func (w *windows) rewrite(f func(plan.Expr) (plan.Expr, error)) error {
	var err error
	for _, win := range w.list {
		win.exprs(func(p *plan.Expr) {
			if err == nil {
				*p, err = f(*p)
			}
		})
	}
	return err
}

// over puts the windows over a relation.
func (w *windows) over(in relation) relation {
	for _, win := range w.list {
		win.in = in
		in = win
	}
	return in
}
