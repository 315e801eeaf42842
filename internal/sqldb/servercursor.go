package sqldb

import (
	"errors"

	"github.com/alcedo-cloud/alcedo/internal/sqldb/exec"
	"github.com/alcedo-cloud/alcedo/internal/sqldb/plan"
	"github.com/alcedo-cloud/alcedo/internal/sqldb/value"
	"github.com/alcedo-cloud/alcedo/internal/tsql"
)

// serverCursorCall is the procedure of a client's cursors (MS-TDS 2.2.6.6 numbers them) with that name.
func serverCursorCall(name string) func(*run, *invocation) error {
	switch name {
	case "sp_cursor":
		return (*run).cursorOperation
	case "sp_cursoropen":
		return (*run).cursorOpen
	case "sp_cursorprepare":
		return (*run).cursorPrepare
	case "sp_cursorexecute":
		return (*run).cursorExecute
	case "sp_cursorprepexec":
		return (*run).cursorPrepareAndExecute
	case "sp_cursorunprepare":
		return (*run).cursorUnprepare
	case "sp_cursorfetch":
		return (*run).cursorFetch
	case "sp_cursoroption":
		return (*run).cursorOption
	}
	return (*run).cursorClose
}

// What @scrollopt and @ccopt ask beside a kind and a concurrency. The acceptable ones are the same bits, higher up.
const (
	scrollKinds        = 0x1F
	scrollAutoFetch    = 0x2000
	scrollAutoClose    = 0x4000
	scrollCheckTypes   = 0x8000
	scrollAcceptable   = 16 // how far up
	concurrencies      = 0x0F
	concurrencyCheck   = 0x8000
	concurrencyAllowed = 16
)

// The first handle, and what lies between two; maxServerCursors bounds how many a session has open.
const (
	firstCursorHandle = 180150003
	cursorHandleStep  = 2
	maxServerCursors  = 1_000
)

// cursorClosed is the status of a call that has closed its cursor (AUTO_CLOSE).
const cursorClosed = 16

// defaultFetch is how many rows AUTO_FETCH fetches where nothing is said.
const defaultFetch = 20

// cursorRequest is what a client asks of a cursor that it opens, and at which places it wants the answers.
type cursorRequest struct {
	text, declaration         string
	first                     int // ordinal of the first parameter's value
	handle, scroll, cc, count int // ordinals
}

// cursorOpen is sp_cursoropen @cursor OUTPUT, @stmt, @scrollopt OUTPUT, @ccopt OUTPUT, @rowcount OUTPUT, @paramdef,
// values ….
func (r *run) cursorOpen(p *invocation) error {
	q := cursorRequest{handle: 0, scroll: 2, cc: 3, count: 4, first: min(6, len(p.args))}
	var ok bool
	if q.text, ok = p.textAt(1); !ok {
		return missing("sp_cursoropen", "@stmt")
	}
	q.declaration, _ = p.textAt(5)
	return r.openFor(p, q)
}

// cursorPrepare is sp_cursorprepare @handle OUTPUT, @paramdef, @stmt, @options, @scrollopt OUTPUT, @ccopt OUTPUT. With
// option 1 the client is told the columns.
func (r *run) cursorPrepare(p *invocation) error {
	declaration, _ := p.textAt(1)
	text, ok := p.textAt(2)
	if !ok {
		return missing("sp_cursorprepare", "@stmt")
	}
	h, err := r.prepareText(text, declaration)
	if err != nil {
		return err
	}
	give(p, 0, int64(h))
	for _, i := range []int{4, 5} {
		if n, given := p.integerAt(i); given {
			give(p, i, n)
		}
	}
	if options, _ := p.integerAt(3); options&1 == 0 {
		return nil
	}
	c, err := r.compileBatch(text, declaration)
	if err != nil {
		return err
	}
	query := cursorSelect(c.batch)
	if query == nil {
		return nil
	}
	return r.enter(&scope{batch: c.batch, compiled: c, layout: c.layout}, func(*scope) error {
		b, err := r.program(query)
		if err != nil {
			return err
		}
		if err := r.out.columns(withRowStatus(b.plan.Columns)); err != nil {
			return err
		}
		return r.out.done(Done{Command: commandSelect, Counted: true})
	})
}

