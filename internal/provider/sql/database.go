package sql

import (
	"context"
	"encoding/json"
	"slices"
	"strings"
	"time"

	"github.com/alcedo-cloud/alcedo/internal/fault"
	"github.com/alcedo-cloud/alcedo/internal/resource"
	"github.com/alcedo-cloud/alcedo/internal/sqldb"
)

const standardCollation = "SQL_Latin1_General_CP1_CI_AS"

// databaseProperties are those of a database that a client may send. What it leaves out is nil.
type databaseProperties struct {
	Collation            *string  `json:"collation"`
	CreateMode           *string  `json:"createMode"`
	SourceDatabaseID     *string  `json:"sourceDatabaseId"`
	RestorableDroppedID  *string  `json:"restorableDroppedDatabaseId"`
	SourceDeletionDate   *string  `json:"sourceDatabaseDeletionDate"`
	RestorePoint         *string  `json:"restorePointInTime"`
	ElasticPoolID        *string  `json:"elasticPoolId"`
	MaxSizeBytes         any      `json:"maxSizeBytes"` // a number, in the oldest versions a text
	Objective            *string  `json:"requestedServiceObjectiveName"`
	Edition              *string  `json:"edition"`
	ZoneRedundant        *bool    `json:"zoneRedundant"`
	ReadScale            *string  `json:"readScale"`
	LicenseType          *string  `json:"licenseType"`
	AutoPauseDelay       *int     `json:"autoPauseDelay"`
	MinCapacity          *float64 `json:"minCapacity"`
	Replicas             *int     `json:"highAvailabilityReplicaCount"`
	BackupRedundancy     *string  `json:"requestedBackupStorageRedundancy"`
	CatalogCollation     *string  `json:"catalogCollation"`
	SampleName           *string  `json:"sampleName"`
	SecondaryType        *string  `json:"secondaryType"`
	Ledger               *bool    `json:"isLedgerOn"`
	MaintenanceID        *string  `json:"maintenanceConfigurationId"`
	LongTermBackup       *string  `json:"longTermRetentionBackupResourceId"`
	RecoverableDatabase  *string  `json:"recoverableDatabaseId"`
	RecoveryServicePoint *string  `json:"recoveryServicesRecoveryPointId"`
	SourceResourceID     *string  `json:"sourceResourceId"`
}

// hiddenRetention is what a database's document keeps of its backups' retention, in days.
const hiddenRetention = "retentionDays"

const standardRetention = 7

// putDatabase makes a database, or changes its settings.
// Source: learn.microsoft.com/rest/api/sql/databases/create-or-update.
func (p *provider) putDatabase(ctx context.Context, ch *resource.Change) error {
	if reserved(ch.New.Name) {
		return reservedName()
	}
	server, err := serverOf(ch)
	if err != nil {
		return err
	}
	if server.Location != ch.New.Location {
		return invalid("location")
	}
	var sent databaseProperties
	if err := read(ch.New.Properties, &sent); err != nil {
		return err
	}
	if err := sent.refuseMissing(); err != nil {
		return err
	}
	shown := kept(ch.Old)
	var origin *origin
	if ch.Old == nil {
		if origin, err = p.originOf(ctx, ch, server, &sent); err != nil {
			return err
		}
		shown["collation"] = collationOf(origin, &sent)
	} else if sent.Collation != nil && !strings.EqualFold(*sent.Collation, text(shown["collation"])) {
		return invalid("collation")
	}
	size, err := p.size(ch, origin, &sent)
	if err != nil {
		return err
	}
	if err := sent.apply(shown, size); err != nil {
		return err
	}
	ch.New.Properties, ch.New.Extra, ch.New.Identity = shown, nil, nil
	if err := dress(ch.New, size); err != nil {
		return err
	}
	return p.keepDatabase(ch, server, origin)
}

func collationOf(from *origin, sent *databaseProperties) string {
	switch {
	case from != nil:
		return from.collation
	case sent.Collation != nil && *sent.Collation != "":
		return *sent.Collation
	}
	return standardCollation
}

// kept are the properties that a change begins with.
func kept(old *resource.Document) map[string]any {
	shown := map[string]any{}
	if old == nil {
		return shown
	}
	for name, value := range old.Properties {
		shown[name] = value
	}
	return shown
}

// refuseMissing refuses what Azure SQL has and is not here.
func (s *databaseProperties) refuseMissing() error {
	switch {
	case s.SampleName != nil && *s.SampleName != "":
		return unsupported("FeatureNotSupported", "Sample databases are not supported: leave out 'sampleName'.")
	case s.Ledger != nil && *s.Ledger:
		return unsupported("FeatureNotSupported", "Ledger databases are not supported: leave out 'isLedgerOn'.")
	case s.LongTermBackup != nil || s.RecoverableDatabase != nil || s.RecoveryServicePoint != nil || s.SourceResourceID != nil:
		return unsupported("FeatureNotSupported", "Databases are restored from dropped ones only: name one by 'sourceDatabaseId' and 'sourceDatabaseDeletionDate'.")
	case s.CatalogCollation != nil && !strings.EqualFold(*s.CatalogCollation, standardCollation) && !strings.EqualFold(*s.CatalogCollation, "DATABASE_DEFAULT"):
		return invalid("catalogCollation")
	}
	return nil
}

