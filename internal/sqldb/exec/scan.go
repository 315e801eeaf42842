package exec

import (
	"fmt"
	"slices"

	"github.com/alcedo-cloud/alcedo/internal/sqldb/plan"
	"github.com/alcedo-cloud/alcedo/internal/sqldb/row"
	"github.com/alcedo-cloud/alcedo/internal/sqldb/txn"
	"github.com/alcedo-cloud/alcedo/internal/sqldb/value"
)

// scan reads a table.
type scan struct {
	layout   *layout
	seek     *seek
	entries  *entries
	base     bool // entries are the rows themselves
	covered  bool // the index has all columns
	decoder  *row.Decoder
	width    int
	locators bool
	filter   predicate
	reverse  bool
	lock     plan.LockHint
	text     bool // some column refers to the record's bytes
	number   int
	buffer   int
}

// scanState is what a scan keeps between its runs: an index that is sought again and again needs one cursor.
type scanState struct {
	cursor    *txn.Cursor // over the whole index
	room      seekRoom
	chunk     []byte // copies of records, to which strings refer
	key       []byte
	backwards backwards
}

func newScanState() *scanState {
	s := &scanState{}
	newSeekRoom(&s.room)
	return s
}

func (s *scanState) close() error { return s.cursor.Close() }

// tableUse is a table that a program touches, and what is locked of it before the first row is read.
type tableUse struct {
	table txn.Table
	mode  txn.Mode
	reads bool // rows are read without a lock of their own
	point bool // only by whole keys, which can be locked one by one
}

// use notes that a table is read or written.
func (c *compiler) use(t txn.Table, mode txn.Mode, reads, point bool) {
	if t.Space != txn.Stored {
		return
	}
	for _, u := range c.tables {
		if u.table == t && u.reads == reads {
			u.point = u.point && point
			u.mode = both(u.mode, mode)
			return
		}
	}
	c.tables = append(c.tables, &tableUse{t, mode, reads, point})
}

// both is a mode that permits what two do. Any lock of a table keeps its definition too.
func both(a, b txn.Mode) txn.Mode {
	switch {
	case a == txn.SchemaStability:
		return b
	case b == txn.SchemaStability:
		return a
	case a == txn.Shared && b == txn.IntentExclusive || a == txn.IntentExclusive && b == txn.Shared:
		return txn.SharedIntentExclusive
	}
	return max(a, b)
}

func (c *compiler) scan(n *plan.Scan) (operator, error) {
	s := &scan{
		layout: newLayout(c.database, n.Table), width: n.Width(), locators: n.Locators, reverse: n.Reverse, lock: n.Lock,
		number: c.state(), buffer: c.state(),
	}
	if c.scans == nil {
		c.scans = map[int32]int{}
	}
	c.scans[n.Table.ID]++
	s.entries = s.layout.find(n.Index)
	if s.entries == nil {
		return nil, fmt.Errorf("exec: table %s has no usable index %d", n.Table.Name, n.Index.ID)
	}
	s.base = s.entries == s.layout.base
	s.covered = s.base || s.entries.covered(n.Columns)
	columns := s.layout.columns(n.Columns)
	s.decoder = row.NewDecoder(columns)
	s.text = slices.ContainsFunc(columns, func(c row.Column) bool { return refersToBytes(c.Type) })
	var err error
	if s.seek, err = c.seek(n, s.entries); err != nil {
		return nil, err
	}
	if n.Filter != nil {
		if s.filter, err = c.predicate(n.Filter); err != nil {
			return nil, err
		}
	}
	mode := txn.SchemaStability
	switch s.lock {
	case plan.LockUpdate, plan.LockExclusive:
		mode, c.locks = txn.IntentExclusive, true
	case plan.LockHold:
		mode = txn.Shared
	}
	c.use(s.layout.base.at.Table, mode, true, s.seek.point)
	return s.run, nil
}

func refersToBytes(t value.Type) bool {
	return t.IsString() || t.IsBinary() || t.ID == value.UniqueIdentifier || t.ID == value.XML || t.ID == value.Variant
}

func (s *scan) run(r *run, yield func(Row) error) error {
	st := state(r, s.number, newScanState)
	spans, err := s.seek.spans(r, &st.room)
	if err != nil {
		return err
	}
	if s.reverse {
		return s.reversed(r, st, spans, yield)
	}
	return s.forwards(r, st, spans, yield)
}

