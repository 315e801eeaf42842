package tsql

// over reads OVER name and OVER (…).
func (p *parser) over() *Over {
	o := &Over{Node: p.node()}
	p.advance()
	if p.isName() {
		o.Window = p.takeIdent()
		p.done(&o.Node)
		return o
	}
	p.window(o)
	p.done(&o.Node)
	return o
}

// window reads ([name] [PARTITION BY …] [ORDER BY …] [frame]).
func (p *parser) window(o *Over) {
	p.expectSign('(')
	if p.isName() && !p.frameFollows() && !p.isWord("PARTITION") {
		o.Window = p.takeIdent()
	}
	if p.acceptWord("PARTITION") {
		p.expect(kwBy)
		o.PartitionBy = p.values()
	}
	if p.is(kwOrder) {
		o.OrderBy = p.orderBy()
	}
	if p.frameFollows() {
		o.Frame = p.frame()
	}
	p.expectSign(')')
}

func (p *parser) frameFollows() bool { return p.isWord("ROWS") || p.isWord("RANGE") }

func (p *parser) frame() *Frame {
	f := &Frame{Node: p.node(), Range: p.isWord("RANGE"), End: FrameBound{Kind: CurrentRow}}
	p.advance()
	if p.accept(kwBetween) {
		f.Start = p.frameBound()
		p.expect(kwAnd)
		f.End = p.frameBound()
	} else {
		f.Start = p.frameBound()
	}
	p.done(&f.Node)
	return f
}

func (p *parser) frameBound() FrameBound {
	switch {
	case p.acceptWord("UNBOUNDED"):
		if p.acceptWord("PRECEDING") {
			return FrameBound{Kind: UnboundedPreceding}
		}
		p.expectWord("FOLLOWING")
		return FrameBound{Kind: UnboundedFollowing}
	case p.accept(kwCurrent):
		p.expectWord("ROW")
		return FrameBound{Kind: CurrentRow}
	}
	b := FrameBound{Offset: p.value()}
	if p.acceptWord("PRECEDING") {
		b.Kind = Preceding
		return b
	}
	p.expectWord("FOLLOWING")
	b.Kind = Following
	return b
}

// atWindowClause tells WINDOW name AS ( from an alias called window.
func (p *parser) atWindowClause() bool {
	if !p.isWord("WINDOW") || !p.peek().isName() {
		return false
	}
	m := p.mark()
	defer p.reset(m)
	p.advance()
	p.advance()
	return p.is(kwAs)
}

func (p *parser) windows() []Window {
	p.advance()
	var list []Window
	for {
		w := Window{Node: p.node(), Name: p.ident(), Over: &Over{}}
		p.expect(kwAs)
		w.Over.Node = p.node()
		p.window(w.Over)
		p.done(&w.Over.Node)
		p.done(&w.Node)
		list = append(list, w)
		if !p.acceptSign(',') {
			return list
		}
	}
}
