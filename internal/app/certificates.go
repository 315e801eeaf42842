package app

import (
	"os"
	"path/filepath"

	"github.com/alcedo-cloud/alcedo/internal/sandbox"
)

// Certificate files in the state folder, for clients.
const (
	authorityFile = "ca.pem"
	bundleFile    = "ca-bundle.pem"
)

// writeCertificates puts the authority's certificate where clients find it: alone, and together with the machine's own
// authorities for clients that take one file in place of those.
func (a *App) writeCertificates() error {
	s := &a.serving
	own := a.services.authority.PEM()
	s.record.CertificateCA = filepath.Join(a.Settings.Folder, authorityFile)
	s.record.CertificateAll = filepath.Join(a.Settings.Folder, bundleFile)
	s.remove = append(s.remove, s.record.CertificateAll)
	if a.Settings.Ephemeral {
		s.remove = append(s.remove, s.record.CertificateCA)
	}
	if err := os.WriteFile(s.record.CertificateCA, own, 0o644); err != nil {
		return err
	}
	return os.WriteFile(s.record.CertificateAll, append(sandbox.SystemCertificates(), own...), 0o644)
}
