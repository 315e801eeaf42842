package sqldb

import (
	"context"
	"errors"
	"strings"

	"github.com/alcedo-cloud/alcedo/internal/sqldb/catalog"
	"github.com/alcedo-cloud/alcedo/internal/sqldb/value"
	"github.com/alcedo-cloud/alcedo/internal/tsql"
)

// procedureNumbers are the procedures that RPC requests name by number (MS-TDS 2.2.6.6).
var procedureNumbers = [...]string{
	1: "sp_cursor", 2: "sp_cursoropen", 3: "sp_cursorprepare", 4: "sp_cursorexecute", 5: "sp_cursorprepexec",
	6: "sp_cursorunprepare", 7: "sp_cursorfetch", 8: "sp_cursoroption", 9: "sp_cursorclose", 10: "sp_executesql",
	11: "sp_prepare", 12: "sp_execute", 13: "sp_prepexec", 14: "sp_prepexecrpc", 15: "sp_unprepare",
}

// Call runs a procedure for a client.
func (s *session) Call(ctx context.Context, c Call, out Sink) error {
	return s.request(ctx, out, func(r *run) error {
		r.scope = &scope{}
		r.out.inside = 1
		p := &invocation{name: c.Procedure, args: c.Arguments}
		if c.Procedure == "" {
			if int(c.Number) >= len(procedureNumbers) || c.Number == 0 {
				return value.Errorf(2812, 16, 62, "Could not find stored procedure '%d'.", c.Number)
			}
			p.name = procedureNumbers[c.Number]
		}
		failed := false
		if err := r.invoke(p); err != nil {
			var e *raised
			if err = r.failed(nil, err); err != nil && !errors.As(err, &e) {
				return err
			}
			if e != nil && !e.reported {
				if err := r.tell(e); err != nil {
					return err
				}
			}
			failed = true
		}
		if err := r.settle(); err != nil {
			return err
		}
		if err := r.declaredOutputs(p); err != nil && !failed {
			var e *raised
			if err = r.failed(nil, err); err != nil && !errors.As(err, &e) {
				return err
			}
			failed = true
		}
		return r.finishCall(p, failed)
	})
}

// finishCall sends the status and the OUTPUT parameters.
func (r *run) finishCall(p *invocation, failed bool) error {
	if err := r.out.flush(); err != nil {
		return err
	}
	if !failed || p.statusAnyway {
		if err := r.out.out.Status(p.status); err != nil {
			return err
		}
		for _, o := range p.outputs {
			if err := r.out.out.Output(o); err != nil {
				return err
			}
		}
	}
	return r.out.out.Done(Done{Kind: DoneProcedure, Failed: failed, InTransaction: r.session.count > 0})
}

// declaredOutputs gives the OUTPUT parameters the types that the client has declared them with, as assigning them to its
// own variables would.
func (r *run) declaredOutputs(p *invocation) error {
	for i := range p.outputs {
		o := &p.outputs[i]
		to := p.args[o.Ordinal].Type
		if to.ID == value.Void || to.ID == o.Type.ID && !to.IsString() {
			continue
		}
		if to.Collation == nil {
			to.Collation = o.Type.Collation
		}
		v, err := r.passTo(o.Value, o.Type, to)
		if err != nil {
			return err
		}
		o.Value, o.Type = v, to
	}
	return nil
}

// invocation is a call of a procedure, by a client or by EXEC.
type invocation struct {
	name         string // as written, up to three parts
	args         []Argument
	status       int32
	outputs      []Output // by the ordinals of args
	statusAnyway bool
	line         int32
	tables       map[int]*catalog.Table // table variables among args, by ordinal
}

// give notes an OUTPUT parameter's value where the caller asked for it.
func (p *invocation) give(ordinal int, v value.Value, t value.Type) {
	if ordinal < len(p.args) && p.args[ordinal].Output {
		p.outputs = append(p.outputs, Output{Ordinal: ordinal, Name: p.args[ordinal].Name, Type: t, Value: v})
	}
}

