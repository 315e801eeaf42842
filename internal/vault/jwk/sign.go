package jwk

import (
	"context"
	"crypto/ecdsa"
	"crypto/hmac"
	"crypto/rsa"
	"crypto/subtle"
	"io"
	"math/big"

	"github.com/decred/dcrd/dcrec/secp256k1/v4"
	k1ecdsa "github.com/decred/dcrd/dcrec/secp256k1/v4/ecdsa"

	// The algorithms name these hashes.
	_ "crypto/sha1"
	_ "crypto/sha256"
	_ "crypto/sha512"

	"github.com/alcedo-cloud/alcedo/internal/fault"
	"github.com/alcedo-cloud/alcedo/internal/vault/rsabatch"
)

// Means is what signing takes from outside.
type Means struct {
	Random io.Reader      // of nonces and salts; the standard library takes its own, whatever it is given
	Batch  *rsabatch.Pool // computes for RSA keys of 2048 bits; nil where the machine cannot: crypto/rsa does
}

// Sign signs a digest of the algorithm's hash; HS* take a message of any length, and RSNULL what fits the modulus. An
// ECDSA signature is r and s side by side. Faults are Invalid, a *Mismatch, or the context's.
func (k *Key) Sign(ctx context.Context, with Means, alg string, digest []byte) ([]byte, error) {
	const op = "jwk.Sign"
	row, err := k.signing(alg)
	if err != nil {
		return nil, err
	}
	if err := k.digestFits("value", alg, row, digest); err != nil {
		return nil, err
	}
	var sig []byte
	switch {
	case row.family == Oct:
		return k.mac(row, digest), nil
	case row.family == RSA:
		sig, err = k.signRSA(ctx, with, row, digest)
	case k.k1 != nil:
		return k.signK1(digest), nil
	default:
		sig, err = k.signEC(with.Random, digest)
	}
	if err != nil {
		return nil, fault.Wrap(op, err)
	}
	return sig, nil
}

// Verify reports whether sig is the key's for digest. A signature of the wrong length is wrong, not invalid.
func (k *Key) Verify(alg string, digest, sig []byte) (bool, error) {
	row, err := k.signing(alg)
	if err != nil {
		return false, err
	}
	if err := k.digestFits("digest", alg, row, digest); err != nil {
		return false, err
	}
	switch {
	case row.family == Oct:
		return subtle.ConstantTimeCompare(k.mac(row, digest), sig) == 1, nil
	case row.pss:
		return rsa.VerifyPSS(&k.rsa.PublicKey, row.hash, digest, sig, &rsa.PSSOptions{SaltLength: rsa.PSSSaltLengthEqualsHash}) == nil, nil
	case row.family == RSA:
		return rsa.VerifyPKCS1v15(&k.rsa.PublicKey, row.hash, digest, sig) == nil, nil
	}
	width := (k.size + 7) / 8
	if len(sig) != 2*width {
		return false, nil
	}
	if k.k1 != nil {
		return k.verifyK1(digest, sig), nil
	}
	r, s := new(big.Int).SetBytes(sig[:width]), new(big.Int).SetBytes(sig[width:])
	return ecdsa.Verify(&k.ec.PublicKey, digest, r, s), nil
}

// digestFits refuses what is no digest of the algorithm.
func (k *Key) digestFits(property, alg string, row signature, digest []byte) error {
	switch {
	case len(digest) == 0:
		return invalid("Property '%s' is required.\r\n", property)
	case row.family == Oct:
		return nil
	case row.hash == 0:
		if most := k.rsa.Size() - 11; len(digest) > most {
			return invalid("Invalid length of '%s': %d bytes. %s requires at most %d bytes, encoded with base64url.", property, len(digest), alg, most)
		}
		return nil
	case len(digest) != row.hash.Size():
		return invalid("Invalid length of '%s': %d bytes. %s requires %d bytes, encoded with base64url.", property, len(digest), alg, row.hash.Size())
	}
	return nil
}

func (k *Key) mac(row signature, message []byte) []byte {
	m := hmac.New(row.hash.New, k.oct)
	m.Write(message)
	return m.Sum(nil)
}

func (k *Key) signEC(random io.Reader, digest []byte) ([]byte, error) {
	r, s, err := ecdsa.Sign(random, k.ec, digest)
	if err != nil {
		return nil, err
	}
	width := (k.size + 7) / 8
	sig := make([]byte, 2*width)
	r.FillBytes(sig[:width])
	s.FillBytes(sig[width:])
	return sig, nil
}

// signK1 takes its nonce from the key and the digest (RFC 6979).
func (k *Key) signK1(digest []byte) []byte {
	signed := k1ecdsa.Sign(k.k1, digest)
	r, s := signed.R(), signed.S()
	rb, sb := r.Bytes(), s.Bytes()
	return append(rb[:], sb[:]...)
}

func (k *Key) verifyK1(digest, sig []byte) bool {
	var r, s secp256k1.ModNScalar
	if r.SetByteSlice(sig[:32]) || s.SetByteSlice(sig[32:]) || r.IsZero() || s.IsZero() {
		return false
	}
	return k1ecdsa.NewSignature(&r, &s).Verify(digest, k.k1.PubKey())
}
