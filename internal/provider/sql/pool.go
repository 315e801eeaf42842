package sql

import (
	"context"
	"errors"
	"slices"
	"strings"

	"github.com/alcedo-cloud/alcedo/internal/fault"
	"github.com/alcedo-cloud/alcedo/internal/resource"
	"github.com/alcedo-cloud/alcedo/internal/store"
)

// poolObjective is the objective of databases in a pool.
const poolObjective = "ElasticPool"

// poolSize is a capacity that a pool may have.
type poolSize struct {
	sku  sku
	most int64 // bytes
}

// poolSizes are what pools may have, the standard of each tier first.
// Source: learn.microsoft.com "Resource limits for elastic pools", DTU and vCore purchasing models.
func poolSizes() []poolSize {
	var out []poolSize
	dtu := func(name, tier string, most int64, capacities ...int) {
		for _, n := range capacities {
			out = append(out, poolSize{sku{Name: name, Tier: tier, Capacity: n}, most})
		}
	}
	vcore := func(name, tier string, most int64, capacities ...int) {
		for _, n := range capacities {
			out = append(out, poolSize{sku{Name: name, Tier: tier, Family: "Gen5", Capacity: n}, most})
		}
	}
	dtu("StandardPool", "Standard", 4096*gib, 50, 100, 200, 300, 400, 800, 1200, 1600, 2000, 2500, 3000)
	dtu("BasicPool", "Basic", 156*gib, 50, 100, 200, 300, 400, 800, 1200, 1600)
	dtu("PremiumPool", "Premium", 4096*gib, 125, 250, 500, 1000, 1500, 2000, 2500, 3000, 3500, 4000)
	vcore("GP_Gen5", "GeneralPurpose", 4096*gib, 2, 4, 6, 8, 10, 12, 14, 16, 18, 20, 24, 32, 40, 80, 128)
	vcore("BC_Gen5", "BusinessCritical", 4096*gib, 4, 6, 8, 10, 12, 14, 16, 18, 20, 24, 32, 40, 80, 128)
	return out
}

// poolSizeOf finds the size that a SKU asks for; nothing asks for the standard pool.
func poolSizeOf(asked sku) (poolSize, error) {
	all := poolSizes()
	if asked == (sku{}) {
		return all[0], nil
	}
	fits := func(s poolSize) bool {
		return (strings.EqualFold(s.sku.Name, asked.Name) || asked.Name == "" && strings.EqualFold(s.sku.Tier, asked.Tier)) &&
			(asked.Tier == "" || strings.EqualFold(s.sku.Tier, asked.Tier)) && (asked.Family == "" || strings.EqualFold(s.sku.Family, asked.Family)) &&
			(asked.Capacity == 0 || asked.Capacity == s.sku.Capacity)
	}
	i := slices.IndexFunc(all, fits)
	if i < 0 {
		return poolSize{}, refuse("InvalidSku", "The sku '%s' specified is invalid.", asked.Name)
	}
	return all[i], nil
}

// putPool keeps an elastic pool: a record that databases refer to.
// Source: learn.microsoft.com/rest/api/sql/elastic-pools/create-or-update.
func (p *provider) putPool(_ context.Context, ch *resource.Change) error {
	server, err := serverOf(ch)
	if err != nil {
		return err
	}
	if server.Location != ch.New.Location {
		return invalid("location")
	}
	var sent poolProperties
	if err := read(ch.New.Properties, &sent); err != nil {
		return err
	}
	asked, err := askedSKU(ch)
	if err == nil && asked == (sku{}) && ch.Old != nil {
		asked, err = skuOf(ch.Old)
	}
	if err != nil {
		return err
	}
	size, err := poolSizeOf(asked)
	if err != nil {
		return err
	}
	shown := map[string]any{"state": "Ready", "creationDate": stamp(ch.Call.Now)}
	if ch.Old != nil {
		shown["creationDate"] = ch.Old.Properties["creationDate"]
	}
	if err := sent.apply(shown, size); err != nil {
		return err
	}
	ch.New.Properties, ch.New.Kind, ch.New.Extra, ch.New.Identity = shown, "pool", nil, nil
	if size.sku.Family != "" {
		ch.New.Kind = "vcore,pool"
	}
	ch.New.SKU, err = size.sku.raw()
	return err
}

// poolProperties are those of a pool that a client may send. What it leaves out is nil.
type poolProperties struct {
	MaxSizeBytes *int64 `json:"maxSizeBytes"`
	PerDatabase  *struct {
		Min *float64 `json:"minCapacity"`
		Max *float64 `json:"maxCapacity"`
	} `json:"perDatabaseSettings"`
	ZoneRedundant *bool   `json:"zoneRedundant"`
	LicenseType   *string `json:"licenseType"`
	MaintenanceID *string `json:"maintenanceConfigurationId"`
}

