package sqldb

import (
	"context"
	"encoding/json"
	"strings"
	"sync"

	"github.com/alcedo-cloud/alcedo/internal/fault"
	"github.com/alcedo-cloud/alcedo/internal/store"
)

// Keys. Names are in lower case.
//
//	sql server {server}                  JSON of a Server
//	sql database {server} {database}     JSON of a Database
//	sql dropped {server} {id}            JSON of a Database that was dropped and can be restored
//	sql next                             the id that the next database gets
//	sql catalog …                        what package catalog stores
func serverKey(name string) []byte { return store.Key("sql", "server", fold(name)) }

func databaseKey(server, name string) []byte {
	return store.Key("sql", "database", fold(server), fold(name))
}

func fold(name string) string { return strings.ToLower(name) }

// servers are all servers and databases, in memory.
type servers struct {
	mu        sync.RWMutex
	byName    map[string]*Server
	databases map[string]map[string]*Database // by server and name
	dropped   map[string]map[int32]*Database
}

func loadServers(r store.Reader) (*servers, error) {
	all := &servers{byName: map[string]*Server{}, databases: map[string]map[string]*Database{}, dropped: map[string]map[int32]*Database{}}
	for _, load := range []struct {
		part string
		put  func([]byte) error
	}{
		{"server", func(b []byte) error {
			return decode(b, func(s *Server) { all.byName[fold(s.Name)] = s })
		}},
		{"database", func(b []byte) error { return decode(b, all.put) }},
		{"dropped", func(b []byte) error { return decode(b, all.putDropped) }},
	} {
		prefix := store.Prefix("sql", load.part)
		for item, err := range r.Scan(prefix, store.End(prefix)) {
			if err != nil {
				return nil, err
			}
			if err := load.put(item.Value); err != nil {
				return nil, fault.Wrap("sqldb.loadServers", err)
			}
		}
	}
	return all, nil
}

func decode[T any](b []byte, put func(*T)) error {
	v := new(T)
	if err := json.Unmarshal(b, v); err != nil {
		return err
	}
	put(v)
	return nil
}

func (all *servers) put(d *Database) {
	in := all.databases[fold(d.Server)]
	if in == nil {
		in = map[string]*Database{}
		all.databases[fold(d.Server)] = in
	}
	in[fold(d.Name)] = d
}

func (all *servers) putDropped(d *Database) {
	in := all.dropped[fold(d.Server)]
	if in == nil {
		in = map[int32]*Database{}
		all.dropped[fold(d.Server)] = in
	}
	in[d.ID] = d
}

// Server finds a server, in memory. The caller must not change what it gets.
func (s *Service) Server(ctx context.Context, name string) (*Server, bool, error) {
	all, err := s.servers.View(ctx)
	if err != nil {
		return nil, false, fault.Wrap("sqldb.Server", err)
	}
	all.mu.RLock()
	defer all.mu.RUnlock()
	server, ok := all.byName[fold(name)]
	return server, ok, nil
}

// findDatabase finds a database, in memory.
func (s *Service) findDatabase(ctx context.Context, server, name string) (*Database, bool, error) {
	all, err := s.servers.View(ctx)
	if err != nil {
		return nil, false, fault.Wrap("sqldb.findDatabase", err)
	}
	all.mu.RLock()
	defer all.mu.RUnlock()
	d, ok := all.databases[fold(server)][fold(name)]
	return d, ok, nil
}

// Databases lists a server's databases, master first.
func (s *Service) Databases(ctx context.Context, server string) ([]Database, error) {
	all, err := s.servers.View(ctx)
	if err != nil {
		return nil, fault.Wrap("sqldb.Databases", err)
	}
	all.mu.RLock()
	defer all.mu.RUnlock()
	return sortedDatabases(all.databases[fold(server)]), nil
}

// DroppedDatabases lists what of a server can be restored.
func (s *Service) DroppedDatabases(ctx context.Context, server string) ([]Database, error) {
	all, err := s.servers.View(ctx)
	if err != nil {
		return nil, fault.Wrap("sqldb.DroppedDatabases", err)
	}
	all.mu.RLock()
	defer all.mu.RUnlock()
	out := sortedDatabases(all.dropped[fold(server)])
	now := s.now()
	kept := out[:0]
	for _, d := range out {
		if now.Before(d.Deleted.Add(d.Settings.Retention)) {
			kept = append(kept, d)
		}
	}
	return kept, nil
}
