package sysview

import (
	"strings"
	"testing"

	"github.com/alcedo-cloud/alcedo/internal/sqldb/catalog"
	"github.com/alcedo-cloud/alcedo/internal/sqldb/plan"
	"github.com/alcedo-cloud/alcedo/internal/sqldb/value"
)

// find gives the rows whose column has a text.
func find(rows []map[string]string, column, text string) []map[string]string {
	var out []map[string]string
	for _, r := range rows {
		if r[column] == text {
			out = append(out, r)
		}
	}
	return out
}

// TestContents looks at single cells that clients decide by.
func TestContents(t *testing.T) {
	w := shop(t)
	for _, c := range []struct {
		schema, view, key, is, column, want string
	}{
		{"sys", "objects", "name", "customer", "type", "U "},
		{"sys", "objects", "name", "customer", "type_desc", "USER_TABLE"},
		{"sys", "objects", "name", "PK_customer", "parent_object_id", "1000"},
		{"sys", "objects", "name", "DF_name", "type", "D "},
		{"sys", "objects", "object_id", "1401", "name", "TT_ids_00000579"},
		{"sys", "tables", "name", "customer", "max_column_id_used", "5"},
		{"sys", "tables", "name", "order", "schema_id", "5"},
		{"sys", "tables", "name", "customer", "create_date", "Mar  4 2026  5:06AM"},
		{"sys", "views", "name", "rich", "with_check_option", "1"},
		{"sys", "columns", "name", "name", "max_length", "100"},
		{"sys", "columns", "name", "balance", "precision", "18"},
		{"sys", "columns", "name", "balance", "collation_name", "NULL"},
		{"sys", "columns", "name", "twice", "is_computed", "1"},
		{"sys", "columns", "name", "mail", "user_type_id", "257"},
		{"sys", "columns", "name", "mail", "system_type_id", "231"},
		{"sys", "computed_columns", "name", "twice", "definition", "([balance]*(2))"},
		{"sys", "identity_columns", "name", "id", "increment_value", "2"},
		{"sys", "identity_columns", "name", "id", "last_value", "42"},
		{"sys", "indexes", "name", "IX_balance", "filter_definition", "([balance]>(0))"},
		{"sys", "indexes", "name", "PK_customer", "type_desc", "CLUSTERED"},
		{"sys", "indexes", "name", "UQ_customer", "is_unique_constraint", "1"},
		{"sys", "indexes", "object_id", "1100", "type_desc", "HEAP"},
		{"sys", "key_constraints", "name", "UQ_customer", "unique_index_id", "2"},
		{"sys", "foreign_keys", "name", "FK_order", "delete_referential_action_desc", "CASCADE"},
		{"sys", "foreign_key_columns", "constraint_object_id", "1101", "referenced_column_id", "1"},
		{"sys", "check_constraints", "name", "CK_balance", "parent_column_id", "0"},
		{"sys", "default_constraints", "name", "DF_name", "definition", "(N'x')"},
		{"sys", "sql_modules", "object_id", "1200", "uses_quoted_identifier", "1"},
		{"sys", "parameters", "name", "@id", "is_output", "1"},
		{"sys", "triggers", "name", "tr", "parent_id", "1000"},
		{"sys", "trigger_events", "type_desc", "UPDATE", "type", "2"},
		{"sys", "sequences", "name", "seq", "current_value", "5"},
		{"sys", "synonyms", "name", "syn", "base_object_name", "dbo.customer"},
		{"sys", "schemas", "name", "sales", "schema_id", "5"},
		{"sys", "types", "name", "sysname", "user_type_id", "256"},
		{"sys", "types", "name", "Email", "is_user_defined", "1"},
		{"sys", "types", "name", "ids", "is_table_type", "1"},
		{"sys", "table_types", "name", "ids", "type_table_object_id", "1401"},
		{"sys", "extended_properties", "minor_id", "2", "value", "the name"},
		{"sys", "database_principals", "name", "web", "authentication_type_desc", "EXTERNAL"},
		{"sys", "database_principals", "name", "web", "type", "E"},
		{"sys", "database_role_members", "member_principal_id", "5", "role_principal_id", "16390"},
		{"sys", "database_permissions", "permission_name", "SELECT", "type", "SL  "},
		{"sys", "database_permissions", "permission_name", "SELECT", "state_desc", "GRANT_WITH_GRANT_OPTION"},
		{"sys", "databases", "name", "shop", "is_read_committed_snapshot_on", "1"},
		{"sys", "partitions", "object_id", "1100", "rows", "7"},
		{"sys", "dm_exec_sessions", "session_id", "55", "program_name", "app"},
		{"sys", "dm_exec_sessions", "session_id", "55", "transaction_isolation_level", "4"},
		{"sys", "dm_exec_sessions", "session_id", "55", "quoted_identifier", "1"},
		{"sys", "dm_tran_session_transactions", "session_id", "55", "open_transaction_count", "2"},
		{"sys", "sysobjects", "name", "UQ_customer", "type", "K "},
		{"sys", "sysobjects", "name", "UQ_customer", "xtype", "UQ"},
		{"sys", "syscolumns", "name", "id", "colstat", "1"},
		{"INFORMATION_SCHEMA", "TABLES", "TABLE_NAME", "rich", "TABLE_TYPE", "VIEW"},
		{"INFORMATION_SCHEMA", "COLUMNS", "COLUMN_NAME", "name", "CHARACTER_MAXIMUM_LENGTH", "50"},
		{"INFORMATION_SCHEMA", "COLUMNS", "COLUMN_NAME", "name", "CHARACTER_OCTET_LENGTH", "100"},
		{"INFORMATION_SCHEMA", "COLUMNS", "COLUMN_NAME", "name", "CHARACTER_SET_NAME", "UNICODE"},
		{"INFORMATION_SCHEMA", "COLUMNS", "COLUMN_NAME", "balance", "NUMERIC_SCALE", "2"},
		{"INFORMATION_SCHEMA", "COLUMNS", "COLUMN_NAME", "number", "IS_NULLABLE", "NO"},
		{"INFORMATION_SCHEMA", "COLUMNS", "COLUMN_NAME", "mail", "DOMAIN_NAME", "Email"},
		{"INFORMATION_SCHEMA", "COLUMNS", "COLUMN_NAME", "twice", "ORDINAL_POSITION", "4"},
		{"INFORMATION_SCHEMA", "VIEWS", "TABLE_NAME", "rich", "CHECK_OPTION", "CASCADE"},
		{"INFORMATION_SCHEMA", "TABLE_CONSTRAINTS", "CONSTRAINT_NAME", "FK_order", "CONSTRAINT_TYPE", "FOREIGN KEY"},
		{"INFORMATION_SCHEMA", "KEY_COLUMN_USAGE", "CONSTRAINT_NAME", "PK_customer", "COLUMN_NAME", "id"},
		{"INFORMATION_SCHEMA", "CONSTRAINT_COLUMN_USAGE", "CONSTRAINT_NAME", "CK_balance", "COLUMN_NAME", "balance"},
		{"INFORMATION_SCHEMA", "REFERENTIAL_CONSTRAINTS", "CONSTRAINT_NAME", "FK_order", "UNIQUE_CONSTRAINT_NAME", "PK_customer"},
		{"INFORMATION_SCHEMA", "REFERENTIAL_CONSTRAINTS", "CONSTRAINT_NAME", "FK_order", "UPDATE_RULE", "NO ACTION"},
		{"INFORMATION_SCHEMA", "CHECK_CONSTRAINTS", "CONSTRAINT_NAME", "CK_balance", "CONSTRAINT_SCHEMA", "dbo"},
		{"INFORMATION_SCHEMA", "ROUTINES", "ROUTINE_NAME", "twice", "DATA_TYPE", "int"},
		{"INFORMATION_SCHEMA", "ROUTINES", "ROUTINE_NAME", "add_customer", "MAX_DYNAMIC_RESULT_SETS", "-1"},
		{"INFORMATION_SCHEMA", "PARAMETERS", "PARAMETER_NAME", "@id", "PARAMETER_MODE", "INOUT"},
		{"INFORMATION_SCHEMA", "TABLE_PRIVILEGES", "GRANTEE", "web", "IS_GRANTABLE", "YES"},
		{"INFORMATION_SCHEMA", "SCHEMATA", "SCHEMA_NAME", "sales", "SCHEMA_OWNER", "dbo"},
		{"sys", "spt_columns_odbc_view", "name", "id", "TYPE_NAME", "int identity"},
		{"sys", "spt_columns_odbc_view", "name", "mail", "TYPE_NAME", "Email"},
		{"sys", "spt_columns_odbc_view", "name", "balance", "LENGTH", "20"},
		{"sys", "spt_parameters_odbc_view", "name", "@id", "COLUMN_TYPE", "2"},
	} {
		rows := find(w.ask(t, c.schema, c.view), c.key, c.is)
		if len(rows) == 0 {
			t.Errorf("%s.%s has no row whose %s is %s", c.schema, c.view, c.key, c.is)
			continue
		}
		if got := rows[0][c.column]; got != c.want {
			t.Errorf("%s.%s of %s: %s is %q, want %q", c.schema, c.view, c.is, c.column, got, c.want)
		}
	}
}

