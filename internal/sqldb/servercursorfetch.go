package sqldb

import (
	"github.com/alcedo-cloud/alcedo/internal/sqldb/plan"
	"github.com/alcedo-cloud/alcedo/internal/sqldb/value"
)

// The values of the column ROWSTAT: what became of a row that was fetched.
const (
	rowFetched = 1
	rowMissing = 2
)

// withRowStatus are the columns of a cursor's rows as its client gets them: the last one, hidden, says what became of
// the row.
func withRowStatus(columns []plan.Column) []plan.Column {
	return append(columns[:len(columns):len(columns)], plan.Column{Name: "ROWSTAT", Type: value.Type{ID: value.Int}, Hidden: true})
}

// cursorOf is the cursor whose handle is the first argument.
func (r *run) cursorOf(p *invocation) (*cursor, int32, error) {
	n, ok := p.integerAt(0)
	if !ok {
		return nil, 0, missing(p.name, "@cursor")
	}
	c := r.session.serverCursors[int32(n)]
	if c == nil || int64(int32(n)) != n {
		return nil, 0, value.Errorf(16909, 16, 1, "%s: The cursor identifier value provided (%x) is not valid.", p.name, n)
	}
	return c, int32(n), nil
}

// cursorFetch is sp_cursorfetch @cursor, @fetchtype, @rownum OUTPUT, @nrows OUTPUT.
func (r *run) cursorFetch(p *invocation) error {
	r.now = ticksOf(r.session.service.now())
	c, handle, err := r.cursorOf(p)
	if err != nil {
		return err
	}
	asked, given := p.integerAt(1)
	if !given {
		asked = int64(moveNext)
	}
	const skipsConcurrency = 0x400
	to := cursorMove(asked &^ skipsConcurrency)
	n, _ := p.integerAt(2)
	count, given := p.integerAt(3)
	if !given {
		count = defaultFetch
	}
	switch to {
	case moveInfo:
		give(p, 2, c.first)
		give(p, 3, c.kept.Len())
		return nil
	case moveFirst, moveNext, movePrior, moveLast, moveAbsolute, moveRelative, moveRefresh, movePriorNoAdjust:
	default:
		return value.Errorf(16902, 16, 1, "%s: The value of the parameter '%s' is invalid.", p.name, "fetchtype")
	}
	if count < 0 {
		return value.Errorf(16902, 16, 1, "%s: The value of the parameter '%s' is invalid.", p.name, "nrows")
	}
	if err := c.may(to, p.name); err != nil {
		return err
	}
	if to == moveRefresh {
		count = int64(len(c.buffer))
	}
	return r.giveRows(p, handle, c, to, n, count)
}

// giveRows sends the rows of a fetch. A cursor that closes by itself does so where fewer are left than were asked for.
func (r *run) giveRows(p *invocation, handle int32, c *cursor, to cursorMove, n, count int64) error {
	if err := r.out.columns(withRowStatus(c.columns)); err != nil {
		return err
	}
	sent := int64(0)
	out := make([]value.Value, len(c.columns)+1)
	err := r.turn(c, to, n, count, func(row []value.Value, gone bool) error {
		sent++
		out[len(c.columns)] = value.OfInt(rowFetched)
		if gone {
			out[len(c.columns)] = value.OfInt(rowMissing)
			blank(out, c.columns)
		} else {
			copy(out, row)
		}
		return r.out.row(out)
	})
	if err != nil {
		return err
	}
	if c.closes && sent < count {
		c.release(r.session)
		delete(r.session.serverCursors, handle)
		p.status = cursorClosed
	}
	return r.out.done(Done{Command: commandSelect, Count: sent, Counted: true})
}

// blank fills a row of which nothing is known any more: NULL, or zero where the type has none.
func blank(row []value.Value, columns []plan.Column) {
	for i := range columns {
		row[i] = value.Null()
		t := columns[i].Type
		if t.Nullable {
			continue
		}
		var err error
		if row[i], err = value.Convert(value.OfInt(0), value.Type{ID: value.Int}, t, value.NoStyle); err == nil {
			continue
		}
		if row[i], err = value.Convert(value.OfString(""), value.Type{ID: value.VarChar, Length: 1}, t, value.NoStyle); err != nil {
			row[i] = value.OfGUID([16]byte{})
		}
	}
}

// cursorOption is sp_cursoroption @cursor, @code, @value: a name for the cursor, or a question.
func (r *run) cursorOption(p *invocation) error {
	c, _, err := r.cursorOf(p)
	if err != nil {
		return err
	}
	code, _ := p.integerAt(1)
	switch code {
	case 1, 3: // text pointers or data: it is always data
	case 2:
		name, _ := p.textAt(2)
		if other := r.session.serverCursor(name); other != nil && other != c {
			return value.Errorf(16915, 16, 1, "A cursor with the name '%s' already exists.", name)
		}
		c.name = name
	case 4:
		give(p, 2, int64(c.kind))
	case 5:
		give(p, 2, int64(c.concurrency))
	case 6:
		give(p, 2, c.rows())
	default:
		return value.Errorf(16902, 16, 1, "%s: The value of the parameter '%s' is invalid.", p.name, "code")
	}
	return nil
}

// cursorClose is sp_cursorclose @cursor; -1 closes all.
func (r *run) cursorClose(p *invocation) error {
	s := r.session
	if n, ok := p.integerAt(0); ok && n == -1 {
		for handle, c := range s.serverCursors {
			c.release(s)
			delete(s.serverCursors, handle)
		}
		return nil
	}
	c, handle, err := r.cursorOf(p)
	if err != nil {
		return err
	}
	c.release(s)
	delete(s.serverCursors, handle)
	return nil
}
