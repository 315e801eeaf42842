package pki

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/sha256"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/hex"
	"encoding/pem"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"math/big"
	"os"
	"path/filepath"
	"runtime"
)

// create makes a new root. Its subject has a piece of its key's fingerprint, so that the authorities of several
// instances in one trust store are told apart.
func (a *Authority) create() error {
	key, err := ecdsa.GenerateKey(elliptic.P256(), a.random)
	if err != nil {
		return fmt.Errorf("make the authority's key: %w", err)
	}
	public, err := x509.MarshalPKIXPublicKey(&key.PublicKey)
	if err != nil {
		return err
	}
	serial, err := a.serial()
	if err != nil {
		return err
	}
	print := sha256.Sum256(public)
	now := a.clock.Now()
	template := &x509.Certificate{
		SerialNumber:          serial,
		Subject:               pkix.Name{Organization: []string{"alcedo"}, CommonName: "alcedo " + a.cloud.Name + " " + hex.EncodeToString(print[:4])},
		NotBefore:             now.Add(-backdate),
		NotAfter:              now.Add(authorityLife),
		KeyUsage:              x509.KeyUsageCertSign | x509.KeyUsageCRLSign,
		BasicConstraintsValid: true,
		IsCA:                  true,
		MaxPathLenZero:        true, // it signs leaves, never another authority
	}
	der, err := x509.CreateCertificate(a.random, template, template, &key.PublicKey, key)
	if err != nil {
		return fmt.Errorf("sign the authority's certificate: %w", err)
	}
	return a.use(der, key)
}

func (a *Authority) use(der []byte, key *ecdsa.PrivateKey) error {
	root, err := x509.ParseCertificate(der)
	if err != nil {
		return err
	}
	a.root, a.key, a.rootPEM = root, key, encodePEM("CERTIFICATE", der)
	return nil
}

// serial is a positive number of 127 bits (RFC 5280, 4.1.2.2).
func (a *Authority) serial() (*big.Int, error) {
	var raw [16]byte
	if _, err := io.ReadFull(a.random, raw[:]); err != nil {
		return nil, fmt.Errorf("draw a serial number: %w", err)
	}
	raw[0] = raw[0]&0x7f | 0x40
	return new(big.Int).SetBytes(raw[:]), nil
}

// load reads the pair. found is false where neither file is there.
func (a *Authority) load(certificate, key string) (found bool, err error) {
	keyPEM, keyErr := readKey(key)
	certPEM, certErr := os.ReadFile(certificate)
	switch {
	case errors.Is(keyErr, fs.ErrNotExist):
		// Without its key a certificate is of no use, and a start that was cut short leaves just that.
		return false, nil
	case keyErr != nil:
		return false, keyErr
	case errors.Is(certErr, fs.ErrNotExist):
		return false, nil
	case certErr != nil:
		return false, certErr
	}
	certBlock, _ := pem.Decode(certPEM)
	if certBlock == nil || certBlock.Type != "CERTIFICATE" {
		return false, fmt.Errorf("%s holds no PEM certificate", certificate)
	}
	keyBlock, _ := pem.Decode(keyPEM)
	if keyBlock == nil {
		return false, fmt.Errorf("%s holds no PEM key", key)
	}
	parsed, err := x509.ParsePKCS8PrivateKey(keyBlock.Bytes)
	if err != nil {
		return false, fmt.Errorf("%s: %w", key, err)
	}
	private, ok := parsed.(*ecdsa.PrivateKey)
	if !ok {
		return false, fmt.Errorf("%s holds a key of another kind than ECDSA", key)
	}
	if err := a.use(certBlock.Bytes, private); err != nil {
		return false, fmt.Errorf("%s: %w", certificate, err)
	}
	if !private.PublicKey.Equal(a.root.PublicKey) || !a.root.IsCA {
		return false, fmt.Errorf("%s and %s do not belong together: restore both, or remove both for a new authority", certificate, key)
	}
	return true, nil
}

func readKey(name string) ([]byte, error) {
	f, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return nil, err
	}
	if mode := info.Mode().Perm(); runtime.GOOS != "windows" && mode&0o077 != 0 {
		return nil, fmt.Errorf("%s can be read by others (mode %04o): chmod 600 it", name, mode)
	}
	return io.ReadAll(io.LimitReader(f, 64<<10))
}

// save writes the key first: a certificate without its key is made anew at the next start, the reverse too.
func (a *Authority) save(dir string) error {
	der, err := x509.MarshalPKCS8PrivateKey(a.key)
	if err != nil {
		return err
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return err
	}
	if err := writeFile(filepath.Join(dir, KeyFile), encodePEM("PRIVATE KEY", der), 0o600); err != nil {
		return err
	}
	return writeFile(filepath.Join(dir, CertificateFile), a.rootPEM, 0o644)
}

// writeFile puts data under name whole or not at all.
func writeFile(name string, data []byte, mode fs.FileMode) (err error) {
	f, err := os.CreateTemp(filepath.Dir(name), filepath.Base(name)+".*") // mode 0600
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, os.Remove(f.Name()))
		}
	}()
	_, err = f.Write(data)
	if err == nil {
		err = f.Chmod(mode)
	}
	if err == nil {
		err = f.Sync()
	}
	if closeErr := f.Close(); err == nil {
		err = closeErr
	}
	if err != nil {
		return err
	}
	return os.Rename(f.Name(), name)
}
