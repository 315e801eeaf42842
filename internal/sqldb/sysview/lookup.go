package sysview

import (
	"strings"
	"sync"

	"github.com/alcedo-cloud/alcedo/internal/sqldb/plan"
)

// view is one virtual table.
type view struct {
	schema, name string
	columns      string // "name sysname, object_id int, principal_id int null"
	rows         func(*rows)
}

// catalogViews has all views by "schema.name", in lower case.
var catalogViews = sync.OnceValue(func() map[string]*plan.Virtual {
	all := map[string]*plan.Virtual{}
	for _, list := range [][]view{
		objectViews(), columnViews(), indexViews(), constraintViews(), moduleViews(), typeViews(), securityViews(),
		databaseViews(), serverViews(), storageViews(), emptyViews(), compatibilityViews(), informationViews(), functions(), odbcViews(),
	} {
		for _, v := range list {
			all[strings.ToLower(v.schema+"."+v.name)] = v.virtual()
		}
	}
	return all
})

// Lookup finds a system view, or a system function that gives rows, by its schema and name. Without a schema, or with
// dbo, the compatibility views (sysobjects and its sisters) and the functions are found.
func Lookup(schema, name string) (*plan.Virtual, bool) {
	all := catalogViews()
	name = strings.ToLower(name)
	switch strings.ToLower(schema) {
	case "sys":
		v, ok := all["sys."+name]
		return v, ok
	case "information_schema":
		v, ok := all["information_schema."+name]
		return v, ok
	case "", "dbo":
		if !strings.HasPrefix(name, "sys") && !strings.HasPrefix(name, "fn_") {
			return nil, false
		}
		v, ok := all["sys."+name]
		return v, ok
	}
	return nil, false
}

// virtual makes a view what the binder knows.
func (v view) virtual() *plan.Virtual {
	columns := columnsOf(v.columns)
	return &plan.Virtual{Name: v.name, Columns: columns, Rows: generator(columns, v.rows)}
}
