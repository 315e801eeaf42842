package sqldb

import (
	"slices"
	"strings"

	"github.com/alcedo-cloud/alcedo/internal/sqldb/catalog"
	"github.com/alcedo-cloud/alcedo/internal/sqldb/exec"
	"github.com/alcedo-cloud/alcedo/internal/sqldb/value"
	"github.com/alcedo-cloud/alcedo/internal/tsql"
)

// currentOf is the cursor of UPDATE and DELETE … WHERE CURRENT OF; nil for any other statement.
func currentOf(st tsql.Statement) *tsql.Cursor {
	switch s := st.(type) {
	case *tsql.Update:
		return s.CurrentOf
	case *tsql.Delete:
		return s.CurrentOf
	}
	return nil
}

// changeCurrent runs a statement with WHERE CURRENT OF.
func (r *run) changeCurrent(st tsql.Statement, of *tsql.Cursor) error {
	c, err := r.cursor(*of)
	if err != nil {
		if c = r.session.serverCursor(of.Name.Name); c == nil {
			return err
		}
	}
	if !c.open {
		return value.Errorf(16917, 16, 1, "Cursor is not open.")
	}
	f, err := c.meant(0)
	if err != nil {
		return err
	}
	return r.changeRow(c, f, st)
}

// serverCursor is a client's cursor that was given a name.
func (s *session) serverCursor(name string) *cursor {
	for _, c := range s.serverCursors {
		if c.name != "" && strings.EqualFold(c.name, name) {
			return c
		}
	}
	return nil
}

// meant is the row of the last fetch with a number from 1, or the current one for 0.
func (c *cursor) meant(number int64) (*fetched, error) {
	if len(c.buffer) == 0 {
		return nil, value.Errorf(16931, 16, 1, "There are no rows in the current fetch buffer.")
	}
	i := number - 1
	if number == 0 {
		i = int64(c.current)
	}
	if i < 0 || i >= int64(len(c.buffer)) || c.buffer[i].gone {
		return nil, value.Errorf(16930, 16, 1, "The requested row is not in the fetch buffer.")
	}
	return &c.buffer[i], nil
}

func errChangedMeanwhile() error {
	return value.Errorf(16934, 10, 1, "Optimistic concurrency check failed. The row was modified outside of this cursor.")
}

// changeRow runs an UPDATE or DELETE on the one row on which a cursor stands.
func (r *run) changeRow(c *cursor, f *fetched, st tsql.Statement) error {
	if c.concurrency == cursorReadOnly || c.again == nil {
		return value.Errorf(16929, 16, 1, "The cursor is READ ONLY.")
	}
	one, source, err := r.onRow(c, st)
	if err != nil {
		return err
	}
	places, err := c.kept.At(f.number - 1)
	if err != nil {
		return err
	}
	return r.together(func() error {
		if err := r.unchanged(c, f); err != nil {
			return err
		}
		if err := r.onPlace(places[source], func() error { return r.query(one) }); err != nil {
			return err
		}
		if r.session.affected == 0 {
			return value.Errorf(16947, 16, 1, "No rows were updated or deleted.")
		}
		return r.refreshed(c, f)
	})
}

// unchanged refuses to change a row of an optimistic cursor that is not as it was fetched.
func (r *run) unchanged(c *cursor, f *fetched) error {
	if c.concurrency == cursorLocks {
		return nil
	}
	return r.readingWith(c, c.again.lock, func(read rowReader) error {
		row, found, err := read(f.number)
		if err == nil && (!found || exec.Fingerprint(row) != f.sum) {
			if err := r.out.message(errChangedMeanwhile().(*value.Error)); err != nil {
				return err
			}
			err = value.Errorf(16947, 16, 1, "No rows were updated or deleted.")
		}
		return err
	})
}

// refreshed notes what a row is after a change through its cursor.
func (r *run) refreshed(c *cursor, f *fetched) error {
	affected := r.session.affected
	err := r.reading(c, func(read rowReader) error {
		row, found, err := read(f.number)
		if f.gone = !found; found {
			f.sum = exec.Fingerprint(row)
		}
		return err
	})
	r.session.affected = affected
	return err
}

// onRow is a statement whose target is held to one row, and by which of the cursor's tables.
func (r *run) onRow(c *cursor, st tsql.Statement) (tsql.Statement, int, error) {
	target, _ := targetOf(st).(*tsql.Table)
	if target == nil {
		return nil, 0, errNotOfCursor()
	}
	source := slices.IndexFunc(c.again.tables, func(t *catalog.Table) bool { return r.names(&target.Name, t) })
	if source < 0 {
		return nil, 0, errNotOfCursor()
	}
	one := *target
	one.Row = &tsql.Variable{Node: target.Node, Name: placeName(0)}
	if s, is := st.(*tsql.Update); is {
		for _, a := range s.Set {
			if a.Column != nil && len(c.definition.Of) > 0 && !namesColumn(c.definition.Of, a.Column.Name.Name) {
				return nil, 0, value.Errorf(16932, 16, 1, "The cursor has a FOR UPDATE list and the requested column to be updated is not in this list.")
			}
		}
		changed := *s
		changed.Target, changed.CurrentOf = &one, nil
		return &changed, source, nil
	}
	changed := *st.(*tsql.Delete)
	changed.Target, changed.CurrentOf = &one, nil
	return &changed, source, nil
}

func targetOf(st tsql.Statement) tsql.TableSource {
	switch s := st.(type) {
	case *tsql.Update:
		return s.Target
	case *tsql.Delete:
		return s.Target
	}
	return nil
}

func namesColumn(list []tsql.Ident, name string) bool {
	return slices.ContainsFunc(list, func(i tsql.Ident) bool { return strings.EqualFold(i.Name, name) })
}

func errNotOfCursor() error {
	return value.Errorf(16933, 16, 1, "The cursor does not include the table being modified or the table is not updatable through the cursor.")
}

// names reports whether a name stands for a table.
func (r *run) names(n *tsql.ObjectName, t *catalog.Table) bool {
	if isLocal(n.Name.Name) {
		found := r.localTable(n.Name.Name)
		return found != nil && found.ID == t.ID
	}
	d := r.session.view()
	schemas := []int32{r.defaultSchema(), catalog.SchemaDBO}
	if isGlobal(n.Name.Name) {
		schemas = []int32{catalog.SchemaGlobal}
	}
	if n.Schema.Name != "" && !isGlobal(n.Name.Name) {
		schema, ok := d.Schema(n.Schema.Name)
		if !ok {
			return false
		}
		schemas = []int32{schema.ID}
	}
	for _, id := range schemas {
		if o, ok := d.Object(id, n.Name.Name); ok {
			return o.Head().ID == t.ID
		}
	}
	return false
}

// onPlace runs fn where the variable placeName(0) has the place of a row.
func (r *run) onPlace(place value.Value, fn func() error) error {
	sc := r.scope
	layout, frame, compiled := sc.layout, sc.frame, sc.compiled
	sc.layout = layout.withPlaces(1)
	sc.frame = append(slices.Clone(frame), place)
	sc.compiled = newCompiled(planKey{}, sc.batch, sc.layout)
	err := fn()
	copy(frame, sc.frame) // SET @v = …
	sc.layout, sc.frame, sc.compiled = layout, frame, compiled
	return err
}
