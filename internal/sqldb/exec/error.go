package exec

import (
	"errors"

	"github.com/alcedo-cloud/alcedo/internal/sqldb/plan"
	"github.com/alcedo-cloud/alcedo/internal/sqldb/value"
)

// ErrStale says that the catalog has changed since the statement was bound: it is to be bound and run again.
var ErrStale = errors.New("exec: the catalog has changed")

// isNumber reports whether err is a message of that number.
func isNumber(err error, number int32) bool {
	if err == nil {
		return false // before anything is put aside for errors.As
	}
	var m *value.Error
	return errors.As(err, &m) && m.Number == number
}

func errMemory() error {
	return value.Errorf(701, 17, 123, "There is insufficient system memory in resource pool 'default' to run this query.")
}

func errScalarRows() error {
	return value.Errorf(512, 16, 1, "Subquery returned more than 1 value. This is not permitted when the subquery follows "+
		"=, !=, <, <= , >, >= or when the subquery is used as an expression.")
}

// truncated names the column that a string is too long for.
func truncated(c *Context, target *plan.Target, v value.Value, from, to value.Type) error {
	shown := v
	if !from.IsString() && !from.IsBinary() {
		long := to
		long.Length = value.Max
		if s, err := value.Converter(from, long)(v); err == nil {
			shown = s
		}
	}
	return value.Truncated(c.DatabaseName+"."+target.Table, target.Column, shown, to)
}
