package query

// fold is an aggregate in progress.
type fold struct {
	count int64
	sum   value
	least value
	most  value
}

// fold takes a record into all aggregates.
func (e *execution) fold(r *record) error {
	if e.folds == nil {
		e.folds = make([]fold, len(e.query.columns))
	}
	for i, c := range e.query.columns {
		f := &e.folds[i]
		if c.expr == nil {
			f.count++
			continue
		}
		v, err := c.expr.eval(r)
		if err == nil && v.kind != missing {
			err = f.add(c.aggregate, v)
		}
		if err != nil {
			if err := e.skip(r, err); err != nil {
				return err
			}
		}
	}
	return nil
}

func (f *fold) add(aggregate string, v value) error {
	switch aggregate {
	case "SUM", "AVG":
		if f.count == 0 {
			f.sum = intOf(0)
		}
		sum, err := arithmetic("+", f.sum, v)
		if err != nil {
			return err
		}
		f.sum = sum
	case "MIN", "MAX":
		if n, ok := v.number(); ok {
			v = n
		}
		if order, ok := compare(v, f.least); f.count == 0 || ok && order < 0 {
			f.least = v
		}
		if order, ok := compare(v, f.most); f.count == 0 || ok && order > 0 {
			f.most = v
		}
	}
	f.count++
	return nil
}

func (f *fold) result(aggregate string) value {
	switch {
	case aggregate == "COUNT":
		return intOf(f.count)
	case f.count == 0:
		return value{}
	case aggregate == "SUM":
		return f.sum
	case aggregate == "AVG":
		return floatOf(f.sum.asFloat() / float64(f.count))
	case aggregate == "MIN":
		return f.least
	}
	return f.most
}
