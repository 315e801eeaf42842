package sysview

import (
	"strings"

	"github.com/alcedo-cloud/alcedo/internal/sqldb/catalog"
	"github.com/alcedo-cloud/alcedo/internal/sqldb/collate"
	"github.com/alcedo-cloud/alcedo/internal/sqldb/value"
)

// functions are those of sys that give rows.
func functions() []view {
	return []view{
		{"sys", "fn_listextendedproperty", "objtype sysname null, objname sysname null, name sysname, value sql_variant null", listExtendedProperties},
		{"sys", "fn_my_permissions", "entity_name nvarchar(128), subentity_name nvarchar(128), permission_name nvarchar(60)", myPermissions},
		{"sys", "fn_builtin_permissions", "class_desc nvarchar(60), permission_name nvarchar(60), type varchar(4), covering_permission_name nvarchar(60), parent_class_desc nvarchar(60), parent_covering_permission_name nvarchar(60)", func(*rows) {}},
		{"sys", "fn_helpcollations", "name nvarchar(128), description nvarchar(1000)", func(r *rows) {
			for _, name := range collate.Names() {
				r.add(name, name)
			}
		}},
		{"sys", "dm_exec_sql_text", "dbid smallint null, objectid int null, number smallint null, encrypted bit, text nvarchar(max) null", func(*rows) {}},
		{"sys", "dm_exec_input_buffer", "event_type nvarchar(256), parameters smallint null, event_info nvarchar(max) null", func(*rows) {}},
	}
}

// listExtendedProperties is fn_listextendedproperty(name, level0 type and name, level1 type and name, level2 type and
// name). A name that is NULL or default means all.
func listExtendedProperties(r *rows) {
	level := func(i int) (string, string) {
		kind, _ := r.text(i)
		name, _ := r.text(i + 1)
		return strings.ToUpper(kind), name
	}
	wanted, _ := r.text(0)
	kind0, name0 := level(1)
	kind1, name1 := level(3)
	kind2, name2 := level(5)
	for _, p := range r.db.Properties() {
		if wanted != "" && !strings.EqualFold(p.Name, wanted) || (p.Class == 1 || p.Class == 7) && !r.env.Visible(p.MajorID) {
			continue
		}
		place := r.propertyPlace(p)
		ok := false
		switch {
		case kind0 == "":
			ok = p.Class == 0
		case kind1 == "":
			ok = place.kind1 == "" && place.matches(0, kind0, name0)
		case kind2 == "":
			ok = place.kind2 == "" && place.matches(0, kind0, name0) && place.matches(1, kind1, name1)
		default:
			ok = place.matches(0, kind0, name0) && place.matches(1, kind1, name1) && place.matches(2, kind2, name2)
		}
		if ok {
			kind, name := place.last()
			r.add(textOrNull(kind), textOrNull(name), p.Name, propertyValue(p))
		}
	}
}

// propertyPlace is what an extended property is of, as the levels of sp_addextendedproperty name it.
type propertyPlace struct {
	kind0, name0, kind1, name1, kind2, name2 string
}

func (l propertyPlace) matches(level int, kind, name string) bool {
	k, n := l.kind0, l.name0
	switch level {
	case 1:
		k, n = l.kind1, l.name1
	case 2:
		k, n = l.kind2, l.name2
	}
	return k == kind && (name == "" || strings.EqualFold(n, name))
}

// last is the innermost level.
func (l propertyPlace) last() (kind, name string) {
	switch {
	case l.kind2 != "":
		return l.kind2, l.name2
	case l.kind1 != "":
		return l.kind1, l.name1
	}
	return l.kind0, l.name0
}

func levelName(k catalog.Kind) string {
	switch k {
	case catalog.KindTable:
		return "TABLE"
	case catalog.KindView:
		return "VIEW"
	case catalog.KindProcedure:
		return "PROCEDURE"
	case catalog.KindScalarFunction, catalog.KindInlineFunction, catalog.KindTableFunction:
		return "FUNCTION"
	case catalog.KindSequence:
		return "SEQUENCE"
	case catalog.KindSynonym:
		return "SYNONYM"
	case catalog.KindTrigger:
		return "TRIGGER"
	}
	return "CONSTRAINT"
}

func (r *rows) propertyPlace(p *catalog.ExtendedProperty) (l propertyPlace) {
	switch p.Class {
	case 3:
		l.kind0, l.name0 = "SCHEMA", r.schemaName(p.MajorID)
		return l
	case 1, 7:
	default:
		return l
	}
	o, ok := r.db.ObjectByID(p.MajorID)
	if !ok {
		return l
	}
	h := o.Head()
	l.kind0, l.name0 = "SCHEMA", r.schemaName(h.SchemaID)
	l.kind1, l.name1 = levelName(h.Kind), h.Name
	if t, ok := r.db.Table(h.ParentID); ok { // a constraint or trigger
		l.kind2, l.name2 = l.kind1, l.name1
		l.kind1, l.name1 = "TABLE", t.Name
		return l
	}
	t, ok := o.(*catalog.Table)
	switch {
	case !ok || p.MinorID == 0:
	case p.Class == 7:
		if x := t.Index(p.MinorID); x != nil {
			l.kind2, l.name2 = "INDEX", x.Name
		}
	default:
		if i := t.Ordinal(p.MinorID); i >= 0 {
			l.kind2, l.name2 = "COLUMN", t.Columns[i].Name
		}
	}
	return l
}

// Permissions that fn_my_permissions asks for.
var (
	databasePermissionNames = []string{
		"CREATE TABLE", "CREATE VIEW", "CREATE PROCEDURE", "CREATE FUNCTION", "CREATE SCHEMA", "CREATE ROLE", "CREATE TYPE", "CREATE SYNONYM",
		"CONNECT", "SELECT", "INSERT", "UPDATE", "DELETE", "EXECUTE", "REFERENCES", "VIEW DEFINITION", "VIEW DATABASE STATE", "ALTER ANY USER",
		"ALTER ANY ROLE", "ALTER ANY SCHEMA", "TAKE OWNERSHIP", "ALTER", "CONTROL",
	}
	objectPermissionNames = []string{"SELECT", "UPDATE", "REFERENCES", "INSERT", "DELETE", "EXECUTE", "VIEW CHANGE TRACKING", "VIEW DEFINITION", "ALTER", "TAKE OWNERSHIP", "CONTROL"}
)

// myPermissions is fn_my_permissions(securable, class).
func myPermissions(r *rows) {
	name, _ := r.text(0)
	class, ok := r.text(1)
	if !ok {
		return
	}
	list, entity := objectPermissionNames, name
	securable := value.OfString(name)
	if strings.EqualFold(class, "DATABASE") {
		list, entity, securable = databasePermissionNames, "database", value.Null()
	}
	for _, permission := range list {
		v, err := r.env.Ask("HAS_PERMS_BY_NAME", []value.Value{securable, value.OfString(class), value.OfString(permission)})
		if err != nil {
			r.fail(err)
			return
		}
		if v.Int64() == 1 {
			r.add(entity, "", permission)
		}
	}
}
