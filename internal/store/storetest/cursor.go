package storetest

import (
	"bytes"
	"context"
	"errors"
	"fmt"

	"github.com/alcedo-cloud/alcedo/internal/store"
)

// cursorCases are about going through a range without copying.
func cursorCases() []testCase {
	return []testCase{
		{"bounds", cursorBounds},
		{"seek", cursorSeek},
		{"seek in a transaction", cursorSeekTx},
		{"seek without bounds", func(w *world) {
			w.put("a", "1", "b", "2")
			w.view(func(r store.Reader) {
				c := w.cursor(r, "", "")
				w.wantAt(c, c.Seek(nil), "a=1")
				w.wantAt(c, c.Next(), "b=2")
				w.wantAt(c, c.Seek([]byte{}), "a=1")
			})
		}},
		{"on its way while others write and scan", cursorsAmidWrites},
		{"many pages", cursorPages},
		{"versions", cursorVersions},
		{"several at once", severalCursors},
		{"while the loop's body writes", cursorWrites},
		{"held while writers go on", heldCursor},
		{"arguments are the caller's", cursorArguments},
		{"closed", closedCursor},
		{"closed with its snapshot", cursorOfClosed},
		{"closed with its transaction", cursorOfEnded},
		{"context", cursorContext},
		{"leaked", leakedCursor},
	}
}

func (w *world) cursor(r store.Reader, start, end string) store.Cursor {
	w.Helper()
	upper := []byte(end)
	if end == "" {
		upper = nil
	}
	c, err := r.Cursor([]byte(start), upper)
	if err != nil {
		w.Fatalf("Cursor(%q, %q): %v", start, end, err)
	}
	return c
}

// wantAt checks where a step has led; "" stands for the end.
func (w *world) wantAt(c store.Cursor, found bool, pair string) {
	w.Helper()
	got := ""
	if item := c.Item(); found {
		got = string(item.Key) + "=" + string(item.Value)
	} else if item.Key != nil || item.Value != nil {
		w.Errorf("item %q=%q past the end", item.Key, item.Value)
	}
	if got != pair || c.Err() != nil {
		w.Errorf("at %q, %v, want %q", got, c.Err(), pair)
	}
}

func (w *world) wantClosed(c store.Cursor) {
	w.Helper()
	if c.Next() || c.Seek([]byte("a")) || c.Item().Key != nil {
		w.Errorf("a closed cursor stands at %q", c.Item().Key)
	}
	w.wantErr("Err", c.Err(), store.ErrClosed)
	w.wantErr("Close", c.Close(), store.ErrClosed)
}

func through(c store.Cursor) (got []string, err error) {
	for c.Next() {
		item := c.Item()
		got = append(got, string(item.Key)+"="+string(item.Value))
	}
	return got, c.Close()
}

func cursorBounds(w *world) {
	w.put("a", "1", "b", "2", "ba", "3", "c", "4")
	check := func(r store.Reader) {
		for _, bounds := range [][2][]byte{
			{nil, nil},
			{{}, nil},
			{[]byte("b"), nil},
			{[]byte("b"), []byte("c")},
			{[]byte("b\x00"), []byte("c\x00")},
			{nil, []byte("b")},
			{[]byte("b"), []byte("b")},
			{[]byte("c"), []byte("a")},
			{nil, {}},
			{[]byte("d"), nil},
		} {
			want, err := collect(r, bounds[0], bounds[1])
			if err != nil {
				w.Fatal(err)
			}
			c, err := r.Cursor(bounds[0], bounds[1])
			if err != nil {
				w.Fatal(err)
			}
			w.wantAt(c, false, "") // nothing before the first step
			got, err := through(c)
			if fmt.Sprintf("%q", got) != fmt.Sprintf("%q", want) || err != nil {
				w.Errorf("[%q, %q): %q, %v, want %q", bounds[0], bounds[1], got, err, want)
			}
		}
	}
	w.view(check)
	w.update(func(tx store.Tx) error { check(tx); return nil })
}

