package bind

import (
	"math"

	"github.com/alcedo-cloud/alcedo/internal/sqldb/plan"
)

// Guesses at how many rows a condition lets through.
const (
	unknownRows = 1000
	perEqual    = 0.02
	perRange    = 0.3
	perOther    = 0.5
)

// estimate guesses how many rows a relation has.
func (b *binder) estimate(r relation) float64 {
	switch r := r.(type) {
	case *get:
		return b.matched(r, r.conds)
	case *values:
		return float64(len(r.rows))
	case *virtual:
		return 100
	case *filter:
		return max(b.estimate(r.in)*math.Pow(perOther, float64(len(r.conds))), 1)
	case *join:
		return b.estimateJoin(r)
	case *aggregate:
		if len(r.groups) == 0 {
			return 1
		}
		return max(b.estimate(r.in)/10, 1)
	case *top:
		if c, ok := r.count.(*plan.Const); ok && !r.percent && !c.V.IsNull() {
			return min(float64(c.V.Int64()), b.estimate(r.in))
		}
		return b.estimate(r.in)
	case *set:
		return b.estimate(r.left) + b.estimate(r.right)
	case *working:
		return 100
	case *recursive:
		return b.estimate(r.anchor) * 10
	}
	rows := float64(unknownRows)
	r.inputs(func(in *relation) { rows = b.estimate(*in) })
	return rows
}

func (b *binder) estimateJoin(r *join) float64 {
	left := b.estimate(r.left)
	if r.kind == plan.SemiJoin || r.kind == plan.AntiJoin {
		return max(left/2, 1)
	}
	right := b.estimate(r.right)
	if len(r.on) == 0 && !reaches(r.right, setOf(r.left.columns())) {
		return left * right
	}
	return max(left, right)
}

// rows is how many rows a table has, or a guess.
func (b *binder) rows(g *get) float64 {
	if b.env.Rows != nil {
		if n := b.env.Rows(g.table); n >= 0 {
			return float64(max(n, 1))
		}
	}
	if g.table.Temporary {
		return 100
	}
	return unknownRows
}

// matched guesses how many rows of a table meet conditions.
func (b *binder) matched(g *get, conds []plan.Expr) float64 {
	n := b.rows(g)
	terms := b.terms(g, conds)
	for _, x := range g.table.Indexes {
		if x.Unique && x.Filter == "" && terms.equals(g.table, x) == len(x.Keys) {
			return 1
		}
	}
	share := 1.0
	for _, t := range terms.list {
		switch t.kind {
		case termEqual:
			share *= perEqual
		case termIn:
			share *= min(perEqual*float64(len(t.in)), 1)
		default:
			share *= perRange
		}
	}
	share *= math.Pow(perOther, float64(terms.others))
	return max(n*share, 1)
}
