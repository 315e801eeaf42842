package exec

import (
	"slices"

	"github.com/alcedo-cloud/alcedo/internal/sqldb/plan"
	"github.com/alcedo-cloud/alcedo/internal/sqldb/value"
)

// instead compiles a change of a view that a trigger makes: it gets all rows at once.
func (c *compiler) instead(n *plan.Instead) (func(r *run, emit func(Row) error) (int64, error), error) {
	source, err := c.node(n.Source)
	if err != nil {
		return nil, err
	}
	return func(r *run, _ func(Row) error) (int64, error) {
		if r.fires(n.Trigger) {
			return 0, value.Errorf(40517, 16, 1, "Keyword or statement option '%s' is not supported in this version of SQL Server.", "a trigger's change of its own view by a shared plan")
		}
		var inserted, deleted []Row
		count := int64(0)
		err := stopped(source(r, r.limited(func(row Row) error {
			if err := r.tick(); err != nil {
				return err
			}
			count++
			if err := r.grow(rowSize(row)); err != nil {
				return err
			}
			switch n.Event {
			case "INSERT":
				fresh := make(Row, n.Fields)
				for i, o := range n.Columns {
					fresh[o] = row[i]
				}
				inserted = append(inserted, fresh)
			case "DELETE":
				deleted = append(deleted, slices.Clone(row))
			default:
				deleted = append(deleted, slices.Clone(row[:n.Fields]))
				inserted = append(inserted, slices.Clone(row[n.Fields:]))
			}
			return nil
		})))
		if err != nil {
			return 0, err
		}
		return count, r.Session.Fire(n.Trigger, inserted, deleted)
	}, nil
}