func cursorSeek(w *world) {
	for i := range 100 {
		w.put(fmt.Sprintf("k%02d", i), fmt.Sprint(i))
	}
	check := func(r store.Reader) {
		c := w.cursor(r, "k10", "k90")
		w.wantAt(c, c.Seek([]byte("k50")), "k50=50")
		w.wantAt(c, c.Next(), "k51=51")
		w.wantAt(c, c.Seek([]byte("k50x")), "k51=51") // where it stands
		w.wantAt(c, c.Seek([]byte("k52")), "k52=52")
		w.wantAt(c, c.Seek([]byte("k88")), "k88=88")
		w.wantAt(c, c.Next(), "k89=89")
		w.wantAt(c, c.Next(), "")
		w.wantAt(c, c.Next(), "")
		w.wantAt(c, c.Seek([]byte("k11")), "k11=11") // back, from the end
		w.wantAt(c, c.Seek([]byte("a")), "k10=10")   // before the range
		w.wantAt(c, c.Seek(nil), "k10=10")
		w.wantAt(c, c.Seek([]byte("k89x")), "")
		w.wantAt(c, c.Next(), "")
		w.wantAt(c, c.Seek([]byte("k12")), "k12=12")
		w.wantAt(c, c.Seek([]byte("k90")), "") // after the range
		w.wantAt(c, c.Next(), "")
		w.wantAt(c, c.Seek([]byte("z")), "")
		w.wantAt(c, c.Seek([]byte("k20")), "k20=20")
		if err := c.Close(); err != nil {
			w.Error(err)
		}
	}
	w.view(check)
	w.update(func(tx store.Tx) error { check(tx); return nil })
}

// cursorSeekTx: a Seek of a transaction sees what has been written, and Next goes on in that.
func cursorSeekTx(w *world) {
	w.put("a", "1", "b", "2", "c", "3", "d", "4")
	w.update(func(tx store.Tx) error {
		c := w.cursor(tx, "", "")
		err := tx.Put([]byte("a"), []byte("early")) // before the first step
		w.wantAt(c, c.Next(), "a=early")
		err = errors.Join(err, tx.Put([]byte("b"), []byte("x")), tx.Delete([]byte("c")), tx.Put([]byte("cc"), []byte("y")))
		w.wantAt(c, c.Next(), "b=2")
		w.wantAt(c, c.Next(), "c=3")
		w.wantAt(c, c.Seek([]byte("c")), "cc=y")
		err = errors.Join(err, tx.Delete([]byte("d")))
		w.wantAt(c, c.Next(), "d=4")
		w.wantAt(c, c.Seek([]byte("b")), "b=x")
		w.wantAt(c, c.Next(), "cc=y")
		w.wantAt(c, c.Next(), "")
		return errors.Join(err, c.Close())
	})
	w.view(func(r store.Reader) { w.wantScan(r, nil, nil, "a=early", "b=x", "cc=y") })
}

// cursorPages has more items than any backend reads at once, and seeks over many of them.
func cursorPages(w *world) {
	const n = 3000
	w.update(func(tx store.Tx) error {
		for i := range n {
			if err := tx.Put(fmt.Appendf(nil, "k%05d", i), make([]byte, i%7*100)); err != nil {
				return err
			}
		}
		return nil
	})
	w.view(func(r store.Reader) {
		c := w.cursor(r, "k", "l")
		i := 0
		for ; c.Next(); i++ {
			if item := c.Item(); string(item.Key) != fmt.Sprintf("k%05d", i) || len(item.Value) != i%7*100 {
				w.Fatalf("item %d is %q with %d bytes", i, item.Key, len(item.Value))
			}
		}
		if i != n {
			w.Errorf("%d items, want %d", i, n)
		}
		for i := 0; i < n; i += 77 {
			if key := fmt.Sprintf("k%05d", i); !c.Seek([]byte(key)) || string(c.Item().Key) != key {
				w.Fatalf("Seek(%q) finds %q", key, c.Item().Key)
			}
		}
		if err := c.Close(); err != nil {
			w.Error(err)
		}
	})
}

func cursorVersions(w *world) {
	w.put("a", "1")
	w.put("b", "2")
	w.view(func(r store.Reader) {
		c := w.cursor(r, "", "")
		for c.Next() {
			item := c.Item()
			if got := w.want(r, string(item.Key), string(item.Value)); got.Version != item.Version || item.Version == 0 {
				w.Errorf("%q has version %d, and %d by Get", item.Key, item.Version, got.Version)
			}
		}
		if err := c.Close(); err != nil {
			w.Error(err)
		}
	})
}

