package function

import "strings"

// Lookup finds a scalar function or a @@ variable by its name, in any case. What is written without parentheses, as
// CURRENT_TIMESTAMP, is a function without arguments; AT TIME ZONE is one of two.
func Lookup(name string) (*Function, bool) {
	f, ok := scalars()[strings.ToUpper(name)]
	return f, ok
}

// LookupAggregate finds an aggregate function by its name, in any case.
func LookupAggregate(name string) (*Aggregate, bool) {
	a, ok := aggregates()[strings.ToUpper(name)]
	return a, ok
}
