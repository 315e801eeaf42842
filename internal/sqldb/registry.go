package sqldb

import (
	"cmp"
	"encoding/binary"
	"encoding/json"
	"errors"
	"slices"
	"strconv"
	"time"

	"github.com/google/uuid"

	"github.com/alcedo-cloud/alcedo/internal/fault"
	"github.com/alcedo-cloud/alcedo/internal/sqldb/catalog"
	"github.com/alcedo-cloud/alcedo/internal/sqldb/collate"
	"github.com/alcedo-cloud/alcedo/internal/sqldb/txn"
	"github.com/alcedo-cloud/alcedo/internal/store"
)

// master is the database in which a server keeps its logins.
const master = "master"

func sortedDatabases[K comparable](in map[K]*Database) []Database {
	out := make([]Database, 0, len(in))
	for _, d := range in {
		out = append(out, *d)
	}
	slices.SortFunc(out, func(a, b Database) int { return cmp.Compare(a.ID, b.ID) })
	return out
}

func (s *Service) readServer(r store.Reader, name string) (*Server, error) {
	item, err := r.Get(serverKey(name))
	if errors.Is(err, store.ErrNotFound) {
		return nil, fault.Newf(fault.NotFound, "sqldb.readServer", "ResourceNotFound", "The server '%s' was not found.", name)
	}
	if err != nil {
		return nil, err
	}
	server := new(Server)
	return server, json.Unmarshal(item.Value, server)
}

// PutServer makes a server with its master database, or changes it. The name belongs to the first resource that has it.
func (s *Service) PutServer(tx store.Tx, server Server) error {
	const op = "sqldb.PutServer"
	old, err := s.readServer(tx, server.Name)
	switch {
	case fault.Is(err, fault.NotFound):
		server.Created = s.now()
		if _, err := s.createDatabase(tx, server.Name, master, DatabaseSettings{Edition: "System", Objective: "System"}); err != nil {
			return fault.Wrap(op, err)
		}
	case err != nil:
		return fault.Wrap(op, err)
	case old.ResourceID != server.ResourceID:
		return fault.Newf(fault.Exists, op, "NameAlreadyExists", "The name '%s' already exists. Choose a different name.", server.Name)
	default:
		server.Created = old.Created
	}
	if err := putRecord(tx, serverKey(server.Name), server); err != nil {
		return fault.Wrap(op, err)
	}
	return s.servers.Change(tx, func(all *servers) {
		all.mu.Lock()
		defer all.mu.Unlock()
		all.byName[fold(server.Name)] = &server
	})
}

func putRecord(tx store.Tx, key []byte, v any) error {
	body, err := json.Marshal(v)
	if err != nil {
		return err
	}
	return tx.Put(key, body)
}

// DeleteServer removes a server with all its databases, for good.
func (s *Service) DeleteServer(tx store.Tx, name string) error {
	const op = "sqldb.DeleteServer"
	for _, part := range []string{"database", "dropped"} {
		prefix := store.Prefix("sql", part, fold(name))
		for item, err := range tx.Scan(prefix, store.End(prefix)) {
			if err != nil {
				return fault.Wrap(op, err)
			}
			d := new(Database)
			if err := json.Unmarshal(item.Value, d); err != nil {
				return fault.Wrap(op, err)
			}
			if err := s.removeDatabase(tx, d.ID); err != nil {
				return fault.Wrap(op, err)
			}
			if err := tx.Delete(item.Key); err != nil {
				return fault.Wrap(op, err)
			}
		}
	}
	if err := tx.Delete(serverKey(name)); err != nil {
		return fault.Wrap(op, err)
	}
	return s.servers.Change(tx, func(all *servers) {
		all.mu.Lock()
		defer all.mu.Unlock()
		delete(all.byName, fold(name))
		delete(all.databases, fold(name))
		delete(all.dropped, fold(name))
		s.endSessions(func(one *session) bool { return fold(one.serverName) == fold(name) })
	})
}

// removeDatabase deletes a database's catalog and rows.
func (s *Service) removeDatabase(tx store.Tx, id int32) error {
	if err := catalog.Remove(tx, id); err != nil {
		return err
	}
	if err := discard(tx, txn.DatabaseRanges(id)); err != nil {
		return err
	}
	tx.OnCommit(func(store.Version) { s.forget(id) })
	return nil
}