// cursorExecute is sp_cursorexecute @handle, @cursor OUTPUT, @scrollopt OUTPUT, @ccopt OUTPUT, @rowcount OUTPUT,
// values ….
func (r *run) cursorExecute(p *invocation) error {
	n, _ := p.integerAt(0)
	s, ok := r.session.prepared[int32(n)]
	if !ok {
		return value.Errorf(8179, 16, 2, "Could not find prepared statement with handle %d.", n)
	}
	return r.openFor(p, cursorRequest{
		text: s.text, declaration: s.declaration, handle: 1, scroll: 2, cc: 3, count: 4, first: min(5, len(p.args)),
	})
}

// cursorPrepareAndExecute is sp_cursorprepexec @handle OUTPUT, @cursor OUTPUT, @paramdef, @stmt, @scrollopt OUTPUT,
// @ccopt OUTPUT, @rowcount OUTPUT, values ….
func (r *run) cursorPrepareAndExecute(p *invocation) error {
	q := cursorRequest{handle: 1, scroll: 4, cc: 5, count: 6, first: min(7, len(p.args))}
	q.declaration, _ = p.textAt(2)
	var ok bool
	if q.text, ok = p.textAt(3); !ok {
		return missing("sp_cursorprepexec", "@stmt")
	}
	h, err := r.prepareText(q.text, q.declaration)
	if err != nil {
		return err
	}
	give(p, 0, int64(h))
	p.statusAnyway = true
	return r.openFor(p, q)
}

// cursorUnprepare is sp_cursorunprepare @handle.
func (r *run) cursorUnprepare(p *invocation) error {
	n, _ := p.integerAt(0)
	if _, ok := r.session.prepared[int32(n)]; !ok {
		return value.Errorf(8179, 16, 2, "Could not find prepared statement with handle %d.", n)
	}
	delete(r.session.prepared, int32(n))
	return nil
}

// integerAt is the argument at a place, whatever its name.
func (p *invocation) integerAt(place int) (int64, bool) {
	if place >= len(p.args) {
		return 0, false
	}
	return p.number(place, p.args[place].Name)
}

func give(p *invocation, ordinal int, n int64) {
	p.give(ordinal, value.OfInt(n), value.Type{ID: value.Int, Nullable: true})
}

// cursorSelect is the query of a batch that is one SELECT; nil for any other.
func cursorSelect(b *tsql.Batch) *tsql.SelectStatement {
	if len(b.Statements) != 1 {
		return nil
	}
	s, _ := b.Statements[0].(*tsql.SelectStatement)
	if s == nil || intoOf(s.Query) != nil {
		return nil
	}
	return s
}

// openFor opens a cursor for a client, or runs what can have none.
func (r *run) openFor(p *invocation, q cursorRequest) error {
	r.now = ticksOf(r.session.service.now())
	b, err := r.compileBatch(q.text, q.declaration)
	if err != nil {
		return r.notDeclared(err)
	}
	return r.enter(&scope{batch: b.batch, compiled: b, layout: b.layout}, func(sc *scope) error {
		if _, err := r.fill(sc, p, q.first, q.declaration); err != nil {
			return r.failed(nil, err)
		}
		c := &cursor{}
		if err := c.asked(p, q); err != nil {
			return err
		}
		switch s := cursorSelect(b.batch); {
		case s != nil:
			err = r.openAgain(c, s.Query)
		case isExecute(b.batch):
			err = r.openRows(c, b.batch.Statements[0].(*tsql.Execute))
		default:
			return r.direct(p, q, b)
		}
		if err != nil {
			c.release(r.session)
			return r.notDeclared(err)
		}
		if c.kept == nil { // the procedure has no rows
			r.answerOpen(p, q, c, 0, 0)
			return nil
		}
		return r.opened(p, q, c)
	})
}

// notDeclared tells what is wrong with a cursor's statement, and then that there is no cursor.
func (r *run) notDeclared(err error) error {
	if err = r.failed(nil, err); err != nil {
		var e *raised
		if !errors.As(err, &e) {
			return err
		}
		if !e.reported {
			if err := r.tell(e); err != nil {
				return err
			}
		}
	}
	return value.Errorf(16945, 16, 2, "The cursor was not declared.")
}

// asked settles what a client wants of a cursor.
func (c *cursor) asked(p *invocation, q cursorRequest) error {
	scroll, given := p.integerAt(q.scroll)
	if !given || scroll&scrollKinds == 0 {
		scroll |= int64(keysetCursor)
	}
	cc, given := p.integerAt(q.cc)
	if !given || cc&concurrencies == 0 {
		cc |= int64(cursorOptimistic)
	}
	for _, k := range []cursorKind{fastCursor, staticCursor, forwardCursor, dynamicCursor, keysetCursor} {
		if cursorKind(scroll)&k != 0 {
			c.kind = k
			break
		}
	}
	for _, l := range []cursorConcurrency{cursorReadOnly, cursorLocks, cursorOptimistic, cursorByValues} {
		if cursorConcurrency(cc)&l != 0 {
			c.concurrency = l
			break
		}
	}
	c.scrolls = c.kind != forwardCursor && c.kind != fastCursor
	return nil
}

