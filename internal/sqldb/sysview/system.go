package sysview

import (
	"hash/fnv"
	"strings"

	"github.com/alcedo-cloud/alcedo/internal/sqldb/catalog"
)

// System objects are the server's own: they are in every database, shown by sys.system_objects and its sisters, and not
// by sys.objects.

// systemID is the id of one, negative as all of them are. It is made of the name, so that it stays.
func systemID(schema int32, name string) int32 {
	h := fnv.New32a()
	_, _ = h.Write([]byte{byte(schema)}) // a hash does not fail
	_, _ = h.Write([]byte(strings.ToLower(name)))
	return -100 - int32(h.Sum32()&0x3fffffff)
}

// systemViews yields the views with their schemas.
func systemViews(yield func(h catalog.Header, v view) bool) {
	for _, list := range [][]view{
		objectViews(), columnViews(), indexViews(), constraintViews(), moduleViews(), typeViews(), securityViews(),
		databaseViews(), serverViews(), storageViews(), emptyViews(), compatibilityViews(), informationViews(),
	} {
		for _, v := range list {
			schema := catalog.SchemaSys
			if v.schema != "sys" {
				schema = catalog.SchemaInformation
			}
			if !yield(catalog.Header{ID: systemID(schema, v.name), SchemaID: schema, Name: v.name, Kind: catalog.KindView}, v) {
				return
			}
		}
	}
}

// systemObjects yields the views and the catalog procedures.
func systemObjects(yield func(h catalog.Header, v *view) bool) {
	for h, v := range systemViews {
		if !yield(h, &v) {
			return
		}
	}
	for _, list := range [...][]procedure{odbcProcedures, helpProcedures} {
		for i := range list {
			name := list[i].name
			if !yield(catalog.Header{ID: systemID(catalog.SchemaSys, name), SchemaID: catalog.SchemaSys, Name: name, Kind: catalog.KindProcedure}, nil) {
				return
			}
		}
	}
}

// SystemObject finds one of the server's own views and procedures by the name of its schema and its own. A procedure is
// found without a schema too.
func SystemObject(schema, name string) (*catalog.Module, bool) {
	return findSystem(func(h *catalog.Header) bool {
		if !strings.EqualFold(h.Name, name) {
			return false
		}
		switch {
		case strings.EqualFold(schema, "sys"):
			return h.SchemaID == catalog.SchemaSys
		case strings.EqualFold(schema, "INFORMATION_SCHEMA"):
			return h.SchemaID == catalog.SchemaInformation
		}
		return h.Kind == catalog.KindProcedure && (schema == "" || strings.EqualFold(schema, "dbo"))
	})
}

// SystemObjectByID finds one by its id.
func SystemObjectByID(id int32) (*catalog.Module, bool) {
	return findSystem(func(h *catalog.Header) bool { return h.ID == id })
}

func findSystem(is func(h *catalog.Header) bool) (*catalog.Module, bool) {
	for h, v := range systemObjects {
		if is(&h) {
			return &catalog.Module{Header: h, Columns: systemColumns(v)}, true
		}
	}
	return nil, false
}

// systemColumns are the columns of a view; nil for a procedure.
func systemColumns(v *view) []*catalog.Column {
	if v == nil {
		return nil
	}
	var out []*catalog.Column
	for i, c := range columnsOf(v.columns) {
		out = append(out, &catalog.Column{ID: int32(i) + 1, Name: c.Name, Type: c.Type})
	}
	return out
}

// systemRow is a system object's row, of objectColumns.
func (r *rows) systemRow(h *catalog.Header) []any {
	return []any{h.Name, h.ID, nil, h.SchemaID, 0, string(h.Kind), kindName(h.Kind), r.db.Created, r.db.Created, true, false, false}
}

func systemObjectRows(r *rows) {
	for h := range systemObjects {
		if !r.add(r.systemRow(&h)...) {
			return
		}
	}
}

func systemViewRows(r *rows) {
	for h := range systemViews {
		if !r.add(append(r.systemRow(&h), false, false, false, false, false, false, false, false, 0, "NON_LEDGER_VIEW", false)...) {
			return
		}
	}
}

func systemColumnRows(r *rows) {
	for h, v := range systemViews {
		for _, c := range systemColumns(&v) {
			if !r.add(r.columnRow(h.ID, c)...) {
				return
			}
		}
	}
}
