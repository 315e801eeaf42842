package catalog

import (
	"maps"
	"strings"
	"time"

	"github.com/alcedo-cloud/alcedo/internal/sqldb/collate"
)

// Edit is a copy of a catalog that is being changed, with a note of what was. It is for one goroutine. Objects that it
// hands out belong to the catalog that it began with: whoever changes one changes a copy and puts that.
type Edit struct {
	d       *Database
	changed map[recordKey]any // nil: dropped
}

// Edit begins a change. The version is the next one.
func (d *Database) Edit() *Edit {
	next := *d
	next.Version++
	next.objects = maps.Clone(d.objects)
	next.names = maps.Clone(d.names)
	next.schemas = maps.Clone(d.schemas)
	next.principals = maps.Clone(d.principals)
	next.members = maps.Clone(d.members)
	next.grants = maps.Clone(d.grants)
	next.properties = maps.Clone(d.properties)
	next.logins = maps.Clone(d.logins)
	return &Edit{d: &next, changed: map[recordKey]any{}}
}

// Fork begins another change on top of this one, which stays as it is.
func (e *Edit) Fork() *Edit {
	next := e.d.Edit()
	maps.Copy(next.changed, e.changed)
	return next
}

// Database is the catalog with the changes. It may be kept once nothing more is changed.
func (e *Edit) Database() *Database { return e.d }

// NextID is an id for a new object. It goes up in uneven steps as SQL Server's do, so that nobody counts on it.
func (e *Edit) NextID() int32 {
	for {
		e.d.nextID += 16000057
		if e.d.nextID < 0 {
			e.d.nextID &= 0x7fffffff
		}
		if _, taken := e.d.objects[e.d.nextID]; !taken && e.d.nextID > 1000 {
			return e.d.nextID
		}
	}
}

// PutObject adds an object or replaces the one with its id.
func (e *Edit) PutObject(o Object) {
	h := o.Head()
	e.forget(h.ID)
	e.d.objects[h.ID] = o
	e.d.names[nameOf(o)] = o
	e.index(o)
	e.note('o', o, h.ID)
}

// index makes the constraints of a table known as objects: they lie in the table's record.
func (e *Edit) index(o Object) {
	t, ok := o.(*Table)
	if !ok {
		return
	}
	for _, part := range t.parts() {
		h := part.Head()
		e.d.objects[h.ID] = part
		e.d.names[nameOf(part)] = part
	}
}

func (e *Edit) forget(id int32) {
	old, ok := e.d.objects[id]
	if !ok {
		return
	}
	drop := []Object{old}
	if t, isTable := old.(*Table); isTable {
		drop = append(drop, t.parts()...)
	}
	for _, o := range drop {
		h := o.Head()
		delete(e.d.objects, h.ID)
		// By id: a key's object is made anew each time it is asked for.
		if key := nameOf(o); e.d.names[key] != nil && e.d.names[key].Head().ID == h.ID {
			delete(e.d.names, key)
		}
	}
}

// DropObject removes an object with its constraints, its permissions and its extended properties.
func (e *Edit) DropObject(id int32) {
	e.forget(id)
	e.note('o', nil, id)
	for key := range e.d.grants {
		if key.class == ClassObject && key.major == id {
			e.revoke(key)
		}
	}
	for key := range e.d.properties {
		if key.class != 0 && key.class != 3 && key.major == id {
			e.dropProperty(key)
		}
	}
}

// PutSchema adds a schema or replaces it.
func (e *Edit) PutSchema(s *Schema) { e.d.schemas[s.ID] = s; e.note('s', s, s.ID) }

// DropSchema removes a schema, its permissions and its properties; the caller has seen that it is empty.
func (e *Edit) DropSchema(id int32) {
	delete(e.d.schemas, id)
	e.note('s', nil, id)
	for key := range e.d.grants {
		if key.class == ClassSchema && key.major == id {
			e.revoke(key)
		}
	}
	for key := range e.d.properties {
		if key.class == 3 && key.major == id {
			e.dropProperty(key)
		}
	}
}

// NextSchema is an id for a new schema.
func (e *Edit) NextSchema() int32 {
	id := int32(5)
	for e.d.schemas[id] != nil {
		id++
	}
	return id
}

