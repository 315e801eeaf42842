package rsabatch

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"slices"
	"sync"
)

var (
	errClosed = errors.New("rsabatch: the pool is closed")
	// ErrRange is a number that is not below the modulus, or has not Size bytes.
	ErrRange = errors.New("rsabatch: message representative out of range")
	// ErrFault is a result that the public exponent does not confirm. Nothing of it is shown.
	ErrFault = errors.New("rsabatch: a result was wrong")
)

// Pool computes private operations, those that wait together in one batch. One that comes alone is computed at once; one
// that comes while others are computed waits for three more, at most until those are done. It is safe for concurrent use.
type Pool struct {
	mu      sync.Mutex
	queue   []*job
	running int
	most    int // batches at a time
	closed  bool
	spare   []*workspace
	workers sync.WaitGroup
}

// Open returns a pool that computes at most so many batches at a time. It is errors.ErrUnsupported where the processor
// has not the instructions.
func Open(batches int) (*Pool, error) {
	if !supported() {
		return nil, fmt.Errorf("rsabatch: no AVX-512 IFMA: %w", errors.ErrUnsupported)
	}
	if batches < 1 {
		return nil, errors.New("rsabatch: a pool needs at least one batch")
	}
	return &Pool{most: batches}, nil
}

// Close lets what was asked for come to its end, and takes nothing new.
func (p *Pool) Close() error {
	p.mu.Lock()
	p.closed = true
	p.mu.Unlock()
	p.workers.Wait()
	return nil
}

// Sign is RSASP1: representative, Size bytes with the highest first, to the power of the private exponent. Errors are
// ErrRange, ErrFault and the context's.
func (p *Pool) Sign(ctx context.Context, k *Key, representative []byte) ([]byte, error) {
	if len(representative) != Size {
		return nil, ErrRange
	}
	j := &job{key: k, done: make(chan struct{})}
	readLimbs(j.in[:], representative)
	if !j.in.below(&k.modulus) {
		return nil, ErrRange
	}
	if err := p.ask(j); err != nil {
		return nil, err
	}
	select {
	case <-j.done:
	case <-ctx.Done():
		p.withdraw(j)
		return nil, ctx.Err()
	}
	if !j.right {
		return nil, ErrFault
	}
	return j.out.bytes(), nil
}

// ask queues a job, and sees to it that somebody computes.
func (p *Pool) ask(j *job) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.closed {
		return errClosed
	}
	p.queue = append(p.queue, j)
	if p.due(p.running) {
		p.running++
		p.workers.Go(p.work)
	}
	return nil
}

// due reports whether a batch should begin beside so many that are computed. A batch costs the same for one signature as
// for four: it begins when it is full, or when nothing else is computed, after which what has come meanwhile goes on.
func (p *Pool) due(beside int) bool {
	return beside < p.most && (len(p.queue) >= perBatch || beside == 0 && len(p.queue) > 0)
}

// withdraw takes a job out of the queue that nobody waits for any more. One that is being computed goes on.
func (p *Pool) withdraw(j *job) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if at := slices.Index(p.queue, j); at >= 0 {
		p.queue = slices.Delete(p.queue, at, at+1)
	}
}

// work computes batches while anything waits.
func (p *Pool) work() {
	w := p.workspace()
	var batch [perBatch]*job
	for {
		runtime.Gosched() // those who are about to ask come into the batch
		jobs := p.take(batch[:0], w)
		if len(jobs) == 0 {
			return
		}
		w.sign(jobs)
		for _, j := range jobs {
			close(j.done)
		}
	}
}

func (p *Pool) workspace() *workspace {
	p.mu.Lock()
	defer p.mu.Unlock()
	if last := len(p.spare) - 1; last >= 0 {
		w := p.spare[last]
		p.spare = p.spare[:last]
		return w
	}
	return new(workspace)
}

// take moves those who have waited longest from the queue. Where no batch is due the worker is done, and w is spare: under
// the same lock, so that no job is queued while its worker goes.
func (p *Pool) take(into []*job, w *workspace) []*job {
	p.mu.Lock()
	defer p.mu.Unlock()
	if !p.due(p.running - 1) {
		p.running--
		p.spare = append(p.spare, w)
		return nil
	}
	n := min(perBatch, len(p.queue))
	into = append(into, p.queue[:n]...)
	p.queue = slices.Delete(p.queue, 0, n)
	return into
}
