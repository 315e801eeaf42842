package txn

import (
	"context"
	"encoding/binary"
	"errors"
	"math/bits"
	"sync"

	"github.com/alcedo-cloud/alcedo/internal/fault"
	"github.com/alcedo-cloud/alcedo/internal/store"
)

// How many numbers are reserved at a time: the first reservation, which is what is lost when the process is killed, and
// the largest, for those who take them fast.
const (
	firstBlock = 1000
	lastBlock  = 64000
)

// ErrExhausted says that a counter has no further number of 64 bits.
var ErrExhausted = errors.New("txn: the numbers are used up")

// Counter names a source of numbers of which none is ever given twice, whatever becomes of the transaction that took
// it. Seed is the first one.
type Counter struct {
	Database, Object int32
	Kind             CounterKind
	Seed, Increment  int64
}

// CounterKind tells the counters of one object apart.
type CounterKind byte

// The counters. Rows and RowVersions are the database's (object 0): heap rows and duplicates in a clustered index are
// told apart by the former, rowversion columns filled by the latter.
const (
	Identity    CounterKind = 'i'
	Sequence    CounterKind = 's'
	RowVersions CounterKind = 'v'
	Rows        CounterKind = 'h'
)

type counterKey struct {
	database, object int32
	kind             CounterKind
}

// counter is a counter in use.
type counter struct {
	mu     sync.Mutex
	loaded bool
	state  counterState
	left   int64 // reserved numbers not given yet
	block  int64
}

// counterState is what the store has: the number that comes next for whoever opens the store anew, and the last one
// given.
type counterState struct {
	next, last int64
	used       bool // last was given
	done       bool // there is no next
}

func (c Counter) key() []byte {
	key := appendNumber(append([]byte(keySpace), counterPrefix), c.Database)
	return append(appendNumber(key, c.Object), byte(c.Kind))
}

func (e *Engine) counter(c Counter) (*counter, error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.closed {
		return nil, ErrClosed
	}
	k := counterKey{c.Database, c.Object, c.Kind}
	n := e.counters[k]
	if n == nil {
		n = &counter{block: firstBlock}
		e.counters[k] = n
	}
	return n, nil
}

