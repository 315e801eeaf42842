package sysview

// noObject raises 15009 for a name that is none.
const noObject = `DECLARE @object int = OBJECT_ID(@objname), @database sysname = DB_NAME()
IF @object IS NULL
BEGIN
	RAISERROR (15009, -1, -1, @objname, @database)
	RETURN
END
`

const indexKeys = `(SELECT STRING_AGG(CONVERT(nvarchar(max), c.name) + CASE ic.is_descending_key WHEN 1 THEN N'(-)' ELSE N'' END, N', ') WITHIN GROUP (ORDER BY ic.key_ordinal)
		FROM sys.index_columns AS ic JOIN sys.columns AS c ON c.object_id = ic.object_id AND c.column_id = ic.column_id
		WHERE ic.object_id = i.object_id AND ic.index_id = i.index_id AND ic.key_ordinal > 0)`

const helpIndex = `SELECT index_name = i.name,
	index_description = CONVERT(varchar(210), CASE i.type WHEN 1 THEN 'clustered' ELSE 'nonclustered' END
		+ CASE i.is_unique WHEN 1 THEN ', unique' ELSE '' END + CASE i.is_primary_key WHEN 1 THEN ', primary key' ELSE '' END
		+ CASE i.is_unique_constraint WHEN 1 THEN ', unique key' ELSE '' END + ' located on PRIMARY'),
	index_keys = CONVERT(nvarchar(2078), ` + indexKeys + `)
	FROM sys.indexes AS i WHERE i.object_id = @object AND i.index_id > 0 ORDER BY i.name
`

const helpConstraint = `SELECT constraint_type = CONVERT(nvarchar(146), CASE k.type WHEN 'PK' THEN N'PRIMARY KEY' ELSE N'UNIQUE' END
		+ CASE i.type WHEN 1 THEN N' (clustered)' ELSE N' (non-clustered)' END), constraint_name = CONVERT(nvarchar(128), k.name), delete_action = CONVERT(nvarchar(11), N'(n/a)'),
	update_action = CONVERT(nvarchar(11), N'(n/a)'), status_enabled = CONVERT(varchar(8), '(n/a)'), status_for_replication = CONVERT(varchar(19), '(n/a)'),
	constraint_keys = CONVERT(nvarchar(2126), ` + indexKeys + `)
	FROM sys.key_constraints AS k JOIN sys.indexes AS i ON i.object_id = k.parent_object_id AND i.index_id = k.unique_index_id WHERE k.parent_object_id = @object
UNION ALL
SELECT N'FOREIGN KEY', f.name, CASE f.delete_referential_action WHEN 1 THEN N'Cascade' WHEN 2 THEN N'Set Null' WHEN 3 THEN N'Set Default' ELSE N'No Action' END,
	CASE f.update_referential_action WHEN 1 THEN N'Cascade' WHEN 2 THEN N'Set Null' WHEN 3 THEN N'Set Default' ELSE N'No Action' END,
	CASE f.is_disabled WHEN 1 THEN 'Disabled' ELSE 'Enabled' END, 'Is_For_Replication',
	(SELECT STRING_AGG(CONVERT(nvarchar(max), COL_NAME(k.parent_object_id, k.parent_column_id)), N', ') WITHIN GROUP (ORDER BY k.constraint_column_id)
		FROM sys.foreign_key_columns AS k WHERE k.constraint_object_id = f.object_id)
	+ N' REFERENCES ' + DB_NAME() + N'.' + OBJECT_SCHEMA_NAME(f.referenced_object_id) + N'.' + OBJECT_NAME(f.referenced_object_id) + N' ('
	+ (SELECT STRING_AGG(CONVERT(nvarchar(max), COL_NAME(k.referenced_object_id, k.referenced_column_id)), N', ') WITHIN GROUP (ORDER BY k.constraint_column_id)
		FROM sys.foreign_key_columns AS k WHERE k.constraint_object_id = f.object_id) + N')'
	FROM sys.foreign_keys AS f WHERE f.parent_object_id = @object
UNION ALL
SELECT N'CHECK' + CASE WHEN c.parent_column_id > 0 THEN N' on column ' + COL_NAME(c.parent_object_id, c.parent_column_id) ELSE N' Table Level ' END, c.name, N'(n/a)', N'(n/a)',
	CASE c.is_disabled WHEN 1 THEN 'Disabled' ELSE 'Enabled' END, 'Is_For_Replication', c.definition
	FROM sys.check_constraints AS c WHERE c.parent_object_id = @object
UNION ALL
SELECT N'DEFAULT on column ' + COL_NAME(d.parent_object_id, d.parent_column_id), d.name, N'(n/a)', N'(n/a)', '(n/a)', '(n/a)', d.definition
	FROM sys.default_constraints AS d WHERE d.parent_object_id = @object
ORDER BY 1, 2
`

