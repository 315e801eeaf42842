package storage

import (
	"context"
	"slices"
	"strings"
	"time"

	"github.com/alcedo-cloud/alcedo/internal/blob"
	"github.com/alcedo-cloud/alcedo/internal/resource"
)

// Bounds of the Blob service's settings.
const (
	maxCORSRules   = 5
	maxCORSOrigins = 64
	maxCORSLength  = 2048
	maxRetainDays  = 365
)

// serviceBody is what PUT says about the Blob service. What is left out stays as it is.
type serviceBody struct {
	Properties struct {
		CORS *struct {
			Rules []corsRule `json:"corsRules"`
		} `json:"cors"`
		DefaultServiceVersion    *string    `json:"defaultServiceVersion"`
		DeleteRetention          *retention `json:"deleteRetentionPolicy"`
		ContainerDeleteRetention *retention `json:"containerDeleteRetentionPolicy"`
		Versioning               *bool      `json:"isVersioningEnabled"`
		AutomaticSnapshots       *bool      `json:"automaticSnapshotPolicyEnabled"`
		ChangeFeed               *struct {
			Enabled         *bool `json:"enabled"`
			RetentionInDays *int  `json:"retentionInDays"`
		} `json:"changeFeed"`
		RestorePolicy *struct {
			Enabled bool `json:"enabled"`
		} `json:"restorePolicy"`
		LastAccess *struct {
			Enable bool `json:"enable"`
		} `json:"lastAccessTimeTrackingPolicy"`
	} `json:"properties"`
}

type corsRule struct {
	AllowedOrigins  []string `json:"allowedOrigins"`
	AllowedMethods  []string `json:"allowedMethods"`
	MaxAgeInSeconds int      `json:"maxAgeInSeconds"`
	ExposedHeaders  []string `json:"exposedHeaders"`
	AllowedHeaders  []string `json:"allowedHeaders"`
}

type retention struct {
	Enabled              bool `json:"enabled"`
	Days                 *int `json:"days,omitempty"`
	AllowPermanentDelete bool `json:"allowPermanentDelete"`
}

// getBlobService answers the settings of the account's Blob service.
func (p *provider) getBlobService(ctx context.Context, call *resource.Call) (*resource.Answer, error) {
	a, err := p.serviceAccount(ctx, call)
	if err != nil {
		return nil, err
	}
	return &resource.Answer{Body: serviceRow(a, call.APIVersion)}, nil
}

// listBlobServices answers the one Blob service that an account has.
func (p *provider) listBlobServices(ctx context.Context, call *resource.Call) (*resource.Answer, error) {
	a, err := p.account(ctx, call.ID)
	if err != nil {
		return nil, err
	}
	return &resource.Answer{Body: map[string]any{"value": []any{serviceRow(a, call.APIVersion)}}}, nil
}

func (p *provider) serviceAccount(ctx context.Context, call *resource.Call) (*blob.Account, error) {
	a, err := p.account(ctx, call.ID)
	if err != nil {
		return nil, err
	}
	return a, onlyDefault(call.ID.Name())
}

// putBlobService changes the settings. The data plane's Set Blob Service Properties changes the same ones.
func (p *provider) putBlobService(ctx context.Context, call *resource.Call) (*resource.Answer, error) {
	if _, err := p.serviceAccount(ctx, call); err != nil {
		return nil, err
	}
	var body serviceBody
	if err := readBody(call, &body); err != nil {
		return nil, err
	}
	a, err := p.change(ctx, call.ID, func(a *blob.Account) error { return body.apply(&a.Properties) })
	if err != nil {
		return nil, err
	}
	return &resource.Answer{Status: 200, Body: serviceRow(a, call.APIVersion)}, nil
}

func (b *serviceBody) apply(s *blob.ServiceProperties) error {
	given := b.Properties
	if given.CORS != nil {
		rules, err := readCORS(given.CORS.Rules)
		if err != nil {
			return err
		}
		s.CORS = rules
	}
	if v := given.DefaultServiceVersion; v != nil {
		if _, err := time.Parse(time.DateOnly, *v); err != nil && *v != "" {
			return invalidValues("defaultServiceVersion")
		}
		s.DefaultServiceVersion = *v
	}
	if err := given.DeleteRetention.apply(&s.DeleteRetention, "deleteRetentionPolicy"); err != nil {
		return err
	}
	if err := given.ContainerDeleteRetention.apply(&s.ContainerDeleteRetention, "containerDeleteRetentionPolicy"); err != nil {
		return err
	}
	if given.AutomaticSnapshots != nil && *given.AutomaticSnapshots {
		return invalidValues("automaticSnapshotPolicyEnabled")
	}
	if given.RestorePolicy != nil && given.RestorePolicy.Enabled {
		return invalidValues("restorePolicy")
	}
	if given.Versioning != nil {
		s.Versioning = *given.Versioning
	}
	if f := given.ChangeFeed; f != nil {
		if f.RetentionInDays != nil && (*f.RetentionInDays < 1 || *f.RetentionInDays > maxRetention) {
			return invalidValues("changeFeed")
		}
		s.ChangeFeed = f.Enabled != nil && *f.Enabled
	}
	if given.LastAccess != nil {
		s.LastAccessTracking = given.LastAccess.Enable
	}
	return nil
}

