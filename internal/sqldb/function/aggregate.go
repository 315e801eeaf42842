package function

import "github.com/alcedo-cloud/alcedo/internal/sqldb/value"

// Aggregate is one aggregate function. COUNT without arguments is COUNT(*). DISTINCT is the caller's affair, as is the
// order of WITHIN GROUP: values come to Add in that order.
type Aggregate struct {
	Name     string
	Min, Max int
	Result   func(args []value.Type) (value.Type, error)
	// New makes the state of one group for arguments of these types.
	New func(args []value.Type) State
}

// State gathers the values of one group.
type State interface {
	// Add takes the arguments for one row. Where the function passes over NULL, Add does.
	Add(args []value.Value) error
	// Result gives the value for all rows so far; Add may go on after it.
	Result() (value.Value, error)
	// Skipped reports whether a NULL was passed over, for warning 8153.
	Skipped() bool
}
