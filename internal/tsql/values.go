package tsql

// mostRows is how many rows the VALUES of an INSERT may have.
const mostRows = 1000

// rows reads VALUES (…), (…).
func (p *parser) rows(inserts bool) *Values {
	v := &Values{Node: p.node()}
	p.advance()
	for {
		line := p.tok.line
		row := p.row()
		if len(v.Rows) > 0 && len(row) != len(v.Rows[0]) {
			p.failAt(line, 10709, "The number of columns for each row in a table value constructor must be the same.")
		}
		v.Rows = append(v.Rows, row)
		if inserts && len(v.Rows) > mostRows {
			p.failAt(line, 10738, "The number of row value expressions in the INSERT statement exceeds the maximum allowed number of 1000 row values.")
		}
		if !p.acceptSign(',') {
			break
		}
	}
	p.done(&v.Node)
	return v
}

func (p *parser) row() []Expr {
	p.expectSign('(')
	from := len(p.pending)
	for {
		e := p.valueOrDefault()
		p.pending = append(p.pending, e)
		if !p.acceptSign(',') {
			break
		}
	}
	p.expectSign(')')
	return p.takePending(from)
}
