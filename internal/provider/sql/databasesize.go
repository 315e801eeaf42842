package sql

import (
	"encoding/json"
	"strings"

	"github.com/alcedo-cloud/alcedo/internal/resource"
)

// dressing is what of a database's objective, pool and size is settled.
type dressing struct {
	objective objective
	pool      *resource.Document
	max       int64
}

// sizeOf settles objective, pool and size: what was sent, else what is, else what the origin has, else the standard.
func sizeOf(ch *resource.Change, from *origin, sent *databaseProperties) (dressing, error) {
	var d dressing
	pool, err := poolOf(ch, sent)
	if err != nil {
		return d, err
	}
	d.pool = pool
	if d.objective, err = objectiveOf(ch, from, sent, pool); err != nil {
		return d, err
	}
	d.max = d.objective.standard
	if ch.Old != nil {
		if was, ok := ch.Old.Properties["maxSizeBytes"].(float64); ok && int64(was) <= d.objective.most {
			d.max = int64(was)
		}
	}
	if sent.MaxSizeBytes != nil && d.objective.name != "" {
		max, ok := wholeBytes(sent.MaxSizeBytes)
		if !ok || max <= 0 || max > d.objective.most {
			return d, refuse("InvalidMaxSizeTierCombination", "The tier '%s' does not support the database max size '%v'.", d.objective.sku.Tier, sent.MaxSizeBytes)
		}
		d.max = max
	}
	return d, nil
}

func wholeBytes(v any) (int64, bool) {
	switch n := v.(type) {
	case float64:
		return int64(n), n == float64(int64(n))
	case string:
		var bytes int64
		err := json.Unmarshal([]byte(n), &bytes)
		return bytes, err == nil
	}
	return 0, false
}

// objectiveOf reads the objective that is asked for, or keeps the one that is. It is zero for a restored database: as it
// was.
func objectiveOf(ch *resource.Change, from *origin, sent *databaseProperties, pool *resource.Document) (objective, error) {
	if pool != nil {
		return pooled(pool)
	}
	asked, err := askedSKU(ch)
	if err != nil {
		return objective{}, err
	}
	was := ""
	if ch.Old != nil {
		was = text(ch.Old.Properties["currentServiceObjectiveName"])
	}
	switch {
	case asked.Name != "" && !strings.EqualFold(asked.Name, poolObjective):
		return chosen(asked)
	case sent.Objective != nil && *sent.Objective != was:
		return chosen(sku{Name: *sent.Objective})
	case sent.Edition != nil:
		return chosen(sku{Name: *sent.Edition})
	case from != nil && !from.ref.Deleted.IsZero():
		return objective{}, nil
	case from != nil:
		was = from.objective
	}
	if o, ok := findObjective(was); ok {
		return o, nil
	}
	return chosen(sku{Name: standardObjective})
}
