package main

import (
	"bytes"
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"errors"
	"fmt"
	"math/big"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"sync"
	"time"

	"github.com/jackc/pgx/v5"
)

// postgres is the machine's own PostgreSQL, durable and over TLS, through pgx.
type postgres struct {
	folder  string
	process *exec.Cmd
	address string
	conn    *pgx.Conn
}

// openPostgres starts a server, or returns nil where there is none to start.
func openPostgres(ctx context.Context, dir string) (engine, error) {
	found, err := filepath.Glob("/usr/lib/postgresql/*/bin/postgres")
	if err != nil || len(found) == 0 {
		return nil, err
	}
	programs := filepath.Dir(found[len(found)-1])
	folder, err := os.MkdirTemp("", "alcedo-bench-pg")
	if err != nil {
		return nil, err
	}
	p := &postgres{folder: folder}
	if err := p.start(ctx, programs); err != nil {
		p.close()
		return nil, err
	}
	return p, nil
}

func (p *postgres) start(ctx context.Context, programs string) error {
	as, uid, err := p.unprivileged()
	if err != nil {
		return err
	}
	data := filepath.Join(p.folder, "data")
	var log bytes.Buffer
	create := exec.CommandContext(ctx, filepath.Join(programs, "initdb"), "-D", data, "-U", "alcedo", "-A", "trust", "-E", "UTF8", "--locale=C")
	create.Dir, create.SysProcAttr, create.Stdout, create.Stderr = p.folder, as, &log, &log
	if err := create.Run(); err != nil {
		return fmt.Errorf("initdb: %w\n%s", err, log.Bytes())
	}
	if err := certify(data, uid); err != nil {
		return err
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	port := l.Addr().(*net.TCPAddr).Port
	if err := l.Close(); err != nil {
		return err
	}
	p.process = exec.Command(filepath.Join(programs, "postgres"), "-D", data, "-k", p.folder, "-p", strconv.Itoa(port), "-c", "ssl=on",
		"-c", "listen_addresses=127.0.0.1", "-c", "shared_buffers=256MB", "-c", "log_min_messages=fatal")
	p.process.Dir, p.process.SysProcAttr = p.folder, as
	if err := p.process.Start(); err != nil {
		return err
	}
	p.address = fmt.Sprintf("host=127.0.0.1 port=%d user=alcedo dbname=postgres sslmode=require", port)
	deadline := time.Now().Add(30 * time.Second)
	for {
		if p.conn, err = pgx.Connect(ctx, p.address); err == nil || time.Now().After(deadline) {
			return err
		}
		time.Sleep(20 * time.Millisecond)
	}
}

// certify gives the server a certificate of its own making.
func certify(data string, uid int) error {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return err
	}
	template := &x509.Certificate{SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "localhost"}, NotAfter: time.Now().Add(time.Hour)}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		return err
	}
	private, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		return err
	}
	for name, block := range map[string]*pem.Block{"server.crt": {Type: "CERTIFICATE", Bytes: der}, "server.key": {Type: "PRIVATE KEY", Bytes: private}} {
		path := filepath.Join(data, name)
		if err := errors.Join(os.WriteFile(path, pem.EncodeToMemory(block), 0o600), os.Chown(path, uid, -1)); err != nil {
			return err
		}
	}
	return nil
}

func (p *postgres) close() {
	if p.conn != nil {
		_ = p.conn.Close(context.Background()) // measured already
	}
	if p.process != nil && p.process.Process != nil {
		_ = p.process.Process.Signal(os.Interrupt)
		_ = p.process.Wait()
	}
	_ = os.RemoveAll(p.folder)
}

func (p *postgres) exec(ctx context.Context, text string) error {
	_, err := p.conn.Exec(ctx, text, pgx.QueryExecModeSimpleProtocol)
	return err
}

// connections opens so many.
func (p *postgres) connections(ctx context.Context, n int) ([]*pgx.Conn, func(), error) {
	list := make([]*pgx.Conn, n)
	errs := make([]error, n)
	var wg sync.WaitGroup
	for i := range n {
		wg.Go(func() { list[i], errs[i] = pgx.Connect(ctx, p.address) })
	}
	wg.Wait()
	return list, func() {
		for _, c := range list {
			if c != nil {
				_ = c.Close(context.Background()) // measured already
			}
		}
	}, errors.Join(errs...)
}

func (p *postgres) point(ctx context.Context, connections int, d time.Duration) (float64, error) {
	list, done, err := p.connections(ctx, connections)
	defer done()
	if err != nil {
		return 0, err
	}
	return repeat(ctx, connections, d, func(ctx context.Context, w, turn int) error {
		var name, amount string
		return list[w].QueryRow(ctx, "SELECT name, amount::text FROM keyed WHERE id = $1", (w*7919+turn*31)%sqlKeys).Scan(&name, &amount)
	})
}

func (p *postgres) insert(ctx context.Context, connections int, d time.Duration) (float64, error) {
	list, done, err := p.connections(ctx, connections)
	defer done()
	if err != nil {
		return 0, err
	}
	return repeat(ctx, connections, d, func(ctx context.Context, w, turn int) error {
		_, err := list[w].Exec(ctx, "INSERT INTO single (id, name) VALUES ($1, $2)", int64(w)<<32+int64(turn), "a name of the usual length")
		return err
	})
}

func (p *postgres) bulk(ctx context.Context, rows int) error {
	_, err := p.conn.CopyFrom(ctx, pgx.Identifier{"wide"}, []string{"id", "a", "b", "c"}, pgx.CopyFromSlice(rows, func(i int) ([]any, error) {
		return []any{i, i % 1000, (i * 7919) % rows, "some text of a row"}, nil
	}))
	if err != nil {
		return err
	}
	return p.exec(ctx, "ANALYZE wide")
}

func (p *postgres) scan(ctx context.Context, query string) (int, error) {
	rows, err := p.conn.Query(ctx, query)
	if err != nil {
		return 0, err
	}
	defer rows.Close()
	n := 0
	for rows.Next() {
		if len(rows.FieldDescriptions()) == 4 {
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
