package sqldb

import (
	"bytes"
	"cmp"
	"slices"
	"strings"

	"github.com/google/uuid"

	"github.com/alcedo-cloud/alcedo/internal/directory"
	"github.com/alcedo-cloud/alcedo/internal/sqldb/catalog"
	"github.com/alcedo-cloud/alcedo/internal/sqldb/txn"
	"github.com/alcedo-cloud/alcedo/internal/sqldb/value"
	"github.com/alcedo-cloud/alcedo/internal/tsql"
)

// serverRoles are the server roles of Azure SQL Database.
func serverRoles() []string {
	return []string{
		"##MS_DatabaseConnector##", "##MS_DatabaseManager##", "##MS_DefinitionReader##", "##MS_LoginManager##",
		"##MS_SecurityDefinitionReader##", "##MS_ServerStateManager##", "##MS_ServerStateReader##",
	}
}

// inMaster refuses what only works in master, and what only server administrators and login managers may.
func (r *run) inMaster() error {
	s := r.session
	if !strings.EqualFold(s.Database(), master) {
		return value.Errorf(5001, 16, 2, "User must be in the master database.")
	}
	if s.who.server {
		return nil
	}
	if l := s.ownLogin(); l != nil && slices.Contains(l.Roles, "##MS_LoginManager##") {
		return nil
	}
	p, ok := s.view().Principal("loginmanager")
	if ok && s.who.rights(s.view()).in[p.ID] {
		return nil
	}
	return value.Errorf(15247, 16, 1, "User does not have permission to perform this action.")
}

// ownLogin is the login in master that the session acts as; nil for none. A name proves nothing: users may be called as
// logins are.
func (s *session) ownLogin() *catalog.Login {
	for _, l := range s.view().Logins() {
		if len(l.SID) > 1 && bytes.Equal(l.SID, s.who.sid) {
			return l
		}
	}
	return nil
}

func (r *run) createLogin(s *tsql.CreateLogin) error {
	if err := r.inMaster(); err != nil {
		return err
	}
	now := r.session.service.now()
	l := &catalog.Login{Name: s.Name.Name, Type: catalog.SQLUser, Database: master, Created: now, Modified: now}
	switch s.Source {
	case "":
		if err := r.passwordLogin(l, s); err != nil {
			return err
		}
	case "EXTERNAL PROVIDER":
		p, err := r.lookUp(s.Name.Name, option(s.Options, "OBJECT_ID"))
		if err != nil {
			return err
		}
		l.ObjectID, l.Type, l.SID = p.ObjectID, catalog.ExternalUser, objectSID(p.ObjectID)
		switch p.Type {
		case directory.TypeServicePrincipal:
			l.SID = objectSID(p.AppID)
		case directory.TypeGroup:
			l.Type = catalog.ExternalGroup
		}
	default:
		return value.Errorf(40510, 16, 1, "Statement 'CREATE LOGIN FROM %s' is not supported in this version of SQL Server.", s.Source)
	}
	return r.change(func(e *catalog.Edit, _ *txn.Tx) error {
		if _, taken := e.Database().Login(l.Name); taken {
			return value.Errorf(15025, 16, 1, "The server principal '%s' already exists.", l.Name)
		}
		e.PutLogin(l)
		return nil
	})
}

func (r *run) passwordLogin(l *catalog.Login, s *tsql.CreateLogin) error {
	o := option(s.Options, "PASSWORD")
	if o == nil {
		return value.Errorf(102, 15, 1, "Incorrect syntax near '%s'.", s.Name.Name)
	}
	password, err := r.optionText(o)
	if err != nil {
		return err
	}
	if err := strong(password, l.Name); err != nil {
		return err
	}
	hash, err := r.session.service.Hash(password)
	if err != nil {
		return err
	}
	l.Password = string(hash)
	if sid := option(s.Options, "SID"); sid != nil && sid.Value != nil {
		v, t, err := r.evaluate(sid.Value)
		if err != nil {
			return err
		}
		if v, err = value.Convert(v, t, value.Type{ID: value.VarBinary, Length: 85}, value.NoStyle); err != nil {
			return err
		}
		l.SID = []byte(v.Text())
		return nil
	}
	id, err := uuid.NewRandomFromReader(r.session.service.Rand)
	l.SID = append([]byte{1, 6, 0, 0, 0, 0, 0, 0x64}, id[:]...)
	return err
}

