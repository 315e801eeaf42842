package sqldb

import (
	"strings"
	"time"

	"github.com/alcedo-cloud/alcedo/internal/sqldb/bind"
	"github.com/alcedo-cloud/alcedo/internal/sqldb/catalog"
	"github.com/alcedo-cloud/alcedo/internal/sqldb/plan"
	"github.com/alcedo-cloud/alcedo/internal/sqldb/sysview"
	"github.com/alcedo-cloud/alcedo/internal/sqldb/txn"
	"github.com/alcedo-cloud/alcedo/internal/sqldb/value"
	"github.com/alcedo-cloud/alcedo/internal/tsql"
)

// runSystem runs a catalog procedure: its text is a batch over the system views, its parameters get the call's
// arguments, and what is not given is NULL.
func (r *run) runSystem(p *invocation, q sysview.Query) error {
	c, err := r.compileBatch(q.Text, q.Parameters)
	if err != nil {
		return err
	}
	return r.enter(&scope{batch: c.batch, compiled: c, layout: c.layout}, func(sc *scope) error {
		for i, a := range p.args {
			place := i
			if a.Name != "" {
				var ok bool
				if place, _, ok = sc.layout.find(a.Name); !ok {
					return r.failed(nil, value.Errorf(8145, 16, 2, "%s is not a parameter for procedure %s.", a.Name, p.name))
				}
			}
			if place >= sc.layout.parameters {
				return r.failed(nil, value.Errorf(8144, 16, 2, "Procedure or function %s has too many arguments specified.", p.name))
			}
			v, err := convertTo(a.Value, a.Type, sc.layout.types[place])
			if err != nil {
				return r.failed(nil, err)
			}
			sc.frame[place] = v
		}
		_, err := r.list(c.batch.Statements)
		return err
	})
}

// setSessionContext is sp_set_session_context @key, @value, @read_only.
func (r *run) setSessionContext(p *invocation) error {
	key, ok := p.text(0, "@key")
	if !ok {
		return missing("sp_set_session_context", "@key")
	}
	s := r.session
	if old, there := s.context[fold(key)]; there && old.readOnly {
		return value.Errorf(15664, 16, 1, "Cannot set key '%s' in the session context. The key has been set as read_only for this session.", key)
	}
	a, _, given := p.arg(1, "@value")
	if !given || a.Value.IsNull() {
		delete(s.context, fold(key))
		return nil
	}
	const most = 1 << 20 // bytes
	size := len(key) + len(a.Value.Text())
	for name, c := range s.context {
		if name != fold(key) {
			size += len(name) + len(c.v.Text()) + 16
		}
	}
	if size > most {
		return value.Errorf(15665, 16, 1, "The value was not set for key '%s' because the total size of keys and values in the session context would exceed the 1 MB limit.", key)
	}
	readOnly, _ := p.number(2, "@read_only")
	v, t := a.Value, a.Type
	if t.ID == value.Variant {
		v, t = v.Variant()
	}
	s.context[fold(key)] = contextValue{v, t, readOnly != 0}
	return nil
}

// rename is sp_rename @objname, @newname, @objtype: of objects, columns and indexes.
func (r *run) rename(p *invocation) error {
	from, ok := p.text(0, "@objname")
	if !ok {
		return missing("sp_rename", "@objname")
	}
	to, ok := p.text(1, "@newname")
	if !ok {
		return missing("sp_rename", "@newname")
	}
	kind, _ := p.text(2, "@objtype")
	wrong := value.Errorf(15225, 11, 1, "No item by the name of '%s' could be found in the current database '%s', given that @itemtype was input as '(null)'.", from, r.session.Database())
	name, err := tsql.ParseName(from)
	if err != nil {
		return wrong
	}
	r.here(name)
	switch strings.ToUpper(kind) {
	case "COLUMN":
		err = r.renameColumn(name, to)
	case "INDEX":
		err = r.renameIndex(name, to)
	case "", "OBJECT":
		if _, object := r.find(*name); !object && kind == "" && name.Schema.Name != "" {
			if r.renameColumn(name, to) != nil && r.renameIndex(name, to) != nil {
				return wrong
			}
			break
		}
		err = r.renameObject(name, to)
	default:
		return value.Errorf(15249, 11, 1, "Error: Explicit @itemtype '%s' is unrecognized (%d).", kind, 1)
	}
	if err != nil {
		return err
	}
	m := value.Errorf(15477, 0, 1, "Caution: Changing any part of an object name could break scripts and stored procedures.")
	m.Procedure = "sp_rename"
	return r.out.message(m)
}

// here takes the current database from the front of a column's or index's name: database.schema.table.column.
func (r *run) here(n *tsql.ObjectName) {
	if strings.EqualFold(n.Server.Name, r.session.Database()) {
		n.Server = tsql.Ident{}
	}
}

