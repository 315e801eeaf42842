package bind

import (
	"github.com/alcedo-cloud/alcedo/internal/sqldb/plan"
	"github.com/alcedo-cloud/alcedo/internal/sqldb/value"
	"github.com/alcedo-cloud/alcedo/internal/tsql"
)

// placeType is the type of a row's place.
func placeType() value.Type { return value.Sized(value.VarBinary, value.Max) }

// oneRow holds a table to the row on which a cursor stands.
func (b *binder) oneRow(r relation, x *tsql.Table) (err error) {
	if x.Row == nil {
		return nil
	}
	g, ok := r.(*get)
	if !ok {
		return notOfCursor(x.At)
	}
	g.at, err = b.value(&scope{clause: clauseNone}, x.Row)
	return err
}

// notOfCursor is the refusal of a source that is no table of its own.
func notOfCursor(at tsql.Span) *value.Error {
	return fail(at, 16933, 16, 1, "The cursor does not include the table being modified or the table is not updatable through the cursor.")
}

// rowPlace shows where the rows of a source lie.
func rowPlace(s *scope, x *tsql.RowPlace) (plan.Expr, error) {
	if x.Source >= len(s.sources) {
		return nil, notOfCursor(x.At)
	}
	g, ok := s.sources[x.Source].rel.(*get)
	if !ok {
		return nil, notOfCursor(x.At)
	}
	if g.locator == nil {
		g.locator = &column{t: placeType(), source: &plan.Source{Table: g.table}}
	}
	return refTo(g.locator), nil
}
