package sqldb

import (
	"fmt"
	"strings"

	"github.com/alcedo-cloud/alcedo/internal/sqldb/catalog"
	"github.com/alcedo-cloud/alcedo/internal/sqldb/txn"
	"github.com/alcedo-cloud/alcedo/internal/sqldb/value"
	"github.com/alcedo-cloud/alcedo/internal/tsql"
)

// extendedProperty is sp_addextendedproperty, sp_updateextendedproperty and sp_dropextendedproperty.
func (r *run) extendedProperty(procedure string, p *invocation) error {
	name, ok := p.text(0, "@name")
	if !ok {
		return missing(procedure, "@name")
	}
	first := 1
	property := &catalog.ExtendedProperty{Name: name, ValueIsNull: true}
	if procedure != "sp_dropextendedproperty" {
		first = 2
		if text, given := p.text(1, "@value"); given {
			property.Value, property.ValueIsNull = text, false
		}
	}
	var levels [6]string
	for i, parameter := range []string{"@level0type", "@level0name", "@level1type", "@level1name", "@level2type", "@level2name"} {
		levels[i], _ = p.text(first+i, parameter)
	}
	return r.change(func(e *catalog.Edit, _ *txn.Tx) error {
		if err := r.propertyTarget(e.Database(), property, levels); err != nil {
			return err
		}
		_, there := e.Database().Property(property.Class, property.MajorID, property.MinorID, name)
		switch {
		case procedure == "sp_addextendedproperty" && there:
			return value.Errorf(15233, 16, 1, "Property cannot be added. Property '%s' already exists for '%s'.", name, strings.Join(nonEmpty(levels), "."))
		case procedure != "sp_addextendedproperty" && !there:
			return value.Errorf(15217, 16, 1, "Property cannot be updated or deleted. Property '%s' does not exist for '%s'.", name, strings.Join(nonEmpty(levels), "."))
		case procedure == "sp_dropextendedproperty":
			e.DropProperty(property.Class, property.MajorID, property.MinorID, name)
		default:
			e.PutProperty(property)
		}
		return nil
	})
}

func nonEmpty(levels [6]string) []string {
	var names []string
	for i := 1; i < len(levels); i += 2 {
		if levels[i] != "" {
			names = append(names, levels[i])
		}
	}
	return names
}

// propertyTarget resolves the levels: SCHEMA, then TABLE, VIEW and their like, then COLUMN, INDEX, CONSTRAINT.
func (r *run) propertyTarget(d *catalog.Database, p *catalog.ExtendedProperty, l [6]string) error {
	invalid := value.Errorf(15135, 16, 8, "Object is invalid. Extended properties are not permitted on '%s', or the object does not exist.", strings.Join(nonEmpty(l), "."))
	if l[0] == "" {
		return r.mustBe("ALTER")
	}
	if !strings.EqualFold(l[0], "SCHEMA") && !strings.EqualFold(l[0], "USER") {
		return invalid
	}
	schema, ok := d.Schema(l[1])
	if !ok {
		return invalid
	}
	if l[2] == "" {
		p.Class, p.MajorID = 3, schema.ID
		return r.mustAlterSchema(schema)
	}
	o, ok := d.Object(schema.ID, l[3])
	if !ok {
		return invalid
	}
	if err := r.mustAlter(o); err != nil {
		return invalid
	}
	p.Class, p.MajorID = 1, o.Head().ID
	switch strings.ToUpper(l[4]) {
	case "":
		return nil
	case "COLUMN":
		for _, c := range columnsOf(o) {
			if strings.EqualFold(c.Name, l[5]) {
				p.MinorID = c.ID
				return nil
			}
		}
	case "INDEX":
		t, _ := o.(*catalog.Table)
		if t != nil {
			for _, x := range t.Indexes {
				if strings.EqualFold(x.Name, l[5]) {
					p.Class, p.MinorID = 7, x.ID
					return nil
				}
			}
		}
	case "CONSTRAINT", "TRIGGER":
		if c, ok := d.Object(schema.ID, l[5]); ok {
			p.MajorID = c.Head().ID
			return nil
		}
	}
	return invalid
}

// statementName is the words that a statement begins with, for messages about it.
func statementName(s tsql.Statement) string {
	name := strings.TrimPrefix(strings.TrimPrefix(fmt.Sprintf("%T", s), "*"), "tsql.")
	var words strings.Builder
	for i, c := range name {
		if i > 0 && c >= 'A' && c <= 'Z' && (name[i-1] < 'A' || name[i-1] > 'Z') {
			words.WriteByte(' ')
		}
		words.WriteRune(c)
	}
	return strings.ToUpper(words.String())
}
