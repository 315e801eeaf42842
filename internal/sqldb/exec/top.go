package exec

import (
	"math"
	"slices"

	"github.com/alcedo-cloud/alcedo/internal/sqldb/plan"
	"github.com/alcedo-cloud/alcedo/internal/sqldb/value"
)

// top is TOP, OFFSET and FETCH.
type top struct {
	input         operator
	count, offset evaluator
	ties          *ordering
}

func (c *compiler) top(n *plan.Top) (operator, error) {
	t := &top{}
	var err error
	if t.input, err = c.node(n.Input); err != nil {
		return nil, err
	}
	if n.Count != nil {
		if t.count, err = c.expr(n.Count); err != nil {
			return nil, err
		}
	}
	if n.Offset != nil {
		if t.offset, err = c.expr(n.Offset); err != nil {
			return nil, err
		}
	}
	if n.Ties != nil {
		if t.ties, err = c.ordering(n.Ties); err != nil {
			return nil, err
		}
	}
	if n.Percent {
		return t.percent, nil
	}
	return t.run, nil
}

// number evaluates TOP's, OFFSET's or FETCH's number.
func number(r *run, e evaluator, otherwise int64, what string) (int64, error) {
	if e == nil {
		return otherwise, nil
	}
	v, err := e(r, nil)
	if err != nil {
		return 0, err
	}
	switch {
	case v.IsNull() && what == "TOP":
		return 0, value.Errorf(1060, 15, 1, "The number of rows provided for a TOP or FETCH clauses row count parameter must be an integer.")
	case v.IsNull():
		return 0, value.Errorf(10743, 15, 1, "The number of rows provided for a %s clause must be an integer.", what)
	case v.Int64() < 0 && what == "OFFSET":
		return 0, value.Errorf(10742, 15, 1, "The offset specified in a OFFSET clause may not be negative.")
	case v.Int64() < 0:
		return 0, value.Errorf(127, 15, 1, "A TOP N or FETCH rowcount value may not be negative.")
	}
	return v.Int64(), nil
}

func (t *top) run(r *run, yield func(Row) error) error {
	skip, err := number(r, t.offset, 0, "OFFSET")
	if err != nil {
		return err
	}
	left, err := number(r, t.count, math.MaxInt64, "TOP")
	if err != nil || left == 0 {
		return err
	}
	enough := false
	var last Row
	err = t.input(r, func(row Row) error {
		if skip > 0 {
			skip--
			return nil
		}
		if left > 0 {
			left--
			if err := yield(row); err != nil {
				return err
			}
			if left > 0 {
				return nil
			}
			if t.ties != nil {
				last, err = t.keys(r, row)
				return err
			}
			enough = true
			return errStop
		}
		same, err := t.tied(r, row, last)
		if err != nil {
			return err
		}
		if !same {
			enough = true
			return errStop
		}
		return yield(row)
	})
	if enough && err == errStop {
		return nil
	}
	return err
}

// keys are the values that decide a tie.
func (t *top) keys(r *run, row Row) (Row, error) {
	out := make(Row, len(t.ties.keys))
	_, err := keyOf(r, t.ties.keys, row, out)
	return out, err
}

func (t *top) tied(r *run, row, last Row) (bool, error) {
	keys, err := t.keys(r, row)
	return err == nil && t.ties.compare(keys, last) == 0, err
}

// percent is TOP (n) PERCENT: how many rows that is, only the last one tells.
func (t *top) percent(r *run, yield func(Row) error) error {
	share, err := t.count(r, nil)
	if err != nil {
		return err
	}
	if share.IsNull() || share.Float64() < 0 || share.Float64() > 100 {
		return value.Errorf(1031, 15, 1, "Percent values must be between 0 and 100.")
	}
	rows, size, err := collect(r, t.input)
	defer func() { r.shrink(size) }()
	if err != nil {
		return err
	}
	n := int(math.Ceil(float64(len(rows)) * share.Float64() / 100))
	for n > 0 && n < len(rows) && t.ties != nil {
		a, err := t.keys(r, rows[n-1])
		if err != nil {
			return err
		}
		same, err := t.tied(r, rows[n], a)
		if err != nil {
			return err
		}
		if !same {
			break
		}
		n++
	}
	for _, row := range slices.Clip(rows[:n]) {
		if err := yield(row); err != nil {
			return err
		}
	}
	return nil
}
