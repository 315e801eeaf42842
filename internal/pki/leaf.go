package pki

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"fmt"
	"net"
	"time"

	"github.com/alcedo-cloud/alcedo/internal/cloud"
	"github.com/alcedo-cloud/alcedo/internal/fault"
)

// machine is the cache's key of the certificate for clients that name no host, as those do that connect to an address.
const machine = ""

// Certificate is the leaf for the server name that the client asks for. It fits tls.Config.GetCertificate. A client that
// names none gets the certificate of this machine, which has the authority's and Resource Manager's names too. A name of
// no endpoint of the cloud is a fault NotFound.
func (a *Authority) Certificate(hello *tls.ClientHelloInfo) (*tls.Certificate, error) {
	return a.ForName(hello.ServerName)
}

// ForName is Certificate for a host name; "" is this machine.
func (a *Authority) ForName(name string) (*tls.Certificate, error) {
	const op = "pki.Certificate"
	pattern := machine
	if name != "" {
		h, ok := a.cloud.Host(name)
		if !ok {
			return nil, fault.Newf(fault.NotFound, op, "", "%.300q is no name of %s", name, a.cloud.Name)
		}
		if h.Kind != cloud.HostLocal {
			pattern = h.Pattern
		}
	}
	now := a.clock.Now()
	a.mu.Lock()
	defer a.mu.Unlock() // signing takes some 50 µs, once a pattern
	if l, ok := a.leaves[pattern]; ok && now.Before(l.renew) {
		return l.certificate, nil
	}
	l, err := a.sign(pattern, now)
	if err != nil {
		return nil, fault.Wrap(op, err)
	}
	if len(a.leaves) >= maxLeaves {
		clear(a.leaves)
	}
	a.leaves[pattern] = l
	return l.certificate, nil
}

// sign makes a leaf. It has no address of a revocation list or an OCSP responder: clients that look for one would hang.
func (a *Authority) sign(pattern string, now time.Time) (*leaf, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), a.random)
	if err != nil {
		return nil, fmt.Errorf("make a key: %w", err)
	}
	serial, err := a.serial()
	if err != nil {
		return nil, err
	}
	template := &x509.Certificate{
		SerialNumber:          serial,
		Subject:               pkix.Name{Organization: []string{"alcedo"}},
		NotBefore:             now.Add(-backdate),
		NotAfter:              now.Add(leafLife),
		KeyUsage:              x509.KeyUsageDigitalSignature,
		ExtKeyUsage:           []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
		BasicConstraintsValid: true,
	}
	if pattern == machine {
		template.DNSNames = append(append(template.DNSNames, "localhost"), a.cloud.LoginAliases...)
		template.DNSNames = append(template.DNSNames, a.cloud.ResourceManager, a.cloud.Management)
		template.IPAddresses = []net.IP{net.IPv4(127, 0, 0, 1).To4(), net.IPv6loopback}
	} else {
		template.DNSNames = []string{pattern}
	}
	// A common name has at most 64 characters (RFC 5280, ub-common-name); clients read the alternative names alone.
	if name := template.DNSNames[0]; len(name) <= 64 {
		template.Subject.CommonName = name
	}
	der, err := x509.CreateCertificate(a.random, template, a.root, &key.PublicKey, a.key)
	if err != nil {
		return nil, fmt.Errorf("sign a certificate for %s: %w", template.DNSNames[0], err)
	}
	parsed, err := x509.ParseCertificate(der)
	if err != nil {
		return nil, err
	}
	return &leaf{
		certificate: &tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key, Leaf: parsed},
		renew:       parsed.NotAfter.Add(-leafRenewal),
	}, nil
}
