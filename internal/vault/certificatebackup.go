package vault

import (
	"context"
	"encoding/json"

	"github.com/alcedo-cloud/alcedo/internal/fault"
)

// certificateParts are the types that a certificate of a name consists of.
func certificateParts() []Type { return []Type{Certificates, Keys, Secrets} }

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
	restore := func(c *contents, _ target) (*object, error) {
		var parts map[Type][]byte
		text, err := unseal(s.backup, sealed, certificateBackup)
		if err == nil {
			err = json.Unmarshal(text, &parts)
		}
		if err != nil {
			return nil, notBackup()
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
			return nil, notBackup()
		}
		return out, nil
	}
	return changed(ctx, s, a, target{RestoreCertificate, Certificates, ""}, restore, (*contents).certificateView)
}
