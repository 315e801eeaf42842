package sqldb

import (
	"errors"

	"github.com/alcedo-cloud/alcedo/internal/sqldb/catalog"
	"github.com/alcedo-cloud/alcedo/internal/sqldb/exec"
	"github.com/alcedo-cloud/alcedo/internal/sqldb/value"
	"github.com/alcedo-cloud/alcedo/internal/tsql"
)

// mostRebound is how often a statement is bound anew because the catalog changed beside it.
const mostRebound = 20

// statement runs one statement. An error that ends no more than the statement has been reported and is nil.
func (r *run) statement(s tsql.Statement) (control, error) {
	if err := r.ctx.Err(); err != nil {
		return control{}, err
	}
	if _, set := s.(*tsql.SetOption); r.session.settings.parseOnly && !set {
		return control{}, nil
	}
	c, ok, err := r.flow(s)
	if ok {
		return c, r.failedUnlessNil(s, err)
	}
	before := r.session.edit
	err = r.plain(s)
	for again := 0; errors.Is(err, exec.ErrStale) && again < mostRebound; again++ {
		r.session.edit = before // the catalog changed beside the statement: nothing of it has happened
		err = r.plain(s)
	}
	if err != nil {
		if r.session.tx != nil {
			r.session.edit = before
		}
		return control{}, r.failed(s, err)
	}
	r.session.lastError, r.session.affected = 0, rowsAfter(s, r.session.affected)
	return control{}, r.ended(s)
}

// rowsAfter is @@ROWCOUNT after a statement: an assignment counts as one row, what has no rows as none.
func rowsAfter(s tsql.Statement, counted int64) int64 {
	switch s := s.(type) {
	case *tsql.SelectStatement, *tsql.Insert, *tsql.Update, *tsql.Delete, *tsql.Merge, *tsql.Execute, *tsql.FetchCursor:
		return counted
	case *tsql.SetVariable:
		return 1
	case *tsql.Declare:
		for i := range s.Variables {
			if s.Variables[i].Value != nil {
				return 1
			}
		}
		return counted
	}
	return 0
}

func (r *run) failedUnlessNil(s tsql.Statement, err error) error {
	if err == nil {
		return nil
	}
	return r.failed(s, err)
}

// plain runs a statement that does not steer.
func (r *run) plain(s tsql.Statement) error {
	if ok, err := r.transactionStatement(s); ok {
		return err
	}
	if ok, err := r.settingStatement(s); ok {
		return err
	}
	r.now, r.running = ticksOf(r.session.service.now()), s
	switch s := s.(type) {
	case *tsql.SelectStatement:
		if into := intoOf(s.Query); into != nil {
			return r.selectInto(s, into)
		}
		return r.query(s)
	case *tsql.Insert:
		if err := r.implicitly(); err != nil {
			return err
		}
		if s.Execute != nil {
			return r.insertExecute(s)
		}
		return r.query(s)
	case *tsql.Update, *tsql.Delete, *tsql.Merge:
		if err := r.implicitly(); err != nil {
			return err
		}
		if of := currentOf(s); of != nil {
			return r.changeCurrent(s, of)
		}
		return r.query(s)
	case *tsql.Declare:
		return r.declare(s)
	case *tsql.SetVariable:
		return r.setVariable(s)
	case *tsql.Print:
		return r.print(s)
	case *tsql.RaiseError:
		return r.raiseError(s)
	case *tsql.Throw:
		return r.throw(s)
	case *tsql.Execute:
		return r.execute(s)
	case *tsql.InsertBulk:
		return r.announceBulk(s)
	}
	if ok, err := r.cursorStatement(s); ok {
		return err
	}
	if ok, err := r.securityStatement(s); ok {
		return err
	}
	if ok, err := r.define(s); ok {
		return err
	}
	return notSupported(s)
}

// notSupported is what Azure says of a statement that it does not have.
func notSupported(s tsql.Statement) error {
	return value.Errorf(40510, 16, 1, "Statement '%s' is not supported in this version of SQL Server.", statementName(s))
}

// intoOf is the table that SELECT … INTO makes; a union has it in its first query.
func intoOf(q *tsql.Query) *tsql.ObjectName {
	body := q.Body
	for {
		switch b := body.(type) {
		case *tsql.Select:
			return b.Into
		case *tsql.SetOperation:
			body = b.Left
		default:
			return nil
		}
	}
}

// withoutInto is a query's rows alone.
func withoutInto(body tsql.QueryBody) tsql.QueryBody {
	switch b := body.(type) {
	case *tsql.Select:
		one := *b
		one.Into = nil
		return &one
	case *tsql.SetOperation:
		both := *b
		both.Left = withoutInto(b.Left)
		return &both
	}
	return body
}

// defaultSchema is where names without a schema are looked for first.
func (r *run) defaultSchema() int32 {
	if r.scope != nil && r.scope.module != nil {
		return r.scope.module.SchemaID
	}
	return r.session.userSchema()
}

// userSchema is the default schema of the user.
func (s *session) userSchema() int32 {
	d := s.view()
	if p, ok := d.PrincipalByID(s.who.user); ok && p.DefaultSchema != "" {
		if schema, ok := d.Schema(p.DefaultSchema); ok {
			return schema.ID
		}
	}
	return catalog.SchemaDBO
}
