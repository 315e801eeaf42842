package sqldb

import (
	"container/list"
	"sync"

	"github.com/alcedo-cloud/alcedo/internal/sqldb/bind"
	"github.com/alcedo-cloud/alcedo/internal/sqldb/catalog"
	"github.com/alcedo-cloud/alcedo/internal/sqldb/exec"
	"github.com/alcedo-cloud/alcedo/internal/sqldb/plan"
	"github.com/alcedo-cloud/alcedo/internal/sqldb/value"
	"github.com/alcedo-cloud/alcedo/internal/tsql"
)

// Limits of a database's plan cache. A text that is longer than maxCachedText is compiled each time: it is a load's.
const (
	maxCachedPlans = 2000
	maxCachedText  = 16 << 10
)

// planKey is what a compiled batch depends on, beside the catalog.
type planKey struct {
	text             string
	parameters       string // their declaration
	quotedIdentifier bool
	schema           int32 // the user's default
	identityInsert   int32 // the table that SET IDENTITY_INSERT is on for
}

// planCache keeps the batches that were compiled lately. It is safe for concurrent use.
type planCache struct {
	mu    sync.Mutex
	byKey map[planKey]*list.Element
	order *list.List // of *compiled, the latest first
}

func newPlanCache() *planCache {
	return &planCache{byKey: map[planKey]*list.Element{}, order: list.New()}
}

func (c *planCache) get(k planKey) *compiled {
	c.mu.Lock()
	defer c.mu.Unlock()
	e := c.byKey[k]
	if e == nil {
		return nil
	}
	c.order.MoveToFront(e)
	return e.Value.(*compiled)
}

func (c *planCache) put(p *compiled) {
	if len(p.key.text)+len(p.key.parameters) > maxCachedText {
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.byKey[p.key] != nil {
		return
	}
	c.byKey[p.key] = c.order.PushFront(p)
	for c.order.Len() > maxCachedPlans {
		last := c.order.Back()
		delete(c.byKey, last.Value.(*compiled).key)
		c.order.Remove(last)
	}
}

// compiled is a batch or a module's body with what was found out about it: where its variables lie, and the programs of
// the statements that have run.
type compiled struct {
	key    planKey
	batch  *tsql.Batch
	layout *layout

	mu         sync.Mutex
	statements map[tsql.Statement]*bound
	exprs      map[tsql.Expr]*boundExpr
	compounds  map[*tsql.SetVariable]tsql.Expr
}

// compound is what SET @v += x computes. It is made once, so that it is bound once.
func (c *compiled) compound(s *tsql.SetVariable) tsql.Expr {
	c.mu.Lock()
	defer c.mu.Unlock()
	x := c.compounds[s]
	if x == nil {
		x = &tsql.Binary{Node: s.Node, Op: s.Op, Left: &tsql.Variable{Node: s.Node, Name: s.Name}, Right: s.Value}
		if c.compounds == nil {
			c.compounds = map[*tsql.SetVariable]tsql.Expr{}
		}
		c.compounds[s] = x
	}
	return x
}

// bound is a statement's program, good for one catalog.
type bound struct {
	catalog *catalog.Database
	plan    *plan.Statement
	program *exec.Program
	mode    bindMode
	local   bool // it names temporary tables or table variables: only the session that bound it may run it
	version int  // of the session's temporary tables, where local
}

// bindMode is what a session's settings make of a statement when it is bound. SET may change them between two runs of
// one batch, or of one module by two sessions.
type bindMode struct {
	ansiNulls      bool
	identityInsert int32
	dateOrder      value.DateOrder
}

func (s *session) bindMode() bindMode {
	return bindMode{s.settings.ansiNulls, s.settings.identityInsert, s.settings.dateOrder}
}

// boundExpr is an expression's.
type boundExpr struct {
	catalog *catalog.Database
	mode    bindMode
	needs   []plan.Need
	t       value.Type
	eval    exec.Evaluator
}

func (c *compiled) statement(s tsql.Statement) *bound {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.statements[s]
}

func (c *compiled) keep(s tsql.Statement, b *bound) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.statements[s] = b
}

func (c *compiled) expr(x tsql.Expr) *boundExpr {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.exprs[x]
}

func (c *compiled) keepExpr(x tsql.Expr, b *boundExpr) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.exprs[x] = b
}

func newCompiled(k planKey, b *tsql.Batch, l *layout) *compiled {
	return &compiled{key: k, batch: b, layout: l, statements: map[tsql.Statement]*bound{}, exprs: map[tsql.Expr]*boundExpr{}}
}

// statementOf binds and compiles one statement.
func compile(env *bind.Environment, s tsql.Statement) (*bound, error) {
	p, err := bind.Statement(env, s)
	if err != nil {
		return nil, err
	}
	program, err := exec.Compile(p)
	if err != nil {
		return nil, err
	}
	return &bound{catalog: env.Catalog, plan: p, program: program}, nil
}
