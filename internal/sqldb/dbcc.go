package sqldb

import (
	"errors"
	"strings"

	"github.com/alcedo-cloud/alcedo/internal/sqldb/catalog"
	"github.com/alcedo-cloud/alcedo/internal/sqldb/value"
	"github.com/alcedo-cloud/alcedo/internal/tsql"
)

// errEnough ends a program whose consumer wants no more rows.
var errEnough = errors.New("sqldb: no more rows are wanted")

// dbcc is DBCC: CHECKIDENT looks at an identity and sets it anew; what checks or cleans storage finds nothing to do.
func (r *run) dbcc(s *tsql.DBCC) error {
	switch s.Command {
	case "CHECKIDENT":
		return r.checkIdentity(s)
	case "USEROPTIONS":
		return r.userOptions(s)
	case "CHECKDB", "CHECKTABLE", "CHECKALLOC", "CHECKCATALOG", "CHECKCONSTRAINTS", "FREEPROCCACHE", "DROPCLEANBUFFERS", "UPDATEUSAGE":
		if err := r.mustBe("ALTER"); err != nil {
			return err
		}
		return r.dbccDone(s)
	}
	return value.Errorf(40518, 16, 1, "DBCC command '%s' is not supported in this version of SQL Server.", s.Command)
}

// dbccDone says that the command has ended, unless WITH NO_INFOMSGS asks for silence.
func (r *run) dbccDone(s *tsql.DBCC) error {
	for _, o := range s.Options {
		if o.Name == "NO_INFOMSGS" {
			return nil
		}
	}
	return r.out.message(value.Errorf(2528, 0, 1, "DBCC execution completed. If DBCC printed error messages, contact your system administrator."))
}

// checkIdentity is DBCC CHECKIDENT (table [, NORESEED | RESEED [, n]]).
func (r *run) checkIdentity(s *tsql.DBCC) error {
	if len(s.Args) == 0 {
		return value.Errorf(2583, 16, 3, "An incorrect number of parameters was given to the DBCC statement.")
	}
	text, err := r.dbccWord(s.Args[0])
	if err != nil {
		return err
	}
	o, ok := r.named(text)
	t, is := o.(*catalog.Table)
	if !ok || !is {
		return value.Errorf(2501, 16, 45, "Cannot find a table or object with the name \"%s\". Check the system catalog.", text)
	}
	if err := r.mustAlter(t); err != nil && !t.Temporary {
		return err
	}
	if t.IdentityColumn() < 0 {
		return value.Errorf(7997, 16, 1, "'%s' does not contain an identity column.", text)
	}
	engine, c := r.session.service.engine, r.identityCounter(t)
	last, used, err := engine.Last(r.ctx, c)
	if err != nil {
		return err
	}
	shown := "NULL"
	if used {
		shown = itoa64(last)
	}
	if len(s.Args) < 3 {
		if err := r.out.message(value.Errorf(7998, 0, 1, "Checking identity information: current identity value '%s', current column value '%s'.", shown, shown)); err != nil {
			return err
		}
		return r.dbccDone(s)
	}
	n, err := r.integer(s.Args[2])
	if err != nil {
		return err
	}
	if err := engine.Reseed(r.ctx, c, n, used); err != nil {
		return err
	}
	if err := r.out.message(value.Errorf(7998, 0, 1, "Checking identity information: current identity value '%s'.", shown)); err != nil {
		return err
	}
	return r.dbccDone(s)
}

// dbccWord is an argument that is a bare name or a string.
func (r *run) dbccWord(x tsql.Expr) (string, error) {
	if c, ok := x.(*tsql.Column); ok {
		return strings.TrimSpace(r.scope.batch.Slice(c.Span())), nil
	}
	v, t, err := r.evaluate(x)
	if err != nil {
		return "", err
	}
	v, err = value.Convert(v, t, value.Type{ID: value.NVarChar, Length: value.Max}, value.NoStyle)
	return v.Text(), err
}
