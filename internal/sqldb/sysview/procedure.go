package sysview

import (
	"strings"

	"github.com/alcedo-cloud/alcedo/internal/tsql"
)

// Query is a catalog procedure: a batch over the system views.
type Query struct {
	Text       string
	Parameters string // as sp_executesql declares them, with defaults
}

// Procedure finds a catalog procedure by its name, without schema or with sys, dbo or master's.
func Procedure(name string) (Query, bool) {
	name = strings.ToLower(name)
	for _, prefix := range [...]string{"sys.", "dbo.", "master.dbo.", "master.sys.", "master..", "[sys].", "[dbo]."} {
		name = strings.TrimPrefix(name, prefix)
	}
	name = strings.Trim(name, "[]\"")
	for _, list := range [...][]procedure{odbcProcedures, helpProcedures} {
		for i := range list {
			if list[i].name == name {
				return list[i].query(), true
			}
		}
	}
	if alias, ok := procedureAliases[name]; ok {
		return Procedure(alias)
	}
	return Query{}, false
}

// procedure is one of them, by its name in lower case.
type procedure struct{ name, parameters, text string }

// query is the procedure as a batch. Who runs it leaves parameters NULL that were not given, so the batch begins with
// giving them their defaults, in its first line: the lines of the rest stay.
func (p *procedure) query() Query {
	declared, err := tsql.ParseParameters(p.parameters, tsql.Options{QuotedIdentifier: true})
	if err != nil {
		return Query{Text: p.text, Parameters: p.parameters}
	}
	var first strings.Builder
	for _, d := range declared {
		if d.Default == nil {
			continue
		}
		if s := d.Default.Span(); !strings.EqualFold(p.parameters[s.Start:s.End], "NULL") {
			first.WriteString("IF " + d.Name + " IS NULL SET " + d.Name + " = " + p.parameters[s.Start:s.End] + "; ")
		}
	}
	return Query{Text: first.String() + p.text, Parameters: p.parameters}
}

// procedureAliases are procedures that do as another does.
var procedureAliases = map[string]string{
	"sp_sproc_columns_90": "sp_sproc_columns_100", "sp_columns_90": "sp_columns_100", "sp_special_columns_90": "sp_special_columns_100",
	"sp_special_columns": "sp_special_columns_100", "sp_statistics_100": "sp_statistics", "sp_datatype_info_90": "sp_datatype_info",
	"sp_datatype_info_100": "sp_datatype_info", "sp_tablecollations_90": "sp_tablecollations_100",
}
