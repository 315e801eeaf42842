package tsql

// Query is a query expression with what may stand before and after it.
type Query struct {
	Node
	With    *With // of a statement; nil within
	Body    QueryBody
	OrderBy []OrderItem
	Offset  Expr // nil: none
	Fetch   Expr // nil: none
	For     *For
	Hints   []Option // OPTION (…)
}

// QueryBody is *Select, *SetOperation or *Values. Parentheses around one leave no node: the tree has the order.
type QueryBody interface {
	Span() Span
	queryBody()
}

// With is WITH and its common table expressions.
type With struct {
	Node
	Namespaces []XMLNamespace
	Tables     []CommonTable
}

// CommonTable is name [(columns)] AS (query).
type CommonTable struct {
	Node
	Name    Ident
	Columns []Ident
	Query   *Query
}

// XMLNamespace is 'uri' AS prefix; the default one has no prefix.
type XMLNamespace struct {
	Node
	URI    string
	Prefix Ident
}

// SetOperator joins two queries.
type SetOperator uint8

// The set operators.
const (
	Union SetOperator = iota
	Except
	Intersect
)

// SetOperation is left UNION [ALL] right and its sisters.
type SetOperation struct {
	Node
	Op          SetOperator
	All         bool
	Left, Right QueryBody
}

// Values is a table value constructor. All rows have the same length.
type Values struct {
	Node
	Rows [][]Expr
}

// Select is one query specification.
type Select struct {
	Node
	Distinct bool
	Top      *Top
	Items    []SelectItem
	Into     *ObjectName
	From     []TableSource // joined by commas
	Where    Expr
	GroupBy  *GroupBy
	Having   Expr
	Windows  []Window
}

func (*Select) queryBody()       {}
func (*SetOperation) queryBody() {}
func (*Values) queryBody()       {}

// Top is TOP (count) [PERCENT] [WITH TIES].
type Top struct {
	Node
	Count    Expr
	Percent  bool
	WithTies bool
}

// SelectItem is one item of a select list or of OUTPUT: a star, an expression, or an assignment to a variable.
type SelectItem struct {
	Node
	Star      bool
	Qualifier *ObjectName // of t.*
	Expr      Expr
	Alias     Ident    // Name "": none
	Variable  string   // with its @; "": no assignment
	Op        Operator // of a compound assignment; NoOperator for =
}

// OrderItem is one item of ORDER BY.
type OrderItem struct {
	Node
	Expr Expr
	Desc bool
}

// GroupBy is GROUP BY [ALL] items. WITH ROLLUP and WITH CUBE are read as one item that has all.
type GroupBy struct {
	Node
	All   bool
	Items []GroupItem
}

// GroupKind is the sort of a GroupItem.
type GroupKind uint8

// The kinds.
const (
	GroupExpr   GroupKind = iota // Expr
	GroupList                    // (a, b), and () for the grand total: Items
	GroupRollup                  // ROLLUP (Items)
	GroupCube                    // CUBE (Items)
	GroupSets                    // GROUPING SETS (Items)
)

// GroupItem is one item of GROUP BY.
type GroupItem struct {
	Node
	Kind  GroupKind
	Expr  Expr
	Items []GroupItem
}

// Window is name AS (…) of a WINDOW clause.
type Window struct {
	Node
	Name Ident
	Over *Over
}

// Over is OVER (…) or OVER name.
type Over struct {
	Node
	Window      Ident // the window that it builds upon; "": none
	PartitionBy []Expr
	OrderBy     []OrderItem
	Frame       *Frame
}

// Frame is ROWS or RANGE BETWEEN start AND end. The short form ends at the current row.
type Frame struct {
	Node
	Range      bool
	Start, End FrameBound
}

// BoundKind is the sort of a FrameBound.
type BoundKind uint8

// The bounds, in their order.
const (
	UnboundedPreceding BoundKind = iota
	Preceding
	CurrentRow
	Following
	UnboundedFollowing
)

// FrameBound is one end of a Frame; Offset counts rows, of Preceding and Following only.
type FrameBound struct {
	Kind   BoundKind
	Offset Expr
}

// ForKind is the sort of a For.
type ForKind uint8

// The kinds.
const (
	ForBrowse ForKind = iota
	ForXML
	ForJSON
)

