package postgres

import (
	"bytes"
	"fmt"
	"sort"

	"github.com/jackc/pgx/v5"

	"github.com/alcedo-cloud/alcedo/internal/store"
)

// Pages of a cursor grow from few items to many, as long as they are of few bytes.
const (
	firstPage = 8
	maxPage   = 512
	pageBytes = 1 << 20
)

// cursor reads page by page, so that its memory is bounded and other statements can run between. A page is a query of its
// own, which costs one round trip: all of a transaction's see the same. What the transaction writes would change that, so
// before it does, a cursor that is on its way is declared in the database, where it keeps what it sees.
type cursor struct {
	reader     *reader
	start, end []byte
	stands     bool   // pages were read
	name       string // in the database; "" where it is not declared
	writes     int    // of the transaction, when the first page was read
	page       []store.Item
	at         int  // in page
	size       int  // of the next page
	last       bool // no page follows
	err        error
	closed     bool
}

// Cursor opens a cursor. Nothing is sent before its first step.
func (r *reader) Cursor(start, end []byte) (store.Cursor, error) {
	if r.tx == nil {
		return nil, store.ErrClosed
	}
	c := &cursor{reader: r, start: append([]byte{}, start...)}
	if end != nil {
		c.end = append([]byte{}, end...)
	}
	return c, nil
}

func (c *cursor) Next() bool {
	switch {
	case !c.usable():
		return false
	case !c.stands:
		return c.from(c.start)
	case c.at+1 < len(c.page):
		c.at++
		return true
	case len(c.page) == 0:
		return false
	}
	return c.turn(">", c.page[len(c.page)-1].Key)
}

func (c *cursor) Seek(key []byte) bool {
	if !c.usable() {
		return false
	}
	if bytes.Compare(key, c.start) <= 0 {
		key = c.start // which is never nil: that would be NULL
	}
	if !c.stands || c.writes != c.reader.writes || len(c.page) == 0 || bytes.Compare(key, c.page[0].Key) < 0 {
		return c.from(key)
	}
	n := sort.Search(len(c.page), func(i int) bool { return bytes.Compare(c.page[i].Key, key) >= 0 })
	if n == len(c.page) {
		return c.from(key)
	}
	c.at = n
	return true
}

func (c *cursor) usable() bool {
	if c.err == nil && (c.closed || c.reader.tx == nil) {
		c.err = store.ErrClosed
	}
	return c.err == nil
}

// from reads the page that begins at a key.
func (c *cursor) from(key []byte) bool {
	c.undeclare()
	if c.err = c.reader.flush(); c.err != nil {
		return false
	}
	c.stands, c.writes = true, c.reader.writes
	c.size, c.last = firstPage, false
	c.reader.walk(c)
	return c.turn(">=", key)
}

// turn goes to the first item of the next page: that from a key on, or behind it.
func (c *cursor) turn(comparison string, key []byte) bool {
	if c.last {
		c.at = len(c.page)
		return false
	}
	page, err := c.fetch(comparison, key)
	if err != nil {
		c.err = c.reader.note(convert("postgres.Cursor", err))
		return false
	}
	c.page, c.at, c.last = page, 0, len(page) < c.size
	c.size = nextPage(c.size, page)
	return len(page) > 0
}

// nextPage is twice the page, unless its items were so large that fewer will do. It is a power of two: each size is a
// statement that the connection prepares.
func nextPage(page int, items []store.Item) int {
	size := 1
	for _, item := range items {
		size += len(item.Key) + len(item.Value)
	}
	fit := pageBytes * len(items) / size
	next := 1
	for next < min(page, maxPage/2)*2 && next*2 <= fit {
		next *= 2
	}
	return next
}

// query is what reads items from a key on, or behind it; comparison says which.
func (c *cursor) query(comparison string, key []byte) (sql string, args []any) {
	sql = `SELECT key, value, version FROM kv WHERE key ` + comparison + ` $1`
	args = []any{key}
	if c.end != nil {
		sql += ` AND key < $2`
		args = append(args, c.end)
	}
	return sql + ` ORDER BY key`, args
}

// fetch reads a page: of the cursor in the database where there is one.
func (c *cursor) fetch(comparison string, key []byte) ([]store.Item, error) {
	sql, args := fmt.Sprintf(`FETCH %d FROM %s`, c.size, c.name), []any{pgx.QueryExecModeExec}
	if c.name == "" {
		sql, args = c.query(comparison, key)
		sql += fmt.Sprintf(` LIMIT %d`, c.size) // a number, so that the planner knows
	}
	rows, err := c.reader.tx.Query(c.reader.ctx, sql, args...)
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(rows, func(row pgx.CollectableRow) (item store.Item, err error) {
		err = row.Scan(&item.Key, &item.Value, &item.Version)
		return item, err
	})
}

// declare has the database keep what the cursor has before it.
func (c *cursor) declare() error {
	if !c.stands || c.last || c.name != "" || len(c.page) == 0 {
		return nil
	}
	c.reader.cursors++
	name := fmt.Sprintf("scan_%d", c.reader.cursors)
	sql, args := c.query(">", c.page[len(c.page)-1].Key)
	sql = `DECLARE ` + name + ` NO SCROLL CURSOR FOR ` + sql
	if _, err := c.reader.tx.Exec(c.reader.ctx, sql, append([]any{pgx.QueryExecModeExec}, args...)...); err != nil {
		return err
	}
	c.name = name
	return nil
}

// undeclare frees the cursor early; the end of the transaction would too, so an error here is met there.
func (c *cursor) undeclare() {
	if c.name != "" && c.reader.tx != nil {
		_, _ = c.reader.tx.Exec(c.reader.ctx, `CLOSE `+c.name, pgx.QueryExecModeExec)
	}
	c.name = ""
}

func (c *cursor) Item() store.Item {
	if c.at >= len(c.page) {
		return store.Item{}
	}
	return c.page[c.at]
}

func (c *cursor) Err() error { return c.err }

func (c *cursor) Close() error {
	if c.closed {
		return store.ErrClosed
	}
	c.undeclare()
	c.reader.leave(c)
	c.closed, c.page = true, nil
	return c.err
}
