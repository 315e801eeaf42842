package sqldb

import (
	"io"
	"strings"

	"github.com/alcedo-cloud/alcedo/internal/sqldb/catalog"
	"github.com/alcedo-cloud/alcedo/internal/sqldb/txn"
	"github.com/alcedo-cloud/alcedo/internal/sqldb/value"
	"github.com/alcedo-cloud/alcedo/internal/tsql"
)

// createRole is CREATE ROLE.
func (r *run) createRole(s *tsql.CreateRole) error {
	if s.Server {
		return value.Errorf(40510, 16, 1, "Statement 'CREATE SERVER ROLE' is not supported in this version of SQL Server.")
	}
	if err := r.mustBe("CREATE ROLE"); err != nil {
		return err
	}
	return r.change(func(e *catalog.Edit, _ *txn.Tx) error {
		d := e.Database()
		if _, taken := d.Principal(s.Name.Name); taken {
			return value.Errorf(15023, 16, 1, "User, group, or role '%s' already exists in the current database.", s.Name.Name)
		}
		owner := r.session.who.user
		if s.Owner.Name != "" {
			p, ok := d.Principal(s.Owner.Name)
			if !ok || !r.mayMakeOwner(d, p) {
				return noPrincipal(s.Owner.Name)
			}
			owner = p.ID
		}
		now := r.session.service.now()
		p := &catalog.Principal{ID: e.NextPrincipal(), Name: s.Name.Name, Type: catalog.Role, Owner: owner, Created: now, Modified: now}
		return r.newRole(e, p)
	})
}

// mayMakeOwner reports whether the user may make a principal the owner of something: a user that it may act as, a role
// that it is in or may change.
func (r *run) mayMakeOwner(d *catalog.Database, p *catalog.Principal) bool {
	who := r.session.who
	if p.Type != catalog.Role {
		return who.mayActAs(d, p)
	}
	return who.server || who.rights(d).in[p.ID] || r.mayAddTo(d, p)
}

func (r *run) newRole(e *catalog.Edit, p *catalog.Principal) error {
	if err := r.newSID(p); err != nil {
		return err
	}
	e.PutPrincipal(p)
	return nil
}

func noPrincipal(name string) error {
	return value.Errorf(15151, 16, 1, "Cannot find the principal '%s', because it does not exist or you do not have permission.", name)
}

// alterRole is ALTER ROLE … ADD MEMBER, DROP MEMBER and WITH NAME.
func (r *run) alterRole(s *tsql.AlterRole) error {
	if s.Server {
		return r.alterServerRole(s)
	}
	switch {
	case s.Add.Name != "":
		return r.changeMember(s.Name.Name, s.Add.Name, true)
	case s.Drop.Name != "":
		return r.changeMember(s.Name.Name, s.Drop.Name, false)
	}
	return r.change(func(e *catalog.Edit, _ *txn.Tx) error {
		d := e.Database()
		old, ok := d.Principal(s.Name.Name)
		if !ok || old.Type != catalog.Role || old.Fixed || old.ID == catalog.PublicID || !r.mayAlterPrincipal(d, old) {
			return cannotAlter("role", s.Name.Name)
		}
		if _, taken := d.Principal(s.Rename.Name); taken {
			return value.Errorf(15023, 16, 1, "User, group, or role '%s' already exists in the current database.", s.Rename.Name)
		}
		p := *old
		p.Name = s.Rename.Name
		e.PutPrincipal(&p)
		return nil
	})
}

// changeMember puts a principal into a role or takes it out.
func (r *run) changeMember(role, member string, add bool) error {
	return r.change(func(e *catalog.Edit, _ *txn.Tx) error {
		d := e.Database()
		to, ok := d.Principal(role)
		if !ok || to.Type != catalog.Role || to.ID == catalog.PublicID || !r.mayAddTo(d, to) {
			return cannotAlter("role", role)
		}
		p, ok := d.Principal(member)
		if !ok {
			if add {
				return value.Errorf(15151, 16, 1, "Cannot add the principal '%s', because it does not exist or you do not have permission.", member)
			}
			return value.Errorf(15151, 16, 1, "Cannot drop the principal '%s', because it does not exist or you do not have permission.", member)
		}
		m := catalog.Member{Role: to.ID, Principal: p.ID}
		if !add {
			e.RemoveMember(m)
			return nil
		}
		if p.ID <= catalog.SysID || p.Fixed {
			return value.Errorf(15405, 11, 1, "Cannot use the special principal '%s'.", p.Name)
		}
		if d.Roles(to.ID)[p.ID] {
			return value.Errorf(15413, 11, 1, "Cannot make a role a member of itself.")
		}
		e.AddMember(m)
		return nil
	})
}

// mayAddTo reports whether the user may change a role's members: fixed ones only db_owner may, but for those that
// db_securityadmin may not be raised by.
func (r *run) mayAddTo(d *catalog.Database, role *catalog.Principal) bool {
	who := r.session.who
	if who.server || who.user == catalog.DBOID {
		return true
	}
	have := who.rights(d)
	if role.Fixed {
		return have.in[catalog.DBOwner] || have.has("CONTROL", securable{class: catalog.ClassDatabase})
	}
	return have.has("ALTER", securable{class: catalog.ClassPrincipal, major: role.ID, owner: role.Owner})
}

