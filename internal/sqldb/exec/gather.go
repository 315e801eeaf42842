package exec

// add gives a row to all of a group's states. args is room.
func (a *aggregation) add(r *run, g *group, row, args Row) (Row, error) {
	for i, c := range a.calls {
		args = args[:0]
		for _, x := range c.args {
			v, err := x(r, row)
			if err != nil {
				return args, err
			}
			args = append(args, v)
		}
		if c.distinct != nil {
			fresh, err := g.first(r, i, c.distinct, args)
			if err != nil {
				return args, err
			}
			if !fresh {
				continue
			}
		}
		if c.order != nil {
			if err := g.hold(r, i, c.order, args, row); err != nil {
				return args, err
			}
			continue
		}
		if err := g.states[i].Add(args); err != nil {
			return args, err
		}
	}
	return args, nil
}

// first reports whether DISTINCT meets these arguments for the first time.
func (g *group) first(r *run, call int, k *keying, args Row) (bool, error) {
	d := g.seen[call]
	if d == nil {
		d = &distinctValues{rows: rowStore{width: len(args)}}
		g.seen[call] = d
	}
	return d.first(r, k, args)
}

func (d *distinctValues) first(r *run, k *keying, row Row) (bool, error) {
	hash := k.hash(row)
	for e := d.table.first(hash); e >= 0; e = d.table.after(e) {
		if k.equal(row, d.rows.get(e)) {
			return false, nil
		}
	}
	if err := r.grow(rowSize(row) + entrySize); err != nil {
		return false, err
	}
	d.table.add(hash)
	d.rows.add(row)
	return true, nil
}

// hold keeps arguments behind the values that order them.
func (g *group) hold(r *run, call int, o *ordering, args, row Row) error {
	kept := make(Row, len(o.keys), len(o.keys)+len(args))
	if _, err := keyOf(r, o.keys, row, kept); err != nil {
		return err
	}
	kept = append(kept, args...)
	g.held[call] = append(g.held[call], sortRow{kept, len(g.held[call])})
	return r.grow(rowSize(kept))
}
