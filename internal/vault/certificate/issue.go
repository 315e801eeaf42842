package certificate

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"io"
	"math/big"
	"net"
	"slices"
	"strings"
	"time"

	"github.com/alcedo-cloud/alcedo/internal/fault"
)

// backdated is how long before its making a certificate is valid: clocks differ. Key Vault takes ten minutes.
const backdated = 10 * time.Minute

// Validity is from when to when a certificate that is made now is valid.
func (p *Policy) Validity(now time.Time) (notBefore, notAfter time.Time) {
	now = now.UTC().Truncate(time.Second)
	return now.Add(-backdated), now.AddDate(0, p.X509.ValidityMonths, 0)
}

// SelfSigned makes a certificate in DER that the key signs itself. The policy must be complete.
func (p *Policy) SelfSigned(random io.Reader, key crypto.Signer, now time.Time) ([]byte, error) {
	const op = "certificate.SelfSigned"
	subject, extensions, err := p.contents()
	if err != nil {
		return nil, err
	}
	serial := make([]byte, 16)
	if _, err := io.ReadFull(random, serial); err != nil {
		return nil, fault.Wrap(op, err)
	}
	serial[0] = serial[0]&0x7f | 0x40 // positive, and of full length
	template := &x509.Certificate{
		SerialNumber: new(big.Int).SetBytes(serial), RawSubject: subject, ExtraExtensions: extensions,
		SignatureAlgorithm: algorithmFor(key),
	}
	template.NotBefore, template.NotAfter = p.Validity(now)
	der, err := x509.CreateCertificate(random, template, template, key.Public(), key)
	return der, fault.Wrap(op, err)
}

// Request makes a certificate signing request in DER. The policy must be complete.
func (p *Policy) Request(random io.Reader, key crypto.Signer) ([]byte, error) {
	subject, extensions, err := p.contents()
	if err != nil {
		return nil, err
	}
	der, err := x509.CreateCertificateRequest(random, &x509.CertificateRequest{
		RawSubject: subject, ExtraExtensions: extensions, SignatureAlgorithm: algorithmFor(key),
	}, key)
	return der, fault.Wrap("certificate.Request", err)
}

// algorithmFor is SHA-256 for RSA, and for a curve the hash of its size.
func algorithmFor(key crypto.Signer) x509.SignatureAlgorithm {
	if ec, ok := key.(*ecdsa.PrivateKey); ok {
		switch size := ec.Curve.Params().BitSize; {
		case size > 384:
			return x509.ECDSAWithSHA512
		case size > 256:
			return x509.ECDSAWithSHA384
		}
		return x509.ECDSAWithSHA256
	}
	return x509.SHA256WithRSA
}

// The object identifiers of extensions. Source: RFC 5280 section 4.2.
var (
	oidKeyUsage         = asn1.ObjectIdentifier{2, 5, 29, 15}
	oidSAN              = asn1.ObjectIdentifier{2, 5, 29, 17}
	oidBasicConstraints = asn1.ObjectIdentifier{2, 5, 29, 19}
	oidEKU              = asn1.ObjectIdentifier{2, 5, 29, 37}
	oidUPN              = asn1.ObjectIdentifier{1, 3, 6, 1, 4, 1, 311, 20, 2, 3}
)

// contents are the subject and the extensions that certificates and requests share.
func (p *Policy) contents() (subject []byte, extensions []pkix.Extension, err error) {
	if subject, err = ParseSubject(p.X509.Subject); err != nil {
		return nil, nil, err
	}
	add := func(id asn1.ObjectIdentifier, critical bool, value any) {
		if err == nil {
			var der []byte
			der, err = asn1.Marshal(value)
			extensions = append(extensions, pkix.Extension{Id: id, Critical: critical, Value: der})
		}
	}
	if usage, usageErr := keyUsages(p.X509.KeyUsage); usageErr != nil {
		return nil, nil, usageErr
	} else if usage.BitLength > 0 {
		add(oidKeyUsage, true, usage)
	}
	if _, ids, idErr := extendedUsages(p.X509.EKUs); idErr != nil {
		return nil, nil, idErr
	} else if len(ids) > 0 {
		add(oidEKU, false, ids)
	}
	if p.X509.SANs != nil && !p.X509.SANs.empty() {
		names, namesErr := p.X509.SANs.names()
		if namesErr != nil {
			return nil, nil, namesErr
		}
		add(oidSAN, p.X509.Subject == "", names)
	}
	add(oidBasicConstraints, false, struct {
		CA bool `asn1:"optional"`
	}{})
	return subject, extensions, fault.Wrap("certificate.contents", err)
}

