package sqldb

import (
	"fmt"
	"strings"

	"github.com/alcedo-cloud/alcedo/internal/sqldb/catalog"
	"github.com/alcedo-cloud/alcedo/internal/sqldb/value"
	"github.com/alcedo-cloud/alcedo/internal/tsql"
)

// The operations of sp_cursor.
const (
	operationUpdate      = 0x01
	operationDelete      = 0x02
	operationInsert      = 0x04
	operationRefresh     = 0x08
	operationLock        = 0x10
	operationSetPosition = 0x20
	operationAbsolute    = 0x40
)

// cursorOperation is sp_cursor @cursor, @optype, @rownum, @table, values ….
func (r *run) cursorOperation(p *invocation) error {
	r.now = ticksOf(r.session.service.now())
	c, _, err := r.cursorOf(p)
	if err != nil {
		return err
	}
	operation, _ := p.integerAt(1)
	row, _ := p.integerAt(2)
	table, _ := p.textAt(3)
	if operation&operationSetPosition != 0 {
		if _, err := c.meant(row); err != nil {
			return err
		}
		c.current = max(int(row)-1, 0)
	}
	values := cursorValues{p.args[min(4, len(p.args)):]}
	batch := &tsql.Batch{}
	l := newLayout()
	values.declare(l)
	return r.enter(&scope{batch: batch, compiled: newCompiled(planKey{}, batch, l), layout: l}, func(sc *scope) error {
		values.fill(sc)
		switch operation &^ (operationSetPosition | operationAbsolute) {
		case 0:
			return nil
		case operationUpdate:
			return r.updateRows(c, row, operation&operationAbsolute != 0, table, values)
		case operationDelete:
			return r.deleteRows(c, row, operation&operationAbsolute != 0, table)
		case operationInsert:
			return r.insertRow(c, table, values)
		case operationRefresh:
			return r.resend(c, row)
		case operationLock:
			return r.lockRows(c, row)
		}
		return value.Errorf(16902, 16, 1, "%s: The value of the parameter '%s' is invalid.", p.name, "optype")
	})
}

// cursorValues are the values of sp_cursor: each named as its column, or one text without a name that is a statement.
type cursorValues struct{ args []Argument }

func valueName(i int) string { return fmt.Sprintf("@value %d", i) }

func (v cursorValues) declare(l *layout) {
	for i, a := range v.args {
		l.declare(valueName(i), a.Type.WithNullable(true))
	}
}

func (v cursorValues) fill(sc *scope) {
	for i, a := range v.args {
		sc.frame[i] = a.Value
	}
}

// text is the statement that stands in place of values.
func (v cursorValues) text() (string, bool) {
	if len(v.args) != 1 || v.args[0].Name != "" || !v.args[0].Type.IsString() {
		return "", false
	}
	return v.args[0].Value.Text(), true
}

// columns are the names of the values' columns: those of a cursor in their order where values have no names.
func (v cursorValues) columns(c *cursor) ([]tsql.Ident, error) {
	out := make([]tsql.Ident, 0, len(v.args))
	for i, a := range v.args {
		name := strings.TrimPrefix(a.Name, "@")
		if name == "" {
			if i >= len(c.columns) || c.columns[i].Source == nil {
				return nil, value.Errorf(16936, 16, 1, "sp_cursor: One or more values parameters were invalid.")
			}
			name = c.columns[i].Source.Column.Name
		}
		out = append(out, tsql.Ident{Name: name})
	}
	return out, nil
}

// rowsMeant are the rows of the last fetch that an operation is for: one, or all for 0. absolute counts among all rows.
func (c *cursor) rowsMeant(row int64, absolute bool) ([]*fetched, error) {
	if absolute {
		if row < 1 || row > c.kept.Len() {
			return nil, value.Errorf(16930, 16, 1, "The requested row is not in the fetch buffer.")
		}
		for i := range c.buffer {
			if c.buffer[i].number == row {
				return []*fetched{&c.buffer[i]}, nil
			}
		}
		return nil, value.Errorf(16930, 16, 1, "The requested row is not in the fetch buffer.")
	}
	if row != 0 {
		f, err := c.meant(row)
		return []*fetched{f}, err
	}
	if _, err := c.meant(1); err != nil && len(c.buffer) == 0 {
		return nil, err
	}
	var out []*fetched
	for i := range c.buffer {
		if !c.buffer[i].gone {
			out = append(out, &c.buffer[i])
		}
	}
	return out, nil
}

// cursorTable is the table that an operation is for: the one that is named, or the cursor's first.
func (r *run) cursorTable(c *cursor, name string) (*tsql.Table, error) {
	if c.again == nil || c.concurrency == cursorReadOnly {
		return nil, value.Errorf(16929, 16, 1, "The cursor is READ ONLY.")
	}
	if name == "" {
		t := c.again.tables[0]
		return &tsql.Table{Name: r.nameOf(t)}, nil
	}
	n, err := tsql.ParseName(name)
	if err != nil {
		return nil, errNotOfCursor()
	}
	if strings.EqualFold(n.Database.Name, tempdb) || strings.EqualFold(n.Database.Name, r.session.Database()) {
		n.Database = tsql.Ident{}
	}
	if n.Schema.Name == "" { // as COLINFO tells it
		for _, t := range c.again.tables {
			if strings.EqualFold(t.Name, n.Name.Name) {
				return &tsql.Table{Name: r.nameOf(t)}, nil
			}
		}
	}
	return &tsql.Table{Name: *n}, nil
}

