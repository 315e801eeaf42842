package sqldb

import (
	"errors"
	"strings"

	"github.com/alcedo-cloud/alcedo/internal/sqldb/catalog"
	"github.com/alcedo-cloud/alcedo/internal/sqldb/plan"
	"github.com/alcedo-cloud/alcedo/internal/sqldb/sysview"
	"github.com/alcedo-cloud/alcedo/internal/sqldb/value"
	"github.com/alcedo-cloud/alcedo/internal/tsql"
)

// execute is EXEC of a procedure or of a string.
func (r *run) execute(s *tsql.Execute) error {
	if s.Server.Name != "" {
		return value.Errorf(7202, 11, 2, "Could not find server '%s' in sys.servers. Verify that the correct server name was specified. If necessary, execute the stored procedure sp_addlinkedserver to add the server to sys.servers.", s.Server.Name)
	}
	if s.Strings != nil {
		return r.executeStrings(s)
	}
	p := &invocation{name: nameText(s.Procedure), line: s.Span().Line}
	if s.Variable != "" {
		place, _, ok := r.scope.layout.find(s.Variable)
		if !ok {
			return undeclared(s.Variable)
		}
		p.name = r.scope.frame[place].Text()
	}
	targets, err := r.arguments(s, p)
	if err != nil {
		return err
	}
	r.out.inside++
	err = r.invoke(p)
	r.out.inside--
	if err != nil {
		return err
	}
	if err := r.takeOutputs(s, p, targets); err != nil {
		return err
	}
	return r.endedCall(p)
}

// arguments evaluates the arguments of EXEC; targets are the variables that OUTPUT arguments go back to, by ordinal.
func (r *run) arguments(s *tsql.Execute, p *invocation) (map[int]int, error) {
	targets := map[int]int{}
	for i, a := range s.Args {
		arg := Argument{Name: a.Name, Output: a.Output}
		switch x := a.Value.(type) {
		case *tsql.Default:
			arg.Default = true
		default:
			if t := r.tableArgument(x); t != nil {
				if p.tables == nil {
					p.tables = map[int]*catalog.Table{}
				}
				p.tables[i] = t
				break
			}
			v, t, err := r.evaluate(x)
			if err != nil {
				return nil, err
			}
			arg.Value, arg.Type = v, t
		}
		if v, is := a.Value.(*tsql.Variable); is && a.Output {
			place, _, ok := r.scope.layout.find(v.Name)
			if !ok {
				return nil, undeclared(v.Name)
			}
			targets[i] = place
		} else if a.Output {
			return nil, value.Errorf(179, 15, 1, "Cannot use the OUTPUT option when passing a constant to a stored procedure.")
		}
		p.args = append(p.args, arg)
	}
	return targets, nil
}

func (r *run) takeOutputs(s *tsql.Execute, p *invocation, targets map[int]int) error {
	for _, o := range p.outputs {
		place, ok := targets[o.Ordinal]
		if !ok {
			continue
		}
		v, err := r.passTo(o.Value, o.Type, r.scope.layout.types[place])
		if err != nil {
			return err
		}
		r.scope.frame[place] = v
	}
	if s.Return == "" {
		return nil
	}
	place, t, ok := r.scope.layout.find(s.Return)
	if !ok {
		return undeclared(s.Return)
	}
	v, err := convertTo(value.OfInt(int64(p.status)), value.Type{ID: value.Int}, t)
	if err != nil {
		return err
	}
	r.scope.frame[place] = v
	return nil
}

// executeStrings is EXEC ('…' + @v).
func (r *run) executeStrings(s *tsql.Execute) error {
	var text strings.Builder
	for _, x := range s.Strings {
		v, t, err := r.evaluate(x)
		if err != nil {
			return err
		}
		if v, err = value.Convert(v, t, value.Type{ID: value.NVarChar, Length: value.Max}, value.NoStyle); err != nil {
			return err
		}
		text.WriteString(v.Text())
	}
	if s.As != "" {
		before := len(r.session.acting)
		if err := r.actAs(s.As, s.AsName); err != nil {
			return err
		}
		defer r.session.revertTo(before)
	}
	return r.batch(text.String())
}

// invokeModule runs a procedure of the database.
func (r *run) invokeModule(p *invocation) error {
	m, err := r.findProcedure(p)
	if err != nil {
		return err
	}
	if m == nil {
		if query, ok := sysview.Procedure(p.name); ok {
			return r.systemProcedure(p, query)
		}
		return value.Errorf(2812, 16, 62, "Could not find stored procedure '%s'.", p.name)
	}
	if m.Kind != catalog.KindProcedure && m.Kind != catalog.KindScalarFunction {
		return value.Errorf(2809, 16, 1, "The request for procedure '%s' failed because '%s' is a %s object.", m.Name, m.Name, objectKindName(m.Kind))
	}
	if isTemporary(m.Name) {
		return r.runModule(m, p) // the session made it
	}
	if err := r.permit([]plan.Need{{Permission: "EXECUTE", Object: m.ID, Through: r.chain()}}); err != nil {
		return err
	}
	return r.runModule(m, p)
}

