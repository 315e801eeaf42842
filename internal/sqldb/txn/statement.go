package txn

// BeginStatement opens a statement. What it reads, it reads as of its first reading (in a snapshot transaction: of the
// transaction's first). Statements may lie within one another, as those of triggers do.
func (t *Tx) BeginStatement() error {
	if t.ended {
		return ErrEnded
	}
	t.frames = append(t.frames, frame{
		rows: t.rows.mark(), temp: t.local.temporary.mark(), variable: t.local.variable.mark(), hooks: t.hooks(),
	})
	return nil
}

// EndStatement closes the innermost statement; with a failure, what it has written is undone. Locks of rows and tables
// stay until the transaction ends. All cursors of the statement must be closed.
func (t *Tx) EndStatement(failed error) error {
	if t.ended {
		return nil // the transaction was rolled back inside the statement
	}
	if failed != nil {
		t.undo()
	}
	err := t.closeFrame()
	if len(t.frames) == 0 {
		t.local.variable.settle()
		if n := t.newest; n != nil {
			t.newest = nil
			if failed := n.close(); err == nil {
				err = failed
			}
		}
	}
	return err
}

// Restart undoes the innermost statement and has it read anew; its locks are kept. It is what ErrStale asks for.
func (t *Tx) Restart() error {
	if t.ended || len(t.frames) == 0 {
		return ErrEnded
	}
	t.undo()
	f := &t.frames[len(t.frames)-1]
	v := f.view
	f.view = nil
	return v.close()
}

func (t *Tx) undo() {
	f := &t.frames[len(t.frames)-1]
	t.rows.back(f.rows)
	t.local.temporary.back(f.temp)
	t.local.variable.back(f.variable)
	t.dropHooks(f.hooks)
}

func (t *Tx) closeFrame() error {
	last := len(t.frames) - 1
	f := &t.frames[last]
	t.releaseSchema(f.schema)
	v := f.view
	*f = frame{}
	t.frames = t.frames[:last]
	return v.close()
}

// view is what the innermost statement reads.
func (t *Tx) view() (*view, error) {
	if t.ended || len(t.frames) == 0 {
		return nil, ErrEnded
	}
	if t.isolation == Snapshot {
		if t.snapshot == nil {
			v, err := t.engine.view()
			if err != nil {
				return nil, err
			}
			t.snapshot = v
		}
		return t.snapshot, nil
	}
	f := &t.frames[len(t.frames)-1]
	if f.view == nil {
		v, err := t.engine.view()
		if err != nil {
			return nil, err
		}
		f.view = v
	}
	return f.view, nil
}

// opened is the view of the innermost statement if it has read already.
func (t *Tx) opened() *view {
	if t.isolation == Snapshot {
		return t.snapshot
	}
	if len(t.frames) == 0 {
		return nil
	}
	return t.frames[len(t.frames)-1].view
}

// fresh is a view that shows all that was committed to a table until now.
func (t *Tx) fresh(s *tableState) (*view, error) {
	e := t.engine
	if !e.shared {
		if n := t.newest; n != nil && s.last.Load() <= n.seq {
			return n, nil
		}
		// A statement's own view serves as well while nobody has committed to the table since.
		if v := t.opened(); v != nil && s.last.Load() <= v.seq {
			return v, nil
		}
		if t.isolation != Snapshot && len(t.frames) > 0 && t.opened() == nil {
			return t.view()
		}
	}
	old := t.newest
	t.newest = nil
	if err := old.close(); err != nil {
		return nil, err
	}
	v, err := e.view()
	if err != nil {
		return nil, err
	}
	t.newest = v
	return v, nil
}
