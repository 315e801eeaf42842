package bind

import "github.com/alcedo-cloud/alcedo/internal/tsql"

// forClause binds FOR JSON and FOR XML.
func (b *binder) forClause(x *tsql.For, body tsql.QueryBody, q *bound) (*bound, error) {
	return nil, unsupported(x.At, "FOR "+x.Mode)
}
