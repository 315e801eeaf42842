package main

import (
	"context"
	"crypto/tls"
	"database/sql"
	"errors"
	"fmt"
	"net/http"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	mssql "github.com/microsoft/go-mssqldb"
	"github.com/microsoft/go-mssqldb/msdsn"

	"github.com/alcedo-cloud/alcedo/internal/client"
)

// Sizes of the SQL loads.
const (
	sqlKeys       = 10_000    // rows that point selects choose from
	sqlScanned    = 1_000_000 // rows that a scan, a group and a join read
	sqlStatement  = 1_000     // rows of one INSERT
	sqlStatements = 60        // such statements of one load
	sqlIdle       = 1_000     // connections that do nothing
)

// engine is a database under measure: alcedo's, or PostgreSQL's beside it.
type engine interface {
	// exec runs statements that give nothing.
	exec(ctx context.Context, text string) error
	// point prepares the select by key on so many connections and runs it until the time is over.
	point(ctx context.Context, connections int, d time.Duration) (perSecond float64, err error)
	// insert runs single-row transactions.
	insert(ctx context.Context, connections int, d time.Duration) (perSecond float64, err error)
	// bulk loads rows of the driver's bulk copy into the table wide: id, a, b, c.
	bulk(ctx context.Context, rows int) error
	// scan reads all rows of a query and returns how many there were.
	scan(ctx context.Context, query string) (int, error)
	close()
}

// sqlLoads measures Azure SQL, and PostgreSQL where the machine has it.
func sqlLoads(ctx context.Context, s settings, dir string, t *table) error {
	i, err := up(ctx, s.alcedo, filepath.Join(dir, "sql"))
	if err != nil {
		return err
	}
	defer func() { _ = i.down() }() // measured already
	ours, err := openSQL(ctx, i)
	if err != nil {
		return err
	}
	defer ours.close()
	theirs, err := openPostgres(ctx, dir)
	if err != nil {
		return err
	}
	if theirs != nil {
		defer theirs.close()
	}
	if err := loginTime(ctx, ours, t); err != nil {
		return err
	}
	if err := idleSessions(ctx, ours, i, t); err != nil { // before the loads, whose memory would hide it
		return err
	}
	for _, e := range []engine{ours, theirs} {
		if e == nil {
			continue
		}
		if err := fillKeys(ctx, e); err != nil {
			return err
		}
	}
	for _, l := range sqlWork(s) {
		if err := l.measure(ctx, ours, theirs, t); err != nil {
			return err
		}
	}
	return nil
}

// sqlWork is the loads, in an order in which each finds its rows.
func sqlWork(s settings) []sqlLoad {
	d := time.Duration(s.seconds) * time.Second
	point := func(connections int) func(context.Context, engine) (float64, error) {
		return func(ctx context.Context, e engine) (float64, error) { return e.point(ctx, connections, d) }
	}
	query := func(text string) func(context.Context, engine) (float64, error) {
		return func(ctx context.Context, e engine) (float64, error) { return read(ctx, e, text, sqlScanned) }
	}
	return []sqlLoad{
		{what: "sql: select by key, prepared, 1 connection", rounds: 5, ratio: 1, run: point(1)},
		{what: "sql: the same, 16 connections", rounds: 3, ratio: 0.5, run: point(16)},
		{
			what: "sql: insert, a row a transaction, durable, 16 connections", rounds: 1, ratio: 0.7,
			run: func(ctx context.Context, e engine) (float64, error) { return e.insert(ctx, 16, d) },
		},
		{what: "sql: rows, 1,000 a statement", rounds: 1, ratio: 1, run: insertStatements},
		{
			what: "sql: rows, bulk load", rounds: 1, least: 400_000,
			run: func(ctx context.Context, e engine) (float64, error) {
				return rate(sqlScanned, func() error { return e.bulk(ctx, sqlScanned) })
			},
		},
		{what: "sql: rows, scan of 1,000,000 with 4 columns", rounds: 3, least: 1_000_000, run: query("SELECT id, a, b, c FROM wide")},
		{what: "sql: rows, grouped", rounds: 3, ratio: 0.2, run: query("SELECT a, COUNT(*), SUM(b) FROM wide GROUP BY a")},
		{what: "sql: rows, joined", rounds: 3, ratio: 0.2, run: query("SELECT COUNT(*) FROM wide x JOIN wide y ON y.b = x.id")},
	}
}

