package jwk

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/rsa"
	"errors"
	"io"

	"github.com/alcedo-cloud/alcedo/internal/fault"
)

// Box is what an encryption takes and gives: IV, AAD and Tag are for AES alone.
type Box struct {
	Value []byte // plaintext or ciphertext
	IV    []byte
	AAD   []byte
	Tag   []byte
}

const (
	gcmNonce = 12 // bytes
	gcmTag   = 16
)

// Encrypt closes plain.Value, and with AES-GCM binds plain.AAD. AES-CBC needs an IV of the client; AES-GCM makes its own.
// wrapping says that the value is a key, which opens the key-wrap algorithms. Faults are Invalid, or a *Mismatch.
func (k *Key) Encrypt(random io.Reader, alg string, plain Box, wrapping bool) (Box, error) {
	row, err := k.encrypting(alg, wrapping)
	if err != nil {
		return Box{}, err
	}
	if len(plain.Value) == 0 {
		return Box{}, invalid("Property 'value' is required.\r\n")
	}
	if err := only(row.mode, plain); err != nil {
		return Box{}, err
	}
	switch row.mode {
	case pkcs1, oaep:
		return k.encryptRSA(random, alg, row, plain.Value)
	case gcm:
		return k.sealGCM(random, plain)
	case cbc, cbcPad:
		return k.encryptCBC(alg, row.mode, plain)
	case wrap:
		value, err := wrapKey(k.oct, plain.Value)
		return Box{Value: value}, err
	default:
		value, err := wrapKeyPadded(k.oct, plain.Value)
		return Box{Value: value}, err
	}
}

// Decrypt opens what Encrypt closed. Whatever is wrong with the ciphertext, the fault says the same.
func (k *Key) Decrypt(alg string, closed Box, wrapping bool) ([]byte, error) {
	row, err := k.encrypting(alg, wrapping)
	if err != nil {
		return nil, err
	}
	if len(closed.Value) == 0 {
		return nil, invalid("Property 'value' is required.\r\n")
	}
	if row.mode != gcm {
		if err := only(row.mode, closed); err != nil {
			return nil, err
		}
	}
	// A shorter text would open where it differs from a whole one by leading zeros alone (RFC 8017, 7.1.2 and 7.2.2: a
	// ciphertext has the length of the modulus).
	if (row.mode == pkcs1 || row.mode == oaep) && len(closed.Value) != k.rsa.Size() {
		return nil, badParameter(nil)
	}
	switch row.mode {
	case pkcs1:
		//lint:ignore SA1019 RSA1_5 is Key Vault's; its clients chose it
		value, err := rsa.DecryptPKCS1v15(nil, k.rsa, closed.Value)
		return value, hideCause(err)
	case oaep:
		value, err := rsa.DecryptOAEP(row.hash.New(), nil, k.rsa, closed.Value, nil)
		return value, hideCause(err)
	case gcm:
		return k.openGCM(closed)
	case cbc, cbcPad:
		return k.decryptCBC(row.mode, closed)
	case wrap:
		return unwrapKey(k.oct, closed.Value)
	default:
		return unwrapKeyPadded(k.oct, closed.Value)
	}
}

// only refuses members that the algorithm has no use for: ignoring them would tell a client that they protect something.
func only(m mode, b Box) error {
	if len(b.IV) > 0 && m != cbc && m != cbcPad {
		return invalid("Property iv has invalid value\r\n")
	}
	if len(b.AAD) > 0 && m != gcm {
		return invalid("Property aad has invalid value\r\n")
	}
	if len(b.Tag) > 0 {
		return invalid("Property tag has invalid value\r\n")
	}
	return nil
}

func hideCause(err error) error {
	if err == nil {
		return nil
	}
	return badParameter(err)
}

