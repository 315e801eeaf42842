package sqldb

import (
	"bytes"
	"strings"

	"github.com/google/uuid"

	"github.com/alcedo-cloud/alcedo/internal/directory"
	"github.com/alcedo-cloud/alcedo/internal/sqldb/catalog"
	"github.com/alcedo-cloud/alcedo/internal/sqldb/txn"
	"github.com/alcedo-cloud/alcedo/internal/sqldb/value"
	"github.com/alcedo-cloud/alcedo/internal/tsql"
)

// securityStatement runs the statements about principals and permissions; ok is false for any other.
func (r *run) securityStatement(st tsql.Statement) (ok bool, err error) {
	switch s := st.(type) {
	case *tsql.CreateUser:
		err = r.createUser(s)
	case *tsql.AlterUser:
		err = r.alterUser(s)
	case *tsql.CreateRole:
		err = r.createRole(s)
	case *tsql.AlterRole:
		err = r.alterRole(s)
	case *tsql.CreateLogin:
		err = r.createLogin(s)
	case *tsql.AlterLogin:
		err = r.alterLogin(s)
	case *tsql.Permission:
		err = r.grant(s)
	case *tsql.AlterAuthorization:
		err = r.alterAuthorization(s)
	case *tsql.ExecuteAs:
		err = r.executeAs(s)
	case *tsql.Revert:
		err = r.revert(s)
	case *tsql.Drop:
		switch s.Kind {
		case tsql.UserObject, tsql.RoleObject:
			err = r.dropPrincipals(s)
		case tsql.LoginObject:
			err = r.dropLogins(s)
		default:
			return false, nil
		}
	default:
		return false, nil
	}
	return true, err
}

func option(options []tsql.Option, name string) *tsql.Option {
	for i := range options {
		if options[i].Name == name {
			return &options[i]
		}
	}
	return nil
}

// optionText is an option's value: a word, or a literal string.
func (r *run) optionText(o *tsql.Option) (string, error) {
	if o.Value == nil {
		return o.Word, nil
	}
	v, t, err := r.evaluate(o.Value)
	if err != nil {
		return "", err
	}
	if v, err = value.Convert(v, t, value.Type{ID: value.NVarChar, Length: value.Max}, value.NoStyle); err != nil {
		return "", err
	}
	return v.Text(), nil
}

// createUser is CREATE USER in its forms.
func (r *run) createUser(s *tsql.CreateUser) error {
	if err := r.mustBe("ALTER ANY USER"); err != nil {
		return err
	}
	now := r.session.service.now()
	p := &catalog.Principal{Name: s.Name.Name, Type: catalog.SQLUser, DefaultSchema: "dbo", Created: now, Modified: now}
	if o := option(s.Options, "DEFAULT_SCHEMA"); o != nil {
		schema, err := r.optionText(o)
		if err != nil {
			return err
		}
		p.DefaultSchema = schema
	}
	if err := r.authenticateAs(p, s); err != nil {
		return err
	}
	return r.change(func(e *catalog.Edit, _ *txn.Tx) error {
		d := e.Database()
		if _, taken := d.Principal(p.Name); taken {
			return value.Errorf(15023, 16, 1, "User, group, or role '%s' already exists in the current database.", p.Name)
		}
		for _, other := range d.Principals() {
			if len(p.SID) > 1 && bytes.Equal(other.SID, p.SID) {
				return value.Errorf(15063, 16, 1, "The login already has an account under a different user name.")
			}
		}
		p.ID = e.NextPrincipal()
		e.PutPrincipal(p)
		e.PutPermission(&catalog.Permission{Class: catalog.ClassDatabase, Grantee: p.ID, Grantor: catalog.DBOID, Name: "CONNECT", State: catalog.Granted})
		return nil
	})
}

// authenticateAs settles how a new user proves who it is.
func (r *run) authenticateAs(p *catalog.Principal, s *tsql.CreateUser) error {
	if sid := option(s.Options, "SID"); sid != nil && option(s.Options, "TYPE") != nil {
		return r.givenSID(p, sid, option(s.Options, "TYPE"))
	}
	switch s.Form {
	case tsql.UserExternal:
		return r.external(p, option(s.Options, "OBJECT_ID"))
	case tsql.UserWithoutLogin:
		p.WithoutLogin = true
		return r.newSID(p)
	case tsql.UserOther:
		return value.Errorf(40510, 16, 1, "Statement 'CREATE USER FOR CERTIFICATE' is not supported in this version of SQL Server.")
	}
	if o := option(s.Options, "PASSWORD"); o != nil {
		return r.contained(p, o)
	}
	login := s.Login.Name
	if login == "" {
		login = s.Name.Name
	}
	l, err := r.loginNamed(login)
	if err != nil {
		return err
	}
	p.Login, p.SID, p.Type, p.ObjectID = l.Name, l.SID, l.Type, l.ObjectID
	return nil
}