func (s *scan) forwards(r *run, st *scanState, spans []span, yield func(Row) error) error {
	out := r.buffer(s.buffer, s.width)
	for _, at := range spans {
		var err error
		if at.end == nil {
			err = s.point(r, st, at.start, out, yield)
		} else {
			err = s.scanRange(r, st, at, out, yield)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// point reads the one entry under a whole key.
func (s *scan) point(r *run, st *scanState, key []byte, out Row, yield func(Row) error) error {
	if err := r.tick(); err != nil {
		return err
	}
	if mode, wanted := r.rowLock(); wanted {
		// The key is locked also where it has no row, so that none appears.
		if err := r.lockRow(s.layout, s.entries.at, key, mode); err != nil {
			return err
		}
	}
	v, found, err := r.Tx.Get(s.entries.at, key)
	if err != nil || !found {
		return err
	}
	if mode, wanted := r.rowLock(); wanted && !s.base {
		locator, _, err := s.entries.split(key, v)
		if err != nil {
			return err
		}
		st.key = s.layout.baseKey(st.key[:0], locator)
		if err := r.lockRow(s.layout, s.layout.base.at, st.key, mode); err != nil {
			return err
		}
	}
	return s.entry(r, st, key, v, true, out, yield)
}

// rowLock is what the isolation level locks of each row it reads by its key.
func (r *run) rowLock() (txn.Mode, bool) {
	level := r.Tx.Isolation()
	return txn.Shared, level == txn.RepeatableRead || level == txn.Serializable
}

func (s *scan) scanRange(r *run, st *scanState, at span, out Row, yield func(Row) error) (err error) {
	var c *txn.Cursor
	if s.seek.whole {
		if c, err = r.Tx.Cursor(s.entries.at, nil, nil); err != nil {
			return err
		}
		defer func() {
			if closed := c.Close(); err == nil {
				err = closed
			}
		}()
	} else {
		if st.cursor == nil {
			if st.cursor, err = r.Tx.Cursor(s.entries.at, nil, nil); err != nil {
				return err
			}
		}
		c = st.cursor
		c.Range(at.start, at.end)
	}
	for c.Next() {
		if err := r.tick(); err != nil {
			return err
		}
		if err := s.entry(r, st, c.Key(), c.Value(), false, out, yield); err != nil {
			return err
		}
	}
	return c.Err()
}

// entry makes a row of an entry, and yields it where the filter lets it through.
func (s *scan) entry(r *run, st *scanState, key, val []byte, stable bool, out Row, yield func(Row) error) error {
	locator, record := key[len(s.entries.at.Prefix()):], val
	if !s.base {
		var err error
		if locator, record, err = s.entries.split(key, val); err != nil {
			return err
		}
		if !s.covered {
			if record, err = s.fetch(r, st, locator); err != nil {
				return err
			}
			stable = true
		}
	}
	if len(record) > 0 && record[0] == partsMark {
		var err error
		if record, err = s.layout.whole(locator, record, r.Tx.Get); err != nil {
			return err
		}
		stable = true
	}
	if s.text && !stable {
		record = st.copy(record)
	}
	if err := s.decoder.Decode(record, out, true); err != nil {
		return err
	}
	if s.filter != nil {
		if t, err := s.filter(r, out); err != nil || t != yes {
			return err
		}
	}
	if s.locators {
		out[s.width-1] = value.OfByteSlice(locator)
	}
	if s.lock == plan.LockUpdate || s.lock == plan.LockExclusive {
		if err := s.lockRow(r, st, locator); err != nil {
			return err
		}
	}
	return yield(out)
}

// fetch reads the row of an index's entry.
func (s *scan) fetch(r *run, st *scanState, locator []byte) ([]byte, error) {
	st.key = s.layout.baseKey(st.key[:0], locator)
	record, found, err := r.Tx.Get(s.layout.base.at, st.key)
	if err == nil && !found {
		err = errEntry()
	}
	return record, err
}

// lockRow locks a row that a hint wants kept as it is.
func (s *scan) lockRow(r *run, st *scanState, locator []byte) error {
	mode := txn.Update
	if s.lock == plan.LockExclusive {
		mode = txn.Exclusive
	}
	st.key = s.layout.baseKey(st.key[:0], locator)
	return r.lockRow(s.layout, s.layout.base.at, st.key, mode)
}

// lockRow locks a row that was read. Where it has changed since, the statement is to be run again, which a snapshot
// transaction cannot do.
func (r *run) lockRow(l *layout, x *txn.Index, key []byte, mode txn.Mode) error {
	err := r.Tx.LockRow(r, x, key, mode)
	if err == txn.ErrConflict {
		return errConflict(r.Context, l.table)
	}
	return err
}

// copy puts a record where it stays as it is.
func (st *scanState) copy(record []byte) []byte {
	const chunk = 16 << 10
	if len(record) > cap(st.chunk)-len(st.chunk) {
		st.chunk = make([]byte, 0, max(min(chunk, 4*cap(st.chunk)), 4*len(record)))
	}
	n := len(st.chunk)
	st.chunk = append(st.chunk, record...)
	return st.chunk[n:]
}
