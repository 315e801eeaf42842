package bind

import (
	"github.com/alcedo-cloud/alcedo/internal/sqldb/catalog"
	"github.com/alcedo-cloud/alcedo/internal/sqldb/plan"
	"github.com/alcedo-cloud/alcedo/internal/tsql"
)

// rulesThrough are a table's rules, and where it is changed by the name of a view what views WITH CHECK OPTION ask of the
// rows that they are to show.
func (b *binder) rulesThrough(by *through, t *catalog.Table) (*plan.Rules, error) {
	rules, err := b.rules(t)
	if err != nil || by == nil || by.view == nil {
		return rules, err
	}
	shown, err := b.checkOption(by)
	if err != nil || len(shown) == 0 {
		return rules, err
	}
	own := *rules
	own.Shown = shown
	return &own, nil
}

// checkOption binds the view anew, apart from the statement, and lowers the conditions of the views that it spans from the
// first one WITH CHECK OPTION on.
func (b *binder) checkOption(by *through) ([]plan.Expr, error) {
	env := *b.env
	env.Variable, env.Table = nil, nil
	own := newBinder(&env)
	own.checked = map[relation]bool{}
	target := tsql.ObjectName{Name: tsql.Ident{Name: by.view.Name}}
	if schema, ok := env.Catalog.SchemaByID(by.view.SchemaID); ok {
		target.Schema.Name = schema.Name
	}
	rel, _, err := own.named(&target)
	if err != nil || len(own.checked) == 0 {
		return nil, err
	}
	g, conds, err := own.asked(rel, false, nil)
	if err != nil {
		return nil, err
	}
	out := make([]plan.Expr, len(conds))
	for i, e := range conds {
		own.optimizeIn(&e)
		markExpr(e)
		if out[i], err = own.lowerer().expr(e, g.cols); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// asked goes down to the table with the conditions that hold from a checked view on.
func (b *binder) asked(r relation, on bool, conds []plan.Expr) (*get, []plan.Expr, error) {
	on = on || b.checked[r]
	switch r := r.(type) {
	case *get:
		if on {
			conds = append(conds, r.conds...)
		}
		return r, conds, nil
	case *filter:
		if on {
			conds = append(conds, r.conds...)
		}
		return b.asked(r.in, on, conds)
	case *project:
		moved := make([]plan.Expr, len(conds))
		for i, c := range conds {
			var ok bool
			if moved[i], ok = r.through(c); !ok {
				return nil, nil, unsupported(tsql.Span{}, "WITH CHECK OPTION")
			}
		}
		return b.asked(r.in, on, moved)
	case *sorted:
		return b.asked(r.in, on, conds)
	}
	return nil, nil, unsupported(tsql.Span{}, "WITH CHECK OPTION")
}