// For is FOR XML, FOR JSON or FOR BROWSE.
type For struct {
	Node
	Kind    ForKind
	Mode    string   // RAW, AUTO, EXPLICIT, PATH
	Element *string  // of RAW('…') and PATH('…')
	Options []Option // ROOT, TYPE, ELEMENTS XSINIL, BINARY BASE64, INCLUDE_NULL_VALUES, WITHOUT_ARRAY_WRAPPER, XMLSCHEMA
}

// TableSource is one of the types below that stand in FROM.
type TableSource interface {
	Span() Span
	tableSource()
}

// Table is a table, view or synonym, a common table expression or an alias: whatever the name turns out to be.
type Table struct {
	Node
	Name       ObjectName
	Alias      Ident
	Hints      []Option // WITH (…): NOLOCK, INDEX(…), …
	SystemTime *SystemTime
	Sample     *Sample
	// Row is the place of the one row that is meant; nil for all. No text says it: the interpreter does, of a row on
	// which a cursor stands.
	Row Expr
}

// TableVariable is @t.
type TableVariable struct {
	Node
	Name  string // with its @
	Alias Ident
	Hints []Option
}

// TableFunction is a function that gives rows. OPENJSON may declare its columns.
type TableFunction struct {
	Node
	Name    ObjectName
	Args    []Expr
	Alias   Ident
	Columns []Ident
	Schema  []SchemaColumn // WITH (…) of OPENJSON and OPENXML
	Hints   []Option
}

// SchemaColumn is name type [COLLATE c] ['path'] [AS JSON].
type SchemaColumn struct {
	Node
	Name      Ident
	Type      DataType
	Collation Ident
	Path      *string
	AsJSON    bool
}

// TableMethod is a method that gives rows: x.nodes('…') AS t(c).
type TableMethod struct {
	Node
	Method  *Method
	Alias   Ident
	Columns []Ident
}

// Rowset is OPENROWSET, OPENQUERY or OPENDATASOURCE.
type Rowset struct {
	Node
	Function string // in upper case
	Args     []Expr
	Options  []Option
	Alias    Ident
	Columns  []Ident
}

// Derived is (query) AS alias [(columns)]; a table value constructor is a query whose body is Values.
type Derived struct {
	Node
	Query   *Query
	Alias   Ident
	Columns []Ident
}

// ChangeTable is (INSERT, UPDATE, DELETE or MERGE with OUTPUT) AS alias, the source of an INSERT.
type ChangeTable struct {
	Node
	Statement Statement
	Alias     Ident
	Columns   []Ident
}

// JoinKind is the sort of a Join.
type JoinKind uint8

// The kinds.
const (
	InnerJoin JoinKind = iota
	LeftJoin
	RightJoin
	FullJoin
	CrossJoin
	CrossApply
	OuterApply
)

// Join is two sources joined. On is nil for CROSS JOIN and APPLY.
type Join struct {
	Node
	Kind        JoinKind
	Left, Right TableSource
	On          Expr
	Hint        string // LOOP, HASH, MERGE, REMOTE or ""
}

// Pivot is source PIVOT (aggregate FOR column IN ([a], [b])) AS alias.
type Pivot struct {
	Node
	Source    TableSource
	Aggregate *Call
	For       *Column
	In        []Ident
	Alias     Ident
	Columns   []Ident
}

// Unpivot is source UNPIVOT (value FOR name IN (a, b)) AS alias.
type Unpivot struct {
	Node
	Source  TableSource
	Value   Ident
	For     Ident
	In      []Ident
	Alias   Ident
	Columns []Ident
}

func (*Table) tableSource()         {}
func (*TableVariable) tableSource() {}
func (*TableFunction) tableSource() {}
func (*TableMethod) tableSource()   {}
func (*Rowset) tableSource()        {}
func (*Derived) tableSource()       {}
func (*ChangeTable) tableSource()   {}
func (*Join) tableSource()          {}
func (*Pivot) tableSource()         {}
func (*Unpivot) tableSource()       {}

// SystemTime is FOR SYSTEM_TIME of a temporal table.
type SystemTime struct {
	Node
	Kind     string // ALL, AS OF, FROM, BETWEEN, CONTAINED IN
	From, To Expr   // AS OF has From only
}

// Sample is TABLESAMPLE (n PERCENT | ROWS).
type Sample struct {
	Node
	Count      Expr
	Rows       bool
	Repeatable Expr
}
