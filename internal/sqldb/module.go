package sqldb

import (
	"errors"
	"slices"
	"strings"

	"github.com/alcedo-cloud/alcedo/internal/sqldb/bind"
	"github.com/alcedo-cloud/alcedo/internal/sqldb/catalog"
	"github.com/alcedo-cloud/alcedo/internal/sqldb/plan"
	"github.com/alcedo-cloud/alcedo/internal/sqldb/txn"
	"github.com/alcedo-cloud/alcedo/internal/sqldb/value"
	"github.com/alcedo-cloud/alcedo/internal/tsql"
)

// definition is what the four CREATEs of modules share.
type definition struct {
	mode       tsql.ModuleMode
	name       tsql.ObjectName
	kind       catalog.Kind
	span       tsql.Span
	options    tsql.ModuleOptions
	permission string
	parent     int32
}

// defineModule makes a module or changes it; fill settles what is of its kind.
func (r *run) defineModule(d definition, fill func(m *catalog.Module, e *catalog.Edit) error) error {
	if err := refuseTemporary(d); err != nil {
		return err
	}
	return r.change(func(e *catalog.Edit, _ *txn.Tx) error {
		schema, err := r.target(e.Database(), d.name)
		if err != nil {
			return err
		}
		m := &catalog.Module{
			Text: r.scope.batch.Slice(d.span), QuotedIdentifier: r.session.settings.quotedIdentifier,
			SchemaBound: d.options.SchemaBinding, ExecuteAs: executeAs(d.options),
		}
		old, exists := e.Database().Object(schema.ID, d.name.Name.Name)
		switch {
		case exists && d.mode == tsql.Create:
			return free(e.Database(), schema.ID, d.name.Name.Name)
		case exists:
			if err := r.mustAlter(old); err != nil {
				return err
			}
			if was, ok := old.(*catalog.Module); !ok || was.Kind != d.kind {
				return value.Errorf(2010, 16, 1, "Cannot perform alter on '%s' because it is an incompatible object type.", nameText(d.name))
			}
			m.Header = *old.Head()
			m.Modified = r.session.service.now()
		case d.mode == tsql.Alter:
			return value.Errorf(208, 16, 6, "Invalid object name '%s'.", nameText(d.name))
		default:
			if err := r.mustBe(d.permission); d.permission != "" && err != nil {
				return err
			}
			if err := r.mustAlterSchema(schema); err != nil {
				return err
			}
			m.Header = r.header(e, schema.ID, d.name.Name.Name, d.kind)
			m.ParentID = d.parent
		}
		if err := r.mayExecuteAs(e.Database(), m); err != nil {
			return err
		}
		if err := fill(m, e); err != nil {
			return err
		}
		e.PutObject(m)
		return nil
	})
}

// mayExecuteAs refuses a module that would act as somebody whom its maker may not impersonate. SELF is the maker.
func (r *run) mayExecuteAs(d *catalog.Database, m *catalog.Module) error {
	name, who := m.ExecuteAs, r.session.who
	switch name {
	case "":
		return nil
	case "SELF":
		m.ExecuteAs = who.name
		return nil
	case "OWNER":
		if owner, ok := d.PrincipalByID(d.Owner(m)); ok {
			name = owner.Name
		}
	}
	p, ok := d.Principal(name)
	if !ok || p.Type == catalog.Role || p.Type == catalog.ExternalGroup || !who.mayActAs(d, p) {
		return value.Errorf(15151, 16, 1, "Cannot execute as the user '%s', because it does not exist or you do not have permission.", name)
	}
	return nil
}

func executeAs(o tsql.ModuleOptions) string {
	switch o.ExecuteAs {
	case "USER":
		return o.ExecuteAsUser
	case "CALLER":
		return ""
	}
	return o.ExecuteAs
}

