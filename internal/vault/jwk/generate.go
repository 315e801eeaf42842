package jwk

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rsa"
	"errors"
	"io"

	"github.com/decred/dcrd/dcrec/secp256k1/v4"

	"github.com/alcedo-cloud/alcedo/internal/fault"
)

// Parameters say what key to make. Zero values mean Key Vault's defaults: 2048 bits, P-256, 256 bits. The public exponent
// of RSA keys is 65537.
type Parameters struct {
	Type  Type
	Size  int    // bits; for RSA and oct
	Curve string // for EC
}

// Complete checks p and fills in what it leaves open. Faults are Invalid.
func (p Parameters) Complete() (Parameters, error) {
	switch p.Type.Software() {
	case RSA:
		return p.completeRSA()
	case EC:
		return p.completeEC()
	case Oct:
		return p.completeOct()
	}
	return p, invalid("Property kty has invalid value\r\n")
}

func (p Parameters) completeRSA() (Parameters, error) {
	if p.Size == 0 {
		p.Size = 2048
	}
	if !oneOf(p.Size, rsaSizes) {
		return p, sizeRefused(p.Size, "[2048, 3072, 4096]")
	}
	if p.Curve != "" {
		return p, invalid("Property crv can only be used with keys of type 'EC' or 'EC-HSM'.\r\n")
	}
	return p, nil
}

// completeEC takes the curve, or the one that the size names, as az and older clients send it. Another size without a
// curve is a property of RSA keys that has no meaning here: cosign sends 2048 with every key.
func (p Parameters) completeEC() (Parameters, error) {
	if p.Curve == "" {
		switch p.Size {
		case 384:
			p.Curve = P384
		case 521:
			p.Curve = P521
		default:
			p.Curve, p.Size = P256, 0
		}
	}
	size := curveSize(p.Curve)
	if size == 0 {
		return p, invalid("Property crv has invalid value\r\n")
	}
	if p.Size != 0 && p.Size != size {
		return p, sizeRefused(p.Size, "[256, 384, 521]")
	}
	p.Size = size
	return p, nil
}

func (p Parameters) completeOct() (Parameters, error) {
	if p.Size == 0 {
		p.Size = 256
	}
	if !oneOf(p.Size, octSizes) {
		return p, sizeRefused(p.Size, "[128, 192, 256, 384, 512]")
	}
	return p, nil
}

var (
	rsaSizes = []int{2048, 3072, 4096}
	octSizes = []int{128, 192, 256, 384, 512}
)

func oneOf(n int, all []int) bool {
	for _, a := range all {
		if a == n {
			return true
		}
	}
	return false
}

// sizeRefused names what is wrong as Key Vault does: innererror KeySizeNotSupported.
func sizeRefused(size int, supported string) error {
	e := invalid("Unsupported key size (%d). Supported sizes are %s", size, supported)
	e.Reason = "KeySizeNotSupported"
	return e
}

func curveSize(name string) int {
	switch name {
	case P256, P256K:
		return 256
	case P384:
		return 384
	case P521:
		return 521
	}
	return 0
}

func curveOf(name string) elliptic.Curve {
	switch name {
	case P256:
		return elliptic.P256()
	case P384:
		return elliptic.P384()
	case P521:
		return elliptic.P521()
	}
	return nil
}

// Generate makes a key. The standard library takes the randomness of RSA and NIST keys from the system, whatever it is
// given.
func Generate(random io.Reader, p Parameters) (*Key, error) {
	const op = "jwk.Generate"
	p, err := p.Complete()
	if err != nil {
		return nil, err
	}
	k := &Key{kty: p.Type, size: p.Size}
	switch {
	case p.Type.Software() == RSA:
		k.rsa, err = rsa.GenerateKey(random, p.Size)
	case p.Type.Software() == Oct:
		k.oct = make([]byte, p.Size/8)
		_, err = io.ReadFull(random, k.oct)
	case p.Curve == P256K:
		k.k1, err = secp256k1.GeneratePrivateKeyFromRand(random)
	default:
		k.ec, err = ecdsa.GenerateKey(curveOf(p.Curve), random)
	}
	if err != nil {
		return nil, fault.Wrap(op, err)
	}
	return k, nil
}

// Like gives the parameters of a key of the same sort, for rotation.
func (k *Key) Like() Parameters {
	return Parameters{Type: k.kty, Size: k.size, Curve: k.Curve()}
}

// FromSigner takes a private key that came in by another format, such as PKCS #12. Faults are Invalid.
func FromSigner(t Type, private any) (*Key, error) {
	k := &Key{kty: t}
	switch private := private.(type) {
	case *rsa.PrivateKey:
		k.rsa, k.size = private, private.N.BitLen()
		if t.Software() != RSA {
			return nil, invalid("Property kty has invalid value\r\n")
		}
		if !oneOf(k.size, rsaSizes) {
			return nil, sizeRefused(k.size, "[2048, 3072, 4096]")
		}
		if err := private.Validate(); err != nil {
			return nil, badMaterial(err)
		}
	case *ecdsa.PrivateKey:
		k.ec, k.size = private, curveSize(private.Curve.Params().Name)
		if t.Software() != EC || k.size == 0 {
			return nil, invalid("Property kty has invalid value\r\n")
		}
	default:
		return nil, badMaterial(errors.New("a private key of another kind"))
	}
	return k, nil
}

// badMaterial hides the library's words: they are about numbers that are secret.
func badMaterial(cause error) error {
	e := invalid("The key material is not valid.\r\n")
	e.Cause = cause
	return e
}
