package vault

import (
	"context"
	"crypto/x509"
	"maps"

	"github.com/alcedo-cloud/alcedo/internal/fault"
	"github.com/alcedo-cloud/alcedo/internal/store"
	"github.com/alcedo-cloud/alcedo/internal/vault/certificate"
	"github.com/alcedo-cloud/alcedo/internal/vault/jwk"
)

// CertificateOperation is the making of a certificate, as GetCertificateOperation shows it.
type CertificateOperation struct {
	Issuer        certificate.Issuer `json:"issuer"`
	CSR           []byte             `json:"csr"` // DER of a PKCS #10
	Version       string             `json:"version"`
	Status        string             `json:"status"` // inProgress, completed or cancelled
	Cancelled     bool               `json:"cancellationRequested"`
	PreserveOrder bool               `json:"preserveOrder,omitempty"`
	RequestID     string             `json:"requestId"`
}

// The states of an operation.
const (
	InProgress = "inProgress"
	Completed  = "completed"
	Cancelled  = "cancelled"
)

// NewCertificate is what a version of a certificate is made of.
type NewCertificate struct {
	Policy  *certificate.Policy // nil is the policy that the certificate has
	Enabled *bool               // nil is true
	Tags    map[string]string
	// PreserveOrder keeps the chain in the secret in the order in which it comes; otherwise the certificate itself is first.
	PreserveOrder bool
}

// draft is a certificate on its way: what takes long is done before the transaction that stores it.
type draft struct {
	policy *certificate.Policy
	key    *jwk.Key
	csr    []byte
	chain  [][]byte // nil where somebody else issues
	NewCertificate
}

// CreateCertificate begins a certificate: a new one, or a new version. One that signs itself is complete at once; for
// others there is a request to be signed elsewhere, and merged.
// Source: learn.microsoft.com/rest/api/keyvault/certificates/create-certificate.
func (s *Service) CreateCertificate(ctx context.Context, a Access, name string, n NewCertificate) (*CertificateOperation, error) {
	o, err := s.admit(ctx, a, CreateCertificate, name)
	if err != nil {
		return nil, err
	}
	return s.issue(ctx, o, name, n, nil)
}

// issue makes a version by a policy. still says in the transaction whether it is still wanted; nil is yes.
func (s *Service) issue(ctx context.Context, o *opened, name string, n NewCertificate, still func(*contents, *object, *version) (bool, error)) (*CertificateOperation, error) {
	d, err := s.draft(ctx, o, name, n)
	if err != nil {
		return nil, err
	}
	var out *CertificateOperation
	err = s.changeIn(ctx, CreateCertificate, o, func(c *contents) error {
		o, data, err := c.claimCertificate(name)
		if err != nil {
			return err
		}
		if still != nil {
			v, err := c.version(o, "")
			if err != nil {
				return err
			}
			if wanted, err := still(c, o, v); err != nil || !wanted {
				return err
			}
		}
		out, err = c.begin(o, data, d)
		return err
	})
	return out, err
}

// draft makes key, request and, where the certificate signs itself, certificate.
func (s *Service) draft(ctx context.Context, o *opened, name string, n NewCertificate) (*draft, error) {
	d := &draft{NewCertificate: n}
	if err := checkAttributes(&Attributes{}, n.Tags); err != nil {
		return nil, err
	}
	now := s.Clock.Now()
	err := store.View(ctx, s.Store, func(r store.Reader) error {
		c := &contents{opened: o, service: s, r: r, now: now}
		return c.draftPolicy(d, name)
	})
	if err != nil {
		return nil, fault.Wrap("vault.CreateCertificate", err)
	}
	if d.key == nil {
		if d.key, err = jwk.Generate(s.Rand, d.policy.Key.Parameters()); err != nil {
			return nil, fault.Wrap("vault.CreateCertificate", err)
		}
	}
	signer, ok := d.key.Signer()
	if !ok {
		return nil, bad("Property policy.key_props has invalid value\r\n")
	}
	if d.csr, err = d.policy.Request(s.Rand, signer); err != nil {
		return nil, err
	}
	if d.policy.Issuer.Name == certificate.Self {
		der, err := d.policy.SelfSigned(s.Rand, signer, now)
		if err != nil {
			return nil, err
		}
		d.chain = [][]byte{der}
	}
	return d, nil
}

// draftPolicy finds the policy, and the key where the policy keeps it.
func (c *contents) draftPolicy(d *draft, name string) error {
	o, err := c.find("live", Certificates, name)
	if err != nil {
		return err
	}
	var old *certificate.Policy
	if o != nil {
		data, err := o.certificateData()
		if err != nil {
			return err
		}
		old = data.Policy
	}
	asked := d.Policy
	if asked == nil {
		asked = old
	}
	if asked == nil {
		return bad("Property policy is required.\r\n")
	}
	if d.policy, err = c.completePolicy(*asked, old); err != nil {
		return err
	}
	if o == nil || !*d.policy.Key.Reuse {
		return nil
	}
	part, err := c.find("live", Keys, name)
	if err != nil || part == nil {
		return err
	}
	v, err := c.version(part, "")
	if err != nil {
		return err
	}
	k, err := c.material(part, v)
	if err == nil && k.Type() == d.policy.Key.Kty && k.Size() == d.policy.Key.Size && k.Curve() == d.policy.Key.Curve {
		d.key = k
	}
	return err
}

