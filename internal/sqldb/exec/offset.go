package exec

import (
	"github.com/alcedo-cloud/alcedo/internal/sqldb/value"
)

func lag(k *windowCall, r *run, p *partitioned, out []value.Value) error {
	return k.shifted(r, p, out, -1)
}

func lead(k *windowCall, r *run, p *partitioned, out []value.Value) error {
	return k.shifted(r, p, out, 1)
}

// shifted gives the value of a row some way off, and the default beyond the partition's ends. With IGNORE NULLS only rows
// that have a value count.
func (k *windowCall) shifted(r *run, p *partitioned, out []value.Value, sign int64) error {
	c, err := k.counted(r, p)
	if err != nil {
		return err
	}
	for i := range out {
		if err := r.tick(); err != nil {
			return err
		}
		offset, err := k.offset(r, p.row(i))
		if err != nil {
			return err
		}
		at, ok := c.shift(i, sign, offset)
		switch {
		case ok:
			out[i], err = k.args[0](r, p.row(at))
		case len(k.args) > 2:
			out[i], err = k.args[2](r, p.row(i))
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// offset is how far off the row is that LAG and LEAD show.
func (k *windowCall) offset(r *run, row Row) (int64, error) {
	if len(k.args) < 2 {
		return 1, nil
	}
	v, err := k.args[1](r, row)
	if err == nil && (v.IsNull() || v.Int64() < 0) {
		err = value.Errorf(8730, 16, 1, "Offset parameter for Lag and Lead functions cannot be a negative value.")
	}
	if err != nil {
		return 0, err
	}
	return v.Int64(), nil
}

// counted are the rows of a partition that a function counts: all, or those that have a value.
type counted struct {
	n      int   // rows of the partition
	with   []int // those that have a value, in order; nil where all count
	before []int // by row: how many of with stand before it; one more than there are rows
}

func (k *windowCall) counted(r *run, p *partitioned) (counted, error) {
	c := counted{n: len(p.rows)}
	if !k.skip {
		return c, nil
	}
	c.with, c.before = make([]int, 0, c.n), make([]int, c.n+1)
	for i := range p.rows {
		v, err := k.args[0](r, p.row(i))
		if err != nil {
			return c, err
		}
		c.before[i] = len(c.with)
		if !v.IsNull() {
			c.with = append(c.with, i)
		}
	}
	c.before[c.n] = len(c.with)
	return c, nil
}

// shift is the row that many rows after i, or before it where sign is -1.
func (c *counted) shift(i int, sign, offset int64) (int, bool) {
	if offset > int64(c.n) {
		return 0, false
	}
	if c.with == nil || offset == 0 {
		at := int64(i) + sign*offset
		return int(at), at >= 0 && at < int64(c.n)
	}
	at := int64(c.before[i]) - offset
	if sign > 0 {
		at = int64(c.before[i+1]) + offset - 1
	}
	if at < 0 || at >= int64(len(c.with)) {
		return 0, false
	}
	return c.with[at], true
}

// within is the first or the last row that counts of those from one place to before another.
func (c *counted) within(from, to int, last bool) (int, bool) {
	if c.with == nil {
		if last {
			return to - 1, from < to
		}
		return from, from < to
	}
	low, high := c.before[from], c.before[to]
	if low >= high {
		return 0, false
	}
	if last {
		return c.with[high-1], true
	}
	return c.with[low], true
}

func firstValue(k *windowCall, r *run, p *partitioned, out []value.Value) error {
	return k.edge(r, p, out, false)
}

func lastValue(k *windowCall, r *run, p *partitioned, out []value.Value) error {
	return k.edge(r, p, out, true)
}

// edge gives the value of the first or the last row of each frame, NULL for empty ones.
func (k *windowCall) edge(r *run, p *partitioned, out []value.Value, last bool) error {
	c, err := k.counted(r, p)
	if err != nil {
		return err
	}
	for i := range out {
		if err := r.tick(); err != nil {
			return err
		}
		from, to := k.extent(p, i)
		if from >= to {
			continue
		}
		at, ok := c.within(from, to, last)
		if !ok {
			continue
		}
		if out[i], err = k.args[0](r, p.row(at)); err != nil {
			return err
		}
	}
	return nil
}
