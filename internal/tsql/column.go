package tsql

// columnDefinition reads one column of a table.
func (p *parser) columnDefinition() ColumnDefinition {
	c := ColumnDefinition{Node: p.node(), Name: p.ident()}
	switch {
	case p.accept(kwAs):
		c.Computed = p.value()
	case p.isSign(',') || p.isSign(')') || p.tok.kw != notKeyword && p.tok.kw != kwNational && p.tok.kw != kwDouble:
		if !fold(c.Name.Name, "TIMESTAMP") && p.tok.kind != kindEOF {
			p.failAt(c.At.Line, 173, "The definition for column '%s' must include a data type.", c.Name.Name)
		}
	default:
		t := p.dataType()
		c.Type = &t
	}
	for p.err == nil && p.columnProperty(&c) {
	}
	p.done(&c.Node)
	return c
}

// columnProperty reads one property or constraint of a column, if there is one.
func (p *parser) columnProperty(c *ColumnDefinition) bool {
	p.nullConstraint()
	switch p.tok.kw {
	case kwNull:
		p.advance()
		p.setNull(c, Yes)
	case kwNot:
		p.advance()
		if p.accept(kwFor) {
			p.expect(kwReplication)
			if c.Identity != nil {
				c.Identity.NotForReplication = true
			}
			return true
		}
		p.expect(kwNull)
		p.setNull(c, No)
	case kwCollate:
		p.advance()
		c.Collation = p.ident()
	case kwIdentity:
		c.Identity = p.identity()
	case kwRowguidcol:
		p.advance()
		c.RowGUIDCol = true
	case kwConstraint, kwPrimary, kwUnique, kwCheck, kwForeign, kwReferences, kwDefault:
		k := p.constraint(false)
		if k.Kind != DefaultConstraint {
			c.Constraints = append(c.Constraints, k)
			return true
		}
		if c.Default != nil {
			p.failAt(k.At.Line, 8148, "More than one column DEFAULT constraint specified for column '%s', table '%s'.", c.Name.Name, p.table)
		}
		c.Default = &k
	case kwIndex:
		x := p.inlineIndex()
		c.Index = &x
	default:
		return p.columnWord(c)
	}
	return true
}

// nullConstraint passes CONSTRAINT name before NULL and NOT NULL, where a name may stand and is not kept.
func (p *parser) nullConstraint() {
	if !p.is(kwConstraint) || !p.peek().isName() {
		return
	}
	m := p.mark()
	p.advance()
	p.advance()
	if !p.is(kwNull) && !p.is(kwNot) {
		p.reset(m)
	}
}

func (p *parser) setNull(c *ColumnDefinition, null Toggle) {
	if c.Null != Unspecified {
		p.fail(8150, "Multiple NULL constraints were specified for column '%s', table '%s'.", c.Name.Name, p.table)
	}
	c.Null = null
}

// columnWord reads a property that begins with a word that is not reserved.
func (p *parser) columnWord(c *ColumnDefinition) bool {
	switch {
	case c.Computed != nil && p.acceptWord("PERSISTED"):
		c.Persisted = true
	case p.acceptWord("SPARSE"):
		c.Sparse = true
	case p.acceptWord("FILESTREAM"):
		c.FileStream = true
	case p.acceptWord("HIDDEN"):
		c.Hidden = true
	case p.acceptWord("COLUMN_SET"):
		p.expect(kwFor)
		p.expectWord("ALL_SPARSE_COLUMNS")
		c.ColumnSet = true
	case p.isWord("MASKED"):
		p.advance()
		c.Mask = p.mask()
	case p.acceptWord("ENCRYPTED"):
		p.expect(kwWith)
		c.Encrypted = p.options()
	case p.acceptWord("GENERATED"):
		p.expectWord("ALWAYS")
		p.expect(kwAs)
		c.Generated = p.generated()
	default:
		return false
	}
	return true
}

// mask reads WITH (FUNCTION = '…').
func (p *parser) mask() *string {
	p.expect(kwWith)
	p.expectSign('(')
	p.expect(kwFunction)
	p.expectSign('=')
	text := p.stringText()
	p.expectSign(')')
	return &text
}

// generated reads ROW START and its sisters.
func (p *parser) generated() string {
	what := ""
	for _, w := range [...]string{"ROW", "TRANSACTION_ID", "SEQUENCE_NUMBER", "SUSER_SID", "SUSER_SNAME"} {
		if p.acceptWord(w) {
			what = w
			break
		}
	}
	if what == "" {
		p.unexpected()
		return ""
	}
	if p.accept(kwEnd) {
		return what + " END"
	}
	p.expectWord("START")
	return what + " START"
}

// identity reads IDENTITY [(seed, increment)] [NOT FOR REPLICATION].
func (p *parser) identity() *Identity {
	i := &Identity{Node: p.node()}
	p.advance()
	if p.acceptSign('(') {
		i.Seed = p.signedInteger()
		p.expectSign(',')
		i.Increment = p.signedInteger()
		p.expectSign(')')
	}
	if p.is(kwNot) && p.peek().kw == kwFor {
		p.advance()
		p.advance()
		p.expect(kwReplication)
		i.NotForReplication = true
	}
	p.done(&i.Node)
	return i
}