// Take gives n numbers: first, first+Increment, and so on. It fails with ErrExhausted where they do not fit 64 bits.
func (e *Engine) Take(ctx context.Context, c Counter, n int64) (first int64, err error) {
	k, err := e.counter(c)
	if err != nil {
		return 0, err
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	if err := e.load(ctx, k, c); err != nil {
		return 0, err
	}
	if k.left < n {
		if err := e.reserve(ctx, k, c, n); err != nil {
			return 0, err
		}
	}
	first = k.state.next
	last, _ := advance(first, c.Increment, n-1)
	next, ok := advance(first, c.Increment, n)
	k.state = counterState{next: next, last: last, used: true, done: !ok}
	k.left -= n
	return first, nil
}

// reserve notes in the store that at least n numbers more are taken.
func (e *Engine) reserve(ctx context.Context, k *counter, c Counter, n int64) error {
	if k.state.done {
		return ErrExhausted
	}
	if _, ok := advance(k.state.next, c.Increment, n-1); !ok {
		return ErrExhausted
	}
	count := max(n, k.block)
	ahead := k.state
	var ok bool
	if ahead.next, ok = advance(k.state.next, c.Increment, count); !ok {
		// The end is near: take exactly what is asked for.
		count = n
		ahead.next, ok = advance(k.state.next, c.Increment, n)
		ahead.done = !ok
	}
	ahead.last, _ = advance(k.state.next, c.Increment, count-1)
	ahead.used = true
	start := k.state.next
	err := e.store.Update(ctx, func(tx store.Tx) error {
		if e.shared {
			// Another process may have taken numbers: begin where it ended.
			stored, found, err := readCounter(tx, c)
			if err != nil {
				return err
			}
			if start = k.state.next; found && stored.next != k.state.next {
				start = stored.next
				ahead.next, _ = advance(start, c.Increment, count)
				ahead.last, _ = advance(start, c.Increment, count-1)
			}
		}
		return writeCounter(tx, c, ahead)
	})
	if err != nil {
		return err
	}
	k.state.next = start
	k.left = count
	k.block = min(2*k.block, lastBlock)
	return nil
}

// advance is from + n*step, and whether it fits.
func advance(from, step, n int64) (int64, bool) {
	size := uint64(step)
	if step < 0 {
		size = uint64(-step)
	}
	hi, way := bits.Mul64(size, uint64(n))
	if step < 0 {
		room := uint64(from) + 1<<63 // from - MinInt64
		return from - int64(way), hi == 0 && way <= room
	}
	room := uint64(1<<63-1) - uint64(from)
	return from + int64(way), hi == 0 && way <= room
}

// load reads a counter once.
func (e *Engine) load(ctx context.Context, k *counter, c Counter) error {
	if k.loaded {
		return nil
	}
	return store.View(ctx, e.store, func(r store.Reader) error {
		s, found, err := readCounter(r, c)
		if err != nil {
			return err
		}
		if !found {
			s = counterState{next: c.Seed}
		}
		k.state, k.loaded = s, true
		return nil
	})
}

// Last is the last number given, IDENT_CURRENT; false where none was given yet.
func (e *Engine) Last(ctx context.Context, c Counter) (int64, bool, error) {
	k, err := e.counter(c)
	if err != nil {
		return 0, false, err
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	if err := e.load(ctx, k, c); err != nil {
		return 0, false, err
	}
	return k.state.last, k.state.used, nil
}

// Raise notes that somebody used n without taking it (SET IDENTITY_INSERT): numbers go on after it where it lies ahead.
func (e *Engine) Raise(ctx context.Context, c Counter, n int64) error {
	k, err := e.counter(c)
	if err != nil {
		return err
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	if err := e.load(ctx, k, c); err != nil {
		return err
	}
	if k.state.used && (c.Increment > 0 && n <= k.state.last || c.Increment < 0 && n >= k.state.last) {
		return nil
	}
	if !k.state.used && (c.Increment > 0 && n < k.state.next || c.Increment < 0 && n > k.state.next) {
		return nil
	}
	next, ok := advance(n, c.Increment, 1)
	return e.put(ctx, k, c, counterState{next: next, last: n, used: true, done: !ok})
}

// Start has the numbers of something new begin at the seed: its identifier may have been another's that was rolled back
// after it had taken numbers.
func (e *Engine) Start(ctx context.Context, c Counter) error {
	k, err := e.counter(c)
	if err != nil {
		return err
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	if err := e.load(ctx, k, c); err != nil {
		return err
	}
	first := counterState{next: c.Seed}
	if k.state == first {
		return nil
	}
	return e.put(ctx, k, c, first)
}

// Reseed is DBCC CHECKIDENT RESEED: n was the last number where the table has had rows, else it is the next one.
func (e *Engine) Reseed(ctx context.Context, c Counter, n int64, used bool) error {
	k, err := e.counter(c)
	if err != nil {
		return err
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	k.loaded = true
	if !used {
		return e.put(ctx, k, c, counterState{next: n})
	}
	next, ok := advance(n, c.Increment, 1)
	return e.put(ctx, k, c, counterState{next: next, last: n, used: true, done: !ok})
}

// put sets a counter, with numbers reserved as far as they reach.
func (e *Engine) put(ctx context.Context, k *counter, c Counter, s counterState) error {
	ahead, left := s, int64(0)
	if next, ok := advance(s.next, c.Increment, firstBlock); ok && !s.done {
		ahead.next, left = next, firstBlock
		ahead.last, _ = advance(s.next, c.Increment, firstBlock-1)
	}
	if !s.used {
		ahead, left = s, 0
	}
	err := e.store.Update(ctx, func(tx store.Tx) error { return writeCounter(tx, c, ahead) })
	if err == nil {
		k.state, k.left = s, left
	}
	return err
}

// returnCounters writes what was really used, so that an orderly end loses no numbers.
func (e *Engine) returnCounters(ctx context.Context) error {
	if e.shared {
		return nil // another process may have gone on from what was reserved
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.store.Update(ctx, func(tx store.Tx) error {
		for k, n := range e.counters {
			n.mu.Lock()
			s, left := n.state, n.left
			n.mu.Unlock()
			if left == 0 {
				continue
			}
			if err := writeCounter(tx, Counter{Database: k.database, Object: k.object, Kind: k.kind}, s); err != nil {
				return err
			}
		}
		return nil
	})
}

func readCounter(r store.Reader, c Counter) (counterState, bool, error) {
	item, err := r.Get(c.key())
	if errors.Is(err, store.ErrNotFound) {
		return counterState{}, false, nil
	}
	if err == nil && len(item.Value) != 17 {
		err = fault.Newf(fault.Internal, "txn.Counter", "", "a counter of %d bytes", len(item.Value))
	}
	if err != nil {
		return counterState{}, false, err
	}
	return counterState{
		next: int64(binary.BigEndian.Uint64(item.Value)), last: int64(binary.BigEndian.Uint64(item.Value[8:])),
		used: item.Value[16]&1 != 0, done: item.Value[16]&2 != 0,
	}, true, nil
}

func writeCounter(tx store.Tx, c Counter, s counterState) error {
	buf := binary.BigEndian.AppendUint64(nil, uint64(s.next))
	buf = binary.BigEndian.AppendUint64(buf, uint64(s.last))
	var flags byte
	if s.used {
		flags |= 1
	}
	if s.done {
		flags |= 2
	}
	return tx.Put(c.key(), append(buf, flags))
}
