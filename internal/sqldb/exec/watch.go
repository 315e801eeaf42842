package exec

import "github.com/alcedo-cloud/alcedo/internal/sqldb/plan"

// watch notices whether what is compiled meanwhile reads a table, or calls functions, whose bodies may.
type watch struct {
	compiler *compiler
	table    int32
	scans    int
	calls    int
}

func (c *compiler) watch(table int32) watch {
	return watch{c, table, c.scans[table], c.calls}
}

// count is how many scans of the table there are.
func (w watch) count() int { return w.compiler.scans[w.table] - w.scans }

// read reports whether the table may be read.
func (w watch) read() bool { return w.count() > 0 || w.compiler.calls > w.calls }

// plainScan reports whether a node gives each row of one scan once, while it goes through the table.
func plainScan(n plan.Node) (*plan.Scan, bool) {
	switch n := n.(type) {
	case *plan.Scan:
		return n, !n.Reverse
	case *plan.Filter:
		return plainScan(n.Input)
	case *plan.Project:
		return plainScan(n.Input)
	case *plan.Top:
		return plainScan(n.Input)
	}
	return nil, false
}

// called reports whether there are calls of functions with bodies.
func (w watch) called() bool { return w.compiler.calls > w.calls }
