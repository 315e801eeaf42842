package sqldb

import (
	"strings"

	"github.com/alcedo-cloud/alcedo/internal/sqldb/value"
	"github.com/alcedo-cloud/alcedo/internal/tsql"
)

// withoutEffects refuses a function whose body would change anything but its own variables: it runs in the midst of a
// statement.
func withoutEffects(body []tsql.Statement) error {
	for _, s := range body {
		if err := withoutEffect(s); err != nil {
			return lined(err, s.Span().Line)
		}
	}
	return nil
}

func withoutEffect(s tsql.Statement) error {
	switch s := s.(type) {
	case nil, *tsql.Declare, *tsql.SetVariable, *tsql.Return, *tsql.Break, *tsql.Continue, *tsql.Goto, *tsql.Label,
		*tsql.DeclareCursor, *tsql.OpenCursor, *tsql.CloseCursor, *tsql.DeallocateCursor:
		return nil
	case *tsql.Block:
		return withoutEffects(s.Statements)
	case *tsql.If:
		if err := withoutEffect(s.Then); err != nil {
			return err
		}
		return withoutEffect(s.Else)
	case *tsql.While:
		return withoutEffect(s.Body)
	case *tsql.FetchCursor:
		if len(s.Into) == 0 {
			return sideEffect("FETCH")
		}
	case *tsql.SelectStatement:
		return withoutResult(s.Query)
	case *tsql.Insert:
		if _, own := s.Target.(*tsql.TableVariable); !own || s.Execute != nil {
			return sideEffect("INSERT")
		}
	case *tsql.Update:
		if !ownTable(s.Target, s.From) {
			return sideEffect("UPDATE")
		}
	case *tsql.Delete:
		if !ownTable(s.Target, s.From) {
			return sideEffect("DELETE")
		}
	case *tsql.Merge:
		if !ownTable(s.Target, nil) {
			return sideEffect("MERGE")
		}
	case *tsql.Execute:
		return sideEffect("EXECUTE STRING")
	case *tsql.TryCatch:
		return sideEffect("BEGIN TRY")
	default:
		return sideEffect(statementName(s))
	}
	return nil
}

// ownTable reports whether a target is a table variable, or the alias of one.
func ownTable(target tsql.TableSource, from []tsql.TableSource) bool {
	t, plain := target.(*tsql.Table)
	if !plain {
		_, own := target.(*tsql.TableVariable)
		return own
	}
	for _, source := range from {
		if v, ok := source.(*tsql.TableVariable); ok && strings.EqualFold(v.Alias.Name, t.Name.Name.Name) {
			return true
		}
	}
	return false
}

// withoutResult refuses a SELECT that is for the client: one of a function assigns variables.
func withoutResult(q *tsql.Query) error {
	if s, ok := q.Body.(*tsql.Select); ok {
		if s.Into != nil {
			return sideEffect("SELECT INTO")
		}
		for _, item := range s.Items {
			if item.Variable != "" {
				return nil
			}
		}
	}
	return value.Errorf(444, 16, 2, "Select statements included within a function cannot return data to a client.")
}

func sideEffect(operator string) error {
	return value.Errorf(443, 16, 14, "Invalid use of a side-effecting operator '%s' within a function.", operator)
}
