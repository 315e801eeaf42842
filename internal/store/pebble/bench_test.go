package pebble_test

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/alcedo-cloud/alcedo/internal/store"
	"github.com/alcedo-cloud/alcedo/internal/store/pebble"
)

// BenchmarkCommit is one durable transaction of 4 KiB and 400 B, by writers at once.
func BenchmarkCommit(b *testing.B) {
	for _, writers := range []int{1, 16} {
		b.Run(fmt.Sprintf("writers=%d", writers), func(b *testing.B) {
			s := open(b, pebble.Options{Dir: b.TempDir()})
			large, small := make([]byte, 4<<10), make([]byte, 400)
			var next atomic.Int64
			var all sync.WaitGroup
			b.ResetTimer()
			for range writers {
				all.Go(func() {
					for n := next.Add(1); n <= int64(b.N); n = next.Add(1) {
						err := s.Update(context.Background(), func(tx store.Tx) error {
							if err := tx.Put(fmt.Appendf(nil, "large/%08d", n%100_000), large); err != nil {
								return err
							}
							return tx.Put(fmt.Appendf(nil, "small/%08d", n%100_000), small)
						})
						if err != nil {
							b.Error(err)
							return
						}
					}
				})
			}
			all.Wait()
			b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "commits/s")
		})
	}
}

const benchRecords = 100_000

func filled(b *testing.B) store.Store {
	b.Helper()
	s := open(b, pebble.Options{Dir: b.TempDir()})
	for from := 0; from < benchRecords; from += 10_000 {
		err := s.Update(context.Background(), func(tx store.Tx) error {
			for i := range 10_000 {
				if err := tx.Put(fmt.Appendf(nil, "record/%08d", from+i), make([]byte, 200)); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			b.Fatal(err)
		}
	}
	b.ResetTimer()
	return s
}

// BenchmarkGet is one look-up on a view of its own, among 100,000 records of 200 B.
func BenchmarkGet(b *testing.B) {
	s := filled(b)
	b.ReportAllocs()
	for i := range b.N {
		key := fmt.Appendf(nil, "record/%08d", i*7919%benchRecords)
		err := store.View(context.Background(), s, func(r store.Reader) error {
			_, err := r.Get(key)
			return err
		})
		if err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkScan is a scan of 100 of 100,000 records of 200 B.
func BenchmarkScan(b *testing.B) {
	s := filled(b)
	b.ReportAllocs()
	for i := range b.N {
		start := i * 7919 % (benchRecords - 100)
		n := 0
		err := store.View(context.Background(), s, func(r store.Reader) error {
			for _, err := range r.Scan(fmt.Appendf(nil, "record/%08d", start), fmt.Appendf(nil, "record/%08d", start+100)) {
				if err != nil {
					return err
				}
				n++
			}
			return nil
		})
		if err != nil || n != 100 {
			b.Fatal(n, err)
		}
	}
}

// BenchmarkOpen opens an empty folder; closing it again is not counted.
func BenchmarkOpen(b *testing.B) {
	for range b.N {
		b.StopTimer()
		dir := b.TempDir()
		b.StartTimer()
		s, err := pebble.Open(pebble.Options{Dir: dir})
		b.StopTimer()
		if err != nil {
			b.Fatal(err)
		}
		if err := s.Close(); err != nil {
			b.Fatal(err)
		}
		b.StartTimer()
	}
}

// BenchmarkCursor is a step of a cursor over 100,000 records of 200 B, and a seek to one anywhere among them.
func BenchmarkCursor(b *testing.B) {
	s := filled(b)
	snap, err := s.Snapshot(context.Background())
	if err != nil {
		b.Fatal(err)
	}
	defer func() { _ = snap.Close() }() // only read from
	c, err := snap.Cursor(nil, nil)
	if err != nil {
		b.Fatal(err)
	}
	b.Run("next", func(b *testing.B) {
		b.ReportAllocs()
		size := 0
		for range b.N {
			if !c.Next() && !c.Seek(nil) {
				b.Fatal(c.Err())
			}
			size += len(c.Item().Value)
		}
		if size != 200*b.N {
			b.Fatal(size)
		}
	})
	b.Run("seek", func(b *testing.B) {
		b.ReportAllocs()
		var key []byte
		for i := range b.N {
			key = fmt.Appendf(key[:0], "record/%08d", i*7919%benchRecords)
			if !c.Seek(key) {
				b.Fatal(c.Err())
			}
		}
	})
	if err := c.Close(); err != nil {
		b.Fatal(err)
	}
}

// BenchmarkOpenCursor opens a cursor, takes its first item and closes it, on a view that is held.
func BenchmarkOpenCursor(b *testing.B) {
	s := filled(b)
	err := store.View(context.Background(), s, func(r store.Reader) error {
		b.ReportAllocs()
		for i := range b.N {
			c, err := r.Cursor(fmt.Appendf(nil, "record/%08d", i*7919%benchRecords), nil)
			if err != nil || !c.Next() {
				return errors.Join(err, c.Err())
			}
			if err := c.Close(); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		b.Fatal(err)
	}
}

// BenchmarkGetHeld is one look-up on a view that is held: of records anywhere, and of one again and again.
func BenchmarkGetHeld(b *testing.B) {
	s := filled(b)
	for name, stride := range map[string]int{"anywhere": 7919, "hot": 0} {
		b.Run(name, func(b *testing.B) {
			err := store.View(context.Background(), s, func(r store.Reader) error {
				b.ReportAllocs()
				var key []byte
				for i := range b.N {
					key = fmt.Appendf(key[:0], "record/%08d", i*stride%benchRecords)
					if _, err := r.Get(key); err != nil {
						return err
					}
				}
				return nil
			})
			if err != nil {
				b.Fatal(err)
			}
		})
	}
}

// BenchmarkSnapshot takes a view and closes it.
func BenchmarkSnapshot(b *testing.B) {
	s := filled(b)
	b.ReportAllocs()
	for range b.N {
		if err := store.View(context.Background(), s, func(store.Reader) error { return nil }); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkCommitSmall is one durable transaction of a record of 200 B, by 16 writers.
func BenchmarkCommitSmall(b *testing.B) {
	s := open(b, pebble.Options{Dir: b.TempDir()})
	value := make([]byte, 200)
	var next atomic.Int64
	var all sync.WaitGroup
	b.ResetTimer()
	for range 16 {
		all.Go(func() {
			for n := next.Add(1); n <= int64(b.N); n = next.Add(1) {
				key := fmt.Appendf(nil, "record/%08d", n*7919%benchRecords)
				if err := s.Update(context.Background(), func(tx store.Tx) error { return tx.Put(key, value) }); err != nil {
					b.Error(err)
					return
				}
			}
		})
	}
	all.Wait()
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "commits/s")
}