// forget closes a database that is no more.
func (s *Service) forget(id int32) {
	s.mu.Lock()
	delete(s.open, id)
	s.mu.Unlock()
	s.endSessions(func(one *session) bool { return one.db != nil && one.db.id == id })
}

// CreateDatabase makes a database: an empty one, or a copy.
func (s *Service) CreateDatabase(tx store.Tx, server, name string, settings DatabaseSettings) (Database, error) {
	const op = "sqldb.CreateDatabase"
	if _, err := s.readServer(tx, server); err != nil {
		return Database{}, fault.Wrap(op, err)
	}
	if _, err := tx.Get(databaseKey(server, name)); err == nil {
		return Database{}, fault.Newf(fault.Exists, op, "DatabaseAlreadyExists", "Database '%s' already exists. Choose a different database name.", name)
	} else if !errors.Is(err, store.ErrNotFound) {
		return Database{}, fault.Wrap(op, err)
	}
	d, err := s.createDatabase(tx, server, name, settings)
	return d, fault.Wrap(op, err)
}

func (s *Service) createDatabase(tx store.Tx, server, name string, settings DatabaseSettings) (Database, error) {
	id, err := nextDatabase(tx)
	if err != nil {
		return Database{}, err
	}
	guid, err := uuid.NewRandomFromReader(s.Rand)
	if err != nil {
		return Database{}, err
	}
	d := Database{Server: server, Name: name, ID: id, GUID: guid.String(), Settings: settings, Created: s.now()}
	if settings.Copy != nil {
		err = s.copyDatabase(tx, &d)
	} else {
		err = s.emptyDatabase(tx, &d)
	}
	if err != nil {
		return Database{}, err
	}
	return d, s.record(tx, d)
}

func (s *Service) emptyDatabase(tx store.Tx, d *Database) error {
	e := catalog.New(d.ID, d.Name, d.Created)
	c := collate.Default()
	if d.Settings.Collation != "" {
		var ok bool
		if c, ok = collate.Lookup(d.Settings.Collation); !ok {
			return fault.Newf(fault.Invalid, "sqldb.CreateDatabase", "CollationInvalid", "Collation '%s' is not valid.", d.Settings.Collation)
		}
	}
	e.SetCollation(c)
	return e.Write(tx)
}

// copyDatabase copies a database as it is in this transaction. A dropped one comes back with its id: nothing is copied.
func (s *Service) copyDatabase(tx store.Tx, d *Database) error {
	from, key, err := s.source(tx, *d.Settings.Copy)
	if err != nil {
		return err
	}
	if !from.Deleted.IsZero() {
		if err := tx.Delete(key); err != nil {
			return err
		}
		d.ID = from.ID
		if err := s.servers.Change(tx, func(all *servers) {
			all.mu.Lock()
			defer all.mu.Unlock()
			delete(all.dropped[fold(from.Server)], from.ID)
		}); err != nil {
			return err
		}
	} else if err := copyRows(tx, from.ID, d.ID); err != nil {
		return err
	}
	old, err := catalog.Load(tx, from.ID)
	if err != nil {
		return err
	}
	d.Settings.Collation, d.Settings.Copy = from.Settings.Collation, nil
	if d.Settings.Objective == "" { // as it was
		d.Settings.Edition, d.Settings.Objective, d.Settings.MaxBytes = from.Settings.Edition, from.Settings.Objective, from.Settings.MaxBytes
	}
	e := old.Copy(d.ID)
	e.Rename(d.Name)
	for t := range old.Tables() {
		if t.Global {
			if err := discard(tx, txn.TableRanges(d.ID, t.ID)); err != nil {
				return err
			}
		}
	}
	return e.Write(tx)
}

func (s *Service) source(tx store.Tx, ref DatabaseRef) (*Database, []byte, error) {
	if ref.Deleted.IsZero() {
		key := databaseKey(ref.Server, ref.Database)
		item, err := tx.Get(key)
		if errors.Is(err, store.ErrNotFound) {
			return nil, nil, noDatabase(ref.Server, ref.Database)
		}
		if err != nil {
			return nil, nil, err
		}
		d := new(Database)
		return d, key, json.Unmarshal(item.Value, d)
	}
	prefix := store.Prefix("sql", "dropped", fold(ref.Server))
	for item, err := range tx.Scan(prefix, store.End(prefix)) {
		if err != nil {
			return nil, nil, err
		}
		d := new(Database)
		if err := json.Unmarshal(item.Value, d); err != nil {
			return nil, nil, err
		}
		if fold(d.Name) == fold(ref.Database) && d.Deleted.Truncate(time.Second).Equal(ref.Deleted.Truncate(time.Second)) {
			return d, item.Key, nil
		}
	}
	return nil, nil, noDatabase(ref.Server, ref.Database)
}

