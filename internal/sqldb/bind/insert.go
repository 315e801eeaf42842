package bind

import (
	"github.com/alcedo-cloud/alcedo/internal/sqldb/catalog"
	"github.com/alcedo-cloud/alcedo/internal/sqldb/plan"
	"github.com/alcedo-cloud/alcedo/internal/sqldb/value"
	"github.com/alcedo-cloud/alcedo/internal/tsql"
)

// insertion is an INSERT while it is being bound.
type insertion struct {
	b     *binder
	x     *tsql.Insert
	table *catalog.Table
	// listed says that columns are named; then ordinals are these.
	listed   bool
	ordinals []int
	identity bool // SET IDENTITY_INSERT is ON
	by       *through
}

// insertStatement binds INSERT. INSERT … EXECUTE is the interpreter's: it binds the columns with InsertColumns.
func (b *binder) insertStatement(x *tsql.Insert) (*plan.Statement, error) {
	if x.Execute != nil {
		return nil, unsupported(x.At, "INSERT … EXECUTE")
	}
	if err := b.with(x.With); err != nil {
		return nil, err
	}
	if i := b.instead(x.Target, "INSERT"); i != nil {
		return i.insert(x)
	}
	ins, err := b.insertion(x)
	if err != nil {
		return nil, err
	}
	source, err := ins.source()
	if err != nil {
		return nil, err
	}
	node := &plan.Insert{Table: ins.table, Columns: ins.ordinals, Source: source, Identity: ins.identity && ins.gives(ins.table.IdentityColumn())}
	if node.Rules, err = b.rulesThrough(ins.by, ins.table); err != nil {
		return nil, err
	}
	ins.permit()
	out := &plan.Statement{Kind: plan.InsertStatement, Node: node, Command: commandInsert}
	node.Output, err = b.output(x.Output, &outputs{table: ins.table, inserted: true})
	if err == nil && node.Output != nil && node.Output.Into == nil {
		out.Columns = node.Output.Columns
	}
	if err != nil {
		return nil, err
	}
	return out, outputsTriggered(x, ins.table, node.Output, node.Rules, "INSERT")
}

// permit notes the permission to insert.
func (ins *insertion) permit() {
	if ins.by == nil {
		ins.b.permitOn("INSERT", ins.table).all()
		return
	}
	view, table := ins.by.permit(ins.b, "INSERT")
	view.all()
	table.all()
}

// all says that the whole object is meant.
func (a *access) all() {
	if a != nil {
		a.whole = true
	}
}

// InsertColumns binds the target of an INSERT … EXECUTE: the table, and the ordinals that each row of the procedure
// gives values, in order.
func InsertColumns(env *Environment, x *tsql.Insert) (*catalog.Table, []int, []plan.Need, error) {
	b := newBinder(env)
	ins, err := b.insertion(x)
	if err != nil {
		return nil, nil, nil, err
	}
	ins.permit()
	return ins.table, ins.ordinals, b.needs(), nil
}

func (b *binder) insertion(x *tsql.Insert) (*insertion, error) {
	by, err := b.through(x.Target)
	if err != nil {
		return nil, err
	}
	ins := &insertion{b: b, x: x, listed: len(x.Columns) > 0, by: by}
	if by != nil {
		ins.table = by.get.table
	} else if ins.table, err = b.target(x.Target); err != nil {
		return nil, err
	}
	t := ins.table
	ins.identity = b.env.IdentityInsert != nil && t.IdentityColumn() >= 0 && b.env.IdentityInsert(t.ID)
	if err := ins.columns(); err != nil {
		return nil, err
	}
	id := t.IdentityColumn()
	if id >= 0 && ins.identity && !ins.gives(id) && !x.DefaultValues {
		return nil, fail(x.At, 545, 16, 1, "Explicit value must be specified for identity column in table '%s' either when IDENTITY_INSERT is set to ON or when a replication user is inserting into a NOT FOR REPLICATION identity column.", t.Name)
	}
	return ins, nil
}

func (ins *insertion) gives(ordinal int) bool {
	for _, i := range ins.ordinals {
		if i == ordinal {
			return true
		}
	}
	return false
}

