package tsql

// Cursor names a cursor: by its name, or by a variable.
type Cursor struct {
	Node
	Name     Ident
	Variable string // with its @
	Global   bool
}

// CursorDefinition is what follows CURSOR: options and the query.
type CursorDefinition struct {
	Node
	Options  []string // in upper case: LOCAL, GLOBAL, FORWARD_ONLY, SCROLL, STATIC, KEYSET, DYNAMIC, FAST_FORWARD, READ_ONLY, …
	Query    *Query
	ReadOnly bool    // FOR READ ONLY
	Update   bool    // FOR UPDATE
	Of       []Ident // columns of FOR UPDATE OF
}

// DeclareCursor is DECLARE name CURSOR.
type DeclareCursor struct {
	Node
	Name       Ident
	Definition CursorDefinition
}

// OpenCursor is OPEN.
type OpenCursor struct {
	Node
	Cursor Cursor
}

// FetchOrientation is where FETCH goes.
type FetchOrientation uint8

// The orientations.
const (
	FetchNext FetchOrientation = iota
	FetchPrior
	FetchFirst
	FetchLast
	FetchAbsolute
	FetchRelative
)

// FetchCursor is FETCH.
type FetchCursor struct {
	Node
	Orientation FetchOrientation
	Offset      Expr // of FetchAbsolute and FetchRelative
	Cursor      Cursor
	Into        []string // variables, with their @
}

// CloseCursor is CLOSE.
type CloseCursor struct {
	Node
	Cursor Cursor
}

// DeallocateCursor is DEALLOCATE.
type DeallocateCursor struct {
	Node
	Cursor Cursor
}

// RowPlace is where the row of a source lies: bytes that Table.Row takes. No text says it: the interpreter puts it behind
// the select list of a cursor's query.
type RowPlace struct {
	Node
	Source int // among the sources of FROM, in their order
}

func (*RowPlace) expr() {}

func (*DeclareCursor) statement()    {}
func (*OpenCursor) statement()       {}
func (*FetchCursor) statement()      {}
func (*CloseCursor) statement()      {}
func (*DeallocateCursor) statement() {}