func noDatabase(server, name string) error {
	return fault.Newf(fault.NotFound, "sqldb.database", "DatabaseDoesNotExist", "Database '%s' does not exist on server '%s'.", name, server)
}

func nextDatabase(tx store.Tx) (int32, error) {
	key := store.Key("sql", "next")
	next := uint32(1)
	item, err := tx.Get(key)
	if err == nil {
		next = binary.BigEndian.Uint32(item.Value)
	} else if !errors.Is(err, store.ErrNotFound) {
		return 0, err
	}
	return int32(next), tx.Put(key, binary.BigEndian.AppendUint32(nil, next+1))
}

// record stores a database's record.
func (s *Service) record(tx store.Tx, d Database) error {
	if err := putRecord(tx, databaseKey(d.Server, d.Name), d); err != nil {
		return err
	}
	return s.servers.Change(tx, func(all *servers) {
		all.mu.Lock()
		defer all.mu.Unlock()
		all.put(&d)
	})
}

// unrecord removes the record from the living.
func (s *Service) unrecord(tx store.Tx, d *Database) error {
	if err := tx.Delete(databaseKey(d.Server, d.Name)); err != nil {
		return err
	}
	server, name := fold(d.Server), fold(d.Name) // d may be given another name before this commits
	return s.servers.Change(tx, func(all *servers) {
		all.mu.Lock()
		defer all.mu.Unlock()
		delete(all.databases[server], name)
	})
}

func (s *Service) living(tx store.Tx, server, name string) (*Database, error) {
	d, _, err := s.source(tx, DatabaseRef{Server: server, Database: name})
	return d, err
}

// ChangeDatabase changes the record's settings.
func (s *Service) ChangeDatabase(tx store.Tx, server, name string, settings DatabaseSettings) error {
	d, err := s.living(tx, server, name)
	if err != nil {
		return fault.Wrap("sqldb.ChangeDatabase", err)
	}
	settings.Collation, settings.Copy = d.Settings.Collation, nil
	d.Settings = settings
	return s.record(tx, *d)
}

// RenameDatabase gives a database another name. Its sessions end, as Azure's do.
func (s *Service) RenameDatabase(tx store.Tx, server, name, to string) error {
	const op = "sqldb.RenameDatabase"
	d, err := s.living(tx, server, name)
	if err != nil {
		return fault.Wrap(op, err)
	}
	if _, err := tx.Get(databaseKey(server, to)); err == nil && fold(name) != fold(to) {
		return fault.Newf(fault.Exists, op, "DatabaseAlreadyExists", "Database '%s' already exists. Choose a different database name.", to)
	}
	if err := s.unrecord(tx, d); err != nil {
		return fault.Wrap(op, err)
	}
	d.Name = to
	now, err := catalog.Load(tx, d.ID)
	if err != nil {
		return fault.Wrap(op, err)
	}
	e := now.Edit()
	e.Rename(to)
	if err := e.Write(tx); err != nil {
		return fault.Wrap(op, err)
	}
	tx.OnCommit(func(store.Version) { s.forget(d.ID) })
	return fault.Wrap(op, s.record(tx, *d))
}

// DropDatabase drops a database. Without purge it can be restored until its retention is over.
func (s *Service) DropDatabase(tx store.Tx, server, name string, purge bool) error {
	const op = "sqldb.DropDatabase"
	d, err := s.living(tx, server, name)
	if err != nil {
		return fault.Wrap(op, err)
	}
	if err := s.unrecord(tx, d); err != nil {
		return fault.Wrap(op, err)
	}
	if purge || d.Settings.Retention <= 0 {
		return fault.Wrap(op, s.removeDatabase(tx, d.ID))
	}
	d.Deleted = s.now()
	key := store.Key("sql", "dropped", fold(server), strconv.Itoa(int(d.ID)))
	if err := putRecord(tx, key, d); err != nil {
		return fault.Wrap(op, err)
	}
	tx.OnCommit(func(store.Version) { s.forget(d.ID) })
	return s.servers.Change(tx, func(all *servers) {
		all.mu.Lock()
		defer all.mu.Unlock()
		all.putDropped(d)
	})
}