// arg is an argument by its name, or by its place where it has none.
func (p *invocation) arg(place int, name string) (Argument, int, bool) {
	for i, a := range p.args {
		if a.Name != "" && strings.EqualFold(a.Name, name) {
			return a, i, !a.Default
		}
	}
	if place < len(p.args) && p.args[place].Name == "" {
		return p.args[place], place, !p.args[place].Default
	}
	return Argument{}, -1, false
}

// text is an argument that must be a string.
func (p *invocation) text(place int, name string) (string, bool) {
	a, _, ok := p.arg(place, name)
	if !ok || a.Value.IsNull() {
		return "", false
	}
	v, err := value.Convert(a.Value, a.Type, value.Type{ID: value.NVarChar, Length: value.Max}, value.NoStyle)
	if err != nil {
		return "", false
	}
	return v.Text(), true
}

// textAt is the argument at a place, whatever its name, as a string.
func (p *invocation) textAt(place int) (string, bool) {
	if place >= len(p.args) {
		return "", false
	}
	return p.text(place, p.args[place].Name)
}

// number is an argument that must be an integer.
func (p *invocation) number(place int, name string) (int64, bool) {
	a, _, ok := p.arg(place, name)
	if !ok || a.Value.IsNull() {
		return 0, false
	}
	v, err := value.Convert(a.Value, a.Type, value.Type{ID: value.BigInt}, value.NoStyle)
	if err != nil {
		return 0, false
	}
	return v.Int64(), true
}

// invoke runs a procedure: one of the server's, or the database's.
func (r *run) invoke(p *invocation) error {
	base := p.name
	if i := strings.LastIndexByte(base, '.'); i >= 0 {
		base = base[i+1:]
	}
	base = strings.Trim(base, "[]\"")
	if builtin := builtins(fold(base)); builtin != nil {
		return builtin(r, p)
	}
	return r.invokeModule(p)
}

// builtins are the procedures that the interpreter itself has. The catalog's are in package sysview.
func builtins(name string) func(*run, *invocation) error {
	switch name {
	case "sp_executesql":
		return (*run).executeSQL
	case "sp_prepare":
		return (*run).prepare
	case "sp_execute":
		return (*run).executePrepared
	case "sp_prepexec":
		return (*run).prepareAndExecute
	case "sp_unprepare":
		return (*run).unprepare
	case "sp_cursor", "sp_cursoropen", "sp_cursorprepare", "sp_cursorexecute", "sp_cursorprepexec", "sp_cursorunprepare",
		"sp_cursorfetch", "sp_cursoroption", "sp_cursorclose":
		return serverCursorCall(name)
	case "sp_reset_connection":
		return func(r *run, _ *invocation) error { return r.session.Reset(r.ctx, false, r.out.out) }
	case "sp_set_session_context":
		return (*run).setSessionContext
	case "sp_getapplock":
		return (*run).getApplicationLock
	case "sp_releaseapplock":
		return (*run).releaseApplicationLock
	case "sp_rename":
		return (*run).rename
	case "sp_addextendedproperty", "sp_updateextendedproperty", "sp_dropextendedproperty":
		return func(r *run, p *invocation) error { return r.extendedProperty(name, p) }
	case "sp_addrolemember", "sp_droprolemember":
		return func(r *run, p *invocation) error { return r.roleMember(name, p) }
	case "sp_describe_first_result_set":
		return (*run).describeFirstResultSet
	case "sp_describe_undeclared_parameters":
		return (*run).describeParameters
	}
	return nil
}

// executeSQL is sp_executesql @stmt, @params, values ….
func (r *run) executeSQL(p *invocation) error {
	if len(p.args) == 0 {
		return missing("sp_executesql", "@statement")
	}
	text, ok := p.textAt(0) // by place: clients name it @stmt or @statement
	if !ok {
		return nil
	}
	declaration, _ := p.textAt(1)
	return r.executeText(p, text, declaration, min(2, len(p.args)))
}

