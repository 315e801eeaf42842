package sqldb

import (
	"strings"

	"github.com/alcedo-cloud/alcedo/internal/sqldb/catalog"
	"github.com/alcedo-cloud/alcedo/internal/sqldb/value"
	"github.com/alcedo-cloud/alcedo/internal/tsql"
)

// createTemporaryProcedure makes a # procedure, which is the session's and ends with it.
func (r *run) createTemporaryProcedure(s *tsql.CreateProcedure) error {
	one, name := r.session, s.Name.Name.Name
	key := fold(name)
	if strings.HasPrefix(key, "##") {
		return value.Errorf(40516, 15, 1, "Global temp objects are not supported in this version of SQL Server.")
	}
	old := one.procedures[key]
	switch {
	case old != nil && s.Mode == tsql.Create:
		return value.Errorf(2714, 16, 3, "There is already an object named '%s' in the database.", name)
	case old == nil && s.Mode == tsql.Alter:
		return value.Errorf(208, 16, 6, "Invalid object name '%s'.", name)
	}
	one.nextTable--
	now := one.service.now()
	m := &catalog.Module{
		Header: catalog.Header{ID: one.nextTable, SchemaID: catalog.SchemaDBO, Name: name, Kind: catalog.KindProcedure, Created: now, Modified: now},
		Text:   r.scope.batch.Slice(s.Span()), QuotedIdentifier: one.settings.quotedIdentifier, ExecuteAs: executeAs(s.Options),
	}
	if err := r.mayExecuteAs(one.view(), m); err != nil {
		return err
	}
	var err error
	if m.Parameters, err = r.moduleParameters(s.Parameters); err != nil {
		return err
	}
	if err := r.declaredOnce(s.Parameters, s.Body); err != nil {
		return err
	}
	r.putProcedure(key, m)
	return nil
}

// putProcedure keeps a # procedure, or forgets it where m is nil; a rollback takes that back.
func (r *run) putProcedure(key string, m *catalog.Module) {
	s := r.session
	set := func(m *catalog.Module) {
		if m == nil {
			delete(s.procedures, key)
			return
		}
		s.procedures[key] = m
	}
	old := s.procedures[key]
	set(m)
	if s.tx != nil {
		s.tx.AfterRollback(func() { set(old) })
	}
}

// dropTemporaryProcedure is DROP PROCEDURE of a # procedure.
func (r *run) dropTemporaryProcedure(name tsql.ObjectName, ifExists bool) error {
	key := fold(name.Name.Name)
	if r.session.procedures[key] == nil {
		if ifExists {
			return nil
		}
		return cannotDrop("procedure", name.Name.Name)
	}
	r.putProcedure(key, nil)
	return nil
}

// refuseTemporary refuses modules that cannot be a session's own.
func refuseTemporary(d definition) error {
	if !isTemporary(d.name.Name.Name) {
		return nil
	}
	switch d.kind {
	case catalog.KindView:
		return value.Errorf(4103, 15, 1, "\"%s\": Temporary views are not allowed.", d.name.Name.Name)
	case catalog.KindScalarFunction, catalog.KindInlineFunction, catalog.KindTableFunction:
		return value.Errorf(1074, 15, 1, "Creation of temporary functions is not allowed.")
	}
	return nil
}