// loginNamed finds a login of the server's.
func (r *run) loginNamed(name string) (*catalog.Login, error) {
	home, err := r.session.service.use(r.ctx, r.session.serverName, master)
	if err != nil {
		return nil, err
	}
	if home != nil {
		if l, ok := home.current().Login(name); ok {
			return l, nil
		}
	}
	return nil, value.Errorf(15007, 16, 1, "'%s' is not a valid login or you do not have permission.", name)
}

// contained is a user with a password of its own.
func (r *run) contained(p *catalog.Principal, o *tsql.Option) error {
	password, err := r.optionText(o)
	if err != nil {
		return err
	}
	if err := strong(password, p.Name); err != nil {
		return err
	}
	hash, err := r.session.service.Hash(password)
	if err != nil {
		return err
	}
	p.Password = string(hash)
	return r.newSID(p)
}

// strong holds Azure's password policy: eight characters of three of the four sorts, without the name.
func strong(password, name string) error {
	sorts := 0
	for _, set := range []string{"abcdefghijklmnopqrstuvwxyz", "ABCDEFGHIJKLMNOPQRSTUVWXYZ", "0123456789", " !\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~"} {
		if strings.ContainsAny(password, set) {
			sorts++
		}
	}
	if len([]rune(password)) < 8 {
		return value.Errorf(40632, 16, 1, "Password validation failed. The password does not meet policy requirements because it is too short.")
	}
	if len([]rune(password)) > 128 {
		return value.Errorf(40632, 16, 1, "Password validation failed. The password does not meet policy requirements because it is too long.")
	}
	if sorts < 3 || len(name) > 2 && strings.Contains(fold(password), fold(name)) {
		return value.Errorf(40632, 16, 1, "Password validation failed. The password does not meet policy requirements because it is not complex enough.")
	}
	return nil
}

func (r *run) newSID(p *catalog.Principal) error {
	id, err := uuid.NewRandomFromReader(r.session.service.Rand)
	if err != nil {
		return err
	}
	p.SID = append([]byte{1, 5, 0, 0, 0, 0, 0, 9, 3, 0, 0, 0}, id[:]...)
	return nil
}

// givenSID is WITH SID = 0x…, TYPE = E | X: nobody is looked up, as Terraform's providers want it.
func (r *run) givenSID(p *catalog.Principal, sid, kind *tsql.Option) error {
	v, t, err := r.evaluate(sid.Value)
	if err != nil {
		return err
	}
	if v, err = value.Convert(v, t, value.Type{ID: value.VarBinary, Length: 85}, value.NoStyle); err != nil {
		return err
	}
	word, err := r.optionText(kind)
	if err != nil {
		return err
	}
	switch strings.ToUpper(word) {
	case "E":
		p.Type = catalog.ExternalUser
	case "X":
		p.Type = catalog.ExternalGroup
	default:
		return value.Errorf(102, 15, 1, "Incorrect syntax near '%s'.", word)
	}
	p.SID = []byte(v.Text())
	if len(p.SID) != 16 {
		return value.Errorf(15433, 16, 1, "Supplied parameter sid is in use or is not valid.")
	}
	return nil
}

// external is FROM EXTERNAL PROVIDER: the name is looked up in the directory, and must be one principal's only.
func (r *run) external(p *catalog.Principal, objectID *tsql.Option) error {
	found, err := r.lookUp(p.Name, objectID)
	if err != nil {
		return err
	}
	p.ObjectID = found.ObjectID
	switch found.Type {
	case directory.TypeGroup:
		p.Type, p.SID = catalog.ExternalGroup, objectSID(found.ObjectID)
	case directory.TypeServicePrincipal:
		p.Type, p.SID = catalog.ExternalUser, objectSID(found.AppID)
	default:
		p.Type, p.SID = catalog.ExternalUser, objectSID(found.ObjectID)
	}
	return nil
}

func (r *run) lookUp(name string, objectID *tsql.Option) (directory.Principal, error) {
	s := r.session
	if s.original.entra == nil {
		return directory.Principal{}, value.Errorf(33159, 16, 1, "Principal '%s' could not be created. Only connections established with Active Directory accounts can create other Active Directory users.", name)
	}
	unresolved := value.Errorf(33130, 16, 1, "Principal '%s' could not be found or this principal type is not supported.", name)
	if objectID != nil {
		id, err := r.optionText(objectID)
		if err != nil {
			return directory.Principal{}, err
		}
		p, ok, err := s.service.Directory.Principal(r.ctx, strings.ToLower(id))
		if err != nil {
			return p, err
		}
		if !ok {
			return p, value.Errorf(33134, 16, 1, "Principal '%s' could not be resolved. Error message: 'The object id %s was not found in the directory.'", name, id)
		}
		return p, nil
	}
	all, err := s.service.Directory.PrincipalsByName(r.ctx, name)
	if err != nil {
		return directory.Principal{}, err
	}
	switch len(all) {
	case 0:
		return directory.Principal{}, unresolved
	case 1:
		return all[0], nil
	}
	return directory.Principal{}, value.Errorf(33131, 16, 1, "Principal '%s' has a duplicate display name. Make the display name unique in Azure Active Directory and execute this statement again.", name)
}