// names are the general names of the extension. Source: RFC 5280 section 4.2.1.6.
func (a *AlternativeNames) names() ([]asn1.RawValue, error) {
	var out []asn1.RawValue
	text := func(tag int, values []string) {
		for _, v := range values {
			out = append(out, asn1.RawValue{Class: asn1.ClassContextSpecific, Tag: tag, Bytes: []byte(v)})
		}
	}
	text(1, a.Emails)
	text(2, a.DNS)
	text(6, a.URIs)
	for _, v := range a.IPs {
		ip := net.ParseIP(v)
		if four := ip.To4(); four != nil {
			ip = four
		}
		out = append(out, asn1.RawValue{Class: asn1.ClassContextSpecific, Tag: 7, Bytes: ip})
	}
	for _, v := range a.UPNs {
		other := struct {
			ID    asn1.ObjectIdentifier
			Value asn1.RawValue
		}{ID: oidUPN}
		inner, err := asn1.MarshalWithParams(v, "utf8")
		if err != nil {
			return nil, invalid("policy.x509_props.sans.upns")
		}
		other.Value = asn1.RawValue{Class: asn1.ClassContextSpecific, Tag: 0, IsCompound: true, Bytes: inner}
		der, err := asn1.MarshalWithParams(other, "tag:0")
		if err != nil {
			return nil, invalid("policy.x509_props.sans.upns")
		}
		out = append(out, asn1.RawValue{FullBytes: der})
	}
	return out, nil
}

// usageNames are Key Vault's names of the bits of the key usage, in the order of the bits.
var usageNames = []string{
	"digitalSignature", "nonRepudiation", "keyEncipherment", "dataEncipherment", "keyAgreement", "keyCertSign", "cRLSign",
	"encipherOnly", "decipherOnly",
}

func keyUsages(names []string) (asn1.BitString, error) {
	bits := asn1.BitString{Bytes: make([]byte, 2)}
	for _, name := range names {
		i := slices.IndexFunc(usageNames, func(known string) bool { return strings.EqualFold(known, name) })
		if i < 0 {
			return bits, invalid("policy.x509_props.key_usage")
		}
		bits.Bytes[i/8] |= 0x80 >> (i % 8)
		bits.BitLength = max(bits.BitLength, i+1)
	}
	bits.Bytes = bits.Bytes[:(bits.BitLength+7)/8]
	return bits, nil
}

func extendedUsages(names []string) (texts []string, ids []asn1.ObjectIdentifier, err error) {
	for _, name := range names {
		id, ok := objectIdentifier(name)
		if !ok {
			return nil, nil, invalid("policy.x509_props.ekus")
		}
		ids = append(ids, id)
	}
	return names, ids, nil
}

// Describe is the X.509 part of a policy for a certificate that was made elsewhere.
func Describe(c *x509.Certificate) *X509Properties {
	x := &X509Properties{Subject: subjectText(c), SANs: &AlternativeNames{Emails: c.EmailAddresses, DNS: c.DNSNames}, EKUs: []string{}, KeyUsage: []string{}}
	for _, u := range c.URIs {
		x.SANs.URIs = append(x.SANs.URIs, u.String())
	}
	for _, ip := range c.IPAddresses {
		x.SANs.IPs = append(x.SANs.IPs, ip.String())
	}
	for i, name := range usageNames {
		if c.KeyUsage&(1<<i) != 0 {
			x.KeyUsage = append(x.KeyUsage, name)
		}
	}
	for _, e := range c.Extensions {
		var ids []asn1.ObjectIdentifier
		if !e.Id.Equal(oidEKU) {
			continue
		}
		if _, err := asn1.Unmarshal(e.Value, &ids); err == nil {
			for _, id := range ids {
				x.EKUs = append(x.EKUs, id.String())
			}
		}
	}
	for at := c.NotBefore.AddDate(0, 1, 0); !at.After(c.NotAfter.Add(backdated)) && x.ValidityMonths < 1200; at = at.AddDate(0, 1, 0) {
		x.ValidityMonths++
	}
	x.BasicConstraints = &BasicConstraints{CA: c.IsCA}
	return x
}

// subjectText writes a subject in the order of RFC 4514.
func subjectText(c *x509.Certificate) string {
	var name pkix.RDNSequence
	if rest, err := asn1.Unmarshal(c.RawSubject, &name); err != nil || len(rest) > 0 {
		return c.Subject.String()
	}
	return name.String()
}
