package sysview

// Query is a catalog procedure: a batch over the system views, and the declaration of its parameters as sp_executesql
// has it. Those that a call leaves out are NULL.
type Query struct{ Text, Parameters string }

// Procedure finds a catalog procedure by its name, without a schema and in any case.
func Procedure(name string) (Query, bool) {
	q, ok := map[string]Query{}[name]
	return q, ok
}
