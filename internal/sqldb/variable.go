package sqldb

import (
	"strings"

	"github.com/alcedo-cloud/alcedo/internal/sqldb/catalog"
	"github.com/alcedo-cloud/alcedo/internal/sqldb/value"
	"github.com/alcedo-cloud/alcedo/internal/tsql"
)

// lengthIfOmitted is what a string type without a length gets where a variable or column is declared.
const lengthIfOmitted = 1

// declareAll gives every variable that a list of statements declares its place: DECLARE works from where it stands to
// the end of the batch, whether or not it was run.
func (r *run) declareAll(l *layout, statements []tsql.Statement) error {
	for _, s := range statements {
		var err error
		switch s := s.(type) {
		case *tsql.Declare:
			err = r.declareVariables(l, s)
		case *tsql.Block:
			err = r.declareAll(l, s.Statements)
		case *tsql.If:
			err = r.declareAll(l, []tsql.Statement{s.Then})
			if err == nil && s.Else != nil {
				err = r.declareAll(l, []tsql.Statement{s.Else})
			}
		case *tsql.While:
			err = r.declareAll(l, []tsql.Statement{s.Body})
		case *tsql.TryCatch:
			if err = r.declareAll(l, s.Try); err == nil {
				err = r.declareAll(l, s.Catch)
			}
		}
		if err != nil {
			return err
		}
	}
	return nil
}

func (r *run) declareVariables(l *layout, s *tsql.Declare) error {
	for _, v := range s.Variables {
		t := value.Type{} // of a table or a cursor: a place is taken, so that the name is
		if v.Type != nil {
			if _, table := r.tableType(*v.Type); !table {
				var err error
				if t, err = r.typeOf(*v.Type); err != nil {
					return err
				}
			}
		}
		if _, ok := l.declare(v.Name, t); !ok {
			return value.Errorf(134, 15, 2, "The variable name '%s' has already been declared. Variable names must be unique within a query batch or stored procedure.", v.Name).At(v.At.Line)
		}
	}
	return nil
}

// typeOf is the type that a declaration means: one of the server's, or an alias of the database's.
func (r *run) typeOf(d tsql.DataType) (value.Type, error) {
	t, _, err := r.typeAndID(d)
	return t, err
}

// typeAndID also gives the user_type_id of an alias type, 0 for the server's own.
func (r *run) typeAndID(d tsql.DataType) (value.Type, int32, error) {
	if d.Name.Schema.Name == "" || strings.EqualFold(d.Name.Schema.Name, "sys") {
		args := make([]int, len(d.Args))
		for i, a := range d.Args {
			args[i] = int(a)
		}
		t, err := value.TypeOf(d.Name.Name.Name, lengthIfOmitted, args...)
		if err == nil {
			t.Nullable = true
			return t, 0, nil
		}
		if alias, ok := r.aliasType(d.Name); ok {
			return alias.Type, alias.TypeID, nil
		}
		return value.Type{}, 0, lined(err, d.At.Line)
	}
	if alias, ok := r.aliasType(d.Name); ok {
		return alias.Type, alias.TypeID, nil
	}
	return value.Type{}, 0, value.Errorf(2715, 16, 7, "Column, parameter, or variable #1: Cannot find data type %s.", nameText(d.Name)).At(d.At.Line)
}

func (r *run) aliasType(name tsql.ObjectName) (*catalog.AliasType, bool) {
	o, ok := r.findType(name)
	alias, is := o.(*catalog.AliasType)
	return alias, ok && is
}

func (r *run) tableType(d tsql.DataType) (*catalog.TableType, bool) {
	o, ok := r.findType(d.Name)
	t, is := o.(*catalog.TableType)
	return t, ok && is
}

func (r *run) findType(name tsql.ObjectName) (catalog.Object, bool) {
	d := r.session.view()
	if name.Schema.Name != "" {
		schema, ok := d.Schema(name.Schema.Name)
		if !ok {
			return nil, false
		}
		return d.Type(schema.ID, name.Name.Name)
	}
	if o, ok := d.Type(r.defaultSchema(), name.Name.Name); ok {
		return o, true
	}
	return d.Type(catalog.SchemaDBO, name.Name.Name)
}

