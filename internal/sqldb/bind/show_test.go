package bind

import (
	"fmt"
	"strings"

	"github.com/alcedo-cloud/alcedo/internal/sqldb/plan"
	"github.com/alcedo-cloud/alcedo/internal/sqldb/value"
)

// shape draws a plan in one line: operators with their inputs in braces, slots as $index or ^level.index.
func shape(n plan.Node) string {
	switch n := n.(type) {
	case *plan.Scan:
		return scanShape(n)
	case *plan.Values:
		rows := make([]string, len(n.Rows))
		for i, r := range n.Rows {
			rows[i] = "(" + exprs(r) + ")"
		}
		return "values " + strings.Join(rows, " ")
	case *plan.Virtual:
		return "virtual " + n.Name + "(" + exprs(n.Args) + ")"
	case *plan.Filter:
		return "filter " + expr(n.If) + " {" + shape(n.Input) + "}"
	case *plan.Project:
		return "project " + exprs(n.Exprs) + " {" + shape(n.Input) + "}"
	case *plan.Join:
		return joinShape(n)
	case *plan.Aggregate:
		out := "aggregate by " + exprs(n.Groups)
		if n.Sets != nil {
			out += fmt.Sprint(" sets ", n.Sets)
		}
		for _, c := range n.Calls {
			out += " " + call(c.Function.Name, c.Args, c.Distinct)
		}
		return out + " {" + shape(n.Input) + "}"
	case *plan.Window:
		out := "window by " + exprs(n.Partition) + " order " + keys(n.Order)
		for _, c := range n.Calls {
			name := c.Ranking
			if c.Aggregate != nil {
				name = c.Aggregate.Name
			}
			out += " " + call(name, c.Args, false)
			if c.Frame != nil {
				out += fmt.Sprintf(" rows=%v %+v..%+v", c.Frame.Rows, c.Frame.Start, c.Frame.End)
			}
		}
		return out + " {" + shape(n.Input) + "}"
	case *plan.Distinct:
		return "distinct {" + shape(n.Input) + "}"
	case *plan.Sort:
		out := "sort " + keys(n.Keys)
		if n.Limit != nil {
			out += " limit " + expr(n.Limit)
		}
		return out + " {" + shape(n.Input) + "}"
	case *plan.Top:
		return topShape(n)
	case *plan.Union:
		return "union {" + shape(n.Left) + "} {" + shape(n.Right) + "}"
	case *plan.Intersect:
		return "intersect {" + shape(n.Left) + "} {" + shape(n.Right) + "}"
	case *plan.Except:
		return "except {" + shape(n.Left) + "} {" + shape(n.Right) + "}"
	case *plan.Recursive:
		return "recursive {" + shape(n.Anchor) + "} {" + shape(n.Step) + "}"
	case *plan.Working:
		return "working"
	}
	return changeShape(n)
}

func changeShape(n plan.Node) string {
	switch n := n.(type) {
	case *plan.Insert:
		return fmt.Sprint("insert ", n.Table.Name, n.Columns, " {", shape(n.Source), "}", outputShape(n.Output))
	case *plan.Update:
		out := "update " + n.Table.Name
		for _, s := range n.Set {
			out += fmt.Sprint(" ", s.Ordinal, "=", expr(s.X))
		}
		for _, a := range n.Assign {
			out += fmt.Sprint(" @", a.Variable, "=", expr(a.X))
		}
		return out + " {" + shape(n.Source) + "}" + outputShape(n.Output)
	case *plan.Delete:
		return "delete " + n.Table.Name + " {" + shape(n.Source) + "}" + outputShape(n.Output)
	case *plan.Merge:
		out := "merge " + n.Table.Name
		for _, c := range n.Clauses {
			out += fmt.Sprintf(" [matched=%v source=%v delete=%v insert=%v", c.Matched, c.BySource, c.Delete, c.Inserts)
			if c.If != nil {
				out += " if " + expr(c.If)
			}
			for _, s := range append(c.Set, c.Insert...) {
				out += fmt.Sprint(" ", s.Ordinal, "=", expr(s.X))
			}
			out += "]"
		}
		return out + " {" + shape(n.Source) + "}" + outputShape(n.Output)
	}
	return fmt.Sprintf("%T", n)
}

func outputShape(o *plan.Output) string {
	if o == nil {
		return ""
	}
	out := " output " + exprs(o.Exprs)
	if o.Into != nil {
		out += fmt.Sprint(" into ", o.Into.Name, o.Targets)
	}
	return out
}

func scanShape(n *plan.Scan) string {
	out := "scan " + n.Table.Name
	if n.Index != nil {
		out += "." + n.Index.Name
	}
	names := make([]string, len(n.Columns))
	for i, c := range n.Columns {
		names[i] = n.Table.Columns[c].Name
	}
	out += "(" + strings.Join(names, " ") + ")"
	if n.Prefix != nil {
		out += " =" + exprs(n.Prefix)
	}
	for i, bound := range []*plan.Bound{n.Low, n.High} {
		if bound == nil {
			continue
		}
		out += []string{" >", " <"}[i]
		if bound.Inclusive {
			out += "="
		}
		out += expr(bound.X)
	}
	if n.In != nil {
		out += " in " + exprs(n.In)
	}
	if n.Reverse {
		out += " reverse"
	}
	if n.Locators {
		out += " locators"
	}
	if n.Lock != 0 {
		out += fmt.Sprint(" lock", n.Lock)
	}
	if n.Filter != nil {
		out += " where " + expr(n.Filter)
	}
	return out
}