func severalCursors(w *world) {
	w.put("a", "1", "b", "2", "c", "3")
	check := func(r store.Reader) {
		outer, inner := w.cursor(r, "", ""), w.cursor(r, "", "")
		pairs := ""
		for outer.Next() {
			for ok := inner.Seek([]byte("b")); ok; ok = inner.Next() {
				pairs += string(outer.Item().Key) + string(inner.Item().Key) + " "
			}
		}
		if err := errors.Join(outer.Close(), inner.Close()); err != nil || pairs != "ab ac bb bc cb cc " {
			w.Errorf("%s, %v", pairs, err)
		}
		w.wantScan(r, nil, nil, "a=1", "b=2", "c=3")
	}
	w.view(check)
	w.update(func(tx store.Tx) error { check(tx); return nil })
}

// cursorWrites: Next does not meet what the body of the loop writes.
func cursorWrites(w *world) {
	for i := range 100 {
		w.put(fmt.Sprintf("%03d", i), "old")
	}
	w.update(func(tx store.Tx) error {
		c := w.cursor(tx, "", "")
		seen := 0
		for ; c.Next(); seen++ {
			key := bytes.Clone(c.Item().Key)
			if string(c.Item().Value) != "old" {
				w.Errorf("the loop meets its own %q", key)
			}
			err := errors.Join(tx.Delete(key), tx.Put(append(key, '+'), []byte("new")), tx.Put([]byte("099"), []byte("changed")))
			if err != nil {
				return err
			}
		}
		if seen != 100 {
			w.Errorf("%d items, want 100", seen)
		}
		return c.Close()
	})
}

// cursorsAmidWrites: cursors that are on their way in a transaction, before and between writes that others make a backend
// send, go on in what they saw when they began.
func cursorsAmidWrites(w *world) {
	const n = 200
	for i := range n {
		w.put(fmt.Sprintf("%03d", i), "old")
	}
	w.update(func(tx store.Tx) error {
		first := w.cursor(tx, "", "")
		w.wantAt(first, first.Next(), "000=old")
		for i := range n {
			key := fmt.Appendf(nil, "%03d", i)
			var err error
			if i%2 == 0 {
				err = tx.Put(key, []byte("new"))
			} else {
				err = tx.Delete(key)
			}
			if err != nil {
				return err
			}
		}
		second := w.cursor(tx, "", "")
		w.wantAt(second, second.Next(), "000=new")
		if err := errors.Join(tx.Delete([]byte("100")), tx.Put([]byte("198x"), nil)); err != nil {
			return err
		}
		third, err := collect(tx, nil, nil)
		if err != nil || len(third) != n/2 || third[50] != "102=new" {
			w.Errorf("the third sees %d, %v", len(third), err)
		}
		all, err := through(first)
		if err != nil || len(all) != n-1 || all[99] != "100=old" {
			w.Errorf("the first sees %d more, %v", len(all), err)
		}
		all, err = through(second)
		if err != nil || len(all) != n/2-1 || all[49] != "100=new" || all[len(all)-1] != "198=new" {
			w.Errorf("the second sees %d more, %v", len(all), err)
		}
		return nil
	})
}

func heldCursor(w *world) {
	for i := range 40 {
		w.put(fmt.Sprintf("k%02d", i), "old")
	}
	c := w.cursor(w.snapshot(), "", "")
	i := 0
	for ; c.Next(); i++ {
		if item := c.Item(); string(item.Key) != fmt.Sprintf("k%02d", i) || string(item.Value) != "old" {
			w.Errorf("item %d is %q=%q", i, item.Key, item.Value)
		}
		w.put("k39", "new", fmt.Sprintf("k%02dx", i), "new")
	}
	w.wantAt(c, c.Seek([]byte("k05x")), "k06=old") // the view is the snapshot's
	if err := c.Close(); err != nil || i != 40 {
		w.Errorf("%d items, %v", i, err)
	}
}

