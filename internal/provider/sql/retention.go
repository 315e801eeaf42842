package sql

import (
	"context"
	"strings"

	"github.com/alcedo-cloud/alcedo/internal/fault"
	"github.com/alcedo-cloud/alcedo/internal/resource"
)

// Bounds of the retention of what is dropped, in days; Basic databases keep a week at most.
const (
	maxRetention      = 35
	maxBasicRetention = 7
)

const hiddenDifferential = "diffBackupIntervalInHours"

func retentionAnswer(doc *resource.Document) map[string]any {
	hours := number(doc.Hidden[hiddenDifferential])
	if hours == 0 {
		hours = 12
	}
	return map[string]any{
		"id": doc.ID + "/backupShortTermRetentionPolicies/" + thePolicy, "name": thePolicy,
		"type":       Namespace + "/servers/databases/backupShortTermRetentionPolicies",
		"properties": map[string]any{"retentionDays": number(doc.Hidden[hiddenRetention]), "diffBackupIntervalInHours": hours},
	}
}

func (p *provider) getRetention(ctx context.Context, call *resource.Call) (*resource.Answer, error) {
	doc, err := p.serverAbove(ctx, call)
	if err != nil {
		return nil, err
	}
	if !strings.EqualFold(call.ID.Name(), thePolicy) {
		return nil, missing(call.ID)
	}
	return &resource.Answer{Body: retentionAnswer(doc)}, nil
}

func (p *provider) listRetention(ctx context.Context, call *resource.Call) (*resource.Answer, error) {
	doc, err := p.serverAbove(ctx, call)
	if err != nil {
		return nil, err
	}
	return &resource.Answer{Body: map[string]any{"value": []any{retentionAnswer(doc)}}}, nil
}

// putRetention says how long a database can be restored after it was dropped.
// Source: learn.microsoft.com/rest/api/sql/backup-short-term-retention-policies/create-or-update.
func (p *provider) putRetention(ctx context.Context, call *resource.Call) (*resource.Answer, error) {
	if !strings.EqualFold(call.ID.Name(), thePolicy) {
		return nil, invalid("policyName")
	}
	var body struct {
		Properties struct {
			Days  *int64 `json:"retentionDays"`
			Hours *int64 `json:"diffBackupIntervalInHours"`
		} `json:"properties"`
	}
	if err := read(call.Body, &body); err != nil {
		return nil, err
	}
	up, err := above(call)
	if err != nil {
		return nil, err
	}
	doc, err := up.Update(ctx, func(ch *resource.Change) error {
		if reserved(ch.New.Name) {
			return reservedName()
		}
		if days := body.Properties.Days; days != nil {
			most := int64(maxRetention)
			if strings.EqualFold(text(ch.New.Properties["currentServiceObjectiveName"]), "Basic") {
				most = maxBasicRetention
			}
			if *days < 1 || *days > most {
				return refuse("InvalidBackupRetentionPeriod", "The backup retention period must be between 1 and %d days for the database's tier.", most)
			}
			ch.New.Hidden[hiddenRetention] = *days
		}
		if hours := body.Properties.Hours; hours != nil {
			if *hours != 12 && *hours != 24 {
				return invalid("diffBackupIntervalInHours")
			}
			ch.New.Hidden[hiddenDifferential] = *hours
		}
		return fault.Wrap("sql.putRetention", p.Registry.ChangeDatabase(ch.Tx, strings.ToLower(call.ID.Names[0]), ch.New.Name, settingsOf(ch.New)))
	})
	if err != nil {
		return nil, err
	}
	return &resource.Answer{Body: retentionAnswer(doc)}, nil
}
