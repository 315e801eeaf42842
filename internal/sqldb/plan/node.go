package plan

import (
	"github.com/alcedo-cloud/alcedo/internal/sqldb/catalog"
	"github.com/alcedo-cloud/alcedo/internal/sqldb/function"
	"github.com/alcedo-cloud/alcedo/internal/sqldb/value"
)

// Scan reads a table by one index. Its rows have one slot for each of Columns, in that order.
type Scan struct {
	Table   *catalog.Table
	Index   *catalog.Index // nil reads a heap by its row numbers
	Columns []int          // ordinals in Table.Columns
	// Prefix are values for the leading columns of the index's key, in its order, each of its column's type: only
	// entries that equal all of them are read. They see enclosing rows (Level ≥ 1), variables and constants.
	Prefix []Expr
	// Low and High bound the next column of the key, in the order of values, whatever the direction of the key.
	Low, High *Bound
	// At, where set, is the locator of the one row to read; Index is then the clustered one or nil, and nothing else
	// bounds the scan.
	At Expr
	// In, where set, are alternatives for the first column of the key: the scan is done for each distinct value.
	In      []Expr
	Reverse bool
	// Filter is what remains to be asked of a row; its slots are those of Columns.
	Filter Expr
	// Locators adds one more slot, after Columns: bytes by which Update and Delete find the row again.
	Locators bool
	// Lock is what the statement wants of the rows it reads.
	Lock LockHint
}

// Bound is an end of a range.
type Bound struct {
	X         Expr
	Inclusive bool
}

// LockHint is UPDLOCK, HOLDLOCK and their like; NoLock reads the newest snapshot as any reader does.
type LockHint uint8

// The hints that change what is locked.
const (
	LockNone LockHint = iota
	LockUpdate
	LockExclusive
	LockHold // serializable: ranges stay as they are (the table is locked shared)
)

// Values yields rows of expressions.
type Values struct {
	Rows  [][]Expr
	Types []value.Type
}

// Virtual is a system view or a table-valued function of the server: rows that no store holds.
type Virtual struct {
	Name    string
	Columns []Column
	Args    []Expr
	// Rows yields the rows; env is that of the session. It stops when yield returns false.
	Rows func(env VirtualEnvironment, args []value.Value, yield func([]value.Value) bool) error
}

// VirtualEnvironment is what a virtual table may ask.
type VirtualEnvironment interface {
	function.Environment
	// Database is the catalog that the statement sees.
	Database() *catalog.Database
	// Visible reports whether the user may see that an object exists.
	Visible(object int32) bool
	// Server gives rows that lie outside of a database: "databases", "sessions", "server_principals", …; nil for a
	// name that it does not know.
	Server(name string) [][]value.Value
	// RowCount is the number of rows of a table.
	RowCount(table *catalog.Table) (int64, error)
}

// Filter lets rows through for which If is true.
type Filter struct {
	Input Node
	If    Expr
}

// Project computes new rows.
type Project struct {
	Input Node
	Exprs []Expr
}

// JoinKind is what becomes of rows without a partner.
type JoinKind uint8

// The joins. Semi and Anti yield only the left row.
const (
	InnerJoin JoinKind = iota
	LeftJoin
	RightJoin
	FullJoin
	SemiJoin
	AntiJoin
)

// Join yields left and right slots, in that order. With Apply the right side is evaluated for each left row, which it
// sees as Level 1 (CROSS APPLY is an inner one, OUTER APPLY a left one, and so is a loop join whose right side seeks by
// the left row's values); only Inner, Left, Semi and Anti can. Without Apply both sides stand alone, and where
// LeftKeys is set partners are found by equal keys (hashed; NULL equals nothing). On sees both slots at Level 0.
type Join struct {
	Kind                JoinKind
	Left, Right         Node
	Apply               bool
	LeftKeys, RightKeys []Expr // RightKeys see the right row alone, as Level 0; both sides of a pair have one type
	On                  Expr   // what remains; nil for none
}

// Aggregate groups. Its rows are the groups' values, then the calls' results, then, with Sets, one bit for each
// group expression that says whether it was left out (GROUPING). Without Groups there is always one row.
type Aggregate struct {
	Input  Node
	Groups []Expr
	Sets   [][]int // grouping sets by index into Groups; nil for the one with all
	Calls  []AggregateCall
}

// AggregateCall is one aggregate function.
type AggregateCall struct {
	Function *function.Aggregate
	T        value.Type
	Args     []Expr
	Distinct bool
	Order    []SortKey // WITHIN GROUP
}

// Window computes functions over partitions; its rows are the input's slots, then one for each call.
type Window struct {
	Input     Node
	Partition []Expr
	Order     []SortKey
	Calls     []WindowCall
}

// WindowCall is a ranking, offset or aggregate function OVER a window. Exactly one of Ranking and Aggregate is set.
type WindowCall struct {
	// Ranking is ROW_NUMBER, RANK, DENSE_RANK, NTILE, LAG, LEAD, FIRST_VALUE, LAST_VALUE, PERCENT_RANK, CUME_DIST,
	// PERCENTILE_CONT or PERCENTILE_DISC. The last two have the percentile and the ordered expression as arguments.
	Ranking   string
	SkipNulls bool // IGNORE NULLS
	Aggregate *function.Aggregate
	T         value.Type
	Args      []Expr
	Frame     *Frame // nil: RANGE UNBOUNDED PRECEDING to CURRENT ROW with an order, all without
}

