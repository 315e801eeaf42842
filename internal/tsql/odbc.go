package tsql

// escape reads ODBC's escapes: {fn f(…)}, {d '…'}, {t '…'}, {ts '…'} and {guid '…'}.
func (p *parser) escape() Expr {
	n := p.node()
	p.advance()
	var e Expr
	switch {
	case p.acceptWord("FN"):
		e = p.escapedFunction()
	case p.isWord("D"), p.isWord("T"), p.isWord("TS"), p.isWord("GUID"):
		name := "datetime"
		if p.isWord("GUID") {
			name = "uniqueidentifier"
		}
		word := p.node()
		p.advance()
		p.done(&word)
		if !p.isSign(kindString) && !p.isSign(kindNString) {
			p.unexpected()
			return p.bad()
		}
		c := &Cast{Node: n, X: p.value(), Type: typeNamed(word, name)}
		p.done(&c.Node)
		e = c
	default:
		p.unexpected()
		return p.bad()
	}
	p.expectSign('}')
	return e
}

// typeNamed is a type that no word of the text spells.
func typeNamed(n Node, name string, args ...int64) DataType {
	return DataType{Node: n, Name: nameAt(n, name), Args: args}
}

func nameAt(n Node, name string) ObjectName {
	return ObjectName{Node: n, Name: Ident{Node: n, Name: name}}
}

// escapedFunction reads a function by the name that ODBC has for it, as appendix E of its reference lists them, and
// gives what Transact-SQL has.
func (p *parser) escapedFunction() Expr {
	n := p.node()
	switch {
	case p.is(kwConvert) && p.peek().kind == '(':
		return p.escapedConvert(n)
	case p.is(kwUser) && p.peek().kind == '(':
		e := p.value()
		p.expectSign('(')
		p.expectSign(')')
		return e
	case p.is(kwCurrentDate), p.is(kwCurrentTime), p.is(kwTruncate), p.is(kwDatabase), p.is(kwInsert):
		name := nameAt(n, p.tok.text)
		p.advance()
		if !p.isSign('(') && (fold(name.Name.Name, "CURRENT_DATE") || fold(name.Name.Name, "CURRENT_TIME")) {
			return p.odbcCall(&Call{Node: n, Name: name})
		}
		c, _ := p.call(name).(*Call)
		return p.odbcCall(c)
	}
	e := p.value()
	c, ok := e.(*Call)
	if !ok || c.Name.Schema.Name != "" {
		return e
	}
	return p.odbcCall(c)
}

// odbcNames are the functions that differ in their name only.
var odbcNames = map[string]string{
	"UCASE": "UPPER", "LCASE": "LOWER", "LENGTH": "LEN", "CHAR_LENGTH": "LEN", "CHARACTER_LENGTH": "LEN", "OCTET_LENGTH": "DATALENGTH",
	"LOCATE": "CHARINDEX", "INSERT": "STUFF", "IFNULL": "ISNULL", "NOW": "GETDATE", "CURRENT_TIMESTAMP": "GETDATE", "DATABASE": "DB_NAME",
	"DAYOFMONTH": "DAY", "ATAN2": "ATN2",
}

// odbcParts are those that give a part of a date.
var odbcParts = map[string]string{
	"DAYOFWEEK": "weekday", "DAYOFYEAR": "dayofyear", "HOUR": "hour", "MINUTE": "minute", "SECOND": "second", "QUARTER": "quarter", "WEEK": "week",
}

// odbcIntervals are the units of TIMESTAMPADD and TIMESTAMPDIFF.
var odbcIntervals = map[string]string{
	"SQL_TSI_FRAC_SECOND": "nanosecond", "SQL_TSI_SECOND": "second", "SQL_TSI_MINUTE": "minute", "SQL_TSI_HOUR": "hour", "SQL_TSI_DAY": "day",
	"SQL_TSI_WEEK": "week", "SQL_TSI_MONTH": "month", "SQL_TSI_QUARTER": "quarter", "SQL_TSI_YEAR": "year",
}