// openAgain opens a cursor's query, anew where the catalog has changed meanwhile.
func (r *run) openAgain(c *cursor, q *tsql.Query) error {
	asked := *c
	err := r.openQuery(c, q)
	for n := 0; errors.Is(err, exec.ErrStale) && n < mostRebound; n++ {
		c.release(r.session)
		*c = asked
		err = r.openQuery(c, q)
	}
	return err
}

// direct runs what is no query at once: a client sees its results, and that there is no cursor.
func (r *run) direct(p *invocation, q cursorRequest, b *compiled) error {
	if err := r.out.message(value.Errorf(16954, 10, 1, "Executing SQL directly; no cursor.")); err != nil {
		return err
	}
	if _, err := r.list(b.batch.Statements); err != nil {
		return err
	}
	r.answerOpen(p, q, &cursor{}, 0, 0)
	return nil
}

// answerOpen gives the OUTPUT parameters of a call that opens a cursor.
func (r *run) answerOpen(p *invocation, q cursorRequest, c *cursor, handle int32, rows int64) {
	give(p, q.handle, int64(handle))
	give(p, q.scroll, int64(c.kind))
	give(p, q.cc, int64(c.concurrency))
	give(p, q.count, rows)
}

// opened gives a cursor its handle, describes its rows, and fetches the first of them where the client asked for it.
func (r *run) opened(p *invocation, q cursorRequest, c *cursor) error {
	s := r.session
	scroll, _ := p.integerAt(q.scroll)
	cc, _ := p.integerAt(q.cc)
	if scroll&scrollCheckTypes != 0 && scroll>>scrollAcceptable&int64(c.kind) == 0 ||
		cc&concurrencyCheck != 0 && cc>>concurrencyAllowed&int64(c.concurrency) == 0 {
		c.release(s)
		return value.Errorf(16955, 16, 2, "Could not create an acceptable cursor.")
	}
	if len(s.serverCursors) >= maxServerCursors {
		c.release(s)
		return value.Errorf(701, 17, 123, "There is insufficient system memory in resource pool 'default' to run this query.")
	}
	if s.cursorHandles == 0 {
		s.cursorHandles = firstCursorHandle - cursorHandleStep
	}
	s.cursorHandles += cursorHandleStep
	handle := s.cursorHandles
	s.serverCursors[handle] = c
	c.closes = scroll&scrollAutoClose != 0
	s.cursorRows = c.rows()
	count := int64(0)
	if scroll&scrollAutoFetch != 0 {
		var given bool
		if count, given = p.integerAt(q.count); !given || count <= 0 {
			count = defaultFetch
		}
	}
	rows := c.rows()
	if err := r.giveRows(p, handle, c, moveNext, 0, count); err != nil {
		return err
	}
	r.answerOpen(p, q, c, handle, rows)
	return nil
}

func isExecute(b *tsql.Batch) bool {
	if len(b.Statements) != 1 {
		return false
	}
	_, is := b.Statements[0].(*tsql.Execute)
	return is
}

// soleResult keeps the rows of the one result that a procedure has.
type soleResult struct {
	r       *run
	c       *cursor
	results int
}

func (s *soleResult) next(columns []plan.Column) error {
	if s.results++; s.results == 1 {
		s.c.columns = columns
		s.c.kept = exec.NewRowFile(s.r.session.memory, s.r.session.service.Spill, len(columns))
	}
	return nil
}

func (s *soleResult) take(row []value.Value) error {
	if s.results > 1 {
		return nil
	}
	return s.c.kept.Append(row)
}

// openRows opens a cursor on the rows of a procedure.
func (r *run) openRows(c *cursor, s *tsql.Execute) error {
	if r.out.capture != nil {
		return errNoCursor()
	}
	one := &soleResult{r: r, c: c}
	r.out.capture, r.out.types = one.take, one
	err := r.execute(s)
	r.out.capture, r.out.types = nil, nil
	if err == nil && one.results > 1 {
		err = errNoCursor()
	}
	if c.kind != fastCursor && c.kind != forwardCursor {
		c.kind = staticCursor
	}
	c.concurrency, c.after, c.open = cursorReadOnly, 1, true
	return err
}
