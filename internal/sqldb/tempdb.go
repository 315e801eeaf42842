package sqldb

import (
	"fmt"
	"strings"

	"github.com/alcedo-cloud/alcedo/internal/sqldb/catalog"
	"github.com/alcedo-cloud/alcedo/internal/sqldb/plan"
	"github.com/alcedo-cloud/alcedo/internal/sqldb/sysview"
	"github.com/alcedo-cloud/alcedo/internal/sqldb/value"
)

// tempdb is the database whose names temporary tables have, with its id.
const (
	tempdb   = "tempdb"
	tempdbID = 2
)

// virtual finds a system view, by its schema; that of tempdb has "tempdb." before it.
func virtual(schema, name string) (*plan.Virtual, bool) {
	in, is := strings.CutPrefix(schema, tempdb+".")
	v, ok := sysview.Lookup(in, name)
	if !ok || !is {
		return v, ok
	}
	of := *v
	of.Rows = func(env plan.VirtualEnvironment, args []value.Value, yield func([]value.Value) bool) error {
		if e, ok := env.(surroundings); ok {
			env = ofTempdb{VirtualEnvironment: env, d: e.tempdb()}
		}
		return v.Rows(env, args, yield)
	}
	return &of, true
}

// ofTempdb has views tell of the temporary tables.
type ofTempdb struct {
	plan.VirtualEnvironment
	d *catalog.Database
}

// Database is tempdb's catalog as the session sees it.
func (e ofTempdb) Database() *catalog.Database { return e.d }

// Visible is true of all that the session sees.
func (e ofTempdb) Visible(int32) bool { return true }

// tempdb makes a catalog of the session's # tables and the database's ## tables.
func (r *run) tempdb() *catalog.Database {
	s := r.session
	e := catalog.New(tempdbID, tempdb, s.began)
	e.SetCollation(s.view().Collation)
	for t := range s.view().Tables() {
		if t.Global {
			e.PutObject(inTempdb(t, t.Name))
		}
	}
	for _, t := range s.temporary {
		e.PutObject(inTempdb(t, s.paddedName(t)))
	}
	return e.Database()
}

// paddedName is a # table's name as tempdb has it: 128 characters, of which the last make it the session's own.
func (s *session) paddedName(t *catalog.Table) string {
	suffix := fmt.Sprintf("%012X", int64(s.id)<<24|int64(-t.ID)&0xffffff)
	name := []rune(t.Name)
	return t.Name + strings.Repeat("_", max(0, 128-len(name)-len(suffix))) + suffix
}

// inTempdb is a table with what belongs to it in tempdb's dbo.
func inTempdb(t *catalog.Table, name string) *catalog.Table {
	c := t.Clone()
	c.Name, c.SchemaID = name, catalog.SchemaDBO
	for _, column := range c.Columns {
		if column.Default != nil {
			column.Default.SchemaID = catalog.SchemaDBO
		}
	}
	for _, x := range c.Indexes {
		if x.Constraint != nil {
			h := *x.Constraint
			h.SchemaID = catalog.SchemaDBO
			x.Constraint = &h
		}
	}
	for _, k := range c.Checks {
		k.SchemaID = catalog.SchemaDBO
	}
	return c
}
