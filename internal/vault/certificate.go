package vault

import (
	"context"
	"encoding/json"
	"maps"

	"github.com/alcedo-cloud/alcedo/internal/fault"
	"github.com/alcedo-cloud/alcedo/internal/vault/certificate"
)

// Certificate is a version of a certificate. While it is pending it has no DER.
type Certificate struct {
	Name, Version string
	DER           []byte // nil while pending
	Policy        *certificate.Policy
	Pending       bool // an operation is on record
	PreserveOrder bool // of the chain in its secret
	Attributes    Attributes
	Tags          map[string]string
	Recovery      Recovery
	Deleted       *Deletion // of a deleted one; nil otherwise
}

// certificatePublic is what a version of a certificate keeps in the clear. Its key and its secret have its own id. While
// it is pending, its private key is what the version seals.
type certificatePublic struct {
	Chain [][]byte `json:"chain,omitempty"` // DER, the certificate itself first
}

// certificateData is what a certificate keeps beside its versions.
type certificateData struct {
	Policy  *certificate.Policy   `json:"policy,omitempty"`
	Pending *CertificateOperation `json:"pending,omitempty"`
}

func (o *object) certificateData() (certificateData, error) {
	var d certificateData
	if len(o.Data) == 0 {
		return d, nil
	}
	err := json.Unmarshal(o.Data, &d)
	return d, fault.Wrap("vault.certificateData", err)
}

func (o *object) setCertificateData(d certificateData) (err error) {
	o.Data, err = json.Marshal(d)
	return fault.Wrap("vault.setCertificateData", err)
}

func (v *version) chain() ([][]byte, error) {
	var p certificatePublic
	if len(v.Public) == 0 {
		return nil, nil
	}
	err := json.Unmarshal(v.Public, &p)
	return p.Chain, fault.Wrap("vault.chain", err)
}

func (v *version) setChain(chain [][]byte) (err error) {
	v.Public, err = json.Marshal(certificatePublic{chain})
	return fault.Wrap("vault.setChain", err)
}

func (c *contents) certificateView(o *object, v *version) (*Certificate, error) {
	d, err := o.certificateData()
	if err != nil {
		return nil, err
	}
	chain, err := v.chain()
	if err != nil {
		return nil, err
	}
	out := &Certificate{
		Name: o.Name, Version: v.ID, Policy: d.Policy, Pending: d.Pending != nil, PreserveOrder: v.PreserveOrder,
		Attributes: v.Attributes, Tags: v.Tags, Recovery: c.recovery(), Deleted: o.Deleted,
	}
	if len(chain) > 0 {
		out.DER = chain[0]
	}
	return out, nil
}

// certificateAt runs fn on a live certificate's version, "" being the newest, and gives the view of it.
func (c *contents) certificateAt(name, id string, fn func(*object, *version) error) (*Certificate, error) {
	o, err := c.live(Certificates, name)
	if err != nil {
		return nil, err
	}
	v, err := c.version(o, id)
	if err != nil {
		return nil, err
	}
	if err := fn(o, v); err != nil {
		return nil, err
	}
	return c.certificateView(o, v)
}

// GetCertificate reads a version of a certificate, "" being the newest. A disabled one is read like others.
func (s *Service) GetCertificate(ctx context.Context, a Access, name, id string) (*Certificate, error) {
	var out *Certificate
	err := s.read(ctx, a, GetCertificate, name, func(c *contents) (err error) {
		out, err = c.certificateAt(name, id, func(*object, *version) error { return nil })
		return err
	})
	return out, err
}

// CertificatePatch changes what is not nil. The times of a certificate are its own, and never change.
type CertificatePatch struct {
	Enabled *bool
	Tags    *map[string]string
	Policy  *certificate.Policy // sections that are not nil replace those of the policy
}

