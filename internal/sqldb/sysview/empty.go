package sysview

// emptyViews are of things that no database here has. They are empty in a fresh database of Azure too; clients join
// with them.
func emptyViews() []view {
	none := func(*rows) {}
	empty := func(name, columns string) view { return view{"sys", name, columns, none} }
	return []view{
		empty("masked_columns", insertAfter(columnColumns, ownColumnsAfter, "")+", masking_function nvarchar(4000) null"),
		empty("periods", "name sysname null, period_type tinyint null, period_type_desc nvarchar(60) null, object_id int, start_column_id int, end_column_id int"),
		empty("xml_schema_collections", "xml_collection_id int, schema_id int, principal_id int null, name sysname, create_date datetime, modify_date datetime"),
		empty("xml_indexes", "object_id int, name sysname null, index_id int, type tinyint, type_desc nvarchar(60) null, is_unique bit null, using_xml_index_id int null, secondary_type char(1) null, secondary_type_desc nvarchar(60) null"),
		empty("spatial_indexes", "object_id int, name sysname null, index_id int, type tinyint, type_desc nvarchar(60) null, spatial_index_type tinyint null"),
		empty("hash_indexes", "object_id int, name sysname null, index_id int, type tinyint, type_desc nvarchar(60) null, bucket_count int"),
		empty("fulltext_indexes", "object_id int, unique_index_id int null, fulltext_catalog_id int null, is_enabled bit, change_tracking_state char(1) null, stoplist_id int null"),
		empty("fulltext_index_columns", "object_id int, column_id int, type_column_id int null, language_id int, statistical_semantics int"),
		empty("fulltext_catalogs", "fulltext_catalog_id int, name sysname, path nvarchar(260) null, is_default bit, is_accent_sensitivity_on bit"),
		empty("assemblies", "name sysname, principal_id int null, assembly_id int, clr_name nvarchar(4000) null, permission_set tinyint null, permission_set_desc nvarchar(60) null, is_visible bit, create_date datetime, modify_date datetime, is_user_defined bit null"),
		empty("partition_schemes", dataSpaceColumns+", function_id int"),
		empty("partition_functions", "name sysname, function_id int, type char(2), type_desc nvarchar(60) null, fanout int, boundary_value_on_right bit, is_system bit null, create_date datetime, modify_date datetime"),
		empty("change_tracking_tables", "object_id int, is_track_columns_updated_on bit, begin_version bigint null, cleanup_version bigint null, min_valid_version bigint null"),
		empty("change_tracking_databases", "database_id int, is_auto_cleanup_on tinyint null, retention_period int null, retention_period_units tinyint null, retention_period_units_desc nvarchar(60) null, max_cleanup_version bigint null"),
		empty("security_policies", objectColumns+", is_enabled bit, is_not_for_replication bit, uses_database_collation bit null, is_schema_bound bit"),
		empty("security_predicates", "object_id int, security_predicate_id int, target_object_id int, predicate_definition nvarchar(max) null, predicate_type int null, predicate_type_desc nvarchar(60) null, operation int null, operation_desc nvarchar(60) null"),
		empty("external_tables", objectColumns+", data_source_id int, file_format_id int null, location nvarchar(4000) null"),
		empty("external_data_sources", "data_source_id int, name sysname, location nvarchar(4000), type_desc nvarchar(255) null, type tinyint, credential_id int"),
		empty("database_scoped_credentials", "name sysname, principal_id int, credential_id int, credential_identity nvarchar(4000) null, create_date datetime, modify_date datetime, target_type nvarchar(100) null, target_id int null"),
		empty("symmetric_keys", "name sysname, principal_id int null, symmetric_key_id int, key_length int, key_algorithm char(2), algorithm_desc nvarchar(60) null, create_date datetime, modify_date datetime, key_guid uniqueidentifier null"),
		empty("certificates", "name sysname, certificate_id int, principal_id int null, pvt_key_encryption_type char(2), subject nvarchar(4000) null, thumbprint varbinary(32)"),
		empty("column_master_keys", "name sysname, column_master_key_id int, create_date datetime, modify_date datetime, key_store_provider_name sysname, key_path nvarchar(4000)"),
		empty("column_encryption_keys", "name sysname, column_encryption_key_id int, create_date datetime, modify_date datetime"),
		empty("sql_expression_dependencies", "referencing_id int, referencing_minor_id int, referencing_class tinyint null, referencing_class_desc nvarchar(60) null, is_schema_bound_reference bit, referenced_class tinyint null, referenced_class_desc nvarchar(60) null, referenced_server_name sysname null, referenced_database_name sysname null, referenced_schema_name sysname null, referenced_entity_name sysname, referenced_id int null, referenced_minor_id int, is_caller_dependent bit, is_ambiguous bit"),
		empty("dm_exec_requests", "session_id smallint, request_id int, start_time datetime, status nvarchar(30), command nvarchar(32), sql_handle varbinary(64) null, database_id smallint, user_id int, blocking_session_id smallint null, wait_type nvarchar(60) null, wait_time int, percent_complete real, cpu_time int, total_elapsed_time int"),
		empty("dm_tran_locks", "resource_type nvarchar(60), resource_database_id int, resource_associated_entity_id bigint null, request_mode nvarchar(60), request_type nvarchar(60), request_status nvarchar(60), request_session_id int"),
		empty("numbered_procedures", "object_id int, procedure_number smallint, definition nvarchar(max) null"),
		empty("linked_logins", "server_id int, local_principal_id int null, uses_self_credential bit, remote_name sysname null, modify_date datetime"),
		empty("geo_replication_links", "database_id int, start_date datetime, modify_date datetime, link_guid uniqueidentifier, partner_server nvarchar(128), partner_database nvarchar(128), replication_state int, replication_state_desc nvarchar(60), role int, role_desc nvarchar(60)"),
	}
}
