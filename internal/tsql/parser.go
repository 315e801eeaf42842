package tsql

// parser reads one batch. Its first error stays; from there on all tokens are kindEOF, so that every rule comes to its
// end without asking.
type parser struct {
	lex   lexer
	tok   token // the current one
	ahead token // the one after it, where peeked
	peeks bool  // ahead is valid
	last  token // the one before the current
	err   *Error

	depth   int  // constructs that are open around the current token
	height  int  // of the expression that was read last
	highest int  // of those within the construct that is being read
	either  bool // the next parenthesis may hold a predicate or a value
	closed  bool // the statement before ended with a semicolon, or there is none before
	blocks  int  // statements open around the current one
	loops   int  // WHILE open around it
	module  moduleKind

	nodes   slabs
	table   string   // whose columns are being defined
	names   [5]Ident // the parts of the name that was read last
	pending []Expr   // lists of expressions that are being read, one after another
	labels  []Label
	gotos   []Goto
}

// moduleKind is what sort of module a statement stands in.
type moduleKind uint8

const (
	noModule moduleKind = iota
	procedureModule
	functionModule
	triggerModule
)

// Limits on nesting. What they keep out would need a stack that a client could let grow; SQL Server has such limits too.
const (
	maxDepth  = 1000
	maxHeight = 8000
)

// Parse reads a batch. The error, if any, is an *Error: the first that SQL Server would report.
func Parse(batch string, opts Options) (*Batch, error) {
	if len(batch) > maxBatch {
		return nil, &Error{Number: 701, Class: 17, State: 123, Line: 1, Text: "There is insufficient system memory in resource pool 'default' to run this query."}
	}
	p := &parser{lex: lexer{src: batch, line: 1, quoted: opts.QuotedIdentifier}, closed: true}
	p.advance()
	b := &Batch{Text: batch, Statements: p.batch()}
	if p.err != nil {
		return nil, p.err
	}
	return b, nil
}

// maxBatch is the longest text. A tree may be twenty times as large as its text, so this bounds what one request costs.
// SQL Server reads 65,536 packets, four times as much with packets of the usual size.
const maxBatch = 64 << 20

// advance goes to the next token.
func (p *parser) advance() {
	p.last = p.tok
	if p.peeks {
		p.tok, p.peeks = p.ahead, false
	} else {
		p.tok = p.lex.next()
	}
	if p.tok.kind == kindEOF && p.lex.err != nil && p.err == nil {
		p.stop(p.lex.err)
	}
}

// peek gives the token after the current one.
func (p *parser) peek() *token {
	if !p.peeks {
		p.ahead, p.peeks = p.lex.next(), true
		// An error of the lexer shows when the parser gets there, unless it finds one of its own first.
	}
	return &p.ahead
}

// position is a place to come back to.
type position struct {
	lex              lexer
	tok, ahead, last token
	peeks            bool
}

func (p *parser) mark() position {
	return position{p.lex, p.tok, p.ahead, p.last, p.peeks}
}

func (p *parser) reset(m position) {
	if p.err == nil {
		p.lex, p.tok, p.ahead, p.last, p.peeks = m.lex, m.tok, m.ahead, m.last, m.peeks
	}
}

// stop keeps the first error and ends the text.
func (p *parser) stop(e *Error) {
	if p.err == nil {
		p.err = e
	}
	p.lex.pos, p.peeks = len(p.lex.src), false
	if p.tok.kind != kindEOF {
		p.tok.kind, p.tok.kw = kindEOF, notKeyword
	}
}

// node begins a span at the current token; done ends it after the last one.
func (p *parser) node() Node {
	return Node{At: Span{Start: p.tok.start, Line: p.tok.line}}
}

func (p *parser) done(n *Node) { n.At.End = p.last.end }

// from gives the node of something that began where an earlier node did.
func (p *parser) from(s Span) Node {
	return Node{At: Span{Start: s.Start, End: p.last.end, Line: s.Line}}
}

// is reports whether the current token is a keyword.
func (p *parser) is(kw keyword) bool { return p.tok.kw == kw }

// accept passes a keyword, if it is there.
func (p *parser) accept(kw keyword) bool {
	if p.tok.kw == kw {
		p.advance()
		return true
	}
	return false
}

// expect passes a keyword that must be there.
func (p *parser) expect(kw keyword) bool {
	if p.tok.kw == kw {
		p.advance()
		return true
	}
	p.unexpected()
	return false
}

// isSign reports whether the current token is a sign.
func (p *parser) isSign(k kind) bool { return p.tok.kind == k }

func (p *parser) acceptSign(k kind) bool {
	if p.tok.kind == k {
		p.advance()
		return true
	}
	return false
}

func (p *parser) expectSign(k kind) bool {
	if p.tok.kind == k {
		p.advance()
		return true
	}
	p.unexpected()
	return false
}

// isWord reports whether the current token is a bare word, reserved or not; word is in upper case.
func (p *parser) isWord(word string) bool {
	return p.tok.kind == kindWord && fold(p.tok.text, word)
}

func (p *parser) acceptWord(word string) bool {
	if p.isWord(word) {
		p.advance()
		return true
	}
	return false
}

func (p *parser) expectWord(word string) bool {
	if p.acceptWord(word) {
		return true
	}
	p.unexpected()
	return false
}

// nextWord reports whether the token after the current one is a bare word.
func (p *parser) nextWord(word string) bool {
	t := p.peek()
	return t.kind == kindWord && fold(t.text, word)
}

// acceptWords passes words that stand one after another, all or none.
func (p *parser) acceptWords(words ...string) bool {
	if !p.isWord(words[0]) {
		return false
	}
	m := p.mark()
	for _, w := range words {
		if !p.acceptWord(w) {
			p.reset(m)
			return false
		}
	}
	return true
}

// enter opens a construct that can hold itself; leave closes it.
func (p *parser) enter() bool {
	p.depth++
	if p.depth > maxDepth {
		p.stop(&Error{
			Number: 191, Class: 15, State: 1, Line: p.tok.line,
			Text: "Some part of your SQL statement is nested too deeply. Rewrite the query or break it up into smaller queries.",
		})
		return false
	}
	return true
}

func (p *parser) leave() { p.depth-- }

// grow counts a chain of operators, whose tree is as high as the chain is long.
func (p *parser) grow(height int) {
	p.height = height
	if height > maxHeight {
		p.stop(&Error{
			Number: 8631, Class: 17, State: 1, Line: p.tok.line,
			Text: "Internal error: Server stack limit has been reached. Please look for potentially deep nesting in your query, and try to simplify it.",
		})
	}
}
