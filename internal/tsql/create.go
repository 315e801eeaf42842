package tsql

// create reads CREATE something.
func (p *parser) create(first bool) Statement {
	n := p.node()
	p.advance()
	if p.is(kwOr) && p.peek().kw == kwAlter {
		p.advance()
		p.advance()
		return p.createModule(n, CreateOrAlter, first)
	}
	switch p.tok.kw {
	case kwTable:
		return p.createTable(n)
	case kwView, kwProc, kwProcedure, kwFunction, kwTrigger:
		return p.createModule(n, Create, first)
	case kwSchema:
		p.needFirst("CREATE SCHEMA", first)
		return p.createSchema(n)
	case kwStatistics:
		return p.createStatistics(n)
	case kwDatabase:
		return p.createDatabase(n)
	case kwUser:
		return p.createUser(n)
	}
	if p.is(kwPrimary) {
		p.notSupported("CREATE PRIMARY XML INDEX")
		return &Break{}
	}
	if p.atIndex() {
		return p.createIndex(n)
	}
	switch {
	case p.isWord("SEQUENCE"):
		return p.sequence(n, false)
	case p.isWord("TYPE"):
		return p.createType(n)
	case p.isWord("SYNONYM"):
		return p.createSynonym(n)
	case p.isWord("LOGIN"):
		return p.createLogin(n)
	case p.isWord("ROLE"), p.isWord("SERVER") && p.nextWord("ROLE"):
		return p.createRole(n)
	}
	return p.unknownObject("CREATE")
}

// alter reads ALTER something.
func (p *parser) alter(first bool) Statement {
	n := p.node()
	p.advance()
	switch p.tok.kw {
	case kwTable:
		return p.alterTable(n)
	case kwView, kwProc, kwProcedure, kwFunction, kwTrigger:
		return p.createModule(n, Alter, first)
	case kwIndex:
		return p.alterIndex(n)
	case kwSchema:
		return p.transfer(n)
	case kwDatabase:
		return p.alterDatabase(n)
	case kwUser:
		return p.alterUser(n)
	case kwAuthorization:
		return p.alterAuthorization(n)
	}
	switch {
	case p.isWord("SEQUENCE"):
		return p.sequence(n, true)
	case p.isWord("LOGIN"):
		return p.alterLogin(n)
	case p.isWord("ROLE"), p.isWord("SERVER") && p.nextWord("ROLE"):
		return p.alterRole(n)
	}
	return p.unknownObject("ALTER")
}

// unbuilt are the objects that the language has and that are refused by name. Of those of two words, the first is here.
var unbuilt = map[string]bool{
	"AGGREGATE": true, "APPLICATION": true, "ASSEMBLY": true, "ASYMMETRIC": true, "AVAILABILITY": true, "BROKER": true,
	"CERTIFICATE": true, "COLUMN": true, "CONTRACT": true, "CREDENTIAL": true, "CRYPTOGRAPHIC": true, "DATABASE": true, "DEFAULT": true,
	"ENDPOINT": true, "EVENT": true, "EXTERNAL": true, "FULLTEXT": true, "MASTER": true, "MESSAGE": true, "PARTITION": true,
	"QUEUE": true, "REMOTE": true, "RESOURCE": true, "ROUTE": true, "RULE": true, "SEARCH": true, "SECURITY": true,
	"SERVER": true, "SERVICE": true, "SYMMETRIC": true, "WORKLOAD": true, "XML": true, "SELECTIVE": true, "SIGNATURE": true,
	"SENSITIVITY": true,
}

// secondWords are those that the name of a refused statement has after its first.
var secondWords = map[string]bool{
	"ROLE": true, "KEY": true, "GROUP": true, "PRIORITY": true, "ENCRYPTION": true, "PROVIDER": true, "SESSION": true,
	"DATA": true, "FILE": true, "LIBRARY": true, "LANGUAGE": true, "MODEL": true, "CATALOG": true, "STOPLIST": true, "INDEX": true,
	"TYPE": true, "FUNCTION": true, "SCHEME": true, "SERVICE": true, "POOL": true, "GOVERNOR": true, "PROPERTY": true, "POLICY": true,
	"AUDIT": true, "CONFIGURATION": true, "MASTER": true, "SCHEMA": true, "CLASSIFIER": true, "SCOPED": true, "TABLE": true, "STREAM": true,
}

// unknownObject refuses what is not built, and what Transact-SQL does not know.
func (p *parser) unknownObject(verb string) Statement {
	word := upper(p.tok.text)
	switch {
	case p.tok.kind != kindWord || p.tok.kw != notKeyword && !unbuilt[word]:
		p.unexpected()
	case unbuilt[word]:
		name := verb + " " + word
		if second := p.peek(); second.kind == kindWord && secondWords[upper(second.text)] {
			name += " " + upper(second.text)
		}
		p.notSupported(name)
	default:
		p.fail(343, "Unknown object type '%s' used in a CREATE, DROP, or ALTER statement.", p.tok.text)
	}
	return &Break{}
}

// needFirst refuses a statement that must begin its batch.
func (p *parser) needFirst(statement string, first bool) {
	switch {
	case first && p.blocks == 0 && p.module == noModule:
	case p.blocks > 0 || p.module != noModule:
		p.unexpected()
	default:
		p.fail(111, "'%s' must be the first statement in a query batch.", statement)
	}
}

// createModule reads CREATE, ALTER or CREATE OR ALTER of a view, procedure, function or trigger.
func (p *parser) createModule(n Node, mode ModuleMode, first bool) Statement {
	verb := "CREATE"
	if mode == Alter {
		verb = "ALTER"
	}
	kw := p.tok.kw
	switch kw {
	case kwView:
		p.needFirst(verb+" VIEW", first)
	case kwFunction:
		p.needFirst(verb+" FUNCTION", first)
	case kwTrigger:
		p.needFirst(verb+" TRIGGER", first)
	case kwProc, kwProcedure:
		p.needFirst("CREATE/ALTER PROCEDURE", first)
	default:
		return p.unknownObject(verb)
	}
	p.advance()
	switch kw {
	case kwView:
		return p.createView(n, mode)
	case kwFunction:
		return p.createFunction(n, mode)
	case kwTrigger:
		return p.createTrigger(n, mode)
	}
	return p.createProcedure(n, mode)
}

// moduleName reads the name of a module, which is of the database that the session is in.
func (p *parser) moduleName(statement string) ObjectName {
	n := p.objectName()
	if n.Database.Name != "" || n.Server.Name != "" {
		p.failAt(n.At.Line, 166, "'%s' does not allow specifying the database name as a prefix to the object name.", statement)
	}
	return n
}

// endOfBatch refuses what follows a module that ends by itself.
func (p *parser) endOfBatch() {
	for p.acceptSign(';') {
	}
	if p.tok.kind != kindEOF {
		p.unexpected()
	}
}