// fillKeys makes the tables.
func fillKeys(ctx context.Context, e engine) error {
	for _, text := range []string{
		"CREATE TABLE keyed (id int NOT NULL PRIMARY KEY, name varchar(40) NOT NULL, amount decimal(10,2) NOT NULL)",
		"CREATE TABLE single (id bigint NOT NULL PRIMARY KEY, name varchar(40) NOT NULL)",
		"CREATE TABLE many (id int NOT NULL PRIMARY KEY, name varchar(40) NOT NULL, amount int NOT NULL)",
		"CREATE TABLE wide (id int NOT NULL PRIMARY KEY, a int NOT NULL, b int NOT NULL, c varchar(20) NOT NULL)",
	} {
		if err := e.exec(ctx, text); err != nil {
			return err
		}
	}
	for from := 0; from < sqlKeys; from += sqlStatement {
		if err := e.exec(ctx, insertText("keyed (id, name, amount)", from, "%d.25")); err != nil {
			return err
		}
	}
	return nil
}

// insertText is an INSERT of many rows.
func insertText(into string, from int, last string) string {
	var b strings.Builder
	b.WriteString("INSERT INTO " + into + " VALUES ")
	for i := range sqlStatement {
		if i > 0 {
			b.WriteByte(',')
		}
		fmt.Fprintf(&b, "(%d,'name of row %d',"+last+")", from+i, from+i, i)
	}
	return b.String()
}

func insertStatements(ctx context.Context, e engine) (float64, error) {
	texts := make([]string, sqlStatements)
	for i := range texts {
		texts[i] = insertText("many (id, name, amount)", i*sqlStatement, "%d")
	}
	return rate(sqlStatements*sqlStatement, func() error {
		for _, text := range texts {
			if err := e.exec(ctx, text); err != nil {
				return err
			}
		}
		return nil
	})
}

// rate is how many a second fn did.
func rate(n int, fn func() error) (float64, error) {
	began := time.Now()
	err := fn()
	return float64(n) / time.Since(began).Seconds(), err
}

// read is how many of the rows that a query goes through it went through a second; the result is read whole.
func read(ctx context.Context, e engine, query string, through int) (float64, error) {
	return rate(through, func() error {
		_, err := e.scan(ctx, query)
		return err
	})
}

// repeat has so many workers call fn until the time is over, and returns the calls a second.
func repeat(ctx context.Context, workers int, d time.Duration, fn func(ctx context.Context, worker, turn int) error) (float64, error) {
	var calls atomic.Int64
	var wg sync.WaitGroup
	errs := make([]error, workers)
	began := time.Now()
	for w := range workers {
		wg.Go(func() {
			for turn := 0; time.Since(began) < d && errs[w] == nil; turn++ {
				errs[w] = fn(ctx, w, turn)
				calls.Add(1)
			}
		})
	}
	wg.Wait()
	return float64(calls.Load()) / time.Since(began).Seconds(), errors.Join(errs...)
}

// azureSQL is alcedo through Microsoft's driver, over TLS and with a token.
type azureSQL struct {
	db        *sql.DB
	connector *mssql.Connector
}

const sqlHost = "bench-sql.database.windows.net"

