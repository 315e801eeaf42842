// Command bench measures the whole system from outside, as its clients do, beside a bare net/http server in the same run,
// and prints each figure with its goal. It never decides whether a change is good: machines differ; the ratios say more
// than the figures.
//
//	go run ./bench -alcedo bin/alcedo
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"time"
)

// settings say what is measured, and for how long.
type settings struct {
	alcedo      string
	seconds     int
	workers     int
	assignments int
	azurite     string
	only        string
}

// part measures one thing.
type part struct {
	name string
	run  func(context.Context, settings, string, *table) error
}

func parts() []part {
	return []part{
		{"startup", startup},
		{"machine", machine},
		{"manager", manager},
		{"decide", decide},
		{"blobs", blobs},
		{"lists", lists},
		{"many", manyBlobs},
		{"huge", huge},
		{"vault", vault},
		{"sql", sqlLoads},
	}
}

func main() {
	var s settings
	flag.StringVar(&s.alcedo, "alcedo", "bin/alcedo", "the binary to measure")
	flag.IntVar(&s.seconds, "seconds", 1, "length of each load; at most 5")
	flag.IntVar(&s.workers, "workers", 16, "connections that ask at the same time")
	flag.IntVar(&s.assignments, "assignments", 100_000, "role assignments in the store")
	flag.StringVar(&s.azurite, "azurite", "npm", "Azurite to measure beside Blob Storage: a folder with its node_modules, npm (gets it), or no")
	flag.StringVar(&s.only, "only", "", "parts to measure, by commas: "+partNames())
	load := flag.String("load", "", "internal: load this URL and print what came of it")
	each := flag.Bool("each", false, "internal: time one request to each URL of standard input")
	bare := flag.Bool("bare", false, "internal: serve the bare answers")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	var err error
	switch {
	case s.seconds < 1 || s.seconds > 5 || s.workers < 1 || s.workers > 256:
		err = errors.New("-seconds is 1 to 5, -workers 1 to 256")
	case *bare:
		err = serveBare(ctx)
	case *load != "":
		err = loadFromHere(ctx, *load, s)
	case *each:
		err = timeEach(ctx)
	default:
		err = measure(ctx, s)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

// measure runs everything and prints the table.
func measure(ctx context.Context, s settings) error {
	if err := s.chosen(); err != nil {
		return err
	}
	path, err := filepath.Abs(s.alcedo)
	if err != nil {
		return err
	}
	s.alcedo = path
	if _, err := os.Stat(path); err != nil {
		return fmt.Errorf("%w: build it with `make build`", err)
	}
	dir, err := os.MkdirTemp("", "alcedo-bench-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	fmt.Printf("%s, %d cores, %s/%s, %d connections, %d s a load, client included\n\n",
		runtime.Version(), runtime.NumCPU(), runtime.GOOS, runtime.GOARCH, s.workers, s.seconds)
	t := &table{}
	for _, p := range parts() {
		if s.only != "" && !slices.Contains(strings.Split(s.only, ","), p.name) {
			continue
		}
		if err := p.run(ctx, s, dir, t); err != nil {
			t.print(os.Stdout)
			return fmt.Errorf("%s: %w", p.name, err)
		}
	}
	t.print(os.Stdout)
	return nil
}

func partNames() string {
	var names []string
	for _, p := range parts() {
		names = append(names, p.name)
	}
	return strings.Join(names, ",")
}

// chosen refuses parts that are not there.
func (s settings) chosen() error {
	for name := range strings.SplitSeq(s.only, ",") {
		if name != "" && !slices.ContainsFunc(parts(), func(p part) bool { return p.name == name }) {
			return fmt.Errorf("no part is named %q: there are %s", name, partNames())
		}
	}
	return nil
}

// median of at least one duration.
func median(all []time.Duration) time.Duration {
	return slices.Sorted(slices.Values(all))[len(all)/2]
}
