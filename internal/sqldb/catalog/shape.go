package catalog

// Shape is a table without rows that has the columns of a view, as the triggers of the view see them.
func Shape(view *Module) *Table {
	t := &Table{Header: view.Header, NextIndex: 2}
	for _, c := range view.Columns {
		plain := *c
		plain.Identity, plain.Default, plain.Computed = nil, nil, nil
		plain.Type.Nullable = true
		t.Columns = append(t.Columns, &plain)
		t.NextColumn = max(t.NextColumn, c.ID+1)
	}
	return t
}
