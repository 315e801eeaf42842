package sysview

import (
	"encoding/binary"

	"github.com/alcedo-cloud/alcedo/internal/sqldb/value"
)

// The columns of Server("sessions"), in their order.
const (
	sessionID    = iota
	sessionBegan // datetime
	sessionHost
	sessionProgram
	sessionLogin
	sessionDatabase
	sessionStatus // running, sleeping
	sessionProcess
	sessionTransactions // @@TRANCOUNT
	sessionAddress
	sessionAsked // datetime
	sessionLibrary
	sessionLanguage
	sessionDateFormat
	sessionDateFirst
	sessionIsolation // as transaction_isolation_level
	sessionLockTimeout
	sessionDeadlockPriority
	sessionAffected
	sessionError
	sessionTextSize
	sessionTransaction // the open transaction's descriptor, 0 for none
	sessionQuotedIdentifier
	sessionArithAbort
	sessionAnsiNullDefault
	sessionAnsiDefaults
	sessionAnsiWarnings
	sessionAnsiPadding
	sessionAnsiNulls
	sessionConcatNull
	serverSessionColumns
)

// The rows of Server("operations"): session_activity_id, resource_type, resource_type_desc, major_resource_id,
// minor_resource_id, operation, state, state_desc, percent_complete, error_code, error_desc, error_severity, error_state,
// start_time, last_modify_time.
const serverOperationColumns = 15

func serverViews() []view {
	return []view{
		{"sys", "dm_exec_sessions", `session_id smallint, login_time datetime, host_name nvarchar(128) null, program_name nvarchar(128) null,
			host_process_id int null, client_version int null, client_interface_name nvarchar(32) null, security_id varbinary(85),
			login_name nvarchar(128), nt_domain nvarchar(128) null, nt_user_name nvarchar(128) null, status nvarchar(30),
			context_info varbinary(128) null, cpu_time int, memory_usage int, total_scheduled_time int, total_elapsed_time int, endpoint_id int,
			last_request_start_time datetime, last_request_end_time datetime null, reads bigint, writes bigint, logical_reads bigint,
			is_user_process bit, text_size int, language nvarchar(128) null, date_format nvarchar(3) null, date_first smallint,
			quoted_identifier bit, arithabort bit, ansi_null_dflt_on bit, ansi_defaults bit, ansi_warnings bit, ansi_padding bit,
			ansi_nulls bit, concat_null_yields_null bit, transaction_isolation_level smallint, lock_timeout int, deadlock_priority int, row_count bigint, prev_error int,
			original_security_id varbinary(85), original_login_name nvarchar(128), database_id smallint, authenticating_database_id int null,
			open_transaction_count int`, sessions},
		{"sys", "dm_tran_session_transactions", `session_id int, transaction_id bigint, transaction_descriptor binary(8), enlist_count int,
			is_user_transaction bit, is_local bit, is_enlisted bit, is_bound bit, open_transaction_count int`, openTransactions},
		{"sys", "dm_exec_connections", `session_id int null, most_recent_session_id int null, connect_time datetime, net_transport nvarchar(40),
			protocol_type nvarchar(40) null, protocol_version int null, endpoint_id int null, encrypt_option nvarchar(40), auth_scheme nvarchar(40),
			node_affinity smallint, num_reads int null, num_writes int null, last_read datetime null, last_write datetime null,
			net_packet_size int null, client_net_address varchar(48) null, client_tcp_port int null, local_net_address varchar(48) null,
			local_tcp_port int null, connection_id uniqueidentifier, parent_connection_id uniqueidentifier null, most_recent_sql_handle varbinary(64) null`, connections},
		{"sys", "sysprocesses", `spid smallint, kpid smallint, blocked smallint, waittype binary(2), waittime bigint, lastwaittype nchar(32),
			waitresource nchar(256), dbid smallint, uid smallint null, cpu int, physical_io bigint, memusage int, login_time datetime,
			last_batch datetime, ecid smallint, open_tran smallint, status nchar(30), sid binary(86), hostname nchar(128),
			program_name nchar(128), hostprocess nchar(10), cmd nchar(26), nt_domain nchar(128), nt_username nchar(128),
			net_address nchar(12), net_library nchar(12), loginame nchar(128), context_info binary(128), sql_handle binary(20),
			stmt_start int, stmt_end int, request_id int`, processes},
		{"sys", "dm_operation_status", `session_activity_id uniqueidentifier, resource_type int, resource_type_desc nvarchar(2048), major_resource_id nvarchar(60),
			minor_resource_id nvarchar(60), operation nvarchar(60), state tinyint, state_desc nvarchar(120), percent_complete int,
			error_code int, error_desc nvarchar(2048), error_severity int, error_state int, start_time datetime, last_modify_time datetime`, operations},
		{"sys", "syslanguages", `langid smallint, dateformat nchar(3), datefirst tinyint, upgrade int null, name sysname, alias sysname,
			months nvarchar(372) null, shortmonths nvarchar(132) null, days nvarchar(217) null, lcid int, msglangid smallint`, languages},
		{"sys", "firewall_rules", "id int, name nvarchar(128), start_ip_address varchar(45), end_ip_address varchar(45), create_date datetime, modify_date datetime", firewallRules},
	}
}

