package sqldb

import (
	"github.com/alcedo-cloud/alcedo/internal/sqldb/catalog"
	"github.com/alcedo-cloud/alcedo/internal/sqldb/value"
)

// What a program asks of the session, and tells it: exec.Session.

// SchemaName is a schema's name.
func (e surroundings) SchemaName(id int32) string { return e.schemaName(id) }

func (r *run) schemaName(id int32) string {
	if schema, ok := r.session.view().SchemaByID(id); ok {
		return schema.Name
	}
	return "dbo"
}

// CallFunction runs a scalar function of the database's.
func (e surroundings) CallFunction(m *catalog.Module, args []value.Value) (value.Value, error) {
	return e.callFunction(m, args)
}

// Fire runs a trigger's body.
func (e surroundings) Fire(m *catalog.Module, inserted, deleted [][]value.Value) error {
	return e.fire(m, inserted, deleted)
}

// Firing reports whether the statement is one of the trigger's own.
func (e surroundings) Firing(m *catalog.Module) bool { return e.firing(m) }

// CatalogVersion is the version of the catalog that the statement sees.
func (e surroundings) CatalogVersion() uint64 { return e.session.view().Version }

// GaveIdentity notes the last identity value that an INSERT gave.
func (e surroundings) GaveIdentity(v value.Value) {
	e.session.lastIdentity = v
	e.scope.identity = v
	if e.scope.parent == nil {
		e.session.scopeIdentity = v
	}
}

// Warn tells the client what a statement has to say beside its result.
func (e surroundings) Warn(m *value.Error) {
	if !e.session.settings.ansiWarnings || e.out.silent {
		return
	}
	told := *m
	if told.Line == 0 && e.running != nil {
		told.Line = e.running.Span().Line
	}
	_ = e.out.message(&told) // a connection that is gone is met by the next write
}
