package sqldb

import "github.com/alcedo-cloud/alcedo/internal/sqldb/catalog"

// startIdentity has the identity of a table that got one begin at its seed, where no such table is committed.
func (r *run) startIdentity(t *catalog.Table) error {
	if t.IdentityColumn() < 0 {
		return nil
	}
	if o, ok := r.session.db.current().ObjectByID(t.ID); ok {
		if old, is := o.(*catalog.Table); is && old.IdentityColumn() >= 0 {
			return nil
		}
	}
	return r.session.service.engine.Start(r.ctx, r.identityCounter(t))
}
