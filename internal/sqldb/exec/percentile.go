package exec

import (
	"math"

	"github.com/alcedo-cloud/alcedo/internal/sqldb/value"
)

// percentileCont goes in a straight line between the two values that the percentile lies between.
func percentileCont(k *windowCall, r *run, p *partitioned, out []value.Value) error {
	return k.percentile(r, p, out, func(values []value.Value, at float64) value.Value {
		place := at * float64(len(values)-1)
		low := math.Floor(place)
		from := values[int(low)].Float64()
		if low == place {
			return value.OfFloat(from)
		}
		return value.OfFloat(from + (place-low)*(values[int(low)+1].Float64()-from))
	})
}

// percentileDisc is the first value whose share of the rows, with all before it, reaches the percentile.
func percentileDisc(k *windowCall, r *run, p *partitioned, out []value.Value) error {
	return k.percentile(r, p, out, func(values []value.Value, at float64) value.Value {
		// The share is compared as CUME_DIST computes it, so that 0.1 of ten rows is the first one.
		n := float64(len(values))
		i := max(int(math.Ceil(at*n))-2, 0)
		for float64(i+1)/n < at {
			i++
		}
		return values[i]
	})
}

// percentile gives all rows of a partition one value, made of those that are not NULL.
func (k *windowCall) percentile(r *run, p *partitioned, out []value.Value, pick func(values []value.Value, at float64) value.Value) error {
	at, err := k.args[0](r, p.row(0))
	if err != nil {
		return err
	}
	if at.IsNull() || !(at.Float64() >= 0 && at.Float64() <= 1) {
		return value.Errorf(10761, 15, 1, "Invalid data type or value of the percentile: it must be a number from 0.0 to 1.0.")
	}
	values := make([]value.Value, 0, len(out))
	for i := range p.rows {
		if err := r.tick(); err != nil {
			return err
		}
		v, err := k.args[1](r, p.row(i))
		if err != nil {
			return err
		}
		if !v.IsNull() {
			values = append(values, v)
		}
	}
	if len(values) == 0 {
		return nil
	}
	v := pick(values, at.Float64())
	for i := range out {
		out[i] = v
	}
	return nil
}