// roleMember is sp_addrolemember and sp_droprolemember.
func (r *run) roleMember(name string, p *invocation) error {
	role, ok := p.text(0, "@rolename")
	if !ok {
		return missing(name, "@rolename")
	}
	member, ok := p.text(1, "@membername")
	if !ok {
		return missing(name, "@membername")
	}
	return r.changeMember(role, member, name == "sp_addrolemember")
}

// executeAs is EXECUTE AS USER, CALLER and LOGIN.
func (r *run) executeAs(s *tsql.ExecuteAs) error {
	if s.Kind == "CALLER" {
		return nil
	}
	name, err := r.optionText(&tsql.Option{Value: s.Name})
	if err != nil {
		return err
	}
	if (s.NoRevert || s.Cookie != "") && r.scope.depth > 0 {
		return value.Errorf(15590, 16, 1, "Can only use the 'No Revert' or 'Cookie' options with the 'EXECUTE AS' statement at the adhoc level.")
	}
	if s.Cookie == "" {
		err := r.actAs(s.Kind, name)
		if err == nil && s.NoRevert {
			r.session.acting[len(r.session.acting)-1].noRevert = true
		}
		return err
	}
	place, t, ok := r.scope.layout.find(s.Cookie)
	if !ok {
		return undeclared(s.Cookie)
	}
	cookie := make([]byte, 100)
	if _, err := io.ReadFull(r.session.service.Rand, cookie); err != nil {
		return err
	}
	v, err := convertTo(value.OfByteSlice(cookie), value.Type{ID: value.VarBinary, Length: 100}, t)
	if err != nil {
		return err
	}
	if err := r.actAs(s.Kind, name); err != nil {
		return err
	}
	r.scope.frame[place] = v
	r.session.acting[len(r.session.acting)-1].cookie = v.Text()
	return nil
}

// actAs has the session act as another user until REVERT.
func (r *run) actAs(kind, name string) error {
	s := r.session
	d := s.view()
	p, ok := d.Principal(name)
	refused := value.Errorf(15517, 16, 1, "Cannot execute as the database principal because the principal \"%s\" does not exist, this type of principal cannot be impersonated, or you do not have permission.", name)
	if kind == "LOGIN" {
		return value.Errorf(15406, 16, 1, "Cannot execute as the server principal because the principal \"%s\" does not exist, this type of principal cannot be impersonated, or you do not have permission.", name)
	}
	if !ok || p.Type == catalog.Role || p.Type == catalog.ExternalGroup || p.ID == catalog.InformationID || p.ID == catalog.SysID {
		return refused
	}
	if !s.who.mayActAs(d, p) {
		return refused
	}
	r.become(p)
	return nil
}

// mayActAs reports whether somebody may act as a user: itself, or one that it has IMPERSONATE on.
func (who *identity) mayActAs(d *catalog.Database, p *catalog.Principal) bool {
	if who.server || p.ID == who.user {
		return true
	}
	return who.rights(d).has("IMPERSONATE", securable{class: catalog.ClassPrincipal, major: p.ID})
}

// impersonation is one EXECUTE AS that is in force.
type impersonation struct {
	before   identity // who to go back to
	noRevert bool
	cookie   string // what REVERT must show; empty for nothing
}

func (r *run) become(p *catalog.Principal) {
	s := r.session
	s.acting = append(s.acting, impersonation{before: s.who})
	login := p.Name
	if p.Login != "" {
		login = p.Login
	}
	s.who = identity{user: p.ID, name: p.Name, login: login, sid: p.SID}
	clear(s.permitted)
}

// revertTo ends the impersonations above a depth, as leaving a module does.
func (s *session) revertTo(depth int) {
	if len(s.acting) > depth {
		s.who, s.acting = s.acting[depth].before, s.acting[:depth]
		clear(s.permitted)
	}
}

// revert is REVERT: it goes back one EXECUTE AS of the module or batch that it stands in, never of one around it.
func (r *run) revert(st *tsql.Revert) error {
	s := r.session
	n := len(s.acting)
	if n == r.scope.acting {
		return nil
	}
	cookie := ""
	if st.Cookie != "" {
		place, _, ok := r.scope.layout.find(st.Cookie)
		if !ok {
			return undeclared(st.Cookie)
		}
		cookie = r.scope.frame[place].Text()
	}
	if top := s.acting[n-1]; top.noRevert || top.cookie != cookie {
		return value.Errorf(15591, 16, 1, "The current security context cannot be reverted using this statement. A cookie may or may not be needed with 'REVERT' statement depending on how the context was set with 'EXECUTE AS' statement.")
	}
	s.revertTo(n - 1)
	return nil
}

// actAsModule is a module's WITH EXECUTE AS; whoever leaves the module reverts it.
func (r *run) actAsModule(m *catalog.Module) error {
	if m.ExecuteAs == "" {
		return nil
	}
	d := r.session.view()
	name := m.ExecuteAs
	if strings.EqualFold(name, "OWNER") {
		owner, ok := d.PrincipalByID(d.Owner(m))
		if !ok {
			return noPrincipal(name)
		}
		name = owner.Name
	}
	p, ok := d.Principal(name)
	if !ok || p.Type == catalog.Role || p.Type == catalog.ExternalGroup {
		return value.Errorf(15517, 16, 1, "Cannot execute as the database principal because the principal \"%s\" does not exist, this type of principal cannot be impersonated, or you do not have permission.", name)
	}
	r.become(p)
	return nil
}
