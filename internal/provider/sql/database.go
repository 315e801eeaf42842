package sql

import (
	"context"
	"encoding/json"
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
func (p *provider) putDatabase(_ context.Context, ch *resource.Change) error {
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
	sent, err := sentDatabase(ch)
	if err != nil {
		return err
	}
	if err := sent.refuseMissing(); err != nil {
		return err
	}
	shown := kept(ch.Old)
	var from *origin
	if ch.Old == nil {
		if from, err = originOf(ch, server, sent); err != nil {
			return err
		}
		shown["collation"] = collationOf(from, sent)
	} else if sent.Collation != nil && !strings.EqualFold(*sent.Collation, text(shown["collation"])) {
		return invalid("collation")
	}
	size, err := sizeOf(ch, from, sent)
	if err != nil {
		return err
	}
	if err := sent.apply(shown, size); err != nil {
		return err
	}
	ch.New.Properties, ch.New.Extra, ch.New.Identity = shown, nil, nil
	if ch.Old == nil {
		return p.createDatabase(ch, server, from, size)
	}
	if err := dress(ch.New, size); err != nil {
		return err
	}
	return worded("sql.putDatabase", p.Registry.ChangeDatabase(ch.Tx, server.Name, ch.New.Name, settingsOf(ch.New)))
}

// sentDatabase is what the client said: of a PATCH not what the core has merged it into.
func sentDatabase(ch *resource.Change) (*databaseProperties, error) {
	sent := new(databaseProperties)
	if ch.Call.Method != "PATCH" {
		err := read(ch.New.Properties, sent)
		sent.forgetEmpty()
		return sent, err
	}
	var body struct {
		Properties *databaseProperties `json:"properties"`
	}
	err := read(ch.Call.Body, &body)
	if body.Properties != nil {
		sent = body.Properties
	}
	sent.forgetEmpty()
	return sent, err
}

func collationOf(from *origin, sent *databaseProperties) string {
	switch {
	case from != nil && from.collation != "":
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

// createDatabase has the service make what the document says. A restored database is of the size that it was, unless
// another is asked for: the service says which.
func (p *provider) createDatabase(ch *resource.Change, server *resource.Document, from *origin, size dressing) error {
	if ch.New.Hidden == nil {
		ch.New.Hidden = map[string]any{}
	}
	ch.New.Hidden[hiddenRetention] = standardRetention
	asWas := size.objective.name == ""
	if !asWas {
		if err := dress(ch.New, size); err != nil {
			return err
		}
	}
	s := settingsOf(ch.New)
	if from != nil {
		s.Copy = &from.ref
	}
	d, err := p.Registry.CreateDatabase(ch.Tx, server.Name, ch.New.Name, s)
	if from != nil && fault.Is(err, fault.NotFound) {
		return sourceNotFound()
	}
	if err != nil {
		return worded("sql.createDatabase", err)
	}
	shown := ch.New.Properties
	shown["databaseId"], shown["creationDate"], shown["earliestRestoreDate"] = d.GUID, stamp(d.Created), stamp(d.Created)
	shown["collation"] = orStandard(d.Settings.Collation)
	if !asWas {
		return nil
	}
	was, ok := findObjective(d.Settings.Objective)
	if !ok { // it was in a pool
		if was, err = chosen(sku{Name: standardObjective}); err != nil {
			return err
		}
	}
	size.objective = was
	if size.max = size.objective.standard; d.Settings.MaxBytes > 0 {
		size.max = min(d.Settings.MaxBytes, size.objective.most)
	}
	if err := dress(ch.New, size); err != nil {
		return err
	}
	return worded("sql.createDatabase", p.Registry.ChangeDatabase(ch.Tx, server.Name, ch.New.Name, settingsOf(ch.New)))
}

func orText(given, standard string) string {
	if given == "" {
		return standard
	}
	return given
}

func orStandard(collation string) string { return orText(collation, standardCollation) }

// settingsOf are a database's settings as the service has them.
func settingsOf(doc *resource.Document) sqldb.DatabaseSettings {
	edition, objective := "", text(doc.Properties["currentServiceObjectiveName"])
	if size, err := skuOf(doc); err == nil && objective != "" {
		edition = size.Tier
	}
	return sqldb.DatabaseSettings{
		Collation: text(doc.Properties["collation"]), Edition: edition, Objective: objective,
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
