// Package bind turns the syntax tree of a statement into a plan: it finds what each name means, gives every expression
// its static type, notes which permissions the statement needs, and chooses indexes and the ways of joining. It must
// never know who is asking (the session holds the needs against the user's permissions), never read a row, and never
// change what it is given: a plan may be used for as long as the catalog's version stays.
//
// It works in four steps. The syntax tree becomes relations (relation.go) whose columns are known by identity, not by
// position; predicates are moved to where they cost least (push*.go); what nobody asks for is left out (mark.go); and
// relations become the operators of package plan, with slots for columns (lower*.go).
package bind