func (r *retention) apply(to *blob.Retention, field string) error {
	if r == nil {
		return nil
	}
	if !r.Enabled {
		*to = blob.Retention{}
		return nil
	}
	if r.Days == nil || *r.Days < 1 || *r.Days > maxRetainDays {
		return invalidValues(field)
	}
	*to = blob.Retention{Enabled: true, Days: *r.Days, AllowPermanentDelete: r.AllowPermanentDelete}
	return nil
}

// readCORS checks rules as Set Blob Service Properties does.
func readCORS(rules []corsRule) ([]blob.CORSRule, error) {
	if len(rules) > maxCORSRules {
		return nil, invalidValues("corsRules")
	}
	methods := []string{"DELETE", "GET", "HEAD", "MERGE", "OPTIONS", "PATCH", "POST", "PUT"}
	read := make([]blob.CORSRule, 0, len(rules))
	for _, r := range rules {
		length := 0
		for _, list := range [][]string{r.AllowedOrigins, r.AllowedHeaders, r.ExposedHeaders} {
			for _, text := range list {
				length += len(text)
			}
			if len(list) > maxCORSOrigins {
				return nil, invalidValues("corsRules")
			}
		}
		if len(r.AllowedOrigins) == 0 || len(r.AllowedMethods) == 0 || r.MaxAgeInSeconds < 0 || length > maxCORSLength {
			return nil, invalidValues("corsRules")
		}
		for _, m := range r.AllowedMethods {
			if !slices.Contains(methods, strings.ToUpper(m)) {
				return nil, invalidValues("allowedMethods")
			}
		}
		read = append(read, blob.CORSRule{
			AllowedOrigins: r.AllowedOrigins, AllowedMethods: upper(r.AllowedMethods), AllowedHeaders: r.AllowedHeaders,
			ExposedHeaders: r.ExposedHeaders, MaxAgeSeconds: r.MaxAgeInSeconds,
		})
	}
	return read, nil
}

func upper(texts []string) []string {
	out := make([]string, len(texts))
	for i, t := range texts {
		out[i] = strings.ToUpper(t)
	}
	return out
}

// serviceRow is the Blob service as a resource.
func serviceRow(a *blob.Account, version string) map[string]any {
	s := a.Properties
	rules := []corsRule{}
	for _, r := range s.CORS {
		rules = append(rules, corsRule{
			AllowedOrigins: orEmpty(r.AllowedOrigins), AllowedMethods: orEmpty(r.AllowedMethods),
			MaxAgeInSeconds: r.MaxAgeSeconds, ExposedHeaders: orEmpty(r.ExposedHeaders), AllowedHeaders: orEmpty(r.AllowedHeaders),
		})
	}
	properties := map[string]any{
		"cors": map[string]any{"corsRules": rules}, "deleteRetentionPolicy": retentionRow(s.DeleteRetention, true),
	}
	if s.DefaultServiceVersion != "" {
		properties["defaultServiceVersion"] = s.DefaultServiceVersion
	}
	if version >= "2019-06-01" {
		properties["containerDeleteRetentionPolicy"] = retentionRow(s.ContainerDeleteRetention, false)
		if s.Versioning {
			properties["isVersioningEnabled"] = true
		}
		if s.ChangeFeed {
			properties["changeFeed"] = map[string]any{"enabled": true}
		}
		if s.LastAccessTracking {
			properties["lastAccessTimeTrackingPolicy"] = map[string]any{
				"enable": true, "name": "AccessTimeTracking", "trackingGranularityInDays": 1, "blobType": []string{"blockBlob"},
			}
		}
	}
	return map[string]any{
		"sku": skuOf(a.SKU), "id": a.ResourceID + "/blobServices/default", "name": "default",
		"type": Namespace + "/" + accountType + "/blobServices", "properties": properties,
	}
}

func orEmpty(texts []string) []string {
	if texts == nil {
		return []string{}
	}
	return texts
}

func retentionRow(r blob.Retention, permanent bool) map[string]any {
	row := map[string]any{"enabled": r.Enabled}
	if r.Enabled {
		row["days"] = r.Days
	}
	if permanent {
		row["allowPermanentDelete"] = r.AllowPermanentDelete
	}
	return row
}

// getOtherService answers the file, queue or table service of an account, which alcedo does not serve: clients ask for
// them whenever they look at an account.
func (p *provider) getOtherService(ctx context.Context, call *resource.Call) (*resource.Answer, error) {
	a, err := p.serviceAccount(ctx, call)
	if err != nil {
		return nil, err
	}
	return &resource.Answer{Body: otherServiceRow(a, call.ID.Types[1])}, nil
}

func (p *provider) listOtherServices(ctx context.Context, call *resource.Call) (*resource.Answer, error) {
	a, err := p.account(ctx, call.ID)
	if err != nil {
		return nil, err
	}
	return &resource.Answer{Body: map[string]any{"value": []any{otherServiceRow(a, call.ID.Types[1])}}}, nil
}

func otherServiceRow(a *blob.Account, typ string) map[string]any {
	properties := map[string]any{"cors": map[string]any{"corsRules": []any{}}}
	for _, known := range []string{"fileServices", "queueServices", "tableServices"} {
		if strings.EqualFold(known, typ) {
			typ = known
		}
	}
	row := map[string]any{
		"id": a.ResourceID + "/" + typ + "/default", "name": "default", "type": Namespace + "/" + accountType + "/" + typ,
		"properties": properties,
	}
	if typ == "fileServices" {
		properties["shareDeleteRetentionPolicy"] = map[string]any{"enabled": false}
		row["sku"] = skuOf(a.SKU)
	}
	return row
}