// alterUser is ALTER USER … WITH.
func (r *run) alterUser(s *tsql.AlterUser) error {
	return r.change(func(e *catalog.Edit, _ *txn.Tx) error {
		d := e.Database()
		old, ok := d.Principal(s.Name.Name)
		if !ok || old.Type == catalog.Role {
			return cannotAlter("user", s.Name.Name)
		}
		p := *old
		p.Modified = r.session.service.now()
		self := old.ID == r.session.who.user && option(s.Options, "PASSWORD") != nil && len(s.Options) == 1
		if !self && !r.mayAlterPrincipal(d, old) {
			return cannotAlter("user", s.Name.Name)
		}
		if old.ID <= catalog.SysID {
			return value.Errorf(15150, 16, 1, "Cannot alter the user '%s'.", old.Name)
		}
		for i := range s.Options {
			o := &s.Options[i]
			text, err := r.optionText(o)
			if err != nil {
				return err
			}
			switch o.Name {
			case "NAME":
				if _, taken := d.Principal(text); taken && fold(text) != fold(p.Name) {
					return value.Errorf(15023, 16, 1, "User, group, or role '%s' already exists in the current database.", text)
				}
				p.Name = text
			case "DEFAULT_SCHEMA":
				p.DefaultSchema = text
			case "PASSWORD":
				if err := r.changePassword(&p, o, text, self); err != nil {
					return err
				}
			case "LOGIN":
				l, err := r.loginNamed(text)
				if err != nil {
					return err
				}
				p.Login, p.SID = l.Name, l.SID
			}
		}
		e.PutPrincipal(&p)
		return nil
	})
}

func (r *run) changePassword(p *catalog.Principal, o *tsql.Option, password string, self bool) error {
	if p.Password == "" {
		return value.Errorf(33240, 16, 1, "User '%s' cannot be given a password: it is no contained user.", p.Name)
	}
	was := option(o.Options, "OLD_PASSWORD")
	if self || was != nil {
		text := ""
		if was != nil {
			var err error
			if text, err = r.optionText(was); err != nil {
				return err
			}
		}
		if !Hash(p.Password).Matches(text) {
			return value.Errorf(15151, 16, 1, "Cannot alter the user '%s', because it does not exist or you do not have permission.", p.Name)
		}
	}
	if err := strong(password, p.Name); err != nil {
		return err
	}
	hash, err := r.session.service.Hash(password)
	p.Password = string(hash)
	return err
}

func cannotAlter(what, name string) error {
	return value.Errorf(15151, 16, 1, "Cannot alter the %s '%s', because it does not exist or you do not have permission.", what, name)
}

func (r *run) mayAlterPrincipal(d *catalog.Database, p *catalog.Principal) bool {
	who := r.session.who
	if who.server {
		return true
	}
	return who.rights(d).has("ALTER", securable{class: catalog.ClassPrincipal, major: p.ID, owner: p.Owner})
}

// dropPrincipals is DROP USER and DROP ROLE. Sessions of the user end.
func (r *run) dropPrincipals(s *tsql.Drop) error {
	word := "user"
	if s.Kind == tsql.RoleObject {
		word = "role"
	}
	return r.change(func(e *catalog.Edit, tx *txn.Tx) error {
		for _, name := range s.Names {
			p, ok := e.Database().Principal(name.Name.Name)
			if !ok || (p.Type == catalog.Role) != (s.Kind == tsql.RoleObject) {
				if s.IfExists {
					continue
				}
				return value.Errorf(15151, 16, 1, "Cannot drop the %s '%s', because it does not exist or you do not have permission.", word, name.Name.Name)
			}
			if err := r.droppable(e.Database(), p, word); err != nil {
				return err
			}
			e.DropPrincipal(p.ID)
			db, id := r.session.db.id, p.ID
			service := r.session.service
			tx.AfterCommit(func() {
				service.endSessions(func(one *session) bool { return one.db.id == db && one.original.user == id && !one.original.server })
			})
		}
		return nil
	})
}

func (r *run) droppable(d *catalog.Database, p *catalog.Principal, word string) error {
	if p.ID <= catalog.SysID || p.Fixed {
		return value.Errorf(15150, 16, 1, "Cannot drop the %s '%s'.", word, p.Name)
	}
	if !r.mayAlterPrincipal(d, p) {
		return value.Errorf(15151, 16, 1, "Cannot drop the %s '%s', because it does not exist or you do not have permission.", word, p.Name)
	}
	for _, schema := range d.Schemas() {
		if schema.Owner == p.ID {
			return value.Errorf(15138, 16, 1, "The database principal owns a schema in the database, and cannot be dropped.")
		}
	}
	if p.Type == catalog.Role {
		for _, m := range d.Members() {
			if m.Role == p.ID {
				return value.Errorf(15144, 16, 1, "The role has members. It must be empty before it can be dropped.")
			}
		}
	}
	return nil
}
