package tsql

// The levels of operators that take values, from the loosest. ^, & and | bind as + does; ~ and COLLATE bind tighter
// than all. A sign takes what is multiplied after it: -a * b is -(a * b).
const (
	noLevel = iota
	addLevel
	multiplyLevel
)

// operatorOf gives the operator that a token is, and its level.
func operatorOf(k kind) (Operator, int) {
	switch k {
	case '*':
		return Multiply, multiplyLevel
	case '/':
		return Divide, multiplyLevel
	case '%':
		return Modulo, multiplyLevel
	case '+':
		return Add, addLevel
	case '-':
		return Subtract, addLevel
	case '&':
		return BitAnd, addLevel
	case '|':
		return BitOr, addLevel
	case '^':
		return BitXor, addLevel
	case kindConcat:
		return Concat, addLevel
	case kindShiftLeft:
		return ShiftLeft, addLevel
	case kindShiftRight:
		return ShiftRight, addLevel
	}
	return NoOperator, noLevel
}

// value reads an expression that has a value.
func (p *parser) value() Expr {
	e := p.binary(addLevel)
	if IsPredicate(e) {
		p.unexpected()
	}
	p.highest = max(p.highest, p.height)
	return e
}

// binary reads operands with operators of a level or tighter between them.
func (p *parser) binary(level int) Expr {
	return p.operators(p.postfix(p.unary()), level)
}

// operators reads the operators and operands that follow the first operand.
func (p *parser) operators(left Expr, level int) Expr {
	for {
		op, l := operatorOf(p.tok.kind)
		if l < level {
			return left
		}
		if IsPredicate(left) {
			p.unexpected()
			return left
		}
		high := p.height
		p.advance()
		right := p.binary(l + 1)
		n := p.nodes.binaries.get()
		n.Op, n.Left, n.Right = op, left, right
		n.Node = p.from(left.Span())
		p.grow(max(high, p.height) + 1)
		left = n
	}
}

// postfix reads what may follow an operand: COLLATE, AT TIME ZONE and methods.
func (p *parser) postfix(e Expr) Expr {
	for {
		switch {
		case p.is(kwCollate):
			p.advance()
			e = &Collate{X: e, Name: p.ident(), Node: p.from(e.Span())}
			e.(*Collate).Node = p.from(e.Span())
		case p.isWord("AT") && p.nextWord("TIME"):
			p.advance()
			p.advance()
			p.expectWord("ZONE")
			high := p.height
			zone := p.unary()
			p.height = max(high, p.height)
			e = &AtTimeZone{X: e, Zone: zone, Node: p.from(e.Span())}
		case p.isSign('.') && p.methodFollows(e):
			e = p.method(e)
		default:
			return e
		}
		p.grow(p.height + 1)
	}
}

// unary reads a sign with its operand, or a primary expression.
func (p *parser) unary() Expr {
	op := NoOperator
	switch p.tok.kind {
	case '+':
		op = Plus
	case '-':
		op = Minus
	case '~':
		op = BitNot
	default:
		return p.primary()
	}
	n := &Unary{Op: op, Node: p.node()}
	p.either = false
	p.advance()
	if !p.enter() {
		return n.fill(p.bad())
	}
	if op == BitNot {
		n.X = p.unary()
	} else {
		n.X = p.binary(multiplyLevel)
	}
	p.leave()
	if IsPredicate(n.X) {
		p.unexpected()
	}
	p.done(&n.Node)
	p.grow(p.height + 1)
	return n
}

func (n *Unary) fill(x Expr) *Unary {
	n.X = x
	return n
}

// bad stands for an expression that could not be read, so that the tree has no holes while the parser comes to its end.
func (p *parser) bad() Expr {
	n := p.nodes.literals.get()
	n.Node = p.node()
	return n
}

// values reads value, value, ….
func (p *parser) values() []Expr {
	from := len(p.pending)
	for {
		e := p.value()
		p.pending = append(p.pending, e)
		if !p.acceptSign(',') {
			break
		}
	}
	return p.takePending(from)
}

// mostOperands is how many constants and names one expression may have.
const mostOperands = 65535

// takePending gives the expressions that were put aside since from.
func (p *parser) takePending(from int) []Expr {
	if len(p.pending)-from > mostOperands && p.err == nil {
		p.stop(&Error{
			Number: 8632, Class: 17, State: 2, Line: p.tok.line,
			Text: "Internal error: An expression services limit has been reached. Please look for potentially complex expressions in your query, and try to simplify them.",
		})
	}
	list := p.nodes.list(p.pending[from:])
	clear(p.pending[from:])
	p.pending = p.pending[:from]
	return list
}

// valueOrDefault reads a value, or DEFAULT where that may stand for one.
func (p *parser) valueOrDefault() Expr {
	if p.is(kwDefault) {
		n := &Default{Node: p.node()}
		p.advance()
		p.done(&n.Node)
		return n
	}
	return p.value()
}