func nameText(n tsql.ObjectName) string {
	var parts []string
	for _, p := range []tsql.Ident{n.Server, n.Database, n.Schema} {
		if p.Name != "" || len(parts) > 0 {
			parts = append(parts, p.Name)
		}
	}
	return strings.Join(append(parts, n.Name.Name), ".")
}

// lined gives an error a line where it has none.
func lined(err error, line int32) error {
	if m, ok := err.(*value.Error); ok && m.Line == 0 {
		copied := *m
		copied.Line = line
		return &copied
	}
	return err
}

// declare runs DECLARE: the values, and the table variables.
func (r *run) declare(s *tsql.Declare) error {
	for i := range s.Variables {
		v := &s.Variables[i]
		switch {
		case v.Table != nil:
			if err := r.declareTable(v.Name, v.Table); err != nil {
				return err
			}
			continue
		case v.Cursor:
			continue
		case v.Type != nil:
			if t, ok := r.tableType(*v.Type); ok {
				r.tableVariable(v.Name, t.Table)
				continue
			}
		}
		place, t, _ := r.scope.layout.find(v.Name)
		if v.Value == nil {
			continue // keeps its value: DECLARE in a loop does not reset
		}
		if err := r.assign(place, t, v.Value); err != nil {
			return err
		}
	}
	return nil
}

// assign gives a variable the value of an expression.
func (r *run) assign(place int, t value.Type, x tsql.Expr) error {
	v, from, err := r.evaluate(x)
	if err != nil {
		return err
	}
	if v, err = r.convertTo(v, from, t); err != nil {
		return err
	}
	r.scope.frame[place] = v
	return nil
}

// convertTo converts as an assignment to a variable does: strings that are too long are cut.
func convertTo(v value.Value, from, to value.Type) (value.Value, error) {
	if v.IsNull() {
		return v, nil
	}
	if !value.Implicit(from, to) {
		return v, value.NotImplicit(from, to)
	}
	return value.Converter(from, to)(v)
}

// convertTo is the function of that name with the dates of texts as the session reads them.
func (r *run) convertTo(v value.Value, from, to value.Type) (value.Value, error) {
	if o := r.session.settings.dateOrder; o != 0 && to.IsDateTime() && from.IsString() {
		return value.StyledConverter(from, to, value.Ordered(value.NoStyle, o))(v)
	}
	return convertTo(v, from, to)
}

// passTo converts a value on its way into a parameter or back from one: what does not fit is 8114, whatever the conversion
// says of it elsewhere.
func (r *run) passTo(v value.Value, from, to value.Type) (value.Value, error) {
	if v.IsNull() || !value.Implicit(from, to) {
		return convertTo(v, from, to)
	}
	out, err := r.convertTo(v, from, to)
	if err != nil {
		return out, value.NotConverted(from, to)
	}
	return out, nil
}

// setVariable runs SET @v = x, and the compound forms.
func (r *run) setVariable(s *tsql.SetVariable) error {
	if s.Cursor != nil {
		return r.declareCursor(s.Name, *s.Cursor)
	}
	place, t, ok := r.scope.layout.find(s.Name)
	if !ok {
		return undeclared(s.Name)
	}
	x := s.Value
	if s.Op != tsql.NoOperator {
		x = r.scope.compiled.compound(s)
	}
	return r.assign(place, t, x)
}

func undeclared(name string) error {
	return value.Errorf(137, 15, 1, "Must declare the scalar variable \"%s\".", name)
}

// tableVariable makes an empty table variable of a definition.
func (r *run) tableVariable(name string, definition *catalog.Table) {
	t := definition.Clone()
	s := r.session
	s.nextTable--
	t.ID, t.Name, t.Temporary, t.Variable = s.nextTable, name, true, true
	if r.scope.tables == nil {
		r.scope.tables = map[string]*catalog.Table{}
	}
	r.scope.tables[fold(name)] = t
}
