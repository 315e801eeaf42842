package bind

import (
	"math"
	"slices"

	"github.com/alcedo-cloud/alcedo/internal/sqldb/catalog"
	"github.com/alcedo-cloud/alcedo/internal/sqldb/collate"
	"github.com/alcedo-cloud/alcedo/internal/sqldb/value"
)

// choice is a way to read a table.
type choice struct {
	index     *catalog.Index // nil: the heap as it lies
	prefix    []*term
	low, high *term
	in        *term
	single    bool // one row at most
	ordered   bool // in the order that was wished for
	reverse   bool
	cost      float64
}

// collationOf is a string type's collation.
func (b *binder) collationOf(t value.Type) *collate.Collation {
	if t.Collation != nil {
		return t.Collation
	}
	return b.collation()
}

// choose finds the way of the least cost to read g's rows that meet its conditions.
func (b *binder) choose(g *get, w *wish) choice {
	terms := b.terms(g, g.conds)
	best := choice{cost: math.Inf(1)}
	if g.table.Clustered() == nil {
		best = b.heap(g, terms, w)
	}
	for _, x := range g.table.Indexes {
		if x.Disabled || x.Filter != "" || g.index != 0 && x.ID != g.index {
			continue
		}
		if c := b.way(g, x, terms, w); c.cost < best.cost {
			best = c
		}
	}
	return best
}

func (b *binder) heap(g *get, terms *terms, w *wish) choice {
	n := b.rows(g)
	out := choice{cost: n}
	if len(w.order) > 0 {
		out.cost += sorting(n)
	} else if w.limit > 0 && len(terms.list)+terms.others == 0 {
		out.cost = min(n, w.limit)
	}
	if g.index != 0 {
		out.cost = math.Inf(1)
	}
	return out
}

// sorting is what it costs to sort, beside reading.
func sorting(n float64) float64 { return n * math.Log2(n+1) * 0.2 }

// way is how one index would be read.
func (b *binder) way(g *get, x *catalog.Index, terms *terms, w *wish) choice {
	out := choice{index: x}
	n := b.rows(g)
	share := 1.0
	for _, k := range x.Keys {
		t := terms.equal(g.table.Ordinal(k.Column))
		if t == nil {
			break
		}
		out.prefix = append(out.prefix, t)
		share *= perEqual
	}
	out.single = x.Unique && len(out.prefix) == len(x.Keys)
	if p := len(out.prefix); p < len(x.Keys) {
		next := g.table.Ordinal(x.Keys[p].Column)
		out.low, out.high = terms.find(next, termLow), terms.find(next, termHigh)
		if out.low != nil {
			share *= perRange
		}
		if out.high != nil {
			share *= perRange
		}
		if p == 0 && out.low == nil && out.high == nil {
			if out.in = terms.find(next, termIn); out.in != nil {
				share *= min(perEqual*float64(len(out.in.in)), 1)
			}
		}
	}
	rows := max(n*share, 1)
	if out.single {
		rows = 1
	}
	if out.in != nil && x.Unique && len(x.Keys) == 1 {
		rows = float64(len(out.in.in))
	}
	out.reverse, out.ordered = out.follows(g, w.order)
	per := 1.0
	if !x.Clustered {
		per = 1.05 // rows whole and in their own order, where there is nothing to choose
		if !covers(g, x) {
			per = perSeek
		}
	}
	used := len(out.prefix) + count(out.low != nil, out.high != nil, out.in != nil)
	if left := len(terms.list) + terms.others - used; w.limit > 0 && (out.ordered || len(w.order) == 0) {
		// Reading ends early: sooner where nothing is filtered out afterwards.
		rows = min(rows, w.limit*math.Pow(4, float64(max(left, 0))))
	}
	out.cost = 1 + rows*per
	if len(w.order) > 0 && !out.ordered {
		out.cost += sorting(rows)
	}
	return out
}

func count(list ...bool) int {
	n := 0
	for _, b := range list {
		if b {
			n++
		}
	}
	return n
}

// covers reports whether an index has all columns that are wanted.
func covers(g *get, x *catalog.Index) bool {
	if g.locator != nil {
		return false
	}
	for i, c := range g.cols {
		if !c.used && !c.asked {
			continue
		}
		id := g.table.Columns[i].ID
		if slices.Contains(x.Included, id) || keyed(x, id) {
			continue
		}
		if clustered := g.table.Clustered(); clustered == nil || !keyed(clustered, id) {
			return false
		}
	}
	return true
}

func keyed(x *catalog.Index, id int32) bool {
	return slices.ContainsFunc(x.Keys, func(k catalog.IndexKey) bool { return k.Column == id })
}

// follows reports whether the index's order is the one wished for, forwards or in reverse.
func (c *choice) follows(g *get, want []ordered) (reverse, ok bool) {
	if len(want) == 0 || c.single {
		return false, c.single || len(want) == 0
	}
	if c.in != nil {
		return false, false
	}
	keys := c.index.Keys
	decided := false
	for _, o := range want {
		if o.c.base != g {
			return false, false
		}
		if c.fixes(o.c.ordinal) {
			continue
		}
		for len(keys) > 0 && c.fixes(g.table.Ordinal(keys[0].Column)) {
			keys = keys[1:]
		}
		if len(keys) == 0 {
			return reverse, c.index.Unique
		}
		if g.table.Ordinal(keys[0].Column) != o.c.ordinal {
			return false, false
		}
		turned := keys[0].Descending != o.desc
		if decided && turned != reverse {
			return false, false
		}
		reverse, decided = turned, true
		keys = keys[1:]
	}
	return reverse, true
}

// fixes reports whether a column has one value in all that is read.
func (c *choice) fixes(ordinal int) bool {
	return slices.ContainsFunc(c.prefix, func(t *term) bool { return t.ordinal == ordinal })
}

// empty reports whether an index is asked for NULL, which nothing equals.
func (c *choice) empty() bool {
	ends := append(c.prefix[:len(c.prefix):len(c.prefix)], c.low, c.high)
	return slices.ContainsFunc(ends, func(t *term) bool { return t != nil && isNull(t.x) })
}