func (r *run) createView(s *tsql.CreateView) error {
	d := definition{mode: s.Mode, name: s.Name, kind: catalog.KindView, span: s.Span(), options: s.Options, permission: "CREATE VIEW"}
	return r.defineModule(d, func(m *catalog.Module, e *catalog.Edit) error {
		var local bool
		env := r.environment(&local)
		env.Catalog, env.Variable, env.Defining = e.Database(), nil, m.ID
		columns, err := bind.Columns(env, s.Query)
		if err != nil {
			return err
		}
		if local {
			return value.Errorf(4508, 16, 1, "Views or functions are not allowed on temporary tables. Table names that begin with '#' denote temporary tables.")
		}
		m.Columns, err = moduleColumns(s.Name.Name.Name, s.Columns, columns)
		return err
	})
}

// moduleColumns are a view's columns as the catalog shows them.
func moduleColumns(view string, names []tsql.Ident, columns []plan.Column) ([]*catalog.Column, error) {
	if len(names) > 0 && len(names) != len(columns) {
		return nil, value.Errorf(8158, 16, 1, "'%s' has more columns than were specified in the column list.", view)
	}
	seen := map[string]bool{}
	out := make([]*catalog.Column, len(columns))
	for i, c := range columns {
		name := c.Name
		if len(names) > 0 {
			name = names[i].Name
		}
		if name == "" {
			return nil, value.Errorf(4511, 16, 1, "Create View or Function failed because no column name was specified for column %d.", i+1)
		}
		if seen[fold(name)] {
			return nil, value.Errorf(4506, 16, 1, "Column names in each view or function must be unique. Column name '%s' in view or function '%s' is specified more than once.", name, view)
		}
		seen[fold(name)] = true
		out[i] = &catalog.Column{ID: int32(i + 1), Name: name, Type: c.Type}
	}
	return out, nil
}

func (r *run) createProcedure(s *tsql.CreateProcedure) error {
	if s.Number > 1 || s.ForReplication {
		return value.Errorf(40510, 16, 1, "Statement 'CREATE PROCEDURE ;number or FOR REPLICATION' is not supported in this version of SQL Server.")
	}
	if isTemporary(s.Name.Name.Name) {
		return r.createTemporaryProcedure(s)
	}
	d := definition{mode: s.Mode, name: s.Name, kind: catalog.KindProcedure, span: s.Span(), options: s.Options, permission: "CREATE PROCEDURE"}
	return r.defineModule(d, func(m *catalog.Module, _ *catalog.Edit) (err error) {
		m.Parameters, err = r.moduleParameters(s.Parameters)
		if err != nil {
			return err
		}
		return r.declaredOnce(s.Parameters, s.Body)
	})
}

// declaredOnce refuses a body that declares a name twice, as SQL Server does when the module is made.
func (r *run) declaredOnce(parameters []tsql.Parameter, body []tsql.Statement) error {
	l := newLayout()
	if err := r.placeParameters(l, parameters); err != nil {
		return err
	}
	return r.declareAll(l, body)
}

func (r *run) moduleParameters(parameters []tsql.Parameter) ([]catalog.Parameter, error) {
	var out []catalog.Parameter
	for _, p := range parameters {
		c := catalog.Parameter{Name: p.Name, Output: p.Output, ReadOnly: p.ReadOnly}
		if t, ok := r.tableType(p.Type); ok {
			if !p.ReadOnly {
				return nil, value.Errorf(352, 15, 1, "The table-valued parameter \"%s\" must be declared with the READONLY option.", p.Name)
			}
			c.TypeID = t.TypeID
		} else {
			var err error
			if c.Type, err = r.typeOf(p.Type); err != nil {
				return nil, err
			}
		}
		if p.Default != nil {
			c.Default = r.scope.batch.Slice(p.Default.Span())
		}
		out = append(out, c)
	}
	return out, nil
}