// TestHidden: what the user may not see is in no view, nor are its parts.
func TestHidden(t *testing.T) {
	w := shop(t)
	w.hidden[1000], w.hidden[1201] = true, true
	for key := range catalogViews() {
		schema, name, _ := strings.Cut(key, ".")
		if name == "database_permissions" { // shows the user's own
			continue
		}
		for _, row := range w.ask(t, schema, name) {
			for column, text := range row {
				switch text {
				case "customer", "PK_customer", "UQ_customer", "IX_balance", "DF_name", "CK_balance", "tr", "add_customer", "balance", "the name":
					if text == "customer" && (column == "name" || column == "COLUMN_NAME") && (row["object_id"] == "1100" || row["id"] == "1100" || row["TABLE_NAME"] == "order") {
						continue // the column of another table
					}
					t.Errorf("%s shows %s in %s", key, text, column)
				}
			}
		}
	}
	if rows := find(w.ask(t, "sys", "tables"), "name", "order"); len(rows) != 1 {
		t.Error("what may be seen is hidden")
	}
}

// TestOtherUsersAreHidden: without a permission to see them, a user knows itself and the fixed roles.
func TestOtherUsersAreHidden(t *testing.T) {
	w := shop(t)
	w.rights = false
	rows := w.ask(t, "sys", "database_principals")
	if len(find(rows, "name", "web")) != 1 || len(find(rows, "name", "other")) != 0 || len(find(rows, "name", "db_owner")) != 1 {
		t.Errorf("%v", rows)
	}
	if rows := w.ask(t, "sys", "database_role_members"); len(find(rows, "member_principal_id", "6")) != 0 {
		t.Errorf("%v", rows)
	}
	w.rights = true
	if rows := w.ask(t, "sys", "database_principals"); len(find(rows, "name", "other")) != 1 {
		t.Error("who may see others sees them not")
	}
}