func missing(procedure, parameter string) error {
	return value.Errorf(201, 16, 4, "Procedure or function '%s' expects parameter '%s', which was not supplied.", procedure, parameter)
}

// executeText runs a text with parameters, whose values are the arguments from first on.
func (r *run) executeText(p *invocation, text, declaration string, first int) error {
	c, err := r.compileBatch(text, declaration)
	if err != nil {
		return r.failed(nil, err)
	}
	return r.enter(&scope{batch: c.batch, compiled: c, layout: c.layout}, func(sc *scope) error {
		places, err := r.fill(sc, p, first, declaration)
		if err != nil {
			return r.failed(nil, err)
		}
		if _, err := r.list(c.batch.Statements); err != nil {
			return err
		}
		for i, place := range places {
			p.give(first+i, sc.frame[place], sc.layout.types[place])
		}
		return nil
	})
}

// fill gives the parameters of a scope the values of a call's arguments, and says which went where.
func (r *run) fill(sc *scope, p *invocation, first int, declaration string) ([]int, error) {
	count := parameterCount(declaration, sc.layout)
	places := make([]int, 0, len(p.args)-first)
	given := make([]bool, count)
	for i, a := range p.args[first:] {
		place := i
		if a.Name != "" {
			var ok bool
			if place, _, ok = sc.layout.find(a.Name); !ok || place >= count {
				return nil, value.Errorf(8145, 16, 2, "%s is not a parameter for procedure %s.", a.Name, p.name)
			}
		}
		if place >= count {
			return nil, value.Errorf(8144, 16, 2, "Procedure or function %s has too many arguments specified.", p.name)
		}
		if sc.layout.types[place].ID == value.Void { // of a table type
			if err := r.tableParameter(sc, sc.layout.declared[place], a, p.tables[first+i]); err != nil {
				return nil, err
			}
			given[place] = true
			places = append(places, place)
			continue
		}
		v, err := r.passTo(a.Value, a.Type, sc.layout.types[place])
		if err != nil {
			return nil, err
		}
		sc.frame[place], given[place] = v, true
		places = append(places, place)
	}
	for i, ok := range given {
		if !ok {
			return nil, value.Errorf(8178, 16, 1, "The parameterized query '(%s)%s' expects the parameter '%s', which was not supplied.",
				declaration, excerpt(sc.batch.Text), sc.layout.names[i])
		}
	}
	return places, nil
}

func excerpt(text string) string {
	const most = 100
	if len(text) > most {
		return text[:most]
	}
	return text
}

// parameterCount is how many of a layout's variables are parameters: the first ones are.
func parameterCount(declaration string, l *layout) int {
	if declaration == "" {
		return 0
	}
	return l.parameters
}

// declareParameters gives the parameters of sp_executesql their places: "@a int, @b nvarchar(20) OUTPUT".
func (r *run) declareParameters(l *layout, declaration string) error {
	parameters, err := tsql.ParseParameters(declaration, tsql.Options{QuotedIdentifier: r.session.settings.quotedIdentifier})
	if err != nil {
		return err
	}
	return r.placeParameters(l, parameters)
}

func (r *run) placeParameters(l *layout, parameters []tsql.Parameter) error {
	for _, p := range parameters {
		t := value.Type{}
		if _, table := r.tableType(p.Type); !table {
			var err error
			if t, err = r.typeOf(p.Type); err != nil {
				return err
			}
		}
		if _, ok := l.declare(p.Name, t); !ok {
			return value.Errorf(134, 15, 2, "The variable name '%s' has already been declared. Variable names must be unique within a query batch or stored procedure.", p.Name)
		}
		l.declared = append(l.declared, p)
		l.parameters++
	}
	return nil
}
