package vault

import (
	"context"
	"crypto/ecdsa"
	"crypto/x509"
	"maps"

	"github.com/alcedo-cloud/alcedo/internal/fault"
	"github.com/alcedo-cloud/alcedo/internal/vault/certificate"
	"github.com/alcedo-cloud/alcedo/internal/vault/jwk"
)

func pendingNotFound(name string) error {
	return fault.New(fault.NotFound, "vault.pending", "PendingCertificateNotFound", "Pending certificate not found: "+name)
}

// pending finds a certificate with the operation that makes it.
func (c *contents) pending(name string) (*object, certificateData, error) {
	o, err := c.find("live", Certificates, name)
	if err != nil {
		return nil, certificateData{}, err
	}
	if o == nil {
		return nil, certificateData{}, pendingNotFound(name)
	}
	d, err := o.certificateData()
	if err == nil && d.Pending == nil {
		err = pendingNotFound(name)
	}
	return o, d, err
}

// GetCertificateOperation reads the operation that makes a certificate.
func (s *Service) GetCertificateOperation(ctx context.Context, a Access, name string) (*CertificateOperation, error) {
	var out *CertificateOperation
	err := s.read(ctx, a, GetCertificateOperation, name, func(c *contents) error {
		_, d, err := c.pending(name)
		out = d.Pending
		return err
	})
	return out, err
}

// CancelCertificateOperation asks for an operation to be given up. With nobody else at work on it, it is so at once; the
// answer shows it as it was asked. Source: recordings of @azure/keyvault-certificates.
func (s *Service) CancelCertificateOperation(ctx context.Context, a Access, name string, cancel bool) (*CertificateOperation, error) {
	var out *CertificateOperation
	err := s.change(ctx, a, UpdateCertificateOperation, name, func(c *contents) error {
		o, d, err := c.pending(name)
		if err != nil {
			return err
		}
		if d.Pending.Status != InProgress {
			return forbidden("", "Pending status must be in progress to allow update.")
		}
		d.Pending.Cancelled = cancel
		answer := *d.Pending
		if out = &answer; cancel {
			d.Pending.Status = Cancelled
		}
		if err := o.setCertificateData(d); err != nil {
			return err
		}
		return c.put(o)
	})
	return out, err
}

// DeleteCertificateOperation forgets an operation. What was not issued by it never will be.
func (s *Service) DeleteCertificateOperation(ctx context.Context, a Access, name string) (*CertificateOperation, error) {
	var out *CertificateOperation
	err := s.change(ctx, a, DeleteCertificateOperation, name, func(c *contents) error {
		o, d, err := c.pending(name)
		if err != nil {
			return err
		}
		out, d.Pending = d.Pending, nil
		if err := o.setCertificateData(d); err != nil {
			return err
		}
		return c.put(o)
	})
	return out, err
}

// MergeCertificate completes a pending certificate with what its issuer signed: DER, the certificate itself first.
// Source: learn.microsoft.com/rest/api/keyvault/certificates/merge-certificate.
func (s *Service) MergeCertificate(ctx context.Context, a Access, name string, chain [][]byte, n NewCertificate) (*Certificate, error) {
	var out *Certificate
	err := s.change(ctx, a, MergeCertificate, name, func(c *contents) error {
		o, d, err := c.pending(name)
		if err != nil {
			return err
		}
		if d.Pending.Status != InProgress {
			return forbidden("", "Pending status must be in progress to allow update.")
		}
		leaf, err := readChain(chain)
		if err != nil {
			return err
		}
		v, err := c.version(o, d.Pending.Version)
		if err != nil {
			return err
		}
		material, err := c.secret(o, v)
		if err != nil {
			return err
		}
		k, err := jwk.Unmarshal(material)
		if err != nil {
			return fault.Wrap("vault.MergeCertificate", err)
		}
		if signer, ok := k.Signer(); !ok || !certificate.Pairs(leaf, signer.Public()) {
			return certificate.Mismatch()
		}
		if n.Tags != nil {
			v.Tags = maps.Clone(n.Tags)
		}
		if err := checkAttributes(&Attributes{}, v.Tags); err != nil {
			return err
		}
		v.Attributes.Enabled = n.Enabled == nil || *n.Enabled
		d.Pending.Status = Completed
		if err := o.setCertificateData(d); err != nil {
			return err
		}
		if err := c.complete(o, v, d.Policy, k, &certificate.Bundle{Chain: chain}); err != nil {
			return err
		}
		out, err = c.certificateView(o, v)
		return err
	})
	return out, err
}

