// Package tsql is Transact-SQL as text and as a tree: lexer, syntax tree and parser, with SQL Server's own numbers and
// lines for what is wrong with a batch.
//
// It must never know what a name means: no catalog, no types beyond their spelling, no permission, no execution. What
// needs a table or a variable to be judged belongs to the binder.
package tsql
