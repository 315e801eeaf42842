// Command load asks a Blob service as fast as it can with Azure's own client, azblob with a shared key, and prints what
// came of it. The benchmark runs it against alcedo, against a bare server and against Azurite: the client's own work is
// then the same in all of them.
//
//	load -url http://127.0.0.1:10000/devstoreaccount1 -account devstoreaccount1 -key … -work get -workers 16 -seconds 1
package main

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"runtime/debug"
	"sync"
	"sync/atomic"
	"time"
)

// settings say what is done, by how many, for how long.
type settings struct {
	url, account, key, container string
	work                         string
	workers, seconds             int
	size                         int  // bytes of a blob
	blobs                        int  // how many there are to read, or to make
	prefixes                     int  // among which they are spread
	first                        int  // the number of the first blob to make
	items                        int  // that a list must show
	blocks                       int  // of a huge blob
	anywhere                     bool // a list begins anywhere among the blobs
}

// outcome is what a load gave. PerSecond counts whole operations.
type outcome struct {
	PerSecond float64       `json:"perSecond"`
	Slowest   time.Duration `json:"slowest"`
	Bytes     int           `json:"bytes"` // of one answer's body, where it was read
}

func main() {
	var s settings
	flag.StringVar(&s.url, "url", "", "the service's URL, with the account where it is in the path")
	flag.StringVar(&s.account, "account", "", "the account's name")
	flag.StringVar(&s.key, "key", "", "the account's key")
	flag.StringVar(&s.container, "container", "bench", "the container")
	flag.StringVar(&s.work, "work", "", "prepare | huge | put | get | properties | blocks | download | list | hierarchy | ranges")
	flag.IntVar(&s.workers, "workers", 16, "clients at the same time")
	flag.IntVar(&s.seconds, "seconds", 1, "how long")
	flag.IntVar(&s.size, "size", 4096, "bytes of a blob")
	flag.IntVar(&s.blobs, "blobs", 1, "blobs to read, or to make")
	flag.IntVar(&s.prefixes, "prefixes", 1, "prefixes among which the blobs are spread")
	flag.IntVar(&s.first, "first", 0, "number of the first blob to put")
	flag.IntVar(&s.items, "items", 5000, "items that a page of a list must have")
	flag.IntVar(&s.blocks, "blocks", 100, "blocks of a huge blob, each of -size bytes")
	flag.BoolVar(&s.anywhere, "anywhere", false, "begin a list anywhere among the blobs (one prefix)")
	flag.Parse()
	debug.SetGCPercent(400) // the garbage of requests that are over is not what is measured
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	out, err := run(ctx, s)
	if err == nil {
		err = json.NewEncoder(os.Stdout).Encode(out)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "load:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, s settings) (outcome, error) {
	if s.workers < 1 || s.blobs < 1 || s.blocks < 1 || s.prefixes < 1 || s.size < 0 || s.seconds < 1 {
		return outcome{}, errors.New("-workers, -blobs, -blocks, -prefixes and -seconds are positive")
	}
	c, err := newClient(s)
	if err != nil {
		return outcome{}, err
	}
	switch s.work {
	case "prepare":
		return c.prepare(ctx)
	case "huge":
		return c.huge(ctx)
	}
	do, ok := c.works()[s.work]
	if !ok {
		return outcome{}, fmt.Errorf("no work is named %q", s.work)
	}
	return load(ctx, s, do)
}

// load has all workers do the work until the time is over. Any error ends it.
func load(ctx context.Context, s settings, do work) (outcome, error) {
	if _, err := do(ctx, 0, s.first); err != nil { // fills caches and is not counted
		return outcome{}, err
	}
	var (
		next   atomic.Int64
		done   atomic.Int64
		wg     sync.WaitGroup
		mu     sync.Mutex
		out    outcome
		failed error
	)
	next.Store(int64(s.first) + 1)
	started := time.Now()
	deadline := started.Add(time.Duration(s.seconds) * time.Second)
	for worker := range s.workers {
		wg.Go(func() {
			var slowest time.Duration
			size := 0
			for time.Now().Before(deadline) && ctx.Err() == nil {
				before := time.Now()
				n, err := do(ctx, worker, int(next.Add(1)))
				if err != nil {
					mu.Lock()
					failed = errors.Join(failed, err)
					mu.Unlock()
					return
				}
				size, slowest = n, max(slowest, time.Since(before))
				done.Add(1)
			}
			mu.Lock()
			out.Slowest, out.Bytes = max(out.Slowest, slowest), size
			mu.Unlock()
		})
	}
	wg.Wait()
	out.PerSecond = float64(done.Load()) / time.Since(started).Seconds()
	return out, errors.Join(failed, ctx.Err())
}
