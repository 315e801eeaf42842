package exec

import (
	"slices"

	"github.com/alcedo-cloud/alcedo/internal/sqldb/row"
)

// children finds the rows that refer to removed keys, as of the latest commit, and locks them where they are to change.
func (k *reference) children(r *run, removed *removedKeys, yield func(key string, locator []byte, child Row) error) error {
	if k.index == nil {
		return k.all(r, removed, yield)
	}
	for key, values := range removed.old {
		w := k.child.writing(r)
		w.scratch = w.scratch[:0]
		for _, o := range k.index.ordinals[:len(k.ordinals)] {
			w.scratch = append(w.scratch, values[slices.Index(k.ordinals, o)])
		}
		start := row.AppendKey(append([]byte(nil), k.index.at.Prefix()...), k.index.keys, w.scratch)
		if err := k.search(r, k.index, start, after(start), func(locator []byte, child Row) error {
			return yield(key, locator, child)
		}); err != nil {
			return err
		}
	}
	return nil
}

// all goes through the whole table, as there is no index that leads to its rows.
func (k *reference) all(r *run, removed *removedKeys, yield func(key string, locator []byte, child Row) error) error {
	var key []byte
	values := make(Row, len(k.ordinals))
	return k.search(r, k.child.base, nil, nil, func(locator []byte, child Row) error {
		for i, o := range k.ordinals {
			if values[i] = child[o]; values[i].IsNull() {
				return nil
			}
		}
		key = row.AppendKey(key[:0], k.keys, values)
		if _, ok := removed.old[string(key)]; !ok {
			return nil
		}
		return yield(string(key), locator, child)
	})
}

// search gives the rows behind a range of an index. The cursor is closed before the first of them is given, since what
// is done with them may move the view.
func (k *reference) search(r *run, e *entries, start, end []byte, yield func(locator []byte, child Row) error) (err error) {
	c, err := r.Tx.NewestCursor(e.at, start, end)
	if err != nil {
		return err
	}
	type found struct {
		locator []byte
		row     Row
	}
	var rows []found
	var failed error
	for failed == nil && c.Next() {
		if failed = r.tick(); failed != nil {
			break
		}
		locator, record := c.Key()[len(e.at.Prefix()):], c.Value()
		if e != k.child.base {
			record = nil
			if locator, _, failed = e.split(c.Key(), c.Value()); failed != nil {
				break
			}
		}
		f := found{locator: slices.Clone(locator)}
		if len(record) > 0 && record[0] != partsMark { // those in parts are read once the cursor is closed
			f.row = make(Row, len(k.child.all))
			failed = k.decoder.Decode(slices.Clone(record), f.row, true)
		}
		rows = append(rows, f)
		if failed == nil {
			failed = r.grow(int64(len(locator)) + 48)
		}
	}
	if closed := c.Close(); failed == nil {
		failed = closed
	}
	for _, f := range rows {
		if failed != nil {
			return failed
		}
		if f.row == nil {
			if f.row, failed = k.read(r, f.locator); failed != nil {
				return failed
			}
		}
		failed = yield(f.locator, f.row)
	}
	return failed
}

func (k *reference) read(r *run, locator []byte) (Row, error) {
	record, found, err := r.Tx.Newest(k.child.base.at, k.child.baseKey(nil, locator))
	if err == nil && !found {
		err = errEntry()
	}
	if err == nil {
		record, err = k.child.whole(locator, record, r.Tx.Newest)
	}
	if err != nil {
		return nil, err
	}
	out := make(Row, len(k.child.all))
	return out, k.decoder.Decode(record, out, true)
}
