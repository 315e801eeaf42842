package sqldb

import (
	"slices"
	"strings"

	"github.com/alcedo-cloud/alcedo/internal/sqldb/exec"
	"github.com/alcedo-cloud/alcedo/internal/sqldb/plan"
	"github.com/alcedo-cloud/alcedo/internal/sqldb/value"
	"github.com/alcedo-cloud/alcedo/internal/tsql"
)

// cursorKind is what a cursor shows of changes by others, as @scrollopt of sp_cursoropen counts it.
type cursorKind int64

// The kinds. Rows of a keyset, dynamic and forward-only cursor are read again when they are fetched; which rows there
// are is settled when it is opened.
const (
	keysetCursor  cursorKind = 0x01
	dynamicCursor cursorKind = 0x02
	forwardCursor cursorKind = 0x04
	staticCursor  cursorKind = 0x08
	fastCursor    cursorKind = 0x10
)

// cursorConcurrency is how a cursor's rows may be changed through it, as @ccopt counts it.
type cursorConcurrency int64

// The choices.
const (
	cursorReadOnly   cursorConcurrency = 0x01
	cursorLocks      cursorConcurrency = 0x02
	cursorOptimistic cursorConcurrency = 0x04
	cursorByValues   cursorConcurrency = 0x08
)

// cursor is a cursor of T-SQL's or of a client's.
type cursor struct {
	name        string // by which WHERE CURRENT OF finds it
	definition  tsql.CursorDefinition
	kind        cursorKind
	concurrency cursorConcurrency
	scrolls     bool // it goes elsewhere than to the next row
	columns     []plan.Column
	kept        *exec.RowFile // the rows or, with again, their places
	again       *again        // reads a row by its place; nil where kept has the rows
	first       int64         // number of the first row of the last fetch, from 1; 0 before all rows
	after       int64         // number of the row behind the last fetch
	buffer      []fetched     // the last fetch
	current     int           // the row of buffer that is meant without a number
	bytes       int64         // of buffer, as counted against the session's memory
	closes      bool          // it closes when its last row has been fetched
	open        bool
}

// fetched is a row of a fetch.
type fetched struct {
	number int64  // from 1
	sum    uint64 // of its values
	gone   bool
}

// release forgets a cursor's rows.
func (c *cursor) release(s *session) {
	if c.kept != nil {
		c.kept.Close()
	}
	s.memory.Give(c.bytes)
	c.open, c.kept, c.again, c.buffer, c.bytes = false, nil, nil, nil, 0
}

// releaseCursors forgets all of a session's.
func (s *session) releaseCursors() {
	for _, c := range s.cursors {
		c.release(s)
	}
	for _, c := range s.serverCursors {
		c.release(s)
	}
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
	c := &cursor{definition: d}
	c.declared()
	if d.Update && c.concurrency == cursorReadOnly {
		return errUpdateOfReadOnly()
	}
	in[key] = c
	return nil
}

func errUpdateOfReadOnly() error {
	return value.Errorf(16957, 16, 1, "FOR UPDATE cannot be specified on a READ ONLY cursor.")
}

// declared settles what the options of a declaration say of a cursor. One of the standard's words alone (INSENSITIVE,
// SCROLL) leaves the rest to the defaults: dynamic, and forward only.
func (c *cursor) declared() {
	c.kind, c.concurrency, c.scrolls = dynamicCursor, cursorOptimistic, false
	if c.definition.ReadOnly {
		c.concurrency = cursorReadOnly
	}
	forward := false
	for _, o := range c.definition.Options {
		switch o {
		case "INSENSITIVE":
			c.kind = staticCursor
		case "STATIC":
			c.kind, c.scrolls = staticCursor, true
		case "KEYSET":
			c.kind, c.scrolls = keysetCursor, true
		case "DYNAMIC":
			c.scrolls = true
		case "FAST_FORWARD":
			c.kind = fastCursor
		case "SCROLL":
			c.scrolls = true
		case "FORWARD_ONLY":
			forward = true
		case "READ_ONLY":
			c.concurrency = cursorReadOnly
		case "SCROLL_LOCKS":
			c.concurrency = cursorLocks
		}
	}
	c.scrolls = c.scrolls && !forward
	if c.kind == staticCursor || c.kind == fastCursor {
		c.concurrency = cursorReadOnly
	}
}

func (r *run) openCursor(s *tsql.OpenCursor) error {
	c, err := r.cursor(s.Cursor)
	if err != nil {
		return err
	}
	if c.open {
		return value.Errorf(16905, 16, 1, "The cursor is already open.")
	}
	c.declared()
	if err := r.openQuery(c, c.definition.Query); err != nil {
		c.release(r.session)
		return err
	}
	if c.definition.Update && c.concurrency == cursorReadOnly {
		c.release(r.session)
		return errUpdateOfReadOnly()
	}
	r.session.cursorRows = c.rows()
	return nil
}

// rows is how many there are, -1 where the kind leaves it open.
func (c *cursor) rows() int64 {
	if c.kind == dynamicCursor || c.kind == forwardCursor {
		return -1
	}
	return c.kept.Len()
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
	n := int64(0)
	if s.Offset != nil {
		if n, err = r.integer(s.Offset); err != nil {
			return err
		}
	}
	to := fetchMoves[s.Orientation]
	if err := c.may(to, "fetch"); err != nil {
		return err
	}
	if len(s.Into) > 0 && len(s.Into) != len(c.columns) {
		return value.Errorf(16924, 16, 1, "Cursorfetch: The number of variables declared in the INTO list must match that of selected columns.")
	}
	var row []value.Value
	status := -1
	err = r.turn(c, to, n, 1, func(found []value.Value, gone bool) error {
		if status = -2; !gone {
			row, status = slices.Clone(found), 0
		}
		return nil
	})
	if err != nil {
		return err
	}
	r.session.fetchStatus, r.session.affected = status, 0
	if row != nil {
		r.session.affected = 1
	}
	if len(s.Into) == 0 {
		return r.showFetched(c, row)
	}
	return r.fetchInto(c, s.Into, row)
}

// fetchMoves are what FETCH's orientations ask of a cursor.
var fetchMoves = map[tsql.FetchOrientation]cursorMove{
	tsql.FetchNext: moveNext, tsql.FetchPrior: movePrior, tsql.FetchFirst: moveFirst, tsql.FetchLast: moveLast,
	tsql.FetchAbsolute: moveAbsolute, tsql.FetchRelative: moveRelative,
}

func (r *run) fetchInto(c *cursor, into []string, row []value.Value) error {
	for i := range row {
		place, t, ok := r.scope.layout.find(into[i])
		if !ok {
			return undeclared(into[i])
		}
		v, err := r.convertTo(row[i], c.columns[i].Type, t)
		if err != nil {
			return err
		}
		r.scope.frame[place] = v
	}
	return nil
}

func (r *run) showFetched(c *cursor, row []value.Value) error {
	if err := r.out.columns(c.columns); err != nil {
		return err
	}
	if row != nil {
		if err := r.out.row(row); err != nil {
			return err
		}
	}
	return r.out.done(Done{Command: commandSelect, Count: r.session.affected, Counted: true})
}
