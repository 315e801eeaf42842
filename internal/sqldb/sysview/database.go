package sysview

import (
	"strings"

	"github.com/alcedo-cloud/alcedo/internal/sqldb/catalog"
	"github.com/alcedo-cloud/alcedo/internal/sqldb/value"
)

const databaseColumns = `name sysname, database_id int, source_database_id int null, owner_sid varbinary(85) null, create_date datetime,
	compatibility_level tinyint, collation_name sysname null, user_access tinyint null, user_access_desc nvarchar(60) null,
	is_read_only bit null, is_auto_close_on bit, is_auto_shrink_on bit null, state tinyint null, state_desc nvarchar(60) null,
	is_in_standby bit null, is_cleanly_shutdown bit null, is_supplemental_logging_enabled bit null, snapshot_isolation_state tinyint null,
	snapshot_isolation_state_desc nvarchar(60) null, is_read_committed_snapshot_on bit null, recovery_model tinyint null,
	recovery_model_desc nvarchar(60) null, page_verify_option tinyint null, page_verify_option_desc nvarchar(60) null,
	is_auto_create_stats_on bit null, is_auto_create_stats_incremental_on bit null, is_auto_update_stats_on bit null,
	is_auto_update_stats_async_on bit null, is_ansi_null_default_on bit null, is_ansi_nulls_on bit null, is_ansi_padding_on bit null,
	is_ansi_warnings_on bit null, is_arithabort_on bit null, is_concat_null_yields_null_on bit null, is_numeric_roundabort_on bit null,
	is_quoted_identifier_on bit null, is_recursive_triggers_on bit null, is_cursor_close_on_commit_on bit null,
	is_local_cursor_default bit null, is_fulltext_enabled bit null, is_trustworthy_on bit null, is_db_chaining_on bit null,
	is_parameterization_forced bit null, is_master_key_encrypted_by_server bit, is_query_store_on bit null, is_published bit,
	is_subscribed bit, is_merge_published bit, is_distributor bit, is_sync_with_backup bit, service_broker_guid uniqueidentifier null,
	is_broker_enabled bit, log_reuse_wait tinyint null, log_reuse_wait_desc nvarchar(60) null, is_date_correlation_on bit,
	is_cdc_enabled bit, is_encrypted bit null, is_honor_broker_priority_on bit null, containment tinyint null,
	containment_desc nvarchar(60) null, target_recovery_time_in_seconds int null, delayed_durability int null,
	delayed_durability_desc nvarchar(60) null, is_memory_optimized_elevate_to_snapshot_on bit null, is_remote_data_archive_enabled bit null,
	is_mixed_page_allocation_on bit null, is_temporal_history_retention_enabled bit null, catalog_collation_type int null,
	catalog_collation_type_desc nvarchar(60) null, physical_database_name nvarchar(128) null, is_result_set_caching_on bit null,
	is_accelerated_database_recovery_on bit null, is_tempdb_spill_to_remote_store bit null, is_stale_page_detection_on bit null,
	is_memory_optimized_enabled bit null, is_ledger_on bit null`

func databaseViews() []view {
	return []view{
		{"sys", "databases", databaseColumns, databases},
		{"sys", "database_service_objectives", "database_id int, edition sysname null, service_objective sysname null, elastic_pool_name sysname null", objectives},
		{"sys", "database_scoped_configurations", "configuration_id int null, name nvarchar(60) null, value sql_variant null, value_for_secondary sql_variant null, is_value_default bit null", configurations},
		{"sys", "configurations", "configuration_id int, name nvarchar(35), value sql_variant null, minimum sql_variant null, maximum sql_variant null, value_in_use sql_variant null, description nvarchar(255), is_dynamic bit, is_advanced bit", func(*rows) {}},
		{"sys", "database_query_store_options", "desired_state smallint, desired_state_desc nvarchar(60) null, actual_state smallint, actual_state_desc nvarchar(60) null, readonly_reason int null", func(r *rows) {
			r.add(0, "OFF", 0, "OFF", 0)
		}},
	}
}

// The rows of Server("databases"): name, database_id, create_date (datetime), collation, edition, service objective,
// size limit in bytes.
const serverDatabaseColumns = 7

// knownDatabases are those that the session can know: those that the server has for it, or else its own.
func (r *rows) knownDatabases() [][]value.Value {
	var list [][]value.Value
	for _, d := range r.env.Server("databases") {
		if len(d) >= serverDatabaseColumns {
			list = append(list, d)
		}
	}
	if list != nil {
		return list
	}
	collation := defaultCollation
	if r.db.Collation != nil {
		collation = r.db.Collation.Name()
	}
	return [][]value.Value{{
		value.OfString(r.db.Name), value.OfInt(int64(r.db.ID)), dateTime(r.db.Created), value.OfString(collation),
		value.OfString("GeneralPurpose"), value.OfString("GP_S_Gen5_1"), value.OfInt(0),
	}}
}

// own reports whether a row of knownDatabases is the session's database, whose settings are known.
func (r *rows) own(d []value.Value) bool { return strings.EqualFold(d[0].Text(), r.db.Name) }

func databases(r *rows) {
	for _, d := range r.knownDatabases() {
		s := catalog.Settings{AllowSnapshot: true, ReadCommittedSnapshot: true, CompatibilityLevel: 170}
		if r.own(d) {
			s = r.db.Settings
		}
		snapshot, snapshotName := 0, "OFF"
		if s.AllowSnapshot {
			snapshot, snapshotName = 1, "ON"
		}
		if !r.add(d[0], d[1], nil, []byte{1}, d[2], s.CompatibilityLevel, d[3], 0, "MULTI_USER", s.ReadOnly, false, false, 0, "ONLINE",
			false, false, false, snapshot, snapshotName, s.ReadCommittedSnapshot, 1, "FULL", 2, "CHECKSUM",
			true, false, true, false, false, false, false, false, false, false, false, false, false, false, false, true, false, false,
			false, false, false, false, false, false, false, false, nil, false, 0, "NOTHING", false,
			false, true, false, 0, "NONE", 60, 0, "DISABLED", false, false, false, true, 0, "DATABASE_DEFAULT", d[0], false, true, false, false, false, false) {
			return
		}
	}
}

func objectives(r *rows) {
	for _, d := range r.knownDatabases() {
		if r.own(d) || strings.EqualFold(r.db.Name, "master") {
			r.add(d[1], d[4], d[5], nil)
		}
	}
}

func configurations(r *rows) {
	integer := func(n int64) any { return value.OfVariant(value.OfInt(n), value.Type{ID: value.Int}) }
	r.add(1, "MAXDOP", integer(8), nil, true)
	r.add(2, "LEGACY_CARDINALITY_ESTIMATION", integer(0), nil, true)
	r.add(3, "PARAMETER_SNIFFING", integer(1), nil, true)
	r.add(4, "QUERY_OPTIMIZER_HOTFIXES", integer(0), nil, true)
}
