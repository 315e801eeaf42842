package storetest

import (
	"errors"
	"fmt"
	"strconv"
	"sync"

	"github.com/alcedo-cloud/alcedo/internal/store"
)

// concurrencyCases are about updates that run at the same time: whatever they do, it is as if one had followed another.
func concurrencyCases() []testCase {
	return []testCase{
		{"counter", counter},
		{"write skew", writeSkew},
		{"phantom", phantom},
		{"transfers", transfers},
		{"many readers", manyReaders},
	}
}

// together runs n goroutines and gathers their errors.
func (w *world) together(n int, run func(i int) error) {
	w.Helper()
	errs := make([]error, n)
	var all sync.WaitGroup
	for i := range n {
		all.Go(func() { errs[i] = run(i) })
	}
	all.Wait()
	if err := errors.Join(errs...); err != nil {
		w.Fatal(err)
	}
}

func number(r store.Reader, key string) (int, error) {
	item, err := r.Get([]byte(key))
	if errors.Is(err, store.ErrNotFound) {
		return 0, nil
	}
	if err != nil {
		return 0, err
	}
	return strconv.Atoi(string(item.Value))
}

func setNumber(tx store.Tx, key string, n int) error {
	return tx.Put([]byte(key), strconv.AppendInt(nil, int64(n), 10))
}

func counter(w *world) {
	const writers, times = 8, 15
	w.together(writers, func(int) error {
		for range times {
			err := w.Store.Update(w.ctx(), func(tx store.Tx) error {
				n, err := number(tx, "n")
				if err != nil {
					return err
				}
				return setNumber(tx, "n", n+1)
			})
			if err != nil {
				return err
			}
		}
		return nil
	})
	w.wantNow("n", strconv.Itoa(writers*times))
}

// writeSkew: of two doctors on call either may leave while the other stays. Both leaving is what snapshot isolation
// would let through.
func writeSkew(w *world) {
	for round := range 20 {
		w.put("alice", "1", "bob", "1")
		start := make(chan struct{})
		var all sync.WaitGroup
		errs := make([]error, 2)
		for i, who := range []string{"alice", "bob"} {
			all.Go(func() {
				<-start
				errs[i] = w.Store.Update(w.ctx(), func(tx store.Tx) error {
					a, errA := number(tx, "alice")
					b, errB := number(tx, "bob")
					if err := errors.Join(errA, errB); err != nil || a+b < 2 {
						return err
					}
					return setNumber(tx, who, 0)
				})
			})
		}
		close(start)
		all.Wait()
		if err := errors.Join(errs...); err != nil {
			w.Fatal(err)
		}
		w.view(func(r store.Reader) {
			a, errA := number(r, "alice")
			b, errB := number(r, "bob")
			if a+b != 1 || errA != nil || errB != nil {
				w.Errorf("round %d: alice %d, bob %d are on call (%v, %v)", round, a, b, errA, errB)
			}
		})
	}
}

// phantom: each update counts a range and adds to it the count as a new key. Two that count alike collide.
func phantom(w *world) {
	const writers, times = 4, 10
	w.together(writers, func(i int) error {
		for range times {
			err := w.Store.Update(w.ctx(), func(tx store.Tx) error {
				got, err := collect(tx, []byte("row"), []byte("rox"))
				if err != nil {
					return err
				}
				return tx.Put(fmt.Appendf(nil, "row%04d-%d", len(got), i), nil)
			})
			if err != nil {
				return err
			}
		}
		return nil
	})
	w.view(func(r store.Reader) {
		got, err := collect(r, []byte("row"), []byte("rox"))
		if err != nil || len(got) != writers*times {
			w.Fatalf("%d rows, %v", len(got), err)
		}
		for i, row := range got {
			if row[:7] != fmt.Sprintf("row%04d", i) {
				w.Fatalf("row %d is %q: two updates counted alike", i, row)
			}
		}
	})
}

// transfers: money moves between accounts, and whoever looks finds none lost or made.
func transfers(w *world) {
	const accounts, writers, times, total = 5, 4, 20, 500
	account := func(i int) string { return fmt.Sprint("account", i%accounts) }
	for i := range accounts {
		w.put(account(i), strconv.Itoa(total/accounts))
	}
	sum := func(r store.Reader) error {
		all := 0
		for item, err := range r.Scan([]byte("account"), nil) {
			if err != nil {
				return err
			}
			n, err := strconv.Atoi(string(item.Value))
			if err != nil {
				return err
			}
			all += n
		}
		if all != total {
			return fmt.Errorf("the accounts hold %d, want %d", all, total)
		}
		return nil
	}
	w.together(writers, func(i int) error {
		for j := range times {
			from, to := account(i+j), account(i+2*j+1)
			err := w.Store.Update(w.ctx(), func(tx store.Tx) error {
				a, err := number(tx, from)
				if err != nil || from == to {
					return err
				}
				b, err := number(tx, to)
				return errors.Join(err, setNumber(tx, from, a-1), setNumber(tx, to, b+1))
			})
			if err = errors.Join(err, store.View(w.ctx(), w.Store, sum)); err != nil {
				return err
			}
		}
		return nil
	})
	w.view(func(r store.Reader) {
		if err := sum(r); err != nil {
			w.Error(err)
		}
	})
}

// manyReaders: a writer changes two keys alike; no reader sees them differ.
func manyReaders(w *world) {
	w.put("left", "0", "right", "0")
	w.together(5, func(i int) error {
		for j := range 40 {
			if i == 0 {
				w.put("left", strconv.Itoa(j), "right", strconv.Itoa(j))
				continue
			}
			err := store.View(w.ctx(), w.Store, func(r store.Reader) error {
				left, errL := number(r, "left")
				right, errR := number(r, "right")
				if left != right {
					return fmt.Errorf("left %d, right %d", left, right)
				}
				return errors.Join(errL, errR)
			})
			if err != nil {
				return err
			}
		}
		return nil
	})
}