func objectKindName(k catalog.Kind) string {
	switch k {
	case catalog.KindTable:
		return "table"
	case catalog.KindView:
		return "view"
	}
	return "different"
}

// findProcedure resolves a procedure's name; nil for none.
func (r *run) findProcedure(p *invocation) (*catalog.Module, error) {
	name, err := tsql.ParseName(p.name)
	if err != nil {
		return nil, value.Errorf(2812, 16, 62, "Could not find stored procedure '%s'.", p.name)
	}
	d := r.session.view()
	if isTemporary(name.Name.Name) {
		return r.session.procedures[fold(name.Name.Name)], nil
	}
	if name.Database.Name != "" && !strings.EqualFold(name.Database.Name, d.Name) {
		return nil, value.Errorf(40515, 16, 1, "Reference to database and/or server name in '%s' is not supported in this version of SQL Server.", p.name)
	}
	find := func(schema int32) *catalog.Module {
		o, ok := d.Object(schema, name.Name.Name)
		if syn, is := o.(*catalog.Synonym); ok && is {
			base, err := tsql.ParseName(syn.Base)
			if err != nil {
				return nil
			}
			in, found := d.Schema(base.Schema.Name)
			if base.Schema.Name == "" {
				in, found = d.SchemaByID(syn.SchemaID)
			}
			if !found {
				return nil
			}
			o, _ = d.Object(in.ID, base.Name.Name)
		}
		m, _ := o.(*catalog.Module)
		return m
	}
	if name.Schema.Name != "" {
		schema, ok := d.Schema(name.Schema.Name)
		if !ok {
			return nil, nil
		}
		return find(schema.ID), nil
	}
	if m := find(r.defaultSchema()); m != nil {
		return m, nil
	}
	return find(catalog.SchemaDBO), nil
}

// chain is the owner through whose module the running statements reach what they name, 0 outside of one. A # procedure is
// nobody's but the session's.
func (r *run) chain() int32 {
	if r.scope == nil || r.scope.module == nil || isTemporary(r.scope.module.Name) {
		return 0
	}
	return r.session.view().Owner(r.scope.module)
}

// body is a module's parsed and laid out text.
type body struct {
	*compiled
	parameters []tsql.Parameter
	statements []tsql.Statement
}

// moduleBody parses a module, or gives what was parsed before.
func (r *run) moduleBody(m *catalog.Module) (*body, error) {
	key := planKey{text: m.Text, parameters: "module", quotedIdentifier: m.QuotedIdentifier, schema: m.SchemaID}
	c := r.session.db.plans.get(key)
	if c == nil {
		b, err := tsql.Parse(m.Text, tsql.Options{QuotedIdentifier: m.QuotedIdentifier})
		if err != nil {
			return nil, err
		}
		c = newCompiled(key, b, newLayout())
		parameters, statements := parts(b)
		if err := r.placeParameters(c.layout, parameters); err != nil {
			return nil, err
		}
		if err := r.declareAll(c.layout, statements); err != nil {
			return nil, err
		}
		r.session.db.plans.put(c)
	}
	parameters, statements := parts(c.batch)
	return &body{c, parameters, statements}, nil
}

func parts(b *tsql.Batch) ([]tsql.Parameter, []tsql.Statement) {
	if len(b.Statements) == 0 {
		return nil, nil
	}
	switch s := b.Statements[0].(type) {
	case *tsql.CreateProcedure:
		return s.Parameters, s.Body
	case *tsql.CreateFunction:
		return s.Parameters, s.Body
	case *tsql.CreateTrigger:
		return nil, s.Body
	}
	return nil, nil
}

// runModule runs a procedure with a call's arguments.
func (r *run) runModule(m *catalog.Module, p *invocation) error {
	b, err := r.moduleBody(m)
	if err != nil {
		return err
	}
	before := r.session.settings
	count := r.session.count
	defer r.session.revertTo(len(r.session.acting))
	if err := r.actAsModule(m); err != nil {
		return err
	}
	err = r.enter(&scope{batch: b.batch, compiled: b.compiled, layout: b.layout, module: m}, func(sc *scope) error {
		places, err := r.fillModule(sc, b, m, p)
		if err != nil {
			sc.module = nil // the caller's error
			return r.failed(nil, err)
		}
		r.session.settings.quotedIdentifier = m.QuotedIdentifier
		_, err = r.list(b.statements)
		p.status = sc.status
		if err != nil {
			return err
		}
		for ordinal := range p.args {
			if place, ok := places[ordinal]; ok {
				p.give(ordinal, sc.frame[place], sc.layout.types[place])
			}
		}
		return nil
	})
	r.restore(before)
	if err == nil && r.session.count != count && count >= 0 && !r.session.doomed {
		return r.failed(nil, value.Errorf(266, 16, 2, "Transaction count after EXECUTE indicates a mismatching number of BEGIN and COMMIT statements. Previous count = %d, current count = %d.", count, r.session.count))
	}
	return err
}

