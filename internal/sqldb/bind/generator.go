package bind

import (
	"github.com/alcedo-cloud/alcedo/internal/sqldb/plan"
	"github.com/alcedo-cloud/alcedo/internal/tsql"
)

// generator binds STRING_SPLIT, GENERATE_SERIES and OPENJSON; nil for another name.
func (b *binder) generator(x *tsql.TableFunction, args []plan.Expr) (relation, error) {
	return nil, nil
}
