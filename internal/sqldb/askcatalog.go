package sqldb

import (
	"strconv"
	"strings"

	"github.com/alcedo-cloud/alcedo/internal/sqldb/catalog"
	"github.com/alcedo-cloud/alcedo/internal/sqldb/sysview"
	"github.com/alcedo-cloud/alcedo/internal/sqldb/value"
	"github.com/alcedo-cloud/alcedo/internal/tsql"
)

func itoa(n int) string { return strconv.Itoa(n) }

func itoa64(n int64) string { return strconv.FormatInt(n, 10) }

// named finds an object by a name in a string, as OBJECT_ID takes it.
func (r *run) named(text string) (catalog.Object, bool) {
	name, err := tsql.ParseName(text)
	if err != nil {
		return nil, false
	}
	if isGlobal(name.Name.Name) {
		return r.find(*name)
	}
	if isTemporary(name.Name.Name) {
		if t := r.session.temporary[fold(name.Name.Name)]; t != nil {
			return t, true
		}
		m := r.session.procedures[fold(name.Name.Name)]
		return m, m != nil
	}
	if fold(name.Database.Name) == tempdb {
		return nil, false
	}
	if o, ok := r.find(*name); ok {
		return o, true
	}
	return sysview.SystemObject(name.Schema.Name, name.Name.Name)
}

// withID finds an object by its id, one of the server's own too.
func (e surroundings) withID(id int32) (catalog.Object, bool) {
	if o, ok := e.session.view().ObjectByID(id); ok {
		return o, e.visible(id)
	}
	if id < 0 {
		return sysview.SystemObjectByID(id)
	}
	return nil, false
}

// shown reports whether the user may know of an object that was named.
func (e surroundings) shown(o catalog.Object) bool {
	return isTemporary(o.Head().Name) || o.Head().ID < 0 || e.visible(o.Head().ID)
}

func argText(args []value.Value, i int) (string, bool) {
	if i >= len(args) || args[i].IsNull() {
		return "", false
	}
	return args[i].Text(), true
}

func argNumber(args []value.Value, i int) (int32, bool) {
	if i >= len(args) || args[i].IsNull() {
		return 0, false
	}
	return int32(args[i].Int64()), true
}

func (e surroundings) askCatalog(name string, args []value.Value) (value.Value, bool) {
	d := e.session.view()
	switch name {
	case "DB_NAME", "ORIGINAL_DB_NAME":
		return e.databaseName(args)
	case "DB_ID":
		return e.databaseID(args)
	case "OBJECT_ID":
		return e.objectID(args)
	case "OBJECT_NAME", "OBJECT_SCHEMA_NAME", "OBJECT_DEFINITION":
		return e.objectName(name, args)
	case "SCHEMA_NAME":
		id, ok := argNumber(args, 0)
		if len(args) == 0 {
			id, ok = e.defaultSchema(), true
		}
		if s, found := d.SchemaByID(id); ok && found {
			return words(s.Name)
		}
		return nothing()
	case "SCHEMA_ID":
		if len(args) == 0 {
			return number(e.defaultSchema())
		}
		if text, ok := argText(args, 0); ok {
			if s, found := d.Schema(text); found {
				return number(s.ID)
			}
		}
		return nothing()
	case "COL_NAME", "COL_LENGTH":
		return e.columnAnswer(name, args)
	case "TYPE_ID":
		text, _ := argText(args, 0)
		return e.typeID(text)
	case "TYPE_NAME":
		id, _ := argNumber(args, 0)
		return e.typeName(id)
	case "INDEX_COL":
		return e.indexColumn(args)
	case "STATS_DATE", "FILE_NAME", "FILE_ID", "FILEGROUP_NAME", "FILEGROUP_ID":
		return nothing()
	}
	return value.Value{}, false
}

// databaseName is DB_NAME, of the databases that the session can know.
func (e surroundings) databaseName(args []value.Value) (value.Value, bool) {
	if len(args) == 0 {
		return words(e.session.Database())
	}
	if id, ok := argNumber(args, 0); ok {
		if id == tempdbID {
			return words(tempdb)
		}
		for _, d := range e.serverDatabases() {
			if int32(d[1].Int64()) == id {
				return d[0], true
			}
		}
	}
	return nothing()
}

// databaseNumber is DB_ID(): master is 1, and a session sees its own database as 5 or what its place on the server is.
func (s *session) databaseNumber() int32 {
	if strings.EqualFold(s.Database(), master) {
		return 1
	}
	return s.db.id + 4
}

