package sysview_test

import (
	"strings"
	"testing"
)

const tables = `CREATE TABLE dbo.customer (
	id int IDENTITY(1,1) CONSTRAINT PK_customer PRIMARY KEY,
	name nvarchar(50) NOT NULL CONSTRAINT DF_name DEFAULT N'x' CONSTRAINT UQ_name UNIQUE,
	balance decimal(18,2) NULL CONSTRAINT CK_balance CHECK (balance >= 0),
	stamp rowversion,
	born date,
	share numeric(5,2))
CREATE TABLE dbo.[order] (number bigint NOT NULL PRIMARY KEY, customer int CONSTRAINT FK_order REFERENCES dbo.customer (id) ON DELETE CASCADE)
CREATE INDEX IX_balance ON dbo.customer (balance DESC, name) WHERE balance > 0
INSERT INTO dbo.customer (name, balance) VALUES (N'a', 1), (N'b', 2)`

// asked are what clients ask of the catalog, with a row that the answer has.
var asked = []struct{ text, row string }{
	// GORM's migrator.
	{"SELECT count(*) FROM INFORMATION_SCHEMA.tables WHERE table_name = N'customer' AND table_catalog = N'shop'", "1"},
	{"SELECT count(*) FROM INFORMATION_SCHEMA.columns WHERE table_catalog = N'shop' AND table_name = N'customer' AND column_name = N'name'", "1"},
	{"SELECT count(*) FROM sys.indexes WHERE name=N'IX_balance' AND object_id=OBJECT_ID(N'dbo.customer')", "1"},
	{"SELECT count(*) FROM sys.foreign_keys as F inner join sys.tables as T on F.parent_object_id=T.object_id inner join information_schema.tables as I on I.TABLE_NAME = T.name WHERE F.name = N'FK_order' AND I.TABLE_NAME = N'order' AND I.TABLE_SCHEMA like N'dbo' AND I.TABLE_CATALOG = N'shop'", "1"},
	{"SELECT DB_NAME()", "shop"},
	{"SELECT cast(name as nvarchar(100)) FROM sys.check_constraints WHERE parent_object_id = OBJECT_ID(N'customer')", "CK_balance"},
	{"SELECT OBJECT_NAME(default_object_id) FROM sys.columns WHERE object_id = OBJECT_ID(N'[customer]') AND name = N'name'", "DF_name"},
	{"SELECT c.COLUMN_NAME, t.CONSTRAINT_TYPE FROM information_schema.table_constraints t JOIN information_schema.constraint_column_usage c ON c.CONSTRAINT_NAME=t.CONSTRAINT_NAME WHERE t.CONSTRAINT_TYPE IN ('PRIMARY KEY', 'UNIQUE') AND c.TABLE_CATALOG = N'shop' AND c.TABLE_NAME = N'customer'", "id|PRIMARY KEY"},
	// Sequelize.
	{"SELECT TABLE_NAME AS tableName, TABLE_SCHEMA AS tableSchema FROM INFORMATION_SCHEMA.TABLES WHERE TABLE_TYPE = 'BASE TABLE' ORDER BY 1", "customer|dbo"},
	{"SELECT c.COLUMN_NAME AS 'Name', c.DATA_TYPE AS 'Type', c.CHARACTER_MAXIMUM_LENGTH AS 'Length', c.IS_NULLABLE as 'IsNull', COLUMN_DEFAULT AS 'Default', pk.CONSTRAINT_TYPE AS 'Constraint', COLUMNPROPERTY(OBJECT_ID(c.TABLE_SCHEMA+'.'+c.TABLE_NAME), c.COLUMN_NAME, 'IsIdentity') as 'IsIdentity', prop.value AS 'Comment' FROM INFORMATION_SCHEMA.TABLES t INNER JOIN INFORMATION_SCHEMA.COLUMNS c ON t.TABLE_NAME = c.TABLE_NAME AND t.TABLE_SCHEMA = c.TABLE_SCHEMA LEFT JOIN (SELECT tc.table_schema, tc.table_name, cu.column_name, tc.CONSTRAINT_TYPE FROM INFORMATION_SCHEMA.TABLE_CONSTRAINTS tc JOIN INFORMATION_SCHEMA.KEY_COLUMN_USAGE cu ON tc.table_schema=cu.table_schema and tc.table_name=cu.table_name and tc.constraint_name=cu.constraint_name and tc.CONSTRAINT_TYPE='PRIMARY KEY') pk ON pk.table_schema=c.table_schema AND pk.table_name=c.table_name AND pk.column_name=c.column_name INNER JOIN sys.columns AS sc ON sc.object_id = object_id(t.table_schema + '.' + t.table_name) AND sc.name = c.column_name LEFT JOIN sys.extended_properties prop ON prop.major_id = sc.object_id AND prop.minor_id = sc.column_id AND prop.name = 'MS_Description' WHERE t.TABLE_NAME = N'customer' AND t.TABLE_SCHEMA = N'dbo'", "id|int|NULL|NO|NULL|PRIMARY KEY|1|NULL"},
	{"EXEC sys.sp_helpindex @objname = N'[dbo].[customer]'", "PK_customer|clustered, unique, primary key located on PRIMARY|id"},
	{"EXEC sp_helpconstraint @objname = N'[dbo].[customer]', @nomsg = 'nomsg'", "PRIMARY KEY (clustered)|PK_customer|(n/a)|(n/a)|(n/a)|(n/a)|id"},
	{"SELECT constraint_name = OBJ.NAME, referencedTableName = RB.NAME, columnName = COL.NAME FROM sys.foreign_key_columns FKC INNER JOIN sys.objects OBJ ON OBJ.OBJECT_ID = FKC.CONSTRAINT_OBJECT_ID INNER JOIN sys.tables TB ON TB.OBJECT_ID = FKC.PARENT_OBJECT_ID INNER JOIN sys.columns COL ON COL.COLUMN_ID = PARENT_COLUMN_ID AND COL.OBJECT_ID = TB.OBJECT_ID INNER JOIN sys.tables RB ON RB.OBJECT_ID = FKC.REFERENCED_OBJECT_ID WHERE TB.NAME = N'order'", "FK_order|customer|customer"},
	// EF Core and TypeORM.
	{"SELECT OBJECT_ID(N'[__EFMigrationsHistory]')", "NULL"},
	{"IF EXISTS (SELECT * FROM INFORMATION_SCHEMA.TABLES WHERE TABLE_TYPE = 'BASE TABLE') SELECT 1 ELSE SELECT 0", "1"},
	{"SELECT SCHEMA_NAME([t].[schema_id]) AS [schema], [t].[name], CAST([e].[value] AS nvarchar(MAX)) AS [comment], 'table' AS [type], CAST(CASE WHEN [t].[temporal_type] = 2 THEN 1 ELSE 0 END AS bit) FROM [sys].[tables] AS [t] LEFT JOIN [sys].[extended_properties] AS [e] ON [e].[major_id] = [t].[object_id] AND [e].[minor_id] = 0 AND [e].[class] = 1 AND [e].[name] = 'MS_Description' WHERE [t].[is_ms_shipped] = 0 ORDER BY 2", "dbo|order|NULL|table|0"},
	{"SELECT [c].[name], [tp].[name], CAST([c].[max_length] AS int), [c].[is_identity], ISNULL([dc].[definition], '') FROM [sys].[columns] AS [c] JOIN [sys].[types] AS [tp] ON [c].[user_type_id] = [tp].[user_type_id] LEFT JOIN [sys].[default_constraints] AS [dc] ON [c].[object_id] = [dc].[parent_object_id] AND [c].[column_id] = [dc].[parent_column_id] WHERE [c].[object_id] = OBJECT_ID('dbo.customer') ORDER BY [c].[column_id]", "id|int|4|1|"},
	{"SELECT [i].[name], [i].[filter_definition], COL_NAME([ic].[object_id], [ic].[column_id]), [ic].[is_descending_key] FROM [sys].[indexes] AS [i] JOIN [sys].[index_columns] AS [ic] ON [i].[object_id] = [ic].[object_id] AND [i].[index_id] = [ic].[index_id] WHERE [i].[name] = 'IX_balance' ORDER BY [ic].[key_ordinal]", "IX_balance|"},
	{"SELECT DB_NAME() AS \"db_name\", SCHEMA_NAME() AS \"schema_name\", DB_ID('shop') AS \"db_id\"", "shop|dbo|"},
	{`SELECT "columns"."COLUMN_NAME", "cc"."is_persisted", "cc"."definition" FROM "shop"."INFORMATION_SCHEMA"."COLUMNS" "columns" LEFT JOIN "sys"."computed_columns" "cc" ON COL_NAME("cc"."object_id", "cc"."column_id") = "columns"."column_name" WHERE ("TABLE_SCHEMA" = 'dbo' AND "TABLE_NAME" = 'customer')`, "id|NULL|NULL"},
	{`SELECT "columnUsages"."COLUMN_NAME", "tableConstraints"."CONSTRAINT_NAME", "tableConstraints"."CONSTRAINT_TYPE", "chk"."definition" FROM "shop"."INFORMATION_SCHEMA"."CONSTRAINT_COLUMN_USAGE" "columnUsages" INNER JOIN "shop"."INFORMATION_SCHEMA"."TABLE_CONSTRAINTS" "tableConstraints" ON "tableConstraints"."CONSTRAINT_NAME" = "columnUsages"."CONSTRAINT_NAME" AND "tableConstraints"."TABLE_SCHEMA" = "columnUsages"."TABLE_SCHEMA" LEFT JOIN "shop"."sys"."check_constraints" "chk" ON "chk"."object_id" = OBJECT_ID("columnUsages"."TABLE_CATALOG" + '.' + "columnUsages"."TABLE_SCHEMA" + '.' + "columnUsages"."CONSTRAINT_NAME") WHERE "columnUsages"."TABLE_NAME" = 'customer' AND "tableConstraints"."CONSTRAINT_TYPE" = 'CHECK'`, "balance|CK_balance|CHECK|"},
	// SQLAlchemy.
	{"SELECT [INFORMATION_SCHEMA].[COLUMNS].[COLUMN_NAME], [sys].[computed_columns].[definition], [sys].[identity_columns].[seed_value] FROM [INFORMATION_SCHEMA].[COLUMNS] LEFT OUTER JOIN [sys].[computed_columns] ON [sys].[computed_columns].[object_id] = object_id('dbo.customer') AND [sys].[computed_columns].[name] = [INFORMATION_SCHEMA].[COLUMNS].[COLUMN_NAME] LEFT OUTER JOIN [sys].[identity_columns] ON [sys].[identity_columns].[object_id] = object_id('dbo.customer') AND [sys].[identity_columns].[name] = [INFORMATION_SCHEMA].[COLUMNS].[COLUMN_NAME] WHERE [INFORMATION_SCHEMA].[COLUMNS].[TABLE_NAME] = 'customer' ORDER BY [INFORMATION_SCHEMA].[COLUMNS].[ORDINAL_POSITION]", "id|NULL|1"},
	{"select name from sys.schemas where name = 'dbo'", "dbo"},
	// Drivers.
	{"EXEC sp_tables @table_name = 'cust%', @table_type = '''TABLE'''", "shop|dbo|customer|TABLE|NULL"},
	{"EXEC sp_columns 'customer', 'dbo'", "shop|dbo|customer|id|4|int identity|10|4|0|10|0|NULL|NULL|4|NULL|NULL|1|NO|56"},
	{"EXEC sp_columns 'customer', @column_name = 'share'", "shop|dbo|customer|share|2|numeric|5|7|2|10|1|NULL|NULL|2|NULL|NULL|6|YES|106"},
	{"EXEC sp_columns_100 'order', @fUsePattern = 0", "shop|dbo|order|number|-5|bigint|"},
	{"EXEC sp_pkeys 'customer'", "shop|dbo|customer|id|1|PK_customer"},
	{"EXEC sp_fkeys @pktable_name = 'customer'", "shop|dbo|customer|id|shop|dbo|order|customer|1|1|0|FK_order|PK_customer|7"},
	{"EXEC sp_statistics 'customer'", "shop|dbo|customer|0|customer|PK_customer|1|1|id|A|2|0|NULL"},
	{"EXEC sp_special_columns 'customer'", "1|id|4|int identity|10|4|0|1"},
	{"EXEC sp_databases", "shop|NULL|NULL"},
	{"EXEC sp_server_info 500", "500|SYS_SPROC_VERSION|12.00.2000"},
	{"EXEC sp_datatype_info 4", "int|4|10|NULL|NULL|NULL|1|0|2|0|0|0|int|0|0|4|NULL|10|NULL|7"},
	{"EXEC sp_stored_procedures 'p%'", "shop|dbo|p;1|-1|-1|-1|NULL|2"},
	{"EXEC sp_sproc_columns 'p'", "shop|dbo|p;1|@RETURN_VALUE|5|4|int|"},
	{"EXEC sp_sproc_columns_100 'p', @column_name = '@a'", "shop|dbo|p;1|@a|1|4|int|"},
	{"EXEC sp_table_privileges 'customer'", "shop|dbo|customer|dbo|dbo|DELETE|YES"},
	{"EXEC sp_column_privileges 'customer', @column_name = 'na%'", "shop|dbo|customer|name|dbo|dbo|INSERT|YES"},
	{"EXEC sp_tablecollations_100 N'.[customer]'", "2|name|0904d00034|0904d00034|SQL_Latin1_General_CP1_CI_AS|SQL_Latin1_General_CP1_CI_AS"},
	// People.
	{"EXEC sp_help", "customer|dbo|user table"},
	{"EXEC sp_help 'dbo.customer'", "customer|dbo|user table|"},
	{"EXEC sp_helptext 'dbo.p'", "SELECT @a"},
	{"EXEC sp_helpdb shop", "shop|NULL|sa|"},
	{"EXEC sp_helprole db_owner", "db_owner|16384|0"},
	{"EXEC sp_helprolemember", "db_owner|dbo|"},
	{"EXEC sp_helpuser dbo", "dbo|db_owner|NULL|NULL|dbo|1|"},
	{"EXEC sp_who", "|shop|"},
	{"EXEC sp_who2", "|shop|"},
	{"EXEC sp_spaceused 'customer'", "customer|2 "},
	{"SELECT name FROM sysobjects WHERE xtype = 'U' ORDER BY 1", "customer"},
	{"SELECT objname, value FROM fn_listextendedproperty(NULL, 'SCHEMA', 'dbo', 'TABLE', 'customer', NULL, NULL)", "customer|who buys"},
	{"EXEC sp_help", "customer|dbo|user table"},
	{"SELECT name FROM sys.system_views WHERE name IN ('dm_exec_sessions', 'dm_pdw_nodes_exec_sessions')", "dm_exec_sessions"},
	{"SELECT TYPE_NAME(user_type_id) FROM sys.all_columns WHERE object_id = OBJECT_ID('sys.tables') AND name = 'create_date'", "datetime"},
	{"SELECT COL_NAME(OBJECT_ID('INFORMATION_SCHEMA.TABLES'), 3), COL_LENGTH('sys.tables', 'name')", "TABLE_NAME|256"},
	{"SELECT OBJECT_SCHEMA_NAME(OBJECT_ID('sys.objects', 'V')), OBJECT_NAME(OBJECT_ID('sp_help')), OBJECT_ID('sys.nothing')", "sys|sp_help|NULL"},
	{"SELECT COUNT(*) FROM (SELECT object_id FROM sys.all_objects GROUP BY object_id HAVING COUNT(*) > 1) AS twice", "0"},
	{"SELECT COUNT(*) FROM sys.objects WHERE object_id < 0", "0"},
	{"SELECT permission_name FROM fn_my_permissions(NULL, 'DATABASE')", "CONTROL"},
}

