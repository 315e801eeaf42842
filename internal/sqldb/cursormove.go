package sqldb

import (
	"github.com/alcedo-cloud/alcedo/internal/sqldb/exec"
	"github.com/alcedo-cloud/alcedo/internal/sqldb/value"
)

// cursorMove is where a fetch goes, as @fetchtype of sp_cursorfetch counts it.
type cursorMove int64

// The moves.
const (
	moveFirst         cursorMove = 0x001
	moveNext          cursorMove = 0x002
	movePrior         cursorMove = 0x004
	moveLast          cursorMove = 0x008
	moveAbsolute      cursorMove = 0x010
	moveRelative      cursorMove = 0x020
	moveRefresh       cursorMove = 0x080
	moveInfo          cursorMove = 0x100
	movePriorNoAdjust cursorMove = 0x200
)

// name is a move's as messages have it.
func (m cursorMove) name() string {
	switch m {
	case moveFirst:
		return "first"
	case moveNext:
		return "next"
	case movePrior, movePriorNoAdjust:
		return "prior"
	case moveLast:
		return "last"
	case moveAbsolute:
		return "absolute"
	case moveRelative:
		return "relative"
	}
	return "refresh"
}

// may refuses a move that the kind of cursor does not know.
func (c *cursor) may(to cursorMove, by string) error {
	switch {
	case !c.scrolls && to != moveNext && to != moveRefresh:
		return value.Errorf(16911, 16, 1, "%s: The fetch type %s cannot be used with forward only cursors.", by, to.name())
	case c.kind == dynamicCursor && to == moveAbsolute:
		return value.Errorf(16925, 16, 1, "The fetch type %s cannot be used with dynamic cursors.", to.name())
	}
	return nil
}

// turn fetches up to count rows from where a move leads. emit gets each, or that it is gone.
func (r *run) turn(c *cursor, to cursorMove, n, count int64, emit func(row []value.Value, gone bool) error) error {
	start, end := c.span(to, n, count)
	r.session.memory.Give(c.bytes)
	c.buffer, c.current, c.bytes = c.buffer[:0], 0, 0
	c.first, c.after = start, start
	if start == 0 {
		c.after = 1
		return nil
	}
	total := c.kept.Len()
	if start > total {
		c.first, c.after = total+1, total+1
		return nil
	}
	return r.reading(c, func(read rowReader) error {
		for ; c.after <= total && c.after < end && int64(len(c.buffer)) < count; c.after++ {
			if err := r.ctx.Err(); err != nil {
				return err
			}
			row, found, err := read(c.after)
			if err != nil {
				return err
			}
			if !found && c.kind != keysetCursor { // what is deleted is no row of a dynamic cursor
				continue
			}
			if err := c.note(r.session, row, found); err != nil {
				return err
			}
			if err := emit(row, !found); err != nil {
				return err
			}
		}
		return nil
	})
}

// fingerprint is what an optimistic cursor remembers of a row's values.
func fingerprint(c *cursor, row []value.Value) uint64 {
	if c.concurrency == cursorReadOnly {
		return 0
	}
	return exec.Fingerprint(row)
}

// note takes a row into the buffer.
func (c *cursor) note(s *session, row []value.Value, found bool) error {
	const each = 32
	if err := s.memory.Take(each); err != nil {
		return err
	}
	c.bytes += each
	f := fetched{number: c.after, gone: !found}
	if found {
		f.sum = fingerprint(c, row)
	}
	if len(c.buffer) == 0 {
		c.first = c.after
	}
	c.buffer = append(c.buffer, f)
	return nil
}

// span is the number of the row where a move leads, 0 for before all rows, and of the row before which it ends.
func (c *cursor) span(to cursorMove, n, count int64) (start, end int64) {
	const far = 1 << 62
	total := c.kept.Len()
	switch to {
	case moveFirst:
		start = 1
		if count == 0 {
			start = 0
		}
	case moveLast:
		start = max(total-count+1, 1)
	case movePrior, movePriorNoAdjust:
		if c.first <= 1 {
			return 0, 0
		}
		start = max(c.first-count, 1)
		if to == movePriorNoAdjust {
			return start, c.first
		}
	case moveAbsolute:
		start = fromEnds(n, total, count)
	case moveRelative:
		start = c.relative(n, total, count)
	case moveRefresh:
		return c.first, far
	default:
		start = c.after
	}
	return min(start, total+1), far
}

// fromEnds is the start of FETCH ABSOLUTE: counted from the front, or from the end where it is negative.
func fromEnds(n, total, count int64) int64 {
	switch {
	case n >= 0:
		return n
	case n >= -total:
		return total + n + 1
	case n >= -count:
		return 1
	}
	return 0
}

func (c *cursor) relative(n, total, count int64) int64 {
	switch {
	case c.first == 0 && n > 0, c.first > total && n < 0:
		return fromEnds(n, total, count)
	case c.first == 0:
		return 0
	}
	n = max(min(n, total+1), -total-1)
	start := c.first + n
	if start < 1 && c.first > 1 && -n <= count {
		return 1
	}
	return max(start, 0)
}