func (r *rows) sessions(visit func(s []value.Value) bool) {
	for _, s := range r.env.Server("sessions") {
		if len(s) >= serverSessionColumns && !visit(s) {
			return
		}
	}
}

func sessions(r *rows) {
	r.sessions(func(s []value.Value) bool {
		return r.add(s[sessionID], s[sessionBegan], s[sessionHost], s[sessionProgram], s[sessionProcess], 7, s[sessionLibrary], []byte{1}, s[sessionLogin],
			nil, nil, s[sessionStatus], nil, 0, 0, 0, 0, 0, s[sessionAsked], s[sessionAsked], 0, 0, 0, true, s[sessionTextSize], s[sessionLanguage],
			s[sessionDateFormat], s[sessionDateFirst], s[sessionQuotedIdentifier], s[sessionArithAbort], s[sessionAnsiNullDefault], s[sessionAnsiDefaults],
			s[sessionAnsiWarnings], s[sessionAnsiPadding], s[sessionAnsiNulls], s[sessionConcatNull], s[sessionIsolation], s[sessionLockTimeout],
			s[sessionDeadlockPriority], s[sessionAffected], s[sessionError], []byte{1}, s[sessionLogin], s[sessionDatabase], s[sessionDatabase], s[sessionTransactions])
	})
}

func openTransactions(r *rows) {
	r.sessions(func(s []value.Value) bool {
		n := s[sessionTransaction].Int64()
		return n == 0 || r.add(s[sessionID], n, binary.LittleEndian.AppendUint64(nil, uint64(n)), 1, true, true, false, false, s[sessionTransactions])
	})
}

func connections(r *rows) {
	r.sessions(func(s []value.Value) bool {
		return r.add(s[sessionID], s[sessionID], s[sessionBegan], "TCP", "TSQL", 0x74000004, 4, "TRUE", "SQL", 0, nil, nil, s[sessionAsked], s[sessionAsked],
			nil, s[sessionAddress], nil, nil, 1433, value.OfGUID([16]byte{}))
	})
}

func processes(r *rows) {
	r.sessions(func(s []value.Value) bool {
		return r.add(s[sessionID], 0, 0, []byte{0, 0}, 0, "MISCELLANEOUS", "", s[sessionDatabase], 1, 0, 0, 0, s[sessionBegan], s[sessionAsked], 0,
			s[sessionTransactions], s[sessionStatus], make([]byte, 86), s[sessionHost], s[sessionProgram], "", "AWAITING COMMAND", "", "", "", "TCP/IP",
			s[sessionLogin], make([]byte, 128), make([]byte, 20), 0, 0, 0)
	})
}

func operations(r *rows) {
	for _, o := range r.env.Server("operations") {
		if len(o) >= serverOperationColumns {
			values := make([]any, serverOperationColumns)
			for i := range values {
				values[i] = o[i]
			}
			r.add(values...)
		}
	}
}

func firewallRules(r *rows) {
	for _, rule := range r.env.Server("firewall_rules") {
		values := make([]any, len(rule))
		for i := range values {
			values[i] = rule[i]
		}
		r.add(values...)
	}
}

func languages(r *rows) {
	r.add(0, "mdy", 7, 0, "us_english", "English",
		"January,February,March,April,May,June,July,August,September,October,November,December",
		"Jan,Feb,Mar,Apr,May,Jun,Jul,Aug,Sep,Oct,Nov,Dec", "Monday,Tuesday,Wednesday,Thursday,Friday,Saturday,Sunday", 1033, 1033)
}