// TestExtendedProperties asks as GORM's migrator and Sequelize do.
func TestExtendedProperties(t *testing.T) {
	w := shop(t)
	text := func(words ...string) (args []value.Value) {
		for _, s := range words {
			if s == "" {
				args = append(args, value.Null())
			} else {
				args = append(args, value.OfString(s))
			}
		}
		return args
	}
	for _, c := range []struct {
		args []value.Value
		want string
	}{
		{text("MS_Description", "SCHEMA", "dbo", "TABLE", "customer", "COLUMN", "name"), "COLUMN name the name"},
		{text("MS_Description", "schema", "dbo", "table", "CUSTOMER", "", ""), "TABLE customer who buys"},
		{text("", "SCHEMA", "dbo", "TABLE", "", "", ""), "TABLE customer who buys"},
		{text("", "", "", "", "", "", ""), "NULL NULL 1"},
		{text("other", "SCHEMA", "dbo", "TABLE", "customer", "", ""), ""},
		{text("", "SCHEMA", "sales", "TABLE", "", "", ""), ""},
	} {
		got := ""
		for _, row := range w.ask(t, "sys", "fn_listextendedproperty", c.args...) {
			got += row["objtype"] + " " + row["objname"] + " " + row["value"]
		}
		if got != c.want {
			t.Errorf("%v: %q, want %q", c.args, got, c.want)
		}
	}
}

// TestEarlyEnd: a consumer that wants no more rows gets none.
func TestEarlyEnd(t *testing.T) {
	w := shop(t)
	for key, v := range catalogViews() {
		n := 0
		if err := v.Rows(w, nil, func([]value.Value) bool { n++; return false }); err != nil || n > 1 {
			t.Errorf("%s gives %d rows to who wants one, %v", key, n, err)
		}
	}
}

func TestTextLines(t *testing.T) {
	w := shop(t)
	var got []string
	for _, row := range find(w.ask(t, "sys", "spt_text_view"), "object_id", "1201") {
		got = append(got, row["text"])
	}
	if len(got) != 3 || got[1] != "SELECT 1\n" || got[2] != "SELECT 2" {
		t.Errorf("%q", got)
	}
}

func TestDescribeColumn(t *testing.T) {
	columns := ResultSetColumns()
	row := DescribeColumn(2, plan.Column{Name: "n", Type: value.Type{ID: value.NVarChar, Length: 50, Nullable: true}, Source: &plan.Source{Table: &catalog.Table{}}})
	got := map[string]string{}
	for i, c := range columns {
		got[c.Name] = show(t, "describe", row[i], c.Type, c.Name)
	}
	for name, want := range map[string]string{
		"column_ordinal": "2", "name": "n", "is_nullable": "1", "system_type_id": "231", "system_type_name": "nvarchar(50)", "max_length": "100",
		"tds_type_id": "231", "tds_length": "100", "is_updateable": "1", "collation_name": defaultCollation, "tds_collation_sort_id": "52",
	} {
		if got[name] != want {
			t.Errorf("%s is %q, want %q", name, got[name], want)
		}
	}
}

func TestLookup(t *testing.T) {
	for _, c := range []struct {
		schema, name string
		found        bool
	}{
		{"sys", "TABLES", true},
		{"SYS", "tables", true},
		{"information_schema", "tables", true},
		{"", "sysobjects", true},
		{"dbo", "sysobjects", true},
		{"", "fn_listextendedproperty", true},
		{"", "tables", false},
		{"dbo", "tables", false},
		{"sys", "nothing", false},
		{"sales", "sysobjects", false},
	} {
		if _, ok := Lookup(c.schema, c.name); ok != c.found {
			t.Errorf("%s.%s: found %v", c.schema, c.name, ok)
		}
	}
}

func TestMessage(t *testing.T) {
	if text, severity, ok := Message(15009); !ok || severity != 16 || !strings.HasPrefix(text, "The object '%s'") {
		t.Error(text, severity, ok)
	}
	if _, _, ok := Message(1); ok {
		t.Error("message 1 is there")
	}
}
