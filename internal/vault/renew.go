package vault

import (
	"context"
	"strings"
	"time"

	"github.com/alcedo-cloud/alcedo/internal/fault"
	"github.com/alcedo-cloud/alcedo/internal/store"
	"github.com/alcedo-cloud/alcedo/internal/vault/certificate"
	"github.com/alcedo-cloud/alcedo/internal/vault/jwk"
)

// sweepCertificates renews the certificates of a vault whose policies want it. Contacts are not written to.
func (s *Service) sweepCertificates(ctx context.Context, o *opened) error {
	var names []string
	err := store.View(ctx, s.Store, func(r store.Reader) error {
		c := &contents{opened: o, service: s, r: r, now: s.Clock.Now()}
		return c.objects("live", Certificates, "", func(o *object) (bool, error) {
			v, err := c.version(o, "")
			if err != nil {
				return false, err
			}
			due, err := c.renewable(o, v)
			if due {
				names = append(names, o.Name)
			}
			return true, err
		})
	})
	if err != nil {
		return fault.Wrap("vault.sweepCertificates", err)
	}
	return each(names, func(name string) error {
		_, err := s.issue(ctx, o, name, NewCertificate{}, (*contents).renewable)
		return err
	})
}

// renewable reports whether a certificate is to be renewed now: its policy says so, it is enabled, issued, and nothing
// is pending.
func (c *contents) renewable(o *object, v *version) (bool, error) {
	d, err := o.certificateData()
	if err != nil || d.Policy == nil || !v.Attributes.Enabled || d.Policy.Issuer.Name == certificate.Unknown {
		return false, err
	}
	if d.Policy.Key != nil && d.Policy.Key.Curve == jwk.P256K {
		return false, nil // nothing here makes such a certificate
	}
	if d.Pending != nil && d.Pending.Status == InProgress {
		return false, nil
	}
	from, until := time.Unix(v.Attributes.NotBefore, 0), time.Unix(v.Attributes.Expires, 0)
	for _, a := range d.Policy.Actions {
		if !strings.EqualFold(a.Action.Type, certificate.AutoRenew) {
			continue
		}
		at := until.AddDate(0, 0, -a.Trigger.DaysBeforeExpiry)
		if a.Trigger.LifetimePercentage > 0 {
			at = from.Add(until.Sub(from) / 100 * time.Duration(a.Trigger.LifetimePercentage))
		}
		return !c.now.Before(at), nil
	}
	return false, nil
}
