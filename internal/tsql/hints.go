package tsql

import "strings"

// tableHints are the words that a table hint may be.
var tableHints = map[string]bool{
	"NOLOCK": true, "READUNCOMMITTED": true, "UPDLOCK": true, "XLOCK": true, "HOLDLOCK": true, "SERIALIZABLE": true,
	"READCOMMITTED": true, "READCOMMITTEDLOCK": true, "REPEATABLEREAD": true, "ROWLOCK": true, "PAGLOCK": true,
	"TABLOCK": true, "TABLOCKX": true, "READPAST": true, "NOWAIT": true, "NOEXPAND": true, "INDEX": true,
	"FORCESEEK": true, "FORCESCAN": true, "KEEPIDENTITY": true, "KEEPDEFAULTS": true, "IGNORE_CONSTRAINTS": true,
	"IGNORE_TRIGGERS": true, "SNAPSHOT": true, "FASTFIRSTROW": true, "SPATIAL_WINDOW_MAX_CELLS": true,
}

// isTableHint reports whether a token is one of the hints that may stand without WITH.
func (t *token) isTableHint() bool {
	return t.kind == kindWord && tableHints[strings.ToUpper(t.text)]
}

// withHints reads WITH (hint, …). The commas may be left out.
func (p *parser) withHints() []Option {
	if !p.is(kwWith) {
		return nil
	}
	if next := p.peek(); next.kind != '(' {
		if next.isName() {
			p.advance()
			p.fail(336, "Incorrect syntax near '%s'. If this is intended to be a common table expression, you need to explicitly "+
				"terminate the previous statement with a semi-colon.", p.tok.text)
		}
		return nil
	}
	p.advance()
	return p.hintList()
}

func (p *parser) hintList() []Option {
	p.expectSign('(')
	var list []Option
	for {
		list = append(list, p.tableHint())
		if !p.acceptSign(',') && (p.isSign(')') || p.tok.kind == kindEOF) {
			break
		}
	}
	p.expectSign(')')
	return list
}

func (p *parser) tableHint() Option {
	o := Option{Node: p.node()}
	if p.tok.kind != kindWord {
		p.unexpected()
		return o
	}
	o.Name = strings.ToUpper(p.tok.text)
	if !tableHints[o.Name] {
		p.fail(321, `"%s" is not a recognized table hints option. If it is intended as a parameter to a table-valued function or to the `+
			"CHANGETABLE function, ensure that your database compatibility mode is set to 90.", p.tok.text)
	}
	p.advance()
	switch o.Name {
	case "INDEX":
		if p.acceptSign('=') && !p.isSign('(') {
			o.Options = []Option{p.indexName()}
			break
		}
		o.Options = p.indexNames()
	case "FORCESEEK":
		if p.acceptSign('(') {
			i := p.indexName()
			i.Options = p.indexNames()
			o.Options = []Option{i}
			p.expectSign(')')
		}
	case "SPATIAL_WINDOW_MAX_CELLS":
		p.expectSign('=')
		o.Value = p.value()
	}
	p.done(&o.Node)
	return o
}

// indexName reads the name or the number of an index.
func (p *parser) indexName() Option {
	o := Option{Node: p.node()}
	if p.isSign(kindInteger) {
		o.Value = p.literal(IntegerLiteral)
	} else {
		o.Word = p.ident().Name
	}
	p.done(&o.Node)
	return o
}

func (p *parser) indexNames() []Option {
	p.expectSign('(')
	var list []Option
	for {
		list = append(list, p.indexName())
		if !p.acceptSign(',') {
			break
		}
	}
	p.expectSign(')')
	return list
}

// queryHints reads OPTION (hint, …).
func (p *parser) queryHints() []Option {
	p.advance()
	p.expectSign('(')
	var list []Option
	for {
		list = append(list, p.queryHint())
		if !p.acceptSign(',') {
			break
		}
	}
	p.expectSign(')')
	return list
}

