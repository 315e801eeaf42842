package sqldb

import "github.com/alcedo-cloud/alcedo/internal/sqldb/value"

// preparedStatement is what a handle stands for.
type preparedStatement struct{ text, declaration string }

// maxPrepared is how many handles a session may hold.
const maxPrepared = 100_000

// prepareText parses a text, so that a faulty one is refused, and gives it a handle.
func (r *run) prepareText(text, declaration string) (int32, error) {
	s := r.session
	if len(s.prepared) >= maxPrepared {
		return 0, value.Errorf(701, 17, 123, "There is insufficient system memory in resource pool 'default' to run this query.")
	}
	if _, err := r.compileBatch(text, declaration); err != nil {
		return 0, err
	}
	s.handles++
	s.prepared[s.handles] = &preparedStatement{text, declaration}
	return s.handles, nil
}

// prepare is sp_prepare @handle OUTPUT, @params, @stmt.
func (r *run) prepare(p *invocation) error {
	declaration, _ := p.text(1, "@params")
	text, ok := p.text(2, "@stmt")
	if !ok {
		return missing("sp_prepare", "@stmt")
	}
	h, err := r.prepareText(text, declaration)
	if err != nil {
		return err
	}
	p.give(0, value.OfInt(int64(h)), value.Type{ID: value.Int, Nullable: true})
	return nil
}

// prepareAndExecute is sp_prepexec @handle OUTPUT, @params, @stmt, values ….
func (r *run) prepareAndExecute(p *invocation) error {
	declaration, _ := p.text(1, "@params")
	text, ok := p.text(2, "@stmt")
	if !ok {
		return missing("sp_prepexec", "@stmt")
	}
	h, err := r.prepareText(text, declaration)
	if err != nil {
		return err
	}
	p.give(0, value.OfInt(int64(h)), value.Type{ID: value.Int, Nullable: true})
	p.statusAnyway = true
	return r.executeText(p, text, declaration, min(3, len(p.args)))
}

func (r *run) handle(p *invocation, of string) (*preparedStatement, int32, error) {
	n, ok := p.number(0, "@handle")
	if !ok {
		return nil, 0, missing(of, "@handle")
	}
	s, ok := r.session.prepared[int32(n)]
	if !ok {
		return nil, 0, value.Errorf(8179, 16, 2, "Could not find prepared statement with handle %d.", n)
	}
	return s, int32(n), nil
}

// executePrepared is sp_execute @handle, values ….
func (r *run) executePrepared(p *invocation) error {
	s, _, err := r.handle(p, "sp_execute")
	if err != nil {
		return err
	}
	return r.executeText(p, s.text, s.declaration, 1)
}

// unprepare is sp_unprepare @handle.
func (r *run) unprepare(p *invocation) error {
	_, n, err := r.handle(p, "sp_unprepare")
	if err != nil {
		return err
	}
	delete(r.session.prepared, n)
	return nil
}
