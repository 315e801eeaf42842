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

// reportSQL sets the loads beside PostgreSQL's, where there was one.
func reportSQL(t *table, ours, theirs map[string]float64) {
	for _, r := range []struct {
		name, what string
		ratio      float64 // of PostgreSQL's
		least      float64 // a second, where the goal is no ratio
	}{
		{"point 1", "sql: select by key, prepared, 1 connection", 1, 0},
		{"point 16", "sql: the same, 16 connections", 0.5, 0},
		{"insert 16", "sql: insert, a row a transaction, durable, 16 connections", 0.7, 0},
		{"statement", "sql: rows, 1,000 a statement", 1, 0},
		{"bulk", "sql: rows, bulk load", 0, 400_000},
		{"scan", "sql: rows, scan of 1,000,000 with 4 columns", 0, 1_000_000},
		{"group", "sql: rows, grouped", 0.2, 0},
		{"join", "sql: rows, joined", 0.2, 0},
	} {
		v, other := ours[r.name], theirs[r.name]
		figure := fmt.Sprintf("%.0f/s", v)
		switch {
		case r.least > 0:
			t.add(r.what, figure, fmt.Sprintf("≥ %.0f/s", r.least), v >= r.least)
		case other > 0:
			t.add(r.what, fmt.Sprintf("%s of %.0f/s: %.0f%%", figure, other, 100*v/other), fmt.Sprintf("≥ %.0f%% of PostgreSQL", 100*r.ratio), v >= r.ratio*other)
		default:
			t.note(r.what+" (no PostgreSQL here)", figure)
		}
	}
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
