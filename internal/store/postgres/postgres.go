// Package postgres is the backend of the store over the PostgreSQL wire protocol: one ordered table, which several
// processes may share. It must never know what keys and values mean, and is used through store.Enforce.
package postgres

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/alcedo-cloud/alcedo/internal/fault"
	"github.com/alcedo-cloud/alcedo/internal/store"
)

// format is the version of the tables below.
const format = 1

// minConns is the least number of connections of a pool: each open snapshot holds one, each update in progress too.
const minConns = 32

// acquireTimeout is how long a snapshot or update waits for a free connection.
const acquireTimeout = 30 * time.Second

// formatLock is the advisory lock under which the tables are made: two processes may start at once.
const formatLock = 0x616c6365646f // "alcedo"

var schema = [...]string{
	`CREATE TABLE IF NOT EXISTS kv (key bytea PRIMARY KEY, value bytea NOT NULL, version bigint NOT NULL)`,
	`CREATE SEQUENCE IF NOT EXISTS kv_version`,
	`CREATE TABLE IF NOT EXISTS kv_format (one boolean PRIMARY KEY DEFAULT true CHECK (one), format integer NOT NULL)`,
}

// ErrNewer is the cause of the Conflict that Open returns for tables that a newer alcedo has made.
var ErrNewer = errors.New("postgres: tables have a newer format")

// Store is the backend. See store.Store for what its methods promise.
type Store struct {
	pool *pgxpool.Pool

	mu     sync.Mutex
	users  int // open snapshots and updates
	idle   *sync.Cond
	closed bool
}

var _ store.Store = (*Store)(nil)

// Open connects to the database that dsn names (a URL or key=value words, as libpq has them, and pgxpool's pool_*
// settings) and makes the tables where they are missing. A database that does not answer is a fault of kind
// Unavailable; tables of a newer alcedo are a Conflict with cause ErrNewer.
func Open(ctx context.Context, dsn string) (*Store, error) {
	const op = "postgres.Open"
	config, err := pgxpool.ParseConfig(dsn)
	if err != nil {
		// The cause may quote the password.
		return nil, &fault.Error{Kind: fault.Invalid, Op: op, Message: "the database's address is malformed"}
	}
	config.MaxConns = max(config.MaxConns, minConns)
	config.ConnConfig.RuntimeParams["application_name"] = "alcedo"
	pool, err := pgxpool.NewWithConfig(ctx, config)
	if err != nil {
		return nil, convert(op, err)
	}
	s := &Store{pool: pool}
	s.idle = sync.NewCond(&s.mu)
	if err := s.initialise(ctx); err != nil {
		pool.Close()
		return nil, err
	}
	return s, nil
}

// initialise makes the tables and checks their format.
func (s *Store) initialise(ctx context.Context) error {
	const op = "postgres.Open"
	return pgx.BeginFunc(ctx, s.pool, func(tx pgx.Tx) error {
		if _, err := tx.Exec(ctx, `SELECT pg_advisory_xact_lock($1)`, int64(formatLock)); err != nil {
			return convert(op, err)
		}
		for _, statement := range schema {
			if _, err := tx.Exec(ctx, statement); err != nil {
				return convert(op, err)
			}
		}
		if _, err := tx.Exec(ctx, `INSERT INTO kv_format (format) VALUES ($1) ON CONFLICT DO NOTHING`, format); err != nil {
			return convert(op, err)
		}
		var found int
		if err := tx.QueryRow(ctx, `SELECT format FROM kv_format`).Scan(&found); err != nil {
			return convert(op, err)
		}
		if found > format {
			return &fault.Error{
				Kind: fault.Conflict, Op: op, Cause: ErrNewer,
				Message: fmt.Sprintf("the database was written by a newer alcedo (format %d, this one knows %d)", found, format),
			}
		}
		return nil
	})
}

// Shared is true: other processes may use the same database.
func (s *Store) Shared() bool { return true }

// Close waits for updates in progress and gives the connections back. Snapshots must have been closed.
func (s *Store) Close() error {
	s.mu.Lock()
	if s.closed {
		s.mu.Unlock()
		return store.ErrClosed
	}
	s.closed = true
	for s.users > 0 {
		s.idle.Wait()
	}
	s.mu.Unlock()
	s.pool.Close()
	return nil
}

// begin takes a connection and starts a transaction on it. Its end must be told by done.
func (s *Store) begin(ctx context.Context, op string, o pgx.TxOptions) (pgx.Tx, func(), error) {
	s.mu.Lock()
	if s.closed {
		s.mu.Unlock()
		return nil, nil, store.ErrClosed
	}
	s.users++
	s.mu.Unlock()
	leave := func() {
		s.mu.Lock()
		defer s.mu.Unlock()
		s.users--
		s.idle.Broadcast()
	}
	wait, cancel := context.WithTimeout(ctx, acquireTimeout)
	defer cancel()
	conn, err := s.pool.Acquire(wait)
	if err != nil {
		leave()
		if ctx.Err() != nil {
			return nil, nil, ctx.Err()
		}
		return nil, nil, unavailable(op, err)
	}
	tx, err := conn.BeginTx(ctx, o)
	if err != nil {
		conn.Release()
		leave()
		return nil, nil, convert(op, err)
	}
	return tx, func() { conn.Release(); leave() }, nil
}

// convert gives an error of the database its kind. A conflict becomes store.ErrRetry: the attempt wrote nothing.
func convert(op string, err error) error {
	var f *fault.Error
	var pg *pgconn.PgError
	switch {
	case err == nil:
		return nil
	case errors.As(err, &f), errors.Is(err, context.Canceled), errors.Is(err, context.DeadlineExceeded):
		return err
	case errors.As(err, &pg):
		return convertCode(op, pg)
	}
	// Whatever else went wrong did so between us and the server.
	return unavailable(op, err)
}

// convertCode goes by SQLSTATE, PostgreSQL's appendix A.
func convertCode(op string, err *pgconn.PgError) error {
	switch err.Code {
	case "40001", "40P01": // serialization_failure, deadlock_detected
		return fmt.Errorf("%w: %w", store.ErrRetry, err)
	}
	switch err.Code[:min(2, len(err.Code))] {
	case "08", "25", "28", "3D", "53", "57", "58": // connection, state (read-only), sign-in, database, resources, operator, system
		return unavailable(op, err)
	}
	return &fault.Error{Kind: fault.Internal, Op: op, Cause: err}
}

func unavailable(op string, err error) error {
	return &fault.Error{Kind: fault.Unavailable, Op: op, Message: "the database is not available", Cause: err}
}
