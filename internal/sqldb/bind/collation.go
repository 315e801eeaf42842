package bind

import (
	"github.com/alcedo-cloud/alcedo/internal/sqldb/collate"
	"github.com/alcedo-cloud/alcedo/internal/sqldb/plan"
	"github.com/alcedo-cloud/alcedo/internal/tsql"
)

// label is how strongly an expression holds to its collation.
type label uint8

// The labels, from the weakest: a constant or variable, a column, COLLATE.
const (
	labelDefault label = iota
	labelImplicit
	labelNone // two columns that do not agree
	labelExplicit
)

// labelOf is the label of a column that shows e; COLLATE becomes implicit there.
func labelOf(e plan.Expr) label {
	switch e := e.(type) {
	case *ref:
		return e.c.label
	case *plan.Const, *plan.Variable:
		return labelDefault
	case *subquery:
		if e.col != nil {
			return e.col.label
		}
	}
	most := labelDefault
	children(e, func(p *plan.Expr) {
		if (*p).Type().IsString() {
			most = max(most, labelOf(*p))
		}
	})
	if c, ok := e.(*plan.Convert); ok && c.X.Type().IsString() && c.T.Collation != c.X.Type().Collation {
		return labelImplicit
	}
	return min(most, labelImplicit)
}

// held is an expression's collation and its label.
func (b *binder) held(e plan.Expr) (*collate.Collation, label) {
	c := e.Type().Collation
	if c == nil {
		c = b.collation()
	}
	if b.explicit[e] {
		return c, labelExplicit
	}
	switch x := e.(type) {
	case *plan.Convert:
		if x.X.Type().IsString() && b.explicit[x.X] {
			return c, labelExplicit
		}
	case *plan.Binary, *plan.Call:
		if l, ok := b.labels[e]; ok {
			return c, l
		}
		most := labelDefault
		children(e, func(p *plan.Expr) {
			if (*p).Type().IsString() {
				_, l := b.held(*p)
				most = max(most, l)
			}
		})
		if b.labels == nil {
			b.labels = map[plan.Expr]label{}
		}
		b.labels[e] = most
		return c, most
	}
	return c, labelOf(e)
}

// agree is the collation by which an operation compares or joins strings (collation precedence). Error 468 says that
// there is none.
func (b *binder) agree(span tsql.Span, op string, list ...plan.Expr) (*collate.Collation, error) {
	var (
		have *collate.Collation
		most label
	)
	for _, e := range list {
		if !e.Type().IsString() {
			continue
		}
		c, l := b.held(e)
		switch {
		case have == nil || l > most:
			have, most = c, l
		case l == most && c != have && l != labelDefault:
			return nil, fail(span, 468, 16, 9, "Cannot resolve the collation conflict between \"%s\" and \"%s\" in the %s operation.", c.Name(), have.Name(), op)
		}
	}
	if have == nil {
		have = b.collation()
	}
	return have, nil
}
