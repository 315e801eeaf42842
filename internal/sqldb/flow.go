package sqldb

import (
	"time"

	"github.com/alcedo-cloud/alcedo/internal/sqldb/value"
	"github.com/alcedo-cloud/alcedo/internal/tsql"
)

// control says how the statements after one go on.
type control struct {
	kind  controlKind
	label string
}

type controlKind uint8

const (
	goOn controlKind = iota
	breakOut
	continueLoop
	returnBack
	jump
)

// list runs statements one after another. A GOTO finds its label in this list or in one around it.
func (r *run) list(statements []tsql.Statement) (control, error) {
	for i := 0; i < len(statements); i++ {
		c, err := r.statement(statements[i])
		if err != nil {
			return control{}, err
		}
		if c.kind == jump {
			if at := labelled(statements, c.label); at >= 0 {
				i = at
				continue
			}
		}
		if c.kind != goOn {
			return c, nil
		}
	}
	return control{}, nil
}

func labelled(statements []tsql.Statement, label string) int {
	for i, s := range statements {
		if l, ok := s.(*tsql.Label); ok && fold(l.Name.Name) == fold(label) {
			return i
		}
	}
	return -1
}

// flow runs what steers: ok is false for any other statement.
func (r *run) flow(s tsql.Statement) (c control, ok bool, err error) {
	switch s := s.(type) {
	case *tsql.Block:
		c, err = r.list(s.Statements)
	case *tsql.If:
		c, err = r.branch(s)
	case *tsql.While:
		c, err = r.loop(s)
	case *tsql.TryCatch:
		c, err = r.tryCatch(s)
	case *tsql.Break:
		c.kind = breakOut
	case *tsql.Continue:
		c.kind = continueLoop
	case *tsql.Goto:
		c = control{jump, s.Label.Name}
	case *tsql.Label:
	case *tsql.Return:
		c, err = r.returnFrom(s)
	case *tsql.WaitFor:
		err = r.waitFor(s)
	default:
		return control{}, false, nil
	}
	return c, true, err
}

func (r *run) branch(s *tsql.If) (control, error) {
	yes, err := r.condition(s.Condition)
	if err != nil {
		return control{}, r.failed(s, err)
	}
	if err := r.ended(s); err != nil {
		return control{}, err
	}
	switch {
	case yes:
		return r.statement(s.Then)
	case s.Else != nil:
		return r.statement(s.Else)
	}
	return control{}, nil
}

func (r *run) loop(s *tsql.While) (control, error) {
	for {
		if err := r.ctx.Err(); err != nil {
			return control{}, err
		}
		yes, err := r.condition(s.Condition)
		if err != nil {
			return control{}, r.failed(s, err)
		}
		if err := r.ended(s); err != nil || !yes {
			return control{}, err
		}
		c, err := r.statement(s.Body)
		if err != nil {
			return control{}, err
		}
		switch c.kind {
		case breakOut:
			return control{}, nil
		case returnBack, jump:
			return c, nil
		}
	}
}

// condition evaluates a predicate; unknown is not true.
func (r *run) condition(x tsql.Expr) (bool, error) {
	v, _, err := r.evaluate(x)
	if err != nil {
		return false, err
	}
	r.session.affected, r.session.lastError = 0, 0
	return !v.IsNull() && v.Bool(), nil
}

func (r *run) returnFrom(s *tsql.Return) (control, error) {
	if s.Value == nil {
		return control{kind: returnBack}, nil
	}
	want := value.Type{ID: value.Int}
	if r.scope.module != nil && r.scope.module.Returns.ID != value.Void {
		want = r.scope.module.Returns
	} else if r.scope.module == nil {
		return control{}, r.failed(s, value.Errorf(178, 15, 1, "A RETURN statement with a return value cannot be used in this context."))
	}
	v, t, err := r.evaluate(s.Value)
	if err == nil {
		v, err = value.Convert(v, t, want, value.NoStyle)
	}
	if err != nil {
		return control{}, r.failed(s, err)
	}
	r.scope.result = v
	if !v.IsNull() && want.ID == value.Int {
		r.scope.status = int32(v.Int64())
	}
	return control{kind: returnBack}, nil
}

// tryCatch runs the first list, and where it failed the second. What ends a session or a batch for good is not caught.
func (r *run) tryCatch(s *tsql.TryCatch) (control, error) {
	depth := len(r.scope.caught)
	r.trying++
	c, err := r.list(s.Try)
	r.trying--
	if err == nil {
		return c, nil
	}
	caught, ok := r.catchable(err)
	if !ok || r.ctx.Err() != nil {
		return control{}, err
	}
	if r.session.inTransaction() && (r.session.settings.xactAbort || caught.doom) {
		r.session.doomed = true
	}
	r.scope.caught = append(r.scope.caught, caught.message)
	c, err = r.list(s.Catch)
	r.scope.caught = r.scope.caught[:depth]
	r.session.lastError = 0
	return c, err
}

// waitFor sleeps as WAITFOR DELAY and TIME say.
func (r *run) waitFor(s *tsql.WaitFor) error {
	v, t, err := r.evaluate(s.Value)
	if err != nil {
		return r.failed(s, err)
	}
	text := v.Text()
	if v, err = value.Convert(v, t, value.Type{ID: value.DateTime}, value.NoStyle); err != nil {
		return r.failed(s, value.Errorf(148, 15, 1, "Incorrect time syntax in time string '%s' used with WAITFOR.", text))
	}
	const day = 24 * time.Hour
	delay := time.Duration(v.Ticks()%value.TicksPerDay) * 100
	if s.Time {
		now := r.session.service.now()
		since := now.Sub(now.Truncate(day))
		delay = (delay - since + day) % day
	}
	timer := time.NewTimer(delay)
	defer timer.Stop()
	select {
	case <-r.ctx.Done():
		return r.ctx.Err()
	case <-timer.C:
		return r.ended(s)
	}
}
