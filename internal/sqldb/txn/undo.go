package txn

// change remembers what a node was before it was overwritten.
type change struct {
	list  *list
	node  uint32
	state state
	value []byte
}

// log is what has been written to a set of indexes and how to take it back.
type log struct {
	lists   []*listOf
	changes []change
}

// listOf is the list of one index.
type listOf struct {
	list
	index *Index
	delta int64 // rows added less rows removed, where exec says so
	gap   gap
}

// mark is a state of a log to which it can be taken back.
type mark struct {
	changes int
	nodes   []int
	deltas  []int64
}

// of finds the list of an index, nil where nothing was written to it.
func (g *log) of(x *Index) *listOf {
	for _, l := range g.lists {
		if l.index == x || l.index.ID == x.ID && l.index.Table == x.Table {
			return l
		}
	}
	return nil
}

// to finds or makes the list of an index.
func (g *log) to(x *Index) *listOf {
	if l := g.of(x); l != nil {
		return l
	}
	l := &listOf{list: *newList(len(x.prefix)), index: x}
	g.lists = append(g.lists, l)
	return l
}

// write gives a key a value, or with deleted takes it away. The bytes are copied.
func (g *log) write(l *listOf, key, value []byte, s state) {
	n, fresh := l.put(key)
	if !fresh {
		g.changes = append(g.changes, change{list: &l.list, node: n, state: l.nodes[n].state, value: l.nodes[n].value})
	}
	if s == present {
		value = l.keep(value)
	} else {
		value = nil
	}
	l.set(n, value, s)
}

// mark remembers the present state.
func (g *log) mark() mark {
	m := mark{changes: len(g.changes)}
	if len(g.lists) > 0 {
		m.nodes = make([]int, len(g.lists))
		m.deltas = make([]int64, len(g.lists))
		for i, l := range g.lists {
			m.nodes[i], m.deltas[i] = len(l.nodes), l.delta
		}
	}
	return m
}

// back undoes what was written since the mark.
func (g *log) back(m mark) {
	for i := len(g.changes) - 1; i >= m.changes; i-- {
		c := g.changes[i]
		c.list.set(c.node, c.value, c.state)
	}
	clear(g.changes[m.changes:])
	g.changes = g.changes[:m.changes]
	for i, l := range g.lists {
		from, delta := 1, int64(0)
		if i < len(m.nodes) {
			from, delta = m.nodes[i], m.deltas[i]
		}
		for n := from; n < len(l.nodes); n++ {
			l.set(uint32(n), nil, absent)
		}
		l.delta = delta
	}
}

// bytes is how much the log keeps in memory.
func (g *log) bytes() int {
	n := len(g.changes) * 56
	for _, l := range g.lists {
		n += l.bytes + len(l.nodes)*80
	}
	return n
}
