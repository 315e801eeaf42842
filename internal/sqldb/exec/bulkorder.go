package exec

import (
	"github.com/alcedo-cloud/alcedo/internal/sqldb/value"
)

// sorted holds the rows of a load to the order of the clustered key, which the client has promised.
type sorted struct {
	target  *target
	compare []func(a, b value.Value) int
	last    Row // nil before the first row
}

func (g *target) sorted() *sorted {
	s := &sorted{target: g}
	for i, o := range g.base.ordinals {
		compare := value.Comparer(g.table.Columns[o].Type)
		if g.base.index.Keys[i].Descending {
			ascending := compare
			compare = func(a, b value.Value) int { return ascending(b, a) }
		}
		s.compare = append(s.compare, compare)
	}
	return s
}

// next is 4819 for a row that comes before the one ahead of it. Rows of one key are for the index to refuse.
func (s *sorted) next(row Row) error {
	first := s.last == nil
	if first {
		s.last = make(Row, len(row))
	}
	for i, o := range s.target.base.ordinals {
		order := s.compare[i](s.last[o], row[o])
		if order > 0 && !first {
			t, e := s.target.table, s.target.base
			return value.Errorf(4819, 16, 1, "Cannot bulk load. The bulk data stream was incorrectly specified as sorted or the data violates a uniqueness constraint imposed by the "+
				"target table. Sort order incorrect for the following two rows: primary key of first row: %s, primary key of second row: %s.", keyText(t, e, s.last), keyText(t, e, row))
		}
		if order < 0 || first {
			break
		}
	}
	for _, o := range s.target.base.ordinals {
		s.last[o] = row[o]
	}
	return nil
}
