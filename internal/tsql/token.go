package tsql

// kind is the lexical sort of a token. Signs of one character have that character as their kind.
type kind uint8

const (
	kindEOF      kind = iota
	kindWord          // bare; kw says whether it is reserved
	kindQuoted        // [name] or "name"
	kindString        // '…'
	kindNString       // N'…'
	kindInteger       // 12
	kindDecimal       // 1.2
	kindFloat         // 1e2
	kindMoney         // $1.2
	kindBinary        // 0x12
	kindVariable      // @name
	kindSystem        // @@name

	kindLessEqual    kind = 0x80 + iota // <= and !>
	kindGreaterEqual                    // >= and !<
	kindNotEqual                        // <> and !=
	kindScope                           // ::
	kindAddAssign                       // +=
	kindSubAssign
	kindMulAssign
	kindDivAssign
	kindModAssign
	kindAndAssign
	kindOrAssign
	kindXorAssign
	kindConcatAssign // ||=
	kindConcat       // ||
	kindShiftLeft
	kindShiftRight
)

// token is one lexical element. text is its value: of a name or string without quotes and with escapes undone, of
// anything else as written.
type token struct {
	text       string
	start, end int32
	line       int32
	kind       kind
	kw         keyword
}