const referencedBy = `SELECT [Table is referenced by foreign key] = CONVERT(nvarchar(516), DB_NAME() + N'.' + OBJECT_SCHEMA_NAME(f.parent_object_id) + N'.' + OBJECT_NAME(f.parent_object_id) + N': ' + f.name)
	FROM sys.foreign_keys AS f WHERE f.referenced_object_id = @object ORDER BY 1
`

// whoColumns selects from sys.dm_exec_sessions what sp_who shows.
const whoColumns = `spid = s.session_id, ecid = CONVERT(smallint, 0), status = CONVERT(nchar(30), s.status), loginame = CONVERT(nvarchar(128), s.login_name),
	hostname = CONVERT(nchar(128), s.host_name), blk = CONVERT(char(5), '0'), dbname = CONVERT(nvarchar(128), DB_NAME(s.database_id)), cmd = CONVERT(nchar(26), N'AWAITING COMMAND')`

// helpType tells of a data type, where the name is no object's but a type's.
const helpType = `IF OBJECT_ID(@objname) IS NULL AND TYPE_ID(@objname) IS NOT NULL
BEGIN
	SELECT Type_name = t.name, Storage_type = CONVERT(nvarchar(128), TYPE_NAME(t.system_type_id)), Length = t.max_length, Prec = CONVERT(int, TYPEPROPERTY(@objname, 'precision')),
		Scale = CONVERT(int, TYPEPROPERTY(@objname, 'scale')), Nullable = CONVERT(varchar(35), CASE t.is_nullable WHEN 1 THEN 'yes' ELSE 'no' END), Default_name = CONVERT(nvarchar(128), N'none'),
		Rule_name = CONVERT(nvarchar(128), N'none'), Collation = t.collation_name
		FROM sys.types AS t WHERE t.user_type_id = TYPE_ID(@objname)
	RETURN
END
`

