package bind

import (
	"slices"

	"github.com/alcedo-cloud/alcedo/internal/sqldb/catalog"
	"github.com/alcedo-cloud/alcedo/internal/sqldb/collate"
	"github.com/alcedo-cloud/alcedo/internal/sqldb/plan"
	"github.com/alcedo-cloud/alcedo/internal/sqldb/value"
	"github.com/alcedo-cloud/alcedo/internal/tsql"
)

// Limits of what one statement may ask for.
const (
	maxDepth    = 500  // of queries within one another; the parser bounds expressions
	maxColumns  = 4096 // of a select list
	maxViews    = 32   // views within views
	maxSources  = 256  // tables of one statement
	maxSetItems = 4096 // grouping sets
)

// binder binds one statement.
type binder struct {
	env          *Environment
	accesses     []*access
	commons      *commons // the common table expressions in sight
	views        int      // views and functions around what is being bound
	around       []int32  // their ids, the innermost last
	owner        int32    // of the innermost of them, or of the module whose body it is
	depth        int
	sources      int
	nextID       int                  // of recursive common table expressions
	params       map[string]plan.Expr // of an inline function that is being expanded; nil outside of one
	inside       bool                 // of a view or function: variables are not to be seen
	maxRecursion int
	labels       map[plan.Expr]label // of concatenations and calls, found once
	explicit     map[plan.Expr]bool  // what COLLATE made
	inWindow     bool                // a window function is being bound
	checked      map[relation]bool   // the views WITH CHECK OPTION that were bound; nil where nobody asks
	atNode       bool                // a column is being bound where one of nodes() may stand
	choosing     bool                // what CASE or its like gives is being bound
	touched      map[*scope]bool     // the scopes whose columns an aggregate names; nil outside of one
}

func newBinder(env *Environment) *binder {
	b := &binder{env: env, owner: env.Owner, maxRecursion: 100}
	if env.Defining != 0 {
		b.around = []int32{env.Defining}
	}
	return b
}

// access is a permission that is being put together: columns come as they are named.
type access struct {
	permission string
	object     int32
	columns    map[int32]bool
	whole      bool
	optional   bool // falls away where no column is named
	through    int32
}

// permit notes that a permission on an object is needed. Temporary objects need none.
func (b *binder) permit(permission string, object int32) *access {
	a := &access{permission: permission, object: object, through: b.owner}
	b.accesses = append(b.accesses, a)
	return a
}

// column notes that a column is meant.
func (a *access) column(id int32) {
	if a == nil {
		return
	}
	if a.columns == nil {
		a.columns = map[int32]bool{}
	}
	a.columns[id] = true
}

func (b *binder) needs() []plan.Need {
	out := make([]plan.Need, 0, len(b.accesses))
	for _, a := range b.accesses {
		if a.optional && len(a.columns) == 0 {
			continue
		}
		n := plan.Need{Permission: a.permission, Object: a.object, Through: a.through}
		if !a.whole {
			for id := range a.columns {
				n.Columns = append(n.Columns, id)
			}
			slices.Sort(n.Columns)
		}
		out = append(out, n)
	}
	return out
}

// enter guards against queries that are nested too deeply for any stack; leave ends it.
func (b *binder) enter(at tsql.Span) error {
	if b.depth++; b.depth > maxDepth {
		return fail(at, 8631, 17, 1, "Internal error: Server stack limit has been reached. Please look for potentially deep nesting in your query, and try to simplify it.")
	}
	return nil
}

func (b *binder) leave() { b.depth-- }

// collation is the database's.
func (b *binder) collation() *collate.Collation {
	if b.env.Catalog != nil && b.env.Catalog.Collation != nil {
		return b.env.Catalog.Collation
	}
	return collate.Default()
}

// schema is the user's default schema.
func (b *binder) schema() int32 {
	if b.env.DefaultSchema != 0 {
		return b.env.DefaultSchema
	}
	return catalog.SchemaDBO
}

// fail makes a message with the line of a node.
func fail(at tsql.Span, number int32, class, state uint8, format string, args ...any) *value.Error {
	e := value.Errorf(number, class, state, format, args...)
	e.Line = at.Line
	return e
}

// at gives an error of package value the line where it arose.
func at(span tsql.Span, err error) error {
	if e, ok := err.(*value.Error); ok && e.Line == 0 {
		c := *e
		c.Line = span.Line
		return &c
	}
	return err
}

// unsupported is the answer to what Azure has and alcedo has not.
func unsupported(span tsql.Span, what string) *value.Error {
	return fail(span, 40517, 16, 1, "Keyword or statement option '%s' is not supported in this version of SQL Server.", what)
}
