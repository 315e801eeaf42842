package sql

import (
	"slices"
	"strings"
)

// forgetEmpty takes an empty text, and a pause or capacity of nothing, for one that was left out, as Azure does:
// Terraform sends them all with every database. An empty pool is not forgotten: it takes the database out of its pool.
func (s *databaseProperties) forgetEmpty() {
	for _, sent := range []**string{
		&s.Collation, &s.CreateMode, &s.SourceDatabaseID, &s.RestorableDroppedID, &s.SourceDeletionDate, &s.RestorePoint,
		&s.Objective, &s.Edition, &s.ReadScale, &s.LicenseType, &s.BackupRedundancy, &s.CatalogCollation, &s.SecondaryType,
		&s.MaintenanceID, &s.LongTermBackup, &s.RecoverableDatabase, &s.RecoveryServicePoint, &s.SourceResourceID,
	} {
		if *sent != nil && **sent == "" {
			*sent = nil
		}
	}
	if s.AutoPauseDelay != nil && *s.AutoPauseDelay == 0 {
		s.AutoPauseDelay = nil
	}
	if s.MinCapacity != nil && *s.MinCapacity == 0 {
		s.MinCapacity = nil
	}
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
