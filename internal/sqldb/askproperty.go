package sqldb

import (
	"strings"

	"github.com/alcedo-cloud/alcedo/internal/sqldb/catalog"
	"github.com/alcedo-cloud/alcedo/internal/sqldb/value"
)

func (e surroundings) askProperty(name string, args []value.Value) (value.Value, bool) {
	switch name {
	case "SERVERPROPERTY":
		property, _ := argText(args, 0)
		return e.serverProperty(strings.ToLower(property))
	case "DATABASEPROPERTYEX":
		database, _ := argText(args, 0)
		property, _ := argText(args, 1)
		if !strings.EqualFold(database, e.session.Database()) && !strings.EqualFold(database, master) {
			return nothing()
		}
		return e.databaseProperty(strings.ToLower(property))
	case "CONNECTIONPROPERTY":
		property, _ := argText(args, 0)
		return e.connectionProperty(strings.ToLower(property))
	case "OBJECTPROPERTY", "OBJECTPROPERTYEX":
		id, _ := argNumber(args, 0)
		property, _ := argText(args, 1)
		o, ok := e.withID(id)
		if !ok {
			return nothing()
		}
		return objectProperty(o, strings.ToLower(property))
	case "COLUMNPROPERTY":
		id, _ := argNumber(args, 0)
		column, _ := argText(args, 1)
		property, _ := argText(args, 2)
		o, ok := e.withID(id)
		if !ok {
			return nothing()
		}
		return columnProperty(o, column, strings.ToLower(property))
	case "INDEXPROPERTY":
		id, _ := argNumber(args, 0)
		index, _ := argText(args, 1)
		property, _ := argText(args, 2)
		t, ok := e.session.view().Table(id)
		if !ok {
			return nothing()
		}
		return indexProperty(t, index, strings.ToLower(property))
	case "TYPEPROPERTY":
		text, _ := argText(args, 0)
		property, _ := argText(args, 1)
		t, err := value.TypeOf(text, lengthIfOmitted)
		if err != nil {
			return nothing()
		}
		switch strings.ToLower(property) {
		case "precision":
			return number(longest(t))
		case "scale":
			if t.IsString() || t.IsBinary() {
				return nothing()
			}
			return number(t.DisplayScale())
		case "allowsnull":
			return number(1)
		}
		return nothing()
	}
	return value.Value{}, false
}

// longest is the precision of a type that is named without a length: characters or bytes of strings, digits of the rest.
func longest(t value.Type) int {
	switch t.ID {
	case value.NChar, value.NVarChar:
		if t.Length != lengthIfOmitted {
			return int(t.Length) // sysname
		}
		return 4000
	case value.Char, value.VarChar, value.Binary, value.VarBinary:
		return 8000
	}
	return t.DisplayPrecision()
}

func variantText(s string) (value.Value, bool) {
	return value.OfVariant(value.OfString(s), value.Type{ID: value.NVarChar, Length: 128}), true
}

func variantInt(n int64) (value.Value, bool) {
	return value.OfVariant(value.OfInt(n), value.Type{ID: value.Int}), true
}

func (e surroundings) serverProperty(name string) (value.Value, bool) {
	switch name {
	case "edition":
		return variantText(editionName)
	case "engineedition":
		return variantInt(engineEdition)
	case "editionid":
		return value.OfVariant(value.OfInt(1674378470), value.Type{ID: value.BigInt}), true
	case "productversion", "resourceversion":
		return variantText(serverVersion)
	case "productmajorversion":
		return variantText("12")
	case "productminorversion":
		return variantText("0")
	case "productbuild":
		return variantText("2000")
	case "productlevel":
		return variantText("RTM")
	case "productupdatelevel", "productupdatereference", "instancename", "processid":
		return nothing()
	case "servername", "machinename", "computernamephysicalnetbios":
		return variantText(e.session.serverName)
	case "collation":
		return variantText("SQL_Latin1_General_CP1_CI_AS")
	case "collationid":
		return variantInt(872468488)
	case "comparisonstyle":
		return variantInt(196609)
	case "lcid":
		return variantInt(1033)
	case "sqlcharset":
		return variantInt(1)
	case "sqlcharsetname":
		return variantText("iso_1")
	case "sqlsortorder":
		return variantInt(52)
	case "sqlsortordername":
		return variantText("nocase_iso")
	case "isclustered", "isfulltextinstalled", "ishadrenabled", "isintegratedsecurityonly", "issingleuser", "filestreamconfiguredlevel", "filestreameffectivelevel", "islocaldb", "istempdbmetadatamemoryoptimized", "isbigdatacluster":
		return variantInt(0)
	case "isadvancedanalyticsinstalled", "ispolybaseinstalled":
		return variantInt(0)
	case "isxtpsupported":
		return variantInt(0)
	case "isexternalauthenticationonly":
		server, ok, err := e.session.service.Server(e.ctx, e.session.serverName)
		if err != nil || !ok {
			return nothing()
		}
		if server.EntraOnly {
			return variantInt(1)
		}
		return variantInt(0)
	}
	return nothing()
}

