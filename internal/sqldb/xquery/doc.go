// Package xquery evaluates the part of XQuery that the methods of Transact-SQL's xml take most: location paths along the
// child, descendant, attribute, parent and self axes, with predicates, and data(), string() and count() around them. It
// is pure: text in, text out. It must never know a table, a session or a statement.
//
// Source: "xml Data Type Methods" and "XQuery Language Reference" of SQL Server.
package xquery

import "errors"

// ErrUnsupported is an expression that is XQuery but no path that is known here.
var ErrUnsupported = errors.New("xquery: not a path")

// SyntaxError is an expression that is no XQuery. Near is what stands where it goes wrong.
type SyntaxError struct{ Near string }

func (e *SyntaxError) Error() string { return "xquery: syntax error near '" + e.Near + "'" }

// DepthError is a document whose elements lie too deep.
type DepthError struct{}

func (*DepthError) Error() string { return "xquery: more than 128 levels" }

// SizeError is a document of more nodes than are held at once.
type SizeError struct{}

func (*SizeError) Error() string { return "xquery: too many nodes" }

const (
	maxDepth = 128
	maxNodes = 1 << 21
)