// restore puts back the settings that a module or a dynamic batch changed for itself. What is the session's stays.
func (r *run) restore(before settings) {
	s := r.session
	before.identityInsert, before.contextInfo = s.settings.identityInsert, s.settings.contextInfo
	s.settings = before
	if s.tx != nil {
		s.tx.SetIsolation(before.isolation)
		s.tx.SetTimeout(s.options().Timeout)
		s.tx.SetPriority(before.deadlockPriority)
	}
}

// fillModule gives parameters their arguments or defaults; places are those of the arguments, by ordinal.
func (r *run) fillModule(sc *scope, b *body, m *catalog.Module, p *invocation) (map[int]int, error) {
	places := map[int]int{}
	given := make([]bool, len(b.parameters))
	for i, a := range p.args {
		place := i
		if a.Name != "" {
			var ok bool
			if place, _, ok = sc.layout.find(a.Name); !ok || place >= len(b.parameters) {
				return nil, value.Errorf(8145, 16, 2, "%s is not a parameter for procedure %s.", a.Name, m.Name)
			}
		}
		if place >= len(b.parameters) {
			return nil, value.Errorf(8144, 16, 2, "Procedure or function %s has too many arguments specified.", m.Name)
		}
		if a.Output && !b.parameters[place].Output {
			return nil, value.Errorf(8162, 16, 2, "The formal parameter \"%s\" was not declared as an OUTPUT parameter, but the actual parameter passed in requested output.", b.parameters[place].Name)
		}
		if a.Default {
			continue
		}
		if sc.layout.types[place].ID == value.Void { // of a table type
			if err := r.tableParameter(sc, b.parameters[place], a, p.tables[i]); err != nil {
				return nil, err
			}
			given[place] = true
			continue
		}
		v, err := r.passTo(a.Value, a.Type, sc.layout.types[place])
		if err != nil {
			return nil, err
		}
		sc.frame[place], given[place] = v, true
		places[i] = place
	}
	for i, parameter := range b.parameters {
		if given[i] {
			continue
		}
		if sc.layout.types[i].ID == value.Void {
			if err := r.tableParameter(sc, parameter, Argument{}, nil); err != nil { // no rows
				return nil, err
			}
			continue
		}
		if parameter.Default == nil {
			return nil, missing(m.Name, parameter.Name)
		}
		if err := r.assign(i, sc.layout.types[i], parameter.Default); err != nil {
			return nil, err
		}
	}
	return places, nil
}

// callFunction runs a scalar function of the database's for the executor.
func (r *run) callFunction(m *catalog.Module, args []value.Value) (value.Value, error) {
	b, err := r.moduleBody(m)
	if err != nil {
		return value.Value{}, err
	}
	silent := r.out.silent
	r.out.silent = true
	defer func() { r.out.silent = silent }()
	trying := r.trying
	r.trying++ // an error of the function is the statement's
	affected, number := r.session.affected, r.session.lastError
	defer func() { r.trying, r.session.affected, r.session.lastError = trying, affected, number }()
	defer r.session.revertTo(len(r.session.acting))
	if err := r.actAsModule(m); err != nil {
		return value.Value{}, err
	}
	var result value.Value
	err = r.enter(&scope{batch: b.batch, compiled: b.compiled, layout: b.layout, module: m}, func(sc *scope) error {
		copy(sc.frame, args)
		_, err := r.list(b.statements)
		result = sc.result
		return err
	})
	return result, unraised(err)
}

// unraised is the message of an error that left a function or trigger, for the statement that called it.
func unraised(err error) error {
	var e *raised
	if errors.As(err, &e) {
		return e.message
	}
	return err
}

// systemProcedure runs a catalog procedure: a query of the server's own with the call's arguments.
func (r *run) systemProcedure(p *invocation, q sysview.Query) error {
	return r.runSystem(p, q)
}

// insertExecute is INSERT … EXEC: the rows of all results go into the table, as one statement with what was executed.
func (r *run) insertExecute(s *tsql.Insert) error {
	if r.out.capture != nil {
		return value.Errorf(8164, 16, 1, "An INSERT EXEC statement cannot be nested.")
	}
	into, err := r.insertInto(s)
	if err != nil {
		return err
	}
	return r.together(func() error {
		r.out.capture, r.out.types = into.take, into
		err := r.execute(s.Execute)
		r.out.capture, r.out.types = nil, nil
		if err != nil {
			return err
		}
		return r.insertRows(into)
	})
}

// together runs several statements as one: in the open transaction, or in one of their own, which they cannot end.
func (r *run) together(fn func() error) error {
	s := r.session
	r.bottom = s.count
	defer func() { r.bottom = 0 }()
	if s.count > 0 {
		return fn()
	}
	tx := s.service.engine.Begin(s.options())
	tx.SetPriority(s.settings.deadlockPriority)
	s.tx, s.count, s.ran, r.bottom = tx, 1, false, 1
	err := fn()
	doomed := s.doomed
	s.over()
	if err != nil || doomed {
		return errors.Join(err, tx.Rollback())
	}
	return tx.Commit(r.ctx)
}
