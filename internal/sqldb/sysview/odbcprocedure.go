package sysview

// objectParameters are those by which the procedures of drivers name a table.
const objectParameters = "@table_name nvarchar(384) = NULL, @table_owner nvarchar(384) = NULL, @table_qualifier sysname = NULL"

// thatTable selects the table that objectParameters name, by pattern where the procedure takes one.
const thatTable = ` WHERE (@table_qualifier IS NULL OR @table_qualifier = DB_NAME())
	AND (@table_name IS NULL OR o.name = @table_name) AND (@table_owner IS NULL OR SCHEMA_NAME(o.schema_id) = @table_owner)`

const likeTable = ` WHERE (@table_qualifier IS NULL OR @table_qualifier = DB_NAME())
	AND (@table_name IS NULL OR o.name = @table_name OR @fUsePattern = 1 AND o.name LIKE @table_name)
	AND (@table_owner IS NULL OR SCHEMA_NAME(o.schema_id) = @table_owner OR @fUsePattern = 1 AND SCHEMA_NAME(o.schema_id) LIKE @table_owner)`

const columnsSelect = `SELECT TABLE_QUALIFIER = CONVERT(sysname, DB_NAME()), TABLE_OWNER = CONVERT(sysname, SCHEMA_NAME(o.schema_id)), TABLE_NAME = o.name,
	COLUMN_NAME = c.name, c.DATA_TYPE, c.TYPE_NAME, c.PRECISION, c.LENGTH, c.SCALE, c.RADIX, c.NULLABLE, REMARKS = CONVERT(varchar(254), NULL),
	c.COLUMN_DEF, c.SQL_DATA_TYPE, c.SQL_DATETIME_SUB, c.CHAR_OCTET_LENGTH, c.ORDINAL_POSITION, c.IS_NULLABLE`

const columnsFrom = ` FROM sys.all_objects AS o JOIN sys.spt_columns_odbc_view AS c ON c.object_id = o.object_id` + likeTable + `
	AND o.type IN ('U', 'V', 'TF', 'IF') AND (@column_name IS NULL OR c.name = @column_name OR @fUsePattern = 1 AND c.name LIKE @column_name)
	ORDER BY 17`

const columnsParameters = objectParameters + ", @column_name nvarchar(384) = NULL, @NameScope int = 0, @ODBCVer int = 2, @fUsePattern bit = 1"

const sprocSelect = `SELECT PROCEDURE_QUALIFIER = CONVERT(sysname, DB_NAME()), PROCEDURE_OWNER = CONVERT(sysname, SCHEMA_NAME(o.schema_id)),
	PROCEDURE_NAME = CONVERT(nvarchar(134), o.name + CASE o.type WHEN 'P' THEN N';1' ELSE N';0' END), COLUMN_NAME = c.name, c.COLUMN_TYPE, c.DATA_TYPE, c.TYPE_NAME, c.PRECISION,
	c.LENGTH, c.SCALE, c.RADIX, c.NULLABLE, REMARKS = CONVERT(varchar(254), NULL), c.COLUMN_DEF, c.SQL_DATA_TYPE, c.SQL_DATETIME_SUB,
	c.CHAR_OCTET_LENGTH, c.ORDINAL_POSITION, c.IS_NULLABLE`

const sprocFrom = ` FROM sys.all_objects AS o JOIN sys.spt_parameters_odbc_view AS c ON c.object_id = o.object_id
	WHERE (@procedure_qualifier IS NULL OR @procedure_qualifier = DB_NAME())
	AND (@procedure_name IS NULL OR o.name = @procedure_name OR @fUsePattern = 1 AND o.name LIKE @procedure_name)
	AND (@procedure_owner IS NULL OR SCHEMA_NAME(o.schema_id) = @procedure_owner OR @fUsePattern = 1 AND SCHEMA_NAME(o.schema_id) LIKE @procedure_owner)
	AND (@column_name IS NULL OR c.name = @column_name OR @fUsePattern = 1 AND c.name LIKE @column_name)
	ORDER BY 2, 3, 18`

const sprocParameters = `@procedure_name nvarchar(390) = '%', @procedure_owner nvarchar(384) = NULL, @procedure_qualifier sysname = NULL,
	@column_name nvarchar(384) = NULL, @ODBCVer int = 2, @fUsePattern bit = 1`