func ambiguous() error {
	return value.Errorf(15248, 11, 1, "Either the parameter @objname is ambiguous or the claimed @objtype (COLUMN) is wrong.")
}

func ownerOf(n *tsql.ObjectName) tsql.ObjectName {
	return tsql.ObjectName{Schema: n.Database, Name: n.Schema}
}

func (r *run) renameColumn(n *tsql.ObjectName, to string) error {
	return r.renameWithin(n, func(t *catalog.Table) error {
		c, _ := t.Column(n.Name.Name)
		if c == nil {
			return ambiguous()
		}
		if other, _ := t.Column(to); other != nil && other != c {
			return value.Errorf(15335, 11, 1, "Error: The new name '%s' is already in use as a COLUMN name and would cause a duplicate that is not permitted.", to)
		}
		c.Name = to
		return nil
	})
}

func (r *run) renameIndex(n *tsql.ObjectName, to string) error {
	return r.renameWithin(n, func(t *catalog.Table) error {
		for _, x := range t.Indexes {
			if strings.EqualFold(x.Name, n.Name.Name) {
				x.Name = to
				if x.Constraint != nil {
					h := *x.Constraint
					h.Name = to
					x.Constraint = &h
				}
				return nil
			}
		}
		return ambiguous()
	})
}

func (r *run) renameWithin(n *tsql.ObjectName, fn func(t *catalog.Table) error) error {
	return r.change(func(e *catalog.Edit, tx *txn.Tx) error {
		o, ok := r.find(ownerOf(n))
		old, is := o.(*catalog.Table)
		if !ok || !is {
			return ambiguous()
		}
		if err := r.mustAlter(old); err != nil {
			return err
		}
		if err := r.lockTable(tx, old); err != nil {
			return err
		}
		t := old.Clone()
		t.Modified = r.session.service.now()
		if err := fn(t); err != nil {
			return err
		}
		e.PutObject(t)
		return nil
	})
}

func (r *run) renameObject(n *tsql.ObjectName, to string) error {
	return r.change(func(e *catalog.Edit, tx *txn.Tx) error {
		o, ok := r.find(*n)
		if !ok {
			return value.Errorf(15225, 11, 1, "No item by the name of '%s' could be found in the current database '%s', given that @itemtype was input as '(null)'.", nameText(*n), r.session.Database())
		}
		if err := r.mustAlter(o); err != nil {
			return err
		}
		if _, taken := e.Database().Object(o.Head().SchemaID, to); taken {
			return value.Errorf(15335, 11, 1, "Error: The new name '%s' is already in use as a OBJECT name and would cause a duplicate that is not permitted.", to)
		}
		if parent, ok := e.Database().Table(o.Head().ParentID); ok && o.Head().Kind != catalog.KindTrigger {
			return r.renameConstraint(e, parent, o.Head().ID, to)
		}
		if t, is := o.(*catalog.Table); is {
			if err := r.lockTable(tx, t); err != nil {
				return err
			}
		}
		e.PutObject(moved(o, func(h *catalog.Header) { h.Name, h.Modified = to, r.session.service.now() }))
		return nil
	})
}

func (r *run) renameConstraint(e *catalog.Edit, parent *catalog.Table, id int32, to string) error {
	t := parent.Clone()
	for _, x := range t.Indexes {
		if x.Constraint != nil && x.Constraint.ID == id {
			h := *x.Constraint
			h.Name, x.Name = to, to
			x.Constraint = &h
		}
	}
	for _, c := range t.Columns {
		if c.Default != nil && c.Default.ID == id {
			c.Default.Name = to
		}
	}
	for _, c := range t.Checks {
		if c.ID == id {
			c.Name = to
		}
	}
	for _, k := range t.ForeignKeys {
		if k.ID == id {
			k.Name = to
		}
	}
	e.PutObject(t)
	return nil
}

// describeFirstResultSet is sp_describe_first_result_set @tsql, @params.
func (r *run) describeFirstResultSet(p *invocation) error {
	text, ok := p.text(0, "@tsql")
	if !ok {
		return missing("sp_describe_first_result_set", "@tsql")
	}
	declaration, _ := p.text(1, "@params")
	c, err := r.compileBatch(text, declaration)
	if err != nil {
		return err
	}
	var columns []plan.Column
	err = r.enter(&scope{batch: c.batch, compiled: c, layout: c.layout}, func(*scope) error {
		for _, s := range c.batch.Statements {
			q, is := s.(*tsql.SelectStatement)
			if !is {
				continue
			}
			var local bool
			columns, err = bind.Columns(r.environment(&local), q.Query)
			return err
		}
		return nil
	})
	if err != nil {
		return err
	}
	return r.showDescription(columns)
}

