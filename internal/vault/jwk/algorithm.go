package jwk

import (
	"crypto"
	"fmt"
	"strings"
)

// Mismatch is an algorithm that the key cannot serve. Who knows the key's identifier words it.
type Mismatch struct {
	Algorithm string
	Signing   bool     // a signature algorithm, not one of encryption
	Curve     bool     // Has and Wants are curves, not types
	Has       string   // what the key is
	Wants     []string // what it would have to be
}

// Error is the text for logs.
func (m *Mismatch) Error() string {
	return fmt.Sprintf("jwk: %s is not for %s", m.Algorithm, m.Has)
}

// For words the refusal for the key with that identifier. Source: github.com/Azure/azure-sdk-for-node issue 4603.
func (m *Mismatch) For(kid string) string {
	use, noun := "encryption", "is of type"
	if m.Signing {
		use = "signing"
	}
	with := "with a key of type "
	if m.Curve {
		noun, with = "uses curve", "with curve "
	}
	return fmt.Sprintf("Key and %s algorithm are incompatible. Key %s %s '%s', and algorithm '%s' can only be used %s'%s'.",
		use, kid, noun, m.Has, m.Algorithm, with, strings.Join(m.Wants, "' or '"))
}

// signature is a row of the table of signature algorithms.
type signature struct {
	family Type
	curve  string
	hash   crypto.Hash // 0: the value is signed as it comes
	pss    bool
}

// Source: RFC 7518 section 3, RFC 8812 for ES256K; RSNULL is Key Vault's own (PKCS #1 v1.5 without DigestInfo).
var signatures = map[string]signature{
	"RS256": {family: RSA, hash: crypto.SHA256}, "RS384": {family: RSA, hash: crypto.SHA384}, "RS512": {family: RSA, hash: crypto.SHA512},
	"PS256": {family: RSA, hash: crypto.SHA256, pss: true}, "PS384": {family: RSA, hash: crypto.SHA384, pss: true},
	"PS512": {family: RSA, hash: crypto.SHA512, pss: true}, "RSNULL": {family: RSA},
	"ES256": {family: EC, curve: P256, hash: crypto.SHA256}, "ES256K": {family: EC, curve: P256K, hash: crypto.SHA256},
	"ES384": {family: EC, curve: P384, hash: crypto.SHA384}, "ES512": {family: EC, curve: P521, hash: crypto.SHA512},
	"HS256": {family: Oct, hash: crypto.SHA256}, "HS384": {family: Oct, hash: crypto.SHA384}, "HS512": {family: Oct, hash: crypto.SHA512},
}

type mode uint8

const (
	pkcs1 mode = iota
	oaep
	gcm
	cbc
	cbcPad
	wrap
	wrapPad
)

// encryption is a row of the table of encryption algorithms.
type encryption struct {
	family Type
	mode   mode
	size   int // of the symmetric key, in bits; 0 for any of AES
	hash   crypto.Hash
}

// Source: REST reference of Key Vault, JsonWebKeyEncryptionAlgorithm.
var encryptions = map[string]encryption{
	"RSA1_5": {family: RSA, mode: pkcs1}, "RSA-OAEP": {family: RSA, mode: oaep, hash: crypto.SHA1},
	"RSA-OAEP-256": {family: RSA, mode: oaep, hash: crypto.SHA256},
	"A128GCM":      {family: Oct, mode: gcm, size: 128}, "A192GCM": {family: Oct, mode: gcm, size: 192}, "A256GCM": {family: Oct, mode: gcm, size: 256},
	"A128CBC": {family: Oct, mode: cbc, size: 128}, "A192CBC": {family: Oct, mode: cbc, size: 192}, "A256CBC": {family: Oct, mode: cbc, size: 256},
	"A128CBCPAD": {family: Oct, mode: cbcPad, size: 128}, "A192CBCPAD": {family: Oct, mode: cbcPad, size: 192},
	"A256CBCPAD": {family: Oct, mode: cbcPad, size: 256},
	"A128KW":     {family: Oct, mode: wrap, size: 128}, "A192KW": {family: Oct, mode: wrap, size: 192}, "A256KW": {family: Oct, mode: wrap, size: 256},
	"CKM_AES_KEY_WRAP": {family: Oct, mode: wrap}, "CKM_AES_KEY_WRAP_PAD": {family: Oct, mode: wrapPad},
}

// wrapOnly reports whether an algorithm serves wrapKey and unwrapKey and not encrypt and decrypt.
func (e encryption) wrapOnly() bool { return e.mode == wrap || e.mode == wrapPad }

// signing finds the row of a signature algorithm and holds the key against it.
func (k *Key) signing(alg string) (signature, error) {
	row, ok := signatures[alg]
	if !ok {
		return row, unknownAlgorithm()
	}
	if k.kty.Software() != row.family {
		return row, k.mismatch(alg, true, row.family)
	}
	if row.curve != k.Curve() {
		return row, &Mismatch{Algorithm: alg, Signing: true, Curve: true, Has: k.Curve(), Wants: []string{row.curve}}
	}
	return row, nil
}

// encrypting finds the row of an encryption algorithm and holds the key against it.
func (k *Key) encrypting(alg string, wrapping bool) (encryption, error) {
	row, ok := encryptions[alg]
	if !ok || row.wrapOnly() && !wrapping {
		return row, unknownAlgorithm()
	}
	if k.kty.Software() != row.family {
		return row, k.mismatch(alg, false, row.family)
	}
	if row.family == Oct && (k.size > 256 || row.size != 0 && row.size != k.size) {
		return row, invalid("Key size %d is not supported by algorithm '%s'.\r\n", k.size, alg)
	}
	return row, nil
}

func (k *Key) mismatch(alg string, signing bool, family Type) error {
	return &Mismatch{
		Algorithm: alg, Signing: signing, Has: string(k.kty), Wants: []string{string(family), string(family.Hardware())},
	}
}

func unknownAlgorithm() error { return invalid("Property alg has invalid value\r\n") }

// badParameter is what Key Vault says of a ciphertext that does not open, and no more than that.
func badParameter(cause error) error {
	e := invalid("The parameter is incorrect.\r\n")
	e.Cause = cause
	return e
}
