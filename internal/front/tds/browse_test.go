package tds

import (
	"encoding/hex"
	"testing"

	"github.com/alcedo-cloud/alcedo/internal/sqldb/catalog"
	"github.com/alcedo-cloud/alcedo/internal/sqldb/plan"
)

// TestSourcesOfCursor: where a cursor's columns come from. Other results say nothing of it.
func TestSourcesOfCursor(t *testing.T) {
	table := &catalog.Table{Columns: []*catalog.Column{{ID: 1, Name: "i"}, {ID: 2, Name: "c"}}, Indexes: []*catalog.Index{{PrimaryKey: true, Keys: []catalog.IndexKey{{Column: 1}}}}}
	table.Name = "t"
	key := plan.Column{Name: "i", Source: &plan.Source{Table: table, Column: table.Columns[0]}}
	renamed := plan.Column{Name: "n", Source: &plan.Source{Table: table, Column: table.Columns[1]}}
	status := plan.Column{Name: "ROWSTAT", Hidden: true}
	for _, c := range []struct {
		name    string
		columns []plan.Column
		want    string
	}{
		{"no cursor", []plan.Column{key, renamed}, ""},
		{"a cursor", []plan.Column{key, renamed, {Name: "x"}, status}, "a40500" + "0101007400" + "a50f00" + "010108" + "02012001" + "6300" + "030004" + "040014"},
		{"rows of no table", []plan.Column{{Name: "x"}, status}, ""},
	} {
		if got := hex.EncodeToString(appendSources(nil, c.columns)); got != c.want {
			t.Errorf("%s: %s, want %s", c.name, got, c.want)
		}
	}
}