func joinShape(n *plan.Join) string {
	out := [...]string{"inner", "left", "right", "full", "semi", "anti"}[n.Kind]
	if n.Apply {
		out += " apply"
	}
	if n.LeftKeys != nil {
		out += " hash " + exprs(n.LeftKeys) + "=" + exprs(n.RightKeys)
	}
	if n.On != nil {
		out += " on " + expr(n.On)
	}
	return out + " {" + shape(n.Left) + "} {" + shape(n.Right) + "}"
}

func topShape(n *plan.Top) string {
	out := "top"
	if n.Count != nil {
		out += " " + expr(n.Count)
	}
	if n.Percent {
		out += "%"
	}
	if n.Offset != nil {
		out += " offset " + expr(n.Offset)
	}
	if n.Ties != nil {
		out += " ties " + keys(n.Ties)
	}
	return out + " {" + shape(n.Input) + "}"
}

func keys(list []plan.SortKey) string {
	out := make([]string, len(list))
	for i, k := range list {
		out[i] = expr(k.X)
		if k.Descending {
			out[i] += "-"
		}
	}
	return strings.Join(out, ",")
}

func exprs(list []plan.Expr) string {
	out := make([]string, len(list))
	for i, e := range list {
		out[i] = expr(e)
	}
	return strings.Join(out, ",")
}

func call(name string, args []plan.Expr, distinct bool) string {
	if distinct {
		name += " distinct"
	}
	return name + "(" + exprs(args) + ")"
}

func expr(e plan.Expr) string {
	switch e := e.(type) {
	case *plan.Const:
		return constShape(e)
	case *plan.Slot:
		if e.Level > 0 {
			return fmt.Sprintf("^%d.%d", e.Level, e.Index)
		}
		return fmt.Sprintf("$%d", e.Index)
	case *plan.Variable:
		return fmt.Sprintf("@%d", e.Index)
	case *plan.Call:
		return call(e.Function.Name, e.Args, false)
	case *plan.UserCall:
		return call(e.Module.Name, e.Args, false)
	case *plan.Convert:
		out := e.T.String() + "(" + expr(e.X) + ")"
		if e.Try {
			out = "try:" + out
		}
		if e.Target != nil {
			out = "to:" + out
		}
		return out
	case *plan.Binary:
		op := [...]string{"+", "-", "*", "/", "%", "||", "&", "|", "^", "neg", "not", "<<", ">>"}[e.Op]
		return "(" + expr(e.L) + op + expr(e.R) + ")"
	case *plan.Unary:
		return fmt.Sprintf("unary%d(%s)", e.Op, expr(e.X))
	}
	return conditionShape(e)
}

func conditionShape(e plan.Expr) string {
	not := func(n bool) string {
		if n {
			return " not"
		}
		return ""
	}
	switch e := e.(type) {
	case *plan.Compare:
		op := [...]string{"=", "<>", "<", "<=", ">", ">="}[e.Op]
		if e.Distinct {
			op = " distinct" + op
		}
		return expr(e.L) + op + expr(e.R)
	case *plan.And:
		return "(" + expr(e.L) + " and " + expr(e.R) + ")"
	case *plan.Or:
		return "(" + expr(e.L) + " or " + expr(e.R) + ")"
	case *plan.Not:
		return "not(" + expr(e.X) + ")"
	case *plan.IsNull:
		return expr(e.X) + " is" + not(e.Negate) + " null"
	case *plan.Like:
		return expr(e.X) + not(e.Negate) + " like " + expr(e.Pattern)
	case *plan.In:
		return expr(e.X) + not(e.Negate) + " in (" + exprs(e.List) + ")"
	case *plan.Case:
		out := "case"
		for _, w := range e.When {
			out += " " + expr(w.If) + ":" + expr(w.Then)
		}
		if e.Else != nil {
			out += " else:" + expr(e.Else)
		}
		return out + " end"
	case *plan.Subquery:
		kind := [...]string{"scalar", "exists", "in", "any", "all"}[e.Kind]
		if e.Correlated {
			kind += "*"
		}
		out := kind + not(e.Negate)
		if e.X != nil {
			out += " " + expr(e.X)
		}
		return out + " {" + shape(e.Node) + "}"
	}
	return fmt.Sprintf("%T", e)
}

func constShape(c *plan.Const) string {
	if c.V.IsNull() {
		return "null"
	}
	if c.T.IsString() {
		return "'" + c.V.Text() + "'"
	}
	v, err := value.Convert(c.V, c.T, value.Sized(value.VarChar, 100), value.NoStyle)
	if err != nil {
		return err.Error()
	}
	return v.Text()
}
