package storetest

import (
	"errors"
	"fmt"

	"github.com/alcedo-cloud/alcedo/internal/store"
)

// transactionCases are about one update at a time.
func transactionCases() []testCase {
	return []testCase{
		{"reads its own writes", ownWrites},
		{"all or nothing", rollBack},
		{"panic", panicInside},
		{"without writes", func(w *world) {
			w.put("a", "1")
			w.update(func(tx store.Tx) error { w.want(tx, "a", "1"); return nil })
		}},
		{"versions grow", versions},
		{"versions in the transaction", versionsInside},
	}
}

func ownWrites(w *world) {
	w.put("a", "1", "b", "2", "c", "3")
	w.update(func(tx store.Tx) error {
		err := errors.Join(tx.Put([]byte("a"), []byte("x")), tx.Delete([]byte("b")), tx.Put([]byte("bb"), []byte("y")))
		w.want(tx, "a", "x")
		w.want(tx, "b", "")
		w.want(tx, "bb", "y")
		w.want(tx, "c", "3")
		w.wantScan(tx, nil, nil, "a=x", "bb=y", "c=3")
		err = errors.Join(err, tx.Put([]byte("b"), []byte("z")), tx.Delete([]byte("bb")), tx.Put([]byte("a"), []byte("xx")))
		w.wantScan(tx, nil, nil, "a=xx", "b=z", "c=3")
		return err
	})
	w.view(func(r store.Reader) { w.wantScan(r, nil, nil, "a=xx", "b=z", "c=3") })
}

var errGivenUp = errors.New("given up")

func rollBack(w *world) {
	w.put("a", "1", "b", "2")
	err := w.Store.Update(w.ctx(), func(tx store.Tx) error {
		err := errors.Join(tx.Put([]byte("a"), []byte("x")), tx.Delete([]byte("b")), tx.Put([]byte("c"), []byte("y")))
		return errors.Join(err, errGivenUp)
	})
	w.wantErr("Update", err, errGivenUp)
	w.view(func(r store.Reader) { w.wantScan(r, nil, nil, "a=1", "b=2") })

	// Unchanged means unwrapped, and an error need not be comparable.
	err = w.Store.Update(w.ctx(), func(store.Tx) error { return errorList{"one", "two"} })
	if list, ok := err.(errorList); !ok || len(list) != 2 {
		w.Errorf("fn's error has become %#v", err)
	}
}

type errorList []string

func (e errorList) Error() string { return fmt.Sprint(len(e), " errors") }

// panicInside: a panic of fn passes through, writes nothing, and leaves the store usable.
func panicInside(w *world) {
	func() {
		defer func() {
			if p := recover(); p != "oops" {
				w.Errorf("recovered %v", p)
			}
		}()
		_ = w.Store.Update(w.ctx(), func(tx store.Tx) error {
			if err := tx.Put([]byte("a"), []byte("1")); err != nil {
				w.Error(err)
			}
			panic("oops")
		})
	}()
	w.wantNow("a", "")
	w.put("a", "2")
	w.wantNow("a", "2")
}

func versions(w *world) {
	var last store.Version
	for i := range 10 {
		if i == 5 {
			w.remove("a")
		}
		w.put("a", "same", "b", "same")
		a, b := w.wantNow("a", "same"), w.wantNow("b", "same")
		if a.Version <= last {
			w.Errorf("version %d after %d", a.Version, last)
		}
		if a.Version != b.Version {
			w.Errorf("versions %d and %d of one commit", a.Version, b.Version)
		}
		last = a.Version
	}
	w.put("other", "x")
	if now := w.wantNow("a", "same"); now.Version != last {
		w.Errorf("version %d after a commit of another key, want %d", now.Version, last)
	}
	if other := w.wantNow("other", "x"); other.Version == last {
		w.Error("two commits share a version")
	}
}

// versionsInside: what a transaction reads of its own has the version that it will have.
func versionsInside(w *world) {
	w.put("a", "1")
	before := w.wantNow("a", "1").Version
	var inside, scanned, committed store.Version
	w.update(func(tx store.Tx) error {
		if got := w.want(tx, "a", "1").Version; got != before {
			w.Errorf("version %d inside, want %d", got, before)
		}
		if err := tx.Put([]byte("a"), []byte("2")); err != nil {
			return err
		}
		inside = w.want(tx, "a", "2").Version
		for item, err := range tx.Scan(nil, nil) {
			if err != nil {
				return err
			}
			scanned = item.Version
		}
		tx.OnCommit(func(v store.Version) { committed = v })
		return nil
	})
	if after := w.wantNow("a", "2").Version; inside != after || scanned != after || committed != after || after <= before {
		w.Errorf("versions: before %d, inside %d, scanned %d, committed %d, after %d", before, inside, scanned, committed, after)
	}
}
