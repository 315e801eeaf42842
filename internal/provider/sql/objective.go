package sql

import (
	"encoding/json"
	"fmt"
	"strconv"
	"strings"

	"github.com/alcedo-cloud/alcedo/internal/fault"
	"github.com/alcedo-cloud/alcedo/internal/resource"
)

const gib = int64(1) << 30

// sku is a database's or a pool's.
type sku struct {
	Name     string `json:"name"`
	Tier     string `json:"tier,omitempty"`
	Family   string `json:"family,omitempty"`
	Capacity int    `json:"capacity,omitempty"`
	Size     string `json:"size,omitempty"`
}

func (s sku) raw() (json.RawMessage, error) {
	text, err := json.Marshal(s)
	return text, fault.Wrap("sql.sku", err)
}

// objective is a service objective: what of a database's performance its name says. Here it is a record.
type objective struct {
	name       string // S0, GP_Gen5_2
	sku        sku    // as answers have it
	standard   int64  // bytes that a database may have unless more is asked for
	most       int64  // bytes at most
	serverless bool
}

// edition is a tier with its objectives.
type edition struct {
	name, unit string // unit of the capacity: DTU or VCores
	standard   string // the objective that is taken unless one is named
	objectives []objective
}

// editions are those of single databases.
// Source: learn.microsoft.com "Resource limits for single databases", DTU and vCore purchasing models.
func editions() []edition {
	dtu := func(tier string, standard, most int64, capacities map[string]int, order ...string) edition {
		e := edition{name: tier, unit: "DTU", standard: order[0]}
		for _, name := range order {
			e.objectives = append(e.objectives, objective{
				name: name, sku: sku{Name: tier, Tier: tier, Capacity: capacities[name]}, standard: standard, most: most,
			})
		}
		return e
	}
	general := vcores("GeneralPurpose", "GP", 32*gib, 4096*gib, false, 2, 4, 6, 8, 10, 12, 14, 16, 18, 20, 24, 32, 40, 80, 128)
	less := vcores("GeneralPurpose", "GP_S", 32*gib, 4096*gib, true, 1, 2, 4, 6, 8, 10, 12, 14, 16, 18, 20, 24, 32, 40, 80)
	general.objectives = append(general.objectives, less.objectives...)
	hyper := vcores("Hyperscale", "HS", 32*gib, 131072*gib, false, 2, 4, 6, 8, 10, 12, 14, 16, 18, 20, 24, 32, 40, 80, 128)
	hyperless := vcores("Hyperscale", "HS_S", 32*gib, 131072*gib, true, 2, 4, 6, 8, 10, 12, 14, 16, 18, 20, 24, 32, 40, 80)
	hyper.objectives = append(hyper.objectives, hyperless.objectives...)
	return []edition{
		dtu("Basic", 2*gib, 2*gib, map[string]int{"Basic": 5}, "Basic"),
		dtu("Standard", 250*gib, 1024*gib, map[string]int{
			"S0": 10, "S1": 20, "S2": 50, "S3": 100, "S4": 200, "S6": 400, "S7": 800, "S9": 1600, "S12": 3000,
		}, "S0", "S1", "S2", "S3", "S4", "S6", "S7", "S9", "S12"),
		dtu("Premium", 500*gib, 4096*gib, map[string]int{
			"P1": 125, "P2": 250, "P4": 500, "P6": 1000, "P11": 1750, "P15": 4000,
		}, "P1", "P2", "P4", "P6", "P11", "P15"),
		general,
		vcores("BusinessCritical", "BC", 32*gib, 4096*gib, false, 2, 4, 6, 8, 10, 12, 14, 16, 18, 20, 24, 32, 40, 80, 128),
		hyper,
	}
}

func vcores(tier, prefix string, standard, most int64, serverless bool, counts ...int) edition {
	const family = "Gen5"
	e := edition{name: tier, unit: "VCores", standard: fmt.Sprintf("%s_%s_%d", prefix, family, counts[0])}
	for _, n := range counts {
		e.objectives = append(e.objectives, objective{
			name: fmt.Sprintf("%s_%s_%d", prefix, family, n), standard: standard, most: most, serverless: serverless,
			sku: sku{Name: prefix + "_" + family, Tier: tier, Family: family, Capacity: n},
		})
	}
	return e
}

// standardObjective is a new database's where nothing is said.
const standardObjective = "GP_Gen5_2"

// skuOf is a stored document's.
func skuOf(doc *resource.Document) (s sku, err error) {
	return s, fault.Wrap("sql.skuOf", json.Unmarshal(doc.SKU, &s))
}

// askedSKU is the SKU that a change asks for; none is the zero SKU. A PATCH replaces it as a whole, where the core has
// merged it member by member.
func askedSKU(ch *resource.Change) (asked sku, err error) {
	raw := ch.New.SKU
	if ch.Call.Method == "PATCH" {
		var body struct {
			SKU json.RawMessage `json:"sku"`
		}
		if err := read(ch.Call.Body, &body); err != nil {
			return asked, err
		}
		raw = body.SKU
	}
	if len(raw) == 0 {
		return asked, nil
	}
	if err := json.Unmarshal(raw, &asked); err != nil {
		return asked, invalid("sku")
	}
	return asked, nil
}

// findObjective is the objective of a name.
func findObjective(name string) (objective, bool) {
	for _, e := range editions() {
		for _, o := range e.objectives {
			if strings.EqualFold(o.name, name) {
				return o, true
			}
		}
	}
	return objective{}, false
}

// chosen is the objective that a SKU asks for. It is named ("S0"), or put together of name, tier, family and capacity.
func chosen(s sku) (objective, error) {
	o, ok := findObjective(s.Name)
	if !ok && s.Capacity > 0 {
		o, ok = byCapacity(s)
	}
	if !ok {
		if e, known := editionOf(s.Name); known && s.Capacity == 0 {
			o, ok = findObjective(e.standard)
		}
	}
	if !ok {
		return o, refuse("InvalidSku", "The sku '%s' specified is invalid.", s.Name)
	}
	tier := s.Tier != "" && !strings.EqualFold(s.Tier, o.sku.Tier)
	family := s.Family != "" && !strings.EqualFold(s.Family, o.sku.Family)
	if tier || family || s.Capacity != 0 && s.Capacity != o.sku.Capacity {
		return o, refuse("InvalidTierSkuCombination", "Specified tier '%s' does not support sku '%s'.", s.Tier, s.Name)
	}
	return o, nil
}

func byCapacity(s sku) (objective, bool) {
	if o, ok := findObjective(s.Name + "_" + strconv.Itoa(s.Capacity)); ok {
		return o, true
	}
	e, ok := editionOf(s.Name)
	if !ok {
		return objective{}, false
	}
	for _, o := range e.objectives {
		if o.sku.Capacity == s.Capacity && strings.EqualFold(o.sku.Name, s.Name) {
			return o, true
		}
	}
	return objective{}, false
}

func editionOf(name string) (edition, bool) {
	for _, e := range editions() {
		if strings.EqualFold(e.name, name) {
			return e, true
		}
	}
	return edition{}, false
}

// kind is a database's, as answers have it.
func (o *objective) kind() string {
	switch {
	case o.serverless:
		return "v12.0,user,vcore,serverless"
	case o.sku.Family != "":
		return "v12.0,user,vcore"
	}
	return "v12.0,user"
}
