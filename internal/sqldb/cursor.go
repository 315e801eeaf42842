package sqldb

import (
	"slices"
	"strings"

	"github.com/alcedo-cloud/alcedo/internal/sqldb/plan"
	"github.com/alcedo-cloud/alcedo/internal/sqldb/txn"
	"github.com/alcedo-cloud/alcedo/internal/sqldb/value"
	"github.com/alcedo-cloud/alcedo/internal/tsql"
)

// cursor is a T-SQL cursor. All are static: OPEN runs the query and keeps its rows.
type cursor struct {
	definition tsql.CursorDefinition
	columns    []plan.Column
	rows       [][]value.Value
	at         int // of the current row; -1 is before the first
	open       bool
	bytes      int64 // of rows, as counted against the session's memory
}

// rowBytes is about what a row takes.
func rowBytes(row []value.Value) int64 {
	const each = 48
	n := int64(24 + each*len(row))
	for _, v := range row {
		n += int64(len(v.Text()))
	}
	return n
}

// release forgets a cursor's rows.
func (c *cursor) release(s *session) {
	s.memory.Give(c.bytes)
	c.open, c.rows, c.bytes = false, nil, 0
}

// cursorStatement runs the statements about cursors; ok is false for any other.
func (r *run) cursorStatement(st tsql.Statement) (ok bool, err error) {
	switch s := st.(type) {
	case *tsql.DeclareCursor:
		err = r.declareCursor(s.Name.Name, s.Definition)
	case *tsql.OpenCursor:
		err = r.openCursor(s)
	case *tsql.FetchCursor:
		err = r.fetch(s)
	case *tsql.CloseCursor:
		var c *cursor
		if c, err = r.cursor(s.Cursor); err == nil && !c.open {
			err = value.Errorf(16917, 16, 1, "Cursor is not open.")
		} else if err == nil {
			c.release(r.session)
		}
	case *tsql.DeallocateCursor:
		var c *cursor
		if c, err = r.cursor(s.Cursor); err == nil {
			c.release(r.session)
			delete(r.cursors(s.Cursor), cursorName(s.Cursor))
		}
	default:
		return false, nil
	}
	return true, err
}

func cursorName(c tsql.Cursor) string {
	if c.Variable != "" {
		return fold(c.Variable)
	}
	return fold(c.Name.Name)
}

// cursors are those among which a name is: the scope's own hide the session's.
func (r *run) cursors(name tsql.Cursor) map[string]*cursor {
	if !name.Global && r.scope.cursors[cursorName(name)] != nil {
		return r.scope.cursors
	}
	return r.session.cursors
}

func (r *run) cursor(name tsql.Cursor) (*cursor, error) {
	if c := r.cursors(name)[cursorName(name)]; c != nil {
		return c, nil
	}
	return nil, value.Errorf(16916, 16, 1, "A cursor with the name '%s' does not exist.", name.Name.Name+name.Variable)
}

func (r *run) declareCursor(name string, d tsql.CursorDefinition) error {
	key := fold(name)
	variable := strings.HasPrefix(name, "@")
	in := r.session.cursors
	if variable || slices.Contains(d.Options, "LOCAL") {
		if r.scope.cursors == nil {
			r.scope.cursors = map[string]*cursor{}
		}
		in = r.scope.cursors
	}
	if old := in[key]; old != nil && variable {
		old.release(r.session)
	} else if old != nil {
		return value.Errorf(16915, 16, 1, "A cursor with the name '%s' already exists.", name)
	}
	if len(d.Of) > 0 {
		return value.Errorf(40510, 16, 1, "Statement 'DECLARE CURSOR FOR UPDATE' is not supported in this version of SQL Server.")
	}
	in[key] = &cursor{definition: d, at: -1}
	return nil
}

func (r *run) openCursor(s *tsql.OpenCursor) error {
	c, err := r.cursor(s.Cursor)
	if err != nil {
		return err
	}
	if c.open {
		return value.Errorf(16905, 16, 1, "The cursor is already open.")
	}
	var local bool
	b, err := compile(r.environment(&local), &tsql.SelectStatement{Node: c.definition.Node, Query: c.definition.Query})
	if err != nil {
		return err
	}
	if err := r.permitBound(b); err != nil {
		return err
	}
	c.columns, c.rows, c.at = b.plan.Columns, nil, -1
	err = r.within(func(tx *txn.Tx) error {
		_, err := b.program.Run(r.execution(tx), func(row []value.Value) error {
			n := rowBytes(row)
			if err := r.session.memory.Take(n); err != nil {
				return err
			}
			c.bytes += n
			c.rows = append(c.rows, append([]value.Value(nil), row...))
			return nil
		})
		return err
	})
	if err != nil {
		c.release(r.session)
	}
	c.open = err == nil
	return err
}

// fetch moves a cursor, and gives its row to variables or the client.
func (r *run) fetch(s *tsql.FetchCursor) error {
	c, err := r.cursor(s.Cursor)
	if err != nil {
		return err
	}
	if !c.open {
		return value.Errorf(16917, 16, 2, "Cursor is not open.")
	}
	if err := r.move(c, s); err != nil {
		return err
	}
	found := c.at >= 0 && c.at < len(c.rows)
	r.session.fetchStatus, r.session.affected = -1, 0
	if found {
		r.session.fetchStatus, r.session.affected = 0, 1
	}
	if len(s.Into) == 0 {
		return r.showFetched(c, found)
	}
	if len(s.Into) != len(c.columns) {
		return value.Errorf(16924, 16, 1, "Cursorfetch: The number of variables declared in the INTO list must match that of selected columns.")
	}
	if !found {
		return nil
	}
	for i, name := range s.Into {
		place, t, ok := r.scope.layout.find(name)
		if !ok {
			return undeclared(name)
		}
		v, err := convertTo(c.rows[c.at][i], c.columns[i].Type, t)
		if err != nil {
			return err
		}
		r.scope.frame[place] = v
	}
	return nil
}

func (r *run) move(c *cursor, s *tsql.FetchCursor) error {
	n := int64(0)
	if s.Offset != nil {
		var err error
		if n, err = r.integer(s.Offset); err != nil {
			return err
		}
	}
	last := len(c.rows)
	switch s.Orientation {
	case tsql.FetchNext:
		c.at++
	case tsql.FetchPrior:
		c.at--
	case tsql.FetchFirst:
		c.at = 0
	case tsql.FetchLast:
		c.at = last - 1
	case tsql.FetchAbsolute:
		switch {
		case n > 0:
			c.at = int(min(n-1, int64(last)))
		case n < 0:
			c.at = int(max(int64(last)+n, -1))
		default:
			c.at = -1
		}
	case tsql.FetchRelative:
		c.at += int(max(min(n, int64(last)+1), -int64(last)-1))
	}
	c.at = max(min(c.at, last), -1)
	return nil
}

func (r *run) showFetched(c *cursor, found bool) error {
	if err := r.out.columns(c.columns); err != nil {
		return err
	}
	if found {
		if err := r.out.row(c.rows[c.at]); err != nil {
			return err
		}
	}
	return r.out.done(Done{Command: commandSelect, Count: r.session.affected, Counted: true})
}
