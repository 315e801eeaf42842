package bind

import (
	"strings"

	"github.com/alcedo-cloud/alcedo/internal/sqldb/plan"
	"github.com/alcedo-cloud/alcedo/internal/tsql"
)

// change is an UPDATE or DELETE while it is being bound: which rows of which table, and what else each of them sees.
type change struct {
	b    *binder
	s    *scope
	get  *get    // the target
	src  *source // as its columns are named
	rel  relation
	by   *through  // where the target is a view or the like
	cols []*column // slots of the source's rows, once it is lowered
}

// changed binds the target, FROM, WHERE and TOP.
func (b *binder) changed(target tsql.TableSource, from []tsql.TableSource, where tsql.Expr, current *tsql.Cursor, count *tsql.Top) (*change, error) {
	if current != nil {
		return nil, unsupported(current.At, "WHERE CURRENT OF")
	}
	c := &change{b: b, s: &scope{clause: clauseFrom}}
	var err error
	if len(from) > 0 {
		err = c.joined(target, from)
	} else {
		err = c.single(target)
	}
	if err != nil {
		return nil, err
	}
	c.get.locate()
	c.s.clause = clauseWhere
	if where != nil {
		e, err := b.condition(c.s, where)
		if err != nil {
			return nil, err
		}
		c.rel = filtered(c.rel, e)
	}
	if count != nil {
		if c.rel, err = b.topOf(&scope{clause: clauseNone}, c.rel, count, nil); err != nil {
			return nil, err
		}
	}
	c.s.clause = clauseSet
	return c, nil
}

// single is a target without FROM.
func (c *change) single(x tsql.TableSource) error {
	by, err := c.b.through(x)
	if err != nil {
		return err
	}
	if by != nil {
		c.by, c.get, c.src, c.rel = by, by.get, by.src, by.rel
		c.s.add(c.src)
		return nil
	}
	t, err := c.b.target(x)
	if err != nil {
		return err
	}
	c.get = newGet(t)
	c.src = sourceOf(c.get, t.Name)
	if x, ok := x.(*tsql.Table); ok {
		c.src.shown, c.src.schema = written(&x.Name), x.Name.Schema.Name
		if c.src.schema == "" && t.Guarded() {
			if s, ok := c.b.env.Catalog.SchemaByID(t.SchemaID); ok {
				c.src.schema = s.Name
			}
		}
		if err := c.b.tableHints(c.get, x.Hints); err != nil {
			return err
		}
		if err := c.b.oneRow(c.get, x); err != nil {
			return err
		}
	}
	c.reads()
	c.rel = c.get
	c.s.add(c.src)
	return nil
}

// reads lets the columns that are named need SELECT; a statement that names none needs it not.
func (c *change) reads() {
	if !c.get.table.Guarded() {
		return
	}
	c.src.access = c.b.permit("SELECT", c.get.table.ID)
	c.src.access.optional = true
	c.src.ids = columnIDs(c.get.table.Columns)
}

// joined is a target that is one of the sources of FROM: by its alias, or by its name.
func (c *change) joined(x tsql.TableSource, from []tsql.TableSource) error {
	rel, err := c.b.from(c.s, from)
	if err != nil {
		return err
	}
	var name *tsql.ObjectName
	switch x := x.(type) {
	case *tsql.Table:
		name = &x.Name
	case *tsql.TableVariable:
		name = &tsql.ObjectName{Node: x.Node, Name: tsql.Ident{Node: x.Node, Name: x.Name}}
	default:
		return unsupported(x.Span(), "this target")
	}
	if c.src, err = c.named(name, x); err != nil {
		return err
	}
	if c.src == nil { // the target is not in FROM: each of its rows meets all of FROM's
		outer := c.s
		c.s = &scope{clause: clauseFrom}
		if err := c.single(x); err != nil {
			return err
		}
		c.s.sources = append(c.s.sources, outer.sources...)
		c.rel = &join{kind: plan.InnerJoin, left: c.rel, right: rel}
		return nil
	}
	c.rel = rel
	if g, ok := baseOf(c.src); ok {
		c.get = g
	} else {
		c.by = &through{rel: c.src.rel, src: c.src, view: c.src.view, name: written(name)}
		if c.get, err = updatable(x.Span(), c.src.rel, c.by.name); err != nil {
			return err
		}
		c.by.get = c.get
	}
	if c.src.access != nil {
		c.src.access.optional = true
	}
	return nil
}

// named finds the target among the sources: by alias, or else the one source that is that table.
func (c *change) named(n *tsql.ObjectName, x tsql.TableSource) (*source, error) {
	if n.Schema.Name == "" && n.Database.Name == "" {
		for _, src := range c.s.sources {
			if strings.EqualFold(src.name, n.Name.Name) {
				return src, nil
			}
		}
	}
	t, err := c.b.target(x)
	if err != nil {
		return nil, err
	}
	var found *source
	for _, src := range c.s.sources {
		if g, ok := baseOf(src); ok && g.table.ID == t.ID && len(g.cols) == len(src.cols) {
			if found != nil {
				return nil, fail(n.At, 8154, 15, 1, "The table '%s' is ambiguous.", written(n))
			}
			found = src
		}
	}
	return found, nil
}

// baseOf is the table whose columns a source shows just as they are.
func baseOf(src *source) (*get, bool) {
	if len(src.cols) == 0 || src.cols[0].base == nil {
		return nil, false
	}
	g := src.cols[0].base
	return g, len(g.cols) == len(src.cols)
}

// lower makes the node: the target's columns by ordinal, its locator, and the others that are wanted.
func (c *change) lower(exprs []*plan.Expr) (plan.Node, error) {
	for _, p := range exprs {
		c.b.optimizeIn(p)
	}
	rel := optimize(c.b, c.rel)
	cols := append(c.get.cols[:len(c.get.cols):len(c.get.cols)], c.get.locator)
	own := setOf(cols)
	mentioned := columnSet{}
	for _, p := range exprs {
		for col := range freeOf(*p) {
			mentioned[col] = true
		}
		markExpr(*p)
	}
	for _, src := range c.s.sources {
		for _, col := range src.cols {
			if mentioned[col] && !own[col] {
				own[col] = true
				cols = append(cols, col)
			}
		}
	}
	for _, col := range cols {
		col.used = true
	}
	mark(rel)
	c.cols = cols
	return c.b.lowerer().exact(rel, cols)
}

// expr lowers an expression over a row of the source.
func (c *change) expr(e plan.Expr) (plan.Expr, error) { return c.b.lowerer().expr(e, c.cols) }
