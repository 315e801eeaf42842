package bind

import (
	"github.com/alcedo-cloud/alcedo/internal/sqldb/plan"
	"github.com/alcedo-cloud/alcedo/internal/tsql"
)

// setOperation binds UNION, INTERSECT and EXCEPT.
func (b *binder) setOperation(parent *scope, x *tsql.SetOperation) (relation, error) {
	left, err := b.body(parent, x.Left, queryInner)
	if err != nil {
		return nil, err
	}
	right, err := b.body(parent, x.Right, queryInner)
	if err != nil {
		return nil, err
	}
	if left.assign != nil || right.assign != nil {
		return nil, fail(x.At, 194, 15, 1, "A SELECT INTO statement cannot contain a SELECT statement that assigns values to a variable.")
	}
	op, name := unionAll, "UNION"
	switch x.Op {
	case tsql.Except:
		op, name = except, "EXCEPT"
	case tsql.Intersect:
		op, name = intersect, "INTERSECT"
	}
	if x.All {
		name = "UNION ALL"
	}
	r, err := b.joinSets(x.At, op, name, left.rel, right.rel)
	if err != nil {
		return nil, err
	}
	if x.Op == tsql.Union && !x.All {
		if err := distinctable(x.At, r.columns(), name); err != nil {
			return nil, err
		}
		return &distinct{r}, nil
	}
	if op != unionAll {
		return r, distinctable(x.At, r.columns(), name)
	}
	return r, nil
}

// distinctable refuses types that know no equality.
func distinctable(span tsql.Span, cols []*column, name string) error {
	for _, c := range cols {
		if !c.t.IsComparable() {
			if name == "DISTINCT" {
				return fail(span, 421, 16, 1, "The %s data type cannot be selected as DISTINCT because it is not comparable.", c.t.Name())
			}
			return fail(span, 5335, 16, 1, "The data type %s cannot be used as an operand to the UNION, INTERSECT or EXCEPT operators because it is not comparable.", c.t.Name())
		}
	}
	return nil
}

// joinSets makes a set of two relations whose columns become of common types.
func (b *binder) joinSets(span tsql.Span, op setOperator, name string, left, right relation) (*set, error) {
	lc, rc := left.columns(), right.columns()
	if len(lc) != len(rc) {
		return nil, fail(span, 205, 16, 1, "All queries combined using a UNION, INTERSECT or EXCEPT operator must have an equal number of expressions in their target lists.")
	}
	out := &set{op: op, cols: make([]*column, len(lc))}
	le, re := make([]plan.Expr, len(lc)), make([]plan.Expr, len(lc))
	for i := range lc {
		pair := []plan.Expr{bare(left, lc[i]), bare(right, rc[i])}
		t, err := b.unify(span, name, pair)
		if err != nil {
			return nil, err
		}
		le[i], re[i] = pair[0], pair[1]
		switch op {
		case except:
			t.Nullable = lc[i].t.Nullable
		case intersect:
			t.Nullable = lc[i].t.Nullable && rc[i].t.Nullable
		}
		out.cols[i] = &column{name: lc[i].name, t: t, label: max(lc[i].label, rc[i].label)}
	}
	out.left, out.leftCols = projected(left, lc, le)
	out.right, out.rightCols = projected(right, rc, re)
	return out, nil
}

// bare is a column as an operand. A column that only ever is NULL goes along with every type.
func bare(r relation, c *column) plan.Expr {
	if p, ok := r.(*project); ok {
		for i, x := range p.cols {
			if x == c && isNull(p.list[i]) {
				return null()
			}
		}
	}
	return refTo(c)
}

// projected puts a project over r where list is more than its columns.
func projected(r relation, cols []*column, list []plan.Expr) (relation, []*column) {
	same := true
	for i, e := range list {
		q, ok := e.(*ref)
		same = same && ok && q.c == cols[i]
	}
	if same {
		return r, cols
	}
	p := &project{in: r, list: list, cols: make([]*column, len(list))}
	for i, e := range list {
		p.cols[i] = derive(cols[i].name, e)
	}
	return p, p.cols
}

// valuesBody binds a table value constructor. Its columns have no names.
func (b *binder) valuesBody(parent *scope, x *tsql.Values) (relation, error) {
	width := len(x.Rows[0])
	out := &values{rows: make([][]plan.Expr, len(x.Rows)), cols: make([]*column, width)}
	s := &scope{parent: parent, clause: clauseValues}
	for i, row := range x.Rows {
		if len(row) != width {
			return nil, fail(x.At, 10709, 15, 1, "The number of columns for each row in a table value constructor must be the same.")
		}
		list, err := b.values(s, row)
		if err != nil {
			return nil, err
		}
		out.rows[i] = list
	}
	one := make([]plan.Expr, len(out.rows))
	for i := range width {
		for r, row := range out.rows {
			one[r] = row[i]
		}
		t, err := b.unify(x.At, "VALUES", one)
		if err != nil {
			return nil, err
		}
		most := labelDefault
		for r := range out.rows {
			out.rows[r][i] = one[r]
			most = max(most, labelOf(one[r]))
		}
		out.cols[i] = &column{t: t, label: most}
	}
	return out, nil
}