func (r *run) nameOf(t *catalog.Table) tsql.ObjectName {
	if !t.Guarded() {
		return tsql.ObjectName{Name: tsql.Ident{Name: t.Name}}
	}
	return tsql.ObjectName{Schema: tsql.Ident{Name: r.schemaName(t.SchemaID)}, Name: tsql.Ident{Name: t.Name}}
}

func (r *run) updateRows(c *cursor, row int64, absolute bool, table string, v cursorValues) error {
	target, err := r.cursorTable(c, table)
	if err != nil {
		return err
	}
	st := tsql.Statement(nil)
	if text, ok := v.text(); ok {
		if st, err = statementText(text, "UPDATE"); err != nil {
			return err
		}
	} else {
		columns, err := v.columns(c)
		if err != nil {
			return err
		}
		if len(columns) == 0 {
			return value.Errorf(16935, 16, 1, "No parameter values were specified for the sp_cursor-%s statement.", "UPDATE")
		}
		update := &tsql.Update{Target: target}
		for i, name := range columns {
			update.Set = append(update.Set, tsql.Assignment{Column: &tsql.Column{Name: name}, Value: &tsql.Variable{Name: valueName(i)}})
		}
		st = update
	}
	return r.changeRows(c, row, absolute, st)
}

// statementText is a statement that a client wrote out for sp_cursor.
func statementText(text, verb string) (tsql.Statement, error) {
	b, err := tsql.Parse(text, tsql.Options{QuotedIdentifier: true})
	if err != nil {
		return nil, err
	}
	if len(b.Statements) == 1 {
		switch s := b.Statements[0].(type) {
		case *tsql.Update:
			if verb == "UPDATE" && s.Where == nil && s.From == nil {
				return s, nil
			}
		case *tsql.Insert:
			if verb == "INSERT" && s.Execute == nil {
				return s, nil
			}
		}
	}
	return nil, value.Errorf(16936, 16, 1, "sp_cursor: One or more values parameters were invalid.")
}

func (r *run) deleteRows(c *cursor, row int64, absolute bool, table string) error {
	target, err := r.cursorTable(c, table)
	if err != nil {
		return err
	}
	return r.changeRows(c, row, absolute, &tsql.Delete{Target: target})
}

func (r *run) changeRows(c *cursor, row int64, absolute bool, st tsql.Statement) error {
	rows, err := c.rowsMeant(row, absolute)
	if err != nil {
		return err
	}
	if err := r.implicitly(); err != nil {
		return err
	}
	for _, f := range rows {
		if err := r.changeRow(c, f, st); err != nil {
			return err
		}
	}
	return nil
}

// insertRow puts a row into a cursor's table.
func (r *run) insertRow(c *cursor, table string, v cursorValues) error {
	target, err := r.cursorTable(c, table)
	if err != nil {
		return err
	}
	if err := r.implicitly(); err != nil {
		return err
	}
	if text, ok := v.text(); ok {
		st, err := statementText(text, "INSERT")
		if err != nil {
			return err
		}
		return r.query(st)
	}
	columns, err := v.columns(c)
	if err != nil {
		return err
	}
	if len(columns) == 0 {
		return r.query(&tsql.Insert{Target: target, DefaultValues: true})
	}
	values := make([]tsql.Expr, len(columns))
	for i := range columns {
		values[i] = &tsql.Variable{Name: valueName(i)}
	}
	return r.query(&tsql.Insert{Target: target, Columns: columns, Query: &tsql.Query{Body: &tsql.Values{Rows: [][]tsql.Expr{values}}}})
}

// resend sends rows of the last fetch as they are now.
func (r *run) resend(c *cursor, row int64) error {
	rows, err := c.rowsMeant(row, false)
	if err != nil {
		return err
	}
	if err := r.out.columns(withRowStatus(c.columns)); err != nil {
		return err
	}
	out := make([]value.Value, len(c.columns)+1)
	err = r.reading(c, func(read rowReader) error {
		for _, f := range rows {
			now, found, err := read(f.number)
			if err != nil {
				return err
			}
			out[len(c.columns)] = value.OfInt(rowFetched)
			if f.gone = !found; f.gone {
				out[len(c.columns)] = value.OfInt(rowMissing)
				blank(out, c.columns)
			} else {
				f.sum = fingerprint(c, now)
				copy(out, now)
			}
			if err := r.out.row(out); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	return r.out.done(Done{Command: commandSelect, Count: int64(len(rows)), Counted: true})
}

// lockRows keeps rows of the last fetch for an update, until the transaction ends.
func (r *run) lockRows(c *cursor, row int64) error {
	if c.again == nil || c.concurrency == cursorReadOnly {
		return value.Errorf(16929, 16, 1, "The cursor is READ ONLY.")
	}
	rows, err := c.rowsMeant(row, false)
	if err != nil {
		return err
	}
	return r.readingWith(c, c.again.lock, func(read rowReader) error {
		for _, f := range rows {
			if _, _, err := read(f.number); err != nil {
				return err
			}
		}
		return nil
	})
}
