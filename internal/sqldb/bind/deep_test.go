package bind

import (
	"fmt"
	"strings"
	"testing"
)

// TestLarge runs statements that are long or deep. What they cost must grow with their length, not with its square.
func TestLarge(t *testing.T) {
	d := newDB(t)
	repeat := func(s string, n int) string { return strings.TrimRight(strings.Repeat(s, n), "+,ANDOR ") }
	for name, text := range map[string]string{
		"sum":       "SELECT " + repeat("id + ", 5000) + " FROM customers",
		"strings":   "SELECT " + repeat("name + ", 5000) + " FROM customers",
		"ors":       "SELECT id FROM customers WHERE " + repeat("id = 1 OR ", 5000),
		"ands":      "SELECT id FROM customers WHERE " + repeat("id > 1 AND ", 5000),
		"list":      "SELECT id FROM customers WHERE id IN (" + repeat("1, ", 20000) + ")",
		"columns":   "SELECT " + repeat("id, ", 4096) + " FROM customers",
		"unions":    repeat("SELECT 1 UNION ALL ", 400) + " SELECT 2",
		"rows":      "INSERT INTO heap (a, b) VALUES " + numbered(1000),
		"exists":    "SELECT 1 " + strings.Repeat("WHERE EXISTS (SELECT 1 ", 60) + strings.Repeat(")", 60),
		"derived":   strings.Repeat("SELECT * FROM (", 60) + "SELECT id FROM customers" + strings.Repeat(") t", 60),
		"betweens":  "SELECT id FROM customers WHERE " + strings.Repeat("(SELECT MAX(id) FROM orders WHERE ", 40) + "1 = 1" + strings.Repeat(") BETWEEN 1 AND 2", 40),
		"nullifs":   "SELECT " + strings.Repeat("NULLIF(", 100) + "id" + strings.Repeat(", 5)", 100) + " FROM customers",
		"coalesces": "SELECT " + strings.Repeat("COALESCE(", 100) + "city" + strings.Repeat(", 'x')", 100) + " FROM customers",
		"cases":     "SELECT " + strings.Repeat("CASE ", 100) + "id" + strings.Repeat(" WHEN 1 THEN 2 WHEN 2 THEN 3 END", 100) + " FROM customers",
		"correlate": "SELECT id FROM customers c0" + nest(40),
	} {
		t.Run(name, func(t *testing.T) {
			if _, _, err := d.run(text); err != nil {
				t.Error(describeError(err))
			}
		})
	}
	if _, err := d.bind("SELECT " + repeat("id, ", 4097) + " FROM customers"); err == nil || !strings.HasPrefix(describeError(err), "1056 ") {
		t.Errorf("4,097 columns: %v", err)
	}
}

// nest is n EXISTS within one another, each of which refers to the row around it.
func nest(n int) string {
	var out strings.Builder
	for i := range n {
		out.WriteString(" WHERE EXISTS (SELECT 1 FROM orders c" + string(rune('A'+i%26)) + " ")
	}
	return out.String() + strings.Repeat(")", n)
}

// numbered are n rows of VALUES.
func numbered(n int) string {
	rows := make([]string, n)
	for i := range rows {
		rows[i] = fmt.Sprintf("(%d, N'x')", i)
	}
	return strings.Join(rows, ", ")
}