// odbcCall gives the call of Transact-SQL for one of ODBC.
func (p *parser) odbcCall(c *Call) Expr {
	if c == nil {
		return p.bad()
	}
	name := upper(c.Name.Name.Name)
	part := func(unit string) Expr { return &DatePart{Node: c.Node, Name: unit} }
	rename := func(to string, args ...Expr) Expr {
		c.Name = nameAt(c.Name.Node, to)
		c.Args = args
		return c
	}
	switch {
	case odbcNames[name] != "":
		return rename(odbcNames[name], c.Args...)
	case odbcParts[name] != "" && len(c.Args) == 1:
		return rename("DATEPART", part(odbcParts[name]), c.Args[0])
	case name == "DAYNAME" && len(c.Args) == 1:
		return rename("DATENAME", part("weekday"), c.Args[0])
	case name == "MONTHNAME" && len(c.Args) == 1:
		return rename("DATENAME", part("month"), c.Args[0])
	case (name == "TIMESTAMPADD" || name == "TIMESTAMPDIFF") && len(c.Args) == 3:
		unit, _ := c.Args[0].(*Column)
		if unit == nil || odbcIntervals[upper(unit.Name.Name)] == "" {
			p.failAt(c.At.Line, 155, "'%s' is not a recognized %s option.", p.lex.src[c.Args[0].Span().Start:c.Args[0].Span().End], c.Name.Name.Name)
			return c
		}
		return rename(map[string]string{"TIMESTAMPADD": "DATEADD", "TIMESTAMPDIFF": "DATEDIFF"}[name], part(odbcIntervals[upper(unit.Name.Name)]), c.Args[1], c.Args[2])
	case name == "MOD" && len(c.Args) == 2:
		p.grow(p.height + 1)
		return &Binary{Node: c.Node, Op: Modulo, Left: c.Args[0], Right: c.Args[1]}
	case name == "TRUNCATE" && len(c.Args) == 2:
		one := p.nodes.literals.get()
		one.Node, one.Kind, one.Text = c.Node, IntegerLiteral, "1"
		return rename("ROUND", c.Args[0], c.Args[1], one)
	case name == "CURDATE" || name == "CURRENT_DATE":
		return &Cast{Node: c.Node, X: rename("GETDATE"), Type: typeNamed(c.Node, "date")}
	case name == "CURTIME" || name == "CURRENT_TIME":
		return &Cast{Node: c.Node, X: rename("GETDATE"), Type: typeNamed(c.Node, "time")}
	}
	return c
}

// odbcTypes are the types of ODBC's CONVERT.
var odbcTypes = map[string]string{
	"SQL_BIGINT": "bigint", "SQL_BINARY": "binary", "SQL_BIT": "bit", "SQL_CHAR": "varchar", "SQL_DATE": "date", "SQL_DECIMAL": "decimal",
	"SQL_DOUBLE": "float", "SQL_FLOAT": "float", "SQL_INTEGER": "int", "SQL_NUMERIC": "numeric", "SQL_REAL": "real", "SQL_SMALLINT": "smallint",
	"SQL_TIME": "time", "SQL_TIMESTAMP": "datetime", "SQL_TINYINT": "tinyint", "SQL_VARBINARY": "varbinary", "SQL_VARCHAR": "varchar",
	"SQL_WCHAR": "nvarchar", "SQL_WVARCHAR": "nvarchar", "SQL_GUID": "uniqueidentifier",
}

// escapedConvert reads CONVERT(value, SQL_TYPE).
func (p *parser) escapedConvert(n Node) Expr {
	p.advance()
	p.advance()
	c := &Cast{Node: n, X: p.value()}
	p.expectSign(',')
	at := p.node()
	name := odbcTypes[upper(p.tok.text)]
	if name == "" {
		p.unexpected()
		return c
	}
	p.advance()
	p.done(&at)
	c.Type = typeNamed(at, name)
	p.expectSign(')')
	p.done(&c.Node)
	return c
}
