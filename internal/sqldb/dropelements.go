package sqldb

import (
	"slices"
	"strings"

	"github.com/alcedo-cloud/alcedo/internal/sqldb/catalog"
	"github.com/alcedo-cloud/alcedo/internal/sqldb/exec"
	"github.com/alcedo-cloud/alcedo/internal/sqldb/txn"
	"github.com/alcedo-cloud/alcedo/internal/sqldb/value"
	"github.com/alcedo-cloud/alcedo/internal/tsql"
)

// dropElements is ALTER TABLE … DROP.
func (r *run) dropElements(b *builder, tx *txn.Tx, old *catalog.Table, a *tsql.DropElements) error {
	for _, el := range a.Elements {
		var err error
		switch el.Kind {
		case tsql.DropColumn:
			err = r.dropColumn(b, el)
		case tsql.DropConstraint:
			err = r.dropConstraint(b, tx, old, el)
		default:
			err = value.Errorf(40510, 16, 1, "Statement 'ALTER TABLE DROP' is not supported in this version of SQL Server.")
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// dropColumn forgets a column. Rows keep its bytes until they are written anew; nobody reads them.
func (r *run) dropColumn(b *builder, el tsql.DropElement) error {
	c, at := b.t.Column(el.Name.Name)
	if c == nil {
		if el.IfExists {
			return nil
		}
		return value.Errorf(4924, 16, 1, "ALTER TABLE DROP COLUMN failed because column '%s' does not exist in table '%s'.", el.Name.Name, b.t.Name)
	}
	dependent := func(kind, name string) error {
		return inUse("DROP", kind, name, c.Name)
	}
	for _, x := range b.t.Indexes {
		kind := "index"
		if x.Constraint != nil {
			kind = "object"
		}
		if slices.Contains(x.Included, c.ID) || slices.ContainsFunc(x.Keys, func(k catalog.IndexKey) bool { return k.Column == c.ID }) {
			return dependent(kind, x.Name)
		}
	}
	if c.Default != nil {
		return dependent("object", c.Default.Name)
	}
	for _, k := range b.t.ForeignKeys {
		if slices.Contains(k.Columns, c.ID) {
			return dependent("object", k.Name)
		}
	}
	for _, k := range b.t.Checks {
		if k.Column == c.ID || mentions(k.Text, c.Name) {
			return dependent("object", k.Name)
		}
	}
	for _, other := range b.t.Columns {
		if other.Computed != nil && mentions(other.Computed.Text, c.Name) {
			return dependent("column", other.Name)
		}
	}
	if len(b.t.Columns) == 1 {
		return value.Errorf(4923, 16, 1, "ALTER TABLE DROP COLUMN failed because '%s' is the only data column in table '%s'. A table must have at least one data column.", c.Name, b.t.Name)
	}
	b.t.Columns = slices.Delete(b.t.Columns, at, at+1)
	if b.e != nil {
		for _, p := range b.e.Database().Properties() {
			if p.Class == 1 && p.MajorID == b.t.ID && p.MinorID == c.ID {
				b.e.DropProperty(p.Class, p.MajorID, p.MinorID, p.Name)
			}
		}
	}
	return nil
}

// mentions reports whether an expression's text has a name in it, as a word or in brackets.
func mentions(text, name string) bool {
	text, name = fold(text), fold(name)
	for from := 0; ; {
		i := strings.Index(text[from:], name)
		if i < 0 {
			return false
		}
		i += from
		end := i + len(name)
		if (i == 0 || !wordByte(text[i-1])) && (end == len(text) || !wordByte(text[end])) {
			return true
		}
		from = end
	}
}

func wordByte(c byte) bool {
	return c == '_' || c == '@' || c == '#' || c == '$' || c >= '0' && c <= '9' || c >= 'a' && c <= 'z' || c >= 0x80
}

func (r *run) dropConstraint(b *builder, tx *txn.Tx, old *catalog.Table, el tsql.DropElement) error {
	t, name := b.t, el.Name.Name
	for _, c := range t.Columns {
		if c.Default != nil && strings.EqualFold(c.Default.Name, name) {
			c.Default = nil
			return nil
		}
	}
	if i := slices.IndexFunc(t.Checks, func(c *catalog.Check) bool { return strings.EqualFold(c.Name, name) }); i >= 0 {
		t.Checks = slices.Delete(t.Checks, i, i+1)
		return nil
	}
	if i := slices.IndexFunc(t.ForeignKeys, func(k *catalog.ForeignKey) bool { return strings.EqualFold(k.Name, name) }); i >= 0 {
		t.ForeignKeys = slices.Delete(t.ForeignKeys, i, i+1)
		return nil
	}
	for _, x := range t.Indexes {
		if x.Constraint != nil && strings.EqualFold(x.Name, name) {
			return r.removeIndex(b, tx, old, x)
		}
	}
	if el.IfExists {
		return nil
	}
	return value.Errorf(3728, 16, 1, "'%s' is not a constraint.", name)
}

// removeIndex takes an index away, with its entries; without its clustered index a table becomes a heap.
func (r *run) removeIndex(b *builder, tx *txn.Tx, old *catalog.Table, x *catalog.Index) error {
	if b.e != nil {
		for other, k := range b.e.Database().Referencing(b.t.ID) {
			if k.ReferencedIndex == x.ID {
				return value.Errorf(3725, 16, 0, "The constraint '%s' is being referenced by table '%s', foreign key constraint '%s'.", x.Name, other.Name, k.Name)
			}
		}
	}
	b.t.Indexes = slices.DeleteFunc(b.t.Indexes, func(i *catalog.Index) bool { return i.ID == x.ID })
	if x.Clustered {
		return r.rebuild(b, tx, old)
	}
	return exec.Clear(r.execution(tx), b.t, x)
}

// checkConstraints is CHECK and NOCHECK CONSTRAINT.
func (r *run) checkConstraints(b *builder, tx *txn.Tx, a *tsql.CheckConstraints) error {
	wanted := func(name string) bool {
		return a.All || slices.ContainsFunc(a.Names, func(n tsql.Ident) bool { return strings.EqualFold(n.Name, name) })
	}
	var ids []int32
	found := 0
	for _, c := range b.t.Checks {
		if wanted(c.Name) {
			c.Disabled, found = !a.Enable, found+1
			c.Untrusted = c.Untrusted || !a.Enable
			if a.Enable && a.WithCheck == tsql.Yes {
				c.Untrusted = false
				ids = append(ids, c.ID)
			}
		}
	}
	for _, k := range b.t.ForeignKeys {
		if wanted(k.Name) {
			k.Disabled, found = !a.Enable, found+1
			k.Untrusted = k.Untrusted || !a.Enable
			if a.Enable && a.WithCheck == tsql.Yes {
				k.Untrusted = false
				ids = append(ids, k.ID)
			}
		}
	}
	if found < len(a.Names) {
		return value.Errorf(4917, 16, 0, "Constraint '%s' does not exist.", a.Names[0].Name)
	}
	if len(ids) == 0 {
		return nil
	}
	rules, err := r.rulesOf(b)
	if err != nil {
		return err
	}
	for _, id := range ids {
		if err := exec.Verify(r.execution(tx), b.t, rules, id); err != nil {
			return err
		}
	}
	return nil
}

// tableTriggers is ALTER TABLE … ENABLE and DISABLE TRIGGER.
func (r *run) tableTriggers(e *catalog.Edit, t *catalog.Table, a *tsql.TableTriggers) error {
	if e == nil {
		return nil
	}
	found := 0
	for _, o := range e.Database().Objects() {
		m, ok := o.(*catalog.Module)
		if !ok || m.Kind != catalog.KindTrigger || m.ParentID != t.ID {
			continue
		}
		if a.All || slices.ContainsFunc(a.Names, func(n tsql.Ident) bool { return strings.EqualFold(n.Name, m.Name) }) {
			next := *m
			next.Disabled = !a.Enable
			e.PutObject(&next)
			found++
		}
	}
	if found < len(a.Names) {
		return value.Errorf(4920, 16, 0, "ALTER TABLE failed because trigger '%s' on table '%s' does not exist.", a.Names[0].Name, t.Name)
	}
	return nil
}
