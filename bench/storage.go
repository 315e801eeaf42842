package main

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"time"
)

// The account that every emulator of Azure Storage has.
const (
	devAccount = "devstoreaccount1"
	devKey     = "Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw=="
)

// storageRounds is how often a load is repeated; the median counts.
const storageRounds = 3

// azblob is Azure's own client as a process: e2e/load, since the client is a dependency of e2e only.
type azblob struct{ binary string }

// blobLoad is one load of it.
type blobLoad struct {
	work                         string
	workers, seconds             int
	size, blobs, prefixes, first int
	items                        int
	pieces                       int // blocks of a huge blob
	anywhere                     bool
	container                    string
	unit                         float64 // what one operation counts for; 0: 1
}

// buildAzblob builds the client into the folder.
func buildAzblob(ctx context.Context, dir string) (azblob, error) {
	a := azblob{filepath.Join(dir, "load")}
	if _, err := os.Stat(a.binary); err == nil {
		return a, nil
	}
	cmd := exec.CommandContext(ctx, "go", "build", "-o", a.binary, "./load")
	cmd.Dir = "e2e"
	out, err := cmd.CombinedOutput()
	if err != nil {
		return a, fmt.Errorf("build e2e/load, from the module's root: %w: %s", err, out)
	}
	return a, nil
}

// run loads the server at an address.
func (a azblob) run(ctx context.Context, address string, l blobLoad) (outcome, error) {
	number := strconv.Itoa
	cmd := exec.CommandContext(ctx, a.binary,
		"-url", "http://"+address+"/"+devAccount, "-account", devAccount, "-key", devKey,
		"-container", cmp.Or(l.container, "bench"), "-work", l.work, "-workers", number(l.workers), "-seconds", number(max(1, l.seconds)),
		"-size", number(l.size), "-blobs", number(max(1, l.blobs)), "-prefixes", number(max(1, l.prefixes)), "-first", number(l.first),
		"-items", number(l.items), "-anywhere="+strconv.FormatBool(l.anywhere),
		"-blocks", number(max(1, l.pieces)))
	out, err := cmd.Output()
	if err != nil {
		var exit *exec.ExitError
		if errors.As(err, &exit) {
			err = fmt.Errorf("%w: %.600s", err, exit.Stderr)
		}
		return outcome{}, fmt.Errorf("%s: %w", l.work, err)
	}
	var o outcome
	err = json.Unmarshal(out, &o)
	if l.unit != 0 {
		o.PerSecond *= l.unit
	}
	return o, err
}

// contest is the three servers of a run, and the client.
type contest struct {
	client  azblob
	ours    string // addresses
	bare    string
	azurite string // "" where there is none
	table   *table
	rounds  int // so far, so that no two write the same blobs
}

// open starts what a storage part measures. The returned function ends it.
func open(ctx context.Context, s settings, dir string, t *table) (*contest, *instance, func(), error) {
	client, err := buildAzblob(ctx, dir)
	if err != nil {
		return nil, nil, nil, err
	}
	i, err := up(ctx, s.alcedo, filepath.Join(dir, "storage"), "--dev-storage", "127.0.0.1:0")
	if err != nil {
		return nil, nil, nil, err
	}
	end := func() { _ = i.down() } // measured already
	bare, stop, err := startBare(ctx)
	if err != nil {
		end()
		return nil, nil, nil, err
	}
	c := &contest{client: client, ours: i.DevStorage, bare: bare.Plain, table: t}
	other, halt, err := startAzurite(ctx, s, dir)
	if err != nil {
		t.note("Azurite", "skipped: "+err.Error())
		halt = func() {}
	} else {
		c.azurite = other
	}
	return c, i, func() { halt(); stop(); end() }, nil
}

// prepare puts the blobs of a container where they are needed.
func (c *contest) prepare(ctx context.Context, l blobLoad) error {
	l.work, l.workers = "prepare", 16
	if _, err := c.client.run(ctx, c.ours, l); err != nil {
		return err
	}
	if c.azurite == "" {
		return nil
	}
	_, err := c.client.run(ctx, c.azurite, l)
	return err
}

// meet runs a load on alcedo and the bare server in turn, and gives the round of the median share.
func (c *contest) meet(ctx context.Context, l blobLoad, bare func(blobLoad) (outcome, error)) (ours, other outcome, err error) {
	pairs := make([][2]outcome, storageRounds)
	for n := range pairs {
		l.first = c.next()
		if pairs[n][0], err = c.client.run(ctx, c.ours, l); err != nil {
			return ours, other, err
		}
		pairs[n][1].PerSecond = 1
		if bare == nil {
			continue
		}
		if pairs[n][1], err = bare(l); err != nil {
			return ours, other, err
		}
	}
	ours, other = middle(pairs)
	return ours, other, nil
}

// next is a number that no round before has used.
func (c *contest) next() int {
	c.rounds++
	return c.rounds * 1_000_000
}

