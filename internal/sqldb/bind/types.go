package bind

import (
	"strings"

	"github.com/alcedo-cloud/alcedo/internal/sqldb/catalog"
	"github.com/alcedo-cloud/alcedo/internal/sqldb/value"
	"github.com/alcedo-cloud/alcedo/internal/tsql"
)

// TypeOf is the type that a data type as written declares, alias types of the database included. length is what
// strings without one get: 1 in declarations, 30 in CAST and CONVERT.
func TypeOf(env *Environment, dt *tsql.DataType, length int32) (value.Type, error) {
	schema := dt.Name.Schema.Name
	if schema == "" || strings.EqualFold(schema, "sys") {
		args := make([]int, len(dt.Args))
		for i, n := range dt.Args {
			args[i] = int(n)
		}
		t, err := value.TypeOf(dt.Name.Name.Name, length, args...)
		if err == nil {
			return t.WithNullable(true), nil
		}
		if e, ok := err.(*value.Error); !ok || e.Number != 2715 && e.Number != 243 {
			return t, at(dt.At, err)
		}
	}
	if a := aliasType(env, dt); a != nil {
		return a.Type, nil
	}
	if length == 30 {
		return value.Type{}, at(dt.At, value.UnknownInCast(written(&dt.Name)))
	}
	return value.Type{}, fail(dt.At, 2715, 16, 6, "Column, parameter, or variable #1: Cannot find data type %s.", written(&dt.Name))
}

func aliasType(env *Environment, dt *tsql.DataType) *catalog.AliasType {
	if env.Catalog == nil {
		return nil
	}
	b := &binder{env: env}
	for _, id := range b.schemasOf(dt.Name.Schema.Name) {
		if o, ok := env.Catalog.Object(id, dt.Name.Name.Name); ok {
			if a, ok := o.(*catalog.AliasType); ok {
				return a
			}
		}
	}
	return nil
}

// schemasOf are the schemas in which a name is looked for: the one written, or the user's and then dbo.
func (b *binder) schemasOf(written string) []int32 {
	if written == "" {
		if s := b.schema(); s != catalog.SchemaDBO {
			return []int32{s, catalog.SchemaDBO}
		}
		return []int32{catalog.SchemaDBO}
	}
	if s, ok := b.env.Catalog.Schema(written); ok {
		return []int32{s.ID}
	}
	return nil
}