// odbcProcedures are those that ODBC, OLE DB and JDBC drivers call for their catalog functions. Their results are
// described in the reference of Transact-SQL, "Catalog stored procedures".
var odbcProcedures = []procedure{
	{
		"sp_tables", objectParameters + ", @table_type varchar(100) = NULL, @fUsePattern bit = 1",
		`IF @table_qualifier = '%' AND @table_owner = '' AND @table_name = ''
	SELECT TABLE_QUALIFIER = name, TABLE_OWNER = CONVERT(sysname, NULL), TABLE_NAME = CONVERT(sysname, NULL), TABLE_TYPE = CONVERT(varchar(32), NULL),
		REMARKS = CONVERT(varchar(254), NULL) FROM sys.databases ORDER BY 1
ELSE IF @table_owner = '%' AND @table_qualifier = '' AND @table_name = ''
	SELECT TABLE_QUALIFIER = CONVERT(sysname, NULL), TABLE_OWNER = name, TABLE_NAME = CONVERT(sysname, NULL), TABLE_TYPE = CONVERT(varchar(32), NULL),
		REMARKS = CONVERT(varchar(254), NULL) FROM sys.schemas ORDER BY 2
ELSE IF @table_type = '%' AND @table_qualifier = '' AND @table_owner = '' AND @table_name = ''
	SELECT TABLE_QUALIFIER = CONVERT(sysname, NULL), TABLE_OWNER = CONVERT(sysname, NULL), TABLE_NAME = CONVERT(sysname, NULL), TABLE_TYPE = t.name,
		REMARKS = CONVERT(varchar(254), NULL) FROM (VALUES (CONVERT(varchar(32), 'SYSTEM TABLE')), ('TABLE'), ('VIEW')) AS t (name) ORDER BY 4
ELSE
	SELECT TABLE_QUALIFIER = CONVERT(sysname, DB_NAME()), TABLE_OWNER = CONVERT(sysname, SCHEMA_NAME(o.schema_id)), TABLE_NAME = o.name,
		TABLE_TYPE = CONVERT(varchar(32), CASE o.type WHEN 'V' THEN 'VIEW' ELSE 'TABLE' END), REMARKS = CONVERT(varchar(254), NULL)
	FROM sys.all_objects AS o` + likeTable + ` AND o.type IN ('U', 'V')
	AND (@table_type IS NULL OR CHARINDEX('''' + CASE o.type WHEN 'V' THEN 'VIEW' ELSE 'TABLE' END + '''', @table_type) > 0)
	ORDER BY 4, 1, 2, 3`,
	},
	{"sp_columns", columnsParameters, columnsSelect + ", c.SS_DATA_TYPE" + columnsFrom},
	{
		"sp_columns_100", columnsParameters, columnsSelect + `, SS_IS_SPARSE = CONVERT(smallint, 0), SS_IS_COLUMN_SET = CONVERT(smallint, 0),
	SS_IS_COMPUTED = CONVERT(smallint, c.is_computed), SS_IS_IDENTITY = CONVERT(smallint, c.is_identity), SS_UDT_CATALOG_NAME = CONVERT(sysname, NULL),
	SS_UDT_SCHEMA_NAME = CONVERT(sysname, NULL), SS_UDT_ASSEMBLY_TYPE_NAME = CONVERT(nvarchar(4000), NULL),
	SS_XML_SCHEMACOLLECTION_CATALOG_NAME = CONVERT(sysname, NULL), SS_XML_SCHEMACOLLECTION_SCHEMA_NAME = CONVERT(sysname, NULL),
	SS_XML_SCHEMACOLLECTION_NAME = CONVERT(sysname, NULL), c.SS_DATA_TYPE` + columnsFrom,
	},
	{
		"sp_pkeys", objectParameters,
		`SELECT TABLE_QUALIFIER = CONVERT(sysname, DB_NAME()), TABLE_OWNER = CONVERT(sysname, SCHEMA_NAME(o.schema_id)), TABLE_NAME = o.name,
	COLUMN_NAME = CONVERT(sysname, c.name), KEY_SEQ = CONVERT(smallint, ic.key_ordinal), PK_NAME = CONVERT(sysname, k.name)
	FROM sys.tables AS o JOIN sys.key_constraints AS k ON k.parent_object_id = o.object_id AND k.type = 'PK'
	JOIN sys.index_columns AS ic ON ic.object_id = o.object_id AND ic.index_id = k.unique_index_id
	JOIN sys.columns AS c ON c.object_id = o.object_id AND c.column_id = ic.column_id` + thatTable + ` ORDER BY 1, 2, 3, 5`,
	},
	{
		"sp_fkeys", `@pktable_name sysname = NULL, @pktable_owner sysname = NULL, @pktable_qualifier sysname = NULL, @fktable_name sysname = NULL,
	@fktable_owner sysname = NULL, @fktable_qualifier sysname = NULL`,
		`SELECT PKTABLE_QUALIFIER = CONVERT(sysname, DB_NAME()), PKTABLE_OWNER = CONVERT(sysname, SCHEMA_NAME(p.schema_id)), PKTABLE_NAME = p.name,
	PKCOLUMN_NAME = CONVERT(sysname, pc.name), FKTABLE_QUALIFIER = CONVERT(sysname, DB_NAME()), FKTABLE_OWNER = CONVERT(sysname, SCHEMA_NAME(f.schema_id)),
	FKTABLE_NAME = f.name, FKCOLUMN_NAME = CONVERT(sysname, fc.name), KEY_SEQ = CONVERT(smallint, k.constraint_column_id),
	UPDATE_RULE = CONVERT(smallint, CASE c.update_referential_action WHEN 0 THEN 1 WHEN 1 THEN 0 ELSE c.update_referential_action END),
	DELETE_RULE = CONVERT(smallint, CASE c.delete_referential_action WHEN 0 THEN 1 WHEN 1 THEN 0 ELSE c.delete_referential_action END),
	FK_NAME = c.name, PK_NAME = CONVERT(sysname, i.name), DEFERRABILITY = CONVERT(smallint, 7)
	FROM sys.foreign_keys AS c JOIN sys.foreign_key_columns AS k ON k.constraint_object_id = c.object_id
	JOIN sys.tables AS f ON f.object_id = c.parent_object_id JOIN sys.tables AS p ON p.object_id = c.referenced_object_id
	JOIN sys.columns AS fc ON fc.object_id = k.parent_object_id AND fc.column_id = k.parent_column_id
	JOIN sys.columns AS pc ON pc.object_id = k.referenced_object_id AND pc.column_id = k.referenced_column_id
	LEFT JOIN sys.indexes AS i ON i.object_id = c.referenced_object_id AND i.index_id = c.key_index_id
	WHERE (@pktable_name IS NULL OR p.name = @pktable_name) AND (@pktable_owner IS NULL OR SCHEMA_NAME(p.schema_id) = @pktable_owner)
	AND (@fktable_name IS NULL OR f.name = @fktable_name) AND (@fktable_owner IS NULL OR SCHEMA_NAME(f.schema_id) = @fktable_owner)
	AND (@pktable_qualifier IS NULL OR @pktable_qualifier = DB_NAME()) AND (@fktable_qualifier IS NULL OR @fktable_qualifier = DB_NAME())
	ORDER BY 5, 6, 7, 9, 8`,
	},
	{
		"sp_statistics", objectParameters + ", @index_name sysname = '%', @is_unique char(1) = 'N', @accuracy char(1) = 'Q'",
		`SELECT TABLE_QUALIFIER = CONVERT(sysname, DB_NAME()), TABLE_OWNER = CONVERT(sysname, SCHEMA_NAME(o.schema_id)), TABLE_NAME = o.name,
	NON_UNIQUE = CONVERT(smallint, NULL), INDEX_QUALIFIER = CONVERT(sysname, NULL), INDEX_NAME = CONVERT(sysname, NULL), TYPE = CONVERT(smallint, 0),
	SEQ_IN_INDEX = CONVERT(smallint, NULL), COLUMN_NAME = CONVERT(sysname, NULL), COLLATION = CONVERT(char(1), NULL),
	CARDINALITY = CONVERT(int, (SELECT TOP (1) s.rows FROM sys.partitions AS s WHERE s.object_id = o.object_id)), PAGES = CONVERT(int, 0),
	FILTER_CONDITION = CONVERT(varchar(128), NULL)
	FROM sys.tables AS o` + thatTable + `
UNION ALL
SELECT CONVERT(sysname, DB_NAME()), CONVERT(sysname, SCHEMA_NAME(o.schema_id)), o.name, CONVERT(smallint, CASE i.is_unique WHEN 1 THEN 0 ELSE 1 END),
	CONVERT(sysname, o.name), CONVERT(sysname, i.name), CONVERT(smallint, CASE i.type WHEN 1 THEN 1 ELSE 3 END), CONVERT(smallint, ic.key_ordinal),
	CONVERT(sysname, c.name), CONVERT(char(1), CASE ic.is_descending_key WHEN 1 THEN 'D' ELSE 'A' END),
	CONVERT(int, (SELECT TOP (1) s.rows FROM sys.partitions AS s WHERE s.object_id = o.object_id)), CONVERT(int, 0), CONVERT(varchar(128), NULL)
	FROM sys.tables AS o JOIN sys.indexes AS i ON i.object_id = o.object_id AND i.index_id > 0
	JOIN sys.index_columns AS ic ON ic.object_id = i.object_id AND ic.index_id = i.index_id AND ic.key_ordinal > 0
	JOIN sys.columns AS c ON c.object_id = o.object_id AND c.column_id = ic.column_id` + thatTable + `
	AND (@is_unique <> 'Y' OR i.is_unique = 1) AND (@index_name IS NULL OR i.name LIKE @index_name)
	ORDER BY 4, 7, 6, 8`,
	},
	{
		"sp_special_columns_100", `@table_name nvarchar(390) = NULL, @table_owner nvarchar(384) = NULL, @table_qualifier sysname = NULL, @col_type char(1) = 'R',
	@scope char(1) = 'T', @nullable char(1) = 'U', @ODBCVer int = 2`,
		`IF @col_type = 'V'
	SELECT SCOPE = CONVERT(smallint, NULL), COLUMN_NAME = c.name, c.DATA_TYPE, c.TYPE_NAME, c.PRECISION, c.LENGTH, c.SCALE, PSEUDO_COLUMN = CONVERT(smallint, 1)
	FROM sys.tables AS o JOIN sys.spt_columns_odbc_view AS c ON c.object_id = o.object_id` + thatTable + ` AND c.TYPE_NAME = 'timestamp'
ELSE
	SELECT SCOPE = CONVERT(smallint, CASE @scope WHEN 'C' THEN 0 ELSE 1 END), COLUMN_NAME = c.name, c.DATA_TYPE, c.TYPE_NAME, c.PRECISION, c.LENGTH, c.SCALE,
		PSEUDO_COLUMN = CONVERT(smallint, 1)
	FROM sys.tables AS o JOIN sys.spt_columns_odbc_view AS c ON c.object_id = o.object_id
	JOIN sys.index_columns AS ic ON ic.object_id = o.object_id AND ic.column_id = c.column_id AND ic.key_ordinal > 0` + thatTable + `
	AND ic.index_id = (SELECT TOP (1) i.index_id FROM sys.indexes AS i WHERE i.object_id = o.object_id AND i.is_unique = 1 AND i.has_filter = 0
		ORDER BY i.is_primary_key DESC, i.index_id)
	ORDER BY ic.key_ordinal`,
	},
	{
		"sp_stored_procedures", "@sp_name nvarchar(390) = NULL, @sp_owner nvarchar(384) = NULL, @sp_qualifier sysname = NULL, @fUsePattern bit = 1",
		`SELECT PROCEDURE_QUALIFIER = CONVERT(sysname, DB_NAME()), PROCEDURE_OWNER = CONVERT(sysname, SCHEMA_NAME(o.schema_id)),
	PROCEDURE_NAME = CONVERT(nvarchar(134), o.name + CASE o.type WHEN 'P' THEN N';1' ELSE N';0' END), NUM_INPUT_PARAMS = CONVERT(int, -1),
	NUM_OUTPUT_PARAMS = CONVERT(int, -1), NUM_RESULT_SETS = CONVERT(int, -1), REMARKS = CONVERT(varchar(254), NULL), PROCEDURE_TYPE = CONVERT(smallint, 2)
	FROM sys.all_objects AS o WHERE o.type IN ('P', 'FN', 'TF', 'IF') AND (@sp_qualifier IS NULL OR @sp_qualifier = DB_NAME())
	AND (@sp_name IS NULL OR o.name = @sp_name OR @fUsePattern = 1 AND o.name LIKE @sp_name)
	AND (@sp_owner IS NULL OR SCHEMA_NAME(o.schema_id) = @sp_owner OR @fUsePattern = 1 AND SCHEMA_NAME(o.schema_id) LIKE @sp_owner)
	ORDER BY 1, 2, 3`,
	},
	{"sp_sproc_columns", sprocParameters, sprocSelect + ", c.SS_DATA_TYPE" + sprocFrom},
	{
		"sp_sproc_columns_100", sprocParameters, sprocSelect + `, SS_UDT_CATALOG_NAME = CONVERT(sysname, NULL), SS_UDT_SCHEMA_NAME = CONVERT(sysname, NULL),
	SS_UDT_ASSEMBLY_TYPE_NAME = CONVERT(nvarchar(4000), NULL), SS_XML_SCHEMACOLLECTION_CATALOG_NAME = CONVERT(sysname, NULL),
	SS_XML_SCHEMACOLLECTION_SCHEMA_NAME = CONVERT(sysname, NULL), SS_XML_SCHEMACOLLECTION_NAME = CONVERT(sysname, NULL), c.SS_DATA_TYPE` + sprocFrom,
	},
	{
		"sp_databases", "", `SELECT DATABASE_NAME = name, DATABASE_SIZE = CONVERT(int, NULL), REMARKS = CONVERT(varchar(254), NULL) FROM sys.databases ORDER BY 1`,
	},
	{
		"sp_server_info", "@attribute_id int = NULL",
		`SELECT a.attribute_id, attribute_name = CONVERT(varchar(60), a.attribute_name), attribute_value = CONVERT(varchar(255), a.attribute_value)
	FROM (VALUES (1, 'DBMS_NAME', 'Microsoft SQL Server'), (2, 'DBMS_VER', @@VERSION), (10, 'OWNER_TERM', 'owner'), (11, 'TABLE_TERM', 'table'),
	(12, 'MAX_OWNER_NAME_LENGTH', '128'), (13, 'TABLE_LENGTH', '128'), (14, 'MAX_QUAL_LENGTH', '128'), (15, 'COLUMN_LENGTH', '128'),
	(16, 'IDENTIFIER_CASE', 'MIXED'), (17, 'TX_ISOLATION', '2'), (18, 'COLLATION_SEQ', 'charset=iso_1 sort_order=nocase_iso charset_num=1 sort_order_num=52'),
	(19, 'SAVEPOINT_SUPPORT', 'Y'), (20, 'MULTI_RESULT_SETS', 'Y'), (22, 'ACCESSIBLE_TABLES', 'Y'), (100, 'USERID_LENGTH', '128'),
	(101, 'QUALIFIER_TERM', 'database'), (102, 'NAMED_TRANSACTIONS', 'Y'), (103, 'SPROC_AS_LANGUAGE', 'Y'), (104, 'ACCESSIBLE_SPROC', 'Y'),
	(105, 'MAX_INDEX_COLS', '16'), (106, 'RENAME_TABLE', 'Y'), (107, 'RENAME_COLUMN', 'Y'), (108, 'DROP_COLUMN', 'Y'),
	(109, 'INCREASE_COLUMN_LENGTH', 'Y'), (110, 'DDL_IN_TRANSACTION', 'Y'), (111, 'DESCENDING_INDEXES', 'Y'), (112, 'SP_RENAME', 'Y'),
	(113, 'REMOTE_SPROC', 'Y'), (500, 'SYS_SPROC_VERSION', '12.00.2000')) AS a (attribute_id, attribute_name, attribute_value)
	WHERE @attribute_id IS NULL OR a.attribute_id = @attribute_id ORDER BY 1`,
	},
	{
		"sp_datatype_info", "@data_type int = 0, @ODBCVer tinyint = 2",
		`SELECT t.TYPE_NAME, t.DATA_TYPE, t.PRECISION, t.LITERAL_PREFIX, t.LITERAL_SUFFIX, t.CREATE_PARAMS, t.NULLABLE, t.CASE_SENSITIVE, t.SEARCHABLE,
	t.UNSIGNED_ATTRIBUTE, t.MONEY, t.AUTO_INCREMENT, t.LOCAL_TYPE_NAME, t.MINIMUM_SCALE, t.MAXIMUM_SCALE, t.SQL_DATA_TYPE, t.SQL_DATETIME_SUB,
	t.NUM_PREC_RADIX, t.INTERVAL_PRECISION, t.USERTYPE FROM sys.spt_datatype_info_view AS t WHERE @data_type = 0 OR t.DATA_TYPE = @data_type ORDER BY 2, 12, 11, 20`,
	},
	{
		"sp_tablecollations_100", "@object nvarchar(4000)",
		`SELECT v.colid, v.name, v.tds_collation_28, v.tds_collation_100, v.collation_28, v.collation_100
	FROM sys.spt_tablecollations_view AS v WHERE v.object_id = OBJECT_ID(@object) ORDER BY v.colid`,
	},
	{
		"sp_table_privileges", objectParameters + ", @fUsePattern bit = 1",
		`SELECT TABLE_QUALIFIER = CONVERT(sysname, DB_NAME()), TABLE_OWNER = CONVERT(sysname, SCHEMA_NAME(o.schema_id)), TABLE_NAME = o.name, GRANTOR = CONVERT(sysname, N'dbo'),
	GRANTEE = CONVERT(sysname, N'dbo'), PRIVILEGE = CONVERT(varchar(32), v.name), IS_GRANTABLE = CONVERT(varchar(3), 'YES')
	FROM sys.all_objects AS o CROSS JOIN (VALUES ('DELETE'), ('INSERT'), ('REFERENCES'), ('SELECT'), ('UPDATE')) AS v (name)` + likeTable + ` AND o.type IN ('U', 'V')
UNION ALL
SELECT CONVERT(sysname, DB_NAME()), CONVERT(sysname, SCHEMA_NAME(o.schema_id)), o.name, CONVERT(sysname, USER_NAME(p.grantor_principal_id)),
	CONVERT(sysname, USER_NAME(p.grantee_principal_id)), CONVERT(varchar(32), p.permission_name), CONVERT(varchar(3), CASE p.state WHEN 'W' THEN 'YES' ELSE 'NO' END)
	FROM sys.all_objects AS o JOIN sys.database_permissions AS p ON p.class = 1 AND p.major_id = o.object_id AND p.minor_id = 0 AND p.state <> 'D'` + likeTable + `
	AND o.type IN ('U', 'V') AND p.permission_name IN ('DELETE', 'INSERT', 'REFERENCES', 'SELECT', 'UPDATE')
	ORDER BY 1, 2, 3, 6, 5`,
	},
	{
		"sp_column_privileges", objectParameters + ", @column_name nvarchar(384) = '%'",
		`SELECT TABLE_QUALIFIER = CONVERT(sysname, DB_NAME()), TABLE_OWNER = CONVERT(sysname, SCHEMA_NAME(o.schema_id)), TABLE_NAME = o.name, COLUMN_NAME = CONVERT(sysname, c.name),
	GRANTOR = CONVERT(sysname, N'dbo'), GRANTEE = CONVERT(sysname, N'dbo'), PRIVILEGE = CONVERT(varchar(32), v.name), IS_GRANTABLE = CONVERT(varchar(3), 'YES')
	FROM sys.all_objects AS o JOIN sys.all_columns AS c ON c.object_id = o.object_id
	CROSS JOIN (VALUES ('INSERT'), ('REFERENCES'), ('SELECT'), ('UPDATE')) AS v (name)` + thatTable + ` AND o.type IN ('U', 'V') AND c.name LIKE @column_name
UNION ALL
SELECT CONVERT(sysname, DB_NAME()), CONVERT(sysname, SCHEMA_NAME(o.schema_id)), o.name, CONVERT(sysname, c.name), CONVERT(sysname, USER_NAME(p.grantor_principal_id)),
	CONVERT(sysname, USER_NAME(p.grantee_principal_id)), CONVERT(varchar(32), p.permission_name), CONVERT(varchar(3), CASE p.state WHEN 'W' THEN 'YES' ELSE 'NO' END)
	FROM sys.all_objects AS o JOIN sys.all_columns AS c ON c.object_id = o.object_id
	JOIN sys.database_permissions AS p ON p.class = 1 AND p.major_id = o.object_id AND (p.minor_id = 0 OR p.minor_id = c.column_id) AND p.state <> 'D'` + thatTable + `
	AND o.type IN ('U', 'V') AND c.name LIKE @column_name AND p.permission_name IN ('INSERT', 'REFERENCES', 'SELECT', 'UPDATE')
	ORDER BY 1, 2, 3, 4, 7, 6`,
	},
}
