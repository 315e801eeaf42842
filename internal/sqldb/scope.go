package sqldb

import (
	"github.com/alcedo-cloud/alcedo/internal/sqldb/catalog"
	"github.com/alcedo-cloud/alcedo/internal/sqldb/value"
	"github.com/alcedo-cloud/alcedo/internal/tsql"
)

// scope is where a batch, a procedure or another module runs: its variables, its table variables, and what is known of
// the error that a CATCH is handling.
type scope struct {
	parent    *scope
	batch     *tsql.Batch
	compiled  *compiled
	module    *catalog.Module // nil for a batch
	depth     int             // @@NESTLEVEL
	layout    *layout
	frame     []value.Value
	tables    map[string]*catalog.Table // table variables, by folded name
	borrowed  map[string]*catalog.Table // table-valued parameters that are the caller's table variables
	fired     tsql.Statement            // what fired the trigger
	cursors   map[string]*cursor        // local cursors and those of variables, by folded name
	pseudo    map[string]*catalog.Table // inserted and deleted, in a trigger
	identity  value.Value               // SCOPE_IDENTITY()
	caught    []*value.Error            // the errors that the enclosing CATCH blocks handle, innermost last
	status    int32                     // RETURN's value
	result    value.Value               // of a function
	hidden    map[string]*catalog.Table // # tables of callers that those made here hide
	temporary []string                  // names of the # tables made here, dropped with the scope
	acting    int                       // how many impersonations were in force when it began
	trying    int                       // TRY blocks around the scope when it began
	local     map[tsql.Statement]*bound // statements with temporary tables, bound for this run
}

// layout is the place and the type of each variable of a batch. It is shared by all runs of the batch.
type layout struct {
	index      map[string]int // by folded name
	names      []string
	types      []value.Type
	declared   []tsql.Parameter // of the parameters
	parameters int              // how many of them, the first ones, are parameters
}

func newLayout() *layout { return &layout{index: map[string]int{}} }

// declare gives a variable its place.
func (l *layout) declare(name string, t value.Type) (int, bool) {
	key := fold(name)
	if _, taken := l.index[key]; taken {
		return 0, false
	}
	i := len(l.names)
	l.index[key] = i
	l.names = append(l.names, name)
	l.types = append(l.types, t)
	return i, true
}

func (l *layout) find(name string) (int, value.Type, bool) {
	i, ok := l.index[fold(name)]
	if !ok {
		return 0, value.Type{}, false
	}
	return i, l.types[i], true
}

// procedure is the name that messages of this scope carry.
func (s *scope) procedure() string {
	if s.module != nil {
		return s.module.Name
	}
	return ""
}