func (r *run) createFunction(s *tsql.CreateFunction) error {
	d := definition{mode: s.Mode, name: s.Name, kind: catalog.KindScalarFunction, span: s.Span(), options: s.Options, permission: "CREATE FUNCTION"}
	switch {
	case s.Query != nil:
		d.kind = catalog.KindInlineFunction
	case s.Table != nil:
		d.kind = catalog.KindTableFunction
	}
	return r.defineModule(d, func(m *catalog.Module, e *catalog.Edit) (err error) {
		if m.Parameters, err = r.moduleParameters(s.Parameters); err != nil {
			return err
		}
		switch d.kind {
		case catalog.KindScalarFunction:
			m.Returns, err = r.typeOf(*s.Returns)
			if err != nil {
				return err
			}
			if err := withoutEffects(s.Body); err != nil {
				return err
			}
			return r.declaredOnce(s.Parameters, s.Body)
		case catalog.KindTableFunction:
			if err := withoutEffects(s.Body); err != nil {
				return err
			}
			t, err := r.builder(nil, catalog.SchemaDBO).table(s.Variable, s.Table)
			if err != nil {
				return err
			}
			m.Columns = t.Columns
			return nil
		}
		return r.inlineColumns(m, e, s)
	})
}

func (r *run) inlineColumns(m *catalog.Module, e *catalog.Edit, s *tsql.CreateFunction) error {
	l := newLayout()
	if err := r.placeParameters(l, s.Parameters); err != nil {
		return err
	}
	var local bool
	env := r.environment(&local)
	env.Catalog, env.Variable, env.Defining = e.Database(), l.find, m.ID
	columns, err := bind.Columns(env, s.Query)
	if err != nil {
		return err
	}
	m.Columns, err = moduleColumns(s.Name.Name.Name, nil, columns)
	return err
}

func (r *run) createTrigger(s *tsql.CreateTrigger) error {
	if s.Scope != "" {
		return value.Errorf(40510, 16, 1, "Statement 'CREATE TRIGGER ON %s' is not supported in this version of SQL Server.", s.Scope)
	}
	o, ok := r.find(s.Table)
	if !ok {
		return value.Errorf(8197, 16, 4, "The object '%s' does not exist or is invalid for this operation.", nameText(s.Table))
	}
	if err := r.mustAlter(o); err != nil {
		return err
	}
	if k := o.Head().Kind; k != catalog.KindTable && (k != catalog.KindView || !s.InsteadOf) {
		return value.Errorf(8197, 16, 4, "The object '%s' does not exist or is invalid for this operation.", nameText(s.Table))
	}
	name := s.Name
	if name.Schema.Name == "" {
		schema, _ := r.session.view().SchemaByID(o.Head().SchemaID)
		name.Schema.Name = schema.Name
	}
	d := definition{mode: s.Mode, name: name, kind: catalog.KindTrigger, span: s.Span(), options: s.Options, parent: o.Head().ID}
	return r.defineModule(d, func(m *catalog.Module, e *catalog.Edit) error {
		m.Events, m.InsteadOf = s.Events, s.InsteadOf
		if err := r.onlyInstead(e.Database(), m, o.Head()); err != nil {
			return err
		}
		return r.declaredOnce(nil, s.Body)
	})
}

// onlyInstead refuses a second INSTEAD OF trigger for an event.
func (r *run) onlyInstead(d *catalog.Database, m *catalog.Module, parent *catalog.Header) error {
	if !m.InsteadOf {
		return nil
	}
	what := "table"
	if parent.Kind == catalog.KindView {
		what = "view"
	}
	for _, o := range d.Objects() {
		other, ok := o.(*catalog.Module)
		if !ok || other.ID == m.ID || other.Kind != catalog.KindTrigger || other.ParentID != m.ParentID || !other.InsteadOf {
			continue
		}
		for _, event := range m.Events {
			if slices.ContainsFunc(other.Events, func(e string) bool { return strings.EqualFold(e, event) }) {
				return value.Errorf(2111, 16, 1, "Cannot create trigger '%s' on %s '%s' because an INSTEAD OF %s trigger already exists on this object.", m.Name, what, parent.Name, strings.ToUpper(event))
			}
		}
	}
	return nil
}

