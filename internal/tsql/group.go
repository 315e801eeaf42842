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
	case p.isSign('('):
		p.groupList(&i)
		p.done(&i.Node)
		return i
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

// groupList reads (), (a, b), or a value that begins with a parenthesis.
func (p *parser) groupList(i *GroupItem) {
	p.advance()
	if p.acceptSign(')') {
		i.Kind = GroupList
		return
	}
	first := GroupItem{Node: p.node(), Expr: p.value()}
	p.done(&first.Node)
	if !p.isSign(',') {
		p.expectSign(')')
		i.Expr = p.operators(p.postfix(first.Expr), addLevel)
		return
	}
	i.Kind, i.Items = GroupList, []GroupItem{first}
	for p.acceptSign(',') {
		next := GroupItem{Node: p.node(), Expr: p.value()}
		p.done(&next.Node)
		i.Items = append(i.Items, next)
	}
	p.expectSign(')')
}
