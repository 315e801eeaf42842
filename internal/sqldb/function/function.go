// Package function has the functions of Transact-SQL: the scalar ones and the @@ variables, the aggregates' states and
// the generators of rows. What a function must ask (the time, the session, the catalog) it asks of an Environment. It
// must never know how a query is planned or where rows lie.
package function

import "github.com/alcedo-cloud/alcedo/internal/sqldb/value"

// Function is one scalar function.
type Function struct {
	Name          string
	Min, Max      int // arguments; Max -1 is any number
	Result        func(args []value.Type) (value.Type, error)
	Eval          func(env Environment, args []value.Value, types []value.Type) (value.Value, error)
	Deterministic bool // the same arguments give the same value, whoever asks and when
}
