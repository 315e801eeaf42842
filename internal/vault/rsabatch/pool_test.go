package rsabatch

import (
	"bytes"
	"context"
	"crypto/rsa"
	"errors"
	"fmt"
	"math/big"
	"math/rand/v2"
	"runtime"
	"slices"
	"sync"
	"testing"
	"time"
)

// openPool is a pool that is closed with the test, and leaves no goroutine.
func openPool(t testing.TB, batches int) *Pool {
	t.Helper()
	p, err := Open(batches)
	if errors.Is(err, errors.ErrUnsupported) {
		t.Skip("this processor has no AVX-512 IFMA: crypto/rsa computes")
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := p.Close(); err != nil {
			t.Error(err)
		}
		if p.running != 0 || len(p.queue) != 0 {
			t.Errorf("%d workers and %d jobs are left", p.running, len(p.queue))
		}
	})
	return p
}

func TestOpen(t *testing.T) {
	p, err := Open(1)
	if supported() != (err == nil) || supported() == errors.Is(err, errors.ErrUnsupported) || (p == nil) != (err != nil) {
		t.Errorf("supported: %v, the error is %v", supported(), err)
	}
	if _, err := Open(0); err == nil {
		t.Error("a pool of no batches opens")
	}
}

// TestPool signs by many keys at once, each time what math/big gives.
func TestPool(t *testing.T) {
	p := openPool(t, 2)
	keys := slices.Concat(extreme(), generated())
	var wg sync.WaitGroup
	for n := range uint64(12) {
		wg.Go(func() {
			r := rand.New(rand.NewPCG(n, 14))
			for range 5 {
				k := keys[r.IntN(len(keys))]
				all := inputs(r, k)
				input := all[r.IntN(len(all))]
				got, err := p.Sign(t.Context(), prepared(t, k), input.FillBytes(make([]byte, Size)))
				if want := new(big.Int).Exp(input, k.D, k.N).FillBytes(make([]byte, Size)); err != nil || !bytes.Equal(got, want) {
					t.Errorf("%x: %x, %v; want %x", input, got, err, want)
				}
			}
		})
	}
	wg.Wait()
}

// busy makes a pool behave as if all its workers computed, until work is called.
func busy(t *testing.T) *Pool {
	p := openPool(t, 1)
	p.running++
	return p
}

// waiting waits until so many jobs are queued.
func (p *Pool) waiting(t *testing.T, n int) {
	t.Helper()
	for start := time.Now(); ; runtime.Gosched() {
		p.mu.Lock()
		queued := len(p.queue)
		p.mu.Unlock()
		if queued == n {
			return
		}
		if time.Since(start) > time.Minute {
			t.Fatalf("%d jobs wait, want %d", queued, n)
		}
	}
}

// TestWithdraw: who goes away while others compute is answered at once and never computed for.
func TestWithdraw(t *testing.T) {
	p := busy(t)
	k := generated()[0]
	key, input := prepared(t, k), big.NewInt(2).FillBytes(make([]byte, Size))
	ctx, cancel := context.WithCancel(t.Context())
	gone := make(chan error)
	go func() {
		_, err := p.Sign(ctx, key, input)
		gone <- err
	}()
	p.waiting(t, 1)
	answered := make(chan error)
	for range 6 {
		go func() {
			_, err := p.Sign(t.Context(), key, input)
			answered <- err
		}()
	}
	p.waiting(t, 7)
	cancel()
	if err := <-gone; !errors.Is(err, context.Canceled) {
		t.Errorf("withdrawn: %v", err)
	}
	p.waiting(t, 6)
	if _, err := p.Sign(ctx, key, input); !errors.Is(err, context.Canceled) {
		t.Errorf("asked with a context that is over: %v", err)
	}
	p.waiting(t, 6)
	p.workers.Go(p.work)
	for range 6 {
		if err := <-answered; err != nil {
			t.Error(err)
		}
	}
}

// TestBatchesAreFilled: what waits together is computed together, four at a time, the first first.
func TestBatchesAreFilled(t *testing.T) {
	p := busy(t)
	key := prepared(t, generated()[0])
	var jobs []*job
	for n := range int64(6) {
		jobs = append(jobs, newJob(key, big.NewInt(n)))
		if err := p.ask(jobs[n]); err != nil {
			t.Fatal(err)
		}
	}
	w := p.workspace()
	if got := p.take(nil, w); !slices.Equal(got, jobs[:4]) {
		t.Errorf("the first batch is %v", got)
	}
	if got := p.take(nil, w); !slices.Equal(got, jobs[4:]) {
		t.Errorf("the second batch is %v", got)
	}
	if got := p.take(nil, w); len(got) != 0 || p.running != 0 {
		t.Errorf("then %v, and %d workers", got, p.running)
	}
}

// TestClose: what was asked for is answered, what comes later is not.
func TestClose(t *testing.T) {
	p := busy(t)
	key, input := prepared(t, generated()[0]), make([]byte, Size)
	answered := make(chan error)
	go func() {
		_, err := p.Sign(t.Context(), key, input)
		answered <- err
	}()
	p.waiting(t, 1)
	p.workers.Go(p.work)
	if err := p.Close(); err != nil {
		t.Fatal(err)
	}
	if err := <-answered; err != nil {
		t.Errorf("asked before: %v", err)
	}
	if _, err := p.Sign(t.Context(), key, input); !errors.Is(err, errClosed) {
		t.Errorf("asked after: %v", err)
	}
}

// TestRange: what is not below the modulus, or has another length, is refused; a damaged key gives nothing.
func TestRange(t *testing.T) {
	p := openPool(t, 1)
	k := generated()[0]
	key := prepared(t, k)
	for name, raw := range map[string][]byte{
		"the modulus": k.N.Bytes(), "all ones": bytes.Repeat([]byte{0xFF}, Size),
		"nothing": nil, "short": make([]byte, Size-1), "long": make([]byte, Size+1),
	} {
		if got, err := p.Sign(t.Context(), key, raw); !errors.Is(err, ErrRange) || got != nil {
			t.Errorf("%s: %x, %v", name, got, err)
		}
	}
	damaged := *key
	damaged.p.exponent[0] ^= 4
	if got, err := p.Sign(t.Context(), &damaged, big.NewInt(2).FillBytes(make([]byte, Size))); !errors.Is(err, ErrFault) || got != nil {
		t.Errorf("a damaged key gives %x, %v", got, err)
	}
}

// BenchmarkPool is a signature among so many who ask at a time, beside crypto/rsa.
func BenchmarkPool(b *testing.B) {
	k := generated()[0]
	input := new(big.Int).Rsh(k.N, 1).FillBytes(make([]byte, Size))
	for _, each := range []int{1, 2, 8} { // for each processor
		b.Run(fmt.Sprintf("callers=%d", each*runtime.GOMAXPROCS(0)), func(b *testing.B) {
			p := openPool(b, runtime.GOMAXPROCS(0))
			key := prepared(b, k)
			b.SetParallelism(each)
			b.ResetTimer()
			b.RunParallel(func(pb *testing.PB) {
				for pb.Next() {
					if _, err := p.Sign(b.Context(), key, input); err != nil {
						b.Error(err)
					}
				}
			})
		})
	}
	b.Run("crypto/rsa", func(b *testing.B) {
		b.RunParallel(func(pb *testing.PB) {
			for pb.Next() {
				if _, err := rsa.SignPKCS1v15(nil, k, 0, input[:32]); err != nil {
					b.Error(err)
				}
			}
		})
	})
}
