package certificate

import (
	"bytes"
	"crypto"
	"crypto/x509"
	"encoding/asn1"
	"encoding/base64"
	"encoding/pem"
	"io"
	"slices"
	"strings"

	pkcs12 "software.sslmate.com/src/go-pkcs12"

	"github.com/alcedo-cloud/alcedo/internal/fault"
)

// Bundle is a certificate with its private key and the certificates above it.
type Bundle struct {
	Key   crypto.Signer // *rsa.PrivateKey or *ecdsa.PrivateKey; nil where it may not leave
	Chain [][]byte      // DER, the certificate itself first
	// Original is the chain as it came, where that is in another order; nil otherwise. PEM is written in this order.
	Original [][]byte
}

// The refusals of what cannot be read, in Key Vault's words. A foreign password reads like no PKCS #12 at all.
// Source: github.com/damienbod/AspNetCoreCertificates issue 38, Azure/azure-cli issue 19017, Azure-Samples/ms-identity-python-daemon issue 21.
const (
	badPKCS12 = "The specified PKCS#12 X.509 certificate content can not be read. Please check if certificate is in valid PKCS#12 format."
	badPEM    = "The specified PEM X.509 certificate content can not be read. Please check if certificate is in valid PEM format. " +
		"Accepted formats: PEM content or Base64 encoded PEM content."
	oddPEM = "The specified PEM X.509 certificate content is in an unexpected format. Please check if certificate is in valid PEM format."
	noPair = "The public key of the end-entity X.509 certificate content does not match the public part of the specified private key. " +
		"Please check if certificate is valid."
)

func unread(message string, cause error) error {
	e := fault.New(fault.Invalid, "certificate.Read", "", message)
	e.Cause = cause
	return e
}

// maxChain bounds the certificates of a bundle.
const maxChain = 50

// Read takes the value of an import: PEM, PEM in base64, or PKCS #12 in base64. contentType says which it must be; "" is
// whichever it looks like. It gives the format too. Faults are Invalid.
func Read(contentType, value, password string) (b *Bundle, format string, err error) {
	raw := []byte(value)
	if !strings.Contains(value, "-----BEGIN ") {
		if raw, err = decodeBase64(value); err != nil {
			if contentType == PEM {
				return nil, PEM, unread(badPEM, err)
			}
			return nil, PKCS12, unread(badPKCS12, err)
		}
	}
	if contentType == "" {
		contentType = PKCS12
		if bytes.Contains(raw, []byte("-----BEGIN ")) {
			contentType = PEM
		}
	}
	if contentType == PEM {
		b, err = readPEM(raw)
	} else {
		b, err = readPKCS12(raw, password)
	}
	if err != nil {
		return nil, contentType, err
	}
	return b, contentType, b.check()
}

func decodeBase64(text string) ([]byte, error) {
	text = strings.NewReplacer("\r", "", "\n", "", "-", "+", "_", "/", "=", "").Replace(text)
	return base64.RawStdEncoding.DecodeString(text)
}

// readPEM wants a private key in PKCS #8, as Key Vault does, and certificates.
func readPEM(raw []byte) (*Bundle, error) {
	b := new(Bundle)
	for rest := raw; ; {
		var block *pem.Block
		if block, rest = pem.Decode(rest); block == nil {
			break
		}
		switch block.Type {
		case "CERTIFICATE":
			if len(b.Chain) == maxChain {
				return nil, unread(oddPEM, nil)
			}
			b.Chain = append(b.Chain, block.Bytes)
		case "PRIVATE KEY":
			key, err := x509.ParsePKCS8PrivateKey(block.Bytes)
			signer, ok := key.(crypto.Signer)
			if err != nil || !ok || b.Key != nil {
				return nil, unread(badPEM, err)
			}
			b.Key = signer
		default:
			return nil, unread(oddPEM, nil)
		}
	}
	if b.Key == nil || len(b.Chain) == 0 {
		return nil, unread(badPEM, nil)
	}
	b.leafFirst()
	return b, nil
}

// leafFirst puts the certificate that is for the key before the others.
func (b *Bundle) leafFirst() {
	i := slices.IndexFunc(b.Chain, func(der []byte) bool {
		c, err := x509.ParseCertificate(der)
		return err == nil && Pairs(c, b.Key.Public())
	})
	if i <= 0 {
		return // in order, or check says what is wrong
	}
	b.Original = slices.Clone(b.Chain)
	b.Chain = slices.Insert(slices.Delete(b.Chain, i, i+1), 0, b.Original[i])
}