// switchTriggers is ENABLE and DISABLE TRIGGER.
func (r *run) switchTriggers(s *tsql.TriggerState) error {
	o, ok := r.find(s.Table)
	t, is := o.(*catalog.Table)
	if view, isModule := o.(*catalog.Module); isModule && view.Kind == catalog.KindView {
		t, is = catalog.Shape(view), true
	}
	if s.Scope != "" || !ok || !is {
		return value.Errorf(8197, 16, 4, "The object '%s' does not exist or is invalid for this operation.", nameText(s.Table))
	}
	a := &tsql.TableTriggers{Enable: s.Enable, All: s.All}
	for _, n := range s.Names {
		a.Names = append(a.Names, n.Name)
	}
	if err := r.mustAlter(o); err != nil {
		return err
	}
	return r.change(func(e *catalog.Edit, _ *txn.Tx) error { return r.tableTriggers(e, t, a) })
}

// firing reports whether what runs is a trigger's own statement, or one of a procedure that it calls: RECURSIVE_TRIGGERS
// is off.
func (r *run) firing(m *catalog.Module) bool {
	for sc := r.scope; sc != nil; sc = sc.parent {
		if sc.module != nil && sc.module.Kind == catalog.KindTrigger {
			return sc.module.ID == m.ID
		}
	}
	return false
}

// fire runs a trigger's body with the rows that were changed.
func (r *run) fire(m *catalog.Module, inserted, deleted [][]value.Value) error {
	b, err := r.moduleBody(m)
	if err != nil {
		return err
	}
	trying := r.trying
	r.trying++ // an error of the trigger is the statement's
	r.fires++
	defer func() { r.trying, r.fires = trying, r.fires-1 }()
	before := r.session.settings
	defer func() { r.restore(before) }()
	r.session.settings.xactAbort = true // as it is in every trigger, until SET turns it off
	defer r.session.revertTo(len(r.session.acting))
	if err := r.actAsModule(m); err != nil {
		return err
	}
	affected := r.session.affected
	defer func() { r.session.affected = affected }()
	table, ok := r.session.view().Table(m.ParentID)
	if !ok {
		o, _ := r.session.view().ObjectByID(m.ParentID)
		view, is := o.(*catalog.Module)
		if !is {
			return nil
		}
		table = catalog.Shape(view)
	}
	if r.session.count == 0 { // @@TRANCOUNT is 1 within a trigger, and ROLLBACK undoes the statement
		r.session.count = 1
		defer func() { r.session.count = 0 }()
	}
	tx, fired := r.session.tx, r.running
	defer r.endedInTrigger(tx)
	defer func() { r.running = fired }()
	r.out.inside++
	defer func() { r.out.inside-- }()
	r.session.affected = int64(max(len(inserted), len(deleted)))
	err = r.enter(&scope{batch: b.batch, compiled: b.compiled, layout: b.layout, module: m}, func(sc *scope) error {
		sc.fired = fired
		if err := r.pseudoTables(sc, table, inserted, deleted); err != nil {
			return err
		}
		_, err := r.list(b.statements)
		return err
	})
	if err == nil && r.session.tx != tx {
		return value.Errorf(3609, 16, 1, "The transaction ended in the trigger. The batch has been aborted.")
	}
	var e *raised
	if errors.As(err, &e) && e.reach == endsBatch {
		return e // it undoes the transaction, not the statement alone
	}
	return unraised(err)
}

// endedInTrigger rolls back what a trigger has begun after it ended the statement's transaction.
func (r *run) endedInTrigger(tx *txn.Tx) {
	if s := r.session; s.tx != nil && s.tx != tx {
		if err := s.rollbackAll(); err != nil {
			s.service.Log.Error("a trigger's transaction was not rolled back", "session", s.id, "error", err)
		}
	}
}

func isTemporary(name string) bool { return strings.HasPrefix(name, "#") }

// isLocal is of # tables, which are one session's.
func isLocal(name string) bool { return isTemporary(name) && !isGlobal(name) }

// isGlobal is of ## tables, which all sessions of a database share.
func isGlobal(name string) bool { return strings.HasPrefix(name, "##") }
