package sqldb

import (
	"github.com/alcedo-cloud/alcedo/internal/sqldb/catalog"
	"github.com/alcedo-cloud/alcedo/internal/sqldb/value"
)

// oneCascade refuses a foreign key by which one DELETE or UPDATE could reach a table twice: the tables that it changes
// must be a tree.
func (b *builder) oneCascade(f *catalog.ForeignKey) error {
	for _, action := range []func(*catalog.ForeignKey) catalog.Action{
		func(f *catalog.ForeignKey) catalog.Action { return f.OnDelete },
		func(f *catalog.ForeignKey) catalog.Action { return f.OnUpdate },
	} {
		if action(f) == catalog.NoAction {
			continue
		}
		g := b.cascades(action)
		for _, root := range g.above(f.Referenced) {
			if g.twice(root, map[int32]bool{root: true}) {
				return value.Errorf(1785, 16, 0, "Introducing FOREIGN KEY constraint '%s' on table '%s' may cause cycles or multiple cascade paths. "+
					"Specify ON DELETE NO ACTION or ON UPDATE NO ACTION, or modify other FOREIGN KEY constraints.", f.Name, b.t.Name)
			}
		}
	}
	return nil
}

// cascades are the tables that an action on a table's rows changes, by the table; on says whether it goes on from there,
// as it does not where only the reference is taken back.
type cascades map[int32][]cascade

type cascade struct {
	table int32
	on    bool
}

func (b *builder) cascades(action func(*catalog.ForeignKey) catalog.Action) cascades {
	g := cascades{}
	add := func(t *catalog.Table) {
		for _, f := range t.ForeignKeys {
			if a := action(f); a != catalog.NoAction {
				g[f.Referenced] = append(g[f.Referenced], cascade{t.ID, a == catalog.Cascade})
			}
		}
	}
	for t := range b.e.Database().Tables() {
		if t.ID != b.t.ID {
			add(t)
		}
	}
	add(b.t)
	return g
}

// above are the tables from which a cascade comes to a table, and the table itself.
func (g cascades) above(table int32) []int32 {
	out, seen := []int32{table}, map[int32]bool{table: true}
	for i := 0; i < len(out); i++ {
		for from, list := range g {
			for _, to := range list {
				if to.table == out[i] && to.on && !seen[from] {
					seen[from] = true
					out = append(out, from)
				}
			}
		}
	}
	return out
}

// twice reports whether a cascade from a table comes to one that was seen.
func (g cascades) twice(table int32, seen map[int32]bool) bool {
	for _, to := range g[table] {
		if seen[to.table] {
			return true
		}
		seen[to.table] = true
		if to.on && g.twice(to.table, seen) {
			return true
		}
	}
	return false
}
