package main

import (
	"context"
	"database/sql"
	"fmt"
	"net"
	"runtime"
	"time"
)

// toAddress dials one address, whatever the driver asks for.
type toAddress string

// DialContext connects.
func (a toAddress) DialContext(ctx context.Context, network, _ string) (net.Conn, error) {
	return new(net.Dialer).DialContext(ctx, network, string(a))
}

// HostName keeps the driver from resolving the name.
func (a toAddress) HostName() string { return sqlHost }

// loginTime measures a new connection with a token to its first row.
func loginTime(ctx context.Context, e *azureSQL, t *table) error {
	const turns = 40
	began := time.Now()
	for range turns {
		db := sql.OpenDB(e.connector)
		var one int
		err := db.QueryRowContext(ctx, "SELECT 1").Scan(&one)
		if closed := db.Close(); err == nil {
			err = closed
		}
		if err != nil {
			return err
		}
	}
	ms := float64(time.Since(began).Microseconds()) / 1000 / turns
	t.add("sql: login with a token to the first row", fmt.Sprintf("%.1f ms", ms), "≤ 3 ms", ms <= 3)
	return nil
}

// sqlLoad is one load on a database.
type sqlLoad struct {
	what   string
	rounds int     // of which the median counts
	ratio  float64 // of PostgreSQL's rate that is to be reached
	least  float64 // a second, where the goal is no ratio
	run    func(context.Context, engine) (perSecond float64, err error)
}

// measure runs the load on both engines in turn; theirs may be nil.
func (l sqlLoad) measure(ctx context.Context, ours, theirs engine, t *table) error {
	pairs := make([][2]outcome, l.rounds)
	for n := range pairs {
		pairs[n][1].PerSecond = 1
		for k, e := range []engine{ours, theirs} {
			if e == nil {
				continue
			}
			var err error
			if pairs[n][k].PerSecond, err = l.run(ctx, e); err != nil {
				return fmt.Errorf("%s, on %T: %w", l.what, e, err)
			}
		}
	}
	a, b := middle(pairs)
	v, other := a.PerSecond, b.PerSecond
	figure := fmt.Sprintf("%.0f/s", v)
	if theirs != nil {
		figure += fmt.Sprintf(" of %.0f/s: %.0f%%", other, 100*v/other)
	}
	switch {
	case l.least > 0:
		t.add(l.what, figure, fmt.Sprintf("≥ %.0f/s", l.least), v >= l.least)
	case theirs != nil:
		t.add(l.what, figure, fmt.Sprintf("≥ %.0f%% of PostgreSQL", 100*l.ratio), v >= l.ratio*other)
	default:
		t.note(l.what+" (no PostgreSQL here)", figure)
	}
	return nil
}

// idleSessions opens many connections and measures what they cost.
func idleSessions(ctx context.Context, e *azureSQL, i *instance, t *table) error {
	before, ok := i.resident()
	if !ok {
		return nil
	}
	var conns []*sql.Conn
	defer func() {
		for _, c := range conns {
			_ = c.Close() // measured already
		}
	}()
	for range sqlIdle {
		c, err := e.db.Conn(ctx)
		if err != nil {
			return err
		}
		conns = append(conns, c)
		if err := c.PingContext(ctx); err != nil {
			return err
		}
	}
	runtime.GC()
	after, _ := i.resident()
	each := (after - before) * 1024 / sqlIdle
	t.add("sql: memory of an idle session, of 1,000", fmt.Sprintf("%.0f KiB", each), "≤ 100 KB", each <= 100)
	return nil
}