func (k *Key) encryptRSA(random io.Reader, alg string, row encryption, value []byte) (Box, error) {
	most := k.rsa.Size() - 11
	if row.mode == oaep {
		most = k.rsa.Size() - 2*row.hash.Size() - 2
	}
	if len(value) > most {
		return Box{}, invalid("Invalid length of 'value': %d bytes. %s requires at most %d bytes, encoded with base64url.", len(value), alg, most)
	}
	var out []byte
	var err error
	if row.mode == oaep {
		out, err = rsa.EncryptOAEP(row.hash.New(), random, &k.rsa.PublicKey, value, nil)
	} else {
		//lint:ignore SA1019 RSA1_5 is Key Vault's; its clients chose it
		out, err = rsa.EncryptPKCS1v15(random, &k.rsa.PublicKey, value)
	}
	return Box{Value: out}, fault.Wrap("jwk.Encrypt", err)
}

// aead gives AES-GCM with the key's size.
func (k *Key) aead() (cipher.AEAD, error) {
	block, err := aes.NewCipher(k.oct)
	if err != nil {
		return nil, fault.Wrap("jwk.aead", err)
	}
	sealer, err := cipher.NewGCM(block)
	return sealer, fault.Wrap("jwk.aead", err)
}

func (k *Key) sealGCM(random io.Reader, plain Box) (Box, error) {
	sealer, err := k.aead()
	if err != nil {
		return Box{}, err
	}
	iv := make([]byte, gcmNonce)
	if _, err := io.ReadFull(random, iv); err != nil {
		return Box{}, fault.Wrap("jwk.Encrypt", err)
	}
	closed := sealer.Seal(nil, iv, plain.Value, plain.AAD)
	cut := len(closed) - gcmTag
	return Box{Value: closed[:cut], IV: iv, AAD: plain.AAD, Tag: closed[cut:]}, nil
}

func (k *Key) openGCM(closed Box) ([]byte, error) {
	if len(closed.IV) != gcmNonce {
		return nil, invalid("Property iv has invalid value\r\n")
	}
	if len(closed.Tag) != gcmTag {
		return nil, invalid("Property tag has invalid value\r\n")
	}
	sealer, err := k.aead()
	if err != nil {
		return nil, err
	}
	text := append(append(make([]byte, 0, len(closed.Value)+gcmTag), closed.Value...), closed.Tag...)
	plain, err := sealer.Open(nil, closed.IV, text, closed.AAD)
	return plain, hideCause(err)
}

func (k *Key) encryptCBC(alg string, m mode, plain Box) (Box, error) {
	if len(plain.IV) != aes.BlockSize {
		return Box{}, invalid("Property iv has invalid value\r\n")
	}
	value := append([]byte(nil), plain.Value...)
	if m == cbcPad {
		n := aes.BlockSize - len(value)%aes.BlockSize
		for range n {
			value = append(value, byte(n))
		}
	}
	if len(value)%aes.BlockSize != 0 {
		return Box{}, invalid("Invalid length of 'value': %d bytes. %s requires a multiple of %d bytes, encoded with base64url.",
			len(value), alg, aes.BlockSize)
	}
	block, err := aes.NewCipher(k.oct)
	if err != nil {
		return Box{}, fault.Wrap("jwk.Encrypt", err)
	}
	cipher.NewCBCEncrypter(block, plain.IV).CryptBlocks(value, value)
	return Box{Value: value, IV: plain.IV}, nil
}

func (k *Key) decryptCBC(m mode, closed Box) ([]byte, error) {
	if len(closed.IV) != aes.BlockSize {
		return nil, invalid("Property iv has invalid value\r\n")
	}
	if len(closed.Value)%aes.BlockSize != 0 {
		return nil, badParameter(errors.New("not whole blocks"))
	}
	block, err := aes.NewCipher(k.oct)
	if err != nil {
		return nil, fault.Wrap("jwk.Decrypt", err)
	}
	value := append([]byte(nil), closed.Value...)
	cipher.NewCBCDecrypter(block, closed.IV).CryptBlocks(value, value)
	if m == cbc {
		return value, nil
	}
	n := int(value[len(value)-1])
	if n == 0 || n > aes.BlockSize {
		return nil, badParameter(errors.New("bad padding"))
	}
	for _, b := range value[len(value)-n:] {
		if int(b) != n {
			return nil, badParameter(errors.New("bad padding"))
		}
	}
	return value[:len(value)-n], nil
}