// TestClients asks a session what clients ask.
func TestClients(t *testing.T) {
	s := open(t)
	run(t, s, tables)
	run(t, s, "CREATE PROCEDURE dbo.p @a int AS\nSELECT @a")
	run(t, s, "EXEC sp_addextendedproperty 'MS_Description', 'who buys', 'SCHEMA', 'dbo', 'TABLE', 'customer'")
	for _, c := range asked {
		out := run(t, s, c.text)
		found := false
		for _, line := range out.lines {
			found = found || line == c.row || strings.HasSuffix(c.row, "|") && strings.HasPrefix(line, c.row) || strings.HasPrefix(c.row, "|") && strings.Contains(line, c.row) ||
				strings.HasSuffix(c.row, " ") && strings.HasPrefix(line, c.row)
		}
		if !found && len(out.errors) == 0 {
			t.Errorf("%s\n\tno row %s in\n\t%s", c.text, c.row, strings.Join(out.lines, "\n\t"))
		}
	}
}

// TestVisible: a user sees what it has a permission on, in views and in procedures.
func TestVisible(t *testing.T) {
	s := open(t)
	run(t, s, tables)
	run(t, s, "CREATE USER u WITHOUT LOGIN; CREATE USER v WITHOUT LOGIN; GRANT SELECT ON dbo.[order] TO u")
	for _, text := range []string{
		"SELECT name FROM sys.tables",
		"SELECT TABLE_NAME FROM INFORMATION_SCHEMA.TABLES",
		"EXEC sp_tables @table_owner = 'dbo'",
		"SELECT OBJECT_NAME(object_id) FROM sys.columns WHERE column_id = 1",
		"SELECT name FROM sysobjects WHERE xtype = 'U'",
		"SELECT name FROM sys.all_objects WHERE is_ms_shipped = 0",
		"SELECT OBJECT_NAME(object_id) FROM sys.all_columns WHERE object_id > 0",
	} {
		out := run(t, s, "EXECUTE AS USER = 'u'; "+text+"; REVERT")
		all := strings.Join(out.lines, "\n")
		if !strings.Contains(all, "order") || strings.Contains(all, "customer") {
			t.Errorf("%s: u sees %q", text, all)
		}
		if out := run(t, s, "EXECUTE AS USER = 'v'; "+text+"; REVERT"); len(out.lines) != 0 {
			t.Errorf("%s: v sees %q", text, out.lines)
		}
		if all := strings.Join(run(t, s, text).lines, "\n"); !strings.Contains(all, "customer") {
			t.Errorf("%s: the owner sees %q", text, all)
		}
	}
	out := run(t, s, "EXECUTE AS USER = 'u'; SELECT name FROM sys.database_principals WHERE name IN ('u', 'v', 'db_owner') ORDER BY 1; REVERT")
	if got := strings.Join(out.lines, " "); got != "db_owner u" {
		t.Errorf("u sees %s", got)
	}
}