func (r *run) alterLogin(s *tsql.AlterLogin) error {
	own := r.session.ownLogin()
	self := own != nil && strings.EqualFold(s.Name.Name, own.Name) && option(s.Options, "PASSWORD") != nil && len(s.Options) == 1
	err := r.inMaster()
	if err != nil && !self {
		return err
	}
	manages := err == nil
	return r.change(func(e *catalog.Edit, _ *txn.Tx) error {
		old, ok := e.Database().Login(s.Name.Name)
		if !ok {
			return cannotAlter("login", s.Name.Name)
		}
		l := *old
		l.Modified = r.session.service.now()
		switch s.Enable {
		case tsql.Yes:
			l.Disabled = false
		case tsql.No:
			l.Disabled = true
		}
		for i := range s.Options {
			o := &s.Options[i]
			text, err := r.optionText(o)
			if err != nil {
				return err
			}
			switch o.Name {
			case "PASSWORD":
				if err := r.newPassword(&l, o, text, manages); err != nil {
					return err
				}
			case "NAME":
				if _, taken := e.Database().Login(text); taken {
					return value.Errorf(15025, 16, 1, "The server principal '%s' already exists.", text)
				}
				e.DropLogin(l.Name)
				l.Name = text
			case "DEFAULT_DATABASE":
				l.Database = text
			}
		}
		e.PutLogin(&l)
		return nil
	})
}

// newPassword gives a login another password. Who does not manage logins must know the old one.
func (r *run) newPassword(l *catalog.Login, o *tsql.Option, password string, manages bool) error {
	if was := option(o.Options, "OLD_PASSWORD"); was != nil || !manages {
		text := ""
		if was != nil {
			var err error
			if text, err = r.optionText(was); err != nil {
				return err
			}
		}
		if !Hash(l.Password).Matches(text) {
			return cannotAlter("login", l.Name)
		}
	}
	if err := strong(password, l.Name); err != nil {
		return err
	}
	hash, err := r.session.service.Hash(password)
	l.Password = string(hash)
	return err
}

func (r *run) dropLogins(s *tsql.Drop) error {
	if err := r.inMaster(); err != nil {
		return err
	}
	return r.change(func(e *catalog.Edit, _ *txn.Tx) error {
		for _, name := range s.Names {
			if _, ok := e.Database().Login(name.Name.Name); !ok {
				return value.Errorf(15151, 16, 1, "Cannot drop the login '%s', because it does not exist or you do not have permission.", name.Name.Name)
			}
			e.DropLogin(name.Name.Name)
		}
		return nil
	})
}

// alterServerRole is ALTER SERVER ROLE ##MS_…## ADD and DROP MEMBER.
func (r *run) alterServerRole(s *tsql.AlterRole) error {
	if err := r.inMaster(); err != nil || !r.session.who.server {
		return cmp.Or(err, cannotAlter("server role", s.Name.Name))
	}
	at := slices.IndexFunc(serverRoles(), func(name string) bool { return strings.EqualFold(name, s.Name.Name) })
	if at < 0 || s.Rename.Name != "" {
		return cannotAlter("server role", s.Name.Name)
	}
	role, member := serverRoles()[at], s.Add.Name+s.Drop.Name
	return r.change(func(e *catalog.Edit, _ *txn.Tx) error {
		old, ok := e.Database().Login(member)
		if !ok {
			return value.Errorf(15151, 16, 1, "Cannot add the server principal '%s', because it does not exist or you do not have permission.", member)
		}
		l := *old
		l.Roles = slices.DeleteFunc(slices.Clone(old.Roles), func(have string) bool { return have == role })
		if s.Add.Name != "" {
			l.Roles = append(l.Roles, role)
		}
		e.PutLogin(&l)
		return nil
	})
}
