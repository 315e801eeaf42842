package exec

import (
	"github.com/alcedo-cloud/alcedo/internal/sqldb/value"
)

// ranking computes a window function that is no aggregate.
type ranking func(k *windowCall, r *run, p *partitioned, out []value.Value) error

func rankings(name string) (ranking, bool) {
	switch name {
	case "ROW_NUMBER":
		return rowNumber, true
	case "RANK":
		return rank, true
	case "DENSE_RANK":
		return denseRank, true
	case "NTILE":
		return ntile, true
	case "PERCENT_RANK":
		return percentRank, true
	case "CUME_DIST":
		return cumeDist, true
	case "LAG":
		return lag, true
	case "LEAD":
		return lead, true
	case "FIRST_VALUE":
		return firstValue, true
	case "LAST_VALUE":
		return lastValue, true
	case "PERCENTILE_CONT":
		return percentileCont, true
	case "PERCENTILE_DISC":
		return percentileDisc, true
	}
	return nil, false
}

func rowNumber(_ *windowCall, _ *run, _ *partitioned, out []value.Value) error {
	for i := range out {
		out[i] = value.OfInt(int64(i + 1))
	}
	return nil
}

func rank(_ *windowCall, _ *run, p *partitioned, out []value.Value) error {
	for i := range out {
		out[i] = value.OfInt(int64(p.first[i] + 1))
	}
	return nil
}

func denseRank(_ *windowCall, _ *run, p *partitioned, out []value.Value) error {
	n := int64(0)
	for i := range out {
		if p.first[i] == i {
			n++
		}
		out[i] = value.OfInt(n)
	}
	return nil
}

// ntile deals the rows into groups; where they do not come out even, the first groups have one more.
func ntile(k *windowCall, r *run, p *partitioned, out []value.Value) error {
	v, err := k.args[0](r, p.row(0))
	if err != nil {
		return err
	}
	if v.IsNull() || v.Int64() <= 0 {
		return value.Errorf(5802, 16, 1, "The function 'ntile' takes only a positive int or bigint expression as its input.")
	}
	n, groups := int64(len(out)), v.Int64()
	size, more := n/groups, n%groups
	group, left := int64(1), size
	if more > 0 {
		left++
	}
	for i := range out {
		if left == 0 {
			group++
			if left = size; group <= more {
				left++
			}
		}
		out[i] = value.OfInt(group)
		left--
	}
	return nil
}

func percentRank(_ *windowCall, _ *run, p *partitioned, out []value.Value) error {
	for i := range out {
		share := 0.0
		if len(out) > 1 {
			share = float64(p.first[i]) / float64(len(out)-1)
		}
		out[i] = value.OfFloat(share)
	}
	return nil
}

func cumeDist(_ *windowCall, _ *run, p *partitioned, out []value.Value) error {
	for i := range out {
		out[i] = value.OfFloat(float64(p.after[i]) / float64(len(out)))
	}
	return nil
}