// besideBare is the same load on the bare server.
func (c *contest) besideBare(ctx context.Context) func(blobLoad) (outcome, error) {
	return func(l blobLoad) (outcome, error) { return c.client.run(ctx, c.bare, l) }
}

// besideAzurite adds a row that compares with Azurite; goal is how many times as fast alcedo is to be, 0 for no goal.
func (c *contest) besideAzurite(ctx context.Context, what string, ours float64, goal float64, l blobLoad) error {
	if c.azurite == "" {
		return nil
	}
	l.first = c.next()
	o, err := c.client.run(ctx, c.azurite, l)
	if err != nil {
		return err
	}
	figure := fmt.Sprintf("%.*f of %.*f: %.1f times", digits(ours), ours, digits(o.PerSecond), o.PerSecond, ours/o.PerSecond)
	if goal == 0 {
		c.table.note(what+", Azurite", figure)
		return nil
	}
	c.table.add(what+", Azurite", figure, fmt.Sprintf("≥ %.0f times", goal), ours >= goal*o.PerSecond)
	return nil
}

// digits shows small figures with a place behind the point.
func digits(f float64) int {
	if f < 100 {
		return 1
	}
	return 0
}

// blobs measures puts and gets, small and large.
func blobs(ctx context.Context, s settings, dir string, t *table) error {
	c, i, end, err := open(ctx, s, dir, t)
	if err != nil {
		return err
	}
	defer end()
	const small, large = 4 << 10, 64 << 20
	if err := errors.Join(
		c.prepare(ctx, blobLoad{size: small, blobs: 256}), c.prepare(ctx, blobLoad{size: large, blobs: 2}),
	); err != nil {
		return err
	}
	l := blobLoad{work: "put", workers: s.workers, seconds: s.seconds, size: small}
	ours, bare, err := c.meet(ctx, l, c.besideBare(ctx))
	if err != nil {
		return err
	}
	t.add("put 4 KiB, durable", fmt.Sprintf("%.0f/s (bare: %.0f/s)", ours.PerSecond, bare.PerSecond), "≥ 10000/s", ours.PerSecond >= 10_000)
	if err := c.besideAzurite(ctx, "put 4 KiB, durable", ours.PerSecond, 15, l); err != nil {
		return err
	}
	for _, row := range []struct {
		what string
		load blobLoad
		goal int
	}{
		{"get 4 KiB", blobLoad{work: "get", workers: s.workers, size: small, blobs: 256}, 60},
		{"get properties", blobLoad{work: "properties", workers: s.workers, size: small, blobs: 256}, 60},
		{"get 64 MiB, 2 clients, in MB", blobLoad{work: "download", workers: 2, size: large, blobs: 2, unit: large / 1e6}, 80},
	} {
		row.load.seconds = s.seconds
		ours, bare, err := c.meet(ctx, row.load, c.besideBare(ctx))
		if err != nil {
			return err
		}
		t.ratio(row.what, ours.PerSecond, bare.PerSecond, row.goal)
		if err := c.besideAzurite(ctx, row.what, ours.PerSecond, 0, row.load); err != nil {
			return err
		}
	}
	if err := c.blocks(ctx, s, dir, large); err != nil {
		return err
	}
	if mib, ok := i.resident(); ok {
		t.note("memory after these loads", fmt.Sprintf("%.0f MiB", mib))
	}
	return nil
}

// blocks puts large blobs in blocks, beside what dd writes to the same disk.
func (c *contest) blocks(ctx context.Context, s settings, dir string, size int) error {
	const what = "put 64 MiB in 8 MiB blocks, durable, 2 clients, in MB"
	l := blobLoad{work: "blocks", workers: 2, seconds: max(2, s.seconds), size: size, unit: float64(size) / 1e6}
	disk := func(blobLoad) (outcome, error) { return writeOut(ctx, filepath.Join(dir, "dd")) }
	ours, dd, err := c.meet(ctx, l, disk)
	if err != nil {
		return err
	}
	c.table.ratio(what+", beside dd conv=fdatasync", ours.PerSecond, dd.PerSecond, 90)
	return c.besideAzurite(ctx, what, ours.PerSecond, 0, l)
}

// writeOut has dd write 512 MiB and wait for the disk, and gives the megabytes a second.
func writeOut(ctx context.Context, path string) (outcome, error) {
	const blocks = 64
	defer os.Remove(path)
	started := time.Now()
	cmd := exec.CommandContext(ctx, "dd", "if=/dev/zero", "of="+path, "bs=8388608", "count="+strconv.Itoa(blocks), "conv=fdatasync")
	if out, err := cmd.CombinedOutput(); err != nil {
		return outcome{}, fmt.Errorf("dd: %w: %s", err, out)
	}
	return outcome{PerSecond: blocks * 8388608 / 1e6 / time.Since(started).Seconds()}, nil
}