func (e surroundings) databaseProperty(name string) (value.Value, bool) {
	d := e.session.view()
	record, ok, err := e.session.service.findDatabase(e.ctx, e.session.serverName, d.Name)
	if err != nil || !ok {
		return nothing()
	}
	switch name {
	case "collation":
		return variantText(d.Collation.Name())
	case "edition":
		return variantText(record.Settings.Edition)
	case "serviceobjective":
		return variantText(record.Settings.Objective)
	case "status":
		return variantText("ONLINE")
	case "updateability":
		return variantText("READ_WRITE")
	case "useraccess":
		return variantText("MULTI_USER")
	case "recovery":
		return variantText("FULL")
	case "maxsizeinbytes":
		return value.OfVariant(value.OfInt(record.Settings.MaxBytes), value.Type{ID: value.BigInt}), true
	case "version":
		return variantInt(957)
	case "lcid":
		return variantInt(int64(d.Collation.LCID()))
	case "comparisonstyle":
		return variantInt(int64(d.Collation.ComparisonStyle()))
	case "isansinullsenabled", "isansiwarningsenabled", "isquotedidentifiersenabled", "isautoclose", "isautoshrink", "isfulltextenabled", "ispublished", "issubscribed":
		return variantInt(0)
	}
	return nothing()
}

func (e surroundings) connectionProperty(name string) (value.Value, bool) {
	l := e.session.login
	switch name {
	case "net_transport", "physical_net_transport":
		return variantText("TCP")
	case "protocol_type":
		return variantText("TSQL")
	case "auth_scheme":
		if l.Caller != nil {
			return variantText("AAD")
		}
		return variantText("SQL")
	case "client_net_address":
		return variantText(l.Client.String())
	case "local_tcp_port":
		return variantInt(1433)
	}
	return nothing()
}

func truth(b bool) (value.Value, bool) {
	if b {
		return number(1)
	}
	return number(0)
}

func objectProperty(o catalog.Object, name string) (value.Value, bool) {
	kind := o.Head().Kind
	kinds := map[string]catalog.Kind{
		"istable": catalog.KindTable, "isusertable": catalog.KindTable, "isview": catalog.KindView, "isprocedure": catalog.KindProcedure,
		"istrigger": catalog.KindTrigger, "isscalarfunction": catalog.KindScalarFunction, "isinlinefunction": catalog.KindInlineFunction,
		"isprimarykey": catalog.KindPrimaryKey, "isforeignkey": catalog.KindForeignKey, "ischeckcnst": catalog.KindCheck,
		"isdefaultcnst": catalog.KindDefault, "isuniquecnst": catalog.KindUnique, "issequence": catalog.KindSequence,
	}
	if want, ok := kinds[name]; ok {
		return truth(kind == want)
	}
	switch name {
	case "ismsshipped":
		return truth(o.Head().ID < 0)
	case "issystemtable":
		return number(0)
	case "isconstraint":
		return truth(strings.Contains("PK UQ F C D", string(kind)))
	case "schemaid":
		return number(o.Head().SchemaID)
	case "basetype":
		return variantText(string(kind))
	case "execisansinullson", "execisquotedidenton", "isansinullson", "isquotedidenton":
		return number(1)
	case "isencrypted", "isschemabound":
		m, ok := o.(*catalog.Module)
		return truth(ok && m.SchemaBound && name == "isschemabound")
	}
	t, ok := o.(*catalog.Table)
	if !ok {
		return nothing()
	}
	switch name {
	case "tablehasprimarykey":
		for _, x := range t.Indexes {
			if x.PrimaryKey {
				return number(1)
			}
		}
		return number(0)
	case "tablehasidentity":
		return truth(t.IdentityColumn() >= 0)
	case "tablehasclustindex":
		return truth(t.Clustered() != nil)
	case "tablehasindex", "isindexed":
		return truth(len(t.Indexes) > 0)
	case "tablehasforeignkey":
		return truth(len(t.ForeignKeys) > 0)
	case "tabletemporaltype":
		return number(0)
	}
	return nothing()
}

func columnProperty(o catalog.Object, column, name string) (value.Value, bool) {
	for i, c := range columnsOf(o) {
		if !strings.EqualFold(c.Name, column) {
			continue
		}
		switch name {
		case "columnid", "ordinal":
			if name == "ordinal" {
				return number(i + 1)
			}
			return number(c.ID)
		case "allowsnull":
			return truth(c.Type.Nullable)
		case "isidentity":
			return truth(c.Identity != nil)
		case "iscomputed":
			return truth(c.Computed != nil)
		case "isrowguidcol":
			return truth(c.RowGUID)
		case "precision":
			if c.Type.IsString() {
				return number(c.Type.Length)
			}
			return number(c.Type.DisplayPrecision())
		case "scale":
			return number(c.Type.Scale)
		case "charmaxlen":
			return number(c.Type.Length)
		case "isidnotforrepl":
			return truth(c.Identity != nil && c.Identity.NotForReplication)
		case "ishidden", "issparse", "iscolumnset", "isfulltextindexed", "isxmlindexable", "generatedalwaystype", "systemdataaccess", "userdataaccess", "isoutparam", "isdeterministic", "isprecise":
			return number(0)
		case "usesansitrim":
			return number(1)
		}
		return nothing()
	}
	return nothing()
}

func indexProperty(t *catalog.Table, index, name string) (value.Value, bool) {
	for _, x := range t.Indexes {
		if !strings.EqualFold(x.Name, index) {
			continue
		}
		switch name {
		case "indexid":
			return number(x.ID)
		case "isunique":
			return truth(x.Unique)
		case "isclustered":
			return truth(x.Clustered)
		case "isdisabled":
			return truth(x.Disabled)
		case "indexfillfactor", "ispadindex", "isstatistics", "isautostatistics", "ishypothetical", "iscolumnstore", "isfulltextkey":
			return number(0)
		case "ispagelockdisallowed", "isrowlockdisallowed":
			return number(0)
		}
	}
	return nothing()
}
