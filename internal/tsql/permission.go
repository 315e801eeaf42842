package tsql

// permission reads GRANT, DENY and REVOKE.
func (p *parser) permission() Statement {
	s := &Permission{Node: p.node()}
	switch p.tok.kw {
	case kwDeny:
		s.Verb = Deny
	case kwRevoke:
		s.Verb = Revoke
	}
	p.advance()
	if s.Verb == Revoke && p.acceptWords("GRANT", "OPTION", "FOR") {
		s.GrantOptionFor = true
	}
	for {
		s.Permissions = append(s.Permissions, p.permissionItem())
		if !p.acceptSign(',') {
			break
		}
	}
	if p.accept(kwOn) {
		sec := p.securable()
		s.On = &sec
	}
	if s.Verb != Revoke || !p.accept(kwFrom) {
		p.expect(kwTo)
	}
	for {
		s.Principals = append(s.Principals, p.principal())
		if !p.acceptSign(',') {
			break
		}
	}
	if s.Verb == Grant && p.is(kwWith) && p.peek().kw == kwGrant {
		p.advance()
		p.advance()
		p.expect(kwOption)
		s.GrantOption = true
	}
	if s.Verb != Grant && p.accept(kwCascade) {
		s.Cascade = true
	}
	if p.accept(kwAs) {
		s.As = p.principal()
	}
	p.done(&s.Node)
	return s
}

// permissionItem reads the words of one permission, and columns if it has them.
func (p *parser) permissionItem() PermissionItem {
	i := PermissionItem{Node: p.node()}
	for p.tok.kind == kindWord && !p.is(kwOn) && !p.is(kwTo) && !p.is(kwFrom) {
		if i.Name != "" {
			i.Name += " "
		}
		i.Name += upper(p.tok.text)
		p.advance()
	}
	if i.Name == "" {
		p.unexpected()
	}
	switch i.Name {
	case "ALL PRIVILEGES":
		i.Name = "ALL"
	case "EXEC":
		i.Name = "EXECUTE"
	}
	if p.isSign('(') {
		i.Columns = p.idents()
	}
	p.done(&i.Node)
	return i
}

// principal reads a user's or role's name; PUBLIC is one.
func (p *parser) principal() Ident {
	if p.is(kwPublic) {
		return p.takeIdent()
	}
	return p.ident()
}

// securable reads [class::]name [(columns)]. The class may have up to three words.
func (p *parser) securable() Securable {
	s := Securable{Node: p.node()}
	m := p.mark()
	class := ""
	for range 3 {
		if p.tok.kind != kindWord {
			break
		}
		if class != "" {
			class += " "
		}
		class += upper(p.tok.text)
		p.advance()
		if p.acceptSign(kindScope) {
			s.Class = class
			break
		}
	}
	if s.Class == "" {
		p.reset(m)
	}
	s.Name = p.objectName()
	if p.isSign('(') {
		s.Columns = p.idents()
	}
	p.done(&s.Node)
	return s
}

// alterAuthorization reads ALTER AUTHORIZATION ON securable TO principal | SCHEMA OWNER.
func (p *parser) alterAuthorization(n Node) Statement {
	s := &AlterAuthorization{Node: n}
	p.advance()
	p.expect(kwOn)
	s.On = p.securable()
	p.expect(kwTo)
	if p.accept(kwSchema) {
		p.expectWord("OWNER")
		s.SchemaOwner = true
	} else {
		s.To = p.principal()
	}
	p.done(&s.Node)
	return s
}
