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

// cursor reads page by page through a cursor of the database, so that its memory is bounded and other statements can
// run between. A cursor of PostgreSQL sees what was there when it was declared; it cannot be moved by key, so a Seek out
// of the page declares another.
type cursor struct {
	reader     *reader
	start, end []byte
	name       string // "" until declared
	writes     int    // of the transaction, when declared
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
	case c.name == "":
		return c.from(c.start)
	case c.at+1 < len(c.page):
		c.at++
		return true
	}
	return c.turn()
}

func (c *cursor) Seek(key []byte) bool {
	if !c.usable() {
		return false
	}
	if bytes.Compare(key, c.start) < 0 {
		key = c.start
	}
	if c.name == "" || c.writes != c.reader.writes || len(c.page) == 0 || bytes.Compare(key, c.page[0].Key) < 0 {
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

// from declares the cursor of the database anew and takes its first item.
func (c *cursor) from(key []byte) bool {
	c.undeclare()
	if c.err = c.reader.flush(); c.err != nil {
		return false
	}
	c.reader.cursors++
	c.name, c.writes = fmt.Sprintf("scan_%d", c.reader.cursors), c.reader.writes
	c.page, c.at, c.size, c.last = nil, 0, firstPage, false
	if err := c.declare(key); err != nil {
		c.err = c.reader.note(convert("postgres.Cursor", err))
		return false
	}
	return c.turn()
}

// turn goes to the first item of the next page.
func (c *cursor) turn() bool {
	if c.last {
		c.at = len(c.page)
		return false
	}
	page, err := c.fetch()
	if err != nil {
		c.err = c.reader.note(convert("postgres.Cursor", err))
		return false
	}
	c.page, c.at, c.last = page, 0, len(page) < c.size
	c.size = nextPage(c.size, page)
	return len(page) > 0
}

// nextPage is twice the page, unless its items were so large that fewer will do.
func nextPage(page int, items []store.Item) int {
	size := 1
	for _, item := range items {
		size += len(item.Key) + len(item.Value)
	}
	fit := pageBytes * len(items) / size
	return max(1, min(2*page, fit, maxPage))
}

func (c *cursor) declare(start []byte) error {
	sql := `DECLARE ` + c.name + ` NO SCROLL CURSOR FOR SELECT key, value, version FROM kv WHERE key >= $1`
	args := []any{pgx.QueryExecModeExec, start}
	if c.end != nil {
		sql += ` AND key < $2`
		args = append(args, c.end)
	}
	_, err := c.reader.tx.Exec(c.reader.ctx, sql+` ORDER BY key`, args...)
	return err
}

// undeclare frees the cursor early; the end of the transaction would too, so an error here is met there.
func (c *cursor) undeclare() {
	if c.name != "" && c.reader.tx != nil {
		_, _ = c.reader.tx.Exec(c.reader.ctx, `CLOSE `+c.name, pgx.QueryExecModeExec)
	}
	c.name = ""
}

func (c *cursor) fetch() ([]store.Item, error) {
	rows, err := c.reader.tx.Query(c.reader.ctx, fmt.Sprintf(`FETCH %d FROM %s`, c.size, c.name), pgx.QueryExecModeExec)
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(rows, func(row pgx.CollectableRow) (item store.Item, err error) {
		err = row.Scan(&item.Key, &item.Value, &item.Version)
		return item, err
	})
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
	c.closed, c.page = true, nil
	return c.err
}