// PutPrincipal adds a user or role or replaces it.
func (e *Edit) PutPrincipal(p *Principal) { e.d.principals[p.ID] = p; e.note('p', p, p.ID) }

// NextPrincipal is an id for a new user or role.
func (e *Edit) NextPrincipal() int32 {
	id := int32(5)
	for e.d.principals[id] != nil {
		id++
	}
	return id
}

// DropPrincipal removes a user or role with its memberships and permissions.
func (e *Edit) DropPrincipal(id int32) {
	delete(e.d.principals, id)
	e.note('p', nil, id)
	for m := range e.d.members {
		if m.Role == id || m.Principal == id {
			e.RemoveMember(m)
		}
	}
	for key := range e.d.grants {
		if key.grantee == id || key.class == ClassPrincipal && key.major == id {
			e.revoke(key)
		}
	}
}

// AddMember puts a principal into a role.
func (e *Edit) AddMember(m Member) { e.d.members[m] = true; e.note('m', m, m.Role, m.Principal) }

// RemoveMember takes it out.
func (e *Edit) RemoveMember(m Member) { delete(e.d.members, m); e.note('m', nil, m.Role, m.Principal) }

// PutPermission grants or denies.
func (e *Edit) PutPermission(p *Permission) {
	key := grantKey{p.Class, p.Major, p.Minor, p.Grantee, p.Name}
	e.d.grants[key] = p
	e.noteGrant(key, p)
}

// Revoke takes a grant or denial back.
func (e *Edit) Revoke(p Permission) { e.revoke(grantKey{p.Class, p.Major, p.Minor, p.Grantee, p.Name}) }

func (e *Edit) revoke(key grantKey) {
	delete(e.d.grants, key)
	e.noteGrant(key, nil)
}

func (e *Edit) noteGrant(key grantKey, p *Permission) {
	k := recordKey{kind: 'g', a: int32(key.class), b: key.major, c: key.minor, d: key.grantee, name: key.name}
	if p == nil {
		e.changed[k] = nil
		return
	}
	e.changed[k] = p
}

// PutProperty sets an extended property.
func (e *Edit) PutProperty(p *ExtendedProperty) {
	key := propertyKey{p.Class, p.MajorID, p.MinorID, Fold(p.Name)}
	e.d.properties[key] = p
	e.changed[recordKey{kind: 'x', a: int32(key.class), b: key.major, c: key.minor, name: key.name}] = p
}

// DropProperty removes an extended property and reports whether it was there.
func (e *Edit) DropProperty(class uint8, major, minor int32, n string) bool {
	key := propertyKey{class, major, minor, Fold(n)}
	if e.d.properties[key] == nil {
		return false
	}
	e.dropProperty(key)
	return true
}

func (e *Edit) dropProperty(key propertyKey) {
	delete(e.d.properties, key)
	e.changed[recordKey{kind: 'x', a: int32(key.class), b: key.major, c: key.minor, name: key.name}] = nil
}

// SetSettings changes the database's settings.
func (e *Edit) SetSettings(s Settings) { e.d.Settings = s }

// Rename gives the database another name.
func (e *Edit) Rename(n string) { e.d.Name = n }

func (e *Edit) note(kind byte, record any, ids ...int32) {
	k := recordKey{kind: kind}
	for i, id := range ids {
		switch i {
		case 0:
			k.a = id
		case 1:
			k.b = id
		}
	}
	e.changed[k] = record
}

// parts are the objects that live in a table's record.
func (t *Table) parts() []Object {
	var all []Object
	for _, x := range t.Indexes {
		if x.Constraint != nil {
			all = append(all, &KeyConstraint{Header: x.Constraint, Table: t, Index: x})
		}
	}
	for _, c := range t.Columns {
		if c.Default != nil {
			all = append(all, c.Default)
		}
	}
	for _, c := range t.Checks {
		all = append(all, c)
	}
	for _, k := range t.ForeignKeys {
		all = append(all, k)
	}
	return all
}

// KeyConstraint is a PRIMARY KEY or UNIQUE constraint as an object.
type KeyConstraint struct {
	*Header
	Table *Table
	Index *Index
}