// UpdateCertificate changes a version, "" being the newest. Whether it is enabled holds for its key and secret too.
func (s *Service) UpdateCertificate(ctx context.Context, a Access, name, id string, p CertificatePatch) (*Certificate, error) {
	var out *Certificate
	err := s.change(ctx, a, UpdateCertificate, name, func(c *contents) (err error) {
		out, err = c.certificateAt(name, id, func(o *object, v *version) error {
			if p.Policy != nil {
				if err := c.patchPolicy(o, *p.Policy); err != nil {
					return err
				}
			}
			if p.Tags != nil {
				v.Tags = maps.Clone(*p.Tags)
			}
			if err := checkAttributes(&v.Attributes, v.Tags); err != nil {
				return err
			}
			v.Attributes.Updated = c.now.Unix()
			if p.Enabled != nil {
				chain, err := v.chain()
				if err != nil {
					return err
				}
				if len(chain) == 0 {
					return bad("A certificate that is pending cannot be enabled or disabled.")
				}
				v.Attributes.Enabled = *p.Enabled
				if err := c.enableParts(o, v); err != nil {
					return err
				}
			}
			return c.keep(o, v)
		})
		return err
	})
	return out, err
}

// enableParts brings the key and the secret of a version in line with it.
func (c *contents) enableParts(o *object, v *version) error {
	for _, t := range []Type{Keys, Secrets} {
		part, err := c.live(t, o.Name)
		if err != nil {
			return err
		}
		pv, err := c.version(part, v.ID)
		if err != nil {
			return err
		}
		pv.Attributes.Enabled, pv.Attributes.Updated = v.Attributes.Enabled, v.Attributes.Updated
		if err := c.keep(part, pv); err != nil {
			return err
		}
	}
	return nil
}

// GetCertificatePolicy reads a certificate's policy.
func (s *Service) GetCertificatePolicy(ctx context.Context, a Access, name string) (*certificate.Policy, error) {
	var out *certificate.Policy
	err := s.read(ctx, a, GetCertificatePolicy, name, func(c *contents) error {
		o, err := c.live(Certificates, name)
		if err != nil {
			return err
		}
		d, err := o.certificateData()
		out = d.Policy
		return err
	})
	return out, err
}

// UpdateCertificatePolicy replaces the sections of a policy that p has. The versions that there are stay as they are.
func (s *Service) UpdateCertificatePolicy(ctx context.Context, a Access, name string, p certificate.Policy) (*certificate.Policy, error) {
	var out *certificate.Policy
	err := s.change(ctx, a, UpdateCertificatePolicy, name, func(c *contents) error {
		o, err := c.live(Certificates, name)
		if err != nil {
			return err
		}
		if err := c.patchPolicy(o, p); err != nil {
			return err
		}
		d, err := o.certificateData()
		if err != nil {
			return err
		}
		out = d.Policy
		return c.put(o)
	})
	return out, err
}

func (c *contents) patchPolicy(o *object, p certificate.Policy) error {
	d, err := o.certificateData()
	if err != nil {
		return err
	}
	merged := certificate.Policy{}
	if d.Policy != nil {
		merged = *d.Policy
	}
	if p.Key != nil {
		merged.Key = p.Key
	}
	if p.Secret != nil {
		merged.Secret = p.Secret
	}
	if p.X509 != nil {
		merged.X509 = p.X509
	}
	if p.Actions != nil {
		merged.Actions = p.Actions
	}
	if p.Issuer != nil {
		merged.Issuer = p.Issuer
	}
	if p.Attributes != nil && p.Attributes.Enabled != nil {
		merged.Attributes = p.Attributes
	}
	complete, err := c.completePolicy(merged, d.Policy)
	if err != nil {
		return err
	}
	d.Policy = complete
	if err := o.setCertificateData(d); err != nil {
		return err
	}
	return c.put(o)
}

// completePolicy checks a policy, the vault's SKU and that its issuer is there, and dates it. old is the policy before.
func (c *contents) completePolicy(p certificate.Policy, old *certificate.Policy) (*certificate.Policy, error) {
	p, err := p.Complete()
	if err != nil {
		return nil, err
	}
	if p.Key.Kty.HSM() && c.SKU != "premium" {
		return nil, bad("Hardware key operation not allowed on standard vault")
	}
	if p.Issuer.Name != certificate.Self && p.Issuer.Name != certificate.Unknown {
		if _, err := c.issuer(p.Issuer.Name); err != nil {
			return nil, err
		}
	}
	enabled := true
	asked := p.Attributes
	p.Attributes = &certificate.PolicyAttributes{Enabled: &enabled, Created: c.now.Unix(), Updated: c.now.Unix()}
	if old != nil && old.Attributes != nil {
		p.Attributes.Created = old.Attributes.Created
	}
	if asked != nil && asked.Enabled != nil {
		p.Attributes.Enabled = asked.Enabled
	}
	return &p, nil
}
