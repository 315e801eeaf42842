package pebble

import (
	"context"
	"encoding/binary"

	"github.com/cockroachdb/pebble/v2"

	"github.com/alcedo-cloud/alcedo/internal/fault"
	"github.com/alcedo-cloud/alcedo/internal/store"
)

// diskReserve is the room that a commit leaves free, in bytes: the log, flushes and compactions of what has been
// acknowledged must find a place.
const diskReserve = 16 << 20

// While commits follow each other closely on a disk with plenty of room, not each of them looks at the disk.
const (
	plenty     = 1 << 30 // bytes
	mostUnseen = 16      // commits, each of at most unseenSize bytes
	unseenSize = 128 << 10
)

// commit is a batch on its way: applied (visible), then synced (durable).
type commit struct {
	batch   *pebble.Batch
	applied chan struct{}
	synced  chan struct{}
}

// Update runs fn alone: no other update runs until its commit is visible. Waiting for the disk is shared with the
// updates that follow.
func (s *Store) Update(ctx context.Context, fn func(store.Tx) error) error {
	const op = "pebble.Update"
	if err := ctx.Err(); err != nil {
		return err
	}
	select {
	case <-s.writer:
	case <-ctx.Done():
		return ctx.Err()
	case <-s.closing:
		return store.ErrClosed
	case <-s.fence.failed:
		return s.fence.fault(op)
	}
	s.waiting.Add(1)
	defer s.waiting.Add(-1)
	c, err := s.write(ctx, fn)
	if err != nil || c == nil {
		return err
	}
	select {
	case <-c.synced:
		return fault.Wrap(op, c.batch.Close())
	case <-s.fence.failed:
		return s.fence.fault(op)
	}
}

// write runs fn and makes what it wrote visible; it gives the writer's token back. The commit is nil where nothing is
// left to wait for.
func (s *Store) write(ctx context.Context, fn func(store.Tx) error) (*commit, error) {
	defer func() { s.writer <- struct{}{} }()
	if err := s.use(); err != nil {
		return nil, err
	}
	defer s.unuse()

	t := &tx{batch: s.db.NewIndexedBatch(), version: s.version + 1}
	t.reader = reader{store: s, from: t.batch, view: s.db}
	defer func() { t.from = nil }()
	handedOver := false
	defer func() {
		if !handedOver {
			_ = t.batch.Close() // given up; it has no disk to fail on
		}
	}()
	if err := fn(t); err != nil {
		return nil, err
	}
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	if t.batch.Empty() {
		t.committed(0)
		return nil, nil
	}
	if err := s.prepare(t); err != nil {
		return nil, err
	}
	handedOver = true
	c, err := s.apply(t.batch)
	if err != nil {
		return nil, err
	}
	s.version = t.version
	if err := s.release(s.views.retire()); err != nil {
		s.fence.fail(err) // a snapshot that does not close: nothing can be relied on
		return nil, s.fence.fault("pebble.Update")
	}
	t.committed(t.version)
	return c, nil
}

// prepare checks that there is room, and reserves versions when those on disk run out.
func (s *Store) prepare(t *tx) error {
	const op = "pebble.Update"
	if err := s.fence.fault(op); err != nil {
		return err
	}
	if !s.volatile && !s.hasRoom(uint64(t.batch.Len())) {
		return fault.New(fault.Unavailable, op, "", "the disk is full")
	}
	if t.version <= s.limit {
		return nil
	}
	limit := t.version + reserve
	if err := t.batch.Set(limitKey(), binary.BigEndian.AppendUint64(nil, limit), nil); err != nil {
		return fault.Wrap(op, err)
	}
	s.limit = limit // should the commit fail, so does the store
	return nil
}

// hasRoom looks at the disk. Where the file system cannot tell, the write will.
func (s *Store) hasRoom(size uint64) bool {
	if s.unseen > 0 && size <= unseenSize && s.waiting.Load() > 1 {
		s.unseen--
		return true
	}
	s.unseen = 0
	usage, err := s.fence.GetDiskUsage(s.dir)
	if err != nil {
		return true
	}
	if usage.AvailBytes > plenty {
		s.unseen = mostUnseen
	}
	return usage.AvailBytes >= diskReserve+2*size
}

// apply makes the batch visible. The commit is nil where there is no log to wait for.
func (s *Store) apply(batch *pebble.Batch) (*commit, error) {
	if s.volatile {
		if err := s.db.Apply(batch, pebble.NoSync); err != nil {
			s.fence.fail(err)
			return nil, s.fence.fault("pebble.Update")
		}
		return nil, fault.Wrap("pebble.Update", batch.Close())
	}
	c := &commit{batch: batch, applied: make(chan struct{}), synced: make(chan struct{})}
	select {
	case s.commits <- c:
	case <-s.fence.failed:
		return nil, s.fence.fault("pebble.Update")
	}
	select {
	case <-c.applied:
		return c, nil
	case <-s.fence.failed:
		return nil, s.fence.fault("pebble.Update")
	}
}

// applyLoop hands batches to Pebble. A goroutine of its own, because Pebble may wait for a flush that never comes once
// writing has failed, and the fence parks whoever fails.
func (s *Store) applyLoop() {
	defer s.stopped.Done()
	defer close(s.syncs)
	for c := range s.commits {
		if err := s.applyOne(c.batch); err != nil {
			s.fence.fail(err)
			continue
		}
		s.syncs <- c
		close(c.applied) // last: who waits for it has the writer's token, and shall run first
	}
}

// applyOne turns a panic of Pebble into an error: a commit must not take the process with it.
func (s *Store) applyOne(batch *pebble.Batch) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = errorf("commit: %v", p)
		}
	}()
	return s.db.Apply(batch, pebble.NoSync)
}

// tx is an update in progress.
type tx struct {
	reader
	batch   *pebble.Batch
	version uint64
	hooks   []func(store.Version)
}

// Get reads what the update itself has written, or else what is committed.
func (t *tx) Get(key []byte) (store.Item, error) {
	if t.writes > 0 || t.from == nil || t.store.fence.cause() != nil {
		return t.reader.Get(key)
	}
	if item, ok := t.store.recent.get(key); ok {
		return item, nil
	}
	item, err := t.reader.Get(key)
	if err == nil {
		t.store.recent.note(item)
	}
	return item, err
}

func (t *tx) Put(key, value []byte) error {
	if t.from == nil {
		return store.ErrClosed
	}
	t.store.recent.drop(key)
	t.writes++
	op := t.batch.SetDeferred(1+len(key), versionBytes+len(value))
	op.Key[0] = dataPrefix
	copy(op.Key[1:], key)
	encodeValue(op.Value, t.version, value)
	return fault.Wrap("pebble.Put", op.Finish())
}

func (t *tx) Delete(key []byte) error {
	if t.from == nil {
		return store.ErrClosed
	}
	t.store.recent.drop(key)
	t.writes++
	t.key = dataKey(t.key, key)
	return fault.Wrap("pebble.Delete", t.batch.Delete(t.key, nil))
}

func (t *tx) OnCommit(f func(store.Version)) { t.hooks = append(t.hooks, f) }

func (t *tx) committed(version uint64) {
	for _, hook := range t.hooks {
		hook(store.Version(version))
	}
}
