package bind

import (
	"strings"

	"github.com/alcedo-cloud/alcedo/internal/sqldb/catalog"
	"github.com/alcedo-cloud/alcedo/internal/sqldb/plan"
	"github.com/alcedo-cloud/alcedo/internal/tsql"
)

// tableFunction binds a function in FROM: a user's, or one of the server's.
func (b *binder) tableFunction(s *scope, x *tsql.TableFunction) (relation, error) {
	args := outward(s)
	if args == nil {
		args = &scope{clause: clauseFrom}
	}
	r, err := b.rowsOf(args, x)
	if err != nil {
		return nil, err
	}
	name := x.Alias.Name
	if name == "" {
		name = x.Name.Name.Name
	}
	if len(x.Columns) > 0 {
		if err := rename(x.At, r.columns(), x.Columns, name); err != nil {
			return nil, err
		}
	}
	src := sourceOf(r, name)
	src.at = x.At
	s.add(src)
	return r, nil
}

func (b *binder) rowsOf(s *scope, x *tsql.TableFunction) (relation, error) {
	if x.Name.Schema.Name == "" && !b.ownFunction(&x.Name) || strings.EqualFold(x.Name.Schema.Name, "sys") {
		r, err := b.serverFunction(s, x)
		if r != nil || err != nil {
			return r, err
		}
	}
	o, err := b.object(&x.Name)
	if err != nil {
		return nil, err
	}
	m, ok := o.(*catalog.Module)
	if !ok || m.Kind != catalog.KindInlineFunction && m.Kind != catalog.KindTableFunction {
		return nil, invalidObject(&x.Name)
	}
	args, err := b.arguments(s, x.At, m, x.Args, written(&x.Name))
	if err != nil {
		return nil, err
	}
	a := b.permit("SELECT", m.ID)
	a.whole = true
	if m.Kind == catalog.KindInlineFunction {
		return b.inline(x, m, args)
	}
	if b.env.Function != nil {
		if v, ok := b.env.Function(m); ok {
			return newVirtual(v, args), nil
		}
	}
	return nil, unsupported(x.At, "a table-valued function of several statements")
}

// ownFunction reports whether a name without a schema is that of a function of the database that gives rows: unlike those
// that give one value, they may be named so.
func (b *binder) ownFunction(n *tsql.ObjectName) bool {
	if b.env.Catalog == nil {
		return false
	}
	m, ok := b.lookup(n).(*catalog.Module)
	return ok && (m.Kind == catalog.KindInlineFunction || m.Kind == catalog.KindTableFunction)
}

// serverFunction binds STRING_SPLIT, OPENJSON and the functions of sys; nil where there is none of that name.
func (b *binder) serverFunction(s *scope, x *tsql.TableFunction) (relation, error) {
	args, err := b.values(s, x.Args)
	if err != nil {
		return nil, err
	}
	if r, err := b.generator(x, args); r != nil || err != nil {
		return r, err
	}
	if b.env.Virtual == nil {
		return nil, nil
	}
	if v, ok := b.env.Virtual(x.Name.Schema.Name, x.Name.Name.Name); ok {
		return newVirtual(v, args), nil
	}
	return nil, nil
}

// inline expands an inline function: its parameters are the arguments.
func (b *binder) inline(x *tsql.TableFunction, m *catalog.Module, args []plan.Expr) (relation, error) {
	parsed, err := tsql.Parse(m.Text, tsql.Options{QuotedIdentifier: m.QuotedIdentifier})
	if err != nil {
		return nil, at(x.At, syntax(err))
	}
	var f *tsql.CreateFunction
	if len(parsed.Statements) == 1 {
		f, _ = parsed.Statements[0].(*tsql.CreateFunction)
	}
	if f == nil || f.Query == nil {
		return nil, invalidObject(&x.Name)
	}
	params := make(map[string]plan.Expr, len(args))
	var once *values
	for i, p := range m.Parameters {
		if simple(args[i]) {
			params[fold(p.Name)] = args[i]
			continue
		}
		// What costs something is computed once, in a row of its own before the function's.
		if once == nil {
			once = &values{rows: [][]plan.Expr{{}}}
		}
		c := derive(p.Name, args[i])
		once.rows[0], once.cols = append(once.rows[0], args[i]), append(once.cols, c)
		params[fold(p.Name)] = refTo(c)
	}
	q, err := b.within(x.At, m, params, f.Query)
	if err != nil {
		return nil, broken(&x.Name, err)
	}
	if once == nil {
		return q.rel, nil
	}
	p := &project{in: &join{kind: plan.InnerJoin, left: once, right: q.rel}}
	for _, c := range q.rel.columns() {
		e := refTo(c)
		p.list, p.cols = append(p.list, e), append(p.cols, derive(c.name, e))
	}
	return p, nil
}