// readChain checks that each of a chain is a certificate.
func readChain(chain [][]byte) (leaf *x509.Certificate, err error) {
	if len(chain) == 0 {
		return nil, bad("Property x5c has invalid value X5C must has at least one valid item\r\n")
	}
	for i, der := range chain {
		one, err := x509.ParseCertificate(der)
		if err != nil {
			return nil, bad("Property x5c has invalid value\r\n")
		}
		if i == 0 {
			leaf = one
		}
	}
	return leaf, nil
}

// NewImport is a certificate that was made elsewhere.
type NewImport struct {
	Value    string // PKCS #12 in base64, PEM, or PEM in base64
	Password string // of PKCS #12
	NewCertificate
}

// ImportCertificate takes a certificate with its private key: a new one, or a new version. Where the policy leaves
// something open, the certificate says it.
// Source: learn.microsoft.com/rest/api/keyvault/certificates/import-certificate.
func (s *Service) ImportCertificate(ctx context.Context, a Access, name string, n NewImport) (*Certificate, error) {
	o, err := s.admit(ctx, a, ImportCertificate, name)
	if err != nil {
		return nil, err
	}
	if n.Value == "" {
		return nil, bad("Property value is required.\r\n")
	}
	if err := checkAttributes(&Attributes{}, n.Tags); err != nil {
		return nil, err
	}
	policy, k, b, err := readImport(&n)
	if err != nil {
		return nil, err
	}
	var out *Certificate
	err = s.changeIn(ctx, ImportCertificate, o, func(c *contents) error {
		o, d, err := c.claimCertificate(name)
		if err != nil {
			return err
		}
		if d.Policy, err = c.completePolicy(policy, d.Policy); err != nil {
			return err
		}
		d.Pending = nil
		if err := o.setCertificateData(d); err != nil {
			return err
		}
		v := &version{
			Tags: maps.Clone(n.Tags), PreserveOrder: n.PreserveOrder,
			Attributes: Attributes{Enabled: n.Enabled == nil || *n.Enabled, Created: c.now.Unix()},
		}
		if v.ID, err = s.newID(); err != nil {
			return err
		}
		if err := c.complete(o, v, d.Policy, k, b); err != nil {
			return err
		}
		out, err = c.certificateView(o, v)
		return err
	})
	return out, err
}

// readImport opens what a client sent and makes its policy whole.
func readImport(n *NewImport) (p certificate.Policy, k *jwk.Key, b *certificate.Bundle, err error) {
	if n.Policy != nil {
		p = *n.Policy
	}
	wanted := ""
	if p.Secret != nil {
		wanted = p.Secret.ContentType
	}
	var format string
	b, format, err = certificate.Read(wanted, n.Value, n.Password)
	if err != nil {
		return p, nil, nil, err
	}
	p.Secret = &certificate.SecretProperties{ContentType: format}
	key := certificate.KeyProperties{}
	if p.Key != nil {
		key = *p.Key
	}
	hardware := key.Kty.HSM()
	kty := jwk.RSA
	if _, ok := b.Key.(*ecdsa.PrivateKey); ok {
		kty = jwk.EC
	}
	if key.Kty != "" && key.Kty.Software() != kty {
		return p, nil, nil, bad("Property policy.key_props.kty has invalid value\r\n")
	}
	if hardware {
		kty = kty.Hardware()
	}
	if k, err = jwk.FromSigner(kty, b.Key); err != nil {
		return p, nil, nil, err
	}
	key.Kty, key.Size, key.Curve = kty, k.Size(), k.Curve()
	p.Key = &key
	leaf, err := x509.ParseCertificate(b.Chain[0])
	if err != nil {
		return p, nil, nil, fault.Wrap("vault.ImportCertificate", err)
	}
	made := certificate.Describe(leaf)
	if p.X509 == nil || p.X509.Subject == "" && p.X509.SANs == nil {
		p.X509 = made
	}
	p.X509.BasicConstraints = nil // of an authority's certificate Key Vault renews none
	if p.Issuer == nil || p.Issuer.Name == "" {
		p.Issuer = &certificate.Issuer{Name: certificate.Unknown}
	}
	return p, k, b, nil
}
