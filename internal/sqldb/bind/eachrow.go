package bind

import "github.com/alcedo-cloud/alcedo/internal/sqldb/plan"

// EachRow reports whether an expression has another value for each row of one statement, as NEWID() has. GETDATE() and
// RAND() have one for the whole statement.
func EachRow(e plan.Expr) bool {
	if e == nil {
		return false
	}
	if c, ok := e.(*plan.Call); ok {
		switch c.Function.Name {
		case "NEWID", "NEWSEQUENTIALID", "NEXT VALUE FOR", "CRYPT_GEN_RANDOM":
			return true
		}
	}
	found := false
	children(e, func(p *plan.Expr) { found = found || EachRow(*p) })
	return found
}
