package vault

import (
	"context"
	"encoding/json"

	"github.com/alcedo-cloud/alcedo/internal/fault"
)

// certificateParts are the types that a certificate of a name consists of.
func certificateParts() []Type { return []Type{Certificates, Keys, Secrets} }

// DeleteCertificate deletes a certificate with all its versions, its key and its secret. It can be recovered until it is
// purged.
func (s *Service) DeleteCertificate(ctx context.Context, a Access, name string) (*Certificate, error) {
	return s.certificateChange(ctx, a, DeleteCertificate, name, func(c *contents) (*object, error) {
		o, err := c.live(Certificates, name)
		if err != nil {
			return nil, err
		}
		return c.eachPart("live", o, (*contents).remove)
	})
}

// RecoverCertificate takes a deleted certificate back.
func (s *Service) RecoverCertificate(ctx context.Context, a Access, name string) (*Certificate, error) {
	return s.certificateChange(ctx, a, RecoverDeletedCertificate, name, func(c *contents) (*object, error) {
		o, err := c.deleted(Certificates, name)
		if err != nil {
			return nil, err
		}
		return c.eachPart("deleted", o, (*contents).recover)
	})
}

// PurgeCertificate removes a deleted certificate for good.
func (s *Service) PurgeCertificate(ctx context.Context, a Access, name string) error {
	return s.change(ctx, a, PurgeDeletedCertificate, name, func(c *contents) error {
		if c.PurgeProtection {
			return purgeProtected(c.Vault)
		}
		o, err := c.deleted(Certificates, name)
		if err != nil {
			return err
		}
		_, err = c.eachPart("deleted", o, (*contents).purge)
		return err
	})
}

// eachPart does the same to a certificate, its key and its secret. A pending one has neither.
func (c *contents) eachPart(part string, o *object, do func(*contents, *object) error) (*object, error) {
	if err := do(c, o); err != nil {
		return nil, err
	}
	for _, t := range []Type{Keys, Secrets} {
		other, err := c.find(part, t, o.Name)
		if err != nil {
			return nil, err
		}
		if other == nil || !other.Managed {
			continue
		}
		if err := do(c, other); err != nil {
			return nil, err
		}
	}
	return o, nil
}

// certificateChange runs a change of a whole certificate and gives its newest version.
func (s *Service) certificateChange(ctx context.Context, a Access, op Operation, name string, fn func(*contents) (*object, error)) (*Certificate, error) {
	var out *Certificate
	err := s.change(ctx, a, op, name, func(c *contents) error {
		o, err := fn(c)
		if err != nil {
			return err
		}
		v, err := c.version(o, "")
		if err != nil {
			return err
		}
		out, err = c.certificateView(o, v)
		return err
	})
	return out, err
}

// GetDeletedCertificate describes a deleted certificate.
func (s *Service) GetDeletedCertificate(ctx context.Context, a Access, name string) (*Certificate, error) {
	var out *Certificate
	err := s.read(ctx, a, GetDeletedCertificate, name, func(c *contents) error {
		o, err := c.deleted(Certificates, name)
		if err != nil {
			return err
		}
		v, err := c.version(o, "")
		if err != nil {
			return err
		}
		out, err = c.certificateView(o, v)
		return err
	})
	return out, err
}

// certificateBackup is what a backup of a certificate is sealed for.
const certificateBackup = "backup 1 whole certificate"

// BackupCertificate seals a certificate with all its versions, its key and its secret.
func (s *Service) BackupCertificate(ctx context.Context, a Access, name string) ([]byte, error) {
	var out []byte
	err := s.read(ctx, a, BackupCertificate, name, func(c *contents) error {
		if _, err := c.live(Certificates, name); err != nil {
			return err
		}
		parts := map[Type][]byte{}
		for _, t := range certificateParts() {
			o, err := c.find("live", t, name)
			if err != nil {
				return err
			}
			if o == nil || t != Certificates && !o.Managed {
				continue
			}
			if parts[t], err = c.backupObject(o); err != nil {
				return err
			}
		}
		text, err := json.Marshal(parts)
		if err != nil {
			return fault.Wrap("vault.BackupCertificate", err)
		}
		out, err = s.seal(s.backup, text, certificateBackup)
		return err
	})
	return out, err
}

// RestoreCertificate makes a certificate of a backup.
func (s *Service) RestoreCertificate(ctx context.Context, a Access, sealed []byte) (*Certificate, error) {
	return s.certificateChange(ctx, a, RestoreCertificate, "", func(c *contents) (*object, error) {
		var parts map[Type][]byte
		text, err := unseal(s.backup, sealed, certificateBackup)
		if err == nil {
			err = json.Unmarshal(text, &parts)
		}
		if err != nil {
			return nil, bad("The backup of the certificate is not valid: it is damaged, of another type of object, or not from this cloud.")
		}
		var out *object
		for _, t := range certificateParts() {
			if parts[t] == nil {
				continue
			}
			b, err := s.openBackup(t, parts[t])
			if err != nil {
				return nil, err
			}
			o, err := c.restoreObject(b)
			if err != nil {
				return nil, err
			}
			if t == Certificates {
				out = o
			}
		}
		if out == nil {
			return nil, bad("The backup of the certificate is not valid: it has no certificate.")
		}
		return out, nil
	})
}
