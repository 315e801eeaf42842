package bind

import (
	"github.com/alcedo-cloud/alcedo/internal/sqldb/plan"
)

// ordering puts the leaves of an inner join in an order: what yields few rows first, then what it leads to.
type ordering struct {
	b      *binder
	leaves []relation
	sets   []columnSet
	links  []link
	before [][]int // leaves that a leaf refers to (APPLY)
	taken  []bool
	rows   float64
	hint   string
}

const (
	mostOrdered = 24 // leaves; more stay as they were written
)

func (b *binder) orderJoins(leaves []relation, sets []columnSet, links []link, hint string) relation {
	o := &ordering{b: b, leaves: leaves, sets: sets, links: links, taken: make([]bool, len(leaves)), hint: hint}
	o.before = make([][]int, len(leaves))
	for i, leaf := range leaves {
		for c := range free(leaf) {
			for j := range leaves {
				if j != i && sets[j][c] {
					o.before[i] = append(o.before[i], j)
				}
			}
		}
	}
	var out relation
	for range leaves {
		i := o.next(out == nil)
		o.taken[i] = true
		if out == nil {
			out, o.rows = leaves[i], b.estimate(leaves[i])
			continue
		}
		j := &join{kind: plan.InnerJoin, left: out, right: leaves[i], hint: hint}
		for k := range o.links {
			if l := &o.links[k]; !l.done && o.ready(l) {
				j.on = append(j.on, l.x)
				l.done = true
			}
		}
		out = j
	}
	return out
}

func (o *ordering) ready(l *link) bool {
	for _, i := range l.leaves {
		if !o.taken[i] {
			return false
		}
	}
	return true
}

// next is the leaf to take: of those that may come, the one that leaves the fewest rows.
func (o *ordering) next(first bool) int {
	best, least := -1, 0.0
	for i := range o.leaves {
		if o.taken[i] || !o.free(i) {
			continue
		}
		if len(o.leaves) > mostOrdered || o.hint != "" {
			return i
		}
		rows := o.b.estimate(o.leaves[i])
		if !first {
			rows = o.joined(i, rows)
		}
		if best < 0 || rows < least*0.9 {
			best, least = i, rows
		}
	}
	if !first {
		o.rows = least
	}
	return best
}

func (o *ordering) free(i int) bool {
	for _, j := range o.before[i] {
		if !o.taken[j] {
			return false
		}
	}
	return true
}

// joined estimates the rows of what has been taken joined with leaf i.
func (o *ordering) joined(i int, rows float64) float64 {
	var keys []plan.Expr
	for k := range o.links {
		l := &o.links[k]
		if l.done {
			continue
		}
		o.taken[i] = true
		ready := o.ready(l)
		o.taken[i] = false
		if ready {
			keys = append(keys, l.x)
		}
	}
	if len(o.before[i]) > 0 {
		return o.rows * rows / 2
	}
	if len(keys) == 0 {
		return o.rows * rows * 2
	}
	if g := tableOf(o.leaves[i]); g != nil {
		return o.rows * max(o.b.matched(g, append(keys[:len(keys):len(keys)], g.conds...)), 0.1)
	}
	return max(o.rows, rows)
}

// tableOf is the table that r filters and renames; nil where r is more.
func tableOf(r relation) *get {
	switch r := r.(type) {
	case *get:
		return r
	case *filter:
		return tableOf(r.in)
	case *project:
		return tableOf(r.in)
	}
	return nil
}
