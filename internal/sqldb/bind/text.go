package bind

import (
	"github.com/alcedo-cloud/alcedo/internal/sqldb/plan"
	"github.com/alcedo-cloud/alcedo/internal/sqldb/value"
	"github.com/alcedo-cloud/alcedo/internal/tsql"
)

// parseExpr reads the text of an expression or condition that the catalog keeps: a default, a CHECK, a computed column.
func parseExpr(text string, condition bool) (tsql.Expr, error) {
	batch := "SELECT " + text
	if condition {
		batch = "SELECT 1 WHERE " + text
	}
	parsed, err := tsql.Parse(batch, tsql.Options{QuotedIdentifier: true})
	if err != nil {
		return nil, syntax(err)
	}
	if len(parsed.Statements) == 1 {
		if st, ok := parsed.Statements[0].(*tsql.SelectStatement); ok {
			if sel, ok := st.Query.Body.(*tsql.Select); ok {
				if condition && sel.Where != nil {
					return sel.Where, nil
				}
				if !condition && len(sel.Items) == 1 && sel.Items[0].Expr != nil {
					return sel.Items[0].Expr, nil
				}
			}
		}
	}
	return nil, value.Errorf(102, 15, 1, "Incorrect syntax near '%s'.", text)
}

// syntax is a parser's error as the others are.
func syntax(err error) error {
	if e, ok := err.(*tsql.Error); ok {
		return &value.Error{Number: e.Number, Class: e.Class, State: e.State, Line: e.Line, Text: e.Text}
	}
	return err
}

// text binds an expression that the catalog keeps and that sees no row.
func (b *binder) text(text string) (plan.Expr, error) {
	x, err := parseExpr(text, false)
	if err != nil {
		return nil, err
	}
	return b.value(&scope{clause: clauseNone}, x)
}
