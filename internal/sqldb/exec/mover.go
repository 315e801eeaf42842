package exec

import (
	"errors"

	"github.com/alcedo-cloud/alcedo/internal/sqldb/catalog"
	"github.com/alcedo-cloud/alcedo/internal/sqldb/plan"
	"github.com/alcedo-cloud/alcedo/internal/sqldb/value"
)

// mover turns rows of one definition of a table into rows of another.
type mover struct {
	c     *Context
	from  *layout
	to    *target
	steps []step // by ordinal in to
	ins   *inserting
}

// step makes one column: of an old one (by its ordinal, converted), or anew (-1).
type step struct {
	old     int
	convert value.Conversion
	from    value.Type
}

func newMover(c *Context, from *catalog.Table, to *target) (*mover, error) {
	m := &mover{c: c, from: newLayout(c.Database, from), to: to, ins: &inserting{target: to, given: make([]bool, len(to.table.Columns))}}
	for o, column := range to.table.Columns {
		s := step{old: from.Ordinal(column.ID)}
		if s.old >= 0 {
			s.from = from.Columns[s.old].Type
			if !value.Implicit(s.from, column.Type) && !value.Explicit(s.from, column.Type) {
				return nil, errors.New("exec.Rewrite: no conversion from " + s.from.String() + " to " + column.Type.String())
			}
			s.convert = value.Assigner(s.from, column.Type)
			m.ins.given[o] = true
		}
		m.steps = append(m.steps, s)
	}
	return m, nil
}

func (m *mover) convert(r *run, old Row) (Row, error) {
	next := make(Row, len(m.steps))
	w := m.to.writing(r)
	for o, s := range m.steps {
		if s.old < 0 {
			continue
		}
		v, err := s.convert(old[s.old])
		if isNumber(err, 8152) {
			column := m.to.table.Columns[o]
			err = truncated(m.c, &plan.Target{Table: m.c.object(m.to.table), Column: column.Name}, old[s.old], s.from, column.Type)
		}
		if err != nil {
			return nil, err
		}
		next[o] = v
	}
	if err := m.ins.supply(r, w, next); err != nil {
		return nil, err
	}
	return next, m.to.check(r, next, "UPDATE")
}

// duplicate is what a constraint says whose index is made: 1505.
func (m *mover) duplicate(err error, row Row) error {
	for _, e := range append([]*entries{m.to.base}, m.to.indexes...) {
		if e.unique && errDuplicate(m.c, m.to.table, e, row).Error() == err.Error() {
			return errDuplicateIndex(m.c, m.to.table, e, row)
		}
	}
	return err
}
