package sqldb

import (
	"github.com/alcedo-cloud/alcedo/internal/caller"
	"github.com/alcedo-cloud/alcedo/internal/rbac"
)

// What the record of decisions calls a login and a statement: Azure has no action for either, since a database decides
// by its own users and permissions.
const (
	actionLogin     = "Microsoft.Sql/servers/databases/login"
	actionStatement = "Microsoft.Sql/servers/databases/execute"
)

// decided puts a decision on record, for explain: rule says in words what decided.
func (s *Service) decided(server *Server, database string, c *caller.Caller, action string, allowed bool, rule string) {
	if s.Recorder == nil || c == nil || server == nil {
		return
	}
	scope := rbac.NewScope(server.ResourceID + "/databases/" + database)
	s.Recorder.Record(*c, rbac.Request{Action: action, Data: true, Scope: scope, Now: s.now()}, rbac.Decision{Allowed: allowed, Rule: rule})
}

// refused records a permission that a statement lacked.
func (r *run) refused(permission, object string) {
	one := r.session
	c := one.who.entra
	if c == nil {
		return
	}
	server, ok, err := one.service.Server(r.ctx, one.serverName)
	if err != nil || !ok {
		return
	}
	one.service.decided(server, one.Database(), c, actionStatement, false,
		"the database's permissions: "+permission+" on "+object+" is not granted to "+one.who.name+", or is denied; GRANT "+permission+" ON "+object+" TO ["+one.who.name+"] would do")
}