// Frame is ROWS or RANGE BETWEEN.
type Frame struct {
	Rows       bool
	Start, End FrameBound
}

// FrameBound is an end of a frame: Offset rows before (negative) or after the current one.
type FrameBound struct {
	Unbounded bool
	Offset    int64
}

// Distinct drops rows that equal an earlier one; NULLs are equal.
type Distinct struct{ Input Node }

// Sort orders rows; it is stable.
type Sort struct {
	Input Node
	Keys  []SortKey
	Limit Expr // where a Top follows directly: how many rows matter; may be nil
}

// Top is TOP and OFFSET … FETCH. Count or Offset may be nil.
type Top struct {
	Input   Node
	Count   Expr // bigint, or float with Percent
	Offset  Expr
	Percent bool
	Ties    []SortKey // WITH TIES: the order that decides
}

// Union yields the left rows, then the right ones; both have the same types.
type Union struct{ Left, Right Node }

// Intersect and Except are distinct, and know NULLs as equal.
type (
	Intersect struct{ Left, Right Node }
	Except    struct{ Left, Right Node }
)

// Recursive is a recursive common table expression: Anchor's rows, then Step run on the last round's rows, which it
// reads by a Working node with the same ID, until there are none. More rounds than Limit are error 530; 0 is no limit.
type Recursive struct {
	ID           int
	Anchor, Step Node
	Limit        int
}

// Working reads the last round's rows of the Recursive with the same ID.
type Working struct {
	ID    int
	Types []value.Type
}

// Insert puts rows into a table. Source yields one slot for each of Columns.
type Insert struct {
	Table   *catalog.Table
	Columns []int // ordinals that Source gives, converted to their types
	Source  Node
	Rules   *Rules
	Output  *Output
	// Identity is set where Columns names the identity column (SET IDENTITY_INSERT ON).
	Identity bool
}

// Update changes rows. Source yields all the table's columns by ordinal, the locator, then what else its FROM has.
type Update struct {
	Table  *catalog.Table
	Source Node
	Set    []SetColumn
	Assign []Assignment // SET @v = …; they see the same slots, and the new values where they name a column set
	Rules  *Rules
	Output *Output
}

// SetColumn is one column's new value; it sees the source row.
type SetColumn struct {
	Ordinal int
	X       Expr
}

// Delete removes rows. Source yields all the table's columns, the locator, then the rest.
type Delete struct {
	Table  *catalog.Table
	Source Node
	Rules  *Rules
	Output *Output
}

// Merge does what its clauses say with each pair. Source yields the target's columns and locator (NULL where no target
// row matched), the source's columns, and a bit that says whether there is a source row.
type Merge struct {
	Table   *catalog.Table
	Source  Node
	Clauses []MergeClause
	Rules   *Rules
	Output  *Output
}

// Instead leaves a change of a view to a trigger. Source yields for INSERT one slot for each of Columns, for DELETE the
// view's columns, for UPDATE these as they are and then as they are to be.
type Instead struct {
	Trigger *catalog.Module
	Event   string // INSERT, UPDATE or DELETE
	Fields  int    // how many columns the view has
	Columns []int
	Source  Node
}

// MergeClause is WHEN … THEN.
type MergeClause struct {
	Matched  bool
	BySource bool // NOT MATCHED BY SOURCE
	If       Expr // nil for always
	Set      []SetColumn
	Delete   bool
	Insert   []SetColumn // nil for none; every Ordinal at most once
	Inserts  bool
}

// Output is OUTPUT. Its expressions see the inserted row's columns, the deleted row's columns (NULLs where there is
// none), the source row, and with Merge the action.
type Output struct {
	Exprs   []Expr
	Columns []Column
	Into    *catalog.Table // nil for the client
	Targets []int          // ordinals in Into
	Rules   *Rules         // of Into
}

// Rules are what a table asks of its rows, bound once for each version of the catalog.
type Rules struct {
	Defaults []Expr // by ordinal; nil for NULL
	Computed []Expr // by ordinal; nil for a stored column. They see the row of all columns.
	Checks   []CheckRule
	Shown    []Expr // by views WITH CHECK OPTION: what is not true of a row is refused. They see the row of all columns.
	Filters  []Expr // by position in Table.Indexes: of a filtered index; nil for none
	// Foreign are the table's own foreign keys, Referencing those of other tables on it.
	Foreign, Referencing []ForeignRule
	Triggers             []*catalog.Module
}

// CheckRule is a CHECK constraint; it sees the row of all columns.
type CheckRule struct {
	Check *catalog.Check
	If    Expr
}

// ForeignRule joins a foreign key with the two tables; Rules are those of the table that the action changes, and nil
// for NoAction.
type ForeignRule struct {
	Key         *catalog.ForeignKey
	Table       *catalog.Table // the referencing table
	Referenced  *catalog.Table
	Referencing *catalog.Index // an index of Table led by the key's columns; nil where there is none
	Rules       *Rules
}