// queryHintNames are the hints of OPTION; those with a number have true.
var queryHintNames = map[string]bool{
	"RECOMPILE": false, "HASH GROUP": false, "ORDER GROUP": false, "CONCAT UNION": false, "HASH UNION": false, "MERGE UNION": false,
	"LOOP JOIN": false, "MERGE JOIN": false, "HASH JOIN": false, "FORCE ORDER": false, "EXPAND VIEWS": false, "KEEP PLAN": false,
	"KEEPFIXED PLAN": false, "ROBUST PLAN": false, "OPTIMIZE FOR UNKNOWN": false, "PARAMETERIZATION SIMPLE": false,
	"PARAMETERIZATION FORCED": false, "IGNORE_NONCLUSTERED_COLUMNSTORE_INDEX": false, "DISABLE EXTERNALPUSHDOWN": false,
	"FORCE EXTERNALPUSHDOWN": false, "NO_PERFORMANCE_SPOOL": false, "FAST": true, "MAXDOP": true, "MAXRECURSION": true,
	"QUERYTRACEON": true, "MAX_GRANT_PERCENT": true, "MIN_GRANT_PERCENT": true, "LABEL": true,
}

// queryHint reads one hint of OPTION.
func (p *parser) queryHint() Option {
	o := Option{Node: p.node()}
	switch {
	case p.is(kwUse) && p.nextWord("HINT"), p.is(kwUse) && p.peek().kw == kwPlan, p.is(kwTable) && p.nextWord("HINT"):
		p.usedHint(&o)
		return o
	case p.isWord("OPTIMIZE") && p.peek().kw == kwFor:
		p.optimizeFor(&o)
		return o
	}
	for p.tok.kind == kindWord {
		if o.Name != "" {
			o.Name += " "
		}
		o.Name += strings.ToUpper(p.tok.text)
		line := p.tok.line
		p.advance()
		number, known := queryHintNames[o.Name]
		if !known {
			continue
		}
		if number {
			p.acceptSign('=')
			o.Value = p.unsigned(line, o.Name)
		}
		p.done(&o.Node)
		return o
	}
	p.unexpected()
	return o
}

// unsigned reads the number of a hint.
func (p *parser) unsigned(line int32, name string) Expr {
	switch p.tok.kind {
	case kindInteger, kindDecimal, kindString, kindNString:
		return p.primary()
	}
	p.failAt(line, 102, "Incorrect syntax near '%s'.", name)
	return p.bad()
}

// usedHint reads USE HINT ('…', …), USE PLAN '…' and TABLE HINT (name, hint, …).
func (p *parser) usedHint(o *Option) {
	o.Name = strings.ToUpper(p.tok.text + " " + p.peek().text)
	p.advance()
	p.advance()
	if o.Name == "USE PLAN" {
		o.Value = p.value()
		p.done(&o.Node)
		return
	}
	p.expectSign('(')
	if o.Name == "TABLE HINT" {
		n := p.objectName()
		o.Object = &n
		for p.acceptSign(',') {
			o.Options = append(o.Options, p.tableHint())
		}
	} else {
		for {
			h := Option{Node: p.node(), Name: "HINT", Word: p.stringText()}
			p.done(&h.Node)
			o.Options = append(o.Options, h)
			if !p.acceptSign(',') {
				break
			}
		}
	}
	p.expectSign(')')
	p.done(&o.Node)
}

// optimizeFor reads OPTIMIZE FOR UNKNOWN and OPTIMIZE FOR (@v = value, @w UNKNOWN).
func (p *parser) optimizeFor(o *Option) {
	o.Name = "OPTIMIZE FOR"
	p.advance()
	p.advance()
	if p.acceptWord("UNKNOWN") {
		o.Name = "OPTIMIZE FOR UNKNOWN"
		p.done(&o.Node)
		return
	}
	p.expectSign('(')
	for {
		v := Option{Node: p.node(), Name: p.variableName()}
		if p.acceptSign('=') {
			v.Value = p.value()
		} else {
			p.expectWord("UNKNOWN")
		}
		p.done(&v.Node)
		o.Options = append(o.Options, v)
		if !p.acceptSign(',') {
			break
		}
	}
	p.expectSign(')')
	p.done(&o.Node)
}

// variableName reads @name.
func (p *parser) variableName() string {
	if !p.isSign(kindVariable) {
		p.unexpected()
		return ""
	}
	p.advance()
	return p.last.text
}
