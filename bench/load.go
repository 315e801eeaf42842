package main

import (
	"bufio"
	"cmp"
	"context"
	"crypto/tls"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"strings"
	"sync"
	"sync/atomic"
	"time"
)

// outcome is what a load gave.
type outcome struct {
	PerSecond float64       `json:"perSecond"`
	Slowest   time.Duration `json:"slowest"`
	Bytes     int           `json:"bytes"` // of one answer's body
}

// target is what is loaded. Certificates are not checked: the same on both sides, and not what is measured.
type target struct {
	url    string
	each   func(n int) string // the URL of the n-th request; nil: url
	method string             // "": GET
	body   string
	header http.Header
	dial   string // address to connect to whatever the URL says; "" takes the URL's
	total  int    // requests after which it ends; 0: when the time is over
}

// run asks with so many workers for so long. Any answer but 200 ends it.
func (t target) run(ctx context.Context, s settings) (outcome, error) {
	transport := &http.Transport{
		MaxIdleConnsPerHost: s.workers,
		TLSClientConfig:     &tls.Config{InsecureSkipVerify: true},
	}
	if t.dial != "" {
		transport.DialContext = func(ctx context.Context, _, _ string) (net.Conn, error) {
			return new(net.Dialer).DialContext(ctx, "tcp", t.dial)
		}
	}
	defer transport.CloseIdleConnections()
	c := &http.Client{Transport: transport, Timeout: 10 * time.Second}
	if _, err := t.ask(ctx, c, 0); err != nil { // the first answer fills caches and is not counted
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
	started := time.Now()
	deadline := started.Add(time.Duration(s.seconds) * time.Second)
	more := func(n int) bool { return time.Now().Before(deadline) }
	if t.total > 0 {
		more = func(n int) bool { return n <= t.total }
	}
	for range s.workers {
		wg.Go(func() {
			var slowest time.Duration
			size := 0
			for n := int(next.Add(1)); more(n) && ctx.Err() == nil; n = int(next.Add(1)) {
				before := time.Now()
				n, err := t.ask(ctx, c, n)
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

func (t target) ask(ctx context.Context, c *http.Client, n int) (size int, err error) {
	address := t.url
	if t.each != nil {
		address = t.each(n)
	}
	var body io.Reader
	if t.body != "" {
		body = strings.NewReader(t.body)
	}
	req, err := http.NewRequestWithContext(ctx, cmp.Or(t.method, http.MethodGet), address, body)
	if err != nil {
		return 0, err
	}
	req.Header = t.header
	resp, err := c.Do(req)
	if err != nil {
		return 0, err
	}
	defer resp.Body.Close()
	read, err := io.Copy(io.Discard, resp.Body)
	if err == nil && resp.StatusCode != http.StatusOK && (t.method == "" || resp.StatusCode != http.StatusCreated) {
		err = fmt.Errorf("%s: %s", address, resp.Status)
	}
	return int(read), err
}

// metadata is the header that the instance metadata service wants; a bare server does not mind.
func metadata() http.Header { return http.Header{"Metadata": {"true"}} }

// loadFromHere is the load generator inside a sandbox: it prints the outcome as JSON.
func loadFromHere(ctx context.Context, url string, s settings) error {
	out, err := target{url: url, header: metadata()}.run(ctx, s)
	if err != nil {
		return err
	}
	return json.NewEncoder(os.Stdout).Encode(out)
}

// timeEach asks each URL of standard input once, one after another on one connection, and prints the durations. The
// first line only warms the connection up.
func timeEach(ctx context.Context) error {
	c := &http.Client{Timeout: 10 * time.Second}
	var took []time.Duration
	lines := bufio.NewScanner(os.Stdin)
	for n := 0; lines.Scan(); n++ {
		t := target{url: lines.Text(), header: metadata()}
		before := time.Now()
		if _, err := t.ask(ctx, c, n); err != nil {
			return err
		}
		if n > 0 {
			took = append(took, time.Since(before))
		}
	}
	if err := lines.Err(); err != nil {
		return err
	}
	return json.NewEncoder(os.Stdout).Encode(took)
}
