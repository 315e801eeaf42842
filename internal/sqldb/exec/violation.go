package exec

import (
	"strings"

	"github.com/alcedo-cloud/alcedo/internal/sqldb/catalog"
	"github.com/alcedo-cloud/alcedo/internal/sqldb/value"
)

func errNull(c *Context, t *catalog.Table, column, statement string) error {
	return value.Errorf(515, 16, 2, "Cannot insert the value NULL into column '%s', table '%s'; column does not allow nulls. %s fails.",
		column, c.full(t), statement)
}

func errCheck(c *Context, t *catalog.Table, k *catalog.Check, statement string) error {
	column := ""
	if o := t.Ordinal(k.Column); k.Column != 0 && o >= 0 {
		column = ", column '" + t.Columns[o].Name + "'"
	}
	return value.Errorf(547, 16, 0, "The %s statement conflicted with the CHECK constraint \"%s\". The conflict occurred in "+
		"database \"%s\", table \"%s\"%s.", statement, k.Name, c.databaseOf(t), c.object(t), column)
}

func (c *Context) databaseOf(t *catalog.Table) string {
	if !t.Guarded() {
		return "tempdb"
	}
	return c.DatabaseName
}

// errDuplicate says that a unique key is taken.
func errDuplicate(c *Context, t *catalog.Table, e *entries, row Row) error {
	object := c.object(t)
	if t.Variable {
		object = t.Name
	}
	key := keyText(t, e, row)
	x := e.index
	if x.Constraint == nil {
		return value.Errorf(2601, 14, 1, "Cannot insert duplicate key row in object '%s' with unique index '%s'. The duplicate "+
			"key value is %s.", object, x.Name, key)
	}
	kind := "UNIQUE KEY"
	if x.PrimaryKey {
		kind = "PRIMARY KEY"
	}
	return value.Errorf(2627, 14, 1, "Violation of %s constraint '%s'. Cannot insert duplicate key in object '%s'. The duplicate "+
		"key value is %s.", kind, x.Constraint.Name, object, key)
}

// keyText is a key as messages have it: "(1, <NULL>)".
func keyText(t *catalog.Table, e *entries, row Row) string {
	parts := make([]string, len(e.ordinals))
	for i, o := range e.ordinals {
		parts[i] = shown(row[o], t.Columns[o].Type)
	}
	return "(" + strings.Join(parts, ", ") + ")"
}

func shown(v value.Value, t value.Type) string {
	if v.IsNull() {
		return "<NULL>"
	}
	s, err := value.Convert(v, t, value.Sized(value.NVarChar, value.Max), styleOf(t))
	if err != nil {
		return "?"
	}
	return s.Text()
}

// styleOf is the style in which messages show a type.
func styleOf(t value.Type) int {
	switch {
	case t.IsBinary():
		return 1
	case t.IsDateTime():
		return 121
	}
	return value.NoStyle
}

func errKeyLength(t *catalog.Table, e *entries, n int) error {
	name, most, kind := t.Name, 900, "clustered"
	if e.index != nil {
		name = e.index.Name
		if !e.index.Clustered {
			most, kind = 1700, "nonclustered"
		}
	}
	return value.Errorf(1946, 16, 3, "Operation failed. The index entry of length %d bytes for the index '%s' exceeds the maximum "+
		"length of %d bytes for %s indexes.", n, name, most, kind)
}

// errForeign says that a row refers to nothing.
func errForeign(c *Context, k *foreignKey, statement string) error {
	kind := "FOREIGN KEY"
	if k.key.Referenced == k.key.ParentID {
		kind = "FOREIGN KEY SAME TABLE"
	}
	return conflict(c, statement, kind, k.key.Name, k.referenced.table, k.key.ReferencedColumns)
}

// errReferenced says that other rows refer to a row that goes.
func errReferenced(c *Context, k *reference, statement string) error {
	kind := "REFERENCE"
	if k.key.Referenced == k.key.ParentID {
		kind = "SAME TABLE REFERENCE"
	}
	return conflict(c, statement, kind, k.key.Name, k.child.table, k.key.Columns)
}

func conflict(c *Context, statement, kind, name string, t *catalog.Table, columns []int32) error {
	column := ""
	if o := t.Ordinal(columns[0]); len(columns) == 1 && o >= 0 {
		column = ", column '" + t.Columns[o].Name + "'"
	}
	return value.Errorf(547, 16, 0, "The %s statement conflicted with the %s constraint \"%s\". The conflict occurred in database "+
		"\"%s\", table \"%s\"%s.", statement, kind, name, c.databaseOf(t), c.object(t), column)
}

// errNotShown says that a view WITH CHECK OPTION would not show a row.
func errNotShown() error {
	return value.Errorf(550, 16, 1, "The attempted insert or update failed because the target view either specifies WITH CHECK OPTION or spans a view "+
		"that specifies WITH CHECK OPTION and one or more rows resulting from the operation did not qualify under the CHECK OPTION constraint.")
}

func errConflict(c *Context, t *catalog.Table) error {
	return value.Errorf(3960, 16, 2, "Snapshot isolation transaction aborted due to update conflict. You cannot use snapshot "+
		"isolation to access table '%s' directly or indirectly in database '%s' to update, delete, or insert the row that "+
		"has been modified or deleted by another transaction. Retry the transaction or change the isolation level for the "+
		"update/delete statement.", c.object(t), c.DatabaseName)
}

func errRedefined(c *Context) error {
	return value.Errorf(3961, 16, 1, "Snapshot isolation transaction failed in database '%s' because the object accessed by the "+
		"statement has been modified by a DDL statement in another concurrent transaction since the start of this transaction. "+
		"It is disallowed because the metadata is not versioned. A concurrent update to metadata can lead to inconsistency if mixed "+
		"with snapshot isolation.", c.DatabaseName)
}

func errLogFull(c *Context) error {
	return value.Errorf(9002, 17, 4, "The transaction log for database '%s' is full due to 'ACTIVE_TRANSACTION'.", c.DatabaseName)
}
