package sysview

import "github.com/alcedo-cloud/alcedo/internal/sqldb/catalog"

func storageViews() []view {
	return []view{
		{"sys", "partitions", `partition_id bigint, object_id int, index_id int, partition_number int, hobt_id bigint, rows bigint null,
			filestream_filegroup_id smallint, data_compression tinyint, data_compression_desc nvarchar(60) null, xml_compression bit null,
			xml_compression_desc varchar(3) null`, partitions},
		{"sys", "dm_db_partition_stats", `partition_id bigint null, object_id int, index_id int, partition_number int, in_row_data_page_count bigint null,
			in_row_used_page_count bigint null, in_row_reserved_page_count bigint null, lob_used_page_count bigint null,
			lob_reserved_page_count bigint null, row_overflow_used_page_count bigint null, row_overflow_reserved_page_count bigint null,
			used_page_count bigint null, reserved_page_count bigint null, row_count bigint null`, partitionStats},
		{"sys", "data_spaces", dataSpaceColumns, dataSpaces},
		{"sys", "filegroups", dataSpaceColumns + ", filegroup_guid uniqueidentifier null, log_filegroup_id int null, is_read_only bit null, is_autogrow_all_files bit null", dataSpaces},
		{"sys", "database_files", `file_id int, file_guid uniqueidentifier null, type tinyint, type_desc nvarchar(60) null, data_space_id int, name sysname,
			physical_name nvarchar(260) null, state tinyint null, state_desc nvarchar(60) null, size int, max_size int, growth int`, databaseFiles},
	}
}

const dataSpaceColumns = "name sysname, data_space_id int, type char(2), type_desc nvarchar(60) null, is_default bit null, is_system bit null"

func dataSpaces(r *rows) { r.add("PRIMARY", 1, "FG", "ROWS_FILEGROUP", true, false) }

func databaseFiles(r *rows) {
	r.add(1, nil, 0, "ROWS", 1, "data_0", nil, 0, "ONLINE", 0, -1, 0)
	r.add(2, nil, 1, "LOG", 0, "log", nil, 0, "ONLINE", 0, -1, 0)
}

// partitionID is that of the one partition of an index: a number that stays while the index does.
func partitionID(table, index int32) int64 { return int64(uint32(table))<<16 | int64(index) }

// eachPartition goes over all indexes and heaps with the number of their rows.
func (r *rows) eachPartition(visit func(table, index int32, count int64) bool) {
	r.eachTable(func(h *catalog.Header, t *catalog.Table) bool {
		if h.Kind != catalog.KindTable {
			return true
		}
		count, err := r.env.RowCount(t)
		if err != nil {
			r.fail(err)
			return false
		}
		if t.Clustered() == nil && !visit(h.ID, 0, count) {
			return false
		}
		for _, x := range t.Indexes {
			if !visit(h.ID, x.ID, count) {
				return false
			}
		}
		return true
	})
}

func partitions(r *rows) {
	r.eachPartition(func(table, index int32, count int64) bool {
		id := partitionID(table, index)
		return r.add(id, table, index, 1, id, count, 0, 0, "NONE", false, "OFF")
	})
}

// partitionStats: pages are counted as if they had 8 KiB and rows a hundred bytes, since the store has none.
func partitionStats(r *rows) {
	r.eachPartition(func(table, index int32, count int64) bool {
		pages := count/80 + 1
		if count == 0 {
			pages = 0
		}
		return r.add(partitionID(table, index), table, index, 1, pages, pages, pages, 0, 0, 0, 0, pages, pages, count)
	})
}
