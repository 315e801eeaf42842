package sqldb

import (
	"errors"

	"github.com/alcedo-cloud/alcedo/internal/sqldb/value"
	"github.com/alcedo-cloud/alcedo/internal/tsql"
)

// follows is the second error of a statement that could not make a constraint; nil where an error stands alone. It is the
// second one that a CATCH sees.
func follows(s tsql.Statement, m *value.Error, err error) *value.Error {
	var used *columnInUse
	if errors.As(err, &used) {
		then := value.Errorf(4922, 16, 9, "ALTER TABLE %s COLUMN %s failed because one or more objects access this column.", used.action, used.column)
		then.Line, then.Procedure = m.Line, m.Procedure
		return then
	}
	switch s.(type) {
	case *tsql.CreateTable, *tsql.AlterTable, *tsql.CreateType:
	default:
		return nil
	}
	const ofConstraint = 5 // the state of 2714 where the name is a constraint's
	switch m.Number {
	case 1505, 1767, 1769, 1770, 1773, 1776, 1778, 1779, 1781, 1785, 1902, 1909, 1911, 1913, 1919, 8111, 8139, 8141:
	case 2714:
		if m.State != ofConstraint {
			return nil
		}
	default:
		return nil
	}
	then := value.Errorf(1750, 16, 1, "Could not create constraint or index. See previous errors.")
	then.Line, then.Procedure = m.Line, m.Procedure
	return then
}

// columnInUse is message 5074: a column can neither be dropped nor altered, as an object depends on it. 4922 follows it.
type columnInUse struct {
	message        *value.Error
	action, column string // DROP or ALTER
}

func (e *columnInUse) Error() string { return e.message.Error() }
func (e *columnInUse) Unwrap() error { return e.message }

func inUse(action, kind, object, column string) error {
	m := value.Errorf(5074, 16, 1, "The %s '%s' is dependent on column '%s'.", kind, object, column)
	return &columnInUse{message: m, action: action, column: column}
}