// apply checks what was sent and gives it as answers have it.
func (s *poolProperties) apply(shown map[string]any, size poolSize) error {
	shown["maxSizeBytes"] = min(size.most, 50*gib)
	if s.MaxSizeBytes != nil {
		if *s.MaxSizeBytes <= 0 || *s.MaxSizeBytes > size.most {
			return refuse("InvalidMaxSizeTierCombination", "The tier '%s' does not support the max size '%d'.", size.sku.Tier, *s.MaxSizeBytes)
		}
		shown["maxSizeBytes"] = *s.MaxSizeBytes
	}
	least, most := 0.0, float64(size.sku.Capacity)
	if d := s.PerDatabase; d != nil {
		if d.Min != nil {
			least = *d.Min
		}
		if d.Max != nil {
			most = *d.Max
		}
	}
	if least < 0 || most > float64(size.sku.Capacity) || least > most {
		return invalid("perDatabaseSettings")
	}
	shown["perDatabaseSettings"] = map[string]any{"minCapacity": least, "maxCapacity": most}
	set(shown, "zoneRedundant", s.ZoneRedundant, false)
	if s.LicenseType != nil && *s.LicenseType != "" {
		shown["licenseType"] = *s.LicenseType
	}
	if s.MaintenanceID != nil && *s.MaintenanceID != "" {
		shown["maintenanceConfigurationId"] = *s.MaintenanceID
	}
	return nil
}

// deletePool refuses while there are databases in the pool.
func (p *provider) deletePool(_ context.Context, ch *resource.Change) error {
	if ch.Cascade {
		return nil
	}
	id, ok := resource.ParseID(ch.Old.ID)
	if !ok {
		return stored(ch.Old.ID)
	}
	inside, err := poolDatabases(ch.Tx, id)
	if err != nil {
		return err
	}
	if len(inside) > 0 {
		return fault.Newf(fault.Conflict, "sql.deletePool", "ElasticPoolNotEmpty",
			"The elastic pool '%s' is not empty. Databases must be moved out of it, or deleted, before the pool can be deleted.", ch.Old.Name)
	}
	return nil
}

// poolDatabases are the databases in a pool.
func poolDatabases(r store.Reader, pool resource.ID) ([]*resource.Document, error) {
	all, err := resource.ListTx(r, pool.Container().Child("databases", ""))
	if err != nil {
		return nil, fault.Wrap("sql.poolDatabases", err)
	}
	return slices.DeleteFunc(all, func(d *resource.Document) bool {
		return !strings.EqualFold(text(d.Properties["elasticPoolId"]), pool.String())
	}), nil
}

func (p *provider) listPoolDatabases(ctx context.Context, call *resource.Call) (*resource.Answer, error) {
	up, err := above(call)
	if err != nil {
		return nil, err
	}
	if _, err := up.Document(ctx); err != nil {
		return nil, err
	}
	var rows []*resource.Document
	err = call.Read(ctx, func(r store.Reader) error {
		rows, err = poolDatabases(r, up.ID)
		return err
	})
	if err != nil {
		return nil, err
	}
	if rows == nil {
		rows = []*resource.Document{}
	}
	return &resource.Answer{Body: map[string]any{"value": rows}}, nil
}

// poolOf finds the pool that a database is asked to be in; nil is none. A database stays in its pool unless a size of
// its own, or another pool, is asked for.
func poolOf(ch *resource.Change, sent *databaseProperties) (*resource.Document, error) {
	in := ""
	if asked, err := askedSKU(ch); err != nil {
		return nil, err
	} else if ch.Old != nil && (asked.Name == "" || strings.EqualFold(asked.Name, poolObjective)) {
		in = text(ch.Old.Properties["elasticPoolId"])
	}
	if sent.ElasticPoolID != nil {
		in = *sent.ElasticPoolID
	}
	if in == "" {
		return nil, nil
	}
	id, ok := resource.ParseID(in)
	self, selfOK := resource.ParseID(ch.New.ID)
	if !ok || !selfOK || !strings.EqualFold(id.FullType(), Namespace+"/servers/elasticPools") || id.Name() == "" || !id.Container().Equal(self.Container()) {
		return nil, invalid("elasticPoolId")
	}
	doc, err := resource.GetTx(ch.Tx, id)
	if errors.Is(err, store.ErrNotFound) {
		return nil, fault.Newf(fault.NotFound, "sql.poolOf", "ElasticPoolNotFound", "The elastic pool '%s' was not found.", id.Name())
	}
	return doc, fault.Wrap("sql.poolOf", err)
}

// pooled is the objective of the databases in a pool.
func pooled(pool *resource.Document) (objective, error) {
	has, err := skuOf(pool)
	if err != nil {
		return objective{}, err
	}
	size, err := poolSizeOf(has)
	if err != nil {
		return objective{}, fault.Wrap("sql.pooled", err)
	}
	return objective{
		name: poolObjective, sku: sku{Name: poolObjective, Tier: size.sku.Tier}, standard: min(size.most, 32*gib), most: size.most,
	}, nil
}