// describeParameters is sp_describe_undeclared_parameters, which nothing here can tell.
func (r *run) describeParameters(*invocation) error {
	return value.Errorf(40510, 16, 1, "Statement 'sp_describe_undeclared_parameters' is not supported in this version of SQL Server.")
}

func (r *run) showDescription(columns []plan.Column) error {
	shape := sysview.ResultSetColumns()
	if err := r.out.columns(shape); err != nil {
		return err
	}
	for i, c := range columns {
		if err := r.out.row(sysview.DescribeColumn(i+1, c)); err != nil {
			return err
		}
	}
	return r.out.done(Done{Command: commandSelect, Count: int64(len(columns)), Counted: true})
}

// Server gives system views what lies outside of a database.
func (e surroundings) Server(name string) [][]value.Value {
	switch name {
	case "databases":
		return e.serverDatabases()
	case "sessions":
		return e.serverSessions()
	case "logins":
		return e.serverLogins()
	case "counters":
		return e.counters()
	case "firewall_rules":
		return e.firewallRules()
	}
	return nil
}

// serverDatabases are name, database_id, create_date, collation, state: master sees all, any other itself and master.
func (e surroundings) serverDatabases() [][]value.Value {
	s := e.session
	all, err := s.service.Databases(e.ctx, s.serverName)
	if err != nil {
		return nil
	}
	var rows [][]value.Value
	for _, d := range all {
		own := strings.EqualFold(d.Name, s.Database())
		if !own && !strings.EqualFold(d.Name, master) && !strings.EqualFold(s.Database(), master) {
			continue
		}
		id := d.ID + 4
		if strings.EqualFold(d.Name, master) {
			id = 1
		}
		collation := d.Settings.Collation
		if collation == "" {
			collation = "SQL_Latin1_General_CP1_CI_AS"
		}
		rows = append(rows, []value.Value{
			value.OfString(d.Name), value.OfInt(int64(id)), value.OfDateTime(ticksOf(d.Created)), value.OfString(collation),
			value.OfString(d.Settings.Edition), value.OfString(d.Settings.Objective), value.OfInt(d.Settings.MaxBytes),
		})
	}
	return rows
}

// serverLogins are name, sid, type, is_disabled, create_date, modify_date, default_database_name.
func (e surroundings) serverLogins() [][]value.Value {
	s := e.session
	if !strings.EqualFold(s.Database(), master) {
		return nil
	}
	var rows [][]value.Value
	add := func(name string, sid []byte, kind catalog.PrincipalType, disabled bool, created, modified time.Time, database string) {
		rows = append(rows, []value.Value{
			value.OfString(name), value.OfByteSlice(sid), value.OfString(string(kind)), value.OfBool(disabled),
			value.OfDateTime(ticksOf(created)), value.OfDateTime(ticksOf(modified)), value.OfString(database),
		})
	}
	if server, ok, err := s.service.Server(e.ctx, s.serverName); err == nil && ok && server.AdminLogin != "" && s.who.server {
		add(server.AdminLogin, adminSID(server.Name), catalog.SQLUser, false, server.Created, server.Created, master)
	}
	own := s.ownLogin()
	for _, l := range s.view().Logins() {
		if !s.who.server && l != own {
			continue
		}
		add(l.Name, l.SID, l.Type, l.Disabled, l.Created, l.Modified, l.Database)
	}
	return rows
}

// counters are object_id and the last value of the identities and sequences that gave one.
func (e surroundings) counters() [][]value.Value {
	s := e.session
	var rows [][]value.Value
	add := func(id int32, c txn.Counter) {
		if n, given, err := s.service.engine.Last(e.ctx, c); err == nil && given {
			rows = append(rows, []value.Value{value.OfInt(int64(id)), value.OfInt(n)})
		}
	}
	for _, o := range s.view().Objects() {
		switch t := o.(type) {
		case *catalog.Table:
			if t.IdentityColumn() >= 0 {
				add(t.ID, e.identityCounter(t))
			}
		case *catalog.Sequence:
			add(t.ID, sequenceCounter(s.db.id, t))
		}
	}
	return rows
}

// firewallRules are id, name, start, end and times of the server's rules; master's administrators see them.
func (e surroundings) firewallRules() [][]value.Value {
	s := e.session
	server, ok, err := s.service.Server(e.ctx, s.serverName)
	if err != nil || !ok || !s.who.server || !strings.EqualFold(s.Database(), master) {
		return nil
	}
	var rows [][]value.Value
	made := value.OfDateTime(ticksOf(server.Created))
	for i, r := range server.Firewall {
		rows = append(rows, []value.Value{value.OfInt(int64(i + 1)), value.OfString(r.Name), value.OfString(r.Start.String()), value.OfString(r.End.String()), made, made})
	}
	return rows
}