// dressing is what of a database's objective, pool and size is settled.
type dressing struct {
	objective objective
	pool      *resource.Document
	max       int64
}

// size settles objective, pool and size: what was sent, else what is, else what the origin has, else the standard.
func (p *provider) size(ch *resource.Change, from *origin, sent *databaseProperties) (dressing, error) {
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
	if sent.MaxSizeBytes != nil {
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

// objectiveOf reads the objective that is asked for, or keeps the one that is.
func objectiveOf(ch *resource.Change, from *origin, sent *databaseProperties, pool *resource.Document) (objective, error) {
	if pool != nil {
		return pooled(pool)
	}
	var asked sku
	if len(ch.New.SKU) > 0 {
		if err := json.Unmarshal(ch.New.SKU, &asked); err != nil {
			return objective{}, invalid("sku")
		}
	}
	if ch.Old != nil && string(ch.New.SKU) == string(ch.Old.SKU) {
		asked = sku{} // a PATCH has merged nothing
	}
	switch {
	case asked.Name != "" && !strings.EqualFold(asked.Name, poolObjective):
		return chosen(asked)
	case sent.Objective != nil && (ch.Old == nil || *sent.Objective != text(ch.Old.Properties["requestedServiceObjectiveName"])):
		return chosen(sku{Name: *sent.Objective})
	case sent.Edition != nil:
		return chosen(sku{Name: *sent.Edition})
	case ch.Old != nil:
		if o, ok := findObjective(text(ch.Old.Properties["currentServiceObjectiveName"])); ok {
			return o, nil
		}
	case from != nil && from.objective != "":
		if o, ok := findObjective(from.objective); ok {
			return o, nil
		}
	}
	return chosen(sku{Name: standardObjective})
}

// apply takes the settings over that are records here.
func (s *databaseProperties) apply(shown map[string]any, d dressing) error {
	for _, c := range []struct {
		name, standard string
		sent           *string
		may            []string
	}{
		{"readScale", "Disabled", s.ReadScale, []string{"Enabled", "Disabled"}},
		{"requestedBackupStorageRedundancy", "Geo", s.BackupRedundancy, []string{"Geo", "GeoZone", "Local", "Zone"}},
		{"licenseType", "", s.LicenseType, []string{"LicenseIncluded", "BasePrice"}},
		{"secondaryType", "", s.SecondaryType, []string{"Geo", "Named"}},
	} {
		if c.sent == nil {
			if shown[c.name] == nil && c.standard != "" {
				shown[c.name] = c.standard
			}
			continue
		}
		i := slices.IndexFunc(c.may, func(m string) bool { return strings.EqualFold(m, *c.sent) })
		if i < 0 {
			return invalid(c.name)
		}
		shown[c.name] = c.may[i]
	}
	set(shown, "zoneRedundant", s.ZoneRedundant, false)
	if s.MaintenanceID != nil {
		shown["maintenanceConfigurationId"] = *s.MaintenanceID
	}
	if s.Replicas != nil {
		if *s.Replicas < 0 || *s.Replicas > 4 {
			return invalid("highAvailabilityReplicaCount")
		}
		shown["highAvailabilityReplicaCount"] = *s.Replicas
	}
	return s.serverless(shown, d)
}

func set(shown map[string]any, name string, sent *bool, standard bool) {
	if sent != nil {
		shown[name] = *sent
	} else if shown[name] == nil {
		shown[name] = standard
	}
}

// serverless takes the settings of serverless databases over, which others must not have.
func (s *databaseProperties) serverless(shown map[string]any, d dressing) error {
	if !d.objective.serverless {
		if s.AutoPauseDelay != nil && shown["autoPauseDelay"] == nil && *s.AutoPauseDelay >= 0 {
			return refuse("InvalidAutoPauseDelay", "The service level objective '%s' does not support auto pause.", d.objective.name)
		}
		delete(shown, "autoPauseDelay")
		delete(shown, "minCapacity")
		return nil
	}
	if s.AutoPauseDelay != nil {
		if n := *s.AutoPauseDelay; n != -1 && (n < 15 || n > 10080) {
			return refuse("InvalidAutoPauseDelay", "Invalid auto pause delay '%d': it must be -1, or between 15 and 10080 minutes.", n)
		}
		shown["autoPauseDelay"] = *s.AutoPauseDelay
	} else if shown["autoPauseDelay"] == nil {
		shown["autoPauseDelay"] = 60
	}
	if s.MinCapacity != nil {
		if *s.MinCapacity < 0.5 || *s.MinCapacity > float64(d.objective.sku.Capacity) {
			return refuse("InvalidMinCapacity", "The service level objective '%s' does not support the min capacity '%v'.", d.objective.name, *s.MinCapacity)
		}
		shown["minCapacity"] = *s.MinCapacity
	} else if shown["minCapacity"] == nil {
		shown["minCapacity"] = 0.5
	}
	return nil
}

// dress fills in what follows from objective, pool and size.
func dress(doc *resource.Document, d dressing) (err error) {
	shown, o := doc.Properties, d.objective
	shown["status"], shown["catalogCollation"], shown["isLedgerOn"] = "Online", standardCollation, false
	shown["maxSizeBytes"] = d.max
	shown["currentServiceObjectiveName"], shown["requestedServiceObjectiveName"] = o.name, o.name
	shown["currentBackupStorageRedundancy"] = shown["requestedBackupStorageRedundancy"]
	shown["currentSku"] = o.sku
	if doc.SKU, err = o.sku.raw(); err != nil {
		return err
	}
	doc.Kind, doc.ManagedBy = o.kind(), ""
	delete(shown, "elasticPoolId")
	if d.pool != nil {
		doc.Kind, doc.ManagedBy = "v12.0,user,pool", d.pool.ID
		shown["elasticPoolId"] = d.pool.ID
	}
	return nil
}

// keepDatabase has the service make or change what the document says.
func (p *provider) keepDatabase(ch *resource.Change, server *resource.Document, from *origin) error {
	if ch.New.Hidden == nil {
		ch.New.Hidden = map[string]any{}
	}
	if ch.New.Hidden[hiddenRetention] == nil {
		ch.New.Hidden[hiddenRetention] = standardRetention
	}
	s := settingsOf(ch.New)
	if ch.Old != nil {
		return worded("sql.putDatabase", p.Registry.ChangeDatabase(ch.Tx, server.Name, ch.New.Name, s))
	}
	if from != nil {
		s.Copy = &from.ref
	}
	d, err := p.Registry.CreateDatabase(ch.Tx, server.Name, ch.New.Name, s)
	if err != nil {
		return worded("sql.putDatabase", err)
	}
	ch.New.Properties["databaseId"] = d.GUID
	ch.New.Properties["creationDate"] = stamp(d.Created)
	ch.New.Properties["earliestRestoreDate"] = stamp(d.Created)
	return nil
}

// settingsOf are a database's settings as the service has them.
func settingsOf(doc *resource.Document) sqldb.DatabaseSettings {
	var s sku
	if err := json.Unmarshal(doc.SKU, &s); err != nil {
		s = sku{}
	}
	return sqldb.DatabaseSettings{
		Collation: text(doc.Properties["collation"]), Edition: s.Tier, Objective: text(doc.Properties["currentServiceObjectiveName"]),
		MaxBytes: number(doc.Properties["maxSizeBytes"]), Retention: time.Duration(number(doc.Hidden[hiddenRetention])) * 24 * time.Hour,
	}
}

// number reads a number, which is a float once it has been stored.
func number(v any) int64 {
	switch n := v.(type) {
	case int:
		return int64(n)
	case int64:
		return n
	case float64:
		return int64(n)
	}
	return 0
}

// stamp is a time as the provider writes it.
func stamp(t time.Time) string { return t.UTC().Format("2006-01-02T15:04:05.999Z07:00") }

// putMaster stores the document of the system's database, which comes and goes with its server.
func (p *provider) putMaster(ch *resource.Change) error {
	doc := &resource.Document{
		ID: ch.New.ID + "/databases/" + master, Name: master, Type: Namespace + "/" + databaseType, Location: ch.New.Location,
		Kind: "v12.0,system", SKU: json.RawMessage(`{"name":"System","tier":"System","capacity":0}`), SystemData: ch.New.SystemData,
		Properties: map[string]any{
			"collation": standardCollation, "catalogCollation": standardCollation, "status": "Online", "maxSizeBytes": 30 * gib,
			"currentServiceObjectiveName": "System0", "requestedServiceObjectiveName": "System0", "zoneRedundant": false, "isLedgerOn": false,
			"readScale": "Disabled", "currentSku": map[string]any{"name": "System", "tier": "System", "capacity": 0},
			"creationDate": stamp(ch.Call.Now),
		},
	}
	return fault.Wrap("sql.putMaster", resource.PutTx(ch.Tx, doc))
}

// deleteDatabase drops a database, which can be restored until its retention is over. One that goes with its server goes
// for good, and the server sees to that.
func (p *provider) deleteDatabase(_ context.Context, ch *resource.Change) error {
	if ch.Cascade {
		return nil
	}
	if reserved(ch.Old.Name) {
		return reservedName()
	}
	server, err := serverOf(ch)
	if err != nil {
		return err
	}
	return fault.Wrap("sql.deleteDatabase", p.Registry.DropDatabase(ch.Tx, server.Name, ch.Old.Name, false))
}