// columns finds the columns that rows give: those of the list, or all that can be given.
func (ins *insertion) columns() error {
	if !ins.listed && ins.by != nil {
		var err error
		ins.ordinals, err = ins.by.ordinals(ins.x.At)
		return err
	}
	if !ins.listed {
		for i, c := range ins.table.Columns {
			if c.Computed == nil && c.Identity == nil && c.Type.ID != value.RowVersion {
				ins.ordinals = append(ins.ordinals, i)
			}
		}
		return nil
	}
	seen := make(map[int]bool, len(ins.x.Columns))
	find := columnsOf(ins.table)
	if ins.by != nil {
		find = ins.by.column
	}
	for _, n := range ins.x.Columns {
		c, i, err := find(n.At, n.Name)
		switch {
		case err != nil:
			return err
		case seen[i]:
			return fail(n.At, 264, 16, 1, "The column name '%s' is specified more than once in the SET clause or column list of an INSERT. A column cannot be assigned more than one value in the same clause. Modify the clause to make sure that a column is updated only once. If this statement updates or inserts columns into a view, column aliasing can conceal the duplication in your code.", n.Name)
		case c.Computed != nil:
			return settable(n.At, c)
		case c.Type.ID == value.RowVersion && !ins.allDefault(len(ins.ordinals)):
			return fail(n.At, 273, 16, 1, "Cannot insert an explicit value into a timestamp column. Use INSERT with a column list to exclude the timestamp column, or insert a DEFAULT into the timestamp column.")
		case c.Identity != nil && !ins.identity && !ins.allDefault(len(ins.ordinals)):
			return fail(n.At, 544, 16, 1, "Cannot insert explicit value for identity column in table '%s' when IDENTITY_INSERT is set to OFF.", ins.table.Name)
		}
		seen[i] = true
		ins.ordinals = append(ins.ordinals, i)
	}
	return nil
}

// rows are those of VALUES, nil for another source.
func (ins *insertion) rows() [][]tsql.Expr {
	if ins.x.Query == nil {
		return nil
	}
	if v, ok := ins.x.Query.Body.(*tsql.Values); ok && len(ins.x.Query.OrderBy) == 0 && ins.x.Query.Offset == nil {
		return v.Rows
	}
	return nil
}

// allDefault reports whether every row has DEFAULT at a place.
func (ins *insertion) allDefault(place int) bool {
	rows := ins.rows()
	for _, r := range rows {
		if place >= len(r) {
			return false
		}
		if _, ok := r[place].(*tsql.Default); !ok {
			return false
		}
	}
	return len(rows) > 0
}

// source gives the node whose rows are inserted, of the columns' types.
func (ins *insertion) source() (plan.Node, error) {
	if ins.x.DefaultValues {
		ins.ordinals = nil
		return &plan.Values{Rows: [][]plan.Expr{{}}}, nil
	}
	if rows := ins.rows(); rows != nil && ins.x.Top == nil {
		return ins.valuesSource(rows)
	}
	return ins.querySource()
}

// querySource binds INSERT … SELECT.
func (ins *insertion) querySource() (plan.Node, error) {
	b := ins.b
	q, err := b.query(nil, ins.x.Query, queryTop)
	if err != nil {
		return nil, err
	}
	if q.assign != nil {
		return nil, fail(ins.x.At, 199, 15, 1, "An INSERT statement cannot contain a SELECT statement that assigns values to a variable.")
	}
	if ins.x.Top != nil {
		if q.rel, err = b.topOf(&scope{clause: clauseNone}, q.rel, ins.x.Top, nil); err != nil {
			return nil, err
		}
	}
	cols := q.rel.columns()
	if err := ins.counts(len(cols)); err != nil {
		return nil, err
	}
	list := make([]plan.Expr, len(cols))
	for i, c := range cols {
		col := ins.table.Columns[ins.ordinals[i]]
		if list[i], err = b.assign(ins.x.At, bare(q.rel, c), b.targetName(ins.table, col), col.Type); err != nil {
			return nil, err
		}
	}
	rel, cols := projected(q.rel, cols, list)
	rel = optimize(b, rel)
	markAll(rel)
	return b.lowerer().exact(rel, cols)
}

func (ins *insertion) counts(n int) error {
	switch {
	case n == len(ins.ordinals):
		return nil
	case !ins.listed:
		if id := ins.table.IdentityColumn(); id >= 0 && n == len(ins.ordinals)+1 {
			return fail(ins.x.At, 8101, 16, 1, "An explicit value for the identity column in table '%s' can only be specified when a column list is used and IDENTITY_INSERT is ON.", ins.table.Name)
		}
		return fail(ins.x.At, 213, 16, 1, "Column name or number of supplied values does not match table definition.")
	case n < len(ins.ordinals):
		return fail(ins.x.At, 120, 15, 1, "The select list for the INSERT statement contains fewer items than the insert list. The number of SELECT values must match the number of INSERT columns.")
	}
	return fail(ins.x.At, 121, 15, 1, "The select list for the INSERT statement contains more items than the insert list. The number of SELECT values must match the number of INSERT columns.")
}