func readPKCS12(raw []byte, password string) (*Bundle, error) {
	if err := checkIterations(raw); err != nil {
		return nil, err
	}
	key, leaf, above, err := pkcs12.DecodeChain(raw, password)
	if err != nil {
		return nil, unread(badPKCS12, err)
	}
	signer, ok := key.(crypto.Signer)
	if !ok || len(above) >= maxChain {
		return nil, unread(badPKCS12, nil)
	}
	b := &Bundle{Key: signer, Chain: [][]byte{leaf.Raw}}
	for _, c := range above {
		b.Chain = append(b.Chain, c.Raw)
	}
	return b, nil
}

// maxIterations bounds the work that a file can ask for: its password is hashed as often as it says.
const maxIterations = 1_000_000

// checkIterations looks for the iteration counts of a PKCS #12 file before anybody obeys them. The count of each
// derivation stands in an INTEGER that follows a salt, an OCTET STRING; nested octet strings are looked into, since the
// contents lie in them.
func checkIterations(raw []byte) error {
	budget := maxIterations
	return countIterations(raw, &budget, 0)
}

func countIterations(raw []byte, budget *int, depth int) error {
	const tooDeep = 24
	salted := false
	for len(raw) > 0 && depth < tooDeep {
		var v asn1.RawValue
		rest, err := asn1.Unmarshal(raw, &v)
		if err != nil {
			return nil // not DER: what reads it will say so
		}
		raw = rest
		if v.Class == asn1.ClassUniversal && v.Tag == asn1.TagInteger && salted {
			var n int
			if _, err := asn1.Unmarshal(v.FullBytes, &n); err != nil || n < 0 || n > *budget {
				return unread(badPKCS12, nil)
			}
			*budget -= n
		}
		octets := v.Class == asn1.ClassUniversal && v.Tag == asn1.TagOctetString
		salted = octets
		if v.IsCompound || octets || v.Class == asn1.ClassContextSpecific {
			if err := countIterations(v.Bytes, budget, depth+1); err != nil {
				return err
			}
		}
	}
	return nil
}

// check holds the certificate against the key.
func (b *Bundle) check() error {
	leaf, err := x509.ParseCertificate(b.Chain[0])
	if err != nil {
		return unread("The specified X.509 certificate content is invalid. Error: One or more X.509 properties are invalid.", err)
	}
	for _, above := range b.Chain[1:] {
		if _, err := x509.ParseCertificate(above); err != nil {
			return unread("The specified X.509 certificate content is invalid. Error: One or more X.509 properties are invalid.", err)
		}
	}
	if !Pairs(leaf, b.Key.Public()) {
		return unread(noPair, nil)
	}
	return nil
}

// Pairs reports whether a certificate is for a public key.
func Pairs(c *x509.Certificate, public crypto.PublicKey) bool {
	has, ok := c.PublicKey.(interface{ Equal(crypto.PublicKey) bool })
	return ok && has.Equal(public)
}

// Mismatch is the refusal of a certificate that is not for the key it is brought to.
func Mismatch() error { return unread(noPair, nil) }

// Write gives a bundle in the format of a secret: PKCS #12 in base64 without a password, or PEM.
func (b *Bundle) Write(random io.Reader, contentType string) (string, error) {
	if contentType == PEM {
		return b.writePEM()
	}
	certificates := make([]*x509.Certificate, len(b.Chain))
	for i, der := range b.Chain {
		c, err := x509.ParseCertificate(der)
		if err != nil {
			return "", fault.Wrap("certificate.Write", err)
		}
		certificates[i] = c
	}
	// Every client reads this encoding, Windows before 2019 and Java 8 among them, and without a password none protects.
	encoder := pkcs12.LegacyDES.WithRand(random)
	var der []byte
	var err error
	if b.Key == nil {
		der, err = encoder.EncodeTrustStore(certificates, "")
	} else {
		der, err = encoder.Encode(b.Key, certificates[0], certificates[1:], "")
	}
	if err != nil {
		return "", fault.Wrap("certificate.Write", err)
	}
	return base64.StdEncoding.EncodeToString(der), nil
}

func (b *Bundle) writePEM() (string, error) {
	var out strings.Builder
	if b.Key != nil {
		der, err := x509.MarshalPKCS8PrivateKey(b.Key)
		if err != nil {
			return "", fault.Wrap("certificate.Write", err)
		}
		if err := pem.Encode(&out, &pem.Block{Type: "PRIVATE KEY", Bytes: der}); err != nil {
			return "", fault.Wrap("certificate.Write", err)
		}
	}
	chain := b.Chain
	if b.Original != nil {
		chain = b.Original
	}
	for _, der := range chain {
		if err := pem.Encode(&out, &pem.Block{Type: "CERTIFICATE", Bytes: der}); err != nil {
			return "", fault.Wrap("certificate.Write", err)
		}
	}
	return out.String(), nil
}
