package blob

import (
	"context"
	"errors"
	"time"

	"github.com/alcedo-cloud/alcedo/internal/fault"
	"github.com/alcedo-cloud/alcedo/internal/store"
)

// Bounds of service properties.
const (
	maxCORSRules     = 5
	maxRetentionDays = 365
)

// GetServiceProperties gives the account's blob service properties.
func (s *Service) GetServiceProperties(ctx context.Context, a Access, t Target) (ServiceProperties, error) {
	g, err := s.permit(ctx, a, request{op: OpGetServiceProperties, target: Target{Account: t.Account}})
	if err != nil {
		return ServiceProperties{}, err
	}
	return g.account.Properties, nil
}

// SetServiceProperties has change edit the properties: what a request leaves out stays as it is.
func (s *Service) SetServiceProperties(ctx context.Context, a Access, t Target, change func(*ServiceProperties)) error {
	const op = "blob.SetServiceProperties"
	if _, err := s.permit(ctx, a, request{op: OpSetServiceProperties, target: Target{Account: t.Account}}); err != nil {
		return err
	}
	return fault.Wrap(op, s.Store.Update(ctx, func(tx store.Tx) error {
		account, ok, err := AccountTx(tx, t.Account)
		if err != nil {
			return err
		}
		if !ok {
			return refuse(fault.NotFound, "ResourceNotFound")
		}
		change(&account.Properties)
		if err := account.Properties.check(); err != nil {
			return err
		}
		return s.PutAccount(tx, account)
	}))
}

// check refuses properties that Azure refuses.
func (p *ServiceProperties) check() error {
	if len(p.CORS) > maxCORSRules {
		return refuse(fault.Invalid, "InvalidXmlDocument")
	}
	var errs []error
	for _, rule := range p.CORS {
		if len(rule.AllowedOrigins) == 0 || len(rule.AllowedMethods) == 0 || rule.MaxAgeSeconds < 0 {
			errs = append(errs, refuse(fault.Invalid, "InvalidXmlDocument"))
		}
	}
	for _, r := range []Retention{p.DeleteRetention, p.ContainerDeleteRetention} {
		if r.Enabled && (r.Days < 1 || r.Days > maxRetentionDays) {
			errs = append(errs, refuse(fault.Invalid, "InvalidXmlNodeValue"))
		}
	}
	if v := p.DefaultServiceVersion; v != "" {
		if _, err := time.Parse(time.DateOnly, v); err != nil {
			errs = append(errs, refuse(fault.Invalid, "InvalidXmlNodeValue"))
		}
	}
	return errors.Join(errs...)
}

// Stats is Get Blob Service Stats.
type Stats struct {
	Status   string    // live
	LastSync time.Time // to the second: all that was written before is at the secondary
}

// ServiceStats tells about the secondary. There is one only where the account is read-access redundant.
func (s *Service) ServiceStats(ctx context.Context, a Access, t Target) (Stats, error) {
	g, err := s.permit(ctx, a, request{op: OpGetServiceStats, target: Target{Account: t.Account}})
	if err != nil {
		return Stats{}, err
	}
	if !g.account.Secondary {
		return Stats{}, refuse(fault.Invalid, "InvalidQueryParameterValue")
	}
	// Both endpoints read the same store: the secondary is never behind.
	return Stats{Status: "live", LastSync: s.Clock.Now().Truncate(time.Second)}, nil
}

// AccountInfo is Get Account Information.
type AccountInfo struct {
	SKU, Kind string
	HNS       bool
}

// AccountInfo tells the account's SKU and kind to whoever has any right on it.
func (s *Service) AccountInfo(ctx context.Context, a Access, t Target) (AccountInfo, error) {
	g, err := s.permit(ctx, a, request{op: OpGetAccountInfo, target: t})
	if err != nil {
		return AccountInfo{}, err
	}
	return AccountInfo{SKU: g.account.SKU, Kind: g.account.Kind, HNS: g.account.HierarchicalNamespace}, nil
}