// databaseID is DB_ID, of the databases that the session can know.
func (e surroundings) databaseID(args []value.Value) (value.Value, bool) {
	if len(args) == 0 {
		return number(e.session.databaseNumber())
	}
	if text, ok := argText(args, 0); ok {
		if strings.EqualFold(strings.TrimRight(text, " "), tempdb) {
			return number(tempdbID)
		}
		for _, d := range e.serverDatabases() {
			if strings.EqualFold(d[0].Text(), strings.TrimRight(text, " ")) {
				return d[1], true
			}
		}
	}
	return nothing()
}

func (e surroundings) objectID(args []value.Value) (value.Value, bool) {
	text, ok := argText(args, 0)
	if !ok {
		return nothing()
	}
	o, found := e.named(text)
	if !found || !e.shown(o) {
		return nothing()
	}
	if name, err := tsql.ParseName(text); isTemporary(o.Head().Name) && (err != nil || fold(name.Database.Name) != tempdb) {
		return nothing() // it is not an object of this database
	}
	if kind, given := argText(args, 1); given && !strings.EqualFold(strings.TrimSpace(kind), string(o.Head().Kind)) {
		return nothing()
	}
	return number(o.Head().ID)
}

func (e surroundings) objectName(function string, args []value.Value) (value.Value, bool) {
	id, ok := argNumber(args, 0)
	o, found := e.withID(id)
	if !ok || !found {
		return nothing()
	}
	switch function {
	case "OBJECT_SCHEMA_NAME":
		s, _ := e.session.view().SchemaByID(o.Head().SchemaID)
		return words(s.Name)
	case "OBJECT_DEFINITION":
		if d := e.session.view(); !e.session.who.server && !e.session.who.rights(d).has("VIEW DEFINITION", on(d, o, 0)) {
			return nothing()
		}
		switch t := o.(type) {
		case *catalog.Module:
			return words(t.Text)
		case *catalog.Check:
			return words(tsql.NormalCondition(t.Text))
		case *catalog.Default:
			return words(tsql.NormalExpr(t.Text))
		}
		return nothing()
	}
	return words(o.Head().Name)
}

// columnsOf are the columns of a table or view.
func columnsOf(o catalog.Object) []*catalog.Column {
	switch t := o.(type) {
	case *catalog.Table:
		return t.Columns
	case *catalog.Module:
		return t.Columns
	case *catalog.TableType:
		return t.Table.Columns
	}
	return nil
}

func (e surroundings) columnAnswer(function string, args []value.Value) (value.Value, bool) {
	if function == "COL_NAME" {
		id, _ := argNumber(args, 0)
		number, ok := argNumber(args, 1)
		o, found := e.withID(id)
		if !ok || !found {
			return nothing()
		}
		for _, c := range columnsOf(o) {
			if c.ID == number {
				return words(c.Name)
			}
		}
		return nothing()
	}
	text, _ := argText(args, 0)
	column, _ := argText(args, 1)
	o, ok := e.named(text)
	if !ok || !e.shown(o) {
		return nothing()
	}
	for _, c := range columnsOf(o) {
		if strings.EqualFold(c.Name, column) {
			return number(c.Type.MaxLength())
		}
	}
	return nothing()
}

func (e surroundings) typeID(text string) (value.Value, bool) {
	name, err := tsql.ParseName(text)
	if err != nil {
		return nothing()
	}
	if t, err := value.TypeOf(name.Name.Name, lengthIfOmitted); err == nil && (name.Schema.Name == "" || strings.EqualFold(name.Schema.Name, "sys")) {
		return number(t.UserTypeID())
	}
	switch o, _ := e.findType(*name); t := o.(type) {
	case *catalog.AliasType:
		return number(t.TypeID)
	case *catalog.TableType:
		return number(t.TypeID)
	}
	return nothing()
}

func (e surroundings) typeName(id int32) (value.Value, bool) {
	switch id {
	case 108:
		return words("numeric")
	case 256:
		return words("sysname")
	}
	for t := value.Bit; t <= value.RowVersion; t++ {
		if value.Of(t).UserTypeID() == int(id) {
			return words(t.String())
		}
	}
	if o, ok := e.session.view().TypeByID(id); ok {
		return words(o.Head().Name)
	}
	return nothing()
}

func (e surroundings) indexColumn(args []value.Value) (value.Value, bool) {
	text, _ := argText(args, 0)
	id, _ := argNumber(args, 1)
	place, _ := argNumber(args, 2)
	o, ok := e.named(text)
	t, is := o.(*catalog.Table)
	if !ok || !is || t.Guarded() && !e.visible(t.ID) {
		return nothing()
	}
	x := t.Index(id)
	if x == nil || place < 1 || int(place) > len(x.Keys) {
		return nothing()
	}
	return words(t.Columns[t.Ordinal(x.Keys[place-1].Column)].Name)
}