// helpProcedures are those that people and object mappers call.
var helpProcedures = []procedure{
	{
		"sp_help", "@objname nvarchar(776) = NULL", `IF @objname IS NULL
BEGIN
	SELECT Name = o.name, Owner = CONVERT(nvarchar(128), SCHEMA_NAME(o.schema_id)), Object_type = CONVERT(nvarchar(31), LOWER(REPLACE(o.type_desc, '_', ' '))) FROM sys.all_objects AS o
		WHERE o.type IN ('U', 'V', 'P', 'FN', 'IF', 'TF', 'TR', 'SO', 'SN') ORDER BY 2, 3 DESC, 1
	RETURN
END
` + helpType + noObject + `SELECT Name = o.name, Owner = CONVERT(nvarchar(128), SCHEMA_NAME(o.schema_id)), Type = CONVERT(nvarchar(31), LOWER(REPLACE(o.type_desc, '_', ' '))), Created_datetime = o.create_date
	FROM sys.all_objects AS o WHERE o.object_id = @object
IF EXISTS (SELECT * FROM sys.all_columns AS c WHERE c.object_id = @object)
BEGIN
	SELECT Column_name = c.name, Type = CONVERT(nvarchar(128), TYPE_NAME(c.user_type_id)), Computed = CONVERT(varchar(35), CASE c.is_computed WHEN 1 THEN 'yes' ELSE 'no' END), Length = CONVERT(int, c.max_length),
		Prec = CONVERT(char(5), CASE WHEN c.precision = 0 THEN '' ELSE CONVERT(varchar(5), c.precision) END), Scale = CONVERT(char(5), CASE WHEN c.precision = 0 THEN '' ELSE CONVERT(varchar(5), c.scale) END),
		Nullable = CONVERT(varchar(35), CASE c.is_nullable WHEN 1 THEN 'yes' ELSE 'no' END), TrimTrailingBlanks = CONVERT(varchar(35), CASE WHEN c.collation_name IS NULL THEN '(n/a)' ELSE 'no' END),
		FixedLenNullInSource = CONVERT(varchar(35), '(n/a)'), Collation = c.collation_name
		FROM sys.all_columns AS c WHERE c.object_id = @object ORDER BY c.column_id
	SELECT [Identity] = CONVERT(nvarchar(128), ISNULL(MAX(i.name), N'No identity column defined.')), Seed = CONVERT(numeric(38, 0), MAX(CONVERT(bigint, i.seed_value))),
		Increment = CONVERT(numeric(38, 0), MAX(CONVERT(bigint, i.increment_value))), [Not For Replication] = MAX(CONVERT(int, i.is_not_for_replication))
		FROM sys.identity_columns AS i WHERE i.object_id = @object
	SELECT [RowGuidCol] = CONVERT(nvarchar(128), ISNULL(MAX(c.name), N'No rowguidcol column defined.')) FROM sys.columns AS c WHERE c.object_id = @object AND c.is_rowguidcol = 1
END
IF EXISTS (SELECT * FROM sys.tables AS t WHERE t.object_id = @object)
BEGIN
	SELECT Data_located_on_filegroup = CONVERT(nvarchar(128), N'PRIMARY')
	` + helpIndex + helpConstraint + referencedBy + `END
IF EXISTS (SELECT * FROM sys.parameters AS p WHERE p.object_id = @object AND p.parameter_id > 0)
	SELECT Parameter_name = p.name, Type = CONVERT(nvarchar(128), TYPE_NAME(p.user_type_id)), Length = p.max_length, Prec = CONVERT(int, p.precision), Scale = CONVERT(int, p.scale),
		Param_order = p.parameter_id, Collation = CONVERT(sysname, NULL) FROM sys.parameters AS p WHERE p.object_id = @object AND p.parameter_id > 0 ORDER BY p.parameter_id
`,
	},
	{"sp_helpindex", "@objname nvarchar(776)", noObject + `IF NOT EXISTS (SELECT * FROM sys.indexes AS i WHERE i.object_id = @object AND i.index_id > 0)
BEGIN
	RAISERROR (15472, -1, -1, @objname)
	RETURN
END
` + helpIndex},
	{"sp_helpconstraint", "@objname nvarchar(776), @nomsg varchar(5) = 'msg'", noObject + `IF @nomsg <> 'nomsg' SELECT [Object Name] = @objname
` + helpConstraint + referencedBy},
	{"sp_helptext", "@objname nvarchar(776), @columnname sysname = NULL", noObject + `IF NOT EXISTS (SELECT * FROM sys.sql_modules AS m WHERE m.object_id = @object)
BEGIN
	RAISERROR (15197, -1, -1, @objname)
	RETURN
END
SELECT Text = t.text FROM sys.spt_text_view AS t WHERE t.object_id = @object ORDER BY t.line`},
	{"sp_helpdb", "@dbname sysname = NULL", `SELECT d.name, db_size = CONVERT(nvarchar(13), NULL), owner = CONVERT(nvarchar(128), N'sa'), dbid = CONVERT(smallint, d.database_id), created = CONVERT(nvarchar(11), d.create_date, 109),
	status = CONVERT(nvarchar(600), N'Status=' + d.state_desc + N', Updateability=READ_WRITE, Recovery=' + d.recovery_model_desc + N', Collation=' + d.collation_name), compatibility_level = d.compatibility_level
	FROM sys.databases AS d WHERE @dbname IS NULL OR d.name = @dbname ORDER BY d.name`},
	{"sp_helprole", "@rolename sysname = NULL", `SELECT RoleName = p.name, RoleId = p.principal_id, IsAppRole = CONVERT(int, 0) FROM sys.database_principals AS p
	WHERE p.type = 'R' AND (@rolename IS NULL OR p.name = @rolename) ORDER BY p.principal_id`},
	{"sp_helprolemember", "@rolename sysname = NULL", `SELECT DbRole = r.name, MemberName = p.name, MemberSID = p.sid FROM sys.database_role_members AS m
	JOIN sys.database_principals AS r ON r.principal_id = m.role_principal_id JOIN sys.database_principals AS p ON p.principal_id = m.member_principal_id
	WHERE @rolename IS NULL OR r.name = @rolename ORDER BY 1, 2`},
	{"sp_helpuser", "@name_in_db sysname = NULL", `SELECT UserName = p.name, RoleName = CONVERT(sysname, ISNULL(r.name, N'public')), LoginName = CONVERT(sysname, NULL), DefDBName = CONVERT(sysname, NULL),
	DefSchemaName = p.default_schema_name, UserID = CONVERT(smallint, p.principal_id), SID = p.sid
	FROM sys.database_principals AS p LEFT JOIN sys.database_role_members AS m ON m.member_principal_id = p.principal_id
	LEFT JOIN sys.database_principals AS r ON r.principal_id = m.role_principal_id
	WHERE p.type <> 'R' AND (@name_in_db IS NULL OR p.name = @name_in_db) ORDER BY 1, 2`},
	{"sp_who", "@loginame sysname = NULL", "SELECT " + whoColumns + `, request_id = CONVERT(int, 0)
	FROM sys.dm_exec_sessions AS s WHERE @loginame IS NULL OR s.login_name = @loginame OR s.session_id = TRY_CONVERT(int, @loginame) ORDER BY 1`},
	{"sp_who2", "@loginame sysname = NULL", `SELECT SPID = CONVERT(char(5), s.session_id), Status = CONVERT(nvarchar(30), s.status), Login = CONVERT(nvarchar(128), s.login_name), HostName = CONVERT(nvarchar(128), ISNULL(s.host_name, N'  .')), BlkBy = CONVERT(char(5), '  .'),
	DBName = CONVERT(nvarchar(128), DB_NAME(s.database_id)), Command = CONVERT(nvarchar(26), N'AWAITING COMMAND'), CPUTime = CONVERT(int, s.cpu_time), DiskIO = CONVERT(int, s.reads + s.writes), LastBatch = CONVERT(varchar(14), s.last_request_start_time, 120),
	ProgramName = CONVERT(nvarchar(128), s.program_name), SPID2 = CONVERT(char(5), s.session_id), REQUESTID = CONVERT(char(5), '0')
	FROM sys.dm_exec_sessions AS s WHERE @loginame IS NULL OR s.login_name = @loginame ORDER BY s.session_id`},
	{"sp_spaceused", "@objname nvarchar(776) = NULL, @updateusage varchar(5) = 'false'", `IF @objname IS NULL
BEGIN
	SELECT database_name = DB_NAME(), database_size = CONVERT(varchar(18), NULL), [unallocated space] = CONVERT(varchar(18), NULL)
	RETURN
END
` + noObject + `SELECT name = CONVERT(nvarchar(128), OBJECT_NAME(@object)), rows = CONVERT(char(20), SUM(s.row_count)), reserved = CONVERT(varchar(18), CONVERT(varchar(15), SUM(s.reserved_page_count) * 8) + ' KB'),
	data = CONVERT(varchar(18), CONVERT(varchar(15), SUM(s.used_page_count) * 8) + ' KB'), index_size = CONVERT(varchar(18), '0 KB'), unused = CONVERT(varchar(18), '0 KB')
	FROM sys.dm_db_partition_stats AS s WHERE s.object_id = @object AND s.index_id < 2`},
	{"sp_updatestats", "", "PRINT 'Statistics for all tables have been updated.'"},
}
