// Package pki is the cloud's certificate authority: a private one, made at the first start, whose certificates clients
// inside the sandbox trust. It signs for the cloud's own names and for this machine, and for nothing else. It must never
// know who serves the names or who asks.
package pki

import (
	"crypto/ecdsa"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"io"
	"path/filepath"
	"sync"
	"time"

	"github.com/alcedo-cloud/alcedo/internal/clock"
	"github.com/alcedo-cloud/alcedo/internal/cloud"
	"github.com/alcedo-cloud/alcedo/internal/fault"
)

// The authority's files in the state folder. The certificate is for everybody, the key for its owner alone.
const (
	CertificateFile = "ca.pem"
	KeyFile         = "ca.key"
)

// Lifetimes. Clients refuse leaf certificates that hold for more than 397 days (CA/Browser Forum Baseline Requirements
// 6.3.2, which Apple and Chromium apply to private authorities in part); a leaf is renewed long before its end.
const (
	authorityLife = 10 * 365 * 24 * time.Hour
	leafLife      = 90 * 24 * time.Hour
	leafRenewal   = 30 * 24 * time.Hour // before the end
	backdate      = 24 * time.Hour      // for clients whose clock is behind
)

// maxLeaves bounds the cache. A cloud has some forty patterns, since accounts share a wildcard, and the websites' zones
// add a hundred; loopback addresses share one certificate.
const maxLeaves = 256

// Authority signs certificates for the names of one cloud. It is safe for concurrent use.
type Authority struct {
	cloud  cloud.Cloud
	clock  clock.Clock
	random io.Reader

	root    *x509.Certificate
	key     *ecdsa.PrivateKey
	rootPEM []byte

	mu     sync.Mutex
	leaves map[string]*leaf // by pattern
}

type leaf struct {
	certificate *tls.Certificate
	renew       time.Time
}

// Open reads the authority from dir, or makes it there: ca.key, mode 0600, and ca.pem. Where dir is "" the authority
// lives in memory. An authority that would end within a leaf's life is replaced by a new one. A key that others may
// read is refused, as is a pair that does not fit together.
func Open(dir string, c cloud.Cloud, clk clock.Clock, random io.Reader) (*Authority, error) {
	const op = "pki.Open"
	a := &Authority{cloud: c, clock: clk, random: random, leaves: map[string]*leaf{}}
	if dir != "" {
		found, err := a.load(filepath.Join(dir, CertificateFile), filepath.Join(dir, KeyFile))
		if err != nil {
			return nil, fault.Wrap(op, err)
		}
		if found && a.root.NotAfter.After(clk.Now().Add(leafLife)) {
			return a, nil
		}
	}
	if err := a.create(); err != nil {
		return nil, fault.Wrap(op, err)
	}
	if dir != "" {
		if err := a.save(dir); err != nil {
			return nil, fault.Wrap(op, err)
		}
	}
	return a, nil
}

// PEM is the authority's certificate, for clients to trust. The caller must not change it.
func (a *Authority) PEM() []byte { return a.rootPEM }

// Pool is a set of roots with the authority's certificate alone.
func (a *Authority) Pool() *x509.CertPool {
	pool := x509.NewCertPool()
	pool.AddCert(a.root)
	return pool
}

func encodePEM(kind string, der []byte) []byte {
	return pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: der})
}
