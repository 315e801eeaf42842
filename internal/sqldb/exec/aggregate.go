package exec

import (
	"slices"

	"github.com/alcedo-cloud/alcedo/internal/sqldb/function"
	"github.com/alcedo-cloud/alcedo/internal/sqldb/plan"
	"github.com/alcedo-cloud/alcedo/internal/sqldb/value"
)

// aggregation is GROUP BY: one hash table for each grouping set.
type aggregation struct {
	input  operator
	groups []evaluator
	sets   [][]int
	bits   bool // GROUPING bits follow the calls
	keys   []*keying
	calls  []*aggregateCall
	width  int
	buffer int
}

// aggregateCall is one aggregate function.
type aggregateCall struct {
	function *function.Aggregate
	types    []value.Type
	args     []evaluator
	distinct *keying // nil without DISTINCT
	order    *ordering
}

// group is one group: a state for each call.
type group struct {
	states []function.State
	seen   []*distinctValues
	held   [][]sortRow // WITHIN GROUP: what came, until the end
}

// distinctValues are those that a DISTINCT has let through.
type distinctValues struct {
	table hashTable
	rows  rowStore
}

func (c *compiler) aggregate(n *plan.Aggregate) (operator, error) {
	a := &aggregation{sets: n.Sets, bits: n.Sets != nil, width: n.Width(), buffer: c.state()}
	var err error
	if a.input, err = c.node(n.Input); err != nil {
		return nil, err
	}
	if a.groups, err = c.exprs(n.Groups); err != nil {
		return nil, err
	}
	if a.sets == nil {
		all := make([]int, len(n.Groups))
		for i := range all {
			all[i] = i
		}
		a.sets = [][]int{all}
	}
	for _, set := range a.sets {
		var types []value.Type
		for _, g := range set {
			types = append(types, n.Groups[g].Type())
		}
		a.keys = append(a.keys, keyingOf(types))
	}
	for _, call := range n.Calls {
		k, err := c.aggregateCall(call.Function, call.Args, call.Order)
		if err != nil {
			return nil, err
		}
		if call.Distinct {
			k.distinct = keyingOf(k.types)
		}
		a.calls = append(a.calls, k)
	}
	return a.run, nil
}

func (c *compiler) aggregateCall(f *function.Aggregate, args []plan.Expr, order []plan.SortKey) (*aggregateCall, error) {
	k := &aggregateCall{function: f}
	var err error
	if k.args, err = c.exprs(args); err != nil {
		return nil, err
	}
	for _, x := range args {
		k.types = append(k.types, x.Type())
	}
	if len(order) > 0 {
		k.order, err = c.ordering(order)
	}
	return k, err
}

// groupSet is one grouping set in the course of a run.
type groupSet struct {
	table  hashTable
	keys   rowStore
	groups []*group
}

func (a *aggregation) run(r *run, yield func(Row) error) error {
	before := r.memory
	sets := make([]*groupSet, len(a.sets))
	for i, set := range a.sets {
		sets[i] = &groupSet{keys: rowStore{width: len(set)}}
		if len(set) == 0 {
			sets[i].groups = []*group{a.fresh()} // the whole input is a group, though it be empty
		}
	}
	values := make(Row, len(a.groups))
	key := make(Row, len(a.groups))
	args := make(Row, 0, 8)
	err := a.input(r, func(row Row) error {
		if err := r.tick(); err != nil {
			return err
		}
		if _, err := keyOf(r, a.groups, row, values); err != nil {
			return err
		}
		for i, s := range sets {
			g, err := a.group(r, s, i, values, key)
			if err != nil {
				return err
			}
			if args, err = a.add(r, g, row, args); err != nil {
				return err
			}
		}
		return nil
	})
	taken := r.memory - before
	defer func() { r.shrink(taken) }()
	if err != nil {
		return err
	}
	return a.give(r, sets, yield)
}

// group finds or makes the group of a row in one set.
func (a *aggregation) group(r *run, s *groupSet, set int, values, key Row) (*group, error) {
	if len(a.sets[set]) == 0 {
		return s.groups[0], nil
	}
	key = key[:0]
	for _, g := range a.sets[set] {
		key = append(key, values[g])
	}
	hash := a.keys[set].hash(key)
	for e := s.table.first(hash); e >= 0; e = s.table.after(e) {
		if a.keys[set].equal(key, s.keys.get(e)) {
			return s.groups[e], nil
		}
	}
	if err := r.grow(rowSize(key) + entrySize + int64(120*len(a.calls))); err != nil {
		return nil, err
	}
	s.table.add(hash)
	s.keys.add(key)
	g := a.fresh()
	s.groups = append(s.groups, g)
	return g, nil
}

func (a *aggregation) fresh() *group {
	g := &group{states: make([]function.State, len(a.calls))}
	for i, c := range a.calls {
		g.states[i] = c.function.New(c.types)
		if c.distinct != nil && g.seen == nil {
			g.seen = make([]*distinctValues, len(a.calls))
		}
		if c.order != nil && g.held == nil {
			g.held = make([][]sortRow, len(a.calls))
		}
	}
	return g
}

// give yields the groups.
func (a *aggregation) give(r *run, sets []*groupSet, yield func(Row) error) error {
	out := r.buffer(a.buffer, a.width)
	warned := false
	for i, s := range sets {
		for n, g := range s.groups {
			if err := r.tick(); err != nil {
				return err
			}
			clear(out)
			for place, k := range a.sets[i] {
				out[k] = s.keys.get(n)[place]
			}
			if err := a.results(g, out[len(a.groups):], &warned); err != nil {
				return err
			}
			if a.bits {
				bits := out[len(a.groups)+len(a.calls):]
				for k := range bits {
					bits[k] = value.OfBool(!slices.Contains(a.sets[i], k))
				}
			}
			if err := yield(out); err != nil {
				return err
			}
		}
	}
	if warned {
		r.warn(value.Errorf(8153, 10, 1, "Warning: Null value is eliminated by an aggregate or other SET operation."))
	}
	return nil
}

func (a *aggregation) results(g *group, out Row, warned *bool) error {
	for i, c := range a.calls {
		if c.order != nil {
			slices.SortFunc(g.held[i], c.order.inOrder)
			for _, kept := range g.held[i] {
				if err := g.states[i].Add(kept.row[len(c.order.keys):]); err != nil {
					return err
				}
			}
		}
		v, err := g.states[i].Result()
		if err != nil {
			return err
		}
		out[i] = v
		*warned = *warned || g.states[i].Skipped()
	}
	return nil
}

// warn keeps what the client is told behind the rows; the same thing is told once.
func (r *run) warn(m *value.Error) {
	if !slices.ContainsFunc(r.warnings, func(w *value.Error) bool { return w.Number == m.Number }) {
		r.warnings = append(r.warnings, m)
	}
}

func (r *run) tellWarnings() {
	for _, m := range r.warnings {
		if r.Session != nil {
			r.Session.Warn(m)
		}
	}
	r.warnings = nil
}
