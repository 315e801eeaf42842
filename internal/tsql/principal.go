package tsql

// createUser reads CREATE USER.
func (p *parser) createUser(n Node) Statement {
	s := &CreateUser{Node: n}
	p.advance()
	s.Name = p.ident()
	switch {
	case p.acceptWord("WITHOUT"):
		p.expectWord("LOGIN")
		s.Form = UserWithoutLogin
	case p.accept(kwFrom), p.accept(kwFor):
		switch {
		case p.acceptWord("LOGIN"):
			s.Form = UserForLogin
			s.Login = p.ident()
		case p.acceptWord("CERTIFICATE"):
			s.Form = UserOther
			s.Login = p.ident()
		case p.acceptWord("ASYMMETRIC"):
			p.expect(kwKey)
			s.Form = UserOther
			s.Login = p.ident()
		default:
			p.externalProvider()
			s.Form = UserExternal
		}
	}
	if p.accept(kwWith) {
		s.Options = p.passwordOptions()
	}
	p.done(&s.Node)
	return s
}

// externalProvider reads EXTERNAL PROVIDER, which is Microsoft Entra ID.
func (p *parser) externalProvider() {
	p.expect(kwExternal)
	p.expectWord("PROVIDER")
}

// passwordOptions reads NAME = value, …. A password may have words behind it: HASHED, MUST_CHANGE, UNLOCK,
// OLD_PASSWORD = '…'; they stand below it.
func (p *parser) passwordOptions() []Option {
	var list []Option
	for {
		o := Option{Node: p.node()}
		if p.tok.kind != kindWord {
			p.unexpected()
			return list
		}
		o.Name = upper(p.tok.text)
		p.advance()
		p.expectSign('=')
		p.optionValue(&o)
		for o.Name == "PASSWORD" && (p.isWord("HASHED") || p.isWord("MUST_CHANGE") || p.isWord("UNLOCK") || p.isWord("OLD_PASSWORD")) {
			below := Option{Node: p.node(), Name: upper(p.tok.text)}
			p.advance()
			if below.Name == "OLD_PASSWORD" {
				p.expectSign('=')
				p.optionValue(&below)
			}
			p.done(&below.Node)
			o.Options = append(o.Options, below)
		}
		p.done(&o.Node)
		list = append(list, o)
		if !p.acceptSign(',') {
			return list
		}
	}
}

// alterUser reads ALTER USER name WITH options, or FROM EXTERNAL PROVIDER.
func (p *parser) alterUser(n Node) Statement {
	s := &AlterUser{Node: n}
	p.advance()
	s.Name = p.ident()
	if p.accept(kwFrom) {
		p.externalProvider()
		s.External = true
	} else {
		p.expect(kwWith)
		s.Options = p.passwordOptions()
	}
	p.done(&s.Node)
	return s
}

// createLogin reads CREATE LOGIN.
func (p *parser) createLogin(n Node) Statement {
	s := &CreateLogin{Node: n}
	p.advance()
	s.Name = p.ident()
	if p.accept(kwFrom) {
		switch {
		case p.acceptWord("WINDOWS"):
			s.Source = "WINDOWS"
		case p.acceptWord("CERTIFICATE"):
			s.Source = "CERTIFICATE"
			p.ident()
			p.notSupported("CREATE LOGIN FROM CERTIFICATE")
		case p.acceptWord("ASYMMETRIC"):
			s.Source = "ASYMMETRIC KEY"
			p.notSupported("CREATE LOGIN FROM ASYMMETRIC KEY")
		default:
			p.externalProvider()
			s.Source = "EXTERNAL PROVIDER"
		}
		if p.accept(kwWith) {
			s.Options = p.passwordOptions()
		}
	} else {
		p.expect(kwWith)
		s.Options = p.passwordOptions()
	}
	p.done(&s.Node)
	return s
}

// alterLogin reads ALTER LOGIN name ENABLE | DISABLE | WITH options.
func (p *parser) alterLogin(n Node) Statement {
	s := &AlterLogin{Node: n}
	p.advance()
	s.Name = p.ident()
	switch {
	case p.acceptWord("ENABLE"):
		s.Enable = Yes
	case p.acceptWord("DISABLE"):
		s.Enable = No
	case p.is(kwAdd), p.is(kwDrop):
		p.notSupported("ALTER LOGIN " + upper(p.tok.text) + " CREDENTIAL")
	default:
		p.expect(kwWith)
		s.Options = p.passwordOptions()
	}
	p.done(&s.Node)
	return s
}

// createRole reads CREATE [SERVER] ROLE name [AUTHORIZATION owner].
func (p *parser) createRole(n Node) Statement {
	s := &CreateRole{Node: n, Server: p.acceptWord("SERVER")}
	p.advance()
	s.Name = p.ident()
	if p.accept(kwAuthorization) {
		s.Owner = p.principal()
	}
	p.done(&s.Node)
	return s
}

// alterRole reads ALTER [SERVER] ROLE name ADD MEMBER | DROP MEMBER | WITH NAME =.
func (p *parser) alterRole(n Node) Statement {
	s := &AlterRole{Node: n, Server: p.acceptWord("SERVER")}
	p.advance()
	s.Name = p.principal()
	switch {
	case p.accept(kwAdd):
		p.expectWord("MEMBER")
		s.Add = p.ident()
	case p.accept(kwDrop):
		p.expectWord("MEMBER")
		s.Drop = p.ident()
	default:
		p.expect(kwWith)
		p.expectWord("NAME")
		p.expectSign('=')
		s.Rename = p.ident()
	}
	p.done(&s.Node)
	return s
}