// TestOrder: queries of the catalog without ORDER BY, as GORM's migrator has them, give an index's columns in their order.
func TestOrder(t *testing.T) {
	s := open(t)
	run(t, s, "CREATE TABLE book (id int PRIMARY KEY, year int, title nvarchar(50), price decimal(9,2)); CREATE INDEX ix ON book (title, year, price)")
	out := run(t, s, `SELECT i.name AS index_name, i.is_unique, i.is_unique_constraint, i.is_primary_key, col.name AS column_name
FROM sys.indexes i
LEFT JOIN sys.index_columns ic ON ic.object_id = i.object_id AND ic.index_id = i.index_id
LEFT JOIN sys.all_columns col ON col.column_id = ic.column_id AND col.object_id = ic.object_id
WHERE i.name IS NOT NULL AND i.is_unique_constraint = 0 AND i.object_id = OBJECT_ID(N'book') AND i.name = 'ix'`)
	if got, want := strings.Join(out.lines, " "), "ix|0|0|0|title ix|0|0|0|year ix|0|0|0|price"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	out = run(t, s, `SELECT col.name FROM sys.indexes i JOIN sys.index_columns ic ON ic.object_id = i.object_id AND ic.index_id = i.index_id
JOIN sys.columns col ON col.column_id = ic.column_id AND col.object_id = ic.object_id WHERE i.name = 'ix'`)
	if got, want := strings.Join(out.lines, " "), "title year price"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

// TestMissingObject: the procedures of people say 15009 for a name that is none.
func TestMissingObject(t *testing.T) {
	s := open(t)
	for _, text := range []string{"EXEC sp_help 'nothing'", "EXEC sp_helpindex 'nothing'", "EXEC sp_helptext 'nothing'"} {
		out := &sink{}
		if err := s.Batch(t.Context(), text, out); err != nil {
			t.Error(err)
		}
		if len(out.errors) != 1 || !strings.Contains(out.errors[0], "Msg 15009, Level 16") || !strings.Contains(out.errors[0], "The object 'nothing' does not exist in database 'shop'") {
			t.Errorf("%s: %v", text, out.errors)
		}
	}
}
