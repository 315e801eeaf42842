package sqldb

import (
	"context"
	"sync/atomic"

	"github.com/alcedo-cloud/alcedo/internal/fault"
	"github.com/alcedo-cloud/alcedo/internal/sqldb/catalog"
	"github.com/alcedo-cloud/alcedo/internal/store"
)

// database is one that sessions are in.
type database struct {
	id      int32
	guid    string
	server  string
	catalog atomic.Pointer[catalog.Database]
	plans   *planCache
}

// current is the catalog as committed.
func (d *database) current() *catalog.Database { return d.catalog.Load() }

// use opens a database, or gives the one that is open; nil where there is none of that name.
func (s *Service) use(ctx context.Context, server, name string) (*database, error) {
	record, ok, err := s.findDatabase(ctx, server, name)
	if err != nil || !ok {
		return nil, err
	}
	s.mu.Lock()
	db := s.open[record.ID]
	s.mu.Unlock()
	if db != nil {
		return db, nil
	}
	var loaded *catalog.Database
	err = store.View(ctx, s.Store, func(r store.Reader) (err error) {
		loaded, err = catalog.Load(r, record.ID)
		return err
	})
	if err != nil {
		return nil, fault.Wrap("sqldb.use", err)
	}
	if hasGlobals(loaded) {
		if loaded, err = s.forgetGlobals(ctx, record.ID); err != nil {
			return nil, fault.Wrap("sqldb.use", err)
		}
	}
	db = &database{id: record.ID, guid: record.GUID, server: record.Server, plans: newPlanCache()}
	db.catalog.Store(loaded)
	s.mu.Lock()
	defer s.mu.Unlock()
	if other := s.open[record.ID]; other != nil {
		return other, nil
	}
	s.open[record.ID] = db
	return db, nil
}