// claimCertificate finds a certificate to add a version to, or begins a new one with its key and secret.
func (c *contents) claimCertificate(name string) (*object, certificateData, error) {
	var data certificateData
	o, err := c.claim(Certificates, name)
	if err != nil {
		return nil, data, err
	}
	if data, err = o.certificateData(); err != nil {
		return nil, data, err
	}
	if data.Pending != nil && data.Pending.Status == InProgress {
		return nil, data, fault.New(fault.Conflict, "vault.claimCertificate", "", "A new key vault certificate can not be created or "+
			"imported while a pending key vault certificate's status is inProgress.")
	}
	for _, t := range []Type{Keys, Secrets} {
		part, err := c.claim(t, name)
		if err != nil {
			return nil, data, err
		}
		if part.Current != "" && !part.Managed {
			return nil, data, fault.Newf(fault.Conflict, "vault.claimCertificate", "", "The %s %s already exists and is not a "+
				"certificate's: a certificate needs its name for its own key and secret.", t.singular(), part.Name)
		}
	}
	return o, data, nil
}

// begin stores a draft: as a whole certificate, or as a pending one.
func (c *contents) begin(o *object, data certificateData, d *draft) (*CertificateOperation, error) {
	id, err := c.service.newID()
	if err != nil {
		return nil, err
	}
	request, err := c.service.newID()
	if err != nil {
		return nil, err
	}
	pending := &CertificateOperation{
		Issuer: certificate.Issuer{Name: d.policy.Issuer.Name, CertificateType: d.policy.Issuer.CertificateType},
		CSR:    d.csr, Version: id, Status: InProgress, RequestID: request, PreserveOrder: d.PreserveOrder,
	}
	data.Policy = d.policy
	v := &version{
		ID: id, Tags: maps.Clone(d.Tags), PreserveOrder: d.PreserveOrder,
		Attributes: Attributes{Created: c.now.Unix(), Updated: c.now.Unix()},
	}
	notBefore, notAfter := d.policy.Validity(c.now)
	v.Attributes.NotBefore, v.Attributes.Expires = notBefore.Unix(), notAfter.Unix()
	before := *pending // a creation is answered as it began; whoever asks again learns that it is completed
	if d.chain != nil {
		pending.Status = Completed
	}
	data.Pending = pending
	if err := o.setCertificateData(data); err != nil {
		return nil, err
	}
	if d.chain == nil {
		material, err := d.key.Marshal()
		if err != nil {
			return nil, fault.Wrap("vault.begin", err)
		}
		return &before, c.lead(o, v, material)
	}
	v.Attributes.Enabled = d.Enabled == nil || *d.Enabled
	return &before, c.complete(o, v, d.policy, d.key, &certificate.Bundle{Chain: d.chain})
}

// complete stores a version that has its certificate, with its key and its secret under the same id.
func (c *contents) complete(o *object, v *version, p *certificate.Policy, k *jwk.Key, b *certificate.Bundle) error {
	leaf, err := x509.ParseCertificate(b.Chain[0])
	if err != nil {
		return fault.Wrap("vault.complete", err)
	}
	v.Attributes.NotBefore, v.Attributes.Expires = leaf.NotBefore.Unix(), leaf.NotAfter.Unix()
	v.Attributes.Updated = c.now.Unix()
	if err := v.setChain(b.Chain); err != nil {
		return err
	}
	if err := c.lead(o, v, nil); err != nil {
		return err
	}
	if err := c.completeKey(o.Name, v, k); err != nil {
		return err
	}
	return c.completeSecret(o.Name, v, p, k, b)
}

func (c *contents) completeKey(name string, of *version, k *jwk.Key) error {
	o, err := c.claim(Keys, name)
	if err != nil {
		return err
	}
	public := k.Public()
	public.KeyOps = possibleOps(k.Type())
	v := &version{ID: of.ID, Attributes: of.Attributes, Tags: of.Tags}
	if err := v.setKeyPublic(&keyPublic{JWK: public}); err != nil {
		return err
	}
	material, err := k.Marshal()
	if err != nil {
		return fault.Wrap("vault.completeKey", err)
	}
	o.Managed = true
	return c.lead(o, v, material)
}

func (c *contents) completeSecret(name string, of *version, p *certificate.Policy, k *jwk.Key, public *certificate.Bundle) error {
	o, err := c.claim(Secrets, name)
	if err != nil {
		return err
	}
	b := certificate.Bundle{Chain: public.Chain}
	if of.PreserveOrder {
		b.Original = public.Original
	}
	if signer, ok := k.Signer(); ok && *p.Key.Exportable {
		b.Key = signer
	}
	text, err := b.Write(c.service.Rand, p.Secret.ContentType)
	if err != nil {
		return err
	}
	v := &version{ID: of.ID, Attributes: of.Attributes, Tags: of.Tags, ContentType: p.Secret.ContentType, KeyVersion: of.ID, Previous: o.Current}
	o.Managed = true
	return c.lead(o, v, []byte(text))
}