// openSQL makes a server with a database.
func openSQL(ctx context.Context, i *instance) (*azureSQL, error) {
	c, err := client.New(i.Instance, i.Credentials)
	if err != nil {
		return nil, err
	}
	if err := c.CreateGroup(ctx, "bench", "eastus"); err != nil {
		return nil, err
	}
	owner, err := c.ObjectID(ctx)
	if err != nil {
		return nil, err
	}
	server := c.GroupPath("bench") + "/providers/Microsoft.Sql/servers/bench-sql"
	for _, put := range []struct {
		path string
		body map[string]any
	}{
		{server, map[string]any{"location": "eastus", "properties": map[string]any{"administrators": map[string]any{
			"administratorType": "ActiveDirectory", "principalType": "Application", "login": "owner", "sid": owner, "tenantId": i.TenantID,
			"azureADOnlyAuthentication": true,
		}}}},
		{server + "/firewallRules/here", map[string]any{"properties": map[string]any{"startIpAddress": "0.0.0.0", "endIpAddress": "0.0.0.0"}}},
		{server + "/databases/bench", map[string]any{"location": "eastus"}},
	} {
		if _, err := c.ResourceManager(ctx, http.MethodPut, put.path, "2021-11-01", put.body); err != nil {
			return nil, err
		}
		if err := c.Exists(ctx, put.path, "2021-11-01"); err != nil {
			return nil, err
		}
	}
	token, err := i.tokenFor(ctx, "https://database.windows.net")
	if err != nil {
		return nil, err
	}
	config, err := msdsn.Parse("sqlserver://" + sqlHost + "?database=bench&encrypt=true&packet+size=16383")
	if err != nil {
		return nil, err
	}
	config.TLSConfig = &tls.Config{InsecureSkipVerify: true, ServerName: sqlHost, DynamicRecordSizingDisabled: true} // not what is measured
	connector, err := mssql.NewSecurityTokenConnector(config, func(context.Context) (string, error) { return token, nil })
	if err != nil {
		return nil, err
	}
	connector.Dialer = toAddress(i.SQL)
	e := &azureSQL{db: sql.OpenDB(connector), connector: connector}
	e.db.SetMaxIdleConns(sqlIdle)
	return e, nil
}

func (e *azureSQL) close() { _ = e.db.Close() } // measured already

func (e *azureSQL) exec(ctx context.Context, text string) error {
	_, err := e.db.ExecContext(ctx, text)
	return err
}

// statements prepares a text on connections of its own.
func (e *azureSQL) statements(ctx context.Context, n int, text string) ([]*sql.Stmt, func(), error) {
	var list []*sql.Stmt
	var conns []*sql.Conn
	done := func() {
		for _, c := range conns {
			_ = c.Close() // back to the pool
		}
	}
	for range n {
		conn, err := e.db.Conn(ctx)
		if err != nil {
			return nil, done, err
		}
		conns = append(conns, conn)
		st, err := conn.PrepareContext(ctx, text)
		if err != nil {
			return nil, done, err
		}
		list = append(list, st)
	}
	return list, done, nil
}

func (e *azureSQL) point(ctx context.Context, connections int, d time.Duration) (float64, error) {
	list, done, err := e.statements(ctx, connections, "SELECT name, amount FROM keyed WHERE id = @p1")
	defer done()
	if err != nil {
		return 0, err
	}
	return repeat(ctx, connections, d, func(ctx context.Context, w, turn int) error {
		var name, amount string
		return list[w].QueryRowContext(ctx, (w*7919+turn*31)%sqlKeys).Scan(&name, &amount)
	})
}

func (e *azureSQL) insert(ctx context.Context, connections int, d time.Duration) (float64, error) {
	list, done, err := e.statements(ctx, connections, "INSERT INTO single (id, name) VALUES (@p1, @p2)")
	defer done()
	if err != nil {
		return 0, err
	}
	return repeat(ctx, connections, d, func(ctx context.Context, w, turn int) error {
		_, err := list[w].ExecContext(ctx, int64(w)<<32+int64(turn), "a name of the usual length")
		return err
	})
}

func (e *azureSQL) bulk(ctx context.Context, rows int) (err error) {
	tx, err := e.db.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			_ = tx.Rollback() // the error tells
		}
	}()
	st, err := tx.PrepareContext(ctx, mssql.CopyIn("wide", mssql.BulkOptions{Tablock: true}, "id", "a", "b", "c"))
	if err != nil {
		return err
	}
	for i := range rows {
		if _, err := st.ExecContext(ctx, i, i%1000, (i*7919)%rows, "some text of a row"); err != nil {
			return err
		}
	}
	if _, err := st.ExecContext(ctx); err != nil {
		return err
	}
	return tx.Commit()
}

func (e *azureSQL) scan(ctx context.Context, query string) (int, error) {
	rows, err := e.db.QueryContext(ctx, query)
	if err != nil {
		return 0, err
	}
	defer rows.Close()
	columns, err := rows.Columns()
	if err != nil {
		return 0, err
	}
	values := make([]sql.RawBytes, len(columns))
	pointers := make([]any, len(columns))
	for i := range values {
		pointers[i] = &values[i]
	}
	n := 0
	for rows.Next() {
		if len(columns) == 4 {
			var id, a, b int64
			var c string
			if err := rows.Scan(&id, &a, &b, &c); err != nil {
				return n, err
			}
		}
		n++
	}
	return n, rows.Err()
}
