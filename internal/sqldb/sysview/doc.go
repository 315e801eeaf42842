// Package sysview is what a database shows of itself: the catalog views of sys, INFORMATION_SCHEMA, the functions that
// give rows of them, and the catalog procedures, as clients and object mappers ask for them.
//
// It must never know how a statement runs or who is asking: rows come from the catalog that the statement sees, and
// what the user may see of it is asked of the environment.
package sysview
