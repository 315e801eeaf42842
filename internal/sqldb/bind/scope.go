package bind

import (
	"slices"
	"strings"

	"github.com/alcedo-cloud/alcedo/internal/sqldb/catalog"
	"github.com/alcedo-cloud/alcedo/internal/sqldb/plan"
	"github.com/alcedo-cloud/alcedo/internal/tsql"
)

// clause is the part of a statement that is being bound: it decides what may stand there.
type clause uint8

const (
	clauseNone clause = iota // no row at hand
	clauseTable
	clauseFrom
	clauseOn
	clauseWhere
	clauseGroup
	clauseHaving
	clauseSelect
	clauseOrder
	clauseSet
	clauseOutput
	clauseValues
)

// scope is the names that an expression may use: those of one query, and of the queries around it.
type scope struct {
	parent  *scope
	sources []*source
	clause  clause
	// grouping collects the aggregates of the query; nil where it can have none.
	grouping *grouping
	// windows collects the window functions of the select list and ORDER BY.
	windows *windows
	// named are the windows of the WINDOW clause.
	named []tsql.Window
	// apply says that the sources are to be seen by what stands right of APPLY.
	apply bool
}

// source is something in FROM that has a name.
type source struct {
	name   string // alias, or the name of the table
	schema string // of a table without alias; folded
	shown  string // as messages call it
	at     tsql.Span
	cols   []*column
	rel    relation        // what has the columns
	view   *catalog.Module // where it is one
	byName map[string]int  // folded name → place, -1 for several; made at the first look-up
	access *access
	ids    []int32 // of the columns, for access; nil where there is none
}

// sourceOf makes a source of all columns of a relation.
func sourceOf(r relation, name string) *source {
	return &source{name: name, shown: name, cols: r.columns(), rel: r}
}

func (s *scope) add(src *source) { s.sources = append(s.sources, src) }

// find gives the place of a column; several is set where the name is not the only one.
func (src *source) find(name string) (i int, ok, several bool) {
	if strings.HasPrefix(name, "$") {
		if i = src.pseudo(name); i >= 0 {
			return i, true, false
		}
	}
	if len(src.cols) <= 8 {
		found := -1
		for i, c := range src.cols {
			if strings.EqualFold(c.name, name) {
				if found >= 0 {
					return found, true, true
				}
				found = i
			}
		}
		return found, found >= 0, false
	}
	if src.byName == nil {
		src.byName = make(map[string]int, len(src.cols))
		for i, c := range src.cols {
			key := catalog.Fold(c.name)
			if _, twice := src.byName[key]; twice {
				src.byName[key] = -1
				continue
			}
			src.byName[key] = i
		}
	}
	i, ok = src.byName[catalog.Fold(name)]
	return i, ok, i < 0
}

// pseudo gives the place of the column that $IDENTITY or $ROWGUID stands for, -1 where there is none.
func (src *source) pseudo(name string) int {
	g, ok := src.rel.(*get)
	if !ok {
		return -1
	}
	switch {
	case strings.EqualFold(name, "$identity"):
		return g.table.IdentityColumn()
	case strings.EqualFold(name, "$rowguid"):
		return slices.IndexFunc(g.table.Columns, func(c *catalog.Column) bool { return c.RowGUID })
	}
	return -1
}

// use gives the column at a place, and notes that it is read.
func (src *source) use(i int) *column {
	if src.ids != nil {
		src.access.column(src.ids[i])
	}
	return src.cols[i]
}

// matches reports whether a qualifier names the source.
func (src *source) matches(q *tsql.ObjectName) bool {
	if !strings.EqualFold(q.Name.Name, src.name) {
		return false
	}
	return q.Schema.Name == "" || src.schema != "" && strings.EqualFold(q.Schema.Name, src.schema)
}

// resolve finds a column in the scope, then in those around it.
func (b *binder) resolve(s *scope, c *tsql.Column) (*ref, *scope, error) {
	if c.Qualifier != nil && c.Qualifier.Database.Name != "" && b.env.Catalog != nil &&
		!strings.EqualFold(c.Qualifier.Database.Name, b.env.Catalog.Name) {
		return nil, nil, unbound(c)
	}
	named := false
	for at := s; at != nil; at = at.parent {
		var (
			found *source
			place int
		)
		for _, src := range at.sources {
			if c.Qualifier != nil {
				if !src.matches(c.Qualifier) {
					continue
				}
				named = true
			}
			i, ok, several := src.find(c.Name.Name)
			if !ok {
				continue
			}
			if found != nil || several {
				return nil, nil, fail(c.At, 209, 16, 1, "Ambiguous column name '%s'.", c.Name.Name)
			}
			found, place = src, i
		}
		if found != nil {
			col := found.use(place)
			return &ref{plan.Typed{T: col.t}, col}, at, nil
		}
		if named {
			break
		}
	}
	if c.Qualifier != nil && !named {
		return nil, nil, unbound(c)
	}
	return nil, nil, fail(c.At, 207, 16, 1, "Invalid column name '%s'.", c.Name.Name)
}

func unbound(c *tsql.Column) error {
	return fail(c.At, 4104, 16, 1, "The multi-part identifier \"%s.%s\" could not be bound.", written(c.Qualifier), c.Name.Name)
}

// written is a name as a message shows it: its parts without quotes.
func written(n *tsql.ObjectName) string {
	parts := []string{n.Server.Name, n.Database.Name, n.Schema.Name, n.Name.Name}
	for len(parts) > 1 && parts[0] == "" {
		parts = parts[1:]
	}
	return strings.Join(parts, ".")
}
