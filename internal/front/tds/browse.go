package tds

import (
	"slices"

	"github.com/alcedo-cloud/alcedo/internal/sqldb/catalog"
	"github.com/alcedo-cloud/alcedo/internal/sqldb/plan"
	wire "github.com/alcedo-cloud/alcedo/internal/wire/tds"
)

// appendSources says where the columns of a cursor come from: its client names them when it changes a row. Other results
// have no hidden column.
func appendSources(dst []byte, columns []plan.Column) []byte {
	if !slices.ContainsFunc(columns, func(c plan.Column) bool { return c.Hidden }) {
		return dst
	}
	var tables []*catalog.Table
	sources := make([]wire.ColumnSource, len(columns))
	for i, c := range columns {
		s := &sources[i]
		if c.Hidden {
			s.Status |= wire.SourceHidden
		}
		if c.Source == nil || c.Source.Column == nil {
			s.Status |= wire.SourceExpression
			continue
		}
		at := slices.Index(tables, c.Source.Table)
		if at < 0 {
			at = len(tables)
			tables = append(tables, c.Source.Table)
		}
		s.Table = uint8(min(at+1, 255))
		if isKey(c.Source.Table, c.Source.Column) {
			s.Status |= wire.SourceKey
		}
		if c.Name != c.Source.Column.Name {
			s.Status, s.Name = s.Status|wire.SourceDifferentName, c.Source.Column.Name
		}
	}
	if len(tables) == 0 { // FreeTDS takes no TABNAME without a name
		return dst
	}
	names := make([][]string, len(tables))
	for i, t := range tables {
		names[i] = []string{t.Name}
	}
	return wire.AppendColInfo(wire.AppendTabName(dst, names), sources)
}

// isKey reports whether a column is one of its table's primary key.
func isKey(t *catalog.Table, column *catalog.Column) bool {
	return slices.ContainsFunc(t.Indexes, func(x *catalog.Index) bool {
		return x.PrimaryKey && slices.ContainsFunc(x.Keys, func(k catalog.IndexKey) bool { return k.Column == column.ID })
	})
}
