package sqldb

import (
	"context"
	"errors"
	"time"

	"github.com/alcedo-cloud/alcedo/internal/sqldb/value"
	"github.com/alcedo-cloud/alcedo/internal/tsql"
)

// run is one request being answered.
type run struct {
	ctx     context.Context
	session *session
	out     *answer
	scope   *scope
	trying  int // TRY blocks around the statement, in all scopes
	bottom  int // @@TRANCOUNT that what INSERT … EXEC runs may not go below
	fires   int // triggers among those: a RAISERROR goes past them
	now     int64
	running tsql.Statement // the plain statement that runs
}

// maxNesting is how deep procedures, triggers and dynamic batches may call one another.
const maxNesting = 32

// request wraps what all requests share: the session's end cancels it, a client that is gone is no error of the
// statement's, and a cancelled one is answered as such.
func (s *session) request(ctx context.Context, out Sink, fn func(r *run) error) error {
	ctx = s.begun(ctx)
	select {
	case <-s.ended: // by KILL, or because its user is no more
		return value.Errorf(596, 21, 1, "Cannot continue the execution because the session is in the kill state.")
	default:
	}
	if err := s.stillWelcome(ctx, out); err != nil {
		return err
	}
	begun := &struct { // in one piece
		run
		answer
		guarded
	}{guarded: guarded{out}}
	r := &begun.run
	begun.answer = answer{out: &begun.guarded, session: s}
	*r = run{ctx: ctx, session: s, out: &begun.answer}
	err := fn(r)
	if err != nil {
		var gone *sinkError
		if errors.As(err, &gone) {
			return gone.err
		}
	}
	if ctx.Err() != nil {
		return s.interrupted(r)
	}
	return err
}

// begun is the context of a request: the caller's, which the session's end cancels too. One serves all the requests that
// come with the same context.
func (s *session) begun(ctx context.Context) context.Context {
	if s.given == ctx && s.under.Err() == nil {
		return s.under
	}
	s.stopMu.Lock()
	defer s.stopMu.Unlock()
	if s.stop != nil {
		s.stop()
	}
	s.given = ctx
	s.under, s.stop = context.WithCancel(ctx)
	return s.under
}

// interrupted answers a request that was cancelled: its transaction stays, unless XACT_ABORT is on.
func (s *session) interrupted(r *run) error {
	r.out.held = false
	if s.settings.xactAbort || s.doomed {
		if err := s.abort(r.out); err != nil {
			return err
		}
	}
	return r.out.out.Done(Done{Failed: true, Attention: true, InTransaction: s.count > 0})
}

// stillWelcome ends the session of a principal that the directory no longer knows.
func (s *session) stillWelcome(ctx context.Context, out Sink) error {
	if s.original.entra == nil {
		return nil
	}
	active, err := s.service.Directory.Active(ctx, s.original.entra.ObjectID)
	if err != nil || active {
		return err
	}
	s.end()
	return value.Errorf(18456, 20, 1, "Login failed for user '%s'.", tokenIdentified)
}

// guarded marks a Sink's errors as the connection's.
type guarded struct{ Sink }

// Batch runs a batch.
func (s *session) Batch(ctx context.Context, text string, out Sink) error {
	return s.request(ctx, out, func(r *run) error {
		failed := false
		if err := r.batch(text); err != nil {
			var e *raised
			if !errors.As(err, &e) {
				return err
			}
			if !e.reported {
				if err := r.tell(e); err != nil {
					return err
				}
			}
			failed = true
		}
		if err := r.settle(); err != nil {
			return err
		}
		return r.out.finish(failed, s.count > 0)
	})
}

// tell reports an error that no CATCH has had.
func (r *run) tell(e *raised) error {
	err := r.report(e)
	var on *raised
	if errors.As(err, &on) {
		return nil
	}
	return err
}

// settle is what is due when a request ends: a transaction that cannot be committed is rolled back.
func (r *run) settle() error {
	s := r.session
	if !s.doomed {
		return nil
	}
	m := value.Errorf(3998, 16, 1, "Uncommittable transaction is detected at the end of the batch. The transaction is rolled back.")
	m.Line = 1
	if err := r.out.message(m); err != nil {
		return err
	}
	return s.abort(r.out)
}

// batch compiles a text and runs it in a scope of its own below the current one.
func (r *run) batch(text string) error {
	c, err := r.compileBatch(text, "")
	if err != nil {
		r.scope = &scope{parent: r.scope, trying: r.trying}
		err = r.failed(nil, err)
		r.scope = r.scope.parent
		return err
	}
	return r.enter(&scope{batch: c.batch, compiled: c, layout: c.layout}, func(*scope) error {
		_, err := r.list(c.batch.Statements)
		return err
	})
}

// enter runs fn in a scope, and cleans up after it. An error that ends the scope ends there, once it is reported.
func (r *run) enter(sc *scope, fn func(*scope) error) error {
	sc.parent, sc.trying, sc.acting = r.scope, r.trying, len(r.session.acting)
	if r.scope != nil {
		sc.depth = r.scope.depth + 1
	} else {
		sc.identity = r.session.scopeIdentity
	}
	if sc.depth > maxNesting {
		return r.failed(nil, value.Errorf(217, 16, 1, "Maximum stored procedure, function, trigger, or view nesting level exceeded (limit %d).", maxNesting))
	}
	if sc.layout != nil {
		sc.frame = make([]value.Value, len(sc.layout.types))
	}
	outer, before := r.scope, r.session.settings
	if outer == nil {
		sc.acting = 0 // what one batch has begun, another may end
	}
	r.scope = sc
	err := fn(sc)
	r.dropTemporary(sc)
	for _, c := range sc.cursors {
		c.release(r.session)
	}
	r.scope = outer
	if outer != nil {
		r.session.revertTo(sc.acting)
		r.restore(before)
	}
	var e *raised
	if errors.As(err, &e) && e.reach == endsScope && outer != nil {
		if e.reported {
			return nil
		}
		e.reach, e.scope = endsStatement, outer // for the TRY around the call
		return e
	}
	return err
}

// compileBatch parses a text and finds its variables, or gives what was found before.
func (r *run) compileBatch(text, declaration string) (*compiled, error) {
	s := r.session
	key := planKey{text: text, parameters: declaration, quotedIdentifier: s.settings.quotedIdentifier, schema: r.defaultSchema(), identityInsert: s.settings.identityInsert}
	if c := s.db.plans.get(key); c != nil {
		return c, nil
	}
	b, err := tsql.Parse(text, tsql.Options{QuotedIdentifier: s.settings.quotedIdentifier})
	if err != nil {
		return nil, err
	}
	l := newLayout()
	if declaration != "" {
		if err := r.declareParameters(l, declaration); err != nil {
			return nil, err
		}
	}
	if err := r.declareAll(l, b.Statements); err != nil {
		return nil, err
	}
	c := newCompiled(key, b, l)
	s.db.plans.put(c)
	return c, nil
}

// clockTicks is the time as values have it, taken once a statement.
func ticksOf(t time.Time) int64 {
	const unixTicks = 621355968000000000 // of 1970-01-01
	return unixTicks + t.UnixNano()/100
}
