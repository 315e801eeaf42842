package jwk

import (
	"crypto/x509"
	"errors"
	"fmt"
	"strings"

	"github.com/decred/dcrd/dcrec/secp256k1/v4"
)

// The stored form is the type, a colon, a letter for what follows, and the private half: PKCS #8 for RSA and the NIST
// curves, the scalar for P-256K, the bytes of a symmetric key.
const (
	formPKCS8 = 'p'
	formK1    = 'k'
	formOct   = 'o'
)

// Marshal gives the whole key, private half and all. Whoever stores it seals it first.
func (k *Key) Marshal() ([]byte, error) {
	head := func(form byte) []byte { return append([]byte(k.kty), ':', form) }
	switch {
	case k.oct != nil:
		return append(head(formOct), k.oct...), nil
	case k.k1 != nil:
		return append(head(formK1), k.k1.Serialize()...), nil
	}
	signer, ok := k.Signer()
	if !ok {
		return nil, errors.New("jwk: no key")
	}
	der, err := x509.MarshalPKCS8PrivateKey(signer)
	if err != nil {
		return nil, fmt.Errorf("jwk: %w", err)
	}
	return append(head(formPKCS8), der...), nil
}

// Unmarshal reads what Marshal gave.
func Unmarshal(b []byte) (*Key, error) {
	kind, rest, ok := strings.Cut(string(b), ":")
	t := Type(kind)
	if !ok || rest == "" || !t.Known() {
		return nil, errors.New("jwk: not a stored key")
	}
	body := []byte(rest[1:])
	switch rest[0] {
	case formOct:
		if t.Software() != Oct || !oneOf(len(body)*8, octSizes) {
			return nil, errors.New("jwk: not a stored symmetric key")
		}
		return &Key{kty: t, oct: body, size: len(body) * 8}, nil
	case formK1:
		var scalar secp256k1.ModNScalar
		if t.Software() != EC || len(body) != 32 || scalar.SetByteSlice(body) || scalar.IsZero() {
			return nil, errors.New("jwk: not a stored key on P-256K")
		}
		return &Key{kty: t, k1: secp256k1.NewPrivateKey(&scalar), size: 256}, nil
	case formPKCS8:
		private, err := x509.ParsePKCS8PrivateKey(body)
		if err != nil {
			return nil, fmt.Errorf("jwk: %w", err)
		}
		return FromSigner(t, private)
	}
	return nil, errors.New("jwk: a stored key of an unknown form")
}
