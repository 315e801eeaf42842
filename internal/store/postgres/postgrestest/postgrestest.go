// Package postgrestest starts a PostgreSQL for tests, from the machine's own programs. It must never be used outside of
// tests: the server does not sync, and trusts whoever reaches its socket.
package postgrestest

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
)

// startTimeout is how long the server may take to answer.
const startTimeout = 60 * time.Second

// Server is a running PostgreSQL without TCP.
type Server struct {
	dir       string
	databases int
}

// Start runs a server until the test ends. Where PostgreSQL is not installed the test is skipped, or fails if
// ALCEDO_REQUIRE_CLIENTS=1.
func Start(t testing.TB) *Server {
	t.Helper()
	initdb, server := program("initdb"), program("postgres")
	if initdb == "" || server == "" {
		if os.Getenv("ALCEDO_REQUIRE_CLIENTS") == "1" {
			t.Fatal("postgres is not installed")
		}
		t.Skip("postgres is not installed")
	}
	// Not t.TempDir: a socket's path must be short, and its parents open to another user.
	dir, err := os.MkdirTemp("", "alcedo-pg")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := os.RemoveAll(dir); err != nil {
			t.Errorf("remove the database: %v", err)
		}
	})
	as, err := unprivileged(dir)
	if err != nil {
		t.Fatal(err)
	}
	data := filepath.Join(dir, "data")
	var log bytes.Buffer
	create := exec.Command(initdb, "-D", data, "-U", "alcedo", "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync")
	create.Dir, create.SysProcAttr, create.Stdout, create.Stderr = dir, as, &log, &log
	if err := create.Run(); err != nil {
		t.Fatalf("initdb: %v\n%s", err, log.Bytes())
	}
	run := exec.Command(server, "-D", data, "-k", dir, "-c", "listen_addresses=", "-c", "fsync=off",
		"-c", "full_page_writes=off", "-c", "max_connections=200", "-c", "shared_buffers=32MB", "-c", "log_min_messages=fatal")
	run.Dir, run.SysProcAttr, run.Stdout, run.Stderr = dir, as, &log, &log
	if err := run.Start(); err != nil {
		t.Fatalf("postgres: %v", err)
	}
	exited := make(chan error, 1)
	go func() { exited <- run.Wait() }()
	t.Cleanup(func() { stop(t, run, exited, &log) })
	s := &Server{dir: dir}
	if err := s.wait(exited); err != nil {
		t.Fatalf("postgres does not answer: %v", err)
	}
	return s
}

// program finds a program of PostgreSQL: on the PATH, or where Debian keeps them.
func program(name string) string {
	if path, err := exec.LookPath(name); err == nil {
		return path
	}
	found, err := filepath.Glob("/usr/lib/postgresql/*/bin/" + name)
	if err != nil || len(found) == 0 {
		return ""
	}
	return found[len(found)-1]
}

// stop asks for a fast shutdown, which ends all connections.
func stop(t testing.TB, run *exec.Cmd, exited <-chan error, log *bytes.Buffer) {
	if err := run.Process.Signal(os.Interrupt); err != nil && !errors.Is(err, os.ErrProcessDone) {
		t.Errorf("stop postgres: %v", err)
	}
	select {
	case err := <-exited:
		if err != nil {
			t.Errorf("postgres ended with %v\n%s", err, log.Bytes())
		}
	case <-time.After(startTimeout):
		_ = run.Process.Kill()
		t.Errorf("postgres did not stop\n%s", (<-exited).Error())
	}
}

func (s *Server) wait(exited <-chan error) error {
	ctx, cancel := context.WithTimeout(context.Background(), startTimeout)
	defer cancel()
	for {
		conn, err := pgx.Connect(ctx, s.dsn("public"))
		if err == nil {
			return conn.Close(ctx)
		}
		select {
		case ended := <-exited:
			return fmt.Errorf("ended: %w", ended)
		case <-ctx.Done():
			return errors.Join(ctx.Err(), err)
		case <-time.After(10 * time.Millisecond):
		}
	}
}

func (s *Server) dsn(schema string) string {
	return fmt.Sprintf("host=%s user=alcedo dbname=postgres search_path=%s", s.dir, schema)
}

// Database returns the address of an empty database. (It is a schema of its own: making one takes a thousandth of the
// time.)
func (s *Server) Database(t testing.TB) string {
	t.Helper()
	s.databases++
	schema := fmt.Sprintf("test%d", s.databases)
	conn, err := pgx.Connect(t.Context(), s.dsn("public"))
	if err != nil {
		t.Fatal(err)
	}
	_, err = conn.Exec(t.Context(), "CREATE SCHEMA "+schema)
	if err = errors.Join(err, conn.Close(t.Context())); err != nil {
		t.Fatal(err)
	}
	return s.dsn(schema)
}
