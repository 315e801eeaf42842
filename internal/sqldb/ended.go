package sqldb

import "github.com/alcedo-cloud/alcedo/internal/tsql"

// ended says the end of a statement that has said none itself. As MS-TDS 2.2.7.6 has it, each statement has its DONE except
// declarations of variables; clients count their results by them. SET NOCOUNT ON leaves out those of statements without
// rows.
func (r *run) ended(s tsql.Statement) error {
	if r.session.settings.noCount {
		return nil
	}
	switch s := s.(type) {
	case *tsql.SelectStatement, *tsql.Insert, *tsql.Update, *tsql.Delete, *tsql.Merge, *tsql.Declare, *tsql.Execute, *tsql.InsertBulk:
		return nil
	case *tsql.FetchCursor:
		if len(s.Into) == 0 {
			return nil
		}
	}
	return r.out.done(Done{})
}

// endedCall says the end of a procedure that EXEC ran: with its status where a batch called it, as a statement's within
// another procedure.
func (r *run) endedCall(p *invocation) error {
	if r.out.inside > 0 {
		if r.session.settings.noCount {
			return nil
		}
		return r.out.done(Done{Command: commandExecute})
	}
	if err := r.out.status(p.status); err != nil {
		return err
	}
	return r.out.done(Done{Kind: DoneProcedure, Command: commandExecute})
}
