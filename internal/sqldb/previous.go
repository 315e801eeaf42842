package sqldb

import (
	"github.com/alcedo-cloud/alcedo/internal/sqldb/value"
	"github.com/alcedo-cloud/alcedo/internal/tsql"
)

// follows is the second error of a statement that could not make a constraint; nil where an error stands alone. It is the
// second one that a CATCH sees.
func follows(s tsql.Statement, m *value.Error) *value.Error {
	switch s.(type) {
	case *tsql.CreateTable, *tsql.AlterTable:
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
