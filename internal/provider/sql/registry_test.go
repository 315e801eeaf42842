package sql_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/alcedo-cloud/alcedo/internal/clock"
	"github.com/alcedo-cloud/alcedo/internal/fault"
	"github.com/alcedo-cloud/alcedo/internal/sqldb"
	"github.com/alcedo-cloud/alcedo/internal/store"
)

// registry keeps what the provider tells Azure SQL's service, in the store, so that what a transaction undoes is undone.
// It has the refusals of the real one.
type registry struct {
	store store.Store
	clock clock.Clock
	next  int
}

func (r *registry) Hash(password string) (sqldb.Hash, error) {
	return sqldb.Hash(fmt.Sprint("hash of ", len(password))), nil
}

func key(parts ...string) []byte {
	for i := range parts {
		parts[i] = strings.ToLower(parts[i])
	}
	return store.Key(append([]string{"test"}, parts...)...)
}

func put(tx store.Tx, k []byte, v any) error {
	text, err := json.Marshal(v)
	if err != nil {
		return err
	}
	return tx.Put(k, text)
}

func get[T any](r store.Reader, k []byte) (*T, error) {
	item, err := r.Get(k)
	if errors.Is(err, store.ErrNotFound) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	v := new(T)
	return v, json.Unmarshal(item.Value, v)
}

func (r *registry) PutServer(tx store.Tx, s sqldb.Server) error {
	old, err := get[sqldb.Server](tx, key("server", s.Name))
	if err != nil {
		return err
	}
	if old != nil && old.ResourceID != s.ResourceID {
		return fault.Newf(fault.Exists, "test", "NameAlreadyExists", "The name '%s' already exists. Choose a different name.", s.Name)
	}
	return put(tx, key("server", s.Name), s)
}

func (r *registry) DeleteServer(tx store.Tx, name string) error {
	prefix := store.Prefix("test", "database", strings.ToLower(name))
	for item, err := range tx.Scan(prefix, store.End(prefix)) {
		if err != nil {
			return err
		}
		if err := tx.Delete(item.Key); err != nil {
			return err
		}
	}
	return tx.Delete(key("server", name))
}

func (r *registry) Server(ctx context.Context, name string) (s *sqldb.Server, ok bool, err error) {
	err = store.View(ctx, r.store, func(view store.Reader) error {
		s, err = get[sqldb.Server](view, key("server", name))
		return err
	})
	return s, s != nil, err
}

func (r *registry) CreateDatabase(tx store.Tx, server, name string, s sqldb.DatabaseSettings) (sqldb.Database, error) {
	var none sqldb.Database
	if old, err := get[sqldb.Database](tx, key("database", server, name)); err != nil || old != nil {
		return none, fault.Newf(fault.Exists, "test", "DatabaseAlreadyExists", "Database '%s' already exists.", name)
	}
	if s.Collation == "Nonsense" {
		return none, fault.New(fault.Invalid, "test", "CollationInvalid", "Collation 'Nonsense' is not valid.")
	}
	if s.Copy != nil && !s.Copy.Deleted.IsZero() {
		from, err := get[sqldb.Database](tx, key("dropped", s.Copy.Server, s.Copy.Database))
		if err != nil {
			return none, err
		}
		if from == nil || !from.Deleted.Truncate(time.Second).Equal(s.Copy.Deleted.Truncate(time.Second)) {
			return none, fault.New(fault.NotFound, "test", "DatabaseDoesNotExist", "There is no such dropped database.")
		}
		s.Collation = from.Settings.Collation
		if s.Objective == "" {
			s.Edition, s.Objective, s.MaxBytes = from.Settings.Edition, from.Settings.Objective, from.Settings.MaxBytes
		}
		if err := tx.Delete(key("dropped", s.Copy.Server, s.Copy.Database)); err != nil {
			return none, err
		}
	}
	r.next++
	d := sqldb.Database{
		Server: server, Name: name, ID: int32(r.next), GUID: fmt.Sprintf("00000000-0000-0000-0000-%012d", r.next), Settings: s, Created: r.clock.Now(),
	}
	return d, put(tx, key("database", server, name), d)
}

func (r *registry) living(tx store.Tx, server, name string) (*sqldb.Database, error) {
	d, err := get[sqldb.Database](tx, key("database", server, name))
	if err == nil && d == nil {
		err = fault.Newf(fault.NotFound, "test", "DatabaseDoesNotExist", "Database '%s' does not exist on server '%s'.", name, server)
	}
	return d, err
}

func (r *registry) ChangeDatabase(tx store.Tx, server, name string, s sqldb.DatabaseSettings) error {
	d, err := r.living(tx, server, name)
	if err != nil {
		return err
	}
	d.Settings = s
	return put(tx, key("database", server, name), d)
}

func (r *registry) RenameDatabase(tx store.Tx, server, name, to string) error {
	d, err := r.living(tx, server, name)
	if err != nil {
		return err
	}
	if other, err := get[sqldb.Database](tx, key("database", server, to)); err != nil || other != nil && !strings.EqualFold(name, to) {
		return fault.Newf(fault.Exists, "test", "DatabaseAlreadyExists", "Database '%s' already exists.", to)
	}
	if err := tx.Delete(key("database", server, name)); err != nil {
		return err
	}
	d.Name = to
	return put(tx, key("database", server, to), d)
}

func (r *registry) DropDatabase(tx store.Tx, server, name string, purge bool) error {
	d, err := r.living(tx, server, name)
	if err != nil {
		return err
	}
	if err := tx.Delete(key("database", server, name)); err != nil || purge {
		return err
	}
	d.Deleted = r.clock.Now().Add(123 * time.Millisecond) // as a real clock, which knows more than seconds
	return put(tx, key("dropped", server, name), d)
}

func (r *registry) list(ctx context.Context, part, server string) (all []sqldb.Database, err error) {
	err = store.View(ctx, r.store, func(view store.Reader) error {
		prefix := store.Prefix("test", part, strings.ToLower(server))
		for item, err := range view.Scan(prefix, store.End(prefix)) {
			if err != nil {
				return err
			}
			var d sqldb.Database
			if err := json.Unmarshal(item.Value, &d); err != nil {
				return err
			}
			all = append(all, d)
		}
		return nil
	})
	return all, err
}

func (r *registry) Databases(ctx context.Context, server string) ([]sqldb.Database, error) {
	return r.list(ctx, "database", server)
}

func (r *registry) DroppedDatabases(ctx context.Context, server string) ([]sqldb.Database, error) {
	return r.list(ctx, "dropped", server)
}
