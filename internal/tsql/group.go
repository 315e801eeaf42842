package tsql

// groupBy reads GROUP BY with its items.
func (p *parser) groupBy() *GroupBy {
	g := &GroupBy{Node: p.node()}
	p.advance()
	p.expect(kwBy)
	g.All = p.accept(kwAll)
	g.Items = p.groupItems()
	if p.is(kwWith) {
		kind := GroupExpr
		switch {
		case p.nextWord("ROLLUP"):
			kind = GroupRollup
		case p.nextWord("CUBE"):
			kind = GroupCube
		}
		if kind != GroupExpr {
			p.advance()
			p.advance()
			g.Items = []GroupItem{{Node: p.from(g.At), Kind: kind, Items: g.Items}}
		}
	}
	p.done(&g.Node)
	return g
}

func (p *parser) groupItems() []GroupItem {
	var list []GroupItem
	for {
		list = append(list, p.groupItem())
		if !p.acceptSign(',') {
			return list
		}
	}
}

// groupItem reads one item: ROLLUP, CUBE, GROUPING SETS, a list or a value.
func (p *parser) groupItem() GroupItem {
	i := GroupItem{Node: p.node()}
	if !p.enter() {
		return i
	}
	defer p.leave()
	switch {
	case p.isWord("ROLLUP") && p.peek().kind == '(':
		i.Kind = GroupRollup
		p.advance()
	case p.isWord("CUBE") && p.peek().kind == '(':
		i.Kind = GroupCube
		p.advance()
	case p.isWord("GROUPING") && p.nextWord("SETS"):
		i.Kind = GroupSets
		p.advance()
		p.advance()
	case p.isSign('(') && p.groupListFollows():
		i.Kind = GroupList
	default:
		i.Expr = p.value()
		p.done(&i.Node)
		return i
	}
	p.expectSign('(')
	if !p.isSign(')') {
		i.Items = p.groupItems()
	}
	p.expectSign(')')
	p.done(&i.Node)
	return i
}

// groupListFollows tells (a, b) and () from a value in parentheses, by the comma between the parentheses.
func (p *parser) groupListFollows() bool {
	m := p.mark()
	defer p.reset(m)
	depth, comma := 0, false
	for p.tok.kind != kindEOF {
		switch p.tok.kind {
		case '(':
			depth++
		case ')':
			if depth--; depth == 0 {
				return comma || p.last.kind == '('
			}
		case ',':
			comma = comma || depth == 1
		}
		p.advance()
	}
	return false
}
