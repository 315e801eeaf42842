package jwk

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/rsa"
	"errors"
	"math/big"

	"github.com/decred/dcrd/dcrec/secp256k1/v4"
)

// maxMember bounds a number of an imported key: twice what an RSA key of 4096 bits needs.
const maxMember = 1024

// Import reads a private or symmetric key that a client sends. Its parts are checked against each other. Faults are
// Invalid and name the property, never its value.
func Import(w Wire) (*Key, error) {
	if w.T != "" {
		// Bring-your-own-key blobs are wrapped for one HSM's own exchange key; there is none here.
		return nil, invalid("Property key_hsm has invalid value\r\n")
	}
	switch w.Kty.Software() {
	case RSA:
		return importRSA(w)
	case EC:
		return importEC(w)
	case Oct:
		return importOct(w)
	}
	return nil, invalid("Property kty has invalid value\r\n")
}

type member struct {
	name, value string
}

// members decodes the required members of a key.
func members(all ...member) ([][]byte, error) {
	out := make([][]byte, len(all))
	for i, m := range all {
		if m.value == "" {
			return nil, invalid("Property '%s' is required.\r\n", m.name)
		}
		b, err := Decode(m.name, m.value)
		if err != nil {
			return nil, err
		}
		if len(b) == 0 || len(b) > maxMember {
			return nil, invalid("Property %s has invalid value\r\n", m.name)
		}
		out[i] = b
	}
	return out, nil
}

func importRSA(w Wire) (*Key, error) {
	b, err := members(member{"n", w.N}, member{"e", w.E}, member{"d", w.D}, member{"p", w.P}, member{"q", w.Q})
	if err != nil {
		return nil, err
	}
	n := new(big.Int).SetBytes(b[0])
	if !oneOf(n.BitLen(), rsaSizes) {
		return nil, sizeRefused(n.BitLen(), "[2048, 3072, 4096]")
	}
	e := new(big.Int).SetBytes(b[1])
	if e.BitLen() > 31 || e.Int64() < 3 || e.Bit(0) == 0 {
		return nil, invalid("Property e has invalid value\r\n")
	}
	key := &rsa.PrivateKey{
		PublicKey: rsa.PublicKey{N: n, E: int(e.Int64())},
		D:         new(big.Int).SetBytes(b[2]),
		Primes:    []*big.Int{new(big.Int).SetBytes(b[3]), new(big.Int).SetBytes(b[4])},
	}
	if err := key.Validate(); err != nil {
		return nil, badMaterial(err)
	}
	key.Precompute()
	if err := givenMatch(w, key); err != nil {
		return nil, err
	}
	return &Key{kty: w.Kty, rsa: key, size: n.BitLen()}, nil
}

// givenMatch compares the members that could be left out with what they must be.
func givenMatch(w Wire, key *rsa.PrivateKey) error {
	for _, m := range []struct {
		member
		want *big.Int
	}{
		{member{"dp", w.DP}, key.Precomputed.Dp},
		{member{"dq", w.DQ}, key.Precomputed.Dq},
		{member{"qi", w.QI}, key.Precomputed.Qinv},
	} {
		if m.value == "" {
			continue
		}
		b, err := members(m.member)
		if err != nil {
			return err
		}
		if m.want == nil || new(big.Int).SetBytes(b[0]).Cmp(m.want) != 0 {
			return badMaterial(errors.New(m.name + " does not belong to the primes"))
		}
	}
	return nil
}

func importEC(w Wire) (*Key, error) {
	size := curveSize(w.Crv)
	if size == 0 {
		return nil, invalid("Property crv has invalid value\r\n")
	}
	b, err := members(member{"x", w.X}, member{"y", w.Y}, member{"d", w.D})
	if err != nil {
		return nil, err
	}
	width := (size + 7) / 8
	for i, name := range []string{"x", "y", "d"} {
		if len(b[i]) != width {
			return nil, invalid("Property %s has invalid value\r\n", name)
		}
	}
	point := append(append([]byte{4}, b[0]...), b[1]...)
	if w.Crv == P256K {
		return importK1(w.Kty, point, b[2])
	}
	key, err := ecdsa.ParseRawPrivateKey(curveOf(w.Crv), b[2])
	if err != nil {
		return nil, badMaterial(err)
	}
	public, err := key.PublicKey.Bytes()
	if err != nil {
		return nil, badMaterial(err)
	}
	if !bytes.Equal(public, point) {
		return nil, badMaterial(errors.New("the point does not belong to d"))
	}
	return &Key{kty: w.Kty, ec: key, size: size}, nil
}

func importK1(t Type, point, d []byte) (*Key, error) {
	var scalar secp256k1.ModNScalar
	if overflow := scalar.SetByteSlice(d); overflow || scalar.IsZero() {
		return nil, badMaterial(errors.New("d is out of range"))
	}
	key := secp256k1.NewPrivateKey(&scalar)
	if !bytes.Equal(key.PubKey().SerializeUncompressed(), point) {
		return nil, badMaterial(errors.New("the point does not belong to d"))
	}
	return &Key{kty: t, k1: key, size: 256}, nil
}

func importOct(w Wire) (*Key, error) {
	b, err := members(member{"k", w.K})
	if err != nil {
		return nil, err
	}
	if !oneOf(len(b[0])*8, octSizes) {
		return nil, sizeRefused(len(b[0])*8, "[128, 192, 256, 384, 512]")
	}
	return &Key{kty: w.Kty, oct: b[0], size: len(b[0]) * 8}, nil
}