// Clone copies a table so deeply that its columns, indexes and constraints can be changed.
func (t *Table) Clone() *Table {
	c := *t
	c.Columns = clone(t.Columns)
	for _, column := range c.Columns {
		if column.Default != nil {
			d := *column.Default
			column.Default = &d
		}
	}
	c.Indexes = clone(t.Indexes)
	c.Checks = clone(t.Checks)
	c.ForeignKeys = clone(t.ForeignKeys)
	return &c
}

func clone[T any](in []*T) []*T {
	if in == nil {
		return nil
	}
	out := make([]*T, len(in))
	for i, p := range in {
		copied := *p
		out[i] = &copied
	}
	return out
}

// New is the catalog of an empty database, with what every database has.
func New(id int32, databaseName string, now time.Time) *Edit {
	d := &Database{
		ID: id, Name: databaseName, Created: now,
		Settings: Settings{AllowSnapshot: true, ReadCommittedSnapshot: true, CompatibilityLevel: 170},
		objects:  map[int32]Object{}, names: map[name]Object{}, schemas: map[int32]*Schema{}, principals: map[int32]*Principal{},
		members: map[Member]bool{}, grants: map[grantKey]*Permission{}, properties: map[propertyKey]*ExtendedProperty{}, logins: map[string]*Login{},
		nextID: 901578250,
	}
	e := &Edit{d: d, changed: map[recordKey]any{}}
	for _, s := range []Schema{{SchemaDBO, "dbo", DBOID}, {SchemaGuest, "guest", GuestID}, {SchemaInformation, "INFORMATION_SCHEMA", InformationID}, {SchemaSys, "sys", SysID}} {
		e.PutSchema(&s)
	}
	for _, p := range []Principal{
		{ID: PublicID, Name: "public", Type: Role, Owner: DBOID},
		{ID: DBOID, Name: "dbo", Type: SQLUser, SID: []byte{1}, DefaultSchema: "dbo"},
		{ID: GuestID, Name: "guest", Type: SQLUser, SID: []byte{0}, DefaultSchema: "guest"},
		{ID: InformationID, Name: "INFORMATION_SCHEMA", Type: SQLUser},
		{ID: SysID, Name: "sys", Type: SQLUser},
	} {
		p.Created, p.Modified = now, now
		e.PutPrincipal(&p)
	}
	for i, role := range strings.Fields("db_owner db_accessadmin db_securityadmin db_ddladmin . db_backupoperator db_datareader db_datawriter db_denydatareader db_denydatawriter") {
		if role == "." {
			continue // 16388 was never given
		}
		e.PutPrincipal(&Principal{ID: DBOwner + int32(i), Name: role, Type: Role, Owner: DBOID, Fixed: true, Created: now, Modified: now})
	}
	e.AddMember(Member{DBOwner, DBOID})
	e.PutPermission(&Permission{Class: ClassDatabase, Grantee: DBOID, Grantor: DBOID, Name: "CONNECT", State: Granted})
	return e
}

// SetCollation sets the collation of the database.
func (e *Edit) SetCollation(c *collate.Collation) { e.d.Collation = c }

// Copy is an Edit that writes the whole catalog as that of another database.
func (d *Database) Copy(id int32) *Edit {
	e := d.Edit()
	e.d.ID = id
	for _, o := range d.objects {
		if t, ok := o.(*Table); ok && t.Global {
			continue // it is of sessions of the other database
		}
		switch o.(type) {
		case *Table, *Module, *Sequence, *Synonym, *TableType, *AliasType:
			e.note('o', o, o.Head().ID)
		}
	}
	for _, s := range d.schemas {
		e.note('s', s, s.ID)
	}
	for _, p := range d.principals {
		e.note('p', p, p.ID)
	}
	for m := range d.members {
		e.note('m', m, m.Role, m.Principal)
	}
	for key, p := range d.grants {
		e.noteGrant(key, p)
	}
	for _, p := range d.properties {
		e.PutProperty(p)
	}
	for _, l := range d.logins {
		e.PutLogin(l)
	}
	return e
}

// PutLogin adds a login or replaces it.
func (e *Edit) PutLogin(l *Login) {
	e.d.logins[Fold(l.Name)] = l
	e.changed[recordKey{kind: 'l', name: Fold(l.Name)}] = l
}

// DropLogin removes a login.
func (e *Edit) DropLogin(name string) {
	delete(e.d.logins, Fold(name))
	e.changed[recordKey{kind: 'l', name: Fold(name)}] = nil
}
