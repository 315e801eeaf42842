// Package jwk is key material as JSON Web Keys (RFC 7517) and Key Vault know it: making it, reading it, showing its public
// half, and the algorithms of RFC 7518 that it serves. It must never know a vault, a caller or a store, nor show a private
// half to anybody but Marshal.
package jwk

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/rsa"
	"encoding/base64"
	"strings"

	"github.com/decred/dcrd/dcrec/secp256k1/v4"

	"github.com/alcedo-cloud/alcedo/internal/fault"
)

// Type is a key type, Azure's kty.
type Type string

// The key types of Key Vault. Source: REST reference of Key Vault, JsonWebKeyType.
const (
	RSA    Type = "RSA"
	RSAHSM Type = "RSA-HSM"
	EC     Type = "EC"
	ECHSM  Type = "EC-HSM"
	Oct    Type = "oct"
	OctHSM Type = "oct-HSM"
)

// Known reports whether t is one of Key Vault's types.
func (t Type) Known() bool {
	switch t {
	case RSA, RSAHSM, EC, ECHSM, Oct, OctHSM:
		return true
	}
	return false
}

// HSM reports whether t is a type whose private half lies in a hardware security module.
func (t Type) HSM() bool { return strings.HasSuffix(string(t), "-HSM") }

// Software is t without "-HSM".
func (t Type) Software() Type { return Type(strings.TrimSuffix(string(t), "-HSM")) }

// Hardware is t with "-HSM".
func (t Type) Hardware() Type { return t.Software() + "-HSM" }

// The elliptic curves of Key Vault.
const (
	P256  = "P-256"
	P256K = "P-256K" // secp256k1
	P384  = "P-384"
	P521  = "P-521"
)

// Key is a key pair, or a symmetric key. It does not change, and is safe for concurrent use.
type Key struct {
	kty  Type
	rsa  *rsa.PrivateKey
	ec   *ecdsa.PrivateKey
	k1   *secp256k1.PrivateKey
	oct  []byte
	size int // bits

	batched batched // the key in rsa, once it has signed
}

// Type is the key's kty.
func (k *Key) Type() Type { return k.kty }

// Size is that of the modulus, the curve or the symmetric key, in bits.
func (k *Key) Size() int { return k.size }

// Curve is the name of the curve, "" for other keys.
func (k *Key) Curve() string {
	switch {
	case k.k1 != nil:
		return P256K
	case k.ec != nil:
		return k.ec.Curve.Params().Name
	}
	return ""
}

// Signer is the private half for signing certificates: an *rsa.PrivateKey or an *ecdsa.PrivateKey. ok is false for the
// keys that X.509 certificates cannot have here: symmetric ones and P-256K.
func (k *Key) Signer() (s crypto.Signer, ok bool) {
	switch {
	case k.rsa != nil:
		return k.rsa, true
	case k.ec != nil:
		return k.ec, true
	}
	return nil, false
}

// Wire is a key as it travels in JSON: numbers and bytes are base64url without padding.
// Source: RFC 7517, RFC 7518 section 6; Key Vault adds "oct-HSM" and key_hsm (T), and knows P-256K.
type Wire struct {
	KID    string   `json:"kid,omitempty"`
	Kty    Type     `json:"kty,omitempty"`
	KeyOps []string `json:"key_ops,omitempty"`

	N  string `json:"n,omitempty"`
	E  string `json:"e,omitempty"`
	D  string `json:"d,omitempty"`
	DP string `json:"dp,omitempty"`
	DQ string `json:"dq,omitempty"`
	QI string `json:"qi,omitempty"`
	P  string `json:"p,omitempty"`
	Q  string `json:"q,omitempty"`

	K string `json:"k,omitempty"`
	T string `json:"key_hsm,omitempty"`

	Crv string `json:"crv,omitempty"`
	X   string `json:"x,omitempty"`
	Y   string `json:"y,omitempty"`
}

// Public is what everybody may know of the key. A symmetric key shows its type alone.
func (k *Key) Public() Wire {
	w := Wire{Kty: k.kty}
	switch {
	case k.rsa != nil:
		w.N, w.E = encode(k.rsa.N.Bytes()), encode(exponent(k.rsa.E))
	case k.k1 != nil:
		point := k.k1.PubKey().SerializeUncompressed()
		w.Crv, w.X, w.Y = P256K, encode(point[1:33]), encode(point[33:])
	case k.ec != nil:
		point, err := k.ec.PublicKey.Bytes()
		if err != nil { // a curve of the standard library's own: it has an encoding
			return w
		}
		half := (len(point) - 1) / 2
		w.Crv, w.X, w.Y = k.Curve(), encode(point[1:1+half]), encode(point[1+half:])
	}
	return w
}

func exponent(e int) []byte {
	var b []byte
	for ; e > 0; e >>= 8 {
		b = append([]byte{byte(e)}, b...)
	}
	return b
}

func encode(b []byte) string { return base64.RawURLEncoding.EncodeToString(b) }

// Decode reads base64url, with padding or without. What is not is a fault that names the property.
func Decode(property, s string) ([]byte, error) {
	b, err := base64.RawURLEncoding.DecodeString(strings.TrimRight(s, "="))
	if err != nil {
		return nil, invalid("Content of '%s' is not base64url.\r\n", property)
	}
	return b, nil
}

func invalid(format string, args ...any) *fault.Error {
	return fault.Newf(fault.Invalid, "jwk", "", format, args...)
}