func cursorArguments(w *world) {
	w.put("a", "1", "b", "2", "c", "3", "d", "4")
	w.view(func(r store.Reader) {
		start, end, key := []byte("b"), []byte("d"), []byte("c")
		c, err := r.Cursor(start, end)
		if err != nil {
			w.Fatal(err)
		}
		start[0], end[0] = 'z', 'a'
		found := c.Seek(key)
		key[0] = 'z'
		w.wantAt(c, found, "c=3")
		w.wantAt(c, c.Next(), "")
		w.wantAt(c, c.Seek(nil), "b=2")
		if err := c.Close(); err != nil {
			w.Error(err)
		}
	})
}

func closedCursor(w *world) {
	w.put("a", "1", "b", "2")
	check := func(r store.Reader) {
		c, other := w.cursor(r, "", ""), w.cursor(r, "", "")
		w.wantAt(c, c.Next(), "a=1")
		if err := c.Close(); err != nil {
			w.Error(err)
		}
		w.wantClosed(c)
		w.wantAt(other, other.Next(), "a=1")
		if err := other.Close(); err != nil {
			w.Error(err)
		}
	}
	w.view(check)
	w.update(func(tx store.Tx) error { check(tx); return nil })
}

func cursorOfClosed(w *world) {
	w.put("a", "1", "b", "2")
	s := w.snapshot()
	fresh, stepped := w.cursor(s, "", ""), w.cursor(s, "", "")
	stepped.Next()
	if err := s.Close(); err != nil {
		w.Fatal(err)
	}
	w.wantClosed(fresh)
	w.wantClosed(stepped)
	_, err := s.Cursor(nil, nil)
	w.wantErr("Cursor", err, store.ErrClosed)
}

func cursorOfEnded(w *world) {
	w.put("a", "1", "b", "2")
	var kept store.Tx
	var c store.Cursor
	w.update(func(tx store.Tx) error {
		kept, c = tx, w.cursor(tx, "", "")
		w.wantAt(c, c.Next(), "a=1")
		return tx.Put([]byte("c"), []byte("3"))
	})
	w.wantClosed(c)
	_, err := kept.Cursor(nil, nil)
	w.wantErr("Cursor", err, store.ErrClosed)
	w.wantNow("c", "3")
}

func cursorContext(w *world) {
	w.put("a", "1", "b", "2")
	ctx, cancel := context.WithCancel(w.ctx())
	defer cancel()
	s, err := w.Store.Snapshot(ctx)
	if err != nil {
		w.Fatal(err)
	}
	defer func() { _ = s.Close() }() // its transaction may be gone with its context
	c := w.cursor(s, "", "")
	w.wantAt(c, c.Next(), "a=1")
	cancel()
	if c.Next() || c.Seek(nil) {
		w.Error("a step after the context's end")
	}
	w.wantErr("Err", c.Err(), context.Canceled)
	w.wantErr("Close", c.Close(), context.Canceled)
	_, err = s.Cursor(nil, nil)
	w.wantErr("Cursor", err, context.Canceled)
}

// leakedCursor: the store is closed under an open cursor. What it stands on stays, and the next step ends it.
func leakedCursor(w *world) {
	w.put("a", "1", "b", "2")
	s, err := w.Store.Snapshot(w.ctx())
	if err != nil {
		w.Fatal(err)
	}
	c := w.cursor(s, "", "")
	w.wantAt(c, c.Next(), "a=1")
	closed := make(chan error, 1)
	go func() { closed <- w.Store.Close() }()
	// A backend may wait for the cursor, or go without it.
	for {
		if _, err := w.Store.Snapshot(context.Background()); errors.Is(err, store.ErrClosed) {
			break
		}
	}
	w.wantAt(c, true, "a=1")
	for c.Next() { // the wrapper may not have come to this snapshot yet
		w.wantAt(c, true, "b=2")
	}
	if err := c.Close(); err != nil && !errors.Is(err, store.ErrClosed) {
		w.Errorf("Close of the cursor: %v", err)
	}
	if err := s.Close(); err != nil && !errors.Is(err, store.ErrClosed) {
		w.Errorf("Close of the snapshot: %v", err)
	}
	if err := <-closed; !errors.Is(err, store.ErrLeaked) {
		w.Errorf("Close: %v", err)
	}
}
